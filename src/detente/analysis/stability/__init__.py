"""Stability without agreement: which states would last, and how a conflict moves from the status quo (§9)."""

from detente.analysis.stability.stability import Stability, analyse_stability

__all__ = [
    "Stability",
    "analyse_stability",
]
