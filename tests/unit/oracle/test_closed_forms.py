"""The twin against closed forms of the literature, none of which it computes with."""

from __future__ import annotations

import math
from typing import Any

import pytest

from detente.case import Case
from tests.oracle.evaluation import after_values, deviation_value, evaluate, margin_parts, step_deviations, steps
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.oracle.hazards import critical_hazard
from tests.oracle.random_cases import FEATURES, random_case, random_durations, random_roadmap
from tests.oracle.system import System


def row(entry: dict[str, Any], stage: int, check: str, who: str) -> dict[str, Any]:
    [found] = [r for r in entry["rows"] if (r["stage"], r["check"], r["party"]) == (stage, check, who)]
    return dict(found)


def irreversible_for_reversible(hostage: float | None) -> tuple[Case, list[list[str]]]:
    parties = [party("N", 0.97), party("U", 0.97)]
    measures = [
        measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
        measure("relief", "U", {"U": -2, "N": 8}, detection_lag=2),
    ]
    if hostage is not None:
        measures.append(measure("freeze", "N", {"N": -0.5, "U": hostage}))
    return case_of(parties, measures), [[m.id for m in measures]]


def test_irreversible_for_reversible_fails_on_the_receivers_side() -> None:
    entry = evaluate(*irreversible_for_reversible(None))
    assert not entry["holds"]
    assert row(entry, 1, "end", "U")["margin"] == pytest.approx(-66.67, abs=0.005)
    assert row(entry, 1, "end", "U")["margin"] == pytest.approx(-2 / 0.03)


def test_a_hostage_makes_irreversible_for_reversible_hold() -> None:
    least = 2 / 0.97**2
    assert least == pytest.approx(2.1256, abs=5e-5)
    entry = evaluate(*irreversible_for_reversible(2.2))
    assert entry["holds"]
    assert row(entry, 1, "end", "U")["margin"] == pytest.approx(2.3327, abs=5e-5)
    assert row(entry, 1, "end", "U")["deviation"]["undo"] == ["relief"]
    assert evaluate(*irreversible_for_reversible(least + 1e-6))["holds"]
    assert not evaluate(*irreversible_for_reversible(least - 1e-6))["holds"]


@pytest.mark.parametrize("cost", [0.25, 1.7, 40.0])
def test_an_irreversible_roadmap_fails_at_its_last_costly_step_by_the_cost(cost: float) -> None:
    case = case_of(
        [party("A", 0.9), party("B", 0.8)],
        [
            measure("a", "A", {"A": -1, "B": 30}, irreversible=True),
            measure("b", "B", {"A": 30}, irreversible=True, cost={"B": cost}),
        ],
    )
    entry = evaluate(case, [["a"], ["b"]])
    assert row(entry, 2, "before", "B")["margin"] == pytest.approx(-cost, abs=1e-9)


def dilemma(temptation: float, loss: float, lag: int, delta: float) -> Case:
    # Each gives the other `loss` at `temptation` to itself.  Undoing one's own saves `temptation` a period for `lag`
    # periods; then the other's ends too and `loss` is gone.
    return case_of(
        [party("A", delta), party("B", delta)],
        [
            measure("a", "A", {"A": -temptation, "B": loss}, detection_lag=lag),
            measure("b", "B", {"B": -temptation, "A": loss}, detection_lag=lag),
        ],
    )


@pytest.mark.parametrize(("lag", "threshold"), [(1, 0.4), (2, 0.632456), (4, 0.795271), (8, 0.891780), (12, 0.926485)])
def test_the_repeated_dilemma_holds_from_the_root_of_temptation_over_loss(lag: int, threshold: float) -> None:
    exact = 0.4 ** (1 / lag)
    assert exact == pytest.approx(threshold, abs=5e-7)
    assert evaluate(dilemma(2, 5, lag, exact + 1e-6), [["a", "b"]])["holds"]
    assert not evaluate(dilemma(2, 5, lag, exact - 1e-6), [["a", "b"]])["holds"]
    at_threshold = evaluate(dilemma(2, 5, lag, exact), [["a", "b"]])
    assert row(at_threshold, 1, "end", "A")["margin"] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("delta", [0.7, 0.9, 0.97])
def test_the_longest_lag(delta: float) -> None:
    parts = row(evaluate(dilemma(2, 5, 1, delta), [["a", "b"]]), 1, "end", "A")["parts"]
    longest = math.log((parts["G"] + parts["C"] - parts["F"]) / parts["H"]) / math.log(delta)
    assert longest == pytest.approx(math.log(0.4) / math.log(delta))
    assert evaluate(dilemma(2, 5, math.floor(longest), delta), [["a", "b"]])["holds"]
    assert not evaluate(dilemma(2, 5, math.floor(longest) + 1, delta), [["a", "b"]])["holds"]


@pytest.mark.parametrize(
    ("exploit", "reward", "punished", "betrayed", "trust"),
    [(3, 4, 2, 1, 1 / 3), (3, 4, 2, 0, 1 / 2)],
)
def test_trust_against_leaving_openly(
    exploit: float, reward: float, punished: float, betrayed: float, trust: float
) -> None:
    # Irreversible, so that what one has done alone lasts: a one-shot game with payoffs per period.
    case = case_of(
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
    entry = evaluate(case, [["a", "b"]])
    assert entry["trust"] == pytest.approx(trust, abs=1e-12)
    assert row(entry, 1, "before", "A")["required_trust"] == pytest.approx(trust, abs=1e-12)
    assert row(entry, 1, "before", "B")["required_trust"] == pytest.approx(trust, abs=1e-12)


SEPARABLE = frozenset(FEATURES) - {"terms", "requires", "hazard"}


@pytest.mark.parametrize("seed", range(60))
def test_the_separable_identity_for_every_deviation(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=1 + seed % 4, features=SEPARABLE)
    stages = random_roadmap(case, seed)
    system = System(case)
    path = steps(system, stages, random_durations(case, stages, seed))
    for i in system.parties:
        delta = system.discount[i]
        after = after_values(system, path, i, 0.0)
        for step in path:
            for check in ("before", "after"):
                comply = after[step.number - 1]
                if check == "before":
                    comply -= system.cost(i, step.taking)
                for deviation in step_deviations(system, step, check, i):
                    margin = comply - deviation_value(system, i, deviation, 0.0)
                    p = margin_parts(system, path, step, check, i, deviation)
                    identity = p["F"] + delta**deviation.periods * p["H"] - p["G"] - p["C"]
                    assert margin == pytest.approx(identity, abs=1e-8)


def test_the_critical_hazard_of_the_dilemma() -> None:
    # With hazard h the whole process is discounted by γ = δ(1−h), and breakdown leaves 0: undoing one's own gains 2 a
    # period for a lag and then loses 5 a period, so it stops holding where γ^L = 0.4; δ = .9, L = 4: 1 − .4^(1/4)/.9.
    found = critical_hazard(dilemma(2, 5, 4, 0.9), [["a", "b"]])
    assert found == pytest.approx(1 - 0.4**0.25 / 0.9, abs=1e-8)
    assert critical_hazard(dilemma(2, 5, 4, 0.7), [["a", "b"]]) is None  # fails already
