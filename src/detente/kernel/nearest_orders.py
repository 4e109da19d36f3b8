"""The order nearest to a given one in which some states are ranked as asked (Kendall's distance, penalty 1/2).

Asked is that one state be ranked above another, or at least as high.  States that nothing is asked of keep company:
those that stand together between the states asked about move together if they move at all, since each costs the same at
every place.  What is left is a handful of blocks, arranged place by place from the top over all subsets.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.conflict import Int32Array
from detente.kernel.system import IntArray

MOST_BLOCKS = 14
"""Blocks that are arranged exactly: 3^14 arrangements of tops and rests take about 0.05 s."""
_NEVER = 1 << 60


class Demand(NamedTuple):
    """One state is to be ranked above another, or (if not strict) at least as high."""

    upper: int
    lower: int
    is_strict: bool

    @property
    def opposite(self) -> Demand:
        """What holds exactly where this does not."""
        return Demand(upper=self.lower, lower=self.upper, is_strict=not self.is_strict)

    def is_met(self, order: Int32Array) -> bool:
        """Tell whether an order, (F,), does as asked."""
        above, below = int(order[self.upper]), int(order[self.lower])
        return above > below if self.is_strict else above >= below


class TooManyBlocks(Exception):  # noqa: N818  # an outcome that the caller expects, not an error
    """More states are asked about than can be arranged exactly."""


class NearestOrder(NamedTuple):
    """An order, (F,), and twice its distance from the order asked about."""

    order: Int32Array
    twice: int


@compiled
def _arrange(
    weight: IntArray,
    level: IntArray,
    is_alone: IntArray,
    strict: IntArray,
    weak: IntArray,
    best: IntArray,
    top: IntArray,
) -> None:
    """Fill in the least cost of arranging each subset below all others, and the top place of it."""
    n_blocks = weight.size
    n_sets = 1 << n_blocks
    within = np.zeros(n_sets, dtype=np.int64)
    above = np.zeros((n_blocks, n_sets), dtype=np.int64)
    for subset in range(1, n_sets):
        first = 0
        while not (subset >> first) & 1:
            first += 1
        rest = subset & (subset - 1)
        within[subset] = within[rest]
        for other in range(first + 1, n_blocks):
            if (rest >> other) & 1 and level[other] != level[first]:
                within[subset] += weight[first] * weight[other]
        for block in range(n_blocks):
            cost = 0
            if level[block] > level[first]:
                cost = 2
            elif level[block] == level[first]:
                cost = 1
            above[block, subset] = above[block, rest] + cost * weight[block] * weight[first]
    best[0] = 0
    for subset in range(1, n_sets):
        best[subset] = _NEVER
        allowed = 0
        for block in range(n_blocks):
            if (subset >> block) & 1 and strict[block] & subset == 0:
                allowed |= 1 << block
        chosen = allowed
        while chosen != 0:
            rest = subset & ~chosen
            cost = best[rest] + within[chosen]
            is_legal = cost < best[subset]
            for block in range(n_blocks):
                if not is_legal:
                    break
                if (chosen >> block) & 1:
                    if weak[block] & rest != 0 or (is_alone[block] != 0 and chosen != 1 << block):
                        is_legal = False
                    cost += above[block, rest]
            if is_legal and cost < best[subset]:
                best[subset] = cost
                top[subset] = chosen
            chosen = (chosen - 1) & allowed


def _blocks(order: Int32Array, touched: list[int]) -> tuple[list[IntArray], list[int], list[int]]:
    """Split the states from the first to the last asked about into blocks: members, level, whether to stay alone."""
    values = sorted({int(order[state]) for state in touched}, reverse=True)
    is_touched = np.zeros(order.size, dtype=np.bool_)
    is_touched[touched] = True
    members: list[IntArray] = []
    levels: list[int] = []
    alone: list[int] = []

    def add(states: IntArray, level: int) -> None:
        if states.size:
            members.append(states)
            levels.append(level)
            alone.append(int(np.any(order[states] != order[states[0]])))

    for number, value in enumerate(values):
        for state in touched:
            if order[state] == value:
                add(np.array([state], dtype=np.int64), 2 * number)
        add(np.flatnonzero((order == value) & ~is_touched), 2 * number)
        if number + 1 < len(values):
            add(np.flatnonzero((order < value) & (order > values[number + 1])), 2 * number + 1)
    return members, levels, alone


class _Arrangement(NamedTuple):
    """Blocks of states, and the top place of each set of them when arranged at least cost."""

    members: list[IntArray]
    alone: list[int]
    top: IntArray
    twice: int


def _arrangement(order: Int32Array, asked: list[Demand]) -> _Arrangement | None:
    members, levels, alone = _blocks(order, sorted({state for demand in asked for state in demand[:2]}))
    if len(members) > MOST_BLOCKS:
        raise TooManyBlocks
    number = {int(states[0]): block for block, states in enumerate(members) if states.size == 1}
    strict, weak = (np.zeros(len(members), dtype=np.int64) for _ in range(2))
    for demand in asked:
        (strict if demand.is_strict else weak)[number[demand.lower]] |= 1 << number[demand.upper]
    best, top = (np.zeros(1 << len(members), dtype=np.int64) for _ in range(2))
    weights = np.array([states.size for states in members], dtype=np.int64)
    _arrange(weights, np.array(levels, dtype=np.int64), np.array(alone, dtype=np.int64), strict, weak, best, top)
    twice = int(best[-1])
    return None if twice >= _NEVER else _Arrangement(members, alone, top, twice)


def nearest_distance(order: Int32Array, demands: Iterable[Demand]) -> int | None:
    """Return twice the distance to the nearest order that does as asked; None if no order can.

    Raises
    ------
    TooManyBlocks
        If there are more than `MOST_BLOCKS`.
    """
    asked = sorted(set(demands))
    if all(demand.is_met(order) for demand in asked):
        return 0
    found = _arrangement(order, asked)
    return None if found is None else found.twice


def nearest_order(order: Int32Array, demands: Iterable[Demand]) -> NearestOrder | None:
    """Return the nearest order that does as asked; None if no order can.

    Parameters
    ----------
    order : Int32Array
        Shape (F,): the greater the better, equal numbers are ties.

    Raises
    ------
    TooManyBlocks
        If there are more than `MOST_BLOCKS`.
    """
    asked = sorted(set(demands))
    if all(demand.is_met(order) for demand in asked):
        return NearestOrder(order=order, twice=0)
    found = _arrangement(order, asked)
    if found is None:
        return None
    values = order[sorted({state for demand in asked for state in demand[:2]})]
    place = np.where(order > values.max(), 1, 0).astype(np.int64)
    inner = order.astype(np.int64)
    depth, left = 0, (1 << len(found.members)) - 1
    while left:
        for block, states in enumerate(found.members):
            if int(found.top[left]) >> block & 1:
                place[states] = -depth
                if not found.alone[block]:
                    inner[states] = 0
        left &= ~int(found.top[left])
        depth += 1
    place[order < values.min()] = -depth
    keys = place * (int(inner.max()) + 1) + inner
    return NearestOrder(order=np.unique(keys, return_inverse=True)[1].reshape(-1).astype(np.int32), twice=found.twice)
