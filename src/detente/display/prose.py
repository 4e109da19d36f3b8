"""Text for people: wrapped paragraphs, counted nouns, short numbers.

Numbers are shortened for reading only; what other programs read is written in full by the results themselves.
"""

from __future__ import annotations

import textwrap
import unicodedata

SMALLEST_SHOWN = 0.005
"""Below this, two decimals would show 0.00 and hide the sign."""


def text_width(text: str) -> int:
    """Return how many columns of a terminal a text takes: two for wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def wrap_text(text: str, width: int | None, *, first: str = "", rest: str = "") -> list[str]:
    """Break a paragraph into lines of at most `width` columns; None leaves it on one line."""
    if width is None:
        return [first + text]
    lines = textwrap.wrap(
        text,
        max(width, len(rest) + 20),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return lines or [first.rstrip()]


def count_noun(number: int, noun: str, plural: str | None = None) -> str:
    """Write a number with its noun: ``1 roadmap``, ``3 roadmaps``, ``2 parties``."""
    if number == 1:
        return f"1 {noun}"
    if plural is None:
        plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{noun}s"
    return f"{number} {plural}"


def format_signed(number: float) -> str:
    """Write a margin: a sign, two decimals, and as many more as a small number needs to be seen."""
    if number == 0:
        return "0"
    if abs(number) < SMALLEST_SHOWN:
        return f"{number:+.0e}" if abs(number) < 1e-4 else f"{number:+.4f}"
    return f"{number:+.2f}"


def format_short(number: float) -> str:
    """Write a number with at most four significant digits and no needless zeros."""
    return f"{number:.4g}"


def format_share(share: float) -> str:
    """Write a probability or share as a percentage without decimals, 100 % only if it is all of it."""
    percent = f"{share:.0%}"
    return f"{share:.1%}" if percent in {"100%", "0%"} and 0 < share < 1 else percent
