"""The best roadmap over arcs, with proof: margin, trust, duration and product objectives (§8 of the model)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.arcs import HELD, Arcs
from detente.kernel.labels import bound_arcs, place_labels, thresholds, upstream_lines, widest_path
from detente.kernel.roadmap import required_trust
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.progress import Reporter

UNLIMITED = 1 << 40
"""More periods or stages than any roadmap has."""

PROVEN = 2e-10
"""An optimum is proven when nothing better by more than this exists (relative above 1)."""

TIED = 1e-9
"""Roadmaps whose trust differs by no more tie, and margin decides between them."""

BOUND_STEPS = 6
"""Halvings of the interval between the best and its ceiling by bounds alone, before any labels."""

FIRST_SHARE = 1.0 / 64.0
"""Share of that interval below the ceiling at which the first attempt with labels is made."""

BEAM = 32
"""Labels per state in the pass that looks for a good product before the exact one."""


def _proof_step(value: float) -> float:
    """The least improvement worth looking for."""
    return PROVEN * max(1.0, abs(value))


Path = IntArray
"""A roadmap as its arcs, first stage first."""


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


@dataclass(frozen=True, eq=False, kw_only=True)
class _Bounded:
    """What bounds alone tell of one set of thresholds; see `detente.kernel.labels.bound_arcs`."""

    arcs: Arcs
    asked: FloatArray
    asked_at_end: FloatArray
    alive: BoolArray
    ideal: FloatArray
    least: FloatArray
    most: FloatArray
    earliest: IntArray
    latest: IntArray
    fewest: IntArray
    longest: IntArray
    possible: bool

    def survivors(self) -> Arcs:
        """The arcs that bounds leave."""
        return self.arcs.only(self.alive)


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
    """

    def __init__(
        self, arcs: Arcs, *, max_stages: int, max_length: int, memory: float, reporter: Reporter
    ) -> None:
        self.arcs = arcs
        self.max_stages = max_stages
        self.max_length = max_length
        self.reporter = reporter
        n_parties = arcs.before.shape[1]
        self.most_labels = max(1 << 12, int(memory / (8 * (n_parties + 4))))
        self.tests = 0

    def _bounds(self, theta: float, trust: float, max_length: int, arcs: Arcs | None = None) -> _Bounded:
        arcs = self.arcs if arcs is None else arcs
        tables = arcs.tables
        shared = (
            arcs.source, arcs.target, arcs.length, arcs.own_cost, arcs.before, arcs.betrayed, arcs.after, arcs.leave,
            arcs.stay, arcs.checked, tables.patience, tables.fades, tables.annuity,
        )  # fmt: skip
        asked = thresholds(theta, trust, True, *shared)
        asked_at_end = asked if theta == -np.inf else thresholds(theta, trust, False, *shared)
        n_states, n_parties = arcs.stay.shape
        bounded = {
            "alive": np.ones(len(arcs.source), dtype=np.bool_),
            "ideal": np.empty((n_states, n_parties)),
            "least": np.full((n_states, n_parties), -np.inf),
            "most": np.empty((n_states, n_parties)),
        }
        counts = {name: np.empty(n_states, dtype=np.int64) for name in ("earliest", "latest", "fewest", "longest")}
        possible = bound_arcs(
            arcs.order, arcs.first, arcs.source, arcs.target, arcs.length, arcs.own_cost, arcs.stay, tables.fades,
            tables.annuity, asked, asked_at_end, arcs.is_end, arcs.end_values, arcs.checked, *bounded.values(),
            *counts.values(), max_length, self.max_stages,
        )  # fmt: skip
        return _Bounded(
            arcs=arcs, asked=asked, asked_at_end=asked_at_end, possible=bool(possible), **bounded, **counts
        )

    def _labels(
        self,
        bounds: _Bounded,
        max_length: int,
        *,
        task: str,
        product: tuple[FloatArray, FloatArray, FloatArray, float, int] | None = None,
    ) -> list[Path]:
        """Label all states; return the paths of the labels at the start."""
        arcs, tables = bounds.arcs, bounds.arcs.tables
        n_states, n_parties = arcs.stay.shape
        block_start = np.zeros(n_states, dtype=np.int64)
        block_stop = np.zeros(n_states, dtype=np.int64)
        end_label = np.full(n_states, -1, dtype=np.int64)
        capacity = min(self.most_labels, max(1 << 14, 4 * n_states))
        values = np.empty((capacity, n_parties))
        columns = [np.empty(capacity, dtype=np.int64) for _ in range(4)]
        if product is None:
            nothing = np.zeros((n_states, n_parties))
            weighing = (False, nothing, nothing, tables.patience, np.zeros(n_parties), 0.0, 0)
        else:
            slopes, constants, floor, incumbent, beam = product
            weighing = (True, slopes, constants, tables.patience, floor, incumbent, beam)
        step, used = 0, 0
        chunk = max(64, n_states // 64)
        while step < n_states:
            stop = min(n_states, step + chunk)
            step, used = place_labels(
                step, stop, arcs.order, arcs.first, arcs.target, arcs.length, arcs.own_cost, arcs.stay, tables.fades,
                tables.annuity, bounds.asked, bounds.asked_at_end, arcs.is_end, arcs.end_values, arcs.checked,
                bounds.alive, bounds.least, bounds.most, bounds.earliest, bounds.latest, bounds.fewest,
                bounds.longest, max_length, self.max_stages, *weighing, block_start, block_stop, end_label, values,
                *columns, used,
            )  # fmt: skip
            if step < stop:
                if capacity >= self.most_labels:
                    raise LimitError(f"more than {self.most_labels} labels")
                grown = min(self.most_labels, 2 * capacity)
                values = np.concatenate([values, np.empty((grown - capacity, n_parties))])
                columns = [np.concatenate([c, np.empty(grown - capacity, dtype=np.int64)]) for c in columns]
                capacity = grown
            self.reporter.report(task, fraction=step / n_states)
        arc_of, next_of = columns[2], columns[3]
        root = arcs.order[-1]
        paths = []
        for label in range(block_start[root], block_stop[root]):
            path = []
            while arc_of[label] >= 0:
                path.append(int(arc_of[label]))
                label = next_of[label]  # noqa: PLW2901 - follow the chain
            paths.append(arcs.origin[path])
        return paths

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
        self.tests += 1
        limit = min(max_length, self.max_length)
        bounds = self._bounds(theta, trust, limit, arcs)
        if not bounds.possible:
            return None
        paths = self._labels(bounds, limit, task=task)
        return paths[0] if paths else None

    def _found(self, path: Path, *, value: float, bound: float, proven: bool) -> Found:
        stages = tuple(int(mask) for mask in self.arcs.stage[path])
        return Found(stages=stages, value=value, bound=bound, proven=proven)

    def path_of(self, stages: Sequence[int]) -> Path:
        """Return the arcs of a roadmap given as masks, all of which must be there."""
        arcs = self.arcs
        position = np.empty(len(arcs.masks), dtype=np.int64)
        position[arcs.order] = np.arange(len(arcs.masks))
        state, path = int(arcs.order[-1]), []
        for stage in stages:
            low, high = arcs.first[position[state]], arcs.first[position[state] + 1]
            path.append(int(low + np.flatnonzero(arcs.stage[low:high] == stage)[0]))
            state = int(arcs.target[path[-1]])
        return np.array(path, dtype=np.int64)

    def path_values(self, path: Path) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return V(k) and after(k) of a path, (K, P) each, and V(K + 1), (P,)."""
        arcs, tables = self.arcs, self.arcs.tables
        end = arcs.end_values[arcs.target[path[-1]]]
        later = end
        start, after = np.empty((len(path), len(end))), np.empty((len(path), len(end)))
        for k in reversed(range(len(path))):
            arc = path[k]
            periods = arcs.length[arc]
            after[k] = arcs.stay[arcs.target[arc]] * tables.annuity[:, periods] + tables.fades[:, periods] * later
            start[k] = after[k] - arcs.own_cost[arc]
            later = start[k]
        return start, after, end

    def margin(self, path: Path) -> float:
        """Return the least flow-equivalent margin of a path over `before`, and `after` of all stages but the last."""
        arcs = self.arcs
        start, after, _ = self.path_values(path)
        gaps = [start - arcs.before[path]]
        if len(path) > 1:
            middle = path[:-1]
            gaps.append(after[:-1] - arcs.after[arcs.target[middle], arcs.length[middle]])
        flows = np.concatenate(gaps) * arcs.tables.patience
        return float(flows[:, arcs.checked].min())

    def trust(self, path: Path) -> float:
        """Return the largest required trust of a path."""
        arcs = self.arcs
        start, _, _ = self.path_values(path)
        most = 0.0
        for k, arc in enumerate(path):
            for party in np.flatnonzero(arcs.checked & (arcs.betrayed[arc] < np.inf)):
                leave = float(arcs.leave[arcs.source[arc], party])
                needed = required_trust(float(start[k, party]), leave, float(arcs.betrayed[arc, party]))
                most = max(most, 1.0 if needed is None else needed)
        return most

    def duration(self, path: Path) -> int:
        """Return the periods that a path takes."""
        return int(self.arcs.length[path].sum())

    def product(self, path: Path) -> float:
        """Return the product of flow gains of a path, 0 if somebody gains nothing."""
        start, _, _ = self.path_values(path)
        gains = self.arcs.tables.patience * (start[0] - self.arcs.tables.start_value)
        return float(gains.prod()) if (gains > 0.0).all() else 0.0

    def best_margin(
        self, *, theta: float = -np.inf, trust: float = np.inf, max_length: int = UNLIMITED, path: Path | None = None
    ) -> Found | None:
        """Return the roadmap of greatest least margin >= theta, within a bound on trust and on length."""
        first = self.feasible(theta=theta, trust=trust, max_length=max_length) if path is None else path
        if first is None:
            return None
        limit = min(max_length, self.max_length)
        bounds = self._bounds(theta, trust, limit)
        return self._improve(
            first,
            self.margin,
            self._ceiling(bounds, self._margins, ends_apart=True),
            bounds.survivors(),
            lambda aim, arcs: self._bounds(aim, trust, limit, arcs),
            lambda aim, arcs: self.feasible(
                theta=aim, trust=trust, max_length=limit, arcs=arcs, task="widening the margins"
            ),
        )

    def _ceiling(self, bounds: _Bounded, worth: Callable[[Arcs, FloatArray], FloatArray], *, ends_apart: bool) -> float:
        """The greatest least worth of the arcs of a path if every state were worth its ideal: no path has more.

        `worth` tells what arcs are worth from the values of what follows, (M, P) -> (M,); with `ends_apart` their check
        after the last stage does not count, so that the last arc is worth more there.
        """
        arcs = bounds.arcs
        if not arcs.checked.any():
            return np.inf
        ideal = bounds.ideal[arcs.target]
        ends = arcs.end_values[arcs.target]
        under_way = worth(arcs, ideal)
        at_end = worth(arcs, ends) if not ends_apart else self._margins_before(arcs, ends).min(axis=1)
        return float(
            widest_path(arcs.order, arcs.first, arcs.target, bounds.alive, arcs.is_end, under_way, at_end)
        )

    def _start_values(self, arcs: Arcs, later: FloatArray) -> tuple[FloatArray, FloatArray]:
        """What each arc brings, before and after its own costs, if what follows is worth `later`: (M, P) each."""
        tables = arcs.tables
        after = arcs.stay[arcs.target] * tables.annuity.T[arcs.length] + tables.fades.T[arcs.length] * later
        return after - arcs.own_cost, after

    def _margins_before(self, arcs: Arcs, later: FloatArray) -> FloatArray:
        start, _ = self._start_values(arcs, later)
        return np.asarray(((start - arcs.before) * arcs.tables.patience)[:, arcs.checked])

    def _margins(self, arcs: Arcs, later: FloatArray) -> FloatArray:
        """The least flow margin of each arc before and after its stage: (M,)."""
        _, after = self._start_values(arcs, later)
        behind = ((after - arcs.after[arcs.target, arcs.length]) * arcs.tables.patience)[:, arcs.checked]
        return np.asarray(np.minimum(self._margins_before(arcs, later), behind).min(axis=1))

    def _reliance(self, arcs: Arcs, later: FloatArray) -> FloatArray:
        """Minus the largest required trust of each arc: (M,)."""
        start, _ = self._start_values(arcs, later)
        leave = arcs.leave[arcs.source]
        asks = arcs.checked & (arcs.betrayed < leave - HELD)
        alone = np.where(asks, arcs.betrayed, leave)
        room = np.maximum(start - alone, 1e-300)
        return np.asarray(-np.where(asks, np.minimum(1.0, (leave - alone) / room), 0.0).max(axis=1))

    def _improve(
        self,
        path: Path,
        value_of: Callable[[Path], float],
        ceiling: float,
        arcs: Arcs,
        bounds_at: Callable[[float, Arcs], _Bounded],
        attempt: Callable[[float, Arcs], Path | None],
    ) -> Found:
        """Close in on the greatest value.

        Bounds alone bring the ceiling down; attempts with labels then start just below it, where few arcs are left, and
        move away from it in growing steps until one succeeds; the last attempt, just above the best, is the proof.
        Arcs that a bound rules out are ruled out by every higher aim too.
        """
        best, bound = value_of(path), ceiling
        try:
            if bound - best > _proof_step(best):
                arcs = bounds_at(best, arcs).survivors()
            low, above = best, arcs
            for _ in range(BOUND_STEPS):
                if bound - low <= _proof_step(best):
                    break
                aim = 0.5 * (low + bound)
                bounds = bounds_at(aim, above)
                if bounds.possible:
                    low, above = aim, bounds.survivors()
                else:
                    bound = aim
                self.reporter.report("bounding", best=best, bound=bound)
            share = FIRST_SHARE
            while bound - best > _proof_step(best):
                least = best + _proof_step(best)
                aim = max(least, bound - share * (bound - best))
                found = attempt(aim, above if aim >= low else arcs)
                if found is None:
                    bound = best if aim <= least else aim
                    share = min(1.0, 3.0 * share)
                else:
                    value = value_of(found)
                    if value <= best:
                        bound = best
                        break
                    path, best = found, value
                    if best >= low:
                        arcs = above
                    share = 1.0 if share == 0.5 else 0.5
                self.reporter.report("searching", best=best, bound=bound)
        except (LimitError, Cancelled):
            return self._found(path, value=best, bound=bound, proven=False)
        return self._found(path, value=best, bound=best, proven=True)

    def least_trust(self, *, trust: float = np.inf) -> Found | None:
        """Return a roadmap of least trust demand, at most `trust`; its value and bound are negative trust demands."""
        first = self.feasible(trust=trust)
        if first is None:
            return None
        bounds = self._bounds(-np.inf, trust, self.max_length)
        return self._improve(
            first,
            lambda path: -self.trust(path),
            self._ceiling(bounds, self._reliance, ends_apart=False),
            bounds.survivors(),
            lambda aim, arcs: self._bounds(-np.inf, max(0.0, -aim), self.max_length, arcs),
            lambda aim, arcs: self.feasible(trust=max(0.0, -aim), arcs=arcs, task="asking for less trust"),
        )

    def shortest(self, *, max_length: int = UNLIMITED) -> Found | None:
        """Return a shortest roadmap, of at most so many periods; its value and bound are negative periods."""
        first = self.feasible(max_length=max_length)
        if first is None:
            return None
        low = int(self._bounds(-np.inf, np.inf, self.max_length).earliest[self.arcs.is_end].min())
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
            return self._found(path, value=-best, bound=-low, proven=False)
        return self._found(path, value=-best, bound=-best, proven=True)

    def best_product(self, *, incumbent: float = -1.0) -> Found | None:
        """Return the roadmap of greatest product of flow gains (Nash) above an incumbent; None if there is none."""
        first = self.feasible()
        if first is None:
            return None
        arcs, tables = self.arcs, self.arcs.tables
        bounds = self._bounds(-np.inf, np.inf, self.max_length)
        slopes, constants = upstream_lines(
            arcs.order, arcs.first, arcs.target, arcs.length, arcs.own_cost, arcs.stay, tables.fades, tables.annuity,
            arcs.is_end, arcs.end_values, bounds.alive, bounds.ideal,
        )  # fmt: skip
        floor = tables.patience * tables.start_value
        gains = tables.patience * bounds.ideal[arcs.order[-1]] - floor
        ceiling = float(gains.prod()) if (gains > 0.0).all() else 0.0
        path, best = first, self.product(first)
        try:
            for beam in (BEAM, 0):
                enough = max(best, incumbent) * (1.0 + PROVEN)
                weighing = (slopes, constants, floor, enough, beam)
                for candidate in self._labels(bounds, self.max_length, task="raising the product", product=weighing):
                    value = self.product(candidate)
                    if value > best:
                        path, best = candidate, value
                self.reporter.report("raising the product", best=best, bound=ceiling)
        except (LimitError, Cancelled):
            return self._found(path, value=best, bound=ceiling, proven=False) if best > incumbent else None
        return self._found(path, value=best, bound=best, proven=True) if best > incumbent else None
