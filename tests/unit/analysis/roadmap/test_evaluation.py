"""What an evaluation says of roadmaps, and the forms in which it says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente import Evaluation, __version__, evaluate_roadmap, evaluate_roadmaps
from detente.analysis.result import Status
from detente.case import Case, Reading, Roadmap
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.rows import row_of

# Of each pair, x for A and y for B, B gives more than it gets in the second: y2 costs it 6 a period and x2 brings it 2.
TWO_ROUNDS = replace(
    case_of(
        [party("A"), party("B")],
        [
            measure("x1", "A", {"A": -1, "B": 3}),
            measure("y1", "B", {"A": 3, "B": -1}),
            measure("x2", "A", {"A": -1, "B": 2}),
            measure("y2", "B", {"A": 3, "B": -6}),
        ],
        roadmaps=(
            Roadmap(id="first", name="First round", stages=(("x1", "y1"),)),
            Roadmap(id="both", name="Both rounds", stages=(("x1", "y1"), ("x2", "y2"))),
            Roadmap(id="slow", name="One by one", stages=(("x1",), ("y1",)), durations=(2, 3)),
        ),
    ),
    name="two rounds",
    digest="abc",
    period="month",
)


def under_readings(case: Case) -> Case:
    """The case with a reading in which B gives gladly."""
    glad = replace(case, measures=tuple(replace(m, value={"A": 3.0, "B": 1.0}) for m in case.measures))
    reading = Reading(id="glad", name="B gives gladly")
    return replace(case, readings=(reading,), reading_cases={"glad": replace(glad, readings=(reading,))})


def strict(result: Evaluation) -> Any:  # any JSON
    """The JSON of a result as read back, without NaN or infinity."""
    return json.loads(json.dumps(result.to_dict(), allow_nan=False))


# Verdicts


def test_a_roadmap_holds_if_every_margin_is_at_least_zero() -> None:
    first, both = (evaluate_roadmap(TWO_ROUNDS, roadmap).roadmap for roadmap in ("first", "both"))
    assert first.holds
    assert min(row.margin for row in first.rows) >= 0
    assert not both.holds
    assert {row.party for row in both.tempted()} == {"B"}
    assert all(row.margin < 0 for row in both.tempted())


def test_margins_under_way_and_at_the_end_are_flow_equivalents_apart() -> None:
    entry = evaluate_roadmap(TWO_ROUNDS, "both").roadmap
    under_way = [
        r.flow_margin for r in entry.rows if r.check.value == "before" or (r.check.value, r.stage) == ("after", 1)
    ]
    at_end = [r.flow_margin for r in entry.rows if r.check.value == "end" or (r.check.value, r.stage) == ("after", 2)]
    assert len(under_way) + len(at_end) == len(entry.rows)
    assert (entry.margin, entry.end_margin) == (min(under_way), min(at_end))
    assert all(row.flow_margin == pytest.approx(0.5 * row.margin) for row in entry.rows)


def test_the_critical_row_is_the_first_of_the_least_flow_margin() -> None:
    # A and B are alike in the first round, so all six margins tie.
    entry = evaluate_roadmap(TWO_ROUNDS, "first").roadmap
    assert {row.flow_margin for row in entry.rows} == {0.5}
    assert (entry.critical.stage, entry.critical.check.value, entry.critical.party) == (1, "before", "A")
    both = evaluate_roadmap(TWO_ROUNDS, "both").roadmap
    assert both.critical.flow_margin == min(row.flow_margin for row in both.rows)
    assert both.critical.party == "B"


def test_stage_margins_count_the_end_in_the_last_stage() -> None:
    entry = evaluate_roadmap(TWO_ROUNDS, "both").roadmap
    assert entry.stage_margins() == tuple(
        min(row.flow_margin for row in entry.rows if row.stage == stage) for stage in (1, 2)
    )
    assert entry.stage_margins()[1] == min(entry.end_margin, row_of(entry, 2, "before", "B").flow_margin)


def test_durations_are_the_roadmaps_own_unless_given() -> None:
    assert evaluate_roadmap(TWO_ROUNDS, "slow").roadmap.durations == (2, 3)
    assert evaluate_roadmap(TWO_ROUNDS, "slow", durations=[1, 1]).roadmap.durations == (1, 1)
    assert evaluate_roadmap(TWO_ROUNDS, "both").roadmap.durations == (1, 1)


def test_stages_may_be_given_outright() -> None:
    listed = evaluate_roadmap(TWO_ROUNDS, [["x1", "y1"], ["x2", "y2"]]).roadmap
    assert (listed.id, listed.name) == ("roadmap", "roadmap")
    named = Roadmap(id="mine", name="Mine", stages=(("x1", "y1"), ("x2", "y2")))
    assert evaluate_roadmap(TWO_ROUNDS, named).roadmap.id == "mine"
    both = evaluate_roadmap(TWO_ROUNDS, "both").roadmap
    assert [row.margin for row in listed.rows] == [row.margin for row in both.rows]


def test_a_roadmap_of_seventy_measures_is_evaluated() -> None:
    # Each in turn of the 35 pairs is worth 2 a period to either: there is no limit on how many measures there are.
    pairs = [(f"x{n}", f"y{n}") for n in range(35)]
    case = case_of(
        [party("A"), party("B")],
        [one for x, y in pairs for one in (measure(x, "A", {"A": -1, "B": 3}), measure(y, "B", {"A": 3, "B": -1}))],
    )
    entry = evaluate_roadmap(case, [[x for x, _ in pairs], [y for _, y in pairs]]).roadmap
    assert row_of(entry, 2, "end", "A").comply == pytest.approx(35 * 2 / 0.5)
    # Undoing all 35 at the end: 35·3 for one period, then nothing.
    end = row_of(entry, 2, "end", "A")
    assert end.deviate == pytest.approx(35 * 3)
    assert len(end.deviation.undo) == 35
    assert entry.holds
    by_pairs = evaluate_roadmap(case, [list(two) for two in pairs]).roadmap
    assert by_pairs.holds
    assert len(by_pairs.rows) == 2 * (2 * 35 + 1)


# Several roadmaps and readings


def test_without_a_choice_all_roadmaps_of_the_case_are_evaluated_as_it_stands() -> None:
    result = evaluate_roadmaps(TWO_ROUNDS)
    assert [(entry.id, entry.reading) for entry in result.roadmaps] == [("first", None), ("both", None), ("slow", None)]
    assert not result.holds


def test_each_roadmap_is_evaluated_under_each_reading() -> None:
    case = under_readings(TWO_ROUNDS)
    result = evaluate_roadmaps(case, ["both", "first"], readings=[None, "glad"])
    assert [(entry.reading, entry.id, entry.holds) for entry in result.roadmaps] == [
        (None, "both", False),
        (None, "first", True),
        ("glad", "both", True),
        ("glad", "first", True),
    ]
    assert result.parameters == {"roadmaps": ["both", "first"], "readings": ["glad"]}
    assert result.provenance.reading is None
    assert evaluate_roadmap(case, "both", reading="glad").provenance.reading == "glad"


def test_the_only_entry_is_there_only_if_there_is_one() -> None:
    result = evaluate_roadmaps(TWO_ROUNDS)
    with pytest.raises(OptionError) as refused:
        _ = result.roadmap
    assert str(refused.value) == "this evaluation has 3 entries; use .roadmaps"


def cancel_at(event: int) -> Iterator[None]:
    yield from [None] * event
    raise Cancelled


def test_stopped_midway_it_answers_for_what_it_has_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    steps = cancel_at(2)
    seen: list[ProgressEvent] = []

    def progress(event: ProgressEvent) -> None:
        seen.append(event)
        next(steps)

    result = evaluate_roadmaps(TWO_ROUNDS, progress=progress)
    assert result.status is Status.STOPPED
    assert [entry.id for entry in result.roadmaps] == ["first", "both"]
    assert [(event.task, event.fraction) for event in seen] == [
        ("evaluating roadmaps", 0.0),
        ("evaluating roadmaps", 1 / 3),
        ("evaluating roadmaps", 2 / 3),
    ]


def test_stopped_before_anything_is_evaluated_there_is_no_answer() -> None:
    steps = cancel_at(0)
    with pytest.raises(Cancelled):
        evaluate_roadmaps(TWO_ROUNDS, progress=lambda event: next(steps))


# Forms


def test_json_is_strict_and_says_who_what_and_how() -> None:
    document = strict(evaluate_roadmap(TWO_ROUNDS, "both"))
    entries = document.pop("roadmaps")
    assert document.pop("seconds") >= 0.0
    assert document == {
        "detente": 1,
        "case": "two rounds",
        "digest": "abc",
        "reading": None,
        "method": "roadmap evaluation, all deviations (model §5–7)",
        "parameters": {"roadmaps": ["both"], "readings": []},
    }
    assert [entry["id"] for entry in entries] == ["both"]


def test_json_of_an_entry() -> None:
    [entry] = strict(evaluate_roadmap(pair(), [["a", "b"]]))["roadmaps"]
    rows = entry.pop("rows")
    critical_hazard = entry.pop("critical_hazard")
    # Each gives 3 at 1: γ ≥ 1/3, with δ = .5.
    assert critical_hazard == pytest.approx(1 / 3, abs=1e-8)
    assert entry == {
        "id": "roadmap",
        "reading": None,
        "holds": True,
        "trust": pytest.approx(0.2),
        "margin": pytest.approx(0.5),
        "end_margin": pytest.approx(0.5),
        "critical": {"stage": 1, "check": "before", "party": "A"},
        "stages": [["a", "b"]],
        "durations": [1],
    }
    assert [(row["check"], row["party"]) for row in rows] == [(c, i) for c in ("before", "after", "end") for i in "AB"]
    assert rows[1] == {
        "stage": 1,
        "check": "before",
        "party": "B",
        "comply": pytest.approx(4.0),
        "deviate": pytest.approx(3.0),
        "margin": pytest.approx(1.0),
        "deviation": {"withhold": ["b"], "undo": [], "leave": False},
        "leave_value": 0.0,
        "betrayed_value": pytest.approx(-1.0),
        "required_trust": pytest.approx(0.2),
        "none_suffices": False,
        "flow_margin": pytest.approx(0.5),
        "parts": {"F": 0.0, "G": pytest.approx(2.0), "H": pytest.approx(6.0), "C": 0.0},
    }


def test_json_of_what_no_trust_suffices_for() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 2}, requires=())])
    [entry] = strict(evaluate_roadmap(case, [["a"]]))["roadmaps"]
    assert (entry["trust"], entry["critical_hazard"], entry["holds"]) == (None, None, False)
    assert entry["rows"][0]["none_suffices"] is True
    assert entry["rows"][0]["required_trust"] is None


def test_the_table_has_one_row_per_check_and_a_column_for_every_key() -> None:
    frame = evaluate_roadmaps(TWO_ROUNDS).to_frame()
    assert list(frame.columns) == [
        "roadmap",
        "reading",
        "stage",
        "check",
        "party",
        "comply",
        "deviate",
        "margin",
        "leave_value",
        "betrayed_value",
        "required_trust",
        "none_suffices",
        "flow_margin",
        "withhold",
        "undo",
        "leave",
        "F",
        "G",
        "H",
        "C",
    ]
    assert frame["roadmap"].tolist() == ["first"] * 6 + ["both"] * 10 + ["slow"] * 10
    leaving = frame[(frame.roadmap == "both") & (frame.check == "before") & (frame.stage == 2)]
    assert leaving[["party", "withhold", "undo", "leave"]].to_numpy().tolist()[1] == ["B", "y2", "y1", False]


def test_the_table_of_verdicts_has_one_row_per_roadmap_and_reading() -> None:
    frame = evaluate_roadmaps(under_readings(TWO_ROUNDS), ["both"], readings=[None, "glad"]).verdicts()
    assert list(frame.columns) == [
        "roadmap",
        "reading",
        "holds",
        "trust",
        "margin",
        "end_margin",
        "critical_stage",
        "critical_check",
        "critical_party",
        "critical_hazard",
        "hazard",
    ]
    assert frame["reading"].isna().tolist() == [True, False]
    assert frame["holds"].tolist() == [False, True]


def test_where_it_comes_from() -> None:
    result = evaluate_roadmap(TWO_ROUNDS, "both")
    assert result.status is Status.ANSWERED
    assert result.provenance.case == "two rounds"
    assert result.provenance.digest == "abc"
    assert result.provenance.version == __version__
    assert result.references == ("telser1980", "kydd2005", "lockwood2002")
    assert result.seed is None


def test_the_page_of_a_result_has_its_sentences_and_its_table() -> None:
    result = evaluate_roadmap(TWO_ROUNDS, "both")
    html = result._repr_html_()
    assert html.startswith(result.explain()._repr_html_())
    assert html.count("<tr") == 1 + len(result.roadmap.rows)


def test_the_picture_has_a_line_per_roadmap_and_reading() -> None:
    case = under_readings(TWO_ROUNDS)
    result = evaluate_roadmaps(case, ["both", "first"], readings=[None, "glad"])
    axes = result.plot()
    drawn = [list(np.asarray(line.get_ydata(), dtype=float)) for line in axes.get_lines()]
    for entry in result.roadmaps:
        assert list(entry.stage_margins()) in drawn
    assert {text.get_text() for text in axes.texts} >= {"both", "first", "both (glad)", "first (glad)"}
