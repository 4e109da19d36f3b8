"""Design of roadmaps (§8 of the model) by brute force: every legal order of every goal is evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from detente.case import Case
from tests.oracle.evaluation import (
    HOLDS,
    Deviation,
    Step,
    after_values,
    best_deviation,
    betrayed_value,
    deviation_value,
    has_part,
    illegal,
    leaving_value,
    required_trust,
    step_deviations,
)
from tests.oracle.system import State, System, subsets

SAME = 1e-9
"""Roadmaps whose values differ by no more are both optimal."""
Goal = Sequence[str] | str
Profile = dict[str, frozenset[State]]
"""Per party the least sets W ∪ R by which it would gain somewhere in a roadmap; the empty set is leaving."""
Answer = dict[str, Any]  # as JSON: numbers, words, lists and nothing fixed below


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The optional limits of §8."""

    stages: int | None = None
    per_stage: int | None = None
    duration: int | None = None
    together: tuple[tuple[str, ...], ...] = ()
    before: tuple[tuple[str, str], ...] = ()

    def allow(self, prev: State, taking: State) -> bool:
        """Whether a stage is small enough, splits nothing that must come together, and takes nothing too early."""
        if self.per_stage is not None and len(taking) > self.per_stage:
            return False
        if any(taking & set(group) and not taking >= set(group) for group in self.together):
            return False
        return all(earlier in prev for earlier, later in self.before if later in taking)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One legal roadmap with what the objectives of §8 look at."""

    stages: tuple[tuple[str, ...], ...]
    durations: tuple[int, ...]
    holds: bool
    trust: float | None
    margin: float
    end_margin: float
    nash: float


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What depends on (S_{k−1}, A_k) alone (§8): D_i before and after, E, X and the costs, per party."""

    before: dict[str, float]
    after: dict[str, float]
    leave: dict[str, float]
    betrayed: dict[str, float]
    cost: dict[str, float]


class Search:
    """Everything that brute force needs, remembered where it depends on (S_{k−1}, A_k) alone."""

    def __init__(self, case: Case) -> None:
        self.system = System(case)
        self._facts: dict[tuple[State, State], Facts] = {}
        self._ends: dict[tuple[State, str], float] = {}
        self._deviations: dict[tuple[State, State, str, str], list[tuple[State, float]]] = {}

    # Every legal roadmap

    def goals(self, goal: Goal) -> list[State]:
        """§8: the one set, without what is in S₀; for "best" every non-empty set outside S₀."""
        system = self.system
        if isinstance(goal, str):
            if goal != "best":
                raise ValueError(f"unknown goal '{goal}'")
            free = [m for m in system.measures if m not in system.status_quo]
            return [s for s in subsets(free) if s]
        return [frozenset(goal) - system.status_quo]

    def roadmaps(self, goal: State, limits: Limits) -> Iterator[list[Step]]:
        """Every ordered partition of the goal into stages that is legal and within the limits."""

        def extend(path: list[Step], prev: State, left: State) -> Iterator[list[Step]]:
            if not left:
                yield path
                return
            if limits.stages is not None and len(path) == limits.stages:
                return
            for taking in subsets(self.system.ordered(left)):
                if illegal(self.system, prev, taking) or not limits.allow(prev, taking):
                    continue
                periods = self.system.least_duration(prev, taking)
                total = sum(s.periods for s in path) + periods
                if limits.duration is not None and total > limits.duration:
                    continue
                step = Step(
                    number=len(path) + 1,
                    prev=prev,
                    taking=taking,
                    state=prev | taking,
                    periods=periods,
                )
                yield from extend([*path, step], step.state, left - taking)

        if goal:
            yield from extend([], self.system.status_quo, goal)

    # One roadmap

    def facts(self, step: Step) -> Facts:
        """D_i, E and X of §6–7 for a stage."""
        key = (step.prev, step.taking)
        if key not in self._facts:
            system, h = self.system, self.system.hazard
            best = {
                check: {
                    i: best_deviation(system, i, list(step_deviations(system, step, check, i)), h)[1]
                    for i in system.parties
                }
                for check in ("before", "after")
            }
            self._facts[key] = Facts(
                before=best["before"],
                after=best["after"],
                leave={i: leaving_value(system, step, "before", i) for i in system.parties},
                betrayed={i: betrayed_value(system, step, i, h) for i in system.parties if has_part(system, step, i)},
                cost={i: system.cost(i, step.taking) for i in system.parties},
            )
        return self._facts[key]

    def end_deviation(self, step: Step, i: str) -> float:
        """D_i of the end (§6), which depends on S_K alone."""
        key = (step.state, i)
        if key not in self._ends:
            among = list(step_deviations(self.system, step, "end", i))
            self._ends[key] = best_deviation(self.system, i, among, self.system.hazard)[1]
        return self._ends[key]

    def assess(self, path: list[Step]) -> Candidate:
        """§5–7 for one roadmap, only what the objectives look at."""
        system = self.system
        early: list[float] = []
        late: list[float] = []
        holds, doubts, nash = True, False, 1.0
        trust = 0.0
        for i in system.parties:
            flow = 1.0 - system.discount[i]
            after = after_values(system, path, i, system.hazard)
            for step, then in zip(path, after, strict=False):
                facts = self.facts(step)
                comply = then - facts.cost[i]
                margins = [comply - facts.before[i], then - facts.after[i]]
                early.append(flow * margins[0])
                (late if step is path[-1] else early).append(flow * margins[1])
                holds = holds and min(margins) >= -HOLDS
                if i in facts.betrayed:
                    needed, none = required_trust(comply, facts.leave[i], facts.betrayed[i])
                    doubts = doubts or none
                    trust = max(trust, 0.0 if needed is None else needed)
                if step.number == 1:
                    gain = flow * (comply - system.value(i, system.status_quo) / flow)
                    nash = nash * gain if gain > 0.0 and nash > 0.0 else 0.0
            margin = after[-1] - self.end_deviation(path[-1], i)
            late.append(flow * margin)
            holds = holds and margin >= -HOLDS
        return Candidate(
            stages=tuple(tuple(system.ordered(s.taking)) for s in path),
            durations=tuple(s.periods for s in path),
            holds=holds,
            trust=None if doubts else trust,
            margin=min(early),
            end_margin=min(late),
            nash=nash,
        )

    # Conflicts

    def tempting(self, path: list[Step]) -> dict[str, frozenset[State]]:
        """Per party, the least sets W ∪ R (empty for leaving) by which it would gain somewhere."""
        system = self.system
        found: dict[str, frozenset[State]] = {}
        for i in system.parties:
            after = after_values(system, path, i, system.hazard)
            used: set[State] = set()
            for step, then in zip(path, after, strict=False):
                comply = then - system.cost(i, step.taking)
                used |= self._gaining(step, "before", i, comply)
                used |= self._gaining(step, "after", i, then)
            used |= self._gaining(path[-1], "end", i, after[-1])
            found[i] = frozenset(u for u in used if not any(v < u for v in used))
        return found

    def _gaining(self, step: Step, check: str, i: str, comply: float) -> set[State]:
        key = (step.prev, step.taking, check, i)
        if key not in self._deviations:
            system = self.system

            def worth(deviation: Deviation) -> float:
                return deviation_value(system, i, deviation, system.hazard)

            self._deviations[key] = [(d.withhold | d.undo, worth(d)) for d in step_deviations(system, step, check, i)]
        return {used for used, worth in self._deviations[key] if comply - worth < -HOLDS}


def _limits(max_stages: int | None, max_per_stage: int | None, max_duration: int | None) -> Limits:
    return Limits(stages=max_stages, per_stage=max_per_stage, duration=max_duration)


def candidates(case: Case, goal: Goal, limits: Limits | None = None) -> list[Candidate]:
    """Every legal roadmap to the goal, held or not."""
    search = Search(case)
    limits = limits or Limits()
    return [search.assess(p) for g in search.goals(goal) for p in search.roadmaps(g, limits)]


def design(
    case: Case,
    goal: Goal,
    objective: str,
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
) -> Answer:
    """The best roadmap that holds (§8): status, value, the value that breaks ties, and all the optima."""
    if goal == "best" and objective not in ("margin", "nash"):
        raise ValueError(f"the goal 'best' is not for '{objective}'")
    return best_of(candidates(case, goal, _limits(max_stages, max_per_stage, max_duration)), objective)


def best_of(every: Sequence[Candidate], objective: str) -> Answer:
    """The best of these roadmaps that holds (§8)."""
    held = [c for c in every if c.holds]
    counts = {"legal": len(every), "holding": len(held)}
    if not held:
        return {"status": "none", "value": None, "tie": None, "optima": [], **counts}
    least = min(loss(c, objective) for c in held)
    optima = [c for c in held if loss(c, objective) <= least + SAME * max(1.0, abs(least))]
    tie = None
    if objective in ("trust", "duration"):  # ties by greatest margin
        tie = max(c.margin for c in optima)
        optima = [c for c in optima if c.margin >= tie - SAME * max(1.0, abs(tie))]
    value = least if objective in ("trust", "duration") else -least
    return {"status": "optimal", "value": value, "tie": tie, "optima": optima, **counts}


def loss(candidate: Candidate, objective: str) -> float:
    """What an objective of §8 minimises, for a roadmap that holds."""
    if objective == "trust":
        # What holds asks for trust that suffices: none suffices only where leaving pays (§7).
        assert candidate.trust is not None
        return candidate.trust
    if objective == "duration":
        return float(sum(candidate.durations))
    return -candidate.margin if objective == "margin" else -candidate.nash


def conflict(
    case: Case,
    goal: Goal,
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
) -> Answer:
    """§8: the fewest parties whose checks rule out every roadmap, then the fewest measures that do.

    ``sets`` lists every pair (parties, measures) of the least sizes, the parties first in importance.
    """
    profiles = failures(case, goal, _limits(max_stages, max_per_stage, max_duration))
    return least_conflict(case, profiles)


def failures(case: Case, goal: Goal, limits: Limits | None = None) -> list[Profile]:
    """How the legal roadmaps fail: per roadmap and party the least sets by which it would gain somewhere."""
    search = Search(case)
    limits = limits or Limits()
    profiles = {tuple(search.tempting(path).items()) for g in search.goals(goal) for path in search.roadmaps(g, limits)}
    return [dict(profile) for profile in profiles]


def least_conflict(case: Case, profiles: Sequence[Profile]) -> Answer:
    """The fewest parties, then the fewest measures, that make every roadmap fail."""
    parties, measures = [p.id for p in case.parties], [m.id for m in case.measures if m.id not in case.status_quo]
    enough = [p for p in subsets(parties) if rules_out(profiles, p, frozenset(measures))]
    if not enough:
        return {"parties": None, "measures": None, "sets": []}
    fewest_parties = min(len(p) for p in enough)
    least = [p for p in enough if len(p) == fewest_parties]
    sets = [(p, m) for m in subsets(measures) for p in least if rules_out(profiles, p, m)]
    fewest_measures = min(len(m) for _, m in sets)
    return {
        "parties": fewest_parties,
        "measures": fewest_measures,
        "sets": [(p, m) for p, m in sets if len(m) == fewest_measures],
    }


def rules_out(profiles: Sequence[Profile], parties: State, measures: State) -> bool:
    """Whether in every roadmap one of the parties gains by leaving or by some W ∪ R within the measures."""
    return all(any(used <= measures for i in parties for used in profile[i]) for profile in profiles)
