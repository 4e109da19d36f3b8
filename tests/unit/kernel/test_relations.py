"""Stability under relations: by hand, on three states, and the room that relations take."""

from __future__ import annotations

import numpy as np
import pytest

from detente.errors import LimitError
from detente.kernel.closures import are_in, pack, unpack
from detente.kernel.conflict import Arcs, CommonArcs, GraphConflict, make_arcs
from detente.kernel.relations import relation_bytes, require_room, stable_under
from detente.kernel.system import BoolArray


def arcs(n_states: int, *pairs: tuple[int, int]) -> Arcs:
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return make_arcs(n_states, ends[:, 0], ends[:, 1])


def relation(n_parties: int, n_states: int, *pairs: tuple[int, int, int]) -> BoolArray:
    filled = np.zeros((n_parties, n_states, n_states), dtype=np.bool_)
    for party, source, target in pairs:
        filled[party, source, target] = True
    return filled


def test_a_move_is_answered_where_somebody_can_and_it_deters() -> None:
    # Party 0 goes from 0 to 1, party 1 from there to 2, and from 2 party 0 can go on to 3.
    conflict = GraphConflict(
        arcs=(arcs(4, (0, 1), (2, 3)), arcs(4, (1, 2))), common=(), rank=np.zeros((2, 4), dtype=np.int32)
    )
    moves_on = relation(2, 4, (0, 0, 1))
    nobody_answers = stable_under(conflict, moves_on, relation(2, 4, (0, 0, 2)))
    assert {concept: bool(flags[0, 0]) for concept, flags in nobody_answers.items()} == {
        "nash": False,
        "gmr": True,
        "smr": False,  # on to 3, which does not deter
        "seq": False,  # party 1 would not go to 2
        "sseq": False,
    }
    held = stable_under(conflict, moves_on, relation(2, 4, (0, 0, 2), (0, 0, 3)), answers_on=relation(2, 4, (1, 1, 2)))
    assert {concept: bool(flags[0, 0]) for concept, flags in held.items()} == {
        "nash": False,
        "gmr": True,
        "smr": True,
        "seq": True,
        "sseq": True,
    }
    assert all(flags[1].all() for flags in held.values())


def test_a_common_move_is_credited_only_if_all_would_make_it() -> None:
    together = CommonArcs(coalition=0b110, arcs=arcs(3, (1, 2)))
    conflict = GraphConflict(
        arcs=(arcs(3, (0, 1)), arcs(3), arcs(3)), common=(together,), rank=np.zeros((3, 3), dtype=np.int32)
    )
    moves_on, deterred = relation(3, 3, (0, 0, 1)), relation(3, 3, (0, 0, 2))
    for answers, credited in (((1, 1, 2),), False), (((1, 1, 2), (2, 1, 2)), True):
        found = stable_under(conflict, moves_on, deterred, answers_on=relation(3, 3, *answers))
        assert bool(found["gmr"][0, 0])
        assert bool(found["seq"][0, 0]) is credited


def test_sets_of_states_are_bits_in_words() -> None:
    relation_of_70 = np.zeros((2, 70), dtype=np.bool_)
    relation_of_70[0, [0, 65]] = relation_of_70[1, 63] = True
    packed = pack(relation_of_70)
    assert packed.tolist() == [[1, 2], [1 << 63, 0]]
    assert unpack(packed, 70).tolist() == relation_of_70.tolist()
    assert are_in(packed, np.array([0, 0, 1]), np.array([65, 64, 63])).tolist() == [True, False, True]


def test_too_many_states_are_refused_with_what_would_help() -> None:
    require_room(4, 4096, relation_bytes(4, 4096))
    with pytest.raises(LimitError) as error:
        require_room(4, 65_536, 2**30)
    assert str(error.value) == (
        "the conflict has 65,536 states; comparing each with each takes about 10.0 GiB and 1.0 GiB are allowed. State "
        "more infeasible patterns, leave measures out, or allow more memory."
    )
