"""Each way of stating an order ranks the states as §3 of the model says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from detente import read_case
from detente.case import Counted, Statements, Tiers, Weights, parse_condition
from detente.casefile import case_from_tree, case_to_tree, change_case
from detente.casefile.writer import write_case
from detente.conflict import build_conflict
from detente.errors import CaseError

MEASURES = {"a": {"by": ["p"]}, "b": {"by": ["p"]}, "c": {"by": ["p"]}}
GRAPH = {"states": ["s1", "s2", "3"], "moves": {"p": [["s1", "s2"]], "q": [["s2", "3"]]}}


def order(preference: Any) -> list[list[str]]:  # Any: a tree of JSON
    """The states of three measures best first, those that tie together."""
    tree: Any = {"detente": 1, "parties": {"p": {}}, "measures": MEASURES, "preferences": {"p": preference}}
    conflict = build_conflict(case_from_tree(tree))
    ranks = conflict.form.rank[0]
    return [
        [conflict.label(state) for state in range(8) if ranks[state] == rank]
        for rank in sorted(set(ranks.tolist()), reverse=True)
    ]


def test_the_first_statement_decides_then_the_second() -> None:
    assert order({"statements": ["a and b", "not c", "a"]}) == [
        ["a b"],
        ["a b c"],
        ["a"],
        ["-", "b"],
        ["a c"],
        ["c", "b c"],
    ]


def test_weights_of_statements_that_are_true_add_up() -> None:
    statements = [{"when": "a", "weight": 0.1}, {"when": "b", "weight": 0.2}, {"when": "c", "weight": 0.3}]
    assert order({"statements": statements}) == [
        ["a b c"],
        ["b c"],
        ["a c"],
        ["a b", "c"],  # 0.1 + 0.2 = 0.3
        ["b"],
        ["a"],
        ["-"],
    ]


def test_of_statements_of_equal_priority_as_many_as_are_true_count() -> None:
    assert order({"statements": [["a", "b"], "c"]}) == [["a b c"], ["a b"], ["a c", "b c"], ["a", "b"], ["c"], ["-"]]


def test_a_weight_counts_within_its_group_only() -> None:
    statements = ["not a", [{"when": "b", "weight": 2}, "c"], {"when": "b", "weight": -5}]
    with pytest.raises(CaseError, match=r"error\[D351\]"):
        order({"statements": statements})
    assert order({"statements": [*statements[:2], [statements[2]]]}) == [
        ["b c"],
        ["b"],
        ["c"],
        ["-"],
        ["a b c"],
        ["a b"],
        ["a c"],
        ["a"],
    ]


def test_option_weights_add_up_over_what_is_in_force() -> None:
    assert order({"weights": {"a": 1, "b": [1, 2, 9], "c": -3}}) == [
        ["a b"],
        ["b"],
        ["a"],
        ["-", "a b c"],
        ["b c"],
        ["a c"],
        ["c"],
    ]


def test_what_has_too_many_digits_to_be_added_exactly_is_told() -> None:
    weights = {"a": 0.123456789012345, "b": 1e12, "c": 0.1}
    tree: Any = {
        "detente": 1,
        "parties": {"p": {}},
        "measures": MEASURES,
        "preferences": {"p": {"statements": [[{"when": key, "weight": weights[key]} for key in "abc"], "a"]}},
    }
    case = case_from_tree(tree)
    assert build_conflict(case).rounded == ("p",)


def test_the_graph_form_takes_a_ranking_or_ranks() -> None:
    preferences = {"p": {"ranking": ["3", ["s1", "s2"]]}, "q": {"ranks": [5, -1, 5]}}
    tree: Any = {"detente": 1, "parties": {"p": {}, "q": {}}, "graph": GRAPH, "preferences": preferences}
    case = case_from_tree(tree)
    assert case_to_tree(case)["preferences"] == preferences
    assert build_conflict(case).form.rank.tolist() == [[1, 1, 2], [1, 0, 1]]


def test_a_graph_may_name_its_states_by_numbers(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(
        "detente: 1\nparties: {p: }\ngraph:\n  states: [1, 2]\n  moves: {p: [[1, 2]]}\n"
        "preferences:\n  p: {ranking: [2, 1]}\n"
    )
    case = read_case(file)
    assert build_conflict(case).form.rank.tolist() == [[1, 2]]
    write_case(case, tmp_path / "copy.yaml")
    assert read_case(tmp_path / "copy.yaml") == case


def problems(preferences: Any, graph: Any = None) -> str:  # Any: a tree of JSON
    form: Any = {"graph": graph} if graph else {"measures": MEASURES}  # Any: as above
    tree: Any = {"detente": 1, "parties": {"p": {}, "q": {}}, **form, "preferences": preferences}  # Any: as above
    with pytest.raises(CaseError) as error:
        case_from_tree(tree)
    return str(error.value)


def test_a_ranking_of_a_graph_names_every_state_once() -> None:
    assert problems({"p": {"ranking": ["3", "s1"]}, "q": {"ranks": [1]}}, GRAPH) == (
        "error[D331]: the ranking of 'p' misses 1 of 3 feasible states.\n"
        "    help: add 's2'; states that tie go in a list of their own.\n"
        "error[D334]: ranks of 'q' has 1 number for 3 feasible states.\n"
        "    help: give one for each state, in the order of graph.states."
    )


def test_one_entry_is_no_entries() -> None:
    graph = {"states": ["s1", "s2"], "moves": {"p": [["s1", "s2"]], "q": [["s1"]]}, "ranks": {"p": [1, 2], "q": [1]}}
    assert problems({}, graph) == (
        "error[D109]: graph.moves.q.0 has 1 entry.\n    help: it must have 2.\n"
        "error[D337]: ranks of 'q' has 1 number for 2 states.\n"
        "    help: give one for each state, in the order of states."
    )


def test_an_unknown_state_of_a_graph_brings_the_nearest() -> None:
    assert problems({"p": {"ranking": ["3", "s11", "s2"]}}, GRAPH) == (
        "error[D207]: preferences.p.ranking.1 names the unknown state 's11'.\n    help: did you mean 's1'?"
    )


def test_weights_name_every_measure() -> None:
    assert problems({"p": {"weights": {"a": 1, "bb": 2}}}) == (
        "error[D202]: preferences.p.weights names the unknown measure 'bb'.\n"
        "    help: did you mean 'b'?\n"
        "error[D353]: the weights of 'p' leave out b, c.\n"
        "    help: give every measure a weight, 0 if it does not matter."
    )


def test_statements_without_weights_of_their_own_are_a_strict_order() -> None:
    tree: Any = {
        "detente": 1,
        "parties": {"p": {}, "q": {}, "r": {}},
        "measures": MEASURES,
        "preferences": {
            "p": {"statements": [["a"], [{"when": "b", "weight": 1}]]},
            "q": {"statements": [{"when": "a", "weight": 2}]},
            "r": {"weights": {"a": 1, "b": 0, "c": [0, 1, 2]}},
        },
    }
    case = case_from_tree(tree)
    a, b = parse_condition("a"), parse_condition("b")
    assert case.preferences["p"] == Statements(statements=(a, b))
    assert case.preferences["q"] == Tiers(tiers=((Counted(when=a, weight=2.0),),))
    assert isinstance(case.preferences["r"], Weights)
    assert case_to_tree(case)["preferences"] == {**tree["preferences"], "p": {"statements": ["a", "b"]}}


def test_nothing_unknown_and_nothing_strong_may_be_said_by_empty_lists() -> None:
    tree: Any = {
        "detente": 1,
        "parties": {"p": {}},
        "measures": MEASURES,
        "preferences": {"p": {"weights": {"a": 1, "b": 0, "c": 2}, "unknown": [], "strong": []}},
    }
    case = case_from_tree(tree)
    assert (dict(case.unknown), dict(case.strong)) == ({}, {})
    assert case_to_tree(case)["preferences"] == {"p": {"weights": {"a": 1, "b": 0, "c": 2}}}


def test_a_weight_within_statements_is_a_place_that_can_be_set() -> None:
    tree: Any = {
        "detente": 1,
        "parties": {"p": {}},
        "measures": MEASURES,
        "preferences": {"p": {"statements": [{"when": "a", "weight": 1}, {"when": "b", "weight": 2}]}},
    }
    changed = change_case(case_from_tree(tree), {"preferences.p.statements.0.weight": 5})
    assert changed.preferences["p"] == Tiers(
        tiers=((Counted(when=parse_condition("a"), weight=5.0), Counted(when=parse_condition("b"), weight=2.0)),)
    )
    nested: Any = {**tree, "preferences": {"p": {"statements": [[{"when": "a", "weight": 2}, "b"], "c"]}}}
    changed = change_case(case_from_tree(nested), {"preferences.p.statements.0.0.weight": 7})
    assert case_to_tree(changed)["preferences"] == {"p": {"statements": [[{"when": "a", "weight": 7}, "b"], "c"]}}
