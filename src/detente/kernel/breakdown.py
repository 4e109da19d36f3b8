"""What is left when a process breaks down, and what that is worth (§4 of the model)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.system import BoolArray, FloatArray, IntArray, System, flow_values

PAYS = 1e-12
"""An ending pays only by more than this, so that rounding cannot end what nobody gains from ending."""

CHUNK = 1 << 15
"""States treated at once: bounds the memory of intermediate arrays."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Aftermath:
    """What breakdowns of some states lead to.

    Parameters
    ----------
    remains : BoolArray
        Shape (n_states, n): Z(X), the measures still in force afterwards.
    value : FloatArray
        Shape (P, n_states): v(X), per period.
    nobody : FloatArray
        Shape (P, n_states): B_i(X, nobody), present value if the party did not break the process itself.
    breaker : FloatArray
        Shape (P, n_states): B_i(X, i), present value if it did.
    undo_costs : FloatArray
        Shape (P, n_states): own undo costs on the way from X to Z(X).
    """

    remains: BoolArray
    value: FloatArray
    nobody: FloatArray
    breaker: FloatArray
    undo_costs: FloatArray


def can_end(system: System, states: BoolArray, measure: int) -> BoolArray:
    """Where the measure is in force and nothing irreversible depends on it."""
    irreversible = system.dependents[measure] & ~system.reversible
    ready = states[:, measure]
    return ready & ~states[:, irreversible].any(axis=1) if irreversible.any() else ready


def snap_back(system: System, states: BoolArray) -> BoolArray:
    """Return what remains of states when everything so marked has ended of itself."""
    remaining = states.copy()
    for measure in np.flatnonzero(system.snapback).tolist():
        ends = can_end(system, states, measure)
        remaining &= ~(ends[:, None] & system.dependents[measure])
    return remaining


def gains_of_ending(system: System, states: BoolArray, measure: int) -> FloatArray:
    """What ending the measure, and what lapses with it, adds to each party's flow: (P, n_states)."""
    lapsing = system.dependents[measure]
    columns = np.flatnonzero(lapsing)
    gains = -(system.weight[:, columns] @ states[:, columns].T.astype(np.float64))
    touched = [term for term in system.terms if (term.measures & lapsing).any()]
    if touched:
        without = states & ~lapsing
        for term in touched:
            change = term.holds(without).astype(np.float64) - term.holds(states)
            gains[term.party] += term.value * change
    return np.asarray(gains, dtype=np.float64)


class Accounts:
    """Whom ending something pays, and who has borne what for it, while states break down.

    Parameters
    ----------
    costs : FloatArray
        Shape (P, n_states): own undo costs, added to in place.
    """

    def __init__(self, system: System, costs: FloatArray) -> None:
        self.system = system
        self.costs = costs
        self._patience = (1.0 - system.discount)[:, None]

    def pays(self, states: BoolArray, rows: IntArray, measure: int, gains: FloatArray) -> BoolArray:
        """Tell whom ending a measure pays, (P, n_rows), of what it adds to each party's flow in these rows."""
        return np.asarray(gains / self._patience > self.system.undo_cost[:, measure, None] + PAYS)

    def charge(self, rows: IntArray, measure: int, paying: BoolArray) -> None:
        """Note that these parties, (P, n_rows), end a measure in these rows of states."""
        self.costs[:, rows] += np.where(paying, self.system.undo_cost[:, measure, None], 0.0)


def end_what_pays(system: System, states: BoolArray, accounts: Accounts) -> BoolArray:
    """End at once whatever pays somebody who can end it; return what remains."""
    remaining = states.copy()
    for measure in np.flatnonzero(system.reversible & ~system.keep).tolist():
        ready = np.flatnonzero(can_end(system, states, measure))
        if ready.size == 0:
            continue
        gains = gains_of_ending(system, states[ready], measure)
        pays = accounts.pays(states[ready], ready, measure, gains) & system.owns[:, measure, None]
        rule = system.ending_rules.get(measure)
        quota, veto = (1, slice(0)) if rule is None else (rule.quota, rule.veto)
        ends: BoolArray = (pays.sum(axis=0) >= quota) & pays[veto].all(axis=0)
        if not ends.any():
            continue
        accounts.charge(ready, measure, pays & ends)
        remaining[ready] &= ~(ends[:, None] & system.dependents[measure])
    return remaining


def break_down(system: System, states: BoolArray) -> Aftermath:
    """Return what remains of each state when the process breaks there, and its value to each party.

    Parameters
    ----------
    system : System
        The game.
    states : BoolArray
        Shape (n_states, n), feasible or not.

    Returns
    -------
    Aftermath
        Arrays over the states given.

    Notes
    -----
    Snapback first, then rounds in which everything whose ending pays an owner ends at once, until a round changes
    nothing; at most n rounds, each O(n_states · n · (P·n + terms)).
    """
    n_states = states.shape[0]
    remains = np.empty_like(states)
    costs = np.zeros((system.n_parties, n_states))
    for start in range(0, n_states, CHUNK):
        part = slice(start, start + CHUNK)
        remains[part] = snap_back(system, states[part])
        active = np.arange(start, min(start + CHUNK, n_states))
        while active.size:
            before = remains[active]
            paid = np.zeros((system.n_parties, active.size))
            left = end_what_pays(system, before, Accounts(system, paid))
            costs[:, active] += paid
            remains[active] = left
            active = active[(left != before).any(axis=1)]
    value = flow_values(system, states)
    patience = (1.0 - system.discount)[:, None]
    after = flow_values(system, remains) + system.breakdown[:, None]
    punished = system.deters @ states.T.astype(np.float64) + system.deters_base[:, None]
    return Aftermath(
        remains=remains,
        value=value,
        nobody=after / patience - costs,
        breaker=(after - punished) / patience - costs,
        undo_costs=costs,
    )
