"""JSON in pieces: objects over several lines, long lists of numbers on one, nothing held as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import numpy as np

_AT_ONCE = 1 << 13
"""Numbers written in one piece."""


def write_pieces(value: object, *, indent: int = 0, ascii_only: bool = False) -> Iterator[str]:
    """Yield strict JSON, two spaces a level; arrays of numbers stand on one line.

    Parameters
    ----------
    value : object
        Mappings with text as keys, sequences, arrays of whole numbers, texts, numbers, booleans and None.
    ascii_only : bool
        Whether letters beyond ASCII are escaped.

    Raises
    ------
    ValueError
        If a number is not finite.
    """
    margin = "  " * (indent + 1)
    if isinstance(value, np.ndarray):
        yield "["
        for first in range(0, value.size, _AT_ONCE):
            yield (", " if first else "") + ", ".join(map(str, value[first : first + _AT_ONCE].tolist()))
        yield "]"
    elif isinstance(value, Mapping) and value:
        opening = "{"
        for key, inner in value.items():
            yield f"{opening}\n{margin}{json.dumps(str(key), ensure_ascii=ascii_only)}: "
            yield from write_pieces(inner, indent=indent + 1, ascii_only=ascii_only)
            opening = ","
        yield f"\n{'  ' * indent}}}"
    elif isinstance(value, list | tuple) and value:
        opening = "["
        for inner in value:
            yield f"{opening}\n{margin}"
            yield from write_pieces(inner, indent=indent + 1, ascii_only=ascii_only)
            opening = ","
        yield f"\n{'  ' * indent}]"
    else:
        yield json.dumps(value, allow_nan=False, ensure_ascii=ascii_only)
