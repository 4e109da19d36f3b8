"""The pictures of a report: results turned into what charts draw, each with its words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.analysis.roadmap import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.sensitivity import margins_over_hazards
from detente.case import Case, Measure
from detente.display import charts
from detente.display.prose import count_noun
from detente.display.style import format_margin
from detente.display.svg import axes_to_svg
from detente.kernel.deviations import Check
from detente.report.document import Picture
from detente.report.words import join, reading_name, say_hazard, say_trust, say_verdict, shown_margin, unit_of

POINTS_OF_CURVE = 121
"""Hazards at which a curve is drawn."""
BEYOND = 1.25
"""A curve goes on this far beyond where the roadmap stops holding."""


def labels_of(named: Iterable[tuple[str, str]]) -> list[str]:
    """Return what things are called in a picture, given (id, name): the name, with the id where it names several."""
    pairs = list(named)
    names = [name for _, name in pairs]
    return [name if names.count(name) == 1 else f"{name} ({key})" for key, name in pairs]


def owner_names(case: Case, measure: Measure) -> tuple[str, ...]:
    """Return the names of those who take a measure; a forum is named as a whole."""
    if measure.forum is not None:
        return (f"forum {measure.forum}",)
    return tuple(case.party(owner).name for owner in measure.owners)


def tightest_row(entry: RoadmapEvaluation, stage: int) -> EvaluationRow:
    """Return the row of a stage's least margin, the end included in the last."""
    return min((row for row in entry.rows if row.stage == stage), key=lambda row: row.flow_margin)


def draw_timeline(entry: RoadmapEvaluation, name: str, *, title: str) -> Picture:
    """Draw a roadmap as a timeline with the tightest party of every stage."""
    case = entry.case
    unit = unit_of(case)
    stages, told = [], []
    for number, (measures, duration) in enumerate(zip(entry.stages, entry.durations, strict=True), start=1):
        row = tightest_row(entry, number)
        party = case.party(row.party).name
        stages.append(
            charts.TimelineStage(
                duration=duration,
                measures=tuple(
                    charts.TimelineMeasure(label=m.name, owners=owner_names(case, m))
                    for m in map(case.measure, measures)
                ),
                margin=shown_margin(row),
                tightest=party,
            )
        )
        names = join(case.measure(measure).name for measure in measures)
        margin = format_margin(shown_margin(row))
        told.append(f"Stage {number}, {count_noun(duration, unit)}: {names}; least margin {margin}, {party}.")
    length = count_noun(sum(entry.durations), unit)
    owners = [party.name for party in case.parties] + [f"forum {forum.id}" for forum in case.forums]
    return Picture(
        name=name,
        title=f"{title[:1].upper()}{title[1:]} over {length}: what is taken when and by whom, and the least margin of "
        "every stage",
        description=" ".join(told),
        svg=axes_to_svg(charts.draw_timeline(stages, owners=owners, unit=unit)),
    )


def draw_trust_profile(entry: RoadmapEvaluation, name: str) -> Picture:
    """Draw how much trust every stage asks of every party."""
    case = entry.case
    profile: dict[str, list[float | None]] = {}
    told = []
    labels = labels_of((party, case.party(party).name) for party in entry.parties)
    for party, label in zip(entry.parties, labels, strict=True):
        rows = [row for row in entry.rows if row.party == party and row.check is Check.BEFORE]
        values = [charts.NONE_SUFFICES if row.none_suffices else row.required_trust for row in rows]
        profile[label] = values
        words = [
            f"stage {row.stage} {say_trust(None if row.none_suffices else row.required_trust)}"
            for row in rows
            if row.none_suffices or row.required_trust is not None
        ]
        told.append(f"{label}: {', '.join(words) or 'nothing to do'}.")
    return Picture(
        name=name,
        title="Required trust: the least probability of the others’ performing at which a party does its part of a "
        "stage (a dot: it has nothing to do there)",
        description=" ".join(told),
        svg=axes_to_svg(charts.draw_trust_profile(profile)),
    )


def draw_hazards(entry: RoadmapEvaluation, name: str) -> Picture:
    """Draw the least margin over a range of hazards, with the case's own."""
    unit = unit_of(entry.case)
    own, critical = entry.hazard, entry.critical_hazard
    highest = max(5.0 * own, BEYOND * critical if critical is not None else 0.0, 0.02)
    highest = min(highest, 0.95)
    hazards = [highest * number / (POINTS_OF_CURVE - 1) for number in range(POINTS_OF_CURVE)]
    margins = margins_over_hazards(entry, hazards)
    at_own = shown_margin(entry.critical)
    stops = "" if critical is None else f" It stops holding at {say_hazard(critical)}."
    return Picture(
        name=name,
        title=f"Least margin of “{entry.name}” over a range of chances of an outside breakdown",
        description=f"The least margin is {format_margin(margins[0])} at 0%, {format_margin(at_own)} at the case’s own "
        f"{say_hazard(own)} per {unit} and {format_margin(margins[-1])} at {say_hazard(highest)}.{stops}",
        svg=axes_to_svg(charts.draw_hazards(hazards, margins, own=own, critical=critical, unit=unit)),
    )


def draw_verdicts(
    case: Case, entries: Sequence[Sequence[RoadmapEvaluation]], readings: Sequence[str | None], name: str
) -> Picture:
    """Draw the verdicts on every roadmap (rows) under every reading (columns)."""
    labels = labels_of((row[0].id, row[0].name) for row in entries)
    margins = {label: [shown_margin(e.critical) for e in row] for label, row in zip(labels, entries, strict=True)}
    holds = {label: [entry.holds for entry in row] for label, row in zip(labels, entries, strict=True)}
    heads = [reading_name(case, reading) for reading in readings]
    told = []
    for label, row in zip(labels, entries, strict=True):
        verdicts = [
            f"{head} {say_verdict(holds=entry.holds)[2:]}, {format_margin(shown_margin(entry.critical))}"
            for head, entry in zip(heads, row, strict=True)
        ]
        told.append(f"{label}: {'; '.join(verdicts)}.")
    return Picture(
        name=name,
        title="Verdicts, with the least margin of all checks",
        description=" ".join(told),
        svg=axes_to_svg(charts.draw_verdicts(margins, holds, heads)),
    )
