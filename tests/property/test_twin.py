"""Evaluation agrees with the independent literal implementation on random cases with every feature (§2–7)."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from detente import evaluate_roadmap
from tests.oracle.agreement import assert_same_evaluation
from tests.oracle.random_cases import random_case, random_durations, random_roadmap

PER_BLOCK = 100
BLOCKS = range(10)
LONG_BLOCKS = range(10, 110)
MEASURES = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
PARTIES = (1, 2, 2, 3, 3, 4)


def compare(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice(MEASURES), n_parties=random.choice(PARTIES))
    stages = random_roadmap(case, seed)
    durations = random_durations(case, stages, seed)
    result = evaluate_roadmap(case, [list(stage) for stage in stages], durations=durations)
    entries: Any = result.to_dict()["roadmaps"]  # as JSON
    [entry] = entries
    try:
        assert_same_evaluation(entry, case, stages, durations)
    except AssertionError as difference:
        difference.add_note(f"seed {seed}, stages {stages}, durations {durations}\n{case}")
        raise


@pytest.mark.parametrize("block", BLOCKS)
def test_evaluation_is_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_evaluation_is_the_twins_in_ten_times_as_many(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)
