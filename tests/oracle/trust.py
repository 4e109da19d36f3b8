"""Trust over time, literally: every profile of types, every exit plan, one after the other (T1–T14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from detente.case import Case
from tests.oracle.evaluation import Stages, Step, hold, leaving_value, step_deviations, steps
from tests.oracle.system import State, System


@dataclass(frozen=True, kw_only=True)
class Exit:
    """A plan: the step (from 1; K + 1 is the end), the check, what is withheld and undone, or leaving openly."""

    number: int
    check: str
    withhold: State = frozenset()
    undo: State = frozenset()
    leave: bool = False


Plan = Exit | None
Plans = dict[str, Plan]


class Twin:
    """One case with one roadmap."""

    def __init__(self, case: Case, stages: Stages, durations: Sequence[int] | None = None) -> None:
        self.system = System(case)
        self.path = steps(self.system, stages, durations)
        self.parties = self.system.parties
        self.h = self.system.hazard

    def _step(self, number: int) -> Step:
        return self.path[min(number, len(self.path)) - 1]

    def plans(self, i: str) -> Iterator[Plan]:
        """T2: every exit of a party, and never."""
        checks = [(step.number, check) for step in self.path for check in ("before", "after")]
        for number, check in [*checks, (len(self.path) + 1, "end")]:
            for d in step_deviations(self.system, self._step(number), check, i):
                yield Exit(number=number, check=check, withhold=d.withhold, undo=d.undo, leave=d.leave)
        yield None

    def outcome(self, i: str, exits: Plans) -> float:
        """What party i has from the start if those who really exit have these plans (T2–T5)."""
        system, h = self.system, self.h
        delta = system.discount[i]
        gamma = delta * (1.0 - h)
        total, fade = 0.0, 1.0
        for step in self.path:
            here = {j: e for j, e in exits.items() if e is not None and e.number == step.number}
            if here:
                return total + fade * self._broken(i, step, here, is_end=False)
            total += fade * (-system.cost(i, step.taking) + hold(system, i, step.state, step.periods, 0.0, h))
            fade *= gamma**step.periods
        late = {j: e for j, e in exits.items() if e is not None}
        if late:
            return total + fade * self._broken(i, self.path[-1], late, is_end=True)
        final = self.path[-1].state
        flow = system.value(i, final) + delta * h * system.broken(i, final, by_i=False)
        return total + fade * flow / (1.0 - gamma)

    def _broken(self, i: str, step: Step, here: dict[str, Exit], *, is_end: bool) -> float:
        system = self.system
        taking = frozenset[str]() if is_end else step.taking
        start = step.state if is_end else step.prev
        early = [j for j, e in here.items() if e.check == "before" and e.leave]
        if early:
            if step.number == 1:
                return leaving_value(system, step, "before", i)
            return system.broken(i, start, by_i=i in early)
        cheats = {j: e for j, e in here.items() if e.check == "before"}
        state = system.ended(start, frozenset[str]().union(*(e.undo for e in cheats.values())))
        state = system.taken(state, taking - frozenset[str]().union(*(e.withhold for e in cheats.values())))
        late = [j for j, e in here.items() if e.check != "before" and e.leave]
        if late:
            paid = self._paid(i, start, taking, here) if i in cheats or i in late else system.cost(i, taking)
            return -paid + system.broken(i, state, by_i=i in late or i in cheats)
        after = {j: e for j, e in here.items() if e.check != "before"}
        undone = frozenset[str]().union(*(e.undo for e in after.values()))
        state = system.ended(state, undone & state) - frozenset[str]().union(
            *(step.state - system.ended(step.state, e.undo) for e in after.values())
        )
        missing = step.state - state
        noticed = min(system.lag(m, state) for m in missing)
        if not is_end:
            noticed = min(noticed, step.periods)
        lost = system.broken(i, state, by_i=i in here)
        return -self._paid(i, start, taking, here) + hold(system, i, state, noticed, lost, self.h)

    def _paid(self, i: str, start: State, taking: State, here: dict[str, Exit]) -> float:
        """T4: whoever exits pays as for its own deviation alone, everyone else all its own costs."""
        system = self.system
        if i not in here or here[i].check != "before":
            return system.cost(i, taking) + (system.undo_cost(i, here[i].undo) if i in here else 0.0)
        own = here[i]
        alone = system.taken(system.ended(start, own.undo), taking - own.withhold)
        return system.cost(i, taking & alone) + system.undo_cost(i, own.undo)

    def expected(self, i: str, plan: Plan, others: Plans, priors: dict[str, float]) -> float:
        """The mean over every profile of the others' types (T1, T10)."""
        rest = [j for j in self.parties if j != i]
        total = 0.0
        for reliable in product((True, False), repeat=len(rest)):
            chance = prod(priors[j] if is_so else 1.0 - priors[j] for j, is_so in zip(rest, reliable, strict=True))
            real = {j: None if is_so else others[j] for j, is_so in zip(rest, reliable, strict=True)}
            total += chance * self.outcome(i, {**real, i: plan})
        return total

    def values(self, i: str, others: Plans, priors: dict[str, float]) -> list[tuple[Plan, float]]:
        """What every exit plan of a party is worth at the start."""
        return [(plan, self.expected(i, plan, others, priors)) for plan in self.plans(i)]
