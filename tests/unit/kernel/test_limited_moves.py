"""Limited-move and non-myopic stability: known games, and the recursion word for word."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from detente.errors import OptionError
from detente.kernel.conflict import GraphConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.limited_moves import limited_move_stable, non_myopic_stable
from tests.unit.kernel.graph_conflicts import CHICKEN, PRISONERS, conflict_of, elmira, random_conflict
from tests.unit.kernel.literal_graph import ends


def equilibria(stable: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> list[int]:
    return np.flatnonzero(stable.all(axis=0)).tolist()


def literal(conflict: GraphConflict, horizon: int, party: int, state: int) -> bool:
    @cache
    def end(h: int, who: int, s: int) -> int:
        if h == 0:
            return s
        reached = [end(h - 1, 1 - who, q) for q in ends(conflict.arcs[who], s)]
        mine, theirs = conflict.rank[who], conflict.rank[1 - who]
        better = [q for q in reached if mine[q] > mine[s]]
        return min(better, key=lambda q: (-mine[q], theirs[q], q)) if better else s

    return end(horizon, party, state) == state


def two_movers(seed: int) -> GraphConflict:
    conflict = random_conflict(seed, most_parties=2)
    while conflict.n_parties < 2 or any(move.arcs.target.size for move in conflict.common):
        seed += 100_000
        conflict = random_conflict(seed, most_parties=2)
    return conflict


def test_prisoners_who_look_two_moves_ahead_stay_where_they_are() -> None:
    assert equilibria(limited_move_stable(PRISONERS, 1)) == [0]
    for horizon in (2, 3, 4, 5, 10**9):
        assert equilibria(limited_move_stable(PRISONERS, horizon)) == [0, 3]
    assert equilibria(non_myopic_stable(PRISONERS)) == [0, 3]


def test_only_giving_way_is_non_myopic_in_chicken() -> None:
    assert [equilibria(limited_move_stable(CHICKEN, horizon)) for horizon in (1, 2, 3, 4)] == [[1, 2], [], [3], [3]]
    assert equilibria(non_myopic_stable(CHICKEN)) == [3]


def test_ends_that_go_round_are_stable_at_some_horizons_only() -> None:
    """Four states round which both push, each with one of its own to stop at."""
    cycles = 0
    for seed in range(300):
        conflict = two_movers(seed)
        far = [limited_move_stable(conflict, horizon) for horizon in range(60, 120)]
        assert (non_myopic_stable(conflict) == np.logical_and.reduce(far)).all(), seed
        cycles += any((far[0] != later).any() for later in far)
        assert (limited_move_stable(conflict, 60 + 2520 * 10**6) == far[0]).all(), seed
    assert cycles > 0


def test_horizons_follow_the_recursion() -> None:
    for seed in range(300):
        conflict = two_movers(seed)
        for horizon in (1, 2, 3, 4, 7):
            expected = [
                [literal(conflict, horizon, party, state) for state in range(conflict.n_states)] for party in (0, 1)
            ]
            assert limited_move_stable(conflict, horizon).tolist() == expected, (seed, horizon)


def test_one_move_ahead_is_nash() -> None:
    for seed in range(100):
        conflict = two_movers(seed)
        assert (limited_move_stable(conflict, 1) == find_stable_in_graph(conflict, ["nash"])["nash"]).all()


def test_parties_that_never_move_do_not_count() -> None:
    conflict = conflict_of([[0, 1], [5, 4], [0, 0]], [[], [], [(0, 1)]])
    assert limited_move_stable(conflict, 3).tolist() == [[True, True]] * 3
    assert limited_move_stable(conflict_of([[0, 1]], [[(0, 1)]]), 2).tolist() == [[False, True]]
    assert non_myopic_stable(conflict_of([[0, 1]], [[]])).tolist() == [[True, True]]


def test_more_than_two_movers_and_common_moves_are_refused() -> None:
    with pytest.raises(OptionError) as three:
        limited_move_stable(elmira(), 2)
    assert str(three.value) == (
        "limited-move stability is defined for two parties that move in turn; in this conflict 3 parties can move. "
        "Use maximin stability, which looks ahead for any number of parties."
    )
    with pytest.raises(OptionError) as together:
        non_myopic_stable(conflict_of([[0, 1], [0, 1]], [[(0, 1)], []], [(0b11, [(1, 0)])]))
    assert str(together.value) == (
        "limited-move stability is defined for two parties that move in turn; in this conflict there are moves that "
        "need a coalition. Use maximin stability, which looks ahead for any number of parties."
    )
    with pytest.raises(OptionError) as short:
        limited_move_stable(PRISONERS, 0)
    assert str(short.value) == "the horizon must be at least 1, got 0"
