"""Another order: the nearest in which the same measures hold."""

from __future__ import annotations

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs import nearby
from detente.analysis.roadmap.repairs.nearby import nearest_moves, single_moves
from detente.analysis.roadmap.repairs.order import find_order, moved
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.analysis.roadmap.repairs.trials import Trials
from detente.case import Case, Roadmap
from detente.errors import Cancelled
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, party
from tests.oracle.repairs import orders


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def exchange(*stages: tuple[str, ...], lengths: tuple[int, ...] | None = None, patience: float = 0.5) -> Case:
    """A's measure is for good and B's is not, so that A must not come first."""
    return case_of(
        [party("A", patience), party("B", patience, breakdown=-2)],
        [measure("a", "A", {"A": -1, "B": 4}, irreversible=True), measure("b", "B", {"B": -1, "A": 3})],
        roadmaps=(Roadmap(id="r", name="r", stages=stages, durations=lengths),),
    )


def test_two_measures_together() -> None:
    # a takes 3 periods; what A gets for it comes too late afterwards, but not at the same time.
    case = case_of(
        [party("A", 0.8), party("B", 0.8)],
        [
            measure("a", "A", {"A": -1, "B": 3}, duration=3),
            measure("b", "B", {"B": -1, "A": 1.5}),
            measure("c", "A", {"B": 0.5}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",), ("c",))),),
    )
    [repair] = find_order(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert (repair.amount, repair.unit) == (0.5, "pairs of measures")
    assert repair.summary == "“a” and “b” are taken together instead of one after the other."
    assert repair.notes == ("Its stages: first “a” and “b”; then “c”.",)


def test_stated_lengths_fall_away() -> None:
    # With the stage as short as it can be, A need not wait so long for b.
    case = case_of(
        [party("A", 0.9), party("B", 0.9)],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",)), durations=(14, 1)),),
    )
    [repair] = find_order(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == 0.0
    assert repair.summary == "The order stays, but every stage is as short as verification allows."
    assert repair.notes == ("Stages last as long as verification takes; the stated lengths (14, 1) fall away.",)
    assert repair.case.roadmap("r").durations is None


def test_where_no_order_holds_it_is_said_who_rules_them_out() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}), measure("b", "B", {"A": 0.5})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
    )
    [failure] = find_order(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert (
        failure.reason
        == "No roadmap to the goal holds: A would walk out of every order of stages (no smaller set does)."
    )


def test_too_little_memory_leaves_what_is_near() -> None:
    case = exchange(("a",), ("b",))
    found = list(find_order(case, entry_of(case), memory=1.0, most_trials=0))
    [failure] = found
    assert isinstance(failure, NoRepair)
    assert failure.reason.startswith(
        "No order nearby was found to hold, of the 0 nearest that move one or two measures. Not every order was tried: "
    )


def test_single_moves() -> None:
    moves = set(single_moves((("a", "b"), ("c",))))
    assert moves == {
        (("b",), ("c", "a")),
        (("a",), ("b",), ("c",)),
        (("b",), ("a",), ("c",)),
        (("b",), ("c",), ("a",)),
        (("a",), ("c", "b")),
        (("a",), ("c",), ("b",)),
        (("a", "b", "c"),),
        (("c",), ("a", "b")),
        (("a", "b"), ("c",)),
    }


def test_moving_two_of_three_reaches_every_order() -> None:
    start = (("a",), ("b",), ("c",))
    reached = {tuple(map(frozenset, s)) for once in single_moves(start) for s in (once, *single_moves(once))}
    assert reached == {tuple(map(frozenset, s)) for s in orders("abc")}


def test_nothing_near_within_the_trials() -> None:
    case = exchange(("a",), ("b",))
    assert nearest_moves(entry_of(case), Trials(0, "trying", None)) is None


def test_in_large_roadmaps_one_measure_is_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(
        [party("A", 0.8), party("B", 0.8)],
        [
            measure("a", "A", {"A": -1, "B": 3}, duration=3),
            measure("b", "B", {"B": -1, "A": 1.5}),
            measure("c", "A", {"B": 0.5}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",), ("c",))),),
    )
    monkeypatch.setattr(nearby, "MOST_PAIRS", 0)
    trials = Trials(2000, "trying", None)
    assert nearest_moves(entry_of(case), trials) == ((("b", "a"), ("c",)), 0.5)
    assert trials.count <= 9


def test_pairs_that_move() -> None:
    assert moved((("a",), ("b", "c"), ("d",)), (("b",), ("a", "c"), ("d",))) == (
        [("a", "b")],
        [("a", "c"), ("b", "c")],
    )


def test_it_can_be_stopped() -> None:
    case = exchange(("a",), ("b",))

    def progress(event: ProgressEvent) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        list(find_order(case, entry_of(case), progress=progress))
