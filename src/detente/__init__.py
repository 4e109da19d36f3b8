"""Which roadmaps out of a conflict hold, and which asks for the least trust.

Every name is loaded when it is first used, so that importing the package costs next to nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from detente._version import __version__

if TYPE_CHECKING:
    from detente.analysis.roadmap import (
        Comparison,
        CriticalValues,
        Design,
        Evaluation,
        GraduatedEvaluation,
        GraduatedRoadmap,
        Indices,
        Indispensability,
        ProgressEvaluation,
        RepairSearch,
        RoadmapEvaluation,
        RoadmapProgress,
        TrustAssessment,
        TrustDesign,
        assess_trust,
        compare_cases,
        compute_indices,
        design_progress,
        design_roadmap,
        design_trust_building,
        evaluate_graduated,
        evaluate_progress,
        evaluate_roadmap,
        evaluate_roadmaps,
        find_critical_values,
        find_indispensable,
        repair_roadmap,
    )
    from detente.analysis.stability import (
        AttitudeSearch,
        AttitudeStability,
        Behaviour,
        CoalitionStability,
        Stability,
        StrengthStability,
        UnknownStability,
        analyse_attitudes,
        analyse_behaviour,
        analyse_coalitions,
        analyse_stability,
        analyse_strength,
        analyse_unknown,
        find_attitudes,
    )
    from detente.case import Case
    from detente.casefile import change_case, read_case

__all__ = [
    "AttitudeSearch",
    "AttitudeStability",
    "Behaviour",
    "Case",
    "CoalitionStability",
    "Comparison",
    "CriticalValues",
    "Design",
    "Evaluation",
    "GraduatedEvaluation",
    "GraduatedRoadmap",
    "Indices",
    "Indispensability",
    "ProgressEvaluation",
    "RepairSearch",
    "RoadmapEvaluation",
    "RoadmapProgress",
    "Stability",
    "StrengthStability",
    "TrustAssessment",
    "TrustDesign",
    "UnknownStability",
    "__version__",
    "analyse_attitudes",
    "analyse_behaviour",
    "analyse_coalitions",
    "analyse_stability",
    "analyse_strength",
    "analyse_unknown",
    "assess_trust",
    "change_case",
    "compare_cases",
    "compute_indices",
    "design_progress",
    "design_roadmap",
    "design_trust_building",
    "evaluate_graduated",
    "evaluate_progress",
    "evaluate_roadmap",
    "evaluate_roadmaps",
    "find_attitudes",
    "find_critical_values",
    "find_indispensable",
    "read_case",
    "repair_roadmap",
]

_HOMES = {
    "AttitudeSearch": "detente.analysis.stability",
    "AttitudeStability": "detente.analysis.stability",
    "Behaviour": "detente.analysis.stability",
    "Case": "detente.case",
    "CoalitionStability": "detente.analysis.stability",
    "Comparison": "detente.analysis.roadmap",
    "CriticalValues": "detente.analysis.roadmap",
    "Design": "detente.analysis.roadmap",
    "Evaluation": "detente.analysis.roadmap",
    "GraduatedEvaluation": "detente.analysis.roadmap",
    "GraduatedRoadmap": "detente.analysis.roadmap",
    "Indices": "detente.analysis.roadmap",
    "Indispensability": "detente.analysis.roadmap",
    "ProgressEvaluation": "detente.analysis.roadmap",
    "RepairSearch": "detente.analysis.roadmap",
    "RoadmapEvaluation": "detente.analysis.roadmap",
    "RoadmapProgress": "detente.analysis.roadmap",
    "Stability": "detente.analysis.stability",
    "StrengthStability": "detente.analysis.stability",
    "TrustAssessment": "detente.analysis.roadmap",
    "TrustDesign": "detente.analysis.roadmap",
    "UnknownStability": "detente.analysis.stability",
    "analyse_attitudes": "detente.analysis.stability",
    "analyse_behaviour": "detente.analysis.stability",
    "analyse_coalitions": "detente.analysis.stability",
    "analyse_stability": "detente.analysis.stability",
    "analyse_strength": "detente.analysis.stability",
    "analyse_unknown": "detente.analysis.stability",
    "assess_trust": "detente.analysis.roadmap",
    "change_case": "detente.casefile",
    "compare_cases": "detente.analysis.roadmap",
    "compute_indices": "detente.analysis.roadmap",
    "design_progress": "detente.analysis.roadmap",
    "design_roadmap": "detente.analysis.roadmap",
    "design_trust_building": "detente.analysis.roadmap",
    "evaluate_graduated": "detente.analysis.roadmap",
    "evaluate_progress": "detente.analysis.roadmap",
    "evaluate_roadmap": "detente.analysis.roadmap",
    "evaluate_roadmaps": "detente.analysis.roadmap",
    "find_attitudes": "detente.analysis.stability",
    "find_critical_values": "detente.analysis.roadmap",
    "find_indispensable": "detente.analysis.roadmap",
    "read_case": "detente.casefile",
    "repair_roadmap": "detente.analysis.roadmap",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'detente' has no attribute '{name}'")
    value: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
