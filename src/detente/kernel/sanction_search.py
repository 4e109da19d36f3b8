"""The search behind judgements of single states: forward over states and last movers, compiled.

Movers are numbered: first the parties, then the common moves.  In the product form a mover is a pair of masks, the bits
that it may take and those that it may end; in the graph form its arcs are listed by their origins.
"""

from __future__ import annotations

from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array
from detente.kernel.system import BoolArray, IntArray

ANYBODY = -1
"""In the place of a last mover: nobody, or several."""
OPEN = -1
"""In the place of a node: there is no sanction."""
UNSETTLED = -2
"""In the place of a node: more was looked at than is allowed."""


@compiled
def _place(masks: IntArray, mask: int) -> int:
    """Return the number of a state by its mask; -1 if it is infeasible."""
    if 0 <= mask < masks.size and masks[mask] == mask:
        return mask
    low, high = 0, masks.size
    while low < high:
        middle = (low + high) // 2
        if masks[middle] < mask:
            low = middle + 1
        else:
            high = middle
    return low if low < masks.size and masks[low] == mask else -1


@compiled
def list_targets(
    is_product: bool,
    masks: IntArray,
    takes: IntArray,
    ends: IntArray,
    starts: IntArray,
    targets: Int32Array,
    mover: int,
    state: int,
    found: Int32Array,
) -> tuple[int, int]:
    """List where a mover can go from a state; return how many places and how many were looked at."""
    count = 0
    if not is_product:
        for at in range(starts[mover, state], starts[mover, state + 1]):
            found[count] = targets[at]
            count += 1
        return count, count
    mask = masks[state]
    free = (takes[mover] & ~mask) | (ends[mover] & mask)
    n_free, rest = 0, free
    while rest != 0:
        rest &= rest - 1
        n_free += 1
    if n_free > 40 or (1 << n_free) > 2 * masks.size:
        for other in range(masks.size):
            if other != state and (masks[other] ^ mask) & ~free == 0:
                found[count] = other
                count += 1
        return count, masks.size
    flips = free
    while flips != 0:
        place = _place(masks, mask ^ flips)
        if place >= 0:
            found[count] = place
            count += 1
        flips = (flips - 1) & free
    return count, 1 << n_free


@compiled
def _improves(rank: Int32Array, members: int, source: int, target: int) -> bool:
    for party in range(rank.shape[0]):
        if (members >> party) & 1 and rank[party, target] <= rank[party, source]:
            return False
    return True


@compiled
def search_sanction(
    is_product: bool,
    masks: IntArray,
    takes: IntArray,
    ends: IntArray,
    starts: IntArray,
    targets: Int32Array,
    members: IntArray,
    rank: Int32Array,
    party: int,
    value: int,
    origin: int,
    improving: bool,
    final: bool,
    is_transitive: bool,
    most: int,
    is_dead: BoolArray,
    stamp: int,
    first: Int32Array,
    second: Int32Array,
    last: Int32Array,
    parent: Int32Array,
    via: Int32Array,
    done: IntArray,
    queue: Int32Array,
    found: Int32Array,
    escapes: Int32Array,
) -> tuple[int, int, int]:
    """Search from an improvement for the nearest state that takes it back.

    A node is twice a state, plus one if the state was reached a second time by somebody else, so that whoever could not
    move there at first now may; where a party's own moves are transitive that leads to nothing new, and neither does a
    move by whoever could have moved there from where it has been before (`done`, bit i for party i). Returns the node
    (or that there is none, or that too much was looked at), how many moves were looked at, and the length of the queue.
    """
    own = rank[party]
    n_parties = rank.shape[0]
    used, head, tail = 0, 0, 1
    queue[0] = 2 * origin
    first[origin] = stamp
    last[origin] = ANYBODY
    done[origin] = 0
    parent[2 * origin] = -1
    level_end, best = 1, -1
    while head < tail:
        node = queue[head]
        head += 1
        state = node >> 1
        for mover in range(members.size):
            if (members[mover] >> party) & 1:
                continue
            if mover < n_parties:
                if is_transitive and (done[state] >> mover) & 1:
                    continue
                is_blocked = last[state] == mover
                if is_blocked != ((node & 1) == 1):
                    continue
            elif node & 1:
                continue
            count, looked = list_targets(is_product, masks, takes, ends, starts, targets, mover, state, found)
            used += looked
            if used > most:
                return UNSETTLED, used, tail
            # After a common move of several anybody may move; after one of a single party, that party has moved last.
            is_single = members[mover] & (members[mover] - 1) == 0
            mark = ANYBODY
            if is_single:
                for other in range(n_parties):
                    if members[mover] == 1 << other:
                        mark = other
            for at in range(count):
                target = found[at]
                if is_dead[target]:
                    continue
                if improving and not _improves(rank, members[mover], state, target):
                    continue
                if first[target] != stamp:
                    done[target] = 0
                if is_transitive and mover < n_parties:
                    done[target] |= 1 << mover
                if first[target] != stamp:
                    first[target] = stamp
                    last[target] = mark
                    reached = 2 * target
                    if own[target] <= value and (best < 0 or target < best >> 1):
                        takes_back = True
                        if final:
                            n_escapes, looked = list_targets(
                                is_product, masks, takes, ends, starts, targets, party, target, escapes
                            )
                            used += looked
                            for number in range(n_escapes):
                                if own[escapes[number]] > value:
                                    takes_back = False
                                    break
                        if takes_back:
                            best = reached
                elif not is_transitive and second[target] != stamp and last[target] not in (ANYBODY, mark):
                    second[target] = stamp
                    reached = 2 * target + 1
                else:
                    continue
                parent[reached] = node
                via[reached] = mover
                queue[tail] = reached
                tail += 1
        if head == level_end:
            if best >= 0:
                return best, used, tail
            level_end = tail
    return OPEN, used, tail


@compiled
def mark_dead(is_transitive: bool, queue: Int32Array, length: int, last: Int32Array, is_dead: BoolArray) -> None:
    """After a search without success: mark the states from which nobody in the group leads to a sanction."""
    for at in range(length):
        node = queue[at]
        if is_transitive or node & 1 or last[node >> 1] == ANYBODY:
            is_dead[node >> 1] = True
