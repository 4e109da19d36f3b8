"""The Initial Actions of 13 February 2007 as they went: funds late by 92 days, a measure lost on the way.

The dates are those of the agreement; the values of the case are assumed, and were written before any of this was run.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from detente import RoadmapProgress, design_progress, evaluate_progress, read_case
from detente.analysis.result import Status

CASE = read_case(str(Path(__file__).parents[1] / "cases" / "initial-actions-2007.yaml"))
START = date(2007, 2, 13)


def day(year: int, month: int, number: int) -> int:
    return (date(year, month, number) - START).days


def at(period: int) -> RoadmapProgress:
    return evaluate_progress(CASE, ["initial-actions"], at=period).roadmap


def test_the_agreement_gave_sixty_days_and_the_plants_were_shut_92_days_later() -> None:
    gate = at(day(2007, 7, 15)).standing.gates[2]
    assert START + timedelta(days=gate.due) == date(2007, 4, 14)
    assert gate.passed == day(2007, 7, 15)
    assert (gate.due, gate.late, gate.status.value) == (60, 92, "passed")


def test_while_the_funds_were_frozen_their_owner_held_everything_up() -> None:
    entry = at(day(2007, 5, 14))
    funds, shutdown = entry.standing.gates[1:3]
    assert (funds.status.value, funds.late, funds.ready, funds.lacking) == ("overdue", 60, 30, ("bank-funds",))
    assert (shutdown.status.value, shutdown.late, shutdown.ready) == ("overdue", 30, None)
    assert CASE.measure("bank-funds").owners == ("usa",)


def test_once_the_funds_came_the_next_gate_was_passed_as_soon_as_it_was_ready() -> None:
    entry = at(day(2007, 7, 15))
    assert [(gate.due, gate.ready, gate.passed, gate.late) for gate in entry.standing.gates[1:3]] == [
        (30, 30, 122, 92),
        (60, 152, 152, 92),
    ]


@pytest.mark.parametrize("period", [day(2007, 3, 20), day(2007, 5, 14), day(2007, 6, 10)])
def test_delay_cost_everybody_but_drove_nobody_out(period: int) -> None:
    delays = at(period).rest.delays
    assert all(delay.loss > 0.0 for delay in delays)
    assert [delay.unwilling_after for delay in delays] == [None] * 4


def test_what_was_lost_in_2008_is_told_and_what_was_still_to_come() -> None:
    entry = at(589)
    assert entry.standing.lost == ("disablement",)
    assert entry.rest.rest.roadmap.stages == (("delisting", "further-oil"), ("verification-protocol",))
    assert entry.retaken is not None
    assert entry.retaken.rest.roadmap.stages[0] == ("disablement", "delisting", "further-oil")
    overdue = {gate.stage: gate.late for gate in entry.standing.gates if gate.status.value == "overdue"}
    assert overdue == {5: 589 - 381, 6: 589 - 441}


def test_the_rest_without_it_holds_where_with_it_north_korea_would_rather_not() -> None:
    entry = at(589)
    assert entry.retaken is not None
    assert entry.rest.evaluation is not None
    assert entry.retaken.evaluation is not None
    assert (entry.rest.evaluation.holds, entry.retaken.evaluation.holds) == (True, False)
    assert {row.party for row in entry.retaken.evaluation.tempted()} == {"dprk"}


def test_no_order_brings_disablement_and_the_protocol_back_but_one_brings_the_rest() -> None:
    everything = design_progress(CASE)
    assert (everything.status, everything.conflict and everything.conflict.parties) == (Status.NONE, ("dprk",))
    rest = design_progress(CASE, goal="delisting and further-oil and verification-protocol")
    assert rest.status is Status.OPTIMAL
    assert rest.evaluation is not None
    assert rest.evaluation.holds


def test_what_was_spent_is_what_was_taken_and_undone() -> None:
    sunk = {each.party: each.total for each in at(589).sunk}
    assert sunk == {"dprk": 10.0 + 60.0, "usa": 0.0, "rok": 20.0, "china": 0.0}
