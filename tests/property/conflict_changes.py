"""Changes of a conflict without agreement whose effect on stability is known; of cases, and of their arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import numpy as np

from detente.case import (
    Case,
    Condition,
    InForce,
    Joined,
    Not,
    OrdinalPreference,
    Ranking,
    Ranks,
    Statements,
    Tiers,
    Weights,
)
from detente.kernel.conflict import (
    CommonArcs,
    CommonMove,
    GraphConflict,
    Int32Array,
    ProductConflict,
    make_arcs,
    origins,
)
from detente.kernel.system import IntArray
from tests.oracle.stability_of_cases import situation_of
from tests.property.changes import renamed, reordered

Names = Mapping[str, str]


def _condition(condition: Condition, names: Names) -> Condition:
    match condition:
        case InForce(measure=measure):
            return InForce(measure=names[measure])
        case Not(operand=operand):
            return Not(operand=_condition(operand, names))
    return replace(condition, operands=tuple(_condition(operand, names) for operand in condition.operands))


def _preference(stated: OrdinalPreference, names: Names) -> OrdinalPreference:
    match stated:
        case Statements(statements=statements):
            return Statements(statements=tuple(_condition(one, names) for one in statements))
        case Tiers(tiers=tiers):
            return Tiers(
                tiers=tuple(tuple(replace(one, when=_condition(one.when, names)) for one in tier) for tier in tiers)
            )
        case Weights(weights=weights):
            return Weights(weights={names[m]: weight for m, weight in weights.items()})
        case Ranking(places=places):
            return Ranking(places=tuple(tuple(frozenset(names[m] for m in state) for state in tied) for tied in places))
    return stated


def with_other_names(case: Case, parties: Names, measures: Names) -> Case:
    """The case with other ids of its parties and measures, in its ordinal preferences too."""
    stated = {parties[i]: _preference(preference, measures) for i, preference in case.preferences.items()}
    return replace(renamed(case, parties, measures), preferences=stated)


def in_another_order(case: Case, seed: int) -> Case:
    """The case with its parties, measures, terms and patterns declared in another order, what they prefer unchanged."""
    return reordered(stated_as_rankings(case, numbers_only=True), seed)


def stated_as_rankings(case: Case, *, numbers_only: bool = False) -> Case:
    """The case with each party's order (or only those given by one number per state) written down state by state."""
    situation = situation_of(case)
    found = dict(case.preferences)
    for i in situation.parties:
        if not is_stated(case, i) or (numbers_only and not isinstance(case.preferences.get(i), Ranks)):
            continue
        levels: dict[int, list[frozenset[str]]] = {}
        for state in situation.states:
            levels.setdefault(situation.place[i][state], []).append(frozenset(state))
        found[i] = Ranking(places=tuple(tuple(levels[level]) for level in sorted(levels, reverse=True)))
    return replace(case, preferences=found)


def stated_as_ranks(case: Case, stretch: Sequence[float]) -> Case:
    """The case with a number per state in place of each party's values; level n of an order gets `stretch[n]`."""
    situation = situation_of(case)
    found = dict(case.preferences)
    for i in situation.parties:
        if is_stated(case, i):
            found[i] = Ranks(ranks=tuple(stretch[situation.place[i][state]] for state in situation.states))
    return replace(case, preferences=found)


def is_stated(case: Case, party: str) -> bool:
    """Tell whether a party says what it prefers."""
    has_value = any(party in m.value for m in case.measures)
    return party in case.preferences or has_value or any(term.party == party for term in case.terms)


def with_patterns_for_relations(case: Case) -> Case:
    """The case with what is required and what excludes each other written as infeasible patterns."""
    patterns = list(case.infeasible)
    for m in case.measures:
        for needed in m.requires:
            lacking = Not(operand=InForce(measure=needed))
            patterns.append(Joined(connective="and", operands=(InForce(measure=m.id), lacking)))
        patterns.extend(
            Joined(connective="and", operands=(InForce(measure=m.id), InForce(measure=other))) for other in m.excludes
        )
    bare = tuple(replace(m, requires=(), excludes=()) for m in case.measures)
    return replace(case, measures=bare, infeasible=tuple(patterns))


# Arrays of the product form


def bit(measure: int) -> np.int64:
    """The mask of one measure."""
    return np.int64(1) << np.int64(measure)


def with_meaning_turned(conflict: ProductConflict, measure: int) -> tuple[ProductConflict, list[int]]:
    """Call a measure that is in force not in force and the other way round; also return where each state went."""
    mask = bit(measure)
    moved = conflict.masks ^ mask
    order = np.argsort(moved)
    takes = (conflict.takes & ~mask) | (conflict.ends & mask)
    ends = (conflict.ends & ~mask) | (conflict.takes & mask)
    common = tuple(
        CommonMove(coalition=c.coalition, measure=c.measure, takes=c.takes != (c.measure == measure))
        for c in conflict.common
    )
    turned = replace(
        conflict, masks=moved[order], takes=takes, ends=ends, common=common, rank=conflict.rank[:, order].copy()
    )
    return turned, np.argsort(order).tolist()


def with_further_measure(conflict: ProductConflict, *, owner: int | None) -> ProductConflict:
    """Add a measure that nobody cares for, and that one party can move or nobody; the states with it come second."""
    mask = bit(conflict.n_measures)
    own = np.array([mask if party == owner else 0 for party in range(conflict.n_parties)], dtype=np.int64)
    return ProductConflict(
        n_measures=conflict.n_measures + 1,
        masks=np.concatenate([conflict.masks, conflict.masks | mask]),
        takes=conflict.takes | own,
        ends=conflict.ends | own,
        common=conflict.common,
        rank=np.concatenate([conflict.rank, conflict.rank], axis=1),
    )


def side_by_side(one: ProductConflict, other: ProductConflict) -> ProductConflict:
    """Two conflicts of different parties, none of which cares for the other; the states of `one` run fastest."""
    shift = one.n_measures
    masks = (one.masks[None, :] | (other.masks << shift)[:, None]).ravel()
    n_one, n_other = one.n_states, other.n_states
    return ProductConflict(
        n_measures=one.n_measures + other.n_measures,
        masks=masks,
        takes=np.concatenate([one.takes, other.takes << shift]),
        ends=np.concatenate([one.ends, other.ends << shift]),
        common=one.common
        + tuple(
            CommonMove(coalition=c.coalition << one.n_parties, measure=c.measure + shift, takes=c.takes)
            for c in other.common
        ),
        rank=np.concatenate([np.tile(one.rank, (1, n_other)), np.repeat(other.rank, n_one, axis=1)]),
    )


# Arrays of the graph form


def with_states_moved(conflict: GraphConflict, seed: int) -> tuple[GraphConflict, list[int]]:
    """Number the states anew; also return the new number of each."""
    random = Random(f"numbers {seed}")  # noqa: S311  # no secret depends on it
    new = np.array(random.sample(range(conflict.n_states), conflict.n_states), dtype=np.int64)
    rank = np.empty_like(conflict.rank)
    rank[:, new] = conflict.rank
    return mapped(conflict, new, conflict.n_states, rank), new.tolist()


def mapped(conflict: GraphConflict, new: IntArray, n_states: int, rank: Int32Array) -> GraphConflict:
    """The same moves between states with other numbers, among `n_states` in all."""
    return GraphConflict(
        arcs=tuple(make_arcs(n_states, new[origins(a)], new[a.target]) for a in conflict.arcs),
        common=tuple(
            CommonArcs(coalition=c.coalition, arcs=make_arcs(n_states, new[origins(c.arcs)], new[c.arcs.target]))
            for c in conflict.common
        ),
        rank=np.asarray(rank, dtype=np.int32),
    )
