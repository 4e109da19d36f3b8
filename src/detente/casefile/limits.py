"""How large a case may be, and what can be judged from the bytes of a file before its YAML is read.

Files come from strangers.  Whatever is over a limit ends in one error with its place, before anything is built from it:
size, encoding and characters are judged here, the rest by the scanner and the composer while tokens arrive one by one.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

from detente.errors import CaseError, Diagnostic, Span

MOST_BYTES = 2 * 1024 * 1024
"""Size of a file (2 MB)."""
LONGEST_SCALAR = 64 * 1024
"""Characters of one scalar as written (64 kB)."""
DEEPEST = 64
"""Collections inside each other."""
MOST_MEASURES = 1_000
"""Measures of a case, each level of a graded one counted."""
MOST_READINGS = 1_000
"""Readings of a case."""
LONGEST_CONDITION = 10 * 1024
"""Characters of one condition (10 kB)."""
MOST_ALIAS_NODES = 10_000
"""Nodes that all aliases of a file stand for."""

_REFUSED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
NO_TEXT = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that no text has, not even by an escape."""
_LONE_RETURN = re.compile("\r(?!\n)")


def refuse(code: str, span: Span, message: str, help_: str) -> NoReturn:
    """Give up a file at its first fault of this kind: one error, nothing built."""
    raise CaseError([Diagnostic(code=code, message=message, help=help_, span=span)])


def read_text(file: Path, shown: str) -> str:
    """Return the text of a file, its line ends as written; `shown` is its name in messages.

    Raises
    ------
    CaseError
        If the file is too large, no UTF-8, or has characters that no text has (D001, D002, D003).
    OSError
        If it cannot be read.
    """
    with file.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    return decode(raw, shown)


def decode(raw: bytes, shown: str) -> str:
    """Return bytes as text after judging size, encoding and characters (D001, D002, D003)."""
    if len(raw) > MOST_BYTES:
        refuse(
            "D001",
            Span(path=shown, line=1, column=1),
            "the file is larger than 2 MB.",
            "a case file holds the model, not texts: keep these in .texts/.",
        )
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        refuse(
            "D002",
            _span(before, shown),
            f"byte 0x{raw[error.start]:02x} is no UTF-8.",
            "save the file as UTF-8.",
        )
    text = text.removeprefix("\ufeff")
    found = _REFUSED.search(text) or _LONE_RETURN.search(text)
    if found is not None:
        refuse(
            "D003",
            _span(text[: found.start()], shown),
            f"the character U+{ord(found.group()):04X} cannot stand in a case file.",
            "delete it.",
        )
    return text


def _span(before: str, shown: str) -> Span:
    line = before.count("\n") + 1
    return Span(path=shown, line=line, column=len(before) - (before.rfind("\n") + 1) + 1)
