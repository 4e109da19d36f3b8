"""What a group reaches from a state: last movers, shortest sequences, and the definition word for word."""

from __future__ import annotations

from detente.kernel.conflict import GraphConflict
from detente.kernel.graph_paths import Reach, Searcher, moves_of, reach
from tests.unit.kernel.graph_conflicts import conflict_of, elmira, random_conflict
from tests.unit.kernel.literal_graph import Literal, members_of


def levels(literal: Literal, source: int, group: frozenset[int], *, improving: bool) -> dict[int, int]:
    """In how many moves each state is first reached: sequences of one length after the other."""
    found: dict[int, int] = {}
    ends: set[tuple[int, frozenset[int]]] = {(source, frozenset())}
    seen: set[tuple[int, frozenset[int]]] = set()
    length = 0
    while ends - seen or not length:
        seen |= ends
        length += 1
        ends = {
            (there, who)
            for here, last in ends
            for there, who, is_single in literal.steps(here, group, improving=improving)
            if not (is_single and who == last)
        }
        for there, _ in ends:
            found.setdefault(there, length)
        if length > 60:
            break
    return found


def assert_legal(literal: Literal, found: Reach, group: frozenset[int], state: int, *, improving: bool) -> None:
    here, last = found.source, frozenset[int]()
    for movers, there in found.path_to(state):
        who = members_of(movers)
        steps = literal.steps(here, group, improving=improving)
        assert any(s[0] == there and s[1] == who and not (s[2] and who == last) for s in steps)
        here, last = there, who
    assert here == state


def test_reach_follows_the_definition() -> None:
    for seed in range(250):
        conflict = random_conflict(seed)
        literal = Literal(conflict)
        members = seed * 7919 % (1 << conflict.n_parties)
        improving = seed % 3 == 0
        group = members_of(members)
        for source in range(conflict.n_states):
            found = reach(conflict, members, source, improvements=improving)
            expected = literal.reach(source, group, improving=improving)
            movers = {
                int(state): set(members_of(mask)) for state, mask in zip(found.states, found.last_movers, strict=True)
            }
            assert movers == expected, seed
            n_moves = dict(zip(found.states.tolist(), found.n_moves.tolist(), strict=True))
            assert n_moves == levels(literal, source, group, improving=improving), seed
            for state in expected:
                assert len(found.path_to(state)) == n_moves[state]
                assert_legal(literal, found, group, state, improving=improving)


def test_a_searcher_can_be_used_again() -> None:
    for seed in range(50):
        conflict = random_conflict(seed)
        everybody = (1 << conflict.n_parties) - 1
        searcher = Searcher(moves_of(conflict, everybody))
        for source in range(conflict.n_states):
            assert searcher.reached_from(source).tolist() == reach(conflict, everybody, source).states.tolist()


def names(conflict: GraphConflict, source: int, target: int, members: int) -> list[tuple[set[int], int]]:
    return [
        (set(members_of(movers)), state + 1) for movers, state in reach(conflict, members, source).path_to(target - 1)
    ]


def test_moe_and_uniroyal_get_from_5_to_8_in_two_moves() -> None:
    assert names(elmira(), 4, 8, 0b011) in ([({0}, 6), ({1}, 8)], [({1}, 7), ({0}, 8)])


def test_who_was_held_back_goes_on_after_somebody_else() -> None:
    """Party 0 gets to 1 in one move but may go on to 2 only if parties 1 and 2 got there, by way of 3."""
    moves = [[(0, 1), (1, 2)], [(0, 3)], []]
    assert 2 not in reach(conflict_of([[0] * 4] * 3, moves), 0b111, 0).states

    moves[2] = [(3, 1)]
    found = reach(conflict_of([[0] * 4] * 3, moves), 0b111, 0)
    assert found.path_to(2) == ((0b010, 3), (0b100, 1), (0b001, 2))
    assert found.path_to(1) == ((0b001, 1),)
