"""Formats, other objectives and readings; what is told of them; and limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from detente import find_indispensable
from detente.analysis.result import Status
from detente.analysis.roadmap.coalitions import Grounds
from detente.case import Case, Format, Reading
from detente.errors import Cancelled, CaseError, LimitError, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.oracle.small_tables import base, said, trio

# Formats


def test_formats_of_the_case_and_the_best_tables_of_other_sizes() -> None:
    case = trio(formats=(Format(id="all", parties=("C", "A", "B")), Format(id="alone", parties=("B",))))
    entry = base(case)
    assert [(f.id, f.is_named, f.coalition.parties) for f in entry.formats] == [
        ("alone", True, ("B",)),
        ("A+B", False, ("A", "B")),
        ("all", True, ("A", "B", "C")),
    ]
    assert [f.within_all for f in entry.formats] == pytest.approx([5.0, 5.0, 5.0])
    assert [f.id for f in entry.best_formats()] == ["all"]
    texts = said(case)
    assert "Of the formats compared, “all” comes to most, 5." in texts
    assert "“alone” comes to nothing: one party alone has nobody to agree with." in texts


def test_formats_that_tie_are_all_best() -> None:
    # D gains nothing, so nothing comes of a table at which it sits.
    case = trio(
        formats=(
            Format(id="one", parties=("A", "B")),
            Format(id="two", parties=("B", "C")),
            Format(id="three", parties=("A", "B", "D")),
            Format(id="four", parties=("A", "B", "C", "D")),
        )
    )
    case = replace(case, parties=(*case.parties, party("D")))
    assert [value.id for value in base(case).best_formats()] == ["one", "two"]
    assert "Of the formats compared, “one” and “two” come to most, 2." in said(case)


def test_a_small_table_that_comes_to_most_is_held_against_the_table_of_all() -> None:
    # C brings 1 to each of the others and gains a tenth itself: the mean falls when it joins, though both gain by it.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -1, "B": 3, "C": 0.1}),
            measure("b", "B", {"B": -1, "A": 3}),
            measure("c", "C", {"A": 1, "B": 1}),
        ],
    )
    entry = base(case)
    small, large = entry.formats
    assert (small.id, large.id) == ("A+B", "A+B+C")
    assert [small.coalition.value, small.within_all] == pytest.approx([2.0, 3.0])
    assert [large.coalition.value, large.within_all] == pytest.approx([0.9 ** (1 / 3)] * 2)
    assert (
        "Of the formats compared, the table of A and B comes to most, 2; at the table of all, the mean of the same "
        "parties is 3."
    ) in said(case)


# Other objectives


def test_other_objectives_of_every_table() -> None:
    result = find_indispensable(pair(), objectives=("trust", "margin", "duration", "nash"))
    [entry] = result.readings
    alone, both = entry.coalitions[1], entry.everybody
    assert {objective: reach.value for objective, reach in alone.reaches.items()} == {
        "trust": None, "margin": None, "duration": None,
    }  # fmt: skip
    assert {objective: reach.status for objective, reach in both.reaches.items()} == dict.fromkeys(
        ("trust", "margin", "duration"), Status.OPTIMAL
    )
    assert both.reaches["duration"].value == 1
    assert list(result.coalitions_frame().columns[-3:]) == ["trust", "margin", "duration"]


def test_a_goal_for_trust_and_duration() -> None:
    result = find_indispensable(trio(), objectives=("duration",), goal="a and b")
    [entry] = result.readings
    assert result.parameters["goal"] == "a and b"
    assert entry.everybody.reaches["duration"].value == 1
    assert entry.coalitions[0b101].reaches["duration"].status is Status.NONE  # B's gift is out of reach of A and C


# Readings


def test_several_readings_are_compared() -> None:
    # In the other reading C gains nothing from what the others do, and sits at no table that comes to something.
    case = trio()
    other = replace(
        case, measures=tuple(replace(m, value={**m.value, "C": -1.0 if m.id == "c" else 0.0}) for m in case.measures)
    )
    seen = replace(case, readings=(Reading(id="other", name="Another"),), reading_cases={"other": other})
    result = find_indispensable(seen, readings=[None, "other", None])
    assert [entry.reading for entry in result.readings] == [None, "other"]
    assert result.provenance.reading is None
    texts = str(result.explain()).splitlines()
    assert texts[0] == (
        "In the base case, the best roadmap of all 3 parties adds 5 a period to what each has, as the geometric mean "
        "over them."
    )
    assert (
        "Under the reading “Another”, all 3 parties together come to nothing: C would gain nothing from anything that "
        "they can take without others."
    ) in texts
    assert [text for text in texts if text.startswith("Shapley value of")] == [
        "Shapley value of A: 1.667 (place 1) in the base case, 0.3333 (place 1) under the reading “Another”.",
        "Shapley value of B: 1.667 (place 1) in the base case, 0.3333 (place 1) under the reading “Another”.",
        "Shapley value of C: 1.667 (place 1) in the base case, -0.6667 (place 3) under the reading “Another”.",
    ]
    assert [row["reading"] for row in result.to_dict()["parties"]] == [None] * 3 + ["other"] * 3  # type: ignore[attr-defined]
    assert len(result.plot().containers) == 12  # two bars per party and reading


def test_readings_under_which_nothing_comes_of_anything() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3})])
    seen = replace(case, readings=(Reading(id="same", name="Same"),), reading_cases={"same": case})
    texts = str(find_indispensable(seen, readings=[None, "same"]).explain()).splitlines()
    assert texts[2] == "Under none of these readings does any table come to anything."


# The result


def test_a_result_is_told_in_every_form() -> None:
    result = find_indispensable(trio(), sources=True)
    told = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert [party["id"] for party in told["parties"]] == ["A", "B", "C"]
    assert told["parties"][0]["shapley_range"] == [pytest.approx(5 / 3), pytest.approx(5 / 3)]
    assert told["formats"][0] | {"value": 2.0} == told["formats"][0]
    assert len(told["coalitions"]) == 8
    assert [row["id"] for row in told["spoilers"]] == ["A", "B", "C"]
    assert {row["kind"] for row in told["sources"]} == {"lever"}
    assert told["status"] == "answered"
    frame = result.to_frame()
    assert list(frame["party"]) == ["A", "B", "C"]
    assert len(result.coalitions_frame()) == 8
    assert "Shapley" in result._repr_html_()
    texts = {text.get_text() for text in result.plot().get_yticklabels()}
    assert texts == {"A", "B", "C"}


# Limits


def test_options_that_make_no_sense() -> None:
    for options, message in (
        ({"objectives": ("speed",)}, "unknown objective 'speed' (one of: trust, margin, duration, nash)"),
        ({"max_per_stage": 0}, "max_per_stage must be at least 1, got 0"),
        ({"max_seconds": 0.0}, "max_seconds must be above 0, got 0"),
        ({"goal": "best"}, "a goal for trust and duration is a set of measures; 'best' is what the score aims at"),
        ({"readings": ["x"]}, "unknown reading 'x' (the case has: none)"),
    ):
        with pytest.raises(OptionError) as refused:
            find_indispensable(pair(), **options)
        assert str(refused.value) == message
    with pytest.raises(OptionError) as refused:
        find_indispensable(Case(name="empty"))
    assert str(refused.value) == "the case has no parties"


def test_too_many_parties_to_seat() -> None:
    with pytest.raises(LimitError) as refused:
        find_indispensable(case_of([party(f"p{i}") for i in range(17)], [measure("a", "p", {})]))
    assert str(refused.value) == (
        "17 parties make 2^17 tables, and at most 16 parties can be seated in every way: leave parties out of the "
        "case, or compare formats with detente design --at-table"
    )


def test_a_party_without_a_discount_factor_is_refused() -> None:
    case = pair()
    with pytest.raises(CaseError):
        find_indispensable(replace(case, parties=(replace(case.parties[0], discount=None), case.parties[1])))


def test_large_cases_take_few_measures_a_stage_unless_told_otherwise() -> None:
    many = case_of([party("A"), party("B")], [measure(f"m{i}", "AB"[i % 2], {"A": 1, "B": 1}) for i in range(13)])
    assert find_indispensable(many, max_per_stage=4).parameters["max_per_stage"] == 4
    result = find_indispensable(many)
    assert result.parameters["max_per_stage"] == 2
    assert "Every table took at most 2 measures a stage; with more, each could reach more." in str(result.explain())


def test_a_table_that_needs_too_much_memory_is_left_open() -> None:
    alike = [measure(f"m{i}", "AB"[i % 2], {"A": 1 + i * 1e-8, "B": 1}) for i in range(12)]  # but not the same
    many = case_of([party("A"), party("B")], alike)
    result = find_indispensable(many, memory=2**14)
    [entry] = result.readings
    assert (result.status, entry.everybody.grounds) == (Status.STOPPED, Grounds.LARGE)
    assert [entry.everybody.value, entry.everybody.bound] == pytest.approx([0.0, 12.0])
    worth = entry.parties[0]
    assert [worth.shapley.low, worth.shapley.high] == pytest.approx([0.0, 6.0])
    assert str(result.explain()).splitlines()[0] == (
        "It is open whether both parties come to anything: the search would need more memory than allowed; a smaller "
        "--max-per-stage may help."
    )
    assert "One table was not settled; what rests on it is told as an interval." in str(result.explain())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come without a pause between them."""
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)


def stop_at(number: int) -> Callable[[ProgressEvent], None]:
    seen = 0

    def progress(event: ProgressEvent) -> None:
        nonlocal seen
        seen += 1
        if seen >= number:
            raise Cancelled("stop")

    return progress


@pytest.mark.usefixtures("impatient")
def test_what_was_not_looked_at_is_left_open() -> None:
    counted = 0

    def count(event: ProgressEvent) -> None:
        nonlocal counted
        counted += 1
        assert event.fraction is not None
        assert 0.0 <= event.fraction <= 1.0

    whole = find_indispensable(trio(), sources=True, progress=count)
    assert whole.status is Status.ANSWERED
    stopped = find_indispensable(trio(), sources=True, progress=stop_at(counted // 4))
    assert stopped.status is Status.STOPPED
    [entry], [full] = stopped.readings, whole.readings
    for table, proven in zip(entry.coalitions, full.coalitions, strict=True):
        assert table.value <= proven.value + 1e-9
        assert proven.value <= table.bound + 1e-9
    for worth, exact in zip(entry.parties, full.parties, strict=True):
        assert worth.shapley.low - 1e-9 <= exact.shapley.value <= worth.shapley.high + 1e-9
        assert worth.marginal.low - 1e-9 <= exact.marginal.value <= worth.marginal.high + 1e-9


@pytest.mark.usefixtures("impatient")
def test_stopped_at_once_is_no_answer() -> None:
    with pytest.raises(Cancelled, match=r"^stopped before anything was known$"):
        find_indispensable(trio(), progress=stop_at(1))


@pytest.mark.usefixtures("impatient")
def test_a_table_without_time_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(10**9))
    monkeypatch.setattr("detente.analysis.roadmap.coalitions.time.monotonic", lambda: float(next(ticks)))
    result = find_indispensable(trio(), max_seconds=0.5)
    assert result.status is Status.STOPPED
    assert result.parameters["max_seconds"] == 0.5
    [entry] = result.readings
    assert not entry.everybody.is_proven
    assert entry.everybody.bound >= 5.0 - 1e-9
    assert all(worth.shapley.high >= 5 / 3 - 1e-9 for worth in entry.parties)


def test_no_limit_of_time_changes_nothing_that_is_proven() -> None:
    one, other = base(trio()), base(trio(), max_seconds=600.0)
    assert [t.to_dict() for t in one.coalitions] == [t.to_dict() for t in other.coalitions]
