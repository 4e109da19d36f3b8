"""Write the reference of the commands: each with its help as it prints it, and an example with its real output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parent / "reference" / "commands.md"
WIDTH = "100"
"""Columns that the examples fit into."""

INTRODUCTION = """\
# Commands

Every command takes a case as a folder, as a file, or by the name of a built-in case such as `korea-2018`. The
analyses have counterparts in Python with the same words, which give the same answers.

What the analyses share:

- `--reading ID` sees the case as one of its readings does, `--set PATH=VALUE` changes a number for this run.
- Tables go to a terminal with lines and colours, to a pipe as plain aligned text; `NO_COLOR` takes the colours away.
  `--json` prints one JSON document and nothing else. `--output FILE` writes that document (`.json`) or its table
  (`.csv`, `.parquet`) whole or not at all, and leaves a short summary on stdout.
- What takes more than a second shows a bar with the time left, if stderr is a terminal. Ctrl-C stops with the best
  found so far; a second Ctrl-C stops at once.

| exit code | meaning |
| --- | --- |
| 0 | answered; *does not hold* and *none exists* are answers too |
| 1 | the case is invalid; every problem is on stderr, the first hundred of them unless `--all` is given |
| 2 | the command was not used as it should be |
| 3 | stopped at a limit, or by Ctrl-C; what was found until then is printed |
| 70 | a fault of detente's own; `--debug` prints where |

The examples below run one after the other in an empty folder.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the page says of a command beside its help.

    Parameters
    ----------
    python : str
        Its counterpart in Python; empty if there is none.
    example : str
        A command line.
    most : int or None
        Lines of output to show before ``...``.
    before : str
        Python that makes what the example needs; shown too.
    """

    python: str = ""
    example: str
    most: int | None = None
    before: str = ""


ENTRIES = {
    "new": Entry(example="detente new reservoir"),
    "check": Entry(python="read_case", example="detente check reservoir"),
    "show": Entry(example="detente show reservoir"),
    "schema": Entry(example="detente schema", most=4),
    "evaluate": Entry(python="evaluate_roadmaps", example="detente evaluate reservoir"),
    "critical": Entry(
        python="find_critical_values",
        example="detente critical reservoir --roadmap step-by-step --reading engineer",
    ),
    "indices": Entry(
        python="compute_indices", example="detente indices reservoir --roadmap step-by-step --reading engineer"
    ),
    "trust": Entry(python="assess_trust", example="detente trust reservoir --roadmap step-by-step --prior 0.6"),
    "design": Entry(python="design_roadmap", example="detente design reservoir"),
    "indispensable": Entry(python="find_indispensable", example="detente indispensable reservoir --sources"),
    "repair": Entry(
        python="repair_roadmap",
        example="detente repair reservoir --roadmap step-by-step --reading engineer --apply guarantor",
    ),
    "stability": Entry(python="analyse_stability", example="detente stability elmira --concepts nash,gmr"),
    "why": Entry(python="explain_stability", example="detente why elmira"),
    "paths": Entry(python="trace_status_quo", example="detente paths elmira --concepts nash"),
    "inverse": Entry(python="find_inverse", example="detente inverse elmira --state s3 --concept nash"),
    "swaps": Entry(python="analyse_swaps", example="detente swaps prisoners-dilemma --concepts nash"),
    "unknown": Entry(
        python="analyse_unknown",
        example=(
            "detente unknown chicken --set 'preferences.row.unknown=[[row-swerves, not row-swerves]]' "
            "--concepts nash,seq"
        ),
    ),
    "strength": Entry(
        python="analyse_strength",
        example=(
            "detente strength chicken --set 'preferences.row.strong=[[row-swerves, not row-swerves]]' "
            "--set 'preferences.column.strong=[[row-swerves, not row-swerves]]' --concepts gmr"
        ),
    ),
    "attitudes": Entry(
        python="analyse_attitudes",
        example="detente attitudes prisoners-dilemma --attitude row:column=+ --concepts nash",
    ),
    "behaviour": Entry(python="analyse_behaviour", example="detente behaviour elmira --path s1 --path s5"),
    "diff": Entry(
        python="compare_cases",
        example="detente diff reservoir --set parties.upstream.hazard=0.1 --set parties.bank.discount=0.9",
    ),
    "report": Entry(example="detente report reservoir -o reservoir.html"),
    "gallery": Entry(example="detente gallery", most=3),
    "import": Entry(
        python="exchange.import_gmcr",
        before=(
            "from detente import read_case\n"
            "from detente.exchange import export_gmcr\n\n"
            'export_gmcr(read_case("cuban-missile-crisis"), "cuba.gmcr")\n'
        ),
        example="detente import cuba.gmcr -o cuba",
    ),
    "export": Entry(python="exchange.export_states", example="detente export elmira --output elmira.graphml"),
    "demo": Entry(example="detente demo"),
}


def help_of(command: str) -> str:
    """Return what a command prints as its help."""
    from typer.testing import CliRunner

    from detente.cli.app import app

    return CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": WIDTH}, prog_name="detente").stdout


def record(folder: Path) -> dict[str, str]:
    """Run the examples one after the other in a folder and return what each prints."""
    outputs = {}
    for command, entry in ENTRIES.items():
        if entry.before:
            subprocess.run([sys.executable, "-c", entry.before], check=True, cwd=folder)
        program, *arguments = shlex.split(entry.example)
        done = subprocess.run(
            [Path(sys.executable).with_name(program), *arguments],
            capture_output=True,
            text=True,
            check=True,
            cwd=folder,
            env={**os.environ, "COLUMNS": WIDTH, "NO_COLOR": "1"},
        )
        shown = done.stdout.splitlines()
        if entry.most is not None:
            shown = [*shown[: entry.most], "..."]
        outputs[command] = re.sub(r"\d+ s\.$", "... s.", "\n".join(shown))
    return outputs


def make_page(outputs: Mapping[str, str]) -> str:
    """Return the page, with these outputs of the examples."""
    parts = [INTRODUCTION]
    for command, entry in ENTRIES.items():
        parts.append(f"## detente {command}\n\n```text\n{help_of(command)}```\n")
        if entry.python:
            parts.append(f"In Python: `detente.{entry.python}`.\n")
        if entry.before:
            parts.append(f"```python\n{entry.before}```\n")
        parts.append(f"```console\n$ {entry.example}\n{outputs[command]}\n```\n")
    return "\n".join(parts)


def recorded_outputs(page: str) -> dict[str, str]:
    """Return the outputs of the examples as a page has them."""
    blocks = re.findall(r"^```console\n\$ detente (\S+)[^\n]*\n(.*?)\n```$", page, re.MULTILINE | re.DOTALL)
    return dict(blocks)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(make_page(record(Path(folder))), encoding="utf-8")
