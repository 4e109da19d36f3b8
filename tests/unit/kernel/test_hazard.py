"""The first hazard at which a roadmap stops holding: crossings, dips between grid points, and their edges."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.case import Case, OnBreakdown
from detente.errors import OptionError
from tests.oracle.hand_cases import case_of, measure, pair, party, term

DISCOUNT, LAG = 0.98, 8

# x and y snap back at a breakdown.  A gives x first, which costs nothing until B adds y: then A has 2 − 1 a period, and
# may undo x at a cost of u, enjoy 2 for eight periods and have nothing.  With γ = δ(1 − h) its margin from there on is
#     m(γ) = u + (1 − 2·(1 − γ⁸))/(1 − γ) = u + (2γ⁸ − 1)/(1 − γ),
# which falls as h grows, turns near γ = .8 and rises again: for the right u it is below zero on a short stretch.


def dipping(undo_cost: float, hazard: float = 0.0) -> Case:
    snaps = OnBreakdown.REVERSE
    return case_of(
        [party("A", DISCOUNT, hazard=hazard), party("B", DISCOUNT)],
        [
            measure("x", "A", {"B": 5}, on_breakdown=snaps, undo_cost={"A": undo_cost}, detection_lag=LAG),
            measure("y", "B", {"A": 2}, on_breakdown=snaps),
        ],
        terms=(term("A", "x and y", -1.0),),
    )


def evaluated(undo_cost: float, hazard: float = 0.0) -> RoadmapEvaluation:
    return evaluate_roadmap(dipping(undo_cost, hazard), [["x"], ["y"]]).roadmap


@cache
def turning_point() -> tuple[float, float]:
    """The hazard at which (2γ⁸ − 1)/(1 − γ) is least, and that least value."""
    # Its derivative vanishes where 16γ⁷(1 − γ) + 2γ⁸ − 1 does.
    roots = np.roots([-14, 16, 0, 0, 0, 0, 0, 0, -1])
    [gamma] = [root.real for root in roots if abs(root.imag) < 1e-9 and 0.5 < root.real < DISCOUNT]
    return 1 - gamma / DISCOUNT, (2 * gamma**LAG - 1) / (1 - gamma)


def roots_of_margin(undo_cost: float) -> list[float]:
    """The hazards at which u(1 − γ) + 2γ⁸ − 1 vanishes, in increasing order."""
    roots = np.roots([2, 0, 0, 0, 0, 0, 0, -undo_cost, undo_cost - 1])
    real = [root.real for root in roots if abs(root.imag) < 1e-7 and 0.0 < root.real < DISCOUNT]
    return sorted(float(1 - gamma / DISCOUNT) for gamma in real)


def test_the_margin_is_the_one_worked_by_hand() -> None:
    hazard, least = turning_point()
    entry = evaluated(3.5)
    assert entry.margins_over_hazards([hazard])[0] == pytest.approx(3.5 + least, abs=1e-9)


@pytest.mark.parametrize("depth", [1e-2, 1e-4, 1e-6])
def test_a_dip_between_two_grid_points_is_found(depth: float) -> None:
    _, least = turning_point()
    entry = evaluated(-least - depth)
    down, up = roots_of_margin(-least - depth)
    assert up - down < 0.025
    assert entry.margins_over_hazards([down - 1e-3, up + 1e-3]) > (0.0, 0.0)
    assert entry.critical_hazard == pytest.approx(down, abs=1e-7)


@pytest.mark.parametrize("before_turn", [0.0015, 0.0005])
def test_a_dip_right_above_the_cases_own_hazard_is_found(before_turn: float) -> None:
    # Closer than the first step of the grid, so that its first point is below its second.
    turn, least = turning_point()
    entry = evaluated(-least - 1e-6, hazard=turn - before_turn)
    assert entry.holds
    assert entry.critical_hazard == pytest.approx(roots_of_margin(-least - 1e-6)[0], abs=1e-7)


def test_a_margin_that_only_comes_close_to_zero_never_fails() -> None:
    _, least = turning_point()
    assert evaluated(-least + 1e-6).critical_hazard is None


def test_beyond_a_dip_the_roadmap_holds_for_good() -> None:
    turn, least = turning_point()
    entry = evaluated(-least - 1e-2, hazard=turn + 0.03)
    assert entry.holds
    assert entry.critical_hazard is None


def test_inside_a_dip_there_is_no_critical_hazard() -> None:
    turn, least = turning_point()
    entry = evaluated(-least - 1e-2, hazard=turn)
    assert not entry.holds
    assert entry.critical_hazard is None


@pytest.mark.parametrize("after_the_dip_begins", [-1e-4, 1e-3])
def test_of_two_rows_that_fail_close_together_the_first_decides(after_the_dip_begins: float) -> None:
    # Beside A, who dips, C pays 1 a period for k from B, and could have k alone for one period: it keeps to that while
    # γ ≥ 1/k.  k is such that C fails close to where A's dip begins, far within one step of the grid.
    _, least = turning_point()
    dip = roots_of_margin(-least - 1e-4)[0]
    hazard = dip + after_the_dip_begins
    k = 1 / (DISCOUNT * (1 - hazard))
    case = dipping(-least - 1e-4)
    case = replace(
        case,
        parties=(*case.parties, party("C", DISCOUNT)),
        measures=(
            *case.measures,
            measure("c", "C", {"C": -1.0}),
            measure("w", "B", {"C": k}, on_breakdown=OnBreakdown.REVERSE),
        ),
    )
    found = evaluate_roadmap(case, [["x", "c", "w"], ["y"]]).roadmap.critical_hazard
    assert found == pytest.approx(min(dip, hazard), abs=1e-6)


def test_the_crossing_is_where_the_tolerance_of_margins_ends() -> None:
    entry = evaluate_roadmap(pair(), [["a", "b"]]).roadmap
    found = entry.critical_hazard
    assert found is not None
    # Each gives 3 at 1 to itself: γ = 1/3, with δ = .5.
    assert found == pytest.approx(1 / 3, abs=1e-9)
    below, above = entry.margins_over_hazards([found - 1e-12, found + 1e-12])
    assert below >= -1e-9 > above


@pytest.mark.parametrize("hazards", [[1.0], [0.0, -0.1], [0.5, 2.0]])
def test_hazards_outside_their_range_are_refused(hazards: list[float]) -> None:
    entry = evaluate_roadmap(pair(), [["a", "b"]]).roadmap
    with pytest.raises(OptionError) as refused:
        entry.margins_over_hazards(hazards)
    assert str(refused.value) == f"hazards must lie in [0, 1), got {hazards}"
