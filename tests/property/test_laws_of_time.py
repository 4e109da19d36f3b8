"""How values compose along a roadmap: backwards stage by stage, from any state on, and over waiting."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.case import Case, Direction, Measure, OnBreakdown, Roadmap
from tests.oracle.agreement import near
from tests.oracle.evaluation import Stages, forever, hold
from tests.oracle.random_cases import FEATURES, random_case, random_durations, random_roadmap
from tests.oracle.system import System
from tests.rows import row_of

SEEDS = range(60)
WITHOUT_VERIFIERS = frozenset(FEATURES) - {"verifies"}


def drawn(seed: int, features: frozenset[str] | None = None) -> tuple[Case, Stages, tuple[int, ...]]:
    """A random case with a legal roadmap and its durations, some longer than needed."""
    case = random_case(seed, n_measures=2 + seed % 5, n_parties=1 + seed % 4, features=features)
    stages = random_roadmap(case, seed)
    given = random_durations(case, stages, seed)
    return case, stages, evaluate_roadmap(case, stages, durations=given).roadmap.durations


def entry_of(case: Case, stages: Stages, durations: tuple[int, ...]) -> RoadmapEvaluation:
    return evaluate_roadmap(case, stages, durations=durations).roadmap


def comply(entry: RoadmapEvaluation, stage: int, check: str, party: str) -> float:
    return row_of(entry, stage, check, party).comply


def reached(case: Case, stages: Stages) -> list[frozenset[str]]:
    """S_0 … S_K."""
    states = [frozenset(case.status_quo)]
    for stage in stages:
        states.append(states[-1] | set(stage))
    return states


@pytest.mark.parametrize("seed", SEEDS)
def test_values_compose_backwards_stage_by_stage(seed: int) -> None:
    # V(K+1) = S_K for ever; after(k) = hold(S_k, d_k, V(k+1)); V(k) = −c(A_k) + after(k): from each row to the next.
    case, stages, durations = drawn(seed)
    entry, system, states = entry_of(case, stages, durations), System(case), reached(case, stages)
    for i in system.parties:
        assert comply(entry, len(stages), "end", i) == near(forever(system, i, states[-1], entry.hazard))
        for k in range(1, len(stages) + 1):
            following = comply(entry, k + 1, "before", i) if k < len(stages) else comply(entry, len(stages), "end", i)
            after = hold(system, i, states[k], durations[k - 1], following, entry.hazard)
            assert comply(entry, k, "after", i) == near(after)
            assert comply(entry, k, "before", i) == near(after - system.cost(i, stages[k - 1]))


def committed(case: Case) -> Case:
    """The case with every measure irreversible, so that nothing ends at a breakdown."""
    return replace(
        case,
        measures=tuple(
            replace(m, direction=Direction.FORWARD, on_breakdown=OnBreakdown.OWN_INTEREST) for m in case.measures
        ),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_of_irreversible_measures_the_rest_of_a_roadmap_is_a_roadmap_from_where_it_starts(seed: int) -> None:
    # Nothing can be undone or ends, so it does not matter whether a measure was taken or was always there: complying
    # and withholding are worth the same.  Only leaving before the first stage differs: there nothing has begun.
    case, stages, durations = drawn(seed)
    case = committed(case)
    whole = entry_of(case, stages, durations)
    for begun in range(1, len(stages)):
        rest = replace(case, status_quo=tuple(m.id for m in case.measures if m.id in reached(case, stages)[begun]))
        entry = entry_of(rest, stages[begun:], durations[begun:])
        for row in entry.rows:
            want = row_of(whole, row.stage + begun, row.check.value, row.party)
            assert row.comply == near(want.comply)
            assert row.betrayed_value == near(want.betrayed_value)
            at_the_start = (row.stage, row.check.value) == (1, "before")
            if not (at_the_start and (row.deviation.leave or want.deviation.leave)):
                assert row.deviate == near(want.deviate)


def with_pause(case: Case) -> Case:
    """The case with a measure that does nothing whatever."""
    pause = Measure(id="pause", name="pause", owners=(case.parties[0].id,), direction=Direction.FORWARD)
    return replace(case, measures=(*case.measures, pause))


@pytest.mark.parametrize("seed", SEEDS)
def test_holding_a_state_for_a_while_and_then_for_another_is_holding_it_for_both(seed: int) -> None:
    # hold(S, m, hold(S, n, C)) = hold(S, m + n, C): a stage in which nothing happens is a longer stage before it.
    case, stages, durations = drawn(seed)
    case = with_pause(case)
    random = Random(f"pause {seed}")  # noqa: S311
    place = random.randrange(len(stages))
    pause = max(durations[place], random.randint(1, 5))
    split = entry_of(
        case,
        [*stages[: place + 1], ["pause"], *stages[place + 1 :]],
        (*durations[: place + 1], pause, *durations[place + 1 :]),
    )
    longer = (*durations[:place], durations[place] + pause, *durations[place + 1 :])
    whole = entry_of(case, stages, longer)
    for row in whole.rows:
        later = row.stage > place + 1 or (row.check.value == "end")
        got = row_of(split, row.stage + later, row.check.value, row.party)
        assert got.comply == near(row.comply), (row.stage, row.check, row.party)


@pytest.mark.parametrize("seed", SEEDS)
def test_waiting_costs_what_comes_later_less_what_is_there(seed: int) -> None:
    # after(k) = F(S_k) + γ^d·(V(k+1) − F(S_k)), F(S) being S for ever; so with d' for d it changes by
    # (γ^d' − γ^d)·(V(k+1) − F(S_k)), whatever the party is like.
    case, stages, durations = drawn(seed)
    place = seed % len(stages)
    longer = (*durations[:place], durations[place] + 1 + seed % 3, *durations[place + 1 :])
    system, state = System(case), reached(case, stages)[place + 1]
    short, long = entry_of(case, stages, durations), entry_of(case, stages, longer)
    last = place + 1 == len(stages)
    for i in system.parties:
        gamma = system.discount[i] * (1.0 - short.hazard)
        following = comply(short, place + 1, "end", i) if last else comply(short, place + 2, "before", i)
        ahead = following - forever(system, i, state, short.hazard)
        change = (gamma ** longer[place] - gamma ** durations[place]) * ahead
        got = comply(long, place + 1, "after", i)
        assert got == pytest.approx(comply(short, place + 1, "after", i) + change, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_how_long_the_last_stage_is_waited_for_changes_no_margin_without_verifiers(seed: int) -> None:
    # Nothing comes after it, so by the law above complying is worth the same; and lags that depend on no state are at
    # most the stage's length already (§5), so every deviation is noticed as soon as before.
    case, stages, durations = drawn(seed, WITHOUT_VERIFIERS)
    longer = (*durations[:-1], durations[-1] + 7)
    short, long = entry_of(case, stages, durations), entry_of(case, stages, longer)
    for row in short.rows:
        got = row_of(long, row.stage, row.check.value, row.party)
        assert got.comply == near(row.comply)
        assert got.deviate == near(row.deviate)
        assert got.noticed_after == row.noticed_after or got.deviation != row.deviation


@pytest.mark.parametrize("seed", SEEDS)
def test_after_the_last_stage_is_the_end_without_verifiers(seed: int) -> None:
    # The same deviations from the same state; at the end there is no d_k, but without verifiers no lag is longer.
    case, stages, durations = drawn(seed, WITHOUT_VERIFIERS)
    entry = entry_of(case, stages, durations)
    for i in entry.parties:
        after, end = (row_of(entry, len(stages), check, i) for check in ("after", "end"))
        assert after.comply == near(end.comply)
        assert after.deviate == near(end.deviate)


@pytest.mark.parametrize("seed", SEEDS)
def test_durations_given_with_the_call_or_with_the_roadmap_are_the_same(seed: int) -> None:
    # And those given with the call count, if both are.
    case, stages, durations = drawn(seed)
    listed = tuple(tuple(stage) for stage in stages)
    want = entry_of(case, stages, durations).to_dict()
    for own, given in ((durations, None), (tuple(n + 2 for n in durations), durations)):
        roadmap = Roadmap(id="roadmap", name="roadmap", stages=listed, durations=own)
        assert evaluate_roadmap(case, roadmap, durations=given).roadmap.to_dict() == want
