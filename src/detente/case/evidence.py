"""What a case rests on: documents, claims anchored to passages, and what is assumed."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a document is; never its text."""

    id: str
    title: str
    author: str | None = None
    publisher: str | None = None
    date: str | None = None
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A passage without its text: start and length in folded characters, and the hash of the folded passage."""

    start: int = field(metadata={"unit": "folded characters"})
    length: int = field(metadata={"unit": "folded characters"})
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a passage of a document says, in the coder's words, and the places of the case that it supports."""

    id: str
    document: str
    paragraph: int | None = None
    anchor: Anchor | None = None
    voice: tuple[str, ...] = ()
    mode: str | None = None
    party: str | None = None
    subject: str | None = None
    stance: float | None = None
    strength: int | None = None
    paraphrase: str = ""
    supports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Places of the case that no document supports, and why they have the values they have."""

    places: tuple[str, ...]
    reason: str = ""
