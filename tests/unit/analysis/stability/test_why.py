"""Reasons of stability on conflicts small enough to follow by hand."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest

from detente.analysis.result import Status
from detente.analysis.stability.named_states import find_state
from detente.analysis.stability.why import explain_stability
from detente.case import Case, Measure, Party, Statements, Term, parse_condition
from detente.conflict import build_conflict
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.unit.analysis.stability.conflicts import dilemma, elmira


def test_cooperation_is_kept_by_what_the_other_would_answer() -> None:
    result = explain_stability(dilemma(), "row-quiet col-quiet", party="row")
    assert str(result.explain()) == (
        "Asked about: the state with “Row keeps quiet” and “Column keeps quiet” in force, number 4 of 4.\n"
        "For Row the state is stable by GMR, SMR, SEQ and SSEQ and not stable by Nash. It has 1 move to a state that "
        "it prefers.\n"
        "Row would gain 1 a year by ending “Row keeps quiet”. But then Column could answer by ending “Column keeps "
        "quiet”, to its own advantage; that leaves Row 2 a year worse off than now, with no move of its own from there "
        "to anything better than now (GMR, SMR, SEQ, SSEQ)."
    )
    assert result.status is Status.ANSWERED


def test_a_one_sided_state_cannot_be_kept() -> None:
    result = explain_stability(dilemma(), ["row-quiet"])
    assert str(result.explain()) == (
        "Asked about: the state with “Row keeps quiet” in force, number 2 of 4.\n"
        "For Row the state is not stable by Nash, GMR, SMR, SEQ and SSEQ. It has 1 move to a state that it prefers.\n"
        "Row would gain 1 a year by ending “Row keeps quiet”. No answer of the others takes that back (GMR, SMR, SEQ, "
        "SSEQ).\n"
        "Column has no move to a state that it prefers; for it the state is stable by every concept."
    )


def test_ranks_are_told_in_places_and_answers_of_the_graph_in_names() -> None:
    result = explain_stability(elmira(), "s1", concepts=["gmr", "seq"], party="local")
    assert str(result.explain()) == (
        "Asked about: state “s1”, number 1 of 9.\n"
        "For Local government the state is stable by GMR and not stable by SEQ. It has 1 move to a state that it "
        "prefers.\n"
        "Local government would be 1 place higher in its own order by moving to “s5”. But then Ministry of the "
        "Environment could answer by moving to “s6”; that leaves Local government 2 places lower than now (GMR). Yet "
        "no answer of the others to their own advantage takes that back (SEQ)."
    )


def test_the_table_has_a_row_for_each_improvement_and_concept() -> None:
    frame = explain_stability(dilemma(), "row-quiet col-quiet", concepts=["nash", "seq"]).to_frame()
    assert frame[["party", "concept", "stable", "improvement", "gain", "answer", "change"]].values.tolist()[:2] == [
        ["row", "nash", False, "col-quiet", 1.0, "", pytest.approx(float("nan"), nan_ok=True)],
        ["row", "seq", True, "col-quiet", 1.0, "column: −col-quiet", -2.0],
    ]


def test_the_json_names_states_by_their_masks() -> None:
    body = explain_stability(dilemma(), "row-quiet col-quiet", party="row", concepts=["seq"]).to_dict()
    assert body["state"] == 3
    assert body["reasons"] == [
        {
            "party": "row",
            "concept": "seq",
            "stable": True,
            "n_improvements": 1,
            "improvements": [
                {
                    "to": 2,
                    "gain": 1.0,
                    "places": 1,
                    "settled": True,
                    "answer": {"moves": [{"by": ["column"], "to": 0}], "change": -2.0, "places": -1},
                }
            ],
        }
    ]


def test_the_picture_has_a_pair_of_bars_for_each_improvement() -> None:
    with mpl.rc_context({"backend": "Agg"}):
        ax = explain_stability(dilemma(), "row-quiet col-quiet").plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Row: col-quiet", "Column: row-quiet"]


def test_ordinal_parties_count_places_even_where_measures_have_values() -> None:
    case = dilemma()
    ordinal = Case(
        name=case.name,
        parties=case.parties,
        measures=case.measures,
        preferences={"row": Statements(statements=(parse_condition("not row-quiet"),))},
        terms=(Term(party="column", when=parse_condition("row-quiet and col-quiet"), value=0.5),),
    )
    result = explain_stability(ordinal, "row-quiet col-quiet", concepts=["gmr"])
    row, column = result.reason("row", "gmr"), result.reason("column", "gmr")
    assert (row.improvements[0].gain, row.improvements[0].places) == (None, 1)
    assert column.improvements[0].gain == 0.5


def test_states_are_found_by_what_is_in_force_by_number_or_as_the_status_quo() -> None:
    conflict = build_conflict(dilemma())
    assert [find_state(conflict, s) for s in (None, "col-quiet", ["col-quiet"], 3, "3")] == [0, 2, 2, 2, 2]
    assert find_state(conflict, np.int64(3)) == 2
    with pytest.raises(OptionError, match=r"^there is no state 5; states are numbered from 1 to 4$"):
        find_state(conflict, 5)
    with pytest.raises(
        OptionError, match=r"^name a state, or add graph.status-quo to the case: its graph states none$"
    ):
        find_state(build_conflict(elmira()), None)


def test_what_is_asked_for_wrongly_is_said() -> None:
    with pytest.raises(OptionError, match=r"^unknown party 'china' \(the case has: row, column\)$"):
        explain_stability(dilemma(), party="china")
    with pytest.raises(OptionError, match=r"^the number of improvements to tell is 0; it must be at least 1$"):
        explain_stability(dilemma(), most=0)
    with pytest.raises(OptionError, match=r"^nothing was asked about 'row' under 'smr'$"):
        explain_stability(dilemma(), concepts=["gmr"]).reason("row", "smr")


def test_a_cancelled_search_keeps_what_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    events: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        events.append(event)
        if len(events) == 4:
            raise Cancelled

    result = explain_stability(dilemma(), "row-quiet", progress=stop)
    assert result.status is Status.STOPPED
    assert len(result.reasons) == 3
    assert str(result.explain()).endswith("The search was stopped before everything was settled.")


def test_moves_in_common_and_moves_in_a_row_are_told_in_their_order() -> None:
    case = Case(
        name="talks",
        parties=(Party(id="a", name="A"), Party(id="b", name="B"), Party(id="c", name="C")),
        measures=(
            Measure(id="arms", name="Arms", owners=("a",), value={"a": 2.0, "b": -1.0, "c": -1.0}),
            Measure(id="blockade", name="Blockade", owners=("b",), requires=("arms",), value={"a": -1.0, "b": 0.5}),
            Measure(id="pact", name="Pact", owners=("b", "c"), requires=("blockade",), value={"a": -2.0, "c": 1.0}),
        ),
    )
    result = explain_stability(case, "-", party="a", concepts=["gmr"])
    assert str(result.explain()) == (
        "Asked about: the state with nothing in force, number 1 of 4.\n"
        "For A the state is stable by GMR. It has 1 move to a state that it prefers.\n"
        "A would gain 2 a period by taking “Arms”. But then B could answer by taking “Blockade”, then B and C together "
        "by taking “Pact”; that leaves A 1 a period worse off than now (GMR)."
    )
    assert result.to_frame()["answer"].tolist() == ["b: +blockade; b+c: +pact"]


def test_of_many_improvements_some_are_told() -> None:
    measures = tuple(Measure(id=f"m{n}", name=f"M{n}", owners=("a",), value={"a": float(2**n)}) for n in range(4))
    result = explain_stability(Case(name="many", parties=(Party(id="a", name="A"),), measures=measures), "-", most=2)
    gmr = result.reason("a", "gmr")
    assert (len(gmr.improvements), gmr.n_improvements) == (2, 15)
    assert str(result.explain()).splitlines()[-1] == "13 further moves of A's would make it better off too."
