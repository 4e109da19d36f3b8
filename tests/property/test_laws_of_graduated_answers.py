"""How graduated answers follow their numbers: length, proportion, and the ordinary model as their limit (G16–G19)."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente import RoadmapEvaluation, change_case, evaluate_roadmap
from detente.analysis.roadmap import GraduatedRoadmap
from detente.analysis.roadmap.graduated_evaluating import answer_deviations
from detente.case import Case, point
from detente.game import build_game
from detente.kernel.answers import choose_answers
from detente.kernel.graduated import AnswerRule, Outcome
from tests.oracle.graduated import fewest
from tests.oracle.hand_cases import case_of, measure, party
from tests.oracle.random_cases import random_case, random_roadmap

SEEDS = range(24)
SLACK = 1e-9
EVERYTHING = 1e6
"""A proportion for which nothing is enough, so that all that can be found is suspended."""


def exchange(seed: int, *, breakdown: float = 0.0, hazard: float = 0.0) -> tuple[Case, list[list[str]]]:
    """Two to four parties, each giving the others what costs itself something: on breakdown everything ends."""
    random = Random(seed)  # noqa: S311
    ids = "ABCD"[: random.randint(2, 4)]
    parties = [party(i, random.uniform(0.7, 0.99), breakdown=breakdown, hazard=hazard) for i in ids]
    measures = []
    for number in range(random.randint(len(ids), len(ids) + 3)):
        owner = ids[number % len(ids)]
        value = {i: -random.uniform(0.1, 1.0) if i == owner else random.uniform(0.2, 3.0) for i in ids}
        measures.append(measure(f"m{number}", owner, value, detection_lag=random.randint(1, 3)))
    case = case_of(parties, measures)
    order = [m.id for m in measures]
    random.shuffle(order)
    cut = random.randint(1, len(order))
    return case, [stage for stage in (order[:cut], order[cut:]) if stage]


def ordinary_of(case: Case, stages: list[list[str]]) -> RoadmapEvaluation:
    return evaluate_roadmap(case, stages).roadmap


def answered(ordinary: RoadmapEvaluation, periods: int | None, proportion: float = 1.0) -> GraduatedRoadmap:
    return answer_deviations(ordinary, AnswerRule(periods=periods, proportion=proportion))


@pytest.mark.parametrize("seed", SEEDS)
def test_not_stronger_where_breakdown_ends_in_the_same_place(seed: int) -> None:
    # (G17): here every breakdown ends everything.
    ordinary = ordinary_of(*exchange(seed, breakdown=-(seed % 3), hazard=0.01 * (seed % 2)))
    for periods in (1, 4, None):
        for proportion in (0.5, 1.0, EVERYTHING):
            for row in answered(ordinary, periods, proportion).rows:
                assert row.row.margin <= row.ordinary_margin + SLACK


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_suspended_for_good_is_breakdown(seed: int) -> None:
    # (G16): no costs of living in a broken process and nobody deterred; what breakdown ends, answers suspend or the
    # party gives up itself by walking out.
    ordinary = ordinary_of(*exchange(seed, hazard=0.01 * (seed % 2)))
    for_good = answered(ordinary, None, EVERYTHING)
    very_long = answered(ordinary, 20_000, EVERYTHING)
    for row, long in zip(for_good.rows, very_long.rows, strict=True):
        assert row.row.margin == pytest.approx(row.ordinary_margin, abs=1e-9)
        assert long.row.margin == pytest.approx(row.ordinary_margin, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_who_dreads_breakdown_fears_an_answer_for_good_less(seed: int) -> None:
    # (G16): staying is worth v(Y)/(1 - d), and breakdown (v(Z) + b)/(1 - d).  The deviation is found after its lag.
    case, stages = exchange(seed, breakdown=-2.0)
    for row in answered(ordinary_of(case, stages), None, EVERYTHING).rows:
        if row.answer is None:
            continue
        discount = next(p.discount for p in case.parties if p.id == row.row.party)
        assert isinstance(discount, float)
        assert row.row.margin >= row.ordinary_margin - 2.0 / (1 - discount) * discount**row.row.noticed_after - SLACK


@pytest.mark.parametrize("seed", SEEDS)
def test_longer_answers_never_weaken_deterrence_at_the_end(seed: int) -> None:
    # (G19), separable case without costs: once a return lasts and the answer is enough.
    ordinary = ordinary_of(*exchange(seed))
    lasting = {row.party for row in ordinary.rows if row.check.value == "end" and row.margin >= 0.0}
    before: dict[str, float] = {}
    for periods in (1, 2, 3, 5, 8, 13, 40, None):
        for row in answered(ordinary, periods).rows:
            found = row.row
            if found.check.value != "end" or found.party not in lasting:
                continue
            if not all_enough(ordinary, found.party):
                continue
            assert found.margin >= before.get(found.party, -np.inf) - SLACK
            before[found.party] = found.margin


def all_enough(ordinary: RoadmapEvaluation, who: str) -> bool:
    """Whether what the others give a party is worth more to it than all that it gives."""
    case = ordinary.case
    given = sum(point(m.value[who]) for m in case.measures if who not in m.owners)
    gives = sum(point(m.value[who]) for m in case.measures if who in m.owners)
    return given >= -gives


def test_some_answers_at_the_end_are_enough_and_lengthening_them_helps() -> None:
    # So that the law above is not empty.
    ordinary = ordinary_of(*exchange(3))
    short, long = answered(ordinary, 1), answered(ordinary, 40)
    better = [
        later.row.margin > sooner.row.margin + 1e-3
        for sooner, later in zip(short.rows, long.rows, strict=True)
        if sooner.row.check.value == "end" and all_enough(ordinary, sooner.row.party)
    ]
    assert any(better)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_proportion_means_the_fewest_measures_and_never_less_for_a_larger_proportion(seed: int) -> None:
    # (G4), where losses add up.
    case, _ = exchange(seed)
    game = build_game(case, [m.id for m in case.measures])
    system = game.system
    everything = game.state([m.id for m in case.measures])
    for number, who in enumerate(game.parties):
        losses = [point(m.value[who]) for m in case.measures if who not in m.owners]
        needed = np.linspace(0.0, 1.1 * sum(losses), 23)
        answers = choose_answers(system, number, np.repeat(everything[None, :], len(needed), axis=0), needed)
        assert (np.diff(answers.loss) >= -1e-12).all()
        for wanted, chosen, enough in zip(needed, answers.suspended, answers.is_enough, strict=True):
            least = fewest(losses, float(wanted))
            assert enough == (least is not None)
            assert chosen.sum() == (len(losses) if least is None else least)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("chance", [0.01, 0.2])
def test_alarms_met_by_breakdown_are_a_further_hazard(seed: int, chance: float) -> None:
    # Nobody is deterred, so it is the same whether a party or nobody broke it; every stage has somebody to accuse.
    case, stages = exchange(seed, hazard=0.02)
    costs = answer_deviations(
        ordinary_of(case, stages), AnswerRule(periods=2, proportion=1.0), false_alarm=chance
    ).false_alarm
    assert costs is not None
    survives = 0.98 ** len(case.parties) * (1.0 - chance)
    riskier = change_case(
        case, {f"parties.{p.id}.hazard": 1.0 - survives if p is case.parties[0] else 0.0 for p in case.parties}
    )
    started = {row.party: row.comply for row in ordinary_of(riskier, stages).rows[: len(case.parties)]}
    for cost, who in zip(costs.parties, case.parties, strict=True):
        assert isinstance(who.discount, float)
        assert cost.gain_breakdown == pytest.approx((1.0 - who.discount) * started[who.id], rel=1e-9, abs=1e-9)
    assert costs.reaches_end_breakdown <= costs.reaches_end_graduated


@pytest.mark.parametrize("seed", SEEDS)
def test_alarms_that_never_come_cost_nothing(seed: int) -> None:
    case = random_case(seed, n_measures=1 + seed % 4, n_parties=1 + seed % 3)
    ordinary = evaluate_roadmap(case, random_roadmap(case, seed)).roadmap
    costs = answer_deviations(ordinary, AnswerRule(periods=3, proportion=1.0), false_alarm=1e-12).false_alarm
    assert costs is not None
    for cost in costs.parties:
        assert [cost.breakdown, cost.graduated] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert [costs.reaches_end_breakdown, costs.reaches_end_graduated] == pytest.approx([1.0, 1.0], abs=1e-9)


def test_every_outcome_occurs() -> None:
    found = set()
    for seed in range(300):
        case = random_case(seed, n_measures=1 + seed % 4, n_parties=2 + seed % 2)
        ordinary = evaluate_roadmap(case, random_roadmap(case, seed)).roadmap
        for periods in (3, None):
            for row in answered(ordinary, periods).rows:
                found |= {row.answer.outcome} if row.answer is not None else set()
    assert found == set(Outcome)
