"""Attitudes in words, tables and JSON: a prisoner's dilemma, where each of two can give the other 3 at 1 to itself."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from detente.analysis.result import Status
from detente.analysis.stability import (
    AttitudeSearch,
    AttitudeStability,
    analyse_attitudes,
    find_attitudes,
)
from detente.case import Case, Graph
from detente.errors import Cancelled, ExperimentalWarning, LimitError, OptionError
from detente.kernel.attitude_search import find_matrices, rows_of
from detente.kernel.attitudes import RelationalModel, selfish
from detente.kernel.conflict import GraphConflict, make_arcs
from detente.progress import ProgressEvent, Reporter
from tests.oracle.hand_cases import case_of, measure, pair, party

pytestmark = pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")
ALTRUISTS = {"A": {"A": "0", "B": "+"}, "B": {"A": "+", "B": "0"}}
SPITE = {"A": {"B": "-"}}


def labels(result: AttitudeStability, concept: str) -> list[str]:
    return [result.conflict.label(int(state)) for state in result.equilibria(concept)]


def test_a_call_says_that_it_is_experimental() -> None:
    with pytest.warns(ExperimentalWarning, match=r"^attitudes are experimental: they keep "):
        analyse_attitudes(pair(), attitudes=SPITE)
    with pytest.warns(ExperimentalWarning, match=r"^attitudes are experimental: they keep "):
        find_attitudes(pair(), state="a b")


def test_altruists_cooperate() -> None:
    result = analyse_attitudes(pair(), attitudes=ALTRUISTS)
    assert {concept: labels(result, concept) for concept in result.concepts} == {
        "nash": ["a b"],
        "gmr": ["a b"],
        "smr": ["a b"],
        "seq": ["a b"],
    }
    assert [result.conflict.label(int(s)) for s in result.ordinary_equilibria("gmr")] == ["-", "a b"]


def test_what_is_said_of_altruists() -> None:
    assert str(analyse_attitudes(pair(), attitudes=ALTRUISTS, concepts=["seq", "nash"]).explain()).splitlines() == [
        "A makes only moves that leave B better off.",
        "B makes only moves that leave A better off.",
        "By Nash 1 of 4 states is stable for all with these attitudes, 1 without them.",
        "With them 1 state becomes stable for all by Nash, the state with “a” and “b” in force (state 4).",
        "With them 1 state ceases to be stable for all by Nash, the state with nothing in force (state 1).",
        "By SEQ 1 of 4 states is stable for all with these attitudes, 2 without them.",
        "With them 1 state ceases to be stable for all by SEQ, the state with nothing in force (state 1).",
        "This follows from the preferences and attitudes stated; it says what would last, not what will happen.",
    ]


def test_what_is_said_where_nobody_has_attitudes() -> None:
    assert str(analyse_attitudes(pair(), attitudes={}, concepts=["nash"]).explain()).splitlines() == [
        "Every party looks to its own preferences alone, which is the ordinary analysis.",
        "By Nash 1 of 4 states is stable for all with these attitudes, 1 without them.",
        "This follows from the preferences and attitudes stated; it says what would last, not what will happen.",
    ]


def test_what_is_said_of_spite_and_of_indifference() -> None:
    attitudes = {"A": {"B": "-"}, "B": {"B": "0"}}
    assert str(analyse_attitudes(pair(), attitudes=attitudes, concepts=["gmr"]).explain()).splitlines() == [
        "A makes only moves that leave itself better off and B worse off.",
        "B is indifferent to everybody, itself included, and may make any move it has.",
        "By GMR 0 of 4 states are stable for all with these attitudes, 2 without them.",
        "With them 2 states cease to be stable for all by GMR, first the state with nothing in force (state 1).",
        "This follows from the preferences and attitudes stated; it says what would last, not what will happen.",
    ]


def test_concepts_alike_share_a_sentence() -> None:
    lines = str(analyse_attitudes(pair(), attitudes=ALTRUISTS).explain()).splitlines()
    assert lines[2:-1] == [
        "By Nash 1 of 4 states is stable for all with these attitudes, 1 without them.",
        "With them 1 state becomes stable for all by Nash, the state with “a” and “b” in force (state 4).",
        "With them 1 state ceases to be stable for all by Nash, the state with nothing in force (state 1).",
        "By GMR, SMR and SEQ 1 of 4 states is stable for all with these attitudes, 2 without them.",
        "With them 1 state ceases to be stable for all by GMR, SMR and SEQ, the state with nothing in force (state 1).",
    ]


def test_table_of_attitudes() -> None:
    frame = analyse_attitudes(pair(), attitudes=ALTRUISTS, concepts=["seq"]).to_frame()
    assert frame.to_dict("records") == [
        {
            "concept": "seq",
            "number": 1,
            "state": "-",
            "with_attitudes": False,
            "without": True,
            "for A": False,
            "for B": False,
        },
        {
            "concept": "seq",
            "number": 4,
            "state": "a b",
            "with_attitudes": True,
            "without": True,
            "for A": True,
            "for B": True,
        },
    ]


def test_json_of_attitudes() -> None:
    document = analyse_attitudes(pair(), attitudes=SPITE, concepts=["nash", "seq"]).to_dict()
    body = {key: document[key] for key in ("parameters", "measures", "attitudes", "stability", "equilibria")}
    signs = {"A": {"A": "+", "B": "-"}, "B": {"A": "0", "B": "+"}}
    assert body == {
        "parameters": {"attitudes": signs, "concepts": ["nash", "seq"]},
        "measures": ["a", "b"],
        "attitudes": signs,
        "stability": {"nash": {"A": [0, 2], "B": [0, 1]}, "seq": {"A": [0, 2, 3], "B": [0, 1, 3]}},
        "equilibria": {"nash": [0], "seq": [0, 3]},
    }
    assert document["without_attitudes"] == {"nash": [0], "seq": [0, 3]}


def test_long_lists_go_to_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("detente.analysis.stability.attitudes.MOST_LISTED", 3)
    monkeypatch.chdir(tmp_path)
    result = analyse_attitudes(pair(), attitudes=SPITE, concepts=["seq"])
    path = tmp_path / "attitudes.states" / "without-seq.parquet"
    assert result.to_dict()["without_attitudes"] == {"seq": {"file": str(path), "count": 2}}
    assert pd.read_parquet(path)["state"].tolist() == [0, 3]
    streamed = json.loads("".join(result.stream_json(beside=tmp_path / "answer.json")))
    assert streamed["equilibria"] == {"seq": {"file": str(tmp_path / "answer.states" / "seq.parquet"), "count": 2}}


def test_streams_what_it_says() -> None:
    result = analyse_attitudes(pair(), attitudes=SPITE)
    assert json.loads("".join(result.stream_json())) == result.to_dict()


def test_picture_of_attitudes() -> None:
    ax = analyse_attitudes(pair(), attitudes=ALTRUISTS).plot()
    written = {text.get_text() for text in ax.texts} | {label.get_text() for label in ax.get_yticklabels()}
    assert "SEQ without" in written


@pytest.mark.parametrize(
    ("attitudes", "message"),
    [
        ({"C": {"A": "+"}}, "unknown party 'C' in the attitudes (the case has: A, B)"),
        ({"A": {"C": "+"}}, "unknown party 'C' in the attitudes (the case has: A, B)"),
        ({"A": {"B": "++"}}, "the attitude of 'A' toward 'B' is '++'; it must be one of +, 0 and -"),
    ],
)
def test_attitudes_that_are_none(attitudes: dict[str, dict[str, str]], message: str) -> None:
    with pytest.raises(OptionError) as error:
        analyse_attitudes(pair(), attitudes=attitudes)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("concepts", "message"),
    [
        (["sseq"], "'sseq' has no form with attitudes (these have one: nash, gmr, smr, seq)"),
        ([], "no concept to analyse (with attitudes there are: nash, gmr, smr, seq)"),
    ],
)
def test_concepts_that_attitudes_lack(concepts: list[str], message: str) -> None:
    with pytest.raises(OptionError) as error:
        analyse_attitudes(pair(), attitudes={}, concepts=concepts)
    assert str(error.value) == message


def test_stopping() -> None:
    def stop(event: ProgressEvent) -> None:
        raise Cancelled(event.task)

    with pytest.raises(Cancelled, match="relational stability"):
        analyse_attitudes(pair(), attitudes={}, progress=stop)


def found_for(state: str, *concepts: str) -> AttitudeSearch:
    return find_attitudes(pair(), state=state, concepts=concepts)


def test_what_makes_cooperation_a_nash_equilibrium() -> None:
    result = found_for("a b", "nash")
    entry = result.found["nash"]
    assert (entry.n_matrices, entry.choices, entry.n_changes) == (1, (1, 1), 2)
    assert entry.fewest is not None
    assert entry.fewest.tolist() == [[1, 1], [1, 1]]
    assert str(result.explain()).splitlines() == [
        "By Nash it takes at least 2 attitudes toward others to make the state with “a” and “b” in force stable for "
        "all: A would have to wish B well; B would have to wish A well.",
        "Every party is taken to look to itself as well; attitudes say which moves it would make, not why.",
    ]


def test_what_else_would_do() -> None:
    """A gives, at 1 to itself, what is worth 3 to B and to C and costs D 1."""
    give = measure("a", "A", {"A": -1, "B": 3, "C": 3, "D": -1})
    case = case_of([party(name) for name in "ABCD"], [give])
    [sentence, _] = str(find_attitudes(case, state="a", concepts=["nash"]).explain()).splitlines()
    assert sentence == (
        "By Nash it takes at least 1 attitude toward others to make the state with “a” in force stable for all: A "
        "would have to wish B or C well, or D ill."
    )


def test_what_would_do_together() -> None:
    """From the state x, A can go to y, which B likes too, and to z, which C likes too."""
    graph = Graph(
        states=("x", "y", "z"),
        moves={"A": (("x", "y"), ("x", "z"))},
        ranks={"A": (0.0, 1.0, 1.0), "B": (1.0, 2.0, 0.0), "C": (1.0, 0.0, 2.0)},
    )
    case = case_of([party(name) for name in "ABC"], [], graph=graph)
    [sentence, _] = str(find_attitudes(case, state="x", concepts=["nash"]).explain()).splitlines()
    assert sentence == (
        "By Nash it takes at least 2 attitudes toward others to make state “x” stable for all: A would have to wish B "
        "and C well, or B and C ill."
    )


def test_what_would_do_together_among_others() -> None:
    graph = Graph(
        states=("x", "y", "z"),
        moves={"A": (("x", "y"), ("x", "z"))},
        ranks={"A": (0.0, 1.0, 1.0), "B": (1.0, 2.0, 0.0), "C": (1.0, 0.0, 2.0), "D": (1.0, 0.0, 2.0)},
    )
    case = case_of([party(name) for name in "ABCD"], [], graph=graph)
    [sentence, _] = str(find_attitudes(case, state="x", concepts=["nash", "gmr"]).explain()).splitlines()
    assert sentence == (
        "By Nash and GMR it takes at least 2 attitudes toward others to make state “x” stable for all: A would have to "
        "wish B and C well, or B and D well (among others)."
    )


def test_what_needs_no_attitudes_and_what_no_attitudes_do() -> None:
    def both_better(case: Case) -> AttitudeSearch:
        return find_attitudes(case, state="-", concepts=["nash", "seq"])

    assert str(found_for("-", "smr").explain()).splitlines()[0] == (
        "By SMR the state with nothing in force is stable for all without any attitude toward others."
    )
    alone = case_of([party("A"), party("B")], [measure("a", "A", {"A": 1})])
    result = both_better(alone)
    assert result.status is Status.ANSWERED
    single = case_of([party("A")], [measure("a", "A", {"A": 1})])
    result = both_better(single)
    assert result.status is Status.NONE
    assert len(result.plot().patches) == 0
    assert str(result.explain()).splitlines() == [
        "By Nash and SEQ no attitudes toward others make the state with nothing in force stable for all: nothing would "
        "make it so for A.",
        "Every party is taken to look to itself as well; attitudes say which moves it would make, not why.",
    ]


def test_table_picture_and_json_of_a_search() -> None:
    result = found_for("a b", "nash", "seq")
    assert result.to_frame().to_dict("records") == [
        {"concept": "nash", "party": "A", "choices": 1, "toward A": "+", "toward B": "+"},
        {"concept": "nash", "party": "B", "choices": 1, "toward A": "+", "toward B": "+"},
        {"concept": "seq", "party": "A", "choices": 3, "toward A": "+", "toward B": "0"},
        {"concept": "seq", "party": "B", "choices": 3, "toward A": "0", "toward B": "+"},
    ]
    document = result.to_dict()
    assert document["state"] == 3
    assert document["concepts"] == {
        "nash": {
            "matrices": 1,
            "changes": 2,
            "attitudes": {"A": {"A": "+", "B": "+"}, "B": {"A": "+", "B": "+"}},
            "alternatives": {"A": [{"A": "+", "B": "+"}], "B": [{"A": "+", "B": "+"}]},
        },
        "seq": {
            "matrices": 5,
            "changes": 0,
            "attitudes": {"A": {"A": "+", "B": "0"}, "B": {"A": "0", "B": "+"}},
            "alternatives": {"A": [{"A": "+", "B": "0"}], "B": [{"A": "0", "B": "+"}]},
        },
    }
    assert len(result.plot().patches) >= 2


def test_what_is_found_makes_the_state_stable_and_nothing_else_does() -> None:
    case = pair()
    rows = rows_of(2, 0), rows_of(2, 1)
    for state in ("-", "a", "b", "a b"):
        search = find_attitudes(case, state=state, concepts=["nash", "gmr", "smr", "seq"])
        for concept in search.found:
            model = RelationalModel(search.conflict.graph)
            states = np.array([search.state])
            n_stable = sum(
                bool(model.stable(np.array([first, second]), (concept,), states=states)[concept].all())
                for first in rows[0]
                for second in rows[1]
            )
            assert search.found[concept].n_matrices == n_stable


def test_searches_that_are_too_large() -> None:
    with pytest.raises(LimitError) as error:
        rows_of(8, 0)
    assert str(error.value) == (
        "each of 8 parties can have 2,187 attitudes toward the others; at most 729 are tried. Leave out parties that "
        "no attitude could be about."
    )
    arcs = make_arcs(2, np.array([0]), np.array([1]))
    model = RelationalModel(GraphConflict(arcs=(arcs,) * 4, common=(), rank=np.array([[0, 1]] * 4, dtype=np.int32)))
    with pytest.raises(LimitError) as error:
        find_matrices(model, 0, [rows_of(4, i) for i in range(4)], reporter=Reporter(None))
    assert str(error.value) == (
        "by SEQ 531,441 combinations of attitudes would have to be tried; at most 20,000 are. Ask for nash, gmr or "
        "smr, where every party can be looked at by itself."
    )


def test_too_many_single_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.kernel.attitudes.MOST_STEPS", 5)
    arcs = make_arcs(2, np.array([0]), np.array([1]))
    model = RelationalModel(
        GraphConflict(arcs=(arcs, arcs), common=(), rank=np.array([[0, 1], [1, 0]], dtype=np.int32))
    )
    assert model.stable(selfish(2))["smr"].tolist() == [[False, True], [True, True]]
    with pytest.raises(LimitError) as error:
        model.stable(np.zeros((2, 2), dtype=np.int8), ("gmr",))
    assert str(error.value) == (
        "attitudes toward nobody, and SMR with attitudes toward several, take a search for each of 2 states, about 8 "
        "steps in all; at most 5 are taken. Leave out smr, or fix some measures."
    )


def test_a_graph_with_states_of_its_own() -> None:
    graph = Graph(
        states=("peace", "war"),
        moves={"A": (("peace", "war"),), "B": (("war", "peace"),)},
        ranks={"A": (1.0, 2.0), "B": (2.0, 1.0)},
    )
    case = case_of([party("A"), party("B")], [], graph=graph)
    result = analyse_attitudes(case, attitudes={"A": {"B": "+"}}, concepts=["nash"])
    assert labels(result, "nash") == ["peace"]
    assert result.to_dict()["equilibria"] == {"nash": [0]}
