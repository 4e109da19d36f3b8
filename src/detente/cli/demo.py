"""``detente demo``: the main job on a built-in case, told in one page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from detente.analysis.result import Status
from detente.analysis.roadmap import Design, Evaluation, design_roadmap, evaluate_roadmaps
from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.checking import count_unstated
from detente.cli.designing import stage_table
from detente.cli.evaluating import format_trust
from detente.cli.screen import Screen
from detente.cli.watch import Watch, part_of
from detente.display.prose import count_noun
from detente.display.tables import Cell, Column, Table, build_table
from detente.errors import OptionError

GALLERY_CASE = "korea-2018"
LEFT_OUT = ("humanitarian-aid", "railway", "gas-pipeline", "thaad-withdrawn")
"""Measures that the design leaves for later, so that it is exact in seconds."""
GUARANTEES = ("china-guarantee", "russia-guarantee")
"""Measures without which the design is tried once more."""
MOST_PER_STAGE = 3


def run_demo(directory: Path, *, wait: Callable[[], None]) -> None:
    """Check, evaluate, design and report the built-in case; say where the report is.

    Parameters
    ----------
    wait : callable
        Called before the first design and after the last: returns when compiled code is there, for designs and then for
        what the report tells without them.
    """
    from detente.report import write_report

    started = time.monotonic()
    if directory.exists() and not directory.is_dir():
        raise OptionError(f"'{directory}' is a file; --directory takes a folder")
    target = directory / f"{GALLERY_CASE}.html"
    screen = Screen()
    with Watch() as watch:
        case = open_case(GALLERY_CASE, ())
        _show_case(screen, case)
        evaluation = evaluate_roadmaps(
            case, readings=[None, *(reading.id for reading in case.readings)], progress=part_of(watch, 0.0, 0.2)
        )
        _pause(watch)
        _show_verdicts(screen, case, evaluation)
        goal = [m.id for m in case.measures if m.id not in LEFT_OUT]
        bare = [measure for measure in goal if measure not in GUARANTEES]

        def make_designs() -> list[Design]:
            wait()
            found = _design(case, goal, watch, 0.5, 0.75)
            without = _design(case, bare, watch, 0.75, 0.95)
            _pause(watch)
            _show_design(screen, case, found, without)
            wait()
            return [found, without]

        _make_folder(directory)
        write_report(case, target, designs=make_designs, evaluation=evaluation, progress=part_of(watch, 0.2, 0.5))
    screen.heading("4. The report")
    screen.line()
    screen.paragraph(f"{target} – open it in a browser; it needs no network.")
    screen.line()
    screen.paragraph(
        f"Next: detente show {GALLERY_CASE}, detente evaluate {GALLERY_CASE}, or a case of your own: detente new DIR. "
        f"This took {time.monotonic() - started:.0f} s.",
        tone="faint",
    )


def _pause(watch: Watch) -> None:
    """Make room for what is printed next; a demonstration that was stopped ends here."""
    watch.raise_if_stopped()
    watch.hide()


def _make_folder(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OptionError(f"the folder '{directory}' cannot be made: {error.strerror}") from None


def _design(case: Case, goal: Sequence[str], watch: Watch, start: float, end: float) -> Design:
    return design_roadmap(
        case, goal=goal, objective="trust", max_per_stage=MOST_PER_STAGE, progress=part_of(watch, start, end)
    )


def _show_case(screen: Screen, case: Case) -> None:
    screen.heading(f"1. The case: {case.name}")
    screen.line()
    sizes = (
        count_noun(len(case.parties), "party"),
        count_noun(len(case.measures), "measure"),
        count_noun(len(case.roadmaps), "roadmap"),
        count_noun(len(case.readings), "reading"),
        f"{count_noun(len(case.claims), 'claim')} from {count_noun(len(case.documents), 'document')}",
    )
    screen.paragraph(f"{', '.join(sizes)}. No problems; {count_noun(count_unstated(case), 'value')} unstated.")
    screen.paragraph(
        "Its numbers are judgements, each with the paragraph it rests on or marked as assumed. What follows from them "
        "is no prediction."
    )
    screen.line()


def _show_verdicts(screen: Screen, case: Case, evaluation: Evaluation) -> None:
    screen.heading("2. Do the roadmaps hold?")
    screen.line()
    screen.paragraph("A roadmap holds if at no point any party would do better by reneging or walking out.")
    screen.line()
    screen.table(verdict_matrix(evaluation))
    screen.line()
    screen.paragraph(
        "yes: holds, with the trust it asks for – how likely the others must be thought to do their part. "
        "no: who is tempted most, and at which stage. Columns: the base case, then as each document has it."
    )
    screen.line()


def verdict_matrix(evaluation: Evaluation) -> Table:
    """Make the table of verdicts, one column per reading."""
    readings = list(dict.fromkeys(entry.reading for entry in evaluation.roadmaps))
    cells = {
        (entry.id, entry.reading): Cell(f"yes, {format_trust(entry.trust)}", "good")
        if entry.holds
        else Cell(f"no, {entry.critical.party} at {entry.critical.stage}", "bad")
        for entry in evaluation.roadmaps
    }
    columns = [Column(header="roadmap"), *(Column(header=reading or "base case") for reading in readings)]
    roadmaps = dict.fromkeys(entry.id for entry in evaluation.roadmaps)
    return build_table(
        columns, [(roadmap, *(cells.get((roadmap, reading), "–") for reading in readings)) for roadmap in roadmaps]
    )


def _show_design(screen: Screen, case: Case, found: Design, without: Design) -> None:
    screen.heading("3. Which order would ask for the least trust?")
    screen.line()
    assert found.goal is not None
    screen.paragraph(
        f"All orders of {len(found.goal)} measures (without {', '.join(LEFT_OUT)}, which can follow), at most "
        f"{MOST_PER_STAGE} in a stage, base case:"
    )
    screen.line()
    if found.stages:
        screen.table(stage_table(case, found))
        screen.line()
    for sentence in found.explain().sentences[:1]:
        screen.paragraph(sentence.text)
    if without.status is Status.NONE:
        screen.paragraph(f"Without {' and '.join(GUARANTEES)} none exists:")
        screen.points(sentence.text for sentence in without.explain().sentences)
    screen.line()
