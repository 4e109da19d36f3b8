"""What false alarms cost if they are met by full breakdown, and if they are met by graduated answers (G12 to G15).

An alarm names a party and a measure that it is wrongly believed to have dropped.  Who has been answered once is *on
record*, and its next alarm is a full breakdown; if everybody is on record from the start, every alarm is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import LimitError
from detente.kernel.aftermaths import break_down_once
from detente.kernel.answers import choose_answers, lapsing
from detente.kernel.breakdown import Aftermath
from detente.kernel.credibility import answering_costs
from detente.kernel.deviations import undoable
from detente.kernel.graduated import GraduatedValues
from detente.kernel.system import BoolArray, FloatArray

MOST_ACCUSED = 10
"""Parties that alarms can name: the sets of those on record are gone through one by one."""


@dataclass(frozen=True, eq=False, kw_only=True)
class AlarmCosts:
    """What a roadmap is worth from its start if false alarms happen.

    Parameters
    ----------
    without : FloatArray
        Shape (P,): present value if there are none.
    breakdown, graduated : FloatArray
        Shape (P,): present value if each is met by full breakdown; by a graduated answer.
    reaches_end_breakdown, reaches_end_graduated : float
        Chance that alarms alone do not break the process before its last stage is verified.
    """

    without: FloatArray
    breakdown: FloatArray
    graduated: FloatArray
    reaches_end_breakdown: float
    reaches_end_graduated: float


@dataclass(frozen=True, eq=False, kw_only=True)
class _Phase:
    """A stage, or what comes after the last one, with the alarms that there can be.

    Parameters
    ----------
    periods : int or None
        d; None is for ever.
    flow : FloatArray
        Shape (P,): value per period, the risk of breakdown included.
    named : FloatArray
        Shape (P,): how many alarms can name each party.
    answered : FloatArray
        Shape (P, P): [i, p] what the answers to all alarms about i are worth to p, without what is ahead afterwards.
    broken : FloatArray
        Shape (P, P): [i, p] what a breakdown is worth to p if i is taken to have broken the process.
    """

    periods: int | None
    flow: FloatArray
    named: FloatArray
    answered: FloatArray
    broken: FloatArray


class FalseAlarms:
    """The alarms that each stage of a roadmap can have.

    Parameters
    ----------
    graduated : GraduatedValues
        The roadmap under an answer rule.

    Raises
    ------
    LimitError
        If alarms can name more than `MOST_ACCUSED` parties.
    """

    def __init__(self, graduated: GraduatedValues) -> None:
        self._graduated = graduated
        values = graduated.values
        self._phases = [self._phase(stage) for stage in range(values.n_stages + 1)]
        self._accused = np.flatnonzero(sum(phase.named for phase in self._phases) > 0)
        if self._accused.size > MOST_ACCUSED:
            raise LimitError(
                f"false alarms can name {self._accused.size} parties; at most {MOST_ACCUSED} can be reckoned with"
            )

    def _phase(self, stage: int) -> _Phase:
        values = self._graduated.values
        system = values.system
        is_end = stage == values.n_stages
        state = values.states[min(stage + 1, values.n_stages)]
        taken = np.zeros_like(state) if is_end else values.stages[stage]
        here = break_down_once(system, state[None, :])
        n_parties = system.n_parties
        named, answered = np.zeros(n_parties), np.zeros((n_parties, n_parties))
        broken = np.repeat(here.nobody[:, 0][None, :], n_parties, axis=0)
        broken[np.arange(n_parties), np.arange(n_parties)] = here.breaker[:, 0]
        for party in range(n_parties):
            measures = np.flatnonzero((system.withholds[party] & taken) | undoable(system, state, party))
            if measures.size:
                named[party] = measures.size
                dropped = state & system.dependents[measures]
                answered[party] = self._answered(party, state, taken, dropped, here).sum(axis=1)
        return _Phase(
            periods=None if is_end else int(values.durations[stage]),
            flow=self._graduated.flows(here)[:, 0],
            named=named,
            answered=answered,
            broken=broken,
        )

    def _answered(
        self, party: int, state: BoolArray, taken: BoolArray, dropped: BoolArray, here: Aftermath
    ) -> FloatArray:
        """What answers to alarms about a party are worth to everybody, without what is ahead afterwards: (P, N)."""
        graduated = self._graduated
        system = graduated.values.system
        left = state & ~dropped
        seen = break_down_once(system, left)
        patience = 1.0 - float(system.discount[party])
        saved = patience * ((dropped & taken) @ graduated.own_costs[party])
        gain = np.maximum(0.0, seen.value[party] - here.value[party, 0] + saved)
        answers = choose_answers(system, party, left, graduated.rule.proportion * gain)
        gone = lapsing(system, answers.suspended) & state
        there = break_down_once(system, state & ~gone)
        gamma = graduated.gamma[:, None]
        fades = self._fades()[:, None]
        held = graduated.flows(there) * (1.0 - fades) / (1.0 - gamma)
        resumed = graduated.own_costs @ gone.T.astype(np.float64)
        return np.asarray(held - fades * resumed - answering_costs(system, party, answers.suspended))

    def _fades(self) -> FloatArray:
        """γⁿ, the weight of what comes after an answer, (P,)."""
        graduated = self._graduated
        periods = graduated.rule.periods
        return np.zeros_like(graduated.gamma) if periods is None else np.asarray(graduated.gamma**periods)

    def costs(self, chance: float) -> AlarmCosts:
        """Return what the roadmap is worth with a chance per period of a false alarm.

        Notes
        -----
        From the last stage to the first, and within a stage from the fullest record to the empty one: O(K·2^P·P²).
        """
        graduated = self._graduated
        system, own_cost = graduated.values.system, graduated.values.own_cost
        n_records = 1 << self._accused.size
        later = np.zeros((n_records, system.n_parties))
        reaches = np.ones(n_records)
        for stage in reversed(range(len(self._phases))):
            phase = self._phases[stage]
            later, reaches = self._backwards(phase, chance, later, reaches)
            if phase.periods is not None:
                later = later - own_cost[:, stage]
        start, _, end = graduated.values.path(np.array([system.hazard]))
        return AlarmCosts(
            without=np.array((start[0] if len(start) else end)[:, 0]),
            breakdown=later[-1],
            graduated=later[0],
            reaches_end_breakdown=float(reaches[-1]),
            reaches_end_graduated=float(reaches[0]),
        )

    def _backwards(
        self, phase: _Phase, chance: float, later: FloatArray, reaches: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """a(k, F) of every record from V(k + 1, F), and the chance of reaching the end likewise (G13, G15)."""
        graduated = self._graduated
        total = float(phase.named.sum())
        chance = chance if total > 0.0 else 0.0
        survives = graduated.gamma * (1.0 - chance)
        fades = np.zeros_like(survives) if phase.periods is None else survives**phase.periods
        passes = 1.0 if phase.periods is None else (1.0 - chance) ** phase.periods
        returns = 0.0 if graduated.rule.periods is None else 1.0
        after = self._fades()
        values, reached = np.empty_like(later), np.empty_like(reaches)
        for record in reversed(range(len(later))):
            alarm, goes_on = np.zeros_like(graduated.gamma), 0.0
            for bit, party in enumerate(self._accused.tolist()):
                named = phase.named[party]
                if record >> bit & 1:
                    alarm += named * phase.broken[party]
                elif named:
                    marked = record | 1 << bit
                    alarm += phase.answered[party] + named * after * values[marked]
                    goes_on += named * reached[marked] * returns
            share = alarm / total if total > 0.0 else alarm
            flow = phase.flow + graduated.gamma * chance * share
            values[record] = flow * (1.0 - fades) / (1.0 - survives) + fades * later[record]
            again = (1.0 - passes) * goes_on / total if total > 0.0 else 0.0
            reached[record] = passes * reaches[record] + again
        return values, reached
