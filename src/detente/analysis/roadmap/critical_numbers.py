"""What one number of a case does to the verdict on a roadmap: where it tips it, and how fast each margin moves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.analysis.roadmap.critical_places import NumberKind
from detente.analysis.roadmap.evaluation import Deviation
from detente.analysis.roadmap.numbers import CaseNumber
from detente.case import Range, point
from detente.kernel.deviations import Check, Row
from detente.kernel.system import BoolArray, FloatArray

NEGLIGIBLE = 1e-12
"""A derivative below this is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalValue:
    """A value of a number at which the verdict changes.

    Parameters
    ----------
    at : float
        The value; of whole numbers, the first as seen from the number as it stands with the other verdict.
    holds_below, holds_above : bool
        The verdicts on both sides; one of them holds.
    stage, check, party, deviation
        The check that fails on the side that does, and what tempts there; of several checks the one with the least
        flow-equivalent margin.
    is_jump : bool
        Whether margins jump there because a breakdown comes to leave something else behind (§4).
    is_rounding : bool
        Whether on the side that holds it does so by the tolerance of margins alone.
    """

    at: float
    holds_below: bool
    holds_above: bool
    stage: int
    check: Check
    party: str
    deviation: Deviation
    is_jump: bool
    is_rounding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginDerivative:
    """How fast one margin, a present value, moves with a number.

    Parameters
    ----------
    below, above : float or None
        Derivative from below and from above; they differ where the best deviation changes.  None where the range ends.
        Of whole numbers: the change of the margin over the last period, and over the next.
    jumps : bool
        Whether the margin jumps there, because a breakdown comes to leave something else behind.
    """

    stage: int
    check: Check
    party: str
    below: float | None
    above: float | None
    jumps: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "stage": self.stage,
            "check": self.check.value,
            "party": self.party,
            "below": self.below,
            "above": self.above,
            "jumps": self.jumps,
        }


def deviation_of(measures: Sequence[str], withheld: BoolArray, undone: BoolArray) -> Deviation:
    """Return a deviation with the ids of what it withholds and undoes, (n,) each; of neither it is leaving."""
    withhold = tuple(measures[column] for column in np.flatnonzero(withheld).tolist())
    undo = tuple(measures[column] for column in np.flatnonzero(undone).tolist())
    return Deviation(withhold=withhold, undo=undo, leave=not withhold and not undo)


def derivatives_of(
    rows: Sequence[Row], parties: Sequence[str], below: FloatArray | None, above: FloatArray | None, jumps: BoolArray
) -> tuple[MarginDerivative, ...]:
    """Return the derivatives, (n_rows,) from below and above, of the margins that move."""

    def one(slopes: FloatArray | None, number: int) -> float | None:
        if slopes is None:
            return None
        return float(slopes[number]) if abs(slopes[number]) > NEGLIGIBLE else 0.0

    found = []
    for number, row in enumerate(rows):
        under, over = one(below, number), one(above, number)
        if under or over or jumps[number]:
            derivative = MarginDerivative(
                stage=row.stage + 1,
                check=row.check,
                party=parties[row.party],
                below=under,
                above=over,
                jumps=bool(jumps[number]),
            )
            found.append(derivative)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriticalNumber:
    """A number of the case that margins of a roadmap depend on.

    Parameters
    ----------
    number : CaseNumber
        Its place, what it is, and what the case states.
    low, high : float
        The range searched: all that a case may state, for discount factors up to a horizon of 100,000 periods, and
        for whole numbers as long as asked for.
    crossings : tuple of CriticalValue
        Every value in that range at which the verdict changes, rising.
    derivatives : tuple of MarginDerivative
        Of the margins that move with the number.
    """

    number: CaseNumber
    kind: NumberKind
    low: float
    high: float
    crossings: tuple[CriticalValue, ...]
    derivatives: tuple[MarginDerivative, ...] = field(repr=False)

    @property
    def now(self) -> float:
        """The number as it stands."""
        return point(self.number.quantity)

    @property
    def tips(self) -> tuple[CriticalValue, ...]:
        """The crossings that are more than rounding, the closest first."""
        real = [crossing for crossing in self.crossings if not crossing.is_rounding]
        return tuple(sorted(real, key=lambda crossing: (abs(crossing.at - self.now), crossing.at)))

    def distance(self, crossing: CriticalValue) -> float | None:
        """Return how far a crossing is, relative to the number; None if that is 0.

        A discount factor δ counts by the impatience 1 − δ.
        """
        whole = abs(1.0 - self.now if self.kind is NumberKind.DISCOUNT else self.now)
        return None if whole == 0.0 else abs(crossing.at - self.now) / whole

    def is_in_range(self, crossing: CriticalValue) -> bool | None:
        """Tell whether a crossing lies in the range that the case states; None if it states none."""
        stated = self.number.quantity
        return stated.low <= crossing.at <= stated.high if isinstance(stated, Range) else None

    @property
    def closeness(self) -> tuple[float, float]:
        """A key that sorts numbers by how little tips the verdict."""
        tips = self.tips
        if not tips:
            return math.inf, math.inf
        distance = self.distance(tips[0])
        return math.inf if distance is None else distance, abs(tips[0].at - self.now)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        stated = self.number.quantity
        return {
            "place": self.number.place,
            "label": self.number.label,
            "kind": self.kind.value,
            "now": self.now,
            "range": [stated.low, stated.high] if isinstance(stated, Range) else None,
            "low": self.low,
            "high": self.high,
            "crossings": [
                {
                    "at": crossing.at,
                    "holds_below": crossing.holds_below,
                    "holds_above": crossing.holds_above,
                    "distance": self.distance(crossing),
                    "in_range": self.is_in_range(crossing),
                    "stage": crossing.stage,
                    "check": crossing.check.value,
                    "party": crossing.party,
                    "deviation": crossing.deviation.to_dict(),
                    "jump": crossing.is_jump,
                    "rounding": crossing.is_rounding,
                }
                for crossing in self.crossings
            ],
            "derivatives": [derivative.to_dict() for derivative in self.derivatives],
        }
