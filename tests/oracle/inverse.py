"""Least changes of preferences, literally: every order of the states is tried (§9 of the model).

Two orders differ by 1 for each pair of states that they rank the opposite way, and by 1/2 for each pair that exactly
one of them ties.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import combinations, permutations, product

from tests.oracle.stability import Situation, is_stable

Order = tuple[int, ...]
"""A number for each state, the greater the better, from 0 without gaps."""


@lru_cache
def all_orders(n_states: int) -> tuple[Order, ...]:
    """List every order of so many states, ties allowed."""
    return tuple(o for o in product(range(n_states), repeat=n_states) if set(o) == set(range(max(o) + 1)))


def distance(one: Sequence[int], other: Sequence[int]) -> Fraction:
    """Kendall's distance with penalty 1/2."""
    total = Fraction(0)
    for a, b in combinations(range(len(one)), 2):
        first, second = (one[a] > one[b]) - (one[a] < one[b]), (other[a] > other[b]) - (other[a] < other[b])
        total += Fraction(abs(first - second), 2)
    return total


def order_of(situation: Situation, party: str) -> Order:
    """The order of a party as the situation has it."""
    return tuple(situation.place[party][s] for s in situation.states)


def with_orders(situation: Situation, orders: dict[str, Sequence[int]]) -> Situation:
    """The situation with other orders for some parties."""
    place = {i: dict(situation.place[i]) for i in situation.parties}
    for i, order in orders.items():
        place[i] = dict(zip(situation.states, order, strict=True))
    return replace(situation, place=place, _reached={})


def is_equilibrium(situation: Situation, state: int, concept: str) -> bool:
    """Whether a state is stable for all."""
    return all(is_stable(situation, i, situation.states[state], concept) for i in situation.parties)


def least_change(
    situation: Situation, state: int, concept: str, parties: Sequence[str], *, to_equilibrium: bool
) -> Fraction | None:
    """The least distance, added over parties that may change, to orders in which the state is (not) stable for all."""
    orders = all_orders(len(situation.states))
    near = [sorted((distance(order_of(situation, i), order), order) for order in orders) for i in parties]
    found: Fraction | None = None

    def try_orders(number: int, spent: Fraction, chosen: dict[str, Sequence[int]]) -> None:
        nonlocal found
        if number == len(parties):
            if is_equilibrium(with_orders(situation, chosen), state, concept) is to_equilibrium:
                found = spent
            return
        for far, order in near[number]:
            if found is not None and spent + far >= found:
                return
            try_orders(number + 1, spent + far, {**chosen, parties[number]: order})

    try_orders(0, Fraction(0), {})
    return found


def own_change(situation: Situation, party: str, state: int, concept: str) -> Fraction | None:
    """The least distance to an order of a party in which the state is stable for it and now is not, or vice versa."""
    s = situation.states[state]
    now = is_stable(situation, party, s, concept)
    near = (
        distance(order_of(situation, party), order)
        for order in all_orders(len(situation.states))
        if is_stable(with_orders(situation, {party: order}), party, s, concept) is not now
    )
    return min(near, default=None)


def swaps_between(order: Sequence[int]) -> int:
    """How many swaps of neighbours lead to an order of 0, 1, 2, …"""
    return sum(1 for a, b in combinations(range(len(order)), 2) if order[a] > order[b])


def lists_by_swaps(n_statements: int) -> list[tuple[int, tuple[int, ...]]]:
    """Every order of statements with the number of swaps of neighbours that leads to it, the fewest first."""
    return sorted((swaps_between(order), order) for order in permutations(range(n_statements)))
