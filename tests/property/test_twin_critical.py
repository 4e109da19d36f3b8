"""Critical values and derivatives agree with judging the changed case anew, on random cases with every feature (§8)."""

from __future__ import annotations

from random import Random

import pytest

from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.critical_numbers import CriticalNumber
from detente.analysis.roadmap.critical_places import NumberKind
from detente.case import Case
from tests.oracle.critical import holds_at, margins_at
from tests.oracle.random_cases import random_case, random_durations, random_roadmap

PER_BLOCK = 25
BLOCKS = range(8)
LONG_BLOCKS = range(8, 60)
MEASURES = (1, 2, 2, 3, 3, 3, 4, 4, 5, 6)
PARTIES = (1, 2, 2, 3, 3, 4)
BESIDE = 1e-7
"""How far beside a crossing, relative above 1, the verdict is asked."""
STEP = 1e-6
"""Step of difference quotients."""

Durations = tuple[int, ...] | None


def claimed(number: CriticalNumber, x: float, *, holds: bool) -> bool:
    """The verdict at a value, by the crossings."""
    if not number.crossings:
        return holds
    verdict = number.crossings[0].holds_below
    for crossing in number.crossings:
        edge = crossing.at
        if number.kind is NumberKind.WHOLE:  # the first whole number with the other verdict, as seen from now
            edge += -0.5 if crossing.at > number.now else 0.5
        if x > edge:
            verdict = crossing.holds_above
    return verdict


class Twin:
    """One number of one case, judged literally."""

    def __init__(self, case: Case, stages: list[list[str]], durations: Durations, number: CriticalNumber) -> None:
        self.number = number
        self._args = (case, stages, durations, number.number.place)

    def margins(self, x: float) -> dict[tuple[int, str, str], float]:
        margins = margins_at(*self._args, x)
        assert margins is not None
        return margins

    def check(self, x: float, *, want: bool, what: str) -> None:
        got = holds_at(*self._args, x)
        crossings = [(c.at, c.holds_above, c.is_jump) for c in self.number.crossings]
        assert got is want, (self.number.number.place, what, x, self.number.now, crossings)

    def check_crossings(self) -> None:
        number = self.number
        ends = [number.low, *(crossing.at for crossing in number.crossings), number.high]
        for place, crossing in enumerate(number.crossings, start=1):
            gap = min(crossing.at - ends[place - 1], ends[place + 1] - crossing.at)
            step = min(BESIDE * max(1.0, abs(crossing.at)), gap / 2)
            if step > 1e-9:
                self.check(crossing.at - step, want=crossing.holds_below, what="just below")
                self.check(crossing.at + step, want=crossing.holds_above, what="just above")

    def check_between(self, random: Random, *, holds: bool) -> None:
        number = self.number
        for _ in range(4):
            if number.kind is NumberKind.VALUE:
                reach = random.choice((1, 3, 10, 100))
                x = min(max(number.now + random.uniform(-reach, reach), number.low), number.high)
            elif number.kind is NumberKind.HAZARD:
                x = random.random() ** 2
            else:
                x = 1.0 - 10.0 ** random.uniform(-3.5, -0.01)
            if all(abs(x - c.at) > STEP * max(1.0, abs(c.at)) for c in number.crossings):
                self.check(x, want=claimed(number, x, holds=holds), what="between")

    def check_whole(self, *, holds: bool) -> None:
        for x in range(int(self.number.low), int(self.number.high) + 1):
            self.check(float(x), want=claimed(self.number, x, holds=holds), what="whole")

    def check_derivatives(self) -> int:
        """Compare with difference quotients wherever these are no kinks; return how many were compared."""
        number, compared = self.number, 0
        told = {(d.stage, d.check.value, d.party): d for d in number.derivatives}
        here = self.margins(number.now)
        for side, sign in (("below", -1.0), ("above", 1.0)):
            near, far = number.now + sign * STEP, number.now + 2.0 * sign * STEP
            if not number.low <= min(near, far) <= max(near, far) <= number.high:
                continue
            first, second = self.margins(near), self.margins(far)
            for row, margin in here.items():
                derivative = told.get(row)
                if derivative is not None and derivative.jumps:
                    continue
                quotient, further = (first[row] - margin) / (sign * STEP), (second[row] - first[row]) / (sign * STEP)
                bend = abs(quotient - further)
                tolerance = 1e-3 * max(1.0, abs(quotient))
                if number.kind is NumberKind.VALUE and bend > tolerance:
                    continue  # a kink or a jump within the step
                got = 0.0 if derivative is None else getattr(derivative, side)
                assert got == pytest.approx(quotient, abs=tolerance + 3.0 * bend), (number.number.place, row, side)
                compared += 1
        return compared


def examined(seed: int) -> tuple[Case, list[list[str]], Durations, CriticalValues]:
    random = Random(seed)  # noqa: S311
    n_measures, n_parties = random.choice(MEASURES), random.choice(PARTIES)
    case = random_case(seed, n_measures=n_measures, n_parties=n_parties, generous=random.choice((None, 8.0)))
    stages = [list(stage) for stage in random_roadmap(case, seed)]
    durations = random_durations(case, random_roadmap(case, seed), seed)
    return case, stages, durations, find_critical_values(case, stages, durations=durations, longest=12)


def compare(seed: int) -> tuple[int, int]:
    """Compare some numbers of a random case; return how many crossings and derivatives."""
    random = Random(f"numbers {seed}")  # noqa: S311
    case, stages, durations, found = examined(seed)
    numbers = list(found.numbers)
    random.shuffle(numbers)
    numbers.sort(key=lambda number: -len(number.crossings))
    crossings = derivatives = 0
    for number in {id(n): n for n in numbers[:4] + random.sample(numbers, min(4, len(numbers)))}.values():
        twin = Twin(case, stages, durations, number)
        crossings += len(number.crossings)
        if number.kind is NumberKind.WHOLE:
            twin.check_whole(holds=found.evaluation.holds)
            continue
        twin.check_crossings()
        twin.check_between(random, holds=found.evaluation.holds)
        derivatives += twin.check_derivatives()
    return crossings, derivatives


def compare_block(block: int) -> None:
    crossings = derivatives = 0
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        try:
            counted = compare(seed)
        except AssertionError as difference:
            difference.add_note(f"seed {seed}")
            raise
        crossings, derivatives = crossings + counted[0], derivatives + counted[1]
    assert crossings > 50
    assert derivatives > 1000


@pytest.mark.parametrize("block", BLOCKS)
def test_critical_values_are_the_twins(block: int) -> None:
    compare_block(block)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_critical_values_are_the_twins_in_many_more(block: int) -> None:
    compare_block(block)
