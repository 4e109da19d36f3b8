"""Moving one state up or down in one party's order, so that the state becomes stable for that party, or no longer is.

Whether state s is stable for party i depends on the order of i only through the set of states that it ranks above s: a
larger set means more improvements, fewer sanctions and more escapes, under every concept.  Orders are compared by
Kendall's distance with penalty 1/2: 1 for a pair of states ranked the opposite way, 1/2 for a pair tied in one order
only.  An order nearest to the present one, among those in which s is stable, then lifts s alone to a tie with some
place above; among those in which it is not, it lowers s alone, and lifts at most one state past it out of a tie.
So a search over the places, by halving, is exact.  Distances are counted twice, in whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from detente.kernel.conflict import Int32Array
from detente.kernel.system import IntArray

IsStable = Callable[[Int32Array], bool]
"""Tells whether the state is stable for the party if its order is the one given, (F,)."""


class Shift(NamedTuple):
    """A changed order.

    Parameters
    ----------
    order : Int32Array
        Shape (F,): the greater the better.
    twice : int
        Twice its distance from the order as it was.
    passed : int
        The state that tells how far: the first in number of those that s is now ranked as high as, or below.
    """

    order: Int32Array
    twice: int
    passed: int


def _tied_with(order: Int32Array, state: int) -> int:
    """How many other states share the place of one."""
    return int(np.count_nonzero(order == order[state])) - 1


def _dense(keys: IntArray) -> Int32Array:
    return np.asarray(np.unique(keys, return_inverse=True)[1], dtype=np.int32).reshape(-1)


def lift(order: Int32Array, state: int, value: int) -> Shift:
    """Rank a state as high as those of a value above its own, and leave all others as they are."""
    own = int(order[state])
    assert value > own, "the place is above"
    between = int(np.count_nonzero((order > own) & (order < value)))
    there = np.flatnonzero(order == value)
    keys = order.astype(np.int64)
    keys[state] = value
    twice = 2 * between + there.size + _tied_with(order, state)
    return Shift(order=_dense(keys), twice=int(twice), passed=int(there[0]))


def lower(order: Int32Array, state: int, value: int) -> Shift:
    """Rank a state just below those of a value, its own or one below."""
    own = int(order[state])
    assert value <= own, "the place is not above"
    passed = (order >= value) & (order < own)
    keys = 2 * order.astype(np.int64)
    keys[state] = 2 * value - 1
    there = np.flatnonzero(order == value)
    last = there[there != state]
    twice = 2 * int(np.count_nonzero(passed)) + _tied_with(order, state)
    return Shift(order=_dense(keys), twice=twice, passed=int(last[0]) if last.size else state)


def lower_past(order: Int32Array, state: int, other: int) -> Shift:
    """Rank a state just below another one, which is lifted out of the place that it shares with others."""
    own, value = int(order[state]), int(order[other])
    assert value < own, "the other state is below"
    between = int(np.count_nonzero((order > value) & (order < own)))
    keys = 3 * order.astype(np.int64)
    keys[state], keys[other] = 3 * value + 1, 3 * value + 2
    twice = 2 * between + _tied_with(order, state) + 2 + _tied_with(order, other)
    return Shift(order=_dense(keys), twice=twice, passed=other)


def least_lift(order: Int32Array, state: int, is_stable: IsStable) -> Shift | None:
    """Return the least change of an order in which the state is stable; None if it is already.

    Notes
    -----
    At the top nothing is better, so the state is stable there; the places between are halved.
    """
    if is_stable(order):
        return None
    values = np.unique(order[order > order[state]])
    low, high = 0, values.size - 1
    while low < high:
        middle = (low + high) // 2
        if is_stable(lift(order, state, int(values[middle])).order):
            high = middle
        else:
            low = middle + 1
    return lift(order, state, int(values[low]))


def least_fall(order: Int32Array, state: int, is_stable: IsStable) -> Shift | None:
    """Return the least change of an order in which the state, stable now, is not; None if there is no such order."""
    values = np.unique(order[order <= order[state]])[::-1]
    if _tied_with(order, state) == 0:
        values = values[1:]
    if not values.size or is_stable(lower(order, state, int(values[-1])).order):
        return None
    low, high = 0, values.size - 1
    while low < high:
        middle = (low + high) // 2
        if is_stable(lower(order, state, int(values[middle])).order):
            low = middle + 1
        else:
            high = middle
    value = int(values[low])
    if value < order[state]:
        for other in np.flatnonzero(order == value).tolist():
            past = lower_past(order, state, other)
            if not is_stable(past.order):
                return past
    return lower(order, state, value)
