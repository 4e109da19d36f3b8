"""What mediators look at: who gives first, who can be held up, where power moves, which orders clash."""

from __future__ import annotations

from collections.abc import Iterable

from detente.analysis.result import Sentence
from detente.analysis.roadmap import OrderDemands, RoadmapIndices, StageIndices
from detente.analysis.roadmap.indices_pictures import (
    plot_front_loading,
    plot_hold_up,
    plot_levers,
    plot_order,
    plot_power,
)
from detente.analysis.roadmap.indices_words import (
    describe_users,
    explain_front_loading,
    explain_hold_up,
    explain_levers,
    explain_order,
    explain_power,
    flips_verdict,
    name_order,
)
from detente.display.prose import format_share
from detente.display.style import format_margin
from detente.display.svg import axes_to_svg
from detente.report.document import Block, Bullets, Cell, Column, Details, Paragraph, Picture, Section, Table
from detente.report.findings import Findings
from detente.report.words import join, reading_name, say_measures, unit_of


def _bullets(sentences: Iterable[Sentence]) -> Bullets:
    return Bullets(items=tuple((sentence.text,) for sentence in sentences))


def _say_risk(risk: float | None) -> str:
    return "none suffices" if risk is None else format_share(risk)


def _pictures(entry: RoadmapIndices, name: str) -> tuple[Picture, Picture, Picture]:
    case, title = entry.case, f"“{entry.evaluation.name}”"

    def at(periods: float | None) -> str:
        return "never" if periods is None else f"after {periods:.1f} {unit_of(case)}s"

    timing = [
        f"{case.party(i.party).name} gives {at(i.gives_at)} and gets {at(i.gets_at)} on average" for i in entry.parties
    ]
    risks = [f"{case.party(r.party).name} after stage {r.stage}: {_say_risk(r.hold_up)}" for r in entry.stages]
    shifts = [f"{case.party(r.party).name} at stage {r.stage}: {format_margin(r.shift)}" for r in entry.stages]
    return (
        Picture(
            name=f"{name}.timing",
            title=f"When each party gives and gets in {title}",
            description=f"{'; '.join(timing)}.",
            svg=axes_to_svg(plot_front_loading(entry)),
        ),
        Picture(
            name=f"{name}.holdup",
            title=f"Hold-up risk after every stage of {title}",
            description=f"{'; '.join(risks)}.",
            svg=axes_to_svg(plot_hold_up(entry)),
        ),
        Picture(
            name=f"{name}.power",
            title=f"How the stages of {title} move what walking out is worth",
            description=f"{'; '.join(shifts)}.",
            svg=axes_to_svg(plot_power(entry)),
        ),
    )


def _stage_row(entry: RoadmapIndices, row: StageIndices) -> tuple[Cell, ...]:
    amounts = (row.sunk, row.stake, row.loss)
    return (
        Cell(text=(f"After stage {row.stage}",)),
        Cell(text=(entry.case.party(row.party).name,)),
        *(Cell(text=(format_margin(amount),)) for amount in amounts),
        Cell(text=(_say_risk(row.hold_up),)),
        Cell(text=(format_margin(row.outside),)),
        Cell(text=(format_margin(row.shift),)),
    )


def _stage_table(entry: RoadmapIndices) -> Table:
    unit = unit_of(entry.case)
    return Table(
        caption=f"How each party stands after every stage of “{entry.evaluation.name}”, per {unit} in its own units. "
        "Sunk: what its own irreversible steps and costs have taken. Stake: the most that the others could extract. "
        "Loss: how much worse off than if it had never begun it is if the others stop there",
        columns=(
            Column(header="When"),
            Column(header="Party"),
            Column(header="Sunk", is_number=True),
            Column(header="Stake", is_number=True),
            Column(header="Loss", is_number=True),
            Column(header="Hold-up risk", is_number=True),
            Column(header="Walking out", is_number=True),
            Column(header="Changed by", is_number=True),
        ),
        rows=tuple(_stage_row(entry, row) for row in entry.stages),
        is_grouped=True,
    )


def _lever_blocks(entry: RoadmapIndices, name: str) -> tuple[Block, ...]:
    case = entry.case
    rows = []
    told = []
    for lever in entry.levers:
        change = lever.at_start if lever.at_start is not None else lever.at_end or {}
        moved = [f"{case.party(party).name} {format_margin(value)}" for party, value in change.items() if value]
        verdict = "–" if lever.holds_after is None else "✓ holds" if lever.holds_after else "✗ does not hold"
        tone = None if not flips_verdict(entry, lever) else "holds" if lever.holds_after else "fails"
        rows.append(
            (
                Cell(text=(f"{'taking' if lever.use == 'take' else 'ending'} {say_measures(case, [lever.measure])}",)),
                Cell(text=(describe_users(case, lever),)),
                Cell(text=(say_measures(case, lever.along) if lever.along else "–",)),
                Cell(text=(join(moved) or "nobody",)),
                Cell(text=(verdict,), tone=tone),  # type: ignore[arg-type]  # the words above are tones
            )
        )
        told.append(f"{lever.use} {lever.measure}: {join(moved) or 'nobody'}")
    table = Table(
        caption=f"What no stage of “{entry.evaluation.name}” mentions, and what using it changes per {unit_of(case)}, "
        "in each party’s own units. Then: the roadmap, if the lever is used before it starts",
        columns=(
            Column(header="Lever"),
            Column(header="Who"),
            Column(header="Along with"),
            Column(header="To whom"),
            Column(header="Then"),
        ),
        rows=tuple(rows),
    )
    picture = Picture(
        name=f"{name}.levers",
        title=f"What levers outside “{entry.evaluation.name}” would do to whom",
        description=f"{'; '.join(told)}.",
        svg=axes_to_svg(plot_levers(entry)),
    )
    return picture, table


def _roadmap(entry: RoadmapIndices) -> Section:
    name = f"indices.{entry.id}"
    timing, hold_up, power = _pictures(entry, name)
    blocks: list[Block] = [
        _bullets(
            [*explain_front_loading(entry), *explain_hold_up(entry), *explain_power(entry), *explain_levers(entry)]
        ),
        *((timing,) if len(entry.evaluation.stages) > 1 else ()),
        Details(
            summary="Hold-up risk and power after every stage",
            blocks=(
                Paragraph(
                    text=(
                        "Hold-up risk: how likely the others must be thought to go on for the party not to "
                        "regret having begun.",
                    )
                ),
                hold_up,
                power,
                _stage_table(entry),
            ),
        ),
    ]
    if entry.levers:
        blocks.append(Details(summary="Levers outside the roadmap", blocks=_lever_blocks(entry, name)))
    return Section(id=name, heading=entry.evaluation.name, blocks=tuple(blocks))


def _demand_table(order: OrderDemands) -> Table:
    case = order.case
    same: dict[tuple[str, str, bool, bool], list[str | None]] = {}
    for demand in order.demands:
        if not demand.implied:
            same.setdefault((demand.before, demand.after, demand.strict, demand.stated), []).append(demand.reading)
    in_cycle = {(d.before, d.after) for cycle in order.cycles for step in cycle.steps for d in step}
    every = [found.reading for found in order.readings]
    rows = []
    for (before, after, strict, stated), readings in same.items():
        whose = "all" if readings == every and len(every) > 1 else join(reading_name(case, r) for r in readings)
        clashes = (before, after) in in_cycle
        rows.append(
            (
                Cell(text=(case.measure(before).name,)),
                Cell(text=("before" if strict else "not after",)),
                Cell(text=(case.measure(after).name,)),
                Cell(text=(whose,)),
                Cell(text=("stated" if stated else "derived",)),
                Cell(text=("yes" if clashes else "no",), tone="fails" if clashes else None),
            )
        )
    return Table(
        caption="What has to come before what. Derived: under the reading roadmaps hold, but none with another order "
        "of the two",
        columns=(
            Column(header="Measure"),
            Column(header="Has to come"),
            Column(header="Measure"),
            Column(header="Readings"),
            Column(header="How known"),
            Column(header="In a cycle"),
        ),
        rows=tuple(rows),
    )


def _order(order: OrderDemands, number: int) -> Section:
    heading = name_order(order)
    name = f"order.{number}"
    blocks: list[Block] = [_bullets(explain_order(order))]
    if order.demands:
        case = order.case
        told = [
            f"{case.measure(d.before).name} {'before' if d.strict else 'not after'} {case.measure(d.after).name} "
            f"({reading_name(case, d.reading)})"
            for d in order.demands
            if not d.implied
        ]
        picture = Picture(
            name=f"{name}.picture",
            title="What has to come before what",
            description=f"{'; '.join(told)}.",
            svg=axes_to_svg(plot_order(order)),
        )
        folded = (picture, _demand_table(order))
        blocks += (
            [picture, _demand_table(order)]
            if order.cycles
            else [Details(summary="What has to come before what", blocks=folded)]
        )
    return Section(id=name, heading=f"{heading[:1].upper()}{heading[1:]}", blocks=tuple(blocks))


def indices(findings: Findings) -> Section:
    """Return what mediators look at, roadmap by roadmap in the base case, and the order that readings demand."""
    found = findings.indices
    assert found is not None, "told only where there is a roadmap, or readings that demand an order"
    text = (
        (
            "Who gives first and who can be held up are not verdicts: a roadmap can hold and still ask one side to go "
            "far ahead. Each roadmap is looked at in the base case; the order of its measures under every reading told."
        )
        if found.roadmaps
        else "The case has no roadmap yet. What order do the readings demand of its measures, and can all be met?"
    )
    return Section(
        id="indices",
        heading="What mediators look at",
        blocks=(Paragraph(text=(text,)),),
        sections=(
            *(_roadmap(entry) for entry in found.roadmaps),
            *(_order(order, number) for number, order in enumerate(found.orders, start=1)),
        ),
    )
