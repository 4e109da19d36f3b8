"""Orders near a roadmap: one or two of its measures moved to another stage or to a stage of their own."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.trials import Trials
from detente.case import stage_problems
from detente.game import build_game
from detente.kernel.restaging import Restaging
from detente.kernel.system import IntArray

Stages = tuple[tuple[str, ...], ...]

MOST_ORDERS = 2000
"""Orders near a roadmap that are evaluated at most, the nearest first."""


MOST_PAIRS = 200_000
"""Moves of two measures that are listed at most; larger roadmaps have only one of theirs moved."""


def single_moves(stages: Stages) -> Iterator[Stages]:
    """Yield the orders in which one measure is in another stage, or in one of its own; stages left empty fall away."""
    for source, stage in enumerate(stages):
        for measure in stage:
            rest = [tuple(m for m in other if m != measure) for other in stages]
            for target in range(len(stages) + 1):
                if target < len(stages) and target != source:
                    moved = [(*other, measure) if k == target else other for k, other in enumerate(rest)]
                    yield tuple(other for other in moved if other)
                yield tuple(other for other in (*rest[:target], (measure,), *rest[target:]) if other)


def nearest_moves(evaluation: RoadmapEvaluation, trials: Trials) -> tuple[Stages, float] | None:
    """Return the nearest order with one or two measures moved that holds, and its Kendall distance; None if none does.

    Stages are as short as verification allows.  Where trials are spent before one is found, None says nothing.  In
    large roadmaps only one measure is moved.
    """
    from detente.kernel.nearest import twice_kendall_distance  # brings compiled code with it, which takes time to load

    view, old = evaluation.case, evaluation.stages
    measures = [measure for stage in old for measure in stage]
    column = {measure: number for number, measure in enumerate(measures)}

    def places(stages: Stages) -> IntArray:
        stage_of = np.empty(len(measures), dtype=np.int64)
        for number, stage in enumerate(stages):
            stage_of[[column[m] for m in stage]] = number
        return stage_of

    mine = places(old)
    near: dict[bytes, tuple[int, Stages]] = {mine.tobytes(): (0, old)}
    singles = list(single_moves(old))
    are_few = len(singles) ** 2 <= MOST_PAIRS
    for once in singles:
        for stages in (once, *single_moves(once)) if are_few else (once,):
            stage_of = places(stages)
            key = stage_of.tobytes()
            if key not in near:
                near[key] = (twice_kendall_distance(mine, stage_of), stages)
    game = build_game(view, measures)
    restaging = Restaging(game.system)
    for twice, stages in sorted(near.values(), key=lambda entry: entry[0]):
        if trials.are_spent:
            return None
        if stage_problems(view, stages):
            continue
        trials.spend()
        arrays = np.array([game.state(stage) for stage in stages])
        if restaging.holds(arrays, restaging.durations(arrays, None)):
            return stages, twice / 2.0
    return None
