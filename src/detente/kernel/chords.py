"""How much a value here can make of the first value: lines above it, for the product of gains (§8 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.bounds import SLACK, Bounds
from detente.kernel.system import FloatArray

NARROW = 1e-9
"""Values that differ by less are taken as one: no chord is drawn through them."""


def upstream_lines(bounds: Bounds) -> tuple[FloatArray, FloatArray]:
    """Return lines above the most that the first value can become from a value here.

    Returns
    -------
    tuple of FloatArray
        Slopes and constants, shape (N, P) each.

    Notes
    -----
    That most is a maximum of affine functions of the value here, so convex, and below its chord over the values
    possible.
    """
    arcs = bounds.arcs
    n_states, n_parties = arcs.end_values.shape
    fade = arcs.fades.T[arcs.length]
    ends = arcs.is_end[:, None]
    lowest = np.where(ends, arcs.end_values, np.inf)
    highest = np.where(ends, np.maximum(bounds.ideal, arcs.end_values), bounds.ideal)
    for low, high in arcs.levels:
        part = slice(int(arcs.first[low]), int(arcs.first[high]))
        value = arcs.constant[part] + fade[part] * lowest[arcs.target[part]]
        np.minimum.at(lowest, arcs.source[part], value)
    at_low = np.full((n_states, n_parties), -np.inf)
    at_high = np.full((n_states, n_parties), -np.inf)
    slopes = np.zeros((n_states, n_parties))
    constants = np.full((n_states, n_parties), -np.inf)
    root = arcs.order[-1]
    for low, high in reversed(arcs.levels):
        states = arcs.order[low:high]
        reached = states[at_high[states, 0] > -np.inf]
        width = highest[reached] - lowest[reached]
        wide = width > NARROW
        rise = np.where(wide, at_high[reached] - at_low[reached], 0.0)
        slope = rise / np.where(wide, width, 1.0)
        slopes[reached] = slope
        top = np.maximum(at_high[reached], at_low[reached])
        constants[reached] = np.where(wide, at_high[reached] - slope * highest[reached], top)
        constants[reached] += SLACK * (1.0 + np.abs(at_high[reached]))
        if root in states:
            slopes[root], constants[root] = 1.0, 0.0
        part = slice(int(arcs.first[low]), int(arcs.first[high]))
        source, target = arcs.source[part], arcs.target[part]
        base = slopes[source] * arcs.constant[part] + constants[source]
        steep = slopes[source] * fade[part]
        np.maximum.at(at_low, target, base + steep * lowest[target])
        np.maximum.at(at_high, target, base + steep * highest[target])
    return slopes, constants
