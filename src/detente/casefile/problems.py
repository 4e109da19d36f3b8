"""Collecting what is wrong with a case: all of it at once, in document order, each thing once."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Sequence
from itertools import islice

from detente.casefile.tree import Node, span_of
from detente.errors import CaseError, Diagnostic, Severity

_MOST_LISTED = 8
_LONGEST_SHOWN = 60
_MOST_COMPARISONS = 50_000
"""Words compared in search of nearest matches: a file of nothing but mistakes must not take long either."""


class Problems:
    """The diagnostics of one case; `order` lists the files of the case as they come in a document."""

    def __init__(self) -> None:
        self._found: dict[Diagnostic, None] = {}
        self._comparisons = _MOST_COMPARISONS

    def add(
        self,
        code: str,
        node: Node,
        message: str,
        help: str = "",
        *,
        shift: int = 0,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a problem at a node, or `shift` characters into it."""
        self.extend(
            [Diagnostic(code=code, message=message, help=help, span=span_of(node, shift), severity=severity)],
        )

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Note problems found elsewhere."""
        self._found.update(dict.fromkeys(diagnostics))

    def nearest(self, word: str, known: Collection[str]) -> str | None:
        """Return the known word most like a word; None if none is, or if too many words have been compared already."""
        self._comparisons -= len(known)
        return nearest(word, known) if self._comparisons >= 0 else None

    @property
    def has_errors(self) -> bool:
        """Whether any of the problems makes the case invalid."""
        return any(diagnostic.severity is Severity.ERROR for diagnostic in self._found)

    def in_order(self, files: Sequence[str] = ()) -> tuple[Diagnostic, ...]:
        """Return the problems in document order: by file as listed, then by place; those without a place last."""
        rank = {path: index for index, path in enumerate(files)}

        def key(diagnostic: Diagnostic) -> tuple[int, int, int]:
            span = diagnostic.span
            if span is None:
                return (len(rank) + 1, 0, 0)
            return (rank.get(span.path, len(rank)), span.line, span.column)

        return tuple(sorted(self._found, key=key))

    def raise_errors(self, files: Sequence[str] = ()) -> None:
        """Raise all errors, in document order, if there are any."""
        if self.has_errors:
            errors = [found for found in self.in_order(files) if found.severity is Severity.ERROR]
            raise CaseError(errors)


def nearest(word: str, known: Collection[str]) -> str | None:
    """Return the known word most like a word, None if none is much like it."""
    folded = word.casefold()
    for choice in known:
        if choice.casefold() == folded:
            return choice
    if len(word) > _LONGEST_SHOWN:
        return None
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return found[0] if found else None


def listed(words: Collection[str], nothing: str = "none") -> str:
    """Write words as a list for people: the first few, then how many more."""
    if not words:
        return nothing
    more = len(words) - _MOST_LISTED
    return ", ".join(islice(words, _MOST_LISTED)) + (f" and {more} more" if more > 0 else "")


def shown(text: str) -> str:
    """Write what was seen in a file as a short quotation on one line."""
    text = " ".join(text.split())
    return f"'{text[:_LONGEST_SHOWN]}…'" if len(text) > _LONGEST_SHOWN else f"'{text}'"
