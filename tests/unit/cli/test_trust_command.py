"""The command trust, and designs for trust-building, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detente.cli.trusting import parse_priors
from detente.errors import OptionError
from tests.unit.cli.conftest import Run

NOTE = "Experimental: trust over time may still change in its definitions, words and numbers."


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ((), (0.5, {})),
        (("0.6",), (0.6, {})),
        (("north=0.7", "0.2", "south=1"), (0.2, {"north": 0.7, "south": 1.0})),
    ],
)
def test_priors(texts: tuple[str, ...], found: tuple[float, dict[str, float]]) -> None:
    assert parse_priors(texts) == found


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("much",), "--prior 'much' is no prior: write a probability such as 0.6, or usa=0.7"),
        (("north=",), "--prior 'north=' is no prior: write a probability such as 0.6, or usa=0.7"),
        (("0.5", "0.6"), "--prior is given twice for every party"),
        (("north=0.5", "north=0.6"), "--prior is given twice for 'north'"),
    ],
)
def test_priors_that_are_none(texts: tuple[str, ...], message: str) -> None:
    with pytest.raises(OptionError) as error:
        parse_priors(texts)
    assert str(error.value) == message


def test_trust_is_shown(run: Run) -> None:
    result = run("trust", "border.yaml", "--roadmap", "at-once", "--prior", "0.6", "--prior", "north=0.3")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == "The border – trust over time: At once"
    assert " ".join(lines[2:4]).startswith(NOTE)


def test_trust_as_json_says_that_it_is_experimental(run: Run) -> None:
    result = run("trust", "border.yaml", "--roadmap", "pay-first", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert answer["experimental"] is True
    assert answer["parameters"] == {"roadmap": "pay-first", "priors": {"north": 0.5, "south": 0.5}}


def test_trust_in_a_file(run: Run, border: Path) -> None:
    result = run("trust", "border.yaml", "--roadmap", "at-once", "--output", "trust.csv")
    assert result.exit_code == 0
    assert " ".join(result.stdout.split()).startswith(f"{NOTE} “At once”: ")
    assert (border / "trust.csv").read_text("utf-8").startswith("expectation,profile,stage,end,informative,party,")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--roadmap", "at-once", "--prior", "2"), "the prior of 'north' is 2; a prior is a probability from 0 to 1"),
        (
            ("--roadmap", "at-once", "--prior", "east=0.5"),
            "--prior names unknown party 'east' (the case has: north, south)",
        ),
    ],
)
def test_trust_refuses(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run("trust", "border.yaml", *arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"Error: {message}\n")


def test_design_for_trust_building(run: Run) -> None:
    result = run("design", "border.yaml", "--objective", "trust-building", env={"COLUMNS": "200"})
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[:3] == ["The border – design for trust-building: optimal", "", NOTE]
    assert "It also holds: starting from good faith, even opportunists carry it." in lines


def test_design_for_trust_building_as_json(run: Run) -> None:
    result = run("design", "border.yaml", "--objective", "trust-building", "--reading", "hawk", "--json")
    answer = json.loads(result.stdout)
    assert (answer["objective"], answer["status"], answer["experimental"]) == ("trust-building", "optimal", True)
    assert answer["value"] == pytest.approx(0.6713171212)
    assert answer["evaluation"]["holds"] is False


def test_design_for_trust_building_where_none_exists(run: Run) -> None:
    result = run("design", "border.yaml", "--objective", "trust-building", "--goal", "withdraw", env={"COLUMNS": "300"})
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "The border – design for trust-building: none exists"


def test_design_for_trust_building_begins_at_the_beginning(run: Run) -> None:
    result = run("design", "border.yaml", "--objective", "trust-building", "--from", "now")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --from does not go with --objective trust-building, which designs from the beginning\n",
    )


def test_design_for_trust_building_has_no_limit_of_time(run: Run) -> None:
    result = run("design", "border.yaml", "--objective", "trust-building", "--max-seconds", "5")
    assert (result.exit_code, result.stderr) == (
        2,
        "Error: --max-seconds does not go with --objective trust-building; Ctrl-C stops it with the best found\n",
    )
