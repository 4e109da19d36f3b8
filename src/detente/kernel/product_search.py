"""What the others can bring about, by a search backward from the states of least value.

Sweeps pass a value on from mover to mover, and a path on which movers take turns a thousand times needs a thousand of
them.  The search needs none: it takes states in increasing order of value and follows moves backward from each, through
states that nothing has reached yet.  In a group sorted by preference, those that would rather be elsewhere are at the
end; for each pattern a pointer says how far from the end all have been reached, and only moves forward.  So each state
is met once for each mover.

That nobody moves twice in a row stops nobody here, because two moves of one party on measures are one, with one
exception: a party that is alone a coalition in a forum moves last when it decides there, and may not go on by itself.
Where that can happen the search tells apart who moved last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernel.compiled import compiled
from detente.kernel.conflict import CommonMove, Int32Array, ProductConflict
from detente.kernel.product_groups import STATE, Groups, Numbers
from detente.kernel.system import BoolArray, IntArray

MOST_PARTIES = 30
"""Parties whose last moves fit into 32 bits with a sign, and a bit for moves in common."""


class Trails(NamedTuple):
    """The groups of every party, linked so that they can be followed backward.

    Parameters
    ----------
    order : Int32Array
        Shape (P, F), the rows of which are the orders of the groups.
    group : Int32Array
        Shape (P, F), the group of each state, all parties' groups numbered through; -1 for none.
    earlier : Int32Array
        Shape (P, F), for each place of an order the place before it of the same group and pattern; -1 for none.
    first : IntArray
        Shape (number of groups + 1,), where the patterns of each group begin.
    used, last : IntArray, Int32Array
        Of each pattern the mask of the measures used and its last place.
    one_way, only_ends : IntArray
        Shape (P,), bits of each party that it cannot flip back, and those of them that it can only end.
    """

    order: Int32Array
    group: Int32Array
    earlier: Int32Array
    first: IntArray
    used: IntArray
    last: Int32Array
    one_way: IntArray
    only_ends: IntArray


@compiled
def _link(
    order: Int32Array,
    pattern: NDArray[np.uint8] | Int32Array,
    first: IntArray,
    group: int,
    earlier: Int32Array,
    last: Int32Array,
) -> None:
    group -= 1
    for at in range(order.size):
        if order[at] < 0:
            group += 1
        slot = first[group]
        if pattern.size:
            slot += pattern[at]
        earlier[at] = last[slot]
        last[slot] = at


def make_trails(conflict: ProductConflict, groups: Sequence[Groups], numbers: Numbers, order: Int32Array) -> Trails:
    """Link the groups of all parties, whose orders are the rows of `order`."""
    counts, useds = [np.zeros(1, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for party, each in enumerate(groups):
        n_groups = int(numbers.bound[party + 1] - numbers.bound[party])
        if each.first.size:
            sizes, used = np.diff(each.first), each.used
        elif each.used.size:
            sizes, used = np.full(n_groups, each.used.size), np.tile(each.used, n_groups)
        else:
            sizes, used = np.ones(n_groups, dtype=np.int64), np.zeros(n_groups, dtype=np.int64)
        counts.append(sizes)
        useds.append(used)
    first = np.cumsum(np.concatenate(counts))
    earlier = np.empty(order.shape, dtype=np.int32)
    last = np.full(int(first[-1]), -1, dtype=np.int32)
    for party, each in enumerate(groups):
        _link(each.order, each.pattern, first, numbers.bound[party], earlier[party], last)
    return Trails(
        order=order,
        group=numbers.group,
        earlier=earlier,
        first=first,
        used=np.concatenate(useds),
        last=last,
        one_way=conflict.takes ^ conflict.ends,
        only_ends=conflict.ends & ~conflict.takes,
    )


@compiled
def _place(masks: IntArray, mask: int) -> int:
    """Return the place of a mask among sorted masks, -1 if it is not there."""
    low = 0
    high = masks.size
    while low < high:
        middle = (low + high) >> 1
        if masks[middle] < mask:
            low = middle + 1
        else:
            high = middle
    if low < masks.size and masks[low] == mask:
        return low
    return -1


@compiled
def _reached(
    state: int,
    last: int,
    value: int,
    done: Int32Array,
    due: Int32Array,
    waiting: Int32Array,
    n_waiting: int,
    least: Int32Array,
) -> int:
    """Note that a value is within reach of a state after certain last movers; return how many states wait."""
    new = last & ~done[state]
    if new == 0:
        return n_waiting
    if done[state] == 0:
        least[state] = value
    if due[state] == 0:
        waiting[n_waiting] = state
        n_waiting += 1
    done[state] |= new
    due[state] |= new
    return n_waiting


@compiled
def _search(
    trails: Trails,
    movers: IntArray,
    masks: IntArray,
    rank: Int32Array,
    bits: IntArray,
    takes: BoolArray,
    members: BoolArray,
    leaves: IntArray,
    improvements: bool,
    is_strict: bool,
    by_value: Int32Array,
    values: Int32Array,
    least: Int32Array,
) -> None:
    """Give each state the value of the first in `by_value` that can be reached from it.

    Symbols: `done[s]` has a bit for each who may have moved last before s and still leaves the value within reach, P
    for several in common; `due[s]` those of them from which the search has not gone on.  Unless strict, one bit does.
    """
    n_states = masks.size
    n_parties = rank.shape[0]
    everybody = (1 << (n_parties + 1)) - 1 if is_strict else 1
    done = np.zeros(n_states, dtype=np.int32)
    due = np.zeros(n_states, dtype=np.int32)
    waiting = np.empty(n_states, dtype=np.int32)
    pointer = trails.last.copy()
    left_out = np.full(trails.last.size if is_strict else 0, -1, dtype=np.int32)
    for source in by_value:
        if done[source] == everybody:
            continue
        value = values[source]
        due[source] |= everybody & ~done[source]
        done[source] = everybody
        waiting[0] = source
        n_waiting = 1
        while n_waiting:
            n_waiting -= 1
            target = waiting[n_waiting]
            last = due[target]
            due[target] = 0
            for party in movers:
                group = trails.group[party, target]
                if group < 0 or (is_strict and last >> party & 1 == 0):
                    continue
                others = everybody & ~(1 << party) if is_strict else everybody
                used = (masks[target] ^ trails.only_ends[party]) & trails.one_way[party]
                for slot in range(trails.first[group], trails.first[group + 1]):
                    if trails.used[slot] & ~used != 0:
                        continue
                    at = pointer[slot]
                    while at >= 0:
                        state = trails.order[party, at] & STATE
                        if improvements and rank[party, state] >= rank[party, target]:
                            break
                        if is_strict and state == target:
                            left_out[slot] = state
                        else:
                            n_waiting = _reached(state, others, value, done, due, waiting, n_waiting, least)
                        at = trails.earlier[party, at]
                    pointer[slot] = at
                    if is_strict and left_out[slot] >= 0 and left_out[slot] != target:
                        n_waiting = _reached(left_out[slot], others, value, done, due, waiting, n_waiting, least)
                        left_out[slot] = -1
            for move in range(bits.size):
                if (masks[target] & bits[move] == 0) == takes[move] or (is_strict and last >> leaves[move] & 1 == 0):
                    continue
                found = _place(masks, masks[target] ^ bits[move])
                if found < 0 or done[found] == everybody:
                    continue
                is_better = True
                if improvements:
                    for party in range(n_parties):
                        if members[move, party] and rank[party, target] <= rank[party, found]:
                            is_better = False
                            break
                if is_better:
                    n_waiting = _reached(found, everybody, value, done, due, waiting, n_waiting, least)


def search(
    conflict: ProductConflict,
    trails: Trails,
    movers: IntArray,
    common: list[CommonMove],
    values: Int32Array,
    *,
    improvements: bool,
    is_strict: bool,
) -> Int32Array:
    """Return the least value of each state and of all that movers, with the common moves given, reach from it.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    trails : Trails
        Of its groups.
    movers : IntArray
        Parties that move by themselves.
    common : list of CommonMove
        Moves in common.
    values : Int32Array
        Shape (F,).
    improvements : bool
        Whether each move must be better for each who makes it.
    is_strict : bool
        Whether who moved last has to be told apart: only if a party may move by itself and also in a coalition of one.

    Returns
    -------
    Int32Array
        Shape (F,).

    Raises
    ------
    LimitError
        If who moved last has to be told apart and there are too many parties.
    """
    if is_strict and conflict.n_parties > MOST_PARTIES:
        raise LimitError(
            f"the conflict has {conflict.n_parties} parties; who moved last can be told apart for at most "
            f"{MOST_PARTIES}, which a forum that one party decides alone makes necessary"
        )
    who = [[party for party in range(conflict.n_parties) if move.coalition >> party & 1] for move in common]
    members = np.zeros((len(common), conflict.n_parties), dtype=np.bool_)
    for move, parties in enumerate(who):
        members[move, parties] = True
    least = values.copy()
    _search(
        trails,
        movers,
        conflict.masks,
        conflict.rank,
        np.array([1 << move.measure for move in common], dtype=np.uint64).astype(np.int64),
        np.array([move.takes for move in common], dtype=np.bool_),
        members,
        np.array([each[0] if len(each) == 1 else conflict.n_parties for each in who], dtype=np.int64),
        improvements,
        is_strict,
        np.argsort(values, kind="stable").astype(np.int32),
        values,
        least,
    )
    return least
