"""Tables, parties' worth, sources and refusals agree with brute force on random cases with every feature (§10)."""

from __future__ import annotations

import math

import pytest

from detente.analysis.result import Status
from detente.analysis.roadmap.indispensability import find_indispensable
from detente.analysis.roadmap.indispensability_parts import ReadingWorth, SourceKind, SourceWorth
from detente.case import Case
from tests.oracle.agreement import near
from tests.oracle.evaluation import steps
from tests.oracle.random_cases import features_of, random_case
from tests.oracle.system import System
from tests.oracle.tables import (
    Game,
    Table,
    all_tables,
    best_of_table,
    can_take,
    cut_down,
    flow_gains,
    marginal,
    outsiders_gains,
    play,
    shapley_by_orders,
    without_promise,
    without_veto,
    without_vote,
)

SEEDS = range(36)
LONG_SEEDS = range(36, 300)
SIZES = ((3, 3), (4, 3), (4, 2), (3, 4), (5, 2), (4, 3))
SIGNIFICANT = 1e-7
"""A root of a product of small gains has fewer digits than they."""


def drawn(seed: int) -> tuple[Case, int | None]:
    """A case in which tables may come to something, often with a forum, joint measures and promises to punish."""
    n_measures, n_parties = SIZES[seed % len(SIZES)]
    features = features_of(seed) | ({"forum", "deters"} if seed % 2 else {"joint"})
    generous = 6.0 if seed % 3 else None
    case = random_case(seed, n_measures=n_measures, n_parties=n_parties, features=features, generous=generous)
    return case, (1 + seed % 2 if seed % 5 == 0 else None)


def close(want: float) -> object:
    return pytest.approx(want, rel=SIGNIFICANT, abs=SIGNIFICANT)


def assert_tables(case: Case, entry: ReadingWorth, per_stage: int | None) -> Game:
    """Every table has the score of brute force, by a roadmap that reaches it; its gains are those of the roadmap."""
    game = {}
    for found in entry.coalitions:
        table = frozenset(found.parties)
        want = best_of_table(case, table, per_stage=per_stage)
        game[table] = want.score
        assert found.is_proven
        assert found.bound == found.value == close(want.score)
        if want.score > 0.0:
            system = System(cut_down(case, table))
            assert tuple(tuple(system.ordered(stage)) for stage in found.stages) in want.optima
        if found.stages:
            system = System(cut_down(case, table))
            path = steps(system, found.stages, None)
            assert found.durations == tuple(step.periods for step in path)
            assert dict(found.gains) == {i: near(gain) for i, gain in flow_gains(system, path).items()}
            away = outsiders_gains(case, table, found.stages)
            assert dict(found.outsiders) == {i: close(gain) for i, gain in away.items()}
        else:
            assert found.gains == found.outsiders == {}
    assert set(game) == set(all_tables(case))
    return game


def without(case: Case, worth: SourceWorth, per_stage: int | None) -> Game:
    """The game without a source, by brute force."""
    source = worth.source

    def score(table: Table) -> float:
        match source.kind:
            case SourceKind.LEVER | SourceKind.JOINT:
                return best_of_table(case, table, gone=[source.of], per_stage=per_stage).score
            case SourceKind.VOTE:
                gone = without_vote(case, source.party, source.of, table)
                return best_of_table(case, table, gone=gone, per_stage=per_stage).score
            case SourceKind.VETO:
                return best_of_table(without_veto(case, source.party, source.of), table, per_stage=per_stage).score
        return best_of_table(without_promise(case, source.of), table, per_stage=per_stage).score

    return play(case, score)


def expected_sources(case: Case) -> set[tuple[str, str, str]]:
    """Who has what: of all that the table of all can take, together with promises that are in force already."""
    everybody = frozenset(p.id for p in case.parties)
    usable = {m.id for m in case.measures if m.id not in case.status_quo and can_take(case, m, everybody)}
    while True:
        lacking = {
            m.id
            for m in case.measures
            if m.id in usable
            and (
                m.direction.value == "backward"
                or any(other not in usable | set(case.status_quo) for other in (*m.requires, *m.after))
            )
        }
        if not lacking:
            break
        usable -= lacking
    found = set()
    for m in case.measures:
        for owner in m.owners:
            if m.id in usable:
                found.add((owner, "lever" if len(m.owners) == 1 else "joint", m.id))
            if m.id in usable | set(case.status_quo) and any(system_value > 0 for system_value in promised(case, m.id)):
                found.add((owner, "guarantee", m.id))
    for forum in case.forums:
        if any(m.forum == forum.id and m.id in usable for m in case.measures):
            found |= {(member, "vote", forum.id) for member in forum.members}
            found |= {(m, "veto", forum.id) for m in forum.members if m in forum.veto or m in forum.end_veto}
    return found


def promised(case: Case, measure: str) -> list[float]:
    system = System(case)
    return [system.deterrence(i, frozenset({measure})) for i in system.parties]


def compare(seed: int) -> None:
    case, per_stage = drawn(seed)
    result = find_indispensable(case, sources=True, max_per_stage=per_stage)
    assert result.status is Status.ANSWERED
    [entry] = result.readings
    players = [p.id for p in case.parties]
    everybody = frozenset(players)
    game = assert_tables(case, entry, per_stage)
    values = shapley_by_orders(game, players)
    for worth in entry.parties:
        assert worth.marginal.value == close(marginal(game, players, worth.party))
        assert worth.shapley.value == close(values[worth.party])
        assert worth.marginal.is_exact
        assert worth.shapley.is_exact
        elsewhere = [score for table, score in game.items() if worth.party not in table]
        assert worth.is_needed == (max(game.values()) > 0.0 and max(elsewhere) == 0.0)
    assert entry.sources is not None
    assert {(s.source.party, s.source.kind.value, s.source.of) for s in entry.sources} == expected_sources(case)
    for worth_of in entry.sources:
        rest = without(case, worth_of, per_stage)
        i = worth_of.source.party
        assert worth_of.table.value == close(game[everybody] - rest[everybody])
        assert worth_of.marginal.value == close(marginal(game, players, i) - marginal(rest, players, i))
        assert worth_of.shapley.value == close(values[i] - shapley_by_orders(rest, players)[i])
    for refusal in entry.refusals:
        gone = [m.id for m in case.measures if not can_take(case, m, everybody - {refusal.party})]
        want = best_of_table(case, everybody, gone=gone, per_stage=per_stage)
        assert refusal.refusing.value == close(want.score)
        assert refusal.absent.value == close(game[everybody - {refusal.party}])
        others = [gain for i, gain in refusal.refusing.gains.items() if i != refusal.party]
        mean = math.prod(others) ** (1.0 / len(others)) if others and min(others) > 1e-9 else 0.0
        assert refusal.others == close(mean)
        assert refusal.is_spoiler == (refusal.absent.value > max(refusal.refusing.value, mean) + 1e-9)


def compare_with_note(seed: int) -> None:
    try:
        compare(seed)
    except AssertionError as difference:
        difference.add_note(f"seed {seed}\n{drawn(seed)}")
        raise


@pytest.mark.parametrize("seed", SEEDS)
def test_tables_are_the_twins(seed: int) -> None:
    compare_with_note(seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", LONG_SEEDS)
def test_tables_are_the_twins_in_many_more(seed: int) -> None:
    compare_with_note(seed)
