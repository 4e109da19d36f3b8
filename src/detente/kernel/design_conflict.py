"""Why no roadmap holds: the fewest parties, then measures, whose deviations rule out every one (§8 of the model).

Any set that rules out every roadmap must rule out each one that is shown to it.  So the smallest set that does so for
the roadmaps seen so far is tried; either no roadmap survives it, and it is a smallest conflict, or one does and is
added.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from detente.kernel.bits import MOST_MEASURES, to_masks, to_states
from detente.kernel.design import Problem
from detente.kernel.deviations import MOST_BITS
from detente.kernel.roadmap import HOLDS, RoadmapValues, least_durations, stage_states
from detente.kernel.system import BoolArray
from detente.progress import Reporter

MOST_ROUNDS = 200
"""Roadmaps shown before the search for a smallest set of measures falls back to an inclusion-minimal one."""

ALL_BITS = (1 << MOST_MEASURES) - 1
"""A mask of every column there can be."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Conflict:
    """A set of parties and measures that rules out every roadmap.

    Parameters
    ----------
    parties, measures : tuple of int
        In declared order.
    minimal : bool
        Whether it is proven smallest; else it is inclusion-minimal.
    """

    parties: tuple[int, ...]
    measures: tuple[int, ...]
    minimal: bool


class _Conflicts:
    """Conflict questions about one problem."""

    def __init__(self, problem: Problem, reporter: Reporter) -> None:
        self.problem = problem
        self.reporter = reporter
        self.n_parties = problem.system.n_parties

    def survivor(self, parties: Iterable[int], measures: int | None = None) -> BoolArray | None:
        """Return a roadmap (K, n) that only these parties' checks, and only such deviations, do not rule out."""
        checked = np.zeros(self.n_parties, dtype=np.bool_)
        checked[list(parties)] = True
        for width in self.problem.widths():
            quick = width < self.problem.max_per_stage
            search = self.problem.search(self.reporter, per_stage=width, checked=checked, allowed=measures, quick=quick)
            path = search.feasible(task="looking for the conflict")
            if path is not None:
                return self.problem.stages([int(mask) for mask in search.arcs.stage[path] if mask])
        return None

    def violations(self, stages: BoolArray) -> list[tuple[int, int]]:
        """List what rules out a roadmap: (party, mask of the measures withheld and undone), mask 0 for leaving."""
        system = self.problem.system
        start = to_states(np.array([self.problem.start], dtype=np.int64), system.n_measures)[0]
        durations = least_durations(system, stage_states(stages, start))
        waiting = self.problem.waiting if start.any() else 0
        values = RoadmapValues(system, stages, durations, start=start, waiting=waiting, joint_bits=MOST_BITS)
        at = np.array([system.hazard])
        comply, leave = values.comply_values(at)[:, 0], values.leave_values()
        chosen = to_masks(values.deviations.withheld | values.deviations.undone)
        found = []
        for number, row in enumerate(values.deviations.rows):
            if comply[number] < leave[number] - HOLDS:
                found.append((row.party, 0))
            for start, stop in row.groups:
                worth = values.deviation_worth(slice(start, stop))
                bad = chosen[start:stop][worth > comply[number] + HOLDS]
                found.extend((row.party, int(mask)) for mask in np.unique(bad))
        return found


def _smallest_hitting(sets: Sequence[frozenset[int]], n: int, at_least: int) -> tuple[int, ...]:
    """The smallest set of numbers below n, at least so large, that meets every given set; the first in order."""
    for size in range(at_least, n + 1):
        for candidate in combinations(range(n), size):
            if all(not one.isdisjoint(candidate) for one in sets):
                return candidate
    return tuple(range(n))


def _smallest_parties(conflicts: _Conflicts) -> list[tuple[int, ...]]:
    """All smallest sets of parties whose checks alone rule out every roadmap."""
    needed: list[frozenset[int]] = []
    size = 0
    while True:
        candidate = _smallest_hitting(needed, conflicts.n_parties, size)
        roadmap = conflicts.survivor(candidate)
        if roadmap is None:
            break
        size = len(candidate)
        needed.append(frozenset(party for party, _ in conflicts.violations(roadmap)))
    found = [candidate]
    for other in combinations(range(conflicts.n_parties), len(candidate)):
        if other > candidate and all(not one.isdisjoint(other) for one in needed):
            roadmap = conflicts.survivor(other)
            if roadmap is None:
                found.append(other)
            else:
                needed.append(frozenset(party for party, _ in conflicts.violations(roadmap)))
    return found


def _size(mask: int) -> int:
    """How many bits of a mask are set; with column 63 in it a mask is negative."""
    return (mask & ALL_BITS).bit_count()


def _smallest_union(choices: Sequence[frozenset[int]], at_most: int) -> int | None:
    """The smallest mask that contains a mask of every set of masks given; None if it has more than `at_most` bits."""

    def extend(mask: int, most: int) -> int | None:
        unmet = next((one for one in choices if not any(mask & other == other for other in one)), None)
        if unmet is None:
            return mask
        for other in sorted(unmet):
            wider = mask | other
            if _size(wider) <= most:
                found = extend(wider, most)
                if found is not None:
                    return found
        return None

    for most in range(at_most + 1):
        found = extend(0, most)
        if found is not None:
            return found
    return None


def _minimal_masks(masks: Iterable[int]) -> frozenset[int]:
    """Those masks that contain no other."""
    kept: list[int] = []
    for mask in sorted(set(masks), key=lambda mask: (_size(mask), mask)):
        if not any(mask & other == other for other in kept):
            kept.append(mask)
    return frozenset(kept)


def _smallest_measures(conflicts: _Conflicts, parties: tuple[int, ...], at_most: int) -> tuple[int, bool] | None:
    """The smallest mask of measures for some parties, and whether it is proven so; None if larger than `at_most`."""
    choices: list[frozenset[int]] = []
    for _ in range(MOST_ROUNDS):
        candidate = _smallest_union(choices, at_most)
        if candidate is None:
            return None
        roadmap = conflicts.survivor(parties, candidate)
        if roadmap is None:
            return candidate, True
        choices.append(_minimal_masks(mask for party, mask in conflicts.violations(roadmap) if party in parties))
    return _inclusion_minimal(conflicts, parties, conflicts.problem.goal), False


def _inclusion_minimal(conflicts: _Conflicts, parties: tuple[int, ...], mask: int) -> int:
    """Leave out measure after measure as long as no roadmap survives."""
    for column in range(conflicts.problem.system.n_measures):
        fewer = mask & ~(1 << column)
        if fewer != mask and conflicts.survivor(parties, fewer) is None:
            mask = fewer
    return mask


def find_conflict(problem: Problem, reporter: Reporter) -> Conflict:
    """Name the fewest parties, then the fewest measures, whose deviations rule out every roadmap of a problem.

    Notes
    -----
    Exact by implicit hitting sets; after `MOST_ROUNDS` roadmaps the set of measures is made inclusion-minimal instead.
    """
    conflicts = _Conflicts(problem, reporter)
    best: tuple[int, tuple[int, ...], bool] | None = None
    proven = True
    at_most = problem.system.n_measures
    for parties in _smallest_parties(conflicts):
        found = _smallest_measures(conflicts, parties, at_most)
        if found is None:
            continue
        mask, minimal = found
        proven = proven and minimal
        if best is None or _size(mask) < _size(best[0]):
            best = (mask, parties, minimal)
            at_most = _size(mask) - 1
        if at_most < 0:
            break
    if best is None:
        raise AssertionError("the measures of a conflict were all ruled out")
    mask, parties, _ = best
    columns = tuple(column for column in range(problem.system.n_measures) if mask >> column & 1)
    return Conflict(parties=parties, measures=columns, minimal=proven)
