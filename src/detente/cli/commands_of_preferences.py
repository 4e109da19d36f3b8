"""Commands on conflicts in which preferences are uncertain, strong, or about others."""

from __future__ import annotations

from typing import Annotated, cast

import typer

from detente.cli.commands_of_conflicts import ConceptsOption, StateOption, split_words
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
def unknown(
    case: CaseArgument,
    extensions: Annotated[
        list[str] | None,
        typer.Option("--extensions", metavar="LIST", help="Some of a, b, c and d; all four unless given."),
    ] = None,
    ranges: Annotated[
        bool,
        typer.Option(
            "--ranges", help="Also take as unknown what depends on which values in the ranges stated are right."
        ),
    ] = False,
    concepts: ConceptsOption = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell which states would last, some preferences unknown.

    Four ways of taking what is unknown, from the most daring party to the most cautious one: does it move for an
    unknown gain, and does an unknown loss deter it?
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import UnknownStability, analyse_unknown
        from detente.analysis.stability.unknown import EXTENSIONS
        from detente.analysis.stability.unknown_words import unknown_form
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question
        from detente.kernel.conflict import CONCEPTS

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="without agreement, some preferences unknown",
                form=lambda result: unknown_form(cast(UnknownStability, result)),
                ask=lambda read, watch: analyse_unknown(
                    read,
                    reading=reading,
                    concepts=split_words(concepts) or CONCEPTS,
                    extensions=split_words(extensions) or EXTENSIONS,
                    ranges=ranges,
                    memory=room,
                    progress=watch,
                ),
            ),
            delivery=Delivery(json=as_json, file=output),
        )


@app.command(cls=Command)
def strength(
    case: CaseArgument,
    concepts: ConceptsOption = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell how strongly states are stable.

    A state is strongly stable if what deters every party from leaving it is not only no better but much worse, as the
    case says by `strong:` what much is.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import analyse_strength
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question
        from detente.kernel.conflict import CONCEPTS

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="without agreement, how strongly",
                ask=lambda read, watch: analyse_strength(
                    read, reading=reading, concepts=split_words(concepts) or CONCEPTS, memory=room, progress=watch
                ),
            ),
            delivery=Delivery(json=as_json, file=output),
        )


@app.command(cls=Command)
def attitudes(
    case: CaseArgument,
    attitude: Annotated[
        list[str] | None,
        typer.Option(
            "--attitude",
            metavar="PARTY:PARTY=SIGN",
            help="The first party's attitude toward the second: +, 0 or -; repeatable. What is not given is 0 toward "
            "others and + toward oneself.",
        ),
    ] = None,
    state: StateOption = None,
    concepts: Annotated[
        list[str] | None,
        typer.Option(
            "--concepts",
            metavar="LIST",
            help="Some of nash, gmr, smr and seq, with commas between or repeated. Unless given, all with --attitude, "
            "the first three without.",
        ),
    ] = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    memory: MemoryOption = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell what attitudes toward others change (experimental).

    With --attitude: which states would last then. Without: which attitudes would make a state stable for everybody.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.attitudes import run_attitudes
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery

        run_attitudes(
            case,
            settings or [],
            attitudes=attitude or [],
            state=state,
            concepts=split_words(concepts),
            reading=reading,
            memory=parse_memory(memory),
            delivery=Delivery(json=as_json, file=output),
        )


@app.command(cls=Command)
def behaviour(
    case: CaseArgument,
    path: Annotated[
        list[str],
        typer.Option(
            "--path",
            metavar="STATE",
            help="A state that was seen, in order; repeat for the next, which one move led to. Everybody stayed in the "
            "last.",
        ),
    ],
    stayed: Annotated[
        list[str] | None,
        typer.Option(
            "--stayed", metavar="PARTY=STATE", help="Another state in which a party was seen to stay; repeatable."
        ),
    ] = None,
    left: Annotated[
        list[str] | None,
        typer.Option("--left", metavar="PARTY=STATE", help="Another state that a party was seen to leave; repeatable."),
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
    """Tell which concepts explain what was seen.

    Each party was seen to move or to stay. A concept agrees with that if it makes the party leave what it left and
    stay where it stayed.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.analysis.stability import analyse_behaviour
        from detente.cli.attitudes import parse_sightings
        from detente.cli.goals import parse_memory
        from detente.cli.output import Delivery
        from detente.cli.questions import Question, run_question
        from detente.kernel.conflict import CONCEPTS

        room = parse_memory(memory)
        run_question(
            case,
            settings or [],
            Question(
                title="what explains what was seen",
                ask=lambda read, watch: analyse_behaviour(
                    read,
                    path=path,
                    stayed=parse_sightings(stayed),
                    left=parse_sightings(left),
                    reading=reading,
                    concepts=split_words(concepts) or CONCEPTS,
                    memory=room,
                    progress=watch,
                ),
            ),
            delivery=Delivery(json=as_json, file=output),
        )
