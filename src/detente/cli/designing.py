"""``detente design``: the roadmap that asks for the least trust, or is best in another way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from detente.analysis.result import Status
from detente.analysis.roadmap import Design, design_progress, design_roadmap
from detente.analysis.roadmap.explanation import explain_unstated
from detente.analysis.roadmap.progress_history import When
from detente.analysis.words import quote_measures
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.evaluating import format_trust
from detente.cli.goals import parse_goal, parse_groups, parse_memory
from detente.cli.output import Delivery
from detente.cli.progressing import parse_when
from detente.cli.screen import Screen
from detente.cli.showing import shorten_levels
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_share, format_signed
from detente.display.tables import Column, Table, build_table
from detente.progress import Progress

_OUTCOMES = {Status.OPTIMAL: "optimal", Status.NONE: "none exists", Status.STOPPED: "stopped"}
Objective = Literal["trust", "margin", "duration", "nash", "trust-building"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRequest:
    """The options of ``detente design`` as they were typed."""

    goal: str | None
    objective: Objective
    max_stages: int | None
    max_per_stage: int | None
    max_duration: int | None
    max_seconds: float | None
    together: tuple[str, ...]
    before: tuple[str, ...]
    at_table: str | None
    reading: str | None
    memory: str
    start: str | None = None


def run_design(path: str, settings: Sequence[str], *, request: DesignRequest, delivery: Delivery) -> None:
    """Design a roadmap for a case and show or write the answer."""
    memory = parse_memory(request.memory)
    at = None if request.start is None else parse_when(request.start)
    case = open_case(path, settings)
    with Watch() as watch:
        result = _design(case, request, at=at, memory=memory, progress=watch)
    delivery.deliver(result, show=lambda screen: show_design(screen, case, result), summary=summarise(case, result))


def _design(case: Case, request: DesignRequest, *, at: When | None, memory: int, progress: Progress) -> Design:
    assert request.objective != "trust-building", "which has a run of its own"
    design = design_roadmap if at is None else partial(design_progress, at=at)
    return design(
        case,
        goal=parse_goal(case, request.goal),
        objective=request.objective,
        max_stages=request.max_stages,
        max_per_stage=request.max_per_stage,
        max_duration=request.max_duration,
        max_seconds=request.max_seconds,
        together=parse_groups(case, "--together", request.together),
        before=[(first, second) for first, second in parse_groups(case, "--before", request.before, exactly=2)],
        reading=request.reading,
        at_table=request.at_table,
        memory=memory,
        progress=progress,
    )


def format_value(case: Case, result: Design, value: float | None) -> str:
    """Write a value of the objective in its own terms."""
    if value is None:
        return "unknown"
    match result.objective:
        case "trust":
            return f"a trust demand of {format_share(value)}"
        case "margin":
            return f"a least margin of {format_signed(value)}"
        case "duration":
            return count_noun(round(value), case.period or "period")
    return f"a product of gains of {value:.4g}"


def summarise(case: Case, result: Design) -> str:
    """Say in one line what was found, and what certifies it."""
    value = format_value(case, result, result.value)
    match result.status:
        case Status.OPTIMAL:
            return f"Optimal: {value}; no roadmap that holds does better."
        case Status.NONE:
            return "None exists: no roadmap reaches the goal." if result.missing else "None exists: none holds."
    bound = format_value(case, result, result.bound)
    found = f"the best found has {value}" if result.stages else "nothing that holds was found yet"
    return f"Stopped: {found}; the best possible is no better than {bound}."


def show_design(screen: Screen, case: Case, result: Design) -> None:
    """Show the roadmap found stage by stage, its certificate and what explains it."""
    start = _start(case, result)
    now = "" if start is None else f", from {case.period or 'period'} {result.parameters['from']} on"
    screen.heading(f"{case.name} – design for {result.objective}{now}: {_OUTCOMES[result.status]}")
    screen.line()
    if start is not None:
        screen.paragraph(start)
        screen.line()
    if result.stages:
        screen.table(stage_table(case, result))
        screen.line()
    # The table has the stages; sentences that only list their measures would repeat it.
    told = [s.text for s in result.explain().sentences if s.stage is None or s.measures != result.stages[s.stage - 1]]
    for text in told:
        screen.paragraph(text)
    if result.evaluation is not None:
        screen.line()
        for sentence in explain_unstated([result.evaluation]):
            screen.paragraph(sentence.text)
            screen.line()
        for text in _legend(case):
            screen.paragraph(text, tone="faint")


def _start(case: Case, result: Design) -> str | None:
    """Say what a design starts from; nothing of one that starts from the status quo."""
    if "from" not in result.parameters:
        return None
    if not result.in_force:
        return "Nothing is in force beside the status quo."
    wait = ""
    if result.waiting:
        verified = int(str(result.parameters["from"])) + result.waiting
        wait = f" All of it is verified at {case.period or 'period'} {verified}, when the first stage begins."
    return f"In force already: {quote_measures(case, result.in_force)}.{wait}"


def stage_table(case: Case, result: Design) -> Table:
    """Make the table of the stages of the roadmap found."""
    entry = result.evaluation
    assert entry is not None
    columns = (
        Column(header="stage", align="right"),
        Column(header=f"{case.period or 'period'}s", align="right"),
        Column(header="trust", align="right"),
        Column(header="margin", align="point"),
        Column(header="measures", can_wrap=True),
    )
    stages = zip(entry.stages, entry.durations, entry.trust_profile(), entry.stage_margins(), strict=True)
    return build_table(
        columns,
        [
            (
                str(number),
                str(duration),
                format_trust(trust),
                format_signed(margin),
                ", ".join(shorten_levels(case, measures)),
            )
            for number, (measures, duration, trust, margin) in enumerate(stages, start=1)
        ],
    )


def _legend(case: Case) -> Iterable[str]:
    unit = case.period or "period"
    yield f"margin: what the most tempted party would lose a {unit} by its best deviation, in its own value units."
    yield "trust: how likely the others must be thought to do their part for everyone to go ahead."
