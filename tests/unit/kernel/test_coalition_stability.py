"""Stability for coalitions: Elmira's, what both comparisons ask, and the definitions word for word."""

from __future__ import annotations

import numpy as np
import pytest

from detente.conflict import build_conflict
from detente.errors import Cancelled, OptionError
from detente.kernel.coalition_reach import has_lone_common_moves
from detente.kernel.coalition_stability import COALITION_CONCEPTS, find_stable_for_coalitions
from detente.kernel.conflict import GraphConflict, ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.progress import ProgressEvent, Reporter
from tests.oracle.random_conflicts import random_conflict as random_case
from tests.unit.kernel.graph_conflicts import PRISONERS, conflict_of, elmira, random_conflict
from tests.unit.kernel.literal_graph import Literal, members_of


def literal(conflict: Literal, concept: str, group: frozenset[int], state: int, *, pareto: bool) -> bool:
    def better(there: int) -> bool:
        pairs = [(conflict.rank[p][there], conflict.rank[p][state]) for p in group]
        if pareto:
            return all(a >= b for a, b in pairs) and any(a > b for a, b in pairs)
        return all(a > b for a, b in pairs)

    others = conflict.others(group)
    improvements = [there for there in conflict.reach(state, group) if better(there)]
    if concept == "cnash":
        return not improvements
    return all(
        any(
            not better(sanction)
            and (concept != "csmr" or not any(better(escape) for escape in conflict.reach(sanction, group)))
            for sanction in conflict.reach(there, others, improving=concept == "cseq")
        )
        for there in improvements
    )


def all_coalitions(conflict: GraphConflict) -> list[int]:
    return list(range(1, 1 << conflict.n_parties))


@pytest.mark.parametrize("pareto", [False, True])
def test_coalitions_follow_their_definitions(pareto: bool) -> None:
    differ = 0
    for seed in range(200):
        conflict = random_conflict(seed)
        word_for_word = Literal(conflict)
        found = find_stable_for_coalitions(conflict, all_coalitions(conflict), pareto=pareto)
        for place, members in enumerate(found.coalitions):
            group = members_of(members)
            for concept in COALITION_CONCEPTS:
                expected = [
                    literal(word_for_word, concept, group, state, pareto=pareto) for state in range(conflict.n_states)
                ]
                assert found.stable[concept][place].tolist() == expected, (seed, members, concept)
        other = find_stable_for_coalitions(conflict, all_coalitions(conflict), pareto=not pareto)
        differ += any((found.stable[concept] != other.stable[concept]).any() for concept in COALITION_CONCEPTS)
    assert differ > 20


@pytest.mark.parametrize("pareto", [False, True])
def test_both_forms_agree(pareto: bool) -> None:
    in_product = 0
    for seed in range(120):
        conflict = build_conflict(random_case(seed, n_measures=2 + seed % 5, n_parties=1 + seed % 4))
        coalitions = range(1, 1 << conflict.graph.n_parties)
        assert isinstance(conflict.form, ProductConflict)
        in_product += not has_lone_common_moves(conflict.form)
        product = find_stable_for_coalitions(conflict.form, coalitions, pareto=pareto)
        graph = find_stable_for_coalitions(conflict.graph, coalitions, pareto=pareto)
        for concept in COALITION_CONCEPTS:
            assert (product.stable[concept] == graph.stable[concept]).all(), (seed, concept)
        assert (product.n_improvements == graph.n_improvements).all(), seed
    assert in_product > 60


def test_one_party_is_a_coalition_of_one_where_nothing_is_done_in_common() -> None:
    for seed in range(100):
        conflict = random_conflict(seed)
        conflict = GraphConflict(arcs=conflict.arcs, common=(), rank=conflict.rank)
        alone = find_stable_for_coalitions(conflict, [1 << party for party in range(conflict.n_parties)])
        single = find_stable_in_graph(conflict)
        for concept in COALITION_CONCEPTS:
            assert (alone.stable[concept] == single[concept[1:]]).all(), (seed, concept)


def test_concepts_imply_each_other_as_for_single_parties() -> None:
    for seed in range(100):
        conflict = random_conflict(seed, most_states=10)
        for pareto in (False, True):
            stable = find_stable_for_coalitions(conflict, all_coalitions(conflict), pareto=pareto).stable
            assert (stable["cnash"] <= stable["csmr"]).all()
            assert (stable["csmr"] <= stable["cgmr"]).all()
            assert (stable["cnash"] <= stable["cseq"]).all()
            assert (stable["cseq"] <= stable["cgmr"]).all()


def test_in_elmira_moe_and_uniroyal_together_leave_5_for_8() -> None:
    conflict = elmira()
    found = find_stable_for_coalitions(conflict, all_coalitions(conflict))
    universally = {concept: (np.flatnonzero(flags.all(axis=0)) + 1).tolist() for concept, flags in found.stable.items()}

    assert found.coalitions[2] == 0b011
    assert found.n_improvements[2, 4] == 1
    assert not found.stable["cnash"][2, 4]
    assert universally["cnash"] == [8, 9]


def test_prisoners_together_leave_where_each_stays() -> None:
    found = find_stable_for_coalitions(PRISONERS, [0b01, 0b10, 0b11], ["cnash"])
    assert found.stable["cnash"].tolist() == [
        [True, False, True, False],
        [True, True, False, False],
        [False, True, True, True],
    ]


def test_pareto_asks_for_one_better_and_none_worse() -> None:
    conflict = conflict_of([[0, 1], [0, 0]], [[(0, 1)], []])
    assert find_stable_for_coalitions(conflict, [0b11]).stable["cnash"].tolist() == [[True, True]]
    assert find_stable_for_coalitions(conflict, [0b11], pareto=True).stable["cnash"].tolist() == [[False, True]]


def test_what_was_finished_when_stopped_is_kept() -> None:
    heard: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        heard.append(event)
        raise Cancelled

    found = find_stable_for_coalitions(elmira(), [1, 2], reporter=Reporter(stop))
    assert found.coalitions == ()
    assert found.n_improvements.shape == (0, 9)
    assert heard == [ProgressEvent(task="coalitions", fraction=0.0)]


def test_a_concept_alone_is_the_same_as_among_others() -> None:
    for seed in range(40):
        conflict = random_conflict(seed)
        together = find_stable_for_coalitions(conflict, all_coalitions(conflict))
        for concept in COALITION_CONCEPTS:
            alone = find_stable_for_coalitions(conflict, all_coalitions(conflict), [concept])
            assert list(alone.stable) == [concept]
            assert (alone.stable[concept] == together.stable[concept]).all(), (seed, concept)


def test_unknown_concepts_are_refused() -> None:
    with pytest.raises(OptionError) as refused:
        find_stable_for_coalitions(elmira(), [1], ["nash"])
    assert str(refused.value) == "unknown concept 'nash' (one of: cnash, cgmr, csmr, cseq)"
