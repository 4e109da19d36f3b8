"""Finding one row of an evaluation."""

from __future__ import annotations

from detente import RoadmapEvaluation
from detente.analysis.roadmap import EvaluationRow


def row_of(entry: RoadmapEvaluation, stage: int, check: str, party: str) -> EvaluationRow:
    """The row of one check of one party; `stage` is counted from 1."""
    [found] = [row for row in entry.rows if (row.stage, row.check.value, row.party) == (stage, check, party)]
    return found
