"""Stability on states and arcs given outright: published answers, traps, and the definitions word for word."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import LimitError, OptionError
from detente.kernel.conflict import CONCEPTS, GraphConflict
from detente.kernel.graph_stability import find_stable_in_graph, maximin_stable_in_graph
from tests.unit.kernel.graph_conflicts import CHICKEN, PRISONERS, conflict_of, elmira, random_conflict
from tests.unit.kernel.literal_graph import Literal


def equilibria(conflict: GraphConflict) -> dict[str, set[int]]:
    return {
        concept: set(np.flatnonzero(stable.all(axis=0)).tolist())
        for concept, stable in find_stable_in_graph(conflict).items()
    }


def test_elmira_has_its_published_equilibria() -> None:
    found = {concept: {state + 1 for state in states} for concept, states in equilibria(elmira()).items()}

    assert found == {
        "nash": {5, 8, 9},
        "gmr": {1, 4, 5, 8, 9},
        "smr": {1, 4, 5, 8, 9},
        "seq": {5, 8, 9},
        "sseq": {5, 8, 9},
    }


def test_prisoners_stay_where_leaving_is_answered() -> None:
    assert equilibria(PRISONERS) == {
        "nash": {0},
        "gmr": {0, 3},
        "smr": {0, 3},
        "seq": {0, 3},
        "sseq": {0, 3},
    }


def test_in_chicken_one_gives_way_or_both_do() -> None:
    assert equilibria(CHICKEN) == {
        "nash": {1, 2},
        "gmr": {1, 2, 3},
        "smr": {1, 2, 3},
        "seq": {1, 2},
        "sseq": {1, 2},
    }


def test_nobody_moves_twice_in_a_row() -> None:
    """Party 1 could punish in two moves, 1 → 2 → 3, but only if others move in between."""
    moves = [[(0, 1)], [(1, 2), (2, 3)], [], []]
    ranks = [[1, 2, 2, 0], [0] * 4, [0] * 4, [0] * 4]
    assert find_stable_in_graph(conflict_of(ranks, moves))["gmr"][0].tolist() == [False, True, True, True]

    moves[2], moves[3] = [(2, 4)], [(4, 2)]
    ranks = [[1, 2, 2, 0, 2], [0] * 5, [0] * 5, [0] * 5]
    assert find_stable_in_graph(conflict_of(ranks, moves))["gmr"][0].tolist() == [True] * 5


def test_a_party_may_move_again_later() -> None:
    """Opponents 1, 2, 1: each of them once is not enough."""
    moves = [[(0, 1)], [(1, 2), (3, 4)], [(2, 3)]]
    ranks = [[1, 2, 2, 2, 0], [0] * 5, [0] * 5]

    assert find_stable_in_graph(conflict_of(ranks, moves))["gmr"][0, 0]


def test_a_common_move_is_never_held_up_and_frees_everybody() -> None:
    ranks = [[1, 2, 2, 2, 0], [0] * 5, [0] * 5]
    alone = conflict_of(ranks, [[(0, 1)], [(1, 2), (3, 4)], []], [(0b110, [(2, 3)])])
    assert find_stable_in_graph(alone)["gmr"][0, 0]

    of_one = conflict_of(ranks, [[(0, 1)], [(1, 2), (3, 4)], []], [(0b010, [(2, 3)])])
    assert not find_stable_in_graph(of_one)["gmr"][0, 0]


def test_the_state_that_sanctions_is_the_one_without_escape() -> None:
    """Two sanctions, one without escape that is no sanction by itself: SMR needs one state that is both."""
    moves = [[(0, 1), (2, 3)], [(1, 2), (1, 4)]]
    ranks = [[1, 3, 0, 2, 2], [0] * 5]
    found = find_stable_in_graph(conflict_of(ranks, moves))

    assert found["gmr"][0, 0]
    assert not found["smr"][0, 0]


def test_a_party_alone_is_deterred_by_nobody() -> None:
    found = find_stable_in_graph(conflict_of([[0, 1, 1]], [[(0, 1), (1, 2)]]))

    assert {concept: stable.tolist() for concept, stable in found.items()} == {
        concept: [[False, True, True]] for concept in CONCEPTS
    }


def test_unknown_concepts_and_horizons_are_refused() -> None:
    with pytest.raises(OptionError) as unknown:
        find_stable_in_graph(PRISONERS, ["gnash"])
    assert str(unknown.value) == "unknown stability concept 'gnash' (one of: nash, gmr, smr, seq, sseq)"
    with pytest.raises(OptionError) as short:
        maximin_stable_in_graph(PRISONERS, 0)
    assert str(short.value) == "the horizon must be at least 1, got 0"


def test_too_many_parties_to_tell_apart_are_refused() -> None:
    many = conflict_of([[0, 0]] * 63, [[(0, 1)]] * 63)

    assert find_stable_in_graph(many, ["nash"])["nash"].all()
    with pytest.raises(LimitError) as refused:
        find_stable_in_graph(many)
    assert str(refused.value) == (
        "the conflict has 63 parties; who moved last can be told apart for at most 62. Leave out parties "
        "that cannot move."
    )


@pytest.mark.parametrize("block", range(10))
def test_all_concepts_follow_their_definitions(block: int) -> None:
    for seed in range(100 * block, 100 * block + 100):
        conflict = random_conflict(seed)
        literal = Literal(conflict)
        found = find_stable_in_graph(conflict)
        for concept in CONCEPTS:
            expected = [
                [literal.is_stable(concept, party, state) for state in range(conflict.n_states)]
                for party in range(conflict.n_parties)
            ]
            assert found[concept].tolist() == expected, (seed, concept)


def test_maximin_follows_its_definition() -> None:
    for seed in range(150):
        conflict = random_conflict(seed, most_states=5, most_parties=3)
        literal = Literal(conflict)
        for horizon in (1, 2, 3, 4, 5):
            expected = [
                [literal.maximin(horizon, party, state) for state in range(conflict.n_states)]
                for party in range(conflict.n_parties)
            ]
            assert maximin_stable_in_graph(conflict, horizon).tolist() == expected, (seed, horizon)


def test_maximin_begins_as_nash_gmr_and_smr_and_comes_to_rest() -> None:
    for seed in range(100):
        conflict = random_conflict(seed, most_states=12)
        found = find_stable_in_graph(conflict)
        for horizon, concept in ((1, "nash"), (2, "gmr"), (3, "smr")):
            assert (maximin_stable_in_graph(conflict, horizon) == found[concept]).all(), (seed, concept)
        for even in (0, 1):
            at_rest = maximin_stable_in_graph(conflict, 10**9 + even)
            assert (at_rest == maximin_stable_in_graph(conflict, 400 + even)).all()
