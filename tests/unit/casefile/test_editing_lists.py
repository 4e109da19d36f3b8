"""Lists that grow, shrink or move in a case file: what is around them stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.analysis.roadmap.repairs.instalments import with_instalments
from detente.analysis.roadmap.repairs.repair import repaired_case, with_stages
from detente.casefile import change_case, read_case, write_case

TEXT = """\
detente: 1
name: lists
parties: {p: {discount: 0.9}}
measures:
  x: {by: [p], value: {p: 1}}
  y: {by: [p]}
  z: {by: [p]}
  # the great one
  u:
    by: [p]
    reversible: false
    value:
      p: 3   # assumed
roadmaps:
  a:
    name: A
    stages:
      - [x, y]   # one
      - [z]   # two
      # before the last
      - [u]   # last

# next section
readings:
  r: {}
"""
LAST = "      # before the last\n      - [u]   # last\n"


def written(tmp_path: Path, stages: tuple[tuple[str, ...], ...], *, split: str = "") -> str:
    file = tmp_path / "lists.yaml"
    file.write_text(TEXT, encoding="utf-8")
    case = read_case(file)
    if split:
        case = change_case(with_instalments(case, split, 2), {})
    changed = repaired_case(case, None, lambda seen: with_stages(seen, "a", stages, None))
    write_case(changed, file)
    assert read_case(file) == changed
    return file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stages", "old", "new"),
    [
        ((("z",), ("u",)), "      - [x, y]   # one\n", ""),
        ((("x", "y"), ("z",)), LAST, "      # before the last\n"),
        ((("x",), ("z",), ("u",)), "[x, y]   # one", "[x]      # one"),
        ((("x", "y"), ("z",), ("u",)), "", ""),
    ],
    ids=["first out", "last out", "shorter within", "unchanged"],
)
def test_only_these_lines_change(tmp_path: Path, stages: tuple[tuple[str, ...], ...], old: str, new: str) -> None:
    assert written(tmp_path, stages) == TEXT.replace(old, new)


def test_a_stage_more_in_the_middle(tmp_path: Path) -> None:
    text = written(tmp_path, (("x",), ("y",), ("z",), ("u",)))
    assert text == TEXT.replace("      - [x, y]   # one\n", "      - [x]      # one\n      - [y]\n")


def test_a_stage_more_at_the_end_comes_before_what_follows(tmp_path: Path) -> None:
    text = written(tmp_path, (("y",), ("z",), ("u",), ("x",)))
    assert text == TEXT.replace("[x, y]   # one", "[y]      # one").replace(
        "[u]   # last\n", "[u]   # last\n      - [x]\n"
    )


def test_a_measure_that_becomes_graded_keeps_its_numbers_and_their_comments(tmp_path: Path) -> None:
    text = written(tmp_path, (("x", "y"), ("z",), ("u.50%",), ("u.100%",)), split="u")
    assert text == (
        TEXT.replace("    by: [p]\n    reversible: false\n", "    name: u\n    by: [p]\n    reversible: false\n")
        .replace("false\n    value", 'false\n    levels: ["50%", "100%"]\n    value')
        .replace("      - [u]   # last\n", "      - [u.50%] # last\n      - [u.100%]\n")
    )
