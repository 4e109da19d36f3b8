"""``detente critical``: where single numbers tip the verdict on a roadmap."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analysis.result import Status
from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.critical_numbers import CriticalNumber
from detente.analysis.roadmap.critical_words import format_beside, format_bound, format_distance, verdict_beyond
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun
from detente.display.tables import Cell, Column, Table, build_table

MOST_SHOWN = 40
"""Numbers shown; --json and --output have all of them."""


def run_critical(
    path: str,
    settings: Sequence[str],
    *,
    roadmap: str,
    numbers: Sequence[str] | None,
    reading: str | None,
    longest: int | None,
    delivery: Delivery,
) -> None:
    """Find the critical values of a roadmap's numbers and show or write the answer."""
    case = open_case(path, settings)
    with Watch() as watch:
        result = find_critical_values(case, roadmap, numbers=numbers, reading=reading, longest=longest, progress=watch)
    delivery.deliver(
        result,
        show=lambda screen: show_critical(screen, case, result, every=bool(numbers)),
        summary=summarise(result),
    )


def summarise(result: CriticalValues) -> str:
    """Say in one line how many numbers tip the verdict."""
    searched = count_noun(len(result.numbers), "number")
    verb = "tips" if len(result.tipping) == 1 else "tip"
    stopped = " Stopped before every number was looked at." if result.status is Status.STOPPED else ""
    return f"{len(result.tipping)} of {searched} that margins depend on {verb} the verdict alone.{stopped}"


def critical_table(result: CriticalValues, numbers: Sequence[CriticalNumber]) -> Table:
    """Make the table of numbers: now, where the verdict changes, how far that is, and whose check it is."""
    columns = (
        Column(header="number", can_wrap=True),
        Column(header="now", align="point"),
        Column(header="at", align="right"),
        Column(header="it"),
        Column(header="how far", align="right"),
        Column(header="whose check", can_wrap=True),
        Column(header="in its\nrange"),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for number in numbers:
        if not number.tips:
            rows.append((number.number.place, f"{number.now:.4g}", "–", Cell("never tips", "faint"), "–", "–", "–"))
        for place, crossing in enumerate(number.tips):
            holds = verdict_beyond(number, crossing)
            inside = number.is_in_range(crossing)
            rows.append(
                (
                    "" if place else number.number.place,
                    "" if place else format_beside(number.now, crossing.at),
                    format_bound(number, crossing),
                    Cell("holds", "good") if holds else Cell("fails", "bad"),
                    format_distance(number, crossing),
                    f"{crossing.stage} {crossing.check.value} {crossing.party}",
                    "–" if inside is None else "yes" if inside else "no",
                )
            )
    return build_table(columns, rows)


def show_critical(screen: Screen, case: Case, result: CriticalValues, *, every: bool) -> None:
    """Show what tips the verdict soonest in sentences, then every number that does."""
    entry = result.evaluation
    names = {reading.id: reading.name for reading in case.readings}
    seen = "base case" if entry.reading is None else f"reading {entry.reading}: {names[entry.reading]}"
    screen.heading(f"{entry.name} – {seen}")
    screen.line()
    first, *others = (sentence.text for sentence in result.explain().sentences)
    screen.paragraph(first)
    screen.points(others)
    numbers = result.numbers if every else result.tipping
    if numbers:
        screen.line()
        screen.table(critical_table(result, numbers[:MOST_SHOWN]))
        left = len(numbers) - MOST_SHOWN
        if left > 0:
            screen.line(f"and {left} more (--json has all)")
    screen.line()
    for text in _legend(has_table=bool(numbers)):
        screen.paragraph(text, tone="faint")
    if result.status is Status.STOPPED:
        screen.paragraph(summarise(result), tone="bad")


def _legend(*, has_table: bool) -> Sequence[str]:
    if not has_table:
        return ("--json has the derivative of every margin in every number.",)
    return (
        "at: from where on the verdict is another one, more (≥) or less (≤) than now; > and < beyond that value only. "
        "how far: relative to the number as it stands; a discount factor δ counts by 1 − δ. in its range: whether that "
        "lies in the range that the case states for the number.",
        "whose check: stage, check and party where the roadmap fails, on the side where it does. --json has the "
        "derivative of every margin in every number.",
    )
