"""The roadmap of greatest product of flow gains, with proof (§8 of the model).

Two bounds delete arcs and labels that cannot lead to more than the best product known: chords bound each party's gain
by itself (`detente.kernel.chords`), weighted sums all of them together (`detente.kernel.sums`).  The weights start
where they touch the best product known and follow subgradients of the bound; labels do the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.bounds import WORTH_ANOTHER_ROUND, Bounds
from detente.kernel.ceilings import complying
from detente.kernel.chords import upstream_lines
from detente.kernel.labelling import Path, label_paths
from detente.kernel.labels import Weighing
from detente.kernel.search import PROVEN, Found, Search
from detente.kernel.sums import Clock, Sums, best_path, find_sums, make_clock
from detente.kernel.system import FloatArray

PASSES = ((8, 4), (32, 12), (0, 24))
"""Labels kept per state (0 for all) in each pass, and the choices of weights tried before it: good roadmaps are found
first, and make the bounds of the last pass, which leaves nothing out, sharp."""

FIRST_STEP = 0.5
"""How far the first subgradient step goes, in logarithms of weights."""

PATIENCE = 3
"""Steps that may bring neither a better bound nor fewer arcs."""

WORTH_A_STEP = 1e-3
"""Share by which a step must lower the bound, or the number of arcs, to count as one that did."""

KEPT = 2
"""Choices of weights that labels are held against: the best."""


@dataclass(slots=True)
class _Hunt:
    """The best product so far, and what none exceeds."""

    search: Search
    floor: FloatArray
    bounds: Bounds
    path: Path
    best: float
    enough: float
    ceiling: float
    weights: tuple[FloatArray, ...] = ()

    def take(self, candidate: Path) -> None:
        """Keep a path if its product is greater."""
        value = self.search.product(candidate)
        if value > self.best:
            self.path, self.best = candidate, value
            self.enough = max(self.enough, value * (1.0 + PROVEN))

    def gains(self, path: Path) -> FloatArray:
        """Return the flow gains along a path, (P,)."""
        return np.asarray(self.bounds.arcs.patience * self.search.path_values(path)[0] - self.floor)

    def report(self) -> None:
        """Tell how far it is."""
        self.search.reporter.report("raising the product", best=self.best, bound=max(self.best, self.ceiling))


def find_best_product(search: Search, *, incumbent: float = -1.0) -> Found | None:
    """Return the roadmap of greatest product of flow gains above an incumbent; None if there is none.

    Raises
    ------
    Cancelled, LimitError
        If the search stops before anything better than the incumbent is found.
    """
    first = search.feasible()
    if first is None:
        return None
    arcs = search.arcs
    bounds = search.bounds()
    floor = arcs.patience * arcs.start_value
    most = arcs.patience * bounds.ideal[arcs.order[-1]] - floor
    best = search.product(first)
    hunt = _Hunt(
        search=search,
        floor=floor,
        bounds=bounds,
        path=first,
        best=best,
        enough=max(best, incumbent) * (1.0 + PROVEN),
        ceiling=float(most.prod()) if (most > 0.0).all() else 0.0,
    )
    weights = 1.0 / np.maximum(hunt.gains(first) if best > 0.0 else most, 1e-9)
    try:
        for beam, steps in PASSES[:-1] if search.quick else PASSES:
            _lower_ceiling(hunt, weights, steps)
            if not hunt.bounds.possible or hunt.ceiling <= hunt.enough:
                break
            weighing = _weigh(hunt, beam)
            for candidate in label_paths(hunt.bounds, weighing, search.reporter, task="raising the product"):
                hunt.take(candidate)
            hunt.report()
            weights = hunt.weights[0] if hunt.weights else weights
    except (LimitError, Cancelled):
        if hunt.best <= incumbent:
            raise  # that none is better is not known
        return search.found(hunt.path, value=hunt.best, bound=max(hunt.best, hunt.ceiling), proven=False)
    return search.found(hunt.path, value=hunt.best, bound=hunt.best, proven=True) if hunt.best > incumbent else None


def _lower_ceiling(hunt: _Hunt, weights: FloatArray, steps: int) -> None:
    """Try weights; delete the arcs that cannot be part of a roadmap whose product exceeds the best known."""
    search = hunt.search
    tried: list[tuple[float, FloatArray]] = []
    idle, step, known = 0, FIRST_STEP, -np.inf
    for _ in range(steps):
        if hunt.enough > known:
            hunt.bounds, known = _by_chords(search, hunt.bounds, hunt.floor, hunt.enough), hunt.enough
        if not hunt.bounds.possible:
            return
        clock = make_clock(hunt.bounds)
        if clock is None:
            return
        arcs = hunt.bounds.arcs
        sums = find_sums(hunt.bounds, clock, weights, hunt.floor)
        path = arcs.origin[best_path(hunt.bounds, clock, sums)]
        if len(path) and search.holds(path):
            hunt.take(path)
        lowest = min((ceiling for ceiling, _ in tried), default=np.inf)
        tried.append((sums.ceiling, sums.weights))
        hunt.ceiling = min(hunt.ceiling, sums.ceiling)
        hunt.report()
        if hunt.ceiling <= hunt.enough:
            break
        keep = _reach(sums) > hunt.enough
        if keep.sum() < len(keep):
            hunt.bounds = search.bounds(arcs=arcs.only(keep))
        better = sums.ceiling < lowest * (1.0 - WORTH_A_STEP)
        idle = 0 if better or keep.sum() < len(keep) * (1.0 - WORTH_A_STEP) else idle + 1
        if not better:
            step *= 0.7
        if idle > PATIENCE or not len(path):
            break
        weighted = sums.weights * hunt.gains(path)
        size = max(float(np.abs(weighted).mean()), 1e-12)
        weights = min(tried, key=lambda each: each[0])[1] if not better else sums.weights
        weights = weights * np.exp(-step * np.clip((weighted - weighted.mean()) / size, -2.0, 2.0))
    tried.sort(key=lambda each: each[0])
    hunt.weights = tuple(weights for _, weights in tried[:KEPT])


def _reach(sums: Sums) -> FloatArray:
    """What no product of gains of a roadmap through an arc exceeds: (M,)."""
    n_parties = len(sums.weights)
    total = sums.through + 1e-11 * (1.0 + np.abs(np.where(np.isfinite(sums.through), sums.through, 0.0)))
    return np.asarray((np.maximum(total - sums.floor, 0.0) / n_parties) ** n_parties)


def _weigh(hunt: _Hunt, beam: int) -> Weighing:
    """What labels are held against."""
    bounds = hunt.bounds
    slopes, constants = upstream_lines(bounds)
    clock = make_clock(bounds) if hunt.weights else None
    sums: list[Sums] = []
    n_parties = len(hunt.floor)
    if clock is None:
        clock = Clock(
            base=np.zeros(len(bounds.earliest) + 1, dtype=np.int64),
            earliest=bounds.earliest,
            latest=bounds.latest,
            powers=np.ones((n_parties, 1)),
        )
    else:
        sums = [find_sums(bounds, clock, weights, hunt.floor) for weights in hunt.weights]
    flow = np.array([each.weights * bounds.arcs.patience for each in sums]).reshape(len(sums), n_parties)
    return Weighing(
        by_product=True,
        slopes=slopes,
        constants=constants,
        floor=hunt.floor,
        incumbent=hunt.enough,
        beam=beam,
        weights=np.array([each.weights for each in sums]).reshape(len(sums), n_parties),
        faded=np.ascontiguousarray(flow[:, None, :] * clock.powers.T[None, :, :]),
        behind=np.array([each.behind for each in sums]).reshape(len(sums), clock.size),
        floors=np.array([each.floor for each in sums]),
        base=clock.base,
        earliest=clock.earliest,
    )


def _by_chords(search: Search, bounds: Bounds, floor: FloatArray, incumbent: float) -> Bounds:
    """Delete the arcs that leave some party too little, each party taken by itself."""
    while bounds.possible:
        arcs = bounds.arcs
        slopes, constants = upstream_lines(bounds)
        best = np.where(arcs.is_end[:, None], np.maximum(bounds.ideal, arcs.end_values), bounds.ideal)
        first = slopes[arcs.source] * complying(arcs, best[arcs.target]) + constants[arcs.source]
        gains = arcs.patience * first - floor
        keep = np.where((gains > 0.0).all(axis=1), gains.prod(axis=1), 0.0) > incumbent
        if keep.sum() > WORTH_ANOTHER_ROUND * len(keep):
            break
        bounds = search.bounds(arcs=arcs.only(keep))
    return bounds
