"""Coalitions of a case: answers, words, tables, pictures and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from detente import CoalitionStability, analyse_coalitions, read_case
from detente.analysis.result import Status
from detente.case import Case
from detente.errors import Cancelled, LimitError, OptionError
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
TAIL = "measures: {a: {by: [p0], value: {p0: 1}}}\n"
Read = Callable[[str], Case]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def make(text: str) -> Case:
        (tmp_path / "case.yaml").write_text(text, encoding="utf-8")
        return read_case(tmp_path / "case.yaml")

    return make


@pytest.fixture(scope="module")
def elmira() -> CoalitionStability:
    return analyse_coalitions(read_case("hipel-1993/elmira"))


def test_in_elmira_two_equilibria_withstand_every_coalition(elmira: CoalitionStability) -> None:
    assert elmira.is_universal
    assert elmira.status is Status.ANSWERED
    assert elmira.coalitions == (
        ("moe",),
        ("uniroyal",),
        ("local",),
        ("moe", "uniroyal"),
        ("moe", "local"),
        ("uniroyal", "local"),
        ("moe", "uniroyal", "local"),
    )
    assert [elmira.conflict.label(int(s)) for s in np.flatnonzero(elmira.is_stable("cnash"))] == ["s8", "s9"]
    assert elmira.leaving(4) == (("moe", "uniroyal"),)
    (found,) = elmira.improvements_from("s5", ["moe", "uniroyal"])
    assert (found.source, found.target) == (4, 7)
    assert [move.movers for move in found.moves] == [("moe",), ("uniroyal",)]


def test_elmira_in_words(elmira: CoalitionStability) -> None:
    assert str(elmira.explain()).splitlines() == [
        "Stable for every coalition, of 9 feasible states: 2 by CNash, 4 by CGMR, 4 by CSMR and 2 by CSEQ. A coalition "
        "improves if that leaves all members better off.",
        "Of the 3 states that are stable for every party by itself (Nash), no coalition can improve on 2: state “s8” "
        "(Uniroyal accepts a modified order, the local government insists) and state “s9” (Uniroyal abandons its "
        "plant).",
        "From the status quo Local government alone can get to state “s5” (Uniroyal delays, the local government "
        "insists), better for it: Local government by moving to “s5”. State “s5” (Uniroyal delays, the local "
        "government insists) is stable for every party by every concept.",
        "State “s5” (Uniroyal delays, the local government insists) is stable for every party by itself (Nash). But "
        "Ontario Ministry of the Environment and Uniroyal Chemical together can get to state “s8” (Uniroyal accepts a "
        "modified order, the local government insists), better for both: first Ontario Ministry of the Environment by "
        "moving to “s6”; then Uniroyal Chemical by moving to “s8”. State “s8” (Uniroyal accepts a modified order, the "
        "local government insists) is stable for every party by every concept.",
        "This says what parties could gain by moving together if the preferences stated are right; it does not say "
        "that they could agree to.",
    ]


def test_a_dilemma_in_words(read: Read) -> None:
    found = analyse_coalitions(read(DILEMMA), improvement="pareto", concepts=["cgmr", "cnash"])
    assert found.concepts == ("cnash", "cgmr")
    assert str(found.explain()).splitlines() == [
        "Stable for every coalition, of 4 feasible states: 0 by CNash and 1 by CGMR. A coalition improves if that "
        "leaves at least one member better off and none worse.",
        "Some coalition can improve on the only state that is stable for every party by itself (Nash).",
        "From the status quo Row and Column together can get to state 4, better for at least one and worse for none: "
        "first Column by taking “Column helps”; then Row by taking “Row helps”. State 4 is stable for every party by "
        "GMR, SMR, SEQ and SSEQ.",
        "This says what parties could gain by moving together if the preferences stated are right; it does not say "
        "that they could agree to.",
    ]


def test_chosen_coalitions(read: Read) -> None:
    found = analyse_coalitions(read(DILEMMA), coalitions=[["column"], ["column"]])
    assert found.coalitions == (("column",),)
    assert not found.is_universal
    lines = str(found.explain()).splitlines()
    assert lines[0] == (
        "Stable for the 1 coalition analysed, of 4 feasible states: 2 by CNash, 3 by CGMR, 3 by CSMR and 3 by CSEQ. "
        "A coalition improves if that leaves all members better off."
    )
    assert lines[1:3] == [
        "None of these coalitions can improve on the only state that is stable for every party by itself (Nash): the "
        "state with nothing in force.",
        "From the status quo none of them can get to a state that is better for it.",
    ]


def test_no_coalition_improves_on_any_equilibrium() -> None:
    lines = str(analyse_coalitions(read_case("chicken")).explain()).splitlines()
    assert lines[1] == (
        "No coalition can improve on any of the 2 states that are stable for every party by itself (Nash): the state "
        "with “Row swerves” in force and the state with “Column swerves” in force."
    )


def test_tables(elmira: CoalitionStability) -> None:
    rows = elmira.to_frame().to_dict("records")
    assert rows[4] == {
        "number": 5, "state": "s5", "cnash": False, "cgmr": False, "csmr": False, "cseq": False,
        "left by": "moe+uniroyal",
    }  # fmt: skip
    assert elmira.coalitions_frame().to_dict("records")[3] == {
        "coalition": "moe+uniroyal", "can improve": 3, "cnash": 6, "cgmr": 6, "csmr": 6, "cseq": 6,
    }  # fmt: skip


def test_picture(elmira: CoalitionStability, read: Read) -> None:
    ax = elmira.plot()
    assert "moe+uniroyal" in [label.get_text() for label in ax.get_yticklabels()]
    assert ax.get_title(loc="left") == "% of 9 states"
    short = analyse_coalitions(read(DILEMMA)).plot()
    assert [label.get_text() for label in short.get_yticklabels()] == ["Row", "Column", "Row + Column"]


def test_json(elmira: CoalitionStability, read: Read) -> None:
    document = json.loads(json.dumps(elmira.to_dict()))
    assert document["universal"] is True
    assert document["state_names"][4] == "s5"
    assert document["stable_for_all"] == {"cnash": [7, 8], "cgmr": [0, 3, 7, 8], "csmr": [0, 3, 7, 8], "cseq": [7, 8]}
    assert document["coalitions"][3]["coalition"] == ["moe", "uniroyal"]
    assert document["coalitions"][3]["stable"]["cnash"] == [0, 2, 3, 6, 7, 8]
    assert document["improvements"][1] == {
        "coalition": ["moe", "uniroyal"],
        "from": 4,
        "to": 7,
        "path": [{"by": ["moe"], "to": 5}, {"by": ["uniroyal"], "to": 7}],
    }
    assert analyse_coalitions(read(DILEMMA)).to_dict()["measures"] == ["row-helps", "column-helps"]


def test_what_was_finished_when_stopped_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    case = read_case("hipel-1993/elmira")

    def stop_at(task: str, share: float) -> CoalitionStability:
        def stop(event: ProgressEvent) -> None:
            if event.task == task and (event.fraction or 0.0) >= share:
                raise Cancelled

        return analyse_coalitions(case, progress=stop)

    stopped = stop_at("coalitions", 0.5)
    assert stopped.status is Status.STOPPED
    assert stopped.coalitions == (("moe",), ("uniroyal",), ("local",))
    assert not stopped.is_universal
    assert str(stopped.explain()).splitlines()[0] == "The work was stopped when 3 of 7 coalitions were analysed."
    at_once = stop_at("coalitions", 0.0)
    assert at_once.coalitions == ()
    assert str(at_once.explain()) == "The work was stopped when 0 of 7 coalitions were analysed."
    late = stop_at("improvements of coalitions", 0.0)
    assert late.status is Status.STOPPED
    assert late.improvements == ()
    assert "From the status quo these can improve: Local government." in str(late.explain())
    with pytest.raises(Cancelled):
        stop_at("stability", 0.0)


def test_wrong_options_are_refused(read: Read) -> None:
    case = read(DILEMMA)
    wrong: dict[str, Callable[[], object]] = {
        "unknown improvement 'weak' (one of: strict, pareto)": lambda: analyse_coalitions(
            case,
            improvement="weak",  # type: ignore[arg-type]  # what a user may type
        ),
        "unknown concept 'nash' (one of: cnash, cgmr, csmr, cseq)": lambda: analyse_coalitions(case, concepts=["nash"]),
        "no concept to analyse (there are: cnash, cgmr, csmr, cseq)": lambda: analyse_coalitions(case, concepts=[]),
        "unknown party 'rwo' in a coalition (the case has: row, column)": lambda: analyse_coalitions(
            case, coalitions=[["rwo"]]
        ),
        "a coalition has at least one party": lambda: analyse_coalitions(case, coalitions=[[]]),
        "no coalition to analyse": lambda: analyse_coalitions(case, coalitions=[]),
    }
    for message, attempt in wrong.items():
        with pytest.raises(OptionError) as refused:
            attempt()
        assert str(refused.value) == message
    with pytest.raises(OptionError) as unknown:
        analyse_coalitions(case).is_stable("gmr")
    assert str(unknown.value) == "'gmr' was not analysed (there are: cnash, cgmr, csmr, cseq)"


def test_limits_say_what_to_do(read: Read) -> None:

    def of(n_parties: int) -> Case:
        parties = ", ".join(f"p{i}: {{}}" for i in range(n_parties))
        return read(f"detente: 1\nname: Many\nparties: {{{parties}}}\n{TAIL}")

    with pytest.raises(LimitError) as refused:
        analyse_coalitions(of(13))
    assert str(refused.value) == ("13 parties make 2^13 coalitions, and at most 4,095 are analysed: choose coalitions.")
    with pytest.raises(LimitError) as memory:
        analyse_coalitions(of(5), memory=700)
    assert str(memory.value) == (
        "31 coalitions and 2 states take about 0.0 GiB, and 0.0 GiB may be used: choose fewer coalitions, fix some "
        "measures, or allow more memory."
    )
