"""The command on trust over time."""

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
    ReadingOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def trust(
    case: CaseArgument,
    roadmap: Annotated[str, typer.Option("--roadmap", metavar="ID", help="Roadmap of the case.")],
    prior: Annotated[
        list[str] | None,
        typer.Option(
            "--prior",
            metavar="P|ID=P",
            help="How likely every party, or one of them, is thought to be reliable, such as 0.6 or usa=0.7; "
            "repeatable. 0.5 unless given.",
        ),
    ] = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell how trust develops along a roadmap (experimental).

    Parties are reliable, or opportunists that cheat when it pays them best. The answer says how much trust has to be
    there at the start for every reliable party to go ahead, who would cheat when, which stages tell something about the
    others and which are cheap talk, and how large the next step may be given trust so far.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.output import Delivery
        from detente.cli.trusting import run_trust

        run_trust(
            case,
            settings or [],
            roadmap=roadmap,
            priors=tuple(prior or ()),
            reading=reading,
            delivery=Delivery(json=as_json, file=output),
        )
