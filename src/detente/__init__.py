"""Which roadmaps out of a conflict hold, and which asks for the least trust."""

from detente._version import __version__
from detente.analysis.roadmap import (
    Design,
    Evaluation,
    RoadmapEvaluation,
    design_roadmap,
    evaluate_roadmap,
    evaluate_roadmaps,
)
from detente.case import Case

__all__ = [
    "Case",
    "Design",
    "Evaluation",
    "RoadmapEvaluation",
    "__version__",
    "design_roadmap",
    "evaluate_roadmap",
    "evaluate_roadmaps",
]
