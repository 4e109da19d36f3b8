"""``detente critical``: what it prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente import change_case, read_case
from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.cli.tipping import MOST_SHOWN, critical_table, summarise
from detente.errors import Cancelled
from detente.progress import ProgressEvent
from tests.unit.cli.conftest import Run


def test_json_is_the_result(run: Run, border: Path) -> None:
    done = run("critical", "border.yaml", "--roadmap", "pay-first", "--value", "parties", "--json")
    assert done.exit_code == 0
    document = json.loads(done.stdout)
    result = find_critical_values(read_case(border / "border.yaml"), "pay-first", numbers=["parties"]).to_dict()
    assert {**document, "seconds": 0} == {**json.loads(json.dumps(result)), "seconds": 0}


def test_a_file_gets_the_table(run: Run, border: Path) -> None:
    done = run("critical", "border.yaml", "--roadmap", "pay-first", "--value", "parties", "--output", "tips.csv")
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "6 of 6 numbers that margins depend on tip the verdict alone.",
        "Written to tips.csv",
    ]
    lines = (border / "tips.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("place,label,kind,now,low,high,at,holds_below,holds_above,distance,in_range,stage")
    assert len(lines) == 9


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--roadmap", "none"), 2, "unknown roadmap 'none' (the case has: at-once, pay-first)"),
        (
            ("--roadmap", "pay-first", "--value", "parties.south.discnt"),
            2,
            "no number of the case is at 'parties.south.discnt'; did you mean 'parties.south.discount'?",
        ),
        (("--roadmap", "pay-first", "--reading", "dove"), 2, "unknown reading 'dove' (the case has: hawk)"),
    ],
)
def test_what_cannot_be_asked(run: Run, arguments: tuple[str, ...], code: int, message: str) -> None:
    done = run("critical", "border.yaml", *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert " ".join(done.stderr.split()) == f"Error: {message}"


def test_the_case_is_seen_by_a_reading_and_with_settings(run: Run) -> None:
    done = run(
        "critical", "border.yaml", "--roadmap", "at-once", "--reading", "hawk", "--value", "parties.south",
        "--set", "parties.south.hazard=0.02",
    )  # fmt: skip
    assert done.exit_code == 0
    assert done.stdout.splitlines()[:5] == [
        "At once – reading hawk: A hawk's view",
        "",
        "“At once” does not hold as the case stands, and no single number among those",
        "searched tips that verdict.",
        "  - It fails at 3 checks, of North; none of these numbers alone mends them all.",
    ]


def stopped(case: str) -> CriticalValues:
    events: list[ProgressEvent] = []

    def progress(event: ProgressEvent) -> None:
        events.append(event)
        if len(events) > 1:
            raise Cancelled

    return find_critical_values(read_case(case), "step-by-step", progress=progress)


def test_what_was_stopped_says_so() -> None:
    result = stopped("korea-2018")
    assert summarise(result).endswith(
        " that margins depend on tip the verdict alone. Stopped before every number was looked at."
    )


def test_long_tables_say_how_many_are_left(run: Run) -> None:
    place = "measures.warheads-given-up.effects.regime-security.dprk"
    numbers = ["measures.sanctions-relief", "measures.warheads-given-up", "measures.freeze-tests", "interests"]
    options = [word for number in numbers for word in ("--value", number)]
    done = run("critical", "korea-2018", "--roadmap", "step-by-step", "--set", f"{place}=-0.6", *options)
    milder = change_case(read_case("korea-2018"), {place: -0.6})
    left = len(find_critical_values(milder, "step-by-step", numbers=numbers).numbers) - MOST_SHOWN
    assert done.exit_code == 0
    assert left > 0
    assert f"and {left} more (--json has all)" in done.stdout.splitlines()


def test_every_crossing_has_a_row() -> None:
    result = find_critical_values(read_case("korea-2018"), "double-freeze", with_times=False)
    table = critical_table(result, result.tipping[:MOST_SHOWN])
    assert len(table.rows) == sum(len(number.tips) for number in result.tipping[:MOST_SHOWN])
    assert [row[0] for row in table.rows].count("") == len(table.rows) - len(result.tipping)
