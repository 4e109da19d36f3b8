"""How much a value here can make of the first value: lines above it, for the product of gains (§8 of the model)."""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.kernel.arcs import Arcs
from detente.kernel.bounds import SLACK
from detente.kernel.system import BoolArray, FloatArray


@njit(cache=True, error_model="numpy")
def upstream_lines(arcs: Arcs, alive: BoolArray, ideal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lines above the most that the first value can become from a value here: slopes and constants, (N, P) each.

    That most is a maximum of affine functions of the value here, so convex, and below its chord over the values
    possible.
    """
    fades, annuity = arcs.fades, arcs.annuity
    order, first, target, length = arcs.order, arcs.first, arcs.target, arcs.length
    own_cost, stay, is_end, end_values = arcs.own_cost, arcs.stay, arcs.is_end, arcs.end_values
    n_states, n_parties = stay.shape
    lowest = np.full((n_states, n_parties), np.inf)
    highest = ideal.copy()
    for step in range(n_states):
        state = order[step]
        if is_end[state]:
            for party in range(n_parties):
                lowest[state, party] = min(lowest[state, party], end_values[state, party])
                highest[state, party] = max(highest[state, party], end_values[state, party])
        for arc in range(first[step], first[step + 1]):
            if not alive[arc]:
                continue
            to = target[arc]
            for party in range(n_parties):
                constant = stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                value = constant + fades[party, length[arc]] * lowest[to, party]
                lowest[state, party] = min(lowest[state, party], value)
    at_low = np.full((n_states, n_parties), -np.inf)
    at_high = np.full((n_states, n_parties), -np.inf)
    slopes = np.zeros((n_states, n_parties))
    constants = np.full((n_states, n_parties), -np.inf)
    root = order[n_states - 1]
    for step in range(n_states - 1, -1, -1):
        state = order[step]
        for party in range(n_parties):
            if state == root:
                slopes[state, party], constants[state, party] = 1.0, 0.0
            elif at_high[state, party] > -np.inf:
                width = highest[state, party] - lowest[state, party]
                slope = (at_high[state, party] - at_low[state, party]) / width if width > 1e-9 else 0.0
                slopes[state, party] = slope
                constants[state, party] = (
                    at_high[state, party] - slope * highest[state, party]
                    if width > 1e-9
                    else (max(at_high[state, party], at_low[state, party]))
                )
                constants[state, party] += SLACK * (1.0 + abs(at_high[state, party]))
        for arc in range(first[step], first[step + 1]):
            if not alive[arc]:
                continue
            to = target[arc]
            for party in range(n_parties):
                constant = stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                fade = fades[party, length[arc]]
                slope = slopes[state, party]
                base = slope * constant + constants[state, party]
                at_low[to, party] = max(at_low[to, party], base + slope * fade * lowest[to, party])
                at_high[to, party] = max(at_high[to, party], base + slope * fade * highest[to, party])
    return slopes, constants
