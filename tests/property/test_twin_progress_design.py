"""Designs from what is in force agree with trying every order of stages, valued literally (decision 11)."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from detente import design_progress
from detente.analysis.result import Status
from tests.oracle import progress as twin
from tests.oracle.agreement import NUMBERS
from tests.oracle.evaluation import HOLDS, steps
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.oracle.system import State, System, subsets

SEEDS = range(60)
LONG_SEEDS = range(60, 400)


def orders(left: State) -> Iterator[list[list[str]]]:
    """Every sequence of stages that takes all of these."""
    if not left:
        yield []
    for stage in subsets(sorted(left)):
        if stage:
            yield from ([sorted(stage), *others] for others in orders(left - stage))


def verifying(system: System, state: State, case_progress: dict[str, int], at: int) -> int:
    """Periods until everything in force is verified: each period of takings is a stage on what came before (§5)."""
    ends = [at]
    for period in set(case_progress.values()):
        before = system.status_quo | {m for m, t in case_progress.items() if t < period}
        ends.append(period + system.least_duration(before, [m for m, t in case_progress.items() if t == period]))
    return max(ends) - at


def compare(seed: int) -> None:
    random = Random(f"design from now {seed}")  # noqa: S311
    case = random_case(seed, n_measures=random.choice((2, 3, 4)), n_parties=random.choice((1, 2, 3)), generous=6.0)
    stages = random_roadmap(case, seed)
    lengths = [step.periods for step in steps(System(case), stages, random_durations(case, stages, seed))]
    case, at = twin.random_progress(case, stages, lengths, seed)
    system = System(case)
    now, past = twin.in_force_at(case, at), twin.ever_taken(case, at)
    free = [m for m in system.measures if m not in now and system.measure[m].direction.value != "backward"]
    if not free:
        return
    goal = frozenset(random.sample(free, random.randint(1, len(free))))
    taken = {m: twin.latest_taken(case, m, at) for m in now - system.status_quo}
    wait = verifying(system, now, taken, at)
    best = None
    for order in orders(goal):
        if is_illegal(system, now, past, order):
            continue
        way = twin.onward(case, now, wait, order, None)
        values = [row for row, _ in twin.rows(way)]
        if any(row["margin"] < -HOLDS or row["none_suffices"] for row in values):
            continue
        trust = max((row["required_trust"] for row in values if row["required_trust"] is not None), default=0.0)
        best = trust if best is None else min(best, trust)
    found = design_progress(case, at=at, goal=sorted(goal))
    note = f"seed {seed}, goal {sorted(goal)}, at {at}"
    assert found.waiting == wait, note
    assert found.in_force == tuple(system.ordered(now - system.status_quo)), note
    if best is None:
        assert found.status is Status.NONE, note
        return
    assert found.status is Status.OPTIMAL, note
    assert found.value == pytest.approx(best, rel=NUMBERS, abs=NUMBERS), note
    assert found.evaluation is not None
    assert found.evaluation.holds
    assert found.evaluation.trust == pytest.approx(best, rel=NUMBERS, abs=NUMBERS)


def is_illegal(system: System, start: State, past: State, order: list[list[str]]) -> bool:
    state = start
    if not system.is_feasible(start):
        return True
    for stage in order:
        if any(not set(system.measure[m].after) <= state | past for m in stage):
            return True
        state |= frozenset(stage)
        if not system.is_feasible(state):
            return True
    return False


@pytest.mark.parametrize("seed", SEEDS)
def test_the_best_way_on_is_the_best_of_all_orders(seed: int) -> None:
    compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_the_best_way_on_is_the_best_of_all_orders_in_many_more(seed: int) -> None:
    compare(seed)
