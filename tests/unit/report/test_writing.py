"""Where reports are written, in which form, and that they are whole or not there."""

import datetime
from pathlib import Path

import pytest

from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from detente.report import write_report
from tests.report_case import DAY, report_case

CASE = report_case()


def test_the_file_written_is_returned_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = write_report(CASE, str(tmp_path / "line.html"), designs=[], date=DAY)
    assert path == tmp_path / "line.html"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "line.HTML"
    path.write_text("old", encoding="utf-8")
    write_report(CASE, path, designs=[], date=DAY)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_markdown_has_its_pictures_beside_it(tmp_path: Path) -> None:
    path = write_report(CASE, tmp_path / "line.md", designs=[], date=DAY)
    names = sorted(picture.name for picture in (tmp_path / "line-figures").iterdir())
    assert names == [
        "critical.step-by-step.distances.svg",
        "critical.troops-first.distances.svg",
        "indices.step-by-step.holdup.svg",
        "indices.step-by-step.power.svg",
        "indices.step-by-step.timing.svg",
        "indices.troops-first.holdup.svg",
        "indices.troops-first.levers.svg",
        "indices.troops-first.power.svg",
        "indices.troops-first.timing.svg",
        "order.1.picture.svg",
        "order.2.picture.svg",
        "roadmap.step-by-step.hazards.svg",
        "roadmap.step-by-step.timeline.svg",
        "roadmap.step-by-step.trust.svg",
        "roadmap.troops-first.hazards.svg",
        "roadmap.troops-first.timeline.svg",
        "roadmap.troops-first.trust.svg",
        "stability.graph.svg",
        "stability.options.svg",
        "verdicts.picture.svg",
    ]
    text = path.read_text(encoding="utf-8")
    assert all(f"](line-figures/{name})" in text for name in names)


def test_the_same_case_gives_the_same_bytes(tmp_path: Path) -> None:
    one = write_report(CASE, tmp_path / "one.html", date=DAY)
    two = write_report(report_case(), tmp_path / "two.html", date=DAY)
    assert one.read_bytes() == two.read_bytes()


def test_without_a_date_it_is_today(tmp_path: Path) -> None:
    before = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    text = write_report(CASE, tmp_path / "line.md", designs=[], roadmaps=[]).read_text(encoding="utf-8")
    after = datetime.datetime.now(tz=datetime.UTC).astimezone().date()
    assert any(f"- **Computed**: {day.isoformat()}, detente" in text for day in {before, after})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("line.pdf", "a report is written as .html or .md; for a PDF, print the .html from a browser"),
        ("line.docx", "a report is written as .html or .md; 'line.docx' has '.docx'"),
        ("line", "a report is written as .html or .md; 'line' has no ending"),
    ],
)
def test_other_endings_are_refused(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(OptionError) as error:
        write_report(CASE, tmp_path / name)
    assert str(error.value) == message
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as error:
        write_report(CASE, tmp_path / "none" / "line.html")
    assert str(error.value) == f"there is no folder '{tmp_path / 'none'}' to write the report into"


def test_a_folder_in_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "line.html").mkdir()
    with pytest.raises(OptionError) as error:
        write_report(CASE, tmp_path / "line.html")
    assert str(error.value) == f"'{tmp_path / 'line.html'}' is a folder; name the file to write"


def test_unknown_roadmaps_and_readings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as error:
        write_report(CASE, tmp_path / "line.html", roadmaps=["none"])
    assert str(error.value) == "unknown roadmap 'none' (the case has: step-by-step, troops-first)"
    with pytest.raises(OptionError) as error:
        write_report(CASE, tmp_path / "line.html", readings=["none"])
    assert str(error.value) == "unknown reading 'none' (the case has: herald)"


def test_a_stopped_report_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "line.html"
    path.write_text("old", encoding="utf-8")

    def stop(event: ProgressEvent) -> None:
        if event.task == "writing the report":
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        write_report(CASE, path, designs=[], date=DAY, progress=stop)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_leaves_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_report(CASE, tmp_path / "line.html", designs=[], date=DAY)
    assert list(tmp_path.iterdir()) == []
