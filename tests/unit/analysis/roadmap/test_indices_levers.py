"""Levers that no stage mentions: who can use them, what they do to whom, and to the verdict."""

from __future__ import annotations

from dataclasses import replace

from detente import compute_indices
from detente.analysis.roadmap import Lever, RoadmapIndices
from detente.analysis.roadmap.indices_words import describe_lever, explain_levers
from detente.case import Case, Direction, Forum
from tests.oracle.hand_cases import case_of, measure, pair, party, term


def entry_of(case: Case, *stages: list[str]) -> RoadmapIndices:
    [entry] = compute_indices(case, [list(stages)], max_measures=1).roadmaps
    return entry


def levers_of(case: Case, *stages: list[str]) -> dict[str, Lever]:
    return {lever.measure: lever for lever in entry_of(case, *stages).levers}


def with_bank(value: float) -> Case:
    """Two that swap, and accounts that B has frozen and could free: worth `value` to A."""
    swap = pair()
    return replace(
        swap,
        measures=(*swap.measures, measure("frozen", "B", {"A": -value, "B": 0.25})),
        status_quo=("frozen",),
    )


def test_a_measure_of_the_status_quo_can_be_ended() -> None:
    assert levers_of(with_bank(1.0), ["a"], ["b"]) == {
        "frozen": Lever(
            measure="frozen",
            use="undo",
            parties=("B",),
            jointly=False,
            along=(),
            at_start={"A": 1.0, "B": -0.25},
            at_end={"A": 1.0, "B": -0.25},
            holds_after=True,
        )
    }


def test_a_lever_that_would_make_a_roadmap_fail_comes_first() -> None:
    # With c in force, a is worth 4 less to B than without: the swap no longer pays it.
    swap = pair()
    case = replace(
        swap,
        measures=(*swap.measures, measure("d", "A", {"B": 9.0}), measure("c", "A", {"A": 0.5})),
        terms=(term("B", "a and c", -4.0),),
    )
    entry = entry_of(case, ["a", "b"])
    assert entry.evaluation.holds
    assert [s.text for s in explain_levers(entry)] == [
        "No stage mentions 2 measures that could be taken or ended; using one of them at the outset would make it "
        "fail.",
        "A could take “c”: +0.5 for A a period; used at the outset, it would make the roadmap fail.",
        "A could take “d”: +9 for B a period.",
    ]


def test_a_lever_that_would_make_a_roadmap_hold_is_told_so() -> None:
    swap = pair(irreversible=True)
    case = replace(swap, measures=(*swap.measures, measure("g", "A", {})), terms=(term("B", "a and b and g", 4.0),))
    entry = entry_of(case, ["a"], ["b"])
    assert not entry.evaluation.holds
    [lever] = entry.levers
    assert lever.holds_after is True
    assert [s.text for s in explain_levers(entry)] == [
        "No stage mentions 1 measure that could be taken or ended; using it at the outset would make it hold.",
        "A could take “g”: worth nothing to anybody by the values of this case; used at the outset, it would make the "
        "roadmap hold.",
    ]


def test_what_a_lever_needs_is_part_of_it() -> None:
    case = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"B": 1}),
            measure("b", "B", {"A": 1}),
            measure("c", "A", {"B": 2}, requires=("b",)),
            measure("d", "B", {"A": 4}, after=("c",)),
        ],
    )
    found = levers_of(case, ["a"])
    assert (found["c"].along, found["c"].parties, found["c"].jointly) == (("b",), ("A", "B"), True)
    assert (found["d"].along, found["d"].at_start) == (("b", "c"), {"A": 5.0, "B": 2.0})
    # Where what it needs is in the roadmap, it cannot come before.
    later = levers_of(case, ["b"], ["c"])
    assert (later["d"].along, later["d"].at_end, later["d"].holds_after) == (("b", "c"), {"A": 4.0, "B": 0.0}, None)


def test_what_nobody_can_use_is_no_lever() -> None:
    swap = pair()
    case = replace(
        swap,
        measures=(
            *swap.measures,
            replace(measure("gone", "A", {"B": 1}), direction=Direction.BACKWARD),
            measure("law", "A", {"B": 1}, irreversible=True),
            measure("clash", "A", {"B": 1}, excludes=("a",)),
            replace(measure("vote", "A", {"B": 1}), owners=(), forum="council"),
        ),
        status_quo=("law",),
        forums=(Forum(id="council", members=("A",), quota=2, end_quota=2),),
    )
    assert list(levers_of(case, ["a"], ["b"])) == ["clash"]  # before the roadmap, though not with it
    assert levers_of(case, ["a"], ["b"])["clash"].at_end is None
    assert levers_of(case, ["a"], ["b"])["clash"].holds_after is None


def test_what_something_irreversible_needs_cannot_be_ended() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("base", "A", {"B": 1}), measure("firm", "B", {"A": 1}, irreversible=True, requires=("base",))],
        status_quo=("base",),
    )
    lever = levers_of(case, ["firm"])["base"]
    assert (lever.at_start, lever.at_end, lever.holds_after) == ({"A": 0.0, "B": -1.0}, None, None)


def test_a_forums_lever_is_named_by_the_forum() -> None:
    swap = pair()
    case = replace(
        swap,
        measures=(*swap.measures, replace(measure("vote", "A", {"B": 1}), owners=(), forum="council")),
        forums=(Forum(id="council", members=("A", "B"), quota=2, end_quota=1),),
    )
    lever = levers_of(case, ["a"], ["b"])["vote"]
    assert (lever.parties, lever.jointly) == (("A", "B"), True)
    assert describe_lever(case, lever) == "the forum “council” could take “vote”: +1 for B a period"
    ended = levers_of(replace(case, status_quo=("vote",)), ["a"], ["b"])["vote"]
    assert (ended.use, ended.parties, ended.jointly) == ("undo", ("A", "B"), False)
    assert describe_lever(case, ended) == "A or B could end “vote”: −1 for B a period"


def test_what_lapses_with_a_lever_is_told() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("base", "A", {"B": 1}), measure("soft", "B", {"A": 2}, requires=("base",))],
        status_quo=("base",),
    )
    lever = levers_of(case, ["soft"])["base"]
    assert (lever.along, lever.at_start, lever.at_end) == ((), {"A": 0.0, "B": -1.0}, {"A": -2.0, "B": -1.0})


def test_of_many_levers_it_is_said_that_not_all_are_told() -> None:
    measures = [measure("m", "A", {"A": 1.0}), *(measure(f"x{n}", "A", {"A": n + 1.0}) for n in range(5))]
    [entry] = compute_indices(case_of([party("A"), party("B")], measures), [[["m"]]]).roadmaps
    told = [sentence.text for sentence in explain_levers(entry)]
    assert len(told) == 5
    assert told[0] == "No stage mentions 5 measures that could be taken or ended, these 4 among them."
