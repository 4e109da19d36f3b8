"""How slow detection may be, and how patient parties must be: the repeated prisoner's dilemma with a lag."""

from __future__ import annotations

import math

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, party
from tests.reference.roots import crossing
from tests.rows import row_of

TEMPTATION, LOSS = 2.0, 5.0


def dilemma(discount: float, lag: int, temptation: float = TEMPTATION, loss: float = LOSS) -> Case:
    """Each gives the other `loss` a period at `temptation` to itself; taking one's own back is found out after the lag.

    Cooperation pays R = b − a, being alone in it S = −a, exploiting T = b and nothing P = 0.
    """
    return case_of(
        [party("A", discount), party("B", discount)],
        [
            measure("a", "A", {"A": -temptation, "B": loss}, detection_lag=lag),
            measure("b", "B", {"B": -temptation, "A": loss}, detection_lag=lag),
        ],
    )


def cooperation(discount: float, lag: int) -> RoadmapEvaluation:
    """The verdict on both cooperating from the start."""
    return evaluate_roadmap(dilemma(discount, lag), [["a", "b"]]).roadmap


@pytest.mark.parametrize(
    ("lag", "published"),
    [
        pytest.param(1, 0.4, id="after Friedman 1971, (T - R)/(T - P)"),
        # A lag of L periods makes L periods one: δ^L stands in for δ.
        pytest.param(2, 0.632456, id="after Friedman 1971, a round of 2 periods"),
        pytest.param(4, 0.795271, id="after Friedman 1971, a round of 4 periods"),
        pytest.param(8, 0.891780, id="after Friedman 1971, a round of 8 periods"),
        pytest.param(12, 0.926485, id="after Friedman 1971, a round of 12 periods"),
    ],
)
def test_least_discount_factor_of_cooperation(lag: int, published: float) -> None:
    found = crossing(lambda discount: cooperation(discount, lag).end_margin, 0.05, 0.999)
    assert found == pytest.approx((TEMPTATION / LOSS) ** (1 / lag), abs=1e-12)
    assert found == pytest.approx(published, abs=5e-7)


@pytest.mark.parametrize("lag", [1, 2, 4, 8, 12])
def test_cooperation_holds_just_above_the_least_discount_factor_and_not_below(lag: int) -> None:
    threshold = (TEMPTATION / LOSS) ** (1 / lag)
    assert cooperation(threshold + 1e-6, lag).holds
    below = cooperation(threshold - 1e-6, lag)
    assert not below.holds
    assert {row.deviation.undo for row in below.tempted() if row.check.value == "end"} == {("a",), ("b",)}


@pytest.mark.parametrize(("temptation", "loss"), [(1.0, 1.5), (1.0, 3.0), (0.2, 7.0)])
@pytest.mark.parametrize("lag", [1, 3])
def test_only_the_ratio_of_temptation_to_loss_counts(temptation: float, loss: float, lag: int) -> None:
    def margin(discount: float) -> float:
        return evaluate_roadmap(dilemma(discount, lag, temptation, loss), [["a", "b"]]).roadmap.end_margin

    assert crossing(margin, 0.001, 0.9999) == pytest.approx((temptation / loss) ** (1 / lag), abs=1e-12)


@pytest.mark.parametrize("discount", [0.7, 0.9, 0.97])
def test_longest_lag_that_a_party_can_be_trusted_with(discount: float) -> None:
    parts = row_of(cooperation(discount, 1), 1, "end", "A").parts
    assert parts is not None
    longest = math.log((parts.G + parts.C - parts.F) / parts.H) / math.log(discount)
    assert cooperation(discount, math.floor(longest)).holds
    assert not cooperation(discount, math.floor(longest) + 1).holds
    # Saving 2 a period against losing 5: δ^L = .4.
    assert longest == pytest.approx(math.log(0.4) / math.log(discount))
