"""The commands and their options; what they do is in a module each, loaded only when the command runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

from detente._version import __version__
from detente.cli.exits import answering
from detente.cli.options import (
    AllOption,
    CaseArgument,
    DebugOption,
    JsonOption,
    OutputOption,
    ReadingOption,
    ReadingsOption,
    RoadmapsOption,
    SetOption,
)

app = typer.Typer(
    name="detente",
    help="Which roadmaps out of a conflict hold, who is tempted where, and which asks for the least trust.",
    epilog="Exit codes: 0 answered, 1 the case is invalid, 2 usage, 3 stopped or cancelled, 70 a fault of detente.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


class Command(TyperCommand):
    """A command whose usage names its arguments plainly: ``CASE``, ``[B]``."""

    # typer calls the context's type differently in different versions
    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the pieces of the usage line, without the braces of newer typers."""
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]


class ObjectiveWord(StrEnum):
    """What ``design`` can optimise."""

    TRUST = "trust"
    MARGIN = "margin"
    DURATION = "duration"
    NASH = "nash"


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"detente {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Which roadmaps out of a conflict hold, who is tempted where, and which asks for the least trust."""


@app.command(cls=Command)
def demo(
    directory: Annotated[
        Path, typer.Option("--directory", metavar="DIR", help="Folder for the report; made if there is none.")
    ] = Path("detente-demo"),
    debug: DebugOption = False,
) -> None:
    """Run the main job on a built-in case, and write its report.

    Checks the case korea-2018, evaluates its roadmaps under every reading, designs the one that asks for the least
    trust, and writes a report.
    """
    with answering(debug=debug):
        from detente.cli.compiling import finish_compiling, start_compiling, stop_compiling

        compiling = start_compiling()
        try:
            from detente.cli.demo import run_demo

            run_demo(directory, wait=lambda: finish_compiling(compiling))
        finally:
            stop_compiling(compiling)


@app.command(cls=Command)
def new(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make; it must not have a case yet.")],
    as_json: JsonOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a commented starter case to a new folder."""
    with answering(debug=debug):
        from detente.cli.starting import write_new_case

        write_new_case(directory, as_json=as_json)


@app.command(cls=Command)
def check(
    case: CaseArgument,
    settings: SetOption = None,
    all_problems: Annotated[
        bool, typer.Option("--all", help="Print all problems and notes, not only the first 100 problems.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print problems and notes as JSON and nothing else.")] = False,
    debug: DebugOption = False,
) -> None:
    """Tell what is wrong with a case, or what it contains."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.checking import check_case

        check_case(case, settings or [], all_notes=all_problems, as_json=as_json)


@app.command(cls=Command)
def show(
    case: CaseArgument,
    reading: ReadingOption = None,
    settings: SetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the case as JSON and nothing else.")] = False,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Show parties, measures, values and roadmaps as tables."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.showing import show_case

        show_case(case, settings or [], reading=reading, as_json=as_json)


@app.command(cls=Command)
def schema(debug: DebugOption = False) -> None:
    """Print the JSON Schema of case files, for editors."""
    with answering(debug=debug):
        from detente.cli.starting import print_schema

        print_schema()


@app.command(cls=Command)
def evaluate(
    case: CaseArgument,
    roadmap: RoadmapsOption = None,
    reading: ReadingsOption = None,
    settings: SetOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="Also print every check of every party.")] = False,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell whether roadmaps hold, and who is tempted where."""
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.evaluating import run_evaluate
        from detente.cli.output import Delivery

        delivery = Delivery(json=as_json, file=output)
        run_evaluate(case, settings or [], roadmaps=roadmap, readings=reading, rows=rows, delivery=delivery)


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
        ObjectiveWord,
        typer.Option(
            "--objective",
            help="What is best: the least trust asked of anyone, the greatest least margin, the shortest, "
            "or the greatest product of gains.",
        ),
    ] = ObjectiveWord.TRUST,
    max_stages: Annotated[
        int | None, typer.Option("--max-stages", metavar="N", min=1, help="At most so many stages.")
    ] = None,
    max_per_stage: Annotated[
        int | None, typer.Option("--max-per-stage", metavar="N", min=1, help="At most so many measures in a stage.")
    ] = None,
    max_duration: Annotated[
        int | None, typer.Option("--max-duration", metavar="N", min=1, help="At most so many periods in all.")
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
            together=tuple(together or ()),
            before=tuple(before or ()),
            at_table=at_table,
            reading=reading,
            memory=memory,
        )
        run_design(case, settings or [], request=request, delivery=delivery)


@app.command(cls=Command)
def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A case: folder, file or name of a built-in case.")],
    b: Annotated[
        str | None, typer.Argument(metavar="B", help="Another case; A itself, with settings, unless given.")
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="Change a value of B, such as parties.usa.hazard=0.02; repeatable."
        ),
    ] = None,
    reading: ReadingsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Tell which verdicts differ between two cases, and why.

    Lists every place at which the cases differ; for each verdict that differs, which of these differences alone make
    it so, which it needs, and, where none alone does, a smallest set that does. With A alone, compares it with itself
    under --set.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.comparing import run_diff
        from detente.cli.output import Delivery

        run_diff(a, b, settings or [], readings=reading, delivery=Delivery(json=as_json, file=output))


@app.command(cls=Command)
def report(
    case: CaseArgument,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="The report: one .html file that needs no other, or .md."),
    ],
    roadmap: RoadmapsOption = None,
    reading: ReadingsOption = None,
    max_per_stage: Annotated[
        int | None,
        typer.Option("--max-per-stage", metavar="N", min=1, help="Designs have at most so many measures in a stage."),
    ] = None,
    settings: SetOption = None,
    all_problems: AllOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a report as HTML or Markdown.

    Verdicts, a timeline with margins, trust, designs, what the verdicts depend on, and the evidence they rest on.
    """
    with answering(debug=debug, all_problems=all_problems):
        from detente.cli.reporting import run_report

        run_report(case, settings or [], output, roadmaps=roadmap, readings=reading, max_per_stage=max_per_stage)
