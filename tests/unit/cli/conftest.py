"""A small case, and the command line run in this process."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli.app import app

BORDER = Path(__file__).parents[2] / "cases" / "border.yaml"

Run = Callable[..., Result]


@pytest.fixture
def border(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the case file ``border.yaml``, which is the working folder."""
    shutil.copy(BORDER, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(border: Path) -> Run:
    """Run a command as users type it, in an environment with 80 columns."""

    def invoke(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", **(env or {})}, prog_name="detente")

    return invoke
