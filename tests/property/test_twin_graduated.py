"""Graduated answers agree with the independent literal implementation on random cases with every feature."""

from __future__ import annotations

import math
from random import Random

import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap import GraduatedRoadmap, GraduatedRow
from detente.analysis.roadmap.graduated_evaluating import answer_deviations
from detente.case import Case
from detente.kernel.graduated import AnswerRule
from tests.oracle.agreement import near
from tests.oracle.graduated import Answer, Entry, Graduated, Rule
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.oracle.system import System

PER_BLOCK = 40
BLOCKS = range(8)
LONG_BLOCKS = range(8, 88)
MEASURES = (1, 2, 2, 3, 3, 3, 4, 4, 5)
PARTIES = (1, 2, 2, 3, 3, 4)
PERIODS = (1, 2, 3, 6, 12, None)
PROPORTIONS = (0.25, 0.5, 1.0, 1.0, 1.5, 3.0)


def drawn(seed: int) -> tuple[Case, tuple[tuple[str, ...], ...], tuple[int, ...] | None, AnswerRule, float]:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice(MEASURES), n_parties=random.choice(PARTIES))
    stages = random_roadmap(case, seed)
    rule = AnswerRule(periods=random.choice(PERIODS), proportion=random.choice(PROPORTIONS))
    return case, stages, random_durations(case, stages, seed), rule, random.choice((0.01, 0.1, 0.5))


def assert_same_row(system: System, row: GraduatedRow, want: Entry) -> None:
    got = row.row
    where = (want["stage"], want["check"], want["party"])
    assert (got.stage, got.check.value, got.party) == where
    assert got.comply == near(want["comply"]), where
    assert got.deviate == near(want["deviate"]), where
    assert row.ordinary_margin == near(want["ordinary_margin"]), where
    chosen = (frozenset(got.deviation.withhold), frozenset(got.deviation.undo), got.deviation.leave)
    assert chosen in want["tied"], where
    answer, does = want["tied"][chosen]
    if len(want["tied"]) == 1:
        assert chosen == want["deviation"], where
    assert_same_answer(system, row, answer, does)
    for key, margin in (("answering", row.answering), ("resuming", row.resuming)):
        assert (None if margin is None else margin.flow_margin) == near(want[key]), (where, key)


def assert_same_answer(system: System, row: GraduatedRow, want: Answer | None, does: str) -> None:
    got = row.answer
    if want is None:
        assert got is None
        return
    assert got is not None
    assert list(got.suspend) == system.ordered(want.suspended)
    assert (got.gain, got.needed, got.loss) == (near(want.gain), near(want.needed), near(want.loss))
    assert got.enough == (want.loss >= want.needed - 1e-12)
    assert got.outcome.value == does


def assert_same_alarms(entry: GraduatedRoadmap, twin: Graduated) -> None:
    costs = entry.false_alarm
    assert costs is not None
    everybody, nobody = frozenset(twin.system.parties), frozenset[str]()
    for cost in costs.parties:
        party = cost.party
        patience = 1.0 - twin.system.discount[party]
        without = twin.comply(twin.path[0], "before", party)
        idle = twin.system.value(party, twin.system.status_quo)
        for record, lost, left in (
            (everybody, cost.breakdown, cost.gain_breakdown),
            (nobody, cost.graduated, cost.gain_graduated),
        ):
            value = twin.alarmed_start(party, 1, record)
            assert lost == near(patience * (without - value))
            assert left == near(patience * value - idle)
    assert costs.reaches_end_breakdown == near(twin.reaches(1, everybody))
    assert costs.reaches_end_graduated == near(twin.reaches(1, nobody))


def compare(seed: int) -> None:
    case, stages, durations, rule, alarm = drawn(seed)
    ordinary = evaluate_roadmap(case, [list(stage) for stage in stages], durations=durations).roadmap
    entry = answer_deviations(ordinary, rule, false_alarm=alarm)
    periods = math.inf if rule.periods is None else rule.periods
    twin = Graduated(case, stages, durations, Rule(periods=periods, proportion=rule.proportion, alarm=alarm))
    wanted = twin.rows()
    try:
        for row, want in zip(entry.rows, wanted, strict=True):
            assert_same_row(twin.system, row, want)
        assert_same_alarms(entry, twin)
    except AssertionError as difference:
        difference.add_note(f"seed {seed}, stages {stages}, durations {durations}, {rule}\n{case}")
        raise


@pytest.mark.parametrize("block", BLOCKS)
def test_graduated_answers_are_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_graduated_answers_are_the_twins_in_ten_times_as_many(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)
