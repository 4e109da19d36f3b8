"""The reader of pages that other tests rely on finds what it is there to find."""

import pytest

from tests.unit.report.page import problems_of

GOOD = '<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><h1 id="a">t</h1>{}</body></html>'


def test_a_good_page_has_no_problems() -> None:
    assert problems_of(GOOD.format('<p>some <a href="#a">words</a></p>')) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p>open", "</body> closes <p>"),
        ("<p><ul></ul></p>", "<ul> in a paragraph"),
        ("<script></script>", "<script> fetches or runs something"),
        ("<p>https://example.org</p>", "https://example.org"),
        ('<p style="background: url(x.png)"></p>', "url(x.png)"),
        ('<p id="a"></p>', "id twice: a"),
        ('<a href="#b">x</a>', "nowhere: b"),
        ('<a href="x.html">x</a>', "nowhere: outside: x.html"),
        ("<svg></svg>", "a picture without title and description"),
        ("<table></table>", "a table without caption"),
        ("<h3>x</h3>", "a level of headings left out"),
        ("<p>a margin of nan</p>", "nan in the text"),
        ("<p onclick='x'>x</p>", " onclick="),
    ],
)
def test_what_is_wrong_is_found(body: str, problem: str) -> None:
    assert problem in problems_of(GOOD.format(body))
