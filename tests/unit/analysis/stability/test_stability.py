"""Stability of a case: answers, words, tables, pictures and files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from detente import Stability, analyse_stability, read_case
from detente.analysis.result import Status
from detente.analysis.stability.stability_words import explain_concept, name_concept
from detente.case import Case
from detente.errors import Cancelled, CaseError, LimitError, OptionError
from detente.progress import ProgressEvent

DILEMMA = """\
detente: 1
name: Dilemma
parties:
  row: {name: Row}
  column: {name: Column}
measures:
  row-helps: {name: Row helps, by: [row]}
  column-helps: {name: Column helps, by: [column]}
preferences:
  row: {ranks: [2, 1, 4, 3]}
  column: {ranks: [2, 4, 1, 3]}
"""
CHANGES = """\
detente: 1
name: Changes
parties: {usa: {}, iaea: {}}
graph:
  states: [calm, tense, open war]
  moves: {usa: [[calm, tense], [tense, open war]], iaea: [[tense, calm]]}
  ranks: {usa: [1, 2, 0], iaea: [2, 1, 0]}
"""
Read = Callable[[str], Case]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def make(text: str) -> Case:
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        return read_case(tmp_path / "case.yaml")

    return make


def named(result: Stability, concept: str) -> list[str]:
    return [result.conflict.label(int(state)) for state in result.equilibria(concept)]


def test_dilemma(read: Read) -> None:
    result = analyse_stability(read(DILEMMA), horizon=2)
    assert result.concepts == ("nash", "gmr", "smr", "seq", "sseq", "maximin-2")
    assert named(result, "nash") == ["-"]
    for concept in ("gmr", "smr", "seq", "sseq", "maximin-2"):
        assert named(result, concept) == ["-", "row-helps column-helps"]
    assert result.status is Status.ANSWERED
    assert result.concepts_of(3) == ("gmr", "smr", "seq", "sseq", "maximin-2")
    assert list(result.shown_states()) == [0, 3]
    assert not result.stable["nash"].flags.writeable


def test_dilemma_in_words(read: Read) -> None:
    assert str(analyse_stability(read(DILEMMA)).explain()).splitlines() == [
        "Stable for every party without any agreement, of 4 feasible states: 1 by Nash, 2 by GMR, 2 by SMR, 2 by SEQ "
        "and 2 by SSEQ.",
        "The status quo is stable for every party by all of the concepts.",
        "State 1, the state with nothing in force, is stable for all by every concept.",
        "State 4, the state with “Row helps” and “Column helps” in force, is stable for all by GMR, SMR, SEQ and SSEQ.",
        "This follows from the preferences stated; it says what would last if they are right, not what will happen.",
    ]


def test_an_unstable_status_quo_in_words(read: Read) -> None:
    text = DILEMMA + "status-quo: [row-helps]\n"
    lines = str(analyse_stability(read(text), concepts=["seq", "nash"]).explain()).splitlines()
    assert lines[1:3] == [
        "The status quo is stable for every party by none of the concepts.",
        "It is not stable for Row by Nash and SEQ.",
    ]
    both = analyse_stability(read(DILEMMA + "status-quo: [row-helps, column-helps]\n"), concepts=["seq", "nash"])
    assert str(both.explain()).splitlines()[1] == "The status quo is stable for every party by SEQ only."


def test_what_is_not_stated_is_listed(read: Read) -> None:
    text = """\
detente: 1
name: Values
parties: {usa: {name: United States}, iaea: {name: IAEA}}
measures:
  freeze: {by: [usa], value: {usa: 1}}
  inspect: {by: [iaea], value: {iaea: 1}}
  talk: {by: [usa, iaea]}
terms: [{party: iaea, when: talk and inspect, value: 0.5}]
"""
    said = str(analyse_stability(read(text)).explain())
    assert (
        "Counted as 0 because the case does not state it: United States (inspect, talk); IAEA (freeze)."
        in said.splitlines()
    )


def test_ties_of_decimal_numbers_are_ties(read: Read) -> None:
    text = """\
detente: 1
name: Tenths
parties: {usa: {}}
measures:
  one: {by: [usa], value: {usa: 0.1}}
  two: {by: [usa], value: {usa: 0.2}}
  three: {by: [usa], value: {usa: 0.3}}
infeasible: [not one and not two and not three, one and three, two and three, one and not two, two and not one]
status-quo: [three]
"""
    assert named(analyse_stability(read(text)), "nash") == ["one two", "three"]


def test_numbers_too_fine_to_add_are_told(read: Read) -> None:
    text = """\
detente: 1
name: Fine
parties: {usa: {name: United States}}
measures:
  one: {by: [usa], value: {usa: 1.0e-300}}
  two: {by: [usa], value: {usa: 1.0}}
"""
    result = analyse_stability(read(text))
    assert result.conflict.rounded == ("usa",)
    assert (
        "The values of United States have too many digits to be added exactly and were rounded to one part in 10¹⁵ of "
        "the largest; ties that such digits make may be lost." in str(result.explain()).splitlines()
    )


def test_frame(read: Read) -> None:
    frame = analyse_stability(read(DILEMMA), concepts=["nash"]).to_frame()
    assert list(frame.columns) == [
        "number", "state", "row-helps", "column-helps", "nash for row", "nash for column", "nash",
    ]  # fmt: skip
    assert frame["state"].tolist() == ["-", "row-helps", "column-helps", "row-helps column-helps"]
    assert frame["nash"].tolist() == [True, False, False, False]
    assert frame["nash for row"].tolist() == [True, False, True, False]


def test_document(read: Read) -> None:
    document = analyse_stability(read(DILEMMA), concepts=["nash", "seq"]).to_dict()
    assert document["measures"] == ["row-helps", "column-helps"]
    assert document["states"] == [0, 1, 2, 3]
    assert document["stability"] == {
        "nash": {"row": [0, 2], "column": [0, 1]},
        "seq": {"row": [0, 2, 3], "column": [0, 1, 3]},
    }
    assert document["equilibria"] == {"nash": [0], "seq": [0, 3]}
    assert document["parameters"] == {"concepts": ["nash", "seq"], "horizon": None, "limited_moves": None}


def test_graph_form(read: Read) -> None:
    result = analyse_stability(read(CHANGES))
    document = json.loads("".join(result.stream_json()))
    assert document["measures"] == []
    assert document["states"] == [0, 1, 2]
    assert document["state_names"] == ["calm", "tense", "open war"]
    assert document["stability"]["nash"] == {"usa": [1, 2], "iaea": [0, 2]}
    assert named(result, "gmr") == ["calm", "tense", "open war"]
    assert named(result, "nash") == ["open war"]
    assert "State “open war” is stable for all by every concept." in str(result.explain()).splitlines()
    assert [text.get_text() for text in result.plot().texts] == [
        "stable for all by", "Nash", "GMR", "SMR", "SEQ", "SSEQ",
    ]  # fmt: skip


def large(tmp_path: Path) -> Case:
    lines = ["detente: 1", "name: Large", "parties: {usa: {name: United States}}", "measures:"]
    lines += [f"  m{index}: {{by: [usa], value: {{usa: 1}}}}" for index in range(17)]
    (tmp_path / "large.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_case(tmp_path / "large.yaml")


def test_long_lists_go_to_files(tmp_path: Path) -> None:
    result = analyse_stability(large(tmp_path), concepts=["nash"])
    document = json.loads("".join(result.stream_json(beside=tmp_path / "answer.json")))
    assert document["equilibria"]["nash"] == {"file": str(tmp_path / "answer.states" / "nash.parquet"), "count": 1}
    assert document["states"]["count"] == 1 << 17
    states = pq.read_table(document["states"]["file"])["state"].to_numpy()
    assert (states == np.arange(1 << 17)).all()
    stable = pq.read_table(document["stability"]["nash"]["usa"]["file"])["state"].to_pylist()
    assert stable == [(1 << 17) - 1]
    assert len(result.to_frame()) == 1


def test_without_a_file_lists_go_to_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    document = analyse_stability(large(tmp_path), concepts=["nash"]).to_dict()
    assert document["states"] == {"file": str(tmp_path / "stability.states" / "states.parquet"), "count": 1 << 17}


def test_files_are_named_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = analyse_stability(large(tmp_path), concepts=["nash"])
    document = json.loads("".join(result.stream_json(beside=Path("answer.json"))))
    assert document["equilibria"]["nash"]["file"] == str(tmp_path / "answer.states" / "nash.parquet")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "answer.states").write_text("in the way", encoding="utf-8")
    result = analyse_stability(large(tmp_path), concepts=["nash"])
    with pytest.raises(OptionError) as caught:
        list(result.stream_json(beside=tmp_path / "answer.json"))
    assert str(caught.value) == f"'{tmp_path / 'answer.states' / 'states.parquet'}' cannot be written: File exists"


def test_too_many_states(tmp_path: Path) -> None:
    with pytest.raises(LimitError) as caught:
        analyse_stability(large(tmp_path), memory=1_000_000.0)
    message = str(caught.value)
    assert message[message.index(" feasible") :] == (
        " feasible states, more than there is memory for. Fix measures as infeasible or leave them out "
        "(candidates: m0, m1, m2, m3, m4, m5, m6, m7, 9 more), or allow more with --memory."
    )


def test_options_are_checked(read: Read) -> None:
    case = read(DILEMMA)
    with pytest.raises(OptionError, match=r"^unknown concept 'nahs' \(there are: nash, gmr, smr, seq, sseq\)$"):
        analyse_stability(case, concepts=["nahs"])
    with pytest.raises(OptionError, match=r"^no concept to analyse \(there are: nash, gmr, smr, seq, sseq\)$"):
        analyse_stability(case, concepts=[])
    with pytest.raises(OptionError, match=r"^the horizon is 0; it must be a whole number of moves, at least 1$"):
        analyse_stability(case, horizon=0)
    with pytest.raises(OptionError, match=r"^'seq' was not analysed \(there are: nash\)$"):
        analyse_stability(case, concepts=["nash"]).equilibria("seq")


def test_a_case_without_states(read: Read) -> None:
    with pytest.raises(CaseError) as caught:
        analyse_stability(read("detente: 1\nname: Empty\nparties: {usa: {}}\n"))
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == ["D611"]


def test_a_party_that_moves_without_a_preference(read: Read) -> None:
    text = "detente: 1\nname: Silent\nparties: {usa: {}, un: {}}\nmeasures: {freeze: {by: [usa]}}\n"
    with pytest.raises(CaseError) as caught:
        analyse_stability(read(text))
    [diagnostic] = caught.value.diagnostics
    assert (diagnostic.code, diagnostic.message) == (
        "D612",
        "party 'usa' can move but states no preference at all; that is not the same as indifference.",
    )


def test_it_can_be_stopped(read: Read) -> None:
    def stop(event: ProgressEvent) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        analyse_stability(read(DILEMMA), progress=stop)


def test_pictures(read: Read, tmp_path: Path) -> None:
    result = analyse_stability(read(DILEMMA))
    texts = [text.get_text() for text in result.plot().texts]
    assert texts[:3] == ["Row", "row-helps", "Column"]
    graph = result.plot_graph("nash")
    assert {text.get_text() for text in graph.texts} >= {"1", "2", "3", "4"}
    legend = graph.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["Row", "Column"]
    with pytest.raises(OptionError, match=r"^the conflict has 131,072 states; at most 200 can be drawn as a graph\. "):
        analyse_stability(large(tmp_path), concepts=["nash"]).plot_graph()


def test_foresight(read: Read) -> None:
    result = analyse_stability(read(DILEMMA), concepts=["nash"], horizon=2, limited_moves=3)
    assert result.concepts == ("nash", "maximin-2", "limited-3")
    assert [name_concept(concept) for concept in result.concepts] == ["Nash", "maximin (2)", "limited moves (3)"]
    assert named(result, "limited-3") == ["-", "row-helps column-helps"]
    assert explain_concept("maximin-1") == (
        "maximin (1): no party is better off for leaving if it looks 1 move ahead, its own first, and fears the worst "
        "of what the others could do."
    )
    with pytest.raises(OptionError, match=r"^limited-move stability is defined for two parties that move in turn; "):
        analyse_stability(read_case("volunteers-dilemma"), limited_moves=3)


def test_a_state_is_found_by_its_ids(read: Read) -> None:
    conflict = analyse_stability(read(DILEMMA)).conflict
    assert conflict.find("column-helps row-helps") == 3
    assert conflict.find("-") == 0
    with pytest.raises(OptionError) as near:
        conflict.find("row-help")
    assert str(near.value) == "unknown measure 'row-help' in the state 'row-help' (did you mean 'row-helps'?)"
    with pytest.raises(OptionError) as far:
        conflict.find("x")
    assert str(far.value) == "unknown measure 'x' in the state 'x' (the case has: row-helps, column-helps)"
