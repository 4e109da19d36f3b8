"""Coalitions, and what they reach in how many moves, are as in the literal implementation on random conflicts (§9)."""

from __future__ import annotations

import pytest

from detente.conflict import build_conflict
from detente.kernel.coalition_stability import find_stable_for_coalitions
from detente.kernel.conflict import GraphConflict, ProductConflict
from detente.kernel.graph_paths import reach
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import (
    Situation,
    all_coalitions,
    coalition_improvements,
    first_reached,
    is_coalition_stable,
    shortest_paths,
)
from tests.oracle.stability_arrays import graph_of, mask_of
from tests.oracle.stability_of_cases import situation_of

BLOCKS = range(4)
PER_BLOCK = 30
CONCEPTS = {"cnash": "nash", "cgmr": "gmr", "csmr": "smr", "cseq": "seq"}
"""The concept of one party that each concept of a coalition is like."""


def drawn(seed: int) -> tuple[Situation, list[ProductConflict | GraphConflict]]:
    """A conflict on measures, or every other time a graph, with its arrays in the forms it has."""
    n_parties = 2 + seed // 2 % 3
    if seed % 2:
        situation = random_graph(seed, n_states=2 + seed % 10, n_parties=n_parties)
        return situation, [graph_of(situation)]
    case = random_conflict(seed, n_measures=2 + seed % 4, n_parties=n_parties)
    conflict = build_conflict(case)
    return situation_of(case), [conflict.form, conflict.graph]


def literally(situation: Situation, concept: str, *, pareto: bool) -> list[list[bool]]:
    return [
        [is_coalition_stable(situation, h, s, concept, pareto=pareto) for s in situation.states]
        for h in all_coalitions(situation)
    ]


@pytest.mark.parametrize("pareto", [False, True], ids=["strict", "pareto"])
@pytest.mark.parametrize("block", BLOCKS)
def test_stability_for_coalitions_is_the_twins(block: int, pareto: bool) -> None:
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        situation, forms = drawn(seed)
        masks = [mask_of(situation, h) for h in all_coalitions(situation)]
        wanted = {name: literally(situation, concept, pareto=pareto) for name, concept in CONCEPTS.items()}
        n_improvements = [
            [len(coalition_improvements(situation, h, s, pareto=pareto)) for s in situation.states]
            for h in all_coalitions(situation)
        ]
        for form in forms:
            found = find_stable_for_coalitions(form, masks, pareto=pareto)
            assert list(found.coalitions) == masks
            assert {name: stable.tolist() for name, stable in found.stable.items()} == wanted, (seed, form, situation)
            assert found.n_improvements.tolist() == n_improvements


@pytest.mark.parametrize("improvements", [False, True], ids=["moves", "improvements"])
@pytest.mark.parametrize("block", BLOCKS)
def test_what_a_group_reaches_is_the_twins(block: int, improvements: bool) -> None:
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        situation, _ = drawn(seed)
        graph = graph_of(situation)
        number = {s: index for index, s in enumerate(situation.states)}
        for members in all_coalitions(situation):
            for source in situation.states[:12]:
                got = reach(graph, mask_of(situation, members), number[source], improvements=improvements)
                want = situation.reach(members, source, improving=improvements)
                last = {number[t]: mask_of(situation, frozenset().union(*omega)) for t, omega in want.items()}
                assert dict(zip(got.states.tolist(), got.last_movers, strict=True)) == last, (seed, members, source)


@pytest.mark.parametrize("improvements", [False, True], ids=["moves", "improvements"])
def test_the_shortest_ways_from_a_state_are_the_twins(improvements: bool) -> None:
    for seed in range(40):
        situation, _ = drawn(seed)
        graph = graph_of(situation)
        source = situation.states[seed % len(situation.states)]
        everybody = mask_of(situation, situation.parties)
        got = reach(graph, everybody, situation.states.index(source), improvements=improvements)
        n_moves = dict(zip(got.states.tolist(), got.n_moves.tolist(), strict=True))
        want = first_reached(situation, source, improving=improvements)
        for index, state in enumerate(situation.states):
            if state == source:
                continue  # a way back to the source is not told by the steps to it, which are none
            assert n_moves.get(index) == want.get(state), (seed, state)
            if index in n_moves and n_moves[index] <= 4:
                way = tuple((step.movers, step.state) for step in got.path_to(index))
                known = shortest_paths(situation, source, state, improving=improvements)
                assert way in {
                    tuple((mask_of(situation, who), situation.states.index(t)) for who, t in path) for path in known
                }
