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

from detente.case import Case, Condition, Quantity, Range, Ranking, Ranks, Statements, Tiers, Weights
from detente.conflict.ranks import add_bits, rank_party
from detente.conflict.states import holds_in
from detente.errors import LimitError
from detente.kernel.system import BoolArray, IntArray

SignArray = NDArray[np.int8]


class Span(NamedTuple):
    """The least and the greatest that a number can be."""

    low: Fraction
    high: Fraction

    def __mul__(self, other: object) -> Span:
        if not isinstance(other, Span):
            return NotImplemented
        corners = [a * b for a in self for b in other]
        return Span(min(corners), max(corners))

    def __add__(self, other: object) -> Span:
        if not isinstance(other, Span):
            return NotImplemented
        return Span(self.low + other.low, self.high + other.high)


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


def _of_values(case: Case, party: str) -> _Layer:
    direct = [span_of(measure.value.get(party, 0.0)) for measure in case.measures]
    products = []
    for interest in case.interests:
        weight = span_of(interest.weight.get(party, 0.0))
        effects = [span_of(measure.effects.get(interest.id, {}).get(party, 0.0)) for measure in case.measures]
        if weight.low == weight.high:
            direct = [one + weight * effect for one, effect in zip(direct, effects, strict=True)]
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
        case Statements() | Ranking() | Ranks():
            return None
    raise AssertionError("every kind of preference is told apart")


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
    if largest * scale * 4 >= 1 << 62:
        raise LimitError(
            f"the numbers of party '{party}' have too many digits to be compared exactly over their ranges; round them"
        )
    return scale, of_weights, of_effects


def _rows(case: Case, party: str, layer: _Layer, masks: IntArray) -> Iterator[tuple[IntArray, IntArray]]:
    """Yield for each state the least and the greatest gain of going from it to each other, (F,) each."""
    scale, of_weights, of_effects = _common_scale(party, layer)
    column = {measure.id: index for index, measure in enumerate(case.measures)}

    def ends(spans: Sequence[Span], scale: int) -> tuple[list[int], list[int]]:
        return [int(span.low * scale) for span in spans], [int(span.high * scale) for span in spans]

    def gains(low: list[int], high: list[int], gained: IntArray, lost: IntArray) -> tuple[IntArray, IntArray]:
        return add_bits(low, gained) - add_bits(high, lost), add_bits(high, gained) - add_bits(low, lost)

    direct = ends(layer.weights, scale)
    holds = [holds_in(condition, column, masks).astype(np.int8) for condition, _ in layer.terms]
    of_terms = list(zip(*ends([span for _, span in layer.terms], scale), strict=True))
    products = [
        ([int(bound * one) for bound in weight], ends(effects, other), scale // (one * other))
        for (weight, effects), one, other in zip(layer.products, of_weights, of_effects, strict=True)
    ]
    for state, mask in enumerate(masks):
        gained, lost = masks & ~mask, ~masks & mask
        least, most = gains(*direct, gained, lost)
        for weights, effects, factor in products:
            sums = gains(*effects, gained, lost)
            corners = [bound * total * factor for bound in weights for total in sums]
            least = least + np.minimum.reduce(corners)
            most = most + np.maximum.reduce(corners)
        for satisfied, (low, high) in zip(holds, of_terms, strict=True):
            change = satisfied - satisfied[state]
            least = least + np.where(change > 0, low, np.where(change < 0, -high, 0))
            most = most + np.where(change > 0, high, np.where(change < 0, -low, 0))
        yield least, most


def sign_bounds(case: Case, party: str, masks: IntArray) -> tuple[SignArray, SignArray]:
    """Return how a party compares states for all values in the ranges stated.

    Returns
    -------
    low, high : SignArray
        Shape (F, F): the least and the greatest sign, −1, 0 or 1, of the gain of going from the first state to the
        second.

    Raises
    ------
    LimitError
        If the numbers have too many digits to be compared exactly.
    """
    layers = _layers(case, party)
    if layers is None:
        rank = rank_party(case, party, masks)[0]
        sign = np.sign(rank[None, :].astype(np.int64) - rank[:, None]).astype(np.int8)
        return sign, sign
    low = np.zeros((masks.size, masks.size), dtype=np.int8)
    high = np.zeros((masks.size, masks.size), dtype=np.int8)
    for layer in layers:
        for state, (least, most) in enumerate(_rows(case, party, layer, masks)):
            low[state] = np.where(low[state] == 0, np.sign(least), low[state])
            high[state] = np.where(high[state] == 0, np.sign(most), high[state])
    return low, high


def is_certain(low: SignArray, high: SignArray) -> BoolArray:
    """Tell which pairs compare the same way, better, worse or equal, for all values."""
    return np.asarray(low == high)
