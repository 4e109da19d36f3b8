"""How each party ranks the states (§3 of the model): one whole number per state, the greater the better, ties equal.

Values are added as exact fractions of what the case file says, so that 0.1 + 0.2 ties with 0.3.  Only where they cannot
be written as whole multiples of one fraction within 62 bits are they rounded, to one part in 10¹⁵ of the largest, and
the caller is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

import numpy as np

from detente.case import Case, Condition, Quantity, Ranking, Ranks, Statements, Tiers, Weights, point
from detente.conflict.states import bit_of, holds_in
from detente.kernel.conflict import Int32Array
from detente.kernel.system import FloatArray, IntArray

_MOST_SCALED = 1 << 62
_STATEMENTS_AT_ONCE = 30
_ROUNDED_TO = 10**15


class Scores(NamedTuple):
    """What states are worth, (F,): `values` times `unit`; exactly so unless they had to be rounded."""

    values: IntArray
    unit: Fraction
    is_exact: bool


def exactly(quantity: Quantity) -> Fraction:
    """Return a number of the case file as the fraction that its decimal digits say."""
    return Fraction(str(point(quantity)))


def exact_weights(case: Case, party: str) -> dict[str, Fraction]:
    """Return w_i(m) of §3 exactly; unstated counts as 0."""
    weight = {i.id: exactly(i.weight[party]) for i in case.interests if party in i.weight}
    worths = {}
    for measure in case.measures:
        worth = exactly(measure.value.get(party, 0.0))
        for interest, effect in measure.effects.items():
            if party in effect:
                worth += weight.get(interest, Fraction(0)) * exactly(effect[party])
        worths[measure.id] = worth
    return worths


def _to_whole(numbers: Sequence[Fraction]) -> tuple[list[int], Fraction, bool]:
    """Scale fractions to whole numbers whose sums fit into 62 bits; return their unit and whether that is exact."""
    scale = lcm(*(number.denominator for number in numbers)) if numbers else 1
    whole = [int(number * scale) for number in numbers]
    divisor = gcd(*whole) or 1
    whole = [number // divisor for number in whole]
    if sum(abs(number) for number in whole) < _MOST_SCALED:
        return whole, Fraction(divisor, scale), True
    unit = max(abs(number) for number in numbers) / _ROUNDED_TO
    return [round(number / unit) for number in numbers], unit, False


def to_ranks(values: IntArray | FloatArray) -> Int32Array:
    """Turn values (F,) into whole numbers of 32 bits in the same order, ties kept."""
    if values.size and np.issubdtype(values.dtype, np.integer):
        lowest, highest = int(values.min()), int(values.max())
        if highest - lowest < 1 << 31:
            return np.asarray(values - lowest, dtype=np.int32)
    return np.asarray(np.unique(values, return_inverse=True)[1], dtype=np.int32).reshape(values.shape)


def add_bits(weights: Sequence[int], masks: IntArray) -> IntArray:
    """Add the weights of the bits of each mask, a table of eleven bits at a time."""
    total = np.zeros(masks.shape, dtype=np.int64)
    for low in range(0, len(weights), 11):
        part = weights[low : low + 11]
        table = np.zeros(1, dtype=np.int64)
        for weight in part:
            table = np.concatenate([table, table + weight])
        total += table[(masks >> low) & (table.size - 1)]
    return total


def add_values(
    weights: Sequence[Fraction], terms: Sequence[tuple[Condition, Fraction]], column: Mapping[str, int], masks: IntArray
) -> Scores:
    """Return for each state the sum of what is in force in it and of the terms that it satisfies."""
    whole, unit, is_exact = _to_whole([*weights, *(value for _, value in terms)])
    values = add_bits(whole[: len(weights)], masks)
    for (condition, _), value in zip(terms, whole[len(weights) :], strict=True):
        values += value * holds_in(condition, column, masks)
    return Scores(values, unit, is_exact)


def scores_of_ranks(ranks: Ranks) -> Scores:
    """Return the ranks of states as scores; ranks are not added, so only very unequal ones are ever rounded."""
    whole, unit, is_exact = _to_whole([exactly(rank) for rank in ranks.ranks])
    return Scores(np.array(whole, dtype=np.int64), unit, is_exact)


def score_party(case: Case, party: str, masks: IntArray) -> Scores | None:
    """Return what the feasible states are worth to a party, where differences mean something.

    Returns
    -------
    Scores or None
        Values, weights, weighted statements or ranks; None for statements in order of priority and for rankings.
    """
    column = {measure.id: index for index, measure in enumerate(case.measures)}
    match case.preferences.get(party):
        case None:
            worths = exact_weights(case, party)
            weights = [worths[measure.id] for measure in case.measures]
            terms = [(term.when, exactly(term.value)) for term in case.terms if term.party == party]
            return add_values(weights, terms, column, masks)
        case Weights(weights=stated):
            return add_values([exactly(stated[measure.id]) for measure in case.measures], (), column, masks)
        case Tiers(tiers=(tier,)):
            return add_values([], [(counted.when, exactly(counted.weight)) for counted in tier], column, masks)
        case Ranks() as ranks:
            return scores_of_ranks(ranks)
    return None


def rank_by_statements(statements: Sequence[Condition], column: Mapping[str, int], masks: IntArray) -> Int32Array:
    """Rank states by the first statement, then the second, and so on: the lexicographic order of their truth values."""
    ranks = np.zeros(masks.shape, dtype=np.int64)
    for first in range(0, len(statements), _STATEMENTS_AT_ONCE):
        for statement in statements[first : first + _STATEMENTS_AT_ONCE]:
            ranks = 2 * ranks + holds_in(statement, column, masks)
        ranks = to_ranks(ranks).astype(np.int64)
    return ranks.astype(np.int32)


def rank_by_tiers(tiers: Tiers, column: Mapping[str, int], masks: IntArray) -> tuple[Int32Array, bool]:
    """Rank states by the sum of the first group of statements, then of the second, and so on.

    Returns
    -------
    ranks : Int32Array
        Shape (F,).
    is_exact : bool
        False if a sum had to be rounded.
    """
    ranks = np.zeros(masks.shape, dtype=np.int64)
    all_exact = True
    for tier in tiers.tiers:
        terms = [(counted.when, exactly(counted.weight)) for counted in tier]
        sums, _, is_exact = add_values([], terms, column, masks)
        places, within = np.unique(sums, return_inverse=True)
        ranks = np.unique(ranks * places.size + within, return_inverse=True)[1].astype(np.int64)
        all_exact &= is_exact
    return ranks.astype(np.int32), all_exact


def rank_states_outright(preference: Ranking | Ranks, states: Sequence[str]) -> Int32Array:
    """Rank the states of a graph, given by their names in order, as a party lists them."""
    if isinstance(preference, Ranks):
        return to_ranks(np.array(preference.ranks, dtype=np.float64))
    last = len(preference.places)
    rank = {name: last - place for place, tied in enumerate(preference.places) for state in tied for name in state}
    return np.array([rank[state] for state in states], dtype=np.int32)


def rank_by_places(ranking: Ranking, column: Mapping[str, int], masks: IntArray) -> Int32Array:
    """Rank states by their places, the first the best."""
    ranks = np.zeros(masks.shape, dtype=np.int32)
    for place, tied in enumerate(ranking.places):
        for state in tied:
            mask = np.int64(0)
            for measure in state:
                mask |= bit_of(column[measure])
            ranks[np.searchsorted(masks, mask)] = len(ranking.places) - place
    return ranks


def rank_party(case: Case, party: str, masks: IntArray) -> tuple[Int32Array, bool]:
    """Rank the feasible states as a party does: by its ordinal preference if it has one, else by values.

    Returns
    -------
    ranks : Int32Array
        Shape (F,).
    is_exact : bool
        False if values had to be rounded.
    """
    column = {measure.id: index for index, measure in enumerate(case.measures)}
    match case.preferences.get(party):
        case Statements(statements=statements):
            return rank_by_statements(statements, column, masks), True
        case Tiers() as tiers:
            return rank_by_tiers(tiers, column, masks)
        case Ranking() as ranking:
            return rank_by_places(ranking, column, masks), True
        case Ranks(ranks=ranks):
            return to_ranks(np.array(ranks, dtype=np.float64)), True
    scores = score_party(case, party, masks)
    assert scores is not None  # of the rest, all have differences
    return to_ranks(scores.values), scores.is_exact
