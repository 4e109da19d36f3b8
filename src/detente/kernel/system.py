"""A system of parties and measures as arrays (§2–4 of the model).

Only the measures that can vary are columns; what is in force in the status quo is folded into the constants, and what
is neither in the status quo nor a column is never in force.  A state is a row of booleans, one per column.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

Predicate = Callable[[BoolArray], BoolArray]
"""Tells for states (n_states, n_measures) which of them satisfy a condition (n_states,)."""

NEVER = 2**31 - 1
"""A lag that no verification shortens to; longer than any roadmap."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Term:
    """Value per period to one party in the states that satisfy a predicate.

    Parameters
    ----------
    measures : BoolArray
        Shape (n_measures,): the columns that the predicate looks at.
    """

    party: int
    holds: Predicate
    value: float
    measures: BoolArray


@dataclass(frozen=True, eq=False, kw_only=True)
class EndingRule:
    """When members of a forum can end a measure together: enough gainers, with every veto holder among them.

    Parameters
    ----------
    members, veto : BoolArray
        Shape (n_parties,).
    quota : int
        Votes of members needed beside the seats that nobody in the case holds; at least 1.
    """

    members: BoolArray
    veto: BoolArray
    quota: int


@dataclass(frozen=True, eq=False, kw_only=True)
class System:
    """The arrays of one game; P parties, n measures that vary.

    Parameters
    ----------
    base : FloatArray
        Shape (P,): value per period of what is always in force.
    weight : FloatArray
        Shape (P, n): value per period of each measure.
    terms : tuple of Term
        Values of combinations.
    discount : FloatArray
        Shape (P,): discount factor per period, in (0, 1).
    hazard : float
        Chance per period, in [0, 1), that the process breaks for reasons outside it.
    breakdown : FloatArray
        Shape (P,): value per period, <= 0, of a broken process.
    owns : BoolArray
        Shape (P, n): owners; members of a forum count as owners.
    others_own : BoolArray
        Shape (P, n): whether anybody but the party owns the measure.
    withholds : BoolArray
        Shape (P, n): whether the party alone can withhold the measure.
    undoes : BoolArray
        Shape (P, n): whether the party alone can end the measure once it is in force.
    cost, undo_cost : FloatArray
        Shape (P, n): one-off costs, >= 0.
    reversible, snapback, keep : BoolArray
        Shape (n,).
    ending_rules : dict
        Column -> rule, for measures of forums.
    duration, lag : IntArray
        Shape (n,): periods, >= 1.
    granted_lag : IntArray
        Shape (n, n): [verifier, measure] the detection lag that the verifier grants, else `NEVER`.
    deters : FloatArray
        Shape (P, n); `deters_base` (P,) is what the status quo deters already.
    dependents : BoolArray
        Shape (n, n): [m, j] whether j is m or requires it, through others too.
    is_separable : bool
        Whether margins have the parts F, G, H and C of §6: no terms, no dependence, no hazard.
    """

    base: FloatArray
    weight: FloatArray
    terms: tuple[Term, ...]
    discount: FloatArray
    hazard: float
    breakdown: FloatArray
    owns: BoolArray
    others_own: BoolArray
    withholds: BoolArray
    undoes: BoolArray
    cost: FloatArray
    undo_cost: FloatArray
    reversible: BoolArray
    snapback: BoolArray
    keep: BoolArray
    ending_rules: dict[int, EndingRule]
    duration: IntArray
    lag: IntArray
    granted_lag: IntArray
    deters: FloatArray
    deters_base: FloatArray
    dependents: BoolArray
    is_separable: bool

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return int(self.weight.shape[0])

    @property
    def n_measures(self) -> int:
        """Number of measures that vary."""
        return int(self.weight.shape[1])


def flow_values(system: System, states: BoolArray) -> FloatArray:
    """Return what each state is worth to each party per period (§3).

    Parameters
    ----------
    system : System
        The game.
    states : BoolArray
        Shape (n_states, n).

    Returns
    -------
    FloatArray
        Shape (P, n_states), in each party's own value units per period.

    Notes
    -----
    v_i(S) = Σ_{m∈S} w_i(m) + the terms that S satisfies; O(n_states · (P·n + number of terms)).
    """
    values = system.weight @ states.T.astype(np.float64) + system.base[:, None]
    for term in system.terms:
        values[term.party] += term.value * term.holds(states)
    return np.asarray(values, dtype=np.float64)


def lags(system: System, states: BoolArray) -> IntArray:
    """Return how long it takes, in each state, until a lapse of each measure is noticed (§5).

    Returns
    -------
    IntArray
        Shape (n_states, n), periods: the smaller of the measure's own lag and the shortest that a measure in force
        grants it.
    """
    shortest = np.tile(system.lag, (states.shape[0], 1))
    for verifier in np.flatnonzero((system.granted_lag < NEVER).any(axis=1)):
        rows = states[:, verifier]
        shortest[rows] = np.minimum(shortest[rows], system.granted_lag[verifier])
    return shortest
