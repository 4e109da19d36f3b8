"""What is left when a process breaks down, and what that is worth (§4 of the model)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.system import BoolArray, FloatArray, System, flow_values

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


def _can_end(system: System, states: BoolArray, measure: int) -> BoolArray:
    """Where the measure is in force and nothing irreversible depends on it."""
    irreversible = system.dependents[measure] & ~system.reversible
    ready = states[:, measure]
    return ready & ~states[:, irreversible].any(axis=1) if irreversible.any() else ready


def _snap_back(system: System, states: BoolArray) -> BoolArray:
    remaining = states.copy()
    for measure in np.flatnonzero(system.snapback).tolist():
        ends = _can_end(system, states, measure)
        remaining &= ~(ends[:, None] & system.dependents[measure])
    return remaining


def _gains(system: System, states: BoolArray, measure: int) -> FloatArray:
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


def _one_round(system: System, states: BoolArray, costs: FloatArray) -> BoolArray:
    """End at once whatever pays somebody who can end it; add undo costs in place; return what remains."""
    patience = 1.0 - system.discount
    remaining = states.copy()
    for measure in np.flatnonzero(system.reversible & ~system.keep).tolist():
        ready = np.flatnonzero(_can_end(system, states, measure))
        if ready.size == 0:
            continue
        gains = _gains(system, states[ready], measure) / patience[:, None]
        pays = gains > system.undo_cost[:, measure, None] + PAYS
        pays &= system.owns[:, measure, None]
        rule = system.ending_rules.get(measure)
        quota, veto = (1, slice(0)) if rule is None else (rule.quota, rule.veto)
        ends: BoolArray = (pays.sum(axis=0) >= quota) & pays[veto].all(axis=0)
        if not ends.any():
            continue
        costs[:, ready] += np.where(pays & ends, system.undo_cost[:, measure, None], 0.0)
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
        remains[part] = _snap_back(system, states[part])
        active = np.arange(start, min(start + CHUNK, n_states))
        while active.size:
            before = remains[active]
            paid = np.zeros((system.n_parties, active.size))
            left = _one_round(system, before, paid)
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
