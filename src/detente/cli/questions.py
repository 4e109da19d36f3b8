"""Questions about a conflict without agreement, each asked and answered in the same way.

An answer is shown as a heading, the table of the answer where the question wants one, and its sentences; or it is
written as every other answer is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress
from textwrap import wrap
from typing import TYPE_CHECKING

from detente.analysis.result import Result, Status
from detente.analysis.stability.stability_pictures import condense
from detente.analysis.stability.stability_words import SHORT_NAMES, explain_concept
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.output import Delivery
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.display.option_form import YES, OptionForm, option_table
from detente.display.prose import format_short
from detente.display.tables import Align, Cell, Column, Table, build_table, split_table
from detente.kernel.conflict import CONCEPTS

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 40
"""Rows of a table that are shown; a file has them all."""
WIDEST_WORDS = 12
"""Columns after which the words of a head go on in the next line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What to ask of a case, and how the answer is shown.

    Parameters
    ----------
    title : str
        What stands after the name of the case in the heading.
    ask : callable
        Makes the answer; the watch tells how far it is and may stop it.
    frame : callable or None
        The table to show above the sentences; none unless given.
    form : callable or None
        The states to show side by side above the sentences; none unless given.
    """

    title: str
    ask: Callable[[Case, Watch], Result]
    frame: Callable[[Result], pd.DataFrame] | None = None
    form: Callable[[Result], OptionForm] | None = None


def run_question(path: str, settings: Sequence[str], question: Question, *, delivery: Delivery) -> None:
    """Ask a question of a case and show or write the answer."""
    case = open_case(path, settings)
    with Watch() as watch:
        result = question.ask(case, watch)
    first = next((sentence.text for sentence in result.explain().sentences), "Answered.")
    stopped = " Stopped before all was known." if result.status is Status.STOPPED else ""
    delivery.deliver(
        result, show=lambda screen: show_answer(screen, case, result, question), summary=f"{first}{stopped}"
    )


def show_answer(screen: Screen, case: Case, result: Result, question: Question) -> None:
    """Show a heading, a table and sentences."""
    reading = result.provenance.reading
    names = {entry.id: entry.name for entry in case.readings}
    seen = "base case" if reading is None else f"reading {reading}: {names[reading]}"
    screen.heading(f"{case.name} – {seen} – {question.title}")
    screen.line()
    if question.frame is not None:
        frame = question.frame(result)
        if len(frame):
            screen.table(frame_table(frame.head(MOST_ROWS)))
            screen.line()
        if len(frame) > MOST_ROWS:
            screen.paragraph(f"{len(frame) - MOST_ROWS:,} more rows; --output writes them all.", tone="faint")
            screen.line()
    if question.form is not None and (form := question.form(result)).states:
        show_options(screen, form)
    texts = [sentence.text for sentence in result.explain().sentences]
    for text in texts:
        screen.paragraph(text)
    _show_legend(screen, " ".join(texts))
    if result.status is Status.STOPPED:
        screen.line()
        screen.paragraph("Stopped before all was known.", tone="bad")


def show_options(screen: Screen, form: OptionForm) -> None:
    """Show states in option form; in a large case, what they have alike is said below instead."""
    kept, alike = condense(form)
    said = [
        f"{'In force in all' if letter == YES else 'Not in force in any'} of these states: {', '.join(names)}."
        for letter, names in alike.items()
    ]
    for part in split_table(option_table(kept), screen.width, keep=1):
        screen.table(part)
        screen.line()
    for text in said:
        screen.paragraph(text)
        screen.line()


def _show_legend(screen: Screen, text: str) -> None:
    """Say what is not told in what was said: a state that has only a dash, and what concepts mean."""
    legend = ["“-”: the state with nothing in force."] if "“-”" in text else []
    words = set(re.findall(r"\w+", text))
    legend += [explain_concept(concept) for concept, name in SHORT_NAMES.items() if name in words]
    if legend:
        screen.line()
    for entry in legend:
        screen.paragraph(entry, tone="faint")


def short_frame(result: Result) -> pd.DataFrame:
    """Return the table of an answer if all of it can be shown, an empty one otherwise."""
    frame = result.to_frame()
    concepts = {name: SHORT_NAMES[name] for name in frame.columns if name in SHORT_NAMES}
    if concepts:
        flags = frame[list(concepts)].itertuples(index=False)
        lists = [list(compress(concepts.values(), row)) for row in flags]
        frame["stable for all by"] = [
            "every concept" if len(names) == len(CONCEPTS) else ", ".join(names) or "–" for names in lists
        ]
    return frame.drop(columns=list(concepts)).head(len(frame) if len(frame) <= MOST_ROWS else 0)


def break_head(text: str) -> str:
    """Break the head of a column into lines between its words."""
    return "\n".join(wrap(text, WIDEST_WORDS, break_long_words=False))


def frame_table(frame: pd.DataFrame) -> Table:
    """Make a table of a frame: yes and no for booleans, a dash for what is missing, short numbers at the right."""
    columns = []
    for name in frame.columns:
        kind = frame[name].dtype.kind
        align: Align = "right" if kind in "iuf" else "left"
        columns.append(Column(header=break_head(str(name).replace("_", " ")), align=align, can_wrap=kind == "O"))
    known = frame.notna()
    rows = [
        [_cell(value) if is_known else "–" for value, is_known in zip(row, told, strict=True)]
        for row, told in zip(frame.itertuples(index=False), known.itertuples(index=False), strict=True)
    ]
    return build_table(columns, rows)


def _cell(value: object) -> str | Cell:
    match value:
        case bool():
            return Cell("yes", "good") if value else "no"
        case float():
            return format_short(value)
        case tuple() | list():
            return ", ".join(str(item) for item in value)
    return str(value)
