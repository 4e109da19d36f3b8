"""Roadmap by roadmap: its stages, who is tempted where, and how much trust it asks for."""

from __future__ import annotations

from detente.analysis.roadmap import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_deviation, explain_evaluation
from detente.case import point
from detente.display.prose import count_noun
from detente.display.style import format_margin
from detente.kernel.deviations import Check
from detente.report.document import Block, Bullets, Cell, Column, Details, Paragraph, Section, Table
from detente.report.findings import Findings
from detente.report.pictures import draw_hazards, draw_timeline, draw_trust_profile, tightest_row
from detente.report.words import reading_name, say_place, say_trust, shown_margin, unit_of


def stage_table(entry: RoadmapEvaluation, *, title: str) -> Table:
    """Return the stages of a roadmap: what, when, how long, how tight, how much trust."""
    case, unit = entry.case, unit_of(entry.case)
    rows, start = [], 0
    for number, (measures, duration) in enumerate(zip(entry.stages, entry.durations, strict=True), start=1):
        row = tightest_row(entry, number)
        trust = entry.trust_profile()[number - 1]
        rows.append(
            (
                Cell(text=(str(number),)),
                Cell(text=(f"{start}",)),
                Cell(text=(count_noun(duration, unit).replace(" ", "\u00a0"),)),
                Cell(text=("; ".join(case.measure(measure).name for measure in measures),)),
                Cell(text=(f"{format_margin(shown_margin(row))}, {case.party(row.party).name}",)),
                Cell(text=(say_trust(trust),)),
            )
        )
        start += duration
    return Table(
        caption=f"Stages of {title}",
        columns=(
            Column(header="Stage"),
            Column(header=f"Starts after, in {unit}s", is_number=True),
            Column(header="Takes", is_number=True),
            Column(header="Measures"),
            Column(header=f"Least margin per {unit}"),
            Column(header="Trust", is_number=True),
        ),
        rows=tuple(rows),
    )


def _where(entry: RoadmapEvaluation, row: EvaluationRow) -> str:
    if row.stage == 0:
        return "With what is in force" if row.check is Check.END else "Now, waiting"
    return "At the end" if row.check is Check.END else say_place(row.check, entry.number_of(row.stage)).capitalize()


def _check_row(entry: RoadmapEvaluation, row: EvaluationRow) -> tuple[Cell, ...]:
    case = entry.case
    patience = 1.0 - point(case.party(row.party).discount or 0.0)
    margin = shown_margin(row)
    asked = row.none_suffices or row.required_trust is not None
    trust = say_trust(None if row.none_suffices else row.required_trust) if asked else "–"
    return (
        Cell(text=(_where(entry, row),)),
        Cell(text=(case.party(row.party).name,)),
        Cell(text=(format_margin(patience * row.comply),)),
        Cell(text=(format_margin(patience * row.deviate),)),
        Cell(text=(format_margin(margin),), tone="fails" if margin < 0.0 else None),
        Cell(text=(describe_deviation(entry, row),)),
        Cell(text=(trust,)),
    )


def check_table(entry: RoadmapEvaluation) -> Table:
    """Return every check of a roadmap."""
    unit = unit_of(entry.case)
    return Table(
        caption=f"Every check of “{entry.name}”, {count_noun(len(entry.rows), 'row')}. Values are per {unit}, each in "
        "the party’s own units; a negative margin is a temptation",
        columns=(
            Column(header="Check"),
            Column(header="Party"),
            Column(header="Complying", is_number=True),
            Column(header="Best deviation", is_number=True),
            Column(header="Margin", is_number=True),
            Column(header="What the best deviation is"),
            Column(header="Required trust", is_number=True),
        ),
        rows=tuple(_check_row(entry, row) for row in entry.rows),
        is_grouped=True,
    )


def _readings(findings: Findings, roadmap: str) -> Block | None:
    if not findings.readings:
        return None
    blocks = [block for reading in findings.readings for block in _told(findings.entry(roadmap, reading))]
    only = len(findings.readings) == 1
    summary = (
        f"Under the reading “{reading_name(findings.case, findings.readings[0])}”" if only else "Under each reading"
    )
    return Details(summary=summary, blocks=tuple(blocks))


def _told(entry: RoadmapEvaluation) -> list[Block]:
    """The verdict in a paragraph, what follows from it in a list."""
    first, *others = [sentence.text for sentence in explain_evaluation(entry)]
    blocks: list[Block] = [Paragraph(text=(first,))]
    if others:
        blocks.append(Bullets(items=tuple((sentence,) for sentence in others)))
    return blocks


def _roadmap(findings: Findings, entry: RoadmapEvaluation) -> Section:
    name = f"roadmap.{entry.id}"
    blocks: list[Block] = [
        *_told(entry),
        draw_timeline(entry, f"{name}.timeline", title=f"“{entry.name}”"),
        draw_trust_profile(entry, f"{name}.trust"),
        draw_hazards(entry, f"{name}.hazards"),
    ]
    readings = _readings(findings, entry.id)
    if readings is not None:
        blocks.append(readings)
    blocks.append(Details(summary="The stages as a table", blocks=(stage_table(entry, title=f"“{entry.name}”"),)))
    blocks.append(Details(summary=f"Every check: {count_noun(len(entry.rows), 'row')}", blocks=(check_table(entry),)))
    return Section(id=name, heading=entry.name, blocks=tuple(blocks))


def roadmaps(findings: Findings) -> Section:
    """Return a section per roadmap, in the base case."""
    text = (
        "Each in the base case. Before and after every stage, and at the end, every party asks itself whether it would "
        "do better by withholding its part, by undoing what it did, or by walking out. Its worst temptation is told "
        "here; every check is in the table folded away below."
    )
    return Section(
        id="roadmaps",
        heading="Roadmap by roadmap",
        blocks=(Paragraph(text=(text,)),),
        sections=tuple(_roadmap(findings, entry) for entry in findings.entries(None)),
    )
