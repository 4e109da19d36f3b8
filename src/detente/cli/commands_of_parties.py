"""The command on who is indispensable."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.commands_of_designs import ObjectiveWord
from detente.cli.exits import answering
from detente.cli.options import (
    AllOption,
    CaseArgument,
    DebugOption,
    JsonOption,
    OutputOption,
    ReadingsOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def indispensable(
    case: CaseArgument,
    reading: ReadingsOption = None,
    objective: Annotated[
        list[ObjectiveWord] | None,
        typer.Option(
            "--objective",
            metavar="<trust|margin|duration|nash>",
            help="Also tell of every table how wide its margins can be, how little trust it can ask or how short it "
            "can be; repeatable.",
        ),
    ] = None,
    goal: Annotated[
        str | None,
        typer.Option(
            "--goal",
            metavar="EXPR",
            help="What trust and duration aim at: ids joined by ' and '. The best package of each table unless given.",
        ),
    ] = None,
    sources: Annotated[
        bool,
        typer.Option(
            "--sources", help="Also tell which lever, vote, veto or promise to punish a party's worth comes from."
        ),
    ] = False,
    coalitions: Annotated[
        bool, typer.Option("--coalitions", help="Also print every table that comes to something.")
    ] = False,
    max_per_stage: Annotated[
        int | None,
        typer.Option(
            "--max-per-stage",
            metavar="N",
            min=1,
            help="At most so many measures in a stage, for every table alike. Unless given, 2 in cases of more than "
            "12 measures, no limit in smaller ones.",
        ),
    ] = None,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds",
            metavar="S",
            min=0.1,
            help="For one table at most; what is not proven by then is told as an interval.",
        ),
    ] = None,
    settings: SetOption = None,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="Memory to use at most, such as 4GB or 500MB.")
    ] = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell who is indispensable, and which format serves.

    Every set of parties is seated at a table of its own and takes the best roadmap that it can take by itself. Tells
    what is lost without each party, its Shapley value, how the case's formats compare, and whose refusal costs more
    than its absence.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.indispensable import IndispensableRequest, run_indispensable
        from detente.cli.output import Delivery

        delivery = Delivery(json=as_json, file=output)
        request = IndispensableRequest(
            readings=tuple(dict.fromkeys(reading or ())),
            objectives=tuple(word.value for word in objective or ()),
            goal=goal,
            sources=sources,
            coalitions=coalitions,
            max_per_stage=max_per_stage,
            max_seconds=max_seconds,
            memory=memory,
        )
        run_indispensable(case, settings or [], request=request, delivery=delivery)
