"""Published answers of the graph model: two-by-two games, and the groundwater of Elmira.

The definitions are those of Fang, Hipel and Kilgour (1993); Elmira has its nine states.
Every answer is asked of the program in each form that the conflict can be written in, and of both literal twins.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest

from detente import analyse_stability, read_case
from detente.case import Case, Direction, Graph, Measure, Party, Ranks, parse_condition
from detente.casefile import case_from_tree
from detente.conflict import build_conflict
from detente.gallery import gallery_names
from detente.kernel.coalition_stability import find_stable_for_coalitions
from detente.kernel.conflict import CONCEPTS, GraphConflict
from detente.kernel.graph_stability import find_stable_in_graph
from tests.oracle.stability import coalition_improvements, equilibria, is_stable, shortest_paths
from tests.oracle.stability_arrays import matrices_of
from tests.oracle.stability_matrix import stable_by_matrices
from tests.oracle.stability_of_cases import feasible_states, situation_of

# Two-by-two games: each party has one measure, to cooperate

NEITHER, ROW, COLUMN, BOTH = "-", "row", "column", "row column"
Answers = dict[str, set[str]]
Game = tuple[tuple[int, ...], tuple[int, ...]]
"""The ranks that each of two gives the four states."""

DILEMMA = pytest.param(
    # What the other does decides first; then a party would rather not cooperate.
    {"i": ["column", "not row"], "j": ["row", "not column"]},
    {"i": [2, 1, 4, 3], "j": [2, 4, 1, 3]},
    {"nash": {NEITHER}} | {concept: {NEITHER, BOTH} for concept in CONCEPTS[1:]},
    id="prisoners-dilemma (fang1993, chapter 3)",
)
CHICKEN = pytest.param(
    # The other should cooperate; then a party would rather do the opposite of the other.
    {"i": ["column", "row iff not column"], "j": ["row", "column iff not row"]},
    {"i": [1, 2, 4, 3], "j": [1, 4, 2, 3]},
    {
        "nash": {ROW, COLUMN},
        "gmr": {ROW, COLUMN, BOTH},
        "smr": {ROW, COLUMN, BOTH},
        "seq": {ROW, COLUMN},
        "sseq": {ROW, COLUMN},
    },
    id="chicken (fang1993, chapter 3)",
)
STAG_HUNT = pytest.param(
    {"i": ["row and column", "not row", "column"], "j": ["row and column", "not column", "row"]},
    {"i": [2, 1, 3, 4], "j": [2, 3, 1, 4]},
    {concept: {NEITHER, BOTH} for concept in CONCEPTS},
    id="stag-hunt, one of the eleven with two equilibria (rapoport1966)",
)


def two_by_two(preferences: Any) -> Case:  # plain data
    return case_from_tree(
        {
            "detente": 1,
            "parties": {"i": {}, "j": {}},
            "measures": {"row": {"by": ["i"]}, "column": {"by": ["j"]}},
            "preferences": preferences,
        }
    )


def forms(statements: dict[str, list[str]], ranks: dict[str, list[int]]) -> Iterator[Case]:
    """The same game by statements, by ranks, by rankings, and as a graph."""
    yield two_by_two({i: {"statements": listed} for i, listed in statements.items()})
    yield two_by_two({i: {"ranks": listed} for i, listed in ranks.items()})
    states = (NEITHER, ROW, COLUMN, BOTH)
    best_first = {i: [states[listed.index(rank)] for rank in (4, 3, 2, 1)] for i, listed in ranks.items()}
    yield two_by_two({i: {"ranking": listed} for i, listed in best_first.items()})
    moves = {
        "i": [[a, b] for a, b in ((NEITHER, ROW), (ROW, NEITHER), (COLUMN, BOTH), (BOTH, COLUMN))],
        "j": [[a, b] for a, b in ((NEITHER, COLUMN), (COLUMN, NEITHER), (ROW, BOTH), (BOTH, ROW))],
    }
    graph: Any = {"states": list(states), "moves": moves, "ranks": ranks}
    yield case_from_tree({"detente": 1, "parties": {"i": {}, "j": {}}, "graph": graph})


@pytest.mark.parametrize(("statements", "ranks", "answers"), [DILEMMA, CHICKEN, STAG_HUNT])
def test_two_by_two_games(statements: dict[str, list[str]], ranks: dict[str, list[int]], answers: Answers) -> None:
    for case in forms(statements, ranks):
        result = analyse_stability(case)
        found = {c: {result.conflict.label(int(s)) for s in result.equilibria(c)} for c in CONCEPTS}
        assert found == answers
        situation = situation_of(case)
        labels = dict(zip(situation.states, map(result.conflict.label, range(4)), strict=True))
        assert {c: {labels[s] for s in equilibria(situation, c)} for c in CONCEPTS} == answers


def all_games() -> Iterator[Game]:
    """Every pair of strict orders of the four states; many are the same game with rows or players called otherwise."""
    for mine in permutations((1, 2, 3, 4)):
        for theirs in permutations((1, 2, 3, 4)):
            yield mine, theirs


def mirrored(game: Game) -> set[Game]:
    """The same game with rows, columns and players called the other way round."""
    found = set()
    for turned in range(4):
        mine, theirs = (tuple(order[state ^ turned] for state in range(4)) for order in game)
        swap = (0, 2, 1, 3)
        found |= {(mine, theirs), (tuple(theirs[s] for s in swap), tuple(mine[s] for s in swap))}
    return found


def test_the_78_games_that_differ() -> None:
    # Rapoport and Guyer (1966): 78 games differ.  Rows and columns can be called otherwise in four ways; if players
    # cannot, 144 games differ, of which 18 have no equilibrium in pure strategies, 108 have one and 18 have two.
    base = build_conflict(two_by_two({"i": {"ranks": [1, 2, 3, 4]}, "j": {"ranks": [1, 2, 3, 4]}})).graph
    seen: set[Game] = set()
    n_different = 0
    n_equilibria = []
    for game in all_games():
        graph = GraphConflict(arcs=base.arcs, common=(), rank=np.array(game, dtype=np.int32))
        stable = {concept: rows.all(axis=0) for concept, rows in find_stable_in_graph(graph).items()}
        n_equilibria.append(int(stable["nash"].sum()))
        # Fang, Hipel and Kilgour (1993): two parties whose moves are transitive have a sequential equilibrium at least.
        assert stable["seq"].any()
        n_different += game not in seen
        seen |= mirrored(game)
    assert n_different == 78
    assert [n_equilibria.count(n) / 4 for n in (0, 1, 2)] == [18, 108, 18]


# Elmira

ELMIRA_MOVES = {
    "ministry": "12 34 56 78",
    "uniroyal": "13 19 24 29 39 49 57 59 68 69 79 89",
    "local": "15 51 26 62 37 73 48 84",
}
ELMIRA_RANKS = {
    "ministry": (4, 3, 8, 7, 5, 2, 9, 6, 1),
    "uniroyal": (9, 2, 4, 8, 6, 1, 3, 7, 5),
    "local": (6, 2, 8, 3, 7, 4, 9, 5, 1),
}
ELMIRA_ANSWERS = {"nash": "589", "gmr": "14589", "smr": "14589", "seq": "589", "sseq": "589"}


def elmira() -> Case:
    return Case(
        name="Elmira",
        parties=tuple(Party(id=i, name=i) for i in ELMIRA_MOVES),
        graph=Graph(
            states=tuple("123456789"),
            moves={i: tuple((arc[0], arc[1]) for arc in arcs.split()) for i, arcs in ELMIRA_MOVES.items()},
            ranks={i: tuple(map(float, ranks)) for i, ranks in ELMIRA_RANKS.items()},
        ),
    )


def elmira_on_measures() -> tuple[Case, list[str]]:
    """Elmira by what each party can do, so that the plant can be abandoned in four ways; all like these equally."""
    names = {"NYN": "1", "YYN": "2", "NNY": "3", "YNY": "4"}  # modify, delay, accept
    owners = {"modify": "ministry", "delay": "uniroyal", "accept": "uniroyal", "abandon": "uniroyal", "insist": "local"}
    directions = {"modify": Direction.FORWARD, "delay": Direction.BACKWARD, "abandon": Direction.FORWARD}
    case = Case(
        name="Elmira",
        status_quo=("delay",),
        parties=tuple(Party(id=i, name=i) for i in ELMIRA_MOVES),
        measures=tuple(
            Measure(id=m, name=m, owners=(i,), direction=directions.get(m, Direction.BOTH)) for m, i in owners.items()
        ),
        infeasible=tuple(
            parse_condition(pattern)
            for pattern in (
                "delay and accept",
                "delay and abandon",
                "accept and abandon",
                "not delay and not accept and not abandon",
            )
        ),
    )

    def number(state: frozenset[str]) -> int:
        if "abandon" in state:
            return 9
        letters = "".join("Y" if m in state else "N" for m in ("modify", "delay", "accept"))
        return int(names[letters]) + 4 * ("insist" in state)

    states = feasible_states(case)
    ranks = {i: Ranks(ranks=tuple(float(listed[number(s) - 1]) for s in states)) for i, listed in ELMIRA_RANKS.items()}
    return replace(case, preferences=ranks), [str(number(s)) for s in states]


def test_elmira() -> None:
    result = analyse_stability(elmira())
    found = {c: "".join(result.conflict.label(int(s)) for s in result.equilibria(c)) for c in CONCEPTS}
    assert found == ELMIRA_ANSWERS
    situation = situation_of(elmira())
    assert {c: "".join(map(str, equilibria(situation, c))) for c in CONCEPTS} == ELMIRA_ANSWERS
    by_matrices = stable_by_matrices(matrices_of(situation))
    assert {
        c: "".join(str(s + 1) for s in np.flatnonzero(stable.all(axis=0))) for c, stable in by_matrices.items()
    } == ELMIRA_ANSWERS


def test_elmira_is_the_same_where_the_ways_to_abandon_are_told_apart() -> None:
    case, names = elmira_on_measures()
    result = analyse_stability(case)
    assert sorted(names) == [*"12345678", *"9999"]
    for concept, answer in ELMIRA_ANSWERS.items():
        listed = sorted(names[int(s)] for s in result.equilibria(concept))
        assert listed == sorted(answer.replace("9", "9999"))


def test_elmira_two_of_three_together_leave_the_fifth_state_for_the_eighth() -> None:
    # Neither alone does: 5 is an equilibrium of every concept.
    conflict = build_conflict(elmira())
    situation = situation_of(elmira())
    assert coalition_improvements(situation, frozenset({"ministry", "uniroyal"}), "5") == ["8"]
    everyone = range(1, 8)
    found = find_stable_for_coalitions(conflict.form, list(everyone))
    assert found.coalitions == tuple(everyone)
    for concept, stable in found.stable.items():
        unstable = {mask for mask, row in zip(everyone, stable, strict=True) if not row[4]}
        assert unstable == {0b011}, concept
        assert stable[:, 7].all()
        assert stable[:, 8].all()
    assert found.n_improvements[0b011 - 1, 4] == 1


def test_elmira_moves_from_the_first_state_to_the_fifth_and_in_two_more_to_the_eighth() -> None:
    situation = situation_of(elmira())
    [[(who, _)]] = shortest_paths(situation, "1", "5", improving=True)
    assert who == {"local"}
    together = shortest_paths(situation, "5", "8", improving=False)
    assert {tuple((*who, state) for who, state in path) for path in together} == {
        (("ministry", "6"), ("uniroyal", "8")),
        (("uniroyal", "7"), ("ministry", "8")),
    }
    assert shortest_paths(situation, "5", "8", improving=True) == set()


# Every conflict of the gallery

SMALL = [name for name in gallery_names() if name != "korea-2018"]
"""The Korean case with all its measures is too large for a literal implementation."""


@pytest.mark.parametrize("name", SMALL)
def test_the_literal_twin_says_the_same_of_the_gallery(name: str) -> None:
    case = read_case(name)
    conflict, situation = build_conflict(case), situation_of(case)
    result = analyse_stability(case)
    assert [conflict.label(s) for s in range(conflict.n_states)] == [
        s if isinstance(s, str) else " ".join(m for m in conflict.measures if m in s) or "-" for s in situation.states
    ]
    for number in range(0, conflict.n_states, 1 + conflict.n_states // 50 * 24):
        for index, party in enumerate(situation.parties):
            for concept in CONCEPTS:
                want = is_stable(situation, party, situation.states[number], concept)
                assert result.stable[concept][index, number] == want, (concept, party, number)
