"""The chance of an outside breakdown at which a roadmap stops holding, against roots worked by hand."""

from __future__ import annotations

import pytest

from detente import evaluate_roadmap
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, party


def dilemma(discount: float, lag: int, **other: float) -> Case:
    """Each gives the other 5 a period at 2 to itself; nothing is left after a breakdown."""
    return case_of(
        [party("A", discount, **other), party("B", discount)],
        [
            measure("a", "A", {"A": -2, "B": 5}, detection_lag=lag),
            measure("b", "B", {"B": -2, "A": 5}, detection_lag=lag),
        ],
    )


@pytest.mark.parametrize(("discount", "lag"), [(0.9, 1), (0.9, 4), (0.97, 12), (0.99, 30)])
def test_hazard_of_the_dilemma(discount: float, lag: int) -> None:
    # With a chance h of the end, tomorrow counts γ = δ(1 − h): cooperation holds while γ^L ≥ a/b = .4.
    found = evaluate_roadmap(dilemma(discount, lag), [["a", "b"]]).roadmap.critical_hazard
    assert found == pytest.approx(1 - 0.4 ** (1 / lag) / discount, abs=1e-9)


def test_hazard_is_counted_in_all_and_not_added_to_the_cases_own() -> None:
    alone = evaluate_roadmap(dilemma(0.9, 2), [["a", "b"]]).roadmap
    risky = evaluate_roadmap(dilemma(0.9, 2, hazard=0.2), [["a", "b"]]).roadmap
    assert risky.hazard == pytest.approx(0.2)
    assert risky.critical_hazard == pytest.approx(alone.critical_hazard, abs=1e-9)


def test_a_roadmap_that_fails_already_has_no_critical_hazard() -> None:
    entry = evaluate_roadmap(dilemma(0.9, 2, hazard=0.5), [["a", "b"]]).roadmap
    assert not entry.holds
    assert entry.critical_hazard is None


def test_a_roadmap_that_never_fails_has_no_critical_hazard() -> None:
    # Both like what they do themselves, so nobody would undo anything whatever the chance of the end.
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": 1, "B": 1}), measure("b", "B", {"A": 1, "B": 1})])
    entry = evaluate_roadmap(case, [["a", "b"]]).roadmap
    assert entry.holds
    assert entry.critical_hazard is None


def test_hazard_of_irreversible_for_reversible_with_a_hostage() -> None:
    # N dismantles for good (−6 a period), U relieves (N gains 8), N freezes (−.5).  Broken, U takes relief back and N
    # ends the freeze.  Before the stage N can withhold dismantling and freezing: 8 for one period, then nothing.
    # Complying is worth 7.5/(1 − γ) − 6/(1 − δ), so it holds while 7.5/(1 − γ) ≥ 8 + 200, with δ = .97.
    case = case_of(
        [party("N", 0.97), party("U", 0.97)],
        [
            measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
            measure("relief", "U", {"U": -2, "N": 8}, detection_lag=2),
            measure("freeze", "N", {"N": -0.5, "U": 9}),
        ],
    )
    entry = evaluate_roadmap(case, [["dismantle", "relief", "freeze"]]).roadmap
    assert entry.holds
    assert entry.critical_hazard == pytest.approx(1 - (1 - 7.5 / 208) / 0.97, abs=1e-9)
    # U's own root lies higher: 9·γ² ≥ 2 until γ = √(2/9).
    assert 1 - (2 / 9) ** 0.5 / 0.97 > 0.5
