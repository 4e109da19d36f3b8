"""What payments or counterparts leave unmended at best, and whose own temptation stands in the way of more."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from detente.analysis.roadmap.explanation import describe_place
from detente.analysis.roadmap.repairs.ground import Ground
from detente.analysis.roadmap.repairs.transfers import Plan, Search
from detente.display.prose import format_short
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import FloatArray
from detente.kernel.transfers import Way

MOST_TOLD = 3
"""Givers named as those who would not give more."""


def nearest(searches: Iterable[Search]) -> Plan:
    """Return the plan that leaves least unmended, per period."""
    return min((search.nearest() for search in searches), key=lambda plan: float(_lack(plan).sum()))


def tell_shortfall(plan: Plan) -> str:
    """Say what a plan leaves unmended, and who would break off or withdraw if more were given."""
    ground, demands = plan.ground, plan.demands
    lack = _lack(plan)
    worst = int(np.argmax(lack))
    number = int(demands.check[worst])
    party = ground.name(ground.temptations[number].party)
    unit = ground.evaluation.case.period or "period"
    short = f"would still gain {format_short(float(lack[worst]))} a {unit} by not complying {_place(ground, number)}"
    return f"with the best found, {party} {short}{_who_stands_in_the_way(plan)}"


def _lack(plan: Plan) -> FloatArray:
    """What each demand lacks, per period."""
    parties = np.array([plan.ground.temptations[number].party for number in plan.demands.check], dtype=np.int64)
    return np.asarray((1.0 - plan.ground.values.system.discount[parties]) * plan.found.shortfalls)


def _place(ground: Ground, number: int) -> str:
    """Where a check stands: “at stage 3, before “…””."""
    at = ground.temptations[number]
    if at.stage >= ground.n_stages:
        return "after the last stage, when what is owed is to be paid"
    row = next(
        row
        for row in ground.evaluation.rows
        if (row.stage - 1, row.check, row.party) == (at.stage, at.check, ground.parties[at.party])
    )
    place = describe_place(ground.evaluation, row)
    return place[:1].lower() + place[1:]


def _who_stands_in_the_way(plan: Plan) -> str:
    """The givers whose own checks stand in the way of more, the most binding check of each."""
    ground, demands, binding = plan.ground, plan.demands, plan.found.binding
    told: dict[int, str] = {}
    for demand in np.argsort(-binding, kind="stable").tolist():
        costs = demands.gain[demand].min(initial=0.0) < 0.0
        if binding[demand] > HOLDS and plan.found.shortfalls[demand] <= HOLDS and costs:
            number = int(demands.check[demand])
            at = ground.temptations[number]
            deed = "withhold what it gives" if demands.way[demand] is Way.WITHDRAW else "not comply"
            told.setdefault(at.party, f"{ground.name(at.party)} would rather {deed} {_place(ground, number)}")
    return f"; if more were given, {'; '.join(list(told.values())[:MOST_TOLD])}" if told else ""
