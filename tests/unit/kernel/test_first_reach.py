"""In how many moves states are first reached, by how many shortest sequences: against sequences listed one by one."""

from __future__ import annotations

import numpy as np

from detente.conflict import build_conflict
from detente.kernel.coalition_reach import has_lone_common_moves
from detente.kernel.conflict import ProductConflict
from detente.kernel.first_reach import FirstReach, first_reach, first_reach_in_graph, shortest_paths
from detente.kernel.graph_paths import PathStep
from tests.oracle.random_conflicts import random_conflict as random_case
from tests.unit.kernel.graph_conflicts import conflict_of, elmira, random_conflict
from tests.unit.kernel.literal_graph import Literal, members_of


def sequences(
    literal: Literal, source: int, group: frozenset[int], *, improving: bool
) -> tuple[dict[int, int], dict[int, int]]:
    """The length of the shortest legal sequences to each state, and how many there are."""
    lengths, counts = {source: 0}, {source: 1}
    ends: dict[tuple[int, frozenset[int]], int] = {(source, frozenset()): 1}
    seen = set(ends)
    length = 0
    while ends:
        length += 1
        longer: dict[tuple[int, frozenset[int]], int] = {}
        for (here, last), number in ends.items():
            for there, who, is_single in set(literal.steps(here, group, improving=improving)):
                if not (is_single and who == last) and (there, who) not in seen:
                    longer[there, who] = longer.get((there, who), 0) + number
        ends = longer
        seen |= set(longer)
        for (there, _), number in longer.items():
            if lengths.setdefault(there, length) == length:
                counts[there] = counts.get(there, 0) + number
    return lengths, counts


def agree(literal: Literal, found: FirstReach, group: frozenset[int], *, improving: bool) -> None:
    lengths, counts = sequences(literal, found.source, group, improving=improving)
    assert {s: int(n) for s, n in enumerate(found.n_moves) if n >= 0} == lengths
    assert {s: int(n) for s, n in enumerate(found.n_paths) if n} == counts


def assert_legal(
    literal: Literal, path: tuple[PathStep, ...], source: int, state: int, group: frozenset[int], *, improving: bool
) -> None:
    here, last = source, frozenset[int]()
    for movers, there in path:
        who = members_of(movers)
        steps = literal.steps(here, group, improving=improving)
        assert any(s[0] == there and s[1] == who and not (s[2] and who == last) for s in steps)
        here, last = there, who
    assert here == state


def test_graph_form_follows_the_definition() -> None:
    for seed in range(100):
        conflict = random_conflict(seed)
        members = seed * 31 % (1 << conflict.n_parties)
        improving = seed % 2 == 0
        literal, group = Literal(conflict), members_of(members)
        for source in range(conflict.n_states):
            found = first_reach(conflict, source, improvements=improving, members=members)
            agree(literal, found, group, improving=improving)
            reached = np.flatnonzero(found.n_moves >= 0).tolist()
            paths = shortest_paths(conflict, found, reached, improvements=improving, members=members)
            for state, path in paths.items():
                assert len(path) == found.n_moves[state]
                assert_legal(literal, path, source, state, group, improving=improving)


def test_product_form_follows_the_definition() -> None:
    lone = 0
    for seed in range(40):
        conflict = build_conflict(random_case(seed, n_measures=2 + seed % 3, n_parties=1 + seed % 4))
        assert isinstance(conflict.form, ProductConflict)
        lone += has_lone_common_moves(conflict.form)
        literal = Literal(conflict.graph)
        improving = seed % 2 == 0
        members = (1 << len(conflict.parties)) - 1 - (seed % 3 == 0)
        group = members_of(members)
        for source in range(0, conflict.n_states, 5):
            found = first_reach(conflict.form, source, improvements=improving, members=members)
            agree(literal, found, group, improving=improving)
            reached = np.flatnonzero(found.n_moves >= 0).tolist()
            paths = shortest_paths(conflict.form, found, reached, improvements=improving, members=members)
            for state, path in paths.items():
                assert len(path) == found.n_moves[state]
                assert_legal(literal, path, source, state, group, improving=improving)
    assert 0 < lone < 30


def test_elmira_from_its_first_state() -> None:
    found = first_reach_in_graph(elmira(), 0)
    assert found.n_moves.tolist() == [0, 1, 1, 2, 1, 2, 2, 3, 1]
    assert found.n_paths.tolist() == [1, 1, 1, 2, 1, 2, 2, 6, 1]
    better = first_reach_in_graph(elmira(), 0, improvements=True)
    assert np.flatnonzero(better.n_moves >= 0).tolist() == [0, 4]


def test_a_detour_where_the_short_way_is_closed() -> None:
    """To 2 by way of 1, where party 0 may not move again unless somebody else came there."""
    moves = [[(0, 1), (1, 2)], [(0, 3)], [(3, 1)]]
    found = first_reach_in_graph(conflict_of([[0] * 4] * 3, moves), 0)
    assert found.n_moves.tolist() == [0, 1, 3, 1]
    assert found.n_paths.tolist() == [1, 1, 1, 1]


def test_a_search_on_measures_can_be_stopped_at_a_number_of_states() -> None:
    masks = np.arange(1 << 6, dtype=np.int64)
    own = np.array([0b111, 0b111000])
    chain = ProductConflict(
        n_measures=6, masks=masks, takes=own, ends=own * 0, common=(), rank=np.zeros((2, 64), dtype=np.int32)
    )
    found = first_reach(chain, 0, most_states=5)
    assert not found.is_complete
    assert sorted(set(found.n_moves.tolist())) == [-1, 0, 1]
    assert first_reach(chain, 0, most_states=64).is_complete
