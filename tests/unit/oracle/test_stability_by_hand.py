"""The literal stability twin on conflicts small enough to do by hand, and against the matrix method."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

import numpy as np
import pytest

from detente.case import Case, Direction, Forum, Graph, Measure, Party, Ranks
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import (
    CONCEPTS,
    Situation,
    anticipated,
    coalition_improvements,
    equilibria,
    first_reached,
    is_coalition_stable,
    is_stable,
    limited_move_stable,
    maximin_stable,
    non_myopic_stable,
    shortest_paths,
    stable_states,
)
from tests.oracle.stability_arrays import matrices_of
from tests.oracle.stability_matrix import stable_by_matrices
from tests.oracle.stability_of_cases import deciders, own_moves, situation_of


def graph(arcs: Mapping[str, Sequence[str]], ranks: Mapping[str, Sequence[int]]) -> Situation:
    """States are letters; an arc is written `ab`."""
    states = sorted({letter for listed in arcs.values() for arc in listed for letter in arc})
    return situation_of(
        Case(
            name="by hand",
            parties=tuple(Party(id=i, name=i) for i in arcs),
            graph=Graph(
                states=tuple(states),
                moves={i: tuple((arc[0], arc[1]) for arc in listed) for i, listed in arcs.items()},
                ranks={i: tuple(float(rank) for rank in listed) for i, listed in ranks.items()},
            ),
        )
    )


def test_nobody_moves_twice_in_a_row_but_again_later() -> None:
    arcs = {"i": [], "j": ["ab", "bc", "cd"], "k": ["bx", "xb"]}
    situation = graph(arcs, dict.fromkeys(arcs, [0] * 5))
    assert set(situation.reach({"j"}, "a", improving=False)) == {"b"}
    # After j's a→b and k's b→x it is j's turn, which cannot move at x; k may not go back, so j never gets on from b.
    assert situation.reach({"j", "k"}, "a", improving=False) == {"b": {frozenset("j")}, "x": {frozenset("k")}}


def test_a_party_moves_again_after_another() -> None:
    arcs = {"i": [], "j": ["ab", "cd"], "k": ["bc"], "l": ["de"]}
    situation = graph(arcs, dict.fromkeys(arcs, [0] * 5))
    reached = situation.reach({"j", "k", "l"}, "a", improving=False)
    assert {s: ["".join(who) for who in last] for s, last in reached.items()} == {
        "b": ["j"],
        "c": ["k"],
        "d": ["j"],
        "e": ["l"],
    }


def test_improvements_are_the_movers_own() -> None:
    arcs = {"i": [], "j": ["ab"], "k": ["bc"]}
    situation = graph(arcs, {"i": [0, 0, 0], "j": [0, 1, 0], "k": [5, 3, 4]})
    assert set(situation.reach({"j", "k"}, "a", improving=True)) == {"b", "c"}
    assert set(situation.reach({"k", "j"}, "b", improving=True)) == {"c"}


@pytest.mark.parametrize(
    ("sanction", "escape", "stable"),
    [
        (3, 0, ("gmr", "smr", "seq", "sseq")),  # worse than the start, and no way out
        (4, 0, ("gmr", "smr", "seq", "sseq")),  # a tie sanctions
        (5, 0, ()),  # better after all
        (3, 5, ("gmr", "seq")),  # i gets away from where it is punished
        (3, 4, ("gmr", "smr", "seq", "sseq")),  # getting away to a tie is no escape
    ],
)
def test_what_sanctions(sanction: int, escape: int, stable: tuple[str, ...]) -> None:
    # From a, i improves to b; j answers with c, from which i may go to d.
    arcs = {"i": ["ab", "cd"], "j": ["bc"]}
    situation = graph(arcs, {"i": [4, 6, sanction, escape], "j": [0, 0, 1, 0]})
    assert tuple(c for c in CONCEPTS if is_stable(situation, "i", "a", c)) == stable


def test_a_sanction_that_hurts_the_sanctioner_is_not_credible() -> None:
    situation = graph({"i": ["ab"], "j": ["bc"]}, {"i": [1, 2, 0], "j": [0, 1, 0]})
    assert [c for c in CONCEPTS if is_stable(situation, "i", "a", c)] == ["gmr", "smr"]


def test_being_brought_back_to_the_start_sanctions() -> None:
    situation = graph({"i": ["ab"], "j": ["ba"]}, {"i": [1, 2], "j": [1, 0]})
    assert [c for c in CONCEPTS if is_stable(situation, "i", "a", c)] == ["gmr", "seq"]


def test_maximin_by_hand() -> None:
    # i: a→b→…; horizon 2 sees the answer c, horizon 3 also the own way out d.
    situation = graph({"i": ["ab", "cd"], "j": ["bc"]}, {"i": [4, 6, 3, 5], "j": [0, 0, 1, 0]})
    assert [maximin_stable(situation, "i", h)[0] for h in (1, 2, 3, 4)] == [False, True, False, False]


def test_limited_moves_by_hand() -> None:
    # i wants c, but j would go on from b to c and i is worst off there: with two moves in sight i stays at a.
    situation = graph({"i": ["ab"], "j": ["bc"]}, {"i": [1, 2, 0], "j": [0, 1, 2]})

    assert [anticipated(situation, "i", "j", h)["a"] for h in range(4)] == ["a", "b", "a", "a"]
    assert [limited_move_stable(situation, "i", "j", h)[0] for h in (1, 2, 3)] == [False, True, True]


def test_limited_moves_fear_the_worst_of_ties() -> None:
    # To i it is all the same whether it goes to b or to c, but j, which foresees it, only dares to a if i goes to b.
    situation = graph({"i": ["ab", "ac"], "j": ["da"]}, {"i": [0, 1, 1, 0], "j": [0, 3, 1, 2]})
    assert anticipated(situation, "i", "j", 1)["a"] == "c"
    assert [limited_move_stable(situation, "j", "i", h)[3] for h in (1, 2, 3)] == [True, True, True]


def test_non_myopic_by_hand() -> None:
    # The prisoner's dilemma: who looks two moves ahead or more stays with a when both have it.
    dilemma = graph(
        {"i": ["ab", "ba", "cd", "dc"], "j": ["ac", "ca", "bd", "db"]}, {"i": [3, 4, 1, 2], "j": [3, 1, 4, 2]}
    )
    assert [limited_move_stable(dilemma, "i", "j", h)[0] for h in (1, 2, 3, 4)] == [False, True, True, True]
    assert [
        i and j for i, j in zip(non_myopic_stable(dilemma, "i", "j"), non_myopic_stable(dilemma, "j", "i"), strict=True)
    ] == [
        True,
        False,
        False,
        True,
    ]


def test_coalitions_by_hand() -> None:
    # Neither i nor j gains by one step; together they gain by two, and k can stop only one of the two ways.
    arcs = {"i": ["ab"], "j": ["bc"], "k": ["cd"]}
    situation = graph(arcs, {"i": [1, 0, 2, 0], "j": [1, 0, 2, 2], "k": [0, 0, 1, 0]})
    both = frozenset("ij")
    assert coalition_improvements(situation, both, "a") == ["c"]
    assert [c for c in CONCEPTS if is_coalition_stable(situation, both, "a", c)] == ["gmr", "smr"]
    assert coalition_improvements(situation, both, "a", pareto=True) == ["c"]
    assert all(is_stable(situation, i, "a", "nash") for i in arcs)


def test_paths_by_hand() -> None:
    arcs = {"i": ["ab", "bc", "cd"], "j": ["ac", "bd"]}
    situation = graph(arcs, {"i": [0, 1, 2, 3], "j": [0, 1, 2, 0]})
    assert first_reached(situation, "a", improving=False) == {"a": 0, "b": 1, "c": 1, "d": 2}
    assert shortest_paths(situation, "a", "d", improving=False) == {
        ((frozenset("i"), "b"), (frozenset("j"), "d")),
        ((frozenset("j"), "c"), (frozenset("i"), "d")),
    }
    assert shortest_paths(situation, "a", "d", improving=True) == {((frozenset("j"), "c"), (frozenset("i"), "d"))}
    assert shortest_paths(situation, "d", "a", improving=False) == set()


def owned(**measures: Measure) -> Case:
    return Case(
        name="by hand", parties=(Party(id="i", name="i"), Party(id="j", name="j")), measures=tuple(measures.values())
    )


def sets(*texts: str) -> set[frozenset[str]]:
    return {frozenset(text.split()) for text in texts}


def test_moves_on_measures_by_hand() -> None:
    case = owned(
        base=Measure(id="base", name="base", owners=("i",)),
        built=Measure(id="built", name="built", owners=("i",), requires=("base",)),
        fixed=Measure(id="fixed", name="fixed", owners=("i",), direction=Direction.FORWARD),
        shared=Measure(id="shared", name="shared", owners=("i", "j")),
    )
    here = frozenset(["base", "built", "fixed", "shared"])
    # What something requires ends together with that only; the irreversible stays; anyone ends a joint measure.
    assert set(own_moves(case, "i", here)) == sets(
        "base fixed shared", "base built fixed", "fixed shared", "base fixed", "fixed"
    )
    assert set(own_moves(case, "j", here)) == sets("base built fixed")
    assert set(own_moves(case, "j", frozenset())) == set()
    assert sets("base", "base built", "fixed", "base fixed", "base built fixed") == set(
        own_moves(case, "i", frozenset())
    )


def test_who_decides_in_common_by_hand() -> None:
    forum = Forum(id="f", members=("i", "j", "k"), quota=3, others=1, veto=("i",), end_quota=1)
    measure = Measure(id="m", name="m", forum="f")
    joint = Measure(id="n", name="n", owners=("i", "j"))
    case = Case(name="forum", measures=(measure, joint), forums=(forum,))
    assert deciders(case, measure, ending=False) == [frozenset("ij"), frozenset("ik")]
    assert deciders(case, measure, ending=True) == [frozenset("i"), frozenset("j"), frozenset("k")]
    assert deciders(case, joint, ending=False) == [frozenset("ij")]
    assert deciders(case, joint, ending=True) == []


def test_the_prisoners_dilemma_on_measures() -> None:
    case = Case(
        name="dilemma",
        parties=(Party(id="i", name="i"), Party(id="j", name="j")),
        measures=(Measure(id="ci", name="ci", owners=("i",)), Measure(id="cj", name="cj", owners=("j",))),
        preferences={"i": Ranks(ranks=(2, 1, 4, 3)), "j": Ranks(ranks=(2, 4, 1, 3))},
    )
    situation = situation_of(case)
    none, both = frozenset[str](), frozenset(["ci", "cj"])
    assert {c: equilibria(situation, c) for c in CONCEPTS} == {
        "nash": [none],
        "gmr": [none, both],
        "smr": [none, both],
        "seq": [none, both],
        "sseq": [none, both],
    }


def by_matrices(situation: Situation) -> dict[str, list[list[bool]]]:
    return {c: stable.tolist() for c, stable in stable_by_matrices(matrices_of(situation)).items()}


@pytest.mark.parametrize("block", range(4))
def test_the_matrix_method_says_the_same(block: int) -> None:
    for seed in range(block * 50, (block + 1) * 50):
        random = Random(seed)  # noqa: S311  # no secret depends on it
        n_parties = random.choice((1, 2, 3, 3, 4))
        case = random_conflict(seed, n_measures=random.randint(1, 6), n_parties=n_parties)
        for situation in (
            situation_of(case),
            random_graph(seed, n_states=random.randint(2, 12), n_parties=n_parties),
        ):
            want = {c: list(stable_states(situation, c).values()) for c in CONCEPTS}
            assert by_matrices(situation) == want, (seed, situation)


def test_the_matrix_method_gives_each_party_a_row() -> None:
    situation = random_graph(1, n_states=6, n_parties=3)
    assert {c: np.array(rows).shape for c, rows in by_matrices(situation).items()} == dict.fromkeys(CONCEPTS, (3, 6))
