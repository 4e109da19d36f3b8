"""The states that roadmaps reach, and those that deviations leave, against listing all subsets."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest

from detente.errors import LimitError
from detente.game import build_game
from detente.kernel.bits import to_masks
from detente.kernel.deviations import MOST_BITS, list_deviations
from detente.kernel.lattice import Order, list_ideals, list_states, make_order, stage_sets
from detente.kernel.roadmap import stage_states
from detente.kernel.system import BoolArray
from tests.oracle.hand_cases import case_of, measure, party
from tests.oracle.random_cases import random_case

Relation = set[tuple[int, int]]
"""Pairs (m, j): m needs j."""


def matrix(n: int, pairs: Relation) -> BoolArray:
    relation = np.zeros((n, n), dtype=np.bool_)
    for one, other in pairs:
        relation[one, other] = True
    return relation


def order_of(n: int, needs: Relation, after: Relation) -> Order:
    order = make_order(matrix(n, needs), matrix(n, after), np.zeros((0, n), dtype=np.bool_))
    assert order is not None
    return order


def random_relations(seed: int, n: int) -> tuple[Relation, Relation]:
    """Acyclic by a random order of the columns."""
    random = Random(f"relations {seed}")  # noqa: S311  # no secret depends on it
    columns = list(range(n))
    random.shuffle(columns)
    pairs = [(columns[b], columns[a]) for a, b in combinations(range(n), 2)]
    needs = {pair for pair in pairs if random.random() < 0.25}
    after = {pair for pair in pairs if random.random() < 0.15 and pair not in needs}
    return needs, after


def subsets(n: int) -> list[int]:
    return [sum(1 << c for c in chosen) for size in range(n + 1) for chosen in combinations(range(n), size)]


def is_closed(mask: int, pairs: Relation) -> bool:
    return all(mask >> other & 1 for one, other in pairs if mask >> one & 1)


# Ideals


@pytest.mark.parametrize("seed", range(20))
def test_ideals_are_the_subsets_that_hold_what_they_need(seed: int) -> None:
    n = 1 + seed % 9
    needs, after = random_relations(seed, n)
    ideals = list_ideals(order_of(n, needs, after), 1 << n).tolist()
    assert sorted(ideals) == sorted(mask for mask in subsets(n) if is_closed(mask, needs | after))
    assert len(set(ideals)) == len(ideals)
    assert ideals[0] == 0


def test_without_order_every_subset_is_an_ideal() -> None:
    assert sorted(list_ideals(order_of(5, set(), set()), 32).tolist()) == list(range(32))


def test_a_chain_of_sixty_four_measures_has_sixty_five_ideals() -> None:
    order = order_of(64, {(k + 1, k) for k in range(63)}, set())
    ideals = list_ideals(order, 100).view(np.uint64).tolist()
    assert ideals == [2**k - 1 for k in range(65)]


def test_more_ideals_than_allowed_are_refused() -> None:
    with pytest.raises(LimitError) as refused:
        list_ideals(order_of(5, set(), set()), 31)
    assert str(refused.value) == "more than 31 states"


def test_a_cycle_of_needs_and_precedence_is_no_order() -> None:
    none = np.zeros((0, 3), dtype=np.bool_)
    assert make_order(matrix(3, {(1, 0)}), matrix(3, {(0, 2), (2, 1)}), none) is None
    assert make_order(matrix(3, {(1, 0)}), matrix(3, {(2, 1)}), none) is not None


# Stages


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [1, 2, 9])
def test_stages_are_the_sets_that_can_be_taken_next(seed: int, most: int) -> None:
    n = 1 + seed % 7
    needs, after = random_relations(seed, n)
    order = order_of(n, needs, after)
    goal = (1 << n) - 1 if seed % 2 else Random(seed).choice(subsets(n))  # noqa: S311
    room = np.empty(1 << n, dtype=np.int64)
    for mask in list_ideals(order, 1 << n):
        count = stage_sets(mask, goal, order, most, room)
        expected = [
            stage
            for stage in subsets(n)
            if not stage & int(mask)
            and not stage & ~goal
            and stage.bit_count() <= most
            and is_closed(stage | int(mask), needs)
            and all(int(mask) >> other & 1 for one, other in after if stage >> one & 1)
        ]
        assert sorted(room[:count].tolist()) == sorted(expected)
        assert room[0] == 0


def test_stages_that_do_not_fit_are_refused() -> None:
    order = order_of(4, set(), set())
    assert stage_sets(0, 15, order, 4, np.empty(15, dtype=np.int64)) == -1
    assert stage_sets(0, 15, order, 4, np.empty(16, dtype=np.int64)) == 16


# Everything that a party can leave


@pytest.mark.parametrize("seed", range(40))
def test_every_state_that_a_deviation_leaves_is_listed(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 5, n_parties=1 + seed % 4)
    game = build_game(case, [m.id for m in case.measures])
    system, n = game.system, len(game.measures)
    needs = {
        (game.column(m.id), game.column(other))
        for m in case.measures
        if m.id in game.measures
        for other in m.requires
        if other in game.measures
    }
    ideals = list_ideals(order_of(n, needs, set()), 1 << n)
    states = set(list_states(system, ideals, np.ones(len(ideals), dtype=np.bool_)).tolist())
    assert states >= set(ideals.tolist())
    for mask in ideals.tolist():
        for stage in subsets(n):
            if stage & mask or not stage or not is_closed(mask | stage, needs):
                continue
            rows = np.array([[mask >> c & 1 for c in range(n)], [stage >> c & 1 for c in range(n)]], dtype=np.bool_)
            path = stage_states(rows)[1:]
            deviations = list_deviations(system, path, np.array([1], dtype=np.int64), joint_bits=20)
            assert set(to_masks(deviations.left).tolist()) <= states


def test_ideals_come_first_and_keep_their_places() -> None:
    # Undoing x leaves y, which comes after it: no roadmap gets there.
    case = case_of([party("A")], [measure("x", "A"), measure("y", "A", after=("x",))])
    system = build_game(case, ["x", "y"]).system
    ideals = list_ideals(order_of(2, set(), {(1, 0)}), 4)
    states = list_states(system, ideals, np.ones(3, dtype=np.bool_)).tolist()
    assert ideals.tolist() == [0, 1, 3]
    assert states == [0, 1, 3, 2]


def test_what_only_infeasible_states_lead_to_is_not_listed() -> None:
    case = case_of([party("A")], [measure("x", "A"), measure("y", "A", after=("x",))])
    system = build_game(case, ["x", "y"]).system
    ideals = list_ideals(order_of(2, set(), {(1, 0)}), 4)
    states = list_states(system, ideals, np.array([True, True, False])).tolist()
    assert states == [0, 1, 3]


def test_of_many_ideals_all_that_can_be_left_is_found() -> None:
    # 18 measures in a chain of precedence, all of one party: it can leave any subset of what is in force.
    n = 18
    case = case_of([party("A")], [measure(f"m{k}", "A") for k in range(n)])
    system = build_game(case, [m.id for m in case.measures]).system
    ideals = list_ideals(order_of(n, set(), {(k + 1, k) for k in range(n - 1)}), 100)
    states = list_states(system, ideals, np.ones(len(ideals), dtype=np.bool_))
    assert len(states) == 1 << n
    assert sorted(states.tolist()) == list(range(1 << n))


def test_too_many_deviations_of_one_party_are_refused() -> None:
    n = MOST_BITS + 1
    case = case_of([party("A")], [measure(f"m{k}", "A") for k in range(n)])
    system = build_game(case, [m.id for m in case.measures]).system
    ideals = list_ideals(order_of(n, set(), {(k + 1, k) for k in range(n - 1)}), 100)
    with pytest.raises(LimitError) as refused:
        list_states(system, ideals, np.ones(len(ideals), dtype=np.bool_))
    assert str(refused.value) == (
        "a party could withhold or undo 21 measures at once: 2^21 deviations are too many; at most 20 can be tried"
    )
