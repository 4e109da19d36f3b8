"""What must hold of stability for coalitions in any conflict (§9)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.kernel.coalition_stability import find_stable_for_coalitions
from detente.kernel.conflict import GraphConflict, ProductConflict, to_graph
from detente.kernel.graph_stability import find_stable_in_graph
from tests.property.conflict_changes import with_further_measure, with_meaning_turned, with_states_moved
from tests.property.drawn_conflicts import WITHOUT_FORUMS, drawn, drawn_graph, form_of

SEEDS = range(30)
IMPLIED = (("cnash", "csmr"), ("csmr", "cgmr"), ("cnash", "cseq"), ("cseq", "cgmr"))
LIKE = {"cnash": "nash", "cgmr": "gmr", "csmr": "smr", "cseq": "seq"}
Form = ProductConflict | GraphConflict


def everyone(form: Form) -> list[int]:
    return list(range(1, 1 << form.n_parties))


def stable_for(form: Form, *, pareto: bool = False) -> Mapping[str, NDArray[np.bool_]]:
    """Which states are stable for which coalition, in the order of their masks."""
    return find_stable_for_coalitions(form, everyone(form), pareto=pareto).stable


def both_forms(seed: int) -> Iterator[Form]:
    yield form_of(drawn(seed))
    yield drawn_graph(seed)


@pytest.mark.parametrize("pareto", [False, True], ids=["strict", "pareto"])
def test_concepts_imply_each_other(pareto: bool) -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            stable = stable_for(form, pareto=pareto)
            for stronger, weaker in IMPLIED:
                assert not (stable[stronger] & ~stable[weaker]).any(), (seed, stronger, weaker)


def test_nobody_is_left_to_answer_all_together() -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            stable = stable_for(form)
            for concept, rows in stable.items():
                assert np.array_equal(rows[-1], stable["cnash"][-1]), (seed, concept)


def test_a_coalition_of_one_is_a_party() -> None:
    # Unless a forum lets one member pass: what it so moves is not among its own moves.
    for seed in SEEDS:
        forms: list[Form] = [form_of(drawn(seed, WITHOUT_FORUMS)), drawn_graph(seed, in_common=False)]
        for form in forms:
            graph = to_graph(form) if isinstance(form, ProductConflict) else form
            alone = find_stable_in_graph(graph)
            singles = [1 << party for party in range(form.n_parties)]
            for pareto in (False, True):
                found = find_stable_for_coalitions(form, singles, pareto=pareto)
                assert found.coalitions == tuple(singles)
                for concept, stable in found.stable.items():
                    assert np.array_equal(stable, alone[LIKE[concept]]), (seed, concept)


def test_by_paretos_comparison_more_is_an_improvement() -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            strict = find_stable_for_coalitions(form, everyone(form))
            pareto = find_stable_for_coalitions(form, everyone(form), pareto=True)
            assert (pareto.n_improvements >= strict.n_improvements).all()
            assert np.array_equal(strict.n_improvements == 0, strict.stable["cnash"])
            assert np.array_equal(pareto.n_improvements == 0, pareto.stable["cnash"])


def test_without_ties_it_is_all_the_same_how_states_are_compared() -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            order = np.argsort(np.argsort(form.rank, axis=1, kind="stable"), axis=1)
            sharp = replace(form, rank=np.asarray(order, dtype=np.int32))
            strict, pareto = (find_stable_for_coalitions(sharp, everyone(form), pareto=p) for p in (False, True))
            assert np.array_equal(strict.n_improvements, pareto.n_improvements)
            for concept, stable in strict.stable.items():
                assert np.array_equal(stable, pareto.stable[concept]), (seed, concept)


def test_coalitions_can_be_asked_for_in_any_order_and_any_number() -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            want = stable_for(form)
            asked = everyone(form)[::-2]
            found = find_stable_for_coalitions(form, asked, ("cseq", "cnash"))
            assert found.coalitions == tuple(asked)
            assert set(found.stable) == {"cseq", "cnash"}
            for concept, stable in found.stable.items():
                assert np.array_equal(stable, want[concept][[mask - 1 for mask in asked]])


@pytest.mark.parametrize("pareto", [False, True], ids=["strict", "pareto"])
def test_the_form_of_a_conflict_changes_nothing(pareto: bool) -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed))
        on_measures, as_graph = (
            find_stable_for_coalitions(one, everyone(form), pareto=pareto) for one in (form, to_graph(form))
        )
        assert np.array_equal(on_measures.n_improvements, as_graph.n_improvements), seed
        for concept, stable in on_measures.stable.items():
            assert np.array_equal(stable, as_graph.stable[concept]), (seed, concept)


def test_numbers_of_states_and_names_of_measures_change_nothing() -> None:
    for seed in SEEDS:
        form, graph = form_of(drawn(seed)), drawn_graph(seed)
        turned, place = with_meaning_turned(form, seed % form.n_measures)
        moved, numbers = with_states_moved(graph, seed)
        forms: list[tuple[Form, Form, list[int]]] = [(form, turned, place), (graph, moved, numbers)]
        for one, other, where in forms:
            want, got = stable_for(one), stable_for(other)
            for concept, stable in want.items():
                assert np.array_equal(got[concept][:, where], stable), (seed, concept)


def test_a_measure_that_nobody_can_move_or_cares_for_changes_nothing() -> None:
    for seed in SEEDS[:15]:
        form = form_of(drawn(seed, WITHOUT_FORUMS))
        for owner in (None, seed % form.n_parties):
            for pareto in (False, True):
                want, got = (stable_for(one, pareto=pareto) for one in (form, with_further_measure(form, owner=owner)))
                for concept, stable in want.items():
                    assert np.array_equal(got[concept], np.tile(stable, (1, 2))), (seed, owner, concept)


def test_a_best_state_of_every_member_is_stable_for_them() -> None:
    for seed in SEEDS:
        for form in both_forms(seed):
            best = form.rank == form.rank.max(axis=1, keepdims=True)
            for mask, row in zip(everyone(form), stable_for(form)["cnash"], strict=True):
                members = [party for party in range(form.n_parties) if mask >> party & 1]
                assert row[best[members].any(axis=0)].all()  # one who cannot gain is enough
