"""Which states are stable for which coalitions (§9 of the model).

A coalition improves on a state if its members can get, by moves among themselves, to one that is better for them: for
all of them, or by Pareto's comparison for one and for none worse.  The four concepts ask, as for single parties, what
the rest may make of every such state.  A sanction is a state that is no improvement on the first for the coalition.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, OptionError
from detente.kernel.coalition_reach import CoalitionReach, reach_of
from detente.kernel.compiled import compiled
from detente.kernel.conflict import GraphConflict, ProductConflict
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

COALITION_CONCEPTS = ("cnash", "cgmr", "csmr", "cseq")
"""The four concepts for coalitions, in the order in which they are shown."""

_AT_ONCE = 1024
"""States judged between two reports."""


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


@compiled
def _judge(
    states: IntArray,
    reached: IntArray,
    ranks: IntArray,
    pareto: bool,
    bound: IntArray,
    counts: IntArray,
    is_settled: BoolArray,
) -> None:
    """Count the improvements from states that reach the same, and tell for which concepts bounds deter all of them.

    Symbols: `bound[c, m, t]` is the least rank of member m, of the state or of what the coalition makes of it, that the
    others can bring about from t, as concept c asks; `is_settled[c, s]` is whether each improvement t has a bound that
    is no better than s for some member (worse, where ties do not settle it).
    """
    n_members = ranks.shape[0]
    for state in states:
        n_better = 0
        is_settled[:, state] = True
        for there in reached:
            is_improvement = False
            for member in range(n_members):
                if ranks[member, there] > ranks[member, state]:
                    is_improvement = True
                    if pareto:
                        continue
                elif not pareto or ranks[member, there] < ranks[member, state]:
                    is_improvement = False
                    break
            if not is_improvement:
                continue
            n_better += 1
            for concept in range(bound.shape[0]):
                if is_settled[concept, state]:
                    is_deterred = False
                    for member in range(n_members):
                        low, own = bound[concept, member, there], ranks[member, state]
                        if low < own or (low == own and not pareto):
                            is_deterred = True
                            break
                    is_settled[concept, state] = is_deterred
        counts[state] = n_better


class _Coalition:
    """The analysis of one coalition."""

    def __init__(self, reach: CoalitionReach, members: int, concepts: Sequence[str], *, pareto: bool) -> None:
        n_parties = reach.rank.shape[0]
        inside = [party for party in range(n_parties) if members >> party & 1]
        self._reach = reach
        self._members = members
        self._others = ((1 << n_parties) - 1) & ~members
        self._pareto = pareto and len(inside) > 1
        self._ranks: IntArray = reach.rank[inside].astype(np.int64)
        self._bounded = tuple(concept for concept in COALITION_CONCEPTS[1:] if concept in concepts)
        if "csmr" in self._bounded and "cgmr" not in self._bounded:
            self._bounded = ("cgmr", *self._bounded)
        self._bound = np.zeros((len(self._bounded), len(inside), self._ranks.shape[1]), dtype=np.int64)
        for place, concept in enumerate(self._bounded):
            for member, row in enumerate(self._ranks):
                values = self._with_escapes(row) if concept == "csmr" else row
                self._bound[place, member] = reach.least(self._others, values, improvements=concept == "cseq")
        self._known: dict[str, tuple[bytes, BoolArray]] = {}

    def _with_escapes(self, row: IntArray) -> IntArray:
        """The best rank that the coalition makes for one member of each state, (F,)."""
        highest = row.max(initial=0)
        least = self._reach.least(self._members, highest - row, improvements=False)
        return np.asarray(np.maximum(row, highest - least))

    def judge(self, reporter: Reporter, share: float, width: float) -> tuple[IntArray, dict[str, BoolArray]]:
        """Return how many improvements each state has, (F,), and concept -> where they are all deterred, (F,).

        Parameters
        ----------
        share, width : float
            How much of the whole work is done before, and how much is done here, for reports.
        """
        n_states = self._ranks.shape[1]
        counts = np.zeros(n_states, dtype=np.int64)
        settled = np.ones((len(self._bounded), n_states), dtype=np.bool_)
        found = {concept: settled[place] for place, concept in enumerate(self._bounded)}
        n_done = 0
        for states, reached in self._reach.groups(self._members):
            for part in range(0, states.size, _AT_ONCE):
                reporter.report("coalitions", fraction=share + width * n_done / n_states)
                some = states[part : part + _AT_ONCE]
                _judge(some, reached, self._ranks, self._pareto, self._bound, counts, settled)
                n_done += some.size
            left = states[(counts[states] > 0) & ~self._all_settled(settled[:, states])]
            for state in left[np.lexsort(self._ranks[:, left])]:
                reporter.report("coalitions", fraction=share + width * n_done / n_states)
                self._settle(int(state), reached, found)
        return counts, {"cnash": counts == 0, **found}

    def _all_settled(self, settled: BoolArray) -> BoolArray:
        """Where the bounds leave nothing open: they deter, or cannot err."""
        is_closed = np.ones(settled.shape[1], dtype=np.bool_)
        for place, concept in enumerate(self._bounded):
            if self._pareto:
                is_closed &= settled[place]
            elif concept == "csmr" and len(self._ranks) > 1:
                is_closed &= settled[place] | ~settled[self._bounded.index("cgmr")]
        return is_closed

    def _settle(self, state: int, reached: IntArray, found: dict[str, BoolArray]) -> None:
        """Judge a state by looking at every sanction, where bounds alone do not tell."""
        than = self._ranks[:, state]
        better = reached[is_better(self._ranks[:, reached], than, pareto=self._pareto)]
        for concept in self._bounded:
            if found[concept][state] or (concept != "csmr" and not self._pareto):
                continue
            if concept == "csmr" and not found["cgmr"][state]:
                continue
            found[concept][state] = bool(self._sanctionable(concept, than)[better].all())

    def _sanctionable(self, concept: str, than: IntArray) -> BoolArray:
        """From which states the others can get to a sanction of one with the ranks `than`, (F,)."""
        key = than.tobytes()
        if concept not in self._known or self._known[concept][0] != key:
            no_sanction = is_better(self._ranks, than, pareto=self._pareto)
            if concept == "csmr":
                no_sanction |= self._reach.can_reach(self._members, no_sanction, improvements=False)
            found = self._reach.can_reach(self._others, ~no_sanction, improvements=concept == "cseq")
            self._known[concept] = (key, found)
        return self._known[concept][1]


def find_stable_for_coalitions(
    conflict: ProductConflict | GraphConflict,
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
    kilgour2001; inohara2008coalitions; xu2018.
    """
    wanted = tuple(concepts)
    for concept in wanted:
        if concept not in COALITION_CONCEPTS:
            raise OptionError(f"unknown concept '{concept}' (one of: {', '.join(COALITION_CONCEPTS)})")
    reporter = reporter or Reporter(None)
    found = {concept: np.zeros((len(coalitions), conflict.n_states), dtype=np.bool_) for concept in wanted}
    counts = np.zeros((len(coalitions), conflict.n_states), dtype=np.int64)
    n_done = 0
    try:
        reach = reach_of(conflict, reporter)
        for members in coalitions:
            coalition = _Coalition(reach, members, wanted, pareto=pareto)
            counts[n_done], flags = coalition.judge(reporter, n_done / len(coalitions), 1 / len(coalitions))
            for concept in wanted:
                found[concept][n_done] = flags[concept]
            n_done += 1
    except Cancelled:
        found = {concept: flags[:n_done] for concept, flags in found.items()}
    return StableForCoalitions(coalitions=tuple(coalitions[:n_done]), stable=found, n_improvements=counts[:n_done])
