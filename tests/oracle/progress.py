"""Agreements in progress, literally: what is in force, what is left, and its rows, written from the equations.

`Onward` is a roadmap that begins in N with r periods of waiting; its rows are those of §6 and §7 with S₀ replaced by
N, and an `after` check in N that lasts r.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from detente.case import Case, ProgressEntry
from tests.oracle.evaluation import (
    HOLDS,
    Deviation,
    Entry,
    Stages,
    Step,
    best_deviation,
    betrayed_value,
    deviation_value,
    forever,
    has_part,
    hold,
    is_separable,
    required_trust,
    step_deviations,
)
from tests.oracle.system import State, System


def in_force_at(case: Case, at: int) -> State:
    """S₀ and what was taken and not ended by then, period by period; what lapses with what it requires is gone too."""
    system = System(case)
    state = system.status_quo
    for period in range(at + 1):
        ending = [e.measure for e in case.progress if e.ended == period and e.measure in state]
        state = system.ended(state, ending)
        state |= {e.measure for e in case.progress if e.taken == period}
    return state


def ever_taken(case: Case, at: int) -> State:
    """Everything that was taken by then."""
    return frozenset(e.measure for e in case.progress if e.taken <= at)


def latest_taken(case: Case, measure: str, at: int) -> int:
    """The last period by then in which a measure was taken."""
    return max(e.taken for e in case.progress if e.measure == measure and e.taken <= at)


# What is left of a roadmap


def left_out(system: System, stages: Stages, now: State, past: State) -> State:
    """The measures that cannot be taken without what was lost; what came before once has come before."""
    coming = [m for stage in stages for m in stage if m not in now and m not in past]
    reached = set(now)
    for _ in coming:  # each round reaches at least one more, or none is left to reach
        for m in coming:
            measure = system.measure[m]
            if set(measure.requires) <= reached and set(measure.after) <= reached | past:
                reached.add(m)
    return frozenset(m for m in coming if m not in reached)


def rest(case: Case, stages: Stages, at: int, *, retake: bool) -> list[tuple[int, list[str]]]:
    """The stages that are left, each with its number in the whole roadmap."""
    system = System(case)
    now, past = in_force_at(case, at), ever_taken(case, at)
    lost = [m for stage in stages for m in stage if m in past and m not in now]
    gone = set() if retake else left_out(system, stages, now, past)
    found = []
    for number, stage in enumerate(stages, start=1):
        coming = [m for m in stage if m not in now and m not in lost and m not in gone]
        if coming:
            found.append((number, coming))
    if retake and lost:
        if found:
            found[0] = (found[0][0], lost + found[0][1])
        else:
            found = [(len(stages) + 1, lost)]
    return found


def waiting(case: Case, stages: Stages, lengths: Sequence[int], at: int) -> int:
    """Periods until every stage that has all it can have is over, each from its latest taking."""
    coming = rest(case, stages, at, retake=False)
    next_number = coming[0][0] if coming else len(stages) + 1
    now = in_force_at(case, at)
    remaining = 0
    for number, stage in enumerate(stages, start=1):
        for m in stage:
            if number < next_number and m in now:
                remaining = max(remaining, latest_taken(case, m, at) + lengths[number - 1] - at)
    return remaining


def gates(case: Case, stages: Stages, lengths: Sequence[int], at: int) -> list[Entry]:
    """When each stage was due, when all of it was first in force together, and what is missing."""
    now, past = in_force_at(case, at), ever_taken(case, at)
    found, due, ready = [], 0, 0
    known = True
    for number, (stage, length) in enumerate(zip(stages, lengths, strict=True), start=1):
        together = [t for t in range(at + 1) if set(stage) <= in_force_at(case, t)]
        passed = together[0] if together else None
        if passed is not None:
            status, late = "passed", passed - due
        else:
            status = "overdue" if at > due else "due" if at == due else "ahead"
            late = max(at - due, 0)
        found.append(
            {
                "stage": number,
                "status": status,
                "due": due,
                "ready": ready if known else None,
                "passed": passed,
                "late": late,
                "measures": list(stage),
                "lacking": [m for m in stage if m not in past],
                "lost": [m for m in stage if m in past and m not in now],
            }
        )
        due += length
        known = known and passed is not None
        if passed is not None:
            ready = max(ready, passed + length)
    return found


def sunk(case: Case, at: int, i: str) -> tuple[float, float]:
    """What a party has paid by then, and the same with interest at its own rate; of ends, what it owns alone."""
    system = System(case)
    state, total, compounded = system.status_quo, 0.0, 0.0
    for period in range(at + 1):
        ending = {e.measure for e in case.progress if e.ended == period and e.measure in state}
        above = {m for m in ending if any(m in system.dependents(state, x) for x in ending)}  # these lapse
        alone = [m for m in ending - above if system.measure[m].forum is None and system.owners(m) == (i,)]
        taking = [e.measure for e in case.progress if e.taken == period]
        state = system.ended(state, ending) | set(taking)
        cost = system.undo_cost(i, alone) + system.cost(i, taking)
        total += cost
        compounded += cost / system.discount[i] ** (at - period)
    return total, compounded


# Its rows


@dataclass(frozen=True, kw_only=True)
class Onward:
    """Stages from N on, after r periods of waiting."""

    system: System
    start: State
    waiting: int
    path: tuple[Step, ...]

    @property
    def pause(self) -> Step:
        """Waiting in N."""
        return Step(number=0, prev=self.start, taking=frozenset(), state=self.start, periods=self.waiting)


def onward(case: Case, start: State, wait: int, stages: Stages, least: Sequence[int] | None) -> Onward:
    """The steps of what is left; each lasts as long as verifying takes, and as long as agreed."""
    system = System(case)
    path, prev = [], start
    for number, stage in enumerate(stages, start=1):
        taking = frozenset(stage)
        agreed = 1 if least is None else least[number - 1]
        periods = max(agreed, system.least_duration(prev, taking))
        path.append(Step(number=number, prev=prev, taking=taking, state=prev | taking, periods=periods))
        prev |= taking
    return Onward(system=system, start=start, waiting=wait, path=tuple(path))


def value_from(way: Onward, i: str, k: int, hazard: float) -> float:
    """V_i(k) of §5, k counted from 0; V_i(K) is staying in what is reached."""
    if k == len(way.path):
        return forever(way.system, i, way.path[-1].state if way.path else way.start, hazard)
    step = way.path[k]
    return hold(way.system, i, step.state, step.periods, value_from(way, i, k + 1, hazard), hazard) - way.system.cost(
        i, step.taking
    )


def waited_value(way: Onward, i: str, periods: int, hazard: float) -> float:
    """hold_i(N, n, V_i(1)); where nothing has begun, nothing breaks."""
    begun = way.start != way.system.status_quo
    return hold(way.system, i, way.start, periods, value_from(way, i, 0, hazard), hazard if begun else 0.0)


def leave_value(way: Onward, i: str, state: State) -> float:
    """Leaving openly: B_i(S, i), or, where nothing has begun, living in S₀ for ever."""
    system = way.system
    if state == system.status_quo:
        return system.value(i, state) / (1.0 - system.discount[i])
    return system.broken(i, state, by_i=True)


def listed_deviations(way: Onward, step: Step, check: str, i: str) -> list[Deviation]:
    """Every deviation at a check, leaving first."""
    leaving, *others = step_deviations(way.system, step, check, i)
    state = step.prev if check == "before" else step.state
    worth = leave_value(way, i, state)
    return [replace(leaving, found_out=worth), *others]


def rows(way: Onward, hazard: float | None = None) -> list[tuple[Entry, list[Deviation]]]:
    """Every row with its deviations: waiting, before and after each stage, the end."""
    h = way.system.hazard if hazard is None else hazard
    checks: list[tuple[Step, str]] = [(way.pause, "after")] if way.waiting else []
    checks += [(step, check) for step in way.path for check in ("before", "after")]
    checks.append((way.path[-1] if way.path else way.pause, "end"))
    return [_row(way, step, check, i, h) for step, check in checks for i in way.system.parties]


def _row(way: Onward, step: Step, check: str, i: str, hazard: float) -> tuple[Entry, list[Deviation]]:
    system = way.system
    if check == "end":
        comply = value_from(way, i, len(way.path), hazard)
    elif step.number == 0:
        comply = waited_value(way, i, way.waiting, hazard)
    else:
        comply = value_from(way, i, step.number - 1, hazard)
        if check == "after":
            comply += system.cost(i, step.taking)
    among = listed_deviations(way, step, check, i)
    chosen, deviate = best_deviation(system, i, among, hazard)
    betrayed, trust, none_suffices = None, None, False
    if check == "before" and has_part(system, step, i):
        betrayed = betrayed_value(system, step, i, hazard)
        trust, none_suffices = required_trust(comply, among[0].found_out, betrayed)
    margin = comply - deviate
    row: Entry = {
        "stage": step.number,
        "check": check,
        "party": i,
        "comply": comply,
        "deviate": deviate,
        "margin": margin,
        "deviation": {
            "withhold": system.ordered(chosen.withhold),
            "undo": system.ordered(chosen.undo),
            "leave": chosen.leave,
        },
        "leave_value": among[0].found_out,
        "betrayed_value": betrayed,
        "required_trust": trust,
        "none_suffices": none_suffices,
        "flow_margin": (1.0 - system.discount[i]) * margin,
        "parts": parts(way, step, check, i, chosen) if is_separable(system, hazard) else None,
    }
    return row, among


def parts(way: Onward, step: Step, check: str, i: str, deviation: Deviation) -> dict[str, float]:
    """F, G, H and C of §6 from N on; the way still ahead of waiting begins after the wait."""
    system, delta = way.system, way.system.discount[i]

    def stream(ids: State) -> float:
        return sum(system.weight[i, m] for m in system.ordered(ids)) / (1.0 - delta)

    ahead = 0.0
    if check != "end":
        elapsed = step.periods
        for later in way.path[step.number :]:
            ahead += delta**elapsed * (stream(later.taking) - system.cost(i, later.taking))
            elapsed += later.periods
    withheld = step.taking if deviation.leave and check == "before" else deviation.withhold
    lost = 0.0
    if deviation.state != system.status_quo or not deviation.leave:
        end, borne = system.breakdown(deviation.state)
        lost = stream(deviation.state - end) + borne[i]
        lost += (system.deterrence(i, deviation.state) - system.tension[i]) / (1.0 - delta)
    return {
        "F": ahead,
        "G": -stream(withheld | deviation.undo),
        "H": lost,
        "C": system.cost(i, withheld) - system.undo_cost(i, deviation.undo),
    }


def delay_margin(way: Onward, i: str, further: int) -> float:
    """The margin of waiting so many periods more, against undoing something or leaving now."""
    system, h = way.system, way.system.hazard
    longer = Onward(system=system, start=way.start, waiting=way.waiting + further, path=way.path)
    among = listed_deviations(longer, longer.pause, "after", i)
    return waited_value(way, i, longer.waiting, h) - max(deviation_value(system, i, d, h) for d in among)


def first_unwilling(way: Onward, i: str, most: int) -> int | None:
    """The first number of further periods, up to `most`, that the party would rather not wait."""
    return next((n for n in range(1, most + 1) if delay_margin(way, i, n) < -HOLDS), None)


# Random histories


def random_progress(case: Case, stages: Stages, lengths: Sequence[int], seed: int) -> tuple[Case, int]:
    """A case with a history that the roadmap may have had, with delays, losses and detours, and a period to look."""
    random = Random(f"progress {seed}")  # noqa: S311
    system = System(case)
    state, clock = system.status_quo, random.choice((0, 0, 0, 1, 3))
    open_entries: dict[str, int] = {}
    entries: list[ProgressEntry] = []

    def take(measures: Sequence[str], period: int) -> None:
        nonlocal state
        for m in measures:
            open_entries[m] = period
        state |= frozenset(measures)

    def lose(m: str, period: int) -> None:
        nonlocal state
        gone = {m} | system.dependents(state, m)
        for each in system.ordered(gone):
            stated = each == m or random.random() < 0.5  # that others lapsed need not be said
            entries.append(ProgressEntry(measure=each, taken=open_entries.pop(each), ended=period if stated else None))
        state -= gone

    for number in range(random.randint(0, len(stages))):
        stage = [m for m in stages[number] if m not in state]
        lost = [e.measure for e in entries if e.measure not in state]
        if random.random() < 0.4:
            take([m for m in lost if m in system.taken(state, lost) - state], clock)
        whole = number == 0 or random.random() < 0.85
        chosen = stage if whole else [m for m in stage if random.random() < 0.5]
        take([m for m in stage if m in system.taken(state, chosen) - state], clock)
        loose = [m for m in system.ordered(state) if m in open_entries and system.may_be_ended(state, m)]
        ready = [m for m in loose if open_entries[m] < clock + 1]
        if ready and random.random() < 0.45:
            lose(random.choice(ready), clock + 1)
        if not whole:
            break
        clock += lengths[number] + random.choice((0, 0, 0, 1, 2, 5))
    free = [m for m in system.measures if m not in state and system.measure[m].direction.value != "backward"]
    extra = [m for m in free if set(system.measure[m].requires) <= state and m not in {e.measure for e in entries}]
    if extra and random.random() < 0.2:
        take([random.choice(extra)], clock)
    entries += [ProgressEntry(measure=m, taken=period) for m, period in open_entries.items()]
    moments = [p for e in entries for p in (e.taken, e.ended) if p is not None]
    latest = max(moments, default=0)
    at = random.choice((latest, latest, latest + random.randint(0, 6), random.randint(0, latest + 1)))
    progress = tuple(sorted(entries, key=lambda e: (e.taken, system.measures.index(e.measure))))
    return replace(case, progress=progress), at
