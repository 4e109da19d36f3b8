"""What exact designs cost, and what is known after a minute where exact ones are out of reach; five parties."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

from benchmarks.cases import sized_case
from benchmarks.measuring import Sized, Work

if TYPE_CHECKING:
    from detente.kernel.objectives import Objective
    from detente.progress import ProgressEvent

SEEDS = (1, 2, 3)

PER_STAGE = 4
"""Measures a stage at most."""

LONGEST = 300
"""Seconds of processor time after which a design that is to be exact is stopped all the same."""

SHORT = 60
"""Seconds that a design which cannot be exact is given; of processor time, so that others' work takes none of it."""

OBJECTIVES: tuple[Objective, ...] = ("trust", "margin", "duration", "nash")


def design(
    objective: Objective, n_measures: int, n_parties: int, chains: int, seed: int, max_seconds: float = LONGEST
) -> Work:
    """Design a roadmap of a sized case."""
    from detente import design_roadmap
    from detente.analysis.result import Status
    from detente.errors import Cancelled

    case = sized_case(n_measures, n_parties, chains=chains, seed=seed)
    design_roadmap(sized_case(4, 3), objective=objective)

    def work() -> str:
        end = time.process_time() + max_seconds

        def stop(_: ProgressEvent) -> None:
            if time.process_time() > end:
                raise Cancelled

        found = design_roadmap(case, objective=objective, max_per_stage=PER_STAGE, progress=stop)
        if found.status is not Status.STOPPED:
            return str(found.status)
        if found.value is None:
            return "stopped, none found"
        if found.bound is None:
            return f"stopped, {found.value:.4g}, no bound"
        return f"stopped, {found.value:.4g} of {found.bound:.4g}, gap {_gap(found.value, found.bound):.0%}"

    return work


def _gap(value: float, bound: float) -> float:
    """How far apart two numbers are, as a share of the larger."""
    return abs(bound - value) / max(abs(bound), abs(value), 1e-12)


def _sized(objective: Objective, n_measures: int, chains: int, aim: float) -> Sized:
    """Name a design; aims are stated for trust, and for margin where that is the older aim of both."""
    form = f"{chains} chains" if chains else "free"
    return Sized(
        name=f"design {objective}, {n_measures} measures, {form}",
        prepare="benchmarks.design:design",
        arguments=tuple(
            {"objective": objective, "n_measures": n_measures, "n_parties": 5, "chains": chains, "seed": seed}
            for seed in SEEDS
        ),
        aim=aim if objective == "trust" or (objective == "margin" and n_measures < 20) else None,
    )


CASES = (
    *(
        _sized(objective, n_measures, chains, aim)
        for n_measures, chains, aim in ((10, 0, 0.5), (12, 0, 2.0), (16, 5, 0.5), (14, 0, 20.0))
        for objective in OBJECTIVES
    ),
    Sized(
        name="design trust, 20 measures, 6 chains, 6 parties",
        prepare="benchmarks.design:design",
        arguments=({"objective": "trust", "n_measures": 20, "n_parties": 6, "chains": 6, "seed": 2},),
        aim_megabytes=1000,
    ),
)

SCALE = tuple(
    chain(
        (
            _sized(objective, n_measures, chains, aim)
            for n_measures, chains, aim in ((22, 5, 5.0), (24, 6, 20.0), (30, 5, 60.0))
            for objective in OBJECTIVES
        ),
        (
            Sized(
                name=f"design {objective}, 40 measures, 8 chains, stopped after {SHORT} s",
                prepare="benchmarks.design:design",
                arguments=(
                    {
                        "objective": objective,
                        "n_measures": 40,
                        "n_parties": 5,
                        "chains": 8,
                        "seed": 1,
                        "max_seconds": SHORT,
                    },
                ),
                aim_megabytes=4096,
            )
            for objective in OBJECTIVES
        ),
    )
)
