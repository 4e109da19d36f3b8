"""``detente report``: one document with verdicts, reasons and evidence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from detente.cli.cases import open_case
from detente.cli.screen import Screen
from detente.cli.watch import Watch


def run_report(
    path: str,
    settings: Sequence[str],
    output: Path,
    *,
    roadmaps: Sequence[str] | None,
    readings: Sequence[str] | None,
    max_per_stage: int | None,
    critical: bool | None,
    indispensable: bool,
    repairs: bool,
    stability: bool,
) -> None:
    """Write the report of a case and say where it is."""
    from detente.report import write_report

    case = open_case(path, settings)
    with Watch() as watch:
        write_report(
            case,
            output,
            roadmaps=roadmaps,
            readings=readings,
            max_per_stage=max_per_stage,
            critical=critical,
            indispensable=indispensable,
            repairs=repairs,
            stability=stability,
            progress=watch,
        )
    Screen().line(f"Written to {output}")
