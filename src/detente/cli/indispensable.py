"""``detente indispensable``: what parties and formats are worth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from detente.analysis.result import Status
from detente.analysis.roadmap import Indispensability, find_indispensable
from detente.analysis.roadmap.coalitions import Coalition, Reach
from detente.analysis.roadmap.indispensability_parts import ReadingWorth
from detente.analysis.roadmap.indispensability_words import (
    describe_source,
    explain_reading,
    explain_scale,
    say_amount,
    say_score,
    say_within,
)
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.goals import parse_goal, parse_memory
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_share, format_signed
from detente.display.tables import Cell, Column, Table, build_table

Objective = Literal["trust", "margin", "duration", "nash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndispensableRequest:
    """The options of ``detente indispensable`` as they were typed."""

    readings: tuple[str, ...]
    objectives: tuple[Objective, ...]
    goal: str | None
    sources: bool
    coalitions: bool
    max_per_stage: int | None
    max_seconds: float | None
    memory: str


def run_indispensable(path: str, settings: Sequence[str], *, request: IndispensableRequest, delivery: Delivery) -> None:
    """Look at every set of parties of a case and show or write the answer."""
    memory = parse_memory(request.memory)
    case = open_case(path, settings)
    goal = parse_goal(case, request.goal)
    with Watch() as watch:
        result = find_indispensable(
            case,
            readings=request.readings or None,
            objectives=request.objectives,
            goal=goal,
            sources=request.sources,
            max_per_stage=request.max_per_stage,
            max_seconds=request.max_seconds,
            memory=memory,
            progress=watch,
        )
    delivery.deliver(
        result,
        show=lambda screen: show_indispensability(screen, case, result, coalitions=request.coalitions),
        summary=summarise(case, result),
    )


def summarise(case: Case, result: Indispensability) -> str:
    """Say in one line whom nothing goes without, under every reading that was asked for."""
    said = []
    for entry in result.readings:
        names = [case.party(worth.party).name for worth in entry.parties if worth.is_needed]
        where = f"{entry.reading}: " if entry.reading is not None else ""
        said.append(f"{where}{', '.join(names) or 'nobody'}")
    stopped = " Stopped before all was known." if result.status is Status.STOPPED else ""
    return f"Needed at every table that comes to anything: {'; '.join(said)}.{stopped}"


def party_table(case: Case, entry: ReadingWorth) -> Table:
    """Make the table of what each party is worth."""
    columns = (
        Column(header="party", can_wrap=True),
        Column(header="all\nwithout it", align="point"),
        Column(header="lost\nwithout it", align="point"),
        Column(header="the others\nlose", align="point"),
        Column(header="Shapley\nvalue", align="point"),
        Column(header="all, while\nit refuses", align="point"),
        Column(header="needed at\nevery table"),
    )
    return build_table(
        columns,
        [
            (
                case.party(worth.party).name,
                say_score(refusal.absent),
                say_amount(worth.marginal),
                say_amount(worth.others),
                say_amount(worth.shapley),
                Cell(say_score(refusal.refusing), "bad" if refusal.is_spoiler else None),
                Cell("yes", "strong") if worth.is_needed else "no",
            )
            for worth, refusal in zip(entry.parties, entry.refusals, strict=True)
        ],
    )


def _gains(case: Case, gains: Mapping[str, float]) -> str:
    return ", ".join(f"{case.party(party).name} {format_signed(gain)}" for party, gain in gains.items()) or "–"


def format_table(case: Case, entry: ReadingWorth) -> Table:
    """Make the table of formats."""
    columns = (
        Column(header="format", can_wrap=True),
        Column(header="score", align="point"),
        Column(header="the same at\nthe table of all", align="point"),
        Column(header="gains of those at the table", can_wrap=True),
        Column(header="of the others", can_wrap=True),
    )
    rows = []
    for value in entry.formats:
        table = value.coalition
        label = value.id if value.is_named else ", ".join(case.party(party).name for party in table.parties)
        if not value.is_named and table.value <= 0.0:
            label = f"any {len(table.parties)} parties"
        within = say_within(value.within_all)
        rows.append((label, say_score(table), within, _gains(case, table.gains), _gains(case, table.outsiders)))
    return build_table(columns, rows)


def _reach(case: Case, objective: str, reach: Reach | None) -> str:
    if reach is None or (reach.value is None and reach.status is Status.NONE):
        return "none"
    if reach.value is None:
        return "open"
    match objective:
        case "trust":
            said = format_share(reach.value)
        case "margin":
            said = format_signed(reach.value)
        case _:
            said = count_noun(round(reach.value), case.period or "period")
    return said if reach.status is Status.OPTIMAL else f"{said} or better"


def coalition_table(case: Case, tables: Iterable[Coalition]) -> Table:
    """Make the table of sets of parties, those that come to most first, with other objectives that were asked for."""
    listed = sorted(tables, key=lambda table: (-table.value, len(table.parties)))
    objectives = list(listed[0].reaches) if listed else []
    columns = (
        Column(header="parties", can_wrap=True),
        Column(header="score", align="point"),
        Column(header="stages", align="right"),
        *(Column(header=objective, align="right") for objective in objectives),
        Column(header="gains", can_wrap=True),
    )
    return build_table(
        columns,
        [
            (
                ", ".join(case.party(party).name for party in table.parties),
                say_score(table),
                str(len(table.stages) or "–"),
                *(_reach(case, objective, table.reaches.get(objective)) for objective in objectives),
                _gains(case, table.gains),
            )
            for table in listed
        ],
    )


def source_table(case: Case, entry: ReadingWorth) -> Table:
    """Make the table of what would be gone without each thing that a party has, where anything would."""
    columns = (
        Column(header="party", can_wrap=True),
        Column(header="without", can_wrap=True),
        Column(header="all\nlose", align="point"),
        Column(header="less lost\nwithout it", align="point"),
        Column(header="less\nShapley", align="point"),
    )
    rows = []
    for worth in entry.sources or ():
        amounts = (worth.table, worth.marginal, worth.shapley)
        if not any(amount.low or amount.high for amount in amounts):
            continue
        rows.append(
            (
                case.party(worth.source.party).name,
                describe_source(case, worth),
                say_amount(worth.table),
                say_amount(worth.marginal),
                say_amount(worth.shapley),
            )
        )
    return build_table(columns, rows)


def reading_table(case: Case, result: Indispensability) -> Table:
    """Make the table of Shapley values, one column per reading."""
    columns = (
        Column(header="Shapley value", can_wrap=True),
        *(Column(header=entry.reading or "base case", align="point") for entry in result.readings),
    )
    return build_table(
        columns,
        [
            (party.name, *(say_amount(entry.parties[place].shapley) for entry in result.readings))
            for place, party in enumerate(case.parties)
        ],
    )


def _further_tables(entry: ReadingWorth) -> list[Coalition]:
    """The tables worth a line: those that come to something, may do so, or reach another objective."""
    return [
        table
        for table in entry.coalitions
        if table.bound > 0.0 or any(reach.value is not None for reach in table.reaches.values())
    ]


def show_indispensability(screen: Screen, case: Case, result: Indispensability, *, coalitions: bool) -> None:
    """Show parties, formats and reasons, one section per reading."""
    names = {reading.id: reading.name for reading in case.readings}
    for entry in result.readings:
        read = case.under(entry.reading)
        seen = "base case" if entry.reading is None else f"reading {entry.reading}: {names[entry.reading]}"
        screen.heading(f"{case.name} – who is indispensable – {seen}")
        screen.line()
        screen.table(party_table(read, entry))
        screen.line()
        if entry.formats:
            screen.table(format_table(read, entry))
            screen.line()
        further = _further_tables(entry)
        if further and (coalitions or any(table.reaches for table in further)):
            screen.table(coalition_table(read, further))
            screen.line()
        if entry.sources:
            screen.table(source_table(read, entry))
            screen.line()
        first, *others = (sentence.text for sentence in explain_reading(result, entry))
        screen.paragraph(first)
        screen.points(others)
        screen.line()
    if len(result.readings) > 1:
        screen.table(reading_table(case, result))
        screen.line()
    for text in _legend(case, result):
        screen.paragraph(text, tone="faint")
    for sentence in explain_scale(result):
        screen.paragraph(sentence.text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(case, result), tone="bad")


def _legend(case: Case, result: Indispensability) -> Iterator[str]:
    unit = case.period or "period"
    yield (
        f"score: what the best roadmap of a table adds a {unit} to each of its parties, as the geometric mean over "
        "them; 0 if none holds or one of them gains nothing."
    )
    yield (
        "the others lose: the mean of the others alone in the best roadmap of all, less what they come to without the "
        "party; whether it is above 0 depends on nobody's unit."
    )
    yield "while it refuses: it sits at the table of all, and nothing that needs it can be taken."
    if any(entry.sources for entry in result.readings):
        yield (
            "less lost without it, less Shapley: by how much these numbers of the party would be smaller if it lacked "
            "the one thing named."
        )
    aims = [objective for objective in ("trust", "duration") if objective in _objectives(result)]
    if aims and "goal" not in result.parameters:
        yield f"{' and '.join(aims)}: for the measures that the table's best roadmap takes."
    if "margin" in _objectives(result):
        yield "margin: the greatest that any roadmap of the table leaves the most tempted, in its own units."


def _objectives(result: Indispensability) -> list[str]:
    return [objective for table in result.readings[0].coalitions for objective in table.reaches]
