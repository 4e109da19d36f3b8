"""Margins as functions of the hazard or of a discount factor: differences of convex functions.

What is lived through counts by the discounted time spent in it, such as γ^a + … + γ^(b−1) with γ = δ(1 − h).  Each of
these weights is a sum of powers with positive coefficients, hence convex in δ and in h alike: over an interval it lies
below its chord and above its tangent.  A margin is a sum of such weights, some counted positive and some negative, so
chords and tangents enclose it between two straight lines.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from detente.kernel.lines import MarginLines, Segment, StateValues
from detente.kernel.regions import Enclosure
from detente.kernel.system import FloatArray, IntArray

RATIO = 1.6
"""Intervals to begin with: each has a patience 1 − δ, or 1 − γ, this many times its neighbour's."""


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """Coefficients (J, n) of differences of two weights each, given by their rows in a table, (J, n) each."""

    coefficient: FloatArray
    plus: IntArray
    minus: IntArray

    def of(self, chosen: IntArray) -> _Terms:
        return _Terms(self.coefficient[:, chosen], self.plus[:, chosen], self.minus[:, chosen])

    def weigh(self, table: FloatArray) -> FloatArray:
        """Σ coefficient · (plus − minus), exact: (n, m) of a table (R, m)."""
        return np.asarray(np.einsum("jn,jnm->nm", self.coefficient, table[self.plus] - table[self.minus]))

    def weigh_signed(self, positive: FloatArray, negative: FloatArray) -> FloatArray:
        """The same, with one table for positive coefficients and another for negative ones."""
        up, down = np.maximum(self.coefficient, 0.0), np.minimum(self.coefficient, 0.0)
        first = np.einsum("jn,jnm->nm", up, positive[self.plus] - positive[self.minus])
        return np.asarray(first + np.einsum("jn,jnm->nm", down, negative[self.plus] - negative[self.minus]))


class _Builder:
    """Collects terms of n things; the row of a table that is zero stands for nothing."""

    def __init__(self, count: int, zero: int) -> None:
        self._count, self._zero = count, zero
        self._parts: list[tuple[FloatArray, IntArray, IntArray]] = []

    def add(self, coefficient: FloatArray, plus: IntArray | int, minus: IntArray | int | None = None) -> None:
        def rows(place: IntArray | int | None) -> IntArray:
            place = self._zero if place is None else place
            return np.broadcast_to(np.asarray(place, dtype=np.int64), (self._count,))

        if coefficient.any():
            self._parts.append((coefficient, rows(plus), rows(minus)))

    def build(self) -> _Terms:
        if not self._parts:
            none = np.full((1, self._count), self._zero, dtype=np.int64)
            return _Terms(np.zeros((1, self._count)), none, none)
        columns = [np.array([part[place] for part in self._parts]) for place in range(3)]
        return _Terms(columns[0], columns[1], columns[2])


def _powers(gamma: FloatArray, longest: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """γⁿ for n = 0 … longest, its derivative, 1 + … + γ^(n−1) for n = 0 … longest and for ever, its derivative.

    Shapes (longest + 1, m), twice, and (longest + 2, m), twice, of γ (m,).
    """
    exponents = np.arange(longest + 1, dtype=np.float64)[:, None]
    power = gamma[None, :] ** exponents
    slope = np.zeros_like(power)
    slope[1:] = exponents[1:] * power[:-1]
    nothing = np.zeros((1, len(gamma)))
    patience = 1.0 - gamma[None, :]
    time = np.concatenate([nothing, np.cumsum(power[:-1], axis=0), 1.0 / patience])
    time_slope = np.concatenate([nothing, np.cumsum(slope[:-1], axis=0), 1.0 / patience**2])
    return power, slope, time, time_slope


def _longest(lines: MarginLines) -> int:
    stops = [segment.stop for row in lines.segments for segment in row]
    return max(int(lines.lag.max(initial=0)), *stops, 1)


class _Series(ABC):
    """What both families share: constants, terms of items, terms of rows, and tables of weights."""

    lines: MarginLines
    _constant: FloatArray
    _items: _Terms
    _rows: _Terms
    _place: IntArray

    @abstractmethod
    def _tables(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """All weights at some points and their derivatives, (R, m) each."""

    def enclose(self, low: FloatArray, high: FloatArray, items: IntArray) -> Enclosure:
        """Enclose the margins of items over intervals, by chords and tangents."""
        middle = 0.5 * (low + high)
        count = len(low)
        values, slopes = self._tables(np.concatenate([low, high, middle]))
        at_low, at_high = values[:, :count], values[:, count : 2 * count]
        chord, chord_slope = 0.5 * (at_low + at_high), (at_high - at_low) / (high - low)
        tangent, tangent_slope = values[:, 2 * count :], slopes[:, 2 * count :]
        at = self._place[items]
        terms, row = self._items.of(at), self.lines.row[items]
        constant = self._constant[at][:, None]

        def both(below: FloatArray, above: FloatArray) -> FloatArray:
            return np.asarray(terms.weigh_signed(below, above) + self._rows.weigh_signed(below, above)[row])

        return Enclosure(
            anchor=middle,
            lower=constant + both(tangent, chord),
            lower_slope=both(tangent_slope, chord_slope),
            upper=constant + both(chord, tangent),
            upper_slope=both(chord_slope, tangent_slope),
        )

    def at(self, point: float) -> tuple[FloatArray, FloatArray]:
        """Return the margins of all items at a point, and their derivatives there; 0 for items left out."""
        values, slopes = self._tables(np.array([point]))
        items = np.flatnonzero(self._place >= 0)
        at, row = self._place[items], self.lines.row[items]
        terms = self._items.of(at)
        margins, steep = np.full(len(self._place), np.inf), np.zeros(len(self._place))
        margins[items] = self._constant[at] + (terms.weigh(values) + self._rows.weigh(values)[row])[:, 0]
        steep[items] = (terms.weigh(slopes) + self._rows.weigh(slopes)[row])[:, 0]
        return margins, steep


def _first_stage(segments: tuple[Segment, ...]) -> int:
    """The place of the state of a row's first segment among the states S_0 … S_K."""
    return segments[0].stage + 1


class HazardFamily(_Series):
    """Margins as functions of the total hazard h, for every party at once.

    Living n periods in S before C is worth Bn(1 − γⁿ) + u(1 + … + γ^(n−1)) + γⁿC with u = v(S) − (1 − δ)Bn(S), so that
    with δ fixed the hazard enters through γ alone.
    """

    def __init__(self, lines: MarginLines) -> None:
        self.lines = lines
        system, values = lines.roadmap.system, lines.values
        self._discount = system.discount
        self._size = _longest(lines)
        self._place = np.arange(len(lines.row))
        patience = (1.0 - system.discount)[:, None]
        lost = values.broken / patience - values.undone
        extra = values.flow - patience * lost
        party, state = lines.party, lines.state
        firsts = np.array([_first_stage(row) for row in lines.segments], dtype=np.int64)
        first_state = lines.stage_state[firsts]
        stops = np.array([row[0].stop for row in lines.segments], dtype=np.int64)
        row_party, rows = lines.row_party, lines.row
        calm = lines.is_calm
        lost_then = np.where(calm, values.flow[party, state] / patience[party, 0], lost[party, state])
        extra_then = np.where(calm, 0.0, extra[party, state])
        punished = np.where(calm, 0.0, values.deterred[party, state] / patience[party, 0])
        start_cost = np.zeros(len(lines.rows))
        for number, segments in enumerate(lines.segments):
            if segments[0].paid is not None:
                start_cost[number] = values.taking[row_party[number], segments[0].paid]
        self._constant = (lost[row_party, first_state] - start_cost)[rows] - values.pays - lost_then
        builder = _Builder(len(rows), self._zero)
        extra_first = extra[row_party, first_state][rows]
        builder.add(extra_first - extra_then, self._time(party, lines.lag))
        builder.add(extra_first, self._time(party, stops[rows]), self._time(party, lines.lag))
        builder.add(punished, self._power(party, lines.lag))
        self._items = builder.build()
        self._rows = self._row_terms(lost, extra, values)

    @property
    def _zero(self) -> int:
        return len(self._discount) * (2 * self._size + 3)

    def _time(self, party: IntArray | int, periods: IntArray | int) -> IntArray:
        """Rows of 1 + … + γ^(n−1); a negative n is for ever."""
        ends = np.where(np.asarray(periods) < 0, self._size + 1, periods)
        return np.asarray(party * (2 * self._size + 3) + ends)

    def _power(self, party: IntArray | int, periods: IntArray | int) -> IntArray:
        return np.asarray(party * (2 * self._size + 3) + self._size + 2 + np.asarray(periods))

    def _row_terms(self, lost: FloatArray, extra: FloatArray, values: StateValues) -> _Terms:
        """What comes after the first segment of each row."""
        lines = self.lines
        longest = max(len(row) for row in lines.segments)
        builder = _Builder(len(lines.rows), self._zero)
        for number in range(1, longest):
            jump, flow = np.zeros(len(lines.rows)), np.zeros(len(lines.rows))
            power, start, stop = (np.full(len(lines.rows), self._zero) for _ in range(3))
            for place, segments in enumerate(lines.segments):
                if number >= len(segments):
                    continue
                segment, before = segments[number], segments[number - 1]
                party = int(lines.row_party[place])
                state, earlier = lines.stage_state[segment.stage + 1], lines.stage_state[before.stage + 1]
                jump[place] = lost[party, state] - lost[party, earlier]
                if segment.paid is not None:
                    jump[place] -= values.taking[party, segment.paid]
                flow[place] = extra[party, state]
                power[place] = self._power(party, segment.start)
                start[place], stop[place] = self._time(party, segment.start), self._time(party, segment.stop)
            builder.add(jump, power)
            builder.add(flow, stop, start)
        return builder.build()

    def _tables(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        discount = self._discount
        gamma = discount[:, None] * (1.0 - points)[None, :]
        power, slope, time, time_slope = _powers(gamma.ravel(), self._size)
        shape = (-1, len(discount), len(points))

        def stacked(times: FloatArray, powers: FloatArray) -> FloatArray:
            table = np.concatenate([times.reshape(shape), powers.reshape(shape)]).swapaxes(0, 1)
            return np.concatenate([table.reshape(-1, len(points)), np.zeros((1, len(points)))])

        chain = -np.repeat(discount, len(points))[None, :]
        return stacked(time, power), stacked(time_slope * chain, slope * chain)


class DiscountFamily(_Series):
    """Margins of one party as functions of its own discount factor δ, as long as breakdowns leave the same behind.

    All flows are counted from what the party has once a deviation is found out, which comes to the same and leaves
    nothing to add for that; so what makes no difference drops out exactly.

    Parameters
    ----------
    lines : MarginLines
        The items; only those of the party are told.
    party : int
        Whose discount factor.
    values : StateValues
        With what breakdowns leave behind over the range in question.
    """

    def __init__(self, lines: MarginLines, party: int, values: StateValues) -> None:
        self.lines = lines
        self._hazard = lines.roadmap.system.hazard
        self._size = _longest(lines)
        items = np.flatnonzero(lines.party == party)
        self._place = np.full(len(lines.row), -1, dtype=np.int64)
        self._place[items] = np.arange(len(items))
        state, lag, calm = lines.state[items], lines.lag[items], lines.is_calm[items]
        flow, broken, undone = values.flow[party], values.broken[party], values.undone[party]
        after = np.where(calm, flow[state], broken[state] - values.deterred[party, state])
        undone_then = np.where(calm, 0.0, undone[state])
        self._constant = -values.pays[items]
        builder = _Builder(len(items), self._zero)
        builder.add(undone_then, self._power(lag))
        then = np.where(calm, after, flow[state]), np.where(calm, after, broken[state])
        for number in range(max(len(row) for row in lines.segments)):
            self._add_segments(builder, number, items, values, party, (after, *then))
        builder.add(undone_then, self._risk(lag))
        self._items = builder.build()
        self._rows = self._row_terms(undone, values.taking[party], party)

    def _add_segments(
        self,
        builder: _Builder,
        number: int,
        items: IntArray,
        values: StateValues,
        party: int,
        then: tuple[FloatArray, FloatArray, FloatArray],
    ) -> None:
        """Add what complying gives in the segment of this number, beyond what a deviation gives at the same time.

        `then` is what the deviation gives after it is noticed, and before, without and with an outside breakdown.
        """
        lines, rows = self.lines, self.lines.row[items]
        start, stop = np.zeros(len(lines.rows), dtype=np.int64), np.zeros(len(lines.rows), dtype=np.int64)
        state = np.zeros(len(lines.rows), dtype=np.int64)
        there = np.zeros(len(lines.rows), dtype=np.bool_)
        for place, segments in enumerate(lines.segments):
            if number < len(segments):
                start[place], stop[place] = segments[number].start, segments[number].stop
                state[place], there[place] = lines.stage_state[segments[number].stage + 1], True
        end, at, has = stop[rows], state[rows], there[rows]
        begin = start[rows] if number else lines.lag[items]
        after, flow_then, broken_then = then
        flow, broken = values.flow[party, at], values.broken[party, at]
        builder.add(np.where(has, flow - after, 0.0), self._time(end), self._time(begin))
        builder.add(np.where(has, broken - after, 0.0), self._at_risk(end), self._at_risk(begin))
        if number == 0:
            builder.add(flow - flow_then, self._time(begin))
            builder.add(broken - broken_then, self._at_risk(begin))

    def _row_terms(self, undone: FloatArray, taking: FloatArray, party: int) -> _Terms:
        """Own costs on the way, of stages and of breakdowns from outside."""
        lines = self.lines
        builder = _Builder(len(lines.rows), self._zero)
        longest = max(len(row) for row in lines.segments)
        for number in range(longest):
            paid, risk = np.zeros(len(lines.rows)), np.zeros(len(lines.rows))
            start, stop = np.zeros(len(lines.rows), dtype=np.int64), np.zeros(len(lines.rows), dtype=np.int64)
            for place, segments in enumerate(lines.segments):
                if number >= len(segments) or lines.row_party[place] != party:
                    continue
                segment = segments[number]
                paid[place] = 0.0 if segment.paid is None else -taking[segment.paid]
                risk[place] = -undone[lines.stage_state[segment.stage + 1]]
                start[place], stop[place] = segment.start, segment.stop
            builder.add(paid, self._power(start))
            builder.add(risk, self._risk(stop), self._risk(start))
        return builder.build()

    @property
    def _zero(self) -> int:
        return 4 * self._size + 7

    def _power(self, periods: IntArray) -> IntArray:
        return np.asarray(periods)

    def _span(self, number: int, periods: IntArray) -> IntArray:
        ends = np.where(np.asarray(periods) < 0, self._size + 1, periods)
        return np.asarray(self._size + 1 + number * (self._size + 2) + ends)

    def _time(self, periods: IntArray) -> IntArray:
        """Rows of 1 + … + γ^(n−1); a negative n is for ever."""
        return self._span(0, periods)

    def _at_risk(self, periods: IntArray) -> IntArray:
        """Rows of the same times δh/(1 − δ): breakdowns from outside until then, and all time after them."""
        return self._span(1, periods)

    def _risk(self, periods: IntArray) -> IntArray:
        """Rows of the same times δh: breakdowns from outside until then."""
        return self._span(2, periods)

    def _tables(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        survives, hazard = 1.0 - self._hazard, self._hazard
        power, slope, time, time_slope = _powers(points * survives, self._size)
        slope, time_slope = slope * survives, time_slope * survives
        patience = (1.0 - points)[None, :]
        delta = points[None, :]
        at_risk = hazard * delta / patience * time
        at_risk_slope = hazard * (time / patience**2 + delta / patience * time_slope)
        risk, risk_slope = hazard * delta * time, hazard * (time + delta * time_slope)
        none = np.zeros((1, len(points)))
        return (
            np.concatenate([power, time, at_risk, risk, none]),
            np.concatenate([slope, time_slope, at_risk_slope, risk_slope, none]),
        )


def hazard_edges(discount: FloatArray, lowest: float) -> FloatArray:
    """Return edges of intervals of the total hazard, from the lowest to 1: shorter where γ is close to 1."""
    delta = float(discount.max())
    least = 1.0 - delta * (1.0 - lowest)
    count = max(1, int(np.ceil(np.log(1.0 / least) / np.log(RATIO))))
    inner = 1.0 - (1.0 - np.geomspace(least, 1.0, count + 1)[1:-1]) / delta
    return np.concatenate([[lowest], inner, [1.0]])
