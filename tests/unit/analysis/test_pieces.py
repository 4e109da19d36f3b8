"""JSON in pieces: the same text as the whole would be, arrays on one line."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.analysis.pieces import write_pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(value=VALUES, ascii_only=st.booleans())
def test_pieces_are_the_whole(value: object, ascii_only: bool) -> None:
    assert "".join(write_pieces(value, ascii_only=ascii_only)) == json.dumps(value, ensure_ascii=ascii_only, indent=2)


def test_arrays_stand_on_one_line() -> None:
    document = {"states": np.arange(3), "none": np.zeros(0, dtype=np.int64)}
    assert "".join(write_pieces(document)) == '{\n  "states": [0, 1, 2],\n  "none": []\n}'


def test_long_arrays_come_in_pieces() -> None:
    pieces = list(write_pieces(np.arange(20_000)))
    assert len(pieces) == 5
    assert json.loads("".join(pieces)) == list(range(20_000))


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^Out of range float values are not JSON compliant"):
        list(write_pieces({"margin": float("nan")}))
