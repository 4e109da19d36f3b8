"""Trust over time agrees with its literal twin, and nests the model, on random small cases (T1–T16, T22)."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import numpy as np
import pytest

from detente.analysis.roadmap import evaluate_path
from detente.analysis.roadmap.trust_building import make_game
from detente.case import Roadmap
from detente.kernel.deviations import Check
from detente.kernel.exit_plans import CommonPrior, Plan, Priors, Profile, TrustGame
from detente.kernel.least_priors import going_ahead, least_priors
from detente.kernel.stage_trust import stage_payoffs
from tests.oracle import trust as oracle
from tests.oracle.random_cases import random_case, random_durations, random_roadmap

PER_BLOCK = 20
BLOCKS = range(4)
LONG_BLOCKS = range(4, 44)
NEAR = 1e-8


class Pair:
    """A random case with its roadmap, as the program sees it and as the twin does."""

    def __init__(self, seed: int) -> None:
        self.random = Random(f"trust {seed}")  # noqa: S311
        n_parties = self.random.choice((1, 2, 2, 3))
        case = random_case(seed, n_measures=self.random.choice((2, 3, 3, 4)), n_parties=n_parties)
        stages = random_roadmap(case, seed)
        durations = random_durations(case, stages, seed)
        self.evaluation = evaluate_path(case, Roadmap(id="r", name="r", stages=stages), durations=durations)
        self.game: TrustGame = make_game(self.evaluation.values)
        self.twin = oracle.Twin(case, stages, durations)
        taken = {m for stage in stages for m in stage}
        self.measures = [m.id for m in case.measures if m.id in taken]
        self.parties = self.evaluation.parties

    def plan(self, party: int, plan: Plan) -> oracle.Plan:
        if plan is None:
            return None
        number, manner = plan
        own = self.game.stages[number].manners[party]
        return oracle.Exit(
            number=number + 1,
            check=own.check[manner].value,
            withhold=frozenset(self.measures[m] for m in np.flatnonzero(own.withheld[manner])),
            undo=frozenset(self.measures[m] for m in np.flatnonzero(own.undone[manner])),
            leave=bool(own.leaves[manner]),
        )

    def plans(self, profile: Profile) -> oracle.Plans:
        return {name: self.plan(party, profile[party]) for party, name in enumerate(self.parties)}


def assert_expected(pair: Pair, profile: Profile, priors: list[float]) -> None:
    """What each party expects of following and of its best plan is the mean over all types, over all plans."""
    given = dict(zip(pair.parties, priors, strict=True))
    plans = pair.plans(profile)
    for party, name in enumerate(pair.parties):
        prospect = pair.game.prospect(party, profile, Priors(priors))
        values = pair.twin.values(name, plans, given)
        best = max(value for _, value in values)
        never = values[-1][1]
        scale = NEAR * max(1.0, abs(best), abs(never))
        assert Priors.number(prospect.follow[0]) == pytest.approx(never, abs=scale)
        assert Priors.number(prospect.best(0)) == pytest.approx(best, abs=scale)
        chosen = pair.plan(party, prospect.plan)
        assert next(value for plan, value in values if plan == chosen) == pytest.approx(best, abs=scale)
        leaving = max(value for plan, value in values if plan is not None and plan.leave)
        if abs(never - leaving) > 1e-6:
            advantage = going_ahead(pair.game, party, prospect, exploiting=False)[:, 0]
            assert (advantage.min() >= -1e-9) == (never > leaving)


def compare(seed: int) -> None:
    pair = Pair(seed)
    priors = [pair.random.uniform(0.05, 0.95) for _ in pair.parties]
    every = [pair.game.plans(party) for party in range(len(pair.parties))]
    # Whatever the plans of the others, and at what the program comes to rest at.
    assert_expected(pair, tuple(pair.random.choice(plans) for plans in every), priors)
    for start in (pair.game.trusting(), pair.game.mistrusting()):
        settled = pair.game.settle(start, Priors(priors))
        for profile in settled.profiles:
            assert_expected(pair, profile, priors)
        if settled.is_equilibrium:
            given = dict(zip(pair.parties, priors, strict=True))
            plans = pair.plans(settled.profiles[0])
            for name in pair.parties:
                values = pair.twin.values(name, plans, given)
                own = next(value for plan, value in values if plan == plans[name])
                assert own >= max(value for _, value in values) - NEAR * max(1.0, abs(own))


@pytest.mark.parametrize("block", BLOCKS)
def test_expectations_are_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_expectations_are_the_twins_in_ten_times_as_many(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.parametrize("seed", range(40))
def test_alone_exits_are_the_deviations_of_the_model(seed: int) -> None:
    """T22: with nobody else exiting every check is that of §6, and betrayal that of §7."""
    pair = Pair(seed)
    sure = Priors([1.0] * len(pair.parties))
    prospects = [pair.game.prospect(party, pair.game.trusting(), sure) for party in range(len(pair.parties))]
    for row in pair.evaluation.rows:
        party = pair.parties.index(row.party)
        number = row.stage - 1 + (row.check is Check.END)
        stage = pair.game.stages[number]
        here = np.array([check is row.check for check in stage.manners[party].check])
        worth = float(prospects[party].exits[number][here, 0].max())
        sunk = float(stage.cost[party]) if row.check is Check.AFTER else 0.0
        assert worth + sunk == pytest.approx(row.deviate, rel=NEAR, abs=NEAR)
        if row.betrayed_value is not None:
            payoffs = stage_payoffs(stage, party, Priors.number(prospects[party].follow[number]))
            assert payoffs.betrayed == pytest.approx(row.betrayed_value, rel=NEAR, abs=NEAR)
            assert payoffs.leave == pytest.approx(row.leave_value, rel=NEAR, abs=NEAR)
            assert payoffs.against_leaving == (
                None if row.required_trust is None else pytest.approx(row.required_trust, abs=1e-7)
            )
    assert pair.evaluation.holds == all(prospect.plan is None for prospect in prospects)
    if pair.evaluation.holds:
        assert least_priors(pair.game, trusting=True).carried == 0.0


@pytest.mark.parametrize("seed", range(40))
def test_from_the_least_prior_on_a_roadmap_is_carried(seed: int) -> None:
    """T16: above it at every prior, just below it not."""
    pair = Pair(seed)
    n_parties = len(pair.parties)
    for trusting in (True, False):
        start = pair.game.trusting() if trusting else pair.game.mistrusting()

        def least_advantage(prior: float, start: Profile = start) -> float:
            common = CommonPrior(n_parties, prior)
            return min(
                float(
                    common.at(
                        going_ahead(pair.game, party, pair.game.prospect(party, profile, common), exploiting=False)
                    ).min()
                )
                for profile in pair.game.settle(start, common).profiles
                for party in range(n_parties)
            )

        found = least_priors(pair.game, trusting=trusting)
        if found.carried is None:
            assert least_advantage(1.0) < 0.0
            continue
        for share in np.linspace(0.02, 1.0, 15):
            assert least_advantage(found.carried + share * (1.0 - found.carried)) >= -1e-8
        if found.carried > 1e-3:
            assert least_advantage(found.carried - 2e-5) < 0.0
        assert all(low.low <= low.high for low in found.pieces)


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_declaration_changes_nothing(seed: int) -> None:
    random = Random(f"order {seed}")  # noqa: S311
    case = random_case(seed, n_measures=3, n_parties=3)
    stages = random_roadmap(case, seed)
    parties, measures = list(case.parties), list(case.measures)
    random.shuffle(parties)
    random.shuffle(measures)
    shuffled = replace(case, parties=tuple(parties), measures=tuple(measures))
    roadmap = Roadmap(id="r", name="r", stages=stages)
    found = []
    for each in (case, shuffled):
        evaluation = evaluate_path(each, roadmap)
        least = least_priors(make_game(evaluation.values), trusting=False)
        found.append(dict(zip(evaluation.parties, least.leaving, strict=True)))
    for party, prior in found[0].items():
        assert found[1][party] == (None if prior is None else pytest.approx(prior, abs=1e-6))
