"""Tables of some parties (§10 of the model, decision 0014) by brute force: every set of measures in every order.

The case is cut down to the table and its roadmaps are listed one by one; Shapley values are means over orders of
joining.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations

from detente.case import Case, Measure
from tests.oracle.design import Limits, Search
from tests.oracle.evaluation import Step, after_values
from tests.oracle.system import State, System, subsets

GAIN = 1e-9
"""What a party gains per period must be more than this to count."""

Table = frozenset[str]
Game = Mapping[Table, float]


@dataclass(frozen=True, kw_only=True)
class Best:
    """The best that a table can do: its score, and every roadmap that reaches it, with what it brings to whom."""

    score: float
    optima: tuple[tuple[tuple[str, ...], ...], ...] = ()


def can_take(case: Case, measure: Measure, table: Table) -> bool:
    """§10: every owner is at the table; or the rule of the forum passes with the members there and the other seats."""
    if measure.forum is None:
        return all(owner in table for owner in measure.owners)
    [forum] = [f for f in case.forums if f.id == measure.forum]
    votes = [member for member in forum.members if member in table]
    return len(votes) + forum.others >= forum.quota and all(holder in votes for holder in forum.veto)


def cut_down(case: Case, table: Table, gone: Iterable[str] = ()) -> Case:
    """The case that those at a table play: their checks, what they can take and is not gone, and what is in S₀."""
    lost = set(gone)
    return replace(
        case,
        parties=tuple(p for p in case.parties if p.id in table),
        measures=tuple(
            m for m in case.measures if m.id in case.status_quo or (m.id not in lost and can_take(case, m, table))
        ),
        forums=tuple(replace(f, members=tuple(i for i in f.members if i in table)) for f in case.forums),
        terms=tuple(t for t in case.terms if t.party in table),
        formats=(),
    )


def flow_gains(system: System, path: Sequence[Step]) -> dict[str, float]:
    """(1 − δ_i)·V_i(1) − v_i(S₀) of those at the table."""
    gains = {}
    for i in system.parties:
        start = after_values(system, path, i, system.hazard)[0] - system.cost(i, path[0].taking)
        gains[i] = (1.0 - system.discount[i]) * start - system.value(i, system.status_quo)
    return gains


def best_of_table(case: Case, table: Table, *, gone: Iterable[str] = (), per_stage: int | None = None) -> Best:
    """q(C): the greatest geometric mean of gains over all roadmaps that hold and leave nobody without a gain."""
    if len(table) < 2:
        return Best(score=0.0)
    search = Search(cut_down(case, table, gone))
    limits = Limits(per_stage=per_stage)
    found: list[tuple[float, tuple[tuple[str, ...], ...]]] = []
    for goal in search.goals("best"):
        for path in search.roadmaps(goal, limits):
            candidate = search.assess(path)
            gains = flow_gains(search.system, path).values()
            if candidate.holds and min(gains) > GAIN:
                found.append((math.prod(gains) ** (1.0 / len(table)), candidate.stages))
    score = max((value for value, _ in found), default=0.0)
    return Best(score=score, optima=tuple(stages for value, stages in found if value >= score - 1e-9 * max(1.0, score)))


def outsiders_gains(case: Case, table: Table, stages: Sequence[Sequence[str]]) -> dict[str, float]:
    """What a roadmap of a table brings to those who are not there, reckoned period by period until nothing counts."""
    inside, everybody = System(cut_down(case, table)), System(case)
    prev = inside.status_quo
    lived: list[State] = []
    for stage in stages:
        taking = frozenset(stage)
        lived += [prev | taking] * inside.least_duration(prev, taking)
        prev = prev | taking
    gains = {}
    for i in everybody.parties:
        if i in table:
            continue
        delta, h = everybody.discount[i], inside.hazard
        total, weight = 0.0, 1.0
        period = 0
        while weight > 1e-16:
            state = lived[period] if period < len(lived) else prev
            left, _ = inside.breakdown(state)
            broken = (everybody.value(i, left) + everybody.tension[i]) / (1.0 - delta)
            total += weight * (everybody.value(i, state) + delta * h * broken)
            weight *= delta * (1.0 - h)
            period += 1
        gains[i] = (1.0 - delta) * total - everybody.value(i, everybody.status_quo)
    return gains


def all_tables(case: Case) -> list[Table]:
    """Every set of parties."""
    return list(subsets(p.id for p in case.parties))


def play(case: Case, score: Callable[[Table], float]) -> dict[Table, float]:
    """The game in which every table has the score given."""
    return {table: score(table) for table in all_tables(case)}


def marginal(game: Game, players: Sequence[str], i: str) -> float:
    """q(N) − q(N without i)."""
    everybody = frozenset(players)
    return game[everybody] - game[everybody - {i}]


def shapley_by_orders(game: Game, players: Sequence[str]) -> dict[str, float]:
    """The mean, over all orders of joining, of what each adds on joining."""
    totals = dict.fromkeys(players, 0.0)
    orders = list(permutations(players))
    for order in orders:
        for place, i in enumerate(order):
            before = frozenset(order[:place])
            totals[i] += game[before | {i}] - game[before]
    return {i: total / len(orders) for i, total in totals.items()}


# Without one thing


def without_vote(case: Case, i: str, forum: str, table: Table) -> set[str]:
    """The measures of a forum that a table cannot take once i, who sits there, does not vote in it."""
    if i not in table:
        return set()
    return {m.id for m in case.measures if m.forum == forum and not can_take(case, m, table - {i})}


def without_veto(case: Case, i: str, forum: str) -> Case:
    """The case in which i has only a vote in a forum."""
    return replace(
        case,
        forums=tuple(
            replace(f, veto=tuple(j for j in f.veto if j != i), end_veto=tuple(j for j in f.end_veto if j != i))
            if f.id == forum
            else f
            for f in case.forums
        ),
    )


def without_promise(case: Case, measure: str) -> Case:
    """The case in which a measure punishes nobody."""
    return replace(case, measures=tuple(replace(m, deters={}) if m.id == measure else m for m in case.measures))
