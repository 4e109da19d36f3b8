"""Stability under any relations, of which orders are one case: who would move where, and what deters whom.

Preferences may be unknown between some states, or strong or mild; then one number per state cannot say them.  Here
they are given as two relations for each party, every pair of states one by one: *moves_on*, from s the party would move
to t, and *deterred_by*, ending up in t keeps it from leaving s.  With an order, the first is "t is better than s" and
the second "t is no better than s", and the concepts are those of §9 of the model.  Memory grows with the square of the
number of states.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.errors import LimitError
from detente.kernel.closures import Movers, Reach, close, pack
from detente.kernel.compiled import compiled
from detente.kernel.conflict import CONCEPTS, Arcs, GraphConflict, Int32Array, origins
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter


def relation_bytes(n_parties: int, n_states: int) -> int:
    """Return about how many bytes the relations of a conflict and the search on them take."""
    return n_states * n_states * (5 * n_parties + 12)


def require_room(n_parties: int, n_states: int, memory: float) -> None:
    """Check that there is memory for relations between all states.

    Raises
    ------
    LimitError
        If there is not.
    """
    needed = relation_bytes(n_parties, n_states)
    if needed > memory:
        raise LimitError(
            f"the conflict has {n_states:,} states; comparing each with each takes about {needed / 2**30:,.1f} GiB "
            f"and {memory / 2**30:,.1f} GiB are allowed. State more infeasible patterns, leave measures out, or allow "
            "more memory."
        )


def improves(graph: GraphConflict) -> BoolArray:
    """Tell of each party and pair of states, (P, F, F), whether the second is better than the first by its ranks."""
    return np.asarray(graph.rank[:, None, :] > graph.rank[:, :, None])


def _filtered(arcs: Arcs, keep: BoolArray) -> tuple[IntArray, Int32Array]:
    """Return the arcs to keep, as where those of each state begin, and their ends."""
    counts = np.bincount(origins(arcs)[keep], minlength=arcs.start.size - 1)
    start = np.zeros(arcs.start.size, dtype=np.int64)
    np.cumsum(counts, out=start[1:])
    return start, arcs.target[keep]


def _movers(graph: GraphConflict, members: int, answers_on: BoolArray | None) -> Movers:
    """List who can move within a group, along the arcs that all who make the move would take; along all, if None."""
    listed = [(party, True, 1 << party, arcs) for party, arcs in enumerate(graph.arcs)]
    for move in graph.common:
        is_several = move.coalition & (move.coalition - 1) != 0
        layer = graph.n_parties if is_several else move.coalition.bit_length() - 1
        listed.append((layer, False, move.coalition, move.arcs))
    inside = [entry for entry in listed if entry[2] & ~members == 0]
    starts, targets = [], []
    shift = 0
    for _, _, coalition, arcs in inside:
        keep = np.ones(arcs.target.size, dtype=np.bool_)
        if answers_on is not None:
            source = origins(arcs)
            for party in range(graph.n_parties):
                if coalition >> party & 1:
                    keep &= answers_on[party][source, arcs.target]
        start, target = _filtered(arcs, keep)
        starts.append(start + shift)
        targets.append(target)
        shift += target.size
    return Movers(
        layers=np.array([layer for layer, *_ in inside], dtype=np.int64),
        is_blocked=np.array([is_blocked for _, is_blocked, _, _ in inside], dtype=np.bool_),
        start=np.array(starts, dtype=np.int64).reshape(len(inside), graph.n_states + 1),
        target=np.concatenate([np.zeros(0, dtype=np.int32), *targets]),
    )


@compiled
def _hold_fast(deterred: Reach, own: Reach, held: Reach) -> None:
    """Mark those of the states that deter, by origin, from which no own move leads to one that does not."""
    for state in range(deterred.shape[0]):
        for word in range(deterred.shape[1]):
            left = deterred[state, word]
            place = word * 64
            while left != np.uint64(0):
                if left & np.uint64(1):
                    is_held = True
                    for other in range(deterred.shape[1]):
                        if own[place, other] & ~deterred[state, other] != np.uint64(0):
                            is_held = False
                            break
                    if is_held:
                        held[state, word] |= np.uint64(1) << np.uint64(place & 63)
                left >>= np.uint64(1)
                place += 1


@compiled
def _all_answered(start: IntArray, target: Int32Array, reached: Reach, sanctions: Reach, stable: BoolArray) -> None:
    """Tell of each state whether every move along the arcs can be answered by some sanction."""
    for state in range(start.size - 1):
        for arc in range(start[state], start[state + 1]):
            is_answered = False
            for word in range(reached.shape[1]):
                if reached[target[arc], word] & sanctions[state, word] != np.uint64(0):
                    is_answered = True
                    break
            if not is_answered:
                stable[state] = False
                break


def stable_under(
    graph: GraphConflict,
    moves_on: BoolArray,
    deterred_by: BoolArray,
    *,
    answers_on: BoolArray | None = None,
    concepts: Sequence[str] = CONCEPTS,
    reporter: Reporter | None = None,
) -> dict[str, BoolArray]:
    """Tell which states are stable when parties move and are deterred by any relations; P parties, F states.

    Parameters
    ----------
    graph : GraphConflict
        Who can move from where to where; its ranks are not looked at.
    moves_on : BoolArray
        Shape (P, F, F): whether a party in the first state would move to the second.
    deterred_by : BoolArray
        Shape (P, F, F): whether ending up in the second state keeps a party from leaving the first.
    answers_on : BoolArray, optional
        Shape (P, F, F): moves that opponents are credited with in SEQ and SSEQ; `moves_on` unless given.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    reporter : Reporter, optional
        Told how far the work is.

    Returns
    -------
    dict of BoolArray
        By concept, shape (P, F).

    Notes
    -----
    s is Nash stable for i iff no arc of i from s is one that i would take; GMR iff from the end t of every such arc
    the others can reach some u with deterred_by[i, s, u]; SMR iff moreover deterred_by[i, s, w] for every arc of i
    from u to w.  SEQ and SSEQ are the same with moves that the others are credited with; a move in common counts if
    all who make it are.  O(P F³/64) at worst.
    """
    asked = [concept for concept in CONCEPTS if concept in concepts]
    n_parties, n_states = graph.n_parties, graph.n_states
    credible = moves_on if answers_on is None else answers_on
    stable = {concept: np.ones((n_parties, n_states), dtype=np.bool_) for concept in asked}
    everybody = (1 << n_parties) - 1
    for party, arcs in enumerate(graph.arcs):
        if reporter is not None:
            reporter.report("stability", fraction=party / n_parties)
        start, target = _filtered(arcs, moves_on[party][origins(arcs), arcs.target])
        sanctions = {False: pack(deterred_by[party])}
        if "smr" in stable or "sseq" in stable:
            own = np.zeros((n_states, n_states), dtype=np.bool_)
            own[origins(arcs), arcs.target] = True
            sanctions[True] = np.zeros_like(sanctions[False])
            _hold_fast(sanctions[False], pack(own), sanctions[True])
        for names, relation in ((("gmr", "smr"), None), (("seq", "sseq"), credible)):
            if not any(name in stable for name in names):
                continue
            reached = close(_movers(graph, everybody & ~(1 << party), relation), n_parties, n_states)
            for name, holds_fast in zip(names, (False, True), strict=True):
                if name in stable:
                    _all_answered(start, target, reached, sanctions[holds_fast], stable[name][party])
        if "nash" in stable:
            stable["nash"][party] = np.diff(start) == 0
    return stable
