"""What would tip each verdict: the numbers that do so alone, the closest first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.analysis.roadmap.critical import CriticalValues
from detente.analysis.roadmap.critical_numbers import CriticalNumber
from detente.analysis.roadmap.critical_words import (
    describe_never,
    explain_critical,
    format_beside,
    format_bound,
    format_distance,
    verdict_beyond,
)
from detente.display.svg import axes_to_svg
from detente.report.document import Block, Bullets, Cell, Code, Column, Details, Paragraph, Picture, Section, Table
from detente.report.words import say_place, verdict_cell

MOST_SHOWN = 12
"""Numbers of a roadmap in a table that is not folded away."""


def _minus(text: str) -> str:
    """Write numbers below zero with a true minus sign."""
    return re.sub(r"(?<![\w.-])-(?=\d)", "−", text)


def _rows(result: CriticalValues, numbers: tuple[CriticalNumber, ...]) -> tuple[tuple[Cell, ...], ...]:
    case = result.evaluation.case
    rows = []
    for number in numbers:
        for crossing in number.tips:
            inside = number.is_in_range(crossing)
            rows.append(
                (
                    Cell(text=(f"{number.number.label} ", Code(number.number.place))),
                    Cell(text=(_minus(format_beside(number.now, crossing.at)),)),
                    Cell(text=(_minus(format_bound(number, crossing)).replace(" ", "\u00a0"),)),
                    verdict_cell(holds=verdict_beyond(number, crossing)),
                    Cell(text=(format_distance(number, crossing),)),
                    Cell(text=(f"{case.party(crossing.party).name}, {say_place(crossing.check, crossing.stage)}",)),
                    Cell(text=("–" if inside is None else "yes" if inside else "no",)),
                )
            )
    return tuple(rows)


def _table(result: CriticalValues, numbers: tuple[CriticalNumber, ...]) -> Table:
    return Table(
        caption=f"Numbers that alone tip the verdict on “{result.evaluation.name}”, the closest first",
        columns=(
            Column(header="Number"),
            Column(header="Now", is_number=True),
            Column(header="From", is_number=True),
            Column(header="Then"),
            Column(header="How far", is_number=True),
            Column(header="Whose check"),
            Column(header="In its range"),
        ),
        rows=_rows(result, numbers),
        is_grouped=True,
    )


def _roadmap(result: CriticalValues) -> Section:
    entry, tipping = result.evaluation, result.tipping
    sentences = [_minus(sentence.text) for sentence in explain_critical(result)]
    blocks: list[Block] = [Paragraph(text=(sentences[0],))]
    if not tipping:
        blocks += [Paragraph(text=(text,)) for text in sentences[1:]]
        return Section(id=f"critical.{entry.id}", heading=entry.name, blocks=tuple(blocks))
    blocks.append(Bullets(items=tuple((text,) for text in sentences[1:-1])))
    name = f"critical.{entry.id}.distances"
    drawn = [number for number in tipping if number.distance(number.tips[0]) is not None]
    if drawn:
        closest = drawn[0]
        blocks.append(
            Picture(
                name=name,
                title=f"What tips the verdict on “{entry.name}”",
                description=(
                    f"Bars for the numbers that alone tip the verdict, the closest first: {closest.number.label}, "
                    f"{format_distance(closest, closest.tips[0])} from where it does."
                ),
                svg=axes_to_svg(result.plot()),
            )
        )
    blocks.append(_table(result, tipping[:MOST_SHOWN]))
    if len(tipping) > MOST_SHOWN:
        left = tipping[MOST_SHOWN:]
        blocks.append(Details(summary=f"The other {len(left)}", blocks=(_table(result, left),)))
    blocks.append(Paragraph(text=(describe_never(result),)))
    return Section(id=f"critical.{entry.id}", heading=entry.name, blocks=tuple(blocks))


def critical_values(found: Sequence[CriticalValues]) -> Section:
    """Return what would tip the verdict on each roadmap of the base case."""
    text = (
        "Each value, cost, punishment, discount factor and hazard was moved alone over all that it may be, with all "
        "others as they stand. Every value at which the verdict changes is found, not only the first, and none is "
        "assumed to be reached: the table says how little it would take. How far is relative to the number as it "
        "stands; a discount factor δ counts by 1 − δ. Lags and lengths of stages can be asked for with "
    )
    return Section(
        id="critical",
        heading="What would tip each verdict",
        blocks=(Paragraph(text=(text, Code("detente critical"), ".")),),
        sections=tuple(_roadmap(result) for result in found),
    )
