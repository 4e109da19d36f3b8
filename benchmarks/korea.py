"""What every analysis costs on the built-in Korean case: 22 measures, six parties."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import Sized, Work

if TYPE_CHECKING:
    from detente import Case
    from detente.kernel.objectives import Objective

HERE = "benchmarks.korea"

ROADMAP = "step-by-step"
"""The roadmap that is looked into where one is."""

SLIPPED = Path(__file__).parent.parent / "tests" / "cases" / "initial-actions-2007.yaml"
"""A case in progress, some of whose gates are overdue."""


def _korea() -> Case:
    from detente import read_case
    from detente.gallery import find_gallery_case

    file = find_gallery_case("korea-2018")
    if file is None:
        raise FileNotFoundError("the built-in case")
    return read_case(file)


def korean_design(objective: Objective, goal: str | None) -> Work:
    """Design a roadmap of at most two measures a stage."""
    from benchmarks.cases import sized_case
    from detente import design_roadmap

    case = _korea()
    design_roadmap(sized_case(4, 3), objective=objective)
    return lambda: str(design_roadmap(case, goal=goal, objective=objective, max_per_stage=2).status)


def repair() -> Work:
    """Look for repairs of every kind."""
    from detente import repair_roadmap

    case = _korea()

    def work() -> str:
        found = repair_roadmap(case, ROADMAP)
        return f"{sum(each.works for each in found.repairs)} that work"

    return work


def critical() -> Work:
    """Find the critical values of every number."""
    from detente import find_critical_values

    case = _korea()
    return lambda: f"{len(find_critical_values(case, ROADMAP).numbers)} numbers"


def indices() -> Work:
    """Compute the indices of all roadmaps, and the order that all readings demand."""
    from detente import compute_indices

    case = _korea()
    return lambda: f"{len(compute_indices(case).roadmaps)} roadmaps"


def indispensable() -> Work:
    """Seat every coalition of the six parties."""
    from detente import find_indispensable

    case = _korea()
    return lambda: str(find_indispensable(case).status)


def trust() -> Work:
    """Follow trust along a roadmap."""
    from detente import assess_trust

    warnings.simplefilter("ignore")
    case = _korea()
    return lambda: str(assess_trust(case, ROADMAP).status)


def graduated() -> Work:
    """Evaluate all roadmaps with graduated answers."""
    from detente import evaluate_graduated

    warnings.simplefilter("ignore")
    case = _korea()
    return lambda: f"{len(evaluate_graduated(case).roadmaps)} roadmaps"


def slipped() -> Work:
    """Evaluate what is left of an agreement in progress."""
    from detente import evaluate_progress, read_case

    case = read_case(SLIPPED)
    return lambda: f"{len(evaluate_progress(case).roadmaps)} roadmaps"


REPAIR = (Sized(name=f"repair {ROADMAP}, all kinds", prepare=f"{HERE}:repair"),)

KOREA = (
    Sized(
        name="design duration, all measures, 2 a stage",
        prepare=f"{HERE}:korean_design",
        arguments=({"objective": "duration", "goal": None},),
    ),
    Sized(
        name="design nash, the best of any measures, 2 a stage",
        prepare=f"{HERE}:korean_design",
        arguments=({"objective": "nash", "goal": "best"},),
    ),
    Sized(name=f"critical values of {ROADMAP}", prepare=f"{HERE}:critical"),
    Sized(name="indices of all roadmaps", prepare=f"{HERE}:indices"),
    Sized(name="who is indispensable, 6 parties", prepare=f"{HERE}:indispensable", aim=60.0),
    Sized(name=f"trust over time along {ROADMAP}", prepare=f"{HERE}:trust"),
    Sized(name="graduated answers, all roadmaps", prepare=f"{HERE}:graduated", runs=3),
    Sized(name="evaluate --from now, Initial Actions of 2007", prepare=f"{HERE}:slipped", runs=5),
)
