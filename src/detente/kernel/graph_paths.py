"""Where a group of parties can get to from one state, in how many moves and by whose last move (§9).

A search forward, breadth first over pairs of state and last mover.  Of the movers at a state all but one are free at
the first visit, the one held back being who moved there; a visit by somebody else frees that one too.  So every move
is looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.conflict import GraphConflict, Int32Array, is_improvement
from detente.kernel.graph_reach import by_coalition, check_parties
from detente.kernel.system import BoolArray, IntArray

_AT_ORIGIN = -1
"""In place of a party: a visit back where the search began, where nobody was held back."""
_NO_VISIT = -100
"""In place of a party: nothing new comes of an arrival."""


@dataclass(frozen=True, eq=False, kw_only=True)
class ForwardMoves:
    """The moves within a group by their origin; K movers, parties alone first, then coalitions.

    Parameters
    ----------
    n_parties : int
        Number of parties, P.
    coalitions : tuple of int
        Who moves, K masks of parties.
    layers : IntArray
        Shape (K,): what is remembered after a move: the party that moved last, or P after a move of several.
    is_blocked : BoolArray
        Shape (K,): whether the mover may not have been the last to move.
    start : IntArray
        Shape (K, F + 1): `target[start[k, s]:start[k, s + 1]]` is where mover k leads from state s.
    target : Int32Array
        Shape (number of arcs,).
    """

    n_parties: int
    coalitions: tuple[int, ...]
    layers: IntArray
    is_blocked: BoolArray
    start: IntArray
    target: Int32Array

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.start.shape[1] - 1)


def moves_of(conflict: GraphConflict, members: int, *, improvements: bool = False) -> ForwardMoves:
    """Return the moves of a group, given as a mask of parties; if asked only those that improve for all who move.

    Raises
    ------
    LimitError
        If there are too many parties to tell apart.
    """
    check_parties(conflict)
    n_parties, n_states = conflict.n_parties, conflict.n_states
    movers = [(party, True, 1 << party, arcs) for party, arcs in enumerate(conflict.arcs) if members >> party & 1]
    for move in by_coalition(conflict):
        if move.coalition & ~members == 0:
            is_several = move.coalition & (move.coalition - 1) != 0
            layer = n_parties if is_several else move.coalition.bit_length() - 1
            movers.append((layer, False, move.coalition, move.arcs))
    start = np.zeros((len(movers), n_states + 1), dtype=np.int64)
    targets = [np.zeros(0, dtype=np.int32)]
    shift = 0
    for place, (_, _, coalition, arcs) in enumerate(movers):
        start[place], target = arcs.start, arcs.target
        if improvements:
            keep = is_improvement(conflict, coalition, arcs)
            start[place] = np.concatenate([[0], np.cumsum(keep)])[arcs.start]
            target = target[keep]
        start[place] += shift
        shift += target.size
        targets.append(target)
    return ForwardMoves(
        n_parties=n_parties,
        coalitions=tuple(coalition for _, _, coalition, _ in movers),
        layers=np.array([layer for layer, *_ in movers], dtype=np.int64),
        is_blocked=np.array([is_blocked for _, is_blocked, _, _ in movers], dtype=np.bool_),
        start=start,
        target=np.concatenate(targets),
    )


@compiled
def _search(
    origin: int,
    start: IntArray,
    target: Int32Array,
    layers: IntArray,
    is_blocked: BoolArray,
    several: int,
    seen: IntArray,
    held: IntArray,
    visits: IntArray,
) -> int:
    """Reach what can be reached in one move or more; return how many visits that took, the first at the origin.

    Symbols: `seen[s]` is the mask of last movers at s, and `held[s]` the party still held back there; of visit v,
    `visits[v]` holds the state, the party that it holds back (`several` if none) or, as −2 − layer, the one that it
    frees, the visit before it, the mover that led to it, and how many moves it took.  A visit back at the origin, where
    all were free, has `_AT_ORIGIN` for the party.
    """
    visits[0, 0], visits[0, 1], visits[0, 2], visits[0, 3], visits[0, 4] = origin, several, -1, -1, 0
    held[origin] = several
    n_visits = 1
    visit = 0
    while visit < n_visits:
        here, code = visits[visit, 0], visits[visit, 1]
        if code != _AT_ORIGIN:
            for mover in range(layers.size):
                layer = layers[mover]
                is_of_held = is_blocked[mover] and (layer == code if code >= 0 else layer == -2 - code)
                if is_of_held == (code >= 0):
                    continue
                for arc in range(start[mover, here], start[mover, here + 1]):
                    there = target[arc]
                    if seen[there] >> layer & 1:
                        continue
                    new_code = _NO_VISIT
                    if seen[there] == 0:
                        if there == origin:
                            new_code = _AT_ORIGIN
                        else:
                            new_code = layer
                            held[there] = layer
                    elif held[there] != several and held[there] != layer:
                        new_code = -2 - held[there]
                        held[there] = several
                    seen[there] |= 1 << layer
                    if new_code != _NO_VISIT:
                        visits[n_visits, 0] = there
                        visits[n_visits, 1] = new_code
                        visits[n_visits, 2] = visit
                        visits[n_visits, 3] = mover
                        visits[n_visits, 4] = visits[visit, 4] + 1
                        n_visits += 1
        visit += 1
    return n_visits


class PathStep(NamedTuple):
    """One move of a path: who moves, as a mask of parties, and to which state."""

    movers: int
    state: int


@dataclass(frozen=True, eq=False, kw_only=True)
class Reach:
    """What a group can reach from a state, in one move or more.

    Parameters
    ----------
    source : int
        Where it starts.
    states : IntArray
        Shape (n,): what it reaches, in the order of first arrival; the source too if the group can come back.
    n_moves : IntArray
        Shape (n,): moves of a shortest sequence to each.
    last_movers : tuple of int
        Who can be the last to move on the way to each, as masks of parties, all of those who move together.
    """

    source: int
    states: IntArray
    n_moves: IntArray
    last_movers: tuple[int, ...]
    _visits: IntArray
    _first: dict[int, int]
    _coalitions: tuple[int, ...]

    def path_to(self, state: int) -> tuple[PathStep, ...]:
        """Return a shortest sequence of moves to a state that is reached."""
        steps = []
        visit = self._first[state]
        while visit > 0:
            there, _, before, mover, _ = (int(entry) for entry in self._visits[visit])
            steps.append(PathStep(self._coalitions[mover], there))
            visit = before
        return tuple(reversed(steps))


class Searcher:
    """Searches from one state after another with the same moves; what one search costs is what it reaches."""

    def __init__(self, moves: ForwardMoves) -> None:
        self.moves = moves
        n_states = moves.n_states
        self._seen = np.zeros(n_states, dtype=np.int64)
        self._held = np.zeros(n_states, dtype=np.int64)
        self._visits = np.zeros((2 * n_states + 2, 5), dtype=np.int64)

    def _visits_from(self, source: int) -> IntArray:
        """Return the visits of a search from a state; `_seen` is to be cleared after it."""
        moves = self.moves
        n_visits = _search(
            source,
            moves.start,
            moves.target,
            moves.layers,
            moves.is_blocked,
            moves.n_parties,
            self._seen,
            self._held,
            self._visits,
        )
        return self._visits[:n_visits]

    def reached_from(self, source: int) -> IntArray:
        """Return the states within reach of one, in the order of first arrival."""
        visits = self._visits_from(source)
        states: IntArray = visits[1:][visits[1:, 1] >= _AT_ORIGIN, 0].copy()
        self._seen[states] = 0
        return states

    def reach_from(self, source: int) -> Reach:
        """Return what is within reach of a state, with last movers and paths."""
        visits = self._visits_from(source).copy()
        places = 1 + np.flatnonzero(visits[1:, 1] >= _AT_ORIGIN)
        states = visits[places, 0]
        seen = self._seen[states]
        self._seen[states] = 0
        return Reach(
            source=source,
            states=states,
            n_moves=visits[places, 4],
            last_movers=tuple(self._last_movers(source, states, seen)),
            _visits=visits,
            _first={int(state): int(place) for state, place in zip(states, places, strict=True)},
            _coalitions=self.moves.coalitions,
        )

    def _last_movers(self, source: int, states: IntArray, seen: IntArray) -> list[int]:
        """Who moves last on the way to each state: single movers as marked, and all who move there in common."""
        moves = self.moves
        movers = np.zeros(moves.n_states, dtype=np.int64)
        movers[states] = seen & ~(1 << moves.n_parties)
        for mover, coalition in enumerate(moves.coalitions):
            if moves.layers[mover] == moves.n_parties:
                for state in (source, *states.tolist()):
                    ends = moves.target[moves.start[mover, state] : moves.start[mover, state + 1]]
                    movers[ends] |= coalition
        return [int(mask) for mask in movers[states]]


def reach(conflict: GraphConflict, members: int, source: int, *, improvements: bool = False) -> Reach:
    """Return what a group can reach from a state if nobody moves twice in a row: R_H(s), or R_H⁺(s).

    Parameters
    ----------
    members : int
        The group H, as a mask of parties.
    source : int
        Number of the state s.
    improvements : bool
        Whether each move must be an improvement for all who make it.

    Returns
    -------
    Reach
        With the last movers Ω_H(s, t) and a shortest sequence to each state t.

    Raises
    ------
    LimitError
        If there are too many parties to tell apart.

    References
    ----------
    fang1993, chapter 4.
    """
    return Searcher(moves_of(conflict, members, improvements=improvements)).reach_from(source)
