"""Conflicts on measures of a given size: four parties, a third of all sets infeasible, a fifth of measures one-way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from detente.kernel.conflict import ProductConflict
    from detente.kernel.system import IntArray

Values = Literal["additive", "pairwise", "random"]
Gaps = Literal["patterns", "scattered", "none"]

LARGEST = 1_000
"""Values of measures and of pairs lie between this and its negative, in whole numbers."""


def feasible_masks(n_measures: int, gaps: Gaps, draw: np.random.Generator) -> IntArray:
    """Return the feasible sets: all, two thirds at random, or those in which two patterns do not occur (21 in 32)."""
    masks = np.arange(1 << n_measures, dtype=np.int64)
    if gaps == "scattered":
        return masks[draw.random(masks.size) > 1 / 3]
    if gaps == "patterns":
        for width in (2, 3):
            pattern = draw.choice(n_measures, width, replace=False)
            bits = int((1 << pattern).sum())
            taken = int((draw.integers(0, 2, width) << pattern).sum())
            masks = masks[masks & bits != taken]
    return masks


def ranks_of(masks: IntArray, n_measures: int, values: Values, draw: np.random.Generator) -> IntArray:
    """Return what one party makes of each set: sums of values of measures, and of pairs, or any order at all."""
    if values == "random":
        return np.asarray(draw.permutation(masks.size), dtype=np.int64)
    total = np.zeros(masks.size, dtype=np.int64)
    for measure, value in enumerate(draw.integers(-LARGEST, LARGEST, n_measures)):
        total += value * (masks >> measure & 1)
    if values == "pairwise":
        for value in draw.integers(-LARGEST, LARGEST, 2 * n_measures):
            one, other = draw.choice(n_measures, 2, replace=False)
            total += value * (masks >> one & masks >> other & 1)
    return np.asarray(total - total.min())


def sized_conflict(
    n_measures: int,
    values: Values,
    *,
    gaps: Gaps = "patterns",
    one_way: bool = True,
    n_parties: int = 4,
    seed: int = 1,
) -> ProductConflict:
    """Return a conflict whose measures are dealt out evenly.

    Parameters
    ----------
    gaps : {"patterns", "scattered", "none"}
        What makes about a third of the sets infeasible.
    one_way : bool
        Whether every fifth measure can only be taken or only be ended.
    """
    from detente.kernel.conflict import ProductConflict

    draw = np.random.default_rng(seed)
    masks = feasible_masks(n_measures, gaps, draw)
    owner = draw.permutation(np.arange(n_measures) % n_parties)
    rigid = draw.choice(n_measures, n_measures // 5 if one_way else 0, replace=False)
    only_ends = rigid[draw.integers(0, 2, rigid.size) == 1]
    takes, ends = np.zeros(n_parties, dtype=np.int64), np.zeros(n_parties, dtype=np.int64)
    for measure in range(n_measures):
        takes[owner[measure]] |= 0 if measure in only_ends else 1 << measure
        ends[owner[measure]] |= 1 << measure if measure in only_ends or measure not in rigid else 0
    rank = np.empty((n_parties, masks.size), dtype=np.int32)
    for party in range(n_parties):
        rank[party] = ranks_of(masks, n_measures, values, draw)
    return ProductConflict(n_measures=n_measures, masks=masks, takes=takes, ends=ends, common=(), rank=rank)


def staircase(side_bits: int) -> ProductConflict:
    """Return a grid along whose diagonal two parties take turns, and a third whose gain they undo at its end.

    A sweep of either passes one turn on, and each turn concerns every group of the other.
    """
    from detente.kernel.conflict import ProductConflict

    side = 1 << side_bits
    y, x, gain = (each.ravel() for each in np.indices((side, side, 2)))
    row, column = (side - 1) << 1, (side - 1) << (1 + side_bits)
    is_end = (x == side - 1) & (y == side - 1) & (gain == 1)
    moves = np.array([1, row, column], dtype=np.int64)
    return ProductConflict(
        n_measures=2 * side_bits + 1,
        masks=np.arange(2 * side * side, dtype=np.int64),
        takes=moves,
        ends=moves,
        common=(),
        rank=np.array([np.where(is_end, 0, 1 + gain), x == y + 1, x == y], dtype=np.int32),
    )
