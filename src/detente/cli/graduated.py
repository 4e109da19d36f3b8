"""``detente evaluate --answers graduated``: whether roadmaps hold if deviations meet answers in proportion."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from detente.analysis.result import Status
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.graduated import GraduatedEvaluation, GraduatedRoadmap
from detente.analysis.roadmap.graduated_evaluating import ANSWER_PERIODS, evaluate_graduated
from detente.analysis.roadmap.graduated_words import explain_graduated
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.evaluating import format_verdict
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_short, format_signed
from detente.display.tables import Cell, Column, Table, build_table, split_table
from detente.errors import ExperimentalWarning, OptionError

FOR_GOOD = "for-good"
"""What --answer-periods says for answers that never end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequest:
    """The options of ``detente evaluate`` about graduated answers as they were typed."""

    periods: str | None
    proportion: float | None
    false_alarm: float | None

    @property
    def is_empty(self) -> bool:
        """Whether none of them was given."""
        return self.periods is None and self.proportion is None and self.false_alarm is None


def refuse_without_graduated(request: AnswerRequest) -> None:
    """Refuse options about graduated answers where answers are not graduated.

    Raises
    ------
    OptionError
        If any is given.
    """
    if not request.is_empty:
        raise OptionError(
            "--answer-periods, --proportion and --false-alarm are about graduated answers; add --answers graduated"
        )


def _parse_periods(text: str | None) -> int | None:
    if text is None:
        return ANSWER_PERIODS
    if text == FOR_GOOD:
        return None
    try:
        return int(text)
    except ValueError:
        raise OptionError(f"--answer-periods is a whole number or '{FOR_GOOD}', got '{text}'") from None


def run_graduated(
    path: str,
    settings: Sequence[str],
    *,
    roadmaps: Sequence[str] | None,
    readings: Sequence[str] | None,
    request: AnswerRequest,
    rows: bool,
    delivery: Delivery,
) -> None:
    """Evaluate roadmaps of a case with graduated answers and show or write the answer."""
    case = open_case(path, settings)
    with Watch() as watch, warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # what is printed says so
        result = evaluate_graduated(
            case,
            None if roadmaps is None else list(dict.fromkeys(roadmaps)),
            answer_periods=_parse_periods(request.periods),
            proportion=1.0 if request.proportion is None else request.proportion,
            false_alarm=0.0 if request.false_alarm is None else request.false_alarm,
            readings=None if readings is None else list(dict.fromkeys(readings)),
            progress=watch,
        )
    delivery.deliver(
        result, show=lambda screen: show_graduated(screen, case, result, rows=rows), summary=summarise(result)
    )


def summarise(result: GraduatedEvaluation) -> str:
    """Say in one line how many roadmaps hold."""
    holding = sum(entry.holds for entry in result.roadmaps)
    several = len({entry.reading for entry in result.roadmaps}) > 1
    verdicts = count_noun(len(result.roadmaps), "verdict" if several else "roadmap")
    stopped = " Stopped before all were evaluated." if result.status is Status.STOPPED else ""
    return f"{holding} of {verdicts} {'holds' if holding == 1 else 'hold'} with graduated answers.{stopped}"


def _optional(margin: float | None) -> str:
    return "–" if margin is None else format_signed(margin)


def verdict_table(entries: Iterable[GraduatedRoadmap]) -> Table:
    """Make the table of verdicts of one reading, the ordinary model's beside them."""
    columns = (
        Column(header="roadmap", can_wrap=True),
        Column(header="holds"),
        Column(header="margin", align="point"),
        Column(header="end\nmargin", align="point"),
        Column(header="answer\nmargin", align="point"),
        Column(header="resume\nmargin", align="point"),
        Column(header="holds with\nbreakdown"),
    )
    return build_table(
        columns,
        [
            (
                entry.id,
                format_verdict(entry.holds),
                format_signed(entry.margin),
                format_signed(entry.end_margin),
                _optional(entry.answer_margin),
                _optional(entry.resume_margin),
                format_verdict(entry.ordinary.holds),
            )
            for entry in entries
        ],
    )


def row_table(entry: GraduatedRoadmap) -> Table:
    """Make the table of every check of one roadmap."""
    columns = (
        Column(header="stage", align="right"),
        Column(header="check"),
        Column(header="party", can_wrap=True),
        Column(header="margin", align="point"),
        Column(header="with\nbreakdown", align="point"),
        Column(header="best deviation", can_wrap=True),
        Column(header="suspended", can_wrap=True),
        Column(header="then"),
        Column(header="answer\nmargin", align="point"),
        Column(header="resume\nmargin", align="point"),
    )
    rows = []
    for graduated in entry.rows:
        row, answer = graduated.row, graduated.answer
        deeds = [
            *(["leave"] if row.deviation.leave else []),
            *([f"withhold {' '.join(row.deviation.withhold)}"] if row.deviation.withhold else []),
            *([f"undo {' '.join(row.deviation.undo)}"] if row.deviation.undo else []),
        ]
        discount = entry.ordinary.values.system.discount[entry.ordinary.parties.index(row.party)]
        rows.append(
            (
                str(row.stage),
                row.check.value,
                row.party,
                Cell(format_signed(row.flow_margin), "bad" if graduated.is_tempted else None),
                format_signed((1.0 - float(discount)) * graduated.ordinary_margin),
                ", ".join(deeds),
                "–" if answer is None else " ".join(answer.suspend) or "nothing",
                "–" if answer is None else answer.outcome.value,
                _others(graduated.answering.flow_margin if graduated.answering else None, graduated.is_unanswered),
                _others(graduated.resuming.flow_margin if graduated.resuming else None, graduated.is_not_resumed),
            )
        )
    return build_table(columns, rows)


def _others(margin: float | None, is_bad: bool) -> Cell:
    return Cell(_optional(margin), "bad" if is_bad else None)


def alarm_table(entry: GraduatedRoadmap) -> Table | None:
    """Make the table of what false alarms cost each party; None if no chance of them was given."""
    if entry.false_alarm is None:
        return None
    columns = (
        Column(header="party", can_wrap=True),
        Column(header="cost with\nbreakdown", align="point"),
        Column(header="cost with\ngraduated", align="point"),
        Column(header="gain left with\nbreakdown", align="point"),
        Column(header="gain left with\ngraduated", align="point"),
    )
    return build_table(
        columns,
        [
            (
                cost.party,
                format_short(cost.breakdown),
                format_short(cost.graduated),
                Cell(format_signed(cost.gain_breakdown), "bad" if cost.gain_breakdown < 0 else None),
                Cell(format_signed(cost.gain_graduated), "bad" if cost.gain_graduated < 0 else None),
            )
            for cost in entry.false_alarm.parties
        ],
    )


def show_graduated(screen: Screen, case: Case, result: GraduatedEvaluation, *, rows: bool) -> None:
    """Show verdicts and reasons, one section per reading."""
    unit = case.period or "period"
    names = {reading.id: reading.name for reading in case.readings}
    for reading, group in groupby(result.roadmaps, key=lambda entry: entry.reading):
        entries = list(group)
        seen = "base case" if reading is None else f"reading {reading}: {names[reading]}"
        screen.heading(f"{case.name} – {seen}")
        screen.paragraph(_rule_sentence(result, unit))
        screen.line()
        screen.table(verdict_table(entries))
        screen.line()
        for entry in entries:
            first, *others = (sentence.text for sentence in explain_graduated(entry))
            screen.paragraph(first)
            screen.points(others)
            screen.line()
            if rows:
                for part in split_table(row_table(entry), screen.width, keep=3):
                    screen.table(part)
                    screen.line()
                alarms = alarm_table(entry)
                if alarms is not None:
                    screen.table(alarms)
                    screen.line()
    for sentence in explain_unstated([entry.ordinary for entry in result.roadmaps]):
        screen.paragraph(sentence.text)
        screen.line()
    for text in _legend(unit, has_alarms=rows and any(entry.false_alarm for entry in result.roadmaps)):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _rule_sentence(result: GraduatedEvaluation, unit: str) -> str:
    first = result.roadmaps[0]
    how_long = "for good" if first.answer_periods is None else f"for {count_noun(first.answer_periods, unit)}"
    multiple = "at least" if first.proportion == 1.0 else f"at least {first.proportion:.3g} times"
    return (
        f"Graduated answers (experimental): a deviation that is noticed is answered {how_long}, by suspending what "
        f"loses the deviator {multiple} what it gains; a second one by full breakdown."
    )


def _legend(unit: str, *, has_alarms: bool) -> Iterable[str]:
    yield (
        f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units; "
        "below zero it would gain. end margin: the same once everything is in force."
    )
    yield (
        "answer margin, resume margin: what the least willing of the others would lose by not answering a deviation, "
        "or by not resuming what it had suspended; below zero it would gain."
    )
    if has_alarms:
        yield (
            f"cost: what a party loses a {unit} by false alarms. gain left: what starting the roadmap is still worth "
            f"to it a {unit}."
        )
