"""What can go wrong, and how it is said.

One tree of exceptions, and the `Diagnostic`: one problem in a case with its code, its place and what to do.
A diagnostic prints as ``path:line:column: error[Dnnn]: what is wrong`` followed by an indented ``help:`` line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

MOST_PRINTED = 100
"""Diagnostics shown unless all are asked for; a case with more is told how many are left."""


class Severity(StrEnum):
    """How much a diagnostic matters: an error stops every analysis, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Span:
    """A place in a file; lines and columns are counted from 1."""

    path: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One problem: permanent code, what is wrong, what to do, and where.

    Parameters
    ----------
    code : str
        Permanent code such as ``"D104"``; each has a page in the documentation.
    message : str
        What is wrong, with the value seen; one sentence.
    help : str, optional
        What to do: the values allowed, the nearest match.
    span : Span, optional
        Where; absent for cases that were built in Python.
    severity : Severity
        Whether it stops an analysis.
    """

    code: str
    message: str
    help: str = ""
    span: Span | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.span}: " if self.span is not None else ""
        text = f"{where}{self.severity.value}[{self.code}]: {self.message}"
        return f"{text}\n    help: {self.help}" if self.help else text


def format_diagnostics(diagnostics: Sequence[Diagnostic], *, most: int | None = MOST_PRINTED) -> str:
    """Write diagnostics one below the other, at most `most` of them, then how many are left."""
    shown = diagnostics if most is None else diagnostics[:most]
    lines = [str(diagnostic) for diagnostic in shown]
    left = len(diagnostics) - len(shown)
    if left > 0:
        lines.append(f"and {left} more (--all prints them)")
    return "\n".join(lines)


class DetenteError(Exception):
    """Anything that detente refuses or cannot do; the message is meant for the user."""


class CaseError(DetenteError):
    """The case is invalid: all its problems at once, in document order.

    Parameters
    ----------
    diagnostics : sequence of Diagnostic
        At least one, those of severity error first in document order.
    """

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(format_diagnostics(self.diagnostics))


class OptionError(DetenteError):
    """An option of a call or a command is wrong: a usage error, not a fault of the case."""


class LimitError(DetenteError):
    """The answer would need more memory or work than allowed; the message names what one could fix."""


class Cancelled(DetenteError):
    """The user stopped the run; raised by a progress callback."""


class ExperimentalWarning(UserWarning):
    """What was used is experimental: its definitions, words and numbers may still change."""
