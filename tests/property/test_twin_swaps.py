"""Swaps of neighbours, one by one, against the literal twin; and least changes against what the swaps do."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from detente.analysis.result import Status
from detente.analysis.stability.swaps import SwapAnalysis, analyse_swaps
from detente.case import Case, OrdinalPreference, Statements, Tiers
from detente.kernel.conflict import CONCEPTS
from tests.oracle.inverse import order_of, with_orders
from tests.oracle.random_conflicts import case_of_graph, random_conflict, random_graph
from tests.oracle.stability import Situation, equilibria
from tests.oracle.stability_of_cases import situation_of

BATCH = 25

Effects = dict[tuple[str, str, int], tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]]


def _effect(before: Situation, after: Situation) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    lost: dict[str, tuple[int, ...]] = {}
    gained: dict[str, tuple[int, ...]] = {}
    for concept in CONCEPTS:
        was, is_now = equilibria(before, concept), equilibria(after, concept)
        ended = tuple(index for index, s in enumerate(before.states) if s in was and s not in is_now)
        begun = tuple(index for index, s in enumerate(before.states) if s not in was and s in is_now)
        if ended:
            lost[concept] = ended
        if begun:
            gained[concept] = begun
    return lost, gained


def _swaps_of_ranks(situation: Situation) -> Effects:
    found: Effects = {}
    for party in situation.parties:
        order = order_of(situation, party)
        values = sorted(set(order), reverse=True)
        for place, (above, below) in enumerate(pairwise(values), start=1):
            turn = {above: below, below: above}
            changed = with_orders(situation, {party: [turn.get(value, value) for value in order]})
            found[party, "ranks", place] = _effect(situation, changed)
    return found


def _swaps_of_statements(case: Case, situation: Situation) -> Effects:
    found: Effects = {}
    for party, given in case.preferences.items():
        items = given.statements if isinstance(given, Statements) else given.tiers if isinstance(given, Tiers) else ()
        for first in range(len(items) - 1):
            order = [*range(first), first + 1, first, *range(first + 2, len(items))]
            other: OrdinalPreference
            if isinstance(given, Statements):
                other = Statements(statements=tuple(given.statements[place] for place in order))
            else:
                assert isinstance(given, Tiers)
                other = Tiers(tiers=tuple(given.tiers[place] for place in order))
            changed = situation_of(replace(case, preferences={**case.preferences, party: other}))
            found[party, "statements", first + 1] = _effect(situation, changed)
    return found


def _check(result: SwapAnalysis, expected: Effects) -> None:
    assert result.n_swaps == len(expected)
    assert result.n_untried == 0
    found = {(swap.party, swap.kind, swap.place): (swap.lost, swap.gained) for swap in result.swaps}
    assert found == {key: effect for key, effect in expected.items() if effect != ({}, {})}


@pytest.mark.parametrize("first", range(0, 150, BATCH))
def test_swaps_in_the_product_form(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = random_conflict(seed, n_measures=1 + seed % 4, n_parties=1 + seed % 3)
        situation = situation_of(case)
        result = analyse_swaps(case, states=[])
        assert result.status is Status.ANSWERED
        _check(result, {**_swaps_of_statements(case, situation), **_swaps_of_ranks(situation)})


@pytest.mark.parametrize("first", range(0, 150, BATCH))
def test_swaps_in_the_graph_form(first: int) -> None:
    for seed in range(first, first + BATCH):
        situation = random_graph(seed, n_states=2 + seed % 8, n_parties=1 + seed % 3)
        _check(analyse_swaps(case_of_graph(situation), states=[]), _swaps_of_ranks(situation))


@pytest.mark.parametrize("first", range(0, 50, BATCH))
def test_no_swap_alters_more_than_the_least_change_says(first: int) -> None:
    """A swap of neighbours changes as many pairs as its places have; no less can do than the least change."""
    for seed in range(first, first + BATCH):
        case = case_of_graph(random_graph(seed, n_states=2 + seed % 4, n_parties=1 + seed % 3))
        result = analyse_swaps(case)
        least = {(t.state, t.concept, t.party): t.distance for t in result.tolerances}
        assert len(least) == result.conflict.n_states * len(CONCEPTS) * len(result.conflict.parties)
        for swap in result.swaps:
            for changed in (swap.lost, swap.gained):
                for concept, states in changed.items():
                    for state in states:
                        distance = least[state, concept, swap.party]
                        assert distance is not None
                        assert distance <= len(swap.upper) * len(swap.lower)
