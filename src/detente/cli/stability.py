"""``detente stability``: which states would last with no agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.analysis.result import Status
from detente.analysis.stability import CoalitionStability, Stability, analyse_coalitions, analyse_stability
from detente.analysis.stability.coalitions_words import MEANINGS as MEANINGS_TOGETHER
from detente.analysis.stability.stability_pictures import head_of, option_form
from detente.analysis.stability.stability_words import count_states, explain_concept, name_concept, name_strongest
from detente.cli.cases import open_case
from detente.cli.goals import parse_memory
from detente.cli.output import Delivery
from detente.cli.questions import break_head, frame_table, show_options
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.option_form import EITHER
from detente.display.tables import Cell, Column, Table, build_table
from detente.kernel.conflict import CONCEPTS
from detente.kernel.system import IntArray

MOST_INDIVIDUAL = 64
"""States up to which the individual table has all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StabilityRequest:
    """The options of ``detente stability`` as they were typed."""

    concepts: tuple[str, ...]
    horizon: int | None
    limited_moves: int | None
    most: int
    individual: bool
    coalitions: bool
    pareto: bool
    memory: str


def run_stability(
    path: str, settings: Sequence[str], *, reading: str | None, request: StabilityRequest, delivery: Delivery
) -> None:
    """Analyse a case and show or write the answer."""
    memory = parse_memory(request.memory)
    case = open_case(path, settings)
    with Watch() as watch:
        result = analyse_stability(
            case,
            reading=reading,
            concepts=request.concepts or CONCEPTS,
            horizon=request.horizon,
            limited_moves=request.limited_moves,
            memory=memory,
            progress=watch,
        )
        if request.coalitions:
            together = analyse_coalitions(
                case,
                reading=reading,
                improvement="pareto" if request.pareto else "strict",
                memory=memory,
                progress=watch,
            )
            result = replace(result, coalitions=together, status=together.status)
    delivery.deliver(result, show=lambda screen: show_stability(screen, result, request), summary=summarise(result))


def summarise(result: Stability) -> str:
    """Say in one line how many states are stable for all."""
    counts = ", ".join(
        f"{name_concept(concept)} {int(result.is_equilibrium(concept).sum()):,}" for concept in result.concepts
    )
    stopped = " Stopped before all was known." if result.status is Status.STOPPED else ""
    return f"Stable for all, of {count_states(result.conflict.n_states)}: {counts}.{stopped}"


def individual_table(result: Stability, states: IntArray) -> Table:
    """Make the table of individual stability: states in rows, parties in columns."""
    conflict = result.conflict
    columns = [
        Column(header="state"),
        *(Column(header=break_head(conflict.case.party(party).name), can_wrap=True) for party in conflict.parties),
        Column(header="all", can_wrap=True),
    ]
    rows: list[list[str | Cell]] = []
    for number in states:
        state = int(number)
        cells = [
            name_strongest(concept for concept in result.concepts if bool(result.stable[concept][party, state])) or "–"
            for party in range(len(conflict.parties))
        ]
        together = name_strongest(result.concepts_of(state))
        rows.append([head_of(conflict, state), *cells, Cell(together, "good") if together else "–"])
    return build_table(columns, rows)


def _show_coalitions(screen: Screen, result: CoalitionStability) -> None:
    """Show which coalitions would leave which states; of many states, those stable for every coalition."""
    screen.heading("If parties join forces")
    screen.line()
    frame = result.to_frame()
    flags = frame[list(result.concepts)]
    if len(frame) > MOST_INDIVIDUAL:
        frame = frame[flags.any(axis=1)].head(MOST_INDIVIDUAL)
    frame = frame.drop(columns=["number" if result.conflict.is_graph else "state"])
    frame["left by"] = [
        ", ".join(
            " + ".join(result.conflict.case.party(party).name for party in members) for members in result.leaving(state)
        )
        for state in frame.index
    ]
    if len(frame):
        screen.table(
            frame_table(frame.rename(columns={concept: f"C{name_concept(concept[1:])}" for concept in result.concepts}))
        )
        screen.line()
    screen.points(sentence.text for sentence in result.explain().sentences)
    screen.line()


def show_stability(screen: Screen, result: Stability, request: StabilityRequest) -> None:
    """Show the states that are stable for all in option form, then what that says."""
    conflict = result.conflict
    names = {entry.id: entry.name for entry in conflict.case.readings}
    seen = "base case" if conflict.reading is None else f"reading {conflict.reading}: {names[conflict.reading]}"
    screen.heading(f"{conflict.case.name} – {seen}, without agreement")
    screen.line()
    shown = result.shown_states()
    states = shown[: request.most]
    start = conflict.status_quo
    if start is not None:
        states = np.insert(states[states != start], 0, start)
    if states.size:
        show_options(screen, option_form(result, states))
    if shown.size > request.most:
        screen.paragraph(
            f"{shown.size - request.most:,} more states are stable for all under some concept; "
            f"--most shows more, --output writes them all."
        )
        screen.line()
    first, *others = (sentence.text for sentence in result.explain().sentences)
    screen.paragraph(first)
    screen.points(others)
    screen.line()
    if request.individual:
        whole = conflict.n_states <= MOST_INDIVIDUAL
        screen.heading("Stable for whom")
        screen.line()
        screen.table(individual_table(result, np.arange(conflict.n_states) if whole else states))
        screen.line()
    if result.coalitions is not None:
        _show_coalitions(screen, result.coalitions)
    for concept in result.concepts:
        screen.paragraph(explain_concept(concept), tone="faint")
    if result.coalitions is not None:
        for concept in result.coalitions.concepts:
            name = f"C{name_concept(concept[1:])}"
            screen.paragraph(f"{name}: {MEANINGS_TOGETHER[concept]}", tone="faint")
    if request.individual:
        screen.paragraph(
            "Stable for whom: by the concepts named and those that follow from them, –: by none.", tone="faint"
        )
    if any(EITHER in letters for group in option_form(result, states).groups for _, letters in group.options):
        screen.paragraph(f"{EITHER}: the state is the same whether the option is taken or not.", tone="faint")
    if start is not None:
        screen.paragraph("*: the status quo.", tone="faint")
