"""Compiling works with a cache and without."""

from __future__ import annotations

from detente.kernel.bits import lowest_bit
from detente.kernel.compiled import compiled


def test_what_stands_in_a_file_is_kept_in_a_cache() -> None:
    assert lowest_bit(8) == 3
    assert lowest_bit.stats.cache_path  # type: ignore[attr-defined]  # behind its type it is numba's dispatcher


def test_what_has_no_place_for_a_cache_is_compiled_all_the_same() -> None:
    double = eval("lambda x: 2 * x")  # noqa: S307 - a function that stands in no file
    assert compiled(double)(21) == 42
