"""Settings as they are typed on a command line."""

from __future__ import annotations

import pytest

from detente.casefile import parse_setting
from detente.errors import OptionError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("parties.usa.hazard=0.01", ("parties.usa.hazard", 0.01)),
        (" terms.0.value = [1, 2, 3]", ("terms.0.value", [1, 2, 3])),
        ("measures.m.by={forum: unsc}", ("measures.m.by", {"forum": "unsc"})),
        ("name=no", ("name", "no")),
        ("name='1'", ("name", "1")),
        ("strict=true", ("strict", True)),
        ("name=a=b", ("name", "a=b")),
        ("period=", ("period", None)),
    ],
)
def test_value_is_read_as_in_a_case_file(text: str, expected: tuple[str, object]) -> None:
    assert parse_setting(text) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hazard", "a setting is PATH=VALUE, such as parties.usa.hazard=0.01; this is 'hazard'"),
        ("=1", "a setting is PATH=VALUE, such as parties.usa.hazard=0.01; this is '=1'"),
        (
            "a=[1",
            "the value of a cannot be read: this is not YAML: expected ',' or ']', found the end of the file.",
        ),
        ("a={b: 1, b: 2}", "the value of a cannot be read: the key 'b' is written twice."),
        ("a=\x00", "the value of a cannot be read: the character U+0000 cannot stand in a case file."),
        ("a=\udcff", "the value of a cannot be read: byte 0xff is no UTF-8."),
    ],
)
def test_malformed_setting_is_a_usage_error(text: str, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        parse_setting(text)
    assert str(caught.value) == message
