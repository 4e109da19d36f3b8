"""Where along a number a roadmap holds and where it fails: every stretch, with proof (§8 of the model).

Over an interval each margin lies between two straight lines.  Where the lower line of every margin is above zero the
roadmap holds; where the upper line of one is below, it fails; whatever lies between is divided further, and the lines
close in on the margin with the square of the length.  Nothing is sampled: a stretch is called one way or the other only
where the lines say so, or where it is too short for numbers to tell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detente.kernel.blends import Blend, worst_of_blend
from detente.kernel.lines import MarginLines
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import FloatArray, IntArray

CLOSE = 1e-13
"""An interval shorter than this, relative above 1, is a point."""

SHRUNK = 0.7
"""An interval is halved unless the lines have cut it to less than this share of its length."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Enclosure:
    """Straight lines below and above some margins over some intervals.

    Parameters
    ----------
    anchor : FloatArray
        Shape (n_intervals,): where the lines take their values.
    lower, upper, lower_slope, upper_slope : FloatArray
        Shape (n_items, n_intervals).
    """

    anchor: FloatArray
    lower: FloatArray
    lower_slope: FloatArray
    upper: FloatArray
    upper_slope: FloatArray


class Family(Protocol):
    """Margins of the items of a roadmap as functions of one number."""

    @property
    def lines(self) -> MarginLines:
        """The items."""
        ...

    def enclose(self, low: FloatArray, high: FloatArray, items: IntArray) -> Enclosure:
        """Enclose the margins of items over intervals."""
        ...

    def at(self, point: float) -> tuple[FloatArray, FloatArray]:
        """Return the margins of all items at a point, and their derivatives there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A stretch of a number over which a roadmap holds, or fails."""

    low: float
    high: float
    holds: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """Lines over one interval: values at the anchor, and slopes."""

    anchor: float
    value: FloatArray
    slope: FloatArray

    def at(self, point: float) -> FloatArray:
        return np.asarray(self.value + self.slope * (point - self.anchor))

    def roots(self, chosen: FloatArray) -> FloatArray:
        """Where the chosen lines reach minus the tolerance."""
        return np.asarray(self.anchor - (self.value[chosen] + HOLDS) / self.slope[chosen])


def merge(regions: Sequence[Region]) -> tuple[Region, ...]:
    """Join neighbours that say the same."""
    merged: list[Region] = []
    for region in regions:
        if merged and merged[-1].holds is region.holds:
            merged[-1] = Region(low=merged[-1].low, high=region.high, holds=region.holds)
        else:
            merged.append(region)
    return tuple(merged)


class _Search:
    """One search along a number, from the left."""

    def __init__(self, family: Family, *, until_failure: bool) -> None:
        self._family = family
        self._until_failure = until_failure
        self.found: list[Region] = []

    @property
    def is_done(self) -> bool:
        return self._until_failure and bool(self.found) and not self.found[-1].holds

    def run(self, edges: FloatArray, plain: IntArray, blends: Sequence[Blend]) -> None:
        items = _items_of(plain, blends)
        enclosure = self._family.enclose(edges[:-1], edges[1:], items)
        for column in range(len(edges) - 1):
            self._cell(float(edges[column]), float(edges[column + 1]), enclosure, column, items, plain, blends)
            if self.is_done:
                return

    def _emit(self, low: float, high: float, *, holds: bool) -> None:
        if high > low and not self.is_done:
            self.found.append(Region(low=low, high=high, holds=holds))

    def _divide(self, low: float, high: float, whole: float, plain: IntArray, blends: Sequence[Blend]) -> None:
        """Look into an interval that is not settled."""
        if high <= low or self.is_done:
            return
        middle = 0.5 * (low + high)
        if high - low <= CLOSE * max(1.0, abs(low)) or middle in (low, high):
            margins, _ = self._family.at(middle)
            least, _, _ = self._family.lines.worst(margins)
            self._emit(low, high, holds=bool((least >= -HOLDS).all()))
            return
        edges = [low, high] if high - low < SHRUNK * whole else [low, middle, high]
        self.run(np.array(edges), plain, blends)

    def _cell(
        self,
        low: float,
        high: float,
        enclosure: Enclosure,
        column: int,
        items: IntArray,
        plain: IntArray,
        blends: Sequence[Blend],
    ) -> None:
        anchor = float(enclosure.anchor[column])
        lower = _Lines(anchor, enclosure.lower[:, column], enclosure.lower_slope[:, column])
        upper = _Lines(anchor, enclosure.upper[:, column], enclosure.upper_slope[:, column])
        plain_lower, plain_upper = _first(lower, len(plain)), _first(upper, len(plain))
        lower_ends = _ends(plain_lower, low, high)
        may_fail = (lower_ends < -HOLDS).any(axis=0)
        plain = plain[may_fail]
        below = _Lines(anchor, plain_lower.value[may_fail], plain_lower.slope[may_fail])
        above = _Lines(anchor, plain_upper.value[may_fail], plain_upper.slope[may_fail])
        if blends:
            blends, below, above = _with_blends(blends, items, lower, upper, below, above, low, high)
        if not len(below.value):
            self._emit(low, high, holds=True)
            return
        failed_to, failed_from = _surely_fails(above, low, high)
        if failed_to >= failed_from:
            self._emit(low, high, holds=False)
            return
        held_from, held_to = _surely_holds(below, low, high)
        whole = high - low
        self._emit(low, failed_to, holds=False)
        if held_from <= held_to:
            held_from, held_to = max(held_from, failed_to), min(held_to, failed_from)
            self._divide(failed_to, held_from, whole, plain, blends)
            self._emit(held_from, held_to, holds=True)
            self._divide(held_to, failed_from, whole, plain, blends)
        else:
            self._divide(failed_to, failed_from, whole, plain, blends)
        self._emit(failed_from, high, holds=False)


def _items_of(plain: IntArray, blends: Sequence[Blend]) -> IntArray:
    return np.concatenate([plain, *(blend.items() for blend in blends)])


def _first(lines: _Lines, count: int) -> _Lines:
    return _Lines(lines.anchor, lines.value[:count], lines.slope[:count])


def _ends(lines: _Lines, low: float, high: float) -> FloatArray:
    """Values at both ends of an interval: (2, n)."""
    return np.array([lines.at(low), lines.at(high)])


def _surely_fails(upper: _Lines, low: float, high: float) -> tuple[float, float]:
    """Up to where from the left, and from where on to the right, some margin is surely below zero."""
    at_low, at_high = (_ends(upper, low, high) + HOLDS) < 0.0
    if (at_low & at_high).any():
        return high, low
    rising, falling = at_low & ~at_high, at_high & ~at_low
    failed_to = float(upper.roots(rising).max()) if rising.any() else low
    failed_from = float(upper.roots(falling).min()) if falling.any() else high
    return min(max(failed_to, low), high), max(min(failed_from, high), low)


def _surely_holds(lower: _Lines, low: float, high: float) -> tuple[float, float]:
    """From where to where every margin is surely not below zero; an empty stretch where that is nowhere."""
    at_low, at_high = (_ends(lower, low, high) + HOLDS) < 0.0
    if (at_low & at_high).any():
        return high, low
    rising, falling = at_low & ~at_high, at_high & ~at_low
    held_from = float(lower.roots(rising).max()) if rising.any() else low
    held_to = float(lower.roots(falling).min()) if falling.any() else high
    return max(held_from, low), min(held_to, high)


def _with_blends(
    blends: Sequence[Blend],
    items: IntArray,
    lower: _Lines,
    upper: _Lines,
    below: _Lines,
    above: _Lines,
    low: float,
    high: float,
) -> tuple[list[Blend], _Lines, _Lines]:
    """Add the lines of blends that may fail.

    The least of sums of lower lines is concave, so the chord between its ends is below it; the sum of the upper lines
    of any one choice is above, and the choices that are worst at the ends are taken.
    """
    place = np.full(int(items.max()) + 1, -1, dtype=np.int64)
    place[items] = np.arange(len(items))
    kept: list[Blend] = []
    lows: list[tuple[float, float]] = []
    highs: list[tuple[float, float]] = []
    ends = [(lower.at(point), upper.at(point)) for point in (low, high)]
    length = high - low
    for blend in blends:
        least = []
        for at_lower, at_upper in ends:
            margins = np.zeros(len(place))
            margins[items] = at_lower
            # What a member adds to the base, at least: its own least less the most that the base can be.
            slack = float(at_upper[place[blend.base]] - at_lower[place[blend.base]])
            local = _shifted(blend, margins, slack)
            value, _, _ = worst_of_blend(blend, local, np.zeros(len(local)))
            least.append(value)
        if min(least) >= -HOLDS:
            continue
        kept.append(blend)
        lows.append((least[0], (least[1] - least[0]) / length))
        for _, at_upper in ends:
            margins = np.zeros(len(place))
            margins[items] = at_upper
            _, _, chosen = worst_of_blend(blend, margins, np.zeros(len(margins)))
            at, base = place[chosen], place[blend.base]
            spare = len(chosen) - 1
            highs.append(
                (
                    float(upper.value[at].sum() - spare * lower.value[base]),
                    float(upper.slope[at].sum() - spare * lower.slope[base]),
                )
            )
    if not kept:
        return kept, below, above
    start, slope = np.array(lows).T
    below = _Lines(
        below.anchor,
        np.concatenate([below.value, start + slope * (below.anchor - low)]),
        np.concatenate([below.slope, slope]),
    )
    value, steep = np.array(highs).T
    above = _Lines(above.anchor, np.concatenate([above.value, value]), np.concatenate([above.slope, steep]))
    return kept, below, above


def _shifted(blend: Blend, margins: FloatArray, slack: float) -> FloatArray:
    """Lower margins of members by what the base may be above its own lower line."""
    local = margins.copy()
    for group in blend.groups:
        local[group] -= slack
    return local


def find_regions(
    family: Family,
    edges: FloatArray,
    *,
    plain: IntArray | None = None,
    blends: Sequence[Blend] | None = None,
    until_failure: bool = False,
) -> tuple[Region, ...]:
    """Return where a roadmap holds and where it fails, from the first edge to the last.

    Parameters
    ----------
    family : Family
        The margins.
    edges : FloatArray
        Rising; the intervals to begin with.
    plain, blends : optional
        The items and blends that count; all unless given.
    until_failure : bool
        Whether to stop at the first stretch that fails.

    Returns
    -------
    tuple of Region
        Neighbours differ.
    """
    lines = family.lines
    search = _Search(family, until_failure=until_failure)
    search.run(edges, lines.plain if plain is None else plain, lines.blends if blends is None else blends)
    return merge(search.found)
