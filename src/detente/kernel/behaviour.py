"""Which stability concepts agree with what parties were seen to do: stay in a state, or leave it by a certain move.

A concept agrees with a party's staying if the state is stable for it, and with a move if that is an improvement that
does not deter by the concept: the others cannot answer it so that the mover ends no better than where it was.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.conflict import GraphConflict, coalition_arcs
from detente.kernel.graph_reach import NOTHING, BackwardMoves, least_reached, turn_back
from detente.kernel.graph_stability import best_after, others_of
from detente.kernel.system import IntArray


class Fears:
    """What each party has to fear after a move, by each concept; searched when it is first asked for.

    Parameters
    ----------
    conflict : GraphConflict
        States, arcs and ranks.
    """

    def __init__(self, conflict: GraphConflict) -> None:
        self.conflict = conflict
        self._moves: BackwardMoves | None = None
        self._least: dict[tuple[int, str], IntArray] = {}

    def least(self, party: int, concept: str) -> IntArray:
        """Return the least rank of a party that may follow its move to each state, (F,); `NOTHING` by Nash."""
        key = (party, concept)
        if key not in self._least:
            self._least[key] = self._search(party, concept)
        return self._least[key]

    def _search(self, party: int, concept: str) -> IntArray:
        if concept == "nash":
            return np.full(self.conflict.n_states, NOTHING, dtype=np.int64)
        if self._moves is None:
            self._moves = turn_back(self.conflict)
        values = self.conflict.rank[party].astype(np.int64)
        if concept in ("smr", "sseq"):
            values = best_after(self.conflict, party, values)
        members = others_of(self.conflict, party)
        return least_reached(self._moves, members, values, improvements=concept in ("seq", "sseq"))

    def explains_move(self, party: int, concept: str, origin: int, target: int) -> bool:
        """Tell whether a move is an improvement for a party that the concept does not deter it from."""
        rank = self.conflict.rank[party]
        improves = bool(rank[target] > rank[origin])
        return improves and bool(self.least(party, concept)[target] > rank[origin])

    def is_stable(self, party: int, concept: str, state: int) -> bool:
        """Tell whether a state is stable for a party."""
        arcs = self.conflict.arcs[party]
        targets = arcs.target[arcs.start[state] : arcs.start[state + 1]]
        return not any(self.explains_move(party, concept, state, int(target)) for target in targets)

    def improvements(self, party: int, state: int) -> int:
        """Return how many moves of a party from a state lead to something better for it."""
        arcs = self.conflict.arcs[party]
        targets = arcs.target[arcs.start[state] : arcs.start[state + 1]]
        return int(np.count_nonzero(self.conflict.rank[party][targets] > self.conflict.rank[party][state]))


def movers_between(conflict: GraphConflict, origin: int, target: int) -> tuple[int, ...]:
    """Return who can move from one state to another in one move, masks of parties, each once."""
    everybody = (1 << conflict.n_parties) - 1
    found = []
    for movers, arcs in coalition_arcs(conflict, everybody):
        if target in arcs.target[arcs.start[origin] : arcs.start[origin + 1]] and movers not in found:
            found.append(movers)
    return tuple(found)
