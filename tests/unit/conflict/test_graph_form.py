"""From a graph in a case file to states, arcs and ranks: common moves, the status quo, who must state ranks."""

from __future__ import annotations

from typing import Any

import pytest

from detente.casefile import case_from_tree, case_to_tree
from detente.conflict import build_conflict
from detente.errors import CaseError
from detente.kernel.conflict import Arcs, GraphConflict, origins

Tree = dict[str, Any]  # Any: a tree of plain data


def graph(**changes: Any) -> Tree:  # Any: as in Tree
    """Return a case of three parties and three states, its graph changed."""
    stated: Tree = {
        "states": ["peace", "crisis", "war"],
        "moves": {"a": [["peace", "crisis"]], "b": [["crisis", "war"]]},
        "ranks": {"a": [3, 2, 1], "b": [2, 2, 1], "c": [1, 1, 1]},
    }
    return {"detente": 1, "parties": {"a": {}, "b": {}, "c": {}}, "graph": stated | changes}


def pairs(arcs: Arcs) -> list[tuple[int, int]]:
    return list(zip(origins(arcs).tolist(), arcs.target.tolist(), strict=True))


def test_common_moves_of_one_coalition_are_one_mover() -> None:
    tree = graph(
        common=[
            {"by": ["a", "c"], "moves": [["war", "peace"]]},
            {"by": ["b", "a"], "moves": [["crisis", "peace"]]},
            {"by": ["c", "a"], "moves": [["war", "crisis"], ["war", "peace"]]},
        ]
    )
    form = build_conflict(case_from_tree(tree)).form
    assert isinstance(form, GraphConflict)
    assert [(each.coalition, pairs(each.arcs)) for each in form.common] == [
        (0b101, [(2, 0), (2, 1)]),
        (0b011, [(1, 0)]),
    ]
    assert [pairs(arcs) for arcs in form.arcs] == [[(0, 1)], [(1, 2)], []]


def test_status_quo_is_a_number_where_it_is_stated() -> None:
    assert build_conflict(case_from_tree(graph())).status_quo is None
    assert build_conflict(case_from_tree(graph(**{"status-quo": "crisis"}))).status_quo == 1


def test_who_moves_only_together_must_state_ranks_too() -> None:
    tree = graph(common=[{"by": ["a", "c"], "moves": [["war", "peace"]]}])
    del tree["graph"]["ranks"]["c"]
    with pytest.raises(CaseError) as error:
        build_conflict(case_from_tree(tree))
    assert [each.code for each in error.value.diagnostics] == ["D613"]
    del tree["graph"]["common"]
    assert build_conflict(case_from_tree(tree)).form.rank[2].tolist() == [0, 0, 0]


def test_order_of_options_counts_and_order_of_patterns_does_not() -> None:
    first = graph(options={"a": ["x"], "b": ["y"]}, patterns={"peace": "NN", "crisis": "YN", "war": "Y-"})
    turned = graph(options={"a": ["x"], "b": ["y"]}, patterns={"war": "Y-", "crisis": "YN", "peace": "NN"})
    other = graph(options={"b": ["y"], "a": ["x"]}, patterns={"peace": "NN", "crisis": "YN", "war": "Y-"})
    digests = [case_from_tree(tree).digest for tree in (first, turned, other)]
    assert digests[0] == digests[1] != digests[2]


def test_what_was_read_is_written() -> None:
    tree = graph(
        **{"status-quo": "war"},
        names={"war": "Open war"},
        common=[{"by": ["a", "c"], "moves": [["war", "peace"]]}],
        options={"a": ["x"], "b": ["y"]},
        patterns={"peace": "NN", "crisis": "YN", "war": "Y-"},
    )
    assert case_to_tree(case_from_tree(tree))["graph"] == tree["graph"]
