"""Who is indispensable, and which format serves, in the base case and under every reading."""

from __future__ import annotations

from collections.abc import Mapping

from detente.analysis.roadmap import Indispensability, ReadingWorth
from detente.analysis.roadmap.indispensability_words import (
    explain_differences,
    explain_reading,
    explain_scale,
    say_amount,
    say_score,
    say_within,
)
from detente.case import Case
from detente.display.style import format_margin
from detente.display.svg import axes_to_svg
from detente.report.document import Bullets, Cell, Column, Paragraph, Picture, Section, Table
from detente.report.words import join, reading_name, unit_of


def _number(text: str) -> Cell:
    return Cell(text=(text.replace("-", "−"),))


def _parties(case: Case, entry: ReadingWorth) -> Table:
    columns = (
        Column(header="Party"),
        Column(header="Score of all without it", is_number=True),
        Column(header="Lost without it", is_number=True),
        Column(header="The others lose", is_number=True),
        Column(header="Shapley value", is_number=True),
        Column(header="Score of all while it refuses", is_number=True),
        Column(header="Needed at every table"),
    )
    rows = tuple(
        (
            Cell(text=(case.party(worth.party).name,)),
            _number(say_score(refusal.absent)),
            _number(say_amount(worth.marginal)),
            _number(say_amount(worth.others)),
            _number(say_amount(worth.shapley)),
            Cell(text=_number(say_score(refusal.refusing)).text, tone="fails" if refusal.is_spoiler else None),
            Cell(text=("yes" if worth.is_needed else "no",)),
        )
        for worth, refusal in zip(entry.parties, entry.refusals, strict=True)
    )
    return Table(caption="What each party is worth to the process", columns=columns, rows=rows)


def _gains(case: Case, gains: Mapping[str, float]) -> str:
    return ", ".join(f"{case.party(party).name} {format_margin(gain)}" for party, gain in gains.items()) or "–"


def _formats(case: Case, entry: ReadingWorth) -> Table:
    columns = (
        Column(header="Format"),
        Column(header="Score", is_number=True),
        Column(header="The same parties at the table of all", is_number=True),
        Column(header="Gains of those at the table"),
        Column(header="Of the others"),
    )
    rows = []
    for value in entry.formats:
        table = value.coalition
        label = f"“{value.id}”" if value.is_named else join(case.party(party).name for party in table.parties)
        if not value.is_named and table.value <= 0.0:
            label = f"any {len(table.parties)} parties"
        rows.append(
            (
                Cell(text=(label,)),
                _number(say_score(table)),
                _number(say_within(value.within_all)),
                Cell(text=(_gains(case, table.gains),)),
                Cell(text=(_gains(case, table.outsiders),)),
            )
        )
    return Table(caption="Formats, and the best tables of sizes that no format has", columns=columns, rows=tuple(rows))


def _reading(found: Indispensability, entry: ReadingWorth, number: int) -> Section:
    case = found.case.under(entry.reading)
    name = reading_name(found.case, entry.reading)
    return Section(
        id=f"indispensability.{number}",
        heading=name[:1].upper() + name[1:],
        blocks=(
            Bullets(items=tuple((sentence.text,) for sentence in explain_reading(found, entry))),
            _parties(case, entry),
            *((_formats(case, entry),) if entry.formats else ()),
        ),
    )


def _picture(found: Indispensability) -> Picture:
    told = [
        f"{found.case.party(worth.party).name}, {reading_name(found.case, entry.reading)}: lost without it "
        f"{say_amount(worth.marginal)}, Shapley value {say_amount(worth.shapley)}."
        for entry in found.readings
        for worth in entry.parties
    ]
    return Picture(
        name="indispensability.picture",
        title="What the table of all loses without each party, and its Shapley value",
        description=" ".join(told).replace("-", "−"),
        svg=axes_to_svg(found.plot()),
    )


def indispensability(case: Case, found: Indispensability) -> Section:
    """Return what parties and formats are worth, under every reading that is told."""
    text = (
        "Every set of parties is seated at a table of its own and takes the best roadmap that it can take by itself; "
        f"its score is what that roadmap adds per {unit_of(case)} to each of its parties, as the geometric mean over "
        "them, or 0 if none holds or one of them gains nothing. A party that refuses sits at the table of all while "
        "nothing that needs it can be taken."
    )
    differences = [(sentence.text,) for sentence in explain_differences(found)]
    scale = [Paragraph(text=(sentence.text,)) for sentence in explain_scale(found)]
    return Section(
        id="indispensability",
        heading="Who is indispensable, and which format serves",
        blocks=(
            Paragraph(text=(text,)),
            _picture(found),
            *((Bullets(items=tuple(differences)),) if differences else ()),
            *scale,
        ),
        sections=tuple(_reading(found, entry, number) for number, entry in enumerate(found.readings, start=1)),
    )
