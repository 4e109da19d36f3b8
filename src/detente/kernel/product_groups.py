"""The moves of one party on measures as groups of states, sorted by what the party likes (§9 of the model).

All feasible states that agree outside the party's own measures form a *group*: inside it the party moves, across groups
it does not.  Sorted by its preference, best first, what it would rather move to is what comes before in the group.
Measures that it can only take, or only end, cut a group into *patterns*: for each such measure whether it has been
used.  A state may move to those whose pattern has at least the same measures used, and to no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array, ProductConflict
from detente.kernel.system import IntArray

NEW_GROUP = np.int32(-(1 << 31))
"""Flag of the first state of a group."""

NEW_BLOCK = np.int32(1 << 30)
"""Flag of the first of the states of a group that the party likes equally; the first of a group has it too."""

STATE = np.int32((1 << 30) - 1)
"""What remains of an entry of `order` without its flags: the number of the state."""

_DENSE = 8
"""Sets of measures per feasible state up to which a table of all sets is worth its memory."""

_SHORT = 40
"""States of a group up to which sorting by insertion is quicker."""

MOST_BITS = 8
"""Measures that cannot be flipped back, up to which all patterns are numbered by their bits: a byte holds one."""

Places = Int32Array
"""The number of each feasible state under its mask, -1 elsewhere; empty where there are too many masks for a table."""


class Groups(NamedTuple):
    """Groups of one party, those of a single state left out.

    Parameters
    ----------
    order : Int32Array
        Shape (M,), the states of all groups, group by group and best first, with the flags above.
    pattern : NDArray
        Shape (M,), the number of each state's pattern; empty if the party can undo all that it does.
    used : IntArray
        The patterns as masks of the measures used.
    first : IntArray
        Shape (number of groups + 1,), where in `used` the patterns of each group begin; empty if they are all those
        of `used` for every group.
    """

    order: Int32Array
    pattern: NDArray[np.uint8] | Int32Array
    used: IntArray
    first: IntArray


class Numbers(NamedTuple):
    """The groups of all parties numbered through, those of the first party first.

    Parameters
    ----------
    group : Int32Array
        Shape (P, F), the group of each state, -1 for none.
    start : IntArray
        Shape (number of groups,), where in the order of its party each group begins.
    bound : IntArray
        Shape (P + 1,), the first group of each party and, last, the number of all.
    """

    group: Int32Array
    start: IntArray
    bound: IntArray


@compiled
def _number(order: Int32Array, group: int, numbers: Int32Array, start: IntArray) -> None:
    group -= 1
    for at in range(order.size):
        if order[at] < 0:
            group += 1
            start[group] = at
        numbers[order[at] & STATE] = group


def number_groups(groups: Sequence[Groups], n_states: int) -> Numbers:
    """Number the groups of all parties through."""
    counts = [int(np.count_nonzero(each.order < 0)) for each in groups]
    bound = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts, dtype=np.int64)])
    numbers = np.full((len(groups), n_states), -1, dtype=np.int32)
    start = np.zeros(int(bound[-1]), dtype=np.int64)
    for party, each in enumerate(groups):
        _number(each.order, bound[party], numbers[party], start)
    return Numbers(group=numbers, start=start, bound=bound)


def make_places(conflict: ProductConflict) -> Places:
    """Return the number of each state under its mask, if a table of all masks is not much larger than the states."""
    if conflict.n_measures > 30 or 1 << conflict.n_measures > _DENSE * max(conflict.n_states, 64):
        return np.zeros(0, dtype=np.int32)
    places = np.full(1 << conflict.n_measures, -1, dtype=np.int32)
    places[conflict.masks] = np.arange(conflict.n_states, dtype=np.int32)
    return places


@compiled
def _sort(keys: IntArray) -> None:
    """Sort in place; quick for few."""
    if keys.size > _SHORT:
        keys.sort()
        return
    for at in range(1, keys.size):
        key = keys[at]
        before = at - 1
        while before >= 0 and keys[before] > key:
            keys[before + 1] = keys[before]
            before -= 1
        keys[before + 1] = key


@compiled
def _write_group(keys: IntArray, rank: Int32Array, order: Int32Array, at: int) -> int:
    """Sort a group given by its states and append it to an order of which `at` entries are written."""
    size = keys.size
    if size < 2:
        return at
    for member in range(size):
        state = keys[member]
        keys[member] = (-np.int64(rank[state]) << 31) | state
    _sort(keys)
    before = keys[0] >> 31
    order[at] = np.int32(keys[0] & 0x7FFFFFFF) | NEW_GROUP | NEW_BLOCK
    for member in range(1, size):
        likes = keys[member] >> 31
        state = np.int32(keys[member] & 0x7FFFFFFF)
        order[at + member] = state if likes == before else state | NEW_BLOCK
        before = likes
    return at + size


@compiled
def _group_by_table(places: Places, all_measures: int, own: int, rank: Int32Array, order: Int32Array) -> int:
    """Write the groups in increasing order of what is not the party's, looking every set of its own up."""
    n_own = 0
    rest = own
    while rest != 0:
        rest &= rest - 1
        n_own += 1
    keys = np.empty(1 << n_own, dtype=np.int64)
    others = all_measures & ~own
    at = 0
    fixed = 0
    while True:
        size = 0
        flips = 0
        while True:
            state = places[fixed | flips]
            if state >= 0:
                keys[size] = state
                size += 1
            flips = (flips - own) & own
            if flips == 0:
                break
        at = _write_group(keys[:size], rank, order, at)
        fixed = (fixed - others) & others
        if fixed == 0:
            return at


@compiled
def _group_by_sorting(outside: IntArray, by_outside: IntArray, rank: Int32Array, order: Int32Array) -> int:
    """Write the groups given the states sorted by what is not the party's."""
    keys = np.empty(outside.size, dtype=np.int64)
    at = 0
    begin = 0
    while begin < by_outside.size:
        end = begin
        while end < by_outside.size and outside[by_outside[end]] == outside[by_outside[begin]]:
            keys[end - begin] = by_outside[end]
            end += 1
        at = _write_group(keys[: end - begin], rank, order, at)
        begin = end
    return at


def make_groups(conflict: ProductConflict, places: Places, party: int, order: Int32Array) -> Groups:
    """Group and sort the states as a party moves among them and likes them.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    places : Places
        Made by `make_places`.
    party : int
        Who moves.
    order : Int32Array
        Shape (F,), to be filled; the order of the groups is the part of it that is needed.
    """
    takes, ends = int(conflict.takes[party]), int(conflict.ends[party])
    own = takes | ends
    rank = conflict.rank[party]
    if own == 0:
        written = 0
    elif places.size:
        written = _group_by_table(places, places.size - 1, own, rank, order)
    else:
        outside = conflict.masks & ~np.int64(own)
        written = _group_by_sorting(outside, np.argsort(outside, kind="stable"), rank, order)
    return _with_patterns(conflict.masks, order[:written], takes & ~ends, ends & ~takes)


@compiled
def _patterns_by_bits(
    masks: IntArray, order: Int32Array, bits: IntArray, only_ends: np.int64, pattern: NDArray[np.uint8]
) -> None:
    """Number the pattern of each state by its bits."""
    for at in range(order.size):
        used = masks[order[at] & STATE] ^ only_ends
        number = 0
        for place in range(bits.size):
            if used & bits[place] != 0:
                number += 1 << place
        pattern[at] = number


def _with_patterns(masks: IntArray, order: Int32Array, only_takes: int, only_ends: int) -> Groups:
    one_way = only_takes | only_ends
    empty = np.zeros(0, dtype=np.int64)
    bits = np.array([1 << bit for bit in range(64) if one_way >> bit & 1], dtype=np.uint64).astype(np.int64)
    n_bits = bits.size
    if n_bits == 0 or order.size == 0:
        return Groups(order=order, pattern=np.zeros(0, dtype=np.uint8), used=empty, first=empty)
    starts = order < 0
    n_groups = int(np.count_nonzero(starts))
    if n_bits <= MOST_BITS and n_groups << n_bits <= order.size:
        pattern = np.empty(order.size, dtype=np.uint8)
        _patterns_by_bits(masks, order, bits, np.int64(only_ends), pattern)
        used = np.zeros(1, dtype=np.int64)
        for bit in bits:
            used = np.concatenate([used, used | bit])
        return Groups(order=order, pattern=pattern, used=used, first=empty)
    group = np.cumsum(starts) - 1
    used = (masks[order & STATE] ^ np.int64(only_ends)) & np.int64(one_way)
    sorting = np.lexsort((used, group))
    is_new = np.ones(order.size, dtype=np.bool_)
    is_new[1:] = (np.diff(used[sorting]) != 0) | (np.diff(group[sorting]) != 0)
    number = np.empty(order.size, dtype=np.int64)
    number[sorting] = np.cumsum(is_new) - 1
    first = np.zeros(n_groups + 1, dtype=np.int64)
    np.cumsum(np.bincount(group[sorting][is_new], minlength=n_groups), out=first[1:])
    return Groups(
        order=order, pattern=(number - first[group]).astype(np.int32), used=used[sorting][is_new], first=first
    )
