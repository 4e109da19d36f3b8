"""Where a single number tips a verdict, and how fast each margin moves with it (§8 of the model).

For a value, a cost or a punishment a margin is piecewise linear, and the pieces are known exactly.  For a discount
factor it is smooth between the points at which breakdowns change, and for a hazard everywhere; there it is enclosed
between straight lines until every stretch is settled.  No margin is taken to be monotone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detente.kernel.blends import worst_of_blend
from detente.kernel.changes import SAME_POINT, Change, Outcomes, sweep_breakdowns, turning_measures
from detente.kernel.lines import MarginLines, StateValues, chosen_measures
from detente.kernel.regions import Enclosure, Family, Region, find_regions, merge
from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.series import RATIO, DiscountFamily, HazardFamily, hazard_edges
from detente.kernel.system import BoolArray, FloatArray, IntArray, flow_values

LEAST_PATIENCE = 1e-5
"""Discount factors are searched from this to 1 less this: a horizon of 100,000 periods."""

BESIDE = 1e-6
"""How far into a stretch that fails, relative above 1, it is asked which check fails there."""

JUMP = 1e-9
"""A margin that differs by more between both sides of a point jumps there."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crossing:
    """A point at which a verdict changes.

    Parameters
    ----------
    at : float
        The number there.
    holds_above : bool
        Whether the roadmap holds right above it, and fails right below; else the other way round.
    row : int
        The check that fails on the failing side: of several the one with the least flow-equivalent margin.
    withheld, undone : BoolArray
        Shape (n,): the deviation that tempts there; of neither means leaving openly.
    is_jump : bool
        Whether it is where a breakdown comes to leave something else behind, so that margins jump.
    is_rounding : bool
        Whether on the side that holds it does so only by the tolerance: some margin stays below zero there.
    """

    at: float
    holds_above: bool
    row: int
    withheld: BoolArray
    undone: BoolArray
    is_jump: bool
    is_rounding: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sweep:
    """What one number does to a verdict.

    Parameters
    ----------
    low, high : float
        The range searched.
    regions : tuple of Region
        Where the roadmap holds and fails, neighbours differing.
    crossings : tuple of Crossing
        Every point between them, rising.
    below, above : FloatArray or None
        Shape (n_rows,): derivative of each margin (a present value) in the number as it stands, from below and from
        above; None where the range ends there.
    jumps : BoolArray
        Shape (n_rows,): whether the margin jumps just there.
    """

    low: float
    high: float
    regions: tuple[Region, ...]
    crossings: tuple[Crossing, ...]
    below: FloatArray | None
    above: FloatArray | None
    jumps: BoolArray


class _Linear:
    """Margins that are linear in a number."""

    def __init__(self, lines: MarginLines, anchor: float, value: FloatArray, slope: FloatArray) -> None:
        self.lines = lines
        self._anchor, self._value, self._slope = anchor, value, slope

    def enclose(self, low: FloatArray, high: FloatArray, items: IntArray) -> Enclosure:
        """Return the margins themselves."""
        count = (1, len(low))
        value, slope = np.tile(self._value[items][:, None], count), np.tile(self._slope[items][:, None], count)
        anchor = np.full(len(low), self._anchor)
        return Enclosure(anchor=anchor, lower=value, lower_slope=slope, upper=value, upper_slope=slope)

    def at(self, point: float) -> tuple[FloatArray, FloatArray]:
        """Return the margins of all items at a point, and their slopes."""
        return self._value + self._slope * (point - self._anchor), self._slope


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Piece:
    """A range over which breakdowns leave the same behind: margins of one party's items, and constant other ones."""

    low: float
    high: float
    family: Family
    own: BoolArray
    others: FloatArray

    def at(self, point: float) -> tuple[FloatArray, FloatArray]:
        margins, slopes = self.family.at(point)
        return np.where(self.own, margins, self.others), np.where(self.own, slopes, 0.0)


_EdgesOf = Callable[[_Piece], FloatArray]


class CriticalSearch:
    """A roadmap whose numbers can be moved one by one.

    Parameters
    ----------
    roadmap : RoadmapValues
        The roadmap as it stands.
    with_derivatives : bool
        Whether derivatives of margins are wanted too.
    """

    def __init__(self, roadmap: RoadmapValues, *, with_derivatives: bool = True) -> None:
        self._with_derivatives = with_derivatives
        self.lines = lines = MarginLines(roadmap)
        self.system = roadmap.system
        self._base = lines.margins(lines.values, self.system.discount, self.system.hazard)
        self._patience = (1.0 - self.system.discount)[lines.row_party]
        least, _, _ = lines.worst(self._base)
        self.margins = least

    def value(self, change: Change, now: float, low: float, high: float) -> Sweep:
        """Move a value, a cost or a punishment, which is `now`, over a range that contains it."""
        pieces = []
        outcomes = None
        if turning_measures(self.system, change).any():
            outcomes = sweep_breakdowns(self.system, change, now, self.lines.states, low, high)
        elif not self._with_derivatives and not self._others_hold(change.party):
            return self._failing(low, high)
        fixed = self._slopes_without_breakdowns(change)
        for start, stop, values, slopes in self._linear_pieces(change, outcomes, fixed, low, high):
            own = self.lines.party == change.party
            margins = self._base if values is self.lines.values else self._margins(values)
            steep = np.zeros(len(margins))
            items = np.flatnonzero(own)
            steep[items] = self.lines.slopes(slopes, self.system.discount, self.system.hazard, items)
            family = _Linear(self.lines, now, margins, steep)
            pieces.append(_Piece(low=start, high=stop, family=family, own=own, others=margins))
        return self._sweep(pieces, now, lambda piece: np.array([piece.low, piece.high]))

    def discount(self, party: int) -> Sweep:
        """Move the discount factor of a party over all that is searched."""
        now = float(self.system.discount[party])
        low, high = min(LEAST_PATIENCE, now), max(1.0 - LEAST_PATIENCE, now)
        change = Change.of(self.system, party, is_discount=True)
        outcomes = sweep_breakdowns(self.system, change, now, self.lines.states, low, high)
        own = self.lines.party == party
        pieces = []
        for start, stop in pairwise(outcomes.edges.tolist()):
            values, _ = self._values_of(outcomes, 0.5 * (start + stop))
            family = DiscountFamily(self.lines, party, values)
            pieces.append(_Piece(low=start, high=stop, family=family, own=own, others=self._margins(values)))
        return self._sweep(pieces, now, _patience_edges)

    def hazard(self) -> Sweep:
        """Move the total hazard from 0 to 1."""
        family = HazardFamily(self.lines)
        everything = np.ones(len(self.lines.row), dtype=np.bool_)
        piece = _Piece(low=0.0, high=1.0, family=family, own=everything, others=self._base)
        edges = hazard_edges(self.system.discount, 0.0)
        return self._sweep([piece], self.system.hazard, lambda _: edges)

    def _others_hold(self, party: int) -> bool:
        """Whether every check of the other parties holds as things stand."""
        return bool((self.margins[self.lines.row_party != party] >= -HOLDS).all())

    def _failing(self, low: float, high: float) -> Sweep:
        """The sweep of a number on which no check depends that fails."""
        return Sweep(
            low=low,
            high=high,
            regions=(Region(low=low, high=high, holds=False),),
            crossings=(),
            below=None,
            above=None,
            jumps=np.zeros(len(self.lines.rows), dtype=np.bool_),
        )

    def _margins(self, values: StateValues) -> FloatArray:
        return self.lines.margins(values, self.system.discount, self.system.hazard)

    def _slopes_without_breakdowns(self, change: Change) -> StateValues:
        """How fast flows, punishments and costs change with a number; breakdowns are left at zero."""
        lines, system = self.lines, self.system
        own = change.party
        zero = np.zeros_like(lines.values.flow)
        flow, deterred, taking = zero.copy(), zero.copy(), np.zeros_like(lines.values.taking)
        flow[own] = change.flow(system, lines.states)
        deterred[own] = lines.states @ change.deters + change.deters_base
        cost = np.where(system.owns[own], change.cost, 0.0)
        taking[own] = lines.roadmap.stages @ cost
        pays = 0.0 - lines.still_taken @ cost - lines.roadmap.deviations.undone @ change.undo_cost
        pays = np.where(lines.roadmap.deviations.party == own, pays, 0.0)
        return StateValues(
            flow=flow,
            broken=zero,
            undone=zero,
            deterred=deterred,
            taking=taking,
            pays=lines.item_payments(pays, taking),
        )

    def _linear_pieces(
        self, change: Change, outcomes: Outcomes | None, fixed: StateValues, low: float, high: float
    ) -> Iterator[tuple[float, float, StateValues, StateValues]]:
        """Yield ranges with what margins are made of there, and how fast that changes."""
        own = change.party
        if outcomes is None:
            aftermath = self.lines.remains
            broken = np.zeros_like(fixed.flow)
            broken[own] = change.flow(self.system, aftermath) + change.breakdown
            yield low, high, self.lines.values, replace(fixed, broken=broken)
            return
        flows = change.flow(self.system, outcomes.remains) + change.breakdown
        for start, stop in pairwise(outcomes.edges.tolist()):
            values, records = self._values_of(outcomes, 0.5 * (start + stop))
            broken, undone = np.zeros_like(fixed.flow), np.zeros_like(fixed.flow)
            broken[own], undone[own] = flows[records], outcomes.undone_slope[records]
            yield start, stop, values, replace(fixed, broken=broken, undone=undone)

    def _values_of(self, outcomes: Outcomes, point: float) -> tuple[StateValues, IntArray]:
        """What margins are made of where breakdowns lead to what they do at a point; and the records of states."""
        records = outcomes.records_at(point)
        remains = outcomes.remains[records]
        broken = flow_values(self.system, remains) + self.system.breakdown[:, None]
        return replace(self.lines.values, broken=broken, undone=outcomes.undone[:, records]), records

    def _sweep(self, pieces: Sequence[_Piece], now: float, edges_of: _EdgesOf) -> Sweep:
        regions: list[Region] = []
        for piece in pieces:
            regions += self._regions(piece, edges_of(piece))
        merged = merge(regions)
        seams = np.array([piece.low for piece in pieces[1:]])
        crossings = tuple(self._crossing(one, other, pieces, seams) for one, other in pairwise(merged))
        below, above, jumps = self._derivatives(pieces, now)
        return Sweep(
            low=pieces[0].low,
            high=pieces[-1].high,
            regions=merged,
            crossings=crossings,
            below=below,
            above=above,
            jumps=jumps,
        )

    def _regions(self, piece: _Piece, edges: FloatArray) -> tuple[Region, ...]:
        lines = self.lines
        plain_own = piece.own[lines.plain]
        constant = piece.others[lines.plain[~plain_own]]
        others = [blend for blend in lines.blends if not piece.own[blend.base]]
        zero = np.zeros(len(piece.others))
        if (constant < -HOLDS).any() or any(worst_of_blend(b, piece.others, zero)[0] < -HOLDS for b in others):
            return (Region(low=piece.low, high=piece.high, holds=False),)
        own_blends = [blend for blend in lines.blends if piece.own[blend.base]]
        return find_regions(piece.family, edges, plain=lines.plain[plain_own], blends=own_blends)

    def _crossing(self, one: Region, other: Region, pieces: Sequence[_Piece], seams: FloatArray) -> Crossing:
        at = other.low
        fails = one if other.holds else other
        step = min(0.5 * (fails.high - fails.low), BESIDE * max(1.0, abs(at)))
        margins, _ = _at(pieces, at - step if fails is one else at + step)
        least, _, chosen = self.lines.worst(margins)
        flows = np.where(least < -HOLDS, least * self._patience, np.inf)
        row = int(np.argmin(flows)) if np.isfinite(flows).any() else int(np.argmin(least * self._patience))
        withheld, undone = chosen_measures(self.lines, chosen[row])
        return Crossing(
            at=at,
            holds_above=other.holds,
            row=row,
            withheld=withheld,
            undone=undone,
            is_jump=bool((np.abs(seams - at) <= 10.0 * SAME_POINT * max(1.0, abs(at))).any()),
            is_rounding=self._is_rounding(one if one.holds else other, pieces),
        )

    def _is_rounding(self, holds: Region, pieces: Sequence[_Piece]) -> bool:
        """Whether some margin is below zero at every one of a few points of a stretch that holds."""
        for share in (0.01, 0.25, 0.5, 0.75, 0.99):
            margins, _ = _at(pieces, holds.low + share * (holds.high - holds.low))
            least, _, _ = self.lines.worst(margins)
            if (least >= 0.0).all():
                return False
        return True

    def _derivatives(
        self, pieces: Sequence[_Piece], now: float
    ) -> tuple[FloatArray | None, FloatArray | None, BoolArray]:
        if not self._with_derivatives:
            return None, None, np.zeros(len(self.lines.rows), dtype=np.bool_)
        near = SAME_POINT * max(1.0, abs(now))
        under = next((piece for piece in reversed(pieces) if piece.low < now - near), None)
        over = next((piece for piece in pieces if piece.high > now + near), None)
        below = above = None
        levels: list[FloatArray] = []
        if under is not None:
            margins, slopes = under.at(now)
            least, steep, _ = self.lines.worst(margins, -slopes)
            below = -steep
            levels.append(least)
        if over is not None:
            margins, slopes = over.at(now)
            least, above, _ = self.lines.worst(margins, slopes)
            levels.append(least)
        jumps = np.abs(levels[0] - levels[-1]) > JUMP
        return below, above, np.asarray(jumps, dtype=np.bool_)


def _at(pieces: Sequence[_Piece], point: float) -> tuple[FloatArray, FloatArray]:
    """Return the margins of all items at a point, and their derivatives."""
    piece = next((piece for piece in pieces if point <= piece.high), pieces[-1])
    return piece.at(point)


def _patience_edges(piece: _Piece) -> FloatArray:
    """Edges of intervals of a discount factor that are shorter the closer it is to 1."""
    least, most = 1.0 - piece.high, 1.0 - piece.low
    count = max(1, int(np.ceil(np.log(most / least) / np.log(RATIO))))
    inner = 1.0 - np.geomspace(most, least, count + 1)[1:-1]
    return np.concatenate([[piece.low], inner, [piece.high]])
