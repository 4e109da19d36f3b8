"""Which states are stable where parties do not look to their own preferences alone (attitudes, relational stability).

The attitude e_ij of party i toward j is +1 (i wants what j prefers), −1 (i wants the reverse) or 0 (j does not count
for i).  A move is *consistent* with the attitudes of i if everybody toward whom i has a positive one strictly prefers
where it leads and everybody toward whom it has a negative one strictly prefers where it comes from.  What consistent
moves are for relational stability, improvements are for ordinary stability; what deters i from leaving s are the
states that are no consistent change from s, among them s itself.

With signed ranks σ_j = e_ij r_j over the J with e_ij ≠ 0, a change from s to t is consistent iff σ_j(t) > σ_j(s) for
all of them, and t deters iff σ_j(t) ≤ σ_j(s) for some.  So one search for the least σ_j within reach per j ∈ J decides
relational GMR and SEQ for all states at once, and SMR where J is one party.  Where J is empty, and for those states
that SMR with more than one leaves open, what deters differs from state to state and each takes a search of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernel.compiled import compiled
from detente.kernel.conflict import Arcs, GraphConflict, Int32Array, origins
from detente.kernel.graph_reach import NOTHING, BackwardMoves, Group, group_of, least_reached, spread, turn_back
from detente.kernel.graph_stability import best_after, others_of
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

AttitudeMatrix = NDArray[np.int8]

RELATIONAL_CONCEPTS = ("nash", "gmr", "smr", "seq")
"""The concepts that are published with attitudes; symmetric sequential stability is not among them."""

MOST_STEPS = 20_000_000_000
"""Arcs that searches for single states may look at in all: some minutes."""


AT_ONCE = 64
"""States searched for between two reports."""

FEW = 64
"""Where at most one state in so many is asked for, only its own moves are looked at."""


def selfish(n_parties: int) -> AttitudeMatrix:
    """Return the attitudes of parties that look to themselves alone: +1 on the diagonal, else 0."""
    return np.eye(n_parties, dtype=np.int8)


@compiled
def _has_move(start: IntArray, consistent: BoolArray, states: IntArray, found: BoolArray) -> None:
    for place in range(states.size):
        for arc in range(start[states[place]], start[states[place] + 1]):
            if consistent[arc]:
                found[place] = True
                break


@compiled
def _are_deterred(
    start: IntArray,
    target: Int32Array,
    consistent: BoolArray,
    signed: IntArray,
    least: IntArray,
    states: IntArray,
    stable: BoolArray,
) -> None:
    """Look up whether after every consistent move some signed rank may fall to that of the state, or below."""
    for place in range(states.size):
        state = states[place]
        stable[place] = True
        for arc in range(start[state], start[state + 1]):
            if not consistent[arc]:
                continue
            is_deterred = False
            for j in range(signed.shape[0]):
                if least[j, target[arc]] <= signed[j, state]:
                    is_deterred = True
            if not is_deterred:
                stable[place] = False
                break


@compiled
def _search_each(
    start: IntArray,
    target: Int32Array,
    consistent: BoolArray,
    signed: IntArray,
    must_hold: bool,
    states: IntArray,
    stable: BoolArray,
    back_start: IntArray,
    back_source: Int32Array,
    back_improves: BoolArray,
    only_improving: bool,
    movers: IntArray,
    is_blocked: BoolArray,
    first: IntArray,
    layers: int,
) -> None:
    """Search backward for every state from all that deters from leaving it.

    Symbols: `must_hold` asks that no own move leads on from what deters to what does not (SMR).
    """
    n_states = start.size - 1
    deters = np.zeros(n_states, dtype=np.bool_)
    for place in range(states.size):
        state = states[place]
        stable[place] = True
        has_move = False
        for arc in range(start[state], start[state + 1]):
            if consistent[arc]:
                has_move = True
        if not has_move:
            continue
        for other in range(n_states):
            deters[other] = other == state
            for j in range(signed.shape[0]):
                if signed[j, other] <= signed[j, state]:
                    deters[other] = True
        order = np.zeros(n_states, dtype=np.int64)
        n_order = 0
        for other in range(n_states):
            counts = deters[other]
            if counts and must_hold:
                for arc in range(start[other], start[other + 1]):
                    if not deters[target[arc]]:
                        counts = False
                        break
            if counts:
                order[n_order] = other
                n_order += 1
        least = np.full(n_states, NOTHING, dtype=np.int64)
        if layers != 0:
            spread(
                order[:n_order],
                np.zeros(n_states, dtype=np.int64),
                back_start,
                back_source,
                back_improves,
                only_improving,
                movers,
                is_blocked,
                first,
                layers,
                least,
                np.zeros(n_states, dtype=np.int64),
                np.zeros(n_states, dtype=np.int64),
                np.zeros(n_states, dtype=np.int64),
            )
        for arc in range(start[state], start[state + 1]):
            if consistent[arc] and least[target[arc]] == NOTHING:
                stable[place] = False


def are_consistent(rank: Int32Array, row: NDArray[np.int8], source: Int32Array, target: Int32Array) -> BoolArray:
    """Tell of each change from a source to a target whether it is consistent with the attitudes of a party.

    Parameters
    ----------
    rank : Int32Array
        Shape (P, F).
    row : int8 array
        Shape (P,): the attitudes of the party toward each.
    source, target : Int32Array
        States, (n,) each.
    """
    consistent = np.ones(target.size, dtype=np.bool_)
    for party, attitude in enumerate(row):
        if attitude > 0:
            consistent &= rank[party][target] > rank[party][source]
        elif attitude < 0:
            consistent &= rank[party][target] < rank[party][source]
    return consistent


class RelationalModel:
    """A conflict made ready for relational stability under several attitudes, with the searches done so far.

    Parameters
    ----------
    conflict : GraphConflict
        States, arcs and ranks.
    """

    def __init__(self, conflict: GraphConflict) -> None:
        self.conflict = conflict
        self._moves = turn_back(conflict)
        self._least: dict[tuple[int, int, int, bool], IntArray] = {}

    def stable(
        self,
        attitudes: AttitudeMatrix,
        concepts: Sequence[str] = RELATIONAL_CONCEPTS,
        *,
        states: IntArray | None = None,
        reporter: Reporter | None = None,
    ) -> dict[str, BoolArray]:
        """Tell which states are relationally stable for which party.

        Parameters
        ----------
        attitudes : AttitudeMatrix
            Shape (P, P): e_ij in row i, one of -1, 0, 1.
        concepts : sequence of str
            Some of `RELATIONAL_CONCEPTS`.
        states : IntArray, optional
            Shape (S,): which states to look at; all of them unless given.
        reporter : Reporter, optional
            Hears of progress; may raise `Cancelled`.

        Returns
        -------
        dict of str to BoolArray
            Shape (P, S) each.

        Raises
        ------
        LimitError
            If states that each take a search of their own are too many.

        References
        ----------
        inohara2007, definitions of relational stability; inohara2008.
        """
        reporter = reporter or Reporter(None)
        n_parties = self.conflict.n_parties
        chosen = np.arange(self.conflict.n_states, dtype=np.int64) if states is None else states
        found = {concept: np.zeros((n_parties, chosen.size), dtype=np.bool_) for concept in concepts}
        replies = self._replies(attitudes) if "seq" in concepts else self._moves
        for party in range(n_parties):
            for number, concept in enumerate(concepts):
                share = (party + number / len(concepts)) / n_parties
                reporter.report("relational stability", fraction=share)
                moves = replies if concept == "seq" else self._moves
                found[concept][party] = self._stable_for(party, attitudes[party], concept, moves, chosen, reporter)
        return found

    def stable_for(self, party: int, row: NDArray[np.int8], concept: str, states: IntArray) -> BoolArray:
        """Tell which of some states are stable for one party by Nash, GMR or SMR, whatever the others' attitudes."""
        return self._stable_for(party, row, concept, self._moves, states, Reporter(None))

    def _replies(self, attitudes: AttitudeMatrix) -> BackwardMoves:
        """Mark among all moves those that are consistent for everybody who makes them."""
        moves = self._moves
        improves = np.zeros(moves.source.size, dtype=np.bool_)
        for mover, coalition in enumerate(moves.coalitions):
            first, last = int(moves.start[mover, 0]), int(moves.start[mover, -1])
            source = moves.source[first:last]
            target = np.repeat(np.arange(moves.n_states, dtype=np.int32), np.diff(moves.start[mover]))
            agreed = np.ones(source.size, dtype=np.bool_)
            for party in range(moves.n_parties):
                if coalition >> party & 1:
                    agreed &= are_consistent(self.conflict.rank, attitudes[party], source, target)
            improves[first:last] = agreed
        return replace(moves, improves=improves)

    def _stable_for(
        self,
        party: int,
        row: NDArray[np.int8],
        concept: str,
        moves: BackwardMoves,
        states: IntArray,
        reporter: Reporter,
    ) -> BoolArray:
        arcs = self.conflict.arcs[party]
        consistent = self._consistent_from(arcs, row, states)
        counted = [int(other) for other in np.flatnonzero(row)]
        signed = np.zeros((len(counted), self.conflict.n_states), dtype=np.int64)
        for place, other in enumerate(counted):
            signed[place] = self.conflict.rank[other].astype(np.int64) * int(row[other])
        if concept == "nash":
            leaves = np.zeros(states.size, dtype=np.bool_)
            _has_move(arcs.start, consistent, states, leaves)
            return ~leaves
        if not counted:
            return self._search(party, consistent, signed, concept, moves, states, reporter)
        if concept != "smr" or len(counted) == 1:
            return self._look_up(party, row, consistent, signed, concept, moves, states)
        stable = self._look_up(party, row, consistent, signed, "smr", moves, states)
        may_be = self._look_up(party, row, consistent, signed, "gmr", moves, states)
        open_ = np.flatnonzero(may_be & ~stable)
        stable[open_] = self._search(party, consistent, signed, "smr", moves, states[open_], reporter)
        return stable

    def _look_up(
        self,
        party: int,
        row: NDArray[np.int8],
        consistent: BoolArray,
        signed: IntArray,
        concept: str,
        moves: BackwardMoves,
        states: IntArray,
    ) -> BoolArray:
        """Decide by the least signed ranks within reach; for SMR with several parties counted, what is true is so."""
        arcs = self.conflict.arcs[party]
        least = np.zeros(signed.shape, dtype=np.int64)
        for place, other in enumerate(np.flatnonzero(row)):
            least[place] = self._least_signed(party, int(other), int(row[other]), concept, moves)
        stable = np.zeros(states.size, dtype=np.bool_)
        _are_deterred(arcs.start, arcs.target, consistent, signed, least, states, stable)
        return stable

    def _search(
        self,
        party: int,
        consistent: BoolArray,
        signed: IntArray,
        concept: str,
        moves: BackwardMoves,
        states: IntArray,
        reporter: Reporter,
    ) -> BoolArray:
        """Decide state by state."""
        arcs = self.conflict.arcs[party]
        group = group_of(moves, others_of(self.conflict, party))
        self._check(group, moves, states, consistent)
        stable = np.zeros(states.size, dtype=np.bool_)
        for begin in range(0, states.size, AT_ONCE):
            reporter.report("relational stability, state by state")
            _search_each(
                arcs.start,
                arcs.target,
                consistent,
                signed,
                concept == "smr",
                states[begin : begin + AT_ONCE],
                stable[begin : begin + AT_ONCE],
                moves.start,
                moves.source,
                moves.improves,
                concept == "seq",
                group.movers,
                moves.is_blocked,
                group.first,
                group.layers,
            )
        return stable

    def _consistent_from(self, arcs: Arcs, row: NDArray[np.int8], states: IntArray) -> BoolArray:
        """Tell of each arc whether it is consistent, shape of `arcs.target`; only those from the states count."""
        if states.size * FEW < self.conflict.n_states:
            consistent = np.zeros(arcs.target.size, dtype=np.bool_)
            for state in states:
                there = arcs.target[arcs.start[state] : arcs.start[state + 1]]
                here = np.full(there.size, state, dtype=np.int32)
                consistent[arcs.start[state] : arcs.start[state + 1]] = are_consistent(
                    self.conflict.rank, row, here, there
                )
            return consistent
        return are_consistent(self.conflict.rank, row, origins(arcs), arcs.target)

    def _least_signed(self, party: int, other: int, sign: int, concept: str, moves: BackwardMoves) -> IntArray:
        """Return the least signed rank of another party within reach of all but one; kept unless replies differ."""
        key = (party, other, sign, concept == "smr")
        if concept != "seq" and key in self._least:
            return self._least[key]
        values = self.conflict.rank[other].astype(np.int64) * sign
        if concept == "smr":
            values = best_after(self.conflict, party, values)
        members = others_of(self.conflict, party)
        least = least_reached(moves, members, values, improvements=concept == "seq")
        if concept != "seq":
            self._least[key] = least
        return least

    def _check(self, group: Group, moves: BackwardMoves, states: IntArray, consistent: BoolArray) -> None:
        n_arcs = sum(int(moves.start[mover, -1] - moves.start[mover, 0]) for mover in group.movers)
        steps = states.size * (n_arcs + consistent.size + self.conflict.n_states)
        if steps > MOST_STEPS:
            raise LimitError(
                f"attitudes toward nobody, and SMR with attitudes toward several, take a search for each of "
                f"{states.size:,} states, about {steps:,} steps in all; at most {MOST_STEPS:,} are taken. Leave out "
                "smr, or fix some measures."
            )
