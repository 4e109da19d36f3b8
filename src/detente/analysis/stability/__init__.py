"""Stability without agreement: which states would last, and how a conflict moves from the status quo (§9)."""

from detente.analysis.stability.attitude_search import AttitudeSearch, AttitudesFound, find_attitudes
from detente.analysis.stability.attitudes import AttitudeStability, analyse_attitudes
from detente.analysis.stability.behaviour import Behaviour, Deed, Observation, Uncounted, analyse_behaviour
from detente.analysis.stability.coalition_improvements import CoalitionImprovement
from detente.analysis.stability.coalitions import CoalitionStability, analyse_coalitions
from detente.analysis.stability.inverse import InverseAnalysis, find_inverse
from detente.analysis.stability.joint_moves import JointMove
from detente.analysis.stability.paths import StatusQuoAnalysis, StatusQuoPath, trace_status_quo
from detente.analysis.stability.paths_explorer import FirstMoves
from detente.analysis.stability.preference_changes import Comparison, PreferenceChange
from detente.analysis.stability.stability import Stability, analyse_stability
from detente.analysis.stability.strength import StrengthStability, analyse_strength
from detente.analysis.stability.swaps import SwapAnalysis, analyse_swaps
from detente.analysis.stability.swaps_search import Swap, Tolerance
from detente.analysis.stability.unknown import UnknownStability, analyse_unknown
from detente.analysis.stability.why import Improvement, Reason, Sanction, StabilityReasons, Step, explain_stability

__all__ = [
    "AttitudeSearch",
    "AttitudeStability",
    "AttitudesFound",
    "Behaviour",
    "CoalitionImprovement",
    "CoalitionStability",
    "Comparison",
    "Deed",
    "FirstMoves",
    "Improvement",
    "InverseAnalysis",
    "JointMove",
    "Observation",
    "PreferenceChange",
    "Reason",
    "Sanction",
    "Stability",
    "StabilityReasons",
    "StatusQuoAnalysis",
    "StatusQuoPath",
    "Step",
    "StrengthStability",
    "Swap",
    "SwapAnalysis",
    "Tolerance",
    "Uncounted",
    "UnknownStability",
    "analyse_attitudes",
    "analyse_behaviour",
    "analyse_coalitions",
    "analyse_stability",
    "analyse_strength",
    "analyse_swaps",
    "analyse_unknown",
    "explain_stability",
    "find_attitudes",
    "find_inverse",
    "trace_status_quo",
]
