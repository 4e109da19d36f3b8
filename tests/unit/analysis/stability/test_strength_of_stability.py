"""Strength of stability: by hand, in words, in a table, as JSON, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente import analyse_stability, analyse_strength
from detente.case import Case
from detente.casefile import case_from_tree
from detente.conflict import build_conflict
from detente.conflict.comparisons import count_degrees, much_worse
from detente.errors import CaseError, LimitError, OptionError
from detente.kernel.closures import unpack
from detente.kernel.system import IntArray

DILEMMA: Any = {  # Any: a tree of JSON
    "detente": 1,
    "parties": {"row": {"name": "Row"}, "column": {"name": "Column"}},
    "measures": {"r": {"by": ["row"]}, "c": {"by": ["column"]}},
    # States by mask: neither, r, c, both.  Row is much worse off without cooperation, Column only a little.
    "preferences": {
        "row": {"ranks": [2, 0, 9, 8], "strong": 5},
        "column": {"ranks": [7, 9, 0, 8], "strong": 5},
    },
}


def dilemma(**preferences: Any) -> Case:  # Any: as above
    return case_from_tree({**DILEMMA, "preferences": {**DILEMMA["preferences"], **preferences}})


def degrees(case: Case) -> IntArray:
    """By which degree Row prefers the second of two states to the first."""
    conflict = build_conflict(case)
    rank = conflict.form.rank[0].astype(np.int64)
    found = (rank[None, :] > rank[:, None]).astype(np.int64)
    for degree in range(2, count_degrees(conflict, "row") + 1):
        found += unpack(much_worse(conflict, "row", degree), conflict.n_states).T
    return np.asarray(found, dtype=np.int64)


def test_cooperation_is_strong_where_its_loss_would_be_great() -> None:
    # By hand.  Row leaves "r c" for "c" and Column can answer with "-": 8 against 2, much worse.  Column leaves for "r"
    # and ends in "-" too, 8 against 7.  "-" is Nash stable, which no answer is needed for.  From "r" Row goes to "-",
    # where Column would not move; Column could move to "c", much better for Row still.
    result = analyse_strength(dilemma())
    assert {concept: result.degree[concept].tolist() for concept in result.concepts} == {
        "nash": [[1, 0, 1, 0], [1, 1, 0, 0]],
        "gmr": [[2, 0, 2, 2], [2, 2, 0, 1]],
        "smr": [[2, 0, 2, 2], [2, 2, 0, 1]],
        "seq": [[2, 0, 2, 2], [2, 2, 0, 1]],
        "sseq": [[2, 0, 2, 2], [2, 2, 0, 1]],
    }
    assert result.equilibrium_degree("smr").tolist() == [2, 0, 0, 1]
    assert result.equilibria("smr").tolist() == [0, 3]
    assert result.equilibria("smr", degree=2).tolist() == [0]


def test_strong_symmetric_stability_leaves_no_escape_to_what_is_only_a_little_worse() -> None:
    # Row goes from 1 to 2, Column on to 3, much worse for Row; but from there Row gets to 4, only a little worse.
    tree: Any = {
        "detente": 1,
        "parties": {"row": {}, "column": {}},
        "graph": {
            "states": ["1", "2", "3", "4"],
            "moves": {"row": [["1", "2"], ["3", "4"]], "column": [["2", "3"]]},
            "ranks": {"row": [8, 9, 0, 7], "column": [0, 0, 1, 0]},
        },
        "preferences": {"row": {"strong": 5}},
    }
    result = analyse_strength(case_from_tree(tree))
    assert {concept: int(result.degree[concept][0, 0]) for concept in result.concepts} == {
        "nash": 0,
        "gmr": 2,
        "smr": 1,
        "seq": 2,
        "sseq": 1,
    }


def test_without_regard_to_strength_it_is_ordinary_stability() -> None:
    case = dilemma()
    ordinary, result = analyse_stability(case), analyse_strength(case)
    for concept in result.concepts:
        assert (result.degree[concept] > 0).tolist() == ordinary.stable[concept].tolist()


def test_differences_make_degrees_one_for_each_that_is_reached() -> None:
    case = dilemma(row={"ranks": [0, 1, 3.5, 9], "strong": [2.5, 8]})
    assert degrees(case).tolist() == [  # from a row's state to a column's
        [0, 1, 2, 3],  # 1, 3.5 and 9
        [0, 0, 2, 3],  # 2.5 and 8
        [0, 0, 0, 2],  # 5.5
        [0, 0, 0, 0],
    ]
    assert analyse_strength(case).degrees == {"row": 3, "column": 2}


def test_differences_of_values_and_weights_are_exact() -> None:
    weighted = {"statements": [{"when": "r", "weight": 0.1}, {"when": "c", "weight": 0.2}], "strong": 0.3}
    assert degrees(dilemma(row=weighted))[0].tolist() == [0, 1, 1, 2]
    weights = {"weights": {"r": 0.1, "c": 0.2}, "strong": 0.3}
    assert degrees(dilemma(row=weights))[0].tolist() == [0, 1, 1, 2]
    tree: Any = {**DILEMMA, "measures": {"r": {"by": ["row"], "value": {"row": 0.1}}, "c": DILEMMA["measures"]["c"]}}
    tree["terms"] = [{"party": "row", "when": "c", "value": 0.2}]
    tree["preferences"] = {**DILEMMA["preferences"], "row": {"strong": 0.3}}
    assert degrees(case_from_tree(tree))[0].tolist() == [0, 1, 1, 2]


def test_pairs_of_conditions_are_strong_where_they_agree_with_the_order() -> None:
    case = dilemma(row={"statements": ["c", "not r"], "strong": [["c", "not c"], ["r", "not r"]]})
    assert degrees(case).tolist() == [
        [0, 0, 2, 2],
        [1, 0, 2, 2],
        [0, 0, 0, 0],
        [0, 0, 1, 0],  # r is worse, so it is not strongly preferred; without it, mildly
    ]


def test_explanation_tells_strong_from_weak() -> None:
    result = analyse_strength(dilemma(column={"ranks": [7, 9, 0, 8]}), concepts=["nash", "seq"])
    assert str(result.explain()).splitlines() == [
        "A state is strongly stable for a party if whatever better state it moves to, the others can answer with "
        "something that it likes much less; weakly, if only with something that it likes less or as much.",
        "By Nash, 1 of 4 feasible states is stable for every party.",
        "By SEQ, 2 of 4 feasible states are stable for every party: 1 strongly for all of them, 1 weakly for one or "
        "more.",
        "State 1, the state with nothing in force, is stable for all by Nash; strongly by SEQ.",
        "State 4, the state with “r” and “c” in force, is stable for all weakly by SEQ.",
        "The case states no strong preference of Column: nothing counts as much worse there.",
        "This follows from the preferences stated; it says what would last if they are right, not what will happen.",
    ]


def test_of_many_equilibria_a_few_are_told() -> None:
    # Nobody gains by moving, as everything ties: all eight states last, and no answer is needed.
    tree: Any = {
        "detente": 1,
        "parties": {"row": {}, "column": {}},
        "measures": {key: {"by": ["row"]} for key in ("a", "b", "c")},
        "preferences": {"row": {"weights": {"a": 0, "b": 0, "c": 0}, "strong": 1}},
    }
    lines = str(analyse_strength(case_from_tree(tree), concepts=["gmr"]).explain()).splitlines()
    assert lines[1] == (
        "By GMR, 8 of 8 feasible states are stable for every party: 8 strongly for all of them, 0 weakly for one or "
        "more."
    )
    assert len(lines) == 2 + 6 + 3
    assert lines[8] == "2 more are stable for all under some concept."


def test_the_table_has_a_row_for_each_state_and_concept() -> None:
    table = analyse_strength(dilemma(), concepts=["gmr"]).to_frame()
    assert list(table.columns) == [
        "number",
        "state",
        "concept",
        "degree for row",
        "degree for column",
        "equilibrium degree",
    ]
    assert table.values.tolist() == [
        [1, "-", "gmr", 2, 2, 2],
        [2, "r", "gmr", 0, 2, 0],
        [3, "c", "gmr", 2, 0, 0],
        [4, "r c", "gmr", 2, 1, 1],
    ]


def test_json_lists_states_by_concept_and_degree() -> None:
    document = analyse_strength(dilemma(), concepts=["nash", "gmr"]).to_dict()
    assert {key: document[key] for key in ("measures", "states", "degrees", "stability", "equilibria")} == {
        "measures": ["r", "c"],
        "states": [0, 1, 2, 3],
        "degrees": {"row": 2, "column": 2},
        "stability": {
            "nash": {"row": {"1": [0, 2]}, "column": {"1": [0, 1]}},
            "gmr": {"row": {"1": [], "2": [0, 2, 3]}, "column": {"1": [3], "2": [0, 1]}},
        },
        "equilibria": {"nash": {"1": [0]}, "gmr": {"1": [3], "2": [0]}},
    }


def test_the_picture_marks_weak_and_strong() -> None:
    ax = analyse_strength(dilemma(), concepts=["nash", "gmr"]).plot()
    assert [text.get_text() for text in ax.texts][-3:] == ["Nash", "GMR, weakly", "GMR, strongly"]
    three = analyse_strength(dilemma(row={"ranks": [0, 1, 3.5, 9], "strong": [2.5, 8]}), concepts=["gmr"]).plot()
    assert [text.get_text() for text in three.texts][-3:] == [
        "GMR, weakly",
        "GMR, strongly, by degree 2 of 3",
        "GMR, strongly, by degree 3 of 3",
    ]


def test_somebody_has_to_say_what_is_strong() -> None:
    with pytest.raises(CaseError) as error:
        analyse_strength(dilemma(row={"ranks": [2, 0, 9, 8]}, column={"ranks": [7, 9, 0, 8]}))
    assert str(error.value) == (
        "error[D615]: no party says which of its preferences are strong.\n"
        "    help: state `strong:` under preferences: a difference from which on a preference is strong, or pairs of "
        "conditions"
    )


def test_wrong_options_are_refused() -> None:
    with pytest.raises(OptionError) as error:
        analyse_strength(dilemma(), concepts=["nash"]).equilibria("gmr")
    assert str(error.value) == "'gmr' was not analysed (there are: nash)"
    with pytest.raises(LimitError, match="comparing each with each takes about"):
        analyse_strength(dilemma(), memory=600)
