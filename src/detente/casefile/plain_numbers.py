"""Numbers of a case as plain data: whole ones without a point, ranges as lists of three."""

from __future__ import annotations

from collections.abc import Mapping

from detente.case import Quantity, Range
from detente.casefile.tree import Plain


def number_to_plain(quantity: Quantity) -> Plain:
    """Return a number, or a range as [low, mode, high]."""
    if isinstance(quantity, Range):
        return [shortened(quantity.low), shortened(quantity.mode), shortened(quantity.high)]
    return shortened(quantity)


def numbers_to_plain(quantities: Mapping[str, Quantity]) -> dict[str, Plain]:
    """Return numbers by what they belong to."""
    return {key: number_to_plain(quantity) for key, quantity in quantities.items()}


def shortened(value: float) -> float:
    """Return a whole number as int, so that it is written without a point."""
    return int(value) if value == int(value) and abs(value) < 1e15 else float(value)
