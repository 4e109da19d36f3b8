"""The options that several commands share, each stated once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="Folder of a case, its case file, or the name of a built-in case.")
]
ReadingOption = Annotated[
    str | None, typer.Option("--reading", metavar="ID", help="Reading to see the case by; the base case unless given.")
]
ReadingsOption = Annotated[
    list[str] | None,
    typer.Option("--reading", metavar="ID", help="Reading to see the case by; repeatable. The base case unless given."),
]
RoadmapsOption = Annotated[
    list[str] | None,
    typer.Option("--roadmap", metavar="ID", help="Roadmap; repeatable. All of the case unless given."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="What if: change a value of the case, such as parties.usa.hazard=0.02; repeatable.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the answer as JSON and nothing else.")]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="FILE",
        help="Write the answer to a file: .json, or its table as .csv or .parquet.",
    ),
]
FromOption = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="now|PERIOD",
        help="Start from what `progress:` says is in force: now, which is the latest period named there, or a period.",
    ),
]
MemoryOption = Annotated[
    str, typer.Option("--memory", metavar="SIZE", help="Memory to use at most, such as 4GB or 500MB.")
]
AllOption = Annotated[bool, typer.Option("--all", help="Print all problems of the case, not only the first 100.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Print the traceback of a fault of detente's own.")]
