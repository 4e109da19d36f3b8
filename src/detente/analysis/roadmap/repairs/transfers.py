"""Plans of payments and counterparts: which instruments there are, the least of them that mend, and their measures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.analysis.roadmap.repairs.ground import Further, Ground, further_measure
from detente.analysis.words import join_words
from detente.case import point
from detente.display.prose import format_short
from detente.kernel.least_transfers import Amounts, find_least, round_amounts
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.kernel.transfers import Demands, Instruments, expected_costs, list_demands

Rates = Mapping[tuple[str, str], float]
"""By giver and receiver, what a unit to the receiver costs the giver, in the giver's own units."""

DIGITS = 4
"""Amounts are rounded to so many digits of the largest, and to more where everything holds only then."""

MOST_DIGITS = 8
"""Where that does not do either, amounts are left as they were found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Instruments of one kind: payments or counterparts, at some stages (counted from 0), at some rate."""

    stages: tuple[int, ...]
    lasts: bool
    rate: Callable[[str, str], float]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan:
    """What is given by whom to whom, and when, so that a roadmap holds, or comes nearest to holding."""

    ground: Ground
    instruments: Instruments
    demands: Demands
    weights: FloatArray
    found: Amounts

    @property
    def cost(self) -> float:
        """What the plan costs its givers, expected present value at the start."""
        values = self.ground.values
        return float(expected_costs(values.system, values.durations, self.instruments) @ self.found.amounts)

    def used(self) -> IntArray:
        """Return the instruments that are given, by giver, receiver and stage."""
        given = np.flatnonzero(self.found.amounts > 0.0)
        of = self.instruments
        order = np.lexsort((of.stage[given], of.receiver[given], of.giver[given], of.lasts[given]))
        return np.asarray(given[order])


def instruments_of(
    ground: Ground, kinds: Sequence[Kind], *, givers: Sequence[int], receivers: Sequence[int]
) -> Instruments:
    """Return every instrument of some kinds between some parties."""
    found = [
        (giver, receiver, stage, kind.lasts, kind.rate(ground.parties[giver], ground.parties[receiver]))
        for kind in kinds
        for stage in kind.stages
        for giver in givers
        for receiver in receivers
        if giver != receiver
    ]
    columns = list(zip(*found, strict=True)) if found else [(), (), (), (), ()]
    return Instruments(
        giver=np.array(columns[0], dtype=np.int64),
        receiver=np.array(columns[1], dtype=np.int64),
        stage=np.array(columns[2], dtype=np.int64),
        lasts=np.array(columns[3], dtype=np.bool_),
        rate=np.array(columns[4], dtype=np.float64),
    )


class Search:
    """The demands of one set of instruments on one ground, to be asked for plans."""

    def __init__(self, ground: Ground, instruments: Instruments, *, by_amount: bool = False) -> None:
        values = ground.values
        self._ground = ground
        self.instruments = instruments
        self.demands = list_demands(values.system, values.durations, ground.temptations, instruments)
        self._weights = expected_costs(values.system, values.durations, instruments)
        if by_amount:
            self._weights = np.ones(len(instruments))

    def least(self, allowed: BoolArray | None = None) -> Plan | None:
        """Return the plan of least cost that mends everything, of the instruments allowed; None if none does."""
        if self.has_hopeless(allowed):
            return None
        found = find_least(self.instruments, self.demands, self._weights, allowed=allowed)
        return None if found is None else self._plan(found)

    def nearest(self) -> Plan:
        """Return a plan that leaves the least unmended: shortfalls per period, those of all checks together."""
        values = self._ground.values
        parties = np.array([self._ground.temptations[number].party for number in self.demands.check], dtype=np.int64)
        patience = 1.0 - values.system.discount[parties]
        found = find_least(self.instruments, self.demands, self._weights, lacking=patience)
        assert found is not None, "nothing given leaves everything as it was"
        return self._plan(found)

    def has_hopeless(self, allowed: BoolArray | None = None) -> bool:
        """Tell whether some demand is not met and no instrument can help it."""
        gain = self.demands.gain if allowed is None else self.demands.gain[:, allowed]
        short = (self.demands.margin < 0.0) & ~self.demands.is_conditional
        return bool((gain[short].max(axis=1, initial=0.0) <= 0.0).any())

    def _plan(self, found: Amounts) -> Plan:
        return Plan(
            ground=self._ground,
            instruments=self.instruments,
            demands=self.demands,
            weights=self._weights,
            found=found,
        )


def rounded_amounts(plan: Plan) -> Iterator[tuple[FloatArray, float | None]]:
    """Yield amounts on finer and finer grids with which everything still holds; last, those found, without a grid."""
    largest = float(plan.found.amounts.max(initial=0.0))
    if largest > 0.0 and not plan.found.shortfalls.any():
        for digits in range(DIGITS, MOST_DIGITS + 1):
            grid = 10.0 ** (math.floor(math.log10(largest)) + 1 - digits)
            rounded = round_amounts(plan.demands, plan.weights, plan.found.amounts, grid)
            if rounded is not None:
                yield rounded, grid
    yield plan.found.amounts, None


def measures_of(plan: Plan, amounts: FloatArray) -> tuple[Further, ...]:
    """Return the measures of the case that some amounts stand for: payments one by one, counterparts by giver."""
    given = [index for index in plan.used().tolist() if amounts[index] > 0.0]
    payments = [index for index in given if not plan.instruments.lasts[index]]
    lasting = [index for index in given if plan.instruments.lasts[index]]
    return (*_payments(plan, amounts, payments), *_counterparts(plan, amounts, lasting))


def _payments(plan: Plan, amounts: FloatArray, given: Sequence[int]) -> Iterator[Further]:
    of, ground = plan.instruments, plan.ground
    places = [(int(of.receiver[index]), int(of.stage[index])) for index in given]
    for index, (receiver, stage) in zip(given, places, strict=True):
        giver, amount = int(of.giver[index]), float(amounts[index])
        party = ground.parties[receiver]
        name = f"payment-{party}-{stage}"
        if places.count((receiver, stage)) > 1:
            name += f"-{ground.parties[giver]}"
        discount = point(ground.evaluation.case.party(party).discount or 0.0)
        yield Further(
            measure=further_measure(
                ground,
                measure=name,
                name=f"Payment of {ground.name(giver)} to {ground.name(receiver)}, {_when(stage)}",
                giver=giver,
                value={receiver: amount * (1.0 - discount)},
                cost=amount * float(of.rate[index]),
                reversible=False,
            ),
            stage=stage,
        )


def _when(stage: int) -> str:
    return f"once stage {stage} is verified" if stage else "with the first stage"


def _counterparts(plan: Plan, amounts: FloatArray, given: Sequence[int]) -> Iterator[Further]:
    of, ground = plan.instruments, plan.ground
    places = list(dict.fromkeys((int(of.giver[index]), int(of.stage[index])) for index in given))
    for giver, stage in places:
        own = [index for index in given if (int(of.giver[index]), int(of.stage[index])) == (giver, stage)]
        value = {int(of.receiver[index]): float(amounts[index]) for index in own}
        name = f"counterpart-{ground.parties[giver]}"
        if sum(giver == other for other, _ in places) > 1:
            name += f"-{stage + 1}"
        receivers = join_words(ground.name(receiver) for receiver in sorted(value))
        yield Further(
            measure=further_measure(
                ground,
                measure=name,
                name=f"Counterpart of {ground.name(giver)} to {receivers}",
                giver=giver,
                value={**value, giver: -sum(float(amounts[index] * of.rate[index]) for index in own)},
            ),
            stage=stage,
        )


def tell_payments(plan: Plan, amounts: FloatArray) -> str:
    """Say who pays whom how much when: “China pays Russia 3 once stage 1 is verified; …”."""
    of, ground = plan.instruments, plan.ground
    told: dict[tuple[int, int], list[str]] = {}
    for index in plan.used().tolist():
        if not of.lasts[index] and amounts[index] > 0.0:
            words = f"{format_amount(float(amounts[index]))} {_when(int(of.stage[index]))}"
            told.setdefault((int(of.giver[index]), int(of.receiver[index])), []).append(words)
    return "; ".join(
        f"{ground.name(giver)} pays {ground.name(receiver)} {join_words(words)}"
        for (giver, receiver), words in told.items()
    )


def tell_counterparts(plan: Plan, amounts: FloatArray) -> str:
    """Say who does what for whom from which stage on, and what it costs."""
    of, ground = plan.instruments, plan.ground
    unit = ground.evaluation.case.period or "period"
    told = []
    places = [(index, int(of.giver[index]), int(of.stage[index])) for index in plan.used().tolist() if of.lasts[index]]
    for giver, stage in dict.fromkeys((giver, stage) for _, giver, stage in places):
        own = [index for index, g, s in places if (g, s) == (giver, stage) and amounts[index] > 0.0]
        worth = join_words(
            f"{format_amount(float(amounts[index]))} a {unit} to {ground.name(int(of.receiver[index]))}"
            for index in own
        )
        spent = format_short(sum(float(amounts[index] * of.rate[index]) for index in own))
        told.append(
            f"{ground.name(giver)} adds, with stage {stage + 1}, something that it can take back and that is worth "
            f"{worth} at {spent} a {unit} to itself"
        )
    return "; ".join(told)


def format_amount(amount: float) -> str:
    """Write an amount with up to eight digits and no needless zeros: enough to read what a grid left of it."""
    return f"{amount:.{MOST_DIGITS}g}"


def tell_rounding(plan: Plan, grid: float | None) -> Iterator[str]:
    """Say how the amounts of a plan were rounded; nothing of a plan that leaves something unmended."""
    if grid is not None:
        yield f"The amounts are rounded to {grid:g} so that every check still holds."
    elif not plan.found.shortfalls.any():
        yield "The amounts are as they were found: rounded, not every check would hold."
