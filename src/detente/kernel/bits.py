"""States as bit masks, and an index from masks to places: compiled, for at most 64 measures.

A mask is a 64-bit integer, bit i for column i.  Compiled code works on the signed view, in which every bit operation is
the same and no mixture with plain integers turns into floating point.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.system import BoolArray, IntArray

MOST_MEASURES = 64
"""Columns that a mask can hold."""

_SPREAD = np.int64(-7046029254386353131)
"""2⁶⁴ divided by the golden ratio, as a signed number: multiplying by it spreads masks over a table."""

_DE_BRUIJN = np.int64(0x03F79D71B4CB0A89)


def _bit_places() -> IntArray:
    places = np.zeros(64, dtype=np.int64)
    for bit in range(64):
        product = (int(_DE_BRUIJN) << bit) & ((1 << 64) - 1)
        places[product >> 58] = bit
    return places


_PLACES = _bit_places()


@compiled
def lowest_bit(mask: int) -> int:  # pragma: no cover - compiled
    """Return the number of the lowest bit set; the mask must not be zero."""
    place: int = _PLACES[((mask & -mask) * _DE_BRUIJN >> 58) & 63]
    return place


@compiled
def find(keys: IntArray, places: IntArray, mask: int) -> int:
    """Return the place of a mask in an index made by `make_index`; -1 if it is not there."""
    last = len(keys) - 1
    slot = (mask * _SPREAD >> 20) & last
    while places[slot] >= 0:
        if keys[slot] == mask:
            place: int = places[slot]
            return place
        slot = (slot + 1) & last
    return -1


@compiled
def _look_up(keys: IntArray, places: IntArray, masks: IntArray, found: BoolArray) -> None:
    for number in range(len(masks)):
        found[number] = find(keys, places, masks[number]) >= 0


def are_found(keys: IntArray, places: IntArray, masks: IntArray) -> BoolArray:
    """Tell which masks are in an index, shape of `masks`, one dimension."""
    found = np.empty(len(masks), dtype=np.bool_)
    _look_up(keys, places, masks, found)
    return found


def make_index(masks: IntArray) -> tuple[IntArray, IntArray]:
    """Return keys and places of an open-addressing table, at most half full, of distinct masks."""
    size = 1 << max(4, int(2 * len(masks)).bit_length())
    keys = np.zeros(size, dtype=np.int64)
    places = np.full(size, -1, dtype=np.int64)
    slots = (masks * _SPREAD >> 20) & (size - 1)
    waiting = np.arange(len(masks), dtype=np.int64)
    while waiting.size:
        free = waiting[places[slots[waiting]] < 0]
        taken, first = np.unique(slots[free], return_index=True)
        keys[taken], places[taken] = masks[free[first]], free[first]
        waiting = waiting[places[slots[waiting]] != waiting]
        slots[waiting] = (slots[waiting] + 1) & (size - 1)
    return keys, places


def to_masks(states: BoolArray) -> IntArray:
    """Turn rows of booleans (…, n), n <= 64, into masks (…)."""
    bits = np.left_shift(np.int64(1), np.arange(states.shape[-1], dtype=np.int64))
    return np.asarray(np.bitwise_or.reduce(np.where(states, bits, np.int64(0)), axis=-1), dtype=np.int64)


def to_states(masks: IntArray, n_measures: int) -> BoolArray:
    """Turn masks (…) into rows of booleans (…, n)."""
    shifted = np.right_shift(masks[..., None], np.arange(n_measures, dtype=np.int64))
    return np.asarray((shifted & 1).astype(np.bool_))
