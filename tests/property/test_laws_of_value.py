"""How answers follow the values: units, what is always there, deterrence, tension, detection."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Literal

import pytest

from detente import RoadmapEvaluation, design_roadmap, evaluate_roadmap
from detente.case import Case, Measure, Party, Quantity, point
from tests.oracle.agreement import near
from tests.oracle.evaluation import Stages
from tests.oracle.random_cases import random_case, random_durations, random_goal, random_roadmap
from tests.property.changes import scaled, with_change
from tests.rows import row_of

SEEDS = range(60)
FACTORS = (0.125, 8.0, 0.3, 70.0)
HAZARDS = 1e-6
Objective = Literal["trust", "margin", "duration", "nash"]


def drawn(seed: int) -> tuple[Case, Stages, tuple[int, ...] | None]:
    """A random case with a legal roadmap and perhaps its durations."""
    case = random_case(seed, n_measures=1 + seed % 6, n_parties=1 + seed % 4)
    stages = random_roadmap(case, seed)
    return case, stages, random_durations(case, stages, seed)


def entry_of(case: Case, stages: Stages, durations: tuple[int, ...] | None) -> RoadmapEvaluation:
    return evaluate_roadmap(case, stages, durations=durations).roadmap


@pytest.mark.parametrize("seed", SEEDS)
def test_the_unit_of_a_partys_values_changes_no_verdict(seed: int) -> None:
    # Every value of §3–7 of a party is linear in its v, b, costs and deterrence together, and endings (§4) compare two
    # of them; so all scale, and their signs, the order of deviations, and ratios such as required trust stay.
    case, stages, durations = drawn(seed)
    who, factor = case.parties[seed % len(case.parties)].id, FACTORS[seed % len(FACTORS)]
    got, want = entry_of(scaled(case, who, factor), stages, durations), entry_of(case, stages, durations)
    assert got.holds == want.holds
    assert got.trust == near(want.trust)
    assert (got.critical_hazard is None) == (want.critical_hazard is None)
    assert (got.critical_hazard or 0.0) == pytest.approx(want.critical_hazard or 0.0, abs=HAZARDS)
    for row in want.rows:
        found = row_of(got, row.stage, row.check.value, row.party)
        assert found.required_trust == near(row.required_trust)
        assert found.none_suffices == row.none_suffices
        times = factor if row.party == who else 1.0
        for key in ("comply", "deviate", "margin", "flow_margin", "leave_value", "betrayed_value"):
            value = getattr(row, key)
            assert getattr(found, key) == near(None if value is None else times * value), key


@pytest.mark.parametrize("seed", range(12))
def test_the_unit_of_a_partys_values_changes_no_design(seed: int) -> None:
    # By the law above, the same roadmaps hold with the same trust and duration, and a product of gains scales once.
    # The least margin compares the parties' own units as they stand, so for `margin` there is no such law.
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=1 + seed % 4, generous=8.0)
    goal = random_goal(case, seed)
    who, factor = case.parties[seed % len(case.parties)].id, FACTORS[seed % len(FACTORS)]
    objectives: tuple[tuple[Objective, float], ...] = (("trust", 1.0), ("duration", 1.0), ("nash", factor))
    for objective, times in objectives:
        want = design_roadmap(case, goal=goal, objective=objective)
        got = design_roadmap(scaled(case, who, factor), goal=goal, objective=objective)
        assert got.status == want.status
        assert got.value == near(None if want.value is None else times * want.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_always_in_force_changes_no_margin(seed: int) -> None:
    # A measure of S₀ worth x adds x to v in every state; so it adds x/(1 − δ) to every value, whether held or broken:
    # (x + δh·x/(1 − δ))/(1 − γ) = x/(1 − δ).
    case, stages, durations = drawn(seed)
    value: dict[str, Quantity] = {p.id: 1.5 + number for number, p in enumerate(case.parties)}
    always = Measure(id="always", name="always", owners=(case.parties[0].id,), value=value)
    more = replace(case, measures=(*case.measures, always), status_quo=(*case.status_quo, "always"))
    got, want = entry_of(more, stages, durations), entry_of(case, stages, durations)
    assert got.holds == want.holds
    for row in want.rows:
        found = row_of(got, row.stage, row.check.value, row.party)
        added = point(value[row.party]) / (1.0 - discount(case, row.party))
        # Differences of values that are larger by `added` round more.
        room = 1e-9 + 1e-13 * added
        assert found.comply == pytest.approx(row.comply + added, rel=1e-9)
        assert found.margin == pytest.approx(row.margin, rel=1e-9, abs=room)
        if row.required_trust is not None:
            assert found.required_trust == pytest.approx(row.required_trust, abs=1e-7)


def discount(case: Case, party: str) -> float:
    stated = case.party(party).discount
    assert stated is not None
    return point(stated)


@pytest.mark.parametrize("seed", SEEDS)
def test_more_deterrence_of_a_party_never_lowers_its_margins_and_touches_nobody_else(seed: int) -> None:
    # It enters B_i(X, i) alone, as a loss: complying stays as it is, no deviation of i is worth more.  Endings (§4) do
    # not look at it.  Leaving is worth less too, so it asks for no more trust.
    case, stages, durations = drawn(seed)
    random = Random(f"deterrence {seed}")  # noqa: S311
    who = random.choice(case.parties).id
    m = random.choice(case.measures)
    deters = {**m.deters, who: point(m.deters.get(who, 0.0)) + random.uniform(0.1, 5.0)}
    got, want = entry_of(with_change(case, m.id, deters=deters), stages, durations), entry_of(case, stages, durations)
    for row in want.rows:
        found = row_of(got, row.stage, row.check.value, row.party)
        if row.party != who:
            assert found.to_dict() == row.to_dict()
            continue
        assert found.comply == row.comply
        assert found.margin >= row.margin
        assert found.betrayed_value == row.betrayed_value
        if row.required_trust is not None:
            assert found.required_trust is not None
            assert found.required_trust <= row.required_trust


@pytest.mark.parametrize("seed", SEEDS)
def test_more_tension_never_lowers_a_margin_while_nothing_but_a_party_breaks_the_process(seed: int) -> None:
    # At h = 0 complying never meets a breakdown, and every deviation but not starting at all ends in one.
    case, stages, durations = drawn(seed)
    calm = replace(case, parties=tuple(replace(p, hazard=0.0) for p in case.parties))
    tense = replace(calm, parties=tuple(replace(p, breakdown=point(p.breakdown) - 2.0) for p in calm.parties))
    got, want = entry_of(tense, stages, durations), entry_of(calm, stages, durations)
    for row in want.rows:
        found = row_of(got, row.stage, row.check.value, row.party)
        assert found.comply == row.comply
        assert found.margin >= row.margin
    assert got.holds or not want.holds


@pytest.mark.parametrize("seed", SEEDS)
def test_earlier_detection_never_lowers_a_margin_where_being_found_out_is_worse_than_the_state_that_breaks(
    seed: int,
) -> None:
    # hold(X, L, B) = F(X) + γ^L·(B − F(X)), F(X) being X for ever; so it rises in L if B < F(X).  With a tension that
    # outweighs all that endings can save, B_i(X, i) is below v_i(X)/(1 − δ) and below B_i(X, nobody), so below F_i(X),
    # which is a mean of these two.  Complying does not look at lags while the stages last as long as before.
    case, stages, durations = drawn(seed)
    grim = replace(case, parties=tuple(replace(p, breakdown=-100.0) for p in case.parties))
    slow = entry_of(grim, stages, durations)
    slowest = [m for m in grim.measures if m.detection_lag > 1]
    for m in slowest:
        fast = entry_of(with_change(grim, m.id, detection_lag=m.detection_lag - 1), stages, slow.durations)
        for row in slow.rows:
            found = row_of(fast, row.stage, row.check.value, row.party)
            assert found.comply == row.comply
            assert found.margin >= row.margin - 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_a_larger_chance_of_an_outside_breakdown_is_the_same_whoever_brings_it(seed: int) -> None:
    # Only h = 1 − ∏(1 − h_j) enters §5.
    case, stages, durations = drawn(seed)
    first, *others = case.parties

    def with_hazards(*hazards: float) -> Case:
        idle = tuple(Party(id=f"idle{n}", name="idle", discount=0.9, hazard=h) for n, h in enumerate(hazards[1:]))
        calm = tuple(replace(p, hazard=0.0) for p in others)
        return replace(case, parties=(replace(first, hazard=hazards[0]), *calm, *idle))

    got = entry_of(with_hazards(0.1, 0.2), stages, durations)
    want = entry_of(with_hazards(1 - 0.9 * 0.8, 0.0), stages, durations)
    for row in want.rows:
        assert row_of(got, row.stage, row.check.value, row.party).margin == near(row.margin)
