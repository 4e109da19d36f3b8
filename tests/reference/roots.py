"""Where a function crosses zero, by halving: the reference tests find thresholds with it, not with formulas."""

from __future__ import annotations

from collections.abc import Callable

HALVINGS = 48
"""Enough to narrow an interval of length 1 down to rounding."""


def crossing(function: Callable[[float], float], low: float, high: float) -> float:
    """The place between two ends, at which the function has different signs, where its sign changes."""
    at_low = function(low)
    assert at_low * function(high) < 0.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        if function(middle) * at_low > 0.0:
            low = middle
        else:
            high = middle
    return (low + high) / 2.0
