"""The chance of outside breakdown at which a roadmap stops holding.

Between two points of a grid a margin is a smooth function of the hazard h (a polynomial in γ = δ(1 − h), over 1 − γ);
the grid is finer than the fastest change that the roadmap's length allows, dips between its points are looked into,
and the first crossing is closed in on by dividing its interval again and again.  No margin is taken to be monotone.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.system import FloatArray, IntArray

FINE_STEP = 0.25
"""Grid step of −ln(1 − h), times the roadmap's length in periods: γⁿ changes by less than this share per step."""

DIVISIONS = 32
"""Parts into which an interval is divided at each closing-in."""

CLOSE = 1e-13
"""Width of the last interval."""

MOST_SURVIVAL_LOST = 12.0
"""Largest −ln(1 − h) tried: beyond it a process lasts a period once in 160,000 times."""


def least_margins(roadmap: RoadmapValues, hazard: FloatArray, numbers: IntArray | None = None) -> FloatArray:
    """Return the least margin over rows (all unless given) for each hazard, shape (H,)."""
    comply = roadmap.comply_values(hazard)
    if numbers is not None:
        comply = comply[numbers]
    return np.asarray((comply - roadmap.best_deviations(hazard, numbers)).min(axis=0))


def _grid(roadmap: RoadmapValues, lowest: float) -> FloatArray:
    """Hazards from the lowest up, close together where γⁿ changes fast, then wider."""
    length = float(roadmap.waiting + roadmap.durations.sum() + roadmap.deviations.lag.max(initial=1))
    fine = np.arange(0.0, 8.0 / length, FINE_STEP / length)
    wide = np.geomspace(8.0 / length, MOST_SURVIVAL_LOST, 40) if 8.0 / length < MOST_SURVIVAL_LOST else np.zeros(0)
    steps = np.concatenate([fine, wide])
    return np.asarray(1.0 - (1.0 - lowest) * np.exp(-steps))


def _first_negative(margins: FloatArray) -> int | None:
    below = np.flatnonzero(margins < -HOLDS)
    return int(below[0]) if below.size else None


def critical_hazard(roadmap: RoadmapValues) -> float | None:
    """Return the first hazard, at or above the system's own, at which the roadmap stops holding.

    Returns
    -------
    float or None
        A chance per period in (0, 1); None if the roadmap does not hold as it is or never stops.

    Notes
    -----
    About 80 hazards at once, then a handful of closing-in steps that look only at the rows that can be first to fail.
    """
    hazards = _grid(roadmap, roadmap.system.hazard)
    if _first_negative(least_margins(roadmap, hazards[:1])) is not None:
        return None
    every_row = roadmap.comply_values(hazards) - roadmap.best_deviations(hazards)
    crossing = _first_negative(every_row.min(axis=0))
    last = len(hazards) - 1 if crossing is None else crossing
    dip = _first_dip(roadmap, hazards, every_row, last)
    if dip is not None:
        low, high = dip
        return _close_in(roadmap, low, high, np.arange(len(every_row)))
    if crossing is None:
        return None
    failing = np.flatnonzero(every_row[:, crossing] < -HOLDS)
    return _close_in(roadmap, float(hazards[crossing - 1]), float(hazards[crossing]), failing)


def _first_dip(
    roadmap: RoadmapValues, hazards: FloatArray, every_row: FloatArray, last: int
) -> tuple[float, float] | None:
    """The first interval up to grid point `last` in which a row dips below zero between points that hold, if any."""
    beyond = np.full((len(every_row), 1), np.inf)
    padded = np.concatenate([beyond, every_row, beyond], axis=1)
    turns = (every_row <= padded[:, :-2]) & (every_row <= padded[:, 2:])
    # A parabola through three points falls at most an eighth of its second difference below the lowest of them; twice
    # that leaves room for what is not a parabola.  At either end of the grid it bends as it does next to it.
    inner = every_row[:, :-2] - 2.0 * every_row[:, 1:-1] + every_row[:, 2:]
    bend = np.concatenate([inner[:, :1], inner, inner[:, -1:]], axis=1)
    suspects = turns & (every_row >= -HOLDS) & (every_row - 0.25 * bend < -HOLDS)
    for row, column in sorted(np.argwhere(suspects[:, : last + 1]), key=lambda place: int(place[1])):
        low, high = hazards[max(column - 1, 0)], hazards[min(column + 1, last)]
        around = np.linspace(low, high, 8 * DIVISIONS + 1)
        if _first_negative(least_margins(roadmap, around, np.array([row]))) is None:
            continue
        first = _first_negative(least_margins(roadmap, around))  # another row may be the first to fail here
        if first is not None and first > 0:
            return float(around[first - 1]), float(around[first])
    return None


def _close_in(roadmap: RoadmapValues, low: float, high: float, numbers: IntArray) -> float:
    """Divide an interval that holds at its low end and not at its high one until it is narrow."""
    while high - low > CLOSE * max(1.0, high):
        points = np.linspace(low, high, DIVISIONS + 1)
        first = _first_negative(least_margins(roadmap, points, numbers))
        if first is None or first == 0:
            break
        narrower = (float(points[first - 1]), float(points[first]))
        if narrower == (low, high):
            break
        low, high = narrower
    return high
