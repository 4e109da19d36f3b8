"""Lags, durations and lengths of stages: whole numbers of periods, each tried (§5, §8 of the model)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from detente.analysis.roadmap.critical_numbers import (
    NEGLIGIBLE,
    CriticalNumber,
    CriticalValue,
    derivatives_of,
    deviation_of,
)
from detente.analysis.roadmap.critical_places import Arrays, Entry
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.influences import varying_measures
from detente.kernel.lines import thin
from detente.kernel.retiming import Timetable, all_hold, flow_equivalents
from detente.kernel.roadmap import RoadmapValues
from detente.kernel.system import FloatArray, IntArray, System
from detente.kernel.verdict import check_values

LONGEST = 60
"""Periods up to which times are tried, or twice what they are now, unless asked for otherwise."""


class Times:
    """A roadmap whose times can be moved one by one.

    Parameters
    ----------
    evaluation : RoadmapEvaluation
        The verdict as the case stands.
    arrays : Arrays
        What numbers move.
    lengths_are_given : bool
        Whether the lengths of stages are stated, so that a lag or duration that no longer fits is not legal; else
        stages last the least that verification allows.
    longest : int or None
        Periods up to which times are tried.
    """

    def __init__(
        self, evaluation: RoadmapEvaluation, arrays: Arrays, *, lengths_are_given: bool, longest: int | None
    ) -> None:
        self._evaluation = evaluation
        self._arrays = arrays
        self._values = thin(evaluation.values)
        self._timetable = Timetable(self._values)
        self._lengths = np.array(evaluation.durations, dtype=np.int64)
        self._are_given = lengths_are_given
        self._longest = longest
        self._ids = varying_measures(evaluation.case, evaluation.stages)

    def examine(self, entry: Entry) -> CriticalNumber | None:
        """Try every number of periods; None if no margin depends on it."""
        if not self._arrays.is_used(entry):
            return None
        timings = dict(self._timings(entry))
        margins = {periods: self._timetable.margins(lengths, system) for periods, (system, lengths) in timings.items()}
        now = int(entry.now)
        here = margins[now]
        crossings = tuple(
            self._crossing(now, before, after, margins, timings)
            for before, after in pairwise(margins)
            if all_hold(margins[before]) is not all_hold(margins[after])
        )
        if not crossings and all(np.abs(row - here).max() <= NEGLIGIBLE for row in margins.values()):
            return None
        derivatives = derivatives_of(
            self._values.deviations.rows,
            self._evaluation.parties,
            here - margins[now - 1] if now - 1 in margins else None,
            margins[now + 1] - here if now + 1 in margins else None,
            np.zeros(len(here), dtype=np.bool_),
        )
        return CriticalNumber(
            number=entry.number,
            kind=entry.kind,
            low=float(min(margins)),
            high=float(max(margins)),
            crossings=crossings,
            derivatives=derivatives,
        )

    def _timings(self, entry: Entry) -> Iterator[tuple[int, tuple[System, IntArray]]]:
        """Yield every legal number of periods with the system and the lengths of stages that it makes."""
        now = int(entry.now)
        longest = max(LONGEST, 2 * now) if self._longest is None else max(self._longest, now)
        is_length = entry.number.place.startswith("roadmaps.")
        for periods in range(1, longest + 1):
            system = self._values.system if is_length else self._arrays.retimed(entry, periods)
            least = self._timetable.least_durations(system)
            lengths = self._lengths if is_length or self._are_given else least
            if is_length:
                lengths = lengths.copy()
                lengths[int(entry.number.place.rsplit(".", 1)[1])] = periods
            if (lengths >= least).all():
                yield periods, (system, lengths)

    def _crossing(
        self,
        now: int,
        before: int,
        after: int,
        margins: dict[int, FloatArray],
        timings: dict[int, tuple[System, IntArray]],
    ) -> CriticalValue:
        holds_below = all_hold(margins[before])
        failing = after if holds_below else before
        system, lengths = timings[failing]
        values = RoadmapValues(system, self._values.stages, lengths)
        number = int(np.argmin(flow_equivalents(values, margins[failing])))
        row = check_values(values)[number]
        withheld, undone = (np.isin(np.arange(len(self._ids)), chosen) for chosen in (row.withheld, row.undone))
        return CriticalValue(
            at=float(after if now <= before else before),
            holds_below=holds_below,
            holds_above=not holds_below,
            stage=row.stage + 1,
            check=row.check,
            party=self._evaluation.parties[row.party],
            deviation=deviation_of(self._ids, withheld, undone),
            is_jump=False,
            is_rounding=False,
        )
