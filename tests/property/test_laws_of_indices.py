"""What indices must keep: parties that change places, units, names, and time run backwards (decision 0015)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from detente import RoadmapEvaluation, compute_indices, evaluate_roadmap
from detente.analysis.roadmap import RoadmapIndices, weigh_roadmap
from detente.case import Case, Direction, Roadmap
from tests.oracle.agreement import near
from tests.oracle.evaluation import Stages
from tests.oracle.hand_cases import case_of, measure, party
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.property.changes import renamed, reordered, scaled

SEEDS = range(60)
PLAIN = frozenset({"costs", "undo_costs", "joint", "forward", "lags", "durations", "breakdown", "deters", "hazard"})
"""Features of which no order of measures, and no combination, makes a difference."""
OWN_UNITS = ("sunk", "stake", "loss", "outside", "shift")
DIMENSIONLESS = ("hold_up", "shift_share")


def weighed(case: Case, stages: Stages, durations: tuple[int, ...] | None) -> RoadmapIndices:
    roadmap = Roadmap(id="r", name="r", stages=tuple(tuple(stage) for stage in stages), durations=durations)
    entry: RoadmapEvaluation = evaluate_roadmap(case, roadmap).roadmap
    return weigh_roadmap(entry)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_of_a_party_change_its_amounts_and_no_index(seed: int) -> None:
    case = random_case(seed, n_measures=1 + seed % 6, n_parties=1 + seed % 4)
    stages = random_roadmap(case, seed)
    durations = random_durations(case, stages, seed)
    who, factor = case.parties[seed % len(case.parties)].id, (0.125, 8.0, 0.3)[seed % 3]
    got, want = weighed(scaled(case, who, factor), stages, durations), weighed(case, stages, durations)
    for one, other in zip(got.parties, want.parties, strict=True):
        times = factor if other.party == who else 1.0
        assert (one.gives_at, one.gets_at) == (near(other.gives_at), near(other.gets_at))
        assert one.front_loading == near(other.front_loading)
        for key in ("gives", "gets", "order_cost", "worst"):
            assert getattr(one, key) == near(times * getattr(other, key)), key
    for row, other_row in zip(got.stages, want.stages, strict=True):
        times = factor if other_row.party == who else 1.0
        for key in OWN_UNITS:
            assert getattr(row, key) == near(times * getattr(other_row, key)), key
        for key in DIMENSIONLESS:
            assert getattr(row, key) == near(getattr(other_row, key)), key
        for victim, harm in other_row.inflicts.items():
            assert row.inflicts[victim] == near((factor if victim == who else 1.0) * harm)


@pytest.mark.parametrize("seed", SEEDS)
def test_time_run_backwards_turns_front_loading_round(seed: int) -> None:
    # Without terms each measure gives and gets the same wherever it stands; reversed stages start as long before the
    # last as they did after the first.
    case = random_case(seed, n_measures=2 + seed % 5, n_parties=1 + seed % 4, features=PLAIN)
    random = Random(f"backwards {seed}")  # noqa: S311
    stages = random_roadmap(case, seed)
    length = max(m.duration + m.detection_lag for m in case.measures)
    durations = tuple(length + random.randint(0, 3) for _ in stages)
    turned = (*durations[-2::-1], length)
    forwards, backwards = weighed(case, stages, durations), weighed(case, stages[::-1], turned)
    for one, other in zip(forwards.parties, backwards.parties, strict=True):
        assert (one.gives, one.gets) == (near(other.gives), near(other.gets))
        if one.front_loading is None:
            assert other.front_loading is None
        else:
            assert other.front_loading == near(-one.front_loading)


@pytest.mark.parametrize("seed", range(20))
def test_parties_that_change_places_change_their_indices(seed: int) -> None:
    random = Random(f"swap {seed}")  # noqa: S311
    gift, price, cost = random.uniform(1, 4), -random.uniform(0.2, 1.5), random.uniform(0, 1)
    firm = random.random() < 0.5
    case = case_of(
        [party("A", 0.8, breakdown=-0.5), party("B", 0.8, breakdown=-0.5)],
        [
            measure("a", "A", {"A": price, "B": gift}, irreversible=firm, cost={"A": cost}),
            measure("b", "B", {"B": price, "A": gift}, irreversible=firm, cost={"B": cost}),
        ],
    )
    first, then = weighed(case, [["a"], ["b"]], None), weighed(case, [["b"], ["a"]], None)
    for one, other in (("A", "B"), ("B", "A")):
        [before] = [p for p in first.parties if p.party == one]
        [after] = [p for p in then.parties if p.party == other]
        assert replace(after, party=one) == before
        for row, turned in zip(first.of_party(one), then.of_party(other), strict=True):
            assert replace(turned, party=one, inflicts=row.inflicts) == row
            assert turned.inflicts[one] == row.inflicts[other]
    assert [p.front_loading for p in first.parties] == [1.0, -1.0]
    both = weighed(case, [["a", "b"]], None)
    one_side, other_side = both.stages
    assert replace(other_side, party="A", inflicts={}) == replace(one_side, inflicts={})


@pytest.mark.parametrize("seed", SEEDS)
def test_names_change_nothing(seed: int) -> None:
    case = random_case(seed, n_measures=1 + seed % 6, n_parties=1 + seed % 4)
    stages = random_roadmap(case, seed)
    parties = {p.id: f"z{9 - n}" for n, p in enumerate(case.parties)}
    measures = {m.id: f"y{9 - n}" for n, m in enumerate(case.measures)}
    want = weighed(case, stages, None)
    got = weighed(renamed(case, parties, measures), [[measures[m] for m in stage] for stage in stages], None)
    assert [replace(p, party=parties[p.party]) for p in want.parties] == list(got.parties)
    assert [
        replace(r, party=parties[r.party], inflicts={parties[i]: x for i, x in r.inflicts.items()}) for r in want.stages
    ] == list(got.stages)
    assert [measures[lever.measure] for lever in want.levers] == [lever.measure for lever in got.levers]


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_declaration_changes_nothing(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 4, n_parties=1 + seed % 3)
    stages = random_roadmap(case, seed)
    want, got = weighed(case, stages, None), weighed(reordered(case, seed), stages, None)
    mine = {p.party: p for p in got.parties}
    for index in want.parties:
        assert mine[index.party].front_loading == near(index.front_loading)
        assert mine[index.party].order_cost == near(index.order_cost)
    rows = {(r.stage, r.party): r for r in got.stages}
    for row in want.stages:
        for key in (*OWN_UNITS, *DIMENSIONLESS):
            assert getattr(rows[row.stage, row.party], key) == near(getattr(row, key)), key
    demands = {(d.before, d.after, d.strict) for d in compute_indices(case, [stages]).orders[0].demands}
    others = {(d.before, d.after, d.strict) for d in compute_indices(reordered(case, seed), [stages]).orders[0].demands}
    assert demands == others


def test_what_can_be_taken_back_sinks_nothing() -> None:
    for seed in SEEDS:
        case = random_case(seed, n_measures=4, n_parties=2, features=frozenset({"undo_costs", "lags"}))
        case = replace(
            case,
            measures=tuple(replace(m, direction=Direction.BOTH, undo_cost={}) for m in case.measures),
        )
        entry = weighed(case, random_roadmap(case, seed), None)
        for row in entry.stages:
            assert row.sunk == near(0.0)
