"""Sweeps of breakdowns along a number: at any point they say what breaking down there says."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from detente.game import build_game
from detente.kernel.breakdown import break_down
from detente.kernel.changes import Change, sweep_breakdowns, turning_measures
from detente.kernel.system import BoolArray, System
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.oracle.random_cases import random_case

LOW, HIGH = -20.0, 20.0


def all_states(n_measures: int) -> BoolArray:
    return np.array([[bool(mask >> bit & 1) for bit in range(n_measures)] for mask in range(1 << n_measures)])


def moved(system: System, change: Change, by: float) -> System:
    """The system with a number larger by so much."""
    own = change.party

    def at(array: np.ndarray, slopes: np.ndarray) -> np.ndarray:
        result = array.copy()
        result[own] += by * slopes
        return result

    terms = tuple(replace(t, value=t.value + by * s) for t, s in zip(system.terms, change.terms, strict=True))
    discount = system.discount.copy()
    if change.is_discount:
        discount[own] += by
    return replace(
        system,
        weight=at(system.weight, change.weight),
        undo_cost=at(system.undo_cost, change.undo_cost),
        terms=terms,
        discount=discount,
    )


def changes_of(system: System, random: Random) -> list[tuple[Change, float, float, float]]:
    """Some numbers: what they change, as they stand, and a range."""
    found = []
    for own in range(system.n_parties):
        column = random.randrange(system.n_measures)
        one = np.zeros(system.n_measures)
        one[column] = 1.0
        found.append((Change.of(system, own, weight=one), float(system.weight[own, column]), LOW, HIGH))
        found.append((Change.of(system, own, undo_cost=one), float(system.undo_cost[own, column]), 0.0, HIGH))
        several = np.array([random.uniform(-1, 1) for _ in range(system.n_measures)])
        found.append((Change.of(system, own, weight=several), 0.0, LOW, HIGH))
        found.append((Change.of(system, own, is_discount=True), float(system.discount[own]), 0.01, 0.99))
        for number, stated in enumerate(system.terms):
            if stated.party == own:
                terms = np.zeros(len(system.terms))
                terms[number] = 1.0
                found.append((Change.of(system, own, terms=terms), stated.value, LOW, HIGH))
    return found


@pytest.mark.parametrize("seed", range(60))
def test_a_sweep_is_the_breakdown_at_every_point(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice((2, 3, 4)), n_parties=random.choice((1, 2, 3)))
    system = build_game(case, [m.id for m in case.measures]).system
    if not system.n_measures:
        return
    states = all_states(system.n_measures)
    for change, now, low, high in changes_of(system, random):
        sweep = sweep_breakdowns(system, change, now, states, low, high)
        assert (np.diff(sweep.edges) > 0.0).all()
        middles = 0.5 * (sweep.edges[:-1] + sweep.edges[1:])
        for point in [*middles.tolist(), *(random.uniform(low, high) for _ in range(5))]:
            if np.abs(sweep.edges - point).min() < 1e-9:
                continue
            at = sweep.records_at(point)
            expected = break_down(moved(system, change, point - now), states)
            assert (sweep.remains[at] == expected.remains).all()
            undone = sweep.undone[:, at].copy()
            undone[change.party] += (point - now) * sweep.undone_slope[at]
            assert undone == pytest.approx(expected.undo_costs, abs=1e-9)


def test_turning_points_by_hand() -> None:
    # Ending a pays A from −v/(1 − .5) > 1 on, v < −.5; if a ends, ending c pays A too, and before that it does not.
    case = case_of(
        [party("A")],
        [
            measure("a", "A", {"A": 0.0}, undo_cost={"A": 1.0}),
            measure("c", "A", {"A": 1.0}),
        ],
        terms=(term("A", "c and not a", -3.0),),
    )
    system = build_game(case, ["a", "c"]).system
    change = Change.of(system, 0, weight=np.array([1.0, 0.0]))
    sweep = sweep_breakdowns(system, change, 0.0, np.array([[True, True]]), LOW, HIGH)
    # The term makes keeping a worth 3 more while c is in force, so that a ends only below −3.5; then c ends, worth −2.
    assert sweep.edges == pytest.approx([LOW, -3.5, HIGH], abs=1e-9)
    assert sweep.remains.tolist() == [[False, False], [True, True]]
    assert sweep.undone.tolist() == [[1.0, 0.0]]


def test_what_no_owner_decides_turns_nothing() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"B": 1.0}), measure("b", "B", {"A": 1.0}, irreversible=True)],
    )
    system = build_game(case, ["a", "b"]).system
    by_owner = Change.of(system, 0, weight=np.array([1.0, 0.0]))
    by_other = Change.of(system, 1, weight=np.array([1.0, 0.0]))
    for_good = Change.of(system, 1, weight=np.array([0.0, 1.0]))
    assert turning_measures(system, by_owner).tolist() == [True, False]
    assert not turning_measures(system, by_other).any()
    assert not turning_measures(system, for_good).any()
    assert not Change.of(system, 0).flow(system, np.array([[True, True]])).any()
    assert Change.of(system, 0).is_empty
    assert not by_other.is_empty
