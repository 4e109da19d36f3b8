"""Demands on the order of measures, and the cycles that the demands of several readings form (decision 0015)."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """That under a reading one measure has to come before another, or not after it.

    Parameters
    ----------
    reading : str or None
        None is the base case.
    strict : bool
        Whether the first must come in an earlier stage; otherwise the same stage will do.
    stated : bool
        Whether the reading itself says so (`after` or `requires`); otherwise it is derived: roadmaps hold, but none in
        which it is otherwise.
    implied : bool
        Whether other demands of the same reading imply it.
    """

    before: str
    after: str
    reading: str | None
    strict: bool
    stated: bool
    implied: bool = False

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "before": self.before,
            "after": self.after,
            "reading": self.reading,
            "strict": self.strict,
            "stated": self.stated,
            "implied": self.implied,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """Measures of which each has to come before the next, and the last before the first.

    Parameters
    ----------
    measures : tuple of str
        All measures that the contradiction entangles, in declared order.
    steps : tuple of tuples of Demand
        A shortest cycle among them: for each step, the demands that make it.
    """

    measures: tuple[str, ...]
    steps: tuple[tuple[Demand, ...], ...]

    @property
    def path(self) -> tuple[str, ...]:
        """The measures of the shortest cycle in their order."""
        return tuple(step[0].before for step in self.steps)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "measures": list(self.measures),
            "path": list(self.path),
            "steps": [[demand.to_dict() for demand in step] for step in self.steps],
        }


def find_cycles(goal: Sequence[str], demands: Sequence[Demand]) -> tuple[Cycle, ...]:
    """Return the sets of measures on whose order demands contradict each other, each with a shortest cycle.

    Demands that all can be met within one stage are no contradiction: a cycle has at least one strict demand.
    """
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n_measures = len(goal)
    place = {measure: index for index, measure in enumerate(goal)}
    edges: dict[tuple[int, int], list[Demand]] = {}
    for demand in demands:
        edges.setdefault((place[demand.before], place[demand.after]), []).append(demand)
    if not edges:
        return ()
    adjacency = np.zeros((n_measures, n_measures), dtype=np.int8)
    adjacency[tuple(np.array(list(edges)).T)] = 1
    count, member = connected_components(csr_array(adjacency), directed=True, connection="strong")
    cycles = []
    for component in range(count):
        inside = np.flatnonzero(member == component).tolist()
        strict = [
            pair
            for pair, made in sorted(edges.items())
            if pair[0] in inside and pair[1] in inside and any(demand.strict for demand in made)
        ]
        walks = [[one, *_shortest(adjacency, other, one, set(inside))] for one, other in strict]
        if not walks:
            continue
        walk = min(walks, key=len)
        steps = []
        for number, (one, other) in enumerate(zip(walk, [*walk[1:], walk[0]], strict=True)):
            made = edges[one, other]
            steps.append(tuple(demand for demand in made if demand.strict or (number and not _any_strict(made))))
        cycles.append(Cycle(measures=tuple(goal[index] for index in inside), steps=tuple(steps)))
    return tuple(sorted(cycles, key=lambda cycle: place[cycle.measures[0]]))


def _any_strict(demands: Sequence[Demand]) -> bool:
    return any(demand.strict for demand in demands)


def _shortest(adjacency: NDArray[np.int8], start: int, end: int, inside: set[int]) -> list[int]:
    """The places of a shortest path from start up to, without, end; neighbours in declared order."""
    previous: dict[int, int] = {start: start}
    waiting = deque([start])
    while waiting:
        current = waiting.popleft()
        if current == end:
            break
        for other in np.flatnonzero(adjacency[current]).tolist():
            if other in inside and other not in previous:
                previous[other] = current
                waiting.append(other)
    path = [end]
    while path[-1] != start:
        path.append(previous[path[-1]])
    return path[:0:-1]
