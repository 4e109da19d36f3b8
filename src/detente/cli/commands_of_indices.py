"""The command on what mediators look at in roadmaps."""

from __future__ import annotations

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
def indices(
    case: CaseArgument,
    roadmap: RoadmapsOption = None,
    reading: ReadingsOption = None,
    goal: Annotated[
        str | None,
        typer.Option(
            "--goal",
            metavar="EXPR",
            help="Look into the order of these measures, joined by 'and'. Those of each roadmap unless given.",
        ),
    ] = None,
    max_measures: Annotated[
        int, typer.Option("--max-measures", metavar="N", min=1, help="Derive the order of at most so many measures.")
    ] = 12,
    max_per_stage: Annotated[
        int | None,
        typer.Option("--max-per-stage", metavar="N", min=1, help="Derive it from stages of at most so many measures."),
    ] = None,
    settings: SetOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="Also print every party after every stage.")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell who gives first, who can be held up, who gains power.

    Front-loading, hold-up risk and shifts of power along each roadmap; levers that no stage mentions, and what using
    them would do to whom; the order that readings demand of the measures, and where their demands form a cycle. The
    order is looked into for the base case and every reading unless --reading is given.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.indexing import IndicesRequest, run_indices
        from detente.cli.output import Delivery

        request = IndicesRequest(
            roadmaps=None if roadmap is None else tuple(roadmap),
            readings=None if reading is None else tuple(reading),
            goal=goal,
            max_measures=max_measures,
            max_per_stage=max_per_stage,
        )
        run_indices(case, settings or [], request=request, rows=rows, delivery=Delivery(json=as_json, file=output))
