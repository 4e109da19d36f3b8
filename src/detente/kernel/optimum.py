"""The best roadmap of a problem, narrow stages first (§8 of the model).

A search among roadmaps with one or two measures a stage is quick, and what it finds bounds the rest: in the search over
all stages an arc is dropped at once if even the best that could follow falls short of the best found.  Every answer is
proven by the last search, which leaves nothing out.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.design import Problem
from detente.kernel.objectives import Objective
from detente.kernel.products import find_best_product
from detente.kernel.search import PROVEN, TIED, Found, Search
from detente.progress import Reporter


def improve(search: Search, objective: Objective, best: Found | None) -> Found | None:
    """The best of one search, at least as good as the best so far; values are to be made large."""
    match objective:
        case "trust":
            return search.least_trust(trust=np.inf if best is None else -best.value)
        case "margin":
            return search.best_margin(theta=-np.inf if best is None else best.value)
        case "duration":
            return search.shortest() if best is None else search.shortest(max_length=-int(best.value))
        case "nash":
            return find_best_product(search, incumbent=-1.0 if best is None else best.value)


def _widest(search: Search, objective: Objective, best: Found) -> Found:
    """Among the roadmaps that tie, the one of greatest margin."""
    match objective:
        case "trust":
            found = search.best_margin(trust=TIED - best.value if best.value < 0.0 else 0.0)
        case "duration":
            found = search.best_margin(max_length=-int(best.value))
        case _:
            return best
    if found is None:
        return best
    return Found(stages=found.stages, value=best.value, bound=best.bound, proven=found.proven)


def find_optimum(
    problem: Problem,
    objective: Objective,
    reporter: Reporter,
    *,
    known: Found | None = None,
    widen: bool = True,
) -> Found | None:
    """Return the best roadmap of a problem, proven or with a bound; None if none holds.

    Parameters
    ----------
    problem : Problem
        States, order and limits.
    objective : {"trust", "margin", "duration", "nash"}
        What to optimise; the trust demand and the duration are made small.
    known : Found, optional
        A roadmap of the problem that is known to hold; its value in the objective's own sense.
    widen : bool
        Whether ties are to go to the greatest margin.

    Returns
    -------
    Found or None
        `value` in the objective's own sense; `bound` is infinite where nothing better than nothing is known.

    Raises
    ------
    Cancelled
        If the user stops before anything is found.
    LimitError
        If the arcs do not fit into memory and nothing is found before.
    """
    sign = -1.0 if objective in ("trust", "duration") else 1.0
    best = None if known is None else replace(known, value=sign * known.value, bound=sign * known.bound)
    try:
        for width in problem.widths():
            theta, trust = -np.inf, np.inf
            if best is not None and objective == "margin":
                theta = best.value - PROVEN * max(1.0, abs(best.value))
            if best is not None and objective == "trust":
                trust = TIED - best.value
            narrow = width < problem.max_per_stage
            search = problem.search(reporter, per_stage=width, theta=theta, trust=trust, quick=narrow)
            found = improve(search, objective, best)
            if found is not None and (best is None or found.value >= best.value):
                best = found
            if not narrow and found is not None and best is not None and not found.proven:
                # The bound of this search, which leaves nothing out; a narrow one bounds only what is narrow.
                bound = max(found.bound, best.value)
                return Found(stages=best.stages, value=sign * best.value, bound=sign * bound, proven=False)
        if best is None:
            return None
        best = replace(best, bound=best.value, proven=True)
        if widen:
            best = _widest(search, objective, best)
    except (Cancelled, LimitError):
        if best is None:
            raise
        # What bounds a narrow search does not bound the whole one.
        return Found(stages=best.stages, value=sign * best.value, bound=trivial_bound(objective), proven=False)
    return Found(stages=best.stages, value=sign * best.value, bound=sign * best.value, proven=best.proven)


def trivial_bound(objective: Objective) -> float:
    """What no roadmap betters, whatever the case."""
    return {"trust": 0.0, "margin": np.inf, "duration": 1.0, "nash": np.inf}[objective]
