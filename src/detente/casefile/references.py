"""What names something that the case declares: references, conditions over measures, states."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.case import ConditionSyntaxError, parse_condition
from detente.case.conditions import KEYWORDS
from detente.casefile.limits import LONGEST_CONDITION, refuse
from detente.casefile.names import Kind
from detente.casefile.problems import listed, shown
from detente.casefile.shapes import BAD, Bad, Examination, Schema, Shape
from detente.casefile.tree import Node, Scalar, Sequence, scalar_value, span_of
from detente.errors import Span

_WORD = re.compile(r"[^\s()]+")
_KINDS: dict[Kind, str] = {
    "party": "D201",
    "measure": "D202",
    "interest": "D203",
    "forum": "D204",
    "document": "D205",
    "state": "D207",
}


@dataclass(frozen=True, slots=True)
class Reference(Shape):
    """The id of something that the case declares."""

    kind: Kind

    def read(self, node: Node, examination: Examination) -> object:
        """Return the id."""
        if isinstance(node, Scalar):
            value = scalar_value(node)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if isinstance(value, str) or (is_number and self.kind == "state"):
                return node.text if self.is_known(node.text, node, examination) else BAD
        return examination.wrong_type(node, f"the id of {_article(self.kind)}")

    def is_known(self, word: str, node: Scalar, examination: Examination, shift: int = 0) -> bool:
        """Tell whether a word is an id of this kind; if not, note it."""
        names = examination.names
        known = names.of(self.kind)
        if word in known or (self.kind == "document" and not names.has_documents):
            return True
        if self.kind == "measure" and word in names.chains:
            examination.add(
                "D206",
                node,
                f"{examination.at()} names '{word}', which has levels.",
                f"say which level: {listed(names.chains[word])}.",
                shift=shift,
            )
            return False
        close = examination.problems.nearest(word, known)
        if close is not None:
            help_ = f"did you mean '{close}'{_declared(known[close], node)}?"
        else:
            help_ = f"the {_plural(self.kind)} of the case: {listed(known)}."
        examination.add(
            _KINDS[self.kind],
            node,
            f"{examination.at()} names the unknown {self.kind} {shown(word)}.",
            help_,
            shift=shift,
        )
        return False

    def schema(self) -> Schema:
        """Return the type; which ids there are, a schema cannot know."""
        types = ["string", "number"] if self.kind == "state" else "string"
        return {"type": types, "description": f"the id of {_article(self.kind)}"}


def _declared(key: Scalar, reference: Scalar) -> str:
    if not key.path:
        return ""
    return f" (declared at line {key.line}{'' if key.path == reference.path else f' of {key.path}'})"


def _article(kind: Kind) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _plural(kind: Kind) -> str:
    return "parties" if kind == "party" else f"{kind}s"


class ConditionText(Shape):
    """A condition over measures."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the condition."""
        value = scalar_value(node) if isinstance(node, Scalar) else None
        if not isinstance(node, Scalar) or not isinstance(value, str):
            return examination.wrong_type(node, "a condition such as `a and not b`")
        if len(value) > LONGEST_CONDITION:
            refuse(
                "D016",
                span_of(node) or Span(path="case", line=1, column=1),
                f"the condition in {examination.at()} is longer than 10 kB.",
                "split it, or name what its parts stand for by measures.",
            )
        inset = node.inset or 0
        try:
            condition = parse_condition(value)
        except ConditionSyntaxError as error:
            return examination.add(
                "D108",
                node,
                f"the condition in {examination.at()} cannot be read: {error.message}.",
                "write ids joined by and, or, not, if, iff and parentheses.",
                shift=0 if node.inset is None else inset + error.offset,
            )
        return condition if self._known(value, node, examination) else BAD

    @staticmethod
    def _known(value: str, node: Scalar, examination: Examination) -> bool:
        measure = Reference("measure")
        fine = True
        for word in _WORD.finditer(value):
            if word.group() not in KEYWORDS:
                shift = 0 if node.inset is None else node.inset + word.start()
                fine &= measure.is_known(word.group(), node, examination, shift)
        return fine

    def schema(self) -> Schema:
        """Return the type."""
        return {"type": "string", "maxLength": LONGEST_CONDITION, "description": "a condition over measure ids"}


class StatesThat(Shape):
    """Some states: those that satisfy a condition; in the graph form, a state or a list of states."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the condition; in the graph form, the names."""
        if not is_graph(examination):
            return ConditionText().read(node, examination)
        items = node.items if isinstance(node, Sequence) else [node]
        names = [Reference("state").read(item, examination) for item in items]
        if not names:
            return examination.wrong_type(node, "a state or a list of states")
        return BAD if any(isinstance(name, Bad) for name in names) else tuple(names)

    def schema(self) -> Schema:
        """Return the types."""
        name: Schema = {"type": ["string", "number"]}
        about = "a condition over measure ids; in the graph form, a state or a list of states"
        return {"anyOf": [name, {"type": "array", "items": name, "minItems": 1}], "description": about}


def is_graph(examination: Examination) -> bool:
    """Tell whether the case gives its states outright."""
    return bool(examination.names.of("state")) and not examination.names.of("measure")


class StateText(Shape):
    """A state as the ids in force, ``-`` if none is; in the graph form, its name."""

    def read(self, node: Node, examination: Examination) -> object:
        """Return the ids in force; in the graph form, the name alone."""
        if is_graph(examination):
            state = Reference("state").read(node, examination)
            return state if isinstance(state, Bad) else frozenset({state})
        value = scalar_value(node) if isinstance(node, Scalar) else None
        if not isinstance(node, Scalar) or not isinstance(value, str):
            return examination.wrong_type(node, 'a state such as "a b", or "-" for none in force')
        if value.strip() == "-":
            return frozenset[str]()
        measure = Reference("measure")
        fine = True
        in_force = []
        for word in re.finditer(r"\S+", value):
            shift = 0 if node.inset is None else node.inset + word.start()
            fine &= measure.is_known(word.group(), node, examination, shift)
            in_force.append(word.group())
        if not in_force:
            return examination.wrong_type(node, 'a state such as "a b", or "-" for none in force')
        return frozenset(in_force) if fine else BAD

    def schema(self) -> Schema:
        """Return the type."""
        about = 'ids in force, separated by spaces; "-" for none; in the graph form, the name of a state'
        return {"type": ["string", "number"], "minLength": 1, "description": about}
