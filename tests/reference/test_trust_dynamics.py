"""Thresholds of one-shot games of trust, and starting small, worked out by hand (trust over time, examples)."""

from __future__ import annotations

import warnings

import pytest

from detente import TrustAssessment, assess_trust, design_trust_building
from detente.case import Case
from detente.errors import ExperimentalWarning
from tests.oracle.hand_cases import case_of, measure, party, term


def assess(case: Case, stages: list[list[str]], prior: float = 0.5) -> TrustAssessment:
    with pytest.warns(ExperimentalWarning):
        return assess_trust(case, stages, prior=prior)


def one_shot(exploit: float, reward: float, punished: float, betrayed: float) -> Case:
    """Both act at once and for good, with payoffs per period: (T, R, P, S)."""
    return case_of(
        [party("A", 0.9), party("B", 0.8)],
        [measure("a", "A", irreversible=True), measure("b", "B", irreversible=True)],
        terms=tuple(
            term(i, when, value)
            for i, own, other in (("A", "a", "b"), ("B", "b", "a"))
            for when, value in (
                (f"{own} and {other}", reward),
                (f"{own} and not {other}", betrayed),
                (f"{other} and not {own}", exploit),
                (f"not {own} and not {other}", punished),
            )
        ),
    )


@pytest.mark.parametrize(
    ("payoffs", "leaving", "exploiting"),
    [
        pytest.param((3, 4, 2, 1), 1 / 3, 1 / 2, id="after Kydd 2005, (T,R,P,S) = (3,4,2,1)"),
        pytest.param((3, 4, 2, 0), 1 / 2, 2 / 3, id="after Kydd 2005, (T,R,P,S) = (3,4,2,0)"),
        pytest.param((5, 4, 2, 0), 1 / 2, None, id="after Kydd 2005, untrustworthy: (T,R,P,S) = (5,4,2,0)"),
    ],
)
def test_reassurance_thresholds(
    payoffs: tuple[float, float, float, float], leaving: float, exploiting: float | None
) -> None:
    result = assess(one_shot(*payoffs), [["a", "b"]])
    exploit, reward, punished, betrayed = payoffs
    for threshold in result.thresholds:
        found = threshold.payoffs
        patience = 10.0 if threshold.party == "A" else 5.0
        assert [found.exploit, found.reward, found.leave, found.betrayed] == pytest.approx(
            [patience * max(exploit, punished), patience * reward, patience * punished, patience * betrayed]
            if exploit > reward
            else [patience * reward, patience * reward, patience * punished, patience * betrayed]
        )
        assert found.against_leaving == pytest.approx(leaving)
        if exploiting is None:
            assert found.against_exploiting is None
        else:
            formula = (punished - betrayed) / ((reward - exploit) + (punished - betrayed))
            assert found.against_exploiting == pytest.approx(formula)
            assert formula == pytest.approx(exploiting)
    # The same thresholds come out of the game of types: the reliable go ahead from the one on, and from the other on
    # not even an opportunist that expects the worst would rather exploit.
    assert result.mistrust.least_prior == pytest.approx(leaving)
    for who in "AB":
        assert result.mistrust.exploiting_priors[who] == (None if exploiting is None else pytest.approx(exploiting))
    assert result.trust.least_prior == (pytest.approx(leaving) if exploiting is None else 0.0)


@pytest.mark.parametrize(("prior", "exits"), [(0.49, 2), (0.51, 0)])
def test_mistrust_feeds_itself_only_below_the_threshold(prior: float, exits: int) -> None:
    result = assess(one_shot(3, 4, 2, 1), [["a", "b"]], prior)
    assert len(result.mistrust.profiles[0].exits) == exits
    assert result.trust.profiles[0].exits == ()
    assert result.equilibria == (2 if exits else 1)


def two_steps(second: float) -> Case:
    """Each of two gives the other three times what it costs, for good: first 1, then `second`."""
    return case_of(
        [party("A", 0.9), party("B", 0.9)],
        [
            measure(f"{who}{step}", who, {who: -size, other: 3.0 * size}, irreversible=True)
            for step, size in ((1, 1.0), (2, second))
            for who, other in ("AB", "BA")
        ],
    )


SMALL_FIRST = [["A1", "B1"], ["A2", "B2"]]
AT_ONCE = [["A1", "B1", "A2", "B2"]]


@pytest.mark.parametrize("second", [0.5, 1.0, 3.0])
def test_at_once_a_third_is_needed_whatever_the_size(second: float) -> None:
    assert assess(two_steps(second), AT_ONCE).mistrust.least_prior == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("second", "least"),
    [
        pytest.param(1.0, 10 / 48, id="after Watson 2002: an equal second step, (P-S)/(R-S) with R = 20 + 18s"),
        pytest.param(10 / 9, 0.2, id="after Watson 2002: the largest second step that opportunists do not wait for"),
        pytest.param(3.0, 1 / 3, id="after Watson 2002: a second step too large to be worth a small first one"),
    ],
)
def test_starting_small(second: float, least: float) -> None:
    assert assess(two_steps(second), SMALL_FIRST).mistrust.least_prior == pytest.approx(least, abs=1e-9)


@pytest.mark.parametrize("factor", [0.999, 1.001])
def test_opportunists_wait_for_a_step_that_grows_faster_than_trust(factor: float) -> None:
    prior = 0.25
    result = assess(two_steps(factor * 10 / (27 * prior)), SMALL_FIRST, prior)
    first, second, _ = result.mistrust.profiles[0].stages
    assert (first.informative, second.informative) == ((True, False) if factor < 1 else (False, True))
    assert dict(second.beliefs) == ({"A": 1.0, "B": 1.0} if factor < 1 else {"A": prior, "B": prior})


def test_caps() -> None:
    result = assess(two_steps(1.0), SMALL_FIRST, 0.3)
    step = result.mistrust.profiles[0].stages[0].steps["A"]
    assert step.exposure == pytest.approx(10.0)
    assert step.cap == pytest.approx(0.3 / 0.7 * 38)
    assert step.wait_cap == pytest.approx(((9 + 7) / 0.3 - 2) / 0.9)
    assert step.next_value == pytest.approx(50.0)
    view = result.mistrust.profiles[0].parties["A"]
    assert view.reliable == pytest.approx(0.3 * 38 - 0.7 * 10)
    assert view.opportunist == pytest.approx(9.0)
    assert result.mistrust.profiles[0].completion == pytest.approx(0.09)


def test_the_cap_is_where_going_ahead_ends() -> None:
    """T19: at the least prior exposure and cap are the same."""
    least = 10 / 48
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        step = assess_trust(two_steps(1.0), SMALL_FIRST, prior=least).mistrust.profiles[0].stages[0].steps["A"]
    assert step.cap == pytest.approx(step.exposure)


def test_design_starts_small() -> None:
    with pytest.warns(ExperimentalWarning):
        design = design_trust_building(two_steps(1.0))
    assert design.status.value == "optimal"
    assert design.value == pytest.approx(10 / 48)
    assert (design.tried, design.total) == (75, 75)
    assert len(design.stages) == 2
    assert {measure[0] for measure in design.stages[0]} == {"A", "B"}
