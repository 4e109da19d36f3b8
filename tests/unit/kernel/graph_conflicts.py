"""Small conflicts outright for tests: published ones, and random ones with common moves and states without arcs."""

from __future__ import annotations

import numpy as np

from detente.kernel.conflict import Arcs, CommonArcs, GraphConflict, make_arcs

Pairs = list[tuple[int, int]]


def arcs_of(n_states: int, pairs: Pairs) -> Arcs:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return make_arcs(n_states, ends[:, 0], ends[:, 1])


def conflict_of(
    ranks: list[list[int]], moves: list[Pairs], common: list[tuple[int, Pairs]] | None = None
) -> GraphConflict:
    n_states = len(ranks[0])
    return GraphConflict(
        arcs=tuple(arcs_of(n_states, pairs) for pairs in moves),
        common=tuple(CommonArcs(coalition=who, arcs=arcs_of(n_states, pairs)) for who, pairs in common or []),
        rank=np.array(ranks, dtype=np.int32),
    )


def two_by_two(row: list[int], column: list[int]) -> GraphConflict:
    """State 0 neither, 1 only row, 2 only column, 3 both have taken what is theirs."""
    return conflict_of([row, column], [[(0, 1), (1, 0), (2, 3), (3, 2)], [(0, 2), (2, 0), (1, 3), (3, 1)]])


PRISONERS = two_by_two([2, 1, 4, 3], [2, 4, 1, 3])
CHICKEN = two_by_two([1, 2, 4, 3], [1, 4, 2, 3])


def elmira() -> GraphConflict:
    """The groundwater of Elmira: parties MoE, Uniroyal, local government; state s of the source is s − 1 here."""
    moe = [(1, 2), (3, 4), (5, 6), (7, 8)]
    uniroyal = [(1, 3), (1, 9), (2, 4), (2, 9), (3, 9), (4, 9), (5, 7), (5, 9), (6, 8), (6, 9), (7, 9), (8, 9)]
    local = [(1, 5), (2, 6), (3, 7), (4, 8)]
    local += [(b, a) for a, b in local]
    ranks = [[4, 3, 8, 7, 5, 2, 9, 6, 1], [9, 2, 4, 8, 6, 1, 3, 7, 5], [6, 2, 8, 3, 7, 4, 9, 5, 1]]
    return conflict_of(ranks, [[(a - 1, b - 1) for a, b in moves] for moves in (moe, uniroyal, local)])


def random_conflict(seed: int, *, most_states: int = 7, most_parties: int = 4) -> GraphConflict:
    rng = np.random.default_rng(seed)
    n_states = int(rng.integers(1, most_states + 1))
    n_parties = int(rng.integers(1, most_parties + 1))
    density = rng.choice([0.1, 0.25, 0.5])

    def pairs(share: float) -> Pairs:
        there = rng.random((n_states, n_states)) < share
        return [(int(a), int(b)) for a, b in np.argwhere(there) if a != b]

    moves = [pairs(0.0 if rng.random() < 0.1 else density) for _ in range(n_parties)]
    common = [(int(rng.integers(1, 1 << n_parties)), pairs(0.1)) for _ in range(int(rng.integers(0, 4)))]
    ranks = rng.integers(0, int(rng.integers(2, 9)), (n_parties, n_states)).tolist()
    return conflict_of(ranks, moves, common)
