"""A document as plain data: sections of paragraphs, lists, tables and pictures, laid out by HTML and Markdown alike.

What is in a report is decided once, in these blocks; how it looks is decided by the two writers.  Text is never markup:
both writers escape it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Tone = Literal["holds", "fails", "faint"]
"""What a cell's look may say beside its words."""


@dataclass(frozen=True, slots=True)
class Strong:
    """Words that matter most."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type: a path, a command."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to another place in the document."""

    text: str
    target: str


Inline = str | Strong | Code | Link
Text = tuple[Inline, ...]
"""A run of text; plain strings are words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph."""

    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bullets:
    """A list without an order."""

    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Names with what they stand for.

    Parameters
    ----------
    ids : tuple of str
        A place in the document for each name, so that links lead to it; empty if none does.
    """

    pairs: tuple[tuple[Text, tuple[Text, ...]], ...]
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of a table."""

    text: Text
    tone: Tone | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    header: str
    is_number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column names its rows.

    Parameters
    ----------
    caption : str
        What it shows.
    is_grouped : bool
        Whether rows with the same first cell, one below the other, belong together.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_grouped: bool = False

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), "a row is as long as there are columns"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture with its words.

    Parameters
    ----------
    name : str
        Unique in the document: prefix of ids, name of a file.
    title : str
        What it is.
    description : str
        What it shows, for those who do not see it.
    svg : str
        A drawing that stands alone.
    """

    name: str
    title: str
    description: str
    svg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Blocks that are folded away behind a summary."""

    summary: str
    blocks: tuple[Block, ...]


Block = Paragraph | Bullets | Facts | Table | Picture | Details


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading, what follows it, and the sections below it; `id` is unique in the document."""

    id: str
    heading: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A title, what comes before the first section, and sections."""

    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...]


def pictures_of(document: Document) -> Iterator[Picture]:
    """Yield the pictures of a document in their order."""

    def among(blocks: tuple[Block, ...]) -> Iterator[Picture]:
        for block in blocks:
            if isinstance(block, Picture):
                yield block
            elif isinstance(block, Details):
                yield from among(block.blocks)

    def below(section: Section) -> Iterator[Picture]:
        yield from among(section.blocks)
        for inner in section.sections:
            yield from below(inner)

    yield from among(document.blocks)
    for section in document.sections:
        yield from below(section)
