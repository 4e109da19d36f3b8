"""Every legal order of stages to a goal, counted, listed, or changed one measure at a time (§2 of the model).

For searches that look at whole roadmaps: states and stages are masks, plain integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from detente.kernel.bits import to_states
from detente.kernel.lattice import Order
from detente.kernel.system import Predicate

Stages = tuple[int, ...]
"""A roadmap: one mask per stage."""

MOST_ARCS = 200_000
"""States and stages looked at when roadmaps are counted; beyond, there are too many to list anyway."""


class StageOrders:
    """The legal roadmaps from nothing to every measure.

    Parameters
    ----------
    order : Order
        What must come before what, and together.
    infeasible : sequence of predicates
        States that satisfy one are not reached.
    max_per_stage, max_stages : int or None
        Limits.
    """

    def __init__(
        self,
        order: Order,
        infeasible: Sequence[Predicate],
        *,
        max_per_stage: int | None = None,
        max_stages: int | None = None,
    ) -> None:
        self.n_measures = len(order.needs)
        self.goal = (1 << self.n_measures) - 1
        unsigned = (1 << 64) - 1
        self._needs = [int(mask) & unsigned for mask in order.needs]
        self._after = [int(mask) & unsigned for mask in order.after]
        self._together = [int(mask) & unsigned for mask in order.together]
        self._topological = [int(column) for column in order.topological]
        self._infeasible = infeasible
        self._max_per_stage = self.n_measures if max_per_stage is None else max_per_stage
        self._max_stages = self.n_measures if max_stages is None else max_stages
        self._feasible: dict[int, bool] = {}
        self._next: dict[int, tuple[int, ...]] = {}

    def is_feasible(self, mask: int) -> bool:
        """Tell whether a roadmap may reach a state."""
        if mask not in self._feasible:
            state = to_states(np.array([mask], dtype=np.uint64).view(np.int64), self.n_measures)
            self._feasible[mask] = not any(bool(pattern(state)[0]) for pattern in self._infeasible)
        return self._feasible[mask]

    def is_stage(self, mask: int, taken: int) -> bool:
        """Tell whether a set of measures may be taken next in a state."""
        if not taken or taken & mask or taken.bit_count() > self._max_per_stage:
            return False
        if any(taken & group and taken & group != group for group in self._together):
            return False
        rest = taken
        while rest:
            column = (rest & -rest).bit_length() - 1
            rest &= rest - 1
            if self._after[column] & ~mask or self._needs[column] & ~(mask | taken):
                return False
        return self.is_feasible(mask | taken)

    def is_legal(self, stages: Stages) -> bool:
        """Tell whether a whole roadmap is legal."""
        mask = 0
        for taken in stages:
            if not self.is_stage(mask, taken):
                return False
            mask |= taken
        return mask == self.goal and len(stages) <= self._max_stages

    def next_sets(self, mask: int, most: int = MOST_ARCS) -> tuple[int, ...]:
        """List the sets that may be taken next, small ones first; at most `most` are looked at."""
        if mask not in self._next:
            sets = [0]
            for column in self._topological:
                if mask >> column & 1 or self._after[column] & ~mask:
                    continue
                lacking = self._needs[column] & ~mask
                sets += [
                    chosen | 1 << column
                    for chosen in sets
                    if not lacking & ~chosen and chosen.bit_count() < self._max_per_stage
                ]
                if len(sets) > most:
                    break
            found = (chosen for chosen in sets if self.is_stage(mask, chosen))
            self._next[mask] = tuple(sorted(found, key=lambda chosen: (chosen.bit_count(), chosen)))
        return self._next[mask]

    def count(self, most: int) -> int | None:
        """Return how many legal roadmaps there are; None if more than `most`, or too many to tell."""
        layer: dict[int, int] = {0: 1}
        total = arcs = 0
        for _ in range(self._max_stages):
            following: dict[int, int] = {}
            for mask, ways in layer.items():
                sets = self.next_sets(mask)
                arcs += len(sets)
                if arcs > MOST_ARCS:
                    return None
                for taken in sets:
                    following[mask | taken] = following.get(mask | taken, 0) + ways
            total += following.pop(self.goal, 0)
            if total > most:
                return None
            layer = following
        return total

    def listed(self) -> Iterator[Stages]:
        """Yield every legal roadmap."""

        def extend(path: Stages, mask: int) -> Iterator[Stages]:
            if mask == self.goal:
                yield path
            elif len(path) < self._max_stages:
                for taken in self.next_sets(mask):
                    yield from extend((*path, taken), mask | taken)

        yield from extend((), 0)

    def starts(self) -> Iterator[Stages]:
        """Yield legal roadmaps to begin a search from: measure by measure, and as much at once as may be."""
        groups = self._groups()
        if self.is_legal(groups):
            yield groups
        stages: list[int] = []
        mask = 0
        for group in groups:
            if stages and self.is_stage(mask & ~stages[-1], stages[-1] | group):
                stages[-1] |= group
            else:
                stages.append(group)
            mask |= group
        if self.is_legal(tuple(stages)):
            yield tuple(stages)

    def _groups(self) -> Stages:
        """Each measure by itself, with those that must come with it, in an order that all may have."""
        left = self.goal
        groups: list[int] = []
        for column in self._topological:
            if left >> column & 1:
                group = 1 << column
                for together in self._together:
                    if together >> column & 1:
                        group |= together
                groups.append(group & left)
                left &= ~group
        return tuple(groups)

    def neighbours(self, stages: Stages) -> Iterator[Stages]:
        """Yield the legal roadmaps that differ by one measure's stage, or by two stages made one."""
        for place, stage in enumerate(stages):
            if place + 1 < len(stages):
                merged = (*stages[:place], stage | stages[place + 1], *stages[place + 2 :])
                if self.is_legal(merged):
                    yield merged
            rest = stage
            while rest:
                bit = rest & -rest
                rest &= rest - 1
                yield from self._moved(stages, place, bit)

    def _moved(self, stages: Stages, place: int, bit: int) -> Iterator[Stages]:
        moved = bit
        for together in self._together:
            if together & bit:
                moved |= together & stages[place]
        without = [*stages[:place], stages[place] & ~moved, *stages[place + 1 :]]
        for other in range(len(without)):
            if other != place:
                changed = [stage | (moved if index == other else 0) for index, stage in enumerate(without)]
                candidate = tuple(stage for stage in changed if stage)
                if self.is_legal(candidate):
                    yield candidate
        for other in range(len(without) + 1):
            candidate = tuple(stage for stage in (*without[:other], moved, *without[other:]) if stage)
            if candidate != stages and self.is_legal(candidate):
                yield candidate
