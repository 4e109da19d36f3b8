"""What is left of a roadmap: its gates with their delays, the wait before the next one, and the stages still to come.

A *gate* is the start of a stage.  A stage that has all its measures is complete; a measure that was lost is left out of
the rest with what cannot be taken without it, or is taken again in the first stage that is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate

from detente.analysis.roadmap.progress_history import History
from detente.case import Case, Roadmap, excluded_pairs, stage_problems


class GateStatus(StrEnum):
    """How a gate stands: passed, or due earlier, now or later."""

    PASSED = "passed"
    OVERDUE = "overdue"
    DUE = "due"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The start of one stage: when it was due, and when it was passed or who holds it up.

    Parameters
    ----------
    stage : int
        Of the whole roadmap, counted from 1.
    due : int
        When it starts if every stage takes as long as planned.
    ready : int or None
        When everything before it was verified; None if that is not known yet.
    passed : int or None
        When all its measures were first in force together; None if they never were.
    late : int
        Periods by which it was passed after it was due (negative: before), or is overdue by now.
    lacking : tuple of str
        Measures that were not taken yet.
    lost : tuple of str
        Measures that were taken and are no longer in force.
    """

    stage: int
    measures: tuple[str, ...]
    due: int = field(metadata={"unit": "period"})
    ready: int | None = field(metadata={"unit": "period"})
    passed: int | None = field(metadata={"unit": "period"})
    late: int = field(metadata={"unit": "periods"})
    status: GateStatus
    lacking: tuple[str, ...]
    lost: tuple[str, ...]

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "stage": self.stage,
            "status": self.status.value,
            "due": self.due,
            "ready": self.ready,
            "passed": self.passed,
            "late": self.late,
            "measures": list(self.measures),
            "lacking": list(self.lacking),
            "lost": list(self.lost),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """The stages that are left, as a roadmap from what is in force.

    Parameters
    ----------
    roadmap : Roadmap
        Its durations are the least that were agreed on, or None.
    numbers : tuple of int
        The number of each stage in the whole roadmap.
    retaken : tuple of str
        Lost measures that its first stage takes again.
    problems : tuple of str
        Why it is not legal; empty if it is.
    """

    roadmap: Roadmap
    numbers: tuple[int, ...]
    retaken: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a roadmap stands in the history of a case.

    Parameters
    ----------
    lost, left_out : tuple of str
        Measures of the roadmap that were lost, and those that cannot be taken without them.
    waiting : int
        Periods until everything taken so far is verified.
    """

    history: History
    planned: tuple[int, ...]
    gates: tuple[Gate, ...]
    lost: tuple[str, ...]
    left_out: tuple[str, ...]
    waiting: int = field(metadata={"unit": "periods"})


def continued_case(history: History) -> Case:
    """Return the case in which roadmaps begin at what is in force, for what is legal; only that.

    What has been taken once was taken before: `after` it is fulfilled, also if it was lost since (§2).
    """
    case = history.case
    past = history.past
    return replace(
        case,
        status_quo=tuple(m.id for m in case.measures if m.id in {*case.status_quo, *history.in_force}),
        measures=tuple(replace(m, after=tuple(x for x in m.after if x not in past)) for m in case.measures),
    )


def standing_of(history: History, roadmap: Roadmap, planned: Sequence[int]) -> Standing:
    """Return where a roadmap stands: its gates, what it has lost, and how long it waits.

    Parameters
    ----------
    planned : sequence of int
        Periods of each stage as agreed, from the status quo on.
    """
    every = [measure for stage in roadmap.stages for measure in stage]
    lost = [measure for measure in every if history.is_lost(measure)]
    left_out = _left_out(history, every, set(lost))
    dropped = {*lost, *left_out}
    last_taken = {m: taking.taken for m in history.in_force if (taking := history.latest(m)) is not None}
    waiting = 0
    for stage, length in zip(roadmap.stages, planned, strict=True):
        if any(measure not in last_taken and measure not in dropped for measure in stage):
            break
        begun = [last_taken[measure] for measure in stage if measure in last_taken]
        waiting = max([waiting, *(period + length - history.now for period in begun)])
    return Standing(
        history=history,
        planned=tuple(planned),
        gates=_gates(history, roadmap, planned),
        lost=tuple(lost),
        left_out=tuple(left_out),
        waiting=waiting,
    )


def _left_out(history: History, every: Sequence[str], lost: set[str]) -> list[str]:
    """What is still to come but cannot be taken without what was lost."""
    measures = {measure: history.case.measure(measure) for measure in every}
    coming = [measure for measure in every if measure not in history.in_force and measure not in lost]
    past, gone = history.past, set(lost)
    while True:
        more = {
            m
            for m in coming
            if m not in gone
            and (gone & set(measures[m].requires) or any(x in gone and x not in past for x in measures[m].after))
        }
        if not more:
            return [measure for measure in coming if measure in gone]
        gone |= more


def _gates(history: History, roadmap: Roadmap, planned: Sequence[int]) -> tuple[Gate, ...]:
    starts = list(accumulate(planned, initial=0))
    gates = []
    ready: int | None = 0
    for number, (stage, length) in enumerate(zip(roadmap.stages, planned, strict=True), start=1):
        due = starts[number - 1]
        passed = history.first_together(stage)
        if passed is not None:
            status = GateStatus.PASSED
        elif history.now == due:
            status = GateStatus.DUE
        else:
            status = GateStatus.OVERDUE if history.now > due else GateStatus.AHEAD
        gates.append(
            Gate(
                stage=number,
                measures=stage,
                due=due,
                ready=ready,
                passed=passed,
                late=(max(due, history.now) if passed is None else passed) - due,
                status=status,
                lacking=tuple(m for m in stage if m not in history.past),
                lost=tuple(m for m in stage if history.is_lost(m)),
            )
        )
        ready = None if passed is None or ready is None else max(ready, passed + length)
    return tuple(gates)


def rest_of(standing: Standing, roadmap: Roadmap, *, durations: Sequence[int] | None, retake: bool) -> Rest:
    """Return the stages that are left, without what was lost or with it taken again.

    Parameters
    ----------
    durations : sequence of int or None
        Periods of each stage of the whole roadmap that were agreed on; None if none were.
    retake : bool
        Whether the first stage takes again what was lost; else that, and what cannot be taken without it, is left out.
    """
    history = standing.history
    dropped = set(history.in_force) | set(standing.lost) | (set() if retake else set(standing.left_out))
    left = [
        (number, [measure for measure in stage if measure not in dropped])
        for number, stage in enumerate(roadmap.stages, start=1)
    ]
    coming = [(number, stage) for number, stage in left if stage]
    retaken = standing.lost if retake else ()
    if retaken:
        if not coming:
            coming = [(len(roadmap.stages) + 1, [])]
        coming[0] = (coming[0][0], [*retaken, *coming[0][1]])
    numbers = tuple(number for number, _ in coming)
    stages = tuple(tuple(stage) for _, stage in coming)
    name = f"{roadmap.name}: the rest" if stages else f"{roadmap.name}: what is in force"
    if retaken:
        name = f"{name}, with what was lost taken again"
    lengths = None
    if durations is not None:
        lengths = tuple(durations[number - 1] if number <= len(durations) else 1 for number in numbers)
    case = continued_case(history)
    # A roadmap ends nothing, so what excludes each other now does so in every stage.
    pairs = excluded_pairs(case, case.status_quo) if stages else []
    problems = [f"'{one}' and '{other}' are in force and exclude each other" for one, other in pairs]
    problems += [str(replace(each, stage=numbers[each.stage] - 1)) for each in stage_problems(case, stages)]
    return Rest(
        roadmap=Roadmap(id=roadmap.id, name=name, stages=stages, durations=lengths),
        numbers=numbers,
        retaken=retaken,
        problems=tuple(problems),
    )


def verifying_left(history: History) -> int:
    """Return the periods until everything in force is verified, where no roadmap says how long stages last (§5).

    What was taken in one period counts as a stage, on top of what was taken before and is still in force.
    """
    case, left = history.case, 0
    taken = {m: taking.taken for m in history.in_force if (taking := history.latest(m)) is not None}
    for period in sorted(set(taken.values())):
        there = {*case.status_quo, *(m for m, t in taken.items() if t <= period)}
        checked = [m for m, t in taken.items() if t == period or (t < period and case.measure(m).is_reversible)]
        lengths = [case.measure(m).duration for m, t in taken.items() if t == period]
        lengths += [_lag(case, m, there) for m in checked]
        left = max(left, period + max(1, *lengths) - history.now)
    return left


def _lag(case: Case, measure: str, in_force: set[str]) -> int:
    """L(m, S): how long it takes until a lapse of a measure is noticed."""
    granted = [case.measure(v).verifies[measure] for v in in_force if measure in case.measure(v).verifies]
    return min([case.measure(measure).detection_lag, *granted])
