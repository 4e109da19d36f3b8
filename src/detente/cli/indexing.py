"""``detente indices``: who gives first, who can be held up, where power moves, what is left out, which orders clash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from detente.analysis.result import Sentence, Status
from detente.analysis.roadmap.indices import Indices, compute_indices
from detente.analysis.roadmap.indices_cycles import Demand
from detente.analysis.roadmap.indices_entries import RoadmapIndices
from detente.analysis.roadmap.indices_levers import Lever
from detente.analysis.roadmap.indices_order import OrderDemands
from detente.analysis.roadmap.indices_words import (
    explain_front_loading,
    explain_hold_up,
    explain_levers,
    explain_order,
    explain_power,
    flips_verdict,
    name_order,
    unit_of,
)
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.goals import parse_goal
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_share, format_short, format_signed
from detente.display.tables import Cell, Column, Table, build_table


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicesRequest:
    """The options of ``detente indices`` as they were typed."""

    roadmaps: tuple[str, ...] | None
    readings: tuple[str, ...] | None
    goal: str | None
    max_measures: int
    max_per_stage: int | None


def run_indices(path: str, settings: Sequence[str], *, request: IndicesRequest, rows: bool, delivery: Delivery) -> None:
    """Compute the indices of roadmaps of a case and show or write the answer."""
    case = open_case(path, settings)
    with Watch() as watch:
        result = compute_indices(
            case,
            None if request.roadmaps is None else list(dict.fromkeys(request.roadmaps)),
            readings=None if request.readings is None else list(dict.fromkeys(request.readings)),
            goal=parse_goal(case, request.goal),
            max_measures=request.max_measures,
            max_per_stage=request.max_per_stage,
            progress=watch,
        )
    delivery.deliver(
        result, show=lambda screen: show_indices(screen, case, result, rows=rows), summary=summarise(result)
    )


def summarise(result: Indices) -> str:
    """Say in one line how much was looked at, and how many cycles there are."""
    cycles = sum(len(order.cycles) for order in result.orders)
    found = f"{count_noun(cycles, 'cycle')} in the order that is demanded" if cycles else "no cycle in the order"
    stopped = " Stopped before all was examined." if result.status is Status.STOPPED else ""
    return f"Indices of {count_noun(len(result.roadmaps), 'roadmap')}; {found}.{stopped}"


def show_indices(screen: Screen, case: Case, result: Indices, *, rows: bool) -> None:
    """Show the indices of every roadmap, then the orders."""
    names = {reading.id: reading.name for reading in case.readings}
    for entry in result.roadmaps:
        seen = "base case" if entry.reading is None else f"reading {entry.reading}: {names[entry.reading]}"
        screen.heading(f"{entry.evaluation.name} – {seen}")
        screen.line()
        _show_entry(screen, entry, rows=rows)
    for order in result.orders:
        title = name_order(order)
        screen.heading(f"{title[:1].upper()}{title[1:]}")
        screen.line()
        told = [demand for demand in order.demands if not demand.implied]
        if told:
            screen.table(demand_table(order, told))
            screen.line()
        _say(screen, explain_order(order))
    for text in _legend(unit_of(case), rows=rows, has_roadmaps=bool(result.roadmaps)):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _say(screen: Screen, sentences: Iterable[Sentence]) -> None:
    screen.points(sentence.text for sentence in sentences)
    screen.line()


def _show_entry(screen: Screen, entry: RoadmapIndices, *, rows: bool) -> None:
    screen.table(party_table(entry))
    screen.line()
    _say(screen, [*explain_front_loading(entry), *explain_hold_up(entry), *explain_power(entry)])
    if rows:
        screen.table(stage_table(entry))
        screen.line()
    if entry.levers:
        screen.table(lever_table(entry))
        screen.line()
    _say(screen, explain_levers(entry))


def _time(periods: float | None) -> str:
    return "–" if periods is None else f"{periods:.1f}"


def format_risk(risk: float | None) -> str:
    """Write a hold-up risk; none where no probability suffices."""
    return "none suffices" if risk is None else format_share(risk)


def party_table(entry: RoadmapIndices) -> Table:
    """Make the table of parties: timing, and the stage at which each can be held up most."""
    columns = (
        Column(header="party", can_wrap=True),
        Column(header="gives\nat", align="point"),
        Column(header="gets\nat", align="point"),
        Column(header="front-\nloading", align="point"),
        Column(header="order\ncost", align="point"),
        Column(header="at\nworst", align="point"),
        Column(header="hold-up\nrisk", align="right", can_wrap=True),
        Column(header="after\nstage", align="right"),
    )
    table = []
    for index in entry.parties:
        # A risk without remedy first, then the greatest.
        worst = max(entry.of_party(index.party), key=lambda row: 2.0 if row.hold_up is None else row.hold_up)
        at_risk = worst.hold_up is None or worst.hold_up > 0.0
        table.append(
            (
                index.party,
                _time(index.gives_at),
                _time(index.gets_at),
                "–" if index.front_loading is None else format_signed(index.front_loading),
                format_signed(index.order_cost),
                format_signed(index.worst),
                format_risk(worst.hold_up),
                str(worst.stage) if at_risk else "–",
            )
        )
    return build_table(columns, table)


def stage_table(entry: RoadmapIndices) -> Table:
    """Make the table of every party after every stage."""
    columns = (
        Column(header="stage", align="right"),
        Column(header="party", can_wrap=True),
        Column(header="sunk", align="point"),
        Column(header="stake", align="point"),
        Column(header="loss", align="point"),
        Column(header="hold-up\nrisk", align="right", can_wrap=True),
        Column(header="outside\noption", align="point"),
        Column(header="shift", align="point"),
        Column(header="could take", can_wrap=True),
    )
    return build_table(
        columns,
        [
            (
                str(row.stage),
                row.party,
                f"{row.sunk:.2f}",
                f"{row.stake:.2f}",
                format_signed(row.loss),
                format_risk(row.hold_up),
                f"{row.outside:.2f}",
                format_signed(row.shift),
                ", ".join(
                    f"{format_short(round(harm, 2))} from {other}"
                    for other, harm in row.inflicts.items()
                    if harm >= 0.005
                ),
            )
            for row in entry.stages
        ],
    )


def _users(lever: Lever, case: Case) -> str:
    forum = case.measure(lever.measure).forum
    if forum is not None and lever.jointly:
        return forum
    return (" and " if lever.jointly else " or ").join(lever.parties)


def lever_table(entry: RoadmapIndices) -> Table:
    """Make the table of what no stage mentions: who can use it, what that does to whom, and to the verdict."""
    columns = (
        Column(header="lever", can_wrap=True),
        Column(header="who", can_wrap=True),
        Column(header="to whom", can_wrap=True),
        Column(header="holds\nthen"),
    )
    table = []
    for lever in entry.levers:
        change = lever.at_start if lever.at_start is not None else lever.at_end or {}
        moved = [f"{party} {format_signed(value)}" for party, value in change.items() if abs(value) >= 0.005]
        also = f" (with {', '.join(lever.along)})" if lever.along else ""
        verdict = "–" if lever.holds_after is None else "yes" if lever.holds_after else "no"
        tone = None if not flips_verdict(entry, lever) else "good" if lever.holds_after else "bad"
        table.append(
            (
                f"{lever.use} {lever.measure}{also}",
                _users(lever, entry.case),
                ", ".join(moved) or "nobody",
                Cell(verdict, tone),  # type: ignore[arg-type]  # the words above are tones
            )
        )
    return build_table(columns, table)


def demand_table(order: OrderDemands, demands: Sequence[Demand]) -> Table:
    """Make the table of what has to come before what, and who demands it."""
    in_cycle = {(d.before, d.after) for cycle in order.cycles for step in cycle.steps for d in step}
    columns = (
        Column(header="measure", can_wrap=True),
        Column(header="has to come"),
        Column(header="measure", can_wrap=True),
        Column(header="readings", can_wrap=True),
        Column(header="how known"),
        Column(header="in a\ncycle"),
    )
    same: dict[tuple[str, str, bool, bool], list[str | None]] = {}
    for demand in demands:
        same.setdefault((demand.before, demand.after, demand.strict, demand.stated), []).append(demand.reading)
    every = [found.reading for found in order.readings]
    return build_table(
        columns,
        [
            (
                before,
                "before" if strict else "not after",
                after,
                "all" if readings == every and len(every) > 1 else ", ".join(r or "base case" for r in readings),
                "stated" if stated else "derived",
                Cell("yes", "bad") if (before, after) in in_cycle else "no",
            )
            for (before, after, strict, stated), readings in same.items()
        ],
    )


def _legend(unit: str, *, rows: bool, has_roadmaps: bool) -> Iterable[str]:
    if has_roadmaps:
        yield (
            f"gives at, gets at: when on average, in {unit}s from the start. front-loading: how much later it gets "
            "than it gives, over the start of the last stage; +1 gives all first, -1 gets all first. order cost: what "
            f"it would gain a {unit} if all came at once. at worst: its lowest value in any stage, less that before."
        )
        yield (
            "hold-up risk: how likely the others must be thought to go on after the stage for the party not to regret "
            "having begun. holds then: whether the roadmap holds if the lever is used before it starts."
        )
        if rows:
            yield (
                f"A {unit}, in own units. sunk: what own irreversible measures and costs so far have taken. stake: "
                "what the others could extract at most. loss: how much worse off than if never begun, if the others "
                "stop (negative: better). outside option: what walking out is worth; shift: its change by the stage. "
                "could take: by undoing own measures, in the other's units."
            )
    yield (
        "derived: under the reading roadmaps hold, but none with another order of the two. Values are those of the "
        "case; nothing here predicts what anybody will do."
    )
