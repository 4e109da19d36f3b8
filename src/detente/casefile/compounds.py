"""What a list or a mapping of a case file may be: listings, tables and records of the shapes within.

Lists are all or nothing: one bad item spoils the list, so that what is read keeps the order and the indices of the
file.  Tables and records leave out what is bad and keep the rest.
"""

from __future__ import annotations

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Literal

from detente.casefile import tree
from detente.casefile.names import is_id, is_label
from detente.casefile.problems import listed, shown
from detente.casefile.references import Reference
from detente.casefile.shapes import BAD, Bad, Examination, Schema, Shape
from detente.casefile.tree import NUMBER, Node, Scalar, Sequence, is_null
from detente.display.prose import count_noun


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Shape):
    """A list of values of one shape.

    Parameters
    ----------
    item : Shape
        What each value may be.
    least, most : int
        How many there may be.
    distinct : bool
        Whether each may stand only once.
    """

    item: Shape
    least: int = 0
    most: int | None = None
    distinct: bool = False

    def read(self, node: Node, examination: Examination) -> object:
        """Return the values as a list."""
        if is_null(node):
            items: list[Node] = []
        elif isinstance(node, Sequence):
            items = node.items
        else:
            return examination.wrong_type(node, "a list", _bracket(node))
        if len(items) < self.least or (self.most is not None and len(items) > self.most):
            need = f"{self.least}" if self.most == self.least else f"at least {self.least}"
            return examination.add(
                "D109", node, f"{examination.at()} has {count_noun(len(items), 'entry')}.", f"it must have {need}."
            )
        values = []
        fine = True
        first: dict[str, Scalar] = {}
        for index, item in enumerate(items):
            examination.place.append(str(index))
            value = self.item.read(item, examination)
            examination.place.pop()
            fine &= not isinstance(value, Bad)
            values.append(value)
            if self.distinct and isinstance(item, Scalar):
                if item.text in first:
                    self._twice(item, first[item.text], examination)
                    fine = False
                first.setdefault(item.text, item)
        return values if fine else BAD

    @staticmethod
    def _twice(item: Scalar, first: Scalar, examination: Examination) -> None:
        where = f" (the first is at line {first.line}, column {first.column})" if first.path else ""
        examination.add(
            "D112", item, f"{examination.at()} lists {shown(item.text)} twice.", f"keep one of them{where}."
        )

    def schema(self) -> Schema:
        """Return the shape of the items and their number."""
        schema: Schema = {"type": "array" if self.least else ["array", "null"], "items": self.item.schema()}
        if self.least:
            schema["minItems"] = self.least
        if self.most is not None:
            schema["maxItems"] = self.most
        if self.distinct:
            schema["uniqueItems"] = True
        return schema


def _bracket(node: Node) -> str:
    if isinstance(node, Scalar) and len(node.text) <= 40:
        return f"write [{node.text}]."
    return "write it in […], or each entry after a dash."


KeyRule = Literal["id", "label", "number", "place", "any"]
# Editors read patterns as JavaScript does, where \w is ASCII only; so these name the ASCII that is refused.
_ID_PATTERN = r"^(?!(?:and|or|not|if|iff|best|none)$)[^\x00-@\[-`{-\x7f][^\x00-,./:-@\[-^`{-\x7f]*$"
_LABEL_PATTERN = r"^[^\x00-$&-,/:-@\[-^`{-\x7f]+$"
_NUMBER_PATTERN = r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table(Shape):
    """A mapping whose keys are ids that it declares, ids of something else, or numbers.

    Parameters
    ----------
    key : Reference or str
        What the keys are.
    value : Shape
        What stands at each.
    least : int
        How many there must be.
    remember : bool
        Whether what was read of an entry may serve again when the same entry is read in another reading.
    """

    key: Reference | KeyRule
    value: Shape
    least: int = 0
    remember: bool = False

    def read(self, node: Node, examination: Examination) -> object:
        """Return the good entries as a dict, numbers as keys where these are numbers."""
        if is_null(node):
            node = tree.Mapping({}, {}, node.path, node.line, node.column)
        if not isinstance(node, tree.Mapping):
            return examination.wrong_type(node, "a mapping", "write `key: value` lines, indented, or {key: value}.")
        if len(node.values) < self.least:
            return examination.add("D109", node, f"{examination.at()} is empty.", f"it must have {self.least} or more.")
        table: dict[object, object] = {}
        for text, value in node.values.items():
            key = self._key(node.keys[text], examination)
            examination.place.append(text)
            read = examination.once(self.value, value) if self.remember else self.value.read(value, examination)
            examination.place.pop()
            if not isinstance(key, Bad) and not isinstance(read, Bad):
                table[key] = read
        return table

    def _key(self, key: Scalar, examination: Examination) -> object:
        if isinstance(self.key, Reference):
            return key.text if self.key.is_known(key.text, key, examination) else BAD
        if self.key == "number":
            if NUMBER.fullmatch(key.text):
                return float(key.text)
            return examination.add(
                "D103", key, f"a key of {examination.at()} must be a number, not {shown(key.text)}.", "write 0: none."
            )
        if self.key == "label" and not is_label(key.text):
            return examination.add("D114", key, f"{shown(key.text)} cannot name a level.", LABEL_HELP)
        if self.key == "id" and not is_id(key.text):
            return examination.add("D113", key, f"{shown(key.text)} cannot be an id.", ID_HELP)
        return key.text

    def schema(self) -> Schema:
        """Return the shape of keys and values."""
        schema: Schema = {
            "type": "object" if self.least else ["object", "null"],
            "additionalProperties": self.value.schema(),
        }
        if self.least:
            schema["minProperties"] = self.least
        patterns = {"id": _ID_PATTERN, "label": _LABEL_PATTERN, "number": _NUMBER_PATTERN}
        if isinstance(self.key, str) and self.key in patterns:
            schema["propertyNames"] = {"pattern": patterns[self.key]}
        return schema


_HINTS = {"detente": "detente: 1", "by": "by: [its owner]", "stages": "stages: [[…], […]]"}
ID_HELP = "an id is letters, digits, - and _, begins with a letter, and is none of and, or, not, if, iff, best, none."
LABEL_HELP = "a label is letters, digits, %, ., - and _."


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Shape):
    """A mapping with fixed keys.

    Parameters
    ----------
    fields : mapping from key to Shape
        The keys there may be, in the order in which they are written.
    required : tuple of str
        Those that must be there.
    one_of : tuple of str
        Keys of which exactly one must be there.
    without : tuple of str
        Keys beside which none of `one_of` need be there.
    others : Shape or None
        What any other key may hold; None refuses others.
    about : str
        What the record describes, for editors.
    partial : bool
        Whether the good fields are kept although a required one is missing or bad, so that rules can look at them.
    remember : bool
        As for `Table`, of each field.
    """

    fields: AbstractMapping[str, Shape]
    required: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    others: Shape | None = None
    about: str = ""
    partial: bool = False
    remember: bool = False

    def read(self, node: Node, examination: Examination) -> object:
        """Return the good fields as a dict; `BAD` if a required one is missing or bad."""
        if is_null(node):
            node = tree.Mapping({}, {}, node.path, node.line, node.column)
        if not isinstance(node, tree.Mapping):
            return examination.wrong_type(node, "a mapping", f"its keys: {listed(self.fields)}.")
        record: dict[str, object] = {}
        for text, value in node.values.items():
            shape = self.fields.get(text, self.others)
            if shape is None:
                self._unknown(node.keys[text], examination)
                continue
            examination.place.append(text)
            read = examination.once(shape, value) if self.remember else shape.read(value, examination)
            examination.place.pop()
            if not isinstance(read, Bad):
                record[text] = read
        complete = self._complete(node, examination) and all(key in record for key in self.required)
        return record if complete or self.partial else BAD

    def _unknown(self, key: Scalar, examination: Examination) -> None:
        close = examination.problems.nearest(key.text, self.fields)
        help_ = f"did you mean '{close}'?" if close else f"the keys allowed: {', '.join(self.fields)}."
        where = f" in {examination.at()}" if examination.place else ""
        examination.add("D101", key, f"unknown key {shown(key.text)}{where}.", help_)

    def _complete(self, node: tree.Mapping, examination: Examination) -> bool:
        missing = [key for key in self.required if key not in node.values]
        for key in missing:
            examination.add("D102", node, f"{examination.at()} has no '{key}'.", f"add `{_HINTS.get(key, key + ':')}`.")
        stated = [key for key in self.one_of if key in node.values]
        needed = self.one_of and not any(key in node.values for key in self.without)
        if len(stated) > 1 or (needed and not stated):
            seen = f"both {' and '.join(stated)}" if stated else "none of them"
            examination.add(
                "D115",
                node.keys[stated[1]] if stated else node,
                f"{examination.at()} must have one of {', '.join(self.one_of)}; it has {seen}.",
                "keep exactly one.",
            )
        return not missing and len(stated) < 2 and bool(stated or not needed)

    def schema(self) -> Schema:
        """Return the keys with their shapes."""
        optional = not self.required and not self.one_of
        schema: Schema = {
            "type": ["object", "null"] if optional else "object",
            "properties": {key: shape.schema() for key, shape in self.fields.items()},
            "additionalProperties": False if self.others is None else self.others.schema(),
        }
        if self.required:
            schema["required"] = list(self.required)
        if self.one_of:
            choices: list[Schema] = [{"required": [key]} for key in self.one_of]
            if self.without:
                beside = [{"required": [key]} for key in self.without]
                schema["oneOf"] = [*choices, {"not": {"anyOf": choices}, "anyOf": beside}]
            else:
                schema["oneOf"] = choices
        if self.about:
            schema["description"] = self.about
        return schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Either(Shape):
    """A list, a mapping or a scalar, each with its own shape where it may stand there."""

    sequence: Shape | None = None
    mapping: Shape | None = None
    scalar: Shape | None = None
    expected: str

    def read(self, node: Node, examination: Examination) -> object:
        """Return what the shape for this kind of node reads."""
        shape: Shape | None
        match node:
            case Sequence():
                shape = self.sequence
            case tree.Mapping():
                shape = self.mapping
            case _:
                shape = self.scalar
        if shape is None:
            return examination.wrong_type(node, self.expected)
        return shape.read(node, examination)

    def schema(self) -> Schema:
        """Return the alternatives."""
        shapes = (self.scalar, self.sequence, self.mapping)
        return {"anyOf": [shape.schema() for shape in shapes if shape is not None]}


class Anything(Shape):
    """Any value; what it may be is checked where it is put."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the plain value."""
        return tree.to_plain(node)

    def schema(self) -> Schema:
        """Return the schema that all satisfies."""
        return {}


class Label(Shape):
    """The label of a level."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the label as it is written."""
        if not isinstance(node, Scalar) or is_null(node):
            return examination.wrong_type(node, "the label of a level")
        if not is_label(node.text):
            return examination.add("D114", node, f"{shown(node.text)} cannot name a level.", LABEL_HELP)
        return node.text

    def schema(self) -> Schema:
        """Return the types."""
        return {"type": ["string", "number"], "pattern": _LABEL_PATTERN}
