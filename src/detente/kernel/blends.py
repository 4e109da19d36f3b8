"""Deviations that are a choice from each of several groups of measures that add up (§6 of the model).

The margins of the members of each group are kept, each against a common base; the least margin that a choice makes is
found group by group.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.roadmap import TIES
from detente.kernel.system import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Blend:
    """Deviations of one row, noticed after one lag, that are a choice from each of several groups.

    Parameters
    ----------
    base : int
        The item that changes nothing; each other item of the blend adds its difference from it.
    groups : tuple of IntArray
        Items to choose one or none of.
    exact : tuple of BoolArray
        Which of them are noticed after just that lag: one of those must be chosen.
    """

    row: int
    base: int
    groups: tuple[IntArray, ...]
    exact: tuple[BoolArray, ...]

    def items(self) -> IntArray:
        """Return all items of the blend, the base first."""
        return np.concatenate([np.array([self.base], dtype=np.int64), *self.groups])


def _lowest(values: FloatArray, slopes: FloatArray) -> int:
    """The place of the least value, of those that tie the one with the least slope."""
    least = values.min()
    tied = np.flatnonzero(values <= least + TIES * max(1.0, abs(least)))
    return int(tied[np.argmin(slopes[tied])])


def worst_of_blend(blend: Blend, margins: FloatArray, slopes: FloatArray) -> tuple[float, float, IntArray]:
    """Return the least margin that a choice from each group makes, its slope, and the items chosen."""
    base, base_slope = float(margins[blend.base]), float(slopes[blend.base])
    free: list[tuple[float, float, tuple[int, ...]]] = []
    bound: list[tuple[float, float, tuple[int, ...]] | None] = []
    for group, exact in zip(blend.groups, blend.exact, strict=True):
        added, steeper = margins[group] - base, slopes[group] - base_slope
        best: tuple[float, float, tuple[int, ...]] = (0.0, 0.0, ())
        if len(group):
            place = _lowest(added, steeper)
            value, slope = float(added[place]), float(steeper[place])
            if value < -TIES or (value <= TIES and slope < 0.0):
                best = (value, slope, (int(group[place]),))
        free.append(best)
        among = np.flatnonzero(exact)
        if len(among):
            place = int(among[_lowest(added[among], steeper[among])])
            bound.append((float(added[place]), float(steeper[place]), (int(group[place]),)))
        else:
            bound.append(None)
    found: tuple[float, float, tuple[int, ...]] | None = None
    for place, forced in enumerate(bound):
        if forced is None:
            continue
        parts = [*free[:place], forced, *free[place + 1 :]]
        value, slope = base + sum(part[0] for part in parts), base_slope + sum(part[1] for part in parts)
        items = tuple(item for part in parts for item in part[2])
        tie = TIES * max(1.0, abs(value))
        if found is None or value < found[0] - tie or (value <= found[0] + tie and slope < found[1]):
            found = (value, slope, items)
    assert found is not None, "a blend has a deviation that is noticed after its lag"
    return found[0], found[1], np.array(found[2], dtype=np.int64)
