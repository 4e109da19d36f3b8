"""How costs are measured and shown: each sized case in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import NamedTuple

ROW = "{:<72} {:>9} {:>9} {:>8} {:>6} {:>8}"

Work = Callable[[], str]
"""What is measured; it returns what is to be said of the answer, such as its status, or nothing."""


class Cost(NamedTuple):
    """What one run took: processor time (children included), elapsed time, peak memory; and what it said."""

    seconds: float
    elapsed: float
    megabytes: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sized:
    """A sized case: what is run, how often, and what was aimed at.

    Parameters
    ----------
    name : str
        What is measured, for people.
    prepare : str
        ``module:function`` that gets things ready, untimed, and returns the work.
    arguments : tuple of dict
        One set of arguments of `prepare` per variant, such as seeds; the slowest counts.
    runs : int
        Runs whose median counts, after one that loads and compiles; 1 for a single run, where `prepare` warms up.
    aim, aim_megabytes : float or None
        Seconds of processor time and peak memory aimed at, if any.
    """

    name: str
    prepare: str
    arguments: tuple[dict[str, object], ...] = ({},)
    runs: int = 1
    aim: float | None = None
    aim_megabytes: float | None = None


def heading() -> str:
    """Return the line above the table."""
    return ROW.format("median, or slowest of the seeds", "processor", "elapsed", "aim", "ratio", "peak")


def row(name: str, cost: Cost, aim: float | None, aim_megabytes: float | None) -> str:
    """Return one line: time, elapsed time, aim, the share of the aim that was used, and peak memory."""
    line = ROW.format(
        f"{name} ({cost.said})" if cost.said else name,
        f"{cost.seconds:.3f} s",
        f"{cost.elapsed:.3f} s",
        "–" if aim is None else f"{aim:g} s",
        "–" if aim is None else f"{cost.seconds / aim:.2f}",
        f"{cost.megabytes:.0f} MB",
    )
    if aim_megabytes is None:
        return line
    return f"{line}\n    its peak memory is {cost.megabytes / aim_megabytes:.2f} of the {aim_megabytes:g} MB aimed at"


def peak_megabytes() -> float:
    """Return the peak memory of this process."""
    with open("/proc/self/status", encoding="utf-8") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def process(arguments: list[str]) -> Cost:
    """Run a process; return what it took."""
    begun = time.perf_counter()
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, arguments)
    seconds = usage.ru_utime + usage.ru_stime
    return Cost(seconds, time.perf_counter() - begun, usage.ru_maxrss / 1024, "")


def serve(prepare: str, arguments: str, runs: str) -> None:
    """Do the work of one variant in this process and print what it took as JSON."""
    module, name = prepare.split(":")
    work: Work = getattr(import_module(module), name)(**json.loads(arguments))
    said = work() if int(runs) > 1 else ""
    times, elapsed = [], []
    for _ in range(int(runs)):
        begun, clock = time.process_time(), time.perf_counter()
        said = work()
        times.append(time.process_time() - begun)
        elapsed.append(time.perf_counter() - clock)
    print(json.dumps([statistics.median(times), statistics.median(elapsed), peak_megabytes(), said]))


def measure(sized: Sized) -> Cost:
    """Run every variant of a sized case in a process of its own; return the slowest, with the greatest peak memory."""
    costs = []
    for arguments in sized.arguments:
        code = "import sys; from benchmarks.measuring import serve; serve(*sys.argv[1:])"
        command = [sys.executable, "-c", code, sized.prepare, json.dumps(arguments), str(sized.runs)]
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        costs.append(Cost(*json.loads(printed.splitlines()[-1])))
    slowest = max(costs, key=lambda cost: cost.seconds)
    said = ", ".join(dict.fromkeys(cost.said for cost in costs)) if sized.runs > 1 else ", ".join(c.said for c in costs)
    return slowest._replace(megabytes=max(cost.megabytes for cost in costs), said=said)


def run(sized: Sized) -> None:
    """Measure a sized case and print its line."""
    print(row(sized.name, measure(sized), sized.aim, sized.aim_megabytes), flush=True)
