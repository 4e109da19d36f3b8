"""What the user sees and can do while something takes long: a bar with the time left, and Ctrl-C.

The first Ctrl-C asks the work to stop with the best found so far; the second stops it at once.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

from detente.cli.screen import is_terminal
from detente.errors import Cancelled
from detente.progress import Progress, ProgressEvent

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

SHOWN_AFTER = 1.0
"""Seconds after which there is a bar."""


class Watch:
    """A progress callback; as a context it draws a bar on stderr and turns Ctrl-C into `Cancelled`."""

    def __init__(self) -> None:
        self.is_stopped = False
        self._started = time.monotonic()
        self._what = ""
        self._done = 0.0
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._before: signal.Handlers | object = None

    def __enter__(self) -> Watch:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.hide()
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what signal.signal returned

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if self.is_stopped:
            raise KeyboardInterrupt
        self.is_stopped = True

    def __call__(self, event: ProgressEvent) -> None:
        """Take note of how far the work is.

        Raises
        ------
        Cancelled
            If the user has asked to stop.
        """
        self.raise_if_stopped()
        if time.monotonic() - self._started >= SHOWN_AFTER and is_terminal(sys.stderr):
            self._draw(event)

    def raise_if_stopped(self) -> None:
        """Raise `Cancelled` if the user has asked to stop."""
        if self.is_stopped:
            raise Cancelled("stopped by the user")

    def hide(self) -> None:
        """Take the bar away, so that something can be printed; the next event brings it back."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def _draw(self, event: ProgressEvent) -> None:
        if self._bar is None:
            self._bar = _new_bar()
            self._task = self._bar.add_task(event.task, total=None, start=False)
            self._bar.start()
        assert self._task is not None
        if event.task != self._what:
            self._what, self._done = event.task, event.fraction or 0.0
            self._bar.reset(self._task, start=False, description=event.task, total=None, completed=0)
        if event.fraction is None:
            return
        # Estimates may be taken back; a bar that runs backwards only puzzles.
        self._done = max(self._done, event.fraction)
        if self._bar.tasks[0].start_time is None:
            self._bar.start_task(self._task)
        self._bar.update(self._task, total=1.0, completed=self._done, refresh=True)


def _new_bar() -> RichProgress:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress

    return RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        redirect_stdout=False,
        redirect_stderr=False,
        transient=True,
    )


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return a callback for one part of the work, from `start` to `end` of the whole."""

    def report(event: ProgressEvent) -> None:
        share = start if event.fraction is None else start + (end - start) * event.fraction
        progress(ProgressEvent(task=event.task, fraction=share, best=event.best, bound=event.bound))

    return report
