"""Run the benchmarks: all, or those of the subjects named; ``--only TEXT`` runs the lines whose name contains it."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from benchmarks.design import CASES as DESIGN
from benchmarks.design import SCALE
from benchmarks.evaluation import CASES as EVALUATION
from benchmarks.korea import KOREA, REPAIR
from benchmarks.measuring import Sized, heading, run
from benchmarks.processes import run_processes
from benchmarks.stability import CASES as STABILITY
from benchmarks.stability import run_matrices


def run_cases(cases: tuple[Sized, ...], only: str) -> None:
    """Run the sized cases whose name contains a text."""
    for sized in cases:
        if only in sized.name:
            run(sized)


SUBJECTS: dict[str, Callable[[str], None]] = {
    "processes": run_processes,
    "evaluation": partial(run_cases, EVALUATION),
    "design": partial(run_cases, DESIGN),
    "scale": partial(run_cases, SCALE),
    "repair": partial(run_cases, REPAIR),
    "stability": partial(run_cases, STABILITY),
    "matrices": run_matrices,
    "korea": partial(run_cases, KOREA),
}


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("subjects", nargs="*", metavar="NAME", help=f"subject: {', '.join(SUBJECTS)}")
    parser.add_argument("--only", default="", metavar="TEXT")
    asked = parser.parse_args()
    unknown = [subject for subject in asked.subjects if subject not in SUBJECTS]
    if unknown:
        parser.error(f"unknown subject '{unknown[0]}' (one of: {', '.join(SUBJECTS)})")
    print(heading())
    for subject in asked.subjects or SUBJECTS:
        SUBJECTS[subject](asked.only)


main()
