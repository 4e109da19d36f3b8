"""Where a group of parties can get to when nobody moves twice in a row, on states and arcs given outright (§9).

What a group can do next depends on the state and on who moved last, so every search runs over pairs of both.  Moves of
one party need not be transitive here, and the rule bites.  A common move is never held up by it, and after one of
several parties anybody may move.

A search backward finds for all states at once the least of some values that a group can reach: values are taken up in
increasing order, and from where each stands all pairs that lead there and have no lesser value yet are marked with it.
Every pair is marked once and every arc looked at once, so a search is linear in states times movers plus arcs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import LimitError
from detente.kernel.bits import lowest_bit
from detente.kernel.compiled import compiled
from detente.kernel.conflict import (
    Arcs,
    CommonArcs,
    GraphConflict,
    Int32Array,
    is_improvement,
    make_arcs,
    origins,
)
from detente.kernel.system import BoolArray, IntArray

MOST_PARTIES = 62
"""Parties whose last moves fit into one mask, with a place for moves in common."""

NOTHING = 2**62
"""Least value where nothing can be reached: above every rank."""


@dataclass(frozen=True, eq=False, kw_only=True)
class BackwardMoves:
    """All moves of a conflict by their end, for searches backward; K movers, parties alone or coalitions.

    Parameters
    ----------
    n_parties : int
        Number of parties, P.
    coalitions : tuple of int
        Who moves, K masks of parties, ordered by `layers`.
    layers : IntArray
        Shape (K,): what is remembered after a move: the party that moved last, or P after a move of several.
    is_blocked : BoolArray
        Shape (K,): whether the mover may not have been the last to move; only unilateral moves are.
    start : IntArray
        Shape (K, F + 1): `source[start[k, t]:start[k, t + 1]]` is from where mover k reaches state t.
    source : Int32Array
        Shape (number of arcs,).
    improves : BoolArray
        Shape (number of arcs,): whether all who move strictly prefer the end.
    """

    n_parties: int
    coalitions: tuple[int, ...]
    layers: IntArray
    is_blocked: BoolArray
    start: IntArray
    source: Int32Array
    improves: BoolArray

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.start.shape[1] - 1)


def _joined(n_states: int, moves: list[Arcs]) -> Arcs:
    sources = np.concatenate([origins(arcs).astype(np.int64) for arcs in moves])
    targets = np.concatenate([arcs.target.astype(np.int64) for arcs in moves])
    return make_arcs(n_states, sources, targets)


def by_coalition(conflict: GraphConflict) -> tuple[CommonArcs, ...]:
    """Return the common moves with one entry per coalition, in increasing order of its mask."""
    found: dict[int, list[Arcs]] = {}
    for move in conflict.common:
        found.setdefault(move.coalition, []).append(move.arcs)
    return tuple(
        CommonArcs(coalition=coalition, arcs=_joined(conflict.n_states, moves) if len(moves) > 1 else moves[0])
        for coalition, moves in sorted(found.items())
    )


@compiled
def _turn_round(
    start: IntArray,
    target: Int32Array,
    improving: BoolArray,
    at: IntArray,
    shift: int,
    source: Int32Array,
    improves: BoolArray,
) -> None:
    """Sort arcs by their end: `at` holds the next free place of every end, and is moved on."""
    for state in range(start.size - 1):
        for arc in range(start[state], start[state + 1]):
            place = at[target[arc]]
            at[target[arc]] = place + 1
            source[shift + place] = state
            improves[shift + place] = improving[arc]


def check_parties(conflict: GraphConflict) -> None:
    """Raise `LimitError` if there are more than `MOST_PARTIES` parties."""
    if conflict.n_parties > MOST_PARTIES:
        raise LimitError(
            f"the conflict has {conflict.n_parties} parties; who moved last can be told apart for at most "
            f"{MOST_PARTIES}. Leave out parties that cannot move."
        )


def turn_back(conflict: GraphConflict) -> BackwardMoves:
    """Sort all moves of a conflict by their end.

    Raises
    ------
    LimitError
        If there are more than `MOST_PARTIES` parties.

    Notes
    -----
    O(P·F + arcs) time and memory.
    """
    check_parties(conflict)
    n_parties, n_states = conflict.n_parties, conflict.n_states
    movers = [(party, True, 1 << party, arcs) for party, arcs in enumerate(conflict.arcs)]
    for move in by_coalition(conflict):
        is_several = move.coalition & (move.coalition - 1) != 0
        layer = n_parties if is_several else move.coalition.bit_length() - 1
        movers.append((layer, False, move.coalition, move.arcs))
    movers.sort(key=lambda mover: (mover[0], not mover[1]))
    n_arcs = sum(arcs.target.size for *_, arcs in movers)
    start = np.zeros((len(movers), n_states + 1), dtype=np.int64)
    source = np.zeros(n_arcs, dtype=np.int32)
    improves = np.zeros(n_arcs, dtype=np.bool_)
    shift = 0
    for place, (_, _, coalition, arcs) in enumerate(movers):
        np.cumsum(np.bincount(arcs.target, minlength=n_states), out=start[place, 1:])
        improving = is_improvement(conflict, coalition, arcs)
        _turn_round(arcs.start, arcs.target, improving, start[place, :-1].copy(), shift, source, improves)
        start[place] += shift
        shift += arcs.target.size
    return BackwardMoves(
        n_parties=n_parties,
        coalitions=tuple(coalition for _, _, coalition, _ in movers),
        layers=np.array([layer for layer, *_ in movers], dtype=np.int64),
        is_blocked=np.array([is_blocked for _, is_blocked, _, _ in movers], dtype=np.bool_),
        start=start,
        source=source,
        improves=improves,
    )


@compiled
def spread(
    order: IntArray,
    values: IntArray,
    start: IntArray,
    source: Int32Array,
    improves: BoolArray,
    only_improving: bool,
    movers: IntArray,
    is_blocked: BoolArray,
    first: IntArray,
    layers: int,
    least: IntArray,
    done: IntArray,
    pending: IntArray,
    stack: IntArray,
) -> None:
    """Write into `least` what can be reached from every state, values taken up as `order` says, the least first.

    Symbols: `done[s]` and `pending[s]` are masks of last movers, those whose pair with s has its value and those of
    them from which the search has not gone on; `movers[first[l]:first[l + 1]]` are those who leave l as last mover.
    """
    for place in range(order.size):
        origin = order[place]
        fresh = layers & ~done[origin]
        if fresh == 0:
            continue
        value = values[origin]
        done[origin] = layers
        pending[origin] = fresh
        stack[0] = origin
        top = 1
        while top > 0:
            top -= 1
            there = stack[top]
            waiting = pending[there]
            pending[there] = 0
            while waiting != 0:
                layer = lowest_bit(waiting)
                waiting &= waiting - 1
                for number in range(first[layer], first[layer + 1]):
                    mover = movers[number]
                    may_precede = layers & ~(1 << layer) if is_blocked[mover] else layers
                    for arc in range(start[mover, there], start[mover, there + 1]):
                        if only_improving and not improves[arc]:
                            continue
                        here = source[arc]
                        if least[here] == NOTHING:
                            least[here] = value
                        fresh = may_precede & ~done[here]
                        if fresh != 0:
                            if pending[here] == 0:
                                stack[top] = here
                                top += 1
                            done[here] |= fresh
                            pending[here] |= fresh


@dataclass(frozen=True, eq=False, kw_only=True)
class Group:
    """The movers within a group of parties.

    Parameters
    ----------
    movers : IntArray
        Their places in `BackwardMoves`, by layer.
    first : IntArray
        Shape (P + 2,): where in `movers` each layer begins.
    layers : int
        The last movers there can be, as a mask.
    """

    movers: IntArray
    first: IntArray
    layers: int


def group_of(moves: BackwardMoves, members: int) -> Group:
    """Return who can move within a group, given as a mask of parties."""
    inside = [place for place, coalition in enumerate(moves.coalitions) if coalition & ~members == 0]
    movers = np.array(inside, dtype=np.int64)
    layers = moves.layers[movers]
    return Group(
        movers=movers,
        first=np.searchsorted(layers, np.arange(moves.n_parties + 2)).astype(np.int64),
        layers=sum(1 << int(layer) for layer in np.unique(layers)),
    )


def least_reached(
    moves: BackwardMoves, members: int, values: IntArray | Int32Array, *, improvements: bool = False
) -> IntArray:
    """Return for every state the least value of a state that a group can reach from it, (F,), in one move or more.

    Parameters
    ----------
    members : int
        The group, as a mask of parties.
    values : IntArray
        Shape (F,).
    improvements : bool
        Whether each move must be an improvement for all who make it.

    Returns
    -------
    IntArray
        Shape (F,); `NOTHING` where the group cannot move.

    Notes
    -----
    A(s, l), the least value within reach of s when l moved last, is the least over all moves from s to t, by a party k
    other than l or by several, of min(values[t], A(t, k)); A(s, nobody) is returned.  O(P·F + arcs) after sorting.
    """
    return _spread_from(moves, members, np.argsort(values, kind="stable"), values, improvements=improvements)


def can_reach(moves: BackwardMoves, members: int, targets: BoolArray, *, improvements: bool = False) -> BoolArray:
    """Tell from which states a group can get to one of the targets, (F,), in one move or more.

    Parameters
    ----------
    members : int
        The group, as a mask of parties.
    targets : BoolArray
        Shape (F,).
    improvements : bool
        Whether each move must be an improvement for all who make it.
    """
    nothing = np.zeros(moves.n_states, dtype=np.int64)
    return np.asarray(
        _spread_from(moves, members, np.flatnonzero(targets), nothing, improvements=improvements) != NOTHING
    )


def _spread_from(
    moves: BackwardMoves, members: int, order: IntArray, values: IntArray | Int32Array, *, improvements: bool
) -> IntArray:
    n_states = moves.n_states
    group = group_of(moves, members)
    least = np.full(n_states, NOTHING, dtype=np.int64)
    if group.layers:
        spread(
            order,
            values.astype(np.int64),
            moves.start,
            moves.source,
            moves.improves,
            improvements,
            group.movers,
            moves.is_blocked,
            group.first,
            group.layers,
            least,
            np.zeros(n_states, dtype=np.int64),
            np.zeros(n_states, dtype=np.int64),
            np.zeros(max(1, n_states), dtype=np.int64),
        )
    return least
