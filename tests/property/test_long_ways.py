"""Conflicts in which a sanction comes only after dozens of improvements in turn; found in both forms (§9)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente.kernel.conflict import CONCEPTS, ProductConflict, to_graph
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.stability import find_stable, maximin_stable
from detente.kernel.system import IntArray

BITS = 5
STEPS = 2**BITS
"""Each of two parties climbs so many steps, one after the other's."""


def staircase(seed: int, *, cut: int | None = None) -> tuple[ProductConflict, IntArray]:
    """One party that could take a measure, and two that then climb a staircase at whose end the first is punished.

    At height (x, x) one of the two goes on to (x + 1, x), then the other to (x + 1, x + 1).  What x and y are in
    measures is drawn.  With `cut` one does not go on at that height.  Also returns the states of the staircase before
    the measure is taken, from the bottom.
    """
    random = Random(f"staircase {seed}")  # noqa: S311  # no secret depends on it
    height = [np.array(random.sample(range(STEPS), STEPS)) for _ in range(2)]
    masks = np.arange(2 * STEPS * STEPS, dtype=np.int64)
    x, y = height[0][masks & (STEPS - 1)], height[1][masks >> BITS & (STEPS - 1)]
    is_taken = masks >> 2 * BITS == 1
    at_end = (x == STEPS - 1) & (y == STEPS - 1)
    goes_on = x == y + 1 if cut is None else (x == y + 1) & (y != cut)
    rank = np.array(
        [
            np.where(is_taken, np.where(at_end, 0, 2), np.where(at_end, 2, 1)),
            2 * goes_on + (x == y),
            2 * (x == y) + (x == y + 1),
        ],
        dtype=np.int32,
    )
    low, high = STEPS - 1, (STEPS - 1) << BITS
    own = np.array([1 << 2 * BITS, low, high], dtype=np.int64)
    conflict = ProductConflict(n_measures=2 * BITS + 1, masks=masks, takes=own, ends=own, common=(), rank=rank)
    order = [int(np.flatnonzero((x == step) & (y == step) & ~is_taken)[0]) for step in range(STEPS)]
    return conflict, np.array(order)


@pytest.mark.parametrize("seed", range(3))
def test_a_sanction_at_the_end_of_a_staircase_is_found(seed: int) -> None:
    conflict, stairs = staircase(seed)
    stable = find_stable(conflict)
    assert stable["seq"][0, stairs].all()
    assert not stable["sseq"][0, stairs[:-1]].any()  # it can end its measure again
    assert not stable["nash"][0, stairs[:-1]].any()


@pytest.mark.parametrize("cut", [0, STEPS // 2, STEPS - 2])
def test_a_staircase_that_is_cut_leads_nowhere_from_below(cut: int) -> None:
    conflict, stairs = staircase(cut, cut=cut)
    stable = find_stable(conflict)
    assert not stable["seq"][0, stairs[: cut + 1]].any()
    assert stable["seq"][0, stairs[cut + 1 :]].all()
    assert stable["gmr"][0, stairs].all()  # by moves that need not improve the way is short


@pytest.mark.parametrize("cut", [None, 20])
def test_both_forms_climb_the_staircase_alike(cut: int | None) -> None:
    conflict, _ = staircase(7, cut=cut)
    graph = to_graph(conflict)
    want = find_stable_in_graph(graph)
    for most_sweeps in (0, 3, 1000):
        got = find_stable(conflict, most_sweeps=most_sweeps)
        for concept in CONCEPTS:
            assert np.array_equal(got[concept], want[concept]), (concept, most_sweeps)
    assert np.array_equal(maximin_stable(conflict, 2), want["gmr"])
