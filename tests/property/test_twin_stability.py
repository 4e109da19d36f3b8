"""Stable states agree with the independent literal implementation on random conflicts with every feature (§9)."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from detente.case import Case, Forum, Measure, Party, Term, parse_condition
from detente.conflict import Conflict, build_conflict
from detente.kernel.conflict import CONCEPTS, GraphConflict, ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph, maximin_stable_in_graph
from detente.kernel.limited_moves import limited_move_stable, non_myopic_stable
from detente.kernel.stability import find_stable
from detente.kernel.stability import maximin_stable as maximin_of_product
from tests.oracle.random_conflicts import case_of_graph, random_conflict, random_graph
from tests.oracle.stability import Situation, maximin_stable, stable_states
from tests.oracle.stability import limited_move_stable as literally_limited
from tests.oracle.stability import non_myopic_stable as literally_non_myopic
from tests.oracle.stability_arrays import graph_of, matrices_of
from tests.oracle.stability_matrix import stable_by_matrices
from tests.oracle.stability_of_cases import situation_of

PER_BLOCK = 150
BLOCKS = range(5)
LONG_BLOCKS = range(5, 75)
MEASURES = (1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 7)
PARTIES = (1, 2, 2, 3, 3, 3, 4, 4)
Stable = dict[str, NDArray[np.bool_]]


def drawn_case(seed: int) -> Case:
    random = Random(f"size {seed}")  # noqa: S311  # no secret depends on it
    return random_conflict(seed, n_measures=random.choice(MEASURES), n_parties=random.choice(PARTIES))


def drawn_graph(seed: int) -> Situation:
    random = Random(f"size {seed}")  # noqa: S311
    return random_graph(seed, n_states=random.randint(2, 12), n_parties=random.choice((2, 2, 3, 3, 4)))


def product_of(conflict: Conflict) -> ProductConflict:
    assert isinstance(conflict.form, ProductConflict)
    return conflict.form


def wanted(situation: Situation) -> Stable:
    """What the literal implementation says, in the shape of the program's answers."""
    found = {concept: stable_states(situation, concept) for concept in CONCEPTS}
    return {concept: np.array([found[concept][i] for i in situation.parties]) for concept in CONCEPTS}


def assert_same(got: Any, want: Stable, *context: object) -> None:  # the engines return mappings of arrays
    assert list(got) == list(want)
    for concept in want:
        differs = np.argwhere(got[concept] != want[concept])
        assert not differs.size, (concept, "party, state:", differs.tolist(), *context)


def compare_product(seed: int) -> None:
    case = drawn_case(seed)
    conflict, situation = build_conflict(case), situation_of(case)
    assert [frozenset(conflict.in_force(s)) for s in range(conflict.n_states)] == list(situation.states)
    want = wanted(situation)
    assert_same(find_stable(product_of(conflict)), want, "product", seed, case)
    assert_same(find_stable_in_graph(conflict.graph), want, "graph", seed, case)


def compare_graph(seed: int) -> None:
    situation = drawn_graph(seed)
    want = wanted(situation)
    assert_same(find_stable_in_graph(graph_of(situation)), want, seed, situation)
    form = build_conflict(case_of_graph(situation)).form
    assert isinstance(form, GraphConflict)
    assert_same(find_stable_in_graph(form), want, "case", seed, situation)


def test_who_moved_last_by_itself_through_a_forum_does_not_move_on() -> None:
    # After taking a, i is worse off only with b and c in force.  j takes c through the forum, alone; b, which needs c,
    # is j's too, but then j would move twice in a row.
    case = Case(
        name="a forum in which one vote is enough",
        parties=(Party(id="i", name="i"), Party(id="j", name="j")),
        measures=(
            Measure(id="a", name="a", owners=("i",), value={"i": 1.0}),
            Measure(id="b", name="b", owners=("j",), requires=("c",)),
            Measure(id="c", name="c", forum="council", value={"j": 1.0}),
        ),
        terms=(Term(party="i", when=parse_condition("a and b and c"), value=-2.0),),
        forums=(Forum(id="council", members=("j",), quota=1, end_quota=1),),
    )
    conflict, situation = build_conflict(case), situation_of(case)
    want = wanted(situation)
    assert not want["gmr"][0, conflict.find("-")]
    assert want["gmr"][0, conflict.find("c")]
    assert_same(find_stable_in_graph(conflict.graph), want)
    assert_same(find_stable(product_of(conflict)), want)


@pytest.mark.parametrize("block", BLOCKS)
def test_stable_states_on_measures_are_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare_product(seed)


@pytest.mark.parametrize("block", BLOCKS)
def test_stable_states_on_graphs_are_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare_graph(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_stable_states_are_the_twins_in_many_more(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare_product(seed)
        compare_graph(seed)


# Foresight


def wanted_maximin(situation: Situation, horizon: int) -> NDArray[np.bool_]:
    return np.array([maximin_stable(situation, i, horizon) for i in situation.parties])


@pytest.mark.parametrize("horizon", range(1, 6))
def test_maximin_stability_is_the_twins(horizon: int) -> None:
    for seed in range(1000 * horizon, 1000 * horizon + 60):
        case = drawn_case(seed)
        conflict, situation = build_conflict(case), situation_of(case)
        want = wanted_maximin(situation, horizon)
        assert np.array_equal(maximin_of_product(product_of(conflict), horizon), want), (seed, horizon, case)
        assert np.array_equal(maximin_stable_in_graph(conflict.graph, horizon), want), (seed, horizon, case)
        drawn = drawn_graph(seed)
        got = maximin_stable_in_graph(graph_of(drawn), horizon)
        assert np.array_equal(got, wanted_maximin(drawn, horizon)), (seed, horizon, drawn)


def two_parties(seed: int) -> Situation:
    return random_graph(seed, n_states=2 + seed % 11, n_parties=2, in_common=False)


def test_limited_move_stability_is_the_twins() -> None:
    for seed in range(150):
        situation = two_parties(seed)
        one, two = situation.parties
        for horizon in range(1, 7):
            want = [literally_limited(situation, i, j, horizon) for i, j in ((one, two), (two, one))]
            got = limited_move_stable(graph_of(situation), horizon)
            assert got.tolist() == want, (seed, horizon, situation)


def test_non_myopic_stability_is_the_twins() -> None:
    for seed in range(40):
        situation = two_parties(seed)
        one, two = situation.parties
        want = [literally_non_myopic(situation, i, j) for i, j in ((one, two), (two, one))]
        assert non_myopic_stable(graph_of(situation)).tolist() == want, (seed, situation)


# Larger conflicts, and every way in which the engine may search them


@pytest.mark.parametrize("most_sweeps", [0, 1, 2])
def test_few_sweeps_change_nothing(most_sweeps: int) -> None:
    for seed in range(80):
        form = product_of(build_conflict(drawn_case(seed)))
        want: Any = find_stable(form)
        assert_same(find_stable(form, most_sweeps=most_sweeps), want, seed)
        for horizon in (2, 3, 4):
            again = maximin_of_product(form, horizon, most_sweeps=most_sweeps)
            assert np.array_equal(again, maximin_of_product(form, horizon)), (seed, horizon)


@pytest.mark.parametrize("seed", [1, 3, 4, 5])
def test_larger_conflicts_are_as_the_matrix_method_says(seed: int) -> None:
    case = random_conflict(seed, n_measures=8, n_parties=3 + seed % 2)
    conflict, matrices = build_conflict(case), matrices_of(situation_of(case))
    want = stable_by_matrices(matrices)
    assert_same(find_stable(product_of(conflict)), want, "product", seed, case)
    assert_same(find_stable_in_graph(conflict.graph), want, "graph", seed, case)
