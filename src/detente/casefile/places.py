"""Dotted places such as ``measures.freeze-tests.value.usa``: finding them, and laying settings over a case.

Ids may contain dots and percent signs (levels do), so at each step the longest known key wins.  A place that the case
does not state but could state is legal too: setting it adds it.  A setting at a level of a graded measure states the
increment of that level; a setting at the measure itself states the total of the chain.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass

from detente.casefile import tree
from detente.casefile.compounds import Either, Listing, Record, Table
from detente.casefile.grammar import CASE, GRADED, LEVEL
from detente.casefile.levels import shares
from detente.casefile.names import Names, level_labels
from detente.casefile.problems import listed, nearest, shown
from detente.casefile.references import Reference
from detente.casefile.shapes import Number, Shape
from detente.casefile.tree import Mapping, Node, Scalar, Sequence, from_plain, scalar_value

_INDEX = re.compile(r"[0-9]{1,6}")
_FIXED = ("detente", "readings")


class PlaceError(ValueError):
    """A place that a case has not; the message says what is wrong and `help` what to write."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message = message
        self.help = help


@dataclass(frozen=True, slots=True)
class Level:
    """The step into a level of a graded measure: the measure and the label, where the case keeps one key for both."""

    chain: str
    label: str


Step = str | int | Level


def resolve(place: str, case: Node, names: Names) -> tuple[Step, ...]:
    """Return the steps of a place.

    Raises
    ------
    PlaceError
        If the case neither has it nor could have it.
    """
    if not place or place.endswith("."):
        raise PlaceError(f"the place {shown(place)} has no end.", "write it as parties.usa.hazard.")
    steps: list[Step] = []
    shape: Shape | None = CASE
    node: Node | None = case
    rest = place
    while rest:
        step, rest, shape, node = _step(place, rest, shape, node, names)
        steps.append(step)
    return tuple(steps)


def _step(
    place: str, rest: str, shape: Shape | None, node: Node | None, names: Names
) -> tuple[Step, str, Shape | None, Node | None]:
    if isinstance(shape, Either):
        is_mapping = isinstance(node, Mapping) or shape.sequence is None
        shape = shape.mapping if is_mapping and shape.mapping else shape.sequence
    if isinstance(shape, Record):
        key, left = _longest(place, rest, (shape.fields,), open_=shape.others is not None)
        return key, left, shape.fields.get(key, shape.others), _value(node, key)
    if isinstance(shape, Table):
        stated = node.values if isinstance(node, Mapping) else {}
        if shape is CASE.fields["measures"]:
            return _measure(place, rest, stated, shape, names)
        known = names.of(shape.key.kind) if isinstance(shape.key, Reference) else {}
        key, left = _longest(place, rest, (stated, known))
        return key, left, shape.value, _value(node, key)
    if isinstance(shape, Listing) and (node is None or tree.is_null(node)):
        node = Sequence([])
    if isinstance(shape, Listing | Number) and isinstance(node, Sequence):
        first, _, left = rest.partition(".")
        if _INDEX.fullmatch(first) and int(first) < len(node.items):
            inner = shape.item if isinstance(shape, Listing) else Number()
            return int(first), left, inner, node.items[int(first)]
        done = place[: len(place) - len(rest) - 1]
        last = len(node.items) - 1
        raise PlaceError(
            f"unknown place {shown(place)}: {done} has no entry {shown(first)}.",
            f"its entries are numbered 0 to {last}." if last >= 0 else "it is empty.",
        )
    done = place[: len(place) - len(rest) - 1]
    raise PlaceError(f"unknown place {shown(place)}: nothing is below {done}.", f"set {done} itself.")


def _measure(
    place: str, rest: str, stated: AbstractMapping[str, Node], shape: Table, names: Names
) -> tuple[Step, str, Shape | None, Node | None]:
    key, left = _longest(place, rest, (stated, names.chain_of))
    chain = names.chain_of.get(key)
    if key in stated or chain is None:
        return key, left, shape.value, stated.get(key)
    label = key[len(chain) + 1 :]
    return Level(chain, label), left, LEVEL, _value(_value(stated.get(chain), "levels"), label)


def _value(node: Node | None, key: str) -> Node | None:
    return node.values.get(key) if isinstance(node, Mapping) else None


def _longest(place: str, rest: str, known: tuple[Collection[str], ...], *, open_: bool = False) -> tuple[str, str]:
    """Return the longest beginning of `rest` that is a known key, and what is left; any key if `open_`."""
    words = rest.split(".")
    for count in range(len(words), 0, -1):
        key = ".".join(words[:count])
        if any(key in keys for keys in known):
            return key, rest[len(key) + 1 :]
    if open_:
        return words[0], rest[len(words[0]) + 1 :]
    done = place[: len(place) - len(rest)].rstrip(".")
    keys = list(dict.fromkeys(key for some in known for key in some))
    close = nearest(rest, keys) or nearest(words[0], keys)
    raise PlaceError(
        f"unknown place {shown(place)}: {done or 'a case'} has no {shown(words[0])}.",
        f"did you mean '{close}'?" if close else f"there is: {listed(keys, 'nothing')}.",
    )


def lay_over(case: Node, names: Names, place: str, value: Node) -> Node:
    """Return a case with a value put at a place.

    Raises
    ------
    PlaceError
        If there is no such place, or nothing may be set there.
    """
    steps = resolve(place, case, names)
    if steps[0] in _FIXED:
        raise PlaceError(f"'{steps[0]}' cannot be set.", "set what it is about.")
    if steps[0] == "measures" and len(steps) > 1 and isinstance(case, Mapping):
        measures = case.values["measures"]
        assert isinstance(measures, Mapping)
        case = tree.with_value(case, case.keys["measures"], _prepared(measures, steps))
        if isinstance(steps[1], Level):
            if len(steps) == 2:
                raise PlaceError(f"the level '{place}' cannot be set as a whole.", "set one of its numbers.")
            steps = ("measures", steps[1].chain, "levels", steps[1].label, *steps[2:])
    return _put(case, steps, value)


def _put(node: Node | None, steps: tuple[Step, ...], value: Node) -> Node:
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int):
        assert isinstance(node, Sequence)
        return tree.with_item(node, step, _put(node.items[step], rest, value))
    assert isinstance(step, str)
    mapping = node if isinstance(node, Mapping) else Mapping({}, {}, value.path, value.line, value.column)
    key = mapping.keys.get(step) or Scalar(step, False, value.path, value.line, value.column)
    return tree.with_value(mapping, key, _put(mapping.values.get(step), rest, value))


def _prepared(measures: Mapping, steps: tuple[Step, ...]) -> Mapping:
    """Return the measures so that a number of a graded one is stated where the setting will put it, and only there."""
    target = steps[1]
    chain = target.chain if isinstance(target, Level) else str(target)
    measure = measures.values.get(chain)
    levels = _value(measure, "levels")
    if not isinstance(measure, Mapping) or levels is None or tree.is_null(levels) or len(steps) < 3:
        return measures
    field = str(steps[2])
    if field not in GRADED:
        if not isinstance(target, Level):
            return measures
        measure = _with_increments(measure, None, ())
    elif isinstance(target, Level):
        measure = _with_increments(measure, field, steps[3:])
    else:
        measure = _without_increments(measure, field, steps[3:])
    return tree.with_value(measures, measures.keys[chain], measure)


def _with_increments(measure: Mapping, field: str | None, below: tuple[Step, ...]) -> Mapping:
    """Return a graded measure with the totals below a place turned into the increments that they stand for."""
    levels = measure.values["levels"]
    labels = [label.text for label in level_labels(levels)]
    if not isinstance(levels, Mapping):
        levels = Mapping(
            {label.text: label for label in level_labels(levels)},
            {label.text: Mapping({}, {}, label.path, label.line, label.column) for label in level_labels(levels)},
            levels.path,
            levels.line,
            levels.column,
        )
    result = measure
    totals = measure.values.get(field) if field else None
    if field and isinstance(totals, Mapping):
        kept: Node = totals
        for way, total in _leaves(totals, tuple(str(step) for step in below), field == "effects"):
            kept = _drop(kept, way)
            for label, share in zip(labels, shares(labels), strict=True):
                increment = _scaled(total, share)
                levels = _put(levels, (label, field, *way), increment)
        result = tree.with_value(result, result.keys[field], kept)
    return tree.with_value(result, result.keys["levels"], levels)


def _without_increments(measure: Mapping, field: str, below: tuple[Step, ...]) -> Mapping:
    """Return a graded measure without the increments that a new total takes the place of."""
    levels = measure.values["levels"]
    if not isinstance(levels, Mapping):
        return measure
    way = (field, *(str(step) for step in below))
    values = {label: _drop(node, way) for label, node in levels.values.items()}
    return tree.with_value(
        measure, measure.keys["levels"], Mapping(levels.keys, values, levels.path, levels.line, levels.column)
    )


def _leaves(totals: Mapping, below: tuple[str, ...], nested: bool) -> list[tuple[tuple[str, ...], Node]]:
    depth = 2 if nested else 1
    found: list[tuple[tuple[str, ...], Node]] = []
    for key, node in totals.values.items():
        if depth == 2 and isinstance(node, Mapping):
            found += [((key, *way), leaf) for way, leaf in _leaves(node, (), False)]
        elif depth == 1:
            found.append(((key,), node))
    return [(way, leaf) for way, leaf in found if way[: len(below)] == below[: len(way)]]


def _drop(node: Node, way: tuple[str, ...]) -> Node:
    if not isinstance(node, Mapping) or way[0] not in node.values:
        return node
    if len(way) == 1:
        return tree.without(node, way[0])
    return tree.with_value(node, node.keys[way[0]], _drop(node.values[way[0]], way[1:]))


def _scaled(total: Node, share: float) -> Node:
    if isinstance(total, Sequence):
        items = [_scaled(item, share) for item in total.items]
        return Sequence(items, total.path, total.line, total.column)
    value = scalar_value(total) if isinstance(total, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return total
    scaled = from_plain(value * share, total.path)
    scaled.line, scaled.column = total.line, total.column
    return scaled
