"""What things are called, and in which order they are declared, changes no answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import pytest

from detente import RoadmapEvaluation, design_roadmap, evaluate_roadmap
from detente.analysis.roadmap import Deviation, EvaluationRow
from detente.case import Case, Measure, Party
from tests.oracle.agreement import near
from tests.oracle.evaluation import Stages, deviation_value, step_deviations, steps
from tests.oracle.random_cases import random_case, random_durations, random_goal, random_roadmap
from tests.oracle.system import System
from tests.property.changes import renamed, reordered
from tests.rows import row_of

SEEDS = range(60)
DESIGNS = range(12)
HAZARDS = 1e-7
"""A crossing is found less sharply than a value: where a margin is flat, its rounding moves the crossing."""
Objective = Literal["trust", "margin", "duration", "nash"]
OBJECTIVES: tuple[Objective, ...] = ("trust", "margin", "duration", "nash")


def drawn(seed: int) -> tuple[Case, Stages, tuple[int, ...] | None]:
    """A random case with a legal roadmap and perhaps its durations."""
    case = random_case(seed, n_measures=1 + seed % 6, n_parties=1 + seed % 4)
    stages = random_roadmap(case, seed)
    return case, stages, random_durations(case, stages, seed)


def entry_of(case: Case, stages: Stages, durations: tuple[int, ...] | None) -> RoadmapEvaluation:
    return evaluate_roadmap(case, stages, durations=durations).roadmap


def other_names(ids: Iterable[str]) -> dict[str, str]:
    """Names whose order of sorting is not that of the old ones."""
    return {name: f"z{997 * (place + 1) % 101:03d}-{name}" for place, name in enumerate(ids)}


def named_back(value: Any, names: dict[str, str]) -> Any:  # any JSON
    """The same JSON with the old names in place of the new ones."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [named_back(item, names) for item in value]
    if isinstance(value, dict):
        return {key: named_back(item, names) for key, item in value.items()}
    return value


@pytest.mark.parametrize("seed", SEEDS)
def test_other_names_change_nothing_at_all(seed: int) -> None:
    # Names are looked up once, when the arrays are made; after that nothing depends on them, not even rounding.
    case, stages, durations = drawn(seed)
    parties = other_names(p.id for p in case.parties)
    measures = other_names(m.id for m in case.measures)
    there = [[measures[m] for m in stage] for stage in stages]
    back = {new: old for old, new in (*parties.items(), *measures.items())}
    got = entry_of(renamed(case, parties, measures), there, durations).to_dict()
    assert named_back(got, back) == entry_of(case, stages, durations).to_dict()


def assert_same_numbers(got: RoadmapEvaluation, want: RoadmapEvaluation) -> None:
    """All numbers agree, whatever the order of the rows."""
    assert got.holds == want.holds
    assert got.durations == want.durations
    for key in ("trust", "margin", "end_margin"):
        assert getattr(got, key) == near(getattr(want, key)), key
    assert (got.critical_hazard is None) == (want.critical_hazard is None)
    assert (got.critical_hazard or 0.0) == pytest.approx(want.critical_hazard or 0.0, abs=HAZARDS)
    assert len(got.rows) == len(want.rows)
    for row in want.rows:
        assert_same_row(row_of(got, row.stage, row.check.value, row.party), row)


def assert_same_row(got: EvaluationRow, want: EvaluationRow) -> None:
    numbers = ("comply", "deviate", "margin", "leave_value", "betrayed_value", "required_trust", "flow_margin")
    for key in numbers:
        assert getattr(got, key) == near(getattr(want, key)), key
    assert got.none_suffices == want.none_suffices


def worths(case: Case, stages: Stages, durations: Any, row: EvaluationRow) -> dict[Deviation, float]:
    """What each deviation at a row is worth, by the twin."""
    system = System(case)
    step = steps(system, stages, durations)[row.stage - 1]
    return {
        Deviation(
            withhold=tuple(system.ordered(d.withhold)), undo=tuple(system.ordered(d.undo)), leave=d.leave
        ): deviation_value(system, row.party, d, system.hazard)
        for d in step_deviations(system, step, row.check.value, row.party)
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_another_order_of_declaration_changes_no_number(seed: int) -> None:
    # No formula of §3–7 depends on it; sums are only added up in another order.  Of deviations that tie, the declared
    # order picks one: so another may be named, but only one that is worth the same.
    case, stages, durations = drawn(seed)
    other = reordered(case, seed)
    got, want = entry_of(other, stages, durations), entry_of(case, stages, durations)
    assert_same_numbers(got, want)
    place = {m.id: number for number, m in enumerate(case.measures)}
    for row in want.rows:
        found = row_of(got, row.stage, row.check.value, row.party).deviation
        withhold, undo = (tuple(sorted(ids, key=place.__getitem__)) for ids in (found.withhold, found.undo))
        found = Deviation(withhold=withhold, undo=undo, leave=found.leave)
        if found != row.deviation:
            worth = worths(case, stages, durations, row)
            assert worth[found] == near(worth[row.deviation])


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_within_a_stage_changes_nothing(seed: int) -> None:
    # A stage is a set.
    case, stages, durations = drawn(seed)
    turned = [list(reversed(stage)) for stage in stages]
    got, want = entry_of(case, turned, durations).to_dict(), entry_of(case, stages, durations).to_dict()
    assert got.pop("stages") == turned
    assert want.pop("stages") == [list(stage) for stage in stages]
    assert got == want


@pytest.mark.parametrize("seed", SEEDS)
def test_what_no_roadmap_takes_changes_nothing(seed: int) -> None:
    # A measure that is neither in S₀ nor in the roadmap is in force in no state of it, nor in any that a deviation or a
    # breakdown leaves.
    case, stages, durations = drawn(seed)
    first = case.parties[0].id
    idle = Measure(
        id="idle",
        name="idle",
        owners=(first,),
        value={p.id: 7.0 for p in case.parties},
        cost={first: 5.0},
        verifies={m.id: 1 for m in case.measures},
        deters={p.id: 3.0 for p in case.parties},
        requires=tuple(m.id for m in case.measures),
    )
    more = replace(case, measures=(idle, *case.measures))
    got, want = entry_of(more, stages, durations), entry_of(case, stages, durations)
    for row, expected in zip(got.rows, want.rows, strict=True):
        # The parts are for the separable case alone, and `requires` ends that for the case as a whole.
        assert replace(row, parts=None) == replace(expected, parts=None)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bystander_changes_nothing_and_has_nothing_to_gain(seed: int) -> None:
    # It owns and values nothing: every state is worth 0 to it, and its hazard of 0 leaves h as it is.
    case, stages, durations = drawn(seed)
    more = replace(case, parties=(Party(id="nobody", name="nobody", discount=0.5), *case.parties))
    got, want = entry_of(more, stages, durations), entry_of(case, stages, durations)
    for row in got.rows:
        if row.party == "nobody":
            assert (row.comply, row.deviate, row.required_trust) == (0.0, 0.0, None)
        else:
            assert row.to_dict() == row_of(want, row.stage, row.check.value, row.party).to_dict()


@pytest.mark.parametrize("seed", DESIGNS)
def test_other_names_change_no_design(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=1 + seed % 4, generous=8.0)
    goal = random_goal(case, seed)
    parties, measures = other_names(p.id for p in case.parties), other_names(m.id for m in case.measures)
    there = renamed(case, parties, measures)
    for objective in OBJECTIVES:
        want = design_roadmap(case, goal=goal, objective=objective)
        got = design_roadmap(there, goal=[measures[m] for m in goal], objective=objective)
        assert (got.status, got.value, got.durations) == (want.status, want.value, want.durations)
        assert got.stages == tuple(tuple(measures[m] for m in stage) for stage in want.stages)
        if want.conflict is not None:
            assert got.conflict is not None
            assert got.conflict.parties == tuple(parties[i] for i in want.conflict.parties)
            assert got.conflict.measures == tuple(measures[m] for m in want.conflict.measures)


@pytest.mark.parametrize("seed", DESIGNS)
def test_another_order_of_declaration_changes_no_optimum(seed: int) -> None:
    # Which of several best roadmaps, or of several smallest conflicts, is named may change.
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=1 + seed % 4, generous=8.0)
    goal = random_goal(case, seed)
    other = reordered(case, seed)
    for objective in OBJECTIVES:
        want = design_roadmap(case, goal=goal, objective=objective)
        got = design_roadmap(other, goal=goal, objective=objective)
        assert got.status == want.status
        assert got.value == near(want.value)
        if want.conflict is not None:
            assert got.conflict is not None
            assert len(got.conflict.parties) == len(want.conflict.parties)
            assert len(got.conflict.measures) == len(want.conflict.measures)
