"""Critical values as a result: what is told, in sentences, tables, JSON and pictures, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import detente
from detente.analysis.result import Status
from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.critical_numbers import CriticalNumber, CriticalValue
from detente.analysis.roadmap.critical_places import Arrays, NumberKind, entries, setting_of
from detente.analysis.roadmap.critical_words import describe_tip, format_beside, format_bound, format_distance
from detente.analysis.roadmap.evaluation import Deviation
from detente.analysis.roadmap.numbers import CaseNumber
from detente.case import Roadmap
from detente.errors import Cancelled, CaseError, OptionError
from detente.game import build_game
from detente.kernel.deviations import Check
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party

CASES = Path(__file__).parents[3] / "cases"
BORDER = detente.read_case(CASES / "border.yaml")
KOREA = detente.read_case("korea-2018")
TOGETHER = [["a", "b"]]


def told(result: CriticalValues) -> list[str]:
    return [sentence.text for sentence in result.explain().sentences]


def number(now: float, *crossings: float, kind: NumberKind = NumberKind.VALUE) -> CriticalNumber:
    """A number with crossings at which the roadmap ceases to hold."""
    return CriticalNumber(
        number=CaseNumber(place="terms.0.value", label="a number", quantity=now),
        kind=kind,
        low=-10.0,
        high=10.0,
        crossings=tuple(
            CriticalValue(
                at=at,
                holds_below=True,
                holds_above=False,
                stage=1,
                check=Check.BEFORE,
                party="A",
                deviation=Deviation(leave=True),
                is_jump=False,
                is_rounding=False,
            )
            for at in crossings
        ),
        derivatives=(),
    )


def test_what_holds_is_told_with_what_would_make_it_fail() -> None:
    result = find_critical_values(pair(), TOGETHER, numbers=["measures.a.value"])
    assert told(result) == [
        "“roadmap” holds as the case stands. 2 numbers tip that verdict alone, all others unchanged.",
        "What “a” is worth to B – below 2 (now 3, 33% away) it would fail. Then, B would rather withhold “b”, "
        "before stage 1.",
        "What “a” is worth to A – below -1.5 (now -1, 50% away) it would fail. Then, A would rather withhold “a”, "
        "before stage 1.",
        "2 of them do so by a change of at most 50%.",
        "No other number that was looked at moves any margin.",
    ]


def test_values_at_which_the_verdict_changes_by_hand() -> None:
    # δ = .5, one period: each complies while .5·3 ≥ what its own measure costs it a period, and what it gets ≥ 2.
    result = find_critical_values(pair(), TOGETHER)
    assert result.number("measures.a.value.A").tips[0].at == pytest.approx(-1.5, abs=1e-8)
    assert result.number("measures.a.value.B").tips[0].at == pytest.approx(2.0, abs=1e-8)
    assert result.number("parties.A.discount").tips[0].at == pytest.approx(1 / 3, abs=1e-8)
    assert result.number("hazard").tips[0].at == pytest.approx(1 / 3, abs=1e-8)
    # .5^L·3 ≥ 1: one period, not two.
    assert result.number("measures.a.detection-lag").tips[0].at == 2.0


def test_derivatives_by_hand() -> None:
    result = find_critical_values(pair(), TOGETHER, numbers=["measures.b.value.A", "parties.A.breakdown"])
    # Withholding a: 3 for one period, then nothing.  Complying: (3 − 1)/(1 − .5).  A unit more of b's worth adds 2 − 1.
    [before, after, end] = result.number("measures.b.value.A").derivatives
    assert [(d.check, d.party) for d in (before, after, end)] == [(check, "A") for check in Check]
    for derivative in (before, after, end):
        assert derivative.below == pytest.approx(1.0)
        assert derivative.above == pytest.approx(1.0)
    # A broken process is not what A has at first, so its value can only fall: one unit less is .5/(1 − .5) less.
    tension = result.number("parties.A.breakdown")
    assert (tension.low, tension.high) == (-1e12, 0.0)
    assert [d.below for d in tension.derivatives] == pytest.approx([-1.0] * 3)
    assert [d.above for d in tension.derivatives] == [None] * 3


def test_a_number_that_enters_nothing_is_counted_and_not_listed() -> None:
    case = case_of(
        [party("A"), party("B"), party("C")],
        [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3}), measure("c", "C", {"A": 1})],
    )
    result = find_critical_values(case, TOGETHER, numbers=["measures.c", "parties.C.discount"])
    assert [n.number.place for n in result.numbers] == []
    assert result.n_without == 4
    assert told(result) == [
        "“roadmap” holds as the case stands, and no single number among those searched tips that verdict.",
        "No other number that was looked at moves any margin.",
    ]


def test_checks_of_two_parties_are_more_than_one_number_mends() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1}), measure("b", "B", {"B": -1})],
    )
    result = find_critical_values(case, TOGETHER, numbers=["parties"])
    assert told(result)[:2] == [
        "“roadmap” does not hold as the case stands, and no single number among those searched tips that verdict.",
        "It fails at 6 checks, of A and B; none of these numbers alone mends them all.",
    ]


def test_crossings_of_korea_lie_where_the_verdict_changes() -> None:
    result = find_critical_values(KOREA, "double-freeze", with_times=False)
    assert len(result.tipping) == 22
    for found in result.tipping:
        if found.number.place == "hazard":
            continue
        for crossing in found.crossings:
            step = 1e-5 * max(1.0, abs(crossing.at))
            sides = [
                detente.evaluate_roadmap(
                    detente.change_case(KOREA, {found.number.place: crossing.at + sign * step}), "double-freeze"
                ).roadmap.holds
                for sign in (-1, 1)
            ]
            assert sides == [crossing.holds_below, crossing.holds_above], found.number.place


@pytest.mark.parametrize("reading", [None, "rsis"])
def test_what_a_number_changes_in_the_arrays_is_what_changing_the_case_does(reading: str | None) -> None:
    evaluation = detente.evaluate_roadmap(KOREA, "step-by-step", reading=reading).roadmap
    case, arrays, system = evaluation.case, Arrays(evaluation), evaluation.values.system
    bare = replace(case, readings=(), reading_cases={}, claims=(), documents=(), assumptions=(), notes=())
    ids = [m for stage in evaluation.stages for m in stage]
    values = [entry for entry in entries(evaluation) if entry.kind is NumberKind.VALUE]
    for entry in values[:: max(1, len(values) // 40)]:
        change = arrays.change(entry)
        step = -1.0 if entry.number.place.endswith("breakdown") else 1.0
        other = build_game(detente.change_case(bare, {entry.number.place: entry.now + step}), ids).system
        own = change.party
        for slopes, before, after in (
            (change.weight, system.weight, other.weight),
            (change.cost, system.cost, other.cost),
            (change.undo_cost, system.undo_cost, other.undo_cost),
            (change.deters, system.deters, other.deters),
        ):
            expected = before.copy()
            expected[own] += step * slopes
            assert after == pytest.approx(expected, abs=1e-12), entry.number.place
        assert other.breakdown[own] == pytest.approx(system.breakdown[own] + step * change.breakdown)
        assert [t.value for t in other.terms] == pytest.approx(
            [t.value + step * slope for t, slope in zip(system.terms, change.terms, strict=True)]
        )


def test_of_a_graded_measure_the_total_is_moved() -> None:
    setting = setting_of(KOREA, "measures.sanctions-relief.value.usa")
    assert setting is not None
    assert [(m.id, share) for m, share in setting.measures] == [
        ("sanctions-relief.25%", 0.25),
        ("sanctions-relief.50%", 0.25),
        ("sanctions-relief.100%", 0.5),
    ]
    single = setting_of(KOREA, "measures.sanctions-relief.25%.effects.commerce.dprk")
    assert single is not None
    assert ([m.id for m, _ in single.measures], single.words) == (
        ["sanctions-relief.25%"],
        ("effects", "commerce", "dprk"),
    )
    assert setting_of(KOREA, "parties.usa.discount") is None


def test_stated_lengths_end_the_range_of_lags() -> None:
    roadmap = Roadmap(id="swap", name="swap", stages=(("a", "b"),), durations=(3,))
    given = find_critical_values(pair(), roadmap, numbers=["measures.a.detection-lag"])
    assert given.number("measures.a.detection-lag").high == 3.0
    free = find_critical_values(pair(), TOGETHER, numbers=["measures.a.detection-lag"], longest=7)
    assert free.number("measures.a.detection-lag").high == 7.0
    length = find_critical_values(pair(), [["a"], ["b"]], numbers=["roadmaps"]).number("roadmaps.roadmap.durations.0")
    assert (length.number.label, length.low, length.high) == ("periods that stage 1 lasts", 1.0, 60.0)


def test_crossings_by_the_tolerance_alone_are_marked_and_not_told() -> None:
    # C takes c at stage 2 for nothing and loses 1 a period from then on: M = −δ³/(1 − δ) is negative for every δ, but
    # passes for 0 where δ³ is below 1e-9.
    case = case_of(
        [party("A"), party("B"), party("C", 0.5)],
        [
            measure("a", "A", {"A": 1.0}, detection_lag=3),
            measure("c", "C", {"C": -1.0, "A": 1.0}, irreversible=True, detection_lag=1),
        ],
    )
    result = find_critical_values(case, [["a"], ["c"]], numbers=["parties.C.discount"])
    assert not result.evaluation.holds
    found = result.number("parties.C.discount")
    assert [c.is_rounding for c in found.crossings] in ([], [True])
    assert found.tips == ()


def test_what_tempts_is_told_in_words() -> None:
    result = find_critical_values(KOREA, "peace-treaty-first", numbers=["measures.china-guarantee.deters.dprk"])
    assert told(result) == [
        "“Peace treaty first” does not hold as the case stands. 1 number tips that verdict alone, all others "
        "unchanged.",
        "What “China guarantees the settlement” would cost North Korea per month if it broke the process – at 4.151 or "
        "more (now 3, 38% away) it would hold. Short of that, North Korea would rather withhold “Warheads and fissile "
        "material given up” and undo “Nuclear and missile tests suspended” and “Liaison offices in Pyongyang and "
        "Washington”, before stage 7.",
        "It does so within the range that the case itself states.",
        "No other number that was looked at moves any margin.",
    ]
    jump = find_critical_values(KOREA, "peace-treaty-first", reading="asia-times", numbers=["interests.alliance"])
    assert told(jump)[1].endswith(" Margins jump there, because a breakdown then leaves something else behind.")
    leaving = replace(number(1.0, 2.0).crossings[0], stage=2, party="dprk")
    assert describe_tip(jump, number(1.0, 2.0), leaving) == (
        "A number – at 2 or more (now 1, 100% away) it would fail. Then, North Korea would rather walk out openly, "
        "before stage 2."
    )


def test_what_all_tip_only_by_much_is_said() -> None:
    result = find_critical_values(BORDER, "pay-first", numbers=["parties.north"])
    assert told(result)[-2:] == [
        "Each of them would have to change by more than 50%.",
        "No other number that was looked at moves any margin.",
    ]


def test_what_an_inspection_verifies_is_moved_too() -> None:
    place, row = "measures.inspection.verifies.declaration", (1, "before", "rok")
    result = find_critical_values(KOREA, "step-by-step", numbers=["measures.inspection.verifies"], longest=15)
    lag = result.number(place)
    assert (lag.now, lag.low, lag.high, lag.kind) == (6.0, 1.0, 15.0, NumberKind.WHOLE)
    slower = detente.evaluate_roadmap(detente.change_case(KOREA, {place: 7}), "step-by-step").roadmap
    margins = [
        next(r.margin for r in entry.rows if (r.stage, r.check.value, r.party) == row)
        for entry in (result.evaluation, slower)
    ]
    [derivative] = [d for d in lag.derivatives if (d.stage, d.check.value, d.party) == row]
    assert derivative.above == pytest.approx(margins[1] - margins[0], abs=1e-9)
    assert derivative.below == 0.0
    unused = find_critical_values(KOREA, "double-freeze", numbers=["measures.inspection.verifies"])
    assert (unused.numbers, unused.n_without) == ((), 5)


def test_distances_and_bounds_are_written_for_people() -> None:
    near = number(2.0, 2.00004)
    [crossing] = near.tips
    assert (format_bound(near, crossing), format_distance(near, crossing)) == ("≥ 2.00004", "0.002%")
    far = number(0.01, 3.0)
    assert format_distance(far, far.tips[0]) == "299×"
    zero = number(0.0, -1.0)
    assert (zero.distance(zero.tips[0]), format_distance(zero, zero.tips[0])) == (None, "–")
    patient = number(0.9, 0.95, kind=NumberKind.DISCOUNT)
    assert patient.distance(patient.tips[0]) == pytest.approx(0.5)
    assert [format_beside(x, y) for x, y in ((1.5, 1.0), (1.00001, 1.0), (1e-13, 1.0), (-0.25, 0.0))] == [
        "1.5",
        "1.00001",
        "0",
        "-0.25",
    ]


def test_numbers_are_sorted_by_how_little_tips() -> None:
    numbers = [number(1.0), number(0.0, 5.0), number(1.0, 3.0), number(1.0, 1.5), number(0.0, 0.1)]
    assert [n.now for n in sorted(numbers, key=lambda n: n.closeness)][:2] == [1.0, 1.0]
    assert [len(n.tips) for n in sorted(numbers, key=lambda n: n.closeness)] == [1, 1, 1, 1, 0]


def test_the_table_has_a_row_per_crossing() -> None:
    result = find_critical_values(BORDER, "pay-first", with_times=False)
    frame = result.to_frame()
    assert len(frame) == sum(len(n.crossings) for n in result.numbers)
    first = frame.iloc[0]
    assert (first["place"], first["party"], first["holds_below"]) == (
        result.numbers[0].number.place,
        result.numbers[0].crossings[0].party,
        result.numbers[0].crossings[0].holds_below,
    )
    empty = find_critical_values(BORDER, "pay-first", numbers=["measures.withdraw.duration"]).to_frame()
    assert list(empty.columns) == list(frame.columns)
    assert len(empty) == 0


def test_json_says_what_the_objects_say() -> None:
    result = find_critical_values(BORDER, "pay-first", numbers=["parties.south.discount"])
    document: Any = result.to_dict()  # Any: a tree of JSON
    [entry] = document["numbers"]
    found = result.number("parties.south.discount")
    assert (entry["now"], entry["range"], entry["kind"]) == (0.9, [0.8, 0.95], "discount")
    assert [c["at"] for c in entry["crossings"]] == [c.at for c in found.crossings]
    assert [c["in_range"] for c in entry["crossings"]] == [False, False]
    assert (document["roadmap"], document["holds"], document["without"]) == ("pay-first", True, 0)


def test_the_picture_has_a_bar_for_each_number_with_a_distance() -> None:
    result = find_critical_values(BORDER, "pay-first", with_times=False)
    drawn = [n.number.place for n in result.tipping if n.distance(n.tips[0]) is not None]
    axes = result.plot()
    assert [label.get_text() for label in axes.get_yticklabels()] == drawn
    assert axes.get_title(loc="left") == "how far from where it fails (▲ more, ▼ less)"
    assert axes.texts[0].get_text() == "▼ 3 → 1.569"


def test_a_picture_of_nothing_is_drawn_too() -> None:
    axes = find_critical_values(BORDER, "pay-first", numbers=["measures.withdraw.duration"]).plot()
    assert axes.get_yticklabels() == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"numbers": ["parties.south.discnt"]},
            "no number of the case is at 'parties.south.discnt'; did you mean 'parties.south.discount'?",
        ),
        ({"numbers": ["xyz"]}, "no number of the case is at 'xyz'"),
        ({"longest": 0}, "the longest time to try must be at least 1, not 0"),
    ],
)
def test_what_cannot_be_asked(options: dict[str, object], message: str) -> None:
    with pytest.raises(OptionError) as refused:
        find_critical_values(BORDER, "pay-first", **options)  # type: ignore[arg-type]  # on purpose
    assert str(refused.value) == message


def test_a_number_that_was_not_searched_is_refused() -> None:
    result = find_critical_values(BORDER, "pay-first", numbers=["parties.south"])
    with pytest.raises(OptionError) as refused:
        result.number("parties.north.discount")
    assert str(refused.value) == "no number that the roadmap's margins depend on is at 'parties.north.discount'"


def test_lengths_that_do_not_fit_are_refused() -> None:
    with pytest.raises(CaseError):
        find_critical_values(BORDER, "pay-first", durations=[1, 1, 1])


def stopped_after(count: int) -> CriticalValues:
    events: list[ProgressEvent] = []

    def progress(event: ProgressEvent) -> None:
        events.append(event)
        if len(events) > count:
            raise Cancelled

    return find_critical_values(KOREA, "step-by-step", progress=progress)


def test_stopping_keeps_what_was_found() -> None:
    result = stopped_after(2)
    assert result.status is Status.STOPPED
    assert result.numbers
    assert told(result)[-1].endswith(" Stopped before every number was looked at.")


def test_stopping_at_once_finds_nothing() -> None:
    with pytest.raises(Cancelled):
        stopped_after(0)


def test_all_numbers_of_a_reading_are_moved_as_it_has_them() -> None:
    result = find_critical_values(KOREA, "peace-treaty-first", reading="asia-times", numbers=["interests"])
    assert result.provenance.reading == "asia-times"
    assert result.number("interests.alliance.weight.usa").now == 6.0
