"""Problems whose stages are too many to list: the best roadmap found, and how good any other could be (§8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.design import Problem
from detente.kernel.horizon import last_stages, n_stage_sets, shortened
from detente.kernel.objectives import Objective
from detente.kernel.optimum import improve, trivial_bound
from detente.kernel.search import PROVEN, Found
from detente.kernel.windows import Windows, improvements
from detente.progress import Relay, Reporter

MOST_SETS: dict[Objective, int] = {
    "trust": 40_000_000,
    "margin": 40_000_000,
    "duration": 10_000_000,
    "nash": 6_000_000,
}
"""Stages, by estimate, beyond which the exact search is not begun: what is known of margins and trust rules most stages
out before they are kept, what is known of lengths and products does not."""

SAMPLE = 512
"""States from which the number of stages is estimated."""

BOUNDING = "bounding what is possible"


def is_large(problem: Problem, objective: Objective) -> bool:
    """Whether the stages between the states of a problem are too many to list, by a sample."""
    n_states = len(problem.legal)
    chosen = problem.legal[np.unique(np.linspace(0, n_states - 1, min(SAMPLE, n_states)).astype(np.int64))]
    most = MOST_SETS[objective]
    return n_stage_sets(problem, chosen, most=most) / len(chosen) * n_states > most


@dataclass(slots=True)
class _Hunt:
    objective: Objective
    best: Found | None
    bound: float

    @property
    def sign(self) -> float:
        return -1.0 if self.objective in ("trust", "duration") else 1.0

    def tighten(self, bound: float) -> None:
        """Take a bound into account: the tighter counts."""
        self.bound = min(self.bound, bound) if self.sign > 0.0 else max(self.bound, bound)

    def is_proven(self) -> bool:
        """Whether nothing better than the best can be."""
        if self.best is None or not np.isfinite(self.bound):
            return False
        gap = self.sign * (self.bound - self.best.value)
        return bool(gap <= PROVEN * max(1.0, abs(self.best.value)))

    def found(self) -> Found | None:
        if self.best is None:
            return None
        value = self.best.value
        bound = value if self.sign * (self.bound - value) < 0.0 else self.bound
        return Found(stages=self.best.stages, value=value, bound=bound, proven=self.is_proven())


def find_anytime(
    windows: Windows,
    whole: Problem | None,
    objective: Objective,
    reporter: Reporter,
    *,
    known: Found | None = None,
) -> Found | None:
    """Return the best roadmap found, with a bound; None if there is provably none that holds.

    Parameters
    ----------
    windows : Windows
        How parts of the problem are made.
    whole : Problem or None
        The problem itself; None where its states are too many to list, and only trivial bounds are known then.
    known : Found, optional
        A roadmap that is known to hold.

    Raises
    ------
    Cancelled
        If the user stops before anything is found.
    LimitError
        If nothing is found near any of the orders tried, and nothing is proven either.
    """
    hunt = _Hunt(objective=objective, best=known, bound=trivial_bound(objective))
    better = improvements(windows, objective, reporter, bound=lambda: hunt.bound, known=known)
    try:
        hunt.best = hunt.best or next(better, None)
        if whole is not None:
            relay = Relay(reporter, BOUNDING, best=None if hunt.best is None else hunt.best.value)
            for part in (last_stages, shortened):
                if objective == "nash" and part is last_stages:
                    continue  # gains count from the first stage on
                try:
                    search = part(whole, relay)
                    if search is None:
                        continue
                    relaxed = improve(search, objective, None)
                except LimitError:
                    continue
                if relay.is_stopped:
                    raise Cancelled
                if relaxed is None:
                    return None
                hunt.tighten(hunt.sign * relaxed.bound)
        if hunt.best is None:
            raise LimitError("no roadmap that holds was found, and none is ruled out")
        while not hunt.is_proven():
            found = next(better, None)
            if found is None:
                break
            hunt.best = found
    except Cancelled:
        if hunt.best is None:
            raise
    return hunt.found()
