"""Leaving measures out: the fewest without which the rest holds."""

from __future__ import annotations

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.drop import closed_sets, find_drop
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Measure, Roadmap
from tests.oracle.hand_cases import case_of, measure, party


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def swap(*further: Measure, stages: tuple[tuple[str, ...], ...], lengths: tuple[int, ...] | None = None) -> Case:
    """A fair exchange of a for b, with further measures of A that nobody gains enough from."""
    return case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3}), *further],
        roadmaps=(Roadmap(id="r", name="r", stages=stages, durations=lengths),),
    )


def spoiler(measure_id: str) -> Measure:
    return measure(measure_id, "A", {"A": -9, "B": 1})


def test_the_one_that_spoils_it_goes() -> None:
    case = swap(spoiler("c"), stages=(("a", "b"), ("c",)), lengths=(2, 5))
    [repair] = find_drop(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert (repair.summary, repair.amount, repair.unit, repair.notes) == ("“c” is left out.", 1.0, "measures", ())
    assert repair.case.roadmap("r") == Roadmap(id="r", name="r", stages=(("a", "b"),), durations=(2,))


def test_what_depends_on_it_goes_with_it() -> None:
    # d and e would be welcome, but require c or come after it.
    welcome = {"A": 0.5, "B": 0.5}
    case = swap(
        spoiler("c"),
        measure("d", "B", welcome, requires=("c",)),
        measure("e", "B", welcome, after=("d",)),
        stages=(("a", "b"), ("c", "d"), ("e",)),
    )
    [repair] = find_drop(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.summary == "Of 5 measures only “a” and “b” are left."
    assert repair.amount == 3.0
    assert repair.evaluation.stages == (("a", "b"),)


def test_the_widest_margin_comes_first_and_more_are_counted() -> None:
    # B keeps its part while it nets half of the 8 a period that A's a brings it; without any one of its gifts it does.
    gifts = [
        measure(name, "B", {"B": -worth, "A": 0.2}) for name, worth in zip("cdef", (0.7, 0.75, 0.8, 0.85), strict=True)
    ]
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1, "B": 8}), measure("b", "B", {"B": -1, "A": 3}), *gifts],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b", "c", "d", "e", "f"),)),),
    )
    repairs = list(find_drop(case, entry_of(case)))
    assert [repair.summary for repair in repairs if isinstance(repair, Repair)] == [
        "“f” is left out.",
        "“e” is left out.",
        "“d” is left out.",
    ]
    first = repairs[0]
    assert isinstance(first, Repair)
    assert first.notes == ("There are 4 measures that would do; these 3 are told.",)
    margins = [repair.evaluation.critical.flow_margin for repair in repairs if isinstance(repair, Repair)]
    assert margins == sorted(margins, reverse=True)


def test_where_nothing_helps_it_is_said() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}), measure("b", "B", {"B": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b"),)),),
    )
    [failure] = find_drop(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == "Nothing that is left of the roadmap without some of its measures holds."


def test_a_roadmap_of_one_measure() -> None:
    case = case_of(
        [party("A")],
        [measure("a", "A", {"A": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",),)),),
    )
    [failure] = find_drop(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == "The roadmap has only one measure."


def many(stages: tuple[tuple[str, ...], ...]) -> Case:
    return swap(*(spoiler(name) for name in "cdef"), stages=stages)


def test_after_the_last_trial_what_helps_most_goes_first() -> None:
    case = many((("a", "b"), ("c", "d", "e", "f")))
    [repair] = find_drop(case, entry_of(case), most_trials=10)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.evaluation.stages == (("a", "b"),)
    assert repair.notes == (
        "These are not proven to be the fewest: no set of up to 1 does, larger ones were not all tried. No single one "
        "of them can stay.",
    )


def test_that_may_lead_nowhere() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}), measure("b", "B", {"B": -1}), measure("c", "B", {"B": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b", "c"),)),),
    )
    [failure] = find_drop(case, entry_of(case), most_trials=1)
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "Leaving out the measure whose loss helps most, again and again, leaves nothing that holds; every set was not "
        "tried."
    )


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4])
def test_closed_sets(size: int) -> None:
    dependents = {"a": ["b", "c"], "b": ["d"], "c": [], "d": []}
    found = list(closed_sets("abcd", dependents, size))
    want: dict[int, list[str]] = {0: [""], 1: ["c", "d"], 2: ["bd", "cd"], 3: ["bcd"], 4: ["abcd"]}
    assert sorted("".join(sorted(one)) for one in found) == want[size]
