"""The best roadmap to a goal: it holds and asks least trust, or is widest, shortest or fairest (§8 of the model)."""

from __future__ import annotations

from collections.abc import Sequence

from detente.analysis.roadmap.design_options import Task
from detente.analysis.roadmap.design_result import Conflict, Design
from detente.analysis.roadmap.design_task import run_task
from detente.case import Case
from detente.errors import OptionError
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.progress import Progress

__all__ = ["DEFAULT_MEMORY", "Conflict", "Design", "design_roadmap", "nearest_roadmap"]

DEFAULT_MEMORY = 4 * 2**30
"""Bytes that a design may take unless told otherwise."""


def design_roadmap(
    case: Case,
    *,
    goal: str | Sequence[str] | None = None,
    objective: Objective = "trust",
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
    max_seconds: float | None = None,
    together: Sequence[Sequence[str]] = (),
    before: Sequence[tuple[str, str]] = (),
    at_table: str | Sequence[str] | None = None,
    in_force: Sequence[str] = (),
    waiting: int = 0,
    reading: str | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Design:
    """Find the best roadmap that holds, with a certificate; or say who and what rules out every one.

    Parameters
    ----------
    case : Case
        The case.
    goal : "best", measure ids, or ids joined by " and ", optional
        What is to be in force at the end; every measure outside the status quo unless given.
    objective : {"trust", "margin", "duration", "nash"}
        Least trust demand (ties: greatest margin), greatest least flow margin, shortest (ties: greatest margin), or
        greatest product of flow gains.
    max_stages, max_per_stage, max_duration : int, optional
        Limits: stages, measures per stage, periods in all.
    max_seconds : float, optional
        Stop after about so many seconds with the best found and how good any other could be.
    together : sequence of sets of measures
        Measures that are taken in one stage or not at all.
    before : sequence of pairs
        (earlier, later): the later one comes only in a later stage.
    at_table : str or party ids, optional
        A format of the case, or parties: only they decide, and only what they can take is available (§10).
    in_force : sequence of str
        Measures in force already, beside the status quo: the roadmap starts from there.  They can be undone and break
        down like any other; they stay part of the goal.
    waiting : int
        Periods that pass before the first stage, if anything is in force already.
    reading : str, optional
        The reading to design under; the base case unless given.
    memory : float
        Bytes that the design may take.
    progress : callable, optional
        Told how far it is; may raise `Cancelled`, and the best found so far is returned.

    Returns
    -------
    Design
        With status *optimal*, *none* (with a conflict, or with what the goal lacks) or *stopped* (with a bound).

    Raises
    ------
    OptionError
        If an option is wrong.
    CaseError
        If parties lack what roadmaps need.
    LimitError
        If the design would need more memory than allowed, or there are more than 64 measures.

    Notes
    -----
    Exact labels over the states that roadmaps can reach (`detente.kernel.labels`).  Where the stages between them are
    too many to list, the best roadmap found near good orders, with a bound from the first and the last stages
    (`detente.kernel.anytime`).

    References
    ----------
    Model §8; [martins1984]_ (multicriteria labels), [nash1950]_ (product of gains).
    """
    if objective not in OBJECTIVES:
        raise OptionError(f"unknown objective '{objective}' (one of: {', '.join(OBJECTIVES)})")
    task = Task(
        goal=goal,
        objective=objective,
        max_stages=max_stages,
        max_per_stage=max_per_stage,
        max_duration=max_duration,
        max_seconds=max_seconds,
        together=together,
        before=before,
        at_table=at_table if at_table is None or isinstance(at_table, str) else tuple(at_table),
        in_force=tuple(measure.id for measure in case.measures if measure.id in set(in_force)) or tuple(in_force),
        waiting=waiting,
        reading=reading,
        memory=memory,
    )
    return run_task(case, task, progress)


def nearest_roadmap(
    case: Case,
    stages: Sequence[Sequence[str]],
    *,
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    in_force: Sequence[str] = (),
    waiting: int = 0,
    reading: str | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Design:
    """Find the roadmap that holds whose order of the same measures is nearest to a given one.

    Parameters
    ----------
    stages : sequence of stages
        The order to keep to; it need not hold nor be legal.
    max_stages, max_per_stage, in_force, waiting, reading, memory, progress
        As for `design_roadmap`.

    Returns
    -------
    Design
        Its `value` is the Kendall distance: 1 for two measures taken in the opposite sequence, 1/2 for two that
        exactly one of the orders takes in the same stage; ties go to the greatest least margin.

    Raises
    ------
    OptionError
        If a stage names an unknown measure.

    References
    ----------
    Model §8; [fagin2006]_ (Kendall's distance with penalty 1/2 for ties).
    """
    task = Task(
        goal=[measure for stage in stages for measure in stage],
        objective="duration",
        max_stages=max_stages,
        max_per_stage=max_per_stage,
        in_force=tuple(in_force),
        waiting=waiting,
        nearest_to=tuple(tuple(stage) for stage in stages),
        reading=reading,
        memory=memory,
    )
    return run_task(case, task, progress)
