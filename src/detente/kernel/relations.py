"""Stability under any relations, of which orders are one case: who would move where, and what deters whom.

Preferences may be unknown between some states, or strong or mild; then one number per state cannot say them.  Here
they are given as two relations for each party, every pair of states one by one: *moves_on*, from s the party would move
to t, and *deterred_by*, ending up in t keeps it from leaving s.  With an order, the first is "t is better than s" and
the second "t is no better than s", and the concepts are those of §9 of the model.  A relation is kept as a set of
states for each state, one bit each, so memory grows with the square of the number of states.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from detente.errors import LimitError
from detente.kernel.closures import Movers, Reach, are_in, close, pack
from detente.kernel.compiled import compiled
from detente.kernel.conflict import CONCEPTS, Arcs, GraphConflict, Int32Array, origins
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter


class Variant(NamedTuple):
    """One way to take the preferences of a party: relations as sets of states, (F, words) each.

    `moves_on` holds what the party would move to, `deterred_by` what keeps it where it is.
    """

    moves_on: Reach
    deterred_by: Reach


def relation_bytes(n_parties: int, n_states: int) -> int:
    """Return about how many bytes the relations of a conflict and the search on them take."""
    return n_states * n_states // 8 * (3 * n_parties + 8) + 48 * (n_parties + 1) * n_states


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


def _filtered(arcs: Arcs, keep: BoolArray) -> tuple[IntArray, Int32Array]:
    """Return the arcs to keep, as where those of each state begin, and their ends."""
    counts = np.bincount(origins(arcs)[keep], minlength=arcs.start.size - 1)
    start = np.zeros(arcs.start.size, dtype=np.int64)
    np.cumsum(counts, out=start[1:])
    return start, arcs.target[keep]


def _movers(graph: GraphConflict, members: int, answers_on: Sequence[Reach] | None) -> Movers:
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
                    keep &= are_in(answers_on[party], source, arcs.target)
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
def _all_answered(start: IntArray, target: Int32Array, reached: Reach, sanctions: Reach, stable: BoolArray) -> None:
    """Tell of each state whether every move along the arcs can be answered by something that deters."""
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


@compiled
def _all_answered_for_good(
    start: IntArray,
    target: Int32Array,
    own_start: IntArray,
    own_target: Int32Array,
    reached: Reach,
    sanctions: Reach,
    stable: BoolArray,
) -> None:
    """Tell the same where an answer counts only if no own move leads from it to something that does not deter.

    Symbols: of the states that deter from leaving the one at hand, those known to count and those known not to.
    """
    words = reached.shape[1]
    counts = np.zeros(words, dtype=np.uint64)
    fails = np.zeros(words, dtype=np.uint64)
    for state in range(start.size - 1):
        if start[state] == start[state + 1]:
            continue
        counts[:] = np.uint64(0)
        fails[:] = np.uint64(0)
        for arc in range(start[state], start[state + 1]):
            is_answered = False
            for word in range(words):
                hits = reached[target[arc], word] & sanctions[state, word]
                if hits & counts[word] != np.uint64(0):
                    is_answered = True
                    break
            word = 0
            while not is_answered and word < words:
                left = reached[target[arc], word] & sanctions[state, word] & ~fails[word]
                place = word * 64
                while left != np.uint64(0) and not is_answered:
                    if left & np.uint64(1):
                        is_answered = True
                        for own in range(own_start[place], own_start[place + 1]):
                            end = own_target[own]
                            if (sanctions[state, end >> 6] >> np.uint64(end & 63)) & np.uint64(1) == np.uint64(0):
                                is_answered = False
                                break
                        bit = np.uint64(1) << np.uint64(place & 63)
                        if is_answered:
                            counts[word] |= bit
                        else:
                            fails[word] |= bit
                    left >>= np.uint64(1)
                    place += 1
                word += 1
            if not is_answered:
                stable[state] = False
                break


def judge_variants(
    graph: GraphConflict,
    variants: Callable[[int], Sequence[Variant]],
    answers_on: Sequence[Reach],
    *,
    concepts: Sequence[str] = CONCEPTS,
    reporter: Reporter | None = None,
) -> list[dict[str, BoolArray]]:
    """Tell which states are stable by several ways to take the parties' preferences; P parties, F states.

    Parameters
    ----------
    graph : GraphConflict
        Who can move from where to where; its ranks are not looked at.
    variants : callable
        Called with each party in turn: its relations in each of the ways, the same number for every party.
    answers_on : sequence of Reach
        By party, (F, words): moves that opponents are credited with in SEQ and SSEQ, in all ways alike.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.
    reporter : Reporter, optional
        Told how far the work is.

    Returns
    -------
    list of dict of BoolArray
        For each way by concept, shape (P, F).

    Notes
    -----
    s is Nash stable for i iff no arc of i from s is one that i would take; GMR iff from the end t of every such arc
    the others can reach some u that deters i from leaving s; SMR iff moreover everything that i can move to from u
    deters it too.  SEQ and SSEQ are the same with moves that the others are credited with; a move in common counts if
    all who make it are.  What the others reach is built once per party.  O(P F³/64) at worst.
    """
    asked = [concept for concept in CONCEPTS if concept in concepts]
    n_parties, n_states = graph.n_parties, graph.n_states
    everybody = (1 << n_parties) - 1
    found: list[dict[str, BoolArray]] = []
    for party, arcs in enumerate(graph.arcs):
        if reporter is not None:
            reporter.report("stability", fraction=party / n_parties)
        ways = variants(party)
        kept = [_filtered(arcs, are_in(way.moves_on, origins(arcs), arcs.target)) for way in ways]
        if not found:
            found = [
                {concept: np.ones((n_parties, n_states), dtype=np.bool_) for concept in asked} for _ in range(len(ways))
            ]
        for stable, (start, _) in zip(found, kept, strict=True):
            if "nash" in stable:
                stable["nash"][party] = np.diff(start) == 0
        for plain, lasting, relation in (("gmr", "smr", None), ("seq", "sseq", answers_on)):
            if plain not in asked and lasting not in asked:
                continue
            reached = close(_movers(graph, everybody & ~(1 << party), relation), n_parties, n_states)
            for stable, way, (start, target) in zip(found, ways, kept, strict=True):
                if plain in stable:
                    _all_answered(start, target, reached, way.deterred_by, stable[plain][party])
                if lasting in stable:
                    _all_answered_for_good(
                        start, target, arcs.start, arcs.target, reached, way.deterred_by, stable[lasting][party]
                    )
    return found


def stable_under(
    graph: GraphConflict,
    moves_on: BoolArray,
    deterred_by: BoolArray,
    *,
    answers_on: BoolArray | None = None,
    concepts: Sequence[str] = CONCEPTS,
) -> dict[str, BoolArray]:
    """Tell which states are stable when parties move and are deterred by relations, all in full.

    Parameters
    ----------
    graph : GraphConflict
        Who can move from where to where.
    moves_on : BoolArray
        Shape (P, F, F): whether a party in the first state would move to the second.
    deterred_by : BoolArray
        Shape (P, F, F): whether ending up in the second state keeps a party from leaving the first.
    answers_on : BoolArray, optional
        Shape (P, F, F): moves that opponents are credited with in SEQ and SSEQ; `moves_on` unless given.
    concepts : sequence of str
        Some of nash, gmr, smr, seq and sseq.

    Returns
    -------
    dict of BoolArray
        By concept, shape (P, F).
    """
    credible = [pack(relation) for relation in (moves_on if answers_on is None else answers_on)]
    [found] = judge_variants(
        graph,
        lambda party: [Variant(pack(moves_on[party]), pack(deterred_by[party]))],
        credible,
        concepts=concepts,
    )
    return found
