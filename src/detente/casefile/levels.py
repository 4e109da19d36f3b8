"""Graded measures: the shorthand ``levels:`` and the chain of yes/no measures that it stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from detente.case import Quantity, Range

_PERCENT = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")


def shares(labels: Sequence[str]) -> tuple[float, ...]:
    """Return each level's share of what the whole chain states.

    If the labels are rising percentages, level j has (p_j − p_{j−1}) / p_last; else all have the same.
    """
    found = [_PERCENT.fullmatch(label) for label in labels]
    if all(found):
        points = [0.0, *(float(match.group(1)) for match in found if match)]
        if all(low < high for low, high in pairwise(points)):
            return tuple((high - low) / points[-1] for low, high in pairwise(points))
    return (1 / len(labels),) * len(labels)


def share_of(quantity: Quantity, share: float) -> Quantity:
    """Return a share of a number or a range."""
    if isinstance(quantity, Range):
        return Range(low=quantity.low * share, mode=quantity.mode * share, high=quantity.high * share)
    return quantity * share


# The values of what the shapes read are of the types that the shapes say; a dict cannot tell mypy so.
Read = Mapping[str, Any]


def level_records(read: Read) -> dict[str, dict[str, Any]]:  # Any: as in Read
    """Return what a graded measure says of each of its levels: shares of its totals, and the increments stated."""
    stated = read["levels"]
    labels = list(stated)
    increments: Mapping[str, Read] = stated if isinstance(stated, Mapping) else {label: {} for label in labels}
    records: dict[str, dict[str, Any]] = {}  # Any: as in Read
    for label, share in zip(labels, shares(labels), strict=True):
        own = increments[label]
        record = {
            key: {party: share_of(total, share) for party, total in read.get(key, {}).items()} | own.get(key, {})
            for key in ("value", "cost", "undo-cost", "deters")
        }
        interests = dict.fromkeys([*read.get("effects", {}), *own.get("effects", {})])
        record["effects"] = {
            interest: {
                party: share_of(total, share) for party, total in read.get("effects", {}).get(interest, {}).items()
            }
            | own.get("effects", {}).get(interest, {})
            for interest in interests
        }
        record["name"] = own.get("name")
        records[label] = record
    return records
