"""Upper bounds: how good a roadmap could be if every state were worth its ideal (§8 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.arcs import Arcs
from detente.kernel.bounds import widest_path
from detente.kernel.expansion import HELD
from detente.kernel.labelling import Bounded
from detente.kernel.system import FloatArray


def _complying(arcs: Arcs, later: FloatArray) -> tuple[FloatArray, FloatArray]:
    """What each arc brings, before and after its own costs, if what follows is worth `later`: (M, P) each."""
    after = arcs.stay[arcs.target] * arcs.annuity.T[arcs.length] + arcs.fades.T[arcs.length] * later
    return after - arcs.own_cost, after


def _margins_before(arcs: Arcs, later: FloatArray) -> FloatArray:
    """The least flow margin of each arc before its stage: (M,)."""
    start, _ = _complying(arcs, later)
    return np.asarray(((start - arcs.before) * arcs.patience)[:, arcs.checked].min(axis=1))


def _margins(arcs: Arcs, later: FloatArray) -> FloatArray:
    """The least flow margin of each arc before and after its stage: (M,)."""
    _, after = _complying(arcs, later)
    behind = ((after - arcs.after[arcs.target, arcs.length]) * arcs.patience)[:, arcs.checked]
    return np.asarray(np.minimum(_margins_before(arcs, later), behind.min(axis=1)))


def _reliance(arcs: Arcs, later: FloatArray) -> FloatArray:
    """Minus the largest required trust of each arc: (M,)."""
    start, _ = _complying(arcs, later)
    leave = arcs.leave[arcs.source]
    asks = arcs.checked & (arcs.betrayed < leave - HELD)
    alone = np.where(asks, arcs.betrayed, leave)
    room = np.maximum(start - alone, 1e-300)
    return np.asarray(-np.where(asks, np.minimum(1.0, (leave - alone) / room), 0.0).max(axis=1))


def _widest(bounded: Bounded, under_way: FloatArray, at_end: FloatArray) -> float:
    arcs = bounded.arcs
    return float(widest_path(arcs.order, arcs.first, arcs.target, arcs.is_end, bounded.bounds.alive, under_way, at_end))


def margin_ceiling(bounded: Bounded) -> float:
    """Return what no roadmap's least flow margin exceeds; inf if nobody's checks count."""
    arcs = bounded.arcs
    if not arcs.checked.any():
        return np.inf
    ends = arcs.end_values[arcs.target]
    return _widest(bounded, _margins(arcs, bounded.bounds.ideal[arcs.target]), _margins_before(arcs, ends))


def reliance_ceiling(bounded: Bounded) -> float:
    """Return minus the trust that every roadmap asks for at least."""
    arcs = bounded.arcs
    return _widest(
        bounded, _reliance(arcs, bounded.bounds.ideal[arcs.target]), _reliance(arcs, arcs.end_values[arcs.target])
    )
