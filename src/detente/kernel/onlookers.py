"""What a roadmap is worth to those who take part in it, and to those who only look on (§5 and §10 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.breakdown import break_down
from detente.kernel.roadmap import least_durations, stage_states
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, flow_values


def _flow_gain(
    system: System, hazard: float, values: FloatArray, broken: FloatArray, costs: FloatArray, durations: IntArray
) -> FloatArray:
    """(1 − δ)·V(1) − v(S₀): from values and values of breakdown, (P, K + 1), and own one-off costs, (P, K)."""
    gamma = system.discount * (1.0 - hazard)
    flow = values + (system.discount * hazard)[:, None] * broken
    later = flow[:, -1] / (1.0 - gamma)
    for k in reversed(range(len(durations))):
        fade = gamma ** int(durations[k])
        later = -costs[:, k] + flow[:, k + 1] * (1.0 - fade) / (1.0 - gamma) + fade * later
    return np.asarray((1.0 - system.discount) * later - values[:, 0])


def flow_gains(table: System, onlookers: System, stages: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return what a roadmap of those at a table adds to the flow of each of them, and of each onlooker.

    Parameters
    ----------
    table, onlookers : System
        The same measures as columns; the parties of the one take the roadmap, those of the other do not.
    stages : BoolArray
        Shape (K, n): the measures of each stage, of least length.

    Returns
    -------
    members, others : FloatArray
        (1 − δ_i)·V_i(1) − v_i(S₀), in each party's own value units per period.

    Notes
    -----
    The hazard and what remains after a breakdown are those of the table.  An onlooker pays no cost and ends nothing;
    once the process is broken it has v_i(Z) + b_i per period, as if nobody at the table had been it.
    """
    states = stage_states(stages)
    durations = least_durations(table, states)
    aftermath = break_down(table, states)
    own = np.where(table.owns, table.cost, 0.0) @ stages.T.astype(np.float64)
    members = _flow_gain(table, table.hazard, aftermath.value, aftermath.nobody, own, durations)
    left = (flow_values(onlookers, aftermath.remains) + onlookers.breakdown[:, None]) / (
        1.0 - onlookers.discount[:, None]
    )
    nothing = np.zeros((onlookers.n_parties, len(durations)))
    values = flow_values(onlookers, states)
    return members, _flow_gain(onlookers, table.hazard, values, left, nothing, durations)


def gain_ceilings(table: System, start: FloatArray) -> FloatArray:
    """Return what no roadmap can add to the flow of each party beyond: shape (P,).

    Parameters
    ----------
    start : FloatArray
        Shape (P,): the status quo, per period.

    Notes
    -----
    (1 − δ)·V(1) is a mean of flows v_i(S), of v_i(Z) + b_i <= v_i(Z) after breakdowns, less costs.  No state is worth
    more than everything in it that is worth anything, with every term that can hold and is worth something.
    """
    best = table.base + np.maximum(table.weight, 0.0).sum(axis=1)
    empty = np.zeros((1, table.n_measures), dtype=np.bool_)
    for term in table.terms:
        if term.measures.any():
            best[term.party] += max(term.value, 0.0)
        elif bool(term.holds(empty)[0]):
            best[term.party] += term.value
    return np.asarray(best - start)
