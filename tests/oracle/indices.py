"""What mediators look at (decision 0015), literally: sums over sets of measures, one party and one stage at a time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from detente.case import Case, is_satisfied
from tests.oracle.design import Candidate, candidates
from tests.oracle.evaluation import Stages, Step, after_values, required_trust, steps
from tests.oracle.system import State, System, stated, subsets

NOTHING = 1e-12
"""Amounts no larger count as nothing given or got."""
GAINS = 1e-9
"""A roadmap gains a party more than this, or nothing."""
Entry = dict[str, Any]  # as JSON: numbers, words and nothing fixed below


def changes(system: System, step: Step, i: str) -> list[float]:
    """What a stage changes for a party, cause by cause: each measure, each term whose truth changes, own costs."""
    found = [system.weight[i, m] for m in step.taking]
    for term in system.case.terms:
        if term.party == i:
            truth = [is_satisfied(term.when, state) for state in (step.prev, step.state)]
            found.append((truth[1] - truth[0]) * stated(term.value))
    found.append(-(1.0 - system.discount[i]) * system.cost(i, step.taking))
    return found


def timing(system: System, path: Sequence[Step], i: str) -> Entry:
    """When a party gives and gets: means of the starts of stages, weighted by what they take and bring."""
    starts, start = [], 0
    for step in path:
        starts.append(start)
        start += step.periods
    gives = [sum(-c for c in changes(system, step, i) if c < 0) for step in path]
    gets = [sum(c for c in changes(system, step, i) if c > 0) for step in path]

    def mean(amounts: list[float]) -> float | None:
        if sum(amounts) <= NOTHING:
            return None
        return sum(a * t for a, t in zip(amounts, starts, strict=True)) / sum(amounts)

    gives_at, gets_at = mean(gives), mean(gets)
    index = None
    if gives_at is not None and gets_at is not None:
        index = 0.0 if starts[-1] == 0 else (gets_at - gives_at) / starts[-1]
    flows = [system.value(i, step.state) - system.value(i, system.status_quo) for step in path]
    return {
        "id": i,
        "gives": sum(gives),
        "gets": sum(gets),
        "gives_at": gives_at,
        "gets_at": gets_at,
        "front_loading": index,
        "order_cost": sum(
            (1.0 - system.discount[i] ** t) * (b - a) for a, b, t in zip(gives, gets, starts, strict=True)
        ),
        "worst": min(flows),
    }


def worth_at_start(system: System, path: Sequence[Step], i: str, last: int, then: float) -> float:
    """Present value at the start of doing stages 1 … last and having `then` right after the last of them is taken."""
    total, elapsed, delta = 0.0, 0, system.discount[i]
    for step in path[:last]:
        total -= delta**elapsed * system.cost(i, step.taking)
        if step.number < last:
            total += sum(delta ** (elapsed + t) * system.value(i, step.state) for t in range(step.periods))
            elapsed += step.periods
    return total + delta**elapsed * then


def fixed(system: System, state: State, i: str) -> State:
    """S₀, i's own irreversible measures of a state, and all that these require."""
    kept = set(system.status_quo)
    waiting = [m for m in state - system.status_quo if i in system.owners(m) and not system.is_reversible(m)]
    while waiting:
        m = waiting.pop()
        if m not in kept:
            kept.add(m)
            waiting.extend(system.measure[m].requires)
    return frozenset(kept)


def standing(system: System, path: Sequence[Step], k: int, i: str) -> Entry:
    """How a party stands right after stage k: hold-up, outside option, and what it can do to others."""
    patience, step = 1.0 - system.discount[i], path[k - 1]
    after = after_values(system, path, i, system.hazard)
    going_on, stopped = after[k - 1], system.broken(i, step.state, by_i=False)
    never = system.value(i, system.status_quo) / patience
    left = worth_at_start(system, path, i, k, stopped)
    kept = worth_at_start(system, path, i, k, going_on)
    risk, _ = required_trust(kept, never, left)
    costs = sum(system.cost(i, s.taking) for s in path[:k])
    gain = patience * (after[0] - system.cost(i, path[0].taking)) - system.value(i, system.status_quo)
    outside = patience * system.broken(i, step.state, by_i=True)
    shift = outside - patience * system.broken(i, step.prev, by_i=True)
    own = [m for m in system.ordered(step.state) if system.may_end_alone(i, m) and system.may_be_ended(step.state, m)]
    ends = [system.ended(step.state, undone) for undone in subsets(own)]
    return {
        "stage": k,
        "party": i,
        "sunk": patience * costs + system.value(i, system.status_quo) - system.value(i, fixed(system, step.state, i)),
        "stake": patience * (going_on - stopped),
        "loss": patience * (never - left),
        "hold_up": risk,
        "outside": outside,
        "shift": shift,
        "shift_share": shift / gain if gain > GAINS else None,
        "inflicts": {
            j: max(system.value(j, step.state) - system.value(j, end) for end in ends) for j in system.parties if j != i
        },
    }


def indices(case: Case, stages: Stages, durations: Sequence[int] | None) -> Entry:
    """Timing of every party, and its standing after every stage."""
    system = System(case)
    path = steps(system, stages, durations)
    return {
        "parties": [timing(system, path, i) for i in system.parties],
        "stages": [standing(system, path, k, i) for k in range(1, len(path) + 1) for i in system.parties],
    }


# Order


def relation(candidate: Candidate, one: str, other: str) -> str:
    """How one measure stands to another in a roadmap."""
    stage = {m: number for number, taken in enumerate(candidate.stages) for m in taken}
    return "before" if stage[one] < stage[other] else "after" if stage[one] > stage[other] else "same"


def demanded(case: Case, goal: Sequence[str]) -> set[tuple[str, str, bool]] | None:
    """(first, second, strictly) such that no roadmap to the goal holds otherwise, by trying all; None if none holds."""
    held = [candidate for candidate in candidates(case, list(goal)) if candidate.holds]
    if not held:
        return None
    found = set()
    for one, other in permutations(goal, 2):
        seen = {relation(candidate, one, other) for candidate in held}
        if seen == {"before"}:
            found.add((one, other, True))
        elif "after" not in seen:
            found.add((one, other, False))
    return found


def has_cycle(goal: Sequence[str], demands: set[tuple[str, str, bool]]) -> bool:
    """Whether no assignment of stages to measures meets every demand, by trying all."""

    def extend(placed: dict[str, int]) -> bool:
        left = [m for m in goal if m not in placed]
        if not left:
            return all(placed[a] < placed[b] if strict else placed[a] <= placed[b] for a, b, strict in demands)
        return any(extend({**placed, left[0]: stage}) for stage in range(len(goal)))

    return not extend({})


# Levers


def taken_with(system: System, state: State, m: str) -> State | None:
    """The state after m and all it needs, `after` included, are taken; None if that cannot be."""
    needed, before = {m}, set[str]()
    while needed != before:
        before = set(needed)
        needed |= {n for x in before if x not in state for n in (*system.measure[x].requires, *system.measure[x].after)}
    added = needed - state
    for x in added:
        measure = system.measure[x]
        if measure.direction.value == "backward":
            return None
        if measure.forum is not None:
            forum = system.forum[measure.forum]
            if len(forum.members) + forum.others < forum.quota:
                return None
    then = state | added
    return then if system.is_feasible(then) else None


def ended_with(system: System, state: State, m: str) -> State | None:
    """The state after m of the status quo and what requires it end; None if that cannot be."""
    lapsing = system.dependents(state, m)
    if not system.is_reversible(m) or any(not system.is_reversible(d) or d in system.status_quo for d in lapsing):
        return None
    then = state - {m} - lapsing
    return then if system.is_feasible(then) else None


def lever(case: Case, stages: Stages, m: str) -> Entry | None:
    """What using a measure that no stage mentions would do; None if it is no lever."""
    system = System(case)
    start = system.status_quo
    end = start | {x for stage in stages for x in stage}
    move = ended_with if m in start else taken_with
    effects: list[dict[str, float] | None] = []
    states = []
    for state in (start, end):
        then = move(system, state, m)
        states.append(then)
        effects.append(
            None if then is None else {i: system.value(i, then) - system.value(i, state) for i in system.parties}
        )
    if effects == [None, None]:
        return None
    return {
        "measure": m,
        "use": "undo" if m in start else "take",
        "at_start": effects[0],
        "at_end": effects[1],
        "state": states[0],
    }
