"""A document as one HTML file: no scripts, nothing from elsewhere, for light and dark, for paper and phones."""

from __future__ import annotations

from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from detente.display.svg import svg_for_page
from detente.report.document import Bullets, Code, Details, Document, Facts, Link, Paragraph, Picture, Strong, Table

_KINDS: dict[type, str] = {
    str: "words",
    Strong: "strong",
    Code: "code",
    Link: "link",
    Paragraph: "paragraph",
    Bullets: "bullets",
    Facts: "facts",
    Table: "table",
    Picture: "picture",
    Details: "details",
}


def _kind(value: object) -> str:
    return _KINDS[type(value)]


def _groups(table: Table) -> list[list[tuple[object, ...]]]:
    """Rows that belong together; without groups each row alone is none, all are one."""
    if not table.is_grouped:
        return [list(table.rows)]
    return [list(rows) for _, rows in groupby(table.rows, key=lambda row: row[0].text)]


def _stacks(table: Table) -> bool:
    """Tell whether cells stand below each other on a narrow screen: those of words do, those of numbers scroll."""
    return 2 * sum(column.is_number for column in table.columns) <= len(table.columns)


def _drawing(picture: Picture) -> Markup:
    drawn = svg_for_page(picture.svg, name=picture.name, title=picture.title, description=picture.description)
    return Markup(drawn)  # noqa: S704 - our own drawing, in which every text is escaped


def render_html(document: Document) -> str:
    """Write a document as HTML.

    Returns
    -------
    str
        One file with its style sheet and its pictures inside, the same for the same document.
    """
    environment = Environment(
        loader=PackageLoader("detente.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(kind=_kind, groups=_groups, stacks=_stacks, drawing=_drawing)
    style = environment.loader.get_source(environment, "report.css")[0] if environment.loader else ""
    page = environment.get_template("report.html.jinja").render(
        document=document,
        style=Markup(style),  # noqa: S704 - our own style sheet
    )
    return page.rstrip() + "\n"
