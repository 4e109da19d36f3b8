"""What must hold of stability in any conflict (§9), and how a conflict may be told without changing an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.case import OrdinalPreference, Statements, Term, parse_condition
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS, Int32Array, make_arcs, to_graph
from detente.kernel.graph_stability import find_stable_in_graph, maximin_stable_in_graph
from detente.kernel.stability import find_stable, maximin_stable
from tests.oracle.random_conflicts import random_conflict
from tests.property.conflict_changes import (
    in_another_order,
    is_stated,
    stated_as_rankings,
    stated_as_ranks,
    with_meaning_turned,
    with_other_names,
    with_patterns_for_relations,
    with_states_moved,
)
from tests.property.drawn_conflicts import (
    IMPLIED,
    MAXIMIN,
    SEEDS,
    SOLE_AND_TWO_WAY,
    WITHOUT_FORUMS,
    Stable,
    assert_equal,
    by_label,
    drawn,
    drawn_graph,
    form_of,
)

# Between the concepts


def check_concepts(stable: Stable, maximin: Callable[[int], NDArray[np.bool_]], *context: object) -> None:
    for stronger, weaker in IMPLIED:
        assert not (stable[stronger] & ~stable[weaker]).any(), (stronger, weaker, *context)
    for horizon, concept in enumerate(MAXIMIN, start=1):
        assert np.array_equal(maximin(horizon), stable[concept]), (horizon, *context)


@pytest.mark.parametrize("block", range(3))
def test_concepts_imply_each_other_on_measures(block: int) -> None:
    for seed in range(60 * block, 60 * block + 60):
        form = form_of(drawn(seed))
        check_concepts(find_stable(form), partial(maximin_stable, form), seed)


@pytest.mark.parametrize("block", range(3))
def test_concepts_imply_each_other_on_graphs(block: int) -> None:
    for seed in range(60 * block, 60 * block + 60):
        form = drawn_graph(seed)
        check_concepts(find_stable_in_graph(form), partial(maximin_stable_in_graph, form), seed)


def test_one_concept_alone_is_the_same_as_among_all() -> None:
    for seed in SEEDS[:40]:
        form = form_of(drawn(seed))
        together, together_in_graph = find_stable(form), find_stable_in_graph(to_graph(form))
        for concept in CONCEPTS:
            assert np.array_equal(find_stable(form, (concept,))[concept], together[concept])
            alone = find_stable_in_graph(to_graph(form), (concept,))
            assert list(alone) == [concept]
            assert np.array_equal(alone[concept], together_in_graph[concept])


def test_added_values_make_escapes_worthless_where_everything_is_possible() -> None:
    # What a party's own measures are worth to it is then the same wherever the others move.
    for seed in SEEDS:
        case = drawn(seed, SOLE_AND_TWO_WAY)
        random = Random(seed)  # noqa: S311
        valued = tuple(
            replace(m, value={p.id: float(random.randint(-3, 3)) for p in case.parties}, effects={})
            for m in case.measures
        )
        stable = find_stable(form_of(replace(case, measures=valued, terms=(), preferences={})))
        assert np.array_equal(stable["gmr"], stable["smr"])
        assert np.array_equal(stable["seq"], stable["sseq"])


def test_where_nobody_else_can_move_all_concepts_are_one() -> None:
    for seed in SEEDS:
        form = drawn_graph(seed, in_common=False)
        nothing = make_arcs(form.n_states, np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        alone = replace(form, arcs=(form.arcs[0], *(nothing for _ in form.arcs[1:])))
        stable = find_stable_in_graph(alone)
        for concept in CONCEPTS:
            assert np.array_equal(stable[concept][0], stable["nash"][0])
            assert stable[concept][1:].all()


def test_between_two_who_want_the_opposite_every_sanction_is_credible() -> None:
    for seed in SEEDS:
        graph = drawn_graph(seed, in_common=False, n_parties=2)
        stable = find_stable_in_graph(replace(graph, rank=np.stack([graph.rank[0], -graph.rank[0]])))
        assert np.array_equal(stable["gmr"], stable["seq"])
        assert np.array_equal(stable["smr"], stable["sseq"])


def test_a_best_state_is_stable_and_so_is_all_to_the_indifferent() -> None:
    for seed in SEEDS:
        form = drawn_graph(seed)
        for concept, stable in find_stable_in_graph(form).items():
            assert stable[form.rank == form.rank.max(axis=1, keepdims=True)].all(), concept
        indifferent = replace(form, rank=np.full_like(form.rank, 7))
        assert all(stable.all() for stable in find_stable_in_graph(indifferent).values())


def test_two_parties_on_measures_always_have_a_sequential_equilibrium() -> None:
    for seed in range(300):
        stable = find_stable(form_of(drawn(seed, WITHOUT_FORUMS, parties=(2,))))
        assert stable["seq"].all(axis=0).any(), seed


# The same conflict told in another way


def test_names_change_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        parties = {p.id: f"q{9 - n}" for n, p in enumerate(case.parties)}
        measures = {m.id: f"x{9 - n}" for n, m in enumerate(case.measures)}
        got = by_label(with_other_names(case, parties, measures))
        want = by_label(case)
        assert got == {
            (concept, parties[i]): {frozenset(measures[m] for m in s) for s in states}
            for (concept, i), states in want.items()
        }


def test_the_order_of_declaration_changes_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        assert by_label(in_another_order(case, seed)) == by_label(case), seed


def test_how_an_order_is_stated_changes_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        want = by_label(case)
        assert by_label(stated_as_rankings(case)) == want
        evenly = [float(level) for level in range(64)]
        assert by_label(stated_as_ranks(case, evenly)) == want
        stretched = [1.0 - 1e-9 * 1.3**-level for level in range(64)]
        assert by_label(stated_as_ranks(case, stretched)) == want


def stretched(rank: Int32Array) -> list[Int32Array]:
    """The same orders by other numbers: over all that 32 bits hold, and crowded at one end."""
    order = np.stack([np.unique(row, return_inverse=True)[1] for row in rank]).astype(np.int64)
    step = (2**32 - 1) // (int(order.max()) + 1)
    return [np.asarray(numbers, dtype=np.int32) for numbers in (order * step - 2**31, order**3 - 2**31)]


def test_only_the_order_of_ranks_counts() -> None:
    for seed in SEEDS:
        form, graph = form_of(drawn(seed)), drawn_graph(seed)
        for rank in stretched(form.rank):
            assert_equal(find_stable(replace(form, rank=rank)), find_stable(form), seed)
            for horizon in (2, 4):
                again = maximin_stable(replace(form, rank=rank), horizon)
                assert np.array_equal(again, maximin_stable(form, horizon)), (seed, horizon)
        for rank in stretched(graph.rank):
            assert_equal(find_stable_in_graph(replace(graph, rank=rank)), find_stable_in_graph(graph), seed)
            for horizon in (2, 4):
                again = maximin_stable_in_graph(replace(graph, rank=rank), horizon)
                assert np.array_equal(again, maximin_stable_in_graph(graph, horizon)), (seed, horizon)


def test_an_amount_that_is_always_there_changes_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        name = case.measures[0].id
        always = tuple(
            Term(party=p.id, when=parse_condition(f"{name} or not {name}"), value=-17.3)
            for p in case.parties
            if is_stated(case, p.id)
        )
        assert by_label(replace(case, terms=case.terms + always)) == by_label(case)


def test_statements_that_tell_nothing_new_change_nothing() -> None:
    for seed in range(300):
        case = drawn(seed)
        name = case.measures[0].id
        always, never = parse_condition(f"{name} or not {name}"), parse_condition(f"{name} and not {name}")
        longer: dict[str, OrdinalPreference] = dict(case.preferences)
        for i, stated in case.preferences.items():
            if isinstance(stated, Statements):
                first, *rest = stated.statements
                longer[i] = Statements(statements=(always, first, never, *rest, first))
        if longer != case.preferences:
            assert by_label(replace(case, preferences=longer)) == by_label(case)


def test_what_is_required_or_excluded_is_a_pattern() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        assert by_label(with_patterns_for_relations(case)) == by_label(case)


def test_where_the_conflict_stands_and_what_comes_after_what_change_nothing() -> None:
    for seed in SEEDS:
        case = drawn(seed)
        conflict = build_conflict(case)
        elsewhere = conflict.in_force(Random(seed).randrange(conflict.n_states))  # noqa: S311
        anytime = tuple(replace(m, after=()) for m in case.measures)
        assert by_label(replace(case, status_quo=elsewhere, measures=anytime)) == by_label(case)


def test_calling_a_measure_by_its_opposite_changes_nothing() -> None:
    for seed in SEEDS:
        form = form_of(drawn(seed))
        turned, place = with_meaning_turned(form, seed % form.n_measures)
        got, want = find_stable(turned), find_stable(form)
        assert_equal({c: got[c][:, place] for c in CONCEPTS}, want, seed)


def test_the_numbers_of_states_and_parties_change_nothing_in_a_graph() -> None:
    for seed in SEEDS:
        graph = drawn_graph(seed)
        moved, place = with_states_moved(graph, seed)
        got, want = find_stable_in_graph(moved), find_stable_in_graph(graph)
        assert_equal({c: got[c][:, place] for c in CONCEPTS}, want, seed)
        last = graph.n_parties - 1
        turned = replace(
            graph,
            arcs=graph.arcs[::-1],
            rank=graph.rank[::-1].copy(),
            common=tuple(
                replace(c, coalition=sum(1 << last - i for i in range(last + 1) if c.coalition >> i & 1))
                for c in graph.common
            ),
        )
        got = find_stable_in_graph(turned)
        assert_equal({c: got[c][::-1] for c in CONCEPTS}, want, seed)


def test_a_conflict_on_measures_is_the_same_as_a_graph() -> None:
    for seed in range(8):
        random = Random(seed)  # noqa: S311
        features = frozenset(f for f in sorted(WITHOUT_FORUMS) if random.random() < 0.5)
        form = form_of(random_conflict(seed, n_measures=10, n_parties=4, features=features))
        assert_equal(find_stable(form), find_stable_in_graph(to_graph(form)), seed)
        for horizon in (2, 4, 7):
            assert np.array_equal(maximin_stable(form, horizon), maximin_stable_in_graph(to_graph(form), horizon))
