"""The command on the numbers that tip a verdict."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.exits import answering
from detente.cli.options import AllOption, CaseArgument, DebugOption, JsonOption, OutputOption, ReadingOption, SetOption
from detente.cli.program import Command, app


@app.command(cls=Command)
def critical(
    case: CaseArgument,
    roadmap: Annotated[str, typer.Option("--roadmap", metavar="ID", help="The roadmap.")],
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value",
            metavar="PATH",
            help="Number to move, such as parties.usa.discount, or what it is part of; repeatable. All unless given; "
            "'hazard' is the total hazard.",
        ),
    ] = None,
    reading: ReadingOption = None,
    longest: Annotated[
        int | None,
        typer.Option(
            "--longest",
            metavar="N",
            min=1,
            help="Try lags, durations and lengths of stages up to N periods; 60, or twice what they are, unless given.",
        ),
    ] = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell at which value each number tips a verdict.

    Moves every number of the case alone over all the values that it may have: values, costs, punishments, discount
    factors, hazards, lags and lengths of stages. Lists all values at which the roadmap begins or ceases to hold, the
    closest first.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.output import Delivery
        from detente.cli.tipping import run_critical

        run_critical(
            case,
            settings or [],
            roadmap=roadmap,
            numbers=value,
            reading=reading,
            longest=longest,
            delivery=Delivery(json=as_json, file=output),
        )
