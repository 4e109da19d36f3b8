"""The best roadmap over arcs, with proof: margin, trust and duration (§8 of the model)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.arcs import Arcs
from detente.kernel.bounds import UNLIMITED, Bounds, Limits, bound_arcs
from detente.kernel.ceilings import margin_ceiling, reliance_ceiling
from detente.kernel.expansion import HELD
from detente.kernel.labelling import Path, keep_best, label_paths
from detente.kernel.roadmap import required_trust
from detente.kernel.system import FloatArray
from detente.progress import Reporter

PROVEN = 2e-10
"""An optimum is proven when nothing better by more than this exists (relative above 1)."""

TIED = 1e-9
"""Roadmaps whose trust differs by no more tie, and margin decides between them."""

BOUND_STEPS = 6
"""Halvings of the interval between the best and its ceiling by bounds alone, before any labels."""

FIRST_SHARE = 1.0 / 64.0
"""Share of that interval below the ceiling at which the first attempt with labels is made."""

FIRST_BEAM = 4
"""Labels per state in the pass that looks for any roadmap before the one that leaves nothing out."""

QUICK_ATTEMPTS = 8
"""Attempts of a quick search, each halfway between the best and what could be."""


def _proof_step(value: float) -> float:
    """The least improvement worth looking for."""
    return PROVEN * max(1.0, abs(value))


@dataclass(frozen=True, eq=False, kw_only=True)
class Found:
    """The best roadmap found and how good any other can be at most (at least, for trust and duration).

    Parameters
    ----------
    stages : tuple of int
        The measures of each stage, as masks.
    value, bound : float
        Of the objective.
    proven : bool
        Whether nothing better exists.
    """

    stages: tuple[int, ...]
    value: float
    bound: float
    proven: bool


class Search:
    """Questions about roadmaps over one set of arcs.

    Parameters
    ----------
    arcs : Arcs
        The arcs that survive.
    max_stages, max_length : int
        Limits; `UNLIMITED` for none.
    memory : float
        Bytes that labels may take.
    reporter : Reporter
        Told how far it is; may raise `Cancelled`.
    quick : bool
        Look for good answers without proving them best; None then proves nothing either.
    """

    def __init__(
        self,
        arcs: Arcs,
        *,
        max_stages: int,
        max_length: int,
        memory: float,
        reporter: Reporter,
        quick: bool = False,
    ) -> None:
        n_parties = arcs.before.shape[1]
        self.arcs = arcs
        self.reporter = reporter
        self.quick = quick
        self.limits = Limits(
            max_length=max_length,
            max_stages=max_stages,
            most_labels=max(1 << 12, int(memory / (8 * (n_parties + 4)))),
        )

    def bounds(
        self,
        *,
        theta: float = -np.inf,
        trust: float = np.inf,
        max_length: int = UNLIMITED,
        arcs: Arcs | None = None,
    ) -> Bounds:
        """Return what bounds alone leave of the arcs for some thresholds."""
        limits = replace(self.limits, max_length=min(max_length, self.limits.max_length))
        return bound_arcs(self.arcs if arcs is None else arcs, theta, trust, limits)

    def feasible(
        self,
        *,
        theta: float = -np.inf,
        trust: float = np.inf,
        max_length: int = UNLIMITED,
        arcs: Arcs | None = None,
        task: str = "searching",
    ) -> Path | None:
        """Return some roadmap that holds with margins >= theta and trust <= the given, or None: then none exists."""
        bounded = self.bounds(theta=theta, trust=trust, max_length=max_length, arcs=arcs)
        if not bounded.possible:
            return None
        for beam in (FIRST_BEAM,) if self.quick else (FIRST_BEAM, 0):
            weighing = keep_best(len(self.arcs.checked), beam)
            paths = label_paths(bounded, weighing, self.reporter, task=task)
            if paths:
                return paths[0]
        return None

    def found(self, path: Path, *, value: float, bound: float, proven: bool) -> Found:
        """Return what was found along a path."""
        stages = tuple(int(mask) for mask in self.arcs.stage[path] if mask)  # waiting takes nothing
        return Found(stages=stages, value=value, bound=bound, proven=proven)

    def path_values(self, path: Path) -> FloatArray:
        """Return V(k) of a path, (K, P)."""
        arcs = self.arcs
        later = arcs.end_values[arcs.target[path[-1]]]
        values = np.empty((len(path), len(later)))
        for k in reversed(range(len(path))):
            later = arcs.constant[path[k]] + arcs.fades[:, arcs.length[path[k]]] * later
            values[k] = later
        return values

    def margin(self, path: Path) -> float:
        """Return the least flow-equivalent margin of a path over `before`, and `after` of all stages but the last."""
        arcs = self.arcs
        deviate = arcs.before[path].copy()
        deviate[:-1] = np.maximum(deviate[:-1], arcs.behind[path[:-1]])
        flows = (self.path_values(path) - deviate) * arcs.patience
        return float(flows[:, arcs.checked].min())

    def trust(self, path: Path) -> float:
        """Return the largest required trust of a path."""
        arcs = self.arcs
        start = self.path_values(path)
        most = 0.0
        for k, arc in enumerate(path):
            for party in np.flatnonzero(arcs.checked & (arcs.betrayed[arc] < np.inf)):
                leave = float(arcs.leave[arcs.source[arc], party])
                needed = required_trust(float(start[k, party]), leave, float(arcs.betrayed[arc, party]))
                most = max(most, 1.0 if needed is None else needed)
        return most

    def duration(self, path: Path) -> int:
        """Return the weight of a path: the periods that it takes, as a rule."""
        return int(self.arcs.weight[path].sum())

    def product(self, path: Path) -> float:
        """Return the product of flow gains of a path, 0 if somebody gains nothing."""
        start = self.path_values(path)
        gains = self.arcs.patience * (start[0] - self.arcs.start_value)
        return float(gains.prod()) if (gains > 0.0).all() else 0.0

    def holds(self, path: Path) -> bool:
        """Whether nobody whose checks count does better by deviating, and the path keeps to the limits."""
        arcs, limits = self.arcs, self.limits
        wanted = np.maximum(arcs.before[path], arcs.behind[path]) - HELD
        kept = (self.path_values(path) >= wanted)[:, arcs.checked].all()
        ends = bool(arcs.is_end[arcs.target[path[-1]]])
        return bool(kept) and ends and len(path) <= limits.max_stages and self.duration(path) <= limits.max_length

    def best_margin(
        self, *, theta: float = -np.inf, trust: float = np.inf, max_length: int = UNLIMITED, path: Path | None = None
    ) -> Found | None:
        """Return the roadmap of greatest least margin >= theta, within a bound on trust and on length."""
        first = self.feasible(theta=theta, trust=trust, max_length=max_length) if path is None else path
        if first is None:
            return None
        return self._improve(
            first,
            self.margin,
            margin_ceiling,
            lambda aim, arcs: self.bounds(theta=aim, trust=trust, max_length=max_length, arcs=arcs),
            lambda aim, arcs: self.feasible(
                theta=aim, trust=trust, max_length=max_length, arcs=arcs, task="widening the margins"
            ),
        )

    def _improve(
        self,
        path: Path,
        value_of: Callable[[Path], float],
        ceiling: Callable[[Bounds], float],
        bounds_at: Callable[[float, Arcs], Bounds],
        attempt: Callable[[float, Arcs], Path | None],
        *,
        sign: float = 1.0,
    ) -> Found:
        """Close in on the greatest value; `sign` turns values into what users are told.

        Bounds alone bring the ceiling down; attempts with labels then start just below it, where few arcs are left, and
        move away from it in growing steps until one succeeds; the last attempt, just above the best, is the proof.
        Arcs that a bound rules out are ruled out by every higher aim too.
        """
        best = bound = value_of(path)
        try:
            bounded = bounds_at(best, self.arcs)
            if bounded.possible:
                bound = max(best, ceiling(bounded))
            arcs = bounded.arcs
            low, above = best, arcs
            for _ in range(0 if self.quick else BOUND_STEPS):
                if bound - low <= _proof_step(best):
                    break
                aim = 0.5 * (low + bound)
                bounds = bounds_at(aim, above)
                if bounds.possible:
                    low, above = aim, bounds.arcs
                else:
                    bound = aim
                self.reporter.report("bounding", best=sign * best, bound=sign * bound)
            share = 0.5 if self.quick else FIRST_SHARE
            attempts = QUICK_ATTEMPTS if self.quick else UNLIMITED
            while bound - best > _proof_step(best) and attempts:
                attempts -= 1
                least = best + _proof_step(best)
                aim = max(least, bound - share * (bound - best))
                found = attempt(aim, above if aim >= low else arcs)
                if found is None:
                    bound = best if aim <= least else aim
                    share = 0.5 if self.quick else min(1.0, 3.0 * share)
                else:
                    value = value_of(found)
                    if value <= best:
                        bound = best
                        break
                    path, best = found, value
                    if best >= low:
                        arcs = above
                    share = 1.0 if share == 0.5 and not self.quick else 0.5
                self.reporter.report("searching", best=sign * best, bound=sign * bound)
        except (LimitError, Cancelled):
            return self.found(path, value=best, bound=bound, proven=False)
        return self.found(path, value=best, bound=bound, proven=bound - best <= _proof_step(best))

    def least_trust(self, *, trust: float = np.inf) -> Found | None:
        """Return a roadmap of least trust demand, at most `trust`; its value and bound are negative trust demands."""
        first = self.feasible(trust=trust)
        if first is None:
            return None
        return self._improve(
            first,
            lambda path: -self.trust(path),
            reliance_ceiling,
            lambda aim, arcs: self.bounds(trust=max(0.0, -aim), arcs=arcs),
            lambda aim, arcs: self.feasible(trust=max(0.0, -aim), arcs=arcs, task="asking for less trust"),
            sign=-1.0,
        )

    def shortest(self, *, max_length: int = UNLIMITED) -> Found | None:
        """Return a shortest roadmap, of at most so many periods; its value and bound are negative periods."""
        first = self.feasible(max_length=max_length)
        if first is None:
            return None
        low = int(self.bounds().earliest[self.arcs.is_end].min())
        path, best = first, self.duration(first)
        try:
            while low < best:
                aim = (low + best) // 2
                found = self.feasible(max_length=aim, task="shortening")
                if found is None:
                    low = aim + 1
                else:
                    path, best = found, self.duration(found)
                self.reporter.report("shortening", best=best, bound=low)
        except (LimitError, Cancelled):
            return self.found(path, value=-best, bound=-low, proven=False)
        return self.found(path, value=-best, bound=-best, proven=True)
