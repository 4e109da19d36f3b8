"""The chapter on what would make roadmaps hold."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente.case import Case
from detente.casefile import change_case
from detente.errors import Cancelled
from detente.progress import ProgressEvent
from detente.report.content import compose
from detente.report.document import Block, Bullets, Details, Paragraph, Section, Table, Text
from detente.report.findings import find
from tests.report_case import DAY, report_case

CASE = change_case(report_case(), {"measures.withdraw.detection-lag": 12, "roadmaps.troops-first.durations": [12, 12]})


def plain(text: Text) -> str:
    return "".join(run if isinstance(run, str) else run.text for run in text)


def chapter(case: Case) -> Section | None:
    document = compose(find(case, date=DAY, designs=[], repairs=True))
    return next((section for section in document.sections if section.id == "repairs"), None)


def texts(blocks: tuple[Block, ...]) -> list[str]:
    found: list[str] = []
    for block in blocks:
        match block:
            case Paragraph():
                found.append(plain(block.text))
            case Bullets():
                found += [f"- {plain(item)}" for item in block.items]
            case _:
                pass
    return found


def test_there_is_none_unless_it_is_asked_for() -> None:
    assert "repairs" not in [section.id for section in compose(find(CASE, date=DAY, designs=[])).sections]


def test_there_is_none_in_a_case_without_roadmaps() -> None:
    assert chapter(replace(CASE, roadmaps=(), readings=(), reading_cases={})) is None


def test_each_roadmap_that_fails_has_its_repairs_side_by_side() -> None:
    told = chapter(CASE)
    assert told is not None
    [section] = told.sections
    assert (section.id, section.heading) == ("repairs.troops-first", "Troops first")
    assert texts(section.blocks) == [
        "At stage 1, before “Troops withdrawn”, North would gain 0.085 a month by not starting at all. It would hold "
        "with payments after verification, a further counterpart, another order or splitting a measure."
    ]
    _, table, taken, failed = section.blocks
    assert isinstance(table, Table)
    rows = [[plain(cell.text) for cell in row] for row in table.rows]
    assert rows[0] == ["as it is", "–", "✗ does not hold", "−0.09", "+0.28", "none suffices", "24\u00a0months"]
    assert rows[3] == ["3. another order", "1 pair of measures", "✓ holds", "+0.23", "+0.28", "45%", "24\u00a0months"]
    assert [row[0] for row in rows[1:]] == [
        "1. payments after verification",
        "2. a further counterpart",
        "3. another order",
        "4. splitting a measure",
    ]
    assert isinstance(taken, Details)
    assert texts(taken.blocks)[-3:] == [
        "4. “Troops withdrawn” is taken in halves, at stage 1 and stage 2.",
        "- Whatever requires it, comes after it or values it with others waits for the last instalment.",
        "- The repaired roadmap does not hold under herald.",
    ]
    assert isinstance(failed, Details)
    assert texts(failed.blocks)[-1] == (
        "- Leaving measures out: Nothing that is left of the roadmap without some of its measures holds."
    )


def test_where_every_roadmap_holds_it_is_said() -> None:
    told = chapter(report_case())
    assert told is not None
    assert (texts(told.blocks), told.sections) == (
        ["Every roadmap holds in the base case, so there is nothing to repair."],
        (),
    )


def test_a_report_stopped_among_the_repairs_is_not_written() -> None:
    def progress(event: ProgressEvent) -> None:
        if event.task == "trying stage lengths" or event.task == "trying orders nearby":
            raise Cancelled("stop")

    with pytest.raises(Cancelled, match=r"^stopped before everything was known; no report was written$"):
        find(CASE, date=DAY, designs=[], repairs=True, progress=progress)
