"""How two states compare for every value in the ranges that a case states (§3, §11 of the model).

A weight that stands in both states cancels, so what counts is the least and the greatest difference between two states
over all values in the ranges, each number the same in both.  Numbers are independent of each other; only the weight of
an interest multiplies several effects at once, and its product with their sum is greatest and least at corners.  So the
bounds are exact, and all sums are of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.case import Case, Condition, Quantity, Range, Tiers, Weights
from detente.conflict.states import holds_in
from detente.errors import LimitError
from detente.kernel.system import BoolArray, IntArray

SignArray = NDArray[np.int8]


class Span(NamedTuple):
    """The least and the greatest that a number can be."""

    low: Fraction
    high: Fraction


_AT_ONCE = 11
"""Ranges looked up in one table."""
_ZERO = Span(Fraction(0), Fraction(0))


def span_of(quantity: Quantity) -> Span:
    """Return the ends of a number of the case file exactly."""
    if isinstance(quantity, Range):
        return Span(Fraction(str(quantity.low)), Fraction(str(quantity.high)))
    return Span(Fraction(str(quantity)), Fraction(str(quantity)))


@dataclass(frozen=True, kw_only=True)
class _Layer:
    """A sum over measures in force and terms satisfied; `products` are a weight times a sum over measures."""

    weights: Sequence[Span]
    terms: Sequence[tuple[Condition, Span]]
    products: Sequence[tuple[Span, Sequence[Span]]] = ()


def _with_effect(direct: Span, weight: Fraction, effect: Span) -> Span:
    """Add a weight times an effect to a number, both independent of it."""
    ends = (weight * effect.low, weight * effect.high)
    return Span(direct.low + min(ends), direct.high + max(ends))


def _of_values(case: Case, party: str) -> _Layer:
    direct = [span_of(measure.value.get(party, 0.0)) for measure in case.measures]
    products = []
    for interest in case.interests:
        weight = span_of(interest.weight.get(party, 0.0))
        effects = [span_of(measure.effects.get(interest.id, {}).get(party, 0.0)) for measure in case.measures]
        if weight.low == weight.high:
            direct = [_with_effect(one, weight.low, effect) for one, effect in zip(direct, effects, strict=True)]
        else:
            products.append((weight, effects))
    terms = [(term.when, span_of(term.value)) for term in case.terms if term.party == party]
    return _Layer(weights=direct, terms=terms, products=products)


def _layers(case: Case, party: str) -> list[_Layer] | None:
    """Return the sums by which a party compares states, the first that differs deciding; None if it only ranks them."""
    match case.preferences.get(party):
        case None:
            return [_of_values(case, party)]
        case Weights(weights=weights):
            return [_Layer(weights=[span_of(weights[measure.id]) for measure in case.measures], terms=())]
        case Tiers(tiers=tiers):
            nothing = [_ZERO] * len(case.measures)
            return [
                _Layer(weights=nothing, terms=[(counted.when, span_of(counted.weight)) for counted in tier])
                for tier in tiers
            ]
    return None


def _common_scale(party: str, layer: _Layer) -> tuple[int, list[int], list[int]]:
    """Return the scale that makes everything whole, and for each product the scales of its weight and its effects."""
    of_weights = [lcm(*(bound.denominator for bound in weight)) for weight, _ in layer.products]
    of_effects = [lcm(*(bound.denominator for span in effects for bound in span)) for _, effects in layer.products]
    spans = [*layer.weights, *(span for _, span in layer.terms)]
    scale = lcm(
        *(bound.denominator for span in spans for bound in span),
        *(one * other for one, other in zip(of_weights, of_effects, strict=True)),
    )
    largest = sum(max(abs(bound) for bound in span) for span in spans)
    for weight, effects in layer.products:
        largest += max(map(abs, weight)) * sum(max(map(abs, effect)) for effect in effects)
    if largest * scale * 8 >= 1 << 62:
        raise LimitError(
            f"the numbers of party '{party}' have too many digits to be compared exactly over their ranges; round them"
        )
    return scale, of_weights, of_effects


class _Gains:
    """What going from one state to another adds to a sum, at least and at most, as whole numbers of 1/(2 scale).

    With c the middle and r the reach of each range, the bounds of Σ_{t∖s} − Σ_{s∖t} are C(t) − C(s) ∓ R(s ⊕ t).
    """

    def __init__(self, spans: Sequence[tuple[Span, BoolArray]], scale: int, n_states: int) -> None:
        self._middle = np.zeros(n_states, dtype=np.int64)
        for span, counts in spans:
            self._middle += counts * int((span.low + span.high) * scale)
        ranged = [(int((span.high - span.low) * scale), counts) for span, counts in spans if span.low != span.high]
        self._parts: list[tuple[IntArray, IntArray]] = []
        for first in range(0, len(ranged), _AT_ONCE):
            pattern = np.zeros(n_states, dtype=np.int64)
            reach = np.zeros(1, dtype=np.int64)
            for bit, (width, counts) in enumerate(ranged[first : first + _AT_ONCE]):
                pattern |= counts.astype(np.int64) << bit
                reach = np.concatenate([reach, reach + width])
            self._parts.append((pattern, reach))

    def row(self, state: int) -> tuple[IntArray, IntArray]:
        """Return the bounds of the gain of going from a state to each other, (F,) each."""
        middle = self._middle - self._middle[state]
        if not self._parts:
            return middle, middle
        reach = sum(reach[pattern ^ pattern[state]] for pattern, reach in self._parts)
        return middle - reach, middle + reach


def _rows(case: Case, party: str, layer: _Layer, masks: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield for each state the least and the greatest gain of going from it to each other, (F,) each."""
    scale, of_weights, of_effects = _common_scale(party, layer)
    column = {measure.id: index for index, measure in enumerate(case.measures)}
    taken = [np.asarray((masks >> index & 1) != 0) for index in range(len(case.measures))]

    def over_measures(spans: Sequence[Span]) -> list[tuple[Span, BoolArray]]:
        return [(span, counts) for span, counts in zip(spans, taken, strict=True) if span != _ZERO]

    terms = [(span, holds_in(condition, column, masks)) for condition, span in layer.terms]
    direct = _Gains([*over_measures(layer.weights), *terms], scale, masks.size)
    products = [
        ([int(bound * one) for bound in weight], _Gains(over_measures(effects), other, masks.size), one * other)
        for (weight, effects), one, other in zip(layer.products, of_weights, of_effects, strict=True)
    ]
    for state in range(masks.size):
        least, most = direct.row(state)
        for weights, effects, unit in products:
            sums = effects.row(state)
            corners = [total * (bound * (scale // unit)) for bound in weights for total in sums]
            least = least + np.minimum.reduce(corners)
            most = most + np.maximum.reduce(corners)
        yield least, most


def has_ranges(case: Case, party: str) -> bool:
    """Tell whether any number by which a party compares states is a range."""
    return any(
        span.low != span.high
        for layer in _layers(case, party) or ()
        for span in (
            *layer.weights,
            *(span for _, span in layer.terms),
            *(span for weight, effects in layer.products for span in (weight, *effects)),
        )
    )


def sign_rows(case: Case, party: str, masks: IntArray) -> Iterator[tuple[SignArray, SignArray]]:
    """Yield for each state how a party compares it with all, for all values in the ranges stated.

    Yields
    ------
    low, high : SignArray
        Shape (F,): the least and the greatest sign, −1, 0 or 1, of the gain of going from it to each other.

    Raises
    ------
    LimitError
        If the numbers have too many digits to be compared exactly.
    """
    layers = _layers(case, party)
    assert layers is not None  # a party that ranks states outright has no ranges
    for rows in zip(*(_rows(case, party, layer, masks) for layer in layers), strict=True):
        low = high = np.zeros(masks.size, dtype=np.int8)
        for least, most in rows:
            low = np.where(low == 0, np.sign(least), low).astype(np.int8)
            high = np.where(high == 0, np.sign(most), high).astype(np.int8)
        yield low, high
