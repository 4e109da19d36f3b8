"""``detente diff``: which verdicts differ between two cases, and through which numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from detente.analysis.result import Status
from detente.analysis.roadmap.attribution import format_value
from detente.analysis.roadmap.comparison import Comparison, VerdictChange, compare_cases
from detente.cli.cases import open_case
from detente.cli.evaluating import format_trust, format_verdict
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.prose import count_noun, format_signed
from detente.display.tables import Cell, Column, Table, build_table

MOST_DIFFERENCES = 40
"""Differences shown; --json and --output have all of them."""


def run_diff(
    a: str, b: str | None, settings: Sequence[str], *, readings: Sequence[str] | None, delivery: Delivery
) -> None:
    """Compare two cases, or a case with itself with settings, and show or write the answer."""
    before = open_case(a, ())
    after = open_case(a if b is None else b, settings)
    with Watch() as watch:
        result = compare_cases(before, after, readings=readings, progress=watch)
    delivery.deliver(result, show=lambda screen: show_comparison(screen, result), summary=summarise(result))


def summarise(result: Comparison) -> str:
    """Say in one line how many verdicts differ through how many differences."""
    stopped = " Stopped before every difference was tried." if result.status is Status.STOPPED else ""
    verb = "differs" if len(result.changed) == 1 else "differ"
    verdicts = f"{len(result.changed)} of {count_noun(len(result.verdicts), 'verdict')} {verb}"
    return f"{verdicts}; the cases differ at {count_noun(len(result.differences), 'place')}.{stopped}"


def show_comparison(screen: Screen, result: Comparison) -> None:
    """Show both verdicts on each roadmap, why they differ, and every difference."""
    names = {reading.id: reading.name for verdict in result.verdicts for reading in verdict.before.case.readings}
    screen.heading(summarise(result))
    for reading, verdicts in groupby(result.verdicts, key=lambda verdict: verdict.before.reading):
        screen.line()
        if reading is not None:
            screen.heading(f"Reading {reading}: {names.get(reading, reading)}")
        screen.table(_verdicts(list(verdicts)))
    screen.line()
    for sentence in result.explain().sentences:
        if sentence.parties or len(result.differences) < 2 or not result.changed:
            screen.paragraph(sentence.text)
        else:
            screen.points([sentence.text])
    if result.differences:
        screen.line()
        screen.heading("What differs")
        screen.table(_differences(result))
        left = len(result.differences) - MOST_DIFFERENCES
        if left > 0:
            screen.line(f"and {left} more (--json has all)")


def _pair(before: str, after: str) -> str:
    return before if before == after else f"{before} → {after}"


def _verdicts(verdicts: Sequence[VerdictChange]) -> Table:
    columns = (
        Column(header="roadmap", can_wrap=True),
        Column(header="holds"),
        Column(header="trust", can_wrap=True),
        Column(header="margin", can_wrap=True),
        Column(header="critical\nparty", can_wrap=True),
    )
    rows: list[tuple[str | Cell, ...]] = []
    for verdict in verdicts:
        one, other = verdict.before, verdict.after
        holds = _pair(format_verdict(one.holds).text, format_verdict(other.holds).text)
        tone = format_verdict(other.holds).tone if one.holds is not other.holds else None
        rows.append(
            (
                one.id,
                Cell(holds, tone),
                _pair(format_trust(one.trust), format_trust(other.trust)),
                _pair(format_signed(one.margin), format_signed(other.margin)),
                _pair(one.critical.party, other.critical.party),
            )
        )
    return build_table(columns, rows)


def _differences(result: Comparison) -> Table:
    columns = (
        Column(header="place", can_wrap=True),
        Column(header="before", align="right"),
        Column(header="after", align="right"),
    )
    rows = [(d.place, format_value(d.before), format_value(d.after)) for d in result.differences[:MOST_DIFFERENCES]]
    return build_table(columns, rows)
