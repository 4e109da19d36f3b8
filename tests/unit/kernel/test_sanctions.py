"""Single states judged where masks are unusual: the 64th measure, few states of many measures, long lists."""

from __future__ import annotations

import numpy as np

from detente.kernel.conflict import CONCEPTS, CommonMove, ProductConflict, n_moves_at_most, to_graph
from detente.kernel.sanctions import Answer, Judge, Move


def _signed(measures: list[int]) -> int:
    mask = sum(1 << measure for measure in measures)
    return mask - (1 << 64) if mask >> 63 else mask


def _far_apart(seed: int) -> ProductConflict:
    """Five measures that vary among 64, the last with the sign."""
    random = np.random.default_rng(seed)
    bits = [3, 17, 40, 62, 63]
    masks = [_signed([bit for place, bit in enumerate(bits) if state >> place & 1]) for state in range(32)]
    feasible = np.sort(np.array(masks, dtype=np.int64))[random.random(32) < 0.8]
    own = np.array([_signed([3, 63]), _signed([17, 62]), _signed([40])], dtype=np.int64)
    return ProductConflict(
        n_measures=64,
        masks=feasible,
        takes=own,
        ends=own,
        common=(CommonMove(coalition=0b110, measure=63, takes=True),),
        rank=random.integers(0, 10, (3, feasible.size)).astype(np.int32),
    )


def test_the_64th_measure_is_like_any_other() -> None:
    for seed in range(10):
        conflict = _far_apart(seed)
        assert n_moves_at_most(conflict) < 1_000
        product, graph = Judge(conflict), Judge(to_graph(conflict))
        for party in range(3):
            for state in range(conflict.n_states):
                for concept in CONCEPTS:
                    assert product.is_stable(party, state, concept) is graph.is_stable(party, state, concept)


def test_a_party_with_more_measures_than_there_are_states_is_searched_among_the_states() -> None:
    everything = (1 << 62) - 1
    conflict = ProductConflict(
        n_measures=62,
        masks=np.array([0, 5, 1 << 30, everything], dtype=np.int64),
        takes=np.array([everything], dtype=np.int64),
        ends=np.array([0], dtype=np.int64),
        common=(),
        rank=np.array([[0, 2, 1, 3]], dtype=np.int32),
    )
    judge = Judge(conflict)
    assert judge.moves(0, 0).tolist() == [1, 2, 3]
    assert judge.moves(0, 1).tolist() == [3]
    assert judge.improvements(0, 0).tolist() == [3, 1, 2]


def test_improvements_without_an_answer_are_found_beyond_those_that_are_kept() -> None:
    # The first party can leave state 0 for 1, 2 or 3; the other can answer at 3 and 2, not at 1, the least attractive.
    conflict = ProductConflict(
        n_measures=3,
        masks=np.array([0, 1, 2, 3, 6, 7], dtype=np.int64),
        takes=np.array([3, 4], dtype=np.int64),
        ends=np.array([0, 0], dtype=np.int64),
        common=(),
        rank=np.array([[0, 1, 2, 3, 0, 0], [0, 0, 0, 0, 1, 1]], dtype=np.int32),
    )
    judge = Judge(conflict)
    kept = judge.judge(0, 0, "seq", most_answers=1)
    assert kept.is_stable is False
    assert kept.answers == (
        Answer(target=3, sanction=(Move(movers=2, source=3, target=5),), is_settled=True),
        Answer(target=1, sanction=None, is_settled=True),
    )
    assert kept.n_improvements == 3
    assert len(judge.judge(0, 0, "seq").answers) == 3
    assert judge.judge(0, 0, "nash", most_answers=0).answers == (Answer(target=3, sanction=None, is_settled=True),)


def test_a_search_that_takes_too_many_steps_is_not_settled() -> None:
    conflict = ProductConflict(
        n_measures=4,
        masks=np.arange(16, dtype=np.int64),
        takes=np.array([1, 14], dtype=np.int64),
        ends=np.array([1, 14], dtype=np.int64),
        common=(),
        rank=np.array([np.arange(16), np.arange(16)], dtype=np.int32),
    )
    judgement = Judge(conflict, most_steps=3).judge(0, 0, "gmr")
    assert judgement.is_stable is None
    assert judgement.answers == (Answer(target=1, sanction=None, is_settled=False),)
