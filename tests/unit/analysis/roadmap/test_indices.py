"""Indices for mediators: worked by hand, told in sentences, stopped on request."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detente import Indices, compute_indices, read_case
from detente.analysis.result import Status
from detente.analysis.roadmap import PartyIndices, RoadmapIndices, StageIndices
from detente.analysis.roadmap.indices_words import (
    explain_front_loading,
    explain_hold_up,
    explain_levers,
    explain_power,
)
from detente.case import Case
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party, term

CASES = Path(__file__).parents[3] / "cases"


def entry_of(case: Case, *stages: list[str]) -> RoadmapIndices:
    [entry] = compute_indices(case, [list(stages)]).roadmaps
    return entry


def first_of(entry: RoadmapIndices) -> str:
    return next(explain_front_loading(entry)).text


def at(entry: RoadmapIndices, stage: int, who: str) -> StageIndices:
    return entry.of_party(who)[stage - 1]


def test_timing_by_hand() -> None:
    # A gives 1 in stage 1, at 0, and gets 3 in stage 2, at 1, the start of the last stage; δ = ½.
    first, second = entry_of(pair(), ["a"], ["b"]).parties
    assert first == PartyIndices(
        party="A",
        gives=1.0,
        gets=3.0,
        gives_at=0.0,
        gets_at=1.0,
        front_loading=1.0,
        order_cost=1.5,  # (1 − ½)·3
        worst=-1.0,
        worst_stage=1,
    )
    assert (second.front_loading, second.order_cost) == (-1.0, -0.5)
    assert (second.worst, second.worst_stage) == (2.0, 2)


def test_costs_and_terms_are_given_and_got() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}, cost={"A": 2.0}), measure("b", "B", {"A": 3})],
        terms=(term("A", "a and b", -0.5), term("A", "not a", 4.0)),
    )
    first, other = entry_of(case, ["a"], ["b"]).parties
    # Stage 1: −1, ½·2 of its cost and the 4 that end with it; stage 2: 3, and −0.5 of the term.
    assert (first.gives, first.gets) == (6.5, 3.0)
    assert first.gives_at == pytest.approx(0.5 / 6.5)
    assert first.front_loading == pytest.approx(1.0 - 0.5 / 6.5)
    assert (other.gives, other.gets, other.front_loading) == (0.0, 0.0, None)


def test_hold_up_by_hand() -> None:
    # After stage 1 A has −1 for good: L = −2, U = −1 + ½·4 = 1, N = 0.
    entry = entry_of(pair(irreversible=True), ["a"], ["b"])
    row = at(entry, 1, "A")
    assert (row.sunk, row.stake, row.loss) == (1.0, 1.5, 1.0)
    assert row.hold_up == pytest.approx(2 / 3)
    # B has got 3 for good and could be stopped at that.
    other = at(entry, 1, "B")
    assert (other.sunk, other.loss, other.hold_up) == (0.0, -3.0, 0.0)
    # After stage 2 nothing is left to stop.
    assert [(r.stake, r.hold_up) for r in entry.stages[2:]] == [(0.0, 0.0), (0.0, 0.0)]


def test_what_was_gained_on_the_way_counts_against_what_is_sunk() -> None:
    # A first gets 3 for one period, then pays once; if B then stops, all it has is what it got and what it paid.
    case = case_of(
        [party("A"), party("B")],
        [measure("b", "B", {"A": 3, "B": -1}), measure("a", "A", {"B": 5}, cost={"A": 2.0}, irreversible=True)],
    )
    row = at(entry_of(case, ["b"], ["a"]), 2, "A")
    # L = 3·1 − ½·2 = 2 > N = 0.
    assert (row.sunk, row.loss, row.hold_up) == (1.0, -1.0, 0.0)
    without = case_of(
        [party("A"), party("B")],
        [measure("b", "B", {"A": 0.5, "B": -1}), measure("a", "A", {"B": 5}, cost={"A": 2.0}, irreversible=True)],
    )
    row = at(entry_of(without, ["b"], ["a"]), 2, "A")
    # L = 0.5 − 1 = −0.5, U = 0.5 + ½·(−2 + 0.5/(1 − ½)) = 0.
    assert row.loss == 0.25
    assert row.hold_up == pytest.approx(1.0)


def test_no_trust_makes_up_for_a_bad_bargain() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"A": 0.5})])
    entry = entry_of(case, ["a"], ["b"])
    assert at(entry, 2, "A").hold_up is None
    assert [s.text for s in explain_hold_up(entry)] == [
        "A would at some stage be worse off than if it had never begun even if the others went on, so that no trust "
        "could make up for that."
    ]


def test_power_by_hand() -> None:
    entry = entry_of(pair(irreversible=True), ["a"], ["b"])
    assert [(r.outside, r.shift) for r in entry.of_party("A")] == [(-1.0, -1.0), (2.0, 3.0)]
    assert [(r.outside, r.shift) for r in entry.of_party("B")] == [(3.0, 3.0), (2.0, -1.0)]
    # V_A(1) = 1, a flow of ½; V_B(1) = 3 + ½·4 = 5, a flow of 2.5.
    assert [r.shift_share for r in entry.stages[:2]] == [-2.0, pytest.approx(1.2)]
    assert all(harm == 0.0 for r in entry.stages for harm in r.inflicts.values())


def test_what_can_be_undone_is_what_can_be_inflicted() -> None:
    entry = entry_of(pair(), ["a"], ["b"])
    assert [(r.shift, r.inflicts) for r in entry.of_party("A")] == [(0.0, {"B": 3.0}), (0.0, {"B": 3.0})]
    assert [r.inflicts for r in entry.of_party("B")] == [{"A": 0.0}, {"A": 3.0}]


def test_a_roadmap_that_is_front_loaded_in_words() -> None:
    entry = entry_of(pair(irreversible=True), ["a"], ["b"])
    assert [s.text for s in (*explain_front_loading(entry), *explain_hold_up(entry), *explain_power(entry))] == [
        "A gives before it gets, more than any other: on average it gives at once and gets after 1 period "
        "(front-loading +1.00 on a scale from −1 to +1).",
        "B gets before it gives: on average it gives after 1 period and gets at once (front-loading −1.00 on a scale "
        "from −1 to +1).",
        "On the way these are worse off than before the first stage, at worst: A by 1 after stage 1, a period in each "
        "one's own units.",
        "The greatest hold-up risk is 67%, for A after stage 1: if the others stopped there, it would be 1 a period "
        "worse off than if it had never begun, so that it has to trust with that probability that they go on.",
        "By threatening to stop there, the others could press A for concessions worth up to 1.5 a period, since going "
        "on is worth that much more to it than a breakdown; its own irreversible steps and one-off costs until then "
        "come to 1 a period.",
        "Power moves most at stage 2: what walking out is worth falls for B by 1 (40% of what the roadmap gains it); "
        "it rises for A by 3 (6 times what the roadmap gains it), a period in each one's own units.",
        "Once all is in force, nobody could take anything from another by undoing its own measures.",
    ]


def test_a_roadmap_in_which_nothing_can_be_regretted_in_words() -> None:
    entry = entry_of(pair(), ["a", "b"])
    assert [s.text for s in (*explain_front_loading(entry), *explain_hold_up(entry), *explain_power(entry))] == [
        "Everything comes in one stage, so nobody gives before the others.",
        "Nobody can be held up: wherever the others stop, no party is worse off than if it had never begun.",
        "No stage moves what any party could fall back on.",
        "Once all is in force, this is the most that each could lose to another's undoing its own measures: A 3 to B "
        "and B 3 to A, a period in each one's own units.",
    ]


def test_parties_that_only_give_or_only_get_in_words() -> None:
    case = case_of(
        [party("A"), party("B"), party("C"), party("D")],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "A", {"C": 1})],
    )
    assert first_of(entry_of(case, ["a"], ["b"])) == (
        "By the values of this case A only gives, B and C only get and D neither gives nor gets, so that no "
        "front-loading can be told."
    )


def test_one_who_gives_and_gets_at_the_same_time_in_words() -> None:
    case = case_of(
        [party("A")], [measure("a", "A", {"A": -1}), measure("b", "A", {"A": 2})], terms=(term("A", "a", 1.5),)
    )
    assert first_of(entry_of(case, ["a"], ["b"])) == (
        "A gives before it gets: on average it gives at once and gets after 0.6 periods (front-loading +0.57 on a "
        "scale from −1 to +1)."
    )
    assert first_of(entry_of(case, ["b"], ["a"])).startswith("A gets before it gives")
    even = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1}, cost={}), measure("b", "B", {"B": 2})])
    even = replace(even, terms=(term("A", "a", 1.5),))
    assert first_of(entry_of(even, ["a"], ["b"])) == ("A gives and gets at the same time on average (front-loading 0).")


def test_everything_listed_leaves_no_lever() -> None:
    assert [s.text for s in explain_levers(entry_of(pair(), ["a"], ["b"]))] == [
        "Every measure of the case that could be taken or ended is in the roadmap."
    ]


def test_one_entry_per_reading_and_roadmap() -> None:
    case = read_case(CASES / "border.yaml")
    result = compute_indices(case, readings=[None, "hawk"])
    assert [(e.reading, e.id) for e in result.roadmaps] == [
        (None, "at-once"),
        (None, "pay-first"),
        ("hawk", "at-once"),
        ("hawk", "pay-first"),
    ]
    assert [order.roadmaps for order in result.orders] == [("at-once",), ("pay-first",)]
    assert [found.reading for found in result.orders[0].readings] == [None, "hawk"]
    assert result.provenance.reading is None
    assert compute_indices(case, readings=["hawk"]).provenance.reading == "hawk"


def test_frames_have_a_row_for_everything() -> None:
    result = compute_indices(read_case(CASES / "border.yaml"))
    frame = result.to_frame()
    assert len(frame) == 2 * 1 + 2 * 3
    assert {"roadmap", "reading", "stage", "party", "hold_up", "shift", "front_loading"} <= set(frame.columns)
    levers = result.levers_frame()
    assert list(levers["measure"]) == ["canal", "canal"]
    assert set(result.demands_frame()["before"]) == {"withdraw"}


def test_the_explanation_names_roadmaps_and_orders() -> None:
    result = compute_indices(read_case(CASES / "border.yaml"), readings=["hawk"])
    headings = [s.text for s in result.explain().sentences if s.text.endswith(":")]
    assert headings == [
        "“At once” under the reading “A hawk's view”:",
        "“Aid first” under the reading “A hawk's view”:",
        "The order of the 2 measures of “At once”:",
        "The order of the 3 measures of “Aid first”:",
    ]


def test_the_picture_is_of_the_first_roadmap_or_of_the_order() -> None:
    case = read_case(CASES / "border.yaml")
    assert compute_indices(case).plot().get_xlabel() == "months from the start; at the right: front-loading"
    bare = replace(case, roadmaps=())
    assert [text.get_text() for text in compute_indices(bare).plot().texts] == ["Troops withdrawn", "A canal"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_measures": 0}, "max_measures must be at least 1, got 0"),
        ({"max_per_stage": 0}, "max_per_stage must be at least 1, got 0"),
        ({"goal": "best"}, "the goal 'best' has no order of its own; name measures"),
        ({"goal": "moon"}, "unknown measure in the goal: 'moon'"),
        ({"readings": ["dove"]}, "unknown reading 'dove' (the case has: hawk)"),
        ({"orders_under": ["dove"]}, "unknown reading 'dove' (the case has: hawk)"),
        ({"roadmaps": ["slow"]}, "unknown roadmap 'slow' (the case has: at-once, pay-first)"),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as refused:
        compute_indices(read_case(CASES / "border.yaml"), **options)  # type: ignore[arg-type]  # options by name
    assert str(refused.value) == message


def stop_at(task: str) -> tuple[list[str], object]:
    seen: list[str] = []

    def progress(event: ProgressEvent) -> None:
        seen.append(event.task)
        if event.task == task:
            raise Cancelled("stopped by the user")

    return seen, progress


def stopped(case: Case, monkeypatch: pytest.MonkeyPatch, task: str) -> Indices:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    _, progress = stop_at(task)
    return compute_indices(case, progress=progress)  # type: ignore[arg-type]  # a callable


def test_stopped_while_orders_are_sought_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    result = stopped(read_case(CASES / "border.yaml"), monkeypatch, "looking for orders that hold")
    assert result.status is Status.STOPPED
    assert len(result.roadmaps) == 2
    assert result.orders == ()


def test_stopped_before_anything_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    case = replace(read_case(CASES / "border.yaml"), roadmaps=())
    with pytest.raises(Cancelled):
        stopped(case, monkeypatch, "looking for orders that hold")
    with pytest.raises(Cancelled):
        stopped(read_case(CASES / "border.yaml"), monkeypatch, "evaluating roadmaps")
