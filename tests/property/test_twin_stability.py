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
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.stability import find_stable
from tests.oracle.random_conflicts import case_of_graph, random_conflict, random_graph
from tests.oracle.stability import Situation, stable_states
from tests.oracle.stability_arrays import graph_of
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
    # Only with c and b together is i worse off after taking a.  j takes c through the forum, alone; b, which needs c, is
    # j's too, but then j would move twice in a row.
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
