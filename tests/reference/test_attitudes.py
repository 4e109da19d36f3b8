"""Published results on stability with attitudes.

Inohara and Hipel (2009) prove, for preferences that are complete and antisymmetric (no ties): with discrete attitudes
(each party positive toward itself, neutral toward all others) every relational concept is the conventional one; and
with totally neutral attitudes relational Nash stability is relational SMR, and relational GMR is relational SEQ.  Both
are reproduced here on many conflicts, in the program and in the literal form of the definitions.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.kernel.attitudes import RelationalModel, selfish
from detente.kernel.conflict import GraphConflict, make_arcs
from detente.kernel.graph_stability import find_stable_in_graph
from tests.oracle.attitudes import RELATIONAL, relationally_stable, without_ties
from tests.oracle.attitudes import selfish as selfish_attitudes
from tests.oracle.random_conflicts import random_graph
from tests.oracle.stability import stable_states
from tests.oracle.stability_arrays import graph_of

SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_inohara_hipel_2009_discrete_attitudes(seed: int) -> None:
    situation = without_ties(random_graph(seed, n_states=4 + seed % 6, n_parties=2 + seed % 3), seed)
    conflict = graph_of(situation)
    relational = RelationalModel(conflict).stable(selfish(conflict.n_parties))
    conventional = find_stable_in_graph(conflict, RELATIONAL)
    for concept in RELATIONAL:
        assert np.array_equal(relational[concept], conventional[concept])
        literal = relationally_stable(situation, selfish_attitudes(situation), concept, published=True)
        assert literal == list(stable_states(situation, concept).values())


@pytest.mark.parametrize("seed", SEEDS)
def test_inohara_hipel_2009_totally_neutral_attitudes(seed: int) -> None:
    situation = without_ties(random_graph(seed, n_states=4 + seed % 6, n_parties=2 + seed % 3), seed)
    conflict = graph_of(situation)
    neutral = np.zeros((conflict.n_parties, conflict.n_parties), dtype=np.int8)
    found = RelationalModel(conflict).stable(neutral)
    assert np.array_equal(found["nash"], found["smr"])
    assert np.array_equal(found["gmr"], found["seq"])
    nobody = {i: dict.fromkeys(situation.parties, 0) for i in situation.parties}
    for concept in RELATIONAL:
        assert found[concept].tolist() == relationally_stable(situation, nobody, concept, published=True)


def test_totally_neutral_attitudes_tell_gmr_from_nash() -> None:
    """The propositions would be empty if all four were one: here two parties can undo what the other does."""
    there_and_back = make_arcs(2, np.array([0, 1]), np.array([1, 0]))
    rank = np.array([[1, 0], [0, 1]], dtype=np.int32)
    conflict = GraphConflict(arcs=(there_and_back, there_and_back), common=(), rank=rank)
    found = RelationalModel(conflict).stable(np.zeros((2, 2), dtype=np.int8))
    assert not found["nash"].any()
    assert not found["smr"].any()
    assert found["gmr"].all()
    assert found["seq"].all()


def prisoners_dilemma() -> GraphConflict:
    """States 0 DD, 1 CD, 2 DC, 3 CC: bit 0 is whether row cooperates, bit 1 column."""
    row = make_arcs(4, np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2]))
    column = make_arcs(4, np.array([0, 2, 1, 3]), np.array([2, 0, 3, 1]))
    return GraphConflict(arcs=(row, column), common=(), rank=np.array([[1, 0, 3, 2], [1, 3, 0, 2]], dtype=np.int32))


@pytest.mark.parametrize(
    ("attitudes", "nash", "seq"),
    [
        # the classic: Fang, Hipel and Kilgour (1993)
        ([[1, 0], [0, 1]], [0], [0, 3]),
        # by hand: each plays for the other alone, so everybody cooperates whatever the other does
        ([[0, 1], [1, 0]], [3], [3]),
        # by hand: no flip of one party serves both, so nobody finds any move consistent
        ([[1, 1], [1, 1]], [0, 1, 2, 3], [0, 1, 2, 3]),
        # by hand: defecting serves oneself and harms the other; from CC it is answered by the same, which deters
        ([[1, -1], [-1, 1]], [0], [0, 3]),
        # by hand: both want column worse off, and 2, row defecting on a cooperating column, is the worst for it
        ([[0, -1], [0, -1]], [2], [2]),
    ],
)
def test_the_prisoners_dilemma_with_attitudes(attitudes: list[list[int]], nash: list[int], seq: list[int]) -> None:
    found = RelationalModel(prisoners_dilemma()).stable(np.array(attitudes, dtype=np.int8))
    assert np.flatnonzero(found["nash"].all(axis=0)).tolist() == nash
    assert np.flatnonzero(found["seq"].all(axis=0)).tolist() == seq
