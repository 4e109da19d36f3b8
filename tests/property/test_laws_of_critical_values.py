"""Laws of critical values: units, sums of derivatives, totals and their parts, and no number twice."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.critical_numbers import CriticalNumber
from detente.analysis.roadmap.critical_places import TOTAL_HAZARD, NumberKind
from detente.case import Case, Measure, Quantity, Range, point
from tests.oracle.random_cases import random_case, random_roadmap

SEEDS = range(40)
NEAR = 1e-7
FACTOR = 4.0
"""A power of two, so that scaling is exact."""

Row = tuple[int, str, str]


def found(case: Case, seed: int, *, with_times: bool = False) -> CriticalValues:
    stages = [list(stage) for stage in random_roadmap(case, seed)]
    return find_critical_values(case, stages, with_times=with_times, longest=8)


def drawn(seed: int) -> Case:
    return random_case(seed, n_measures=4, n_parties=3, generous=8.0)


def above(number: CriticalNumber) -> dict[Row, float]:
    return {(d.stage, d.check.value, d.party): d.above or 0.0 for d in number.derivatives if not d.jumps}


def has_kink(result: CriticalValues) -> set[Row]:
    """Rows with a derivative from below that differs from the one from above, or that jump."""
    kinks = set()
    for number in result.numbers:
        for d in number.derivatives:
            bends = (
                d.below is not None and d.above is not None and abs(d.below - d.above) > 1e-9 * max(1.0, abs(d.below))
            )
            if d.jumps or bends:
                kinks.add((d.stage, d.check.value, d.party))
    return kinks


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_times_their_derivatives_add_up_to_the_margin(seed: int) -> None:
    # A margin is homogeneous of degree one in a party's values, costs and punishments together (weights of interests
    # multiply effects that are counted already).
    result = found(drawn(seed), seed)
    kinks = has_kink(result)
    sums: dict[Row, float] = {}
    for number in result.numbers:
        if number.kind is NumberKind.VALUE and not number.number.place.startswith("interests."):
            for row, derivative in above(number).items():
                sums[row] = sums.get(row, 0.0) + number.now * derivative
    for check in result.evaluation.rows:
        key = (check.stage, check.check.value, check.party)
        if key not in kinks:
            assert sums.get(key, 0.0) == pytest.approx(check.margin, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_weight_moves_margins_as_the_effects_behind_it_do(seed: int) -> None:
    result = found(drawn(seed), seed)
    kinks = has_kink(result)
    for weight in (n for n in result.numbers if n.number.place.startswith("interests.")):
        _, interest, _, party = weight.number.place.split(".")
        sums: dict[Row, float] = {}
        for number in result.numbers:
            if number.number.place.endswith(f".effects.{interest}.{party}"):
                for row, derivative in above(number).items():
                    sums[row] = sums.get(row, 0.0) + number.now * derivative
        for row, derivative in above(weight).items():
            if row not in kinks:
                assert weight.now * derivative == pytest.approx(sums.get(row, 0.0), rel=1e-6, abs=1e-6)


def scaled(quantity: Quantity) -> Quantity:
    if isinstance(quantity, Range):
        return Range(low=quantity.low * FACTOR, mode=quantity.mode * FACTOR, high=quantity.high * FACTOR)
    return quantity * FACTOR


def in_other_units(case: Case) -> Case:
    """Everybody's values, costs and punishments in units a quarter as large."""

    def table(numbers: dict[str, Quantity]) -> dict[str, Quantity]:
        return {party: scaled(number) for party, number in numbers.items()}

    def measure(m: Measure) -> Measure:
        return replace(
            m,
            value=table(dict(m.value)),
            cost=table(dict(m.cost)),
            undo_cost=table(dict(m.undo_cost)),
            deters=table(dict(m.deters)),
        )

    return replace(
        case,
        parties=tuple(replace(p, breakdown=scaled(p.breakdown)) for p in case.parties),
        interests=tuple(replace(i, weight=table(dict(i.weight))) for i in case.interests),
        measures=tuple(measure(m) for m in case.measures),
        terms=tuple(replace(t, value=scaled(t.value)) for t in case.terms),
    )


def real(number: CriticalNumber) -> list[float]:
    """Crossings that are no rounding and not so close to the ends that the tolerance decides."""
    return sorted(c.at for c in number.tips if number.kind is NumberKind.VALUE or 1e-2 < c.at < 1.0 - 1e-3)


@pytest.mark.parametrize("seed", SEEDS)
def test_units_of_value_leave_crossings_of_discounts_and_hazards_where_they_are(seed: int) -> None:
    case = drawn(seed)
    one, other = found(case, seed), found(in_other_units(case), seed)
    places = {n.number.place: n for n in other.numbers}
    for number in one.numbers:
        if number.kind in {NumberKind.DISCOUNT, NumberKind.HAZARD}:
            there = places.get(number.number.place)
            assert real(number) == pytest.approx([] if there is None else real(there), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_cross_at_as_many_times_the_value_in_other_units(seed: int) -> None:
    case = drawn(seed)
    one, other = found(case, seed), found(in_other_units(case), seed)
    places = {n.number.place: n for n in other.numbers}
    for number in one.numbers:
        # Effects are the same in any unit: their interests' weights are not.
        if number.kind is NumberKind.VALUE and ".effects." not in number.number.place:
            there = places[number.number.place]
            assert [FACTOR * x for x in real(number)] == pytest.approx(real(there), rel=1e-6, abs=1e-6)


def total_hazard(result: CriticalValues) -> list[float]:
    """Where the total hazard crosses; nowhere if no margin depends on it."""
    return [c.at for n in result.numbers if n.number.place == TOTAL_HAZARD for c in n.crossings]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_partys_hazard_crosses_where_the_total_does(seed: int) -> None:
    case = drawn(seed)
    result = found(case, seed)
    total = total_hazard(result)
    for party in case.parties:
        number = next((n for n in result.numbers if n.number.place == f"parties.{party.id}.hazard"), None)
        if number is None:
            continue
        others = (1.0 - result.evaluation.hazard) / (1.0 - point(party.hazard))
        reached = [1.0 - others * (1.0 - crossing.at) for crossing in number.crossings]
        assert reached == pytest.approx([c for c in total if c >= 1.0 - others], abs=NEAR)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_crossing_above_the_total_hazard_is_the_critical_hazard(seed: int) -> None:
    result = found(drawn(seed), seed)
    higher = [at for at in total_hazard(result) if at > result.evaluation.hazard]
    if result.evaluation.holds and higher:
        assert result.evaluation.critical_hazard == pytest.approx(higher[0], abs=NEAR)
    else:
        assert result.evaluation.critical_hazard is None


@pytest.mark.parametrize("seed", range(12))
def test_verdicts_alternate_and_agree_with_the_case_as_it_stands(seed: int) -> None:
    result = found(drawn(seed), seed, with_times=True)
    for number in result.numbers:
        sides = [(c.holds_below, c.holds_above) for c in number.crossings]
        assert all(below is not above for below, above in sides)
        assert all(one[1] is other[0] for one, other in pairwise(sides))
        below = [c for c in number.crossings if c.at < number.now]
        if number.kind is not NumberKind.WHOLE and below and below[-1].at < number.now - NEAR:
            assert below[-1].holds_above is result.evaluation.holds


@pytest.mark.parametrize("seed", range(12))
def test_leaving_out_derivatives_and_times_changes_no_crossing(seed: int) -> None:
    case = drawn(seed)
    stages = [list(stage) for stage in random_roadmap(case, seed)]
    whole = find_critical_values(case, stages, longest=8)
    quick = find_critical_values(case, stages, with_times=False, with_derivatives=False)
    for number in whole.numbers:
        if number.kind is not NumberKind.WHOLE:
            assert [c.at for c in quick.number(number.number.place).crossings] == [c.at for c in number.crossings]
    assert all(not number.derivatives for number in quick.numbers)
