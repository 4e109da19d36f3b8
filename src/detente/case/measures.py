"""What can be done: measures, the values of combinations, and the roadmaps that order measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from detente.case.conditions import Condition
from detente.case.quantities import Quantity


class Direction(StrEnum):
    """Which way a measure can be moved: ``forward`` is irreversible once taken, ``backward`` can only be given up."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"


class OnBreakdown(StrEnum):
    """What becomes of a measure when the process breaks down (§4)."""

    OWN_INTEREST = "own-interest"
    REVERSE = "reverse"
    KEEP = "keep"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The place of a yes/no measure in a graded one: level `number` (from 1) of the chain `chain`."""

    chain: str
    label: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A yes/no fact that parties can bring about (*option* in the literature).

    Parameters
    ----------
    owners : tuple of str
        Parties that take it; several = a joint measure; empty if a forum owns it.
    forum : str or None
        The forum that owns it.
    value : mapping from party to Quantity
        Direct value per period while in force.
    effects : mapping from interest to (mapping from party to Quantity)
        Effect on interests; a party's weight turns it into value.
    cost, undo_cost : mapping from owner to Quantity
        One-off costs, >= 0, of taking and of ending it.
    duration, detection_lag : int
        Periods, >= 1.
    verifies : mapping from measure to int
        Detection lag, in periods, that this measure grants to others while in force.
    deters : mapping from party to Quantity
        Punishment per period, >= 0, of that party if it is the one who breaks the process.
    """

    id: str
    name: str
    owners: tuple[str, ...] = ()
    forum: str | None = None
    value: Mapping[str, Quantity] = field(default_factory=dict, metadata={"unit": "own value units per period"})
    effects: Mapping[str, Mapping[str, Quantity]] = field(default_factory=dict)
    cost: Mapping[str, Quantity] = field(default_factory=dict, metadata={"unit": "own value units, once"})
    undo_cost: Mapping[str, Quantity] = field(default_factory=dict, metadata={"unit": "own value units, once"})
    direction: Direction = Direction.BOTH
    on_breakdown: OnBreakdown = OnBreakdown.OWN_INTEREST
    duration: int = field(default=1, metadata={"unit": "periods"})
    detection_lag: int = field(default=1, metadata={"unit": "periods"})
    verifies: Mapping[str, int] = field(default_factory=dict, metadata={"unit": "periods"})
    deters: Mapping[str, Quantity] = field(default_factory=dict, metadata={"unit": "own value units per period"})
    requires: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    level: Level | None = None

    @property
    def is_reversible(self) -> bool:
        """Whether it can be ended once it is in force."""
        return self.direction is not Direction.FORWARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Value per period to one party of every state that satisfies a condition."""

    party: str
    when: Condition
    value: Quantity = field(metadata={"unit": "own value units per period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Roadmap:
    """Measures in stages: each stage is taken at once, the next when everything is verified."""

    id: str
    name: str
    stages: tuple[tuple[str, ...], ...]
    durations: tuple[int, ...] | None = field(default=None, metadata={"unit": "periods"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEntry:
    """What has happened to a measure so far: taken, and perhaps ended, in these periods."""

    measure: str
    taken: int = field(metadata={"unit": "period"})
    ended: int | None = field(default=None, metadata={"unit": "period"})
