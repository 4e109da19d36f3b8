"""Interchangeable measures: only what nothing tells apart, and designs that do not change for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cases import sized_case
from detente import design_roadmap
from detente.analysis.roadmap.goals import goal_order, told_apart
from detente.case import Case, Measure
from detente.game import build_game
from detente.kernel.bits import to_states
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.kernel.symmetry import in_declared_order


def with_twins(seed: int, n_twins: int = 2) -> Case:
    """A case whose first measures have twins by another name."""
    case = sized_case(4, 2, seed=seed)
    twins = tuple(replace(measure, id=f"{measure.id}-twin") for measure in case.measures[:n_twins])
    return replace(case, measures=(*case.measures, *twins))


def needs_of(case: Case, named: tuple[tuple[str, ...], ...] = ()) -> list[tuple[str, str]]:
    game = build_game(case, [measure.id for measure in case.measures])
    order = goal_order(game, (), ())
    assert order is not None
    narrowed = in_declared_order(game.system, order, told_apart(game, named))
    states = to_states(narrowed.needs, len(game.measures))
    return [(game.measures[row], game.measures[column]) for row, column in np.argwhere(states)]


def test_a_twin_waits_for_the_measure_declared_first() -> None:
    assert needs_of(with_twins(1)) == [("m0-twin", "m0"), ("m1-twin", "m1")]


def test_what_an_option_names_is_told_apart() -> None:
    assert needs_of(with_twins(1), (("m0",),)) == [("m1-twin", "m1")]


def test_three_of_a_kind_form_a_chain() -> None:
    case = with_twins(1, 1)
    third = replace(case.measures[0], id="m0-third")
    assert needs_of(replace(case, measures=(*case.measures, third))) == [("m0-twin", "m0"), ("m0-third", "m0-twin")]


CHANGES = [
    {"value": {"p0": -1.0, "p1": 1.0}},
    {"cost": {"p0": 9.0}},
    {"undo_cost": {"p0": 0.5}},
    {"duration": 9},
    {"detection_lag": 9},
    {"requires": ("m1",)},
    {"after": ("m1",)},
    {"deters": {"p1": 1.0}},
    {"verifies": {"m1": 1}},
    {"excludes": ("m1",)},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_any_difference_tells_measures_apart(change: dict[str, object]) -> None:
    case = with_twins(1, 1)
    different: Measure = replace(case.measures[-1], **change)  # type: ignore[arg-type]  # one of its fields
    needs = needs_of(replace(case, measures=(*case.measures[:-1], different)))
    assert ("m0-twin", "m0") not in needs


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_designs_with_twins_are_as_good_as_those_that_tell_them_apart(objective: Objective, seed: int) -> None:
    case = with_twins(seed)
    free = design_roadmap(case, objective=objective)
    # An option that excludes nothing, but names every measure.
    apart = design_roadmap(case, objective=objective, together=[[measure.id] for measure in case.measures])
    assert free.status == apart.status
    assert free.value == pytest.approx(apart.value, rel=1e-9)
    assert free.conflict == apart.conflict
