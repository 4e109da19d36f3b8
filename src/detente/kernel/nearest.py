"""How far a roadmap is from an order: Kendall distance with ties, stage by stage (§8 of the model).

Two measures that one order takes in the opposite sequence count 1, two that exactly one of the orders takes together
count 1/2 (Kendall's distance with penalty 1/2; Fagin et al. 2006).  What a stage adds depends only on what was
taken before it, so distances add up along a roadmap like periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.arcs import Arcs
from detente.kernel.bits import to_masks
from detente.kernel.design import Problem
from detente.kernel.search import Found
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

FIRST_LIMIT = 4
"""Twice the distance that is looked at first; doubled until something is found."""


def distances(arcs: Arcs, goal: int, stage_of: IntArray) -> IntArray:
    """Return what each arc adds to twice the Kendall distance to an order: (M,), whole numbers.

    Parameters
    ----------
    goal : int
        Mask of all measures that are taken in the end.
    stage_of : IntArray
        Shape (n,): the stage in which the order takes each measure.
    """
    stage = arcs.stage
    rest = np.int64(goal) & ~(arcs.masks[arcs.source] | stage)
    total = np.zeros(len(stage), dtype=np.int64)
    for column in range(len(stage_of)):
        bit = np.left_shift(np.int64(1), np.int64(column))
        if not goal & int(bit):
            continue
        earlier, tied = _mask(stage_of < stage_of[column]), _mask(stage_of == stage_of[column])
        added = 2 * _count(rest & earlier) + _count(rest & tied) + _count(stage & earlier)
        total += np.where(stage & bit, added, 0)
    return total


def twice_kendall_distance(first: IntArray, second: IntArray) -> int:
    """Return twice the Kendall distance of two orders, given as the stage of each measure, (n,) each."""
    one = np.sign(first[:, None] - first[None, :])
    other = np.sign(second[:, None] - second[None, :])
    return int(np.abs(one - other).sum() // 2)


def _mask(columns: BoolArray) -> int:
    return int(to_masks(columns))


def _count(masks: IntArray) -> IntArray:
    return np.bitwise_count(masks.view(np.uint64)).astype(np.int64)


def least_distances(masks: IntArray, goal: int, stage_of: IntArray) -> IntArray:
    """Return twice the distance that every roadmap through each state has at least: what was taken before the rest."""
    rest = np.int64(goal) & ~masks
    total = np.zeros(len(masks), dtype=np.int64)
    for column in range(len(stage_of)):
        bit = np.left_shift(np.int64(1), np.int64(column))
        if goal & int(bit):
            earlier, tied = _mask(stage_of < stage_of[column]), _mask(stage_of == stage_of[column])
            total += np.where(masks & bit, 2 * _count(rest & earlier) + _count(rest & tied), 0)
    return total


def find_nearest(problem: Problem, stage_of: IntArray, reporter: Reporter) -> Found | None:
    """Return a roadmap that holds, nearest to an order and of widest margins among those; None if none holds.

    Parameters
    ----------
    problem : Problem
        With the goal as its only end.
    stage_of : IntArray
        Shape (n,): the stage in which the order takes each measure.

    Returns
    -------
    Found or None
        Its value and bound are twice Kendall distances.

    Raises
    ------
    Cancelled, LimitError
        If the search stops before anything is found.

    Notes
    -----
    All roadmaps within a distance lie in the states that do not exceed it by themselves: few, if the distance is small.
    So distances are tried in growing steps; the first within which something holds contains the nearest.
    """
    known = _any_roadmap(problem, reporter)
    if known is None:
        return None
    own = problem.goal & ~problem.start
    best = _length(known, own, stage_of)
    least = least_distances(problem.legal, own, stage_of)
    low = 0
    try:
        for limit in _limits(best):
            near = least <= limit
            legal = problem.legal[near]
            part = replace(problem, legal=legal, ends=problem.ends[near], shared=[])
            search = part.search(reporter)
            search.arcs = search.arcs._replace(weight=distances(search.arcs, own, stage_of))
            found = search.shortest(max_length=limit)
            if found is None:
                low = limit + 1
                reporter.report("looking for a nearer order", best=best / 2, bound=low / 2)
                continue
            known, best = found.stages, -int(found.value)
            if not found.proven:
                return Found(stages=known, value=best, bound=max(low, -int(found.bound)), proven=False)
            widest = search.best_margin(max_length=best)
            if widest is not None:
                known = widest.stages
            return Found(stages=known, value=best, bound=best, proven=True)
    except (Cancelled, LimitError):
        pass
    return Found(stages=known, value=best, bound=min(low, best), proven=False)


def _limits(best: int) -> Iterator[int]:
    """Growing limits up to a distance that is known to be enough."""
    limit = FIRST_LIMIT
    while limit < best:
        yield limit
        limit *= 2
    yield best


def _any_roadmap(problem: Problem, reporter: Reporter) -> tuple[int, ...] | None:
    """Return the stages of some roadmap that holds."""
    for width in problem.widths():
        search = problem.search(reporter, per_stage=width, quick=width < problem.max_per_stage)
        path = search.feasible(task="looking for an order that holds")
        if path is not None:
            return tuple(int(mask) for mask in search.arcs.stage[path] if mask)
    return None


def _length(stages: tuple[int, ...], own: int, stage_of: IntArray) -> int:
    """Twice the distance of stages, given as masks, to an order."""
    taken = np.full(len(stage_of), -1, dtype=np.int64)
    for number, mask in enumerate(stages):
        for column in range(len(stage_of)):
            if mask >> column & 1:
                taken[column] = number
    chosen = np.array([own >> column & 1 for column in range(len(stage_of))], dtype=np.bool_)
    return twice_kendall_distance(taken[chosen], stage_of[chosen])
