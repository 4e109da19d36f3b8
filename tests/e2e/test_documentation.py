"""What the pages and the README show is what happens (conventions §10)."""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<language>[a-z]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted(
    page
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if "_build" not in page.parts
    and any(block["language"] in {"python", "console"} for block in FENCE.finditer(page.read_text("utf-8")))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of a page, and the output that the page shows for it."""

    language: str
    line: int
    body: str
    output: str | None


def _blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page; a text block right after a Python block is its output."""
    found = list(FENCE.finditer(text))
    for block, after in zip(found, [*found[1:], None], strict=True):
        shown = after is not None and after["language"] == "text" and text[block.end() : after.start()].strip() == ""
        yield Block(
            language=block["language"],
            line=text.count("\n", 0, block.start("body")),
            body=block["body"],
            output=after["body"] if after is not None and shown else None,
        )


def _assert_shown(shown: str, printed: str, where: str) -> None:
    """Compare what a page shows with what was printed, `...` standing for any text."""
    same = doctest.OutputChecker().check_output(shown, printed, doctest.ELLIPSIS)
    assert same, f"{where} shows\n{shown}\nbut this was printed\n{printed}"


def _run_python(block: Block, page: Path, names: dict[str, object]) -> None:
    printed = io.StringIO()
    code = compile("\n" * block.line + block.body, str(page), "exec")
    with contextlib.redirect_stdout(printed):
        exec(code, names)  # noqa: S102 - the code is that of our own pages
    if block.output is not None:
        _assert_shown(block.output, printed.getvalue(), f"{page.name}:{block.line}")


def _run_console(block: Block, page: Path) -> None:
    for command, shown in re.findall(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.body, re.MULTILINE):
        program, *arguments = shlex.split(command)
        assert program == "detente", f"{page.name}:{block.line} runs {program}, not detente"
        done = subprocess.run(
            [Path(sys.executable).with_name("detente"), *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        )
        _assert_shown(shown, done.stdout + done.stderr, f"{page.name}:{block.line}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_shows_what_happens(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names: dict[str, object] = {"__name__": "__main__"}
    for block in _blocks(page.read_text("utf-8")):
        if block.language == "python":
            _run_python(block, page, names)
        elif block.language == "console":
            _run_console(block, page)
