"""The commands that read and write other programs' formats, and that list the built-in cases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.cli.exits import answering
from detente.cli.options import AllOption, CaseArgument, DebugOption, JsonOption, ReadingOption, SetOption
from detente.cli.program import Command, app


@app.command(cls=Command)
def gallery(
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """List the built-in cases, with their sources.

    Published conflicts, and Korea 2017-18 with its evidence.
    """
    with answering(debug=debug):
        from detente.cli.exchanging import show_gallery

        show_gallery(as_json=as_json)


@app.command(name="import", cls=Command)
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File of another program: .gmcr.")],
    directory: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the case; made if there is none.")
    ],
    as_json: JsonOption = False,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Make a case of a file of another program.

    What the case cannot say as the file does is told, and kept as comments; nothing is lost in silence.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.exchanging import run_import

        run_import(file, directory, as_json=as_json)


@app.command(cls=Command)
def export(
    case: CaseArgument,
    to: Annotated[
        str | None,
        typer.Option("--to", metavar="FORMAT", help="csv, parquet, graphml, dot or gmcr; else what --output ends in."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write; unless given, states.FORMAT or case.gmcr here."
        ),
    ] = None,
    improvements: Annotated[
        bool, typer.Option("--improvements", help="In a graph, leave out moves that do not improve for their mover.")
    ] = False,
    reading: ReadingOption = None,
    settings: SetOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a conflict for other programs.

    A table of all states with what is in force, how each party ranks them and for whom they are stable (csv, parquet);
    the graph of states and moves (graphml, dot); or the case itself (gmcr).
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.exchanging import run_export

        run_export(case, settings or [], reading=reading, to=to, file=output, improvements=improvements)
