"""What evaluations cost, beside the literal twin of the tests; and reading the largest case file."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.cases import even_stages, largest_case_text, sized_case
from benchmarks.measuring import Sized, Work

HERE = "benchmarks.evaluation"


def evaluation(n_measures: int, n_parties: int, n_stages: int) -> Work:
    """Evaluate a roadmap of stages of about the same size."""
    from detente import evaluate_roadmap

    case = sized_case(n_measures, n_parties)
    stages = even_stages(case, n_stages)

    def work() -> str:
        evaluate_roadmap(case, stages)
        return ""

    return work


def literal_evaluation(n_measures: int, n_parties: int, n_stages: int) -> Work:
    """Evaluate it by the literal twin."""
    from tests.oracle.evaluation import evaluate

    case = sized_case(n_measures, n_parties)
    stages = even_stages(case, n_stages)

    def work() -> str:
        evaluate(case, stages)
        return ""

    return work


def reading() -> Work:
    """Read the largest case file."""
    from detente import read_case

    def work() -> str:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "case.yaml"
            path.write_text(largest_case_text(), encoding="utf-8")
            read_case(path)
        return ""

    return work


CASES = (
    Sized(
        name="evaluate, 6 parties, 16 measures, 6 stages",
        prepare=f"{HERE}:evaluation",
        arguments=({"n_measures": 16, "n_parties": 6, "n_stages": 6},),
        runs=20,
        aim=0.02,
    ),
    Sized(
        name="evaluate, 3 parties, 24 measures, 6 stages",
        prepare=f"{HERE}:evaluation",
        arguments=({"n_measures": 24, "n_parties": 3, "n_stages": 6},),
        runs=5,
    ),
    Sized(
        name="    the same by the literal twin of the tests",
        prepare=f"{HERE}:literal_evaluation",
        arguments=({"n_measures": 24, "n_parties": 3, "n_stages": 6},),
    ),
    Sized(
        name="evaluate, 5 parties, 100 measures, 10 stages",
        prepare=f"{HERE}:evaluation",
        arguments=({"n_measures": 100, "n_parties": 5, "n_stages": 10},),
        runs=3,
    ),
    Sized(
        name="read the largest case file (2 MB, 1,000 measures)",
        prepare=f"{HERE}:reading",
        aim=10.0,
        aim_megabytes=600,
    ),
)
