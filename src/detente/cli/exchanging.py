"""``detente import`` and ``detente export``: other programs' formats."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.case import Case
from detente.cli.cases import open_case
from detente.cli.output import dump_json
from detente.cli.screen import Screen
from detente.cli.watch import Watch
from detente.errors import OptionError
from detente.progress import ProgressEvent

GMCR = "gmcr"
IMPORTED = (f".{GMCR}",)
"""What can be imported, by the names of files."""


def show_gallery(*, as_json: bool) -> None:
    """List the built-in cases with what they are called and where they are from."""
    from detente.casefile import read_case
    from detente.gallery import gallery_names, source_of

    entries = [(name, read_case(name), source_of(name)) for name in gallery_names()]
    if as_json:
        listed = [{"id": name, "name": case.name, "source": source or None} for name, case, source in entries]
        print(dump_json({"cases": listed}))  # noqa: T201 - the answer
        return
    screen = Screen()
    for name, case, source in entries:
        size = f"{len(case.measures)} measures" if case.graph is None else f"{len(case.graph.states)} states"
        origin = source or "Coded from the documents that it names"
        screen.line(name, "strong")
        screen.paragraph(f"{case.name}: {len(case.parties)} parties, {size}. {origin}.", first="    ", rest="    ")
    screen.line()
    screen.paragraph(
        "A name works wherever a command wants a case; of author-year/name the name alone does where only one case has "
        "it: detente stability chicken.",
        tone="faint",
    )


def run_import(file: Path, directory: Path, *, as_json: bool) -> None:
    """Make a case of a file and say what became of it."""
    from detente.exchange import import_gmcr

    if file.suffix.lower() not in IMPORTED:
        seen = f"'{file.suffix}'" if file.suffix else "no suffix"
        raise OptionError(f"'{file}' ends in {seen}; what can be imported ends in {', '.join(IMPORTED)}")
    made = import_gmcr(file, directory)
    if as_json:
        print(dump_json({"directory": str(made.folder), "messages": list(made.messages)}))  # noqa: T201 - the answer
        return
    screen = Screen()
    screen.line(f"The case is in {made.folder}.")
    screen.points(made.messages)
    screen.line(f"Next: detente stability {made.folder}")


def run_export(
    path: str, settings: Sequence[str], *, reading: str | None, to: str | None, file: Path | None, improvements: bool
) -> None:
    """Write a case for another program, or its states, or the graph of them, with their stability."""
    from detente.exchange import ExportFormat, export_gmcr

    known = [*(kind.value for kind in ExportFormat), GMCR]
    words = f"{', '.join(known[:-1])} or {known[-1]}"
    if to is None and file is None:
        raise OptionError(f"say what to write: --to {words}, or --output FILE")
    if to is not None and to not in known:
        raise OptionError(f"unknown format '{to}'; what can be written is {words}")
    case = open_case(path, settings)
    if to == GMCR or (to is None and file is not None and file.suffix.lower() == f".{GMCR}"):
        target = Path(f"case.{GMCR}") if file is None else file
        export_gmcr(case, target, reading=reading)
    else:
        target = Path(f"states.{to}") if file is None else file
        _write_states(case, target, reading=reading, to=to, improvements=improvements)
    Screen().line(f"Written to {target}")


def _write_states(case: Case, target: Path, *, reading: str | None, to: str | None, improvements: bool) -> None:
    from detente.analysis.stability import analyse_stability
    from detente.exchange import export_states

    with Watch() as watch:
        result = analyse_stability(case, reading=reading, progress=watch)
        watch(ProgressEvent(task="writing states"))
    export_states(result.conflict, result.stable, target, format=to, only_improvements=improvements)
