"""The domain: parties, measures, roadmaps, readings and evidence of one case, as plain frozen data."""

from detente.case.case import Case, Reading, Source
from detente.case.conditions import (
    Condition,
    ConditionSyntaxError,
    InForce,
    Joined,
    Not,
    format_condition,
    is_satisfied,
    measures_of,
    parse_condition,
)
from detente.case.evidence import Anchor, Assumption, Claim, Document
from detente.case.issues import Issue, Position
from detente.case.legality import StageFault, StageProblem, excluded_pairs, is_feasible, stage_problems
from detente.case.measures import Direction, Level, Measure, OnBreakdown, ProgressEntry, Roadmap, Term
from detente.case.parties import Format, Forum, Interest, Party
from detente.case.preferences import (
    Counted,
    Graph,
    GraphMoves,
    OrdinalPreference,
    Ranking,
    Ranks,
    Statements,
    Tiers,
    Weights,
)
from detente.case.quantities import Quantity, Range, point

__all__ = [
    "Anchor",
    "Assumption",
    "Case",
    "Claim",
    "Condition",
    "ConditionSyntaxError",
    "Counted",
    "Direction",
    "Document",
    "Format",
    "Forum",
    "Graph",
    "GraphMoves",
    "InForce",
    "Interest",
    "Issue",
    "Joined",
    "Level",
    "Measure",
    "Not",
    "OnBreakdown",
    "OrdinalPreference",
    "Party",
    "Position",
    "ProgressEntry",
    "Quantity",
    "Range",
    "Ranking",
    "Ranks",
    "Reading",
    "Roadmap",
    "Source",
    "StageFault",
    "StageProblem",
    "Statements",
    "Term",
    "Tiers",
    "Weights",
    "excluded_pairs",
    "format_condition",
    "is_feasible",
    "is_satisfied",
    "measures_of",
    "parse_condition",
    "point",
    "stage_problems",
]
