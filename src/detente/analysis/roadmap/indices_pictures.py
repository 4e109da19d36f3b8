"""From indices to pictures: which labels and numbers each chart is given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.display import charts, indices, orders

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detente.analysis.roadmap.indices_entries import RoadmapIndices
    from detente.analysis.roadmap.indices_order import OrderDemands
    from detente.case import Case


ALL, BASE = "all readings", "base case"
"""What arrows are called that every reading demands, and those that the case without a reading does."""


def label_measures(case: Case, measures: Iterable[str]) -> list[str]:
    """Return the names of measures, with the id where a name occurs twice."""
    ids = list(measures)
    counts = Counter(case.measure(measure).name for measure in ids)
    names = [case.measure(measure).name for measure in ids]
    return [name if counts[name] == 1 else f"{name} ({measure})" for name, measure in zip(names, ids, strict=True)]


def _parties(entry: RoadmapIndices) -> dict[str, str]:
    names = Counter(entry.case.party(party).name for party in entry.evaluation.parties)
    return {
        party: name if names[name] == 1 else f"{name} ({party})"
        for party in entry.evaluation.parties
        for name in [entry.case.party(party).name]
    }


def plot_front_loading(entry: RoadmapIndices, ax: Axes | None = None) -> Axes:
    """Draw when each party gives and gets."""
    labels = _parties(entry)
    starts = [0]
    for length in entry.evaluation.durations[:-1]:
        starts.append(starts[-1] + length)
    timings = [
        indices.Timing(
            label=labels[index.party],
            gives_at=index.gives_at,
            gets_at=index.gets_at,
            front_loading=index.front_loading,
        )
        for index in entry.parties
    ]
    return indices.draw_front_loading(timings, starts, unit=entry.case.period or "period", ax=ax)


def plot_hold_up(entry: RoadmapIndices, ax: Axes | None = None) -> Axes:
    """Draw the hold-up risk of every party after every stage."""
    profile: dict[str, list[float | None]] = {
        label: [charts.NONE_SUFFICES if row.hold_up is None else row.hold_up for row in entry.of_party(party)]
        for party, label in _parties(entry).items()
    }
    return charts.draw_trust_profile(profile, ax=ax)


def plot_power(entry: RoadmapIndices, ax: Axes | None = None) -> Axes:
    """Draw how every stage moves outside options."""
    shifts = {label: [row.shift for row in entry.of_party(party)] for party, label in _parties(entry).items()}
    return indices.draw_shifts(shifts, unit=entry.case.period or "period", ax=ax)


def plot_levers(entry: RoadmapIndices, ax: Axes | None = None) -> Axes:
    """Draw what using each lever would do to each party in the status quo or, if it cannot be used then, at the end."""
    case, parties = entry.case, _parties(entry)
    names = label_measures(case, (lever.measure for lever in entry.levers))
    effects: dict[str, list[float | None]] = {}
    for name, lever in zip(names, entry.levers, strict=True):
        change = lever.at_start if lever.at_start is not None else lever.at_end
        label = name if lever.use == "take" else f"{name} (ended)"
        if lever.along:
            label += f" (and {len(lever.along)} more)"
        effects[label] = [None if change is None else change[party] for party in parties]
    return indices.draw_effects(effects, list(parties.values()), unit=case.period or "period", ax=ax)


def plot_order(order: OrderDemands, ax: Axes | None = None) -> Axes:
    """Draw what order readings demand of the measures that anything is demanded of, without what others imply."""
    case = order.case
    names = {reading.id: reading.name for reading in case.readings}
    in_cycle = {(d.before, d.after) for cycle in order.cycles for step in cycle.steps for d in step}
    told = [d for d in order.demands if not d.implied or (d.before, d.after) in in_cycle]
    involved = [m for m in order.goal if any(m in (d.before, d.after) for d in told)] or list(order.goal)
    place = {measure: number for number, measure in enumerate(involved)}
    whose: dict[tuple[str, str, bool], list[str | None]] = {}
    for demand in told:
        whose.setdefault((demand.before, demand.after, demand.strict), []).append(demand.reading)
    arrows = [
        orders.OrderArrow(
            first=place[before],
            second=place[after],
            who=who,
            is_strict=strict,
            in_cycle=(before, after) in in_cycle,
        )
        for (before, after, strict), readings in whose.items()
        for who in _who(readings, order, names)
    ]
    # The legend keeps the order of the readings.
    known = [ALL, BASE, *names.values()]
    arrows.sort(key=lambda arrow: known.index(arrow.who))
    return orders.draw_order(label_measures(case, involved), arrows, ax=ax)


def _who(readings: list[str | None], order: OrderDemands, names: dict[str, str]) -> list[str]:
    """Whose demand an arrow is: one for all readings, if there are several, or one for each."""
    if len(order.readings) > 1 and len(readings) == len(order.readings):
        return [ALL]
    return [BASE if reading is None else names[reading] for reading in readings]
