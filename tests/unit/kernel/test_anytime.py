"""Problems treated as too large to list: what is found holds, and nothing betters the bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.cases import sized_case
from detente import design_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap import Design
from detente.case import Case
from detente.errors import Cancelled
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.progress import ProgressEvent
from tests.oracle.random_cases import random_case, random_goal

HARD = (3, 6)
"""Seeds of cases with few roadmaps that hold, which so narrow windows may miss."""

SIGN = {"trust": -1.0, "margin": 1.0, "duration": -1.0, "nash": 1.0}


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """No list of stages is short enough, and windows are narrow."""
    monkeypatch.setattr("detente.kernel.anytime.MOST_SETS", dict.fromkeys(OBJECTIVES, 0))
    monkeypatch.setattr("detente.kernel.horizon.MOST_SETS", 60)
    monkeypatch.setattr("detente.kernel.windows.MOST_STATES", 40)
    monkeypatch.setattr("detente.kernel.windows.MOST_SETS", 300)


def assert_no_better(found: Design, exact: Design, objective: Objective) -> None:
    """What was found holds and is no better than the optimum, which is no better than the bound."""
    sign = SIGN[objective]
    assert exact.value is not None
    assert found.value is not None
    assert found.evaluation is not None
    assert found.evaluation.holds
    assert sign * (exact.value - found.value) >= -1e-7 * max(1.0, abs(exact.value))
    if found.bound is not None:
        assert sign * (found.bound - exact.value) >= -1e-7 * max(1.0, abs(exact.value))
    if found.status is Status.OPTIMAL:
        assert found.value == pytest.approx(exact.value, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(1, 7))
def test_the_optimum_lies_between_the_best_found_and_its_bound(
    objective: Objective, seed: int, request: pytest.FixtureRequest
) -> None:
    case = sized_case(9, 3, chains=3, seed=seed)
    exact = design_roadmap(case, objective=objective, max_per_stage=3)
    request.getfixturevalue("everything_is_large")
    found = design_roadmap(case, objective=objective, max_per_stage=3)
    if exact.status is Status.NONE:
        assert not found.stages
        return
    if not found.stages:
        assert found.status is Status.STOPPED
        assert seed in HARD
        return
    assert_no_better(found, exact, objective)


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_the_same_on_random_cases(objective: Objective, request: pytest.FixtureRequest) -> None:
    tasks: list[tuple[Case, list[str], Design]] = []
    for seed in range(300, 340):
        case = random_case(seed, n_measures=5, n_parties=3)
        goal = list(random_goal(case, seed))
        tasks.append((case, goal, design_roadmap(case, goal=goal, objective=objective)))
    request.getfixturevalue("everything_is_large")
    found_any = 0
    for case, goal, exact in tasks:
        found = design_roadmap(case, goal=goal, objective=objective)
        if exact.value is None:
            assert not found.stages
        elif found.stages:
            found_any += 1
            assert_no_better(found, exact, objective)
        else:
            assert found.status is Status.STOPPED, "a roadmap that holds was ruled out"
    assert found_any >= 5


def test_a_window_of_everything_finds_the_optimum(monkeypatch: pytest.MonkeyPatch) -> None:
    case = sized_case(9, 3, chains=3, seed=2)
    exact = design_roadmap(case, objective="margin")
    monkeypatch.setattr("detente.kernel.anytime.MOST_SETS", dict.fromkeys(OBJECTIVES, 0))
    found = design_roadmap(case, objective="margin")
    assert found.status is Status.OPTIMAL
    assert found.value == pytest.approx(exact.value)


@pytest.mark.usefixtures("everything_is_large")
def test_stopping_keeps_the_best_found() -> None:
    case = sized_case(9, 3, chains=3, seed=2)
    seen: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        seen.append(event)
        if event.best is not None:
            raise Cancelled

    found = design_roadmap(case, objective="nash", progress=stop)
    assert found.status is Status.STOPPED
    assert found.evaluation is None or found.evaluation.holds
    assert seen


@pytest.mark.usefixtures("everything_is_large")
def test_nothing_found_and_nothing_ruled_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.kernel.windows.MOST_STATES", 0)
    found = design_roadmap(sized_case(9, 3, chains=3, seed=2), objective="margin")
    assert found.status is Status.STOPPED
    assert [sentence.text for sentence in found.explain().sentences] == [
        "Stopped before any roadmap was found; none may exist."
    ]


def test_time_is_up() -> None:
    case = sized_case(14, 4, seed=1)
    found = design_roadmap(case, objective="nash", max_seconds=1e-6)
    assert found.status is Status.STOPPED
    assert found.parameters["max_seconds"] == 1e-6


def test_the_case_is_the_same_every_time(everything_is_large: None) -> None:
    case = sized_case(9, 3, chains=3, seed=2)
    first, second = (design_roadmap(replace(case), objective="trust") for _ in range(2))
    assert first.stages == second.stages
