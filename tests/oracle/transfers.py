"""Payments, counterparts and guarantees (§8), literally: further measures of the case, every deviation valued.

Each is put into the case with an amount of 1 and of 2.  Every deviation of every party at every check is then worth a
straight line in the amounts, and what is left is to find the least amounts at which none of the lines pays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

import numpy as np
from scipy.optimize import linprog

from detente.case import Case, Direction, Measure
from tests.oracle.evaluation import (
    Stages,
    after_values,
    best_deviation,
    deviation_value,
    leaving_value,
    step_deviations,
    steps,
)
from tests.oracle.system import System

HOLDS = 1e-9
Line = tuple[float, np.ndarray]
"""A margin as a function of the amounts: what it is at no amount at all, and what a unit of each adds."""


@dataclass(frozen=True, kw_only=True)
class Gift:
    """A payment or a counterpart: who gives, who is given, with which stage (from 1)."""

    giver: str
    receiver: str
    stage: int
    lasts: bool
    rate: float

    def measure(self, number: int, amount: float, discount: float) -> Measure:
        """The measure that it is, with an amount."""
        if self.lasts:
            value = {self.receiver: amount, self.giver: -self.rate * amount}
            return Measure(id=f"gift{number}", name="", owners=(self.giver,), value=value)
        return Measure(
            id=f"gift{number}",
            name="",
            owners=(self.giver,),
            value={self.receiver: amount * (1.0 - discount)},
            cost={self.giver: amount * self.rate},
            direction=Direction.FORWARD,
        )


def with_gifts(
    case: Case, stages: Stages, durations: Sequence[int] | None, gifts: Sequence[Gift], amounts: Sequence[float]
) -> tuple[Case, list[list[str]], list[int] | None]:
    """The case and the roadmap with gifts of some amounts; those after the last stage have a stage of their own."""
    system = System(case)
    made = [g.measure(n, a, system.discount[g.receiver]) for n, (g, a) in enumerate(zip(gifts, amounts, strict=True))]
    extended = [list(stage) for stage in stages]
    lengths = None if durations is None else list(durations)
    changed = replace(case, measures=(*case.measures, *made))
    if any(gift.stage > len(stages) for gift in gifts):
        extended.append([])
    for gift, measure in zip(gifts, made, strict=True):
        extended[gift.stage - 1].append(measure.id)
    if lengths is not None and len(extended) > len(stages):
        before = frozenset(case.status_quo).union(*(frozenset(stage) for stage in extended[:-1]))
        lengths.append(System(changed).least_duration(before, extended[-1]))
    return changed, extended, lengths


def margins(case: Case, stages: Stages, durations: Sequence[int] | None) -> Iterator[float]:
    """The margin of every party at every check against every single deviation, in a fixed order."""
    system = System(case)
    path = steps(system, stages, durations)
    for i in system.parties:
        after = after_values(system, path, i, system.hazard)
        for step in path:
            for check in ("before", "after", "end"):
                if check == "end" and step is not path[-1]:
                    continue
                comply = after[-1] if check == "end" else after[step.number - 1]
                if check == "before":
                    comply -= system.cost(i, step.taking)
                for deviation in step_deviations(system, step, check, i):
                    yield comply - deviation_value(system, i, deviation, system.hazard)


def lines(case: Case, stages: Stages, durations: Sequence[int] | None, gifts: Sequence[Gift]) -> list[Line]:
    """The margin against every deviation as a line in the amounts, from amounts of 1 and of 2."""

    def at(amounts: Sequence[float]) -> np.ndarray:
        return np.array(list(margins(*with_gifts(case, stages, durations, gifts, amounts))))

    ones = [1.0] * len(gifts)
    first = at(ones)
    slopes = [at([2.0 if k == n else 1.0 for k in range(len(gifts))]) - first for n in range(len(gifts))]
    gain = np.array(slopes).reshape(len(gifts), first.size).T
    return list(zip(first - gain.sum(axis=1), gain, strict=True))


def least(
    case: Case,
    stages: Stages,
    durations: Sequence[int] | None,
    gifts: Sequence[Gift],
    weights: Sequence[float],
) -> float | None:
    """The least weighted total of amounts of just these gifts at which every margin holds; None if there is none."""
    found = lines(case, stages, durations, gifts)
    if not gifts:
        return 0.0 if all(start >= -HOLDS for start, _ in found) else None
    answer = linprog(
        weights,
        A_ub=-np.array([gain for _, gain in found]),
        b_ub=[start + HOLDS / 10.0 for start, _ in found],
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    assert answer.status in (0, 2), answer.message
    return None if answer.fun is None else float(answer.fun)


def every_choice(groups: Sequence[tuple[Gift, ...]]) -> Iterator[tuple[Gift, ...]]:
    """Every set of groups of gifts, each all or nothing."""
    for size in range(len(groups) + 1):
        for chosen in combinations(groups, size):
            yield tuple(chain.from_iterable(chosen))


def expected_cost(case: Case, stages: Stages, durations: Sequence[int] | None, gift: Gift) -> float:
    """What a unit costs its giver, at the start and as far as the process lasts."""
    system = System(case)
    path = steps(system, stages, durations)
    gamma = system.discount[gift.giver] * (1.0 - system.hazard)
    elapsed = sum(step.periods for step in path[: gift.stage - 1])
    return gift.rate * gamma**elapsed * (1.0 / (1.0 - gamma) if gift.lasts else 1.0)


def least_of_all(
    case: Case,
    stages: Stages,
    durations: Sequence[int] | None,
    groups: Sequence[tuple[Gift, ...]],
    *,
    by_amount: bool = False,
) -> float | None:
    """The least cost, or the least total of amounts, over every choice of groups of gifts."""
    best: float | None = None
    for gifts in every_choice(groups):
        weights = [1.0 if by_amount else expected_cost(case, stages, durations, gift) for gift in gifts]
        found = least(case, stages, durations, gifts, weights)
        if found is not None and (best is None or found < best):
            best = found
    return best


def payments_from(case: Case, stages: Stages, first: int, receivers: Sequence[str]) -> list[tuple[Gift, ...]]:
    """Everything that can be paid to some from the stage `first` on, by payer and stage."""
    return [
        tuple(Gift(giver=i.id, receiver=j, stage=k, lasts=False, rate=1.0) for j in receivers if j != i.id)
        for k in range(first, len(stages) + 2)
        for i in case.parties
        if set(receivers) != {i.id}
    ]


def counterparts_at(case: Case, stages: Iterable[int], rate: float, receivers: Sequence[str]) -> list[tuple[Gift, ...]]:
    """Every counterpart of some stages to some, by giver and stage."""
    return [
        tuple(Gift(giver=i.id, receiver=j, stage=k, lasts=True, rate=rate) for j in receivers if j != i.id)
        for k in stages
        for i in case.parties
        if set(receivers) != {i.id}
    ]


def least_counterpart(
    case: Case, stages: Stages, durations: Sequence[int] | None, tempted: Sequence[str], rate: float
) -> float | None:
    """The least worth in all of one counterpart, of any giver who is not tempted, from any stage on."""
    found = []
    for giver in (party.id for party in case.parties if party.id not in tempted):
        for stage in range(1, len(stages) + 1):
            gifts = [Gift(giver=giver, receiver=i, stage=stage, lasts=True, rate=rate) for i in tempted]
            found.append(least(case, stages, durations, gifts, [1.0] * len(gifts)))
    return min((amount for amount in found if amount is not None), default=None)


def guaranteed(
    case: Case, stages: Stages, guarantor: str, stage: int, deterred: str, amount: float
) -> tuple[Case, list[list[str]]]:
    """The case and the roadmap with one party's promise to punish another."""
    promise = Measure(id="promise", name="", owners=(guarantor,), deters={deterred: amount})
    extended = [[*taken, "promise"] if k == stage else list(taken) for k, taken in enumerate(stages, start=1)]
    return replace(case, measures=(*case.measures, promise)), extended


def least_punishment(
    case: Case, stages: Stages, durations: Sequence[int] | None, guarantor: str, deterred: str
) -> float | None:
    """The least punishment with which a promise of one party, from any stage on, mends everything."""
    found = []
    for stage in range(1, len(stages) + 1):

        def at(amount: float, stage: int = stage) -> np.ndarray:
            return np.array(list(margins(*guaranteed(case, stages, guarantor, stage, deterred, amount), durations)))

        slope = at(2.0) - at(1.0)
        start = at(1.0) - slope
        short = start < -HOLDS
        if (slope[short] > 1e-12).all():
            found.append(float((-start[short] / slope[short]).max(initial=0.0)))
    return min(found, default=None)


def stake(case: Case, stages: Stages, durations: Sequence[int] | None, guarantor: str, deterred: str) -> float:
    """What a party loses at least if another breaks the process where it is tempted, by its best deviation there."""
    system = System(case)
    path = steps(system, stages, durations)
    own = after_values(system, path, deterred, system.hazard)
    theirs = after_values(system, path, guarantor, system.hazard)
    lost = []
    for step in path:
        for check in ("before", "after", *(["end"] if step is path[-1] else [])):
            at = -1 if check == "end" else step.number - 1
            comply, complied = own[at], theirs[at]
            if check == "before":
                comply -= system.cost(deterred, step.taking)
                complied -= system.cost(guarantor, step.taking)
            among = list(step_deviations(system, step, check, deterred))
            chosen, worth = best_deviation(system, deterred, among, system.hazard)
            if comply - max(worth, leaving_value(system, step, check, deterred)) < -HOLDS:
                lost.append(complied - system.broken(guarantor, chosen.state, by_i=False))
    return min(lost)
