"""Where agreements in progress stand: their gates, whether the rest holds, and what delay costs."""

from __future__ import annotations

from detente.analysis.roadmap import Onward, RoadmapProgress
from detente.analysis.roadmap.progress_pictures import course_stages, draw_progress, gate_note
from detente.analysis.roadmap.progress_words import delayed, explain_progress
from detente.display.style import format_margin
from detente.display.svg import axes_to_svg
from detente.kernel.roadmap import HOLDS
from detente.report.chapters.roadmaps import check_table
from detente.report.document import Block, Bullets, Cell, Column, Details, Paragraph, Picture, Section, Table
from detente.report.findings import Findings
from detente.report.words import reading_name, say_trust, unit_of, verdict_cell


def _names(entry: RoadmapProgress, measures: tuple[str, ...]) -> str:
    return "; ".join(entry.case.measure(measure).name for measure in measures) or "–"


def gate_table(entry: RoadmapProgress) -> Table:
    """Return the stages with when they were due, how they stand, and what is missing."""
    unit = unit_of(entry.case)
    rows = tuple(
        (
            Cell(text=(str(gate.stage),)),
            Cell(text=(str(gate.due),)),
            Cell(text=(gate_note(entry, gate),), tone="fails" if gate.status.value == "overdue" or gate.lost else None),
            Cell(text=(_names(entry, gate.lacking),)),
            Cell(text=(_names(entry, gate.lost),)),
        )
        for gate in entry.standing.gates
    )
    return Table(
        caption=f"Stages of “{entry.roadmap.name}” as planned and as they stand",
        columns=(
            Column(header="Stage"),
            Column(header=f"Planned for {unit}", is_number=True),
            Column(header="How it stands"),
            Column(header="Still to come"),
            Column(header="Lost"),
        ),
        rows=rows,
    )


def delay_table(entry: RoadmapProgress, onward: Onward) -> Table:
    """Return what further delay before the next stage means to each party."""
    unit = unit_of(entry.case)
    periods = [number for number, _ in onward.delays[0].margins]
    rows = []
    for delay in onward.delays:
        margins = [Cell(text=(format_margin(m),), tone="fails" if m < 0.0 else None) for _, m in delay.margins]
        never = delay.unwilling_after is None
        rows.append(
            (
                Cell(text=(entry.case.party(delay.party).name,)),
                Cell(text=(format_margin(delay.loss).removeprefix("+"),)),
                *margins,
                Cell(text=("never" if never else str(delay.unwilling_after),)),
            )
        )
    return Table(
        caption=f"Further delay before stage {onward.rest.numbers[0]}: what each {unit} of it costs (below zero it "
        f"pays), the margin per {unit} of waiting so many {unit}s more against undoing something or walking out now, "
        "and from how many on a party would rather do that",
        columns=(
            Column(header="Party"),
            Column(header=f"Each further {unit}", is_number=True),
            *(Column(header=f"Margin, {number} more", is_number=True) for number in periods),
            Column(header="Unwilling after", is_number=True),
        ),
        rows=tuple(rows),
    )


def _picture(entry: RoadmapProgress) -> Picture:
    told = [
        f"{stage.title}: {'; '.join([*(measure.label for measure in stage.measures), stage.note]).removesuffix('; ')}."
        for stage in course_stages(entry)
    ]
    unit = unit_of(entry.case)
    return Picture(
        name=f"standing.{entry.roadmap.id}.course",
        title=f"“{entry.roadmap.name}” at {unit} {entry.history.now}: what was planned, what has happened, and what is "
        "to come if nothing is delayed any more",
        description=" ".join(told),
        svg=axes_to_svg(draw_progress(entry)),
    )


def _verdicts(findings: Findings, entries: list[RoadmapProgress]) -> Table:
    rows = []
    for entry in entries:
        for name, way in (("the rest", entry.rest), ("with what was lost taken again", entry.retaken)):
            if way is None:
                continue
            found = way.evaluation
            shown = (
                [
                    Cell(text=("not legal" if way.rest.problems else "nothing left",)),
                    Cell(text=("–",)),
                    Cell(text=("–",)),
                ]
                if found is None
                else [
                    verdict_cell(holds=found.holds),
                    Cell(text=(say_trust(found.trust),)),
                    Cell(text=(format_margin(_shown(found.critical.flow_margin, holds=found.holds)),)),
                ]
            )
            rows.append((Cell(text=(reading_name(findings.case, entry.reading),)), Cell(text=(name,)), *shown))
    return Table(
        caption=f"What is left of “{entries[0].roadmap.name}”",
        columns=(
            Column(header="Reading"),
            Column(header="What is left"),
            Column(header="Verdict"),
            Column(header="Trust", is_number=True),
            Column(header="Least margin", is_number=True),
        ),
        rows=tuple(rows),
        is_grouped=True,
    )


def _shown(margin: float, *, holds: bool) -> float:
    return 0.0 if holds and -HOLDS <= margin < 0.0 else margin


def _section(findings: Findings, entries: list[RoadmapProgress]) -> Section:
    entry = entries[0]
    first, *others = [sentence.text for sentence in explain_progress(entry)]
    blocks: list[Block] = [
        Paragraph(text=(first,)),
        Bullets(items=tuple((sentence,) for sentence in others)),
        _picture(entry),
        _verdicts(findings, entries),
        gate_table(entry),
    ]
    onward = delayed(entry)
    if onward is not None:
        blocks.append(delay_table(entry, onward))
    for way in (entry.rest, entry.retaken):
        if way is not None and way.evaluation is not None:
            name = way.rest.roadmap.name
            blocks.append(Details(summary=f"Every check of “{name}”", blocks=(check_table(way.evaluation),)))
    return Section(id=f"standing.{entry.roadmap.id}", heading=entry.roadmap.name, blocks=tuple(blocks))


def standing(findings: Findings) -> Section | None:
    """Return where the agreements stand that the case's progress is part of; None if there is none."""
    if findings.under_way is None:
        return None
    roadmaps = list(dict.fromkeys(entry.roadmap.id for entry in findings.under_way.roadmaps))
    grouped = [[entry for entry in findings.under_way.roadmaps if entry.roadmap.id == each] for each in roadmaps]
    unit, now = unit_of(findings.case), grouped[0][0].history.now
    text = (
        f"The case says what has happened by {unit} {now}. What is in force by then can be undone and breaks down as "
        "in any other stage; what has been spent is spent. The stages that are left are judged from there, in the base "
        "case unless another reading is named."
    )
    return Section(
        id="standing",
        heading="Where the agreement stands" if len(roadmaps) == 1 else "Where the agreements stand",
        blocks=(Paragraph(text=(text,)),),
        sections=tuple(_section(findings, entries) for entries in grouped),
    )


def standing_in_short(findings: Findings) -> list[str]:
    """Return a sentence per agreement under way: how far it is, and whether the rest holds in the base case."""
    if findings.under_way is None:
        return []
    told = []
    for entry in findings.under_way.roadmaps:
        if entry.reading is not None:
            continue
        ways = [("the rest", entry.rest), ("with what was lost taken again it", entry.retaken)]
        verdicts = [
            f"{name} {'holds' if way.evaluation.holds else 'does not hold'}"
            for name, way in ways
            if way is not None and way.evaluation is not None
        ]
        first = next(explain_progress(entry)).text.removesuffix(".")
        told.append(f"{first}; {', and '.join(verdicts)}." if verdicts else f"{first}.")
    return told
