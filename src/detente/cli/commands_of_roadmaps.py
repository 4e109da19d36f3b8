"""Commands about the roadmaps of a case: whether they hold."""

from __future__ import annotations

from enum import StrEnum
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


class AnswersWord(StrEnum):
    """How deviations can be answered in ``evaluate``."""

    BREAKDOWN = "breakdown"
    GRADUATED = "graduated"


@app.command(cls=Command)
def evaluate(
    case: CaseArgument,
    roadmap: RoadmapsOption = None,
    reading: ReadingsOption = None,
    settings: SetOption = None,
    start: FromOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="Also print every check of every party.")] = False,
    answers: Annotated[
        AnswersWord,
        typer.Option(
            "--answers",
            metavar="WORD",
            help="What a deviation meets: breakdown, or (experimental) graduated, an answer in proportion for a time.",
        ),
    ] = AnswersWord.BREAKDOWN,
    answer_periods: Annotated[
        str | None,
        typer.Option(
            "--answer-periods",
            metavar="N|for-good",
            help="How long a graduated answer lasts; 3 periods unless given.",
        ),
    ] = None,
    proportion: Annotated[
        float | None,
        typer.Option(
            "--proportion",
            metavar="X",
            help="What a graduated answer loses the deviator, as a multiple of what it gains; 1 unless given.",
        ),
    ] = None,
    false_alarm: Annotated[
        float | None,
        typer.Option(
            "--false-alarm",
            metavar="P",
            help="Chance per period of a false alarm: also say what alarms cost, with breakdown and with graduated "
            "answers.",
        ),
    ] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell whether roadmaps hold, and who is tempted where."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.evaluating import run_evaluate
        from detente.cli.graduated import AnswerRequest, refuse_without_graduated, run_graduated
        from detente.cli.output import Delivery
        from detente.cli.progressing import run_progress
        from detente.errors import OptionError

        delivery = Delivery(json=as_json, file=output)
        request = AnswerRequest(periods=answer_periods, proportion=proportion, false_alarm=false_alarm)
        if start is not None:
            if answers is AnswersWord.GRADUATED:
                raise OptionError("--from and --answers graduated do not go together: leave out one of them")
            refuse_without_graduated(request)
            run_progress(
                case, settings or [], at=start, roadmaps=roadmap, readings=reading, rows=rows, delivery=delivery
            )
            return
        if answers is AnswersWord.GRADUATED:
            run_graduated(
                case, settings or [], roadmaps=roadmap, readings=reading, request=request, rows=rows, delivery=delivery
            )
            return
        refuse_without_graduated(request)
        run_evaluate(case, settings or [], roadmaps=roadmap, readings=reading, rows=rows, delivery=delivery)
