"""How long work tells how far it is.

An analysis that may take longer than a second accepts ``progress``, a callable that is handed a `ProgressEvent` at most
every 0.1 s.  The callable may raise `detente.errors.Cancelled` to stop the work cleanly with the best found so far.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from detente.errors import Cancelled

REPORT_EVERY = 0.1
"""Seconds between two reports: often enough for a smooth bar, too seldom to cost time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEvent:
    """How far a task is.

    Parameters
    ----------
    task : str
        What is being done, for people.
    fraction : float or None
        Share done, from 0 to 1; None when it cannot be told.
    best : float or None
        Value of the best answer so far.
    bound : float or None
        What the best answer can be at most (or at least, when the smallest is sought).
    """

    task: str
    fraction: float | None = None
    best: float | None = None
    bound: float | None = None


Progress = Callable[[ProgressEvent], None]


class Reporter:
    """Pass events on to a callback, at most one every `REPORT_EVERY` seconds."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._last = float("-inf")
        self.is_stopped = False
        """Whether the user has stopped the work."""

    def report(
        self,
        task: str,
        *,
        fraction: float | None = None,
        best: float | None = None,
        bound: float | None = None,
    ) -> None:
        """Report unless the last report was a moment ago; may raise `Cancelled`."""
        if self._progress is None:
            return
        now = time.monotonic()
        if now - self._last < REPORT_EVERY:
            return
        self._last = now
        try:
            self._progress(ProgressEvent(task=task, fraction=fraction, best=best, bound=bound))
        except Cancelled:
            self.is_stopped = True
            raise


class Relay(Reporter):
    """Report the steps of a part of some work as steps of the whole.

    Parameters
    ----------
    whole : Reporter
        Where events go.
    task : str
        What the whole is doing.
    best, bound : float, optional
        Of the whole.
    """

    def __init__(self, whole: Reporter, task: str, *, best: float | None = None, bound: float | None = None) -> None:
        super().__init__(None)
        self._whole = whole
        self._event = (task, best, bound)

    def report(
        self,
        task: str,
        *,
        fraction: float | None = None,
        best: float | None = None,
        bound: float | None = None,
    ) -> None:
        """Report that the whole goes on, whatever the part says of itself; may raise `Cancelled`."""
        whole_task, whole_best, whole_bound = self._event
        try:
            self._whole.report(whole_task, best=whole_best, bound=whole_bound)
        except Cancelled:
            self.is_stopped = True
            raise
