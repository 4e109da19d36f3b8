"""Verdicts and designs in plain sentences, word for word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente import design_roadmap, evaluate_roadmap, evaluate_roadmaps
from detente.analysis.result import Status
from detente.analysis.roadmap import Conflict, Design
from detente.analysis.roadmap.design_words import explain_design
from detente.case import Case, Measure, Party, Reading, Roadmap
from tests.oracle.hand_cases import case_of, measure, pair, party


def named(case: Case, names: dict[str, str], **other: object) -> Case:
    """The case with names for people."""
    return replace(
        case,
        parties=tuple(replace(p, name=names.get(p.id, p.name)) for p in case.parties),
        measures=tuple(replace(m, name=names.get(m.id, m.name)) for m in case.measures),
        **other,  # type: ignore[arg-type]  # fields of Case
    )


NAMES = {"A": "North Korea", "B": "United States", "a": "Freeze tests", "b": "Suspend exercises"}
FREEZE = named(
    pair(), NAMES, period="month", roadmaps=(Roadmap(id="double", name="Double freeze", stages=(("a", "b"),)),)
)


def sentences(case: Case, stages: list[list[str]] | str, **options: str) -> list[str]:
    return str(evaluate_roadmap(case, stages, **options).explain()).split("\n")  # type: ignore[arg-type]  # a reading


def test_a_roadmap_that_holds() -> None:
    assert sentences(FREEZE, "double") == [
        "“Double freeze” holds: at no point would a party do better by reneging or walking out.",
        "At stage 1, before “Freeze tests” and “Suspend exercises”, North Korea would lose 0.5 a month by withholding "
        "“Freeze tests” (noticed after 1 month).",
        "It asks most trust of North Korea, at stage 1: the others must be expected to do their part with a "
        "probability of at least 20%.",
        "It stops holding when the chance of an outside breakdown reaches 0.333 a month (here 0).",
    ]


def test_a_roadmap_that_does_not_hold_names_the_worst_temptation_of_each_party() -> None:
    # A gives for good; B, whose turn is next, would give 3 a period for nothing any more.
    case = named(
        case_of(
            [party("A"), party("B")],
            [measure("a", "A", {"A": -1, "B": 2}, irreversible=True), measure("b", "B", {"A": 3, "B": -3})],
        ),
        NAMES,
    )
    assert sentences(case, [["a"], ["b"]]) == [
        "“roadmap” does not hold: United States would do better by reneging, at 4 of 10 checks.",
        "At stage 2, before “Suspend exercises”, United States would gain 3 a period by walking out openly.",
        "No trust in the others, however great, would make United States go ahead at stage 2.",
    ]


def test_several_tempted_parties_come_worst_first() -> None:
    case = case_of(
        [party("A"), party("B"), party("C")],
        [measure("a", "A", {"A": -1, "B": 0, "C": 0}), measure("b", "B", {"A": 0, "B": -2, "C": 0})],
    )
    assert sentences(case, [["a", "b"]]) == [
        "“roadmap” does not hold: A and B would do better by reneging, at 6 of 9 checks.",
        "At stage 1, before “a” and “b”, B would gain 2 a period by not starting at all.",
        "At stage 1, before “a” and “b”, A would gain 1 a period by not starting at all.",
        "No trust in the others, however great, would make A go ahead at stage 1.",
    ]


def test_a_deviation_that_withholds_and_undoes() -> None:
    # For z, A has nothing in return; undoing x too is noticed after the same two weeks.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 4}, detection_lag=2),
            measure("y", "B", {"A": 4, "B": -1}),
            measure("z", "A", {"A": -2.5, "B": 1}, detection_lag=2),
        ],
        period="week",
    )
    assert sentences(case, [["x", "y"], ["z"]])[:2] == [
        "“roadmap” does not hold: A would do better by reneging, at 5 of 10 checks.",
        "At stage 2, before “z”, A would gain 2.5 a week by withholding “z” and undoing “x” (noticed after 2 weeks).",
    ]


def test_a_temptation_that_only_the_end_has() -> None:
    # y and v verify each other, so a stage lasts one period; without both of them y is missed after 9, but while the
    # roadmap is under way at the end of its stage.  Then B keeps 5 for 9 periods, which is worth 9.98 against 6.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 5}),
            measure("y", "B", {"A": 3, "B": -2}, detection_lag=9, verifies={"v": 1}),
            measure("v", "B", {"A": 0, "B": 0}, detection_lag=9, verifies={"y": 1}),
        ],
    )
    assert sentences(case, [["x", "y", "v"]]) == [
        "“roadmap” does not hold: B would do better by reneging, at 1 of 6 checks.",
        "At the end, with everything in force, B would gain 2 a period by undoing “y” and “v” "
        "(noticed after 9 periods).",
    ]


def test_a_roadmap_that_asks_for_no_trust_and_never_fails() -> None:
    case = case_of([party("A")], [measure("a", "A", {"A": 1})])
    assert sentences(case, [["a"]]) == [
        "“roadmap” holds: at no point would a party do better by reneging or walking out.",
        "At stage 1, after “a”, A would lose 0 a period by walking out openly.",
        "It asks for no trust: every party would go ahead even if it expected the others to fail.",
        "No chance of an outside breakdown makes it fail.",
    ]


def test_the_reading_is_named() -> None:
    reading = Reading(id="hawk", name="A hawk's view")
    case = replace(FREEZE, readings=(reading,), reading_cases={"hawk": replace(FREEZE, readings=(reading,))})
    assert sentences(case, "double", reading="hawk")[0] == (
        "Under the reading “A hawk's view”, “Double freeze” holds: at no point would a party do better by reneging or "
        "walking out."
    )


def test_a_long_stage_is_told_by_how_many_measures_it_has() -> None:
    many = [measure(m, "A", {"A": 1}) for m in "vwxyz"]
    assert sentences(case_of([party("A")], many), [list("vwxyz")])[1] == (
        "At stage 1, after its 5 measures, A would lose 0 a period by walking out openly."
    )
    assert sentences(case_of([party("A")], many), [list("vwxy")])[1] == (
        "At stage 1, after “v”, “w”, “x” and “y”, A would lose 0 a period by walking out openly."
    )


def test_what_nobody_states_is_said_once_for_all_roadmaps() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": 1}), measure("b", "B"), measure("never", "B")],
        roadmaps=(
            Roadmap(id="one", name="One", stages=(("a",),)),
            Roadmap(id="two", name="Two", stages=(("a",), ("b",))),
        ),
    )
    told = str(evaluate_roadmaps(case).explain()).split("\n")
    assert told[-1] == "Nobody states what these are worth, so each counts as 0: “a” to B; “b” to A and B."
    assert sum("Nobody states" in line for line in told) == 1


def test_sentences_say_what_they_rest_on() -> None:
    first, critical, *_ = evaluate_roadmap(FREEZE, "double").explain().sentences
    assert (first.parties, first.measures, first.stage) == ((), (), None)
    assert (critical.parties, critical.measures, critical.stage) == (("A",), ("a",), 1)


def test_names_are_safe_in_html() -> None:
    case = named(FREEZE, {"A": "<b>A & co</b>"})
    html = evaluate_roadmap(case, "double").explain()._repr_html_()
    assert "&lt;b&gt;A &amp; co&lt;/b&gt; would lose 0.5 a month" in html
    assert "<b>" not in html


# Designs


@pytest.mark.parametrize(
    ("objective", "first"),
    [
        ("trust", "The roadmap that asks for the least trust has 1 stage and needs a required probability of 20%"),
        ("duration", "The roadmap that is the shortest has 1 stage and needs 1 month"),
        ("nash", "The roadmap that has the greatest product of gains has 1 stage and reaches a product of 4"),
    ],
)
def test_a_design(objective: str, first: str) -> None:
    told = design_roadmap(FREEZE, objective=objective).explain()  # type: ignore[arg-type]  # one of the words
    assert str(told).split("\n") == [
        f"{first} (proven: no roadmap does better).",
        "Stage 1: “Freeze tests” and “Suspend exercises”.",
        "At stage 1, before “Freeze tests” and “Suspend exercises”, North Korea would lose 0.5 a month by withholding "
        "“Freeze tests” (noticed after 1 month).",
    ]


def test_a_design_of_several_stages() -> None:
    told = design_roadmap(FREEZE, objective="duration", max_per_stage=1, before=[("b", "a")]).explain()
    assert str(told).split("\n") == [
        "The roadmap that is the shortest has 2 stages and needs 2 months (proven: no roadmap does better).",
        "Stage 1: “Suspend exercises”.",
        "Stage 2: “Freeze tests”.",
        "At stage 1, before “Suspend exercises”, United States would lose 0.5 a month by not starting at all.",
    ]
    assert [sentence.stage for sentence in told.sentences] == [None, 1, 2, 1]


def test_a_design_that_asks_for_no_trust() -> None:
    case = case_of([party("A")], [measure("a", "A", {"A": 1})])
    told = str(design_roadmap(case).explain()).split("\n")
    assert told[0] == (
        "The roadmap that asks for the least trust has 1 stage and needs no trust at all "
        "(proven: no roadmap does better)."
    )


def test_a_design_of_greatest_margin() -> None:
    told = str(design_roadmap(FREEZE, objective="margin").explain()).split("\n")
    assert told[0].startswith("The roadmap that has the widest margins has ")
    assert told[0].endswith(" and reaches a least margin of 0.5 a month (proven: no roadmap does better).")


def test_why_no_roadmap_holds_by_what_could_be_done_with_measures() -> None:
    case = named(pair(irreversible=True), NAMES)
    told = design_roadmap(case).explain()
    assert str(told) == (
        "No roadmap to the goal holds: what North Korea and United States could do with “Freeze tests”, by withholding "
        "or undoing, or by walking out, rules out every order of stages (no smaller set does)."
    )
    assert told.sentences[0].parties == ("A", "B")
    assert told.sentences[0].measures == ("a",)


def test_why_no_roadmap_holds_by_walking_out() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1}, irreversible=True)])
    assert str(design_roadmap(case).explain()) == (
        "No roadmap to the goal holds: A would walk out of every order of stages (no smaller set does)."
    )


def test_what_makes_a_goal_impossible() -> None:
    case = case_of(
        [party("A")], [measure("a", "A", requires=("b",)), measure("b", "A", after=("c",)), measure("c", "A")]
    )
    assert str(design_roadmap(case, goal=["a", "b"]).explain()) == (
        "No roadmap leads to the goal: 'b' comes after 'c', which the goal lacks."
    )


def unfinished(**fields: object) -> str:
    """What is said of a design with these fields."""
    base = design_roadmap(FREEZE)
    design: Design = replace(base, **fields)  # type: ignore[arg-type]  # fields of Design
    return " / ".join(sentence.text for sentence in explain_design(design))


def test_a_conflict_that_is_not_proven_smallest() -> None:
    conflict = Conflict(parties=("B",), measures=("a", "b"), minimal=False)
    assert unfinished(status=Status.NONE, evaluation=None, conflict=conflict) == (
        "No roadmap to the goal holds: what United States could do with “Freeze tests” and “Suspend exercises”, by "
        "withholding or undoing, or by walking out, rules out every order of stages (nothing of it can be left out, "
        "but a smaller set may exist)."
    )


def test_a_design_without_a_conflict() -> None:
    assert unfinished(status=Status.NONE, evaluation=None) == (
        "No roadmap to the goal holds; the search for who rules them out was stopped."
    )


def test_a_design_stopped_before_anything_was_found() -> None:
    assert unfinished(status=Status.STOPPED, evaluation=None) == (
        "Stopped before any roadmap was found; none may exist."
    )


def test_what_nobody_states_for_a_party_without_measures() -> None:
    case = replace(FREEZE, parties=(*FREEZE.parties, Party(id="C", name="China", discount=0.5)))
    case = replace(case, measures=(*case.measures, Measure(id="idle", name="idle", owners=("C",))))
    assert sentences(case, "double")[-1] == (
        "Nobody states what these are worth, so each counts as 0: “Freeze tests” to China; "
        "“Suspend exercises” to China."
    )
