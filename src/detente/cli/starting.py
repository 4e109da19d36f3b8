"""``detente new`` and ``detente schema``: what one needs to write a case."""

from __future__ import annotations

from pathlib import Path

from detente.cli.output import dump_json
from detente.cli.screen import Screen


def write_new_case(directory: Path, *, as_json: bool) -> None:
    """Write a commented starter case and say what to do next."""
    from detente.casefile import new_case

    folder = new_case(directory)
    files = sorted(str(file) for file in folder.iterdir())
    if as_json:
        print(dump_json({"directory": str(folder), "files": files}))  # noqa: T201 - the answer
        return
    screen = Screen()
    screen.line(f"A starter case is in {folder}:")
    for file in files:
        screen.line(f"  {file}")
    screen.line(f"Edit case.yaml, then: detente check {folder}")


def print_schema() -> None:
    """Print the JSON Schema of ``case.yaml``."""
    from detente.casefile import case_schema

    print(dump_json(case_schema()))  # noqa: T201 - the answer
