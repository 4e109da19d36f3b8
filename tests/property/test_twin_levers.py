"""Levers outside a roadmap agree with the literal implementation on random cases (decision 0015)."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from detente import compute_indices, evaluate_roadmap
from detente.case import stage_problems
from tests.oracle.agreement import near
from tests.oracle.indices import lever
from tests.oracle.random_cases import random_case, random_roadmap

SEEDS = range(150)


def same_effect(got: dict[str, float] | None, want: dict[str, float] | None) -> None:
    assert (got is None) == (want is None)
    for party, value in (want or {}).items():
        assert got is not None
        assert got[party] == near(value)


@pytest.mark.parametrize("block", range(5))
def test_levers_are_the_twins(block: int) -> None:
    found = 0
    for seed in SEEDS[block::5]:
        random = Random(f"lever {seed}")  # noqa: S311
        case = random_case(seed, n_measures=random.choice((3, 4, 5, 6)), n_parties=random.choice((1, 2, 3)))
        stages = random_roadmap(case, seed)
        stages = stages[: random.randint(1, len(stages))]
        result: Any = compute_indices(case, [stages], readings=[None], max_measures=1).to_dict()
        got = {entry["measure"]: entry for entry in result["roadmaps"][0]["levers"]}
        listed = {m for stage in stages for m in stage}
        wanted = {m.id: lever(case, stages, m.id) for m in case.measures if m.id not in listed}
        assert set(got) == {m for m, entry in wanted.items() if entry is not None}, (seed, stages, case)
        for m, want in wanted.items():
            if want is None:
                continue
            found += 1
            assert got[m]["use"] == want["use"]
            same_effect(got[m]["at_start"], want["at_start"])
            same_effect(got[m]["at_end"], want["at_end"])
            state = want["state"]
            if state is None or listed & state:
                assert got[m]["holds_after"] is None
                continue
            moved = replace(case, status_quo=tuple(x.id for x in case.measures if x.id in state))
            legal = not stage_problems(moved, stages)
            assert got[m]["holds_after"] == (evaluate_roadmap(moved, stages).holds if legal else None)
    assert found > 10
