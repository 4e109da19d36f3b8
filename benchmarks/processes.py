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
        median = Cost(*(statistics.median(cost[part] for cost in costs) for part in range(3)), "")
        print(row(name, median, AIM, None), flush=True)
