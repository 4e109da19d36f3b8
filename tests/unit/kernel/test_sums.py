"""Weighted sums of gains over all roadmaps, and the products that they bound."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.cases import sized_case
from detente.analysis.roadmap.goals import forbidden_patterns, goal_order
from detente.game import build_game
from detente.kernel.bounds import Bounds
from detente.kernel.design import make_problem
from detente.kernel.products import find_best_product
from detente.kernel.search import Search
from detente.kernel.sums import best_path, find_sums, make_clock, most_product
from detente.kernel.system import FloatArray
from detente.progress import Reporter


def search_of(n_measures: int, n_parties: int, seed: int, *, chains: int = 2) -> Search:
    case = sized_case(n_measures, n_parties, chains=chains, seed=seed)
    game = build_game(case, [measure.id for measure in case.measures])
    order = goal_order(game, (), ())
    assert order is not None
    problem = make_problem(
        game.system, order, infeasible=forbidden_patterns(game), exact_goal=seed % 2 == 0, memory=2.0**30
    )
    assert problem is not None
    return problem.search(Reporter(None))


def paths_of(bounds: Bounds) -> Iterator[list[int]]:
    """All roadmaps over the arcs of some bounds, by search in depth."""
    arcs = bounds.arcs

    def extend(state: int, path: list[int]) -> Iterator[list[int]]:
        if path and arcs.is_end[state]:
            yield path
        for arc in np.flatnonzero(arcs.source == state):
            yield from extend(int(arcs.target[arc]), [*path, int(arc)])

    yield from extend(int(arcs.order[-1]), [])


@pytest.mark.parametrize("seed", [1, 3, 4, 5, 6, 7, 8])
def test_sums_are_the_best_over_all_roadmaps_and_over_those_through_each_stage(seed: int) -> None:
    search = search_of(6, 3, seed)
    bounds = search.bounds()
    weights = np.random.default_rng(seed).uniform(0.5, 2.0, 3)
    floor = bounds.arcs.patience * bounds.arcs.start_value
    clock = make_clock(bounds)
    assert clock is not None
    sums = find_sums(bounds, clock, weights, floor)
    assert sums.weights.prod() == pytest.approx(1.0)
    best, through = -np.inf, np.full(len(bounds.arcs.source), -np.inf)
    products = []
    for path in paths_of(bounds):
        gains = bounds.arcs.patience * search.path_values(bounds.arcs.origin[path])[0] - floor
        total = float(sums.weights @ gains)
        best = max(best, total)
        through[path] = np.maximum(through[path], total)
        products.append(float(gains.prod()) if (gains > 0.0).all() else 0.0)
    assert sums.ahead[clock.base[bounds.arcs.order[-1]]] - sums.floor == pytest.approx(best)
    assert sums.through - sums.floor == pytest.approx(through)
    chosen = best_path(bounds, clock, sums)
    gains = bounds.arcs.patience * search.path_values(bounds.arcs.origin[chosen])[0] - floor
    assert sums.weights @ gains == pytest.approx(best)
    assert [int(arc) for arc in bounds.arcs.target[chosen[:-1]]] == [
        int(bounds.arcs.source[after]) for _, after in pairwise(chosen)
    ]
    assert max(products) <= sums.ceiling * (1 + 1e-9)


@pytest.mark.parametrize("seed", [1, 3, 4, 5, 6, 7, 8])
def test_the_best_product_is_the_best_of_all_roadmaps_that_hold(seed: int) -> None:
    search = search_of(6, 3, seed)
    every = [search.arcs.origin[path] for path in paths_of(search.bounds())]
    best = max(search.product(path) for path in every if search.holds(path))
    found = find_best_product(search)
    assert found is not None
    assert found.proven
    assert found.value == pytest.approx(best, rel=1e-9)
    if best > 0.0:
        assert find_best_product(search, incumbent=best * (1 + 1e-8)) is None


def greatest_product_on_a_grid(total: float, weights: FloatArray, caps: FloatArray, steps: int = 60) -> float:
    """Try shares of a sum in small steps, three parties."""
    best = 0.0
    for one in range(steps + 1):
        for two in range(steps + 1 - one):
            shares = total * np.array([one, two, steps - one - two]) / steps / weights
            best = max(best, float(np.minimum(shares, caps).prod()))
    return best


@pytest.mark.parametrize("seed", range(20))
def test_a_sum_with_caps_bounds_the_product_and_is_reached(seed: int) -> None:
    draw = np.random.default_rng(seed)
    weights = draw.uniform(0.3, 3.0, 3)
    weights /= np.exp(np.log(weights).mean())
    caps, total = draw.uniform(0.1, 3.0, 3), float(draw.uniform(0.1, 6.0))
    most = most_product(total, weights, caps, np.empty(3))
    grid = greatest_product_on_a_grid(total, weights, caps)
    assert grid <= most * (1 + 1e-12)
    assert most <= grid * 1.15 + 1e-3


def test_no_sum_left_is_no_product() -> None:
    assert most_product(0.0, np.ones(2), np.ones(2), np.empty(2)) == 0.0
    assert most_product(-1.0, np.ones(2), np.ones(2), np.empty(2)) == 0.0
    assert most_product(10.0, np.ones(2), np.array([2.0, 3.0]), np.empty(2)) == 6.0
