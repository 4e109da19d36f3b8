"""``detente repair``: answers, files, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from detente import evaluate_roadmap, read_case, repair_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap import RepairSearch

Run = Callable[..., Result]

WEIR = """\
detente: 1
name: The weir
period: month
parties:
  a: {name: Upper, discount: 0.9}
  b: {name: Lower, discount: 0.9}
measures:
  water: {name: Water let through, by: [a], value: {a: -2, b: 5}, detection-lag: 12}   # the gauge is read once a year
  power: {name: Power sent, by: [b], value: {b: -2, a: 5}}
roadmaps:
  # signed last year
  both:
    name: Both at once
    stages:
      - [water, power]   # on the same day
    durations: [12]
readings:
  slow: {name: A slow view, set: {measures.water.detection-lag: 24, roadmaps.both.durations: [24]}}
"""


@pytest.fixture(autouse=True)
def weir(border: Path) -> Path:
    """The working folder, with a case whose roadmap needs a repair."""
    (border / "weir.yaml").write_text(WEIR, encoding="utf-8")
    return border


def refused(result: Result, message: str) -> None:
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_json_is_the_answer_and_nothing_else(run: Run) -> None:
    result = run("repair", "weir.yaml", "--roadmap", "both", "--kind", "detection", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = json.loads(result.stdout)
    want = repair_roadmap(read_case("weir.yaml"), "both", kinds=["detection"]).to_dict()
    assert {**document, "seconds": 0} == {**want, "seconds": 0}
    [repair] = document["repairs"]
    assert (repair["kind"], repair["amount"], repair["works"]) == ("detection", 8.0, True)


def test_output_is_a_table(run: Run) -> None:
    result = run("repair", "weir.yaml", "--roadmap", "both", "--kind", "detection", "--output", "x.csv")
    assert (result.exit_code, result.stdout) == (
        0,
        "1 repair of 1 kind makes 'both' hold.\nWritten to x.csv\n",
    )
    assert pd.read_csv("x.csv")["amount"].tolist() == [8.0]


def test_applying_a_repair_writes_a_case_that_holds(run: Run) -> None:
    result = run("repair", "weir.yaml", "--roadmap", "both", "--kind", "detection", "--apply", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-4:] == [
        "Earlier detection: the repaired case is written to weir-repaired.yaml. Read",
        "back: “Both at once” holds: at no point would a party do better by reneging or",
        "walking out.",
        "To see it: detente evaluate weir-repaired.yaml --roadmap both",
    ]
    assert Path("weir-repaired.yaml").read_text(encoding="utf-8") == WEIR.replace(
        "detection-lag: 12}   # the gauge", "detection-lag: 8}    # the gauge"
    )
    assert evaluate_roadmap(read_case("weir-repaired.yaml"), "both").holds


def test_under_a_reading_that_states_the_value_itself(run: Run) -> None:
    options = ("--reading", "slow", "--kind", "detection", "--apply", "detection", "--to", "mended/case.yaml")
    result = run("repair", "weir.yaml", "--roadmap", "both", *options)
    assert result.exit_code == 0
    told = " ".join(result.stdout.split())
    assert told.endswith(
        "Earlier detection: the repaired case is written to mended/case.yaml. Read back: Under the reading “A slow "
        "view”, “Both at once” holds: at no point would a party do better by reneging or walking out. Because the "
        "reading states these values itself, they are changed in the reading: "
        "readings.slow.set.measures.water.detection-lag. To see it: detente evaluate mended/case.yaml --roadmap both "
        "--reading slow"
    )
    mended = read_case("mended")
    assert mended.measure("water").detection_lag == 12
    assert evaluate_roadmap(mended, "both", reading="slow").holds


def test_settings_become_part_of_the_case(run: Run) -> None:
    options = ("--set", "parties.a.discount=0.92", "--kind", "detection", "--apply", "detection", "--json")
    result = run("repair", "weir.yaml", "--roadmap", "both", *options)
    assert result.exit_code == 0
    [repair] = json.loads(result.stdout)["repairs"]
    assert repair["amount"] == 10.0
    assert result.stderr.splitlines()[1] == "The values of --set are part of it."
    assert "Upper, discount: 0.92}" in Path("weir-repaired.yaml").read_text(encoding="utf-8")


def test_a_folder_keeps_its_evidence(run: Run) -> None:
    options = ("--kind", "drop", "--apply", "drop", "--to", "mended", "--json")
    result = run("repair", "korea-2018", "--roadmap", "step-by-step", *options)
    assert result.exit_code == 0
    assert result.stderr.splitlines() == [
        "Leaving measures out: the repaired case is written to mended. Read back: “Step by step, reciprocal moves at "
        "every stage” holds: at no point would a party do better by reneging or walking out.",
        "To see it: detente evaluate mended --roadmap step-by-step",
    ]
    assert sorted(file.name for file in Path("mended").iterdir()) == ["case.yaml", "claims.yaml", "documents.yaml"]
    assert read_case("mended").claims == read_case("korea-2018").claims


def test_what_is_there_is_not_replaced_unless_told(run: Run) -> None:
    command = ("repair", "weir.yaml", "--roadmap", "both", "--kind", "detection", "--apply", "1", "--to")
    before = Path("border.yaml").read_text(encoding="utf-8")
    refused(run(*command, "border.yaml"), "'border.yaml' exists; name another place with --to, or add --overwrite")
    assert Path("border.yaml").read_text(encoding="utf-8") == before
    assert run(*command, "border.yaml", "--overwrite").exit_code == 0
    assert read_case("border.yaml").name == "The weir"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--apply", "magic"),
            "--apply 'magic' is neither a number nor a kind of repair (payments, detection, stage-length, counterpart, "
            "guarantor, order, drop, split)",
        ),
        (("--to", "x.yaml"), "--to and --overwrite belong to --apply; add --apply with a repair's number or kind"),
        (("--overwrite",), "--to and --overwrite belong to --apply; add --apply with a repair's number or kind"),
        (
            ("--apply", "1", "--to", "weir.txt"),
            "'weir.txt' is neither a folder nor a .yaml file; a case is written to one of these",
        ),
        (("--rate", "a:b"), "--rate 'a:b' is no rate; write one as PAYER:RECEIVER=NUMBER, the number above 0"),
        (("--rate", "a:b=-1"), "--rate 'a:b=-1' is no rate; write one as PAYER:RECEIVER=NUMBER, the number above 0"),
        (("--rate", "a:z=1"), "--rate 'a:z=1' names unknown party 'z' (the case has: a, b)"),
        (
            ("--kind", "glue"),
            "unknown kind of repair 'glue' (one of: payments, detection, stage-length, counterpart, guarantor, order, "
            "drop, split)",
        ),
        (("--output", "x.yaml"), "'x.yaml' ends in '.yaml'; a file to write must end in .json, .csv or .parquet"),
    ],
)
def test_what_is_refused_before_the_work(run: Run, options: tuple[str, ...], message: str) -> None:
    Path("weir.txt").write_text("", encoding="utf-8")
    refused(run("repair", "weir.yaml", "--roadmap", "both", *options), message)


def test_a_file_that_cannot_hold_the_evidence_is_refused(run: Run) -> None:
    result = run("repair", "korea-2018", "--roadmap", "step-by-step", "--apply", "1", "--to", "x.yaml")
    refused(result, "'x.yaml' cannot hold the case's claims and documents; name a folder with --to")


def test_only_a_repair_that_works_is_applied(run: Run) -> None:
    result = run("repair", "weir.yaml", "--roadmap", "both", "--kind", "drop", "--apply", "drop")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: no repair of the kind 'drop' makes 'both' hold; none works\n",
    )
    assert not Path("weir-repaired.yaml").exists()


def test_a_roadmap_that_holds_is_left_alone(run: Run) -> None:
    quick = ("--set", "measures.water.detection-lag=2")
    result = run("repair", "weir.yaml", "--roadmap", "both", *quick)
    assert (result.exit_code, result.stdout) == (
        0,
        "The weir – base case\n\n“Both at once” holds: at no point would a party do better by reneging or walking\n"
        "out.\nThere is nothing to repair.\n",
    )
    result = run("repair", "weir.yaml", "--roadmap", "both", *quick, "--apply", "1")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: 'both' holds as it is; there is no repair to apply\n",
    )
    result = run("repair", "weir.yaml", "--roadmap", "both", *quick, "--output", "x.json")
    assert result.stdout == "'both' holds: there is nothing to repair.\nWritten to x.json\n"


def test_ratios_and_rates_are_heard(run: Run) -> None:
    options = ("--rate", "b:a=0.5", "--own-ratio", "0.1", "--punishment-ratio", "2", "--json")
    result = run("repair", "weir.yaml", "--roadmap", "both", "--kind", "drop", *options)
    assert json.loads(result.stdout)["parameters"] == {
        "kinds": ["drop"],
        "rates": {"b:a": 0.5},
        "own_ratio": 0.1,
        "punishment_ratio": 2.0,
    }


def test_a_stopped_search_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from detente.cli import repairing

    def stopped(case: object, roadmap: str, **options: object) -> RepairSearch:
        found = repair_roadmap(read_case("weir.yaml"), roadmap, kinds=["detection"])
        return replace(found, status=Status.STOPPED)

    monkeypatch.setattr(repairing, "repair_roadmap", stopped)
    result = run("repair", "weir.yaml", "--roadmap", "both", "--apply", "1")
    assert result.exit_code == 3
    assert "1 repair of 1 kind makes 'both' hold. Stopped before every kind was looked for.\n" in result.stdout
    assert Path("weir-repaired.yaml").exists()
