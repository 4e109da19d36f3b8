"""Payments, counterparts and guarantors agree with literal ones on random cases with every feature (§8)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.counterpart import OWN_RATIO, find_counterpart
from detente.analysis.roadmap.repairs.guarantor import find_guarantor
from detente.analysis.roadmap.repairs.payments import find_payments
from detente.analysis.roadmap.repairs.repair import Finder, NoRepair, Repair
from detente.case import Case, Roadmap
from detente.casefile import case_from_tree, case_to_tree
from tests.oracle.evaluation import evaluate
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.oracle.system import System
from tests.oracle.transfers import (
    counterparts_at,
    least_counterpart,
    least_of_all,
    least_punishment,
    payments_from,
    stake,
)

PER_BLOCK = 30
BLOCKS = range(4)
LONG_BLOCKS = range(4, 44)
MOST_GROUPS, LONG_GROUPS = 4, 6
"""Givers times stages of a case whose every choice the twin tries: 2^4 linear programs, or 2^6."""


def draw(seed: int) -> Case:
    """A random case with one roadmap."""
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice((2, 3, 3, 4)), n_parties=random.choice((2, 2, 3)))
    stages = random_roadmap(case, seed)
    roadmap = Roadmap(id="r", name="r", stages=stages, durations=random_durations(case, stages, seed))
    return case_from_tree(case_to_tree(replace(case, roadmaps=(roadmap,))))


def only(find: Finder, case: Case, entry: RoadmapEvaluation) -> Repair | NoRepair:
    """The one answer of a search; a repair that works does so by the literal evaluation too."""
    [found] = find(case, entry)
    if isinstance(found, Repair):
        repaired = found.case.roadmap("r")
        said = evaluate(found.case, repaired.stages, found.evaluation.durations)
        assert said["holds"] == found.evaluation.holds
    return found


def same(found: Repair | NoRepair, want: float | None) -> None:
    """Fail unless a repair was found exactly where there is one, of the least amount, and works."""
    assert isinstance(found, Repair) == (want is not None), found
    if isinstance(found, Repair):
        assert found.works
        assert found.amount == pytest.approx(want, rel=1e-7, abs=1e-7)


def compare_payments(case: Case, entry: RoadmapEvaluation, tempted: list[str], most_groups: int) -> None:
    stages, durations = case.roadmaps[0].stages, case.roadmaps[0].durations
    ends = any(row.check.value == "end" for row in entry.tempted())
    everybody = [party.id for party in case.parties]
    want: float | None = None
    for first, receivers in ((2, tempted), (2, everybody), (1, tempted), (1, everybody)):
        groups = payments_from(case, stages, first, receivers)
        if ends:
            groups += counterparts_at(case, [len(stages)], OWN_RATIO, receivers)
        if want is None and not (ends and first == 1):
            if len(groups) > most_groups:
                return
            want = least_of_all(case, stages, durations, groups)
    same(only(find_payments, case, entry), want)


def compare_counterparts(case: Case, entry: RoadmapEvaluation, tempted: list[str], most_groups: int) -> None:
    stages, durations = case.roadmaps[0].stages, case.roadmaps[0].durations
    want = least_counterpart(case, stages, durations, tempted, OWN_RATIO)
    if want is None:
        groups = counterparts_at(case, range(1, len(stages) + 1), OWN_RATIO, [party.id for party in case.parties])
        if len(groups) > most_groups:
            return
        want = least_of_all(case, stages, durations, groups, by_amount=True)
    same(only(find_counterpart, case, entry), want)


def compare_guarantors(case: Case, entry: RoadmapEvaluation, tempted: str) -> None:
    stages, durations = case.roadmaps[0].stages, case.roadmaps[0].durations
    found = only(find_guarantor, case, entry)
    others = [party.id for party in case.parties if party.id != tempted]
    amounts = {g: least_punishment(case, stages, durations, g, tempted) for g in others}
    able = {g: amount for g, amount in amounts.items() if amount is not None}
    if not isinstance(found, Repair):
        assert able == {}, found
        return
    discount = System(case).discount
    credible = {
        g: amount / (1.0 - discount[g]) <= stake(case, stages, durations, g, tempted) for g, amount in able.items()
    }
    assert found.works == any(credible.values())
    if able:
        assert found.amount == pytest.approx(min(able.values()), rel=1e-7, abs=1e-7)


def compare(seed: int, most_groups: int) -> None:
    case = draw(seed)
    entry = evaluate_roadmap(case, "r").roadmap
    if entry.holds:
        return
    tempted = list(dict.fromkeys(row.party for row in entry.tempted()))
    compare_payments(case, entry, tempted, most_groups)
    compare_counterparts(case, entry, tempted, most_groups)
    if len(tempted) == 1:
        compare_guarantors(case, entry, tempted[0])


@pytest.mark.parametrize("block", BLOCKS)
def test_repairs_by_further_measures_agree_with_the_twin(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed, MOST_GROUPS)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_repairs_by_further_measures_agree_with_the_twin_on_more(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed, LONG_GROUPS)
