"""Changing the text of a case file and nothing else in it: comments, order and style stay where nothing changes.

The text is loaded with ruamel.yaml's round trip and compared, by what it says, with what it is to say.  Only places
that differ are touched: first single values, and if the outcome does not say what it should – an explicit default can
stand in the way – whole entries.
"""

from __future__ import annotations

import copy
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from detente.casefile.grammar import GRADED
from detente.casefile.tree import Plain

_WIDTH = 120
_SHORT = 104
_DASH = re.compile(r"^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\n+(?:[ ]*#[^\n]*\n+)*( *)- ", re.MULTILINE)
_DIRECTIONS = ("reversible", "direction")

Held = Any  # What ruamel.yaml's round trip holds is of its own types, which it does not declare.


def tidy(plain: Mapping[str, Plain]) -> str:
    """Return plain data as the text of a new case file: a section each, short things on one line."""
    parts = []
    for key, value in plain.items():
        part = _dump(_round_trip(), CommentedMap({key: held(value, depth=1)}))
        parts.append(part if not isinstance(value, dict | list) or len(part.splitlines()) < 2 else f"\n{part}")
    return "".join(parts).lstrip("\n")


def held(value: Plain, *, depth: int = 0) -> Held:
    """Return plain data as ruamel.yaml holds it, lists and small mappings on one line."""
    if isinstance(value, dict):
        mapping = CommentedMap({_text(key): held(item, depth=depth + 1) for key, item in value.items()})
        if depth > 1 and all(_is_flat(item) for item in value.values()) and len(repr(value)) <= _SHORT:
            mapping.fa.set_flow_style()
        return mapping
    if isinstance(value, list):
        sequence = CommentedSeq([held(item, depth=depth + 1) for item in value])
        if all(_is_flat(item) for item in value) and len(repr(value)) <= _SHORT:
            sequence.fa.set_flow_style()
        return sequence
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _is_flat(value: Plain) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, list | dict) for item in value)
    return not isinstance(value, dict)


_PLAIN_TEXT = re.compile(r"[^\W\d_][\w .%-]*[\w.%]|[^\W\d_]")
_WORDS = frozenset({"true", "false", "null"})


def _text(text: str) -> str:
    """Return a text so that it is written in quotes unless it is plain beyond doubt."""
    if _PLAIN_TEXT.fullmatch(text) and text.lower() not in _WORDS:
        return text
    return str.__new__(DoubleQuotedScalarString, text)


class _AsWritten(VersionedResolver):
    """Take every scalar for a text, so that numbers and dates are written as they were."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:  # Any: as ruamel.yaml has it
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def _round_trip(text: str = "") -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AsWritten
    yaml.preserve_quotes = True
    yaml.width = max(_WIDTH, *map(len, text.splitlines() or [""]))
    found = _DASH.search(text)
    offset = len(found.group(2)) - len(found.group(1)) if found else 2
    yaml.indent(mapping=2, sequence=max(offset, 0) + 2, offset=max(offset, 0))
    return yaml


def _dump(yaml: YAML, document: Held) -> str:
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def edit(
    text: str,
    before: Mapping[str, Plain],
    after: Mapping[str, Plain],
    says: Callable[[str], bool],
) -> str:
    """Return a text that says `after`, made from one that says `before`.

    Parameters
    ----------
    text : str
        The text of a file.
    before, after : mapping
        What it says and what it is to say, both as `case_to_tree` puts it.
    says : callable
        Tells whether a text says `after`.

    Returns
    -------
    str
        The text itself if there is nothing to change; a new text without the old comments where all else fails.
    """
    if says(text):
        return text
    for whole in (False, True):
        yaml = _round_trip(text)
        document = yaml.load(text)
        _Edit(whole=whole).mapping(document, before, after, ())
        edited = _dump(yaml, document)
        if says(edited):
            return edited
    return tidy(after)


def _move_tail(node: Held, old: int, new: int) -> None:
    """Move the comments below the last item of a list to another item, which will be the last; its own line stays."""
    if new < 0 or max(old, new) != len(node) - 1 or not (node.ca.items.get(old) or [None])[0]:
        return
    token = node.ca.items[old][0]
    own, newline, below = token.value.partition("\n")
    if not below:
        return
    token.value = f"{own}{newline}"
    if not own:
        del node.ca.items[old]
    if (node.ca.items.get(new) or [None])[0]:
        node.ca.items[new][0].value += below
    else:
        moved = copy.copy(token)
        moved.value = f"{newline}{below}"
        node.ca.items[new] = [moved, None, None, None]


class _Edit:
    """One round of editing; `whole` replaces the entries of a section as they are, not the values in them."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def mapping(
        self, node: Held, before: Mapping[str, Plain], after: Mapping[str, Plain], way: tuple[str, ...]
    ) -> None:
        """Make a mapping that says `before` say `after`."""
        if len(way) == 2 and way[0] == "measures":
            before = self._measure(node, before, after)
        for key in before:
            if key not in after:
                node.pop(key, None)
        place = 0
        for key, value in after.items():
            if key in node:
                place = list(node).index(key) + 1
                self._value(node, key, before.get(key), value, (*way, key))
            elif before.get(key) != value:  # else it is said without being stated
                node.insert(place, _text(key), held(value, depth=len(way) + 1))
                place += 1
        if len(way) == 1 or way[-1:] == ("levels",):
            order = [key for key in after if key in node]
            if [key for key in node if key in after] != order:
                for key in order:
                    node.move_to_end(key)

    def _value(self, node: Held, key: str | int, before: Plain, after: Plain, way: tuple[str, ...]) -> None:
        present = node[key]
        fine = not self._whole or len(way) < 2
        if fine and isinstance(before, dict) and isinstance(after, dict) and isinstance(present, CommentedMap):
            self.mapping(present, before, after, way)
        elif (
            fine
            and isinstance(before, list)
            and isinstance(after, list)
            and isinstance(present, CommentedSeq)
            and len(before) == len(present)
        ):
            self._sequence(present, before, after, way)
        elif before != after or before is None:
            node[key] = held(after, depth=len(way))

    def _sequence(self, node: Held, before: list[Plain], after: list[Plain], way: tuple[str, ...]) -> None:
        """Make a list that says `before` say `after`; what both begin or end with stays as it is."""
        shorter = min(len(before), len(after))
        head = next((n for n in range(shorter) if before[n] != after[n]), shorter)
        tail = next((n for n in range(shorter - head) if before[-1 - n] != after[-1 - n]), shorter - head)
        for index in range(head, shorter - tail):
            self._value(node, index, before[index], after[index], (*way, str(index)))
        place = shorter - tail
        for _ in range(len(before) - len(after)):
            _move_tail(node, place, place - 1)
            del node[place]
        for index in range(place, place + len(after) - len(before)):
            node.insert(index, held(after[index], depth=len(way) + 1))
            _move_tail(node, index - 1, index)

    @staticmethod
    def _measure(node: Held, before: Mapping[str, Plain], after: Mapping[str, Plain]) -> Mapping[str, Plain]:
        """Take out what a measure can say in two ways, if it changes; return what it says without that."""
        out: list[str] = []
        if any(before.get(key) != after.get(key) for key in _DIRECTIONS):
            out += _DIRECTIONS
        levels = before.get("levels")  # what has none says its numbers as the total of a chain that it becomes does
        if levels is not None and levels != after.get("levels") and not isinstance(node.get("levels"), CommentedMap):
            out += ("levels", *GRADED)
        for key in out:
            node.pop(key, None)
        return {key: value for key, value in before.items() if key not in out}
