"""Issues for forecasts: a scale, and each party's position, salience and capability on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.case.quantities import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a party stands on an issue, how much it cares, and what it can bring to bear."""

    position: Quantity
    salience: Quantity
    capability: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """A question with a scale from 0 to 100; `scale` maps points of it to labels."""

    id: str
    name: str
    scale: Mapping[float, str] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)
    reference: Quantity | None = None
