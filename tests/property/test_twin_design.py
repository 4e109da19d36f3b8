"""Design agrees with brute force over every legal roadmap on random cases with every feature (§8)."""

from __future__ import annotations

from random import Random
from typing import Any, Literal

import pytest

from detente import design_roadmap
from detente.case import Case
from tests.oracle.agreement import assert_same_evaluation, near
from tests.oracle.design import Candidate, Goal, Limits, best_of, candidates, failures, least_conflict, loss, rules_out
from tests.oracle.random_cases import random_case, random_goal
from tests.oracle.system import System

PER_BLOCK = 20
BLOCKS = range(10)
LONG_BLOCKS = range(10, 110)
MEASURES = (2, 2, 3, 3, 3, 4, 4, 4, 5)
PARTIES = (1, 2, 2, 3, 3, 4)
LARGEST = (1019, 1020, 1022, 1073, 1113, 1164)
Objective = Literal["trust", "margin", "duration", "nash"]
OBJECTIVES: tuple[Objective, ...] = ("trust", "margin", "duration", "nash")
FOR_BEST: tuple[Objective, ...] = ("margin", "nash")
ENTANGLED = frozenset({"committing", "breakdown", "lags", "durations", "joint", "terms"})
"""Features with which more often than otherwise no single party's checks rule everything out."""


def draw(seed: int, n_measures: int, n_parties: int) -> tuple[Case, Goal, Limits]:
    random = Random(seed)  # noqa: S311
    features = ENTANGLED if random.random() < 0.3 else None
    case = random_case(seed, n_measures=n_measures, n_parties=n_parties, features=features)
    goal: Goal = random_goal(case, seed)
    if random.random() < 0.15:
        goal = "best"
    elif random.random() < 0.1:  # perhaps one that lacks what its members need
        takable = [m.id for m in case.measures if m.id not in case.status_quo]
        goal = System(case).ordered(random.sample(takable, random.randint(1, len(takable))))
    return case, goal, draw_limits(random, case, goal)


def draw_limits(random: Random, case: Case, goal: Goal) -> Limits:
    if random.random() < 0.6:
        return Limits()
    n_measures = len(case.measures)
    together: tuple[tuple[str, ...], ...] = ()
    before: tuple[tuple[str, str], ...] = ()
    if goal != "best" and len(goal) > 2:
        first, second, third = random.sample(list(goal), 3)
        if random.random() < 0.2:
            together = ((first, second),)
        if random.random() < 0.2:
            before = ((first, third),)
    return Limits(
        together=together,
        before=before,
        stages=random.randint(1, 3) if random.random() < 0.5 else None,
        per_stage=random.randint(1, 2) if random.random() < 0.4 else None,
        duration=random.randint(2, 2 + 2 * n_measures) if random.random() < 0.5 else None,
    )


def compare(seed: int, n_measures: int, n_parties: int) -> None:
    case, goal, limits = draw(seed, n_measures, n_parties)
    every = candidates(case, goal, limits)
    for objective in OBJECTIVES if goal != "best" else FOR_BEST:
        result = design_roadmap(
            case,
            goal=goal if isinstance(goal, str) else list(goal),
            objective=objective,
            max_stages=limits.stages,
            max_per_stage=limits.per_stage,
            max_duration=limits.duration,
            together=limits.together,
            before=limits.before,
        )
        try:
            assert_same_design(result.to_dict(), case, goal, limits, objective, every)
        except AssertionError as difference:
            difference.add_note(f"seed {seed}, goal {goal}, {limits}, objective {objective}\n{case}")
            raise


def assert_same_design(
    got: dict[str, Any], case: Case, goal: Goal, limits: Limits, objective: str, every: list[Candidate]
) -> None:
    want = best_of(every, objective)
    assert got["objective"] == objective
    assert got["status"] == want["status"]
    if want["status"] == "none":
        assert_conflict(got["conflict"], case, goal, limits)
        return
    assert got["conflict"] is None
    assert got["value"] == near(want["value"])
    assert got["bound"] == near(want["value"])
    stages = tuple(tuple(System(case).ordered(stage)) for stage in got["stages"])
    [found] = [c for c in every if c.stages == stages]
    assert found.holds
    assert found in want["optima"]
    assert loss(found, objective) == near(want["value"] if want["tie"] is not None else -want["value"])
    assert tuple(got["durations"]) == found.durations
    assert_same_evaluation(got["evaluation"], case, got["stages"], got["durations"])


def assert_conflict(got: dict[str, Any] | None, case: Case, goal: Goal, limits: Limits) -> None:
    """What is named does rule out every roadmap, and is the smallest that does, or at least has nothing to spare."""
    profiles = failures(case, goal, limits)
    if got is None:  # the goal lacks what its members need, or is infeasible: no order could help
        assert not profiles
        return
    parties, measures = frozenset(got["parties"]), frozenset(got["measures"])
    assert rules_out(profiles, parties, measures)
    if got["minimal"]:
        want = least_conflict(case, profiles)
        assert (len(parties), len(measures)) == (want["parties"], want["measures"])
        assert (parties, measures) in want["sets"]
    everything = frozenset(m.id for m in case.measures)
    assert not any(rules_out(profiles, parties - {i}, everything) for i in parties)
    assert not any(rules_out(profiles, parties, measures - {m}) for m in measures)


def compare_block(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        random = Random(f"size {seed}")  # noqa: S311
        compare(seed, random.choice(MEASURES), random.choice(PARTIES))


@pytest.mark.parametrize("block", BLOCKS)
def test_design_is_the_twins(block: int) -> None:
    compare_block(block)


@pytest.mark.parametrize("seed", LARGEST)
def test_design_is_the_twins_with_six_measures_and_four_parties(seed: int) -> None:
    compare(seed, 6, 4)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_design_is_the_twins_in_ten_times_as_many(block: int) -> None:
    compare_block(block)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1100, 1160))
def test_design_is_the_twins_with_six_measures_and_four_parties_long(seed: int) -> None:
    compare(seed, 6, 4)
