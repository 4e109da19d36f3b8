"""``detente check``: what is wrong with a case, or what it contains."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import typer

from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.exits import ExitCode
from detente.cli.output import dump_json
from detente.cli.screen import Screen
from detente.display.prose import count_noun
from detente.display.tables import Cell, Column, build_table
from detente.errors import CaseError, Diagnostic, Severity

UNSTATED = "D501"
"""Code of the notes on values that nobody states."""


def check_case(path: str, settings: Sequence[str], *, all_notes: bool, as_json: bool) -> None:
    """Check a case; show what it contains if nothing is wrong with it.

    Raises
    ------
    CaseError
        If the case is invalid and no JSON is asked for.
    """
    try:
        case = open_case(path, settings)
    except CaseError as error:
        if not as_json:
            raise
        _print_json(error.diagnostics)
        raise typer.Exit(ExitCode.INVALID_CASE) from None
    if as_json:
        _print_json(case.notes)
    else:
        show_summary(Screen(), case, all_notes=all_notes)


def _print_json(diagnostics: Iterable[Diagnostic]) -> None:
    print(dump_json([diagnostic_fields(diagnostic) for diagnostic in diagnostics]))  # noqa: T201 - the answer


def diagnostic_fields(diagnostic: Diagnostic) -> dict[str, object]:
    """Return the JSON form of a diagnostic; path, line and column are null for what stands in no file."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "help": diagnostic.help,
        "path": None if span is None else span.path,
        "line": None if span is None else span.line,
        "column": None if span is None else span.column,
    }


def show_summary(screen: Screen, case: Case, *, all_notes: bool) -> None:
    """Show on one screen what a valid case contains and what deserves a look."""
    screen.heading(f"{case.name} is a valid case.")
    screen.line()
    columns = (Column(header="", align="right"), Column(header=""), Column(header="", can_wrap=True))
    screen.table(build_table(columns, _counts(case)))
    screen.line()
    unstated = [note for note in case.notes if note.code == UNSTATED]
    others = [note for note in case.notes if note.code != UNSTATED]
    hint = "" if all_notes else " (--all lists them)"
    if unstated:
        values = count_noun(count_unstated(case), "value")
        verbs = ("is", "counts") if values == "1 value" else ("are", "count")
        screen.paragraph(f"{values} of a measure to a party {verbs[0]} unstated and {verbs[1]} as 0{hint}.")
        if all_notes:
            _list_notes(screen, unstated)
    elif case.measures and not case.preferences:
        screen.paragraph("Every measure says what it is worth to every party.")
    if others:
        kinds = [
            count_noun(sum(note.severity is severity for note in others), severity.value)
            for severity in (Severity.WARNING, Severity.NOTE)
            if any(note.severity is severity for note in others)
        ]
        screen.paragraph(f"{' and '.join(kinds)} on the rest{hint}.")
        if all_notes:
            _list_notes(screen, others)
    if screen.is_person and not all_notes:
        following = "detente evaluate" if case.roadmaps else "detente stability"
        screen.paragraph(f"Next: detente show, {following}.", tone="faint")


def count_unstated(case: Case) -> int:
    """Count the values of a measure to a party that nobody states; a party with ordinal preferences needs none."""
    from detente.game import is_stated

    parties = [party.id for party in case.parties if party.id not in case.preferences]
    return sum(not is_stated(measure, party) for measure in case.measures for party in parties)


def _list_notes(screen: Screen, notes: Iterable[Diagnostic]) -> None:
    for note in notes:
        for line in str(note).splitlines():
            screen.line(line)


def _counts(case: Case) -> Iterable[tuple[str | Cell, ...]]:
    graded = {measure.level.chain for measure in case.measures if measure.level is not None}
    measures = [measure for measure in case.measures if measure.level is None]
    of_levels = sum(measure.level is not None for measure in case.measures)
    what = f"{len(measures)} plain, {len(graded)} graded in {count_noun(of_levels, 'level')}" if graded else ""
    forums = [f"{forum.id} ({', '.join(forum.members)})" for forum in case.forums]
    formats = [f"{each.id} ({len(each.parties)})" for each in case.formats]
    roadmaps = [f"{roadmap.id} ({count_noun(len(roadmap.stages), 'stage')})" for roadmap in case.roadmaps]
    for noun, number, detail in (
        ("party", len(case.parties), ", ".join(party.id for party in case.parties)),
        ("interest", len(case.interests), ", ".join(interest.id for interest in case.interests)),
        ("measure", len(case.measures), what),
        ("state", 0 if case.graph is None else len(case.graph.states), "with moves given outright"),
        ("term", len(case.terms), "values of combinations" if case.terms else ""),
        ("ordinal preference", len(case.preferences), ", ".join(case.preferences)),
        ("forum", len(case.forums), ", ".join(forums)),
        ("format", len(case.formats), ", ".join(formats)),
        ("measure in the status quo", len(case.status_quo), ", ".join(case.status_quo)),
        ("roadmap", len(case.roadmaps), ", ".join(roadmaps)),
        ("issue", len(case.issues), ", ".join(issue.id for issue in case.issues)),
        ("reading", len(case.readings), ", ".join(reading.id for reading in case.readings)),
        ("document", len(case.documents), ", ".join(document.id for document in case.documents)),
        ("claim", len(case.claims), ""),
    ):
        if number:
            plural = "measures in the status quo" if " in " in noun and number != 1 else None
            yield Cell(str(number), "strong"), count_noun(number, noun, plural).split(" ", 1)[1], detail
