"""What roadmaps bring to those at a table and to those who look on, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.game import build_game
from detente.kernel.onlookers import flow_gains, gain_ceilings
from detente.kernel.system import flow_values
from tests.oracle.hand_cases import case_of, measure, party, term


def test_onlookers_pay_nothing_and_live_on_beside_the_table() -> None:
    # A takes a at once, which costs it 1, and C likes it: 2 a period. δ = ½ for A and C.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [measure("a", "A", {"A": 1, "B": 1, "C": 2}, cost={"A": 1})],
    )
    table = build_game(case, ["a"], parties=["A", "B"])
    others = build_game(case, ["a"], parties=["C"])
    members, away = flow_gains(table.system, others.system, np.array([[True]]))
    # (1 − ½)(1/(1 − ½) − 1) = ½ for A, 1 for B, 2 for C.
    assert members == pytest.approx([0.5, 1.0])
    assert away == pytest.approx([2.0])


def test_the_hazard_is_that_of_the_table_and_breakdown_hurts_onlookers_too() -> None:
    # B's politics end the process with a chance of ½ a period; A then ends a, which costs it 1 a period. C loses the 4
    # that a gave it, and lives with −2 a period.
    case = case_of(
        [party("A"), party("B", hazard=0.5), party("C", hazard=0.25, breakdown=-2.0)],
        [measure("a", "A", {"A": -1, "B": 1, "C": 4})],
    )
    table = build_game(case, ["a"], parties=["A", "B"])
    others = build_game(case, ["a"], parties=["C"])
    _, away = flow_gains(table.system, others.system, np.array([[True]]))
    # γ = ½ · ½, flow = 4 + ½ · ½ · (−2)/(1 − ½) = 3: (1 − ½) · 3/(1 − ¼) = 2. C's own hazard plays no part.
    assert away == pytest.approx([2.0])


def test_nobody_may_look_on() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"B": 1})])
    table, others = build_game(case, ["a"]), build_game(case, ["a"], parties=[])
    members, away = flow_gains(table.system, others.system, np.array([[True]]))
    assert members == pytest.approx([0.0, 1.0])
    assert away.shape == (0,)


def test_a_ceiling_adds_up_all_that_is_worth_anything() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("s", "A", {"A": 5}), measure("a", "A", {"A": 2, "B": -1}), measure("b", "B", {"A": -3})],
        terms=(
            term("A", "a and b", 4.0),
            term("A", "not a", -1.0),  # in the status quo: −1
            term("B", "not s", 7.0),  # never
            term("B", "s", 0.5),  # always
        ),
        status_quo=("s",),
    )
    game = build_game(case, ["a", "b"])
    start = flow_values(game.system, np.zeros((1, 2), dtype=np.bool_))[:, 0]
    assert start.tolist() == [4.0, 0.5]
    # A: 5 + 2 + 4 less the 4 that it has; B: nothing beyond what it has.
    assert gain_ceilings(game.system, start).tolist() == [7.0, 0.0]
