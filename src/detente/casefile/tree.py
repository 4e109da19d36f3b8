"""The plain tree that a file is read into: mappings, sequences and scalars, each with its place in the file.

Scalars keep their text and are typed only where a type is asked for, by the core schema of YAML 1.2: ``no`` is a
string, ``1e3`` a number, ``true`` a truth value, nothing at all is null.  Trees are never changed; `with_value` and
`without` return a tree that shares all it can with the old one.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field

from detente.case import Range
from detente.errors import Span

NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_FLAGS = {word: value for value in (True, False) for word in (str(value).lower(), str(value), str(value).upper())}
_MOST_DIGITS = 18

Plain = str | float | int | bool | None | list["Plain"] | dict[str, "Plain"]
"""What a tree says, without its places."""


@dataclass(slots=True, eq=False)
class Scalar:
    """A text with its place; `inset` is what to add to `column` for its first character, None if it cannot be told."""

    text: str
    plain: bool
    path: str = ""
    line: int = 0
    column: int = 0
    inset: int | None = None


@dataclass(slots=True, eq=False)
class Sequence:
    """A list of nodes."""

    items: list[Node]
    path: str = ""
    line: int = 0
    column: int = 0


@dataclass(slots=True, eq=False)
class Mapping:
    """A mapping in the order of the file: by the text of each key, the key's node and the value's."""

    keys: dict[str, Scalar] = field(default_factory=dict)
    values: dict[str, Node] = field(default_factory=dict)
    path: str = ""
    line: int = 0
    column: int = 0


Node = Scalar | Sequence | Mapping


def span_of(node: Node, shift: int = 0) -> Span | None:
    """Return the place of a node, `shift` characters into it; None if it comes from no file."""
    if not node.path:
        return None
    return Span(path=node.path, line=node.line, column=node.column + shift)


def scalar_value(node: Scalar) -> str | float | int | bool | None:
    """Return what a scalar says by the core schema of YAML 1.2; numbers that are not finite as floats."""
    text = node.text
    if not node.plain:
        return text
    if text in _NULLS:
        return None
    if text in _FLAGS:
        return _FLAGS[text]
    if NUMBER.fullmatch(text):
        return int(text) if _WHOLE.fullmatch(text) and len(text) <= _MOST_DIGITS else float(text)
    if _BASED.fullmatch(text):
        return int(text, 0) if len(text) <= _MOST_DIGITS else float("inf")
    if _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    return text


def is_null(node: Node) -> bool:
    """Tell whether nothing is written there, or ``null``."""
    return isinstance(node, Scalar) and node.plain and node.text in _NULLS


def to_plain(node: Node) -> Plain:
    """Return what a tree says, without its places."""
    match node:
        case Scalar():
            return scalar_value(node)
        case Sequence(items=items):
            return [to_plain(item) for item in items]
    return {key: to_plain(value) for key, value in node.values.items()}


def from_plain(value: object, path: str = "") -> Node:
    """Return a Python value as a tree; `path` is what its places are called in messages.

    Raises
    ------
    TypeError
        If the value is nothing that a case file could hold.
    """
    at = 1 if path else 0
    match value:
        case None:
            return Scalar("", True, path, at, at)
        case bool():
            return Scalar(str(value).lower(), True, path, at, at)
        case str():
            return Scalar(value, False, path, at, at)
        case Range(low=low, mode=mode, high=high):
            return from_plain([low, mode, high], path)
        case AbstractMapping():
            keys = {str(key): Scalar(str(key), False, path, at, at) for key in value}
            values = {str(key): from_plain(item, path) for key, item in value.items()}
            return Mapping(keys, values, path, at, at)
        case list() | tuple():
            return Sequence([from_plain(item, path) for item in value], path, at, at)
        case numbers.Integral():
            return Scalar(str(int(value)), True, path, at, at)
        case numbers.Real():
            return Scalar(_float_text(float(value)), True, path, at, at)
    raise TypeError(f"a case file cannot hold {value!r}")


def _float_text(value: float) -> str:
    if value != value:
        return ".nan"
    if value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return repr(value)


def with_value(mapping: Mapping, key: Scalar, value: Node) -> Mapping:
    """Return a mapping with one value replaced in its place, or added at the end."""
    keys = mapping.keys if key.text in mapping.keys else {**mapping.keys, key.text: key}
    return Mapping(keys, {**mapping.values, key.text: value}, mapping.path, mapping.line, mapping.column)


def without(mapping: Mapping, key: str) -> Mapping:
    """Return a mapping without one of its keys."""
    keys = {text: node for text, node in mapping.keys.items() if text != key}
    values = {text: node for text, node in mapping.values.items() if text != key}
    return Mapping(keys, values, mapping.path, mapping.line, mapping.column)


def with_item(sequence: Sequence, index: int, value: Node) -> Sequence:
    """Return a sequence with one item replaced."""
    items = [*sequence.items[:index], value, *sequence.items[index + 1 :]]
    return Sequence(items, sequence.path, sequence.line, sequence.column)


def locate(root: Node, *steps: str | int) -> Node:
    """Return the node at the end of a way through keys and indices: of a mapping's entry, the key.

    Where the way leads nowhere, the last node on it.
    """
    node = root
    shown: Node = root
    for step in steps:
        if isinstance(node, Mapping) and step in node.values:
            shown, node = node.keys[str(step)], node.values[str(step)]
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            shown = node = node.items[step]
        else:
            break
    return shown
