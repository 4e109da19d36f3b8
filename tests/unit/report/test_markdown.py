"""Markdown: the same content, tables that are tables, and names that are only words."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from detente.report import write_report
from detente.report.document import (
    Bullets,
    Cell,
    Code,
    Column,
    Details,
    Document,
    Facts,
    Link,
    Paragraph,
    Section,
    Strong,
    Table,
)
from detente.report.markdown import escape_markdown, render_markdown
from tests.report_case import DAY, report_case
from tests.unit.report.page import Page
from tests.unit.report.test_html import HOSTILE


def parse(text: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(text)


def inline(tokens: list[Token]) -> list[Token]:
    return [child for token in tokens for child in token.children or ()]


def test_every_kind_of_block_is_laid_out() -> None:
    document = Document(
        title="A *title*",
        blocks=(Paragraph(text=("Words, ", Strong("strong"), " ", Code("a|b"), " and a ", Link("link", "x"), ".")),),
        sections=(
            Section(
                id="x",
                heading="1. Head",
                blocks=(
                    Bullets(items=(("one",), ("- two",))),
                    Facts(pairs=((("name",), (("meaning",), ("more",))),)),
                    Details(
                        summary="a < b",
                        blocks=(
                            Table(
                                caption="What",
                                columns=(Column(header="A"), Column(header="B", is_number=True)),
                                rows=((Cell(text=("x|y",)), Cell(text=("✓ holds",), tone="holds")),),
                            ),
                        ),
                    ),
                ),
            ),
        ),
    )
    assert render_markdown(document, figures="figures") == (
        "# A \\*title\\*\n\n"
        "Words, **strong** `a|b` and a link.\n\n"
        "## 1. Head\n\n"
        "- one\n- \\- two\n\n"
        "- **name**: meaning\n  - more\n\n"
        "<details>\n<summary>a &lt; b</summary>\n\n"
        "*What*\n\n| A | B |\n|---|---:|\n| x\\|y | **✓ holds** |\n\n"
        "</details>\n"
    )


@pytest.mark.parametrize(
    "words",
    ["# no heading", "- no list", "1. no list", "0.98 in place of 0.99.", "a * b _ c ` d [e](f) <g> h|i ~j~ &amp;"],
)
def test_words_come_back_as_they_were(words: str) -> None:
    document = Document(title="t", blocks=(Paragraph(text=(words,)),), sections=())
    tokens = parse(render_markdown(document, figures="f"))
    assert [token.type for token in tokens] == [
        "heading_open",
        "inline",
        "heading_close",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert "".join(child.content for child in tokens[4].children or ()) == words
    assert {child.type for child in tokens[4].children or ()} <= {"text", "text_special"}


def test_a_line_is_one_line() -> None:
    assert escape_markdown("two\nlines  of words") == "two lines of words"


def test_code_may_hold_backticks() -> None:
    document = Document(title="t", blocks=(Paragraph(text=(Code("a`b``"),)),), sections=())
    (code,) = [token for token in inline(parse(render_markdown(document, figures="f"))) if token.type == "code_inline"]
    assert code.content == "a`b``"


@pytest.mark.parametrize("names", [("North", "South"), HOSTILE])
def test_a_report_has_no_markup_but_its_own(names: tuple[str, str], tmp_path: Path) -> None:
    path = write_report(report_case(names=names), tmp_path / "line.md", date=DAY)
    tokens = parse(path.read_text(encoding="utf-8"))
    blocks = [token.content.strip() for token in tokens if token.type == "html_block"]
    assert all(re.fullmatch(r"<details>\n<summary>[^<>]*</summary>|</details>", block) for block in blocks)
    assert [token.content for token in inline(tokens) if token.type == "html_inline"] == []
    assert [token.attrs["href"] for token in inline(tokens) if token.type == "link_open"] == []
    pictures = [token for token in inline(tokens) if token.type == "image"]
    assert pictures
    for picture in pictures:
        assert picture.content
        assert (tmp_path / unquote(str(picture.attrs["src"]))).is_file()
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\b(?:nan|NaN|inf|None(?! suffices))\b", text) == []


def test_markdown_and_page_say_the_same(tmp_path: Path) -> None:
    case = report_case()
    page = Page(write_report(case, tmp_path / "line.html", date=DAY).read_text(encoding="utf-8")).root
    tokens = parse(write_report(case, tmp_path / "line.md", date=DAY).read_text(encoding="utf-8"))
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert [escape_markdown(heading.text) for heading in page.all("h1", "h2", "h3")] == headings
    numbers = [element.text for element in page.all("table")[1].all("td")]
    cells = [re.sub(r"\*\*", "", token.content) for token in tokens if token.type == "inline"]
    assert [number for number in numbers if number not in {cell.replace("\xa0", " ") for cell in cells}] == []
    assert len(page.all("table")) == len([token for token in tokens if token.type == "table_open"])
    assert len(page.all("figure")) == len([token for token in inline(tokens) if token.type == "image"])
