"""What compiled code looks up: values, breakdowns and lags of all states of a design (§3–5 of the model)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.kernel.bits import make_index, to_masks, to_states
from detente.kernel.breakdown import break_down
from detente.kernel.lattice import list_states
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, flow_values, lags


class Tables(NamedTuple):
    """What compiled code looks up; T states in all, the first of them the ideals; masks have bit i for column i.

    Parameters
    ----------
    states : IntArray
        Shape (T,): masks; `keys` and `places` are their index (`detente.kernel.bits.find`).
    flow : FloatArray
        Shape (T, P): value per period of living in a state, the risk of breakdown included.
    nobody, breaker : FloatArray
        Shape (T, P): values of breakdown.
    lag : IntArray
        Shape (T, n), periods, as 32-bit integers.
    fades, annuity : FloatArray
        Shape (P, longest + 1): γⁿ and (1 − γⁿ)/(1 − γ).
    start_value : FloatArray
        Shape (P,): present value of the status quo for good.
    withholds, undoes, owns, others_own : IntArray
        Shape (P,): masks of measures; see `detente.kernel.system.System`.
    dependents, requisites : IntArray
        Shape (n,): what requires a measure, and what it requires, itself and through others too.
    reversible : int
        Mask.
    cost, undo_cost : FloatArray
        Shape (P, n): own one-off costs.
    patience : FloatArray
        Shape (P,): 1 − δ.
    """

    states: IntArray
    keys: IntArray
    places: IntArray
    flow: FloatArray
    nobody: FloatArray
    breaker: FloatArray
    lag: NDArray[np.int32]
    fades: FloatArray
    annuity: FloatArray
    start_value: FloatArray
    withholds: IntArray
    undoes: IntArray
    owns: IntArray
    others_own: IntArray
    dependents: IntArray
    requisites: IntArray
    reversible: int
    cost: FloatArray
    undo_cost: FloatArray
    duration: IntArray
    patience: FloatArray


def make_tables(system: System, ideals: IntArray, feasible: BoolArray, *, longest: int = 1) -> Tables:
    """Work out values, breakdowns and lags of every state that the design can meet, and powers up to `longest`."""
    masks = list_states(system, ideals, feasible)
    states = to_states(masks, system.n_measures)
    aftermath = break_down(system, states)
    longest = int(max(longest, system.lag.max(initial=1), system.duration.max(initial=1)))
    gamma = system.discount * (1.0 - system.hazard)
    powers = gamma[:, None] ** np.arange(longest + 1)
    keys, places = make_index(masks)
    risk = (system.discount * system.hazard)[:, None]
    nothing = np.zeros((1, system.n_measures), dtype=np.bool_)
    return Tables(
        states=masks,
        keys=keys,
        places=places,
        flow=np.ascontiguousarray((aftermath.value + risk * aftermath.nobody).T),
        nobody=np.ascontiguousarray(aftermath.nobody.T),
        breaker=np.ascontiguousarray(aftermath.breaker.T),
        lag=lags(system, states).astype(np.int32),
        fades=powers,
        annuity=(1.0 - powers) / (1.0 - gamma[:, None]),
        start_value=flow_values(system, nothing)[:, 0] / (1.0 - system.discount),
        withholds=to_masks(system.withholds),
        undoes=to_masks(system.undoes),
        owns=to_masks(system.owns),
        others_own=to_masks(system.others_own),
        dependents=to_masks(system.dependents),
        requisites=to_masks(system.dependents.T),
        reversible=int(to_masks(system.reversible)),
        cost=np.where(system.owns, system.cost, 0.0),
        undo_cost=np.ascontiguousarray(system.undo_cost),
        duration=system.duration,
        patience=1.0 - system.discount,
    )
