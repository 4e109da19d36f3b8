"""The bar and Ctrl-C."""

import io
import os
import signal
import threading
from contextlib import redirect_stderr

import pytest

from detente.cli import watch
from detente.cli.watch import Watch, part_of
from detente.errors import Cancelled
from detente.progress import ProgressEvent


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """A terminal in place of stderr, and no waiting before the bar."""
    stream = _Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr(watch, "SHOWN_AFTER", 0.0)
    return stream


def test_the_bar_says_what_is_done_and_how_much(terminal: io.StringIO) -> None:
    with redirect_stderr(terminal), Watch() as bar:
        bar(ProgressEvent(task="listing stages"))
        bar(ProgressEvent(task="searching", fraction=0.5))
        bar(ProgressEvent(task="searching", fraction=0.25))
        bar(ProgressEvent(task="proving", fraction=0.125))
    for text in ("listing stages", "searching", " 50%", "proving", " 12%"):
        assert text in terminal.getvalue()
    assert " 25%" not in terminal.getvalue()


def test_there_is_no_bar_in_the_first_second(terminal: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "SHOWN_AFTER", 60.0)
    with redirect_stderr(terminal), Watch() as bar:
        bar(ProgressEvent(task="searching", fraction=0.5))
    assert terminal.getvalue() == ""


def test_there_is_no_bar_where_stderr_is_no_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(watch, "SHOWN_AFTER", 0.0)
    with Watch() as bar:
        bar(ProgressEvent(task="searching", fraction=0.5))
    assert capsys.readouterr() == ("", "")


def test_the_bar_can_be_taken_away_and_comes_back(terminal: io.StringIO) -> None:
    with redirect_stderr(terminal), Watch() as bar:
        bar(ProgressEvent(task="first", fraction=0.5))
        bar.hide()
        terminal.truncate(0)
        bar(ProgressEvent(task="second", fraction=0.75))
    assert "first" not in terminal.getvalue()
    assert "second" in terminal.getvalue()


def test_the_first_interrupt_cancels_at_the_next_event_and_the_second_at_once() -> None:
    before = signal.getsignal(signal.SIGINT)
    with Watch() as bar:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Cancelled, match=r"^stopped by the user$"):
            bar(ProgressEvent(task="searching"))
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_watch_in_another_thread_leaves_interrupts_alone() -> None:
    seen = []

    def work() -> None:
        with Watch() as bar:
            bar(ProgressEvent(task="searching"))
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_part_of_the_work_fills_its_part_of_the_bar() -> None:
    seen: list[ProgressEvent] = []
    part = part_of(seen.append, 0.5, 0.75)
    part(ProgressEvent(task="a", fraction=0.5, best=1.0, bound=2.0))
    part(ProgressEvent(task="b"))
    assert seen == [
        ProgressEvent(task="a", fraction=0.625, best=1.0, bound=2.0),
        ProgressEvent(task="b", fraction=0.5),
    ]
