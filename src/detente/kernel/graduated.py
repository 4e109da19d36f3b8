"""Does a roadmap hold if deviations meet graduated answers instead of breakdown? (graduated answers, G6 to G11).

Everything is worked out check by check on top of `RoadmapValues`: what each deviation is worth if it is answered in
proportion and for a time, and whether the others would give that answer and take it back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from detente.errors import LimitError
from detente.kernel.aftermaths import aftermath_at, break_down_once
from detente.kernel.answers import Answers, choose_answers
from detente.kernel.breakdown import Aftermath
from detente.kernel.credibility import Credibility, Place, answer_margins, resume_margins
from detente.kernel.deviations import Check, Row
from detente.kernel.roadmap import HOLDS, TIES, RoadmapValues
from detente.kernel.system import NEVER, BoolArray, FloatArray, IntArray

MOST_JOINT = 14
"""Measures of one party at one check whose combinations are all tried: answers to them do not add up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """How deviations are answered.

    Parameters
    ----------
    periods : int or None
        n, how long an answer lasts; None is for good.
    proportion : float
        ρ > 0: what an answer loses the party per period, as a multiple of what the deviation gains it.
    """

    periods: int | None
    proportion: float


class Outcome(StrEnum):
    """What a party that is answered does: return afterwards, refuse to, walk out at once, or live with it for good."""

    RETURNS = "returns"
    REFUSES = "refuses"
    LEAVES = "leaves"
    STAYS = "stays"


OUTCOMES = (Outcome.RETURNS, Outcome.REFUSES, Outcome.LEAVES, Outcome.STAYS)


@dataclass(frozen=True, eq=False, kw_only=True)
class GivenAnswer:
    """The answer that the best deviation of a check would meet.

    Parameters
    ----------
    suspended : IntArray
        Columns that the others suspend.
    gain, needed, loss : float
        What the deviation gains per period, what the answer should lose the party per period, and what it does.
    is_enough : bool
        Whether the loss reaches what is needed.
    """

    suspended: IntArray
    gain: float
    needed: float
    loss: float
    is_enough: bool
    outcome: Outcome


@dataclass(frozen=True, eq=False, kw_only=True)
class GraduatedCheck:
    """One check of one party under graduated answers.

    Parameters
    ----------
    stage, party : int
        Counted from 0.
    withheld, undone : IntArray
        Columns of the best deviation; none of either is leaving openly.
    noticed_after : int
        Periods; 0 for leaving.
    answer : GivenAnswer or None
        None for leaving openly.
    answering, resuming : Credibility or None
        The least margins of those who would answer any deviation of this check that pays if it is let stand; None if
        there is none.
    ordinary_margin : float
        The margin of the same check if deviations meet full breakdown.
    """

    stage: int
    check: Check
    party: int
    comply: float
    deviate: float
    withheld: IntArray
    undone: IntArray
    leaves: bool
    noticed_after: int
    flow_margin: float
    answer: GivenAnswer | None
    answering: Credibility | None
    resuming: Credibility | None
    ordinary_margin: float

    @property
    def margin(self) -> float:
        """Complying less the best deviation."""
        return self.comply - self.deviate

    @property
    def holds(self) -> bool:
        """Whether nobody gains by deviating, by not answering or by not resuming (tolerance 1e-9)."""
        others = [given.margin for given in (self.answering, self.resuming) if given is not None]
        return min([self.margin, *others]) >= -HOLDS


def with_joint_deviations(values: RoadmapValues) -> RoadmapValues:
    """Return the same roadmap with all combinations of a party's measures listed at each check.

    Raises
    ------
    LimitError
        If a party could withhold or undo more than `MOST_JOINT` measures at one check.
    """
    rows = values.deviations.rows
    for row in rows:
        n_measures = sum((stop - start).bit_length() for start, stop in row.groups)  # 2^q − 1 deviations of q measures
        if n_measures > MOST_JOINT:
            raise LimitError(
                f"at stage {row.stage + 1} a party could withhold or undo {n_measures} measures; answers to several do "
                f"not add up, and 2^{n_measures} combinations are too many to try; at most {MOST_JOINT} can be"
            )
    if all(len(row.groups) <= 1 for row in rows):
        return values
    return RoadmapValues(
        values.system,
        values.stages,
        values.durations,
        start=values.states[0],
        waiting=values.waiting,
        joint_bits=MOST_JOINT,
    )


class GraduatedValues:
    """A roadmap under an answer rule; `checks` is its verdict.

    Parameters
    ----------
    values : RoadmapValues
        The roadmap in the ordinary model.
    rule : AnswerRule
        How deviations are answered.
    """

    def __init__(self, values: RoadmapValues, rule: AnswerRule) -> None:
        self.values = with_joint_deviations(values)
        self.rule = rule
        self.own_costs: FloatArray = np.where(values.system.owns, values.system.cost, 0.0)
        at = np.array([values.system.hazard])
        self.comply: FloatArray = self.values.comply_values(at)[:, 0]
        self.ordinary: FloatArray = self.comply - self.values.best_deviations(at)[:, 0]
        self.gamma: FloatArray = values.system.discount * (1.0 - values.system.hazard)
        self.risk: FloatArray = values.system.discount * values.system.hazard

    def checks(self) -> tuple[GraduatedCheck, ...]:
        """Return every check, in the order of `Deviations.rows`."""
        leave = self.values.leave_values()
        return tuple(
            self._check(number, row, float(leave[number])) for number, row in enumerate(self.values.deviations.rows)
        )

    def ahead(self, number: int) -> FloatArray:
        """Return Ā, what is ahead of every party with the agreed state in force and the stage begun anew: (P,)."""
        row = self.values.deviations.rows[number]
        ahead = np.empty(self.values.system.n_parties)
        for other, comply in zip(self.values.deviations.rows, self.comply, strict=True):
            if (other.stage, other.check) == (row.stage, row.check):
                ahead[other.party] = comply
        return ahead + self.values.own_cost[:, row.stage] if row.check is Check.BEFORE else ahead

    def lasts(self, number: int) -> bool:
        """Tell whether a return would last: no ordinary margin of the party from that check on is negative (G6)."""
        rows = self.values.deviations.rows
        at = rows[number]
        return all(
            self.ordinary[later] >= -HOLDS
            for later, row in enumerate(rows)
            if row.party == at.party and (later >= number if at.check is not Check.BEFORE else later > number)
        )

    def hold(self, party: int, flow: FloatArray, periods: IntArray | int | None, then: FloatArray) -> FloatArray:
        """hold(·, periods, then) of a party, `flow` with the hazard in it; None is for ever."""
        gamma = self.gamma[party]
        if periods is None:
            return np.asarray(flow / (1.0 - gamma))
        fades = gamma**periods
        return np.asarray(flow * (1.0 - fades) / (1.0 - gamma) + fades * then)

    def flows(self, after: Aftermath) -> FloatArray:
        """Value per period of living in some states, the risk of breakdown included: (P, N)."""
        return np.asarray(after.value + self.risk[:, None] * after.nobody)

    def _check(self, number: int, row: Row, leave: float) -> GraduatedCheck:
        system, values = self.values.system, self.values
        party, comply = row.party, float(self.comply[number])
        best, line, given = -np.inf, 0, None
        answering: Credibility | None = None
        resuming: Credibility | None = None
        if row.groups:
            [(start, stop)] = row.groups
            answered = self._answer(number, row, slice(start, stop))
            worth = answered.worth
            best, line = float(worth.max()), int(np.argmax(worth >= worth.max() - TIES))
            given = answered.given(line)
            answering, resuming = answered.answering, answered.resuming
            line += start
        leaves = leave >= best - TIES
        none = np.zeros(0, dtype=np.int64)
        deviate = max(leave, best)
        return GraduatedCheck(
            stage=row.stage,
            check=row.check,
            party=party,
            comply=comply,
            deviate=deviate,
            withheld=none if leaves else np.flatnonzero(values.deviations.withheld[line]),
            undone=none if leaves else np.flatnonzero(values.deviations.undone[line]),
            leaves=leaves,
            noticed_after=0 if leaves else int(values.deviations.lag[line]),
            flow_margin=(1.0 - float(system.discount[party])) * (comply - deviate),
            answer=None if leaves else given,
            answering=answering,
            resuming=resuming,
            ordinary_margin=float(self.ordinary[number]),
        )

    def _answer(self, number: int, row: Row, lines: slice) -> _Answered:
        system, values, party = self.values.system, self.values, row.party
        dev, target = values.deviations, values.states[row.stage + 1]
        left, ahead = dev.left[lines], self.ahead(number)
        taken = values.stages[row.stage] if row.check is Check.BEFORE else np.zeros_like(target)
        paid = taken & ~left  # the others have paid their share of what was withheld
        patience = 1.0 - float(system.discount[party])
        here = aftermath_at(values.aftermath, values.left_index[lines])
        agreed = float(values.aftermath.value[party, values.stage_index[row.stage + 1]])
        gain = np.maximum(0.0, here.value[party] - agreed + patience * (paid @ self.own_costs[party]))
        answers = choose_answers(system, party, left, self.rule.proportion * gain)
        there = break_down_once(system, answers.remains)
        outcome, noticed = self._outcomes(party, target, answers, there, float(ahead[party]), self.lasts(number))
        worth = dev.pays[lines] + self.hold(party, self.flows(here)[party], dev.lag[lines], noticed)
        stands = dev.pays[lines] + self.hold(party, self.flows(here)[party], None, noticed)
        bound = NEVER if row.check is Check.END else int(np.append(values.durations, values.waiting)[row.stage])
        place = Place(
            system=system,
            rule_periods=self.rule.periods,
            party=party,
            target=target,
            bound=bound,
            ahead=ahead,
            own_costs=self.own_costs,
        )
        tempting = np.flatnonzero((stands > self.comply[number] + HOLDS) & answers.suspended.any(axis=1))
        answering = answer_margins(
            place,
            here=aftermath_at(here, tempting),
            there=aftermath_at(there, tempting),
            suspended=answers.suspended[tempting],
            retaken=(target & ~answers.remains & ~paid)[tempting],
            returns=(outcome == OUTCOMES.index(Outcome.RETURNS))[tempting],
            leaves=(outcome == OUTCOMES.index(Outcome.LEAVES))[tempting],
        )
        returning = tempting[outcome[tempting] == OUTCOMES.index(Outcome.RETURNS)]
        resuming = resume_margins(
            place,
            there=aftermath_at(there, returning),
            suspended=answers.suspended[returning],
            retaken=(target & ~answers.remains & ~paid)[returning],
        )
        return _Answered(
            answers=answers, gain=gain, outcome=outcome, worth=worth, answering=answering, resuming=resuming
        )

    def _outcomes(
        self, party: int, target: BoolArray, answers: Answers, there: Aftermath, ahead: float, lasts: bool
    ) -> tuple[IntArray, FloatArray]:
        """What the party does, as a number in `OUTCOMES`, and T, what is ahead of it once it is noticed (G6, G7)."""
        broken = there.breaker[party]
        back = ahead - (target & ~answers.remains) @ self.own_costs[party] if lasts else np.full(len(broken), -np.inf)
        returns = back >= broken - TIES
        stays = self.hold(party, self.flows(there)[party], self.rule.periods, np.where(returns, back, broken))
        leaves = broken > stays + TIES
        lasting = np.where(returns, OUTCOMES.index(Outcome.RETURNS), OUTCOMES.index(Outcome.REFUSES))
        if self.rule.periods is None:
            lasting = np.full(len(broken), OUTCOMES.index(Outcome.STAYS))
        outcome = np.where(leaves, OUTCOMES.index(Outcome.LEAVES), lasting)
        return outcome, np.maximum(broken, stays)


@dataclass(frozen=True, eq=False, kw_only=True)
class _Answered:
    """All deviations of one check with their answers."""

    answers: Answers
    gain: FloatArray
    outcome: IntArray
    worth: FloatArray
    answering: Credibility | None
    resuming: Credibility | None

    def given(self, line: int) -> GivenAnswer:
        return GivenAnswer(
            suspended=np.flatnonzero(self.answers.suspended[line]),
            gain=float(self.gain[line]),
            needed=float(self.answers.needed[line]),
            loss=float(self.answers.loss[line]),
            is_enough=bool(self.answers.is_enough[line]),
            outcome=OUTCOMES[int(self.outcome[line])],
        )
