"""How the inner loops are compiled: once, into a cache that later processes load."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

from numba import njit

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Compile a function on its first call, and keep the result on disk where some folder can be written to.

    Without such a folder every process compiles for itself, which takes seconds and changes nothing else.
    """
    try:
        made = njit(cache=True, error_model="numpy")(function)
    except RuntimeError:  # numba: no place for a cache
        made = njit(error_model="numpy")(function)
    return cast("Callable[P, R]", made)
