"""Stability under any relations agrees with its literal twin, and with an order with the ordinary concepts."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente.kernel.conflict import CONCEPTS, GraphConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.relations import stable_under
from detente.kernel.system import BoolArray
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.relations import Relation, Relations, is_stable
from tests.oracle.stability import Situation
from tests.oracle.stability_arrays import graph_of
from tests.oracle.stability_of_cases import situation_of


def improves(graph: GraphConflict) -> BoolArray:
    return np.asarray(graph.rank[:, None, :] > graph.rank[:, :, None])


def drawn(seed: int) -> Situation:
    random = Random(f"relations {seed}")  # noqa: S311  # no secret depends on it
    if seed % 3:
        return random_graph(seed, n_states=random.randint(2, 12), n_parties=random.choice((2, 3, 4)))
    return situation_of(random_conflict(seed, n_measures=random.randint(2, 4), n_parties=random.choice((2, 3, 4))))


def as_relation(situation: Situation, array: BoolArray) -> Relation:
    party = {i: number for number, i in enumerate(situation.parties)}
    state = {s: number for number, s in enumerate(situation.states)}
    return lambda i, s, t: bool(array[party[i], state[s], state[t]])


@pytest.mark.parametrize("block", range(10))
def test_any_relations_agree_with_the_twin(block: int) -> None:
    for seed in range(30 * block, 30 * (block + 1)):
        situation = drawn(seed)
        shape = (len(situation.parties), len(situation.states), len(situation.states))
        random = np.random.default_rng(seed)
        moves_on, deterred_by, answers_on = (random.random(shape) < random.uniform(0.1, 0.9) for _ in range(3))
        relations = Relations(
            moves_on=as_relation(situation, moves_on),
            deterred_by=as_relation(situation, deterred_by),
            answers_on=as_relation(situation, answers_on),
        )
        found = stable_under(graph_of(situation), moves_on, deterred_by, answers_on=answers_on)
        assert list(found) == list(CONCEPTS)
        for concept in CONCEPTS:
            want = [
                [is_stable(situation, relations, i, s, concept) for s in situation.states] for i in situation.parties
            ]
            assert found[concept].tolist() == want, (seed, concept)


@pytest.mark.parametrize("block", range(10))
def test_with_an_order_the_ordinary_concepts_come_out(block: int) -> None:
    for seed in range(30 * block, 30 * (block + 1)):
        graph = graph_of(drawn(seed))
        better = improves(graph)
        found = stable_under(graph, better, ~better)
        ordinary = find_stable_in_graph(graph)
        for concept in CONCEPTS:
            assert np.array_equal(found[concept], ordinary[concept]), (seed, concept)


def test_only_the_concepts_asked_for_are_judged() -> None:
    graph = graph_of(drawn(1))
    better = improves(graph)
    everything = stable_under(graph, better, ~better)
    for concept in CONCEPTS:
        found = stable_under(graph, better, ~better, concepts=[concept])
        assert list(found) == [concept]
        assert np.array_equal(found[concept], everything[concept])
