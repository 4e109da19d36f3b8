"""Critical values of the repeated prisoner's dilemma with a lag, of hostages and of payments, against closed forms."""

from __future__ import annotations

import math

import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap.critical import find_critical_values
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, party
from tests.reference.test_detection_lags import LOSS, TEMPTATION, dilemma

TOGETHER = [["a", "b"]]


@pytest.mark.parametrize(
    ("lag", "published"),
    [
        pytest.param(1, 0.4, id="after Friedman 1971, (T - R)/(T - P)"),
        pytest.param(2, 0.632456, id="after Friedman 1971, a round of 2 periods"),
        pytest.param(4, 0.795271, id="after Friedman 1971, a round of 4 periods"),
        pytest.param(8, 0.891780, id="after Friedman 1971, a round of 8 periods"),
        pytest.param(12, 0.926485, id="after Friedman 1971, a round of 12 periods"),
    ],
)
def test_least_discount_factor_of_cooperation(lag: int, published: float) -> None:
    found = find_critical_values(dilemma(0.97, lag), TOGETHER, numbers=["parties.A.discount"])
    [crossing] = found.number("parties.A.discount").tips
    assert crossing.at == pytest.approx(published, abs=5e-7)
    assert crossing.at == pytest.approx((TEMPTATION / LOSS) ** (1 / lag), abs=1e-8)
    assert (crossing.holds_below, crossing.holds_above, crossing.party) == (False, True, "A")
    assert crossing.deviation.withhold == ("a",)


@pytest.mark.parametrize(("discount", "longest"), [(0.7, 2), (0.9, 8), (0.97, 30)])
def test_longest_lag_that_cooperation_bears(discount: float, longest: int) -> None:
    assert longest == math.floor(math.log(TEMPTATION / LOSS) / math.log(discount))
    found = find_critical_values(dilemma(discount, 1), TOGETHER, numbers=["measures.a.detection-lag"])
    [crossing] = found.number("measures.a.detection-lag").crossings
    assert crossing.at == longest + 1
    assert (crossing.holds_below, crossing.holds_above) == (True, False)


@pytest.mark.parametrize(("discount", "lag"), [(0.9, 1), (0.9, 4), (0.97, 12), (0.99, 30)])
def test_hazard_of_the_dilemma(discount: float, lag: int) -> None:
    found = find_critical_values(dilemma(discount, lag), TOGETHER, numbers=["hazard"])
    [crossing] = found.number("hazard").tips
    assert crossing.at == pytest.approx(1 - 0.4 ** (1 / lag) / discount, abs=1e-9)
    assert crossing.at == pytest.approx(found.evaluation.critical_hazard, abs=1e-12)


@pytest.mark.parametrize("lag", [1, 2, 4])
def test_what_a_measure_may_cost_its_owner(lag: int) -> None:
    # A goes along while δ^L·b ≥ a, so its own measure may cost it up to .9^L·5 a period.  If it costs A nothing, A
    # would not end it even at a breakdown, and B has nothing to lose.
    found = find_critical_values(dilemma(0.9, lag), TOGETHER, numbers=["measures.a.value.A"])
    lower, upper = found.number("measures.a.value.A").crossings
    assert lower.at == pytest.approx(-(0.9**lag) * LOSS, abs=1e-8)
    assert (lower.holds_below, lower.holds_above, lower.party, lower.is_jump) == (False, True, "A", False)
    assert upper.at == pytest.approx(0.0, abs=1e-9)
    assert (upper.holds_below, upper.holds_above, upper.party, upper.is_jump) == (True, False, "B", True)


def hostage(worth: float) -> Case:
    """N dismantles for good against U's relief, and keeps a freeze that is worth something to U."""
    return case_of(
        [party("N", 0.97), party("U", 0.97)],
        [
            measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
            measure("relief", "U", {"U": -2, "N": 8}, detection_lag=2),
            measure("freeze", "N", {"N": -0.5, "U": worth}),
        ],
    )


def test_least_hostage_of_irreversible_for_reversible() -> None:
    stages = [["dismantle", "relief", "freeze"]]
    found = find_critical_values(hostage(2.0), stages, numbers=["measures.freeze.value.U"])
    assert not found.evaluation.holds
    [crossing] = found.number("measures.freeze.value.U").tips
    assert crossing.at == pytest.approx(2 / 0.97**2, abs=1e-8)
    assert (crossing.holds_above, crossing.party, crossing.deviation.withhold) == (True, "U", ("relief",))


def test_a_hostage_must_cost_its_owner_something() -> None:
    # At a breakdown N ends the freeze only if that pays N; otherwise it is no hostage, and margins jump.
    stages = [["dismantle", "relief", "freeze"]]
    found = find_critical_values(hostage(2.2), stages, numbers=["measures.freeze.value.N"])
    assert found.evaluation.holds
    upper = max(found.number("measures.freeze.value.N").crossings, key=lambda crossing: crossing.at)
    assert upper.at == pytest.approx(0.0, abs=1e-9)
    assert upper.is_jump
    assert (upper.holds_below, upper.holds_above, upper.party) == (True, False, "U")


def test_a_guarantor_need_punish_no_harder_than_that() -> None:
    # U leaves openly if that is worth more than going on: the punishment that just keeps it is the margin without it.
    case = case_of(
        [party("N", 0.9), party("U", 0.9), party("G", 0.9)],
        [
            measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
            measure("relief", "U", {"U": -2, "N": 8}),
            measure("promise", "G", {"G": 0.5}, deters={"U": 0.0}, irreversible=True),
        ],
    )
    stages = [["promise"], ["dismantle", "relief"]]
    without = evaluate_roadmap(case, stages).roadmap
    row = next(r for r in without.rows if (r.stage, r.check.value, r.party) == (2, "end", "U"))
    found = find_critical_values(case, stages, numbers=["measures.promise.deters.U"])
    [crossing] = found.number("measures.promise.deters.U").tips
    # Undoing relief is noticed after one period, so that what is threatened counts by δ/(1 − δ) = 9.
    assert crossing.at == pytest.approx(-row.margin / 9.0, abs=1e-8)


def test_a_margin_need_not_be_monotone_in_the_discount_factor() -> None:
    # B gives x for good, worth 1 a period to A, and A then gives y for good at 2 a period.  Beginning is worth it to A
    # if the first period outweighs the rest, 1 − 2δ ≥ 0; giving y if the tension of −5 that withholding it brings after
    # a period outweighs that, −1 ≥ (1 − δ) − 4δ.  So δ must lie between .4 and .5.
    case = case_of(
        [party("A", 0.45, breakdown=-5.0), party("B", 0.8)],
        [
            measure("x", "B", {"A": 1, "B": -0.1}, irreversible=True),
            measure("y", "A", {"A": -2, "B": 3}, irreversible=True),
        ],
    )
    found = find_critical_values(case, [["x"], ["y"]], numbers=["parties.A.discount"])
    assert found.evaluation.holds
    crossings = found.number("parties.A.discount").crossings
    assert [c.at for c in crossings] == pytest.approx([0.4, 0.5], abs=1e-8)
    assert [(c.holds_below, c.holds_above, c.stage) for c in crossings] == [(False, True, 2), (True, False, 1)]
