"""States as 64-bit masks, and the index from masks to places."""

from __future__ import annotations

import numpy as np
import pytest

from detente.kernel.bits import MOST_MEASURES, find, lowest_bit, make_index, to_masks, to_states
from detente.kernel.system import IntArray


def random_masks(n: int) -> IntArray:
    """Distinct masks over all 64 bits, negative as signed numbers for about half of them."""
    drawn = np.random.default_rng(1).integers(-(2**63), 2**63 - 1, size=2 * n, dtype=np.int64, endpoint=True)
    return np.unique(drawn)[:n]


@pytest.mark.parametrize("n_measures", [1, 2, 31, 32, 33, 63, MOST_MEASURES])
def test_masks_and_states_are_each_others_inverse(n_measures: int) -> None:
    states = np.random.default_rng(n_measures).random((50, n_measures)) < 0.5
    assert (to_states(to_masks(states), n_measures) == states).all()


def test_bit_i_is_column_i() -> None:
    states = np.eye(MOST_MEASURES, dtype=np.bool_)
    assert to_masks(states).view(np.uint64).tolist() == [2**column for column in range(MOST_MEASURES)]


def test_sixty_four_columns_in_force_are_all_bits() -> None:
    assert to_masks(np.ones((1, MOST_MEASURES), dtype=np.bool_)).tolist() == [-1]


def test_no_columns_are_the_empty_mask() -> None:
    assert to_masks(np.zeros((3, 0), dtype=np.bool_)).tolist() == [0, 0, 0]
    assert to_states(np.zeros(3, dtype=np.int64), 0).shape == (3, 0)


def test_masks_of_several_axes() -> None:
    states = np.random.default_rng(5).random((2, 3, 7)) < 0.5
    assert to_masks(states).shape == (2, 3)
    assert (to_states(to_masks(states), 7) == states).all()


def test_the_lowest_bit_is_found_whatever_is_above_it() -> None:
    alone = to_masks(np.eye(MOST_MEASURES, dtype=np.bool_))
    with_all_above = to_masks(np.triu(np.ones((MOST_MEASURES, MOST_MEASURES), dtype=np.bool_)))
    for masks in (alone, with_all_above):
        assert [lowest_bit(mask) for mask in masks] == list(range(MOST_MEASURES))


def test_the_index_finds_every_mask_at_its_place() -> None:
    masks = random_masks(1000)
    keys, places = make_index(masks)
    assert [find(keys, places, mask) for mask in masks] == list(range(1000))


def test_the_index_knows_what_it_does_not_hold() -> None:
    masks = random_masks(1000)
    keys, places = make_index(masks[:500])
    assert [find(keys, places, mask) for mask in masks[500:]] == [-1] * 500


def test_the_index_holds_the_empty_mask_only_if_it_was_put_there() -> None:
    masks = np.array([5, 0], dtype=np.int64)
    assert find(*make_index(masks[:1]), masks[1]) == -1
    assert find(*make_index(masks), masks[1]) == 1


def test_an_index_of_nothing_is_empty() -> None:
    masks = np.array([3], dtype=np.int64)
    assert find(*make_index(masks[:0]), masks[0]) == -1


def test_masks_that_differ_only_in_high_bits_are_kept_apart() -> None:
    masks = np.left_shift(np.arange(16, dtype=np.int64), 60)
    keys, places = make_index(masks)
    assert [find(keys, places, mask) for mask in masks] == list(range(16))


def test_an_index_stays_half_empty() -> None:
    for n in (1, 7, 8, 9, 1000):
        keys, places = make_index(random_masks(n))
        assert (places >= 0).sum() == n
        assert len(keys) == len(places) >= 2 * n
