"""The states that a roadmap may reach, and those that deviations from them leave (§2, §8 of the model).

Roadmap states are the order ideals of `requires` and `after` below the goal that are feasible; they are listed
without a search, each once.  The index holds them all, feasible or not, and every state that a party can leave by
withholding or undoing; dense 2ⁿ is the special case in which nothing is ordered.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.errors import LimitError
from detente.kernel.bits import are_found, make_index, to_masks
from detente.kernel.compiled import compiled
from detente.kernel.deviations import MOST_BITS
from detente.kernel.system import BoolArray, IntArray, System


class Order(NamedTuple):
    """What must come before what, as masks per column.

    Parameters
    ----------
    needs : IntArray
        Shape (n,): what a measure directly requires.
    after : IntArray
        Shape (n,): what must be in force before its stage begins.
    together : IntArray
        Shape (any,): sets of measures that are taken in one stage or not at all.
    topological : IntArray
        Shape (n,): columns, each after all that it requires or comes after.
    """

    needs: IntArray
    after: IntArray
    together: IntArray
    topological: IntArray


def make_order(needs: BoolArray, after: BoolArray, together: BoolArray) -> Order | None:
    """Make an order from direct relations (n, n), [m, j] for "m needs j"; None if they form a cycle."""
    n_measures = needs.shape[0]
    before = needs | after
    placed = np.zeros(n_measures, dtype=np.bool_)
    topological: list[int] = []
    while len(topological) < n_measures:
        ready = np.flatnonzero(~placed & ~(before & ~placed).any(axis=1))
        if ready.size == 0:
            return None
        topological.extend(int(column) for column in ready)
        placed[ready] = True
    return Order(
        needs=to_masks(needs),
        after=to_masks(after),
        together=to_masks(together),
        topological=np.array(topological, dtype=np.int64),
    )


def list_ideals(order: Order, most: int) -> IntArray:
    """Return all masks closed under `requires` and `after`, at most `most` of them, the empty one first.

    Raises
    ------
    LimitError
        If there are more; the caller says what that means for the user.
    """
    masks = np.zeros(1, dtype=np.int64)
    for column in order.topological:
        before = order.needs[column] | order.after[column]
        ready = masks[(masks & before) == before]
        if masks.size + ready.size > most:
            raise LimitError(f"more than {most} states")
        masks = np.concatenate([masks, ready | np.left_shift(np.int64(1), column)])
    return masks


@compiled
def stage_sets(mask: int, goal: int, order: Order, most: int, room: IntArray) -> int:
    """Write the sets that can be taken next from a state into `room`; return how many, or -1 if there is no room.

    The first is the empty set; sets that require what they do not hold are left out, `together` and feasibility are
    not looked at.
    """
    room[0] = 0
    count = 1
    for column in order.topological:
        bit = np.int64(1) << column
        if mask & bit or not goal & bit or (order.after[column] & ~mask):
            continue
        missing = order.needs[column] & ~mask
        for place in range(count):
            chosen = room[place]
            if missing & ~chosen:
                continue
            size, rest = 0, chosen
            while rest:
                rest &= rest - 1
                size += 1
            if size >= most:
                continue
            if count >= len(room):
                return -1
            room[count] = chosen | bit
            count += 1
    return count


class TooManyDeviationsError(LimitError):
    """A party could do more at once than can be tried."""

    def __init__(self, *, party: int, count: int) -> None:
        self.party, self.count = party, count
        super().__init__(
            f"a party could withhold or undo {count} measures at once: 2^{count} deviations are too many; "
            f"at most {MOST_BITS} can be tried"
        )


def list_states(system: System, ideals: IntArray, feasible: BoolArray) -> IntArray:
    """Return the ideals, in their order, followed by every further state that a party can leave a feasible one for.

    Raises
    ------
    TooManyDeviationsError
        If a party has more than `MOST_BITS` measures that it could withhold or undo at once.
    """
    own = to_masks(system.withholds | system.undoes)
    sources = ideals[feasible]
    counts = [int(np.bitwise_count((sources & mine).view(np.uint64)).max(initial=0)) for mine in own]
    most = max(counts, default=0)
    if most > MOST_BITS:
        raise TooManyDeviationsError(party=counts.index(most), count=most)
    if len(ideals) == 1 << system.n_measures:
        return ideals
    dependents = to_masks(system.dependents)
    index = make_index(sources)
    left = [_left_by_removing(sources, mine, dependents, index) for mine in own]
    return np.concatenate([ideals, np.setdiff1d(np.concatenate(left), ideals)])


def _left_by_removing(
    sources: IntArray, own: np.int64, dependents: IntArray, index: tuple[IntArray, IntArray]
) -> IntArray:
    """All states but sources that are left of some source by removing own measures, each with what requires it.

    Removing more where a source is left is removing from that source.
    """
    others = np.zeros(0, dtype=np.int64)
    for column in range(len(dependents)):
        bit = np.left_shift(np.int64(1), np.int64(column))
        if own & bit:
            left = np.concatenate([sources[(sources & bit) != 0], others[(others & bit) != 0]]) & ~dependents[column]
            others = np.union1d(others, left[~are_found(*index, left)])
    return others
