"""Which states are stable for whom, on states and arcs given outright (§9 of the model).

With r_i the rank of party i, let least(s) be the least rank that the others can bring i to from s, in moves of any kind
or in improvements of those who make them.  A state s is then stable for i if each improvement s₁ of i has

- GMR: least(s₁) ≤ r_i(s), the others moving as they like; SEQ: the others moving by improvements only;
- SMR and SSEQ: the same, where what counts of a sanction s₂ is not r_i(s₂) but the best of s₂ and all that i can move
  to from there, so that the test of escape applies to the very state that sanctions.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detente.errors import OptionError
from detente.kernel.compiled import compiled
from detente.kernel.conflict import CONCEPTS, GraphConflict, Int32Array
from detente.kernel.graph_reach import BackwardMoves, least_reached, turn_back
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter


@compiled
def _best_after(start: IntArray, target: Int32Array, values: IntArray, best: IntArray) -> None:
    for state in range(best.size):
        most = values[state]
        for arc in range(start[state], start[state + 1]):
            most = max(most, values[target[arc]])
        best[state] = most


def best_after(conflict: GraphConflict, party: int, values: IntArray) -> IntArray:
    """Return the greatest value of each state and of all that a party can move to from it, (F,)."""
    best = np.zeros(conflict.n_states, dtype=np.int64)
    arcs = conflict.arcs[party]
    _best_after(arcs.start, arcs.target, values, best)
    return best


@compiled
def _deterred(start: IntArray, target: Int32Array, rank: Int32Array, least: IntArray, stable: BoolArray) -> None:
    for state in range(stable.size):
        stable[state] = True
        for arc in range(start[state], start[state + 1]):
            there = target[arc]
            if rank[there] > rank[state] and least[there] > rank[state]:
                stable[state] = False
                break


def are_deterred(conflict: GraphConflict, party: int, least: IntArray) -> BoolArray:
    """Tell of each state whether every improvement of a party from it may end at its rank or below, (F,).

    Parameters
    ----------
    least : IntArray
        Shape (F,): the least rank of the party that may follow its move to a state.
    """
    stable = np.zeros(conflict.n_states, dtype=np.bool_)
    arcs = conflict.arcs[party]
    _deterred(arcs.start, arcs.target, conflict.rank[party], least, stable)
    return stable


def check_concepts(concepts: Iterable[str]) -> None:
    """Raise `OptionError` if there is a concept that is none of `CONCEPTS`."""
    for concept in concepts:
        if concept not in CONCEPTS:
            raise OptionError(f"unknown stability concept '{concept}' (one of: {', '.join(CONCEPTS)})")


def others_of(conflict: GraphConflict, party: int) -> int:
    """Return all parties but one, as a mask."""
    return ((1 << conflict.n_parties) - 1) & ~(1 << party)


def find_stable_in_graph(
    conflict: GraphConflict, concepts: Iterable[str] = CONCEPTS, *, reporter: Reporter | None = None
) -> dict[str, BoolArray]:
    """Tell which states are stable for which party.

    Parameters
    ----------
    conflict : GraphConflict
        States, arcs and ranks.
    concepts : iterable of str
        Some of `CONCEPTS`.
    reporter : Reporter, optional
        Hears of progress after every search; may raise `Cancelled`.

    Returns
    -------
    dict
        Concept -> shape (P, F).

    Raises
    ------
    OptionError
        If a concept is unknown.
    LimitError
        If there are too many parties.

    Notes
    -----
    O(P·(P·F + arcs)) per concept, after sorting the ranks of each party.

    References
    ----------
    fang1993, chapters 3 and 4.
    """
    wanted = tuple(concepts)
    check_concepts(wanted)
    reporter = reporter or Reporter(None)
    found = {concept: np.zeros(conflict.rank.shape, dtype=np.bool_) for concept in wanted}
    moves = turn_back(conflict) if set(wanted) - {"nash"} else None
    n_searches, n_done = conflict.n_parties * len(wanted), 0
    for party in range(conflict.n_parties):
        rank = conflict.rank[party].astype(np.int64)
        escape = best_after(conflict, party, rank) if {"smr", "sseq"} & set(wanted) else rank
        for concept in wanted:
            reporter.report("stability", fraction=n_done / n_searches)
            n_done += 1
            if concept == "nash" or moves is None:
                least = np.full(conflict.n_states, np.iinfo(np.int64).max)
            else:
                least = least_reached(
                    moves,
                    others_of(conflict, party),
                    escape if concept in {"smr", "sseq"} else rank,
                    improvements=concept in {"seq", "sseq"},
                )
            found[concept][party] = are_deterred(conflict, party, least)
    return found


def _least_after(conflict: GraphConflict, moves: BackwardMoves, party: int, horizon: int) -> IntArray:
    """Return O_{h−1}: what a party can be sure of in every state with the others to move first, (F,)."""
    rank: IntArray = conflict.rank[party].astype(np.int64)
    others = others_of(conflict, party)
    values = rank
    last = None
    for left in range(horizon - 2, -1, -1):
        if left % 2:
            values = np.asarray(np.maximum(rank, best_after(conflict, party, values)))
            continue
        values = np.asarray(np.minimum(rank, least_reached(moves, others, values)))
        if last is not None and np.array_equal(values, last):
            break
        last = values
    return values


def maximin_stable_in_graph(conflict: GraphConflict, horizon: int, *, reporter: Reporter | None = None) -> BoolArray:
    """Tell which states are stable for which party if it looks some moves ahead and fears the worst, (P, F).

    Parameters
    ----------
    horizon : int
        Moves looked ahead, at least 1: the party's own, then the others' together, and so on in turn; each may stay.

    Raises
    ------
    OptionError
        If the horizon is below 1.

    Notes
    -----
    With F₀ = O₀ = r_i, F_k(s) = max(r_i(s), max over R_i(s) of O_{k−1}) and O_k(s) = min(r_i(s), min over what the
    others can reach from s of F_{k−1}), s is stable iff O_{h−1} ≤ r_i(s) in all of R_i(s).  Horizons 1, 2 and 3 are
    Nash, GMR and SMR.  Only every second of the F and of the O matters for one horizon; both go one way as the horizon
    grows by two, so that they come to rest, and then the horizon does not matter any more.
    """
    if horizon < 1:
        raise OptionError(f"the horizon must be at least 1, got {horizon}")
    reporter = reporter or Reporter(None)
    moves = turn_back(conflict)
    stable = np.zeros(conflict.rank.shape, dtype=np.bool_)
    for party in range(conflict.n_parties):
        reporter.report("maximin stability", fraction=party / conflict.n_parties)
        stable[party] = are_deterred(conflict, party, _least_after(conflict, moves, party, horizon))
    return stable
