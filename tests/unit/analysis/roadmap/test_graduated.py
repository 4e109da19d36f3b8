"""Verdicts with graduated answers: what they contain, how they are said, and what is refused."""

from __future__ import annotations

import json

import matplotlib as mpl
import numpy as np
import pytest

from detente import GraduatedEvaluation, GraduatedRoadmap, change_case, evaluate_graduated, evaluate_roadmaps
from detente.analysis.result import Status
from detente.analysis.roadmap.graduated_words import describe_answer, explain_graduated
from detente.case import Case, Measure, OnBreakdown
from detente.errors import Cancelled, ExperimentalWarning, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, party
from tests.reference.test_detection_lags import dilemma
from tests.reference.test_graduated_answers import graduated, row_of

WARNING = "graduated answers are experimental: definitions, words and numbers may still change"


pytestmark = pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")


def test_it_warns_that_it_is_experimental() -> None:
    with pytest.warns(ExperimentalWarning) as caught:
        evaluate_graduated(swap())
    [warning] = caught
    assert (str(warning.message), warning.filename) == (WARNING, __file__)


def swap(discount: float = 0.9) -> Case:
    roadmap = {"swap": {"name": "A swap", "stages": [["a", "b"]]}}
    return change_case(dilemma(discount, 1), {"roadmaps": roadmap})


def evaluated(case: Case, **options: float | int | None) -> GraduatedEvaluation:
    return evaluate_graduated(case, **options)  # type: ignore[arg-type]  # numbers only


def sentences(entry: GraduatedRoadmap | GraduatedEvaluation) -> list[str]:
    if isinstance(entry, GraduatedEvaluation):
        return str(entry.explain()).splitlines()
    return [sentence.text for sentence in explain_graduated(entry)]


def test_it_says_which_model_was_used() -> None:
    result = evaluated(swap(), answer_periods=2, proportion=1.5, false_alarm=0.02)
    assert result.method == (
        "roadmap evaluation, all deviations, graduated answers instead of breakdown (experimental; G1–G15)"
    )
    assert dict(result.parameters) == {
        "answers": "graduated",
        "answer_periods": 2,
        "proportion": 1.5,
        "false_alarm": 0.02,
        "roadmaps": ["swap"],
        "readings": [],
    }
    assert result.status is Status.ANSWERED
    assert result.references == ("green1984", "abreu1988", "ostrom1990", "telser1980")


def test_its_json_is_strict_and_has_the_ordinary_verdict_beside_it() -> None:
    result = evaluated(swap(), answer_periods=2, false_alarm=0.02)
    document = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    [entry] = document["roadmaps"]
    ordinary = evaluate_roadmaps(swap()).to_dict()["roadmaps"][0]  # type: ignore[index]  # a tree of JSON
    assert entry["ordinary"] == {key: ordinary[key] for key in ("holds", "margin", "end_margin")}
    assert (entry["holds"], entry["critical"]) == (True, {"stage": 1, "check": "before", "party": "A"})
    assert entry["margin"] == entry["end_margin"] == pytest.approx(0.313)
    assert entry["answer_margin"] == pytest.approx(2.43)
    assert entry["resume_margin"] == pytest.approx(2.5)
    assert entry["rows"][0]["answer"] == {
        "suspend": ["b"],
        "gain": pytest.approx(2),
        "needed": pytest.approx(2),
        "loss": pytest.approx(5),
        "enough": True,
        "outcome": "returns",
    }
    assert entry["false_alarm"]["chance"] == 0.02
    assert [cost["party"] for cost in entry["false_alarm"]["parties"]] == ["A", "B"]


def test_frames_have_a_row_per_check_and_per_party() -> None:
    result = evaluated(swap(), false_alarm=0.02)
    frame = result.to_frame()
    assert len(frame) == 6
    assert list(frame[["suspend", "outcome", "answer_party", "resume_party"]].iloc[0]) == ["b", "returns", "B", "B"]
    assert result.false_alarms()["party"].tolist() == ["A", "B"]
    assert evaluated(swap()).false_alarms().empty


def test_margins_are_drawn_beside_those_of_the_ordinary_model() -> None:
    mpl.use("Agg")
    axes = evaluated(swap()).plot()
    drawn = [np.asarray(line.get_ydata()) for line in axes.get_lines()]
    assert [float(line[0]) for line in drawn[:2]] == pytest.approx([0.5317, 2.5])


def test_what_holds_is_said_with_its_closest_check() -> None:
    assert sentences(evaluated(swap(), answer_periods=2, false_alarm=0.02)) == [
        "“A swap” holds with graduated answers: nobody would do better by reneging, by not answering or by not "
        "resuming.",
        "At stage 1, before “a” and “b”, A would lose 0.31 a period by withholding “a” (noticed after 1 period). The "
        "others would suspend “b” for 2 periods, which loses A 5 a period; the deviation gains it 2; then it would "
        "return.",
        "With full breakdown as the only answer it holds; graduated answers deter less at 6 and more at 0 of 6 checks.",
        "With a chance of 0.02 a period of a false alarm, alarms alone break it before its last stage is verified with "
        "a chance of 2% if each is met by full breakdown, and of 0.02% with graduated answers.",
        "What false alarms cost a period, with full breakdown and with graduated answers: A 0.46 and 0.078; B 0.46 and "
        "0.078.",
    ]


def test_what_does_not_hold_is_said_with_who_and_why() -> None:
    entry = evaluated(swap(0.5), answer_periods=1, proportion=3.0).roadmap
    assert not entry.holds
    assert sentences(entry) == [
        "“A swap” does not hold with graduated answers: A and B would do better by reneging, at 6 of 6 checks.",
        "At stage 1, before “a” and “b”, A would gain 0.25 a period by withholding “a” (noticed after 1 period). The "
        "others would suspend “b” for 1 period, which loses A 5 a period; the deviation gains it 2, and 6 would be in "
        "proportion, but that is all that can be suspended; then it would return.",
        "At stage 1, before “a” and “b”, B would gain 0.25 a period by withholding “b” (noticed after 1 period). The "
        "others would suspend “a” for 1 period, which loses B 5 a period; the deviation gains it 2, and 6 would be in "
        "proportion, but that is all that can be suspended; then it would return.",
        "With full breakdown as the only answer it holds; graduated answers deter less at 6 and more at 0 of 6 checks.",
    ]


def test_who_would_not_answer_or_not_resume_is_said() -> None:
    # S lives on what it would have to suspend; N's step is worth little to it.
    case = case_of(
        [party("N", 0.9), party("S", 0.9)],
        [
            measure("trade", "S", {"N": 3, "S": 2}),
            measure("scrap", "N", {"N": -1, "S": 0.5}, irreversible=True),
        ],
    )
    entry = graduated(case, [["trade", "scrap"]], 4)
    row = row_of(entry, 1, "before", "N")
    assert row.is_unanswered
    assert not row.is_tempted
    # 0.9^4 * 25 - 20, times 0.1.
    assert entry.answer_margin == pytest.approx(0.1 * (0.6561 * 25 - 20))
    assert sentences(entry)[0] == (
        "“roadmap” does not hold with graduated answers: S would do better by not answering, at 1 of 6 checks."
    )
    assert sentences(entry)[2] == (
        "At stage 1, before “trade” and “scrap”, S would have to suspend “trade” against a deviation of N, and would "
        "gain 0.36 a period by letting it stand instead."
    )
    # Once the reactor is scrapped S would rather have relief than give it.
    greedy = case_of(
        [party("N", 0.9), party("S", 0.9)],
        [
            measure("relief", "S", {"N": 3, "S": -1}),
            measure("scrap", "N", {"N": -1, "S": 2}, irreversible=True),
        ],
    )
    entry = graduated(greedy, [["relief", "scrap"]], 4)
    assert row_of(entry, 1, "before", "N").is_not_resumed
    assert (
        "At stage 1, before “relief” and “scrap”, S would have to resume “relief” when N returns, and would gain 1 a "
        "period by keeping back what it suspended instead."
    ) in sentences(entry)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"answer_periods": 0}, "an answer must last at least 1 period, got 0"),
        ({"proportion": 0.0}, "the proportion of an answer must be above 0 and finite, got 0.0"),
        ({"proportion": float("nan")}, "the proportion of an answer must be above 0 and finite, got nan"),
        ({"false_alarm": 1.0}, "the chance of a false alarm must lie in [0, 1), got 1.0"),
    ],
)
def test_numbers_out_of_range_are_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(OptionError) as caught:
        evaluated(swap(), **options)
    assert str(caught.value) == message


def test_a_case_without_roadmaps_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        evaluated(dilemma(0.9, 1))
    assert str(caught.value) == "the case has no roadmaps; add one under `roadmaps:` or design one"


def test_several_entries_have_no_single_one() -> None:
    result = evaluate_graduated(swap(), ["swap", [["a"], ["b"]]])
    assert result.holds
    with pytest.raises(OptionError) as caught:
        _ = result.roadmap
    assert str(caught.value) == "this evaluation has 2 entries; use .roadmaps"


def test_stopping_keeps_what_was_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    seen: list[float | None] = []

    def stop(event: ProgressEvent) -> None:
        seen.append(event.fraction)
        if event.fraction:
            raise Cancelled("enough")

    result = evaluate_graduated(swap(), ["swap", [["a"], ["b"]]], progress=stop)
    assert (result.status, len(result.roadmaps), seen) == (Status.STOPPED, 1, [0.0, 0.5])


def test_stopping_before_anything_is_no_answer() -> None:
    def stop(event: ProgressEvent) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        evaluate_graduated(swap(), progress=stop)


def met(case: Case, stages: list[list[str]], periods: int | None, check: str, who: str) -> str:
    entry = graduated(case, stages, periods)
    return describe_answer(entry, row_of(entry, 1, check, who))


def two(*measures: Measure) -> Case:
    return case_of([party("A", 0.9), party("B", 0.9)], list(measures))


def test_what_a_deviation_meets_is_said() -> None:
    assert met(dilemma(0.9, 1), [["a", "b"]], None, "end", "A") == (
        "The others would suspend “b” for good, which loses A 5 a period; the deviation gains it 2; it would live with "
        "that."
    )
    for_nothing = two(measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3}, irreversible=True))
    assert met(for_nothing, [["a", "b"]], 3, "before", "A") == (
        "Nothing that benefits A can be suspended; it would refuse to return, or its return would not last."
    )
    assert met(for_nothing, [["a", "b"]], None, "before", "A") == (
        "Nothing that benefits A can be suspended; it would go on like that."
    )
    harmless = two(measure("a", "A", {"A": 1, "B": 3}), measure("b", "B", {"B": 1, "A": 3}))
    assert met(harmless, [["a", "b"]], 3, "before", "A") == (
        "That gains A nothing a period while it lasts, so nothing would be suspended; it would return after 3 periods "
        "more."
    )
    burdened = two(
        measure("a", "A", {"A": -1, "B": 3}),
        measure("b", "B", {"B": -1, "A": 5}),
        measure("levy", "B", {"A": -3, "B": 1}, on_breakdown=OnBreakdown.REVERSE),
    )
    assert met(burdened, [["a", "b", "levy"]], 50, "before", "A") == (
        "The others would suspend “b” for 50 periods, which loses A 5 a period; the deviation gains it 1; it would "
        "walk out at once."
    )


def test_leaving_openly_has_no_answer() -> None:
    entry = graduated(two(measure("a", "A", {"A": -1, "B": 3})), [["a"]], 3)
    row = row_of(entry, 1, "before", "A")
    assert row.row.deviation.leave
    assert (row.answer, describe_answer(entry, row)) == (None, "")


def test_who_would_not_start_because_of_alarms_is_said() -> None:
    # Dread of a broken process, 10 a period, outweighs the swap when every tenth period brings a false alarm.
    case = case_of(
        [party("A", 0.9, breakdown=-10), party("B", 0.9)],
        [measure("a", "A", {"A": -2, "B": 5}), measure("b", "B", {"B": -2, "A": 5})],
    )
    entry = graduated(case, [["a", "b"]], 2, alarm=0.1)
    assert entry.false_alarm is not None
    first = entry.false_alarm.parties[0]
    # Full breakdown: (3 - 0.9 * 0.1 * 100)/(1 - 0.81), per period.
    assert first.gain_breakdown == pytest.approx(0.1 * (3 - 9) / 0.19)
    assert first.gain_breakdown < 0 < first.gain_graduated
    assert sentences(entry)[-1] == (
        "If alarms are met by full breakdown, A would lose by starting it at all; with graduated answers not."
    )
