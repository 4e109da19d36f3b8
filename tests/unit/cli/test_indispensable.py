"""``detente indispensable``: what it shows and writes."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from typer.testing import Result

from detente import find_indispensable, read_case
from detente.cli.indispensable import show_indispensability, summarise
from detente.cli.screen import Screen

Run = Callable[..., Result]


def test_json_has_the_keys_that_other_programs_read(run: Run) -> None:
    result = run("indispensable", "border.yaml", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert [list(row)[:1] for row in told["parties"]] == [["id"], ["id"]]
    assert {"id", "marginal", "shapley"} <= set(told["parties"][0])
    assert {"id", "value"} <= set(told["formats"][0])
    assert told["reading"] is None
    assert sum(row["shapley"] for row in told["parties"]) == pytest.approx(told["formats"][-1]["value"])


def test_a_reading_and_a_setting(run: Run) -> None:
    hawk = json.loads(run("indispensable", "border.yaml", "--reading", "hawk", "--json").stdout)
    assert hawk["reading"] == "hawk"
    assert [row["marginal"] for row in hawk["parties"]] == [0.0, 0.0]
    changed = run("indispensable", "border.yaml", "--set", "measures.withdraw.value.north=-4", "--json")
    assert [row["marginal"] for row in json.loads(changed.stdout)["parties"]] == [0.0, 0.0]


def test_the_summary_of_what_is_written(run: Run, border: Path) -> None:
    result = run("indispensable", "border.yaml", "--reading", "hawk", "--output", "worth.csv")
    assert result.stdout == "Needed at every table that comes to anything: hawk: nobody.\nWritten to worth.csv\n"
    header = (border / "worth.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header.startswith("reading,party,marginal,marginal_low,marginal_high,shapley,")


def test_what_is_no_goal_and_what_is_no_limit(run: Run) -> None:
    result = run("indispensable", "border.yaml", "--objective", "trust", "--goal", "best")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == (
        "Error: a goal for trust and duration is a set of measures; 'best' is what the score aims at\n"
    )
    assert run("indispensable", "border.yaml", "--max-seconds", "0").exit_code == 2


def test_other_objectives_of_tables_are_shown(run: Run) -> None:
    shown = run(
        "indispensable", "border.yaml", "--objective", "trust", "--objective", "margin", "--objective", "duration"
    ).stdout
    assert "trust  margin  duration" in shown
    assert "trust and duration: for the measures that the table's best roadmap takes." in shown
    given = run("indispensable", "border.yaml", "--objective", "duration", "--goal", "pay and withdraw").stdout
    assert "for the measures that the table's best roadmap takes" not in given
    assert "3 months" in given or "2 months" in given


def shown_of(result: object, case: object) -> str:
    shown = io.StringIO()
    with redirect_stdout(shown):
        show_indispensability(Screen(), case, result, coalitions=True)  # type: ignore[arg-type]  # checked by the callers
    return shown.getvalue()


def test_what_was_not_settled_is_shown_as_intervals(border: Path) -> None:
    case = read_case("border.yaml")
    result = find_indispensable(case, memory=1000.0, objectives=("duration",), sources=True)
    text = shown_of(result, case)
    assert "0 to 3" in text
    assert "open" in text
    assert " ".join(text.split()).endswith(
        "Needed at every table that comes to anything: nobody. Stopped before all was known."
    )
    assert " ".join(text.split()).endswith(summarise(case, result))


def test_several_readings_are_compared_below(run: Run) -> None:
    shown = run("indispensable", "border.yaml", "--reading", "hawk", "--reading", "hawk").stdout
    assert shown.count("The border – who is indispensable – ") == 1


def test_a_party_alone_is_told_so_without_a_table_of_formats(run: Run) -> None:
    Path("alone.yaml").write_text(
        "detente: 1\nname: Alone\nperiod: week\nparties: {a: {name: A, discount: 0.9}}\n"
        "measures: {x: {name: X, by: [a], value: {a: 1}}}\n",
        encoding="utf-8",
    )
    shown = run("indispensable", "alone.yaml").stdout
    assert "A is the only party: one party alone has nobody to agree with.\n" in shown
    assert "format" not in shown.partition("A is the only party")[0]
    run("report", "alone.yaml", "--indispensable", "-o", "alone.md")
    assert "Formats, and the best tables" not in Path("alone.md").read_text(encoding="utf-8")
