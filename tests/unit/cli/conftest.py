"""A small case, and the command line run in this process."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli.app import app

BORDER = """\
detente: 1
name: The border
period: month
parties:
  north: {name: North, discount: 0.9, hazard: 0.01, breakdown: -1}
  south: {name: South, discount: [0.8, 0.9, 0.95]}
measures:
  withdraw: {name: Troops withdrawn, by: [north], value: {north: -1, south: 3}, detection-lag: 2}
  pay: {name: Aid paid, by: [south], value: {north: 3, south: -1}}
  canal: {name: A canal, by: [north, south], after: [withdraw], reversible: false, value: {north: 1}, cost: {south: 2}}
terms:
  - {party: south, when: canal and not withdraw, value: -2}
formats:
  both: [north, south]
  north-alone: [north]
roadmaps:
  at-once: {name: At once, stages: [[withdraw, pay]]}
  pay-first: {name: Aid first, stages: [[pay], [withdraw], [canal]]}
readings:
  hawk: {name: A hawk's view, set: {measures.withdraw.value.north: -4}}
"""

Run = Callable[..., Result]


@pytest.fixture
def border(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the case file ``border.yaml``, which is the working folder."""
    (tmp_path / "border.yaml").write_text(BORDER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(border: Path) -> Run:
    """Run a command as users type it, in an environment with 80 columns."""

    def invoke(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), env={"COLUMNS": "80", **(env or {})}, prog_name="detente")

    return invoke
