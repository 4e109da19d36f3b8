"""A margin is the sum of what the numbers of the case add to it."""

import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap.influences import margin_parts, path_of, place_of, varying_measures
from detente.kernel.streams import margin_against, noticed_after
from tests.oracle.random_cases import random_case, random_durations, random_roadmap


@pytest.mark.parametrize("seed", range(60))
def test_shares_add_up_to_the_margin_of_every_row(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 5, n_parties=2 + seed % 3)
    stages = random_roadmap(case, seed)
    evaluation = evaluate_roadmap(case, stages, durations=random_durations(case, stages, seed)).roadmap
    path, ids = path_of(evaluation), varying_measures(case, evaluation.stages)
    for row in evaluation.rows:
        place, choice = place_of(row, evaluation.parties, ids)
        assert noticed_after(path, place, choice) == row.noticed_after
        assert margin_against(path, place, choice) == pytest.approx(row.margin, rel=1e-9, abs=1e-9)
        parts = margin_parts(evaluation, row)
        size = max([1.0, *(abs(share) for _, share in parts.shares)])
        assert parts.total == pytest.approx(row.flow_margin, rel=1e-9, abs=1e-9 * size)
        added = sum(share for _, share in parts.shares) + parts.undo_costs
        assert added == pytest.approx(row.flow_margin, rel=1e-9, abs=1e-9 * size)
