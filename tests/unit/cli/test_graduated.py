"""``detente evaluate --answers graduated``: options, JSON, files, and what is refused."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from detente import evaluate_graduated, read_case
from detente.analysis.result import Status
from detente.cli import graduated
from detente.cli.screen import Screen

Run = Callable[..., Result]


def test_the_options_reach_the_answer(run: Run) -> None:
    result = run(
        *("evaluate", "border.yaml", "--roadmap", "at-once", "--roadmap", "at-once", "--answers", "graduated"),
        *("--answer-periods", "5", "--proportion", "2", "--false-alarm", "0.01", "--json"),
    )
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    assert document["parameters"] == {
        "answers": "graduated",
        "answer_periods": 5,
        "proportion": 2.0,
        "false_alarm": 0.01,
        "roadmaps": ["at-once"],
        "readings": [],
    }
    [entry] = document["roadmaps"]
    assert entry["false_alarm"]["chance"] == 0.01


def test_answers_for_good_have_no_length(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--answers", "graduated", "--answer-periods", "for-good", "--json")
    document = json.loads(result.stdout)
    assert document["parameters"]["answer_periods"] is None
    outcomes = {row["answer"]["outcome"] for entry in document["roadmaps"] for row in entry["rows"] if row["answer"]}
    assert outcomes <= {"stays", "leaves"}


def test_the_ordinary_answer_is_what_it_is_without_the_option(run: Run) -> None:
    assert run("evaluate", "border.yaml", "--answers", "breakdown").stdout == run("evaluate", "border.yaml").stdout


def test_a_file_and_a_summary(run: Run, border: Path) -> None:
    result = run("evaluate", "border.yaml", "--answers", "graduated", "--output", "rows.csv")
    assert result.stdout == "2 of 2 roadmaps hold with graduated answers.\nWritten to rows.csv\n"
    header = (border / "rows.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "roadmap,reading,stage,check,party,comply,deviate,margin,flow_margin,ordinary_margin,leave_value,withhold,undo,"
        "leave,suspend,gain,needed,loss,enough,outcome,answer_party,answer_margin,resume_party,resume_margin"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--proportion", "2"),
            "--answer-periods, --proportion and --false-alarm are about graduated answers; add --answers graduated",
        ),
        (
            ("--answers", "graduated", "--answer-periods", "ever"),
            "--answer-periods is a whole number or 'for-good', got 'ever'",
        ),
        (("--answers", "graduated", "--answer-periods", "0"), "an answer must last at least 1 period, got 0"),
        (
            ("--answers", "graduated", "--from", "now"),
            "--from and --answers graduated do not go together: leave out one of them",
        ),
    ],
)
def test_what_is_refused(run: Run, options: tuple[str, ...], message: str) -> None:
    result = run("evaluate", "border.yaml", *options)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


@pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")
def test_a_stopped_answer_says_so(border: Path) -> None:
    case = read_case("border.yaml")
    result = evaluate_graduated(case, ["at-once"], readings=[None, "hawk"], answer_periods=1)
    stopped = replace(result, status=Status.STOPPED)
    shown = io.StringIO()
    with redirect_stdout(shown):
        graduated.show_graduated(Screen(), case, stopped, rows=False)
    lines = shown.getvalue().splitlines()
    assert lines[-1] == "0 of 2 verdicts hold with graduated answers. Stopped before all were evaluated."
    assert "The border – reading hawk: A hawk's view" in lines


def test_rows_without_false_alarms_have_no_table_of_them(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--roadmap", "at-once", "--answers", "graduated", "--rows")
    lines = result.stdout.splitlines()
    assert sum(line.startswith("stage  check") for line in lines) == 2
    assert not any("gain left" in line for line in lines)
