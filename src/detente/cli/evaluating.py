"""``detente evaluate``: whether roadmaps hold, and who is tempted where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from detente.analysis.result import Status
from detente.analysis.roadmap import Evaluation, RoadmapEvaluation, evaluate_roadmaps
from detente.analysis.roadmap.explanation import explain_evaluation, explain_unstated
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_share, format_short, format_signed
from detente.display.tables import Cell, Column, Table, build_table


def run_evaluate(
    path: str,
    settings: Sequence[str],
    *,
    roadmaps: Sequence[str] | None,
    readings: Sequence[str] | None,
    rows: bool,
    delivery: Delivery,
) -> None:
    """Evaluate roadmaps of a case and show or write the answer."""
    case = open_case(path, settings)
    with Watch() as watch:
        result = evaluate_roadmaps(case, _once(roadmaps), readings=_once(readings), progress=watch)
    delivery.deliver(
        result, show=lambda screen: show_evaluation(screen, case, result, rows=rows), summary=summarise(result)
    )


def _once(ids: Sequence[str] | None) -> list[str] | None:
    return None if ids is None else list(dict.fromkeys(ids))


def summarise(result: Evaluation) -> str:
    """Say in one line how many roadmaps hold."""
    holding = [entry for entry in result.roadmaps if entry.holds]
    several = len({entry.reading for entry in result.roadmaps}) > 1
    verdicts = count_noun(len(result.roadmaps), "verdict" if several else "roadmap")
    stopped = " Stopped before all were evaluated." if result.status is Status.STOPPED else ""
    return f"{len(holding)} of {verdicts} {'holds' if len(holding) == 1 else 'hold'}.{stopped}"


def format_verdict(holds: bool) -> Cell:
    """Write a verdict."""
    return Cell("yes", "good") if holds else Cell("no", "bad")


def format_trust(trust: float | None) -> str:
    """Write a trust demand; none where no probability suffices."""
    return "none suffices" if trust is None else format_share(trust)


def verdict_table(entries: Iterable[RoadmapEvaluation]) -> Table:
    """Make the table of verdicts of one reading."""
    columns = (
        Column(header="roadmap", can_wrap=True),
        Column(header="holds"),
        Column(header="trust", align="right", can_wrap=True),
        Column(header="margin", align="point"),
        Column(header="end\nmargin", align="point"),
        Column(header="critical stage,\ncheck and party", can_wrap=True),
        Column(header="critical\nhazard", align="point"),
    )
    return build_table(
        columns,
        [
            (
                entry.id,
                format_verdict(entry.holds),
                format_trust(entry.trust),
                format_signed(entry.margin),
                format_signed(entry.end_margin),
                f"{entry.critical.stage} {entry.critical.check.value} {entry.critical.party}",
                "–" if entry.critical_hazard is None else format_short(entry.critical_hazard),
            )
            for entry in entries
        ],
    )


def row_table(entry: RoadmapEvaluation) -> Table:
    """Make the table of every check of one roadmap."""
    columns = (
        Column(header="stage", align="right"),
        Column(header="check"),
        Column(header="party", can_wrap=True),
        Column(header="comply", align="point"),
        Column(header="deviate", align="point"),
        Column(header="margin", align="point"),
        Column(header="trust", align="right", can_wrap=True),
        Column(header="best deviation", can_wrap=True),
    )
    rows = []
    for row in entry.rows:
        deeds = [
            *(["leave"] if row.deviation.leave else []),
            *([f"withhold {' '.join(row.deviation.withhold)}"] if row.deviation.withhold else []),
            *([f"undo {' '.join(row.deviation.undo)}"] if row.deviation.undo else []),
        ]
        asks = row.required_trust is not None or row.none_suffices
        rows.append(
            (
                str(entry.number_of(row.stage)) if row.stage else "now",
                row.check.value,
                row.party,
                f"{row.comply:.2f}",
                f"{row.deviate:.2f}",
                Cell(format_signed(row.flow_margin), "bad" if row in entry.tempted() else None),
                format_trust(row.required_trust) if asks else "–",
                ", ".join(deeds),
            )
        )
    return build_table(columns, rows)


def show_evaluation(screen: Screen, case: Case, result: Evaluation, *, rows: bool) -> None:
    """Show verdicts and reasons, one section per reading."""
    unit = case.period or "period"
    names = {reading.id: reading.name for reading in case.readings}
    sections = [(reading, list(entries)) for reading, entries in groupby(result.roadmaps, key=lambda e: e.reading)]
    for reading, entries in sections:
        seen = "base case" if reading is None else f"reading {reading}: {names[reading]}"
        screen.heading(f"{case.name} – {seen}")
        screen.line()
        screen.table(verdict_table(entries))
        screen.line()
        for entry in entries:
            first, *others = (sentence.text for sentence in explain_evaluation(entry))
            screen.paragraph(first)
            screen.points(others)
            screen.line()
            if rows:
                screen.table(row_table(entry))
                screen.line()
    for sentence in explain_unstated(result.roadmaps):
        screen.paragraph(sentence.text)
        screen.line()
    for text in _legend(unit, has_rows=rows):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _legend(unit: str, *, has_rows: bool) -> Iterable[str]:
    yield (
        f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units; "
        "below zero it would gain. end margin: the same once everything is in force."
    )
    yield "trust: how likely the others must be thought to do their part for everyone to go ahead."
    yield f"critical hazard: the chance a {unit} of an outside breakdown at which the roadmap stops holding."
    if has_rows:
        yield "comply, deviate: present values, in the party's own units."
