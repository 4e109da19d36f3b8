"""What now? The best way on from what is in force by now, with what was lost taken again where the goal asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analysis.roadmap.design import DEFAULT_MEMORY, Design, design_roadmap
from detente.analysis.roadmap.progress_history import History, When, history_of
from detente.analysis.roadmap.progress_rest import continued_case, verifying_left
from detente.case import Case, is_feasible
from detente.kernel.objectives import Objective
from detente.progress import Progress


def design_progress(
    case: Case,
    *,
    at: When = "now",
    goal: str | Sequence[str] | None = None,
    objective: Objective = "trust",
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
    max_seconds: float | None = None,
    together: Sequence[Sequence[str]] = (),
    before: Sequence[tuple[str, str]] = (),
    at_table: str | Sequence[str] | None = None,
    reading: str | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Design:
    """Find the best roadmap on from what is in force by now, with a certificate; or say what rules out every one.

    Parameters
    ----------
    case : Case
        The case, with what has happened under `progress:`.
    at : "now" or int
        The period to start from; later entries of `progress:` are ignored. Now is the latest period named there.
    goal : "best", measure ids, or ids joined by " and ", optional
        What is to be in force at the end, beside what is in force already; every measure unless given, those that were
        lost among them.
    objective, max_stages, max_per_stage, max_duration, max_seconds, together, before
        As for `design_roadmap`.
    at_table, reading, memory, progress
        As for `design_roadmap`.

    Returns
    -------
    Design
        Its `in_force` and `waiting` say what it starts from; it waits until everything taken so far is verified.

    Raises
    ------
    OptionError
        If an option is wrong.
    CaseError
        If parties lack what roadmaps need, or progress contradicts the model.
    LimitError
        If the design would need more memory than allowed, or there are more than 64 measures.

    Notes
    -----
    Nothing in force is ended by a roadmap, but any party may undo its part, and all of it breaks down as usual.

    References
    ----------
    Model §5–8.
    """
    history = history_of(case.under(reading), at)
    found = design_roadmap(
        _ordered_by(case, history),
        goal=goal,
        objective=objective,
        max_stages=max_stages,
        max_per_stage=max_per_stage,
        max_duration=max_duration,
        max_seconds=max_seconds,
        together=together,
        before=before,
        at_table=at_table,
        in_force=history.in_force,
        waiting=verifying_left(history),
        reading=reading,
        memory=memory,
        progress=progress,
    )
    missing = found.missing
    if missing and not is_feasible(continued_case(history), {*history.case.status_quo, *history.in_force}):
        missing = ("what is in force now is infeasible by the case itself", *missing)
    return replace(found, missing=missing, parameters={**found.parameters, "from": history.now})


def _ordered_by(case: Case, history: History) -> Case:
    """The case, and each of its readings, without the precedences that history has fulfilled or gone past."""

    def relaxed(each: Case) -> Case:
        return replace(
            each,
            measures=tuple(
                replace(m, after=() if m.id in history.in_force else tuple(x for x in m.after if x not in history.past))
                for m in each.measures
            ),
        )

    readings = {reading: relaxed(read) for reading, read in case.reading_cases.items()}
    return replace(relaxed(case), reading_cases=readings)
