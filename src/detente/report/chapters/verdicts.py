"""The chapters that come first: the answer in short, every verdict, and what outside breakdowns do to them."""

from __future__ import annotations

from collections import Counter

from detente.analysis.result import Status
from detente.analysis.roadmap import Design
from detente.analysis.roadmap.sensitivity import verdict_of
from detente.case import point
from detente.report.chapters.stability import stability_in_short
from detente.report.chapters.standing import standing_in_short
from detente.report.document import Bullets, Cell, Column, Paragraph, Section, Table, Text
from detente.report.findings import Findings
from detente.report.pictures import draw_verdicts
from detente.report.words import (
    at_most_per_stage,
    join,
    quote_names,
    reading_name,
    say_critical,
    say_goal,
    say_hazard,
    say_margin,
    say_measures,
    say_number,
    say_trust,
    under,
    unit_of,
    verdict_cell,
)


def _who_holds(findings: Findings, reading: str | None) -> str:
    entries = findings.entries(reading)
    holding = [entry for entry in entries if entry.holds]
    if not holding:
        few = {1: "the only roadmap does not hold", 2: "neither of the two roadmaps holds"}
        return few.get(len(entries), f"none of the {len(entries)} roadmaps holds")
    if len(holding) == len(entries):
        few = {1: "the only roadmap holds", 2: "both roadmaps hold"}
        return few.get(len(entries), f"all {len(entries)} roadmaps hold")
    rest = len(entries) - len(holding)
    others = "the other one does not" if rest == 1 else f"the other {rest} do not"
    return f"{quote_names(holding)} hold{'s' if len(holding) == 1 else ''}; {others}"


def _holding(findings: Findings) -> list[str]:
    """Which roadmaps hold, readings that agree in one sentence."""
    agreeing: dict[str, list[str | None]] = {}
    for reading in (None, *findings.readings):
        agreeing.setdefault(_who_holds(findings, reading), []).append(reading)
    return [f"{under(findings.case, *readings)}, {which}." for which, readings in agreeing.items()]


def _without_hazard(findings: Findings) -> str | None:
    """Which verdicts change if nothing from outside can break the process."""
    base = findings.entries(None)
    if not base or base[0].hazard <= 0.0:
        return None
    held = {entry.id for entry in base if findings.hazards[entry.id][0].verdict.holds}
    gained = [entry for entry in base if entry.id in held and not entry.holds]
    lost = [entry for entry in base if entry.id not in held and entry.holds]
    sentences = []
    if gained:
        sentences.append(f"{quote_names(gained)} would hold if nothing outside the process could break it.")
    if lost:
        sentences.append(f"{quote_names(lost)} would not hold if nothing outside the process could break it.")
    return " ".join(sentences) or None


def _designs_in_short(findings: Findings) -> list[str]:
    """Whether some roadmap to a goal holds, under which readings, and how much trust it asks for."""
    case, told = findings.case, []
    alike: dict[tuple[object, ...], list[tuple[str | None, Design]]] = {}
    for found in findings.designs:
        if found.design is not None:
            key = (found.design.goal, found.design.parameters.get("max_per_stage"))
            alike.setdefault(key, []).append((found.reading, found.design))
    widest: tuple[str, ...] = ()
    for (_, limit), made in alike.items():
        scope = "" if limit is None else f" ({at_most_per_stage([limit])})"
        goal = made[0][1].goal or ()
        without = [measure for measure in widest if measure not in goal]
        if goal and set(goal) < set(widest):
            every = f"all possible roadmaps to the same without {say_measures(case, without)}{scope}"
        else:
            every = f"all possible roadmaps to {say_goal(case, made[0][1].goal)}{scope}"
        widest = widest or goal
        none = [reading for reading, design in made if design.status is Status.NONE]
        asked = [
            f"{say_trust(design.evaluation.trust)} {under(case, reading, starts=False)}"
            for reading, design in made
            if design.evaluation is not None
        ]
        proven = all(design.status is not Status.STOPPED for _, design in made)
        if asked:
            so_far = "" if proven else ", as far as was searched,"
            told.append(
                f"Out of {every}, some hold. The least trust that one of them asks for{so_far} is {join(asked)}."
            )
        if none:
            told.append(f"Out of {every}, none holds {under(case, *none, starts=False)}.")
    return told


def _widest_flip(findings: Findings) -> str | None:
    """The one number that, within its range, changes the most verdicts."""
    if not findings.flips:
        return None
    counts = Counter((flip.number.place, flip.value) for flip in findings.flips)
    (place, value), count = max(counts.items(), key=lambda item: item[1])
    number = next(flip.number for flip in findings.flips if flip.number.place == place)
    every = len(findings.entries(None))
    verdicts = f"{count} of the {every} verdicts" if count > 1 else "a verdict"
    if 1 < count == every:
        verdicts = "both verdicts" if every == 2 else f"all {every} verdicts"
    moved = f"{say_number(value)} in place of {say_number(point(number.quantity))}"
    return f"A single number changes {verdicts} of the base case within its range: {number.label}, at {moved}."


def in_short(findings: Findings) -> Section:
    """Return the answer in a few sentences."""
    items: list[str | None] = []
    if findings.evaluation is not None:
        items += _holding(findings)
        items.append(_without_hazard(findings))
        items += standing_in_short(findings)
    items += _designs_in_short(findings)
    items += stability_in_short(findings)
    items.append(_widest_flip(findings))
    told: tuple[Text, ...] = tuple((item,) for item in items if item is not None)
    nothing = Paragraph(text=("The case has no roadmap, and none was designed.",))
    return Section(id="in-short", heading="In short", blocks=(Bullets(items=told) if told else nothing,))


def verdicts(findings: Findings) -> Section:
    """Return every verdict in the base case and under every reading."""
    case, unit = findings.case, unit_of(findings.case)
    readings = (None, *findings.readings)
    matrix = [[findings.entry(roadmap.id, reading) for reading in readings] for roadmap in findings.roadmaps]
    rows = []
    for entries in matrix:
        for entry in entries:
            verdict = verdict_of(entry)
            rows.append(
                (
                    Cell(text=(entry.name,)),
                    Cell(text=(reading_name(case, entry.reading),)),
                    verdict_cell(holds=entry.holds),
                    Cell(text=(say_trust(entry.trust),)),
                    Cell(text=(say_margin(verdict),)),
                    Cell(text=(say_critical(case, verdict),)),
                )
            )
    table = Table(
        caption=f"Verdicts. Trust: the largest probability of the others’ performing that some party must count on. "
        f"Least margin: per {unit}, in the units of the critical party; below zero it would do better by deviating.",
        columns=(
            Column(header="Roadmap"),
            Column(header="Reading"),
            Column(header="Verdict"),
            Column(header="Trust", is_number=True),
            Column(header="Least margin", is_number=True),
            Column(header="Critical"),
        ),
        rows=tuple(rows),
        is_grouped=True,
    )
    return Section(
        id="verdicts",
        heading="Verdicts",
        blocks=(draw_verdicts(case, matrix, readings, "verdicts.picture"), table),
    )


def _multiple(multiple: float | None, hazard: float) -> str:
    if multiple is None or multiple == 0.0:
        return say_hazard(hazard, digits=2)
    name = {0.5: "½ × ", 1.0: "this case: "}.get(multiple, f"{multiple:.3g} × ")
    return f"{name}{say_hazard(hazard, digits=2)}" if multiple == 1.0 else f"{name}that: {say_hazard(hazard, digits=2)}"


def hazards(findings: Findings) -> Section:
    """Return the verdicts of the base case over a range of chances of an outside breakdown."""
    base, unit = findings.entries(None), unit_of(findings.case)
    own = base[0].hazard
    rows = []
    for entry in base:
        cells = [Cell(text=(entry.name,))]
        for at in findings.hazards[entry.id]:
            sign = "✓" if at.verdict.holds else "✗"
            cells.append(
                Cell(text=(f"{sign} {say_margin(at.verdict)}",), tone="holds" if at.verdict.holds else "fails")
            )
        stops = "never" if entry.holds else "–"
        if entry.critical_hazard is not None:
            stops = say_hazard(entry.critical_hazard)
        rows.append((*cells, Cell(text=(stops,))))
    columns = [Column(header="Roadmap")]
    columns += [Column(header=_multiple(at.multiple, at.hazard), is_number=True) for at in findings.hazards[base[0].id]]
    columns.append(Column(header="Stops holding at", is_number=True))
    table = Table(
        caption=f"Base case: verdict (✓ holds, ✗ does not hold) and least margin at several chances per {unit} of an "
        "outside breakdown, and the first chance, at or above the case’s own, at which the roadmap stops holding",
        columns=tuple(columns),
        rows=tuple(rows),
    )
    text = (
        f"Elections, spoilers and accidents can break a process although no party to it meant to. The case puts the "
        f"chance of that at {say_hazard(own)} per {unit}, all parties together. How much rests on this number is seen "
        "by moving it."
    )
    return Section(id="hazards", heading="The chance of an outside breakdown", blocks=(Paragraph(text=(text,)), table))
