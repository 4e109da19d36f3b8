"""Looking some moves ahead when two parties move in turn, each knowing what the other prefers.

The party to move either stays, and the conflict ends there, or moves, and then the other is in the same position with
one move less to come.  Where a conflict ends is found from the last move backward.  A party moves only to where it
expects to end strictly better off than where it stands.  Of moves that promise it the same it takes the one that the
other likes least, so that no answer rests on how states are numbered; the published definition leaves such ties open.

Who moves after whom is settled for two parties only, and so are these concepts.
"""

from __future__ import annotations

import hashlib

import numpy as np

from detente.errors import OptionError
from detente.kernel.compiled import compiled
from detente.kernel.conflict import Arcs, GraphConflict, Int32Array
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter


@compiled
def _end_after(
    start: IntArray,
    target: Int32Array,
    rank: Int32Array,
    other_rank: Int32Array,
    ends: IntArray,
    found: IntArray,
) -> None:
    """Write into `found` where the conflict ends with one party to move, given where it ends with the other."""
    for state in range(found.size):
        best = state
        for arc in range(start[state], start[state + 1]):
            end = ends[target[arc]]
            if rank[end] <= rank[state] or rank[end] < rank[best]:
                continue
            if rank[end] > rank[best] or (
                other_rank[end] < other_rank[best] or (other_rank[end] == other_rank[best] and end < best)
            ):
                best = end
        found[state] = best


class _Turns:
    """Where a conflict ends with either of two parties to move first, for one more move at a time."""

    def __init__(self, conflict: GraphConflict) -> None:
        can_move = sum(1 << party for party, arcs in enumerate(conflict.arcs) if arcs.target.size)
        together = [move.coalition for move in conflict.common if move.arcs.target.size]
        for coalition in together:
            can_move |= coalition
        movers = [party for party in range(conflict.n_parties) if can_move >> party & 1]
        if len(movers) > 2 or together:
            what = "there are moves that need a coalition" if together else f"{len(movers)} parties can move"
            raise OptionError(
                "limited-move stability is defined for two parties that move in turn; in this conflict "
                f"{what}. Use maximin stability, which looks ahead for any number of parties."
            )
        states = np.arange(conflict.n_states, dtype=np.int64)
        nowhere = Arcs(start=np.zeros(conflict.n_states + 1, dtype=np.int64), target=np.zeros(0, dtype=np.int32))
        self.movers = movers
        self._arcs = [*(conflict.arcs[party] for party in movers), nowhere, nowhere][:2]
        self._rank = [*(conflict.rank[party] for party in movers), conflict.rank[0], conflict.rank[0]][:2]
        self._states = states
        self.ends = [states, states]

    def go_on(self) -> None:
        """Add one move."""
        found = []
        for first, second in ((0, 1), (1, 0)):
            ends = np.zeros(self._states.size, dtype=np.int64)
            arcs = self._arcs[first]
            _end_after(arcs.start, arcs.target, self._rank[first], self._rank[second], self.ends[second], ends)
            found.append(ends)
        self.ends = found

    def digest(self) -> bytes:
        """Return what tells two positions apart."""
        return hashlib.blake2b(b"".join(ends.tobytes() for ends in self.ends), digest_size=16).digest()

    def stable(self, n_parties: int) -> BoolArray:
        """Tell where the party to move stays, (P, F); parties that never move stay everywhere."""
        found = np.ones((n_parties, self._states.size), dtype=np.bool_)
        for place, party in enumerate(self.movers):
            found[party] = self.ends[place] == self._states
        return found


def limited_move_stable(conflict: GraphConflict, horizon: int, *, reporter: Reporter | None = None) -> BoolArray:
    """Tell which states are stable for which of two parties that look a number of moves ahead: L_h, (P, F).

    Parameters
    ----------
    horizon : int
        Moves looked ahead, at least 1: the party's own, the other's answer, and so on in turn.

    Raises
    ------
    OptionError
        If the horizon is below 1, more than two parties can move, or there are moves in common.

    Notes
    -----
    Let G_0(i, s) = s, and let q* be the best q of R_i(s) by the rank that i gives G_{h−1}(j, q); of equals the one
    whose end j ranks lowest.  Then G_h(i, s) = G_{h−1}(j, q*) if i ranks that strictly above s, else s; and s is
    stable for i iff i stays.  L_1 is Nash.  O(h·arcs); ends that come back after some moves are not computed again.

    References
    ----------
    kilgour1985; fang1993, chapter 3; rego2025.
    """
    if horizon < 1:
        raise OptionError(f"the horizon must be at least 1, got {horizon}")
    turns = _Turns(conflict)
    reporter = reporter or Reporter(None)
    seen: dict[bytes, int] = {}
    left = horizon
    while left:
        reporter.report("limited-move stability", fraction=1 - left / horizon)
        turns.go_on()
        left -= 1
        digest = turns.digest()
        if digest in seen:
            left %= seen[digest] - left
            seen = {}
            continue
        seen[digest] = left
    return turns.stable(conflict.n_parties)


def non_myopic_stable(conflict: GraphConflict, *, reporter: Reporter | None = None) -> BoolArray:
    """Tell which states are stable for which of two parties however far they look beyond some horizon, (P, F).

    Raises
    ------
    OptionError
        If more than two parties can move, or there are moves in common.

    Notes
    -----
    s is stable for i iff there is a horizon t such that it is limited-move stable with every horizon h ≥ t.  Where
    conflicts end comes back after some number of moves, and from then on nothing is new; s is stable iff it is stable
    all through that cycle.

    References
    ----------
    brams1981; kilgour1985; fang1993, chapter 3.
    """
    turns = _Turns(conflict)
    reporter = reporter or Reporter(None)
    seen: list[bytes] = []
    places: dict[bytes, int] = {}
    while True:
        reporter.report("non-myopic stability")
        digest = turns.digest()
        if digest in places:
            break
        places[digest] = len(seen)
        seen.append(digest)
        turns.go_on()
    stable = turns.stable(conflict.n_parties)
    for _ in range(len(seen) - places[digest] - 1):
        turns.go_on()
        stable &= turns.stable(conflict.n_parties)
    return stable
