"""What each check turns on: the best deviation for every lag, group by group or all at once."""

from __future__ import annotations

import numpy as np
import pytest

from detente.game import build_game
from detente.kernel.inducements import induce, list_gaps
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states
from detente.kernel.temptations import list_temptations
from tests.oracle.evaluation import after_values, deviation_value, step_deviations, steps
from tests.oracle.random_cases import random_case, random_roadmap
from tests.oracle.system import System


def values_of(seed: int, joint_bits: int) -> RoadmapValues:
    case = random_case(seed, n_measures=5, n_parties=2)
    stages = random_roadmap(case, seed)
    game = build_game(case, [measure for stage in stages for measure in stage])
    rows = np.array([game.state(stage) for stage in stages])
    return RoadmapValues(game.system, rows, least_durations(game.system, stage_states(rows)), joint_bits=joint_bits)


@pytest.mark.parametrize("seed", range(12))
def test_group_by_group_is_all_at_once(seed: int) -> None:
    together, apart = list_temptations(values_of(seed, 8)), list_temptations(values_of(seed, 0))
    for one, other in zip(together, apart, strict=True):
        assert (one.stage, one.check, one.party) == (other.stage, other.check, other.party)
        assert one.lags.tolist() == other.lags.tolist()
        np.testing.assert_allclose(one.worth, other.worth, rtol=1e-10, atol=1e-10)
        assert one.at_once == pytest.approx(other.at_once, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("seed", range(12))
def test_every_lag_has_its_best_deviation(seed: int) -> None:
    case = random_case(seed, n_measures=4, n_parties=2)
    stages = random_roadmap(case, seed)
    game = build_game(case, [measure for stage in stages for measure in stage])
    rows = np.array([game.state(stage) for stage in stages])
    durations = least_durations(game.system, stage_states(rows))
    system = System(case)
    path = steps(system, stages, None)
    for at in list_temptations(RoadmapValues(game.system, rows, durations)):
        party = game.parties[at.party]
        best: dict[int, float] = {}
        for deviation in step_deviations(system, path[at.stage], at.check.value, party):
            if not deviation.leave:
                worth = deviation_value(system, party, deviation, system.hazard)
                best[deviation.periods] = max(best.get(deviation.periods, -np.inf), worth)
        assert at.lags.tolist() == sorted(best)
        np.testing.assert_allclose(at.worth, [best[lag] for lag in sorted(best)], rtol=1e-9, atol=1e-9)
        comply = after_values(system, path, party, system.hazard)[-1]
        if at.check.value == "end":
            assert at.comply == pytest.approx(comply, rel=1e-9, abs=1e-9)


def test_gaps_of_a_party_leave_the_end_out() -> None:
    values = values_of(3, 8)
    temptations = list_temptations(values)
    gaps = list_gaps(temptations, 0, values.n_stages)
    for stage in range(values.n_stages):
        short = [-at.margin for at in temptations if (at.stage, at.party) == (stage, 0) and at.check.value != "end"]
        assert gaps[stage] == pytest.approx(max(0.0, *short))


def test_nothing_is_paid_where_there_is_no_gap() -> None:
    found = induce(np.zeros(3), np.array([1, 2, 1]), 0.9)
    assert found.present_value == 0.0
    assert found.handed_over.tolist() == [0.0, 0.0, 0.0]
