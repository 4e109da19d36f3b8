"""The order that readings demand of the measures of a goal, and where their demands form cycles (decision 0015)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.analysis.roadmap.goals import forbidden_patterns, goal_order, goal_problems
from detente.analysis.roadmap.indices_cycles import Cycle, Demand, find_cycles
from detente.case import Case
from detente.errors import Cancelled, LimitError
from detente.game import Game, build_game
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

BEFORE, SAME, AFTER = 1, 2, 4
"""How one measure can stand to another in a roadmap, as bits: in an earlier stage, the same, a later one."""
ANY = BEFORE | SAME | AFTER
_TURNED = {BEFORE: AFTER, SAME: SAME, AFTER: BEFORE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingOrder:
    """What was found out about one reading.

    Parameters
    ----------
    holds : bool or None
        Whether any roadmap to the goal holds; None if that is not known.
    undecided : int
        Ways for two measures to stand to each other of which it is not known whether they can hold.
    reason : str
        Why something was not examined; empty if all was.
    """

    reading: str | None
    holds: bool | None
    undecided: int = 0
    reason: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "reading": self.reading,
            "holds": self.holds,
            "undecided": self.undecided,
            "reason": self.reason or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDemands:
    """What order the readings demand of the measures of a goal.

    Parameters
    ----------
    goal : tuple of str
        The measures.
    roadmaps : tuple of str
        Roadmaps of the case that lead to it.
    demands : tuple of Demand
        By reading, then in declared order.
    cycles : tuple of Cycle
        Where the demands of all readings together cannot be met by any roadmap.
    readings : tuple of ReadingOrder
        How far each reading was examined.
    """

    goal: tuple[str, ...]
    roadmaps: tuple[str, ...]
    demands: tuple[Demand, ...]
    cycles: tuple[Cycle, ...]
    readings: tuple[ReadingOrder, ...]
    case: Case = field(repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether nothing was left unexamined."""
        return not any(found.reason for found in self.readings)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "goal": list(self.goal),
            "roadmaps": list(self.roadmaps),
            "demands": [demand.to_dict() for demand in self.demands],
            "cycles": [cycle.to_dict() for cycle in self.cycles],
            "readings": [found.to_dict() for found in self.readings],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLimits:
    """How far derived demands are looked for.

    Parameters
    ----------
    max_measures : int
        Larger goals have their stated demands read only.
    max_per_stage : int or None
        Among roadmaps with at most so many measures a stage.
    memory : float
        Bytes for one search.
    """

    max_measures: int
    max_per_stage: int | None
    memory: float


class _Relations:
    """Which of the three ways two measures can stand to each other are ruled out, and which were seen to hold."""

    def __init__(self, n_measures: int) -> None:
        self.possible: IntArray = np.full((n_measures, n_measures), ANY, dtype=np.int64)
        np.fill_diagonal(self.possible, SAME)
        self.seen: IntArray = np.zeros_like(self.possible)

    def rule_out(self, one: int, other: int, bit: int) -> None:
        """Note that no roadmap holds in which it is so."""
        self.possible[one, other] &= ~bit
        self.possible[other, one] &= ~_TURNED[bit]

    def close(self) -> None:
        """Rule out what follows: if a comes before b and b not after c, then a comes before c."""
        while True:
            old = self.possible.copy()
            # a can be no later than c only if, for every b, the ways of (a, b) and (b, c) allow it; and the other way.
            no_later = (self.possible & (BEFORE | SAME)) == self.possible
            earlier = self.possible == BEFORE
            some = no_later.astype(np.int64)
            strict = ((earlier.astype(np.int64) @ some) + (some @ earlier.astype(np.int64))) > 0
            weak = (some @ some) > 0
            self.possible[weak] &= BEFORE | SAME
            self.possible[strict] &= BEFORE
            self.possible[weak.T] &= AFTER | SAME
            self.possible[strict.T] &= AFTER
            if (old == self.possible).all():
                return

    def witness(self, stage_of: IntArray) -> None:
        """Note how measures stand to each other in a roadmap that holds, given the stage of each."""
        gap = stage_of[:, None] - stage_of[None, :]
        self.seen |= np.where(gap < 0, BEFORE, np.where(gap > 0, AFTER, SAME))

    def open(self) -> list[tuple[int, int, int]]:
        """Return the (measure, other, way) of which it is not known whether some roadmap with it holds."""
        unknown = self.possible & ~self.seen
        return [
            (int(a), int(b), bit)
            for a, b in np.argwhere(np.triu(unknown, 1) > 0)
            for bit in (AFTER, SAME, BEFORE)
            if unknown[a, b] & bit
        ]


def _stage_of(game: Game, stages: BoolArray) -> IntArray:
    return np.asarray(stages.argmax(axis=0), dtype=np.int64)


def _find_holding(
    game: Game,
    limits: OrderLimits,
    reporter: Reporter,
    *,
    together: Sequence[tuple[str, str]] = (),
    before: Sequence[tuple[str, str]] = (),
) -> IntArray | None:
    """The stage of every measure in some roadmap that holds; None if there is none."""
    # The compiled code is loaded only here: other indices do without it.
    from detente.kernel.bounds import UNLIMITED
    from detente.kernel.design import make_problem
    from detente.kernel.feasibility import find_any

    order = goal_order(game, together, before)
    if order is None:
        return None
    problem = make_problem(
        game.system,
        order,
        infeasible=forbidden_patterns(game),
        exact_goal=True,
        max_per_stage=limits.max_per_stage or UNLIMITED,
        memory=limits.memory,
    )
    if problem is None:
        return None
    found = find_any(problem, reporter)
    return None if found is None else _stage_of(game, problem.stages(found))


def _examine(
    game: Game, stated: Iterable[Demand], limits: OrderLimits, reporter: Reporter
) -> tuple[_Relations, bool | None, str, bool]:
    """Rule out every way for two measures that no roadmap holds with; also whether any holds, and why it stopped."""
    column = {measure: index for index, measure in enumerate(game.measures)}
    relations = _Relations(len(game.measures))
    for demand in stated:
        one, other = column[demand.before], column[demand.after]
        relations.rule_out(one, other, AFTER)
        if demand.strict:
            relations.rule_out(one, other, SAME)
    relations.close()
    holds: bool | None = None
    try:
        found = _find_holding(game, limits, reporter)
        holds = found is not None
        if found is None:
            return relations, holds, "", False
        relations.witness(found)
        while waiting := relations.open():
            one, other, bit = waiting[0]
            names = game.measures[one], game.measures[other]
            found = _find_holding(
                game,
                limits,
                reporter,
                together=[names] if bit == SAME else (),
                before=[names] if bit == BEFORE else [names[::-1]] if bit == AFTER else (),
            )
            if found is None:
                relations.rule_out(one, other, bit)
                relations.close()
            else:
                relations.witness(found)
    except Cancelled:
        return relations, holds, "stopped by the user", True
    except LimitError as error:
        return relations, holds, f"too large to examine ({error})", False
    return relations, holds, "", False


def stated_demands(case: Case, goal: Sequence[str], reading: str | None) -> tuple[Demand, ...]:
    """Return what a case itself says of the order of measures: `after` strictly, `requires` at the latest together."""
    wanted = set(goal)
    return tuple(
        Demand(before=other, after=measure.id, reading=reading, strict=strict, stated=True)
        for measure in case.measures
        if measure.id in wanted
        for others, strict in ((measure.after, True), (measure.requires, False))
        for other in others
        if other in wanted and (strict or other not in measure.after)
    )


def _demands(game: Game, relations: _Relations, stated: Sequence[Demand], reading: str | None) -> tuple[Demand, ...]:
    """The demands of a reading: the stated ones, and what was ruled out; marked where others imply them."""
    said = {(demand.before, demand.after): demand for demand in stated}
    earlier, weak = relations.possible == BEFORE, relations.possible == (BEFORE | SAME)
    weak |= (relations.possible == SAME) & ~np.eye(len(game.measures), dtype=np.bool_)
    found = []
    for one, first in enumerate(game.measures):
        for other, second in enumerate(game.measures):
            if not (earlier[one, other] or weak[one, other]):
                continue
            strict = bool(earlier[one, other])
            between = (earlier[one] & earlier[:, other]).any()
            between |= (earlier[one] & weak[:, other]).any() or (weak[one] & earlier[:, other]).any()
            if not strict:
                between |= (weak[one] & weak[:, other]).any()
            known = said.get((first, second))
            found.append(
                Demand(
                    before=first,
                    after=second,
                    reading=reading,
                    strict=strict,
                    stated=known is not None and known.strict >= strict,
                    implied=bool(between) and known is None,
                )
            )
    return tuple(found)


def _same_game(one: Case, other: Case) -> bool:
    """Whether two readings differ in nothing that designs look at."""
    parts = ("parties", "interests", "measures", "terms", "infeasible", "forums", "status_quo")
    return all(getattr(one, part) == getattr(other, part) for part in parts)


def find_order_demands(
    case: Case,
    goal: Sequence[str],
    readings: Sequence[str | None],
    *,
    limits: OrderLimits,
    reporter: Reporter,
    roadmaps: Sequence[str] = (),
) -> tuple[OrderDemands, bool]:
    """Return what order each reading demands of the measures of a goal, and whether the user stopped the search.

    Parameters
    ----------
    goal : sequence of measure ids
        Outside the status quo, in declared order.
    readings : sequence of reading ids
        None stands for the base case.
    """
    known: list[tuple[Case, _Relations, bool | None, str]] = []
    demands: list[Demand] = []
    orders: list[ReadingOrder] = []
    stopped = False
    for number, reading in enumerate(readings):
        read = case.under(reading)
        stated = stated_demands(read, goal, reading)
        reason = _why_not(read, goal, limits, stopped=stopped)
        if reason:
            demands += stated
            orders.append(ReadingOrder(reading=reading, holds=None, reason=reason))
            continue
        game = build_game(read, goal)
        reporter.report("looking for orders that hold", fraction=number / len(readings))
        same = next((entry for entry in known if _same_game(entry[0], read)), None)
        if same is None:
            relations, holds, why, stopped = _examine(game, stated, limits, reporter)
            if not stopped:
                known.append((read, relations, holds, why))
        else:
            _, relations, holds, why = same
        demands += _demands(game, relations, stated, reading) if holds else stated
        undecided = len(relations.open()) if holds or holds is None else 0
        orders.append(ReadingOrder(reading=reading, holds=holds, undecided=undecided if why else 0, reason=why))
    found = OrderDemands(
        goal=tuple(goal),
        roadmaps=tuple(roadmaps),
        demands=tuple(demands),
        cycles=find_cycles(goal, demands),
        readings=tuple(orders),
        case=case,
    )
    return found, stopped


def _why_not(case: Case, goal: Sequence[str], limits: OrderLimits, *, stopped: bool) -> str:
    if stopped:
        return "stopped by the user"
    if len(goal) > limits.max_measures:
        return f"{len(goal)} measures are more than the {limits.max_measures} that orders are tried for"
    problems = goal_problems(case, goal, None)
    return f"the goal is out of reach: {'; '.join(problems)}" if problems else ""
