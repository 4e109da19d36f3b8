"""``detente indices``: JSON, files, messages, and what is printed beside tables."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from detente import compute_indices, read_case
from detente.analysis.roadmap import Indices
from detente.cli import indexing
from detente.errors import Cancelled

Run = Callable[..., Result]
CASES = Path(__file__).parents[2] / "cases"


def test_json_is_that_of_the_analysis(run: Run) -> None:
    result = run("indices", "border.yaml", "--roadmap", "at-once", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    want = compute_indices(read_case("border.yaml"), ["at-once"]).to_dict()
    assert {**document, "seconds": 0} == {**want, "seconds": 0}
    assert document["parameters"] == {"roadmaps": ["at-once"], "readings": ["hawk"], "max_measures": 12}


def test_limits_and_goal_are_passed_on(run: Run) -> None:
    arguments = ("--goal", "withdraw and pay", "--max-measures", "2", "--max-per-stage", "1", "--reading", "hawk")
    document = json.loads(run("indices", "border.yaml", *arguments, "--json").stdout)
    assert document["parameters"] == {
        "roadmaps": ["at-once", "pay-first"],
        "readings": ["hawk"],
        "max_measures": 2,
        "max_per_stage": 1,
    }
    assert [order["goal"] for order in document["orders"]] == [["withdraw", "pay"]]


def test_the_table_of_a_file_has_a_row_per_party_and_stage(run: Run) -> None:
    result = run("indices", "border.yaml", "--output", "indices.csv")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "Indices of 2 roadmaps; no cycle in the order.\nWritten to indices.csv\n"
    assert len(pd.read_csv("indices.csv")) == 8


def test_a_summary_counts_cycles(run: Run) -> None:
    shutil.copy(CASES / "minsk-ii.yaml", ".")
    result = run("indices", "minsk-ii.yaml", "--output", "indices.json")
    assert result.stdout == "Indices of 0 roadmaps; 1 cycle in the order that is demanded.\nWritten to indices.json\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--roadmap", "slow"), "Error: unknown roadmap 'slow' (the case has: at-once, pay-first)\n"),
        (("--reading", "dove"), "Error: unknown reading 'dove' (the case has: hawk)\n"),
        (("--goal", "best"), "Error: the goal 'best' has no order of its own; name measures\n"),
    ],
)
def test_wrong_usage_is_refused(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("indices", "border.yaml", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", message)


def test_what_was_stopped_says_so_and_exits_with_3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*arguments: object, **options: object) -> Indices:
        def progress(event: object) -> None:
            if getattr(event, "task", "") == "looking for orders that hold":
                raise Cancelled("stopped by the user")

        options["progress"] = progress
        return compute_indices(*arguments, **options)  # type: ignore[arg-type]  # passed on as they are

    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)
    monkeypatch.setattr(indexing, "compute_indices", stopped)
    result = run("indices", "border.yaml")
    assert result.exit_code == 3
    assert result.stdout.splitlines()[-1] == (
        "Indices of 2 roadmaps; no cycle in the order. Stopped before all was examined."
    )
