"""Roadmap evaluation (§5–§7 of the model), literally: every deviation is listed and valued one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from detente.case import Case
from tests.oracle.system import STRICTLY, State, System, subsets

HOLDS = 1e-9
"""Tolerance of margins (§6) and of the two comparisons of §7."""
Entry = dict[str, Any]  # as JSON: numbers, words, lists and nothing fixed below
Stages = Sequence[Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One way of not complying (§6), with all that its value depends on except the hazard."""

    withhold: State
    undo: State
    leave: bool
    state: State
    """X, the state then; of leaving, the state left."""
    once: float
    """What it costs at once: −c_i(A_k ∩ X) − undo_i(R)."""
    periods: int
    """L; 0 for leaving."""
    found_out: float
    """Bi_i(X), or what leaving openly is worth."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of a roadmap: S_{k−1}, A_k, S_k and d_k; the end is a step without d_k."""

    number: int
    prev: State
    taking: State
    state: State
    periods: int


def steps(system: System, stages: Stages, durations: Sequence[int] | None) -> list[Step]:
    """§5: the stages with their states and lengths; an illegal roadmap is an error (§2)."""
    found: list[Step] = []
    prev = system.status_quo
    if not stages:
        raise ValueError("a roadmap needs a stage")
    for number, stage in enumerate(stages, start=1):
        taking = frozenset(stage)
        if why := illegal(system, prev, taking):
            raise ValueError(f"stage {number}: {why}")
        if len(taking) != len(stage):
            raise ValueError(f"stage {number}: repeats a measure")
        least = system.least_duration(prev, taking)
        periods = least if durations is None else durations[number - 1]
        if periods < least:
            raise ValueError(f"stage {number}: {periods} periods, at least {least} are needed")
        state = prev | taking
        found.append(Step(number=number, prev=prev, taking=taking, state=state, periods=periods))
        prev = state
    return found


def illegal(system: System, prev: State, taking: State) -> str:
    """§2 and the list of errors: why these measures cannot be taken now; empty if they can."""
    if not taking:
        return "is empty"
    if taking & prev:
        return "takes what is in force"
    if any(system.measure[m].direction.value == "backward" for m in taking):
        return "takes what can only be given up"
    if any(not set(system.measure[m].after) <= prev for m in taking):
        return "breaks the order"
    if not system.is_feasible(prev | taking):
        return "is infeasible"
    return ""


# §5: values


def hold(system: System, i: str, state: State, periods: int, then: float, hazard: float) -> float:
    """hold_i(S, n, C) of §5."""
    delta = system.discount[i]
    gamma = delta * (1.0 - hazard)
    flow = system.value(i, state) + delta * hazard * system.broken(i, state, by_i=False)
    return flow * (1.0 - gamma**periods) / (1.0 - gamma) + gamma**periods * then


def forever(system: System, i: str, state: State, hazard: float) -> float:
    """V_i(K+1) of §5."""
    delta = system.discount[i]
    flow = system.value(i, state) + delta * hazard * system.broken(i, state, by_i=False)
    return flow / (1.0 - delta * (1.0 - hazard))


def after_values(system: System, path: Sequence[Step], i: str, hazard: float) -> list[float]:
    """after_i(1), …, after_i(K) of §5 and, last, V_i(K+1)."""
    values = [forever(system, i, path[-1].state, hazard)]
    following = values[0]
    for step in reversed(path):
        after = hold(system, i, step.state, step.periods, following, hazard)
        values.insert(0, after)
        following = after - system.cost(i, step.taking)
    return values


# §6: temptation


def step_deviations(system: System, step: Step, check: str, i: str) -> Iterator[Deviation]:
    """Every deviation of party i at one check (§6): leaving first, then every (W, R) ≠ ∅."""
    start = step.prev if check == "before" else step.state
    new = step.taking if check == "before" else frozenset()
    leaving = leaving_value(system, step, check, i)
    yield Deviation(
        withhold=frozenset(),
        undo=frozenset(),
        leave=True,
        state=start,
        once=0.0,
        periods=0,
        found_out=leaving,
    )
    own_new = [m for m in system.ordered(new) if system.may_withhold(i, m)]
    own_old = [m for m in system.ordered(start) if system.may_end_alone(i, m) and system.may_be_ended(start, m)]
    for withhold in subsets(own_new):
        for undo in subsets(own_old):
            if not withhold and not undo:
                continue
            state = system.taken(system.ended(start, undo), new - withhold)
            missing = step.state - state
            noticed = min(system.lag(m, state) for m in missing)
            if check != "end":
                noticed = min(noticed, step.periods)
            yield Deviation(
                withhold=withhold,
                undo=undo,
                leave=False,
                state=state,
                once=-system.cost(i, new & state) - system.undo_cost(i, undo),
                periods=noticed,
                found_out=system.broken(i, state, by_i=True),
            )


def leaving_value(system: System, step: Step, check: str, i: str) -> float:
    """§6: what leaving openly is worth there; before the first stage nothing has begun that could break."""
    if check != "before":
        return system.broken(i, step.state, by_i=True)
    if step.prev == system.status_quo:
        return system.value(i, system.status_quo) / (1.0 - system.discount[i])
    return system.broken(i, step.prev, by_i=True)


def deviation_value(system: System, i: str, deviation: Deviation, hazard: float) -> float:
    """§6: −c_i(A_k ∩ X) − undo_i(R) + hold_i(X, L, Bi_i(X)); of leaving, what it is worth."""
    if deviation.leave:
        return deviation.found_out
    held = hold(system, i, deviation.state, deviation.periods, deviation.found_out, hazard)
    return deviation.once + held


def preference(system: System, deviation: Deviation) -> tuple[object, ...]:
    """Order among deviations that tie (§6): leaving, fewest measures, most of them withheld, declared order of all."""
    place = {m: index for index, m in enumerate(system.measures)}
    return (
        not deviation.leave,
        len(deviation.withhold) + len(deviation.undo),
        len(deviation.undo),
        tuple(sorted(place[m] for m in deviation.withhold | deviation.undo)),
    )


def best_deviation(system: System, i: str, among: Sequence[Deviation], hazard: float) -> tuple[Deviation, float]:
    """D_i of §6: the deviation worth most (of those that tie the first) and its worth."""
    valued = [(d, deviation_value(system, i, d, hazard)) for d in among]
    most = max(value for _, value in valued)
    tied = [d for d, value in valued if value >= most - STRICTLY]
    return min(tied, key=lambda d: preference(system, d)), most


# §7: trust


def has_part(system: System, step: Step, i: str) -> bool:
    """§7: whether the party has something to do in the stage."""
    return any(i in system.owners(m) for m in step.taking)


def betrayed_value(system: System, step: Step, i: str, hazard: float) -> float:
    """X of §7: i does its part and the others withhold all that has another owner."""
    all_costs = system.cost(i, step.taking)
    others = frozenset(m for m in step.taking if any(j != i for j in system.owners(m)))
    if not others:
        broken = system.broken(i, step.state, by_i=False)
        return hold(system, i, step.state, step.periods, broken, hazard) - all_costs
    state = system.taken(step.prev, step.taking - others)
    noticed = min(step.periods, min(system.lag(m, state) for m in others))
    broken = system.broken(i, state, by_i=False)
    return hold(system, i, state, noticed, broken, hazard) - all_costs


def required_trust(comply: float, leave: float, betrayed: float) -> tuple[float | None, bool]:
    """μ* of §7 and whether none suffices."""
    if betrayed >= leave - HOLDS:
        return 0.0, False
    if comply < leave - HOLDS:
        return None, True
    return min(1.0, (leave - betrayed) / (comply - betrayed)), False


# §6: the parts of a separable margin


def is_separable(system: System, hazard: float) -> bool:
    """§6: no terms, no requires, h = 0."""
    no_requires = all(not m.requires for m in system.case.measures)
    return not system.case.terms and no_requires and hazard == 0.0


def margin_parts(
    system: System, path: Sequence[Step], step: Step, check: str, i: str, deviation: Deviation
) -> dict[str, float]:
    """F, G, H and C of §6; of leaving before a stage, all of A_k counts as withheld and L = 0."""
    delta = system.discount[i]

    def stream(ids: State) -> float:
        return sum(system.weight[i, m] for m in system.ordered(ids)) / (1.0 - delta)

    ahead = 0.0
    if check != "end":
        elapsed = 0
        for earlier, later in zip(path[step.number - 1 :], path[step.number :], strict=False):
            elapsed += earlier.periods
            ahead += delta**elapsed * (stream(later.taking) - system.cost(i, later.taking))
    withheld = deviation.withhold
    if deviation.leave and check == "before":
        withheld = step.taking
    saved = -stream(withheld | deviation.undo)
    net = system.cost(i, withheld) - system.undo_cost(i, deviation.undo)
    lost = 0.0
    if not (deviation.leave and check == "before" and step.prev == system.status_quo):
        end, borne = system.breakdown(deviation.state)
        lost = stream(deviation.state - end) + borne[i]
        lost += (system.deterrence(i, deviation.state) - system.tension[i]) / (1.0 - delta)
    return {"F": ahead, "G": saved, "H": lost, "C": net}


# The whole entry


def evaluate(
    case: Case,
    stages: Stages,
    durations: Sequence[int] | None = None,
    parties: Sequence[str] | None = None,
    hazard: float | None = None,
) -> Entry:
    """One entry of the evaluation of a roadmap, except `critical_hazard`.

    `parties` are those whose checks count (all); `hazard` replaces the total hazard of §5.
    """
    system = System(case)
    return evaluate_system(system, stages, durations, parties, hazard)


def evaluate_system(
    system: System,
    stages: Stages,
    durations: Sequence[int] | None = None,
    parties: Sequence[str] | None = None,
    hazard: float | None = None,
) -> Entry:
    """`evaluate` for a system that is already there."""
    h = system.hazard if hazard is None else hazard
    path = steps(system, stages, durations)
    counted = [i for i in system.parties if parties is None or i in parties]
    after = {i: after_values(system, path, i, h) for i in counted}
    checks = [(step, check) for step in path for check in ("before", "after")]
    checks.append((path[-1], "end"))
    rows = [_row(system, path, step, check, i, after[i], h) for step, check in checks for i in counted]
    last = len(path)
    late = [r for r in rows if r["check"] == "end" or (r["check"], r["stage"]) == ("after", last)]
    early = [r for r in rows if r not in late]
    trusts = [r["required_trust"] for r in rows if r["required_trust"] is not None]
    least = min(r["flow_margin"] for r in rows)
    worst = next(r for r in rows if r["flow_margin"] <= least + HOLDS)  # `after` K and `end` often tie
    return {
        "holds": all(r["margin"] >= -HOLDS for r in rows),
        "trust": None if any(r["none_suffices"] for r in rows) else max(trusts, default=0.0),
        "margin": min(r["flow_margin"] for r in early),
        "end_margin": min(r["flow_margin"] for r in late),
        "critical": {key: worst[key] for key in ("stage", "check", "party")},
        "rows": rows,
    }


def _row(
    system: System,
    path: Sequence[Step],
    step: Step,
    check: str,
    i: str,
    after: Sequence[float],
    hazard: float,
) -> Entry:
    if check == "end":
        comply = after[-1]
    else:
        comply = after[step.number - 1]
        if check == "before":
            comply -= system.cost(i, step.taking)
    among = list(step_deviations(system, step, check, i))
    chosen, deviate = best_deviation(system, i, among, hazard)
    leave = leaving_value(system, step, check, i)
    betrayed, trust, none_suffices = None, None, False
    if check == "before" and has_part(system, step, i):
        betrayed = betrayed_value(system, step, i, hazard)
        trust, none_suffices = required_trust(comply, leave, betrayed)
    parts = None
    if is_separable(system, hazard):
        parts = margin_parts(system, path, step, check, i, chosen)
    return {
        "stage": step.number,
        "check": check,
        "party": i,
        "comply": comply,
        "deviate": deviate,
        "margin": comply - deviate,
        "deviation": {
            "withhold": system.ordered(chosen.withhold),
            "undo": system.ordered(chosen.undo),
            "leave": chosen.leave,
        },
        "leave_value": leave,
        "betrayed_value": betrayed,
        "required_trust": trust,
        "none_suffices": none_suffices,
        "flow_margin": (1.0 - system.discount[i]) * (comply - deviate),
        "parts": parts,
    }


def deviations(
    case: Case,
    stages: Stages,
    durations: Sequence[int] | None,
    k: int,
    check: str,
    party: str,
) -> Iterator[tuple[State, State, bool, float]]:
    """Every (W, R, leave, value) of one party at one check of stage k (counted from 1)."""
    system = System(case)
    step = steps(system, stages, durations)[k - 1]
    for deviation in step_deviations(system, step, check, party):
        worth = deviation_value(system, party, deviation, system.hazard)
        yield deviation.withhold, deviation.undo, deviation.leave, worth


def least_duration(case: Case, prev: State, stage: Sequence[str]) -> int:
    """The least length of a stage (§5)."""
    return System(case).least_duration(prev, stage)
