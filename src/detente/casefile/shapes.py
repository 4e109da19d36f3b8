"""What a single value of a case file may be: numbers, texts, truth values, words.

A shape reads a node into the value that the domain uses, or notes what is wrong and gives `BAD`.  It also states itself
as JSON Schema, so that what editors check and what the reader checks cannot drift apart.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Final, TypeAlias

from detente.case import Range
from detente.casefile.names import Names
from detente.casefile.problems import Problems, listed, shown
from detente.casefile.tree import NUMBER, Mapping, Node, Scalar, Sequence, is_null, scalar_value

Schema: TypeAlias = dict[str, object]


LARGEST = 1e12
"""Largest number in size: margins are compared to within 1e-9, which larger numbers cannot be held to."""


class Bad:
    """The value of what could not be read."""

    __slots__ = ()


BAD: Final = Bad()


@dataclass(slots=True, eq=False, kw_only=True)
class Examination:
    """Where a reading of the tree stands: the ids known, the problems so far, the dotted place being read."""

    names: Names
    problems: Problems
    place: list[str] = field(default_factory=list)
    seen: dict[tuple[int, int], tuple[Node, object]] = field(default_factory=dict)

    def at(self) -> str:
        """Return the place being read, for messages."""
        return ".".join(self.place) or "the file"

    def add(self, code: str, node: Node, message: str, help: str = "", *, shift: int = 0) -> Bad:
        """Note an error and give `BAD`."""
        self.problems.add(code, node, message, help, shift=shift)
        return BAD

    def once(self, shape: Shape, node: Node) -> object:
        """Return what a shape reads at a node; if it was read before, what was read then, with nothing noted again."""
        known = self.seen.get((id(shape), id(node)))
        if known is None:
            known = (node, shape.read(node, self))
            self.seen[id(shape), id(node)] = known
        return known[1]

    def wrong_type(self, node: Node, expected: str, help: str = "") -> Bad:
        """Note that a node is not what is expected there."""
        seen = describe(node)
        return self.add("D103", node, f"{self.at()} must be {expected}, not {seen}.", help or f"write {expected}.")


def describe(node: Node) -> str:
    """Say what a node is, in a few words with what was seen."""
    match node:
        case Mapping():
            return "a mapping"
        case Sequence():
            return "a list"
    value = scalar_value(node)
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the truth value {node.text}"
    return f"the number {shown(node.text)[1:-1]}" if isinstance(value, int | float) else f"the text {shown(value)}"


class Shape(ABC):
    """What a value may be."""

    @abstractmethod
    def read(self, node: Node, examination: Examination) -> object:
        """Return the value that a node stands for, or note what is wrong and give `BAD`."""

    @abstractmethod
    def schema(self) -> Schema:
        """Return the shape as JSON Schema."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Shape):
    """A number within bounds; `ranged` if a list of lowest, most likely and highest value may stand for it."""

    least: float | None = None
    most: float | None = None
    above: float | None = None
    below: float | None = None
    whole: bool = False
    ranged: bool = False

    def read(self, node: Node, examination: Examination) -> object:
        """Return a float, an int if whole, or a Range."""
        if isinstance(node, Scalar):
            return self._point(node, examination)
        if self.ranged and isinstance(node, Sequence):
            return self._range(node, examination)
        return examination.wrong_type(node, self._expected())

    def _expected(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} or [low, mode, high]" if self.ranged else kind

    def _bounds(self) -> str:
        bounds = [
            f"{text} {bound:g}"
            for text, bound in (
                (">=", self.least),
                (">", self.above),
                ("<=", self.most),
                ("<", self.below),
            )
            if bound is not None
        ]
        return " and ".join(bounds)

    def _point(self, node: Scalar, examination: Examination) -> float | Bad:
        text = node.text
        value: object = float(text) if node.plain and NUMBER.fullmatch(text) else scalar_value(node)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return examination.wrong_type(node, self._expected(), self._unquote(node))
        if value != value or value in (float("inf"), float("-inf")):
            return examination.add(
                "D106", node, f"{examination.at()} must be a finite number, not {text[:40]}.", "write a number."
            )
        if abs(value) > LARGEST:
            return examination.add(
                "D106",
                node,
                f"{examination.at()} must lie between -{LARGEST:g} and {LARGEST:g}, not {text[:40]}.",
                "count in larger units.",
            )
        if self.whole:
            if value != int(value):
                return examination.add(
                    "D110", node, f"{examination.at()} must be a whole number, not {text[:40]}.", "round it."
                )
            value = int(value)
        inside = (
            (self.least is None or value >= self.least)
            and (self.most is None or value <= self.most)
            and (self.above is None or value > self.above)
            and (self.below is None or value < self.below)
        )
        if not inside:
            return examination.add("D104", node, f"{examination.at()} is {text[:40]}.", f"it must be {self._bounds()}.")
        return value

    @staticmethod
    def _unquote(node: Scalar) -> str:
        return "write the number without quotes." if not node.plain and NUMBER.fullmatch(node.text) else ""

    def _range(self, node: Sequence, examination: Examination) -> Range | Bad:
        if len(node.items) != 3:
            return examination.add(
                "D105",
                node,
                f"{examination.at()} is a list of {len(node.items)}.",
                "a range is three numbers: [low, mode, high].",
            )
        values = []
        for item in node.items:
            if not isinstance(item, Scalar):
                return examination.wrong_type(item, "a number")
            value = self._point(item, examination)
            if isinstance(value, Bad):
                return BAD
            values.append(float(value))
        low, mode, high = values
        if not low <= mode <= high:
            return examination.add(
                "D105",
                node,
                f"{examination.at()} is [{low:g}, {mode:g}, {high:g}], which does not rise.",
                "write it as [low, mode, high] with low <= mode <= high.",
            )
        return Range(low=low, mode=mode, high=high)

    def schema(self) -> Schema:
        """Return the bounds, and the list of three where a range may stand."""
        point: Schema = {"type": "integer" if self.whole else "number"}
        words = {"minimum": self.least, "maximum": self.most, "exclusiveMinimum": self.above}
        words["exclusiveMaximum"] = self.below
        point |= {word: bound for word, bound in words.items() if bound is not None}
        if not self.ranged:
            return point
        ranged = {"type": "array", "items": point, "minItems": 3, "maxItems": 3, "description": "[low, mode, high]"}
        return {"anyOf": [point, ranged]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Shape):
    """A text; `or_number` if a number may stand there as it is written."""

    or_number: bool = False
    or_null: bool = False

    def read(self, node: Node, examination: Examination) -> object:
        """Return the text; None for null where that may stand."""
        if not isinstance(node, Scalar):
            return examination.wrong_type(node, "a text")
        if self.or_null and is_null(node):
            return None
        value = scalar_value(node)
        if isinstance(value, str):
            return value
        if self.or_number and value is not None and not isinstance(value, bool):
            return node.text
        help_ = "" if value is None else f'put it in quotes: "{node.text[:40]}".'
        return examination.wrong_type(node, "a text", help_)

    def schema(self) -> Schema:
        """Return the types."""
        types = ["string"] + ["number"] * self.or_number + ["null"] * self.or_null
        return {"type": types if len(types) > 1 else "string"}


class Flag(Shape):
    """``true`` or ``false``."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the truth value."""
        value = scalar_value(node) if isinstance(node, Scalar) else None
        if isinstance(value, bool):
            return value
        return examination.wrong_type(node, "true or false")

    def schema(self) -> Schema:
        """Return the type."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Choice(Shape):
    """One of some words."""

    words: tuple[str, ...]

    def read(self, node: Node, examination: Examination) -> object:
        """Return the word."""
        if not isinstance(node, Scalar):
            return examination.wrong_type(node, f"one of {listed(self.words)}")
        if node.text in self.words:
            return node.text
        close = examination.problems.nearest(node.text, self.words)
        return examination.add(
            "D107",
            node,
            f"{examination.at()} is {shown(node.text)}.",
            f"it must be one of {listed(self.words)}" + (f"; did you mean '{close}'?" if close else "."),
        )

    def schema(self) -> Schema:
        """Return the words."""
        return {"enum": list(self.words)}


class Version(Shape):
    """The version of the format."""

    current: ClassVar[int] = 1

    def read(self, node: Node, examination: Examination) -> object:
        """Return the version."""
        if isinstance(node, Scalar) and scalar_value(node) == self.current:
            return self.current
        seen = describe(node)
        return examination.add(
            "D111", node, f"the format version is {seen}.", f"this program reads `detente: {self.current}`."
        )

    def schema(self) -> Schema:
        """Return the only version."""
        return {"const": self.current}
