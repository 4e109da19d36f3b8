"""What explains behaviour against the literal definitions, on random conflicts in both forms."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from detente.analysis.stability import Behaviour, analyse_behaviour
from detente.analysis.stability.behaviour import Deed
from detente.case import Case
from detente.kernel.conflict import CONCEPTS
from tests.oracle.random_conflicts import case_of_graph, random_conflict, random_graph
from tests.oracle.stability import Position, Situation, is_stable, sanctions
from tests.oracle.stability_of_cases import situation_of

SEEDS = range(120)


def conflict_of(seed: int) -> tuple[Case, Situation]:
    if seed % 2:
        situation = random_graph(seed, n_states=3 + seed % 8, n_parties=2 + seed % 3)
        return case_of_graph(situation), situation
    case = random_conflict(seed, n_measures=2 + seed % 4, n_parties=2 + seed % 3)
    return case, situation_of(case)


def label(situation: Situation, state: Position) -> str | list[str]:
    return state if isinstance(state, str) else sorted(state)


def walk(situation: Situation, seed: int) -> list[Position]:
    random = Random(f"walk {seed}")  # noqa: S311
    path = [random.choice(situation.states)]
    everybody = frozenset(situation.parties)
    for _ in range(random.randint(0, 4)):
        steps = situation.steps(everybody, path[-1], None, improving=random.random() < 0.5)
        if steps:
            path.append(random.choice(steps)[0])
    return path


def observed(seed: int) -> tuple[Behaviour, Situation, list[Position]]:
    case, situation = conflict_of(seed)
    path = walk(situation, seed)
    return analyse_behaviour(case, path=[label(situation, state) for state in path]), situation, path


@pytest.mark.parametrize("seed", SEEDS)
def test_concepts_agree_as_the_definitions_say(seed: int) -> None:
    result, situation, path = observed(seed)
    states = {result.conflict.find(label(situation, state)): state for state in situation.states}
    stays = [entry for entry in result.observations if entry.deed is Deed.STAYS]
    assert [entry.party for entry in stays] == list(situation.parties)
    for entry in result.observations:
        here = states[entry.state]
        assert entry.n_improvements == len(situation.better(entry.party, here))
        for concept in CONCEPTS:
            if entry.target is None:
                assert here == path[-1]
                assert entry.agrees[concept] == is_stable(situation, entry.party, here, concept)
                continue
            there = states[entry.target]
            improves = situation.prefers(entry.party, there, here)
            deterred = concept != "nash" and bool(sanctions(situation, entry.party, here, there, concept))
            assert entry.agrees[concept] == (improves and not deterred)
            assert entry.improves == improves


@pytest.mark.parametrize("seed", SEEDS)
def test_every_step_is_counted_for_whoever_alone_could_make_it(seed: int) -> None:
    result, situation, path = observed(seed)
    counted, uncounted = [], []
    everybody = frozenset(situation.parties)
    for here, there in pairwise(path):
        able = {who for t, who in situation.steps(everybody, here, None, improving=False) if t == there}
        if len(able) == 1 and len(next(iter(able))) == 1:
            counted.append(next(iter(next(iter(able)))))
        else:
            uncounted.append(able)
    assert [entry.party for entry in result.observations if entry.target is not None] == counted
    assert [{frozenset(one) for one in step.movers} for step in result.uncounted] == uncounted


@pytest.mark.parametrize("seed", SEEDS)
def test_a_concept_that_explains_all_explains_each_party(seed: int) -> None:
    result, _, _ = observed(seed)
    shared = [set(result.concepts_for(party)) for party in result.conflict.parties]
    assert set(result.explaining) == set.intersection(*shared)
    counts = {concept: result.count_agreeing(concept) for concept in result.concepts}
    assert {concept for concept, count in counts.items() if count == len(result.observations)} == set(result.explaining)


@pytest.mark.parametrize("seed", SEEDS)
def test_staying_is_explained_more_easily_and_leaving_less_as_concepts_widen(seed: int) -> None:
    result, _, _ = observed(seed)
    for entry in result.observations:
        for narrow, wide in (("nash", "smr"), ("smr", "gmr"), ("sseq", "seq"), ("seq", "gmr"), ("sseq", "smr")):
            first, second = entry.agrees[narrow], entry.agrees[wide]
            assert first <= second if entry.deed is Deed.STAYS else second <= first


def test_enough_is_told_apart() -> None:
    results = [observed(seed)[0] for seed in SEEDS]
    entries = [entry for result in results for entry in result.observations]
    assert sum(entry.tells for entry in entries) > 20
    assert sum(entry.target is not None for entry in entries) > 80
    assert sum(len(result.uncounted) for result in results) > 20
    assert np.mean([bool(result.explaining) for result in results]) > 0.1
