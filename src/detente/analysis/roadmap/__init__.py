"""Roadmaps: do they hold, and which one would be best?"""

from detente.analysis.roadmap.comparison import Comparison, VerdictChange, compare_cases
from detente.analysis.roadmap.design import OBJECTIVES, Conflict, Design, Objective, design_roadmap, goal_problems
from detente.analysis.roadmap.evaluation import (
    Deviation,
    Evaluation,
    EvaluationRow,
    RoadmapEvaluation,
    RoadmapLike,
    evaluate_path,
    evaluate_roadmap,
    evaluate_roadmaps,
)

__all__ = [
    "OBJECTIVES",
    "Comparison",
    "Conflict",
    "Design",
    "Deviation",
    "Evaluation",
    "EvaluationRow",
    "Objective",
    "RoadmapEvaluation",
    "RoadmapLike",
    "VerdictChange",
    "compare_cases",
    "design_roadmap",
    "evaluate_path",
    "evaluate_roadmap",
    "evaluate_roadmaps",
    "goal_problems",
]
