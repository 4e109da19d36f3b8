"""How commands end."""

import pytest
import typer

from detente._version import __version__
from detente.cli.exits import answering, say
from detente.errors import Cancelled, CaseError, Diagnostic, LimitError, OptionError

PROBLEMS = [Diagnostic(code="D601", message=f"problem {number}.", help="mend it") for number in range(103)]


def _end(error: BaseException, *, debug: bool = False, all_problems: bool = False) -> int:
    with pytest.raises(typer.Exit) as ended, answering(debug=debug, all_problems=all_problems):
        raise error
    return ended.value.exit_code


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OptionError("unknown roadmap 'x'"), 2, "Error: unknown roadmap 'x'\n"),
        (LimitError("needs 9 GB"), 3, "Stopped: needs 9 GB\n"),
        (MemoryError(), 3, "Stopped: there is not enough memory for this.\n"),
        (Cancelled("stop"), 3, "Stopped before there was an answer.\n"),
        (KeyboardInterrupt(), 3, "Stopped before there was an answer.\n"),
        (CaseError(PROBLEMS[:1]), 1, "error[D601]: problem 0.\n    help: mend it\n"),
    ],
)
def test_an_error_is_a_message_and_an_exit_code(
    error: BaseException, code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _end(error) == code
    assert capsys.readouterr() == ("", message)


def test_a_hundred_problems_are_printed_unless_all_are_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(CaseError(PROBLEMS)) == 1
    printed = capsys.readouterr().err.splitlines()
    assert (len(printed), printed[-1]) == (201, "and 3 more (--all prints them)")
    assert _end(CaseError(PROBLEMS), all_problems=True) == 1
    assert len(capsys.readouterr().err.splitlines()) == 206


def test_a_fault_of_ours_asks_to_be_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(ZeroDivisionError("division by zero")) == 70
    assert capsys.readouterr().err == (
        f"detente {__version__} has a fault: ZeroDivisionError: division by zero\n"
        "Please report it with this message, the command and, if you may share it, the case.\n"
        "The same command with --debug also prints where it happened.\n"
    )


def test_the_traceback_is_printed_only_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(ZeroDivisionError("division by zero"), debug=True) == 70
    printed = capsys.readouterr().err.splitlines()
    assert printed[0] == "Traceback (most recent call last):"
    assert printed[-3:] == [
        "ZeroDivisionError: division by zero",
        f"detente {__version__} has a fault: ZeroDivisionError: division by zero",
        "Please report it with this message, the command and, if you may share it, the case.",
    ]


def test_an_exit_passes_through() -> None:
    assert _end(typer.Exit(3)) == 3


def test_an_answer_is_no_exit() -> None:
    with answering():
        pass


def test_what_stderr_cannot_show_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    say("lone surrogate: \udc80")
    assert capsys.readouterr().err == "lone surrogate: \\udc80\n"
