"""The command that looks for what would make a roadmap hold."""

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
    ReadingOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def repair(
    case: CaseArgument,
    roadmap: Annotated[str, typer.Option("--roadmap", metavar="ID", help="Roadmap to repair.")],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="Kind of repair to look for: payments, detection, stage-length, counterpart, guarantor, order, drop "
            "or split; repeatable. All unless given.",
        ),
    ] = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    rate: Annotated[
        list[str] | None,
        typer.Option(
            "--rate",
            metavar="PAYER:RECEIVER=X",
            help="What paying one unit of the receiver's costs the payer, in its own; repeatable. 1 unless given.",
        ),
    ] = None,
    own_ratio: Annotated[
        float | None,
        typer.Option(
            "--own-ratio",
            metavar="X",
            min=0.0,
            help="What a counterpart costs its giver per unit that it is worth to others; 0.25 unless given.",
        ),
    ] = None,
    punishment_ratio: Annotated[
        float | None,
        typer.Option(
            "--punishment-ratio",
            metavar="X",
            min=0.0,
            help="What punishing costs a guarantor per unit of the punishment; 1 unless given.",
        ),
    ] = None,
    apply: Annotated[
        str | None,
        typer.Option(
            "--apply",
            metavar="N|KIND",
            help="Write the case with a repair: by its number in the table, or the first of a kind that works.",
        ),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to",
            metavar="PATH",
            help="Where --apply writes: a folder, or a .yaml file. CASE-repaired unless given.",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --apply replace a case that is there.")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell what would make a roadmap hold, side by side.

    The least of every kind of repair: payments after verification, earlier detection, other stage lengths, a further
    reversible counterpart, a guarantor, another order, leaving measures out, splitting a measure. Each is verified by
    evaluating the repaired roadmap; --apply writes the case so repaired.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.output import Delivery
        from detente.cli.repairing import Application, RepairRequest, run_repair
        from detente.errors import OptionError

        delivery = Delivery(json=as_json, file=output)
        if apply is None and (to is not None or overwrite):
            raise OptionError("--to and --overwrite belong to --apply; add --apply with a repair's number or kind")
        request = RepairRequest(
            roadmap=roadmap,
            kinds=tuple(kind or ()),
            rates=tuple(rate or ()),
            own_ratio=own_ratio,
            punishment_ratio=punishment_ratio,
            reading=reading,
        )
        application = None if apply is None else Application(which=apply, target=to, overwrite=overwrite)
        run_repair(case, settings or [], request=request, application=application, delivery=delivery)
