"""Breakdowns of many states of which several are the same: each different one is worked out once."""

from __future__ import annotations

import numpy as np

from detente.kernel.breakdown import Aftermath, break_down
from detente.kernel.system import BoolArray, IntArray, System


def aftermath_at(after: Aftermath, numbers: IntArray) -> Aftermath:
    """Return the aftermaths of some of the states, in the order given."""
    return Aftermath(
        remains=after.remains[numbers],
        value=after.value[:, numbers],
        nobody=after.nobody[:, numbers],
        breaker=after.breaker[:, numbers],
        undo_costs=after.undo_costs[:, numbers],
    )


def break_down_once(system: System, states: BoolArray) -> Aftermath:
    """Return what breakdowns of states (N, n) lead to, as `break_down` does, equal states worked out once."""
    packed = np.packbits(states, axis=1)
    _, first, index = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    return aftermath_at(break_down(system, states[first]), index.ravel())
