"""Indices agree with the independent literal implementation on random cases with every feature (decision 0015)."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from typing import Any

import pytest

from detente import compute_indices
from detente.analysis.roadmap.indices_cycles import Demand, find_cycles
from detente.case import Roadmap
from tests.oracle.agreement import near
from tests.oracle.indices import demanded, has_cycle, indices
from tests.oracle.random_cases import random_case, random_durations, random_goal, random_roadmap

PER_BLOCK = 50
BLOCKS = range(6)
LONG_BLOCKS = range(6, 66)
ORDERS = range(60)
LONG_ORDERS = range(60, 660)
MEASURES = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
PARTIES = (1, 2, 2, 3, 3, 4)


def same(got: dict[str, Any], want: dict[str, Any]) -> None:
    for key, value in want.items():
        if isinstance(value, dict):
            same(got[key], value)
        else:
            assert got[key] == near(value), key


def compare(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice(MEASURES), n_parties=random.choice(PARTIES))
    stages = random_roadmap(case, seed)
    durations = random_durations(case, stages, seed)
    result: Any = compute_indices(case, [as_roadmap(stages, durations)], readings=[None], max_measures=1).to_dict()
    want = indices(case, stages, durations)
    [entry] = result["roadmaps"]
    try:
        for part in ("parties", "stages"):
            assert len(entry[part]) == len(want[part])
            for got, wanted in zip(entry[part], want[part], strict=True):
                same(got, wanted)
        for party in entry["parties"]:
            assert party["front_loading"] is None or -1.0 <= party["front_loading"] <= 1.0
        for row in entry["stages"]:
            assert row["hold_up"] is None or 0.0 <= row["hold_up"] <= 1.0
    except AssertionError as difference:
        difference.add_note(f"seed {seed}, stages {stages}, durations {durations}\n{case}")
        raise


def as_roadmap(stages: tuple[tuple[str, ...], ...], durations: tuple[int, ...] | None) -> Roadmap:
    return Roadmap(id="roadmap", name="roadmap", stages=stages, durations=durations)


@pytest.mark.parametrize("block", BLOCKS)
def test_indices_are_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_indices_are_the_twins_in_ten_times_as_many(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


def compare_order(seed: int) -> bool:
    """Compare what is demanded; return whether any roadmap holds."""
    random = Random(f"order {seed}")  # noqa: S311
    case = random_case(seed, n_measures=random.choice((2, 3, 3, 4)), n_parties=random.choice((2, 2, 3)), generous=6.0)
    goal = [m.id for m in case.measures if m.id in set(random_goal(case, seed))]
    [order] = compute_indices(case, goal=goal).orders
    [found] = order.readings
    want = demanded(case, goal)
    assert (found.holds, found.reason) == (want is not None, ""), (seed, goal, case)
    if want is None:
        return False
    got = {(d.before, d.after, d.strict) for d in order.demands}
    assert got == want, (seed, goal, case)
    assert order.cycles == ()
    return True


def test_demanded_orders_are_the_twins() -> None:
    held = [compare_order(seed) for seed in ORDERS]
    assert sum(held) > len(held) // 3


@pytest.mark.long
def test_demanded_orders_are_the_twins_in_ten_times_as_many() -> None:
    held = [compare_order(seed) for seed in LONG_ORDERS]
    assert sum(held) > len(held) // 3


@pytest.mark.parametrize("seed", range(200))
def test_cycles_are_there_just_when_no_order_meets_every_demand(seed: int) -> None:
    random = Random(f"cycle {seed}")  # noqa: S311
    goal = list("abcde"[: random.randint(2, 5)])
    pairs = [(a, b) for a in goal for b in goal if a != b]
    chosen = random.sample(pairs, min(len(pairs), random.randint(1, 7)))
    demands = [Demand(before=a, after=b, reading=None, strict=random.random() < 0.5, stated=True) for a, b in chosen]
    cycles = find_cycles(goal, demands)
    assert bool(cycles) == has_cycle(goal, {(d.before, d.after, d.strict) for d in demands})
    for cycle in cycles:
        around = [*cycle.path, cycle.path[0]]
        assert len(set(cycle.path)) == len(cycle.path)
        assert set(cycle.path) <= set(cycle.measures)
        assert [(s[0].before, s[0].after) for s in cycle.steps] == list(pairwise(around))
        assert any(demand.strict for step in cycle.steps for demand in step)
        assert all(demand in demands for step in cycle.steps for demand in step)
