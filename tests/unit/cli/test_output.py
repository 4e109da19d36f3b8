"""Files are written whole or not at all; JSON is strict."""

import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from detente.cli.output import check_target, dump_json, write_whole
from detente.errors import OptionError


def test_json_is_strict() -> None:
    with pytest.raises(ValueError, match=r"^Out of range float values are not JSON compliant: nan$"):
        dump_json({"x": float("nan")})


def test_json_is_ascii_where_stdout_knows_no_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    assert dump_json(["δ"]) == '[\n  "δ"\n]'
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(BytesIO(), encoding="latin-1"))
    assert dump_json(["δ"]) == '[\n  "\\u03b4"\n]'


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("answer.txt", "'answer.txt' ends in '.txt'; a file to write must end in .json, .csv or .parquet"),
        ("answer", "'answer' ends in no suffix; a file to write must end in .json, .csv or .parquet"),
        ("no/answer.csv", "the folder 'no' of 'no/answer.csv' does not exist; create it first"),
        ("folder.csv", "'folder.csv' is a folder; name a file"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_at_once(
    name: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(OptionError) as refused:
        check_target(Path(name), (".json", ".csv", ".parquet"))
    assert str(refused.value) == message


def test_a_file_is_replaced_when_it_is_complete(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")
    seen = []

    def write(path: Path) -> None:
        path.write_text("new")
        seen.append((path.parent, path.suffix, target.read_text()))

    write_whole(target, write)
    assert seen == [(tmp_path, ".json", "old")]
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "answer.json"
    target.write_text("old")

    def write(path: Path) -> None:
        path.write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_whole(target, write)
    assert (list(tmp_path.iterdir()), target.read_text()) == ([target], "old")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    def write(path: Path) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OptionError) as refused:
        write_whole(tmp_path / "answer.json", write)
    assert str(refused.value) == f"'{tmp_path}/answer.json' cannot be written: No space left on device"
