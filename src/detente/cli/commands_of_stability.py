"""The commands on conflicts without agreement."""

from __future__ import annotations

from typing import Annotated

import typer

from detente.cli.commands_of_conflicts import split_words
from detente.cli.exits import answering
from detente.cli.options import (
    AllOption,
    CaseArgument,
    DebugOption,
    JsonOption,
    MemoryOption,
    OutputOption,
    ReadingOption,
    SetOption,
)
from detente.cli.program import Command, app


@app.command(cls=Command)
def stability(
    case: CaseArgument,
    concepts: Annotated[
        list[str] | None,
        typer.Option(
            "--concepts",
            metavar="LIST",
            help="Some of nash, gmr, smr, seq and sseq, with commas between or repeated; all five unless given.",
        ),
    ] = None,
    horizon: Annotated[
        int | None,
        typer.Option(
            "--horizon", metavar="N", min=1, help="Also tell maximin stability with N moves of foresight, at least 1."
        ),
    ] = None,
    limited_moves: Annotated[
        int | None,
        typer.Option(
            "--limited-moves",
            metavar="N",
            min=1,
            help="Also tell limited-move stability with N moves of foresight, for two parties.",
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=1, help="Stable states to show at most.", show_default=True)
    ] = 12,
    individual: Annotated[
        bool,
        typer.Option("--individual", help="Also print for whom each state is stable: all states of a small conflict."),
    ] = False,
    coalitions: Annotated[
        bool, typer.Option("--coalitions", help="Also tell which states last even if parties join forces.")
    ] = False,
    pareto: Annotated[
        bool,
        typer.Option(
            "--pareto", help="A coalition improves if one member is better off and none worse; else all must be."
        ),
    ] = False,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell which states would last with no agreement at all.

    Every party moves by itself whenever that pays, as far ahead as each concept lets it think. Tells which states are
    stable for each party and for all, and how the status quo stands.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.output import Delivery
        from detente.cli.stability import StabilityRequest, run_stability

        delivery = Delivery(json=as_json, file=output)
        request = StabilityRequest(
            concepts=split_words(concepts) or (),
            horizon=horizon,
            limited_moves=limited_moves,
            most=most,
            individual=individual,
            coalitions=coalitions,
            pareto=pareto,
            memory=memory,
        )
        run_stability(case, settings or [], reading=reading, request=request, delivery=delivery)
