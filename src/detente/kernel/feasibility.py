"""Is there any roadmap that holds, whatever it is worth? (§8 of the model)."""

from __future__ import annotations

from detente.kernel.design import Problem
from detente.progress import Reporter


def find_any(problem: Problem, reporter: Reporter) -> tuple[int, ...] | None:
    """Return the stages, as masks, of some roadmap that holds; None if there is none.

    Narrow stages are tried first: they are quick, and often enough; the last search leaves nothing out.

    Raises
    ------
    Cancelled
        If the user stops.
    LimitError
        If the arcs or labels do not fit into memory.
    """
    for width in problem.widths():
        search = problem.search(reporter, per_stage=width, quick=width < problem.max_per_stage)
        path = search.feasible(task="looking for orders that hold")
        if path is not None:
            return tuple(int(mask) for mask in search.arcs.stage[path])
    return None
