"""Margins at other timings and of other stages are those of the roadmap made anew."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente.game import Game, build_game
from detente.kernel.restaging import Restaging
from detente.kernel.retiming import StageLengths, Timetable, all_hold, flow_equivalents, row_margins
from detente.kernel.roadmap import HOLDS, RoadmapValues, least_durations, stage_states
from detente.kernel.system import BoolArray, IntArray
from tests.oracle.random_cases import random_case, random_roadmap

SEEDS = range(40)


def draw(seed: int) -> tuple[Random, Game, BoolArray]:
    random = Random(f"timing {seed}")  # noqa: S311
    case = random_case(seed, n_measures=random.choice((2, 3, 4, 5)), n_parties=random.choice((1, 2, 3)))
    path = random_roadmap(case, seed)
    game = build_game(case, [m for stage in path for m in stage])
    return random, game, np.array([game.state(stage) for stage in path])


def lengths(random: Random, least: IntArray) -> IntArray:
    return np.array([n + random.randint(0, 6) for n in least.tolist()], dtype=np.int64)


@pytest.mark.parametrize("seed", SEEDS)
def test_other_lags_and_lengths(seed: int) -> None:
    random, game, stages = draw(seed)
    values = RoadmapValues(game.system, stages, least_durations(game.system, stage_states(stages)))
    timetable = Timetable(values)
    lag = np.array([random.randint(1, n) for n in game.system.lag.tolist()], dtype=np.int64)
    system = timetable.retimed(lag, np.minimum(game.system.granted_lag, 2 * game.system.granted_lag // 3))
    durations = lengths(random, timetable.least_durations(system))
    anew = RoadmapValues(system, stages, durations)
    assert timetable.margins(durations, system) == pytest.approx(row_margins(anew), abs=1e-12)
    assert flow_equivalents(values, row_margins(values)) == pytest.approx(
        [
            (1.0 - game.system.discount[row.party]) * margin
            for row, margin in zip(values.deviations.rows, row_margins(values), strict=True)
        ]
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_many_lengths_at_once(seed: int) -> None:
    random, game, stages = draw(seed)
    values = RoadmapValues(game.system, stages, least_durations(game.system, stage_states(stages)))
    stage_lengths = StageLengths(values)
    assert stage_lengths.n_stages == len(stages)
    many = np.array([lengths(random, stage_lengths.least) for _ in range(5)])
    anew = [row_margins(RoadmapValues(game.system, stages, durations)) for durations in many]
    assert stage_lengths.margins(many) == pytest.approx(np.array(anew), abs=1e-9)
    hopeless = stage_lengths.hopeless_rows()
    assert all((margins[hopeless] < -HOLDS).all() for margins in anew)


@pytest.mark.parametrize("seed", SEEDS)
def test_stages_on_their_own(seed: int) -> None:
    random, game, stages = draw(seed)
    restaging = Restaging(game.system)
    least = restaging.durations(stages, None)
    assert least.tolist() == least_durations(game.system, stage_states(stages)).tolist()
    stated = np.array([random.randint(1, 6) for _ in stages], dtype=np.int64)
    durations = restaging.durations(stages, stated)
    assert durations.tolist() == np.maximum(least, stated).tolist()
    anew = RoadmapValues(game.system, stages, durations)
    margins = restaging.margins(stages, durations)
    assert margins.ravel() == pytest.approx(row_margins(anew), abs=1e-9)
    assert restaging.holds(stages, durations) is all_hold(margins)
    assert restaging.end_holds(np.asarray(stages.any(axis=0))) is all_hold(margins[-1])
    assert restaging.least_flow_margin(margins) == pytest.approx(flow_equivalents(anew, row_margins(anew)).min())
