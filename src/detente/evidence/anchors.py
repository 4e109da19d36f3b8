"""Anchors: a passage of a document pinned down without keeping its text.

A text is *folded*: compatibility forms are made one (NFKC), case is removed, and only letters and digits stay.
An anchor is the start and the length of a passage in folded characters, counted from the start of the folded
document, and the SHA-256 of the folded passage in UTF-8. So it survives new line breaks, other quotation marks
and inserted paragraphs, and it tells nothing of the text to those who do not have it.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Literal

from detente.case import Anchor
from detente.errors import OptionError

LEAST_LENGTH = 40
"""Folded characters that a passage must have: the hash of a shorter one could be found by guessing."""

AnchorStatus = Literal["ok", "moved", "lost"]
"""Where an anchored passage is: at its place, elsewhere in the text, or nowhere."""


def fold(text: str) -> str:
    """Return what of a text identifies a passage: its letters and digits, without case.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        The text in NFKC, case folded, of which only characters with ``str.isalnum()`` are kept.

    Examples
    --------
    >>> fold("“Step by step,” – they said.")
    'stepbysteptheysaid'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def hash_folded(folded: str) -> str:
    """Return the SHA-256, as 64 hexadecimal digits, of a folded text in UTF-8."""
    return hashlib.sha256(folded.encode("utf-8")).hexdigest()


def anchor_passage(text: str, passage: str) -> Anchor:
    """Return the anchor of a passage of a text.

    Parameters
    ----------
    text : str
        The whole document.
    passage : str
        A part of it; differences that folding removes do not matter.

    Returns
    -------
    Anchor
        Start and length in folded characters of the document, and the hash of the folded passage.

    Raises
    ------
    OptionError
        If the folded passage is shorter than `LEAST_LENGTH`, is not in the document, or is in it more than once.
    """
    document, wanted = fold(text), fold(passage)
    if len(wanted) < LEAST_LENGTH:
        raise OptionError(
            f"the passage has {len(wanted)} letters and digits; an anchor needs at least {LEAST_LENGTH}: "
            "widen it to the whole sentence"
        )
    start = document.find(wanted)
    if start < 0:
        raise OptionError("the passage is not in the document: copy it from there, word for word")
    if document.find(wanted, start + 1) >= 0:
        raise OptionError("the passage is in the document more than once: widen it until it is unique")
    return Anchor(start=start, length=len(wanted), sha256=hash_folded(wanted))


def check_anchor(text: str, anchor: Anchor) -> AnchorStatus:
    """Return whether an anchored passage is still in a text, and whether at its place.

    Parameters
    ----------
    text : str
        The whole document as it is at hand.
    anchor : Anchor
        The anchor, made from this document or from another copy of it.

    Returns
    -------
    {"ok", "moved", "lost"}
        ``"ok"`` if the passage is where the anchor says, ``"moved"`` if it is elsewhere in the text, ``"lost"``
        if it is nowhere: altered, cut, or of another document.

    Notes
    -----
    A passage that is not in its place is searched by the hash of every part of that length: O(n·length) for a
    folded text of n characters, a few milliseconds for an article.
    """
    document = fold(text)
    end = anchor.start + anchor.length
    if end <= len(document) and hash_folded(document[anchor.start : end]) == anchor.sha256:
        return "ok"
    for start in range(len(document) - anchor.length + 1):
        if hash_folded(document[start : start + anchor.length]) == anchor.sha256:
            return "moved"
    return "lost"
