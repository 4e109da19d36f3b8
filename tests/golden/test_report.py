"""Reports, word for word and stroke for stroke."""

from collections.abc import Callable
from pathlib import Path

from detente.report import write_report
from tests.report_case import DAY, report_case

Golden = Callable[[str, str], None]


def test_html_is_as_kept(golden: Golden, tmp_path: Path) -> None:
    path = write_report(report_case(), tmp_path / "line.html", date=DAY)
    golden("report/line.html", path.read_text(encoding="utf-8"))


def test_markdown_and_its_pictures_are_as_kept(golden: Golden, tmp_path: Path) -> None:
    path = write_report(report_case(), tmp_path / "line.md", date=DAY)
    golden("report/line.md", path.read_text(encoding="utf-8"))
    for picture in sorted((tmp_path / "line-figures").iterdir()):
        golden(f"report/line-figures/{picture.name}", picture.read_text(encoding="utf-8"))
