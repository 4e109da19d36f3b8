"""Situations as the arrays that the program computes on, and as matrices: states by their place in the list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from detente.kernel.conflict import Arcs, CommonArcs, GraphConflict, make_arcs
from tests.oracle.stability import Position, Situation
from tests.oracle.stability_matrix import BoolMatrix, MatrixConflict


def mask_of(situation: Situation, members: Iterable[str]) -> int:
    """Write a coalition as bit i for the i-th party."""
    return sum(1 << situation.parties.index(i) for i in members)


def _pairs(situation: Situation, leads: Mapping[Position, tuple[Position, ...]]) -> tuple[list[int], list[int]]:
    number = {s: index for index, s in enumerate(situation.states)}
    pairs = [(number[s], number[t]) for s in situation.states for t in leads.get(s, ())]
    return [a for a, _ in pairs], [b for _, b in pairs]


def _arcs(situation: Situation, leads: Mapping[Position, tuple[Position, ...]]) -> Arcs:
    sources, targets = _pairs(situation, leads)
    return make_arcs(len(situation.states), np.array(sources, dtype=np.int64), np.array(targets, dtype=np.int64))


def graph_of(situation: Situation) -> GraphConflict:
    """The conflict in the program's graph form."""
    return GraphConflict(
        arcs=tuple(_arcs(situation, situation.moves[i]) for i in situation.parties),
        common=tuple(
            CommonArcs(coalition=mask_of(situation, t.coalition), arcs=_arcs(situation, t.leads))
            for t in situation.together
        ),
        rank=np.array([[situation.place[i][s] for s in situation.states] for i in situation.parties], dtype=np.int32),
    )


def matrices_of(situation: Situation) -> MatrixConflict:
    """The conflict as matrices."""

    def matrix(leads: Mapping[Position, tuple[Position, ...]]) -> BoolMatrix:
        filled = np.zeros((len(situation.states), len(situation.states)), dtype=np.bool_)
        filled[_pairs(situation, leads)] = True
        return filled

    return MatrixConflict(
        moves=tuple(matrix(situation.moves[i]) for i in situation.parties),
        common=tuple((mask_of(situation, t.coalition), matrix(t.leads)) for t in situation.together),
        rank=np.array([[situation.place[i][s] for s in situation.states] for i in situation.parties], dtype=np.int64),
    )
