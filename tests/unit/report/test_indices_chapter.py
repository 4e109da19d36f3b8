"""The chapter on what mediators look at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from detente import read_case
from detente.case import Case, Roadmap
from detente.casefile import change_case
from detente.report.content import compose
from detente.report.document import Details, Picture, Section, Table
from detente.report.findings import find
from tests.report_case import DAY, report_case
from tests.unit.report.test_chapters import chapter, plain, said, without_readings

CASE = without_readings(report_case())
MINSK = read_case(Path(__file__).parents[2] / "cases" / "minsk-ii.yaml")
PACKAGE = Roadmap(id="package", name="The package", stages=(("forces", "border"), ("elections", "status")))


def with_package(case: Case) -> Case:
    return replace(
        case,
        roadmaps=(PACKAGE,),
        readings=tuple(reading for reading in case.readings if reading.id in {"kyiv", "moscow"}),
        reading_cases={r: replace(case.under(r), roadmaps=(PACKAGE,)) for r in ("kyiv", "moscow")},
    )


def rows_of(section: Section) -> list[list[str]]:
    [table] = [block for block in section.blocks if isinstance(block, Table)]
    return [[plain(cell.text) for cell in row] for row in table.rows]


def indices_of(case: Case, *readings: str) -> Section:
    return chapter(case, "indices", designs=[], readings=list(readings))


def test_indices_are_told_roadmap_by_roadmap_then_the_orders() -> None:
    told = indices_of(CASE)
    assert [(section.id, section.heading) for section in told.sections] == [
        ("indices.step-by-step", "Step by step"),
        ("indices.troops-first", "Troops first"),
        ("order.1", "The order of the 4 measures of “Step by step”"),
        ("order.2", "The order of the 3 measures of “Troops first”"),
    ]


def test_what_is_outside_a_roadmap_is_folded_away() -> None:
    whole, part = indices_of(CASE).sections[:2]
    assert [b.summary for b in whole.blocks if isinstance(b, Details)] == ["Hold-up risk and power after every stage"]
    [_, levers] = [b for b in part.blocks if isinstance(b, Details)]
    assert levers.summary == "Levers outside the roadmap"
    [table] = [block for block in levers.blocks if isinstance(block, Table)]
    [[lever, who, along, whom, then]] = [[plain(cell.text) for cell in row] for row in table.rows]
    assert (lever, who, along) == ("taking “Observers at the line”", "North and South together", "–")
    assert (whom, then) == ("South +0.20", "✓ holds")


def test_a_roadmap_of_one_stage_has_no_picture_of_its_timing() -> None:
    swap = change_case(CASE, {"roadmaps": {"at-once": {"stages": [["withdraw", "relief.50%"]]}}})
    [at_once, *_] = indices_of(swap).sections
    assert [block for block in at_once.blocks if isinstance(block, Picture)] == []


def test_a_case_without_roadmaps_has_no_such_chapter() -> None:
    document = compose(find(replace(CASE, roadmaps=()), date=DAY, designs=[]))
    assert "indices" not in {section.id for section in document.sections}


def test_a_case_with_readings_and_no_roadmaps_has_the_order_that_they_demand() -> None:
    told = indices_of(MINSK, "kyiv", "politics-first")
    assert said(told.blocks) == [
        "The case has no roadmap yet. What order do the readings demand of its measures, and can all be met?"
    ]
    [order] = told.sections
    assert order.heading == "The order of 4 measures"
    assert said(order.blocks)[0].startswith("The demands of the readings form a cycle, which no roadmap can meet: ")
    infeasible = change_case(MINSK, {"measures.status.excludes": ["border"]})
    document = compose(find(infeasible, date=DAY, designs=[]))
    assert "indices" not in {section.id for section in document.sections}


def test_orders_that_contradict_each_other_are_told_openly() -> None:
    order = indices_of(with_package(MINSK), "kyiv", "moscow").sections[-1]
    assert said(order.blocks)[0].startswith("The demands of the readings form a cycle, which no roadmap can meet: ")
    assert rows_of(order) == [
        [
            "Foreign forces withdrawn",
            "before",
            "Special status in law",
            "Ukraine would deliver, Russia would not",
            "derived",
            "no",
        ],
        [
            "Border under Ukrainian control",
            "before",
            "Special status in law",
            "Ukraine would deliver, Russia would not",
            "derived",
            "yes",
        ],
        [
            "Local elections",
            "before",
            "Border under Ukrainian control",
            "Russia would deliver, Ukraine would not",
            "derived",
            "no",
        ],
        [
            "Special status in law",
            "before",
            "Border under Ukrainian control",
            "Russia would deliver, Ukraine would not",
            "derived",
            "yes",
        ],
    ]


def test_demands_that_all_readings_share_are_told_once() -> None:
    order = indices_of(report_case(), "herald").sections[2]
    [folded] = [block for block in order.blocks if isinstance(block, Details)]
    [table] = [block for block in folded.blocks if isinstance(block, Table)]
    assert ["Relief 50%", "not after", "Relief 100%", "all", "stated", "no"] in [
        [plain(cell.text) for cell in row] for row in table.rows
    ]
