"""Numbers of a case: a value, or a range with its most likely value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A number of which only a range is known: lowest, most likely and highest value."""

    low: float
    mode: float
    high: float


Quantity = float | Range
"""A number as stated in a case."""


def point(quantity: Quantity) -> float:
    """Return the value that counts outside exploration: of a range, its mode."""
    return quantity.mode if isinstance(quantity, Range) else quantity
