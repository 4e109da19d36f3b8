"""Roadmaps: whether they hold, and which one would be best."""

from detente.analysis.roadmap.comparison import Comparison, VerdictChange, compare_cases
from detente.analysis.roadmap.design import Conflict, Design, design_roadmap
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_path, evaluate_roadmap, evaluate_roadmaps
from detente.analysis.roadmap.evaluation import Deviation, Evaluation, EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.goals import goal_problems
from detente.analysis.roadmap.progress import (
    Onward,
    PartyDelay,
    PartySunk,
    ProgressEvaluation,
    RoadmapProgress,
    evaluate_progress,
)
from detente.analysis.roadmap.progress_history import History, SunkCost, Taking, When
from detente.analysis.roadmap.progress_rest import Gate, GateStatus, Rest, Standing
from detente.kernel.objectives import OBJECTIVES, Objective

__all__ = [
    "OBJECTIVES",
    "Comparison",
    "Conflict",
    "Design",
    "Deviation",
    "Evaluation",
    "EvaluationRow",
    "Gate",
    "GateStatus",
    "History",
    "Objective",
    "Onward",
    "PartyDelay",
    "PartySunk",
    "ProgressEvaluation",
    "Rest",
    "RoadmapEvaluation",
    "RoadmapLike",
    "RoadmapProgress",
    "Standing",
    "SunkCost",
    "Taking",
    "VerdictChange",
    "When",
    "compare_cases",
    "design_roadmap",
    "evaluate_path",
    "evaluate_progress",
    "evaluate_roadmap",
    "evaluate_roadmaps",
    "goal_problems",
]
