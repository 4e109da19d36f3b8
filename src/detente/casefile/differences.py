"""What differs between two cases, place by place, and cases that are partly the one and partly the other.

Numbers and words differ one by one.  What one case has and the other has not – a party, a measure, a roadmap, a term –
is one difference.  Levels of a graded measure that are plain shares of a total are compared by the total, as the
shorthand states it.  Names of the cases, the order of declarations and readings are no differences: who compares
cases under a reading compares them as that reading sees them.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from detente.case import Case
from detente.casefile.plain import case_to_tree
from detente.casefile.tree import Plain

_LEFT_OUT = ("detente", "name", "readings")
_WHOLE_FROM = 2
"""Depth at which what only one case has is one difference: a party, a measure, a roadmap …"""

Branch = dict[str, Plain]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One place at which two cases differ.

    Parameters
    ----------
    place : str
        Dotted path, as ``--set`` takes it.
    before, after : plain data
        What the first and the second case say there; None where a case says nothing.
    steps : tuple of str
        The way to the place in a comparable tree.
    """

    place: str
    before: Plain
    after: Plain
    steps: tuple[str, ...]


def comparable_tree(case: Case) -> Branch:
    """Return a case as a tree to compare: terms by party and condition, levels by label."""
    tree = {key: value for key, value in case_to_tree(case).items() if key not in _LEFT_OUT}
    measures = cast("Branch", tree.get("measures", {}))
    tree["measures"] = {key: _with_levels(cast("Branch", measure)) for key, measure in measures.items()}
    terms: Branch = {}
    for term in cast("list[Branch]", tree.get("terms", [])):
        key = f"{term['party']}: {term['when']}"
        while key in terms:
            key += " again"
        terms[key] = term
    tree["terms"] = terms
    return tree


def _with_levels(measure: Branch) -> Branch:
    """Return a measure whose levels are a mapping of increments, where it has levels."""
    levels = measure.get("levels")
    return measure | {"levels": {str(label): {} for label in levels}} if isinstance(levels, list) else measure


def _at(tree: Plain, way: Sequence[str]) -> Plain:
    for step in way:
        tree = tree.get(step) if isinstance(tree, dict) else None
    return tree


def _put(tree: Branch, way: Sequence[str], value: Plain) -> None:
    for step in way[:-1]:
        tree = cast("Branch", tree.setdefault(step, {}))
    tree[way[-1]] = value


def _drop(tree: Branch, way: Sequence[str]) -> None:
    """Take a place out, with the fields that this leaves empty; entries and levels stay, however little they say."""
    inner = _at(tree, way[:-1])
    if isinstance(inner, dict):
        inner.pop(way[-1], None)
        if not inner and len(way) > _WHOLE_FROM + 1 and way[-3] != "levels":
            _drop(tree, way[:-1])


def list_differences(before: Branch, after: Branch) -> tuple[Difference, ...]:
    """List the places at which two comparable trees differ, in the order of the first, then of the second."""
    found = list(_differences(before, after, ()))
    old = list(cast("Branch", before["terms"]))
    added = [key for key in cast("Branch", after["terms"]) if key not in old]
    numbers = {key: number for number, key in enumerate([*old, *added])}
    return tuple(
        Difference(place=_place(steps, numbers), before=one, after=other, steps=steps) for steps, one, other in found
    )


def _differences(before: Plain, after: Plain, steps: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Plain, Plain]]:
    if before == after:
        return
    whole = len(steps) >= _WHOLE_FROM and (len(steps) == _WHOLE_FROM or steps[-2] == "levels")
    if isinstance(before, dict) and isinstance(after, dict):
        one, other = before, after
    elif not whole and isinstance(before, dict) and after is None:
        one, other = before, {}
    elif not whole and before is None and isinstance(after, dict):
        one, other = {}, after
    else:
        yield steps, before, after
        return
    for key in dict.fromkeys([*one, *other]):
        yield from _differences(one.get(key), other.get(key), (*steps, key))


def _place(steps: tuple[str, ...], terms: Mapping[str, int]) -> str:
    """Write a place as ``--set`` takes it: terms by number, numbers of a level directly below the level."""
    words = list(steps)
    if words[0] == "terms" and len(words) > 1:
        words[1] = str(terms[words[1]])
    if words[0] == "measures" and len(words) > 3 and words[2] == "levels":
        del words[2]
    return ".".join(words)


def apply_differences(before: Branch, differences: Iterable[Difference], *, name: str) -> Branch:
    """Return the tree of a case that is the first but for these differences, with the keys of ``case.yaml``."""
    tree = copy.deepcopy(before)
    for difference in differences:
        if difference.after is None:
            _drop(tree, difference.steps)
        else:
            _put(tree, difference.steps, copy.deepcopy(difference.after))
    tree["terms"] = list(cast("Branch", tree["terms"]).values())
    return {"detente": 1, "name": name, **tree}
