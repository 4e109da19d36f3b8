"""Deviations tried group by group are those tried all together; and many measures, against a closed form."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
import pytest

from detente.case import Case, Measure, Party
from detente.game import build_game
from detente.kernel.deviations import MOST_BITS, Row
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states
from detente.kernel.verdict import check_values
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.oracle.random_cases import FEATURES, random_case, random_durations, random_roadmap

ALL = frozenset(FEATURES) - {"forward", "committing", "excludes", "infeasible"}
MIXES = {
    "nothing linked": ALL - {"terms", "requires", "verifies"},
    "linked by verification": ALL - {"terms", "requires"},
    "linked by dependence": ALL - {"terms", "verifies"},
    "linked by terms": ALL - {"requires", "verifies"},
    "linked by everything": ALL,
}
SEEDS = range(40)


def values_of(case: Case, stages: object, durations: object, *, joint_bits: int) -> RoadmapValues:
    """The roadmap with unlinked measures tried jointly up to so many."""
    listed: list[list[str]] = [list(stage) for stage in stages]  # type: ignore[attr-defined]  # any nested sequence
    game = build_game(case, [m for stage in listed for m in stage])
    rows = np.array([game.state(stage) for stage in listed])
    least = least_durations(game.system, stage_states(rows))
    lengths = least if durations is None else np.array(durations, dtype=np.int64)
    return RoadmapValues(game.system, rows, lengths, joint_bits=joint_bits)


def worth(values: RoadmapValues, row: Row, withheld: np.ndarray, undone: np.ndarray) -> float:
    """What one deviation is worth where all are listed one by one."""
    [(start, stop)] = row.groups
    chosen = np.zeros((2, values.system.n_measures), dtype=np.bool_)
    chosen[0, withheld] = True
    chosen[1, undone] = True
    same = (values.deviations.withheld[start:stop] == chosen[0]).all(axis=1)
    same &= (values.deviations.undone[start:stop] == chosen[1]).all(axis=1)
    [line] = np.flatnonzero(same)
    return float(values.deviation_worth(slice(start + int(line), start + int(line) + 1))[0])


@pytest.mark.parametrize("joint_bits", [1, 2])
@pytest.mark.parametrize("mix", MIXES)
def test_groups_of_unlinked_measures_have_the_best_deviation_of_all(mix: str, joint_bits: int) -> None:
    # What no term, dependence or verification links adds up: flows and endings of one group do not depend on another,
    # and the first lag to pass is the smallest of the groups'.  So for each lag every group is chosen from on its own.
    several = 0
    for seed in SEEDS:
        case = random_case(seed, n_measures=5 + seed % 4, n_parties=1 + seed % 2, features=MIXES[mix])
        stages = random_roadmap(case, seed)
        durations = random_durations(case, stages, seed)
        apart = values_of(case, stages, durations, joint_bits=joint_bits)
        jointly = values_of(case, stages, durations, joint_bits=MOST_BITS)
        several += any(len(row.groups) > 1 for row in apart.deviations.rows)
        for row, got, want in zip(jointly.deviations.rows, check_values(apart), check_values(jointly), strict=True):
            assert got.deviate == pytest.approx(want.deviate, rel=1e-9, abs=1e-9)
            assert (got.comply, got.leave_value) == (want.comply, want.leave_value)
            same = (got.leaves, got.withheld.tolist(), got.undone.tolist()) == (
                want.leaves,
                want.withheld.tolist(),
                want.undone.tolist(),
            )
            if same:
                assert got.noticed_after == want.noticed_after
            elif not got.leaves:
                # Another one is named only if it ties.
                assert worth(jointly, row, got.withheld, got.undone) == pytest.approx(want.deviate, rel=1e-9, abs=1e-9)
            else:
                assert got.leave_value == pytest.approx(want.deviate, rel=1e-9, abs=1e-9)
    assert several >= 3  # cases in which there are several groups


@pytest.mark.parametrize("hazard", [0.0, 0.013, 0.4, 0.99])
def test_groups_agree_at_every_hazard(hazard: float) -> None:
    at = np.array([hazard])
    for seed in SEEDS:
        case = random_case(seed, n_measures=5 + seed % 4, n_parties=1 + seed % 2, features=MIXES["nothing linked"])
        stages = random_roadmap(case, seed)
        apart = values_of(case, stages, None, joint_bits=1).best_deviations(at)
        jointly = values_of(case, stages, None, joint_bits=MOST_BITS).best_deviations(at)
        assert apart[:, 0] == pytest.approx(jointly[:, 0], rel=1e-9, abs=1e-9)


# One party with many measures, none of them linked


@dataclass(frozen=True, kw_only=True)
class Held:
    """One of the many: what it takes from its owner a period, costs of taking and ending, and when it is missed."""

    burden: float
    cost: float
    undo_cost: float
    lag: int


REWARD, DISCOUNT = 40.0, 0.9


def many(seed: int, n_measures: int) -> tuple[Case, list[Held]]:
    """A has many measures, B one, worth much to A, that it ends at a breakdown."""
    random = Random(f"many {seed}")  # noqa: S311
    held = [
        Held(
            burden=random.uniform(0.1, 2.0),
            cost=random.uniform(0.0, 3.0),
            undo_cost=random.uniform(0.0, 15.0),
            lag=random.randint(1, 6),
        )
        for _ in range(n_measures)
    ]
    measures: list[Measure] = [
        measure(f"m{n}", "A", {"A": -h.burden}, cost={"A": h.cost}, undo_cost={"A": h.undo_cost}, detection_lag=h.lag)
        for n, h in enumerate(held)
    ]
    measures.append(measure("y", "B", {"A": REWARD, "B": -1.0}))
    parties: list[Party] = [party("A", DISCOUNT), party("B", DISCOUNT)]
    return case_of(parties, measures), held


def best_by_lag(held: list[Held], *, withholding: bool) -> float:
    """The best set to withhold or undo, lag by lag: each measure missed no sooner is worth it or not on its own.

    With δ = .9 a period for good is worth 10; a measure still there at the breakdown costs the smaller of ending it and
    of bearing it for good.
    """
    best = -np.inf
    for lag in {h.lag for h in held}:
        fades = DISCOUNT**lag
        total = REWARD * (1 - fades) / (1 - DISCOUNT)
        extra = []
        for h in held:
            kept = -h.burden * (1 - fades) / (1 - DISCOUNT)
            kept -= fades * min(h.undo_cost, h.burden / (1 - DISCOUNT))
            kept -= h.cost if withholding else 0.0
            gone = 0.0 if withholding else -h.undo_cost
            if h.lag < lag:
                total += kept
            else:
                total += max(kept, gone)
                if h.lag == lag:
                    extra.append(gone - max(kept, gone))
        best = max(best, total + max(extra))
    return best


@pytest.mark.parametrize("n_measures", [1, 5, 9, 30, 63, 100])
@pytest.mark.parametrize("seed", range(4))
def test_many_measures_of_one_party_against_the_best_lag_by_lag(n_measures: int, seed: int) -> None:
    case, held = many(seed, n_measures)
    values = values_of(case, [[m.id for m in case.measures]], None, joint_bits=8)
    rows = {(row.check.value, row.party): row for row in check_values(values)}
    burden, cost = sum(h.burden for h in held), sum(h.cost for h in held)
    staying = (REWARD - burden) / (1 - DISCOUNT)
    leaving = -sum(min(h.undo_cost, h.burden / (1 - DISCOUNT)) for h in held)
    assert rows["before", 0].comply == pytest.approx(staying - cost)
    assert rows["before", 0].deviate == pytest.approx(max(0.0, best_by_lag(held, withholding=True)))
    for check in ("after", "end"):
        row = rows[check, 0]
        assert row.comply == pytest.approx(staying)
        assert row.leave_value == pytest.approx(leaving)
        assert row.deviate == pytest.approx(max(leaving, best_by_lag(held, withholding=False)))
        assert row.noticed_after in {0, *(held[column].lag for column in row.undone)}


@pytest.mark.parametrize("seed", range(4))
def test_some_linked_and_many_unlinked_measures(seed: int) -> None:
    # A term on three of thirty: they are tried jointly, the others on their own.  Where it pays only with none of the
    # three undone, the closed form holds if it is so large that none of them ever is.
    case, held = many(seed, 30)
    linked = ("m3", "m11", "m27")
    large = 1e4
    case = case_of(list(case.parties), list(case.measures), terms=(term("A", " and ".join(linked), large),))
    values = values_of(case, [[m.id for m in case.measures]], None, joint_bits=1)
    row = next(r for r in check_values(values) if (r.check.value, r.party) == ("end", 0))
    # They stay at a breakdown too: ending one would lose the term.
    firm = {int(m[1:]) for m in linked}
    loose = [h for n, h in enumerate(held) if n not in firm]
    always = (large - sum(held[n].burden for n in firm)) / (1 - DISCOUNT)
    assert not firm & set(row.undone.tolist())
    assert row.deviate == pytest.approx(always + best_by_lag(loose, withholding=False))
