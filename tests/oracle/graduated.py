"""Graduated answers (G1 to G15), literally: every deviation is answered one by one, every state is a set of ids."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from detente.case import Case
from tests.oracle.evaluation import (
    Deviation,
    Stages,
    Step,
    after_values,
    best_deviation,
    leaving_value,
    preference,
    step_deviations,
    steps,
)
from tests.oracle.system import STRICTLY, State, System, stated, subsets

HOLDS = 1e-9
Entry = dict[str, Any]  # as JSON: numbers, words, lists and nothing fixed below


@dataclass(frozen=True, kw_only=True)
class Rule:
    """n, ρ and φ; n is infinite for answers for good."""

    periods: float
    proportion: float
    alarm: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the others suspend in X because of a party, and what that loses it."""

    suspended: State
    gone: State
    gain: float
    needed: float
    loss: float


def closed(system: System, state: State, chosen: State) -> State:
    """cl(U): U with everything in force that requires it."""
    return state - system.ended(state, chosen)


def hold(system: System, i: str, state: State, periods: float, then: float, hazard: float) -> float:
    """hold of §5, for ever too."""
    delta = system.discount[i]
    gamma = delta * (1.0 - hazard)
    flow = system.value(i, state) + delta * hazard * system.broken(i, state, by_i=False)
    if math.isinf(periods):
        return flow / (1.0 - gamma)
    total, weight = 0.0, 1.0
    for _ in range(int(periods)):
        total += weight * flow
        weight *= gamma
    return total + weight * then


def can_be_suspended(system: System, i: str, state: State, m: str) -> bool:
    """(G2)."""
    if m in system.status_quo or not system.may_be_ended(state, m):
        return False
    if system.measure[m].on_breakdown.value == "keep" or stated(system.measure[m].deters.get(i)) > 0.0:
        return False
    others = [j for j in system.owners(m) if j != i]
    name = system.measure[m].forum
    if name is None:
        return bool(others)
    forum = system.forum[name]
    return bool(others) and len(others) + forum.others >= forum.end_quota and all(j in others for j in forum.end_veto)


def choose(system: System, i: str, state: State, gain: float, proportion: float) -> Answer:
    """(G3), (G4)."""
    needed, left = proportion * gain, state
    suspended: list[str] = []
    start = system.value(i, state)
    while start - system.value(i, left) < needed - STRICTLY:
        lacking = needed - (start - system.value(i, left))
        single = {
            m: system.value(i, left) - system.value(i, system.ended(left, [m]))
            for m in system.ordered(left)
            if can_be_suspended(system, i, left, m)
        }
        single = {m: loss for m, loss in single.items() if loss > STRICTLY}
        if not single:
            break
        closing = {m: loss for m, loss in single.items() if loss >= lacking - STRICTLY}
        if closing:
            least = min(closing.values())
            chosen = next(m for m, loss in closing.items() if loss <= least + STRICTLY)
        else:
            greatest = max(single.values())
            chosen = next(m for m, loss in single.items() if loss >= greatest - STRICTLY)
        suspended.append(chosen)
        left = system.ended(left, [chosen])
    return Answer(
        suspended=frozenset(suspended),
        gone=state - left,
        gain=gain,
        needed=needed,
        loss=start - system.value(i, left),
    )


def gain_of(system: System, step: Step, check: str, i: str, state: State) -> float:
    """(G1)."""
    saved = system.cost(i, step.taking - state) if check == "before" else 0.0
    return max(0.0, system.value(i, state) - system.value(i, step.state) + (1.0 - system.discount[i]) * saved)


class Graduated:
    """One roadmap of a case under a rule."""

    def __init__(self, case: Case, stages: Stages, durations: Sequence[int] | None, rule: Rule) -> None:
        self.system = System(case)
        self.rule = rule
        self.path = steps(self.system, stages, durations)
        self.hazard = self.system.hazard
        self._alarmed: dict[tuple[str, int, frozenset[str]], float] = {}
        self.after = {i: after_values(self.system, self.path, i, self.hazard) for i in self.system.parties}
        self.checks = [(step, check) for step in self.path for check in ("before", "after")]
        self.checks.append((self.path[-1], "end"))

    def hold(self, i: str, state: State, periods: float, then: float) -> float:
        return hold(self.system, i, state, periods, then, self.hazard)

    def comply(self, step: Step, check: str, i: str) -> float:
        if check == "end":
            return self.after[i][-1]
        value = self.after[i][step.number - 1]
        return value - self.system.cost(i, step.taking) if check == "before" else value

    def ahead(self, step: Step, check: str, i: str) -> float:
        """Ā."""
        return self.after[i][-1] if check == "end" else self.after[i][step.number - 1]

    def ordinary_margin(self, step: Step, check: str, i: str) -> float:
        among = list(step_deviations(self.system, step, check, i))
        return self.comply(step, check, i) - best_deviation(self.system, i, among, self.hazard)[1]

    def lasts(self, step: Step, check: str, i: str) -> bool:
        """(G6): from `after` k on, at the end only at the end."""
        if check == "end":
            return self.ordinary_margin(step, "end", i) >= -HOLDS
        later = [
            (other, kind)
            for other, kind in self.checks
            if kind == "end" or other.number > step.number or (other.number == step.number and kind == "after")
        ]
        return all(self.ordinary_margin(other, kind, i) >= -HOLDS for other, kind in later)

    def reaction(
        self, step: Step, check: str, i: str, state: State, answer: Answer, *, lasts: bool
    ) -> tuple[str, float]:
        """(G6), (G7): what i does, and T."""
        remains = state - answer.gone
        broken = self.system.broken(i, remains, by_i=True)
        back = -math.inf
        if lasts:
            back = self.ahead(step, check, i) - self.system.cost(i, step.state - remains)
        returns = back >= broken - STRICTLY
        staying = self.hold(i, remains, self.rule.periods, back if returns else broken)
        if broken > staying + STRICTLY:
            return "leaves", broken
        if math.isinf(self.rule.periods):
            return "stays", max(broken, staying)
        return ("returns" if returns else "refuses"), max(broken, staying)

    def answerers(self, i: str, suspended: State) -> list[str]:
        return [j for j in self.system.parties if j != i and any(j in self.system.owners(m) for m in suspended)]

    def undoing(self, j: str, i: str, suspended: State) -> float:
        """What j pays for suspending its measures: nothing if it deviated, nothing for snapback."""
        if j == i:
            return 0.0
        own = [
            m
            for m in suspended
            if j in self.system.owners(m) and self.system.measure[m].on_breakdown.value != "reverse"
        ]
        return self.system.undo_cost(j, own)

    def others(
        self, step: Step, check: str, i: str, state: State, answer: Answer, does: str
    ) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """(G9) to (G11): flow margins of answering and of resuming, with whose they are."""
        system = self.system
        remains = state - answer.gone
        paid = step.taking - state if check == "before" else frozenset()
        retaken = step.state - remains - paid
        answering, resuming = [], []
        for j in self.answerers(i, answer.suspended):
            patience = 1.0 - system.discount[j]
            resumed = self.ahead(step, check, j) - system.cost(j, retaken)
            alone = system.broken(j, remains, by_i=False)
            held = self.hold(j, remains, self.rule.periods, resumed if does == "returns" else alone)
            worth = (alone if does == "leaves" else held) - self.undoing(j, i, answer.suspended)
            instead = max(self.hold(j, state, math.inf, 0.0), system.broken(j, state, by_i=False))
            answering.append((patience * (worth - instead), j))
            if does != "returns":
                continue
            best = system.broken(j, remains, by_i=True)
            own = [m for m in system.ordered(answer.suspended) if system.may_withhold(j, m)]
            for kept in subsets(own):
                if not kept:
                    continue
                gone = closed(system, step.state, kept)
                left = step.state - gone
                noticed = min(system.lag(m, left) for m in gone)
                if check != "end":
                    noticed = min(noticed, step.periods)
                found_out = system.broken(j, left, by_i=True)
                value = self.hold(j, left, noticed, found_out) - system.cost(j, retaken - gone)
                best = max(best, value)
            resuming.append((patience * (resumed - best), j))
        return answering, resuming

    def row(self, step: Step, check: str, i: str) -> Entry:
        """One check: every deviation with its answer."""
        system = self.system
        comply = self.comply(step, check, i)
        lasts = self.lasts(step, check, i)
        valued: list[tuple[Deviation, float, Answer | None, str]] = []
        answering: list[tuple[float, str]] = []
        resuming: list[tuple[float, str]] = []
        for deviation in step_deviations(system, step, check, i):
            if deviation.leave:
                valued.append((deviation, leaving_value(system, step, check, i), None, ""))
                continue
            state = deviation.state
            gain = gain_of(system, step, check, i, state)
            answer = choose(system, i, state, gain, self.rule.proportion)
            does, noticed = self.reaction(step, check, i, state, answer, lasts=lasts)
            value = deviation.once + self.hold(i, state, deviation.periods, noticed)
            valued.append((deviation, value, answer, does))
            if deviation.once + self.hold(i, state, math.inf, 0.0) > comply + HOLDS:
                answered, resumed = self.others(step, check, i, state, answer, does)
                answering += answered
                resuming += resumed
        most = max(value for _, value, _, _ in valued)
        tied = [item for item in valued if item[1] >= most - STRICTLY]
        chosen, _, met, does = min(tied, key=lambda item: preference(system, item[0]))
        return {
            "stage": step.number,
            "check": check,
            "party": i,
            "comply": comply,
            "deviate": most,
            "ordinary_margin": self.ordinary_margin(step, check, i),
            "deviation": (chosen.withhold, chosen.undo, chosen.leave),
            "tied": {(d.withhold, d.undo, d.leave): (a, act) for d, value, a, act in valued if value >= most - HOLDS},
            "answer": met,
            "does": does,
            "answering": min((margin for margin, _ in answering), default=None),
            "resuming": min((margin for margin, _ in resuming), default=None),
        }

    def rows(self) -> list[Entry]:
        return [self.row(step, check, i) for step, check in self.checks for i in self.system.parties]

    # (G12) to (G15)

    def pairs(self, number: int) -> list[tuple[str, str]]:
        """Whom and what an alarm can name in a stage; `number` is one more than the last stage's at the end."""
        system = self.system
        is_end = number > len(self.path)
        step = self.path[-1] if is_end else self.path[number - 1]
        found = []
        for i in system.parties:
            for m in system.ordered(step.state - system.status_quo):
                withholds = not is_end and m in step.taking and system.may_withhold(i, m)
                undoes = system.may_end_alone(i, m) and system.may_be_ended(step.state, m)
                if withholds or undoes:
                    found.append((i, m))
        return found

    def accused_answer(self, number: int, i: str, m: str) -> State:
        """The set U of an alarm."""
        system = self.system
        is_end = number > len(self.path)
        step = self.path[-1] if is_end else self.path[number - 1]
        seen = system.ended(step.state, [m])
        gain = gain_of(system, step, "end" if is_end else "before", i, seen)
        return choose(system, i, seen, gain, self.rule.proportion).suspended

    def alarmed_value(self, p: str, number: int, record: frozenset[str]) -> float:
        """a_p(k, F) of (G13), kept once it is known."""
        key = (p, number, record)
        if key not in self._alarmed:
            self._alarmed[key] = self._alarmed_value(p, number, record)
        return self._alarmed[key]

    def _alarmed_value(self, p: str, number: int, record: frozenset[str]) -> float:
        """The same, one period of a stage after the other."""
        system, phi, h = self.system, self.rule.alarm, self.hazard
        is_end = number > len(self.path)
        step = self.path[-1] if is_end else self.path[number - 1]
        delta = system.discount[p]
        pairs = self.pairs(number)
        alarm = 0.0
        for i, m in pairs:
            if i in record:
                alarm += system.broken(p, step.state, by_i=p == i) / len(pairs)
                continue
            suspended = self.accused_answer(number, i, m)
            gone = closed(system, step.state, suspended)
            then = 0.0
            if not math.isinf(self.rule.periods):
                then = self.alarmed_value(p, number, record | {i}) - system.cost(p, gone)
            answered = self.hold(p, step.state - gone, self.rule.periods, then) - self.undoing(p, i, suspended)
            alarm += answered / len(pairs)
        chance = phi if pairs else 0.0
        broken = system.broken(p, step.state, by_i=False)
        flow = system.value(p, step.state) + delta * (h * broken + (1.0 - h) * chance * alarm)
        goes_on = delta * (1.0 - h) * (1.0 - chance)
        if is_end:
            return flow / (1.0 - goes_on)
        value = self.alarmed_start(p, number + 1, record)
        for _ in range(step.periods):
            value = flow + goes_on * value
        return value

    def alarmed_start(self, p: str, number: int, record: frozenset[str]) -> float:
        """V_p(k, F)."""
        value = self.alarmed_value(p, number, record)
        if number <= len(self.path):
            value -= self.system.cost(p, self.path[number - 1].taking)
        return value

    def reaches(self, number: int, record: frozenset[str]) -> float:
        """(G15), period by period."""
        if number > len(self.path):
            return 1.0
        pairs = self.pairs(number)
        chance = self.rule.alarm if pairs else 0.0
        again = 0.0
        if not math.isinf(self.rule.periods):
            again = sum(self.reaches(number, record | {i}) for i, _ in pairs if i not in record) / max(1, len(pairs))
        value = self.reaches(number + 1, record)
        for _ in range(self.path[number - 1].periods):
            value = (1.0 - chance) * value + chance * again
        return value


def fewest(losses: Sequence[float], needed: float) -> int | None:
    """The fewest losses that add up to what is needed, by trying all sets; None if all together do not."""
    for size in range(len(losses) + 1):
        if any(sum(chosen) >= needed - STRICTLY for chosen in combinations(losses, size)):
            return size
    return None
