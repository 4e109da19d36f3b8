"""Which roadmaps and states are legal: dependence, precedence, exclusion and infeasible patterns (§2 of the model)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from detente.case.case import Case
from detente.case.conditions import format_condition, is_satisfied, measures_of
from detente.case.measures import Direction


class StageFault(StrEnum):
    """What can be wrong with a stage."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    REPEATED = "repeated"
    IN_STATUS_QUO = "in status quo"
    CANNOT_BE_TAKEN = "cannot be taken"
    REQUIRES = "requires"
    AFTER = "after"
    EXCLUDES = "excludes"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProblem:
    """One fault of one stage of a roadmap.

    Parameters
    ----------
    stage : int
        Counted from 0.
    measure : str or None
        The measure of the stage that is at fault, where one is.
    other : str
        What it conflicts with: a measure, or the infeasible pattern as text; empty where nothing is.
    """

    fault: StageFault
    stage: int
    measure: str | None = None
    other: str = ""

    def __str__(self) -> str:
        number = self.stage + 1
        match self.fault:
            case StageFault.EMPTY:
                return f"stage {number} is empty"
            case StageFault.UNKNOWN:
                return f"stage {number} names unknown measure '{self.measure}'"
            case StageFault.REPEATED:
                return f"stage {number} repeats '{self.measure}'"
            case StageFault.IN_STATUS_QUO:
                return f"stage {number} names '{self.measure}', which is in the status quo"
            case StageFault.CANNOT_BE_TAKEN:
                return f"stage {number} takes '{self.measure}', which can only be given up (direction: backward)"
            case StageFault.REQUIRES:
                return f"stage {number} takes '{self.measure}' without '{self.other}', which it requires"
            case StageFault.AFTER:
                return f"stage {number} takes '{self.measure}', which comes only in a later stage than '{self.other}'"
            case StageFault.EXCLUDES:
                return f"stage {number} brings together '{self.measure}' and '{self.other}', which exclude each other"
            case StageFault.INFEASIBLE:
                return f"stage {number} reaches a state that is infeasible: {self.other}"


def stage_problems(case: Case, stages: Sequence[Sequence[str]]) -> list[StageProblem]:
    """List everything that makes a roadmap illegal, in the order of its stages; an empty list for a legal one."""
    known = {measure.id: measure for measure in case.measures}
    exclusions = _exclusions(case)
    patterns: dict[str, list[int]] = {}
    for index, pattern in enumerate(case.infeasible):
        for measure in dict.fromkeys(measures_of(pattern)):
            patterns.setdefault(measure, []).append(index)
    in_force = set(case.status_quo)
    taken: set[str] = set()
    problems: list[StageProblem] = []
    for number, stage in enumerate(stages):

        def found(fault: StageFault, measure: str | None = None, other: str = "", stage: int = number) -> None:
            problems.append(StageProblem(fault=fault, stage=stage, measure=measure, other=other))

        if not stage:
            found(StageFault.EMPTY)
        earlier = set(in_force)
        added: list[str] = []
        for measure in stage:
            if measure not in known:
                found(StageFault.UNKNOWN, measure)
            elif measure in taken:
                found(StageFault.REPEATED, measure)
            elif measure in case.status_quo:
                found(StageFault.IN_STATUS_QUO, measure)
            else:
                if known[measure].direction is Direction.BACKWARD:
                    found(StageFault.CANNOT_BE_TAKEN, measure)
                added.append(measure)
                taken.add(measure)
        in_force.update(added)
        for measure in added:
            for other in known[measure].requires:
                if other not in in_force:
                    found(StageFault.REQUIRES, measure, other)
            for other in known[measure].after:
                if other not in earlier:
                    found(StageFault.AFTER, measure, other)
        # Only what a stage adds can bring a pair together or make a pattern true.
        pairs = {pair for measure in added for pair in exclusions.get(measure, ()) if in_force.issuperset(pair)}
        for measure, other in sorted(pairs, key=lambda pair: exclusions[pair[0]][pair]):
            found(StageFault.EXCLUDES, measure, other)
        touched = {index for measure in added for index in patterns.get(measure, ())}
        for index in sorted(touched) if number else range(len(case.infeasible)):
            pattern = case.infeasible[index]
            if is_satisfied(pattern, in_force) and not (number and is_satisfied(pattern, earlier)):
                found(StageFault.INFEASIBLE, None, format_condition(pattern))
    return problems


def _exclusions(case: Case) -> dict[str, dict[tuple[str, str], int]]:
    """Map each measure to the pairs that it is excluded in, as declared first, with their place in declared order."""
    found: dict[str, dict[tuple[str, str], int]] = {}
    seen: set[frozenset[str]] = set()
    for measure in case.measures:
        for other in measure.excludes:
            pair = frozenset((measure.id, other))
            if pair not in seen:
                seen.add(pair)
                for end in pair:
                    found.setdefault(end, {})[measure.id, other] = len(seen)
    return found


def excluded_pairs(case: Case, in_force: Collection[str]) -> list[tuple[str, str]]:
    """List the pairs in force that exclude each other, each once, in declared order."""
    pairs = []
    seen: set[frozenset[str]] = set()
    for measure in case.measures:
        if measure.id not in in_force:
            continue
        for other in measure.excludes:
            pair = frozenset((measure.id, other))
            if other in in_force and pair not in seen:
                seen.add(pair)
                pairs.append((measure.id, other))
    return pairs


def is_feasible(case: Case, in_force: frozenset[str] | set[str]) -> bool:
    """Tell whether a state contains what its members require and no excluded pair or infeasible pattern (§2, §9)."""
    complete = all(
        needed in in_force for measure in case.measures if measure.id in in_force for needed in measure.requires
    )
    return (
        complete
        and not excluded_pairs(case, in_force)
        and not any(is_satisfied(pattern, in_force) for pattern in case.infeasible)
    )
