"""Tables for people: one layout, written plain for pipes or with colours and lines for terminals.

A `Table` is columns and cells of text.  `format_table` aligns it with spaces; `draw_table` gives rich's table of the
same cells.  Both break the columns that may be broken until the table fits the width, and never cut anything off.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from detente.display.prose import text_width

if TYPE_CHECKING:
    from rich.table import Table as RichTable

Align = Literal["left", "right", "point"]
"""How a column's cells stand below each other: at the left, at the right, or with their decimal points aligned."""

Tone = Literal["good", "bad", "faint", "strong"]
"""What a cell's colour says, where there are colours; the text must say it too."""

STYLES: dict[Tone, str] = {"good": "green", "bad": "red", "faint": "dim", "strong": "bold"}
"""Rich's style of each tone."""

GAP = 2
"""Spaces between two columns."""
NARROWEST = 12
"""No column is made narrower than this."""
_SPACE = re.compile(r"\s+")
_SPACE_OR_HYPHEN = re.compile(r"\s+|(?<=-)(?=\w)")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?(e[+-]\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    header : str
        May have several lines.
    align : str
        How the cells stand below each other.
    can_wrap : bool
        Whether its cells may be broken into lines where the table is too wide.
    """

    header: str
    align: Align = "left"
    can_wrap: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell with a tone."""

    text: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Columns, and one sequence of cells per row; a cell is a text or a `Cell`."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | Cell, ...], ...]


def build_table(columns: Iterable[Column], rows: Iterable[Sequence[str | Cell]]) -> Table:
    """Make a table, all rows as long as there are columns."""
    table = Table(columns=tuple(columns), rows=tuple(tuple(row) for row in rows))
    assert all(len(row) == len(table.columns) for row in table.rows), "a row is as long as there are columns"
    return table


def split_table(table: Table, width: int | None, *, keep: int) -> list[Table]:
    """Split a table that is too wide into several, each with the first `keep` columns."""
    natural = _layout(table, width).widths
    if width is None or sum(natural) + GAP * (len(natural) - 1) <= width:
        return [table]
    groups: list[list[int]] = [[]]
    fixed = sum(natural[:keep]) + GAP * keep
    room = width - fixed
    for j in range(keep, len(natural)):
        if groups[-1] and natural[j] > room:
            groups.append([])
            room = width - fixed
        groups[-1].append(j)
        room -= natural[j] + GAP
    parts = []
    for group in groups:
        chosen = [*range(keep), *group]
        rows = tuple(tuple(row[j] for j in chosen) for row in table.rows)
        parts.append(Table(columns=tuple(table.columns[j] for j in chosen), rows=rows))
    return parts


def _text(cell: str | Cell) -> str:
    return cell.text if isinstance(cell, Cell) else cell


def _align_points(texts: Sequence[str]) -> list[str]:
    """Pad numbers at the right so that their points stand below each other when aligned at the right."""
    after = {text: len(text) - len(text.split(".")[0]) for text in texts if _NUMBER.fullmatch(text) and "e" not in text}
    longest = max(after.values(), default=0)
    return [text + " " * (longest - after[text]) if text in after else text for text in texts]


def _narrow(
    table: Table,
    headers: list[list[str]],
    texts: list[list[str]],
    widths: list[int],
    room: int,
    separator: re.Pattern[str],
) -> None:
    """Make columns that may be broken narrower until the table fits, the widest first, breaking only where allowed."""
    floors = [
        min(widths[j], max([NARROWEST, *(_widest_piece(line, separator) for line in [*headers[j], *texts[j]])]))
        for j in range(len(widths))
    ]
    while sum(widths) > room:
        loose = [j for j, column in enumerate(table.columns) if column.can_wrap and widths[j] > floors[j]]
        if not loose:
            return
        widths[max(loose, key=lambda j: widths[j])] -= 1


def _widest_piece(text: str, separator: re.Pattern[str]) -> int:
    """Return the width of the widest part of a text that is not to be broken."""
    return max((text_width(piece) for piece in separator.split(text)), default=0)


def _break(text: str, width: int) -> list[str]:
    """Break a text at spaces, and after hyphens where a word is too long."""
    on_hyphens = _widest_piece(text, _SPACE) > width
    lines: list[str] = []
    for part in text.split("\n"):
        lines.extend(textwrap.wrap(part, width, break_long_words=False, break_on_hyphens=on_hyphens) or [""])
    return lines


@dataclass(frozen=True, slots=True)
class _Layout:
    headers: list[list[str]]
    cells: list[list[list[str]]]
    widths: list[int]


def _layout(table: Table, width: int | None) -> _Layout:
    """Break cells into lines so that the table fits, the widest columns that may be broken first."""
    texts = [[_text(row[j]) for row in table.rows] for j in range(len(table.columns))]
    for j, column in enumerate(table.columns):
        if column.align == "point":
            texts[j] = _align_points(texts[j])
    headers = [column.header.split("\n") for column in table.columns]
    widths = [
        max([text_width(line) for line in [*headers[j], *(line for text in texts[j] for line in text.split("\n"))]])
        for j in range(len(table.columns))
    ]
    if width is not None:
        for separator in (_SPACE, _SPACE_OR_HYPHEN):
            _narrow(table, headers, texts, widths, width - GAP * (len(widths) - 1), separator)
    cells = [
        [
            _break(texts[j][i], widths[j]) if column.can_wrap else texts[j][i].split("\n")
            for j, column in enumerate(table.columns)
        ]
        for i in range(len(table.rows))
    ]
    for j in range(len(table.columns)):
        used = [line for row in cells for line in row[j]]
        widths[j] = max(text_width(line) for line in [*headers[j], *used])
    return _Layout(headers, cells, widths)


def _pad(text: str, width: int, align: Align) -> str:
    space = " " * (width - text_width(text))
    return text + space if align == "left" else space + text


def _lines(table: Table, cells: list[list[str]], widths: list[int], *, bottom: bool = False) -> Iterator[str]:
    height = max(len(cell) for cell in cells)
    for number in range(height):
        parts = []
        for column, cell, width in zip(table.columns, cells, widths, strict=True):
            index = number - (height - len(cell)) if bottom else number
            parts.append(_pad(cell[index] if 0 <= index < len(cell) else "", width, column.align))
        yield (" " * GAP).join(parts).rstrip()


def format_table(table: Table, width: int | None = None) -> str:
    """Write a table as aligned plain text, at most `width` columns wide if its breakable columns allow."""
    layout = _layout(table, width)
    lines: list[str] = []
    if any(column.header for column in table.columns):
        lines.extend(_lines(table, layout.headers, layout.widths, bottom=True))
        lines.append((" " * GAP).join("-" * width for width in layout.widths))
    for cells in layout.cells:
        lines.extend(_lines(table, cells, layout.widths))
    return "\n".join(lines)


def draw_table(table: Table, width: int) -> RichTable:
    """Make rich's table of a table, laid out as `format_table` does."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    layout = _layout(table, width)
    drawn = RichTable(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0), header_style="bold"
    )
    for column, header, size in zip(table.columns, layout.headers, layout.widths, strict=True):
        lines = "\n".join(_pad(line, size, column.align) for line in header)
        # Cells come padded already: rich would strip the spaces that align decimal points.
        drawn.add_column(Text(lines), no_wrap=True, min_width=size, vertical="top")
    for row, cells in zip(table.rows, layout.cells, strict=True):
        drawn.add_row(
            *(
                Text(
                    "\n".join(_pad(line, size, column.align) for line in lines),
                    style=STYLES[cell.tone] if isinstance(cell, Cell) and cell.tone is not None else "",
                )
                for cell, column, lines, size in zip(row, table.columns, cells, layout.widths, strict=True)
            )
        )
    return drawn
