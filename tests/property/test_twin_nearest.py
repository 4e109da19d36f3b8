"""The nearest order that holds is the nearest of all legal orders, and of those the one of widest margins (§8)."""

from __future__ import annotations

from random import Random

import pytest

from detente.analysis.roadmap.design import nearest_roadmap
from tests.oracle.agreement import near
from tests.oracle.design import candidates
from tests.oracle.orders import kendall_distance
from tests.oracle.random_cases import random_case, random_goal


def shuffled(goal: list[str], random: Random) -> list[list[str]]:
    """Some order of the goal, legal or not."""
    left = random.sample(goal, len(goal))
    stages = []
    while left:
        size = random.randint(1, min(3, len(left)))
        stages.append(left[:size])
        left = left[size:]
    return stages


def compare(seed: int) -> bool:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice((3, 4, 5)), n_parties=random.choice((2, 3)))
    goal = random_goal(case, seed)
    order = shuffled(list(goal), random)
    found = nearest_roadmap(case, order)
    held = [one for one in candidates(case, goal) if one.holds]
    if not held:
        assert not found.stages, f"seed {seed}"
        return False
    least = min(kendall_distance(one.stages, order) for one in held)
    widest = max(one.margin for one in held if kendall_distance(one.stages, order) == least)
    assert found.status.value == "optimal", f"seed {seed}"
    assert found.value == found.bound == least == kendall_distance(found.stages, order), f"seed {seed}"
    assert found.evaluation is not None
    assert found.evaluation.holds, f"seed {seed}"
    assert found.evaluation.margin == near(widest), f"seed {seed}"
    return True


@pytest.mark.parametrize("block", range(6))
def test_nothing_that_holds_is_nearer(block: int) -> None:
    some_hold = [compare(seed) for seed in range(7000 + 10 * block, 7010 + 10 * block)]
    assert any(some_hold)


@pytest.mark.long
@pytest.mark.parametrize("block", range(6, 66))
def test_nothing_that_holds_is_nearer_in_ten_times_as_many(block: int) -> None:
    for seed in range(7000 + 10 * block, 7010 + 10 * block):
        compare(seed)
