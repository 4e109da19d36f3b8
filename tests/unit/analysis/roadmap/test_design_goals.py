"""What a design is asked for: goals, what they lack, and who sits at the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente import Design, design_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap import OBJECTIVES
from detente.case import Case, Direction, Format, Forum, Measure, Reading, parse_condition
from detente.errors import OptionError
from tests.oracle.hand_cases import case_of, measure, pair, party


def two(*measures: Measure, **other: Any) -> Case:
    return case_of([party("A"), party("B")], list(measures), **other)


def gift(measure_id: str, by: str = "A", **other: Any) -> Measure:
    """A measure that everybody likes, so that any order of them holds."""
    return measure(measure_id, by, {"A": 1, "B": 1, "C": 1}, **other)


def refused(case: Case, **options: Any) -> str:
    with pytest.raises(OptionError) as error:
        design_roadmap(case, **options)
    return str(error.value)


def missing(case: Case, **options: Any) -> tuple[str, ...]:
    design = design_roadmap(case, **options)
    assert design.status is Status.NONE
    assert (design.stages, design.durations, design.value, design.bound) == ((), (), None, None)
    assert (design.conflict, design.evaluation) == (None, None)
    return design.missing


def taken(design: Design) -> set[str]:
    return {m for stage in design.stages for m in stage}


# Goals


def test_without_a_goal_everything_is_to_be_in_force() -> None:
    case = two(gift("x"), gift("y"), gift("z"), status_quo=("y",))
    design = design_roadmap(case)
    assert design.goal == ("x", "z")
    assert taken(design) == {"x", "z"}


def test_a_goal_is_exactly_what_is_taken_in_declared_order() -> None:
    case = two(gift("x"), gift("y"), gift("z"))
    for goal in (["z", "x"], "z and x"):
        design = design_roadmap(case, goal=goal)
        assert design.goal == ("x", "z")
        assert taken(design) == {"x", "z"}
        assert design.to_dict()["goal"] == "x and z"


def test_what_is_in_force_already_is_ignored_in_a_goal() -> None:
    case = two(gift("x"), gift("y"), status_quo=("y",))
    assert design_roadmap(case, goal=["x", "y"]).goal == ("x",)


def test_a_goal_of_nothing_new_is_refused() -> None:
    case = two(gift("x"), gift("y"), status_quo=("y",))
    assert refused(case, goal=["y"]) == (
        "the goal is in force already; name at least one measure outside the status quo"
    )


def test_all_unknown_measures_of_a_goal_are_named() -> None:
    assert refused(two(gift("x")), goal=["z", "x", "y"]) == "unknown measure in the goal: 'z', 'y'"
    assert refused(two(gift("x")), goal="x or y") == "unknown measure in the goal: 'x or y'"


def test_a_case_without_new_measures_has_nothing_to_design() -> None:
    assert refused(two(gift("x"), status_quo=("x",))) == (
        "the case has no measure outside the status quo; there is nothing to design"
    )


def test_everything_at_once_must_be_feasible_to_be_the_goal_unasked() -> None:
    case = two(gift("x", excludes=("y",)), gift("y"))
    assert refused(case) == (
        "the state with every measure in force is not feasible ('x' and 'y' exclude each other); say which measures "
        'are the goal, for example --goal "a and b"'
    )
    assert design_roadmap(case, goal="y").status is Status.OPTIMAL


def test_what_can_only_be_given_up_is_no_part_of_everything() -> None:
    case = two(gift("x"), replace(gift("y"), direction=Direction.BACKWARD))
    assert design_roadmap(case).goal == ("x",)


@pytest.mark.parametrize("objective", ["margin", "nash"])
def test_the_best_of_all_goals(objective: Any) -> None:
    # x and y are good for both, w costs A 5: best of all is without w.
    case = two(gift("x"), gift("y", "B"), measure("w", "A", {"A": -5, "B": 1}))
    design = design_roadmap(case, goal="best", objective=objective)
    assert design.goal is None
    assert design.to_dict()["goal"] == "best"
    assert design.status is Status.OPTIMAL
    assert taken(design)
    assert "w" not in taken(design)
    if objective == "nash":
        assert taken(design) == {"x", "y"}
        assert design.value == pytest.approx(4.0)


@pytest.mark.parametrize("objective", ["trust", "duration"])
def test_the_best_of_all_goals_is_not_for_objectives_that_doing_nothing_would_win(objective: str) -> None:
    assert refused(pair(), goal="best", objective=objective) == (
        f"goal 'best' needs objective nash or margin; with '{objective}' doing nothing would win"
    )


def test_the_best_of_all_goals_keeps_apart_what_excludes_each_other() -> None:
    # y would be best, but s is in force and excludes it; of x and z, which exclude each other, z is worth more.
    case = two(
        gift("x", excludes=("z",)),
        measure("y", "B", {"A": 9, "B": 9}),
        measure("z", "B", {"A": 2, "B": 2}),
        gift("s", excludes=("y",)),
        status_quo=("s",),
    )
    design = design_roadmap(case, goal="best", objective="nash")
    assert design.stages == (("z",),)
    assert design.value == pytest.approx(4.0)


def test_best_does_not_count_doing_nothing() -> None:
    case = two(measure("x", "A", {"A": -1, "B": 0}, irreversible=True))
    design = design_roadmap(case, goal="best", objective="margin")
    assert (design.status, design.stages) == (Status.NONE, ())
    assert design.conflict is not None
    assert design.conflict.parties == ("A",)


def test_an_unknown_objective() -> None:
    assert refused(pair(), objective="fame") == "unknown objective 'fame' (one of: trust, margin, duration, nash)"


# What a goal lacks


def test_what_its_members_require_or_come_after_is_named() -> None:
    case = two(gift("x", requires=("y",), after=("z",)), gift("y"), gift("z"), gift("w", after=("y",)))
    assert missing(case, goal=["x", "w"]) == (
        "'x' requires 'y', which the goal lacks",
        "'x' comes after 'z', which the goal lacks",
        "'w' comes after 'y', which the goal lacks",
    )
    assert design_roadmap(replace(case, status_quo=("y", "z")), goal=["x", "w"]).status is Status.OPTIMAL


def test_members_that_exclude_each_other_or_what_is_in_force_are_named() -> None:
    case = two(gift("x", excludes=("y", "s")), gift("y"), gift("s"), status_quo=("s",))
    assert missing(case, goal=["x", "y"]) == ("'x' and 'y' exclude each other", "'x' and 's' exclude each other")


def test_an_infeasible_goal_is_named_with_its_pattern() -> None:
    case = two(gift("x"), gift("y"), infeasible=(parse_condition("x and not y"),))
    assert missing(case, goal=["x"]) == ("the goal is infeasible: x and not y",)
    assert taken(design_roadmap(case, goal=["x", "y"])) == {"x", "y"}


def test_a_goal_that_can_only_be_given_up() -> None:
    case = two(gift("x"), replace(gift("y"), direction=Direction.BACKWARD))
    assert missing(case, goal=["y"]) == ("'y' can only be given up, not taken",)


def test_a_cycle_of_what_comes_before_what() -> None:
    case = two(gift("x"), gift("y"))
    assert missing(case, before=[("x", "y"), ("y", "x")]) == ("what must come before what forms a cycle",)


def test_a_goal_that_no_order_of_stages_reaches() -> None:
    # Each needs the other's absence at first: x comes after y, but y alone is infeasible.
    case = two(gift("x", after=("y",)), gift("y"), infeasible=(parse_condition("y and not x"),))
    assert missing(case) == ("no order of stages leads to it within what is allowed",)


def test_a_status_quo_that_is_infeasible_itself() -> None:
    case = two(gift("x"), infeasible=(parse_condition("not x"),))
    assert missing(case) == ("the goal, or the status quo, is infeasible",)


def test_limits_that_no_order_of_stages_meets() -> None:
    assert missing(pair(), max_stages=1, max_per_stage=1) == ("no order of stages leads to it within what is allowed",)
    assert missing(pair(), max_duration=1, max_per_stage=1) == (
        "no order of stages leads to it within what is allowed",
    )


# Who sits at the table


SEATED = case_of(
    [party("A"), party("B"), party("C")],
    [
        gift("alone"),
        gift("both", "AB"),
        gift("theirs", "C"),
        gift("later", "A", after=("theirs",)),
        Measure(id="resolved", name="resolved", forum="council", value={"A": 1.0, "B": 1.0, "C": -9.0}),
    ],
    forums=(Forum(id="council", members=("A", "B", "C"), quota=2, end_quota=2),),
    formats=(Format(id="talks", parties=("B", "A")), Format(id="one", parties=("A",)), Format(id="c", parties=("C",))),
)


def test_at_a_table_everything_is_what_those_there_can_take_with_what_it_needs() -> None:
    # Not what C owns, nor what comes after it; the council's quota of two is met by A and B.
    assert design_roadmap(SEATED, at_table="talks").goal == ("alone", "both", "resolved")
    assert design_roadmap(SEATED, at_table="one").goal == ("alone",)


def test_a_goal_that_those_at_the_table_cannot_take() -> None:
    assert missing(SEATED, at_table="one", goal=["alone", "both", "resolved"]) == (
        "'both' cannot be taken by those at the table",
        "'resolved' cannot be taken by those at the table",
    )


def test_a_veto_holder_away_from_the_table_blocks_a_forums_measure() -> None:
    veto = replace(SEATED, forums=(replace(SEATED.forums[0], veto=("C",)),))
    assert missing(veto, at_table="talks", goal=["resolved"]) == ("'resolved' cannot be taken by those at the table",)


def test_seats_that_nobody_holds_help_those_at_the_table() -> None:
    helped = replace(SEATED, forums=(replace(SEATED.forums[0], others=1),))
    assert design_roadmap(helped, at_table="one").goal == ("alone", "resolved")


def test_only_the_checks_of_those_at_the_table_count() -> None:
    # C loses 9 by the resolution and would leave; away from the table it cannot.
    whole = design_roadmap(SEATED)
    assert whole.status is Status.NONE
    assert whole.conflict is not None
    assert whole.conflict.parties == ("C",)
    design = design_roadmap(SEATED, at_table="talks")
    assert design.status is Status.OPTIMAL
    assert design.evaluation is not None
    assert design.evaluation.parties == ("A", "B")
    assert {row.party for row in design.evaluation.rows} == {"A", "B"}
    assert design.parameters["at_table"] == "talks"


def test_a_table_at_which_nothing_can_be_taken() -> None:
    case = case_of([party("A"), party("B")], [gift("x", "B")], formats=(Format(id="one", parties=("A",)),))
    assert refused(case, at_table="one") == (
        "no measure outside the status quo can be taken by those at the table; there is nothing to design"
    )
    assert missing(case, at_table="one", goal="best", objective="nash") == (
        "there is no measure that those at the table can take",
    )


def test_an_unknown_format() -> None:
    assert refused(SEATED, at_table="talk") == "unknown format 'talk' (the case has: talks, one, c)"
    assert refused(pair(), at_table="talks") == "unknown format 'talks' (the case has: none)"


# Readings


def test_a_design_under_a_reading() -> None:
    reading = Reading(id="hawk", name="Hawk")
    costly = replace(pair(), measures=(pair().measures[0], measure("b", "B", {"A": 3, "B": -9})))
    case = replace(pair(), readings=(reading,), reading_cases={"hawk": costly})
    assert design_roadmap(case).status is Status.OPTIMAL
    design = design_roadmap(case, reading="hawk")
    assert design.status is Status.NONE
    assert design.provenance.reading == "hawk"
    assert refused(case, reading="dove") == "unknown reading 'dove' (the case has: hawk)"


def test_every_objective_is_offered() -> None:
    values = {objective: design_roadmap(pair(), objective=objective).value for objective in OBJECTIVES}
    assert values == pytest.approx({"trust": 0.2, "margin": 0.5, "duration": 1, "nash": 4.0})
