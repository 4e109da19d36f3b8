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
from detente.kernel.system import IntArray

MOST = np.int32((1 << 31) - 1)
"""Not below any value."""


@compiled
def _freely(order: Int32Array, least: Int32Array) -> bool:
    """Lower each state to the least of its group."""
    changed = False
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
                changed = True
            if low1 < least[state, 1]:
                least[state, 1] = low1
                changed = True
        begin = end
    return changed


@compiled
def _for_the_better(order: Int32Array, least: Int32Array) -> bool:
    """Lower each state to the least of those of its group that the mover likes better, a block of ties at once."""
    changed = False
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
            changed = True
        if low1 < value1:
            value1 = low1
            least[state, 1] = value1
            changed = True
        tied0 = min(tied0, value0)
        tied1 = min(tied1, value1)
    return changed


@compiled
def _spread(used: IntArray, pattern: int, value0: int, value1: int, low: Int32Array) -> None:
    """Lower the patterns from which a pattern can be moved to."""
    for earlier in range(used.size):
        if used[earlier] & ~used[pattern] == 0:
            low[earlier, 0] = min(low[earlier, 0], value0)
            low[earlier, 1] = min(low[earlier, 1], value1)


@compiled
def _one_way(
    order: Int32Array,
    pattern: NDArray[np.uint8] | Int32Array,
    all_used: IntArray,
    first: IntArray,
    improvements: bool,
    least: Int32Array,
) -> bool:
    """Sweep groups in which not every move can be undone: a minimum for each pattern takes the place of one."""
    widest = all_used.size
    if first.size:
        widest = 0
        for group in range(first.size - 1):
            widest = max(widest, first[group + 1] - first[group])
    low = np.empty((widest, 2), dtype=np.int32)
    own = np.empty((widest, 2), dtype=np.int32)
    changed = False
    used = all_used
    group = -1
    begin = 0
    while begin < order.size:
        if order[begin] < 0:
            group += 1
            if first.size:
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
                changed = True
            if low[pattern[at], 1] < least[state, 1]:
                least[state, 1] = low[pattern[at], 1]
                changed = True
        if improvements:
            for at in range(begin, end):
                state = order[at] & STATE
                if least[state, 0] < low[pattern[at], 0] or least[state, 1] < low[pattern[at], 1]:
                    _spread(used, pattern[at], least[state, 0], least[state, 1], low)
        begin = end
    return changed


def sweep(groups: Groups, least: Int32Array, *, improvements: bool) -> bool:
    """Lower each state to the least that the owner of the groups can move it to; tell whether that changed anything.

    Parameters
    ----------
    groups : Groups
        Of one party.
    least : Int32Array
        Shape (F, 2), changed in place.
    improvements : bool
        Whether it moves only to what it likes better.
    """
    if groups.pattern.size:
        return _one_way(groups.order, groups.pattern, groups.used, groups.first, improvements, least)
    return _for_the_better(groups.order, least) if improvements else _freely(groups.order, least)


def lift(groups: Groups, values: Int32Array) -> None:
    """Raise each state to the greatest of itself and of what the owner of the groups can move it to, in place."""
    np.invert(values, out=values)
    sweep(groups, values, improvements=False)
    np.invert(values, out=values)


@compiled
def sweep_common(masks: IntArray, bit: int, takes: bool, rank: Int32Array, asked: IntArray, least: Int32Array) -> bool:
    """Lower each state to that in which one measure is flipped, where every party asked likes that better.

    States and the states they lead to are both met in increasing order of their masks.
    """
    changed = False
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
            changed = True
    return changed
