"""Goals of a design: what is to be in force at the end, what that needs, and what must come before what (§2, §10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from detente.case import Case, Direction, Measure, excluded_pairs, format_condition, is_satisfied, measures_of
from detente.errors import OptionError
from detente.game import Game, compile_condition, is_available
from detente.kernel.system import BoolArray, Predicate

if TYPE_CHECKING:
    from detente.kernel.lattice import Order

BEST = "best"
"""The goal "any measures at all", for `nash` and `margin` only: doing nothing would win the other objectives."""


def _known(case: Case, measures: Iterable[str]) -> tuple[str, ...]:
    known = {measure.id for measure in case.measures}
    unknown = [measure for measure in measures if measure not in known]
    if unknown:
        names = ", ".join(f"'{measure}'" for measure in unknown)
        raise OptionError(f"unknown measure in the goal: {names}")
    return tuple(measure.id for measure in case.measures if measure.id in set(measures))


def resolve_goal(
    case: Case, goal: str | Sequence[str] | None, available: Sequence[str], in_force: Sequence[str] = ()
) -> tuple[str, ...] | None:
    """Return the measures that are to be taken, in declared order; None for any."""
    if goal == BEST:
        return None
    status_quo = {*case.status_quo, *in_force}
    if isinstance(goal, str):
        goal = [word.strip() for word in goal.split(" and ")]
    if goal is not None:
        wanted = tuple(measure for measure in _known(case, goal) if measure not in status_quo)
        if not wanted:
            raise OptionError("the goal is in force already; name at least one measure outside the status quo")
        return wanted
    everything = tuple(measure for measure in available if measure not in status_quo)
    if not everything:
        if all(measure.id in status_quo for measure in case.measures):
            raise OptionError("the case has no measure outside the status quo; there is nothing to design")
        raise OptionError(
            "no measure outside the status quo can be taken by those at the table; there is nothing to design"
        )
    problems = goal_problems(case, everything, None, in_force)
    if problems:
        raise OptionError(
            f"the state with every measure in force is not feasible ({problems[0]}); say which measures are the goal, "
            'for example --goal "a and b"'
        )
    return everything


def goal_problems(
    case: Case, goal: Sequence[str], at_table: Sequence[str] | None, already: Sequence[str] = ()
) -> list[str]:
    """List what makes a goal impossible, as sentences: what its members lack, or which pattern it falls under."""
    in_force = {*case.status_quo, *already, *goal}
    known = {measure.id: measure for measure in case.measures}
    table = [party.id for party in case.parties] if at_table is None else list(at_table)
    problems = []
    for measure in goal:
        needs = [(other, "requires") for other in known[measure].requires]
        needs += [(other, "comes after") for other in known[measure].after]
        problems += [
            f"'{measure}' {verb} '{other}', which the goal lacks" for other, verb in needs if other not in in_force
        ]
        if known[measure].direction is Direction.BACKWARD:
            problems.append(f"'{measure}' can only be given up, not taken")
        if not is_available(case, known[measure], table):
            problems.append(f"'{measure}' cannot be taken by those at the table")
    problems += [f"'{one}' and '{other}' exclude each other" for one, other in excluded_pairs(case, in_force)]
    problems += [
        f"the goal is infeasible: {format_condition(pattern)}"
        for pattern in case.infeasible
        if is_satisfied(pattern, in_force)
    ]
    return problems


def takeable_measures(case: Case, parties: Sequence[str], in_force: Sequence[str] = ()) -> list[Measure]:
    """Measures not in force that can be taken at all by those at the table, with what they need."""
    status_quo = {*case.status_quo, *in_force}
    candidates = {
        measure.id: measure
        for measure in case.measures
        if measure.id not in status_quo
        and measure.direction is not Direction.BACKWARD
        and is_available(case, measure, parties)
    }
    while True:
        lacking = [
            measure.id
            for measure in candidates.values()
            if any(other not in status_quo and other not in candidates for other in (*measure.requires, *measure.after))
        ]
        if not lacking:
            return list(candidates.values())
        for measure in lacking:
            del candidates[measure]


def goal_order(game: Game, together: Sequence[Sequence[str]], before: Sequence[tuple[str, str]]) -> Order | None:
    """Return what must come before what among the measures of a game; None if that forms a cycle."""
    from detente.kernel.lattice import make_order

    n_measures = len(game.measures)
    column = {measure: index for index, measure in enumerate(game.measures)}
    needs = np.zeros((n_measures, n_measures), dtype=np.bool_)
    after = np.zeros((n_measures, n_measures), dtype=np.bool_)
    for measure in game.case.measures:
        if measure.id not in column:
            continue
        for relation, others in ((needs, measure.requires), (after, measure.after)):
            for other in others:
                if other in column:
                    relation[column[measure.id], column[other]] = True
    for earlier, later in before:
        if earlier in column and later in column:
            after[column[later], column[earlier]] = True
    sets = [game.state(group) for group in together]
    return make_order(needs, after, np.array(sets, dtype=np.bool_).reshape(len(sets), n_measures))


def told_apart(game: Game, named: Iterable[Iterable[str]]) -> BoolArray:
    """Return which measures of a game a pattern, an exclusion, an option or the past tells apart from others, (n,)."""
    everything = {measure.id for measure in game.case.measures}
    apart = {measure for group in named for measure in group}
    apart |= {measure for pair in excluded_pairs(game.case, everything) for measure in pair}
    for pattern in game.case.infeasible:
        apart |= set(measures_of(pattern))
    return np.array([measure in apart for measure in game.measures], dtype=np.bool_)


def forbidden_patterns(game: Game) -> list[Predicate]:
    """Predicates of the states that roadmaps must not reach."""
    patterns = [compile_condition(pattern, game.measures, game.status_quo) for pattern in game.case.infeasible]
    column = {measure: index for index, measure in enumerate(game.measures)}
    everything = {measure.id for measure in game.case.measures}
    for one, other in excluded_pairs(game.case, everything):
        if {one, other} <= (set(column) | game.status_quo):
            patterns.append(_both(column.get(one), column.get(other)))
    return patterns


def _both(one: int | None, other: int | None) -> Predicate:
    """Where both columns are in force; None stands for a measure that always is."""

    def holds(states: BoolArray) -> BoolArray:
        result = np.ones(states.shape[0], dtype=np.bool_)
        for column in (one, other):
            if column is not None:
                result &= states[:, column]
        return result

    return holds
