"""``detente inverse --to``: the case with the changed preferences, written once and read like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente import analyse_stability, read_case
from detente.cli.app import app


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "100"}, prog_name="detente")


def test_the_changed_case_makes_the_state_stable() -> None:
    done = run("inverse", "chicken", "--state", "4", "--concept", "nash", "--to", "changed.yaml")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "The case with the changed preferences is written to changed.yaml."
    assert 3 in analyse_stability(read_case("changed.yaml")).equilibria("nash")
    assert 3 not in analyse_stability(read_case("chicken")).equilibria("nash")


def test_a_case_that_is_there_stays() -> None:
    Path("changed.yaml").write_text("mine\n", encoding="utf-8")
    done = run("inverse", "chicken", "--state", "4", "--concept", "nash", "--to", "changed.yaml")
    assert done.exit_code == 2
    assert done.stderr == "Error: 'changed.yaml' exists; name another place with --to, or add --overwrite\n"
    assert Path("changed.yaml").read_text(encoding="utf-8") == "mine\n"
    again = run("inverse", "chicken", "--state", "4", "--concept", "nash", "--to", "changed.yaml", "--overwrite")
    assert again.exit_code == 0
    assert read_case("changed.yaml").name == "Chicken"


def test_nothing_is_written_where_nothing_need_change() -> None:
    done = run("inverse", "chicken", "--state", "2", "--concept", "nash", "--to", "changed.yaml")
    assert done.exit_code == 0
    assert not Path("changed.yaml").exists()


def test_only_json_is_printed_with_json() -> None:
    done = run("inverse", "chicken", "--state", "4", "--concept", "nash", "--to", "changed.yaml", "--json")
    assert done.stdout.endswith("}\n")
    assert Path("changed.yaml").exists()
