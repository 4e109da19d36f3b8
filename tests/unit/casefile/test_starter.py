"""The starter case: complete, valid, and written only into a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.casefile import new_case, read_case
from detente.errors import OptionError


def test_starter_case_is_small_complete_and_without_a_note(tmp_path: Path) -> None:
    folder = new_case(tmp_path / "mine")
    assert sorted(path.name for path in folder.iterdir()) == [
        ".gitignore",
        "case.yaml",
        "claims.yaml",
        "documents.yaml",
    ]
    assert ".texts/" in (folder / ".gitignore").read_text(encoding="utf-8").splitlines()
    case = read_case(folder)
    assert case.notes == ()
    assert (len(case.parties), len(case.measures), len(case.roadmaps), len(case.readings)) == (3, 6, 2, 1)
    assert len(case.claims) == 2
    assert len(case.documents) == 1


def test_empty_folder_is_used(tmp_path: Path) -> None:
    assert new_case(tmp_path) == tmp_path
    assert read_case(tmp_path).name == "The reservoir"


def test_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError) as caught:
        new_case(tmp_path)
    assert str(caught.value) == f"the folder {tmp_path} is not empty; a new case needs a folder of its own"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(OptionError) as caught:
        new_case(file)
    assert str(caught.value) == f"{file} is a file; a new case needs a folder"
