"""Searching for the best roadmap: wide stages, limits of labels, bounds, and conflicts that are not proven smallest."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from detente import design_roadmap
from detente.analysis.result import Status
from detente.case import Case, parse_condition
from detente.errors import LimitError
from detente.game import build_game
from detente.kernel.bounds import UNLIMITED
from detente.kernel.design import Problem, make_problem
from detente.kernel.lattice import make_order
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.kernel.search import Search
from detente.progress import Reporter
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.oracle.random_cases import random_case, random_goal


def problem_of(case: Case, *, max_per_stage: int = UNLIMITED, max_stages: int = UNLIMITED) -> Problem:
    """The problem of taking everything, in any order."""
    game = build_game(case, [m.id for m in case.measures])
    n = len(game.measures)
    none = np.zeros((n, n), dtype=np.bool_)
    order = make_order(none, none, np.zeros((0, n), dtype=np.bool_))
    assert order is not None
    problem = make_problem(
        game.system,
        order,
        infeasible=(),
        exact_goal=True,
        max_per_stage=max_per_stage,
        max_stages=max_stages,
        memory=2.0**30,
    )
    assert problem is not None
    return problem


def gifts(n_measures: int, owners: str) -> Case:
    """Measures that everybody likes, taken by their owners in turn."""
    everybody = dict.fromkeys(owners, 1.0)
    return case_of(
        [party(i) for i in owners],
        [measure(f"m{n}", owners[n % len(owners)], everybody) for n in range(n_measures)],
    )


def test_a_stage_of_measures_that_come_only_all_at_once() -> None:
    # 2¹⁷ sets could be taken next, all but one of which lead to no feasible state.
    case = gifts(17, "ABCDEF")
    patterns = [f"m0 and not m{n}" for n in range(1, 17)] + [f"m{n} and not m0" for n in range(1, 17)]
    case = replace(case, infeasible=tuple(parse_condition(pattern) for pattern in patterns))
    design = design_roadmap(case)
    assert design.status is Status.OPTIMAL
    assert design.stages == (tuple(m.id for m in case.measures),)


def test_narrow_stages_are_tried_first_and_the_limit_last() -> None:
    case = gifts(5, "AB")
    assert problem_of(case).widths() == (1, 2, 5)
    assert problem_of(case, max_per_stage=2).widths() == (1, 2)
    assert problem_of(case, max_per_stage=1).widths() == (1,)


def test_what_only_wide_stages_reach_is_found() -> None:
    # Each bears 1 a period, and has 3 once all three are in force: worth 4 then, with δ = .5.  One by one the first has
    # −1 − .5 + 1 < 0.  Two and then one: −1 + 2 = 1 for the first two, or −1 if the other fails: 1/2.  All at once:
    # 4, or −1: 1/5.
    case = case_of(
        [party(i) for i in "ABC"],
        [measure(i.lower(), i, {i: -1.0}) for i in "ABC"],
        terms=tuple(term(i, "a and b and c", 3.0) for i in "ABC"),
    )
    assert design_roadmap(case, max_per_stage=1).status is Status.NONE
    assert design_roadmap(case, max_per_stage=2).value == pytest.approx(0.5)
    whole = design_roadmap(case)
    assert whole.value == pytest.approx(0.2)
    assert whole.stages == (("a", "b", "c"),)


def test_labels_beyond_their_limit_are_refused() -> None:
    problem = problem_of(gifts(4, "AB"))
    search = problem.search(Reporter(None))
    search.limits = replace(search.limits, most_labels=3)
    with pytest.raises(LimitError) as refused:
        search.feasible()
    assert str(refused.value) == "more than 3 labels"


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", [11, 20])
def test_where_labels_run_out_no_answer_is_called_proven_that_is_not(
    objective: Objective, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = random_case(seed, n_measures=5, n_parties=3, generous=8.0)
    goal = random_goal(case, seed)
    best = design_roadmap(case, goal=goal, objective=objective).value
    assert best is not None
    sign = 1.0 if objective in ("trust", "duration") else -1.0  # small values are good
    real, seen = Problem.search, set()
    for most in (*range(5, 60, 4), 1000):

        def limited(*args: Any, most: int = most, **options: Any) -> Search:  # those of Problem.search
            search = real(*args, **options)
            search.limits = replace(search.limits, most_labels=most)
            return search

        monkeypatch.setattr(Problem, "search", limited)
        try:
            design = design_roadmap(case, goal=goal, objective=objective)
        except LimitError:
            seen.add("refused")
            continue
        seen.add(design.status.value)
        assert design.value is not None
        if design.status is Status.OPTIMAL:
            assert design.value == pytest.approx(best)
        assert sign * design.value >= sign * best - 1e-9
        if design.bound is not None:
            assert sign * design.bound <= sign * best + 1e-9
    assert seen >= {"refused", "optimal"}


def rivals(seed: int, n_measures: int) -> Case:
    """Four parties that each like some of the measures, all irreversible, and fear a breakdown: many orders hold."""
    random = Random(f"rivals {seed}")  # noqa: S311  # no secret depends on it
    parties = [party(i, random.uniform(0.6, 0.97), breakdown=-500.0) for i in "ABCD"]
    measures = [
        measure(
            f"m{n}",
            "ABCD"[n % 4],
            {i: random.uniform(-1.0, 1.6) for i in "ABCD"},
            irreversible=True,
            duration=random.randint(1, 5),
        )
        for n in range(n_measures)
    ]
    return case_of(parties, measures)


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", range(4))
def test_however_few_labels_are_kept_at_first_the_answer_is_the_same(
    objective: Objective, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = rivals(seed, 5)
    want = design_roadmap(case, objective=objective)
    monkeypatch.setattr("detente.kernel.search.FIRST_BEAM", 1)
    monkeypatch.setattr("detente.kernel.products.PASSES", ((1, 2), (0, 4)))
    got = design_roadmap(case, objective=objective)
    assert got.status is want.status
    assert got.value == pytest.approx(want.value, rel=1e-9)
    assert want.status is Status.OPTIMAL


def test_a_limit_on_stages_and_one_on_periods_together() -> None:
    case = gifts(4, "AB")
    case = replace(case, measures=tuple(replace(m, duration=n + 1) for n, m in enumerate(case.measures)))
    for max_stages, max_duration in product((1, 2, 3, 4), (3, 4, 6, 7, 9, 10)):
        design = design_roadmap(case, objective="margin", max_stages=max_stages, max_duration=max_duration)
        # All at once takes 4; one by one 10; the fewest periods are with one stage.
        assert (design.status is Status.OPTIMAL) == (max_duration >= 4)
        if design.stages:
            assert len(design.stages) <= max_stages
            assert sum(design.durations) <= max_duration


def test_a_conflict_that_takes_too_many_roadmaps_is_made_as_small_as_leaving_out_allows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # One by one: A rules out one order by withholding a, B the other by b (δ = .9: 22.25 against 20).
    firm: dict[str, Any] = {"irreversible": True, "detection_lag": 9}
    case = case_of(
        [party("A", 0.9, breakdown=-2.0), party("B", 0.9, breakdown=-2.0)],
        [
            measure("a", "A", {"A": -1, "B": 3}, **firm),
            measure("b", "B", {"A": 3, "B": -1}, **firm),
            measure("c", "A", {"A": 0, "B": 0}, irreversible=True),
        ],
    )
    proven = design_roadmap(case, max_per_stage=1).conflict
    monkeypatch.setattr("detente.kernel.design_conflict.MOST_ROUNDS", 1)
    quick = design_roadmap(case, max_per_stage=1).conflict
    assert proven is not None
    assert quick is not None
    assert proven.to_dict() == {"parties": ["A", "B"], "measures": ["a", "b"], "minimal": True}
    assert quick.to_dict() == {"parties": ["A", "B"], "measures": ["a", "b"], "minimal": False}
