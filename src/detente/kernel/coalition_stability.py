"""Which states are stable for which coalitions on states and arcs given outright (§9 of the model).

A coalition improves on a state if its members can get, by moves among themselves, to one that is better for them: for
all of them, or by Pareto's comparison for one and for none worse.  The four concepts ask, as for single parties, what
the rest may make of every such state.  A sanction is a state that is no improvement on the first for the coalition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, OptionError
from detente.kernel.conflict import GraphConflict
from detente.kernel.graph_paths import Searcher, moves_of
from detente.kernel.graph_reach import BackwardMoves, can_reach, least_reached, turn_back
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

COALITION_CONCEPTS = ("cnash", "cgmr", "csmr", "cseq")
"""The four concepts for coalitions, in the order in which they are shown."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StableForCoalitions:
    """Where coalitions would stay; C coalitions, F states.

    Parameters
    ----------
    coalitions : tuple of int
        Masks of parties, axis C: those whose analysis was finished.
    stable : dict
        Concept -> BoolArray, shape (C, F).
    n_improvements : IntArray
        Shape (C, F): how many states the coalition can improve to.
    """

    coalitions: tuple[int, ...]
    stable: dict[str, BoolArray]
    n_improvements: IntArray


def is_better(ranks: IntArray, than: IntArray, *, pareto: bool) -> BoolArray:
    """Tell which states, the last axis of `ranks`, are better for a coalition than one with the ranks `than`.

    Parameters
    ----------
    ranks : IntArray
        Shape (members, n).
    than : IntArray
        Shape (members,).
    pareto : bool
        Whether it is enough that one member is better off and none worse.
    """
    strictly = ranks > than[:, None]
    if not pareto:
        return np.asarray(strictly.all(axis=0))
    return np.asarray((ranks >= than[:, None]).all(axis=0) & strictly.any(axis=0))


class _Coalition:
    """The analysis of one coalition, state by state."""

    def __init__(self, conflict: GraphConflict, moves: BackwardMoves, members: int, *, pareto: bool) -> None:
        inside = [party for party in range(conflict.n_parties) if members >> party & 1]
        self.ranks: IntArray = conflict.rank[inside].astype(np.int64)
        self._members = members
        self._others = ((1 << conflict.n_parties) - 1) & ~members
        self._pareto = pareto and len(inside) > 1
        self._moves = moves
        self._searcher = Searcher(moves_of(conflict, members))
        self._least: dict[str, IntArray] = {}
        self._known: dict[str, tuple[bytes, BoolArray]] = {}

    def improvements(self, state: int) -> IntArray:
        """Return where the coalition can get to that is better for it: CI_H(s)."""
        reached = self._searcher.reached_from(state)
        return reached[is_better(self.ranks[:, reached], self.ranks[:, state], pareto=self._pareto)]

    def is_deterred(self, concept: str, state: int, better: IntArray) -> bool:
        """Tell whether the others can sanction every improvement of the coalition from a state."""
        if not better.size:
            return True
        if concept == "cnash":
            return False
        if concept == "csmr" and len(self.ranks) > 1:
            if not self.is_deterred("cgmr", state, better):
                return False
        else:
            than = self.ranks[:, state, None]
            least = self._least_ranks(concept)[:, better]
            if ((least < than) if self._pareto else (least <= than)).any(axis=0).all():
                return True
            if not self._pareto:
                return False
        return bool(self._sanctionable(concept, self.ranks[:, state])[better].all())

    def _least_ranks(self, concept: str) -> IntArray:
        """The least rank of each member that the others can bring about from each state, (members, F)."""
        if concept not in self._least:
            self._least[concept] = np.stack(
                [
                    least_reached(
                        self._moves,
                        self._others,
                        self._with_escapes(row) if concept == "csmr" else row,
                        improvements=concept == "cseq",
                    )
                    for row in self.ranks
                ]
            )
        return self._least[concept]

    def _with_escapes(self, row: IntArray) -> IntArray:
        """The best that one party alone makes of each state, (F,)."""
        greatest = -least_reached(self._moves, self._members, -row)
        return np.asarray(np.maximum(row, greatest))

    def _sanctionable(self, concept: str, than: IntArray) -> BoolArray:
        """From which states the others can get to a sanction of one with the ranks `than`, (F,)."""
        key = than.tobytes()
        if concept not in self._known or self._known[concept][0] != key:
            no_sanction = is_better(self.ranks, than, pareto=self._pareto)
            if concept == "csmr":
                no_sanction |= can_reach(self._moves, self._members, no_sanction)
            found = can_reach(self._moves, self._others, ~no_sanction, improvements=concept == "cseq")
            self._known[concept] = (key, found)
        return self._known[concept][1]


def find_stable_for_coalitions(
    conflict: GraphConflict,
    coalitions: Sequence[int],
    concepts: Iterable[str] = COALITION_CONCEPTS,
    *,
    pareto: bool = False,
    reporter: Reporter | None = None,
) -> StableForCoalitions:
    """Tell which states are stable for which coalition.

    Parameters
    ----------
    coalitions : sequence of int
        Masks of parties, none empty.
    concepts : iterable of str
        Some of `COALITION_CONCEPTS`.
    pareto : bool
        Whether an improvement for one member that makes none worse off counts; else all must be better off.
    reporter : Reporter, optional
        Hears of progress; if it is cancelled, the coalitions finished until then are returned.

    Raises
    ------
    OptionError
        If a concept is unknown.
    LimitError
        If there are too many parties to tell apart.

    Notes
    -----
    CI_H(s) are the states of R_H(s) that are better for H than s.  s is stable for H by CNash if CI_H(s) is empty; by
    CGMR if the others can get from each t of CI_H(s) to a state that is not better for H than s; by CSMR if H cannot
    get to a better one from there either; by CSEQ if they can get there by improvements of those who move.

    One search forward per coalition and state, O(arcs within its reach).  CGMR and CSEQ follow from the least ranks
    that the others can bring about, one search backward per member; CSMR of two or more members, and with Pareto's
    comparison what ties leave open, takes two searches more for each combination of ranks that the members have.

    References
    ----------
    kilgour2001; inohara2008; xu2018, chapter 8.
    """
    wanted = tuple(concepts)
    for concept in wanted:
        if concept not in COALITION_CONCEPTS:
            raise OptionError(f"unknown concept '{concept}' (one of: {', '.join(COALITION_CONCEPTS)})")
    reporter = reporter or Reporter(None)
    moves = turn_back(conflict)
    found = {concept: np.zeros((len(coalitions), conflict.n_states), dtype=np.bool_) for concept in wanted}
    counts = np.zeros((len(coalitions), conflict.n_states), dtype=np.int64)
    n_done = 0
    try:
        for members in coalitions:
            coalition = _Coalition(conflict, moves, members, pareto=pareto)
            for number, state in enumerate(np.lexsort(coalition.ranks)):
                share = (n_done + number / conflict.n_states) / len(coalitions)
                reporter.report("coalitions", fraction=share)
                better = coalition.improvements(state)
                counts[n_done, state] = better.size
                for concept in wanted:
                    found[concept][n_done, state] = coalition.is_deterred(concept, state, better)
            n_done += 1
    except Cancelled:
        found = {concept: flags[:n_done] for concept, flags in found.items()}
    return StableForCoalitions(coalitions=tuple(coalitions[:n_done]), stable=found, n_improvements=counts[:n_done])
