"""Upper bounds: how good a roadmap could be if every state were worth its ideal (§8 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.arcs import Arcs
from detente.kernel.bounds import Bounds, widest_path
from detente.kernel.expansion import HELD
from detente.kernel.system import FloatArray


def complying(arcs: Arcs, later: FloatArray) -> FloatArray:
    """Return what each arc brings if what follows is worth `later`: (M, P)."""
    return np.asarray(arcs.constant + arcs.fades.T[arcs.length] * later)


def _least_margin(arcs: Arcs, later: FloatArray, deviate: FloatArray) -> FloatArray:
    """The least flow margin of each arc over parties whose checks count: (M,)."""
    return np.asarray(((complying(arcs, later) - deviate) * arcs.patience)[:, arcs.checked].min(axis=1))


def _reliance(arcs: Arcs, later: FloatArray) -> FloatArray:
    """Minus the largest required trust of each arc: (M,)."""
    leave = arcs.leave[arcs.source]
    asks = arcs.checked & (arcs.betrayed < leave - HELD)
    alone = np.where(asks, arcs.betrayed, leave)
    room = np.maximum(complying(arcs, later) - alone, 1e-300)
    return np.asarray(-np.where(asks, np.minimum(1.0, (leave - alone) / room), 0.0).max(axis=1))


def margin_ceiling(bounds: Bounds) -> float:
    """Return what no roadmap's least flow margin exceeds; inf if nobody's checks count."""
    arcs = bounds.arcs
    if not arcs.checked.any():
        return np.inf
    under_way = _least_margin(arcs, bounds.ideal[arcs.target], np.maximum(arcs.before, arcs.behind))
    return widest_path(bounds, under_way, _least_margin(arcs, arcs.end_values[arcs.target], arcs.before))


def reliance_ceiling(bounds: Bounds) -> float:
    """Return minus the trust that every roadmap asks for at least."""
    arcs = bounds.arcs
    under_way = _reliance(arcs, bounds.ideal[arcs.target])
    return widest_path(bounds, under_way, _reliance(arcs, arcs.end_values[arcs.target]))
