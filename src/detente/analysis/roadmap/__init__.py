"""Roadmaps: do they hold, and which one would be best?"""

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
    "Conflict",
    "Design",
    "Deviation",
    "Evaluation",
    "EvaluationRow",
    "Objective",
    "RoadmapEvaluation",
    "RoadmapLike",
    "design_roadmap",
    "evaluate_path",
    "evaluate_roadmap",
    "evaluate_roadmaps",
    "goal_problems",
]
