"""What the verdicts depend on: readings and their settings, and single numbers within their ranges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.analysis.roadmap.numbers import CaseNumber, case_numbers
from detente.analysis.roadmap.sensitivity import ReadingDifference
from detente.case import Case, Reading, point
from detente.report.chapters.evidence import say_support
from detente.report.document import Block, Bullets, Cell, Code, Column, Paragraph, Section, Table, Text
from detente.report.findings import Findings
from detente.report.words import (
    join_text,
    reading_of,
    say_critical,
    say_margin,
    say_number,
    say_quantity,
    say_value,
    say_verdict,
)


def numbers_by_place(case: Case, readings: Sequence[str]) -> dict[str, CaseNumber]:
    """Return the numbers of a case and of its readings by place; the base case's where both state one."""
    known: dict[str, CaseNumber] = {}
    for read in (case, *(case.under(reading) for reading in readings)):
        for number in case_numbers(read):
            known.setdefault(number.place, number)
    return known


def _settings_table(findings: Findings, reading: Reading, known: Mapping[str, CaseNumber]) -> Table:
    case = findings.case
    stated = {number.place: number for number in case_numbers(case)}
    rows = []
    for place, value in reading.settings.items():
        label: Text = (f"{known[place].label} ", Code(place)) if place in known else (Code(place),)
        before = say_quantity(stated[place].quantity) if place in stated else "not stated" if place in known else "–"
        rows.append(
            (
                Cell(text=label),
                Cell(text=(before,)),
                Cell(text=(say_value(value),)),
                Cell(text=say_support(case, place, reading=reading)),
            )
        )
    return Table(
        caption=f"What “{reading.name}” sets, and what that rests on",
        columns=(
            Column(header="Number"),
            Column(header="Base case", is_number=True),
            Column(header="This reading", is_number=True),
            Column(header="Rests on"),
        ),
        rows=tuple(rows),
    )


def _what_differs(findings: Findings, difference: ReadingDifference) -> str:
    case, name = findings.case, findings.case.roadmap(difference.roadmap).name
    before, after = difference.base, difference.read
    now = say_verdict(holds=after.holds)[2:]
    if difference.flips:
        then = say_verdict(holds=before.holds)[2:]
        return f"“{name}” {now} under this reading; in the base case it {then}."
    return (
        f"“{name}” {now} under this reading either, but another party is critical: {say_critical(case, after)}, "
        f"in place of {say_critical(case, before)}."
        if not after.holds
        else f"“{name}” {now} in both, but another party is critical: {say_critical(case, after)}, in place of "
        f"{say_critical(case, before)}."
    )


def _through(difference: ReadingDifference, known: Mapping[str, CaseNumber]) -> Text:
    def named(places: Sequence[str]) -> Text:
        return join_text([(known[p].label,) if p in known else (Code(p),) for p in places])

    if len(difference.alone) == 1:
        return ("One setting alone makes the difference: ", *named(difference.alone), ".")
    if difference.alone:
        return ("Each of these settings alone makes the difference: ", *named(difference.alone), ".")
    return (
        "No setting alone makes the difference; these together do, and none of them can be left out: ",
        *named(difference.together),
        ".",
    )


def _reading(findings: Findings, reading_id: str, known: Mapping[str, CaseNumber]) -> Section:
    case, reading = findings.case, reading_of(findings.case, reading_id)
    document = next((d for d in case.documents if d.id == reading.document), None)
    blocks: list[Block] = []
    if document is not None:
        blocks.append(Paragraph(text=(f"What follows from “{document.title}”, laid over the base case.",)))
    found = [difference for difference in findings.differences if difference.reading == reading_id]
    items = tuple((f"{_what_differs(findings, d)} ", *_through(d, known)) for d in found)
    if items:
        blocks.append(Bullets(items=items))
    elif findings.roadmaps:
        blocks.append(Paragraph(text=("No verdict and no critical party differs from the base case.",)))
    if reading.settings:
        blocks.append(_settings_table(findings, reading, known))
    return Section(id=f"reading.{reading_id}", heading=reading.name, blocks=tuple(blocks))


def readings(findings: Findings) -> Section:
    """Return what each reading changes, and through which of its settings."""
    known = numbers_by_place(findings.case, findings.readings)
    text = (
        "A reading is what one source’s account implies, laid over the base case. Each keeps its own values; none is "
        "an average of others."
    )
    if findings.roadmaps:
        text += (
            " For every roadmap whose verdict or critical party differs from the base case, the settings were tried "
            "one by one."
        )
    return Section(
        id="readings",
        heading="Whose reading of the facts",
        blocks=(Paragraph(text=(text,)),),
        sections=tuple(_reading(findings, reading, known) for reading in findings.readings),
    )


def single_numbers(findings: Findings) -> Section:
    """Return the single numbers that, moved to an end of their range, change a verdict of the base case."""
    case = findings.case
    blocks: list[Block] = [
        Paragraph(
            text=(
                "Every number that the case states as a range was moved to its low and to its high end, alone, with "
                "all others at their most likely values.",
            )
        )
    ]
    if findings.flips is None:
        blocks.append(
            Paragraph(text=("The case has too many ranges and roadmaps to try them all within a report; none was.",))
        )
    elif not findings.flips:
        blocks.append(Paragraph(text=("No single number, moved to an end of its range, changes a verdict.",)))
    else:
        rows = [
            (
                Cell(text=(f"{flip.number.label} ", Code(flip.number.place))),
                Cell(text=(say_number(point(flip.number.quantity)),)),
                Cell(text=(say_number(flip.value),)),
                Cell(text=(case.roadmap(flip.roadmap).name,)),
                Cell(text=(say_verdict(holds=flip.moved.holds),), tone="holds" if flip.moved.holds else "fails"),
                Cell(text=(say_margin(flip.moved),)),
                Cell(text=(say_critical(case, flip.moved),)),
            )
            for flip in findings.flips
        ]
        blocks.append(
            Table(
                caption="Verdicts of the base case that one number changes within its range",
                columns=(
                    Column(header="Number"),
                    Column(header="From", is_number=True),
                    Column(header="To", is_number=True),
                    Column(header="Roadmap"),
                    Column(header="Then"),
                    Column(header="Least margin then", is_number=True),
                    Column(header="Critical then"),
                ),
                rows=tuple(rows),
                is_grouped=True,
            )
        )
    return Section(id="numbers", heading="Single numbers that change a verdict", blocks=tuple(blocks))
