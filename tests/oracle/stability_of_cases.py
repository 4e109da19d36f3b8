"""From a case to a situation (§2, §3, §9 of the model), literally: the states, who moves where, who prefers what."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from typing import Any

from detente.case import (
    Case,
    Direction,
    Forum,
    Measure,
    Quantity,
    Ranking,
    Ranks,
    Statements,
    Tiers,
    Weights,
    is_satisfied,
    point,
)
from tests.oracle.stability import Position, Situation, Together
from tests.oracle.system import State, subsets

Liking = Callable[[State], Any]  # any values that can be compared with each other
"""What a party makes of a state; the greater, the better."""


def states_in_order(case: Case) -> Iterator[State]:
    """Yield every set of measures, as if counted in binary with the first declared measure as the lowest digit."""
    measures = [m.id for m in case.measures]
    for number in range(2 ** len(measures)):
        yield frozenset(m for place, m in enumerate(measures) if (number // 2**place) % 2 == 1)


def is_feasible(case: Case, state: State) -> bool:
    """§9: the state has what its members require, no excluded pair and no infeasible pattern; `after` is ignored."""
    for m in case.measures:
        if m.id in state:
            if any(needed not in state for needed in m.requires):
                return False
            if any(other in state for other in m.excludes):
                return False
    return not any(is_satisfied(pattern, state) for pattern in case.infeasible)


def feasible_states(case: Case) -> tuple[State, ...]:
    """List the feasible states, in increasing order of their binary numbers."""
    return tuple(s for s in states_in_order(case) if is_feasible(case, s))


# Moves


def can_be_taken(measure: Measure) -> bool:
    """§2: everything but `backward`."""
    return measure.direction is not Direction.BACKWARD


def can_be_ended(measure: Measure) -> bool:
    """§2: everything but `forward`."""
    return measure.direction is not Direction.FORWARD


def own_flips(case: Case, party: str, state: State) -> list[str]:
    """The measures that a party may by itself take or end in a state."""
    found = []
    for m in case.measures:
        if m.forum is not None or party not in m.owners:
            continue
        is_sole = len(m.owners) == 1
        if m.id in state and can_be_ended(m):
            found.append(m.id)
        if m.id not in state and is_sole and can_be_taken(m):
            found.append(m.id)
    return found


def own_moves(case: Case, party: str, state: State) -> tuple[State, ...]:
    """R_i(s): the feasible states that come of flipping one or more of them at once."""
    return tuple(
        state ^ flips for flips in subsets(own_flips(case, party, state)) if flips and is_feasible(case, state ^ flips)
    )


def deciders(case: Case, measure: Measure, *, ending: bool) -> list[State]:
    """The coalitions that take (or end) a measure in common; none where that is for one party to do."""
    if measure.forum is None:
        return [frozenset(measure.owners)] if len(measure.owners) > 1 and not ending else []
    forum = case.forum(measure.forum)
    passing = [c for c in subsets(forum.members) if c and passes(forum, c, ending=ending)]
    return [c for c in passing if not any(smaller < c for smaller in passing)]


def passes(forum: Forum, voters: State, *, ending: bool) -> bool:
    """§2: all veto holders vote in favour, and with the seats of others the quota is met."""
    quota = forum.end_quota if ending else forum.quota
    veto = forum.end_veto if ending else forum.veto
    return len(voters) + forum.others >= quota and all(holder in voters for holder in veto)


def moves_in_common(case: Case, states: tuple[State, ...]) -> tuple[Together, ...]:
    """What is taken or ended by several at once: a joint measure taken by all its owners, anything a forum decides."""
    found = []
    for m in case.measures:
        for ending in (False, True):
            if not (can_be_ended(m) if ending else can_be_taken(m)):
                continue
            for coalition in deciders(case, m, ending=ending):
                leads: dict[Position, tuple[Position, ...]] = {}
                for s in states:
                    there = s - {m.id} if ending else s | {m.id}
                    if there != s and is_feasible(case, there):
                        leads[s] = (there,)
                found.append(Together(coalition=coalition, leads=leads))
    return tuple(found)


# Preferences


def exactly(quantity: Quantity | None) -> Fraction:
    """Return what the decimal digits say, exactly; 0 if nothing is stated."""
    return Fraction(0) if quantity is None else Fraction(repr(float(point(quantity))))


def value_of(case: Case, party: str, state: State) -> Fraction:
    """v_i(S) of §3, as a fraction."""
    total = Fraction(0)
    for m in case.measures:
        if m.id in state:
            total += exactly(m.value.get(party))
            for interest in case.interests:
                effect = m.effects.get(interest.id, {}).get(party)
                total += exactly(interest.weight.get(party)) * exactly(effect)
    for term in case.terms:
        if term.party == party and is_satisfied(term.when, state):
            total += exactly(term.value)
    return total


def liking(case: Case, party: str, states: tuple[State, ...]) -> Liking:
    """Return what a party compares states by: values, or what it states in their place."""
    stated = case.preferences.get(party)
    if isinstance(stated, Statements):
        statements = stated.statements
        return lambda state: tuple(is_satisfied(statement, state) for statement in statements)
    if isinstance(stated, Tiers):
        tiers = stated.tiers
        return lambda state: tuple(
            sum((exactly(entry.weight) for entry in tier if is_satisfied(entry.when, state)), Fraction(0))
            for tier in tiers
        )
    if isinstance(stated, Weights):
        weights = stated.weights
        return lambda state: sum((exactly(weights.get(m)) for m in state), Fraction(0))
    if isinstance(stated, Ranking):
        places = stated.places
        return lambda state: -next(number for number, tied in enumerate(places) if state in tied)
    if isinstance(stated, Ranks):
        numbers = dict(zip(states, stated.ranks, strict=True))
        return lambda state: numbers[state]
    return lambda state: value_of(case, party, state)


def places(states: tuple[Position, ...], like: Callable[[Any], Any]) -> dict[Position, int]:
    """Number what a party makes of the states from the worst up; ties have one number."""
    made = {s: like(s) for s in states}
    levels = sorted(set(made.values()))
    return {s: levels.index(made[s]) for s in states}


def situation_of(case: Case) -> Situation:
    """The conflict of a case, every move listed."""
    if case.graph is not None:
        return _situation_of_graph(case)
    states = feasible_states(case)
    return Situation(
        parties=tuple(p.id for p in case.parties),
        states=states,
        moves={p.id: {s: own_moves(case, p.id, s) for s in states} for p in case.parties},
        together=moves_in_common(case, states),
        place={p.id: places(states, liking(case, p.id, states)) for p in case.parties},
    )


def _situation_of_graph(case: Case) -> Situation:
    graph = case.graph
    assert graph is not None

    def leads(pairs: Iterable[tuple[str, str]]) -> dict[Position, tuple[Position, ...]]:
        listed = list(pairs)
        return {s: tuple(dict.fromkeys(b for a, b in listed if a == s and b != s)) for s in graph.states}

    place: dict[str, dict[Position, int]] = {}
    for p in case.parties:
        numbers = dict(zip(graph.states, graph.ranks.get(p.id, [0.0] * len(graph.states)), strict=True))
        place[p.id] = places(graph.states, numbers.__getitem__)
    return Situation(
        parties=tuple(p.id for p in case.parties),
        states=graph.states,
        moves={p.id: leads(graph.moves.get(p.id, ())) for p in case.parties},
        together=tuple(Together(coalition=frozenset(c.parties), leads=leads(c.moves)) for c in graph.common),
        place=place,
    )
