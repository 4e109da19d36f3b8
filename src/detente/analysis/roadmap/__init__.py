"""Roadmaps: do they hold, and which one would be best?"""

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
    "Deviation",
    "Evaluation",
    "EvaluationRow",
    "RoadmapEvaluation",
    "RoadmapLike",
    "evaluate_path",
    "evaluate_roadmap",
    "evaluate_roadmaps",
]
