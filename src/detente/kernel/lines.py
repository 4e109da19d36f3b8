"""Margins of a roadmap against every deviation apart, one by one (§6 of the model).

A row of a verdict is the least of many margins: complying less one deviation each.  Each of these is a sum over what is
lived through, and so a simple function of every single number; the least of them is not.  Where a party's measures fall
into groups that add up, the margins of the members of each group are kept, and *blends* of them are what it can do.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from detente.kernel.blends import Blend, worst_of_blend
from detente.kernel.deviations import Check, Row
from detente.kernel.roadmap import TIES, RoadmapValues
from detente.kernel.system import BoolArray, FloatArray, IntArray

NO_LINE = -1
"""In place of a line of `Deviations`: leaving openly, or changing nothing."""


CANCELS = 1e-12
"""A difference smaller than this, relative to what it is of, is rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class StateValues:
    """What margins are made of, for each party and state; or how fast it changes with a number.

    Parameters
    ----------
    flow : FloatArray
        Shape (P, n_states): v(X).
    broken : FloatArray
        Shape (P, n_states): v(Z(X)) and what living in a broken process costs.
    undone : FloatArray
        Shape (P, n_states): own undo costs on the way to Z(X).
    deterred : FloatArray
        Shape (P, n_states): deter(X).
    taking : FloatArray
        Shape (P, K): own costs of each stage.
    pays : FloatArray
        Shape (n_items,): what each item pays at once, negative.
    """

    flow: FloatArray
    broken: FloatArray
    undone: FloatArray
    deterred: FloatArray
    taking: FloatArray
    pays: FloatArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Segment:
    """So long in the state of a stage (−1 is what is in force before the first), after paying for a stage or nothing.

    Parameters
    ----------
    start, stop : int
        Periods from the check on; `stop` is −1 for the last segment, which has no end.
    paid : int or None
        The stage whose costs are paid at the start.
    """

    stage: int
    start: int
    stop: int
    paid: int | None


def thin(roadmap: RoadmapValues) -> RoadmapValues:
    """Return a roadmap without the deviations that undo at a cost what lapses anyway.

    Of the deviations of one row that leave the same state, one withholds and undoes the least, and every other one all
    of that and more: it is listed first, and none is worth more while costs of undoing are not negative.
    """
    deviations = roadmap.deviations
    kept: list[IntArray] = []
    rows: list[Row] = []
    total = 0
    for row in deviations.rows:
        spans = []
        for start, stop in row.groups:
            _, first = np.unique(roadmap.left_index[start:stop], return_index=True)
            kept.append(start + np.sort(first))
            spans.append((total, total + len(first)))
            total += len(first)
        rows.append(replace(row, groups=tuple(spans)))
    lines = np.concatenate([np.zeros(0, dtype=np.int64), *kept])
    thinned = copy.copy(roadmap)
    thinned.left_index = roadmap.left_index[lines]
    thinned.deviations = replace(
        deviations,
        rows=tuple(rows),
        party=deviations.party[lines],
        left=deviations.left[lines],
        pays=deviations.pays[lines],
        lag=deviations.lag[lines],
        withheld=deviations.withheld[lines],
        undone=deviations.undone[lines],
    )
    return thinned


class MarginLines:
    """The margins of a roadmap, item by item.

    An item is a deviation, or leaving openly, or, for blends, changing nothing; `row`, `state`, `lag`, `line` and
    `is_calm` tell which, shape (n_items,) each; `is_calm` marks leaving when nothing has begun, which breaks nothing.

    Parameters
    ----------
    roadmap : RoadmapValues
        The roadmap.

    Attributes
    ----------
    plain : IntArray
        Items that stand for themselves: all that are in no blend.
    states, remains : BoolArray
        Shape (n_states, n): the states that items and stages refer to, and what breakdowns leave of them.
    still_taken : BoolArray
        Shape (n_lines, n): what of the stage each deviation before it still takes.
    """

    def __init__(self, roadmap: RoadmapValues) -> None:
        self.roadmap = roadmap = thin(roadmap)
        self.rows = roadmap.deviations.rows
        self._items: list[tuple[IntArray, IntArray, IntArray, IntArray]] = []
        self._count = 0
        self.blends: list[Blend] = []
        plain = [self._add_row(number, row) for number, row in enumerate(self.rows)]
        self.row, states, self.lag, self.line = (
            np.concatenate(column) if column else np.zeros(0, dtype=np.int64)
            for column in ([part[place] for part in self._items] for place in range(4))
        )
        self.plain = np.concatenate(plain)
        parties = np.array([row.party for row in self.rows], dtype=np.int64)
        self.row_party = parties
        self.party = parties[self.row]
        used, index = np.unique(np.concatenate([roadmap.stage_index, states]), return_inverse=True)
        n_stages = len(roadmap.stage_index)
        self.stage_state, self.state = index[:n_stages], index[n_stages:]
        calm = np.array([self._is_calm(row) for row in self.rows], dtype=np.bool_)
        self.is_calm = calm[self.row] & (self.lag == 0) & (self.line == NO_LINE)
        self.states = self._rows_of_states(len(used))
        self.values = self._present_values(used)
        self.remains = roadmap.aftermath.remains[used]
        self.still_taken = self._still_taken()
        self.segments = [self._segments(row) for row in self.rows]

    def _is_calm(self, row: Row) -> bool:
        first = row.stage if row.check is Check.BEFORE else row.stage + 1
        return first == 0 and not self.roadmap.has_begun

    def _append(self, row: int, states: IntArray, lag: IntArray, line: IntArray) -> IntArray:
        self._items.append((np.full(len(states), row, dtype=np.int64), states, lag, line))
        start, self._count = self._count, self._count + len(states)
        return np.arange(start, self._count, dtype=np.int64)

    def _add_row(self, number: int, row: Row) -> IntArray:
        """Add the items of one row; return those that stand for themselves."""
        values = self.roadmap
        left_before = row.stage if row.check is Check.BEFORE else row.stage + 1
        nothing = np.array([NO_LINE], dtype=np.int64)
        leaving = self._append(number, values.stage_index[[left_before]], np.zeros(1, dtype=np.int64), nothing)
        lag = values.deviations.lag
        if len(row.groups) == 1:
            lines = np.arange(*row.groups[0], dtype=np.int64)
            return np.concatenate([leaving, self._append(number, values.left_index[lines], lag[lines], lines)])
        if row.groups:
            first, last = row.groups[0][0], row.groups[-1][1]
            for periods in np.unique(lag[first:last]).tolist():
                base = self._append(number, values.stage_index[[row.stage + 1]], np.array([periods]), nothing)
                groups, exact = [], []
                for start, stop in row.groups:
                    lines = np.arange(start, stop, dtype=np.int64)[lag[start:stop] >= periods]
                    at = np.full(len(lines), periods, dtype=np.int64)
                    groups.append(self._append(number, values.left_index[lines], at, lines))
                    exact.append(np.asarray(lag[lines] == periods, dtype=np.bool_))
                self.blends.append(Blend(row=number, base=int(base[0]), groups=tuple(groups), exact=tuple(exact)))
        return leaving

    def _rows_of_states(self, n_states: int) -> BoolArray:
        states = np.zeros((n_states, self.roadmap.system.n_measures), dtype=np.bool_)
        states[self.stage_state] = self.roadmap.states
        listed = self.line >= 0
        states[self.state[listed]] = self.roadmap.deviations.left[self.line[listed]]
        return states

    def _present_values(self, used: IntArray) -> StateValues:
        system, aftermath = self.roadmap.system, self.roadmap.aftermath
        patience = (1.0 - system.discount)[:, None]
        undone = aftermath.undo_costs[:, used]
        deterred = system.deters @ self.states.T.astype(np.float64) + system.deters_base[:, None]
        return StateValues(
            flow=aftermath.value[:, used],
            broken=(aftermath.nobody[:, used] + undone) * patience,
            undone=undone,
            deterred=np.asarray(deterred),
            taking=self.roadmap.own_cost,
            pays=self.item_payments(self.roadmap.deviations.pays, self.roadmap.own_cost),
        )

    def item_payments(self, pays: FloatArray, taking: FloatArray) -> FloatArray:
        """Return what each item pays at once, of what each line pays (n_lines,) and each stage costs (P, K)."""
        listed = self.line >= 0
        payments = np.zeros(len(self.line))
        payments[listed] = pays[self.line[listed]]
        for blend in self.blends:
            row = self.rows[blend.row]
            if row.check is Check.BEFORE:
                payments[blend.base] = -taking[row.party, row.stage]
        return payments

    def _still_taken(self) -> BoolArray:
        left = self.roadmap.deviations.left
        taken = np.zeros_like(left)
        for row in self.rows:
            if row.check is Check.BEFORE:
                for start, stop in row.groups:
                    taken[start:stop] = left[start:stop] & self.roadmap.stages[row.stage]
        return taken

    def _segments(self, row: Row) -> tuple[Segment, ...]:
        values = self.roadmap
        n_stages = values.n_stages
        # Waiting where nothing has begun only puts everything off: the margin has the sign of not waiting.
        waits = row.stage >= 0 or values.has_begun
        if row.check is Check.END:
            return (Segment(stage=n_stages - 1, start=0, stop=-1, paid=None),)
        segments = []
        elapsed = 0
        for stage in range(row.stage if waits else 0, n_stages):
            periods = int(values.durations[stage]) if stage >= 0 else values.waiting
            is_paid = stage > row.stage or row.check is Check.BEFORE or not waits
            paid = stage if is_paid else None
            segments.append(Segment(stage=stage, start=elapsed, stop=elapsed + periods, paid=paid))
            elapsed += periods
        segments.append(Segment(stage=n_stages - 1, start=elapsed, stop=-1, paid=None))
        return tuple(segments)

    def comply(self, values: StateValues, discount: FloatArray, hazard: float) -> FloatArray:
        """Return what complying is worth, per row, at some discount factors (P,) and a hazard: (n_rows,)."""
        gamma = discount * (1.0 - hazard)
        at = self.stage_state
        flow = values.flow[:, at] + (discount * hazard)[:, None] * (
            values.broken[:, at] / (1.0 - discount)[:, None] - values.undone[:, at]
        )
        end = flow[:, -1] / (1.0 - gamma)
        after, start = [], []
        later = end
        for stage in reversed(range(self.roadmap.n_stages)):
            fades = gamma ** int(self.roadmap.durations[stage])
            after.append(flow[:, stage + 1] * (1.0 - fades) / (1.0 - gamma) + fades * later)
            start.append(after[-1] - values.taking[:, stage])
            later = start[-1]
        after.reverse()
        start.reverse()
        table = {Check.BEFORE: start, Check.AFTER: after}
        worth = np.empty(len(self.rows))
        for number, row in enumerate(self.rows):
            if row.check is Check.END:
                worth[number] = end[row.party]
            elif row.stage < 0 and not self.roadmap.has_begun:
                worth[number] = later[row.party]
            elif row.stage < 0:
                fades = gamma[row.party] ** self.roadmap.waiting
                waited = flow[row.party, 0] * (1.0 - fades) / (1.0 - gamma[row.party])
                worth[number] = waited + fades * later[row.party]
            else:
                worth[number] = table[row.check][row.stage][row.party]
        return worth

    def deviate(self, values: StateValues, discount: FloatArray, hazard: float, items: IntArray) -> FloatArray:
        """Return what some items are worth at some discount factors (P,) and a hazard: (n_items,)."""
        party, state = self.party[items], self.state[items]
        delta = discount[party]
        gamma = delta * (1.0 - hazard)
        fades = gamma ** self.lag[items]
        annuity = (1.0 - fades) / (1.0 - gamma)
        flow, broken = values.flow[party, state], values.broken[party, state] / (1.0 - delta)
        undone, deterred = values.undone[party, state], values.deterred[party, state] / (1.0 - delta)
        nobody = broken - undone
        worth = values.pays[items] + (flow + delta * hazard * nobody) * annuity + fades * (nobody - deterred)
        return np.asarray(np.where(self.is_calm[items], flow / (1.0 - delta), worth))

    def margins(
        self, values: StateValues, discount: FloatArray, hazard: float, items: IntArray | None = None
    ) -> FloatArray:
        """Return complying less deviating for some items (all unless given): (n_items,)."""
        chosen = np.arange(len(self.row)) if items is None else items
        worth = self.comply(values, discount, hazard)
        return np.asarray(worth[self.row[chosen]] - self.deviate(values, discount, hazard, chosen))

    def slopes(self, values: StateValues, discount: FloatArray, hazard: float, items: IntArray) -> FloatArray:
        """Return how fast margins of items change, of how fast what they are made of does; what cancels is zero."""
        one = self.comply(values, discount, hazard)[self.row[items]]
        other = self.deviate(values, discount, hazard, items)
        cancels = np.abs(one - other) <= CANCELS * np.maximum(np.abs(one), np.abs(other))
        return np.asarray(np.where(cancels, 0.0, one - other))

    def worst(
        self, margins: FloatArray, slopes: FloatArray | None = None
    ) -> tuple[FloatArray, FloatArray, list[IntArray]]:
        """Return the least margin of each row, of margins of all items, and what it comes from.

        Parameters
        ----------
        margins : FloatArray
            Shape (n_items,); infinite for items that do not count.
        slopes : FloatArray, optional
            Shape (n_items,): among margins that tie, the one with the least slope is taken.

        Returns
        -------
        least, slope : FloatArray
            Shape (n_rows,).
        chosen : list of IntArray
            Per row, the items that make up the deviation.
        """
        slopes = np.zeros(len(margins)) if slopes is None else slopes
        least = np.full(len(self.rows), np.inf)
        steep = np.zeros(len(self.rows))
        chosen: list[IntArray] = [np.zeros(0, dtype=np.int64)] * len(self.rows)

        def take(row: int, value: float, slope: float, items: IntArray) -> None:
            tie = TIES * max(1.0, abs(value))
            if value < least[row] - tie or (value <= least[row] + tie and slope < steep[row]):
                least[row], steep[row], chosen[row] = value, slope, items

        order = np.lexsort((margins[self.plain], self.row[self.plain]))
        ranked = self.plain[order]
        starts = np.searchsorted(self.row[ranked], np.arange(len(self.rows) + 1))
        for row, (start, stop) in enumerate(pairwise(starts.tolist())):
            lowest = margins[ranked[start]]
            if lowest == np.inf:
                continue
            tied = ranked[start:stop][margins[ranked[start:stop]] <= lowest + TIES * max(1.0, abs(lowest))]
            first = tied[np.lexsort((tied, slopes[tied]))[:1]]
            take(row, float(margins[first[0]]), float(slopes[first[0]]), first)
        for blend in self.blends:
            if margins[blend.base] == np.inf:
                continue
            value, slope, items = worst_of_blend(blend, margins, slopes)
            take(blend.row, value, slope, items)
        return least, steep, chosen


def chosen_measures(lines: MarginLines, items: Sequence[int] | IntArray) -> tuple[BoolArray, BoolArray]:
    """Return what items withhold and undo together, (n,) each; nothing of either for leaving."""
    listed = [int(lines.line[item]) for item in items if lines.line[item] >= 0]
    deviations = lines.roadmap.deviations
    none = np.zeros(lines.roadmap.system.n_measures, dtype=np.bool_)
    if not listed:
        return none, none
    withheld, undone = deviations.withheld[listed], deviations.undone[listed]
    return np.asarray(withheld.any(axis=0)), np.asarray(undone.any(axis=0))
