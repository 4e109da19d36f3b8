"""How a command ends: its exit code, and what it says on stderr.

0 answered (also "does not hold", "none exists"), 1 the case is invalid, 2 usage, 3 stopped at a limit or cancelled,
70 a fault of detente's own.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import typer

from detente._version import __version__
from detente.errors import MOST_PRINTED, Cancelled, CaseError, LimitError, OptionError, format_diagnostics


class ExitCode(IntEnum):
    """What the exit code of a command tells."""

    ANSWERED = 0
    INVALID_CASE = 1
    USAGE = 2
    STOPPED = 3
    BUG = 70


def say(text: str) -> None:
    """Print to stderr, whatever its encoding can show."""
    encoding = sys.stderr.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr)  # noqa: T201 - what a command says


@contextmanager
def answering(*, debug: bool = False, all_problems: bool = False) -> Iterator[None]:
    """Turn what a command raises into a message on stderr and an exit code.

    Parameters
    ----------
    debug : bool
        Print the traceback of a fault of detente's own.
    all_problems : bool
        Print all problems of an invalid case, not only the first hundred.
    """
    try:
        yield
        sys.stdout.flush()
    except CaseError as error:
        say(format_diagnostics(error.diagnostics, most=None if all_problems else MOST_PRINTED))
        raise typer.Exit(ExitCode.INVALID_CASE) from None
    except OptionError as error:
        say(f"Error: {error}")
        raise typer.Exit(ExitCode.USAGE) from None
    except LimitError as error:
        say(f"Stopped: {error}")
        raise typer.Exit(ExitCode.STOPPED) from None
    except MemoryError:
        say("Stopped: there is not enough memory for this.")
        raise typer.Exit(ExitCode.STOPPED) from None
    except (Cancelled, KeyboardInterrupt):
        say("Stopped before there was an answer.")
        raise typer.Exit(ExitCode.STOPPED) from None
    except BrokenPipeError:
        # Whoever reads the output has seen enough, as `head` does; what is left must go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(ExitCode.ANSWERED) from None
    except typer.Exit:
        raise
    except Exception as error:
        if debug:
            say(traceback.format_exc().rstrip())
        say(_describe_bug(error, debug=debug))
        raise typer.Exit(ExitCode.BUG) from None


def _describe_bug(error: Exception, *, debug: bool) -> str:
    lines = [
        f"detente {__version__} has a fault: {type(error).__name__}: {error}",
        "Please report it with this message, the command and, if you may share it, the case.",
    ]
    if not debug:
        lines.append("The same command with --debug also prints where it happened.")
    return "\n".join(lines)
