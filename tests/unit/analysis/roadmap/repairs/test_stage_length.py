"""Stage lengths: the least change that makes a roadmap hold."""

from __future__ import annotations

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.analysis.roadmap.repairs.stage_length import find_stage_length
from detente.case import Case, Roadmap
from tests.oracle.hand_cases import case_of, measure, party


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def first_a(*lengths: int, discount: float = 0.9, gain: float = 3.0) -> Case:
    """A gives B 3 a period at 1 to itself; B answers in the next stage."""
    return case_of(
        [party("A", discount), party("B", discount)],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": gain})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",)), durations=lengths or None),),
    )


def test_a_stage_that_makes_one_wait_too_long() -> None:
    # A goes ahead if 0.9^d · 3 ≥ 1, so for at most 10 periods.
    case = first_a(14, 1)
    [repair] = find_stage_length(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.summary == "Stage 1 lasts 10 periods instead of 14."
    assert (repair.amount, repair.unit, repair.notes) == (4.0, "periods", ())
    assert [change.to_dict() for change in repair.changes] == [
        {"path": "roadmaps.r.durations", "from": [14, 1], "to": [10, 1]}
    ]


def test_a_longer_stage_puts_off_what_is_dear() -> None:
    # B stays at stage 2 only because breaking would cost it 5 a period; it begins if 0.9^d ≤ 3/4, so from 3 periods on.
    case = case_of(
        [party("A", 0.9), party("B", 0.9, breakdown=-5)],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -4, "A": 4})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
    )
    [repair] = find_stage_length(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.summary == "Stage 1 lasts 3 periods instead of 1."
    assert repair.notes == ("The roadmap then states the lengths of all its stages; so far verification sets them.",)
    assert repair.case.roadmap("r").durations == (3, 1)


def test_a_stage_may_have_to_be_very_long() -> None:
    # As above, but B begins only if 0.99^d ≤ 10/95, which no length near the present one brings.
    case = case_of(
        [party("A", 0.999), party("B", 0.99, breakdown=-20)],
        [measure("a", "A", {"A": -0.01, "B": 1}), measure("b", "B", {"B": -9.5, "A": 90}, detection_lag=4)],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
    )
    [repair] = find_stage_length(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.summary == "Stage 1 lasts 225 periods instead of 1."


def waits(*lengths: int, least: int) -> Case:
    """A gives at stage 1 and gets at stage 3; it goes ahead if the first two stages take 10 periods at most."""
    return case_of(
        [party("A", 0.9), party("B", 0.9)],
        [
            measure("a", "A", {"A": -1, "B": 3}, duration=least),
            measure("n", "B", duration=least),
            measure("b", "B", {"B": -1, "A": 3}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("n",), ("b",)), durations=lengths),),
    )


def test_two_stages_together() -> None:
    case = waits(8, 8, 1, least=4)
    repairs = list(find_stage_length(case, entry_of(case)))
    lengths = [repair.case.roadmap("r").durations for repair in repairs if isinstance(repair, Repair)]
    assert lengths == [(6, 4, 1), (5, 5, 1), (4, 6, 1)]
    assert [repair.amount for repair in repairs if isinstance(repair, Repair)] == [6.0, 6.0, 6.0]


def test_more_ways_than_are_told_are_counted() -> None:
    case = waits(10, 10, 1, least=3)
    first, *_ = repairs = list(find_stage_length(case, entry_of(case)))
    assert len(repairs) == 3
    assert isinstance(first, Repair)
    assert first.notes == ("There are 5 changes of as many periods that would do; these 3 are told.",)


def test_no_length_helps_a_party_that_gains_from_no_stage() -> None:
    case = first_a(2, 1, gain=0.5)
    [failure] = find_stage_length(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "At stage 1, before “a”, A would do better by reneging or not starting at all, however short or long the "
        "stages are."
    )


def test_at_the_end_no_length_counts() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -4, "B": 3}), measure("b", "B", {"B": -1, "A": 5}, irreversible=True)],
        roadmaps=(Roadmap(id="r", name="r", stages=(("b",), ("a",)), durations=(2, 2)),),
    )
    [failure] = find_stage_length(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "At stage 2, before “a”, A would do better by reneging or walking out, however short or long the stages are."
    )


def test_what_was_tried_is_said() -> None:
    # A needs a short wait and B a long one: each check alone could be met, both together cannot.
    case = case_of(
        [party("A", 0.9), party("B", 0.9, breakdown=-5)],
        [
            measure("a", "A", {"A": -1, "B": 3}),
            measure("n", "B"),
            measure("b", "B", {"B": -4, "A": 1.3}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("n",), ("b",))),),
    )
    entry = entry_of(case)
    [failure] = find_stage_length(case, entry)
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "No length of a single stage, shorter or longer, makes the roadmap hold, nor does changing those of two by up "
        "to 24 periods in all or those of three by up to 24 periods in all; larger changes were not tried."
    )
    [stopped] = find_stage_length(case, entry, most_trials=0)
    assert isinstance(stopped, NoRepair)
    assert stopped.reason == (
        "No length of a single stage, shorter or longer, makes the roadmap hold; lengths of several stages were not "
        "all tried."
    )
