"""Commands that compare cases, and the report on one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli.exits import answering
from detente.cli.options import (
    AllOption,
    CaseArgument,
    DebugOption,
    JsonOption,
    OutputOption,
    ReadingsOption,
    RoadmapsOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A case: folder, file or name of a built-in case.")],
    b: Annotated[
        str | None, typer.Argument(metavar="B", help="Another case; A itself, with settings, unless given.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Change a value of B, such as parties.usa.hazard=0.02; repeatable."
        ),
    ] = None,
    reading: ReadingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell which verdicts differ between two cases, and why.

    Lists every place at which the cases differ; for each verdict that differs, which of these differences alone make
    it so, which it needs, and, where none alone does, a smallest set that does. With A alone, compares it with itself
    under --set.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.comparing import run_diff
        from detente.cli.output import Delivery

        run_diff(a, b, settings or [], readings=reading, delivery=Delivery(json=as_json, file=output))


@app.command(cls=Command)
def report(
    case: CaseArgument,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The report: one .html file that needs no other, or .md."),
    ],
    roadmap: RoadmapsOption = None,
    reading: Annotated[
        list[str] | None,
        typer.Option(
            "--reading", metavar="ID", help="Reading to tell beside the base case; repeatable. All unless given."
        ),
    ] = None,
    max_per_stage: Annotated[
        int | None,
        typer.Option("--max-per-stage", metavar="N", min=1, help="Designs have at most so many measures in a stage."),
    ] = None,
    critical: Annotated[
        bool | None,
        typer.Option(
            "--critical/--no-critical",
            help="Tell what would tip each verdict. Unless given, in cases of up to 12 measures.",
            show_default=False,
        ),
    ] = None,
    indispensable: Annotated[
        bool,
        typer.Option(
            "--indispensable",
            help="Add a chapter on who is indispensable and which format serves; it may take minutes.",
        ),
    ] = False,
    repairs: Annotated[
        bool,
        typer.Option(
            "--repairs", help="Add a chapter on what would make the roadmaps hold that fail; it may take minutes."
        ),
    ] = False,
    stability: Annotated[
        bool,
        typer.Option(
            "--stability/--no-stability",
            help="Tell what would last without agreement, in cases of up to 262,144 feasible states.",
        ),
    ] = True,
    settings: SetOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a report as HTML or Markdown.

    What would last without agreement, verdicts, a timeline with margins, trust, designs, what the verdicts depend on,
    and the evidence they rest on.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.reporting import run_report

        run_report(
            case,
            settings or [],
            output,
            roadmaps=roadmap,
            readings=reading,
            max_per_stage=max_per_stage,
            critical=critical,
            indispensable=indispensable,
            repairs=repairs,
            stability=stability,
        )
