"""Commands that ask further about a conflict without agreement."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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
from detente.errors import OptionError

StateOption = Annotated[
    str | None,
    typer.Option(
        "--state",
        metavar="STATE",
        help="The ids in force with spaces between, - for none, a state of the graph, or its number from 1. The status "
        "quo unless given.",
    ),
]
ConceptsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--concepts",
        metavar="LIST",
        help="Some of nash, gmr, smr, seq and sseq, with commas between or repeated; all unless given.",
    ),
]


class ByWord(StrEnum):
    """What an inverse analysis may change."""

    RANKS = "ranks"
    STATEMENTS = "statements"


def split_words(texts: list[str] | None) -> tuple[str, ...] | None:
    """Return the words of an option that is repeated or has commas between its words.

    Raises
    ------
    OptionError
        If it is there and has no words.
    """
    if texts is None:
        return None
    words = tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
    if not words:
        raise OptionError("a list is empty; name something, or leave the option out")
    return words


@app.command(cls=Command)
def why(
    case: CaseArgument,
    state: StateOption = None,
    party: Annotated[
        list[str] | None,
        typer.Option("--party", metavar="ID", help="Whose moves to look at; repeatable. Everybody's unless given."),
    ] = None,
    concepts: ConceptsOption = None,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=1, help="Improvements of a party told one by one, at most.")
    ] = 8,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell why a state is or is not stable.

    Who could do better by which move, and what the others could answer so that nothing is won: the shortest sequence
    of their moves, and whether it could be escaped.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import explain_stability
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="why a state is or is not stable",
                ask=lambda read, watch: explain_stability(
                    read,
                    state,
                    party=party,
                    concepts=split_words(concepts),
                    reading=reading,
                    most=most,
                    memory=room,
                    progress=watch,
                ),
            ),
            delivery=Delivery(json=as_json, file=output),
        )


@app.command(cls=Command)
def paths(
    case: CaseArgument,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="STATE",
            help="Where to start: ids in force, a state of the graph, or a number from 1. The status quo unless given.",
        ),
    ] = None,
    concepts: ConceptsOption = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell how a conflict can move from the status quo.

    In how many moves each state is first reached, by moves of any kind and by improvements alone, who moves, and which
    equilibria can be reached so.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import trace_status_quo
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question, short_frame
        from detente.kernel.conflict import CONCEPTS

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="how the conflict can move",
                ask=lambda read, watch: trace_status_quo(
                    read,
                    reading=reading,
                    start=start,
                    concepts=split_words(concepts) or CONCEPTS,
                    memory=room,
                    progress=watch,
                ),
                frame=short_frame,
            ),
            delivery=Delivery(json=as_json, file=output),
        )


@app.command(cls=Command)
def inverse(
    case: CaseArgument,
    state: StateOption = None,
    concept: Annotated[
        str, typer.Option("--concept", metavar="WORD", help="nash, gmr, smr, seq or sseq.", show_default=True)
    ] = "seq",
    party: Annotated[
        list[str] | None,
        typer.Option(
            "--party", metavar="ID", help="Whose preferences may change; repeatable. Everybody's unless given."
        ),
    ] = None,
    by: Annotated[
        ByWord,
        typer.Option(
            "--by",
            metavar="<ranks|statements>",
            help="Count pairs of states ranked otherwise, or swaps of neighbours in lists of priorities.",
        ),
    ] = ByWord.RANKS,
    max_seconds: Annotated[
        float | None,
        typer.Option("--max-seconds", metavar="S", min=0.1, help="Stop then, with the best so far and a bound."),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            "--to", metavar="PATH", help="Write the case with the changed preferences to a folder or .yaml file."
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Let --to replace a case.")] = False,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell which preferences would make a state stable for all.

    The least change of preferences that does it: whose, and which states or priorities would have to change places.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.goals import parse_memory
        from detente.cli.inverse import InverseRequest, run_inverse
        from detente.cli.output import Delivery

        request = InverseRequest(
            state=state,
            concept=concept,
            parties=tuple(party) if party else None,
            by=by.value,
            max_seconds=max_seconds,
            reading=reading,
            memory=parse_memory(memory),
            to=to,
            overwrite=overwrite,
        )
        run_inverse(case, settings or [], request=request, delivery=Delivery(json=as_json, file=output))


@app.command(cls=Command)
def swaps(
    case: CaseArgument,
    state: Annotated[
        list[str] | None,
        typer.Option(
            "--state",
            metavar="STATE",
            help="A state to look at, as ids, a name or a number from 1; repeatable. Unless given, all of up to 64, of "
            "more those that are stable for all.",
        ),
    ] = None,
    concepts: ConceptsOption = None,
    party: Annotated[
        list[str] | None,
        typer.Option("--party", metavar="ID", help="Whose orders to move; repeatable. Everybody's unless given."),
    ] = None,
    max_seconds: Annotated[
        float | None,
        typer.Option("--max-seconds", metavar="S", min=0.1, help="Stop then, with what was found until then."),
    ] = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell how firmly equilibria stand.

    How many places in one party's order of states would have to be swapped before a state is stable for all no more,
    or becomes so.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import analyse_swaps
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="how firmly equilibria stand",
                ask=lambda read, watch: analyse_swaps(
                    read,
                    states=state,
                    concepts=split_words(concepts),
                    parties=party,
                    reading=reading,
                    max_seconds=max_seconds,
                    memory=room,
                    progress=watch,
                ),
            ),
            delivery=Delivery(json=as_json, file=output),
        )
