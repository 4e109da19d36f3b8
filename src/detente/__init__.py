"""Which roadmaps out of a conflict hold, and which asks for the least trust."""

from detente._version import __version__
from detente.analysis.roadmap import Evaluation, RoadmapEvaluation, evaluate_roadmap, evaluate_roadmaps

__all__ = [
    "Evaluation",
    "RoadmapEvaluation",
    "__version__",
    "evaluate_roadmap",
    "evaluate_roadmaps",
]
