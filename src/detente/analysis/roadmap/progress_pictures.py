"""Agreements in progress drawn: what was planned, what has happened, what is to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.roadmap.progress_rest import Gate, GateStatus
from detente.analysis.roadmap.progress_words import count_periods
from detente.display.course import CourseMeasure, CourseStage, draw_course
from detente.display.style import format_margin
from detente.kernel.roadmap import HOLDS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detente.analysis.roadmap.progress import Onward, RoadmapProgress


def _way(entry: RoadmapProgress) -> Onward:
    """The way on that is drawn: the rest, or with what was lost taken again if only that has stages."""
    if entry.retaken is not None and not entry.rest.starts and entry.retaken.starts:
        return entry.retaken
    return entry.rest


def _owners(entry: RoadmapProgress, measure: str) -> tuple[str, ...]:
    found = entry.case.measure(measure)
    if found.forum is not None:
        return (f"forum {found.forum}",)
    return tuple(entry.case.party(owner).name for owner in found.owners)


def _measures(
    entry: RoadmapProgress, measures: Sequence[str], coming: dict[str, tuple[int, int]]
) -> tuple[CourseMeasure, ...]:
    takings = entry.history.takings
    return tuple(
        CourseMeasure(
            label=entry.case.measure(measure).name,
            owners=_owners(entry, measure),
            in_force=tuple((taking.taken, taking.ended) for taking in takings if taking.measure == measure),
            coming=coming.get(measure),
        )
        for measure in measures
    )


def gate_note(entry: RoadmapProgress, gate: Gate) -> str:
    """Say in a few words how a gate stands."""
    unit = entry.case.period or "period"
    if gate.passed is not None:
        when = (
            "on time"
            if gate.late == 0
            else f"{count_periods(abs(gate.late), unit)} {'late' if gate.late > 0 else 'early'}"
        )
        lost = f"; {count_measures(len(gate.lost))} lost since" if gate.lost else ""
        return f"begun at {unit} {gate.passed}, {when}{lost}"
    if gate.status is GateStatus.AHEAD:
        return f"due at {unit} {gate.due}"
    return f"due at {unit} {gate.due}, now" if gate.late == 0 else f"overdue by {count_periods(gate.late, unit)}"


def count_measures(number: int) -> str:
    """Write a number of measures."""
    return f"{number} measure{'s' if number != 1 else ''}"


def course_stages(entry: RoadmapProgress) -> tuple[CourseStage, ...]:
    """Return the stages of an agreement as they are drawn: notes on gates, and margins of what is to come."""
    way = _way(entry)
    coming: dict[str, tuple[int, int]] = {}
    margins: dict[int, float] = {}
    if way.evaluation is not None:
        ends = zip(way.rest.roadmap.stages, way.starts, way.evaluation.durations, strict=True)
        coming = {measure: (start, start + length) for stage, start, length in ends for measure in stage}
        margins = dict(zip(way.rest.numbers, way.evaluation.stage_margins(), strict=True))
    return tuple(_stages(entry, coming, margins))


def _stages(
    entry: RoadmapProgress, coming: dict[str, tuple[int, int]], margins: dict[int, float]
) -> Iterator[CourseStage]:
    for gate in entry.standing.gates:
        note, is_fine = gate_note(entry, gate), True if gate.passed is not None else None
        if gate.status is GateStatus.OVERDUE or gate.lost:
            is_fine = False
        if gate.stage in margins:
            margin = margins[gate.stage]
            shown = 0.0 if -HOLDS <= margin < 0.0 else margin
            note = f"{note}; least margin {format_margin(shown)}"
            is_fine = bool(is_fine is not False and shown >= 0.0)
        yield CourseStage(
            title=f"Stage {gate.stage}",
            note=note,
            is_fine=is_fine,
            due=gate.due,
            measures=_measures(entry, gate.measures, coming),
        )
    beside = [m for m in entry.history.in_force if all(m not in gate.measures for gate in entry.standing.gates)]
    if beside:
        measures = _measures(entry, beside, coming)
        yield CourseStage(title="Beside the roadmap", note="", is_fine=None, due=None, measures=measures)


def draw_progress(entry: RoadmapProgress, *, ax: Axes | None = None) -> Axes:
    """Draw the course of an agreement up to now and as it is to go on."""
    case = entry.case
    owners = [party.name for party in case.parties] + [f"forum {forum.id}" for forum in case.forums]
    return draw_course(course_stages(entry), now=entry.history.now, owners=owners, unit=case.period or "period", ax=ax)
