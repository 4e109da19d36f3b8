"""Graduated answers: thresholds of finite punishments in the repeated dilemma, and the examples worked by hand."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence

import pytest

from detente import GraduatedRoadmap, evaluate_graduated
from detente.analysis.roadmap import GraduatedRow
from detente.case import Case
from detente.errors import ExperimentalWarning
from tests.oracle.hand_cases import case_of, measure, party
from tests.reference.roots import crossing
from tests.reference.test_detection_lags import LOSS, TEMPTATION, dilemma

REWARD, EXPLOIT = LOSS - TEMPTATION, LOSS
"""R and T of the dilemma; P, when nobody gives, is 0."""


def graduated(
    case: Case,
    stages: Sequence[Sequence[str]],
    periods: int | None,
    *,
    proportion: float = 1.0,
    alarm: float = 0.0,
) -> GraduatedRoadmap:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        result = evaluate_graduated(case, [stages], answer_periods=periods, proportion=proportion, false_alarm=alarm)
    return result.roadmap


def row_of(entry: GraduatedRoadmap, stage: int, check: str, party_id: str) -> GraduatedRow:
    [found] = [
        graduated
        for graduated in entry.rows
        if (graduated.row.stage, graduated.row.check.value, graduated.row.party) == (stage, check, party_id)
    ]
    return found


def threshold(periods: int | None, lag: int) -> float:
    """The least discount factor at which both cooperate, found by the program."""
    return crossing(lambda discount: graduated(dilemma(discount, lag), [["a", "b"]], periods).end_margin, 0.05, 0.999)


@pytest.mark.parametrize(
    ("periods", "least"),
    [
        pytest.param(1, 2 / 3, id="after Green and Porter 1984: one period, delta = (T - R)/(R - P)"),
        pytest.param(2, (math.sqrt(11 / 3) - 1) / 2, id="two periods, delta + delta^2 = (T - R)/(R - P)"),
        pytest.param(None, 0.4, id="after Friedman 1971: for good, (T - R)/(T - P)"),
    ],
)
def test_least_discount_factor_by_length_of_the_answer(periods: int | None, least: float) -> None:
    assert threshold(periods, 1) == pytest.approx(least, abs=1e-12)


@pytest.mark.parametrize(("periods", "lag"), [(3, 1), (2, 2), (3, 4), (8, 4)])
def test_threshold_solves_the_equation_of_finite_punishments(periods: int, lag: int) -> None:
    # R(1 - d^(L+n)) = T(1 - d^L) + P d^L (1 - d^n), with P = 0.
    def excess(discount: float) -> float:
        return REWARD * (1 - discount ** (lag + periods)) - EXPLOIT * (1 - discount**lag)

    assert threshold(periods, lag) == pytest.approx(crossing(excess, 0.05, 0.999), abs=1e-10)


@pytest.mark.parametrize(("periods", "lag"), [(1, 2), (1, 4), (2, 4)])
def test_an_answer_shorter_than_two_thirds_of_the_lag_deters_nobody(periods: int, lag: int) -> None:
    # As d goes to 1 the equation is n/L = (T - R)/(R - P) = 2/3.
    assert periods / lag < (EXPLOIT - REWARD) / REWARD
    for discount in (0.5, 0.9, 0.99, 0.9999):
        assert not graduated(dilemma(discount, lag), [["a", "b"]], periods).holds


def test_longer_answers_need_less_patience_and_tend_to_breakdown() -> None:
    found = [threshold(periods, 1) for periods in (1, 3, 10, 40)]
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(threshold(None, 1), abs=1e-6)


def test_dilemma_by_hand() -> None:
    entry = graduated(dilemma(0.9, 1), [["a", "b"]], 2)
    assert entry.holds
    row = row_of(entry, 1, "end", "A")
    assert row.row.comply == pytest.approx(30)
    assert row.row.deviate == pytest.approx(26.87)
    assert row.row.flow_margin == pytest.approx(0.313)
    assert row.ordinary_margin == pytest.approx(25)
    assert row.answer is not None
    assert (row.answer.suspend, row.answer.outcome.value) == (("b",), "returns")
    assert [row.answer.gain, row.answer.needed, row.answer.loss] == pytest.approx([2, 2, 5])
    assert row.answering is not None
    assert (row.answering.party, row.answering.instead) == ("B", "break off")
    assert [row.answering.worth, row.answering.instead_worth] == pytest.approx([24.3, 0])
    assert row.resuming is not None
    assert [row.resuming.worth, row.resuming.instead_worth] == pytest.approx([30, 5])
    assert row.resuming.instead == "keep back"


@pytest.mark.parametrize(
    ("proportion", "suspended", "loss", "enough"),
    [
        (0.5, ("pause",), 1.5, True),
        (1.0, ("aid",), 3.0, True),
        (2.0, ("aid", "pause"), 4.5, True),
        (3.0, ("aid", "pause"), 4.5, False),
    ],
)
def test_in_proportion_by_hand(proportion: float, suspended: tuple[str, ...], loss: float, enough: bool) -> None:
    case = case_of(
        [party("N", 0.9), party("S", 0.9)],
        [
            measure("aid", "S", {"N": 3, "S": -1}),
            measure("pause", "S", {"N": 1.5, "S": -1}),
            measure("freeze", "N", {"N": -2, "S": 4}),
        ],
    )
    answer = row_of(graduated(case, [["aid", "pause"], ["freeze"]], 2, proportion=proportion), 2, "before", "N").answer
    assert answer is not None
    assert (answer.suspend, answer.enough) == (suspended, enough)
    assert answer.loss == pytest.approx(loss)
    assert answer.needed == pytest.approx(2 * proportion)


def test_a_breakdown_without_bite_by_hand() -> None:
    case = case_of(
        [party("N", 0.9), party("S", 0.9)],
        [
            measure("trade", "S", {"N": 3, "S": 1}),
            measure("scrap", "N", {"N": -1, "S": 2}, irreversible=True),
        ],
    )
    entry = graduated(case, [["trade", "scrap"]], 4)
    assert entry.holds
    assert not entry.ordinary.holds
    row = row_of(entry, 1, "before", "N")
    assert row.ordinary_margin == pytest.approx(-10)
    # Withholding is worth 14.8098; not to start, and then to have nothing, 0.
    assert row.row.deviate == pytest.approx(14.8098)
    assert row.row.margin == pytest.approx(5.1902)
    assert row.answering is not None
    assert [row.answering.worth, row.answering.instead_worth] == pytest.approx([19.683, 10])
    assert row.resuming is not None
    assert [row.resuming.worth, row.resuming.instead_worth] == pytest.approx([30, 20])


def test_false_alarms_by_hand() -> None:
    costs = graduated(dilemma(0.9, 1), [["a", "b"]], 2, alarm=0.02).false_alarm
    assert costs is not None
    for cost in costs.parties:
        assert cost.breakdown == pytest.approx(0.1 * (30 - 3 / 0.118))
        assert cost.graduated == pytest.approx(0.0779, abs=5e-5)
        assert cost.gain_breakdown == pytest.approx(0.1 * 3 / 0.118)
        assert cost.gain_graduated == pytest.approx(3 - cost.graduated)
    # One period to verify: broken by an alarm, or by two about the same party, which has each one in two.
    assert costs.reaches_end_breakdown == pytest.approx(0.98)
    assert costs.reaches_end_graduated == pytest.approx(0.98 + 0.02 * (0.98 + 0.02 * 0.5 * 0.98))


@pytest.mark.parametrize("periods", [1, 5, None])
def test_a_graduated_answer_mends_no_last_step(periods: int | None) -> None:
    case = case_of(
        [party("A", 0.9), party("B", 0.9)],
        [
            measure("a", "A", {"B": 2}, irreversible=True, cost={"A": 3.0}),
            measure("b", "B", {"A": 2}, irreversible=True),
        ],
    )
    row = row_of(graduated(case, [["b"], ["a"]], periods), 2, "before", "A")
    assert [row.row.margin, row.ordinary_margin] == pytest.approx([-3, -3])
    assert row.row.deviation.leave
