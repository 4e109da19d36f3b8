"""Why one state is stable for one party: each of its improvements, and the shortest answer that takes it back (§9).

Whether a state is stable for a party depends on its own order only through what it ranks above that state.  So one
state is judged by a search forward from each improvement, over pairs of a state and who has moved last, until a state
is found that the party finds no better; nothing is listed beforehand, in the product form as in the graph form.

Movers are numbered: first the parties, then the common moves in the order in which the conflict lists them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernel.conflict import GraphConflict, Int32Array, ProductConflict
from detente.kernel.sanction_search import OPEN, list_targets, mark_dead, search_sanction
from detente.kernel.system import BoolArray, IntArray

MOST_STEPS = 2_000_000_000
"""Moves looked at for one answer, at most, unless the caller says otherwise: about a minute."""


class Move(NamedTuple):
    """One move: who makes it, as a mask of parties, and its two ends as numbers of states."""

    movers: int
    source: int
    target: int


class Answer(NamedTuple):
    """What becomes of one improvement.

    Parameters
    ----------
    target : int
        Where the improvement leads.
    sanction : tuple of Move or None
        The shortest sequence of moves of the others to a state that takes it back; None if there is none.
    is_settled : bool
        False if the search was stopped before it could tell.
    """

    target: int
    sanction: tuple[Move, ...] | None
    is_settled: bool


class Judgement(NamedTuple):
    """Whether a state is stable for a party under a concept, and through what.

    Parameters
    ----------
    is_stable : bool or None
        None if the search was stopped before it could tell.
    answers : tuple of Answer
        One for each improvement that was looked at, the greatest first.
    n_improvements : int
        How many there are in all.
    """

    is_stable: bool | None
    answers: tuple[Answer, ...]
    n_improvements: int


def _has_lone_common_moves(members: IntArray, n_parties: int) -> bool:
    return any(int(mask) & (int(mask) - 1) == 0 for mask in members[n_parties:])


class Judge:
    """Judge single states of a conflict, under its own ranks or others.

    Parameters
    ----------
    form : ProductConflict or GraphConflict
        The conflict.
    most_steps : int
        Moves looked at for one judgement, at most.
    """

    def __init__(self, form: ProductConflict | GraphConflict, *, most_steps: int = MOST_STEPS) -> None:
        self.form = form
        self.most_steps = most_steps
        n_parties, n_states = form.n_parties, form.n_states
        self.members = np.array([1 << p for p in range(n_parties)] + [m.coalition for m in form.common], dtype=np.int64)
        n_movers = self.members.size
        self._takes = np.zeros(n_movers, dtype=np.int64)
        self._ends = np.zeros(n_movers, dtype=np.int64)
        self._starts = np.zeros((1, 1), dtype=np.int64)
        self._targets = np.zeros(0, dtype=np.int32)
        self._masks = np.zeros(0, dtype=np.int64)
        self._is_product = isinstance(form, ProductConflict)
        if isinstance(form, ProductConflict):
            self._masks = form.masks
            self._takes[:n_parties], self._ends[:n_parties] = form.takes, form.ends
            for number, move in enumerate(form.common, start=n_parties):
                bit = np.uint64(1 << move.measure).astype(np.int64)
                (self._takes if move.takes else self._ends)[number] = bit
        else:
            all_arcs = [*form.arcs, *(move.arcs for move in form.common)]
            offsets = np.cumsum([0, *(arcs.target.size for arcs in all_arcs)])[:-1]
            self._starts = np.array(
                [arcs.start + offset for arcs, offset in zip(all_arcs, offsets, strict=True)], dtype=np.int64
            ).reshape(n_movers, n_states + 1)
            self._targets = np.concatenate([np.zeros(0, dtype=np.int32), *(arcs.target for arcs in all_arcs)])
        self._is_transitive = self._is_product and not _has_lone_common_moves(self.members, n_parties)
        self._stamp = 0
        self._first = np.zeros(n_states, dtype=np.int32)
        self._second = np.zeros(n_states, dtype=np.int32)
        self._last = np.zeros(n_states, dtype=np.int32)
        self._parent = np.zeros(2 * n_states, dtype=np.int32)
        self._via = np.zeros(2 * n_states, dtype=np.int32)
        self._done = np.zeros(n_states, dtype=np.int64)
        self._queue = np.zeros(2 * n_states, dtype=np.int32)
        self._found = np.zeros(max(1, n_states), dtype=np.int32)
        self._escapes = np.zeros(max(1, n_states), dtype=np.int32)

    def moves(self, mover: int, state: int) -> IntArray:
        """Return where a mover can go from a state, in increasing order."""
        count, _ = list_targets(
            self._is_product,
            self._masks,
            self._takes,
            self._ends,
            self._starts,
            self._targets,
            mover,
            state,
            self._found,
        )
        return np.sort(self._found[:count]).astype(np.int64)

    def improvements(self, party: int, state: int, rank: Int32Array | None = None) -> IntArray:
        """Return where a party can go from a state to its own advantage, the best first, then by number."""
        own = (self.form.rank if rank is None else rank)[party]
        reached = self.moves(party, state)
        better = reached[own[reached] > own[state]]
        return np.asarray(better[np.lexsort((better, -own[better].astype(np.int64)))], dtype=np.int64)

    def judge(
        self,
        party: int,
        state: int,
        concept: str,
        *,
        rank: Int32Array | None = None,
        most_answers: int | None = None,
    ) -> Judgement:
        """Tell whether a state is stable for a party under a concept, and what stops each improvement.

        Parameters
        ----------
        concept : str
            One of `detente.kernel.conflict.CONCEPTS`.
        rank : Int32Array, optional
            Shape (P, F): ranks to judge by instead of those of the conflict.
        most_answers : int, optional
            Improvements that nobody can take back and those with the greatest gain are kept, about so many; 0 stops at
            the first that nobody can take back.
        """
        used_rank = self.form.rank if rank is None else rank
        improvements = self.improvements(party, state, used_rank)
        answers: list[Answer] = []
        is_open = is_unsettled = False
        left = self.most_steps
        is_dead = np.zeros(self.form.n_states, dtype=np.bool_)
        for number, target in enumerate(improvements.tolist()):
            if concept == "nash":
                answer = Answer(target=target, sanction=None, is_settled=True)
            else:
                answer, left = self._answer(party, state, concept, used_rank, target, is_dead, left)
            is_open |= answer.is_settled and answer.sanction is None
            is_unsettled |= not answer.is_settled
            is_first_open = answer.sanction is None and all(known.sanction is not None for known in answers)
            if most_answers is None or number < most_answers or is_first_open:
                answers.append(answer)
            if most_answers is not None and number + 1 >= most_answers and is_open:
                break
        verdict = False if is_open else None if is_unsettled else True
        return Judgement(is_stable=verdict, answers=tuple(answers), n_improvements=improvements.size)

    def is_stable(self, party: int, state: int, concept: str, rank: Int32Array | None = None) -> bool | None:
        """Tell whether a state is stable for a party under a concept; None if that takes too many steps."""
        return self.judge(party, state, concept, rank=rank, most_answers=0).is_stable

    def _answer(
        self, party: int, state: int, concept: str, rank: Int32Array, target: int, is_dead: BoolArray, left: int
    ) -> tuple[Answer, int]:
        if is_dead[target]:
            return Answer(target=target, sanction=None, is_settled=True), left
        self._stamp += 1
        node, used, length = search_sanction(
            self._is_product,
            self._masks,
            self._takes,
            self._ends,
            self._starts,
            self._targets,
            self.members,
            rank,
            party,
            int(rank[party, state]),
            target,
            concept in ("seq", "sseq"),
            concept in ("smr", "sseq"),
            self._is_transitive,
            left,
            is_dead,
            self._stamp,
            self._first,
            self._second,
            self._last,
            self._parent,
            self._via,
            self._done,
            self._queue,
            self._found,
            self._escapes,
        )
        left = max(0, left - used)
        if node >= 0:
            return Answer(target=target, sanction=self._path(node), is_settled=True), left
        if node == OPEN:
            mark_dead(self._is_transitive, self._queue, length, self._last, is_dead)
        return Answer(target=target, sanction=None, is_settled=node == OPEN), left

    def _path(self, node: int) -> tuple[Move, ...]:
        moves = []
        while (before := int(self._parent[node])) >= 0:
            moves.append(Move(movers=int(self.members[self._via[node]]), source=before >> 1, target=node >> 1))
            node = before
        return tuple(reversed(moves))
