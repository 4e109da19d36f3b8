"""``detente report``: one document with verdicts, reasons and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.cli.cases import open_case
from detente.cli.output import check_target, write_whole
from detente.cli.screen import Screen
from detente.cli.watch import Watch

SUFFIXES = (".html", ".md")
"""What a report can be, by the name of its file."""


def run_report(
    path: str,
    settings: Sequence[str],
    output: Path,
    *,
    roadmaps: Sequence[str] | None,
    readings: Sequence[str] | None,
) -> None:
    """Write the report of a case and say where it is."""
    from detente.report import write_report

    check_target(output, SUFFIXES)
    case = open_case(path, settings)
    with Watch() as watch:
        write_whole(output, lambda path: write_report(case, path, roadmaps=roadmaps, readings=readings, progress=watch))
    Screen().line(f"Written to {output}")
