"""Limits on what a design may look like, on its memory and on its time; and why there is none."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from detente import Design, design_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap import OBJECTIVES, Objective
from detente.case import Case, Measure
from detente.errors import Cancelled, LimitError, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party, term
from tests.oracle.random_cases import random_case, random_goal


def gifts(ids: str, **other: dict[str, Any]) -> Case:
    """Measures that both like, no two alike, taken by A and B in turn; `other` has further fields of some."""
    return case_of(
        [party("A"), party("B")],
        [measure(m, "AB"[n % 2], {"A": 1 + n / 64, "B": 1}, **other.get(m, {})) for n, m in enumerate(ids)],
    )


def stage_of(design: Design, m: str) -> int:
    [number] = [number for number, stage in enumerate(design.stages) if m in stage]
    return number


# Limits on the roadmap


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_at_most_so_many_stages(objective: Objective) -> None:
    case = gifts("vwxyz")
    for most in (1, 2, 5):
        design = design_roadmap(case, objective=objective, max_stages=most)
        assert design.status is Status.OPTIMAL
        assert len(design.stages) <= most


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_at_most_so_many_measures_a_stage(objective: Objective) -> None:
    case = gifts("vwxyz")
    for most in (1, 2, 4):
        design = design_roadmap(case, objective=objective, max_per_stage=most)
        assert design.status is Status.OPTIMAL
        assert max(len(stage) for stage in design.stages) <= most
        assert sum(len(stage) for stage in design.stages) == 5


def test_at_most_so_many_periods() -> None:
    case = gifts("xyz", x={"duration": 3}, y={"duration": 2}, z={"duration": 4})
    assert design_roadmap(case, objective="duration").value == 4
    assert design_roadmap(case, objective="duration", max_per_stage=1).value == 9
    assert design_roadmap(case, max_duration=8, max_per_stage=1).status is Status.NONE
    design = design_roadmap(case, max_duration=9, max_per_stage=1)
    assert (design.status, sum(design.durations)) == (Status.OPTIMAL, 9)


@pytest.mark.parametrize("name", ["max_stages", "max_per_stage", "max_duration"])
def test_limits_below_one_are_refused(name: str) -> None:
    for limit in (0, -2):
        with pytest.raises(OptionError) as refused:
            design_roadmap(pair(), **{name: limit})  # type: ignore[arg-type]  # one of three limits
        assert str(refused.value) == f"{name} must be at least 1, got {limit}"


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_must_come_together_comes_in_one_stage(objective: Objective) -> None:
    design = design_roadmap(gifts("vwxyz"), objective=objective, together=[["v", "x"], ["x", "z"]], max_per_stage=3)
    assert stage_of(design, "v") == stage_of(design, "x") == stage_of(design, "z")
    assert design.parameters["together"] == [["v", "x"], ["x", "z"]]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_what_must_come_before_comes_in_an_earlier_stage(objective: Objective) -> None:
    design = design_roadmap(gifts("vwxyz"), objective=objective, before=[("z", "v"), ("v", "w")])
    assert stage_of(design, "z") < stage_of(design, "v") < stage_of(design, "w")
    assert design.parameters["before"] == [["z", "v"], ["v", "w"]]


def test_what_is_in_force_from_the_start_comes_before_everything() -> None:
    case = replace(gifts("xy"), status_quo=("y",))
    assert design_roadmap(case, goal=["x"], before=[("y", "x")]).stages == (("x",),)


@pytest.mark.parametrize("options", [{"together": [["x", "z"]]}, {"before": [("z", "x")]}])
def test_measures_outside_the_goal_in_orders_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as refused:
        design_roadmap(gifts("xyz"), goal=["x"], **options)
    assert str(refused.value) == "--together or --before names 'z', which the goal does not contain"


def test_what_can_be_neither_together_nor_apart_is_impossible() -> None:
    design = design_roadmap(gifts("xy"), together=[["x", "y"]], before=[("x", "y")])
    assert (design.status, design.missing) == (
        Status.NONE,
        ("no order of stages leads to it within what is allowed",),
    )


@pytest.mark.parametrize("options", [{"together": [["x", "w"]]}, {"before": [("w", "x")]}])
def test_unknown_measures_in_orders_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as refused:
        design_roadmap(gifts("xy"), **options)
    assert str(refused.value) == "unknown measure 'w' in --together or --before"


# Limits on memory


def test_what_does_not_fit_into_memory_is_refused_with_what_could_be_fixed() -> None:
    case = gifts("abcdefghijklmnopq", b={"requires": ("a",)}, d={"after": ("c",)})
    with pytest.raises(LimitError) as refused:
        design_roadmap(case, memory=2**16)
    assert str(refused.value) == (
        "designing over 17 measures needs more than the 6.1e-05 GB allowed (124 states): raise --memory, limit "
        "--max-per-stage, tie measures with --together or --before, leave some out of --goal or put them in the status "
        "quo. Nothing orders these: e, f, g, h, i, j, k, l, m, n, o, p and 1 more"
    )


def test_where_everything_is_ordered_all_measures_are_named() -> None:
    case = gifts("abcde", b={"requires": ("a",)}, c={"requires": ("a",)}, d={"requires": ("a",)}, e={"after": ("a",)})
    with pytest.raises(LimitError) as refused:
        design_roadmap(case, memory=2**10)
    assert str(refused.value).endswith("(3 states): raise --memory, limit --max-per-stage, tie measures with "
        "--together or --before, leave some out of --goal or put them in the status quo. Nothing orders these: "
        "a, b, c, d, e")  # fmt: skip


def test_stages_that_do_not_fit_are_refused_too() -> None:
    # 64 states fit, the 3⁶ stages between them do not, and nothing was found before.
    with pytest.raises(LimitError) as refused:
        design_roadmap(gifts("abcdef"), memory=2**16)
    assert str(refused.value).startswith(
        "designing over 6 measures needs more than the 6.1e-05 GB allowed (64 states and the stages between them): "
    )


def test_with_enough_for_narrow_stages_the_best_of_them_is_told_as_such() -> None:
    whole = design_roadmap(gifts("abcdef"), objective="duration")
    assert (whole.status, whole.value) == (Status.OPTIMAL, 1)
    stopped = [design_roadmap(gifts("abcdef"), objective="duration", memory=2**n) for n in (17, 18)]
    for design in stopped:
        assert design.status is Status.STOPPED
        assert design.evaluation is not None
        assert design.evaluation.holds
        assert (design.value, design.bound) == (sum(design.durations), 1)


def test_more_than_sixty_four_measures_are_refused() -> None:
    ids = [f"m{n}" for n in range(65)]
    measures = [measure(m, "A", {"A": 1}, after=(before,)) for before, m in pairwise(ids)]
    case = case_of([party("A")], [measure(ids[0], "A", {"A": 1}), *measures])
    with pytest.raises(LimitError) as refused:
        design_roadmap(case)
    assert str(refused.value) == (
        "65 measures vary, and a design can hold 64: leave some out of --goal, or put them in the status quo"
    )


def test_sixty_four_measures_of_several_parties_in_a_chain() -> None:
    # Every party has 16 of them, each irreversible; any order of stages holds, and all at once is impossible.
    ids = [f"m{n}" for n in range(64)]
    everybody = {i: 1.0 for i in "ABCD"}
    measures = [
        measure(m, "ABCD"[n % 4], everybody, irreversible=True, requires=(ids[n - 1],) if n else ())
        for n, m in enumerate(ids)
    ]
    case = case_of([party(i, 0.9) for i in "ABCD"], measures)
    design = design_roadmap(case, objective="duration", max_per_stage=4)
    assert (design.status, design.value) == (Status.OPTIMAL, 16)
    assert [m for stage in design.stages for m in stage] == ids


def test_too_many_deviations_of_one_party_are_refused() -> None:
    ids = [f"m{n}" for n in range(21)]
    measures = [measure(m, "A", {"A": 1}, after=(ids[n - 1],) if n else ()) for n, m in enumerate(ids)]
    with pytest.raises(LimitError) as refused:
        design_roadmap(case_of([party("A")], measures))
    assert str(refused.value) == (
        "A could withhold or undo 21 measures at once, and 2^21 deviations are too many to try: leave some of its "
        "measures out of --goal, or put them in the status quo"
    )


# Limits on time


class StopAt:
    """Stops at the n-th report, and keeps what was reported."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.seen: list[ProgressEvent] = []

    def __call__(self, event: ProgressEvent) -> None:
        self.seen.append(event)
        if len(self.seen) > self.number:
            raise Cancelled


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", [0, 6, 11, 20, 26])
def test_stopped_at_any_moment_it_answers_with_the_best_so_far_and_a_bound(
    objective: Objective, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    case = random_case(seed, n_measures=5, n_parties=3, generous=8.0)
    goal = random_goal(case, seed)
    sign = 1.0 if objective in ("trust", "duration") else -1.0  # small values are good
    to_the_end = StopAt(10**9)
    best = design_roadmap(case, goal=goal, objective=objective, progress=to_the_end)
    assert best.status is Status.OPTIMAL
    assert best.value is not None
    values: list[float] = []
    for number in range(len(to_the_end.seen)):
        design = design_roadmap(case, goal=goal, objective=objective, progress=StopAt(number))
        assert design.status is Status.STOPPED
        if design.evaluation is None:
            assert (design.stages, design.value, design.bound) == ((), None, None)
            assert not values
            continue
        assert design.evaluation.holds
        assert design.value is not None
        assert sign * design.value >= sign * best.value - 1e-9
        if design.bound is not None:
            assert sign * design.bound <= sign * best.value + 1e-9
        values.append(sign * design.value)
        json.dumps(design.to_dict(), allow_nan=False)
    # The later it is stopped, the better the answer.
    assert values
    assert values == sorted(values, reverse=True)


def test_stopped_at_once_it_says_that_nothing_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    design = design_roadmap(pair(), progress=StopAt(0))
    assert design.status is Status.STOPPED
    assert str(design.explain()) == "Stopped before any roadmap was found; none may exist."


def test_progress_says_what_is_done_and_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    case = random_case(11, n_measures=5, n_parties=3, generous=8.0)
    seen = StopAt(10**9)
    design = design_roadmap(case, goal=random_goal(case, 11), progress=seen)
    tasks = [event.task for event in seen.seen]
    assert tasks[0] == "listing states"
    assert {"listing stages", "searching"} <= set(tasks)
    assert all(event.fraction is None or 0.0 <= event.fraction <= 1.0 for event in seen.seen)
    assert design.status is Status.OPTIMAL


# Why there is none


def two(*measures: Measure, **other: Any) -> Case:
    return case_of([party("A"), party("B"), party("C")], list(measures), **other)


def test_a_party_that_would_walk_out_is_the_conflict_alone() -> None:
    case = two(measure("x", "A", {"A": 1, "B": 1, "C": -1}), measure("y", "B", {"A": 1, "B": 1}))
    design = design_roadmap(case)
    assert design.status is Status.NONE
    assert design.conflict is not None
    assert design.conflict.to_dict() == {"parties": ["C"], "measures": [], "minimal": True}


def test_the_measure_that_tempts_is_named() -> None:
    # C would undo z: it saves 1 a period for 9 periods, and nobody else ends anything for it.
    case = two(
        measure("x", "A", {"A": 1, "B": 1, "C": 1}, irreversible=True),
        measure("z", "C", {"A": 1, "C": -1}, detection_lag=9),
    )
    case = replace(case, parties=(*case.parties[:2], party("C", breakdown=-1.0)))
    design = design_roadmap(case)
    assert design.conflict is not None
    assert design.conflict.to_dict() == {"parties": ["C"], "measures": ["z"], "minimal": True}


def test_parties_that_only_together_rule_everything_out() -> None:
    # Whoever goes last stays out; whoever goes first is content: only both rule out both orders, and one measure of the
    # two rules out doing them together.
    design = design_roadmap(pair(irreversible=True))
    assert design.conflict is not None
    assert design.conflict.to_dict() == {"parties": ["A", "B"], "measures": ["a"], "minimal": True}
    assert design_roadmap(pair(irreversible=True), max_per_stage=1).conflict is not None


def after_a_chain(n_measures: int, *last: Measure, **other: Any) -> Case:
    """So many measures in a chain, taken in turn by C, D, E and F, and after all of them the last ones of A and B."""
    ids = [f"m{n}" for n in range(n_measures)]
    chain = [
        measure(m, "CDEF"[n % 4], {"C": 0.0}, irreversible=True, requires=ids[n - 1 : n]) for n, m in enumerate(ids)
    ]
    parties = [party(i, 0.9, breakdown=-2.0) for i in "AB"] + [party(i) for i in "CDEF"]
    return case_of(parties, [*chain, *(replace(m, after=tuple(ids[-1:])) for m in last)], **other)


@pytest.mark.parametrize("n_before", [0, 2, 62])
def test_a_conflict_of_two_measures_whatever_their_columns(n_before: int) -> None:
    # One by one: the last to go keeps 3 instead of 2 for nine periods, before anybody notices, and then −2 for good,
    # which walking out would bring at once.  So A rules out one order by a, and B the other by b.
    firm: dict[str, Any] = {"irreversible": True, "detection_lag": 9}
    case = after_a_chain(
        n_before, measure("a", "A", {"A": -1, "B": 3}, **firm), measure("b", "B", {"A": 3, "B": -1}, **firm)
    )
    design = design_roadmap(case, max_per_stage=1)
    assert design.conflict is not None
    assert design.conflict.to_dict() == {"parties": ["A", "B"], "measures": ["a", "b"], "minimal": True}


@pytest.mark.parametrize("n_before", [0, 2, 60])
def test_the_smaller_of_two_conflicts_whatever_their_columns(n_before: int) -> None:
    # A saves 1 a period for nine periods by withholding x, or y and z together: x alone is enough to rule out all.
    firm: dict[str, Any] = {"irreversible": True, "detection_lag": 9}
    case = after_a_chain(
        n_before,
        measure("w", "B", {"A": 3}, irreversible=True),
        measure("x", "A", {"A": -1}, **firm),
        measure("y", "A", **firm),
        measure("z", "A", **firm),
        terms=(term("A", "y or z", -1.0),),
    )
    design = design_roadmap(case, together=[["y", "z"]])
    assert design.conflict is not None
    assert design.conflict.to_dict() == {"parties": ["A"], "measures": ["x"], "minimal": True}


def test_leaving_nothing_of_a_conflict_out_makes_a_roadmap_hold() -> None:
    # Of three pairs only the one whose measure costs too much is in conflict.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 3}),
            measure("y", "B", {"A": 3, "B": -1}),
            measure("w", "A", {"A": -9, "B": 3}),
        ],
        terms=(term("B", "x and y", 1.0),),
    )
    design = design_roadmap(case)
    assert design.conflict is not None
    assert design.conflict.parties == ("A",)
    assert design_roadmap(case, goal=["x", "y"]).status is Status.OPTIMAL
