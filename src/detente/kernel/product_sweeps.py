"""Sweeps over the groups of a mover: each state takes over the least value that one move of this mover leads to.

Two values of each state are carried together, as columns of `least`: one reading of a group serves both.  A sweep
leaves nothing for the same mover to do, since what it may do in two moves it may do in one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array
from detente.kernel.product_groups import NEW_BLOCK, STATE, Groups
from detente.kernel.system import BoolArray, IntArray

MOST = np.int32((1 << 31) - 1)
"""Not below any value."""


@compiled
def _freely(order: Int32Array, least: Int32Array) -> int:
    """Lower each state to the least of its group."""
    changed = 0
    begin = 0
    while begin < order.size:
        low0 = MOST
        low1 = MOST
        end = begin
        while end < order.size and (end == begin or order[end] >= 0):
            state = order[end] & STATE
            low0 = min(low0, least[state, 0])
            low1 = min(low1, least[state, 1])
            end += 1
        for at in range(begin, end):
            state = order[at] & STATE
            if low0 < least[state, 0]:
                least[state, 0] = low0
                changed += 1
            if low1 < least[state, 1]:
                least[state, 1] = low1
                changed += 1
        begin = end
    return changed


@compiled
def _for_the_better(order: Int32Array, least: Int32Array) -> int:
    """Lower each state to the least of those of its group that the mover likes better, a block of ties at once."""
    changed = 0
    low0 = MOST
    low1 = MOST
    tied0 = MOST
    tied1 = MOST
    for at in range(order.size):
        code = order[at]
        state = code & STATE
        if code & NEW_BLOCK:
            low0 = tied0
            low1 = tied1
            if code < 0:
                low0 = MOST
                low1 = MOST
                tied0 = MOST
                tied1 = MOST
        value0 = least[state, 0]
        value1 = least[state, 1]
        if low0 < value0:
            value0 = low0
            least[state, 0] = value0
            changed += 1
        if low1 < value1:
            value1 = low1
            least[state, 1] = value1
            changed += 1
        tied0 = min(tied0, value0)
        tied1 = min(tied1, value1)
    return changed


@compiled
def _freely_one_way(
    order: Int32Array, pattern: NDArray[np.uint8] | Int32Array, n_patterns: int, low: Int32Array, least: Int32Array
) -> int:
    """Lower each state to the least of the patterns of its group that it may still move to; patterns by their bits."""
    changed = 0
    begin = 0
    while begin < order.size:
        for number in range(n_patterns):
            low[number, 0] = MOST
            low[number, 1] = MOST
        end = begin
        while end < order.size and (end == begin or order[end] >= 0):
            state = order[end] & STATE
            number = pattern[end]
            low[number, 0] = min(low[number, 0], least[state, 0])
            low[number, 1] = min(low[number, 1], least[state, 1])
            end += 1
        bit = 1
        while bit < n_patterns:
            for number in range(n_patterns):
                if number & bit:
                    low[number ^ bit, 0] = min(low[number ^ bit, 0], low[number, 0])
                    low[number ^ bit, 1] = min(low[number ^ bit, 1], low[number, 1])
            bit += bit
        for at in range(begin, end):
            state = order[at] & STATE
            number = pattern[at]
            if low[number, 0] < least[state, 0]:
                least[state, 0] = low[number, 0]
                changed += 1
            if low[number, 1] < least[state, 1]:
                least[state, 1] = low[number, 1]
                changed += 1
        begin = end
    return changed


@compiled
def _for_the_better_one_way(
    order: Int32Array, pattern: NDArray[np.uint8] | Int32Array, n_patterns: int, low: Int32Array, least: Int32Array
) -> int:
    """Lower each state to the least of those that its mover likes better and that it may still move to."""
    changed = 0
    begin = 0
    for at in range(order.size):
        code = order[at]
        if code & NEW_BLOCK:
            if code < 0:
                for number in range(n_patterns):
                    low[number, 0] = MOST
                    low[number, 1] = MOST
            else:
                for tied in range(begin, at):
                    state = order[tied] & STATE
                    own = np.int64(pattern[tied])
                    value0 = least[state, 0]
                    value1 = least[state, 1]
                    if value0 < low[own, 0] or value1 < low[own, 1]:
                        earlier = own
                        while True:
                            low[earlier, 0] = min(low[earlier, 0], value0)
                            low[earlier, 1] = min(low[earlier, 1], value1)
                            if earlier == 0:
                                break
                            earlier = (earlier - 1) & own
            begin = at
        state = code & STATE
        number = pattern[at]
        if low[number, 0] < least[state, 0]:
            least[state, 0] = low[number, 0]
            changed += 1
        if low[number, 1] < least[state, 1]:
            least[state, 1] = low[number, 1]
            changed += 1
    return changed


@compiled
def _spread(used: IntArray, pattern: int, value0: int, value1: int, low: Int32Array) -> None:
    """Lower the patterns from which a pattern can be moved to."""
    for earlier in range(used.size):
        if used[earlier] & ~used[pattern] == 0:
            low[earlier, 0] = min(low[earlier, 0], value0)
            low[earlier, 1] = min(low[earlier, 1], value1)


@compiled
def _with_lists(
    order: Int32Array,
    pattern: NDArray[np.uint8] | Int32Array,
    all_used: IntArray,
    first: IntArray,
    improvements: bool,
    low: Int32Array,
    own: Int32Array,
    least: Int32Array,
) -> int:
    """Sweep groups each of which has a list of its patterns; compare patterns one with another."""
    changed = 0
    used = all_used
    group = -1
    begin = 0
    while begin < order.size:
        if order[begin] < 0:
            group += 1
            used = all_used[first[group] : first[group + 1]]
            low[: used.size] = MOST
        end = begin + 1
        if improvements:
            while end < order.size and order[end] & NEW_BLOCK == 0:
                end += 1
        else:
            own[: used.size] = MOST
            while end < order.size and order[end] >= 0:
                end += 1
            for at in range(begin, end):
                state = order[at] & STATE
                own[pattern[at], 0] = min(own[pattern[at], 0], least[state, 0])
                own[pattern[at], 1] = min(own[pattern[at], 1], least[state, 1])
            for number in range(used.size):
                if own[number, 0] < low[number, 0] or own[number, 1] < low[number, 1]:
                    _spread(used, number, own[number, 0], own[number, 1], low)
        for at in range(begin, end):
            state = order[at] & STATE
            if low[pattern[at], 0] < least[state, 0]:
                least[state, 0] = low[pattern[at], 0]
                changed += 1
            if low[pattern[at], 1] < least[state, 1]:
                least[state, 1] = low[pattern[at], 1]
                changed += 1
        if improvements:
            for at in range(begin, end):
                state = order[at] & STATE
                if least[state, 0] < low[pattern[at], 0] or least[state, 1] < low[pattern[at], 1]:
                    _spread(used, pattern[at], least[state, 0], least[state, 1], low)
        begin = end
    return changed


def widest(groups: Groups) -> int:
    """Return the greatest number of patterns of a group."""
    return int(np.diff(groups.first).max()) if groups.first.size else groups.used.size


@compiled
def sweep_orders(
    order: Int32Array,
    pattern: NDArray[np.uint8] | Int32Array,
    used: IntArray,
    first: IntArray,
    improvements: bool,
    low: Int32Array,
    own: Int32Array,
    least: Int32Array,
) -> int:
    """Sweep the groups of a part of an order; return how many values were lowered."""
    if first.size:
        return _with_lists(order, pattern, used, first, improvements, low, own, least)
    if used.size:
        if improvements:
            return _for_the_better_one_way(order, pattern, used.size, low, least)
        return _freely_one_way(order, pattern, used.size, low, least)
    if improvements:
        return _for_the_better(order, least)
    return _freely(order, least)


def sweep(groups: Groups, least: Int32Array, *, improvements: bool) -> int:
    """Lower each state to the least that the owner of the groups can move it to; return how many values were lowered.

    Parameters
    ----------
    groups : Groups
        Of one party.
    least : Int32Array
        Shape (F, 2), changed in place.
    improvements : bool
        Whether it moves only to what it likes better.
    """
    low, own = np.empty((2, widest(groups), 2), dtype=np.int32)
    return sweep_orders(groups.order, groups.pattern, groups.used, groups.first, improvements, low, own, least)


def lift(groups: Groups, values: Int32Array) -> None:
    """Raise each state to the greatest of itself and of what the owner of the groups can move it to, in place."""
    np.invert(values, out=values)
    sweep(groups, values, improvements=False)
    np.invert(values, out=values)


@compiled
def mark(group: Int32Array, movers: IntArray, state: int, is_due: BoolArray) -> None:
    """Note that the groups of a state have to be swept again."""
    for party in movers:
        if group[party, state] >= 0:
            is_due[group[party, state]] = True


@compiled
def sweep_due(
    order: Int32Array,
    pattern: NDArray[np.uint8] | Int32Array,
    used: IntArray,
    first: IntArray,
    improvements: bool,
    low: Int32Array,
    own: Int32Array,
    least: Int32Array,
    start: IntArray,
    before: int,
    group: Int32Array,
    movers: IntArray,
    is_due: BoolArray,
) -> int:
    """Sweep those groups of a party that are due, and note which groups of the movers then are; return their states.

    The groups of the party begin at the places `start` and are numbered from `before`.
    """
    n_swept = 0
    was = np.empty((0, 2), dtype=np.int32)
    patterns = pattern
    lists = first
    for number in range(start.size):
        if not is_due[before + number]:
            continue
        is_due[before + number] = False
        begin = start[number]
        end = order.size if number + 1 == start.size else start[number + 1]
        size = end - begin
        if was.shape[0] < size:
            was = np.empty((2 * size, 2), dtype=np.int32)
        for member in range(size):
            state = order[begin + member] & STATE
            was[member, 0] = least[state, 0]
            was[member, 1] = least[state, 1]
        if used.size:
            patterns = pattern[begin:end]
        if first.size:
            lists = first[number : number + 2]
        n_swept += size
        if sweep_orders(order[begin:end], patterns, used, lists, improvements, low, own, least) == 0:
            continue
        for member in range(size):
            state = order[begin + member] & STATE
            if least[state, 0] < was[member, 0] or least[state, 1] < was[member, 1]:
                mark(group, movers, state, is_due)
    return n_swept


@compiled
def sweep_common(
    masks: IntArray,
    bit: int,
    takes: bool,
    rank: Int32Array,
    asked: IntArray,
    least: Int32Array,
    group: Int32Array,
    movers: IntArray,
    is_due: BoolArray,
) -> int:
    """Lower each state to that in which one measure is flipped, where every party asked likes that better.

    States and the states they lead to are both met in increasing order of their masks.  Groups of the movers that are
    then due are noted; how many states were lowered is returned.
    """
    changed = 0
    there = 0
    for state in range(masks.size):
        if (masks[state] & bit == 0) != takes:
            continue
        wanted = masks[state] ^ bit
        while there < masks.size and (masks[there] < wanted or (masks[there] & bit == 0) == takes):
            there += 1
        if there == masks.size:
            break
        if masks[there] != wanted or (least[there, 0] >= least[state, 0] and least[there, 1] >= least[state, 1]):
            continue
        is_better = True
        for party in asked:
            if rank[party, there] <= rank[party, state]:
                is_better = False
                break
        if is_better:
            least[state, 0] = min(least[state, 0], least[there, 0])
            least[state, 1] = min(least[state, 1], least[there, 1])
            changed += 1
            mark(group, movers, state, is_due)
    return changed
