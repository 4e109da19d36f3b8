"""The chapter on where agreements stand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from detente import read_case
from detente.case import Case, ProgressEntry
from detente.errors import Cancelled
from detente.report.content import compose
from detente.report.document import Bullets, Details, Paragraph, Picture, Section, Table
from detente.report.findings import find
from tests.report_case import DAY, report_case


def with_progress(entry: ProgressEntry) -> Case:
    """The case for reports with what has happened, as every reading sees it."""
    case = report_case()
    readings = {reading: replace(read, progress=(entry,)) for reading, read in case.reading_cases.items()}
    return replace(case, progress=(entry,), reading_cases=readings)


CASE = with_progress(ProgressEntry(measure="watch", taken=1))
INITIAL = read_case(str(Path(__file__).parents[2] / "cases" / "initial-actions-2007.yaml"))


def sections(case: Case) -> dict[str, Section]:
    return {section.id: section for section in compose(find(case, date=DAY, designs=[])).sections}


def words(cells: tuple[object, ...]) -> list[str]:
    return [str(cell.text[0]) for cell in cells]  # type: ignore[attr-defined]  # cells of a table


def test_a_case_without_progress_has_no_such_chapter() -> None:
    assert "standing" not in sections(report_case())


def test_only_roadmaps_that_progress_is_part_of_are_told() -> None:
    found = sections(CASE)
    assert list(found)[3:5] == ["roadmaps", "standing"]
    chapter = found["standing"]
    assert chapter.heading == "Where the agreement stands"
    assert [section.id for section in chapter.sections] == ["standing.step-by-step"]
    both = replace(CASE, progress=(ProgressEntry(measure="withdraw", taken=1),))
    assert sections(both)["standing"].heading == "Where the agreements stand"


def test_it_is_told_in_short() -> None:
    [items] = [block for block in sections(CASE)["in-short"].blocks if isinstance(block, Bullets)]
    assert ("At month 1, 1 of the 3 stages of “Step by step” has begun; the rest holds.",) in items.items
    lost = [block for block in sections(INITIAL)["in-short"].blocks if isinstance(block, Bullets)]
    assert (
        "At day 589, 4 of the 6 stages of “Initial Actions” have begun; the rest holds, and with what was lost taken "
        "again it does not hold.",
    ) in lost[0].items


def test_the_chapter_has_sentences_a_picture_and_tables() -> None:
    [section] = sections(CASE)["standing"].sections
    kinds = [type(block) for block in section.blocks]
    assert kinds == [Paragraph, Bullets, Picture, Table, Table, Table, Details]
    _, _, picture, verdicts, gates, delays, _ = section.blocks
    assert isinstance(picture, Picture)
    assert picture.name == "standing.step-by-step.course"
    assert picture.description.startswith("Stage 1: Observers at the line; begun at month 1, 1 month late. Stage 2: ")
    assert isinstance(verdicts, Table)
    assert [words(row)[:3] for row in verdicts.rows] == [
        ["base case", "the rest", "✓ holds"],
        ["The Herald", "the rest", "✗ does not hold"],
    ]
    assert isinstance(gates, Table)
    assert words(gates.rows[0]) == ["1", "0", "begun at month 1, 1 month late", "–", "–"]
    assert isinstance(delays, Table)
    assert [column.header for column in delays.columns][:3] == ["Party", "Each further month", "Margin, 1 more"]


def test_what_was_lost_has_verdicts_and_checks_of_its_own() -> None:
    [section] = sections(INITIAL)["standing"].sections
    verdicts = section.blocks[3]
    assert isinstance(verdicts, Table)
    assert [words(row)[1:3] for row in verdicts.rows] == [
        ["the rest", "✓ holds"],
        ["with what was lost taken again", "✗ does not hold"],
    ]
    assert [block.summary for block in section.blocks if isinstance(block, Details)] == [
        "Every check of “Initial Actions: the rest”",
        "Every check of “Initial Actions: the rest, with what was lost taken again”",
    ]


def test_where_nothing_is_left_or_legal_the_table_says_so() -> None:
    gone = replace(CASE, progress=(ProgressEntry(measure="watch", taken=1, ended=2),))
    only = replace(gone, roadmaps=(replace(gone.roadmaps[0], stages=(("watch",),)),), readings=(), reading_cases={})
    [section] = sections(only)["standing"].sections
    verdicts = section.blocks[3]
    assert isinstance(verdicts, Table)
    assert [words(row)[1:3] for row in verdicts.rows] == [
        ["the rest", "nothing left"],
        ["with what was lost taken again", "✗ does not hold"],
    ]


def test_checks_of_the_wait_and_of_what_is_in_force_are_named() -> None:
    [section] = sections(CASE)["standing"].sections
    details = section.blocks[-1]
    assert isinstance(details, Details)
    [table] = details.blocks
    assert isinstance(table, Table)
    assert list(dict.fromkeys(words(row)[0] for row in table.rows)) == [
        "Now, waiting",
        "Before stage 2",
        "After stage 2",
        "Before stage 3",
        "After stage 3",
        "At the end",
    ]
    done = replace(
        CASE,
        roadmaps=(replace(CASE.roadmaps[0], stages=(("watch",),)),),
        readings=(),
        reading_cases={},
    )
    [section] = sections(done)["standing"].sections
    details = section.blocks[-1]
    assert isinstance(details, Details)
    [table] = details.blocks
    assert isinstance(table, Table)
    assert list(dict.fromkeys(words(row)[0] for row in table.rows)) == ["Now, waiting", "With what is in force"]


def test_a_report_that_is_stopped_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)

    def stop(event: object) -> None:
        if getattr(event, "task", "") == "evaluating what is left" and getattr(event, "fraction", 0.0):
            raise Cancelled("stop")

    with pytest.raises(Cancelled, match=r"^stopped before everything was known; no report was written$"):
        find(CASE, date=DAY, designs=[], progress=stop)
