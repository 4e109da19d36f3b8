"""Stability with attitudes against its literal twin, and its laws, on random conflicts in both forms."""

from __future__ import annotations

import numpy as np
import pytest

from detente.kernel.attitudes import AttitudeMatrix, RelationalModel, selfish
from detente.kernel.conflict import GraphConflict, make_arcs
from detente.kernel.graph_stability import find_stable_in_graph
from tests.oracle.attitudes import (
    RELATIONAL,
    Attitudes,
    random_attitudes,
    relationally_stable,
    without_ties,
)
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import Situation
from tests.oracle.stability_arrays import graph_of
from tests.oracle.stability_of_cases import situation_of

PER_BLOCK = 60


def _situation(seed: int) -> Situation:
    if seed % 2:
        return random_graph(seed, n_states=3 + seed % 8, n_parties=2 + seed % 3)
    return situation_of(random_conflict(seed, n_measures=2 + seed % 4, n_parties=2 + seed % 3))


def _matrix(situation: Situation, attitudes: Attitudes) -> AttitudeMatrix:
    return np.array([[attitudes[i][j] for j in situation.parties] for i in situation.parties], dtype=np.int8)


@pytest.mark.parametrize("block", range(5))
def test_the_kernel_is_the_definition(block: int) -> None:
    differences = []
    n_unstable = 0
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        situation = _situation(seed)
        attitudes = random_attitudes(situation, seed)
        found = RelationalModel(graph_of(situation)).stable(_matrix(situation, attitudes))
        for concept in RELATIONAL:
            expected = np.array(relationally_stable(situation, attitudes, concept))
            n_unstable += int((~expected).sum())
            if not np.array_equal(found[concept], expected):
                differences.append((seed, concept))
    assert differences == []
    assert n_unstable > 200


@pytest.mark.parametrize("seed", range(40))
def test_single_states_are_as_in_the_whole(seed: int) -> None:
    situation = _situation(seed)
    matrix = _matrix(situation, random_attitudes(situation, seed))
    model = RelationalModel(graph_of(situation))
    whole = model.stable(matrix)
    chosen = np.arange(0, len(situation.states), 2, dtype=np.int64)
    part = model.stable(matrix, states=chosen)
    assert all(np.array_equal(part[concept], whole[concept][:, chosen]) for concept in RELATIONAL)


@pytest.mark.parametrize("seed", range(6))
def test_single_states_of_many_are_as_in_the_whole(seed: int) -> None:
    situation = random_graph(seed, n_states=150, n_parties=3)
    matrix = _matrix(situation, random_attitudes(situation, seed))
    model = RelationalModel(graph_of(situation))
    whole = model.stable(matrix)
    for state in range(0, 150, 10):
        part = model.stable(matrix, states=np.array([state], dtype=np.int64))
        assert all(np.array_equal(part[concept][:, 0], whole[concept][:, state]) for concept in RELATIONAL)


def test_whom_nobody_can_answer_nothing_deters() -> None:
    alone = GraphConflict(
        arcs=(make_arcs(2, np.array([0]), np.array([1])),), common=(), rank=np.array([[0, 1]], dtype=np.int32)
    )
    found = RelationalModel(alone).stable(np.zeros((1, 1), dtype=np.int8))
    assert {concept: stable.tolist() for concept, stable in found.items()} == {
        concept: [[False, True]] for concept in RELATIONAL
    }


@pytest.mark.parametrize("seed", range(40))
def test_attitudes_to_oneself_alone_are_the_ordinary_analysis(seed: int) -> None:
    conflict = graph_of(_situation(seed))
    ordinary = find_stable_in_graph(conflict, RELATIONAL)
    found = RelationalModel(conflict).stable(selfish(conflict.n_parties))
    assert all(np.array_equal(found[concept], ordinary[concept]) for concept in RELATIONAL)


@pytest.mark.parametrize("seed", range(40))
def test_a_party_that_looks_to_one_party_alone_has_its_ranks_or_their_reverse(seed: int) -> None:
    conflict = graph_of(_situation(seed))
    random = np.random.default_rng(np.random.SeedSequence(seed))
    whom = random.integers(0, conflict.n_parties, conflict.n_parties)
    sign = random.choice([-1, 1], conflict.n_parties)
    matrix = np.zeros((conflict.n_parties, conflict.n_parties), dtype=np.int8)
    matrix[np.arange(conflict.n_parties), whom] = sign
    rank = (conflict.rank[whom] * sign[:, None]).astype(np.int32)
    changed = GraphConflict(arcs=conflict.arcs, common=conflict.common, rank=rank)
    ordinary = find_stable_in_graph(changed, RELATIONAL)
    found = RelationalModel(conflict).stable(matrix)
    assert all(np.array_equal(found[concept], ordinary[concept]) for concept in RELATIONAL)


@pytest.mark.parametrize("seed", range(40))
def test_relational_concepts_follow_from_each_other_as_the_ordinary_ones_do(seed: int) -> None:
    situation = _situation(seed)
    found = RelationalModel(graph_of(situation)).stable(_matrix(situation, random_attitudes(situation, seed)))
    assert not (found["nash"] & ~found["smr"]).any()
    assert not (found["smr"] & ~found["gmr"]).any()
    assert not (found["nash"] & ~found["seq"]).any()
    assert not (found["seq"] & ~found["gmr"]).any()


@pytest.mark.parametrize("seed", range(40))
def test_without_ties_the_program_agrees_with_the_published_form(seed: int) -> None:
    situation = without_ties(_situation(seed), seed)
    attitudes = random_attitudes(situation, seed)
    found = RelationalModel(graph_of(situation)).stable(_matrix(situation, attitudes))
    for concept in RELATIONAL:
        published = relationally_stable(situation, attitudes, concept, published=True)
        assert found[concept].tolist() == published


@pytest.mark.parametrize("seed", range(40))
def test_more_attitudes_leave_fewer_replies(seed: int) -> None:
    situation = _situation(seed)
    attitudes = random_attitudes(situation, seed)
    fewer = {i: dict(row) for i, row in attitudes.items()}
    for row in fewer.values():
        row[situation.parties[-1]] = 0
    model = RelationalModel(graph_of(situation))
    many = model.stable(_matrix(situation, attitudes), ("nash",))["nash"]
    few = model.stable(_matrix(situation, fewer), ("nash",))["nash"]
    assert not (few & ~many).any()
