"""What mediators look at along a roadmap: who gives first, who can be held up, where power moves (decision 0015).

Everything is a flow equivalent, in the party's own units per period, unless it says otherwise; P parties, K stages.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS, RoadmapValues, required_trust
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, flow_values

NOTHING = 1e-12
"""Amounts no larger count as nothing given or got: far below any stated value, above rounding."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Exchange:
    """What each stage takes from each party and brings it.

    Parameters
    ----------
    starts : IntArray
        Shape (K,): periods from the start of the roadmap to that of each stage.
    gives, gets : FloatArray
        Shape (P, K), >= 0: the part of a stage's change that lowers the party's value, its own costs included, and the
        part that raises it.
    gives_at, gets_at : FloatArray
        Shape (P,): mean start of the stages, weighted by these; nan where there is nothing.
    front_loading : FloatArray
        Shape (P,), in [-1, 1]: how much later it gets than it gives, over the start of the last stage; nan likewise.
    order_cost : FloatArray
        Shape (P,): what the party would gain if everything came at once.
    worst : FloatArray
        Shape (P, K): value of each stage's state less that of the status quo.
    """

    starts: IntArray
    gives: FloatArray
    gets: FloatArray
    gives_at: FloatArray
    gets_at: FloatArray
    front_loading: FloatArray
    order_cost: FloatArray
    worst: FloatArray


def _mean_start(amounts: FloatArray, starts: IntArray) -> FloatArray:
    total = amounts.sum(axis=1)
    known = total > NOTHING
    weighted = amounts @ starts.astype(np.float64)
    return np.where(known, weighted / np.where(known, total, 1.0), np.nan)


def weigh_exchange(values: RoadmapValues) -> Exchange:
    """Tell when each party gives and when it gets.

    Notes
    -----
    Of every measure of a stage, and every term whose truth the stage changes, the change in the party's value counts
    as got if it is positive and as given if it is negative; own one-off costs c count as given, as (1 − δ)·c.
    O(P·K·(n + terms)).
    """
    system, stages = values.system, values.stages.astype(np.float64)
    patience = 1.0 - system.discount
    gives = np.maximum(-system.weight, 0.0) @ stages.T + patience[:, None] * values.own_cost
    gets = np.maximum(system.weight, 0.0) @ stages.T
    for term in system.terms:
        change = term.value * np.diff(term.holds(values.states).astype(np.float64))
        gives[term.party] += np.maximum(-change, 0.0)
        gets[term.party] += np.maximum(change, 0.0)
    starts = np.concatenate([[0], np.cumsum(values.durations[:-1])]).astype(np.int64)
    gives_at, gets_at = _mean_start(gives, starts), _mean_start(gets, starts)
    fades = system.discount[:, None] ** starts[None, :]
    flow = flow_values(system, values.states)
    return Exchange(
        starts=starts,
        gives=gives,
        gets=gets,
        gives_at=gives_at,
        gets_at=gets_at,
        # Both lie in [0, start of the last stage]; rounding must not lead out of it.
        front_loading=np.clip((gets_at - gives_at) / max(int(starts[-1]), 1), -1.0, 1.0),
        order_cost=((1.0 - fades) * (gets - gives)).sum(axis=1),
        worst=flow[:, 1:] - flow[:, :1],
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class HoldUp:
    """What each party has put in after each stage, and what the others' stopping there would do to it.

    Parameters
    ----------
    sunk : FloatArray
        Shape (P, K): what its own irreversible measures and one-off costs so far have taken from it.
    stake : FloatArray
        Shape (P, K): going on as agreed less what is left if the others stop: the most they could extract from it.
    loss : FloatArray
        Shape (P, K): the status quo for good less everything so far and what is left if the others stop, as seen from
        the start: how much worse off it would then be than if it had never begun.
    risk : FloatArray
        Shape (P, K), in [0, 1]: the least probability of the others' going on at which it need not regret to have
        begun; nan where none suffices.
    """

    sunk: FloatArray
    stake: FloatArray
    loss: FloatArray
    risk: FloatArray


def _sunk(values: RoadmapValues) -> FloatArray:
    system = values.system
    before = flow_values(system, values.states[:1])[:, 0]
    sunk = np.cumsum(values.own_cost, axis=1) * (1.0 - system.discount)[:, None]
    for party in range(system.n_parties):
        fixed = values.states[1:] & system.owns[party] & ~system.reversible
        # What an irreversible measure requires cannot be ended either.
        held = (fixed.astype(np.int64) @ system.dependents.T.astype(np.int64)) > 0
        sunk[party] += before[party] - flow_values(system, held)[party]
    return sunk


def weigh_hold_up(values: RoadmapValues) -> HoldUp:
    """Tell what each party has sunk, could lose to the others, and would regret, after each stage.

    Notes
    -----
    With N = v(S₀)/(1 − δ), and L and U the value at the start of doing stages 1 … k and then seeing the others stop, or
    go on: loss = (1 − δ)(N − L), risk = (N − L)/(U − L), 0 if L >= N and nan if U < N.
    """
    system = values.system
    discount, patience = system.discount, 1.0 - system.discount
    _, after, _ = values.path(np.array([system.hazard]))
    going_on = after[:, :, 0].T
    stopped = values.aftermath.nobody[:, values.stage_index[1:]]
    flow = values.aftermath.value[:, values.stage_index]
    never = flow[:, 0] / patience
    n_stages = values.n_stages
    loss = np.empty((system.n_parties, n_stages))
    risk = np.empty_like(loss)
    past = np.zeros(system.n_parties)
    fades = np.ones(system.n_parties)
    for k in range(n_stages):
        past = past - fades * values.own_cost[:, k]
        left = past + fades * stopped[:, k]
        kept = past + fades * going_on[:, k]
        loss[:, k] = patience * (never - left)
        for party in range(system.n_parties):
            needed = required_trust(float(kept[party]), float(never[party]), float(left[party]))
            risk[party, k] = np.nan if needed is None else needed
        lasting = discount ** int(values.durations[k])
        past = past + fades * flow[:, k + 1] * (1.0 - lasting) / patience
        fades = fades * lasting
    return HoldUp(
        sunk=_sunk(values),
        stake=patience[:, None] * (going_on - stopped),
        loss=loss,
        risk=risk,
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Power:
    """How each stage moves what parties could fall back on and what they could do to each other.

    Parameters
    ----------
    outside : FloatArray
        Shape (P, K + 1): the outside option B(S, i): what walking out of the process is worth in the status quo and
        after each stage.
    shift : FloatArray
        Shape (P, K): its change by each stage.
    share : FloatArray
        Shape (P, K): that change over what the whole roadmap gains the party; nan where it gains nothing.
    inflicts : FloatArray
        Shape (P, P, K): [i, j] is the most that i, by undoing measures of its own, could take from j per period, in
        j's units; 0 for i = j.
    """

    outside: FloatArray
    shift: FloatArray
    share: FloatArray
    inflicts: FloatArray


def weigh_power(values: RoadmapValues) -> Power:
    """Tell how each stage moves every party's outside option and what each could inflict on each other."""
    system = values.system
    patience = 1.0 - system.discount
    start, _, _ = values.path(np.array([system.hazard]))
    begun = flow_values(system, values.states[:1])[:, 0]
    outside = patience[:, None] * values.aftermath.breaker[:, values.stage_index]
    shift = np.diff(outside, axis=1)
    gain = patience * start[0, :, 0] - begun
    gains = gain > HOLDS
    share = np.where(gains[:, None], shift / np.where(gains, gain, 1.0)[:, None], np.nan)
    return Power(outside=outside, shift=shift, share=share, inflicts=_inflicted(system, values))


def _inflicted(system: System, values: RoadmapValues) -> FloatArray:
    """The worst that undoing own measures does to each other party; groups of unlinked measures add up."""
    n_parties = system.n_parties
    worst = np.zeros((n_parties, n_parties, values.n_stages))
    flow = flow_values(system, values.states)
    for row in values.deviations.rows:
        if row.check is not Check.AFTER:
            continue
        for start, stop in row.groups:
            left: BoolArray = values.deviations.left[start:stop]
            harm = flow[:, row.stage + 1, None] - flow_values(system, left)
            worst[row.party, :, row.stage] += np.maximum(harm.max(axis=1), 0.0)
        worst[row.party, row.party, row.stage] = 0.0
    return worst
