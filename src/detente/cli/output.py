"""Answers for other programs: JSON on stdout, or a file written whole or not at all."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from detente.cli.exits import ExitCode
from detente.cli.screen import Screen
from detente.errors import OptionError

if TYPE_CHECKING:
    from detente.analysis.result import Result

SUFFIXES = (".json", ".csv", ".parquet")
"""What --output writes, by the name of the file."""


def dump_json(document: object) -> str:
    """Write strict JSON, without NaN or infinities; as ASCII where stdout knows no Unicode."""
    return json.dumps(document, allow_nan=False, ensure_ascii=not _knows_unicode(), indent=2)


def _knows_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def check_target(path: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file that cannot be written, before the work is done.

    Raises
    ------
    OptionError
        If the name has another suffix, or its folder does not exist.
    """
    if path.suffix.lower() not in suffixes:
        allowed = f"{', '.join(suffixes[:-1])} or {suffixes[-1]}"
        seen = f"'{path.suffix}'" if path.suffix else "no suffix"
        raise OptionError(f"'{path}' ends in {seen}; a file to write must end in {allowed}")
    if path.is_dir():
        raise OptionError(f"'{path}' is a folder; name a file")
    if not path.parent.is_dir():
        raise OptionError(f"the folder '{path.parent}' of '{path}' does not exist; create it first")


def write_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Write a file under a temporary name beside it, then rename it, so that it is never half written.

    Raises
    ------
    OptionError
        If the file cannot be written.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        write(temporary)
        os.replace(temporary, path)
    except OSError as error:
        raise OptionError(f"'{path}' cannot be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How the answer of an analysis is asked for: as tables, as JSON, in a file.

    Raises
    ------
    OptionError
        If the file cannot be written.
    """

    json: bool
    file: Path | None

    def __post_init__(self) -> None:
        if self.file is not None:
            check_target(self.file, SUFFIXES)

    def deliver(self, result: Result, *, show: Callable[[Screen], None], summary: str) -> None:
        """Give the answer; one that was stopped ends the command with the exit code that says so."""
        from detente.analysis.result import Status

        if self.file is not None:
            target = self.file
            write_whole(self.file, lambda path: _write(result, path, target))
        if self.json:
            print_stream(result)
        elif self.file is not None:
            screen = Screen()
            screen.paragraph(summary)
            screen.line(f"Written to {self.file}")
        else:
            show(Screen())
        if result.status is Status.STOPPED:
            sys.stdout.flush()
            raise typer.Exit(ExitCode.STOPPED)


def print_stream(result: Result) -> None:
    """Print the JSON of an answer as it is made; as ASCII where stdout knows no Unicode."""
    for piece in result.stream_json(ascii_only=not _knows_unicode()):
        sys.stdout.write(piece)
    sys.stdout.write("\n")


def _write(result: Result, path: Path, target: Path) -> None:
    match path.suffix.lower():
        case ".json":
            with path.open("w", encoding="utf-8") as stream:
                stream.writelines(result.stream_json(beside=target))
                stream.write("\n")
        case ".csv":
            result.to_frame().to_csv(path, index=False)
        case _:
            result.to_frame().to_parquet(path, index=False)
