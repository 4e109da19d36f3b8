"""Conditions over measures: ``and``, ``or``, ``not``, parentheses, ``if`` and ``iff``.

``not`` binds before ``and``, then ``or``, then ``if`` and ``iff`` from left to right; ``a if b`` means ``not b or a``.
A condition is a small tree of frozen nodes; `parse_condition` reads one, `format_condition` writes it back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Connective = Literal["and", "or", "if", "iff"]
KEYWORDS = frozenset({"and", "or", "not", "if", "iff", "best", "none"})
"""Words that cannot be ids."""
_TOKEN = re.compile(r"\s*(?:(?P<paren>[()])|(?P<word>[^\s()]+))")
MOST_NESTED = 50
"""Parentheses and ``not`` nested deeper than this, or as many ``if`` and ``iff`` in one condition, are refused.

Either makes the tree deeper, and those who walk it use the stack of Python: so no input can exhaust that.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """True in states in which the measure is in force."""

    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """True where the operand is false."""

    operand: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Two or more conditions joined by ``and`` or ``or``; exactly two by ``if`` or ``iff``."""

    connective: Connective
    operands: tuple[Condition, ...]


Condition = InForce | Not | Joined


class ConditionSyntaxError(ValueError):
    """A condition cannot be read.

    Parameters
    ----------
    message : str
        What is wrong, with what was seen.
    offset : int
        Where, counted in characters from the start of the condition.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    offset: int


def _tokens(text: str) -> list[_Token]:
    tokens = []
    position = 0
    while match := _TOKEN.match(text, position):
        group = "paren" if match.group("paren") else "word"
        tokens.append(_Token(match.group(group), match.start(group)))
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.next = 0
        self.depth = 0
        self.implications = 0

    def peek(self) -> str:
        return self.tokens[self.next].text if self.next < len(self.tokens) else ""

    def offset(self) -> int:
        return self.tokens[self.next].offset if self.next < len(self.tokens) else len(self.text)

    def fail(self, expected: str) -> ConditionSyntaxError:
        seen = f"'{self.peek()}'" if self.peek() else "the end"
        return ConditionSyntaxError(f"expected {expected}, found {seen}", self.offset())

    def implication(self) -> Condition:
        left = self.chain("or", lambda: self.chain("and", self.negation))
        while (word := self.peek()) in ("if", "iff"):
            self.implications += 1
            if self.implications > MOST_NESTED:
                raise ConditionSyntaxError(f"more than {MOST_NESTED} times 'if' and 'iff'", self.offset())
            self.next += 1
            right = self.chain("or", lambda: self.chain("and", self.negation))
            left = Joined(connective="if" if word == "if" else "iff", operands=(left, right))
        return left

    def chain(self, word: Literal["and", "or"], operand: Callable[[], Condition]) -> Condition:
        operands = [operand()]
        while self.peek() == word:
            self.next += 1
            operands.append(operand())
        return operands[0] if len(operands) == 1 else Joined(connective=word, operands=tuple(operands))

    def negation(self) -> Condition:
        self.depth += 1
        if self.depth > MOST_NESTED:
            raise ConditionSyntaxError(f"nested deeper than {MOST_NESTED}", self.offset())
        try:
            if self.peek() == "not":
                self.next += 1
                return Not(operand=self.negation())
            return self.atom()
        finally:
            self.depth -= 1

    def atom(self) -> Condition:
        word = self.peek()
        if word == "(":
            self.next += 1
            inner = self.implication()
            if self.peek() != ")":
                raise self.fail("')'")
            self.next += 1
            return inner
        if not word or word == ")" or word in KEYWORDS:
            raise self.fail("a measure, 'not' or '('")
        self.next += 1
        return InForce(measure=word)


def parse_condition(text: str) -> Condition:
    """Read a condition such as ``pipeline and not (sanctions or thaad)``.

    Raises
    ------
    ConditionSyntaxError
        If the text is no condition; ids are not checked here.
    """
    parser = _Parser(text)
    condition = parser.implication()
    if parser.peek():
        raise parser.fail("'and', 'or', 'if', 'iff' or the end")
    return condition


_BINDS: dict[str, int] = {"if": 0, "iff": 0, "or": 1, "and": 2}


def format_condition(condition: Condition) -> str:
    """Write a condition so that `parse_condition` reads the same tree back."""
    match condition:
        case InForce(measure=measure):
            return measure
        case Not(operand=operand):
            inner = format_condition(operand)
            return f"not ({inner})" if isinstance(operand, Joined) else f"not {inner}"
    parts = []
    binds = _BINDS[condition.connective]
    for index, operand in enumerate(condition.operands):
        inner = format_condition(operand)
        if isinstance(operand, Joined):
            looser = _BINDS[operand.connective] < binds
            same = _BINDS[operand.connective] == binds and not (binds == 0 and index == 0)
            if looser or same:
                inner = f"({inner})"
        parts.append(inner)
    return f" {condition.connective} ".join(parts)


def measures_of(condition: Condition) -> Iterator[str]:
    """Yield the ids that a condition names, in the order of reading, repetitions included."""
    match condition:
        case InForce(measure=measure):
            yield measure
        case Not(operand=operand):
            yield from measures_of(operand)
        case Joined(operands=operands):
            for operand in operands:
                yield from measures_of(operand)


def is_satisfied(condition: Condition, in_force: frozenset[str] | set[str]) -> bool:
    """Tell whether a state, given as the ids in force, satisfies a condition."""
    match condition:
        case InForce(measure=measure):
            return measure in in_force
        case Not(operand=operand):
            return not is_satisfied(operand, in_force)
        case Joined(connective="and", operands=operands):
            return all(is_satisfied(operand, in_force) for operand in operands)
        case Joined(connective="or", operands=operands):
            return any(is_satisfied(operand, in_force) for operand in operands)
    first, second = (is_satisfied(operand, in_force) for operand in condition.operands)
    return (first or not second) if condition.connective == "if" else first == second
