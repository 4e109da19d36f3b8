"""Margins of many roadmaps over the same measures (§5–6 of the model).

What tempts a party at a stage depends only on what is in force before it, what it takes and how long it lasts; what
lies ahead enters through the value of complying alone.  So each such step is worked out once, however many roadmaps
share it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS, RoadmapValues, least_durations, stage_states
from detente.kernel.system import BoolArray, FloatArray, IntArray, System


@dataclass(frozen=True, eq=False, slots=True)
class _Step:
    """One stage of some length: per party, the flow in it, own costs, and the best deviations before and after."""

    flow: FloatArray
    cost: FloatArray
    before: FloatArray
    after: FloatArray
    end: FloatArray


class Restaging:
    """Margins of roadmaps whose stages differ.

    Parameters
    ----------
    system : System
        The game over all the measures that any of the roadmaps takes.
    """

    def __init__(self, system: System) -> None:
        self._system = system
        self._gamma = system.discount * (1.0 - system.hazard)
        self._steps: dict[tuple[bytes, bytes, int], _Step] = {}

    def durations(self, stages: BoolArray, stated: IntArray | None) -> IntArray:
        """Return the length of each stage: as stated, but not below what verification takes; that unless stated."""
        least = least_durations(self._system, stage_states(stages))
        return least if stated is None else np.maximum(least, stated)

    def margins(self, stages: BoolArray, durations: IntArray) -> FloatArray:
        """Return every margin of a legal roadmap, present values.

        Parameters
        ----------
        stages : BoolArray
            Shape (K, n).
        durations : IntArray
            Shape (K,), periods.

        Returns
        -------
        FloatArray
            Shape (2K + 1, P): before and after each stage in turn, then the end.
        """
        found = list(self._margins(stages, durations))
        return np.array([margins for pair in reversed(found[1:]) for margins in reversed(pair)] + [found[0][0]])

    def holds(self, stages: BoolArray, durations: IntArray) -> bool:
        """Tell whether a legal roadmap holds; quicker than its margins where it does not."""
        return all((margins >= -HOLDS).all() for pair in self._margins(stages, durations) for margins in pair)

    def _margins(self, stages: BoolArray, durations: IntArray) -> Iterator[tuple[FloatArray, ...]]:
        """Yield the margins at the end, then after and before each stage, the last stage first."""
        states = stage_states(stages)
        step = self._step(states[-2], stages[-1], int(durations[-1]))
        later = step.flow / (1.0 - self._gamma)
        yield (later - step.end,)
        for k in reversed(range(len(stages))):
            step = self._step(states[k], stages[k], int(durations[k]))
            fades = self._gamma ** int(durations[k])
            after = step.flow * (1.0 - fades) / (1.0 - self._gamma) + fades * later
            later = after - step.cost
            yield after - step.after, later - step.before

    def end_holds(self, in_force: BoolArray) -> bool:
        """Tell whether nobody would do better by reneging once these measures are in force, in whatever order."""
        none = np.zeros_like(in_force)
        step = self._step(none, in_force, 1)
        return bool((step.flow / (1.0 - self._gamma) - step.end >= -HOLDS).all())

    def least_flow_margin(self, margins: FloatArray) -> float:
        """Return the least of some margins as a flow equivalent."""
        return float(((1.0 - self._system.discount) * margins).min())

    def _step(self, before: BoolArray, taken: BoolArray, periods: int) -> _Step:
        key = (np.packbits(before).tobytes(), np.packbits(taken).tobytes(), periods)
        if key not in self._steps:
            self._steps[key] = self._worked_out(before, taken, periods)
        return self._steps[key]

    def _worked_out(self, before: BoolArray, taken: BoolArray, periods: int) -> _Step:
        system = self._system
        values = RoadmapValues(system, taken[None, :], np.array([periods], dtype=np.int64), start=before)
        best = values.best_deviations(np.array([system.hazard]))[:, 0]
        found = {check: np.empty(system.n_parties) for check in Check}
        for number, row in enumerate(values.deviations.rows):
            found[row.check][row.party] = best[number]
        reached = values.stage_index[-1]
        flow = (
            values.aftermath.value[:, reached] + system.discount * system.hazard * values.aftermath.nobody[:, reached]
        )
        return _Step(
            flow=flow,
            cost=values.own_cost[:, 0],
            before=found[Check.BEFORE],
            after=found[Check.AFTER],
            end=found[Check.END],
        )
