"""The order that readings demand: stated, derived, in cycles, and what was not examined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from detente import compute_indices, read_case
from detente.analysis.roadmap import Demand, OrderDemands, indices_order
from detente.analysis.roadmap.indices_cycles import find_cycles
from detente.analysis.roadmap.indices_words import explain_order
from detente.case import Case, Reading, parse_condition
from detente.errors import Cancelled, LimitError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party, term
from tests.unit.analysis.roadmap.test_indices import CASES


def order_of(case: Case, **options: object) -> OrderDemands:
    [order] = compute_indices(replace(case, roadmaps=()), **options).orders  # type: ignore[arg-type]  # by name
    return order


def pairs(order: OrderDemands) -> list[tuple[str, str, bool, bool]]:
    return [(d.before, d.after, d.strict, d.stated) for d in order.demands]


def says(order: OrderDemands) -> list[str]:
    return [sentence.text for sentence in explain_order(order)]


def with_readings(case: Case, **readings: Case) -> Case:
    return replace(case, readings=tuple(Reading(id=r, name=r.upper()) for r in readings), reading_cases=dict(readings))


def firm_swap(*, last: str) -> Case:
    """Both steps irreversible; only the one who keeps its word gladly may come last."""
    case = pair(irreversible=True)
    glad = {"A": {"A": 0.1, "B": 3.0}, "B": {"B": 0.1, "A": 3.0}}
    return replace(
        case, measures=tuple(replace(m, value=glad[last]) if m.owners == (last,) else m for m in case.measures)
    )


def test_nothing_demanded() -> None:
    order = order_of(pair())
    assert (order.goal, order.demands, order.cycles, order.is_complete) == (("a", "b"), (), (), True)
    assert [found.holds for found in order.readings] == [True]
    assert says(order) == ["No reading is known to demand any order."]


def test_a_demand_is_derived_where_no_other_order_holds() -> None:
    order = order_of(firm_swap(last="B"))
    assert pairs(order) == [("a", "b", True, False)]
    assert says(order) == ["What is known of the readings' demands on the order can be met together."]


def test_readings_of_who_keeps_its_word_contradict_each_other() -> None:
    case = with_readings(pair(irreversible=True), mine=firm_swap(last="B"), yours=firm_swap(last="A"))
    order = order_of(case)
    [cycle] = order.cycles
    assert (cycle.measures, cycle.path) == (("a", "b"), ("a", "b"))
    assert [[d.reading for d in step] for step in cycle.steps] == [["mine"], ["yours"]]
    assert says(order) == [
        "The demands of the readings form a cycle, which no roadmap can meet: “a” before “b” (since under the reading "
        "“MINE” no roadmap holds otherwise); “b” before “a” (since under the reading “YOURS” no roadmap holds "
        "otherwise).",
        "Under the base case no roadmap with these measures holds, in whatever order.",
    ]


def test_what_a_case_states_is_demanded_even_if_nothing_holds() -> None:
    case = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -1}),
            measure("b", "B", {"B": -1}, after=("a",)),
            measure("c", "A", {"A": -1}, requires=("b",)),
        ],
    )
    order = order_of(case)
    assert pairs(order) == [("a", "b", True, True), ("b", "c", False, True)]
    assert says(order) == [
        "What is known of the readings' demands on the order can be met together.",
        "Under the base case no roadmap with these measures holds, in whatever order.",
    ]


def test_what_follows_from_stated_demands_is_marked_as_implied() -> None:
    case = case_of(
        [party("A")],
        [
            measure("a", "A", {"A": 1}),
            measure("b", "A", {"A": 1}, after=("a",)),
            measure("c", "A", {"A": 1}, requires=("b",)),
        ],
    )
    order = order_of(case)
    assert [(d.before, d.after, d.strict, d.stated, d.implied) for d in order.demands] == [
        ("a", "b", True, True, False),
        ("a", "c", True, False, True),
        ("b", "c", False, True, False),
    ]


def test_what_must_come_together_is_demanded_both_ways() -> None:
    # One without the other is so bad for both that no period of it is worth what follows.
    case = case_of(
        [party("A", 0.9), party("B", 0.9)],
        [measure("a", "A", {"A": 1, "B": 1}), measure("b", "B", {"A": 1, "B": 1})],
        terms=tuple(term(i, f"{m} and not {other}", -50.0) for i in "AB" for m, other in (("a", "b"), ("b", "a"))),
    )
    order = order_of(case)
    assert pairs(order) == [("a", "b", False, False), ("b", "a", False, False)]
    assert order.cycles == ()


def test_readings_that_differ_in_nothing_that_matters_are_examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case = pair()
    asked: list[object] = []
    examine = indices_order._examine

    def counted(*arguments: object) -> object:
        asked.append(arguments)
        return examine(*arguments)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(indices_order, "_examine", counted)
    order = order_of(with_readings(case, same=replace(case, name="other"), more=firm_swap(last="B")))
    assert len(asked) == 2
    assert [found.reading for found in order.readings] == [None, "same", "more"]


def test_large_goals_are_not_examined_beyond_what_is_stated() -> None:
    order = order_of(firm_swap(last="B"), max_measures=1)
    assert (order.demands, order.is_complete) == ((), False)
    assert says(order) == [
        "No reading is known to demand any order.",
        "What the base case demands of the order beyond what is stated was not examined: 2 measures are more than the "
        "1 that orders are tried for.",
    ]
    several = order_of(with_readings(pair(), mine=firm_swap(last="B")), max_measures=1)
    assert says(several)[1].startswith("What any reading demands of the order beyond what is stated was not examined: ")


def test_a_goal_that_a_reading_puts_out_of_reach_is_told() -> None:
    clash = case_of([party("A")], [measure("a", "A", {"A": 1}, excludes=("b",)), measure("b", "A", {"A": 1})])
    order = order_of(with_readings(pair(), other=clash), goal="a and b")
    assert [found.reason for found in order.readings] == [
        "",
        "the goal is out of reach: 'a' and 'b' exclude each other",
    ]


def test_infeasible_states_on_the_way_count() -> None:
    case = replace(pair(), infeasible=(parse_condition("b and not a"),))
    assert pairs(order_of(case)) == [("a", "b", False, False)]
    never = replace(pair(), infeasible=(parse_condition("a and not b"), parse_condition("b and not a")))
    assert pairs(order_of(never, max_per_stage=1)) == []
    assert [found.holds for found in order_of(never, max_per_stage=1).readings] == [False]


def test_a_limit_of_measures_a_stage_is_kept() -> None:
    case = case_of(
        [party("A", 0.9), party("B", 0.9)],
        [measure("a", "A", {"A": 1, "B": 1}), measure("b", "B", {"A": 1, "B": 1})],
        terms=(term("A", "b and not a", -50.0), term("B", "b and not a", -50.0)),
    )
    assert pairs(order_of(case)) == [("a", "b", False, False)]
    assert pairs(order_of(case, max_per_stage=1)) == [("a", "b", True, False)]


def test_a_search_too_large_is_told_and_what_was_proven_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    find, calls = indices_order._find_holding, iter(range(100))

    def limited(*arguments: object, **options: object) -> object:
        if next(calls) == 2:
            raise LimitError("more than 1 states")
        return find(*arguments, **options)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr(indices_order, "_find_holding", limited)
    order = order_of(firm_swap(last="B"))
    [found] = order.readings
    assert (found.holds, found.undecided, found.reason) == (True, 1, "too large to examine (more than 1 states)")
    assert says(order)[-1] == (
        "What the base case demands of the order beyond what is stated was not examined to the end (1 ways for two "
        "measures to follow each other are left open): too large to examine (more than 1 states)."
    )


def test_too_little_memory_is_told() -> None:
    order = order_of(pair(), memory=1.0)
    [found] = order.readings
    assert (found.holds, found.reason) == (None, "too large to examine (more than 1 states)")


def test_stopped_in_the_middle_the_other_readings_are_told_as_unexamined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    seen: list[ProgressEvent] = []

    def progress(event: ProgressEvent) -> None:
        seen.append(event)
        if len(seen) > 3:
            raise Cancelled("stopped by the user")

    case = with_readings(firm_swap(last="B"), other=firm_swap(last="A"))
    result = compute_indices(case, progress=progress)
    assert result.status == "stopped"
    [order] = result.orders
    assert [found.reason for found in order.readings] == ["stopped by the user", "stopped by the user"]
    assert order.demands == ()


def chain(*names: str, strict: Sequence[bool]) -> list[Demand]:
    closed = zip(names, (*names[1:], names[0]), strict, strict=True)
    return [Demand(before=a, after=b, reading=None, strict=s, stated=True) for a, b, s in closed]


def test_what_can_be_met_in_one_stage_is_no_cycle() -> None:
    assert find_cycles("abc", chain("a", "b", "c", strict=[False, False, False])) == ()
    [cycle] = find_cycles("abc", chain("a", "b", "c", strict=[False, True, False]))
    assert cycle.path == ("b", "c", "a")


def test_separate_contradictions_are_told_apart() -> None:
    demands = [*chain("d", "c", strict=[True, True]), *chain("a", "b", strict=[True, True])]
    demands += chain("b", "c", strict=[True, True])[:1]
    assert [cycle.measures for cycle in find_cycles("abcd", demands)] == [("a", "b"), ("c", "d")]


def test_a_wider_contradiction_is_told_by_its_shortest_cycle() -> None:
    demands = [*chain("a", "b", "c", "d", strict=[True] * 4), *chain("b", "c", strict=[True, True])[1:]]
    case = replace(pair(), measures=tuple(measure(m, "A", {"A": 1}) for m in "abcd"))
    [cycle] = find_cycles("abcd", demands)
    assert (cycle.measures, cycle.path) == (("a", "b", "c", "d"), ("b", "c"))
    order = OrderDemands(
        goal=tuple("abcd"), roadmaps=(), demands=tuple(demands), cycles=(cycle,), readings=(), case=case
    )
    assert says(order) == [
        "The demands of the readings form a cycle, which no roadmap can meet: “b” before “c” (as the base case "
        "states); “c” before “b” (as the base case states). The same contradiction entangles “a” and “d”."
    ]


def test_measures_of_a_roadmap_are_the_goal_unless_one_is_given() -> None:
    case = read_case(CASES / "border.yaml")
    assert [o.goal for o in compute_indices(case).orders] == [("withdraw", "pay"), ("withdraw", "pay", "canal")]
    assert [o.goal for o in compute_indices(case, goal="canal and withdraw").orders] == [("withdraw", "canal")]
