"""From text to tree: places, aliases, and what case files do not have."""

from __future__ import annotations

import pytest

from detente.casefile.composer import compose
from detente.casefile.limits import decode
from detente.casefile.tree import Mapping, Node, Scalar, Sequence, to_plain
from detente.errors import CaseError


def places(node: Node) -> list[tuple[str, int, int]]:
    """List the scalars with their lines and columns."""
    match node:
        case Scalar(text=text, line=line, column=column):
            return [(text, line, column)]
        case Sequence(items=items):
            return [place for item in items for place in places(item)]
        case Mapping(keys=keys, values=values):
            return [place for key in keys for place in (*places(keys[key]), *places(values[key]))]


def refused(text: str) -> str:
    with pytest.raises(CaseError) as caught:
        compose(text, "c.yaml")
    (error,) = caught.value.diagnostics
    return str(error).partition("\n")[0]


def test_scalars_know_their_places() -> None:
    text = "a: 1 # one\nб:\n- x y\n- {p: 'q', \"r\":s,\n   t: }\nc: |\n  two\n  lines\n"
    node, doubled = compose(text, "c.yaml")
    assert doubled == []
    assert places(node) == [
        ("a", 1, 1),
        ("1", 1, 4),
        ("б", 2, 1),
        ("x y", 3, 3),
        ("p", 4, 4),
        ("q", 4, 7),
        ("r", 4, 12),
        ("s", 4, 16),
        ("t", 5, 4),
        ("", 5, 6),
        ("c", 6, 1),
        ("two\nlines\n", 6, 4),
    ]


@pytest.mark.parametrize(
    ("text", "inset"),
    [
        ("a: word", 0),
        ("a: 'word'", 1),
        ('a: "word"', 1),
        ("a: 'it''s'", None),
        ('a: "w\\u006frd"', None),
        ("a: two\n  lines", None),
        ("a: |\n  word\n", None),
    ],
)
def test_inset_leads_to_the_first_character_where_all_are_as_written(text: str, inset: int | None) -> None:
    node, _ = compose(text, "c.yaml")
    assert isinstance(node, Mapping)
    value = node.values["a"]
    assert isinstance(value, Scalar)
    assert value.inset == inset


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a: &x [1, 2]\nb: *x\nc: {d: *x}\n", {"a": [1, 2], "b": [1, 2], "c": {"d": [1, 2]}}),
        ("%YAML 1.2\n---\na: 1\n...\n", {"a": 1}),
        ('a: "\\ud83d\\ude00"\n', {"a": "😀"}),
        ("a: word\n  more\n\n  lines\nb: 'x\n  y'\n", {"a": "word more\nlines", "b": "x y"}),
        ("a: >-\n  folded\n  text\n", {"a": "folded text"}),
        ("a: http://x.org/b:c#d\n", {"a": "http://x.org/b:c#d"}),
        ("[a,b ,c]\n", ["a", "b", "c"]),
        ("- - 1\n  - 2\n- {}\n-\n", [[1, 2], {}, None]),
        ("a:\n  - 1\nb:\n- 2\n", {"a": [1], "b": [2]}),
    ],
)
def test_yaml_is_read(text: str, plain: object) -> None:
    assert to_plain(compose(text, "c.yaml")[0]) == plain


def test_first_of_two_like_keys_counts_while_the_second_is_reported() -> None:
    node, doubled = compose("{a: 1, b: 2, a: 3}", "c.yaml")
    assert to_plain(node) == {"a": 1, "b": 2}
    assert [str(error).partition("\n")[0] for error in doubled] == [
        "c.yaml:1:14: error[D009]: the key 'a' is written twice."
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: [1, 2\nb: 3\n", "c.yaml:2:2: error[D004]: this is not YAML: expected ',' or ']', found ':'."),
        ("a: [1,, 2]", "c.yaml:1:7: error[D004]: this is not YAML: expected a value or ']', found ','."),
        ("{a, b: 1}", "c.yaml:1:2: error[D004]: this is not YAML: a key in {…} has no ': value' after it."),
        ("[a: 1]", "c.yaml:1:2: error[D004]: this is not YAML as case files use it: a key stands in a list."),
        ("a: b: c", "c.yaml:1:5: error[D004]: this is not YAML: mapping values are not allowed here."),
        (
            "a:\n\tb: 1",
            "c.yaml:2:1: error[D004]: this is not YAML: while scanning for the next token, "
            "found character '\\t' that cannot start any token.",
        ),
        ("a: 'x", "c.yaml:1:4: error[D004]: this is not YAML: the text in quotes that begins here has no closing '."),
        ("[a, :]", "c.yaml:1:5: error[D004]: this is not YAML: expected a value, found ':'."),
        ("a: &x &y 1", "c.yaml:1:7: error[D004]: this is not YAML: expected a value, found an anchor."),
        ("a: &x [*x]", "c.yaml:1:8: error[D014]: the alias '*x' stands for nothing."),
        ("a: >\n     x\n  y\n\n      z\n:", "c.yaml:3:3: error[D004]: this is not YAML: expected a key, found a text."),
        (
            "a: >\n \n   y\n",
            "c.yaml:3:4: error[D004]: this is not YAML: more indented follow up line than first in a block scalar.",
        ),
        (
            'a: "\\q"',
            "c.yaml:1:6: error[D004]: this is not YAML: while scanning a double-quoted scalar, found unknown "
            "escape character 'q'.",
        ),
        (
            'a: "\\ud800"',
            "c.yaml:1:4: error[D003]: the text in quotes that begins here has an escape for what no text has.",
        ),
        (
            'a: "\\U00110000"',
            "c.yaml:1:4: error[D003]: the text in quotes that begins here has an escape for what no text has.",
        ),
        (
            'a: "\\0"',
            "c.yaml:1:4: error[D003]: the text in quotes that begins here has an escape for what no text has.",
        ),
        ("*a : 1", "c.yaml:1:1: error[D012]: a key must be a plain text."),
        ("[a]: 1", "c.yaml:1:1: error[D012]: a key must be a plain text."),
        ("a: !!str 1", "c.yaml:1:4: error[D008]: the tag '!!str' cannot stand in a case file."),
        ("%TAG ! x\n---\na: 1", "c.yaml:1:1: error[D013]: a case file is YAML 1.2 and has no other directives."),
        ("a: 1\n--- b", "c.yaml:2:1: error[D011]: a second document begins here."),
        ("---\n", "c.yaml:1:1: error[D010]: the file is empty."),
    ],
)
def test_what_is_no_case_file_is_refused_at_its_place(text: str, message: str) -> None:
    assert refused(text) == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"a\n\xffb", "c.yaml:2:1: error[D002]: byte 0xff is no UTF-8."),
        ("é: \0".encode(), "c.yaml:1:4: error[D003]: the character U+0000 cannot stand in a case file."),
        (b"a\rb", "c.yaml:1:2: error[D003]: the character U+000D cannot stand in a case file."),
        ("a\u2028b".encode(), "c.yaml:1:2: error[D003]: the character U+2028 cannot stand in a case file."),
        ("a\ufeff".encode(), "c.yaml:1:2: error[D003]: the character U+FEFF cannot stand in a case file."),
        ("a".encode("utf-16"), "c.yaml:1:1: error[D002]: byte 0xff is no UTF-8."),
    ],
)
def test_bytes_that_are_no_text_are_refused_at_their_place(raw: bytes, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        decode(raw, "c.yaml")
    assert str(caught.value).partition("\n")[0] == message
