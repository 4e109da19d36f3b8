"""What commands show of answers that are rare: stopped, in other words, of other kinds of cases."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from detente import change_case, compare_cases, design_roadmap, evaluate_roadmaps, read_case
from detente.analysis.result import Status
from detente.cli import comparing, demo, designing, evaluating, watch
from detente.cli.screen import Screen
from detente.display.tables import Column, build_table
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent

Run = Callable[..., Result]

ORDINAL = """\
detente: 1
name: Preferences only
parties: {a: {}, b: {}, c: {}}
measures:
  stop: {by: [a], on-breakdown: keep}
  talk: {by: {forum: council}, on-breakdown: reverse, excludes: [stop]}
  shut: {by: [a], reversible: false}
preferences:
  a: {statements: [talk, not stop if talk]}
  b: {ranking: [talk, ["-", stop], shut, "talk shut", "stop shut"]}
  c: {ranks: [1, 2, 3, 4, 5, 6]}
infeasible: [stop and talk]
forums: {council: {members: [a, b], others: 2, quota: 3, end: {quota: 4, veto: [a]}}}
status-quo: [shut]
roadmaps: {one: {stages: [[talk]], durations: [2]}}
"""


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _stop_at(number: int) -> Callable[[ProgressEvent], None]:
    seen = 0

    def progress(event: ProgressEvent) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            raise Cancelled("stop")

    return progress


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports come without a pause between them."""
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)


@pytest.mark.usefixtures("impatient")
def test_an_evaluation_that_was_stopped_shows_what_is_known(border: Path) -> None:
    case = read_case("border.yaml")
    result = evaluate_roadmaps(case, progress=_stop_at(2))
    assert (result.status, [entry.id for entry in result.roadmaps]) == (Status.STOPPED, ["at-once"])
    assert evaluating.summarise(result) == "1 of 1 roadmap holds. Stopped before all were evaluated."
    shown = io.StringIO()
    with redirect_stdout(shown):
        evaluating.show_evaluation(Screen(), case, result, rows=False)
    assert shown.getvalue().splitlines()[-1] == "1 of 1 roadmap holds. Stopped before all were evaluated."


@pytest.mark.usefixtures("impatient")
def test_an_evaluation_stopped_at_once_is_no_answer(border: Path) -> None:
    with pytest.raises(Cancelled, match=r"^stop$"):
        evaluate_roadmaps(read_case("border.yaml"), progress=_stop_at(1))


def test_a_stopped_answer_ends_with_three(run: Run, border: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    calls = 0

    def interrupt(self: watch.Watch, event: ProgressEvent) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Cancelled("stop")

    monkeypatch.setattr(watch.Watch, "__call__", interrupt)
    result = run("evaluate", "border.yaml", "--json")
    assert (result.exit_code, result.stderr) == (3, "")
    assert [entry["id"] for entry in json.loads(result.stdout)["roadmaps"]] == ["at-once"]


def test_a_comparison_that_was_stopped_says_so(border: Path) -> None:
    case = read_case("border.yaml")
    result = replace(compare_cases(case, case), status=Status.STOPPED)
    assert comparing.summarise(result) == (
        "0 of 2 verdicts differ; the cases differ at 0 places. Stopped before every difference was tried."
    )


@pytest.mark.parametrize(
    ("objective", "value", "bound", "summary"),
    [
        (
            "trust",
            0.5,
            0.25,
            "the best found has a trust demand of 50%; the best possible is no better than a trust demand of 25%",
        ),
        (
            "margin",
            0.5,
            1.0,
            "the best found has a least margin of +0.50; the best possible is no better than a least margin of +1.00",
        ),
        ("duration", 9.0, 1.0, "the best found has 9 months; the best possible is no better than 1 month"),
        (
            "nash",
            2.0,
            3.5,
            "the best found has a product of gains of 2; the best possible is no better than a product of gains of 3.5",
        ),
    ],
)
def test_a_design_that_was_stopped_has_a_bound(
    objective: str, value: float, bound: float, summary: str, border: Path
) -> None:
    case = read_case("border.yaml")
    found = replace(design_roadmap(case), status=Status.STOPPED, objective=objective, value=value, bound=bound)  # type: ignore[arg-type]  # one of the objectives
    assert designing.summarise(case, found) == f"Stopped: {summary}."
    bare = replace(found, stages=(), value=None, bound=None, evaluation=None)
    assert designing.summarise(case, bare) == (
        "Stopped: nothing that holds was found yet; the best possible is no better than unknown."
    )


def test_a_design_is_summarised_beside_a_file(run: Run) -> None:
    assert run("design", "border.yaml", "--output", "design.csv").stdout.splitlines() == [
        "Optimal: a trust demand of 7%; no roadmap that holds does better.",
        "Written to design.csv",
    ]
    assert run("design", "border.yaml", "--reading", "hawk", "--output", "design.parquet").stdout.splitlines()[0] == (
        "None exists: none holds."
    )
    assert run("design", "border.yaml", "--goal", "canal", "--output", "design.json").stdout.splitlines()[0] == (
        "None exists: no roadmap reaches the goal."
    )


def test_preferences_forums_and_the_status_quo_are_shown(run: Run, border: Path) -> None:
    (border / "ordinal.yaml").write_text(ORDINAL, encoding="utf-8")
    shown = run("show", "ordinal.yaml").stdout.splitlines()
    for line in (
        "stop           a        yes, is kept         1        1",
        "talk           council  yes, snaps back      1        1",
        "shut           a        no                   1        1",
        "talk     stop",
        "a      talk; not stop if talk",
        "b      [talk] > [-] = [stop] > [shut] > [talk shut] > [stop shut]",
        "c      ranks of 6 states",
        "stop and talk",
        "council  a, b         2      3  nobody  4; a",
        "one          1      2  talk",
    ):
        assert line in shown
    summary = run("check", "ordinal.yaml").stdout.splitlines()
    assert "3  ordinal preferences        a, b, c" in summary
    assert "1  measure in the status quo  shut" in summary
    assert not any(line.startswith("Values of measures") for line in shown)


def test_a_screen_for_people_suggests_what_is_next_and_breaks_lines(
    border: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from detente.cli.checking import show_summary

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("NO_COLOR", "1")
    shown = _Terminal()
    with redirect_stdout(shown):
        screen = Screen()
        show_summary(screen, read_case("border.yaml"), all_notes=False)
        screen.table(build_table([Column(header="a"), Column(header="b")], [("x" * 30, "y" * 30)]))
    lines = [line.rstrip() for line in shown.getvalue().splitlines()]
    assert screen.width == 40
    assert "Next: detente show, detente evaluate." in lines
    assert lines[-1] == "x" * 30 + "  " + "y" * 30
    assert max(map(len, lines[:-3])) <= 40


def test_the_demo_tells_the_whole_story(border: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = {}

    waited: list[bool] = []

    def write_report(
        case: object, path: Path, *, designs: Callable[[], list[object]], evaluation: object, progress: object
    ) -> Path:
        written["designs"] = len(designs())
        path.write_text("report")
        return path

    monkeypatch.setattr("detente.report.write_report", write_report)
    shown = io.StringIO()
    with redirect_stdout(shown):
        demo.run_demo(Path("new/demo"), wait=lambda: waited.append(True))
    lines = shown.getvalue().splitlines()
    assert waited == [True, True]  # before the first design and after the last
    assert (written, Path("new/demo/korea-2018.html").read_text()) == ({"designs": 2}, "report")
    assert [line for line in lines if line[:2] in {"1.", "2.", "3.", "4."}] == [
        "1. The case: Korea 2017–18",
        "2. Do the roadmaps hold?",
        "3. Which order would ask for the least trust?",
        "4. The report",
    ]
    assert "new/demo/korea-2018.html – open it in a browser; it needs no network." in lines


def test_the_demo_refuses_a_folder_that_is_none(border: Path) -> None:
    Path("taken").write_text("x")
    with pytest.raises(OptionError) as refused:
        demo.run_demo(Path("taken"), wait=lambda: None)
    assert str(refused.value) == "'taken' is a file; --directory takes a folder"
    with pytest.raises(OptionError) as refused:
        demo._make_folder(Path("taken/below"))
    assert str(refused.value) == "the folder 'taken/below' cannot be made: Not a directory"


def test_more_differences_than_fit_are_counted(run: Run, border: Path) -> None:
    case = read_case("border.yaml")
    result = compare_cases(case, change_case(case, {"parties.north.name": "N", "parties.south.name": "S"}))
    many = replace(result, differences=result.differences * 21)
    shown = io.StringIO()
    with redirect_stdout(shown):
        comparing.show_comparison(Screen(), many)
    assert shown.getvalue().splitlines()[-1] == "and 2 more (--json has all)"
