"""Roadmaps: whether they hold, and which one would be best."""

from detente.analysis.roadmap.coalitions import Coalition, Reach
from detente.analysis.roadmap.comparison import Comparison, VerdictChange, compare_cases
from detente.analysis.roadmap.critical import CriticalValues, find_critical_values
from detente.analysis.roadmap.critical_numbers import CriticalNumber, CriticalValue, MarginDerivative
from detente.analysis.roadmap.critical_places import NumberKind
from detente.analysis.roadmap.design import Conflict, Design, design_roadmap, nearest_roadmap
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_path, evaluate_roadmap, evaluate_roadmaps
from detente.analysis.roadmap.evaluation import Deviation, Evaluation, EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.goals import goal_problems
from detente.analysis.roadmap.graduated import GraduatedEvaluation, GraduatedRoadmap
from detente.analysis.roadmap.graduated_evaluating import evaluate_graduated
from detente.analysis.roadmap.graduated_rows import (
    AlarmCost,
    FalseAlarmCosts,
    GraduatedAnswer,
    GraduatedRow,
    OthersMargin,
)
from detente.analysis.roadmap.indices import Indices, compute_indices
from detente.analysis.roadmap.indices_cycles import Cycle, Demand
from detente.analysis.roadmap.indices_entries import PartyIndices, RoadmapIndices, StageIndices, weigh_roadmap
from detente.analysis.roadmap.indices_levers import Lever
from detente.analysis.roadmap.indices_order import OrderDemands, ReadingOrder
from detente.analysis.roadmap.indispensability import Indispensability, find_indispensable
from detente.analysis.roadmap.indispensability_parts import (
    Amount,
    FormatValue,
    PartyWorth,
    ReadingWorth,
    Refusal,
    SourceWorth,
)
from detente.analysis.roadmap.progress import Onward, ProgressEvaluation, RoadmapProgress, evaluate_progress
from detente.analysis.roadmap.progress_costs import PartyDelay, PartySunk
from detente.analysis.roadmap.progress_design import design_progress
from detente.analysis.roadmap.progress_history import History, SunkCost, Taking, When
from detente.analysis.roadmap.progress_rest import Gate, GateStatus, Rest, Standing
from detente.analysis.roadmap.repairs import Change, NoRepair, Repair, RepairKind, RepairSearch, repair_roadmap
from detente.analysis.roadmap.trust_building import TrustAssessment, assess_trust
from detente.analysis.roadmap.trust_design import TrustDesign, design_trust_building
from detente.analysis.roadmap.trust_entries import (
    ExitPlan,
    PartyView,
    ProfileView,
    StageThreshold,
    StageView,
    TrustOutcome,
)
from detente.kernel.objectives import OBJECTIVES, Objective

__all__ = [
    "OBJECTIVES",
    "AlarmCost",
    "Amount",
    "Change",
    "Coalition",
    "Comparison",
    "Conflict",
    "CriticalNumber",
    "CriticalValue",
    "CriticalValues",
    "Cycle",
    "Demand",
    "Design",
    "Deviation",
    "Evaluation",
    "EvaluationRow",
    "ExitPlan",
    "FalseAlarmCosts",
    "FormatValue",
    "Gate",
    "GateStatus",
    "GraduatedAnswer",
    "GraduatedEvaluation",
    "GraduatedRoadmap",
    "GraduatedRow",
    "History",
    "Indices",
    "Indispensability",
    "Lever",
    "MarginDerivative",
    "NoRepair",
    "NumberKind",
    "Objective",
    "Onward",
    "OrderDemands",
    "OthersMargin",
    "PartyDelay",
    "PartyIndices",
    "PartySunk",
    "PartyView",
    "PartyWorth",
    "ProfileView",
    "ProgressEvaluation",
    "Reach",
    "ReadingOrder",
    "ReadingWorth",
    "Refusal",
    "Repair",
    "RepairKind",
    "RepairSearch",
    "Rest",
    "RoadmapEvaluation",
    "RoadmapIndices",
    "RoadmapLike",
    "RoadmapProgress",
    "SourceWorth",
    "StageIndices",
    "StageThreshold",
    "StageView",
    "Standing",
    "SunkCost",
    "Taking",
    "TrustAssessment",
    "TrustDesign",
    "TrustOutcome",
    "VerdictChange",
    "When",
    "assess_trust",
    "compare_cases",
    "compute_indices",
    "design_progress",
    "design_roadmap",
    "design_trust_building",
    "evaluate_graduated",
    "evaluate_path",
    "evaluate_progress",
    "evaluate_roadmap",
    "evaluate_roadmaps",
    "find_critical_values",
    "find_indispensable",
    "goal_problems",
    "nearest_roadmap",
    "repair_roadmap",
    "weigh_roadmap",
]
