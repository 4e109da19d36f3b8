"""Every code has a golden case with its whole message, and the pages made from the codes are in step."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from detente.casefile import case_schema, read_case
from detente.casefile.codes import CODES, diagnostics_page
from detente.casefile.schema import schema_text
from detente.errors import CaseError, Diagnostic

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "diagnostics"
MADE: dict[str, Callable[[], str]] = {
    # Too large to be kept.
    "D001": lambda: "detente: 1\n" + "# no more than a comment\n" * 90_000,
    "D005": lambda: "detente: 1\nname: " + "long " * 14_000 + "\n",
    "D015": lambda: "parties: {usa: }\nmeasures:\n" + "".join(f"  m{n}: {{by: [usa]}}\n" for n in range(1_001)),
    "D016": lambda: "detente: 1\nmeasures: {}\ninfeasible:\n  - " + " and ".join(["freeze"] * 2_000) + "\n",
    "D017": lambda: "detente: 1\nreadings:\n" + "".join(f"  r{n}: {{}}\n" for n in range(1_001)),
}


def diagnostics_of(code: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Diagnostic, ...]:
    kept = GOLDEN / code
    name = f"{code}.yaml"
    if kept.is_dir():
        shutil.copytree(kept, folder / code)
        name = code
    elif code in MADE:
        (folder / name).write_text(MADE[code](), encoding="utf-8")
    else:
        shutil.copy(kept.with_suffix(".yaml"), folder / name)
    monkeypatch.chdir(folder)
    try:
        return read_case(name).notes
    except CaseError as error:
        return error.diagnostics


@pytest.mark.parametrize("code", CODES)
def test_code_says_what_is_wrong_where_and_what_to_do(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden: Callable[[str, str], None]
) -> None:
    found = diagnostics_of(code, tmp_path, monkeypatch)
    assert {diagnostic.code for diagnostic in found} == {code}
    assert all(diagnostic.span is not None and diagnostic.help for diagnostic in found)
    golden(f"diagnostics/{code}.txt", "".join(f"{diagnostic}\n" for diagnostic in found))


def test_golden_cases_are_those_of_the_codes() -> None:
    kept = {path.stem for path in GOLDEN.iterdir() if path.suffix != ".txt"}
    assert kept | set(MADE) == set(CODES)
    assert not kept & set(MADE)
    assert {path.stem for path in GOLDEN.glob("*.txt")} == set(CODES)


def test_codes_are_those_that_the_reader_uses() -> None:
    used: set[str] = set()
    for module in (ROOT / "src" / "detente" / "casefile").glob("*.py"):
        if not module.name.startswith("codes"):
            used.update(re.findall(r'"(D\d{3})"', module.read_text(encoding="utf-8")))
    assert used == set(CODES)


def test_messages_and_explanations_end_as_sentences() -> None:
    for path in GOLDEN.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert line.endswith((".", "?", "…")), f"{path.name}: {line}"
    assert all(code.explanation.endswith(".") and not code.title.endswith(".") for code in CODES.values())


def test_codes_are_in_order() -> None:
    assert list(CODES) == sorted(CODES)


def test_page_of_diagnostics_is_in_step() -> None:
    page = ROOT / "docs" / "reference" / "diagnostics.md"
    assert page.read_text(encoding="utf-8") == diagnostics_page(), "run python docs/generate_case_reference.py"


def test_committed_schema_is_in_step() -> None:
    kept = ROOT / "docs" / "reference" / "case.schema.json"
    assert kept.read_text(encoding="utf-8") == schema_text(), "run python docs/generate_case_reference.py"
    assert json.loads(schema_text()) == case_schema()
