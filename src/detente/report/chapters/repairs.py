"""What would make the roadmaps hold that fail, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analysis.roadmap import Repair, RepairSearch, RoadmapEvaluation
from detente.analysis.roadmap.explanation import explain_evaluation
from detente.analysis.roadmap.repairs.words import KINDS, explain_outcome, say_amount
from detente.display.prose import count_noun
from detente.display.style import format_margin
from detente.kernel.roadmap import HOLDS
from detente.report.document import Block, Bullets, Cell, Column, Details, Paragraph, Section, Table
from detente.report.words import say_trust, unit_of, verdict_cell


def _margin(margin: float) -> str:
    """Write a margin; what is held but for rounding is zero."""
    return format_margin(0.0 if -HOLDS <= margin < 0.0 else margin)


def _row(label: str, amount: str, entry: RoadmapEvaluation, *, works: bool) -> tuple[Cell, ...]:
    return (
        Cell(text=(label,)),
        Cell(text=(amount,)),
        verdict_cell(holds=works),
        Cell(text=(_margin(entry.margin),)),
        Cell(text=(_margin(entry.end_margin),)),
        Cell(text=(say_trust(entry.trust),)),
        Cell(text=(count_noun(sum(entry.durations), unit_of(entry.case)).replace(" ", "\u00a0"),)),
    )


def _table(found: RepairSearch) -> Table:
    unit = unit_of(found.before.case)
    rows = [_row("as it is", "–", found.before, works=False)]
    rows += [
        _row(
            f"{number}. {KINDS[repair.kind]}",
            say_amount(repair).replace("-", "−"),
            repair.evaluation,
            works=repair.works,
        )
        for number, repair in enumerate(found.repairs, start=1)
    ]
    return Table(
        caption=f"Repairs of “{found.before.name}”, the least of each kind",
        columns=(
            Column(header="Repair"),
            Column(header="Takes at least"),
            Column(header="Verdict"),
            Column(header=f"Least margin per {unit}", is_number=True),
            Column(header="At the end", is_number=True),
            Column(header="Trust", is_number=True),
            Column(header="Takes", is_number=True),
        ),
        rows=tuple(rows),
    )


def _told(number: int, repair: Repair) -> list[Block]:
    blocks: list[Block] = [Paragraph(text=(f"{number}. {repair.summary}",))]
    if repair.notes:
        blocks.append(Bullets(items=tuple((note,) for note in repair.notes)))
    return blocks


def _roadmap(found: RepairSearch) -> Section:
    sentences = [sentence.text for sentence in explain_evaluation(found.before)][1:2]
    sentences += [sentence.text for sentence in explain_outcome(found)]
    blocks: list[Block] = [Paragraph(text=(" ".join(sentences),))]
    if found.repairs:
        blocks.append(_table(found))
        told = [block for number, repair in enumerate(found.repairs, start=1) for block in _told(number, repair)]
        blocks.append(Details(summary="What each repair takes, and what is to be minded", blocks=tuple(told)))
    if found.failures:
        items = tuple((f"{KINDS[failure.kind].capitalize()}: {failure.reason}",) for failure in found.failures)
        blocks.append(Details(summary="What cannot mend it, and why", blocks=(Bullets(items=items),)))
    return Section(id=f"repairs.{found.roadmap}", heading=found.before.name, blocks=tuple(blocks))


def repairs(found: Sequence[RepairSearch]) -> Section:
    """Return a section for each roadmap that does not hold in the base case."""
    if not found:
        return Section(
            id="repairs",
            heading="What would make them hold",
            blocks=(Paragraph(text=("Every roadmap holds in the base case, so there is nothing to repair.",)),),
        )
    text = (
        "For each roadmap that does not hold in the base case, the least change of every kind that would make it hold: "
        "payments after verification, earlier detection, other stage lengths, a further reversible counterpart, a "
        "guarantor, another order, leaving measures out, splitting a measure. Each is verified by evaluating the "
        "roadmap so repaired. Amounts of different kinds are in different units: which repair is cheapest is a "
        "judgement."
    )
    return Section(
        id="repairs",
        heading="What would make them hold",
        blocks=(Paragraph(text=(text,)),),
        sections=tuple(_roadmap(one) for one in found),
    )
