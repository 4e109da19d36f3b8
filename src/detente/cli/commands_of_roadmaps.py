"""Commands about the roadmaps of a case: whether they hold."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.exits import answering
from detente.cli.options import (
    AllOption,
    CaseArgument,
    DebugOption,
    FromOption,
    JsonOption,
    OutputOption,
    ReadingsOption,
    RoadmapsOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def evaluate(
    case: CaseArgument,
    roadmap: RoadmapsOption = None,
    reading: ReadingsOption = None,
    settings: SetOption = None,
    start: FromOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="Also print every check of every party.")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell whether roadmaps hold, and who is tempted where."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.evaluating import run_evaluate
        from detente.cli.output import Delivery
        from detente.cli.progressing import run_progress

        delivery = Delivery(json=as_json, file=output)
        if start is not None:
            run_progress(
                case, settings or [], at=start, roadmaps=roadmap, readings=reading, rows=rows, delivery=delivery
            )
            return
        run_evaluate(case, settings or [], roadmaps=roadmap, readings=reading, rows=rows, delivery=delivery)
