"""From every state at once, all that a group can reach when nobody moves twice in a row: sets of states as bits.

A node of the search is a state with who moved last.  Nodes that can reach each other reach the same, so the sets are
built once for each strongly connected part, from the last parts to the first (Tarjan's algorithm, no recursion).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array
from detente.kernel.system import BoolArray, IntArray

Reach = NDArray[np.uint64]
"""Sets of states, (F, words): bit b of word w of row s is state 64 w + b."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Movers:
    """Who can move within a group; K movers, F states.

    Parameters
    ----------
    layers : IntArray
        Shape (K,): what is remembered after a move, the party that moved last, or P after a move of several.
    is_blocked : BoolArray
        Shape (K,): whether the mover may not have been the last to move.
    start : IntArray
        Shape (K, F + 1): `target[start[k, s]:start[k, s + 1]]` is where mover k can go from state s.
    target : Int32Array
        Shape (number of arcs,).
    """

    layers: IntArray
    is_blocked: BoolArray
    start: IntArray
    target: Int32Array


def pack(relation: BoolArray) -> Reach:
    """Turn a relation (F, F) into sets of states, one row for each first state."""
    n_states = relation.shape[1]
    words = max(1, -(-n_states // 64))
    packed = np.zeros((relation.shape[0], words * 8), dtype=np.uint8)
    packed[:, : -(-n_states // 8)] = np.packbits(relation, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64)


def unpack(sets: Reach, n_states: int) -> BoolArray:
    """Turn sets of states back into a relation (rows, F)."""
    return np.unpackbits(sets.astype("<u8").view(np.uint8), axis=1, count=n_states, bitorder="little").astype(np.bool_)


def are_in(sets: Reach, sources: IntArray | Int32Array, targets: IntArray | Int32Array) -> BoolArray:
    """Tell of pairs of states, (n,) each, whether the second is in the set of the first."""
    words = sets[sources, targets >> 6]
    return np.asarray((words >> (targets & 63).astype(np.uint64)) & np.uint64(1), dtype=np.bool_)


@compiled
def _unite(
    members: IntArray,
    part: IntArray,
    number: int,
    n_states: int,
    layers: IntArray,
    is_blocked: BoolArray,
    start: IntArray,
    target: Int32Array,
    sets: Reach,
    merged: IntArray,
) -> None:
    """Fill the set of one part: the ends of its moves, and what other parts reach from there.

    Symbols: `merged[part]` is the part that last took over its set.
    """
    for node in members:
        state, layer = node % n_states, node // n_states
        for mover in range(layers.size):
            if is_blocked[mover] and layers[mover] == layer:
                continue
            for arc in range(start[mover, state], start[mover, state + 1]):
                end = target[arc]
                sets[number, end >> 6] |= np.uint64(1) << np.uint64(end & 63)
                other = part[layers[mover] * n_states + end]
                if other != number and merged[other] != number:
                    merged[other] = number
                    for word in range(sets.shape[1]):
                        sets[number, word] |= sets[other, word]


@compiled
def _close(
    n_states: int,
    free: int,
    layers: IntArray,
    is_blocked: BoolArray,
    start: IntArray,
    target: Int32Array,
    sets: Reach,
    part: IntArray,
) -> None:
    """Number the parts that are reached from states without a last mover, the last ones first, and fill their sets."""
    n_nodes = (free + 1) * n_states
    order = np.full(n_nodes, -1, dtype=np.int64)
    low = np.zeros(n_nodes, dtype=np.int64)
    at_mover = np.zeros(n_nodes, dtype=np.int64)
    at_arc = np.full(n_nodes, -1, dtype=np.int64)
    calls = np.zeros(n_nodes, dtype=np.int64)
    open_nodes = np.zeros(n_nodes, dtype=np.int64)
    merged = np.full(n_nodes, -1, dtype=np.int64)
    n_seen = n_open = n_parts = 0
    for origin in range(n_states):
        root = free * n_states + origin
        if order[root] >= 0:
            continue
        calls[0] = root
        depth = 1
        while depth > 0:
            node = calls[depth - 1]
            if order[node] < 0:
                order[node] = low[node] = n_seen
                n_seen += 1
                open_nodes[n_open] = node
                n_open += 1
            state, layer = node % n_states, node // n_states
            goes_deeper = False
            while at_mover[node] < layers.size:
                mover = at_mover[node]
                if at_arc[node] < 0:
                    at_arc[node] = start[mover, state]
                if at_arc[node] == start[mover, state + 1] or (is_blocked[mover] and layers[mover] == layer):
                    at_mover[node] += 1
                    at_arc[node] = -1
                    continue
                child = layers[mover] * n_states + target[at_arc[node]]
                at_arc[node] += 1
                if order[child] < 0:
                    calls[depth] = child
                    depth += 1
                    goes_deeper = True
                    break
                if part[child] < 0:
                    low[node] = min(low[node], order[child])
            if goes_deeper:
                continue
            depth -= 1
            if depth > 0:
                low[calls[depth - 1]] = min(low[calls[depth - 1]], low[node])
            if low[node] == order[node]:
                first = n_open - 1
                while open_nodes[first] != node:
                    first -= 1
                for place in range(first, n_open):
                    part[open_nodes[place]] = n_parts
                _unite(
                    open_nodes[first:n_open], part, n_parts, n_states, layers, is_blocked, start, target, sets, merged
                )
                n_open = first
                n_parts += 1


def close(movers: Movers, n_parties: int, n_states: int) -> Reach:
    """Return what a group can reach from each state in one move or more, (F, words).

    Notes
    -----
    O(arcs · F/64) and (P + 1)·F²/8 bytes.
    """
    words = max(1, -(-n_states // 64))
    sets = np.zeros(((n_parties + 1) * n_states, words), dtype=np.uint64)
    part = np.full((n_parties + 1) * n_states, -1, dtype=np.int64)
    _close(n_states, n_parties, movers.layers, movers.is_blocked, movers.start, movers.target, sets, part)
    return np.asarray(sets[part[n_parties * n_states :]], dtype=np.uint64)
