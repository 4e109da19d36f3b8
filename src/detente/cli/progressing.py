"""``detente evaluate --from``: where agreements stand, whether the rest of them holds, and what delay costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from detente.analysis.result import Status
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.progress import Onward, ProgressEvaluation, RoadmapProgress, evaluate_progress
from detente.analysis.roadmap.progress_history import When
from detente.analysis.roadmap.progress_pictures import gate_note
from detente.analysis.roadmap.progress_words import delayed, explain_progress
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.evaluating import format_trust, format_verdict, row_table
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.showing import shorten_levels
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_short, format_signed
from detente.display.tables import Cell, Column, Table, build_table
from detente.errors import OptionError

MOST_DELAYS = 5
"""Delays that a table has room for; the last is always among them."""


def parse_when(text: str) -> When:
    """Read ``--from``: ``now``, or a period.

    Raises
    ------
    OptionError
        If it is neither.
    """
    word = text.strip()
    if word == "now":
        return "now"
    if not (word.isascii() and word.isdigit()):
        raise OptionError(f"--from '{text}' is neither 'now' nor a period; write a whole number such as 0 or 12")
    return int(word)


def run_progress(
    path: str,
    settings: Sequence[str],
    *,
    at: str,
    roadmaps: Sequence[str] | None,
    readings: Sequence[str] | None,
    rows: bool,
    delivery: Delivery,
) -> None:
    """Evaluate what is left of roadmaps and show or write the answer."""
    when = parse_when(at)
    case = open_case(path, settings)
    with Watch() as watch:
        result = evaluate_progress(case, _once(roadmaps), at=when, readings=_once(readings), progress=watch)
    delivery.deliver(
        result, show=lambda screen: show_progress(screen, case, result, rows=rows), summary=summarise(result)
    )


def _once(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(dict.fromkeys(ids))


def summarise(result: ProgressEvaluation) -> str:
    """Say in one line for how many roadmaps the rest holds."""
    holding = [entry for entry in result.roadmaps if entry.holds]
    several = len({entry.reading for entry in result.roadmaps}) > 1
    verdicts = count_noun(len(result.roadmaps), "verdict" if several else "roadmap")
    stopped = " Stopped before all were evaluated." if result.status is Status.STOPPED else ""
    unit = next((entry.case.period for entry in result.roadmaps), None) or "period"
    now = result.parameters["from"]
    return f"The rest holds for {len(holding)} of {verdicts}, from {unit} {now} on.{stopped}"


def show_progress(screen: Screen, case: Case, result: ProgressEvaluation, *, rows: bool) -> None:
    """Show gates, verdicts on what is left and what delay costs, one section per reading."""
    unit = case.period or "period"
    names = {reading.id: reading.name for reading in case.readings}
    for reading, group in groupby(result.roadmaps, key=lambda entry: entry.reading):
        entries = list(group)
        seen = "base case" if reading is None else f"reading {reading}: {names[reading]}"
        screen.heading(f"{case.name} – {seen}, from {unit} {entries[0].history.now} on")
        screen.line()
        screen.table(way_table(entries))
        screen.line()
        for entry in entries:
            _show_entry(screen, entry, rows=rows)
    for sentence in explain_unstated(result.evaluations()):
        screen.paragraph(sentence.text)
        screen.line()
    for text in _legend(unit):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _show_entry(screen: Screen, entry: RoadmapProgress, *, rows: bool) -> None:
    first, *others = (sentence.text for sentence in explain_progress(entry))
    screen.paragraph(first)
    screen.points(others)
    screen.line()
    screen.table(gate_table(entry))
    screen.line()
    onward = delayed(entry)
    if onward is not None:
        screen.table(delay_table(entry, onward))
        screen.line()
    for way in (entry.rest, entry.retaken):
        if rows and way is not None and way.evaluation is not None:
            screen.paragraph(f"Every check of “{way.rest.roadmap.name}”:")
            screen.table(row_table(way.evaluation))
            screen.line()


def way_table(entries: Iterable[RoadmapProgress]) -> Table:
    """Make the table of verdicts on what is left, as it is and with what was lost taken again."""
    columns = (
        Column(header="roadmap", can_wrap=True),
        Column(header="what is left"),
        Column(header="holds"),
        Column(header="trust", align="right", can_wrap=True),
        Column(header="margin", align="point"),
        Column(header="end\nmargin", align="point"),
        Column(header="critical stage,\ncheck and party", can_wrap=True),
    )
    table = []
    for entry in entries:
        for name, way in (("the rest", entry.rest), ("with lost retaken", entry.retaken)):
            if way is not None:
                table.append((entry.roadmap.id, name, *_verdict(way)))
    return build_table(columns, table)


def _verdict(way: Onward) -> tuple[str | Cell, ...]:
    entry = way.evaluation
    if entry is None:
        return (Cell("not legal" if way.rest.problems else "nothing left", "bad"), "–", "–", "–", "–")
    critical = entry.critical
    stage = str(entry.number_of(critical.stage)) if critical.stage else "now"
    return (
        format_verdict(entry.holds),
        format_trust(entry.trust),
        format_signed(entry.margin),
        format_signed(entry.end_margin),
        f"{stage} {critical.check.value} {critical.party}",
    )


def gate_table(entry: RoadmapProgress) -> Table:
    """Make the table of the stages of a roadmap: planned, begun or not, and who has still to do what."""
    unit = entry.case.period or "period"
    columns = (
        Column(header="stage", align="right"),
        Column(header=f"planned\n({unit})", align="right"),
        Column(header="how it stands", can_wrap=True),
        Column(header="still to come", can_wrap=True),
        Column(header="lost", can_wrap=True),
    )
    return build_table(
        columns,
        [
            (
                str(gate.stage),
                str(gate.due),
                Cell(gate_note(entry, gate), "bad" if gate.status.value == "overdue" or gate.lost else None),
                ", ".join(shorten_levels(entry.case, gate.lacking)) or "–",
                ", ".join(shorten_levels(entry.case, gate.lost)) or "–",
            )
            for gate in entry.standing.gates
        ],
    )


def delay_table(entry: RoadmapProgress, onward: Onward) -> Table:
    """Make the table of what further delay before the next stage means to each party."""
    unit = entry.case.period or "period"
    margins = [dict(delay.margins) for delay in onward.delays]
    periods = list(margins[0])
    if len(periods) > MOST_DELAYS:
        periods = [*periods[: MOST_DELAYS - 1], periods[-1]]
    columns = (
        Column(header="party", can_wrap=True),
        Column(header=f"loss by each\nfurther {unit}", align="point"),
        *(Column(header=f"margin,\n{number} more", align="point") for number in periods),
        Column(header="unwilling\nafter", align="right"),
    )
    return build_table(
        columns,
        [
            (
                delay.party,
                format_signed(delay.loss).removeprefix("+"),
                *(Cell(format_signed(of[n]), "bad" if of[n] < 0.0 else None) for n in periods),
                "never" if delay.unwilling_after is None else format_short(delay.unwilling_after),
            )
            for delay, of in zip(onward.delays, margins, strict=True)
        ],
    )


def _legend(unit: str) -> Iterable[str]:
    yield (
        f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units; "
        "below zero it would gain. end margin: the same once everything is in force."
    )
    yield (
        f"loss by each further {unit}: what waiting once more before the next stage costs, in the party's own value "
        f"units; below zero it pays. margin, n more: what undoing something or walking out now would lose it a {unit}, "
        "if it would otherwise wait n more."
    )
    yield "unwilling after: so much more delay, and the party would do better by undoing something or walking out now."
