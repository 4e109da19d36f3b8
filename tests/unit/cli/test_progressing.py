"""``detente evaluate --from``: what it shows, writes and refuses."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from detente import evaluate_progress, read_case
from detente.analysis.result import Status
from detente.cli.progressing import parse_when, show_progress
from detente.cli.screen import Screen
from detente.errors import OptionError

Run = Callable[..., Result]
HAPPENED = "progress=[{measure: pay, taken: 1}]"


@pytest.mark.usefixtures("border")
def test_where_it_stands_is_shown(run: Run, golden: Callable[[str, str], None]) -> None:
    result = run("evaluate", "border.yaml", "--from", "now", "--set", HAPPENED, "--roadmap", "pay-first", "--rows")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("progress/pay-first.txt", result.stdout)


@pytest.mark.usefixtures("border")
def test_readings_and_losses_are_shown(run: Run, golden: Callable[[str, str], None]) -> None:
    lost = "progress=[{measure: withdraw, taken: 0, ended: 4}, {measure: pay, taken: 0}]"
    result = run("evaluate", "border.yaml", "--from", "5", "--set", lost, "--reading", "hawk", "--roadmap", "at-once")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("progress/lost.txt", result.stdout)


def test_the_answer_is_written_as_json(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--from", "3", "--set", HAPPENED, "--json")
    document = json.loads(result.stdout)
    assert document["parameters"]["from"] == 3
    assert [entry["progress"]["in_force"] for entry in document["roadmaps"]] == [["pay"], ["pay"]]


def test_the_table_is_written_to_a_file(run: Run, border: Path) -> None:
    result = run("evaluate", "border.yaml", "--from", "now", "--set", HAPPENED, "--output", "rest.csv")
    assert result.stdout.splitlines() == [
        "The rest holds for 2 of 2 roadmaps, from month 1 on.",
        "Written to rest.csv",
    ]
    assert (border / "rest.csv").read_text(encoding="utf-8").startswith("roadmap,reading,stage,check,party,")


def test_now_or_a_period() -> None:
    assert [parse_when(text) for text in ("now", " now ", "0", "12")] == ["now", "now", 0, 12]
    for text in ("soon", "-1", "1.5", "", "²"):
        with pytest.raises(OptionError) as caught:
            parse_when(text)
        assert str(caught.value) == (
            f"--from '{text}' is neither 'now' nor a period; write a whole number such as 0 or 12"
        )


def test_progress_that_cannot_be_is_an_invalid_case(run: Run) -> None:
    case = "progress=[{measure: canal, taken: 1, ended: 3}]"
    result = run("evaluate", "border.yaml", "--from", "now", "--set", case)
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        "error[D604]: progress ends 'canal' in period 3, but it cannot be undone (reversible: false).",
        "    help: correct the entry, or let the measure be reversible",
    ]


def test_graduated_answers_start_from_the_status_quo(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--from", "now", "--answers", "graduated")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--from and --answers graduated do not go together: leave out one of them" in result.stderr


@pytest.mark.usefixtures("border")
def test_the_best_way_on_is_shown(run: Run, golden: Callable[[str, str], None]) -> None:
    result = run("design", "border.yaml", "--from", "now", "--set", HAPPENED, "--goal", "withdraw and canal")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("progress/design.txt", result.stdout)


def test_a_design_from_before_anything_happened_says_so(run: Run) -> None:
    result = run("design", "border.yaml", "--from", "0", "--set", HAPPENED)
    assert result.stdout.splitlines()[:3] == [
        "The border – design for trust, from month 0 on: optimal",
        "",
        "Nothing is in force beside the status quo.",
    ]
    document = json.loads(run("design", "border.yaml", "--from", "0", "--set", HAPPENED, "--json").stdout)
    assert document["parameters"]["from"] == 0


def test_a_design_from_what_is_verified_says_only_what_is_in_force(run: Run) -> None:
    result = run("design", "border.yaml", "--from", "9", "--set", HAPPENED)
    assert result.stdout.splitlines()[2] == "In force already: “Aid paid”."


def test_where_nothing_is_left_there_is_nothing_to_wait_for(run: Run) -> None:
    lost = "progress=[{measure: withdraw, taken: 0, ended: 4}, {measure: pay, taken: 0, ended: 4}]"
    result = run("evaluate", "border.yaml", "--from", "now", "--set", lost, "--roadmap", "at-once")
    assert "at-once  the rest           nothing left      –       –       –  –" in result.stdout.splitlines()
    done = "progress=[{measure: withdraw, taken: 0}, {measure: pay, taken: 0}]"
    result = run("evaluate", "border.yaml", "--from", "9", "--set", done, "--roadmap", "at-once")
    assert "unwilling\n" not in result.stdout


def test_an_answer_that_was_stopped_says_so_at_its_end(border: Path) -> None:
    case = read_case("border.yaml")
    result = replace(evaluate_progress(case), status=Status.STOPPED)
    shown = io.StringIO()
    with redirect_stdout(shown):
        show_progress(Screen(), case, result, rows=False)
    assert " ".join(shown.getvalue().split()).endswith(
        "The rest holds for 2 of 2 roadmaps, from month 0 on. Stopped before all were evaluated."
    )
