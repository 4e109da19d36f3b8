"""Which states are stable for whom, where states are sets of measures (§9 of the model).

A party i that thinks of leaving s for a better s₁ asks what the others may make of s₁.  The worst of it is one number,
the least value over all that they reach from s₁; s is stable if no move of i has a worst that is better than s.  GMR
and SEQ count what a state is worth to i, SMR and SSEQ what i could still make of it; GMR and SMR let the others make
any moves, SEQ and SSEQ improvements only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.conflict import (
    CONCEPTS,
    GraphConflict,
    Int32Array,
    ProductConflict,
    coalition_arcs,
    is_improvement,
    origins,
    to_graph,
)
from detente.kernel.system import BoolArray
from detente.progress import Reporter


@compiled
def _relax(source: Int32Array, target: Int32Array, allowed: BoolArray, least: Int32Array) -> bool:
    changed = False
    for arc in range(source.size - 1, -1, -1):
        if allowed[arc] and least[target[arc]] < least[source[arc]]:
            least[source[arc]] = least[target[arc]]
            changed = True
    return changed


def _least_reached(graph: GraphConflict, party: int, values: Int32Array, *, improvements: bool) -> Int32Array:
    least = values.copy()
    others = (1 << graph.n_parties) - 1 - (1 << party)
    steps = []
    for movers, arcs in coalition_arcs(graph, others):
        allowed = is_improvement(graph, movers, arcs) if improvements else np.ones(arcs.target.size, dtype=np.bool_)
        steps.append((origins(arcs), arcs.target, allowed))
    while any([_relax(*step, least) for step in steps]):
        pass
    return least


def _best_move(graph: GraphConflict, party: int, values: Int32Array) -> Int32Array:
    best = values.copy()
    np.maximum.at(best, origins(graph.arcs[party]), values[graph.arcs[party].target])
    return best


def find_stable(
    conflict: ProductConflict, concepts: Sequence[str] = CONCEPTS, *, reporter: Reporter | None = None
) -> dict[str, BoolArray]:
    """Tell which states are stable for which party by each concept.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    concepts : sequence of str
        Some of `CONCEPTS`.
    reporter : Reporter, optional
        Told how far the work is.

    Returns
    -------
    dict of str to BoolArray
        Shape (P, F) each, in the order of `concepts`.
    """
    graph = to_graph(conflict)
    stable = {concept: np.zeros(conflict.rank.shape, dtype=np.bool_) for concept in concepts}
    for party, rank in enumerate(conflict.rank):
        if reporter is not None:
            reporter.report("finding stable states", fraction=party / conflict.n_parties)
        escape = _best_move(graph, party, rank)
        for concept in concepts:
            if concept == "nash":
                stable[concept][party] = escape <= rank
                continue
            values = escape if concept in ("smr", "sseq") else rank
            least = _least_reached(graph, party, values, improvements=concept in ("seq", "sseq"))
            stable[concept][party] = _best_move(graph, party, np.minimum(rank, least)) <= rank
    return stable


def maximin_stable(conflict: ProductConflict, horizon: int) -> BoolArray:
    """Tell which states are stable for which party by maximin stability of a horizon: (P, F)."""
    graph = to_graph(conflict)
    stable = np.zeros(conflict.rank.shape, dtype=np.bool_)
    for party, rank in enumerate(conflict.rank):
        own, others = rank, rank
        for _ in range(horizon - 1):
            own, others = (
                _best_move(graph, party, np.maximum(rank, others)),
                np.minimum(rank, _least_reached(graph, party, own, improvements=False)),
            )
        stable[party] = _best_move(graph, party, others) <= rank
    return stable
