"""What scalars say by YAML 1.2, and what a tree can be made of."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detente.case import Range
from detente.casefile.tree import Scalar, from_plain, scalar_value, to_plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("12", 12),
        ("-0", 0),
        ("+3", 3),
        ("007", 7),
        ("1_000", "1_000"),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1.", 1.0),
        (".5", 0.5),
        ("-2.5e-3", -0.0025),
        ("1e3", 1000.0),
        ("e3", "e3"),
        ("1:30", "1:30"),
        ("2018-06-12", "2018-06-12"),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("9" * 30, 1e30),
    ],
)
def test_plain_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = scalar_value(Scalar(text, True))
    assert found == value
    assert type(found) is type(value)


def test_nan_is_read_as_such_and_quotes_make_a_text() -> None:
    found = scalar_value(Scalar(".NaN", True))
    assert isinstance(found, float)
    assert math.isnan(found)
    assert scalar_value(Scalar("12", False)) == "12"


def test_plain_data_comes_back() -> None:
    plain = {"a": [1, 2.5, None, True, "no", "1"], "b": {"c": -0.25}}
    assert to_plain(from_plain(plain)) == plain


def test_python_values_are_taken_as_a_file_would_have_them() -> None:
    assert to_plain(from_plain((1, Range(low=0, mode=1, high=2)))) == [1, [0.0, 1.0, 2.0]]
    assert to_plain(from_plain([np.int64(3), np.float64(0.5)])) == [3, 0.5]
    assert to_plain(from_plain(math.inf)) == math.inf


def test_what_no_file_can_hold_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        from_plain({"a": {1, 2}})
    assert str(caught.value) == "a case file cannot hold {1, 2}"
