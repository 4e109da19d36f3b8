"""Stability without agreement: which states would last, and how a conflict moves from the status quo (§9)."""

from detente.analysis.stability.stability import Stability, analyse_stability
from detente.analysis.stability.why import Improvement, Reason, Sanction, StabilityReasons, Step, explain_stability

__all__ = [
    "Improvement",
    "Reason",
    "Sanction",
    "Stability",
    "StabilityReasons",
    "Step",
    "analyse_stability",
    "explain_stability",
]
