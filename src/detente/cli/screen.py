"""Where commands show their answers: a terminal, with rich's tables and colours, or plain text for a pipe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from detente.display.prose import wrap_text
from detente.display.tables import STYLES, Table, Tone, draw_table, format_table

if TYPE_CHECKING:
    from rich.console import Console

WIDEST_PROSE = 100
"""Columns after which lines of prose are hard to read, however wide the terminal is."""
WIDER_THAN_ANY_TABLE = 10_000


def is_terminal(stream: TextIO) -> bool:
    """Tell whether a stream is a terminal that understands more than plain text."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def has_colours() -> bool:
    """Tell whether the user wants colours: not if the environment says ``NO_COLOR``."""
    return not os.environ.get("NO_COLOR")


def _known_width(stream: TextIO) -> int | None:
    """Return the columns to fit into: those of the terminal, or of ``COLUMNS``; None where nothing limits them."""
    if stream.isatty() or os.environ.get("COLUMNS", "").isdigit():
        return max(shutil.get_terminal_size().columns, 40)
    return None


class Screen:
    """Print headings, paragraphs and tables to stdout.

    Parameters
    ----------
    width : int or None
        Columns that the text fits into; None where nothing limits them.
    """

    def __init__(self) -> None:
        self._stream = sys.stdout
        self.width = _known_width(self._stream)
        self._console: Console | None = None
        if is_terminal(self._stream):
            from rich.console import Console

            self._console = Console(
                file=self._stream,
                width=self.width,
                color_system="auto" if has_colours() else None,
                highlight=False,
                markup=False,
                emoji=False,
                soft_wrap=True,
            )

    @property
    def is_person(self) -> bool:
        """Whether somebody is reading this as it is printed, not another program."""
        return self._console is not None

    def line(self, text: str = "", tone: Tone | None = None) -> None:
        """Print one line as it is."""
        if self._console is not None:
            from rich.text import Text

            self._console.print(Text(text, style=STYLES[tone] if tone else ""))
            return
        encoding = self._stream.encoding or "utf-8"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=self._stream)

    def heading(self, text: str) -> None:
        """Print a heading."""
        self.paragraph(text, tone="strong")

    def paragraph(self, text: str, *, tone: Tone | None = None, first: str = "", rest: str = "") -> None:
        """Print a paragraph, broken into lines where a width is known."""
        width = None if self.width is None else min(self.width, WIDEST_PROSE)
        for line in wrap_text(text, width, first=first, rest=rest):
            self.line(line, tone)

    def points(self, texts: Iterable[str]) -> None:
        """Print paragraphs as the points of a list."""
        for text in texts:
            self.paragraph(text, first="  - ", rest="    ")

    def table(self, table: Table) -> None:
        """Print a table."""
        if self._console is not None and self.width is not None:
            # The layout has made it fit if anything can; what is wider still must not be cut off.
            self._console.print(draw_table(table, self.width), width=WIDER_THAN_ANY_TABLE, crop=False)
            return
        self.line(format_table(table, self.width))
