"""How far a roadmap is from an order: Kendall distance with ties, stage by stage (§8 of the model).

Two measures that one order takes in the opposite sequence count 1, two that exactly one of the orders takes together
count 1/2 (Kendall's distance with penalty 1/2; Fagin et al. 2006).  What a stage adds depends only on what was
taken before it, so distances add up along a roadmap like periods.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.arcs import Arcs
from detente.kernel.bits import to_masks
from detente.kernel.system import BoolArray, IntArray


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
