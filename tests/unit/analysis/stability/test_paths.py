"""From the status quo: first arrivals, paths, words, tables, pictures and the data of the path explorer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente import StatusQuoAnalysis, read_case, trace_status_quo
from detente.analysis.result import Status
from detente.case import Case
from detente.errors import Cancelled, OptionError

PAIR = """\
detente: 1
name: Pair
parties:
  row: {name: Row}
  column: {name: Column}
measures:
  row-helps: {name: Row helps, by: [row]}
  row-talks: {name: Row talks, by: [row]}
  column-helps: {name: Column helps, by: [column]}
  both-sign: {name: Both sign, by: [row, column], requires: [row-talks]}
preferences:
  row: {statements: [both-sign, row-talks, column-helps]}
  column: {statements: [both-sign, column-helps and row-talks, not column-helps]}
"""
STUCK = """\
detente: 1
name: Stuck
parties: {a: {name: A}, b: {name: B}}
graph:
  states: [calm, tense, war]
  moves: {a: [[calm, tense]], b: [[tense, war]]}
  ranks: {a: [3, 2, 1], b: [3, 2, 1]}
  status-quo: calm
"""
Read = Callable[[str], Case]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def make(text: str) -> Case:
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        return read_case(tmp_path / "case.yaml")

    return make


@pytest.fixture(scope="module")
def elmira() -> StatusQuoAnalysis:
    return trace_status_quo(read_case("hipel-1993/elmira"))


def test_elmira_moves_from_its_status_quo(elmira: StatusQuoAnalysis) -> None:
    assert elmira.status is Status.ANSWERED
    assert elmira.start == 0
    assert elmira.moves.n_moves.tolist() == [0, 1, 1, 2, 1, 2, 2, 3, 1]
    assert np.flatnonzero(elmira.improvements.n_moves >= 0).tolist() == [0, 4]
    assert [move.movers for move in elmira.path_to("s8")] == [("moe",), ("uniroyal",), ("local",)]
    assert elmira.concepts_of(4) == ("nash", "gmr", "smr", "seq", "sseq")
    assert [(first.movers, first.n_moves, first.n_improvements) for first in elmira.first_moves] == [
        (("moe",), 1, 0),
        (("uniroyal",), 2, 0),
        (("local",), 1, 1),
    ]


def test_elmira_in_words(elmira: StatusQuoAnalysis) -> None:
    assert str(elmira.explain()).splitlines() == [
        "The status quo is itself stable for every party by GMR and SMR.",
        "From the status quo these can improve their position in one move: Local government, to 1 state.",
        "Of the 8 other feasible states, moves of any kind reach 8, the furthest in 3 moves; moves that improve the "
        "position of all who make them reach 1, the furthest in 1 move.",
        "Of the 3 states that are stable for all by Nash, SEQ and SSEQ, 1 is reached by improvements and 3 by "
        "moves of any kind, the start counted.",
        "Of the 5 states that are stable for all by GMR and SMR, 2 are reached by improvements and 5 by moves of "
        "any kind, the start counted.",
        "State “s5” (Uniroyal delays, the local government insists), stable for all by every concept, is reached in 1 "
        "improvement: Local government by moving to “s5”.",
        "State “s9” (Uniroyal abandons its plant), stable for all by every concept, is reached in 1 move, though not "
        "by improvements: Uniroyal Chemical by moving to “s9”.",
        "State “s8” (Uniroyal accepts a modified order, the local government insists), stable for all by every "
        "concept, is reached in 3 moves, though not by improvements (5 other sequences as short): first Ontario "
        "Ministry of the Environment by moving to “s2”; then Uniroyal Chemical by moving to “s4”; then Local "
        "government by moving to “s8”.",
        "State “s4” (Uniroyal accepts a modified order), stable for all by GMR and SMR, is reached in 2 moves, though "
        "not by improvements (1 other sequence as short): first Ontario Ministry of the Environment by moving to "
        "“s2”; then Uniroyal Chemical by moving to “s4”.",
        "These are moves that parties could make if the preferences stated are right; which of them they make is not "
        "said.",
    ]


def test_measures_and_a_common_move_in_words(read: Read) -> None:
    found = trace_status_quo(read(PAIR), concepts=["nash"])
    assert str(found.explain()).splitlines() == [
        "From the status quo these can improve their position in one move: Row, to 2 states.",
        "Of the 11 other feasible states, moves of any kind reach 11, the furthest in 3 moves; moves that improve the "
        "position of all who make them reach 8, the furthest in 3 moves.",
        "Of the 4 states that are stable for all by Nash, 4 are reached by improvements and 4 by moves of any "
        "kind, the start counted.",
        "State 7, the state with “Row talks” and “Column helps” in force, stable for all by Nash, is reached in 2 "
        "improvements: first Row by taking “Row talks”; then Column by taking “Column helps”.",
        "State 8, the state with “Row helps”, “Row talks” and “Column helps” in force, stable for all by Nash, is "
        "reached in 2 improvements: first Row by taking “Row helps” and “Row talks”; then Column by taking “Column "
        "helps”.",
        "State 11, the state with “Row talks”, “Column helps” and “Both sign” in force, stable for all by Nash, is "
        "reached in 3 improvements (1 other sequence as short): first Row by taking “Row talks”; then Row and Column "
        "together by taking “Both sign”; then Column by taking “Column helps”.",
        "State 12, the state with “Row helps”, “Row talks”, “Column helps” and “Both sign” in force, stable for all "
        "by Nash, is reached in 3 improvements (1 other sequence as short): first Row by taking “Row helps” and “Row "
        "talks”; then Row and Column together by taking “Both sign”; then Column by taking “Column helps”.",
        "These are moves that parties could make if the preferences stated are right; which of them they make is not "
        "said.",
    ]


def test_where_nobody_gains(read: Read) -> None:
    case = read(STUCK)
    assert str(trace_status_quo(case).explain()).splitlines()[:4] == [
        "The status quo is itself stable for every party by every concept.",
        "From the status quo nobody can improve its position in one move. Without gain these can move: A.",
        "Of the 2 other feasible states, moves of any kind reach 2, the furthest in 2 moves; moves that improve the "
        "position of all who make them reach none.",
        "Of the 3 states that are stable for all by Nash, GMR, SMR, SEQ and SSEQ, 1 is reached by improvements and 3 "
        "by moves of any kind, the start counted.",
    ]
    assert str(trace_status_quo(case, start="war").explain()).splitlines()[1:3] == [
        "From state “war” nobody can move.",
        "Of the 2 other feasible states, moves of any kind reach none; moves that improve the position of all who "
        "make them reach none.",
    ]
    with pytest.raises(OptionError) as unreached:
        trace_status_quo(case).path_to("war", improvements=True)
    assert str(unreached.value) == "no sequence of improvements leads to the state 'war'"


def test_table(elmira: StatusQuoAnalysis) -> None:
    frame = elmira.to_frame()
    assert list(frame.columns) == [
        "number", "state", "moves", "sequences of moves", "improvements", "sequences of improvements",
        "nash", "gmr", "smr", "seq", "sseq",
    ]  # fmt: skip
    assert frame["moves"].tolist() == [0, 1, 1, 2, 1, 2, 2, 3, 1]
    assert frame["improvements"].isna().tolist() == [False, True, True, True, False, True, True, True, True]
    assert frame["sequences of moves"].tolist() == [1, 1, 1, 2, 1, 2, 2, 6, 1]


def test_json_and_explorer(elmira: StatusQuoAnalysis, read: Read) -> None:
    document: dict[str, Any] = json.loads(json.dumps(elmira.to_dict()))  # Any: a tree of JSON
    assert document["start"] == 0
    assert document["first_reached"]["improvements"] == [0, None, None, None, 1, None, None, None, None]
    assert document["equilibria"]["nash"] == {"count": 3, "by_moves": 3, "by_improvements": 1}
    assert document["first_moves"][2] == {"by": ["local"], "moves": 1, "improvements": 1}
    assert document["paths"][0] == {
        "to": 4,
        "equilibria": ["nash", "gmr", "smr", "seq", "sseq"],
        "improvements": True,
        "moves": [{"by": ["local"], "to": 4}],
        "sequences": 1,
    }
    assert [path["to"] for path in document["paths"]] == [4, 0, 8, 7, 3]
    assert document["paths"][1]["moves"] == []
    explorer = document["explorer"]
    assert explorer["complete"] is True
    assert explorer["nodes"][4] == {
        "id": 4,
        "number": 5,
        "label": "s5",
        "step": 1,
        "improvement_step": 1,
        "measures": [],
        "equilibria": ["nash", "gmr", "smr", "seq", "sseq"],
        "start": False,
    }
    assert {"from": 0, "to": 4, "by": ["local"], "improvement": True} in explorer["edges"]
    assert len(explorer["edges"]) == 24

    pair = trace_status_quo(read(PAIR))
    whole: Any = pair.explorer()  # Any: a tree of JSON
    assert whole["nodes"][3]["measures"] == ["row-helps", "row-talks"]
    assert {"from": 2, "to": 10, "by": ["row", "column"], "improvement": True} in whole["edges"]
    part: Any = pair.explorer(most=4)  # Any: as above
    assert part["states"] == 12
    assert part["complete"] is False
    assert [node["id"] for node in part["nodes"]] == [0, 2, 3, 6]


def test_picture(elmira: StatusQuoAnalysis, read: Read) -> None:
    texts = [text.get_text() for text in elmira.plot().texts]
    assert {f"s{number}" for number in range(1, 10)} <= set(texts)
    assert trace_status_quo(read(STUCK)).plot().get_legend() is not None
    tense = trace_status_quo(read(STUCK), start="tense").plot()
    assert tense.get_title(loc="left") == "states stable for all are filled; the start is ringed"


def test_of_many_states_only_the_paths_are_drawn(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.analysis.stability.paths.MOST_DRAWN", 6)
    texts = {text.get_text() for text in trace_status_quo(read(PAIR), concepts=["nash"]).plot().texts}
    assert {"1", "3", "7"} <= texts
    assert len(texts - {""}) == 6


def test_a_search_that_was_stopped_says_so(read: Read) -> None:
    found = trace_status_quo(read(PAIR), most_states=2)
    assert found.status is Status.STOPPED
    assert str(found.explain()).splitlines()[2] == (
        "The search was stopped after 2 states, so that states further away are missing; fix some measures to go "
        "further."
    )


def test_lists_of_many_states_are_short(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.analysis.stability.paths.MOST_LISTED", 3)
    found = trace_status_quo(read(PAIR))
    assert found.to_frame()["state"].tolist()[0] == "-"
    assert len(found.to_frame()) < 12


def test_wrong_options_and_stopping(read: Read) -> None:
    case = read(PAIR)
    with pytest.raises(OptionError) as few:
        trace_status_quo(case, most_states=0)
    assert str(few.value) == "most_states must be at least 1, got 0"
    with pytest.raises(OptionError) as nowhere:
        trace_status_quo(read(STUCK.replace("  status-quo: calm\n", "")))
    assert str(nowhere.value) == "name a state, or add graph.status-quo to the case: its graph states none"

    def stop(_: object) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        trace_status_quo(case, progress=stop)
