"""Measures in instalments."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.instalments import why_not_split, with_instalments
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.analysis.roadmap.repairs.split import find_split, placements
from detente.case import Case, Ranks, Reading, Roadmap, format_condition, parse_condition
from detente.casefile import case_from_tree, case_to_tree, change_case
from detente.casefile.tree import Plain
from tests.oracle.hand_cases import case_of, measure, party, term


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def big_step(*stages: tuple[str, ...], lengths: tuple[int, ...] | None = None) -> Case:
    """A gives for good, B can take back."""
    return case_of(
        [party("A", 0.9, breakdown=-1), party("B", 0.9, breakdown=-3)],
        [measure("a", "A", {"A": -4, "B": 5}, irreversible=True), measure("b", "B", {"B": -1, "A": 5})],
        roadmaps=(Roadmap(id="r", name="r", stages=stages, durations=lengths),),
    )


def test_halves() -> None:
    case = big_step(("a",), ("b",), lengths=(5, 1))
    first, second = find_split(case, entry_of(case))
    assert isinstance(first, Repair)
    assert isinstance(second, Repair)
    assert first.works
    assert first.summary == "“a” is taken in halves, at stage 1 and stage 2."
    assert (first.amount, first.unit) == (2.0, "instalments")
    assert first.notes == ("For that, stage 2 is added, with nothing else in it.",)
    assert first.case.roadmap("r").stages == (("b", "a.50%"), ("a.100%",))
    assert first.case.roadmap("r").durations == (1, 1)
    assert [m.value for m in first.case.measures] == [{"A": -2.0, "B": 2.5}, {"A": -2.0, "B": 2.5}, {"B": -1, "A": 5}]
    assert [change.path for change in first.changes] == [
        "measures.a.name",
        "measures.a.50%",
        "measures.a.100%",
        "roadmaps.r.stages",
        "roadmaps.r.durations",
    ]
    assert second.summary == "“b” is taken in halves, at stage 1 and stage 2."


def test_what_cannot_be_split_is_said() -> None:
    graded = with_instalments(big_step(("a",), ("b",)), "a", 2)
    watching = replace(graded.measure("b"), verifies={"a.50%": 1})
    case = change_case(replace(graded, measures=(*graded.measures[:2], watching)), {})
    [failure] = find_split(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "No measure can be split: “a 50%” is a level of a graded measure already, and 2 more cannot be split either."
    )


def test_where_nothing_helps_it_is_said() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}), measure("b", "B", {"A": 0.5}, verifies={"a": 1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
    )
    [failure] = find_split(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "Halves or thirds of no single measure, wherever they are put, make the roadmap hold (1 of 2 measures cannot "
        "be split further)."
    )


def test_trials_end() -> None:
    case = big_step(("a",), ("b",), lengths=(5, 1))
    [failure] = find_split(case, entry_of(case), most_trials=0)
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "Halves or thirds of no single measure, wherever they are put, make the roadmap hold as far as was tried: 0 "
        "placements, not all."
    )


def test_placements() -> None:
    found = list(placements((("a", "b"),), "a", ("x", "y")))
    assert found == [
        ((("x",), ("b", "y")), (None, 0)),
        ((("x",), ("b",), ("y",)), (None, 0, None)),
        ((("b", "x"), ("y",)), (0, None)),
    ]


def test_an_emptied_stage_falls_away() -> None:
    found = list(placements((("a",), ("b",)), "a", ("x", "y")))
    assert found[0] == ((("x",), ("y",), ("b",)), (None, 0, 1))
    assert found[2] == ((("x",), ("b", "y")), (None, 1))


SYSTEM: dict[str, Plain] = {
    "detente": 1,
    "name": "system",
    "parties": {"A": {"discount": 0.9}, "B": {"discount": 0.9}},
    "interests": {"calm": {"weight": {"A": 1}}},
    "measures": {
        "a": {
            "name": "Withdrawal",
            "by": ["A"],
            "value": {"A": -2, "B": [1, 3, 6]},
            "effects": {"calm": {"A": 0.5}},
            "cost": {"A": 3},
            "undo-cost": {"A": 1},
            "deters": {"B": 2},
        },
        "b": {"by": ["B"], "after": ["a"], "verifies": {"a": 1}},
        "c": {"by": ["B"], "requires": ["a"]},
        "d": {"by": ["B"], "excludes": ["a"]},
    },
    "terms": [{"party": "A", "when": "a and b", "value": 1}],
    "preferences": {
        "A": {"statements": [["a", {"when": "b", "weight": 2}], "not a if b"]},
        "B": {"weights": {"a": 2, "b": 1, "c": 0, "d": -1}, "unknown": [["a", "b"]], "strong": [["b", "not a"]]},
    },
    "infeasible": ["d and not c"],
    "roadmaps": {"r": {"stages": [["a", "c"], ["b"]], "durations": [2, 3]}, "s": {"stages": [["a"]]}},
    "progress": [{"measure": "a", "taken": 2, "ended": 4}],
    "readings": {"other": {"set": {"measures.a.value.B": 4, "roadmaps.s.stages": [["c", "a"]]}}},
}


def test_everything_that_names_it_goes_on_meaning_the_same() -> None:
    case = case_from_tree(SYSTEM)
    split = change_case(with_instalments(case, "a", 3), {})
    tree = case_to_tree(split)
    parts = ["a.one-third", "a.two-thirds", "a.three-thirds"]
    assert tree["measures"] == {
        "a": {
            **dict(SYSTEM["measures"]["a"].items()),  # type: ignore[index, call-overload, union-attr]  # a literal
            "levels": ["one-third", "two-thirds", "three-thirds"],
        },
        "b": {"by": ["B"], "after": ["a.three-thirds"], "verifies": dict.fromkeys(parts, 1)},
        "c": {"by": ["B"], "requires": ["a.three-thirds"]},
        "d": {"by": ["B"], "excludes": ["a.one-third"]},
    }
    assert tree["terms"] == [{"party": "A", "when": "a.three-thirds and b", "value": 1}]
    assert tree["preferences"] == {
        "A": {"statements": [["a.three-thirds", {"when": "b", "weight": 2}], "not a.three-thirds if b"]},
        "B": {
            "weights": {**dict.fromkeys(parts, 0), "a.three-thirds": 2, "b": 1, "c": 0, "d": -1},
            "unknown": [["a.three-thirds", "b"]],
            "strong": [["b", "not a.three-thirds"]],
        },
    }
    assert tree["roadmaps"] == {
        "r": {"stages": [[*parts, "c"], ["b"]], "durations": [2, 3]},
        "s": {"stages": [parts]},
    }
    assert tree["progress"] == [{"measure": part, "taken": 2, "ended": 4} for part in parts]
    assert tree["readings"] == {
        "other": {"set": {"measures.a.value.B": 4, "roadmaps.s.stages": [["c", *parts]]}},
    }
    assert split.under("other").measure("a.one-third").value["B"] == pytest.approx(4 / 3)


def test_what_a_part_makes_infeasible() -> None:
    patterns = tuple(map(parse_condition, ("a and not c", "b and not a", "d if a", "b iff a")))
    case = case_from_tree(SYSTEM)
    split = with_instalments(replace(case, infeasible=patterns), "a", 2)
    assert [format_condition(pattern) for pattern in split.infeasible] == [
        "a.50% and not c",
        "b and not a.100%",
        "d if a.100%",
        "b iff a.100%",
    ]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({}, ""),
        (
            {"preferences": {"B": Ranks(ranks=tuple(range(16)))}},
            "“Withdrawal” is part of states that a party's preferences list one by one",
        ),
        (
            {"readings": (Reading(id="x", name="X", settings={"terms.0.when": "b and (a)"}),)},
            "“Withdrawal” is named in what the reading “X” sets",
        ),
        (
            {"readings": (Reading(id="x", name="X", settings={"measures.b.verifies": {"a": 2}}),)},
            "“Withdrawal” is named in what the reading “X” sets",
        ),
        ({"readings": (Reading(id="x", name="X", settings={"measures.b.after": ["c"]}),)}, ""),
    ],
)
def test_why_not(changed: dict[str, object], reason: str) -> None:
    case = case_from_tree(SYSTEM)
    changed_case = replace(case, **changed)  # type: ignore[arg-type]  # fields by name
    assert why_not_split(changed_case, case.measure("a")) == reason


def test_a_combination_waits_for_the_whole() -> None:
    case = replace(big_step(("a",), ("b",), lengths=(5, 1)), terms=(term("B", "a and b", 0.1),))
    first, *_ = find_split(case, entry_of(case))
    assert isinstance(first, Repair)
    assert first.notes == (
        "For that, stage 2 is added, with nothing else in it.",
        "Whatever requires it, comes after it or values it with others waits for the last instalment.",
    )
