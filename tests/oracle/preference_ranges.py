"""How states compare over ranges, literally: every corner of the box of all numbers that a case states as ranges.

What a state is worth is linear in each number, so the difference of two states is least and greatest at corners.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from itertools import product
from typing import Any

from detente.case import Case, Range
from tests.oracle.stability_of_cases import liking

State = frozenset[str]


def ranges_of(value: Any) -> list[Range]:  # Any: any part of a case
    """List the ranges within a value, in order of finding."""
    if isinstance(value, Range):
        return [value]
    if isinstance(value, Mapping):
        return [found for inner in value.values() for found in ranges_of(inner)]
    if isinstance(value, tuple):
        return [found for inner in value for found in ranges_of(inner)]
    if is_dataclass(value):
        return [found for each in fields(value) for found in ranges_of(getattr(value, each.name))]
    return []


def with_numbers(value: Any, numbers: Iterator[float]) -> Any:  # Any: as above
    """Return a value with each range replaced by the next number."""
    if isinstance(value, Range):
        return next(numbers)
    if isinstance(value, Mapping):
        return {key: with_numbers(inner, numbers) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(with_numbers(inner, numbers) for inner in value)
    if is_dataclass(value) and not isinstance(value, type):
        changed = {each.name: with_numbers(getattr(value, each.name), numbers) for each in fields(value)}
        return replace(value, **changed)
    return value


def corners(case: Case) -> Iterator[Case]:
    """Yield the case at every corner."""
    stated = {
        "interests": case.interests,
        "measures": case.measures,
        "terms": case.terms,
        "preferences": case.preferences,
    }
    found = ranges_of(stated)
    for ends in product(*((r.low, r.high) for r in found)):
        yield replace(case, **with_numbers(stated, iter(ends)))


def compare(case: Case, party: str, states: tuple[State, ...]) -> dict[tuple[State, State], set[int]]:
    """Return for any two states the signs that going from the first to the second can have, over all corners."""
    signs: dict[tuple[State, State], set[int]] = {(s, t): set() for s in states for t in states}
    for corner in corners(case):
        like = liking(corner, party, states)
        worth = {s: like(s) for s in states}
        for s, t in signs:
            signs[s, t].add((worth[t] > worth[s]) - (worth[t] < worth[s]))
    return signs
