"""How a report says numbers, places and names: the same everywhere in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from detente.analysis.roadmap import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.sensitivity import Verdict
from detente.case import Case, Quantity, Range, Reading
from detente.display.prose import format_share, format_short
from detente.display.style import format_chance, format_margin
from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS
from detente.report.document import Cell, Text

BASE = "base case"
"""What the case without a reading is called."""


def unit_of(case: Case) -> str:
    """Return what a period of the case is called."""
    return case.period or "period"


def say_number(value: float) -> str:
    """Write a number of the case with a true minus sign."""
    return format_short(value).replace("-", "−")


def say_quantity(quantity: Quantity) -> str:
    """Write a number of the case, with its range if it has one."""
    if isinstance(quantity, Range):
        low, high = say_number(quantity.low), say_number(quantity.high)
        return f"{say_number(quantity.mode)} ({low}\u00a0to\u00a0{high})"
    return say_number(quantity)


def say_value(value: object) -> str:
    """Write whatever a setting sets."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return say_number(value)
        case [int() | float() as low, int() | float() as mode, int() | float() as high]:
            return say_quantity(Range(low=low, mode=mode, high=high))
        case list() | tuple():
            return ", ".join(say_value(item) for item in value) or "none"
        case dict():
            return ", ".join(f"{key}: {say_value(item)}" for key, item in value.items()) or "none"
    return "none" if value is None else str(value)


def shown_margin(row: EvaluationRow) -> float:
    """Return the margin of a row as it is shown: what is held but for rounding is zero."""
    return 0.0 if -HOLDS <= row.margin < 0.0 else row.flow_margin


def say_margin(verdict: Verdict) -> str:
    """Write the least margin of a verdict; what is held but for rounding is zero."""
    return format_margin(max(verdict.margin, 0.0) if verdict.holds else verdict.margin)


def say_hazard(hazard: float, *, digits: int = 3) -> str:
    """Write a chance per period."""
    return format_chance(hazard, digits=digits)


def say_verdict(*, holds: bool) -> str:
    """Write a verdict: in words, with a sign that is not a colour."""
    return "✓ holds" if holds else "✗ does not hold"


def verdict_cell(*, holds: bool) -> Cell:
    """Return the cell of a table with a verdict."""
    return Cell(text=(say_verdict(holds=holds),), tone="holds" if holds else "fails")


def say_trust(trust: float | None) -> str:
    """Write a trust demand; None says that no probability suffices."""
    return "none suffices" if trust is None else format_share(trust)


def say_place(check: Check, stage: int) -> str:
    """Write where a check stands."""
    return "at the end" if check is Check.END else f"{check.value} stage {stage}"


def say_critical(case: Case, verdict: Verdict) -> str:
    """Write who is critical, and where."""
    return f"{case.party(verdict.party).name}, {say_place(verdict.check, verdict.stage)}"


def reading_of(case: Case, reading: str) -> Reading:
    """Return a reading by its id."""
    return next(r for r in case.readings if r.id == reading)


def reading_name(case: Case, reading: str | None) -> str:
    """Return what a reading is called."""
    return BASE if reading is None else reading_of(case, reading).name


def under(case: Case, *readings: str | None, starts: bool = True) -> str:
    """Write under which readings something is so: “In the base case and under the reading “…””."""
    names = [f"“{reading_of(case, reading).name}”" for reading in readings if reading is not None]
    words = ["in the base case"] if None in readings else []
    if names:
        words.append(f"under the reading{'s' if len(names) > 1 else ''} {join(names)}")
    said = join(words)
    return said[:1].upper() + said[1:] if starts else said


def wherever(case: Case, readings: Sequence[str | None], among: Sequence[str | None], *, starts: bool = True) -> str:
    """Write under which readings something is so, in short where it is under all that are told."""
    if len(among) > 2 and list(readings) == list(among):
        return f"{'In' if starts else 'in'} the base case and under every reading"
    return under(case, *readings, starts=starts)


def at_most_per_stage(limits: Iterable[object]) -> str:
    """Write a limit on the measures of a stage."""
    number = next(iter(limits))
    return "one measure a stage" if number == 1 else f"at most {number} measures a stage"


def say_measures(case: Case, measures: Iterable[str]) -> str:
    """Write the names of measures as a sentence does."""
    return join(f"“{case.measure(measure).name}”" for measure in measures)


def say_goal(case: Case, goal: Sequence[str] | None) -> str:
    """Write what a design is to reach: by what it leaves out, where that is shorter."""
    if goal is None:
        return "any measures"
    left_out = [m.id for m in case.measures if m.id not in case.status_quo and m.id not in goal]
    if not left_out:
        return f"all {len(goal)} measures" if len(goal) > 1 else "the only measure"
    if len(left_out) < len(goal):
        return f"all measures but {say_measures(case, left_out)}"
    return say_measures(case, goal)


def quote_names(entries: Iterable[RoadmapEvaluation]) -> str:
    """Write the names of roadmaps as a sentence does."""
    return join(f"“{entry.name}”" for entry in entries)


def join(words: Iterable[str], *, last: str = "and") -> str:
    """Join words as a sentence does: a, b and c."""
    items = list(words)
    return "".join(items) if len(items) < 2 else f"{', '.join(items[:-1])} {last} {items[-1]}"


def join_text(parts: Sequence[Text]) -> Text:
    """Join runs of text as a sentence does."""
    result: Text = ()
    for number, part in enumerate(parts):
        if number:
            result += (" and " if number == len(parts) - 1 else ", ",)
        result += part
    return result
