"""What the command line prints, kept word for word; see tests/conftest.py for renewing it."""

import shlex
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detente.cli.app import app

COMMANDS = (
    "demo",
    "new",
    "check",
    "show",
    "schema",
    "evaluate",
    "critical",
    "indices",
    "trust",
    "design",
    "repair",
    "indispensable",
    "stability",
    "why",
    "paths",
    "inverse",
    "swaps",
    "unknown",
    "strength",
    "attitudes",
    "behaviour",
    "diff",
    "report",
    "gallery",
    "import",
    "export",
)
CASES = Path(__file__).parents[1] / "cases"
ANSWERS = {
    "check": "check korea-2018",
    "check-all": "check korea-2018 --all",
    "show": "show korea-2018",
    "show-reading": "show border.yaml --reading hawk",
    "evaluate": "evaluate korea-2018",
    "evaluate-readings": "evaluate korea-2018 --roadmap double-freeze --reading asia-times --reading rsis",
    "evaluate-rows": "evaluate korea-2018 --roadmap double-freeze --rows",
    "critical": "critical korea-2018 --roadmap double-freeze",
    "critical-numbers": (
        "critical border.yaml --roadmap pay-first --value measures.withdraw --value parties --longest 6"
    ),
    "indices": "indices korea-2018 --roadmap peace-treaty-first --rows",
    "indices-levers": "indices border.yaml --roadmap at-once --reading hawk",
    "indices-cycles": "indices minsk-ii.yaml",
    "evaluate-graduated": (
        "evaluate border.yaml --answers graduated --answer-periods 1 --false-alarm 0.02 --rows --roadmap pay-first"
    ),
    "trust": "trust border.yaml --roadmap pay-first --prior 0.6",
    "design-trust-building": "design border.yaml --objective trust-building --reading hawk",
    "diff": "diff korea-2018 --set parties.usa.hazard=0.001 --set parties.usa.discount=0.99",
    "diff-none": "diff border.yaml border.yaml",
    "design": "design border.yaml",
    "design-none": "design border.yaml --reading hawk",
    "design-margin": "design border.yaml --objective margin --goal best",
    "indispensable": "indispensable border.yaml --sources --coalitions --objective trust",
    "indispensable-readings": "indispensable minsk-ii.yaml --reading security-first --reading politics-first",
    "repair": "repair korea-2018 --roadmap step-by-step --kind drop --kind split --kind stage-length --kind detection",
    "repair-every-kind": "repair border.yaml --roadmap at-once --reading hawk",
    "repair-nothing": "repair korea-2018 --roadmap double-freeze --reading rsis",
    "new": "new mine",
    "show-graph": "show elmira",
    "show-orders": "show river.yaml",
    "stability": "stability elmira --coalitions --individual",
    "stability-values": "stability border.yaml --reading hawk --concepts nash,seq",
    "stability-horizon": "stability cuban-missile-crisis --concepts nash --horizon 3 --most 4",
    "stability-limited": "stability chicken --concepts nash --limited-moves 2",
    "stability-pareto": "stability prisoners-dilemma --concepts nash --coalitions --pareto",
    "stability-korea": "stability korea-2018-conflict",
    "why": "why chicken --state 4",
    "why-status-quo": "why elmira --party local",
    "paths": "paths elmira",
    "paths-from": "paths prisoners-dilemma --from 4 --concepts nash",
    "inverse": "inverse elmira --state s3 --concept seq",
    "inverse-none": "inverse river.yaml --state release --concept nash --by statements",
    "swaps": "swaps chicken",
    "unknown": "unknown river.yaml --set 'preferences.upper.unknown=[[release, not release]]' --concepts nash,seq",
    "unknown-ranges": "unknown river.yaml --ranges --extensions a,d --concepts nash",
    "strength": "strength river.yaml",
    "attitudes": "attitudes prisoners-dilemma --attitude row:column=+",
    "attitudes-search": "attitudes prisoners-dilemma --state 4",
    "behaviour": "behaviour elmira --path s1 --path s5",
    "gallery": "gallery",
    "export": "export elmira --to csv",
}


def _run(*arguments: str, width: int = 80) -> Result:
    return CliRunner().invoke(app, list(arguments), env={"COLUMNS": str(width)}, prog_name="detente")


def test_every_command_is_kept(golden: Callable[[str, str], None]) -> None:
    result = _run("--help")
    listed = result.stdout.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert tuple(line.split()[0] for line in listed) == COMMANDS
    golden("help/detente.txt", result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_help(command: str, golden: Callable[[str, str], None]) -> None:
    golden(f"help/{command}.txt", _run(command, "--help").stdout)


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("name", ANSWERS)
def test_answer(
    name: str,
    width: int,
    golden: Callable[[str, str], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for case in ("border.yaml", "minsk-ii.yaml", "river.yaml"):
        shutil.copy(CASES / case, tmp_path)
    monkeypatch.chdir(tmp_path)
    result = _run(*shlex.split(ANSWERS[name]), width=width)
    assert (result.exit_code, result.stderr) == (0, "")
    golden(f"answers/{name}-{width}.txt", result.stdout)


def test_problems(golden: Callable[[str, str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (CASES / "border.yaml").read_text(encoding="utf-8").replace("by: [north]", "by: [nort]")
    (tmp_path / "border.yaml").write_text(text.replace("discount: 0.9,", "discount: 1.5,"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = _run("check", "border.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    golden("answers/problems.txt", result.stderr)
