"""The chance of outside breakdown at which a roadmap stops holding.

A margin is a sum of powers of γ = δ(1 − h), some counted positive and some negative, and each power is convex in the
hazard h.  So over an interval the margin lies between two straight lines, and an interval is divided until they tell
whether the roadmap holds all over it.  No margin is taken to be monotone, and no dip is too narrow to be found.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.lines import MarginLines
from detente.kernel.regions import find_regions
from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.series import HazardFamily, hazard_edges
from detente.kernel.system import FloatArray


def least_margins(roadmap: RoadmapValues, hazard: FloatArray) -> FloatArray:
    """Return the least margin over rows for each hazard, shape (H,)."""
    return np.asarray((roadmap.comply_values(hazard) - roadmap.best_deviations(hazard)).min(axis=0))


def critical_hazard(roadmap: RoadmapValues) -> float | None:
    """Return the first hazard, at or above the system's own, at which the roadmap stops holding.

    Returns
    -------
    float or None
        A chance per period in (0, 1); None if the roadmap does not hold as it is or never stops.

    Notes
    -----
    A few dozen intervals at once, then those that are not settled, with the deviations that may be the first to tempt.
    Proven up to rounding: a dip below the tolerance by less than about 1e-12 may be taken for none.
    """
    own = roadmap.system.hazard
    if least_margins(roadmap, np.array([own]))[0] < -HOLDS:
        return None
    family = HazardFamily(MarginLines(roadmap))
    regions = find_regions(family, hazard_edges(roadmap.system.discount, own), until_failure=True)
    # The first stretch holds, or is a point: the case's own hazard was looked at above.
    failing = [region for region in regions if not region.holds]
    return failing[0].low if failing and failing[0].low < 1.0 else None
