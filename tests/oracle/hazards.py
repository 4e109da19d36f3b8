"""The hazard at which a roadmap stops holding (§8 of the model, critical values), by a fine scan and bisection."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from detente.case import Case
from tests.oracle.evaluation import (
    HOLDS,
    Stages,
    after_values,
    deviation_value,
    step_deviations,
    steps,
)
from tests.oracle.system import System


def holds_under(case: Case, stages: Stages, durations: Sequence[int] | None = None) -> Callable[[float], bool]:
    """Tell, for any total hazard, whether the roadmap holds (§6)."""
    system = System(case)
    path = steps(system, stages, durations)
    checks = [(s, c) for s in path for c in ("before", "after")] + [(path[-1], "end")]
    listed = [
        (i, step, check, list(step_deviations(system, step, check, i)))
        for i in system.parties
        for step, check in checks
    ]

    def holds(hazard: float) -> bool:
        after = {i: after_values(system, path, i, hazard) for i in system.parties}
        for i, step, check, among in listed:
            comply = after[i][-1] if check == "end" else after[i][step.number - 1]
            if check == "before":
                comply -= system.cost(i, step.taking)
            if any(deviation_value(system, i, d, hazard) > comply + HOLDS for d in among):
                return False
        return True

    return holds


def critical_hazard(
    case: Case,
    stages: Stages,
    durations: Sequence[int] | None = None,
    *,
    points: int = 200,
) -> float | None:
    """The first total hazard at or above the case's own at which the roadmap stops holding, by a scan."""
    holds = holds_under(case, stages, durations)
    own = System(case).hazard
    if not holds(own):
        return None
    below = own
    for index in range(1, points + 1):
        # Ever closer near the case's own hazard, where most roadmaps stop; never quite 1.
        above = own + (1.0 - 1e-9 - own) * (index / points) ** 2
        if not holds(above):
            return _first_failure(holds, below, above)
        below = above
    return None


def _first_failure(holds: Callable[[float], bool], below: float, above: float) -> float:
    while True:
        middle = (below + above) / 2.0
        if middle in (below, above):
            return above
        if holds(middle):
            below = middle
        else:
            above = middle
