"""What must be so whatever the case: agreements on time, late, not begun, and what is spent (decision 11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random
from typing import Any

import pytest

from detente import RoadmapEvaluation, RoadmapProgress, evaluate_progress, evaluate_roadmap
from detente.case import Case, ProgressEntry, Roadmap
from tests.oracle.agreement import near
from tests.oracle.evaluation import Stages
from tests.oracle.progress import random_progress
from tests.oracle.random_cases import random_case, random_durations, random_roadmap

SEEDS = range(80)
Row = dict[str, Any]  # as JSON


def drawn(seed: int) -> tuple[Case, Roadmap, tuple[int, ...]]:
    """A random case with a legal roadmap and its durations, some longer than needed."""
    case = random_case(seed, n_measures=2 + seed % 5, n_parties=1 + seed % 4)
    stages = random_roadmap(case, seed)
    given = random_durations(case, stages, seed)
    roadmap = Roadmap(id="r", name="r", stages=stages, durations=given)
    return case, roadmap, evaluate_roadmap(case, roadmap).roadmap.durations


def followed(case: Case, stages: Stages, lengths: Sequence[int], begun: int) -> Case:
    """The case after so many stages began exactly on time."""
    starts = list(accumulate(lengths, initial=0))
    entries = [
        ProgressEntry(measure=m, taken=start)
        for stage, start in zip(stages[:begun], starts, strict=False)
        for m in stage
    ]
    return replace(case, progress=tuple(entries))


def left(case: Case, roadmap: Roadmap, at: int) -> RoadmapProgress:
    return evaluate_progress(case, [roadmap], at=at).roadmap


def rows_of(evaluation: RoadmapEvaluation | None) -> list[Row]:
    assert evaluation is not None
    return [row.to_dict() for row in evaluation.rows]


def rows(entry: RoadmapProgress) -> list[Row]:
    return rows_of(entry.rest.evaluation)


def assert_same(got: Sequence[Row], want: Sequence[Row]) -> None:
    """Fail where rows differ by more than rounding; the deviation named may be another one of equal worth."""
    assert len(got) == len(want)
    for one, other in zip(got, want, strict=True):
        for key, value in other.items():
            if key in ("deviation", "stage", "check"):
                continue
            if isinstance(value, Mapping):
                # F is the way ahead whatever the deviation is; the others belong to the deviation.
                assert one[key]["F"] == near(value["F"])
            else:
                assert one[key] == near(value), (key, one, other)


@pytest.mark.parametrize("seed", SEEDS)
def test_before_anything_has_happened_the_rest_is_the_roadmap(seed: int) -> None:
    case, roadmap, _ = drawn(seed)
    want = evaluate_roadmap(case, roadmap).roadmap.to_dict()
    for at in (None, seed % 7):
        result = evaluate_progress(case, [roadmap], at="now" if at is None else at)
        document: Any = result.to_dict()  # Any: a tree of JSON
        [entry] = document["roadmaps"]
        standing = entry.pop("progress")
        assert entry == want
        assert (standing["in_force"], standing["lost"], standing["waiting"]) == ([], [], 0)
        assert standing["numbers"] == list(range(1, len(roadmap.stages) + 1))


@pytest.mark.parametrize("seed", SEEDS)
def test_on_time_the_rest_has_the_rows_of_the_whole(seed: int) -> None:
    case, roadmap, lengths = drawn(seed)
    whole = rows_of(evaluate_roadmap(case, roadmap).roadmap)
    starts = list(accumulate(lengths, initial=0))
    for begun in range(1, len(lengths)):
        entry = left(followed(case, roadmap.stages, lengths, begun), roadmap, starts[begun])
        assert entry.standing.waiting == 0
        assert [gate.late for gate in entry.standing.gates[:begun]] == [0] * begun
        assert entry.rest.starts == tuple(starts[begun:-1])
        want = [row for row in whole if row["stage"] > begun]
        got = rows(entry)
        assert [row["stage"] + begun for row in got] == [row["stage"] for row in want]
        assert_same(got, want)


@pytest.mark.parametrize("seed", SEEDS)
def test_right_after_a_stage_began_waiting_is_the_check_after_it(seed: int) -> None:
    case, roadmap, lengths = drawn(seed)
    whole = rows_of(evaluate_roadmap(case, roadmap).roadmap)
    starts = list(accumulate(lengths, initial=0))
    for begun in range(1, len(lengths) + 1):
        entry = left(followed(case, roadmap.stages, lengths, begun), roadmap, starts[begun - 1])
        assert entry.standing.waiting == lengths[begun - 1]
        want = [row for row in whole if row["stage"] > begun or (row["stage"] == begun and row["check"] != "before")]
        assert_same(rows(entry), want)


@pytest.mark.parametrize("seed", SEEDS)
def test_delay_changes_only_what_waiting_is_worth(seed: int) -> None:
    case, roadmap, lengths = drawn(seed)
    case, at = random_progress(case, roadmap.stages, lengths, seed)
    latest = max((p for e in case.progress for p in (e.taken, e.ended) if p is not None), default=0)
    at = max(at, latest)
    sooner, later = left(case, roadmap, at), left(case, roadmap, at + 1 + seed % 5)
    if sooner.rest.evaluation is None:
        assert later.rest.evaluation is None
        return
    assert later.standing.waiting == max(0, sooner.standing.waiting - 1 - seed % 5)
    got, want = ([row for row in rows(each) if not is_waiting(row)] for each in (later, sooner))
    assert got == want


def is_waiting(row: Row) -> bool:
    return bool(row["stage"] == 0 and row["check"] == "after")


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_spent_changes_no_row(seed: int) -> None:
    case, roadmap, lengths = drawn(seed)
    case, at = random_progress(case, roadmap.stages, lengths, seed)
    entry = left(case, roadmap, at)
    in_force = set(entry.history.in_force)
    dearer = replace(
        case,
        measures=tuple(
            replace(m, cost={i: 7.0 for i in case.members_of(m)}) if m.id in in_force else m for m in case.measures
        ),
    )
    if entry.rest.evaluation is not None:
        assert rows(left(dearer, roadmap, at)) == rows(entry)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_happens_later_is_not_known_yet(seed: int) -> None:
    case, roadmap, lengths = drawn(seed)
    case, _ = random_progress(case, roadmap.stages, lengths, seed)
    random = Random(f"replay {seed}")  # noqa: S311
    at = random.randint(0, 1 + max((e.taken for e in case.progress), default=0))
    known = tuple(
        replace(e, ended=e.ended if e.ended is not None and e.ended <= at else None)
        for e in case.progress
        if e.taken <= at
    )
    shuffled = list(known)
    random.shuffle(shuffled)
    want = evaluate_progress(case, [roadmap], at=at).to_dict()["roadmaps"]
    for progress in (known, tuple(shuffled)):
        assert evaluate_progress(replace(case, progress=progress), [roadmap], at=at).to_dict()["roadmaps"] == want


@pytest.mark.parametrize("seed", SEEDS)
def test_a_period_nearer_to_the_next_stage_the_same_delay_costs_more(seed: int) -> None:
    # Complying with n more periods is F + γ^(r+n)·(V − F), so the first further one costs γ^r·(1 − γ)·(V − F).
    case, roadmap, lengths = drawn(seed)
    case, at = random_progress(case, roadmap.stages, lengths, seed)
    entry = left(case, roadmap, at)
    ahead = left(case, roadmap, at + 1)
    latest = max((p for e in case.progress for p in (e.taken, e.ended) if p is not None), default=0)
    if entry.rest.evaluation is None or entry.standing.waiting == 0 or at < latest:
        return
    hazard = entry.rest.evaluation.hazard
    for one, other in zip(entry.rest.delays, ahead.rest.delays, strict=True):
        discount = case.party(one.party).discount
        assert isinstance(discount, float)
        assert one.loss == near(discount * (1.0 - hazard) * other.loss)
