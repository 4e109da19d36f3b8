"""The moves of one step of a search forward on measures: of a party, of several in common, and back (§9)."""

from __future__ import annotations

import numpy as np

from detente.kernel.bits import find
from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array
from detente.kernel.system import FloatArray, IntArray


@compiled
def _expand_key(
    mask: int,
    free: int,
    masks_keys: IntArray,
    places: IntArray,
    rank: Int32Array,
    improvements: bool,
    floors: IntArray,
    sums: FloatArray,
    step: int,
    n_moves: Int32Array,
    n_paths: FloatArray,
    frontier: IntArray,
    n_next: int,
) -> int:
    """Reach all that a party reaches from states that lead it to the same; return how many states the frontier has.

    Symbols: `floors` are the ranks of these states in increasing order and `sums` the sums of their numbers of paths.
    """
    flips = free
    while True:
        there = find(masks_keys, places, mask ^ flips)
        if there >= 0 and (n_moves[there] == -1 or n_moves[there] == step + 1):
            share = sums[-1]
            if improvements:
                below = np.searchsorted(floors, rank[there])
                share = sums[below - 1] if below > 0 else 0.0
            if share > 0:
                if n_moves[there] == -1:
                    n_moves[there] = step + 1
                    frontier[n_next] = there
                    n_next += 1
                n_paths[there] += share
        if flips == 0:
            break
        flips = (flips - 1) & free
    return n_next


@compiled
def expand_party(
    masks: IntArray,
    masks_keys: IntArray,
    places: IntArray,
    takes: int,
    ends: int,
    key: Int32Array,
    floor: IntArray,
    rank: Int32Array,
    improvements: bool,
    step: int,
    n_moves: Int32Array,
    n_paths: FloatArray,
    frontier: IntArray,
    first: int,
    last: int,
    n_next: int,
) -> int:
    """Make all moves of a party from the states of one step, those of the frontier from `first` to `last`.

    Symbols: `key` numbers the sets of states that lead the party to the same, and `floor` holds the least rank from
    which each set has been left.
    """
    states = frontier[first:last].copy()
    order = np.argsort(key[states], kind="mergesort")
    begin = 0
    while begin < order.size:
        number = key[states[order[begin]]]
        end = begin
        while end < order.size and key[states[order[end]]] == number:
            end += 1
        members = states[order[begin:end]]
        begin = end
        ranks = np.zeros(members.size, dtype=np.int64)
        if improvements:
            for place in range(members.size):
                ranks[place] = rank[members[place]]
        by_rank = np.argsort(ranks, kind="mergesort")
        if ranks[by_rank[0]] >= floor[number]:
            continue
        floor[number] = ranks[by_rank[0]]
        mask = masks[members[0]]
        free = (takes & ~mask) | (ends & mask)
        if free != 0:
            n_next = _expand_key(
                mask,
                free,
                masks_keys,
                places,
                rank,
                improvements,
                ranks[by_rank],
                np.cumsum(n_paths[members[by_rank]]),
                step,
                n_moves,
                n_paths,
                frontier,
                n_next,
            )
    return n_next


@compiled
def expand_common(
    masks: IntArray,
    masks_keys: IntArray,
    places: IntArray,
    bit: int,
    takes: bool,
    movers: IntArray,
    rank: Int32Array,
    step: int,
    n_moves: Int32Array,
    n_paths: FloatArray,
    frontier: IntArray,
    first: int,
    last: int,
    n_next: int,
) -> int:
    """Make one move in common from the states of one step; `movers` must all be better off."""
    for at in range(first, last):
        here = frontier[at]
        if ((masks[here] & bit) == 0) != takes:
            continue
        there = find(masks_keys, places, masks[here] ^ bit)
        if there < 0 or (n_moves[there] != -1 and n_moves[there] != step + 1):
            continue
        improves = True
        for mover in movers:
            if rank[mover, there] <= rank[mover, here]:
                improves = False
        if improves:
            if n_moves[there] == -1:
                n_moves[there] = step + 1
                frontier[n_next] = there
                n_next += 1
            n_paths[there] += n_paths[here]
    return n_next


@compiled
def source_of(
    masks: IntArray,
    masks_keys: IntArray,
    places: IntArray,
    takes: int,
    ends: int,
    state: int,
    rank: Int32Array,
    improvements: bool,
    n_moves: Int32Array,
) -> int:
    """Return the first state one step earlier from which a party moves to a state; -1 if there is none."""
    mask = masks[state]
    free = (takes & mask) | (ends & ~mask)
    found = -1
    flips = free
    while flips != 0:
        here = find(masks_keys, places, mask ^ flips)
        if (
            here >= 0
            and n_moves[here] == n_moves[state] - 1
            and (not improvements or rank[here] < rank[state])
            and (found < 0 or here < found)
        ):
            found = here
        flips = (flips - 1) & free
    return found
