"""Compiling in a process of its own, while this one does what needs no compiled code.

The compiled code of a design is kept in a cache; the first design after an installation fills it, which takes some
seconds.  On a machine with another core that need not be waited for.
"""

from __future__ import annotations

import os
import subprocess
import sys

MOST_SECONDS = 60.0
"""Longest that is waited for the other process; without it, this one compiles."""


def start_compiling(*what: str) -> subprocess.Popen[bytes] | None:
    """Start filling the cache, for designs unless something else is named; None on a machine with a single core."""
    if (os.cpu_count() or 1) < 2:
        return None
    return subprocess.Popen(  # noqa: S603 - a program of our own, with words of our own
        [sys.executable, "-m", "detente.kernel.warm_up", *what],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def finish_compiling(process: subprocess.Popen[bytes] | None) -> None:
    """Wait until the cache is filled; whether it was does not matter, only how long the next design takes."""
    if process is None:
        return
    try:
        process.wait(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_compiling(process: subprocess.Popen[bytes] | None) -> None:
    """End the other process if it is still there."""
    if process is not None and process.poll() is None:
        process.kill()
        process.wait()


class Compiling:
    """What designs need, then what stability needs, each compiled by a process of its own, one after the other."""

    def __init__(self) -> None:
        self._process = start_compiling()
        self._left = ["stability"]

    def wait(self) -> None:
        """Wait until what is under way is there, and start what comes next: first for designs, then for stability."""
        finish_compiling(self._process)
        self._process = start_compiling(self._left.pop()) if self._left else None

    def stop(self) -> None:
        """End what is still under way."""
        stop_compiling(self._process)
