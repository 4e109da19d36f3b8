"""The random cases are what the comparison needs: from the seed alone, legal, mixed, neither all good nor all bad."""

from __future__ import annotations

import pytest

from detente.case import Case, Direction, OnBreakdown
from tests.oracle.design import design
from tests.oracle.evaluation import evaluate
from tests.oracle.random_cases import FEATURES, features_of, random_case, random_durations, random_goal, random_roadmap
from tests.oracle.system import System

SEEDS = range(200)


def sized_case(seed: int) -> Case:
    return random_case(seed, n_measures=1 + seed % 5, n_parties=1 + seed % 4)


def test_a_seed_gives_the_same_case_and_roadmap_again() -> None:
    for seed in SEEDS[:20]:
        case = sized_case(seed)
        assert case == sized_case(seed)
        stages = random_roadmap(case, seed)
        assert stages == random_roadmap(case, seed)
        assert random_durations(case, stages, seed) == random_durations(case, stages, seed)


def test_every_case_is_legal_and_every_roadmap_and_goal_in_it() -> None:
    for seed in SEEDS:
        case = sized_case(seed)
        system = System(case)
        assert system.is_feasible(system.status_quo)
        assert evaluate(case, random_roadmap(case, seed))["rows"]
        assert system.is_feasible(system.status_quo | set(random_goal(case, seed)))
        for m in case.measures:
            assert m.direction is not Direction.FORWARD or m.on_breakdown is OnBreakdown.OWN_INTEREST
            assert m.direction is not Direction.BACKWARD or m.id in case.status_quo
            assert set(m.cost) | set(m.undo_cost) <= set(system.owners(m.id))
            assert not set(m.requires) - system.status_quo or m.id not in system.status_quo


@pytest.mark.parametrize("feature", FEATURES)
def test_every_feature_is_in_a_good_share(feature: str) -> None:
    share = sum(feature in features_of(seed) for seed in SEEDS) / len(SEEDS)
    assert 0.1 <= share <= 0.8


def test_a_fair_share_holds() -> None:
    held = 0
    for seed in SEEDS:
        case = sized_case(seed)
        held += evaluate(case, random_roadmap(case, seed))["holds"]
    assert 0.2 <= held / len(SEEDS) <= 0.65


def test_a_fair_share_of_designs_has_a_solution() -> None:
    solved = 0
    for seed in SEEDS[:100]:
        case = random_case(seed, n_measures=2 + seed % 3, n_parties=2 + seed % 2)
        solved += design(case, random_goal(case, seed), "trust")["status"] == "optimal"
    assert 1 / 3 <= solved / 100 <= 2 / 3
