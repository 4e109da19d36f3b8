"""What starting costs: importing the package, asking for help."""

from __future__ import annotations

import statistics
import sys

from benchmarks.measuring import Cost, process, row

COMMANDS = (
    ("import detente", ["-c", "import detente"]),
    ("import detente, read_case and evaluate_roadmap", ["-c", "from detente import read_case, evaluate_roadmap"]),
    ("detente --help", ["-m", "detente", "--help"]),
)

AIM = 0.3
"""Seconds."""


def run_processes(only: str) -> None:
    """Time whole processes, medians of five."""
    for name, arguments in COMMANDS:
        if only not in name:
            continue
        costs = [process([sys.executable, *arguments]) for _ in range(5)]
        median = Cost(
            seconds=statistics.median(cost.seconds for cost in costs),
            elapsed=statistics.median(cost.elapsed for cost in costs),
            megabytes=max(cost.megabytes for cost in costs),
            said="",
        )
        print(row(name, median, AIM, None), flush=True)
