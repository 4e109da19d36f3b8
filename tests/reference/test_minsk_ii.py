"""Minsk II, 12 February 2015: both sides accepted the measures, and their readings of the order form a cycle."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from detente import compute_indices, read_case
from detente.analysis.roadmap import OrderDemands
from detente.analysis.roadmap.indices_words import explain_order
from tests.oracle.indices import demanded, has_cycle

CASE = read_case(Path(__file__).parents[1] / "cases" / "minsk-ii.yaml")
MEASURES = [measure.id for measure in CASE.measures]


def order_under(*readings: str) -> OrderDemands:
    [order] = compute_indices(CASE, readings=readings).orders
    return order


def test_what_the_two_sides_said_of_the_order_is_a_cycle() -> None:
    order = order_under("security-first", "politics-first")
    [cycle] = order.cycles
    assert cycle.measures == ("forces", "border", "elections", "status")
    assert cycle.path == ("border", "elections")
    assert [[(d.reading, d.stated) for d in step] for step in cycle.steps] == [
        [("security-first", True)],
        [("politics-first", True)],
    ]


def test_what_each_side_thought_of_the_other_is_a_cycle_too() -> None:
    order = order_under("kyiv", "moscow")
    assert {(d.before, d.after, d.strict, d.stated, d.reading) for d in order.demands} == {
        ("forces", "status", True, False, "kyiv"),
        ("border", "status", True, False, "kyiv"),
        ("elections", "border", True, False, "moscow"),
        ("status", "border", True, False, "moscow"),
    }
    [cycle] = order.cycles
    assert (cycle.measures, cycle.path) == (("border", "status"), ("border", "status"))
    assert [sentence.text for sentence in explain_order(order)] == [
        "The demands of the readings form a cycle, which no roadmap can meet: “Border under Ukrainian control” before "
        "“Special status in law” (since under the reading “Ukraine would deliver, Russia would not” no roadmap holds "
        "otherwise); “Special status in law” before “Border under Ukrainian control” (since under the reading “Russia "
        "would deliver, Ukraine would not” no roadmap holds otherwise)."
    ]


@pytest.mark.parametrize("reading", ["kyiv", "moscow"])
def test_each_side_alone_has_an_order_that_works(reading: str) -> None:
    order = order_under(reading)
    assert order.readings[0].holds
    assert order.cycles == ()
    assert {(d.before, d.after, d.strict) for d in order.demands} == demanded(CASE.under(reading), MEASURES)


def test_no_order_of_stages_meets_both() -> None:
    demands = {(d.before, d.after, d.strict) for d in order_under("kyiv", "moscow").demands}
    assert has_cycle(MEASURES, demands)
    assert not any(
        all(order.index(first) < order.index(second) for first, second, _ in demands)
        for order in permutations(MEASURES)
    )
