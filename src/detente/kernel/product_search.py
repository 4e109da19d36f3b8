"""What the others can bring about, by a search backward from the states of least value.

Sweeps pass a value on from mover to mover, and a path on which movers take turns a thousand times needs a thousand of
them.  The search needs none: it takes states in increasing order of value and follows moves backward from each, through
states that nothing has reached yet.  In a group sorted by preference, those that would rather be elsewhere are at the
end; for each pattern a pointer says how far from the end all have been reached, and only moves forward.  So each state
is met once for each mover.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernel.compiled import compiled
from detente.kernel.conflict import CommonMove, Int32Array, ProductConflict
from detente.kernel.product_groups import STATE, Groups, Numbers
from detente.kernel.system import BoolArray, IntArray


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
def _search(
    trails: Trails,
    movers: IntArray,
    masks: IntArray,
    rank: Int32Array,
    bits: IntArray,
    takes: BoolArray,
    members: BoolArray,
    improvements: bool,
    by_value: IntArray,
    least: Int32Array,
) -> None:
    """Give each state the value of the first in `by_value` that can be reached from it, in place."""
    n_states = masks.size
    is_reached = np.zeros(n_states, dtype=np.bool_)
    waiting = np.empty(n_states, dtype=np.int32)
    pointer = trails.last.copy()
    for source in by_value:
        if is_reached[source]:
            continue
        value = least[source]
        is_reached[source] = True
        waiting[0] = source
        n_waiting = 1
        while n_waiting:
            n_waiting -= 1
            target = waiting[n_waiting]
            for party in movers:
                group = trails.group[party, target]
                if group < 0:
                    continue
                used = (masks[target] ^ trails.only_ends[party]) & trails.one_way[party]
                for slot in range(trails.first[group], trails.first[group + 1]):
                    if trails.used[slot] & ~used != 0:
                        continue
                    at = pointer[slot]
                    while at >= 0:
                        state = trails.order[party, at] & STATE
                        if improvements and rank[party, state] >= rank[party, target]:
                            break
                        if not is_reached[state]:
                            is_reached[state] = True
                            least[state] = value
                            waiting[n_waiting] = state
                            n_waiting += 1
                        at = trails.earlier[party, at]
                    pointer[slot] = at
            for move in range(bits.size):
                if (masks[target] & bits[move] == 0) == takes[move]:
                    continue
                found = _place(masks, masks[target] ^ bits[move])
                if found < 0 or is_reached[found]:
                    continue
                is_better = True
                if improvements:
                    for party in range(rank.shape[0]):
                        if members[move, party] and rank[party, target] <= rank[party, found]:
                            is_better = False
                            break
                if is_better:
                    is_reached[found] = True
                    least[found] = value
                    waiting[n_waiting] = found
                    n_waiting += 1


def search(
    conflict: ProductConflict,
    trails: Trails,
    movers: IntArray,
    common: list[CommonMove],
    least: Int32Array,
    *,
    improvements: bool,
) -> None:
    """Lower each state to the least value that movers, with the common moves given, reach from it.

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
    least : Int32Array
        Shape (F,), changed in place.
    improvements : bool
        Whether each move must be better for each who makes it.
    """
    members = np.array(
        [[move.coalition >> party & 1 for party in range(conflict.n_parties)] for move in common], dtype=np.bool_
    )
    _search(
        trails,
        movers,
        conflict.masks,
        conflict.rank,
        np.array([1 << move.measure for move in common], dtype=np.uint64).astype(np.int64),
        np.array([move.takes for move in common], dtype=np.bool_),
        members.reshape(len(common), conflict.n_parties),
        improvements,
        np.argsort(least, kind="stable"),
        least,
    )
