"""What one number of a case changes in the arrays, and where along it breakdowns change (§4 of the model).

A value, a cost or a punishment enters the arrays of one party, each in proportion.  So a margin is linear in it as long
as every breakdown leaves the same behind; whether something is ended at a breakdown is decided by a linear function of
the number too, and so is the same question for a party's discount factor.  The points at which one of these decisions
turns are found exactly, round by round, and between two of them nothing turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.breakdown import PAYS, Accounts, break_down, end_what_pays, snap_back
from detente.kernel.system import BoolArray, FloatArray, IntArray, System

SAME_POINT = 1e-11
"""Points closer than this, relative above 1, are one point: what lies between them is rounding."""

ROUNDING = 1e-14
"""A gain smaller than this is rounding, and none."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Change:
    """How fast the arrays of one party change with a number.

    Parameters
    ----------
    weight, cost, undo_cost, deters : FloatArray
        Shape (n,).
    terms : FloatArray
        Shape (n_terms,): of the values of terms, those of the party only.
    is_discount : bool
        Whether the number is the party's discount factor, which changes nothing here but how gains compare with costs.
    """

    party: int
    weight: FloatArray
    cost: FloatArray
    undo_cost: FloatArray
    deters: FloatArray
    terms: FloatArray
    base: float = 0.0
    breakdown: float = 0.0
    deters_base: float = 0.0
    is_discount: bool = False

    @classmethod
    def of(cls, system: System, party: int, **parts: object) -> Change:
        """Make a change of which only some parts are not zero."""
        n_measures = system.n_measures
        zero = {name: np.zeros(n_measures) for name in ("weight", "cost", "undo_cost", "deters")}
        return cls(party=party, **{**zero, "terms": np.zeros(len(system.terms)), **parts})  # type: ignore[arg-type]

    @property
    def is_empty(self) -> bool:
        """Whether the number enters nothing."""
        arrays = (self.weight, self.cost, self.undo_cost, self.deters, self.terms)
        scalars = (self.breakdown, self.deters_base, self.is_discount)
        return not any(array.any() for array in arrays) and not any(scalars)

    def flow(self, system: System, states: BoolArray) -> FloatArray:
        """Return how fast the value of each state to the party changes: (n_states,)."""
        slopes = states @ self.weight + self.base
        for number in np.flatnonzero(self.terms).tolist():
            slopes = slopes + self.terms[number] * system.terms[number].holds(states)
        return np.asarray(slopes, dtype=np.float64)

    def flow_of_ending(self, system: System, states: BoolArray, measure: int) -> FloatArray:
        """Return how fast what ending a measure adds to the party's flow changes: (n_states,)."""
        lapsing = system.dependents[measure]
        slopes = -((states & lapsing) @ self.weight)
        for number in np.flatnonzero(self.terms).tolist():
            holds = system.terms[number].holds
            change = holds(states & ~lapsing).astype(np.float64) - holds(states)
            slopes = slopes + self.terms[number] * change
        return np.asarray(slopes, dtype=np.float64)


@dataclass(frozen=True, eq=False, kw_only=True)
class Outcomes:
    """What breakdowns lead to over a range of a number: records, one below the other, R in all, states in order.

    Parameters
    ----------
    state : IntArray
        Shape (R,): the state that each record is of; its records follow each other.
    start : FloatArray
        Shape (R,): from where on the record counts, up to the start of the state's next record.
    remains : BoolArray
        Shape (R, n): Z(X).
    undone : FloatArray
        Shape (P, R): own undo costs, at the number as it stands.
    undone_slope : FloatArray
        Shape (R,): how fast those of the party whose number it is change.
    edges : FloatArray
        The range and all points within it where anything changes, rising.
    """

    state: IntArray
    start: FloatArray
    remains: BoolArray
    undone: FloatArray
    undone_slope: FloatArray
    edges: FloatArray

    def records_at(self, point: float) -> IntArray:
        """Return the record of each state that counts at a point that is no edge: (n_states,)."""
        n_states = int(self.state[-1]) + 1
        first = np.searchsorted(self.state, np.arange(n_states))
        begun = np.bincount(self.state[self.start <= point], minlength=n_states)
        return np.asarray(first + np.maximum(begun, 1) - 1, dtype=np.int64)


class _Walk(Accounts):
    """The breakdowns of some states, each just above its own point of a number."""

    def __init__(self, system: System, change: Change, now: float, point: FloatArray) -> None:
        super().__init__(system, np.zeros((system.n_parties, len(point))))
        self.turn = np.full(len(point), np.inf)
        self.slope = np.zeros(len(point))
        self._change, self._now, self._point = change, now, point
        self._active = np.arange(len(point))

    def run(self, states: BoolArray) -> BoolArray:
        """Go through all rounds; return what remains, with costs, their slopes and the next turning points noted."""
        remains = snap_back(self.system, states)
        while self._active.size:
            before = remains[self._active]
            left = end_what_pays(self.system, before, self)
            remains[self._active] = left
            self._active = self._active[(left != before).any(axis=1)]
        return remains

    def pays(self, states: BoolArray, rows: IntArray, measure: int, gains: FloatArray) -> BoolArray:
        """Tell whom ending a measure pays just above each state's point; note where that turns next."""
        result = super().pays(states, rows, measure, gains)
        own = self._change.party
        if self.system.owns[own, measure]:
            slopes = self._change.flow_of_ending(self.system, states, measure)
            result[own] = self._decide(self._active[rows], measure, gains[own], slopes)
        return result

    def charge(self, rows: IntArray, measure: int, paying: BoolArray) -> None:
        """Note what ending a measure costs, and how fast that changes with the number."""
        super().charge(self._active[rows], measure, paying)
        self.slope[self._active[rows]] += self._change.undo_cost[measure] * paying[self._change.party]

    def _decide(self, rows: IntArray, measure: int, gains: FloatArray, slopes: FloatArray) -> BoolArray:
        own, change = self._change.party, self._change
        undo = float(self.system.undo_cost[own, measure]) + PAYS
        patience = 1.0 - float(self.system.discount[own])
        gains = np.where(np.abs(gains) < ROUNDING, 0.0, gains)
        if change.is_discount:
            surplus, steep = gains - undo * patience, np.full(len(rows), undo)
            moves = np.ones(len(rows), dtype=np.bool_)
        else:
            surplus, steep = gains / patience - undo, slopes / patience - change.undo_cost[measure]
            moves = np.abs(steep) > ROUNDING
        root = self._now - surplus / np.where(moves, steep, 1.0)
        at = self._point[rows]
        passed = root <= at + SAME_POINT * np.maximum(1.0, np.abs(at))
        self.turn[rows] = np.minimum(self.turn[rows], np.where(moves & ~passed, root, np.inf))
        return np.asarray(np.where(moves, passed == (steep > 0.0), surplus > 0.0), dtype=np.bool_)


def turning_measures(system: System, change: Change) -> BoolArray:
    """Return the measures, (n,), whose ending at a breakdown, or its cost, a number can decide."""
    own = change.party
    turning = np.zeros(system.n_measures, dtype=np.bool_)
    for measure in np.flatnonzero(system.owns[own] & system.reversible & ~system.keep).tolist():
        lapsing = system.dependents[measure]
        touched = any((system.terms[number].measures & lapsing).any() for number in np.flatnonzero(change.terms))
        moves = change.is_discount or bool(change.undo_cost[measure]) or bool(change.weight[lapsing].any())
        turning[measure] = touched or moves
    return turning


def sweep_breakdowns(
    system: System, change: Change, now: float, states: BoolArray, low: float, high: float
) -> Outcomes:
    """Return what breakdowns of states lead to over a range of a number, piece by piece.

    Parameters
    ----------
    system : System
        The game with the number as it stands.
    change : Change
        What the number enters.
    now : float
        The number as it stands.
    states : BoolArray
        Shape (n_states, n).
    low, high : float
        The range, which may or may not contain `now`.

    Returns
    -------
    Outcomes
        Every state's breakdown between any two of its turning points.

    Notes
    -----
    A walk per piece and state: from just above a point, all rounds are gone through, and the nearest point above at
    which one of the decisions on the way turns is where the next piece begins.  Until there every round is the same,
    so nothing in between is missed.
    """
    found: list[tuple[IntArray, FloatArray, BoolArray, FloatArray, FloatArray]] = []
    turning = (states & turning_measures(system, change)).any(axis=1)
    active, still = np.flatnonzero(turning), np.flatnonzero(~turning)
    if still.size:
        after = break_down(system, states[still])
        start = np.full(len(still), low, dtype=np.float64)
        found.append((still, start, after.remains, after.undo_costs, np.zeros(len(still))))
    point = np.full(len(states), low, dtype=np.float64)
    while active.size:
        walk = _Walk(system, change, now, point[active])
        remains = walk.run(states[active])
        found.append((active, point[active], remains, walk.costs, walk.slope))
        point[active] = walk.turn
        active = active[walk.turn < high]
    state = np.concatenate([part[0] for part in found])
    start = np.concatenate([part[1] for part in found])
    order = np.lexsort((start, state))
    turning = np.sort(start[start > low])
    apart = np.concatenate([[True], np.diff(turning) > SAME_POINT * np.maximum(1.0, np.abs(turning[1:]))])
    return Outcomes(
        state=state[order],
        start=start[order],
        remains=np.concatenate([part[2] for part in found])[order],
        undone=np.concatenate([part[3] for part in found], axis=1)[:, order],
        undone_slope=np.concatenate([part[4] for part in found])[order],
        edges=np.concatenate([[low], turning[apart[: len(turning)]], [high]]),
    )
