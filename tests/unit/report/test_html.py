"""The page: one file that fetches nothing, well formed, and named for those who do not see it."""

from dataclasses import replace
from pathlib import Path

import pytest

from detente import read_case
from detente.case import Case
from detente.report import write_report
from tests.report_case import DAY, report_case
from tests.unit.report.page import Page, problems_of

HOSTILE = (
    "<script>alert(1)</script></title> & \"quoted\" 'so' https:no {{ 7 * 7 }}",
    "a | b `code` *star* _line_ [x](y)\n# heading $5 and $6 북한",
)


WITHOUT_DISCOUNTS = tuple(replace(party, discount=None) for party in report_case().parties)


def without_roadmaps() -> Case:
    case = report_case()
    bare = replace(case.under("herald"), roadmaps=())
    return replace(case, roadmaps=(), reading_cases={"herald": bare})


def write(case: Case, path: Path) -> str:
    return write_report(case, path / "report.html", date=DAY).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(report_case(), id="plain"),
        pytest.param(report_case(hazard=0.0), id="no hazard"),
        pytest.param(without_roadmaps(), id="no roadmaps"),
        pytest.param(replace(report_case(), readings=(), reading_cases={}), id="no readings"),
        pytest.param(replace(report_case(), documents=(), claims=(), assumptions=()), id="no evidence"),
        pytest.param(read_case("hipel-1993/elmira"), id="a graph"),
        pytest.param(read_case("fraser-1984/cuban-missile-crisis"), id="orders of states"),
        pytest.param(replace(report_case(), roadmaps=(), parties=WITHOUT_DISCOUNTS), id="no discount factors"),
    ],
)
def test_a_page_has_no_problems(case: Case, tmp_path: Path) -> None:
    assert problems_of(write(case, tmp_path)) == []


def test_names_are_words_whatever_they_say(tmp_path: Path) -> None:
    page = write(report_case(names=HOSTILE), tmp_path)
    assert [problem for problem in problems_of(page) if problem != "https:no"] == []
    text = Page(page).root.text
    assert all(" ".join(name.split()) in text for name in HOSTILE)


def test_the_contents_lead_to_every_chapter(tmp_path: Path) -> None:
    page = Page(write(report_case(), tmp_path)).root
    (contents,) = page.all("nav")
    chapters = {heading.attributes["id"]: heading.text for heading in page.all("h2")}
    links = {(link.attributes["href"] or "")[1:]: link.text for link in contents.all("a")}
    assert list(links.items()) == list(chapters.items())


def test_verdicts_are_grouped_by_roadmap(tmp_path: Path) -> None:
    page = Page(write(report_case(), tmp_path)).root
    table = page.all("table")[0]
    rows = [[cell.text for cell in row.children] for body in table.all("tbody") for row in body.children]
    assert rows == [
        ["Step by step", "base case", "✓ holds", "29%", "+0.72", "South, before stage 3"],
        ["The Herald", "✗ does not hold", "none suffices", "−3.53", "North, before stage 1"],
        ["Troops first", "base case", "✓ holds", "35%", "+0.72", "South, before stage 2"],
        ["The Herald", "✗ does not hold", "none suffices", "−4.51", "North, before stage 1"],
    ]
    assert [head.attributes["rowspan"] for head in table.all("th") if "rowspan" in head.attributes] == ["2", "2"]


def test_the_style_of_the_page_knows_light_dark_paper_and_phones(tmp_path: Path) -> None:
    page = Page(write(report_case(), tmp_path)).root
    (style,) = page.all("style")
    for query in ("prefers-color-scheme: dark", "@media print", "max-width: 40rem", "prefers-reduced-motion"):
        assert query in style.text
    policy = [meta.attributes["content"] for meta in page.all("meta") if "http-equiv" in meta.attributes]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]
