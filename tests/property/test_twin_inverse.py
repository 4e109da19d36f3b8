"""Least changes of preferences against a twin that tries every order of the states, and every list of statements."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from detente.analysis.result import Status
from detente.analysis.stability.inverse import find_inverse
from detente.case import Case, OrdinalPreference, Statements, Tiers
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS, Int32Array
from detente.kernel.least_changes import least_from_stability, least_to_stability, own_fall, own_lift
from detente.kernel.nearest_orders import Demand, nearest_distance, nearest_order
from detente.kernel.preference_search import Deadline
from detente.kernel.sanctions import Judge
from detente.kernel.stability_conditions import conditions_for_stability
from detente.progress import Reporter
from tests.oracle.inverse import (
    all_orders,
    distance,
    is_equilibrium,
    least_change,
    lists_by_swaps,
    order_of,
    own_change,
    with_orders,
)
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import Situation, is_stable
from tests.oracle.stability_arrays import graph_of
from tests.oracle.stability_of_cases import situation_of

BATCH = 30


def _order(values: tuple[int, ...]) -> Int32Array:
    return np.array(values, dtype=np.int32)


def _demand(random: Random, n_states: int) -> Demand:
    upper, lower = random.sample(range(n_states), 2)
    return Demand(upper, lower, is_strict=random.random() < 0.5)


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_the_nearest_order_that_meets_demands(first: int) -> None:
    random = Random(first)  # noqa: S311
    for _ in range(100):
        n_states = random.choice((2, 3, 4, 5))
        own = tuple(random.randint(0, random.choice((1, n_states))) for _ in range(n_states))
        demands = [_demand(random, n_states) for _ in range(random.randint(1, 4))]
        least = min(
            (
                distance(own, order)
                for order in all_orders(n_states)
                if all(demand.is_met(_order(order)) for demand in demands)
            ),
            default=None,
        )
        found = nearest_order(_order(own), demands)
        assert nearest_distance(_order(own), demands) == (None if least is None else 2 * least)
        assert (found is None) == (least is None)
        if found is not None:
            assert all(demand.is_met(found.order) for demand in demands)
            assert distance(own, found.order.tolist()) == least


@pytest.mark.parametrize("seed", range(20))
def test_states_that_nothing_is_asked_of_keep_company(seed: int) -> None:
    random = Random(f"blocks {seed}")  # noqa: S311
    own = tuple(random.randint(0, random.choice((2, 6))) for _ in range(6))
    demand = _demand(random, 6)
    least = min(distance(own, order) for order in all_orders(6) if demand.is_met(_order(order)))
    assert nearest_distance(_order(own), [demand]) == 2 * least


@pytest.mark.parametrize("first", range(0, 150, BATCH))
def test_one_party_alone(first: int) -> None:
    for seed in range(first, first + BATCH):
        random = Random(f"alone {seed}")  # noqa: S311
        situation = random_graph(seed, n_states=2 + seed % 4, n_parties=1 + seed % 3)
        judge = Judge(graph_of(situation))
        party, state = random.randrange(len(situation.parties)), random.randrange(len(situation.states))
        rank = judge.form.rank
        for concept in CONCEPTS:
            least = own_change(situation, situation.parties[party], state, concept)
            is_now = is_stable(situation, situation.parties[party], situation.states[state], concept)
            found = (own_fall if is_now else own_lift)(judge, rank, party, state, concept)
            assert (found is None) == (least is None)
            if found is not None and least is not None:
                assert found.twice == 2 * least
                assert distance(rank[party].tolist(), found.order.tolist()) == least
                changed = with_orders(situation, {situation.parties[party]: found.order.tolist()})
                assert is_stable(changed, situation.parties[party], situation.states[state], concept) is not is_now


def _unstable(seed: int, concept: str, n_states: int, n_parties: int) -> tuple[Situation, int] | None:
    situation = random_graph(seed, n_states=n_states, n_parties=n_parties)
    states = [s for s in range(n_states) if not is_equilibrium(situation, s, concept)]
    return (situation, Random(seed).choice(states)) if states else None  # noqa: S311


@pytest.mark.parametrize("first", range(0, 360, 60))
def test_the_least_change_of_all(first: int) -> None:
    for seed in range(first, first + 60):
        concept = CONCEPTS[seed % 5] if seed % 3 else ("seq", "sseq")[seed % 2]
        n_parties = 2 + (seed % 4 == 0)
        found = _unstable(seed, concept, 3 + seed % (2 if n_parties == 2 else 1), n_parties)
        if found is None:
            continue
        situation, state = found
        random = Random(f"allowed {seed}")  # noqa: S311
        allowed = sorted(random.sample(range(n_parties), random.randint(1, n_parties)))
        judge = Judge(graph_of(situation))
        searched = least_to_stability(judge, state, concept, allowed, reporter=Reporter(None), deadline=Deadline(None))
        names = [situation.parties[p] for p in allowed]
        least = least_change(situation, state, concept, names, to_equilibrium=True)
        assert searched.is_proven
        assert (searched.profile is None) == (least is None)
        if searched.profile is not None and least is not None:
            assert searched.profile.twice == searched.bound == 2 * least
            orders = {i: searched.profile.rank[p].tolist() for p, i in enumerate(situation.parties)}
            assert is_equilibrium(with_orders(situation, orders), state, concept)
            costs = [distance(order_of(situation, i), orders[i]) * 2 for i in situation.parties]
            assert costs == list(searched.profile.costs)
            for party, demand in searched.profile.demands:
                assert demand.is_met(searched.profile.rank[party])
                assert not demand.is_met(judge.form.rank[party])


@pytest.mark.parametrize("first", range(0, 300, 60))
def test_the_least_change_that_ends_an_equilibrium(first: int) -> None:
    for seed in range(first, first + 60):
        concept = CONCEPTS[seed % 5] if seed % 3 else ("seq", "sseq")[seed % 2]
        situation = random_graph(seed, n_states=2 + seed % 4, n_parties=2 + seed % 2)
        random = Random(f"end {seed}")  # noqa: S311
        states = [s for s in range(len(situation.states)) if is_equilibrium(situation, s, concept)]
        if not states:
            continue
        state, party = random.choice(states), random.randrange(len(situation.parties))
        judge = Judge(graph_of(situation))
        searched = least_from_stability(judge, state, concept, party, reporter=Reporter(None), deadline=Deadline(None))
        least = least_change(situation, state, concept, [situation.parties[party]], to_equilibrium=False)
        assert searched.is_proven
        assert (None if searched.profile is None else searched.profile.twice) == (None if least is None else 2 * least)


@pytest.mark.parametrize("first", range(0, 120, BATCH))
def test_the_conditions_in_full(first: int) -> None:
    for seed in range(first, first + BATCH):
        situation = random_graph(seed, n_states=2 + seed % 4, n_parties=1 + seed % 3)
        judge = Judge(graph_of(situation))
        state = seed % len(situation.states)
        for concept in CONCEPTS:
            sets = conditions_for_stability(judge, judge.form.rank, 0, state, concept)
            assert sets is not None
            for better in product((False, True), repeat=len(situation.states)):
                if better[state]:
                    continue
                order = [2 if is_better else 1 for is_better in better]
                changed = with_orders(situation, {situation.parties[0]: order})
                is_met = any(not any(better[other] for other in states) for states in sets)
                assert is_stable(changed, situation.parties[0], situation.states[state], concept) is is_met


def _items(given: OrdinalPreference) -> tuple[object, ...]:
    """What a list of priorities lists."""
    if isinstance(given, Statements):
        return given.statements
    return given.tiers if isinstance(given, Tiers) else ()


def _listing(given: OrdinalPreference, places: tuple[int, ...]) -> OrdinalPreference:
    """The list with some of its items only, in another order."""
    if isinstance(given, Statements):
        return Statements(statements=tuple(given.statements[place] for place in places))
    assert isinstance(given, Tiers)
    return Tiers(tiers=tuple(given.tiers[place] for place in places))


def _with_lists(seed: int) -> Case | None:
    case = random_conflict(seed, n_measures=2 + seed % 2, n_parties=2)
    short = {
        party: _listing(given, tuple(range(min(4, len(_items(given))))))
        for party, given in case.preferences.items()
        if _items(given)
    }
    return replace(case, preferences={**case.preferences, **short}) if short else None


@pytest.mark.parametrize("first", range(0, 1000, 200))
def test_the_fewest_swaps_of_statements(first: int) -> None:
    checked = 0
    for seed in range(first, first + 200):
        case = _with_lists(seed)
        concept = CONCEPTS[seed % 5]
        if case is None:
            continue
        situation = situation_of(case)
        states = [s for s in range(len(situation.states)) if not is_equilibrium(situation, s, concept)]
        if not states:
            continue
        state = Random(seed).choice(states)  # noqa: S311
        found = find_inverse(case, state + 1, concept, by="statements")
        fewest = _fewest_swaps(case, state, concept)
        checked += 1
        assert found.distance == fewest
        assert found.status is (Status.NONE if fewest is None else Status.OPTIMAL)
        if fewest is not None:
            assert found.verified
            assert is_equilibrium(situation_of(found.case), state, concept)
    assert checked > 20


def _fewest_swaps(case: Case, state: int, concept: str) -> int | None:
    lists = {party: given for party, given in case.preferences.items() if _items(given)}
    fewest: int | None = None
    for chosen in product(*(lists_by_swaps(len(_items(given))) for given in lists.values())):
        swaps = sum(number for number, _ in chosen)
        if fewest is not None and swaps >= fewest:
            continue
        changed = {i: _listing(given, order) for (i, given), (_, order) in zip(lists.items(), chosen, strict=True)}
        if is_equilibrium(situation_of(replace(case, preferences={**case.preferences, **changed})), state, concept):
            fewest = swaps
    return fewest


@pytest.mark.parametrize("first", range(0, 60, BATCH))
def test_changed_cases_have_the_equilibrium(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = random_conflict(seed, n_measures=1 + seed % 3, n_parties=1 + seed % 3)
        conflict = build_conflict(case)
        state, concept = seed % conflict.n_states, CONCEPTS[seed % 5]
        found = find_inverse(case, state + 1, concept)
        assert found.status is Status.OPTIMAL
        assert found.verified
        assert is_equilibrium(situation_of(found.case), state, concept)
