"""The chapter on what would tip each verdict."""

from __future__ import annotations

from benchmarks.cases import sized_case
from detente import change_case, read_case
from detente.analysis.roadmap.critical import find_critical_values
from detente.case import Case
from detente.report.chapters.critical import critical_values
from detente.report.document import Bullets, Details, Paragraph, Picture, Section, Table
from detente.report.findings import find
from tests.report_case import DAY, report_case
from tests.unit.report.test_chapters import chapter, plain, without_readings

CASE = without_readings(report_case())


def told(case: Case, roadmap: str) -> Section:
    found = find_critical_values(case, roadmap, with_times=False, with_derivatives=False)
    [section] = critical_values([found]).sections
    return section


def tables(section: Section) -> list[Table]:
    folded = [inner for block in section.blocks if isinstance(block, Details) for inner in block.blocks]
    return [block for block in (*section.blocks, *folded) if isinstance(block, Table)]


def test_every_roadmap_is_told() -> None:
    sections = chapter(CASE, "critical", designs=[]).sections
    assert [(section.id, section.heading) for section in sections] == [
        ("critical.step-by-step", "Step by step"),
        ("critical.troops-first", "Troops first"),
    ]


def test_the_tables_have_every_crossing_of_every_number_that_tips() -> None:
    result = find_critical_values(CASE, "step-by-step", with_times=False)
    rows = [row for table in tables(told(CASE, "step-by-step")) for row in table.rows]
    assert len(rows) == sum(len(number.tips) for number in result.tipping)
    first = result.tipping[0]
    assert plain(rows[0][0].text) == f"{first.number.label} {first.number.place}"


def test_what_is_closest_is_told_first_and_drawn() -> None:
    section = told(CASE, "step-by-step")
    [picture] = [block for block in section.blocks if isinstance(block, Picture)]
    assert picture.title == "What tips the verdict on “Step by step”"
    closest = find_critical_values(CASE, "step-by-step", with_times=False).tipping[0]
    assert picture.description.startswith(
        f"Bars for the numbers that alone tip the verdict, the closest first: {closest.number.label}, "
    )
    [bullets] = [block for block in section.blocks if isinstance(block, Bullets)]
    assert plain(bullets.items[0]).startswith(f"{closest.number.label[:1].upper()}{closest.number.label[1:]} – at ")


def test_long_tables_are_folded_after_the_closest() -> None:
    milder = change_case(
        without_readings(read_case("korea-2018")), {"measures.warheads-given-up.effects.regime-security.dprk": -0.6}
    )
    section = told(milder, "step-by-step")
    [details] = [block for block in section.blocks if isinstance(block, Details)]
    n_tipping = len(find_critical_values(milder, "step-by-step", with_times=False).tipping)
    assert details.summary == f"The other {n_tipping - 12}"


def test_what_no_number_tips_is_told_in_words() -> None:
    section = told(without_readings(read_case("korea-2018")), "relief-first")
    assert all(isinstance(block, Paragraph) for block in section.blocks)
    texts = [plain(block.text) for block in section.blocks if isinstance(block, Paragraph)]
    assert texts == [
        "“Relief and normalisation first” does not hold as the case stands, and no single number among those searched "
        "tips that verdict.",
        "It fails at 6 checks, of United States and North Korea; none of these numbers alone mends them all.",
        "257 numbers never tip the verdict.",
    ]


def test_numbers_below_zero_have_a_true_minus_sign() -> None:
    cells = [
        plain(cell.text) for table in tables(told(CASE, "step-by-step")) for row in table.rows for cell in row[1:3]
    ]
    assert any("−" in cell for cell in cells)
    assert not any("-" in cell for cell in cells)


def test_large_cases_have_the_chapter_only_if_asked_for() -> None:
    small, large = sized_case(12, 2), sized_case(13, 2)
    told_by_default = [find(case, date=DAY, designs=[]).critical is not None for case in (small, large)]
    asked = [find(large, date=DAY, designs=[], critical=wanted).critical is not None for wanted in (True, False)]
    assert (told_by_default, asked) == ([True, False], [True, False])
