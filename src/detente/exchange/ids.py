"""Ids for what other programs know by names only."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from detente.casefile.names import is_id

_LONGEST_ID = 40


def make_ids(names: Sequence[str], kind: str) -> tuple[str, ...]:
    """Return an id for each name: its letters and digits in lower case, made different where names are the same.

    Parameters
    ----------
    names : sequence of str
        Names as people wrote them.
    kind : str
        What a thing without letters is called, with its number.

    Examples
    --------
    >>> make_ids(["Air strike", "Air strike", "!"], "option")
    ('air-strike', 'air-strike-2', 'option-3')
    """
    ids: dict[str, None] = {}
    counts: dict[str, int] = {}
    for number, name in enumerate(names, start=1):
        folded = unicodedata.normalize("NFC", name).lower()
        spaced = "".join(
            c if unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd" else " " for c in folded
        )
        short = "-".join(spaced.split())[:_LONGEST_ID].strip("-")
        stem = (
            short if is_id(short) else f"{kind}-{short}" if short and is_id(f"{kind}-{short}") else f"{kind}-{number}"
        )
        made = stem
        while made in ids:
            counts[stem] = counts.get(stem, 1) + 1
            made = f"{stem}-{counts[stem]}"
        ids[made] = None
    return tuple(ids)
