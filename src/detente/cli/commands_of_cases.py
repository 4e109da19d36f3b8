"""Commands about the case itself; what they do is in a module each, loaded only when the command runs."""

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
    ReadingOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def demo(
    directory: Annotated[
        Path, typer.Option("--directory", metavar="DIR", help="Folder for the report; made if there is none.")
    ] = Path("detente-demo"),
    debug: DebugOption = False,
) -> None:
    """Run the main job on a built-in case, and write its report.

    Checks the case korea-2018, evaluates its roadmaps under every reading, designs the one that asks for the least
    trust, and writes a report.
    """
    with answering(debug=debug):
        from detente.cli.compiling import Compiling

        compiling = Compiling()
        try:
            from detente.cli.demo import run_demo

            run_demo(directory, wait=compiling.wait)
        finally:
            compiling.stop()


@app.command(cls=Command)
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; it must not have a case yet.")],
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a commented starter case to a new folder."""
    with answering(debug=debug):
        from detente.cli.starting import write_new_case

        write_new_case(directory, as_json=as_json)


@app.command(cls=Command)
def check(
    case: CaseArgument,
    settings: SetOption = None,
    all_problems: Annotated[
        bool, typer.Option("--all", help="Print all problems and notes, not only the first 100 problems.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print problems and notes as JSON and nothing else.")] = False,
    debug: DebugOption = False,
) -> None:
    """Tell what is wrong with a case, or what it contains."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.checking import check_case

        check_case(case, settings or [], all_notes=all_problems, as_json=as_json)


@app.command(cls=Command)
def show(
    case: CaseArgument,
    reading: ReadingOption = None,
    settings: SetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the case as JSON and nothing else.")] = False,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Show parties, measures, values and roadmaps as tables."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.showing import show_case

        show_case(case, settings or [], reading=reading, as_json=as_json)


@app.command(cls=Command)
def schema(debug: DebugOption = False) -> None:
    """Print the JSON Schema of case files, for editors."""
    with answering(debug=debug):
        from detente.cli.starting import print_schema

        print_schema()
