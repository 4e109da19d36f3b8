"""Commands that look for roadmaps."""

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
    ReadingOption,
    SetOption,
)
from detente.cli.program import Command, app


class ObjectiveWord(StrEnum):
    """What a design that holds can optimise."""

    TRUST = "trust"
    MARGIN = "margin"
    DURATION = "duration"
    NASH = "nash"


class DesignWord(StrEnum):
    """What ``design`` can optimise: the last one is experimental, and its roadmap need not hold."""

    TRUST = "trust"
    MARGIN = "margin"
    DURATION = "duration"
    NASH = "nash"
    TRUST_BUILDING = "trust-building"


@app.command(cls=Command)
def design(
    case: CaseArgument,
    goal: Annotated[
        str | None,
        typer.Option(
            "--goal",
            metavar="EXPR|best",
            help="Measures to reach: ids joined by ' and ', or 'best' for any (objectives margin and nash). "
            "All measures unless given.",
        ),
    ] = None,
    objective: Annotated[
        DesignWord,
        typer.Option(
            "--objective",
            help="What is best: the least trust asked of anyone, the greatest least margin, the shortest, "
            "the greatest product of gains, or (experimental) the least prior trust, whether or not it holds.",
        ),
    ] = DesignWord.TRUST,
    max_stages: Annotated[
        int | None, typer.Option("--max-stages", metavar="N", min=1, help="At most so many stages.")
    ] = None,
    max_per_stage: Annotated[
        int | None, typer.Option("--max-per-stage", metavar="N", min=1, help="At most so many measures in a stage.")
    ] = None,
    max_duration: Annotated[
        int | None, typer.Option("--max-duration", metavar="N", min=1, help="At most so many periods in all.")
    ] = None,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            "--max-seconds", metavar="S", help="Stop after about so many seconds with the best found and a bound."
        ),
    ] = None,
    together: Annotated[
        list[str] | None,
        typer.Option("--together", metavar='"ID ID…"', help="Measures that must come in the same stage; repeatable."),
    ] = None,
    before: Annotated[
        list[str] | None,
        typer.Option(
            "--before",
            metavar='"ID ID"',
            help="A measure that must come in an earlier stage than another; repeatable.",
        ),
    ] = None,
    at_table: Annotated[
        str | None,
        typer.Option("--at-table", metavar="FORMAT", help="Only the parties of a format take part and count."),
    ] = None,
    reading: ReadingOption = None,
    settings: SetOption = None,
    start: FromOption = None,
    memory: Annotated[
        str, typer.Option("--memory", metavar="SIZE", help="Memory to use at most, such as 4GB or 500MB.")
    ] = "4GB",
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Find the roadmap that asks for the least trust.

    Or the one with the greatest least margin, the shortest, or the one with the greatest product of gains. The answer
    says whether it is proven to be the best; where none exists, it names who and what rules every one out.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.designing import DesignRequest, run_design
        from detente.cli.output import Delivery

        delivery = Delivery(json=as_json, file=output)
        request = DesignRequest(
            goal=goal,
            objective=objective.value,
            max_stages=max_stages,
            max_per_stage=max_per_stage,
            max_duration=max_duration,
            max_seconds=max_seconds,
            together=tuple(together or ()),
            before=tuple(before or ()),
            at_table=at_table,
            reading=reading,
            memory=memory,
            start=start,
        )
        if objective is DesignWord.TRUST_BUILDING:
            from detente.cli.trusting import run_trust_design

            run_trust_design(case, settings or [], request=request, delivery=delivery)
            return
        run_design(case, settings or [], request=request, delivery=delivery)
