"""What is left of an agreement agrees with the literal implementation on random cases and histories (decision 11)."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from detente.analysis.roadmap import evaluate_progress
from detente.analysis.roadmap.progress import RoadmapProgress
from detente.case import Roadmap
from tests.oracle import progress as twin
from tests.oracle.agreement import HAZARDS, NUMBERS, ROW_KEYS, ROW_NUMBERS, near
from tests.oracle.evaluation import HOLDS, Deviation, Entry, Stages, deviation_value, steps
from tests.oracle.progress import Onward
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.oracle.system import System

PER_BLOCK = 60
BLOCKS = range(10)
LONG_BLOCKS = range(10, 60)
MEASURES = (2, 3, 3, 4, 4, 5, 6)
PARTIES = (1, 2, 2, 3, 3)
DELAYS = (1, 2, 7)
SCAN = 30
"""Hazards at which the twin looks whether what is left holds."""
MOST = 40
"""Periods of delay that the twin tries one by one."""


def compare(seed: int) -> None:
    random = Random(f"twin progress {seed}")  # noqa: S311
    case = random_case(seed, n_measures=random.choice(MEASURES), n_parties=random.choice(PARTIES))
    stages = random_roadmap(case, seed)
    durations = random_durations(case, stages, seed)
    lengths = [step.periods for step in steps(System(case), stages, durations)]
    case, at = twin.random_progress(case, stages, lengths, seed)
    roadmap = Roadmap(id="r", name="r", stages=stages, durations=durations)
    result = evaluate_progress(case, [roadmap], at=at, delays=DELAYS)
    document: Any = result.to_dict()  # a tree of JSON
    [entry] = document["roadmaps"]
    try:
        assert_same_standing(entry["progress"], case, stages, lengths, at)
        assert_same_way(entry, entry["progress"], result.roadmap, stages, durations, at, retake=False)
        retaken = entry["progress"]["with_retaken"]
        assert (retaken is not None) == bool(entry["progress"]["lost"])
        if retaken is not None:
            assert_same_way(retaken, retaken, result.roadmap, stages, durations, at, retake=True)
    except AssertionError as difference:
        difference.add_note(f"seed {seed}, stages {stages}, durations {durations}, at {at}\n{case}")
        raise


def assert_same_standing(got: Entry, case: Any, stages: Stages, lengths: Sequence[int], at: int) -> None:
    """Where the roadmap stands: what is in force, lost and left out, the gates, the wait, what is sunk."""
    system = System(case)
    now, past = twin.in_force_at(case, at), twin.ever_taken(case, at)
    assert got["now"] == at
    assert got["in_force"] == system.ordered(now - system.status_quo)
    assert got["lost"] == [m for stage in stages for m in stage if m in past and m not in now]
    assert set(got["left_out"]) == twin.left_out(system, stages, now, past)
    assert got["waiting"] == twin.waiting(case, stages, lengths, at)
    assert got["gates"] == twin.gates(case, stages, lengths, at)
    for each in got["sunk"]:
        total, compounded = twin.sunk(case, at, each["party"])
        assert each["total"] == near(total)
        assert each["compounded"] == near(compounded)
        assert sum(cost["cost"] for cost in each["costs"]) == near(total)


def assert_same_way(
    verdict: Entry,
    told: Entry,
    entry: RoadmapProgress,
    stages: Stages,
    durations: Sequence[int] | None,
    at: int,
    *,
    retake: bool,
) -> None:
    """One way on: its stages, whether it is legal, every row, and what delay costs."""
    case = entry.case
    system, start = System(case), twin.in_force_at(case, at)
    coming = twin.rest(case, stages, at, retake=retake)
    assert [(n, list(s)) for n, s in zip(told["numbers"], verdict["stages"], strict=True)] == coming
    illegal = why_illegal(system, start, twin.ever_taken(case, at), [stage for _, stage in coming])
    assert bool(told["problems"]) == illegal
    if illegal or (not coming and start == system.status_quo):
        assert verdict["rows"] == []
        assert {verdict[key] for key in ("holds", "trust", "margin", "end_margin", "critical")} == {None}
        return
    agreed = None
    if durations is not None:
        agreed = [durations[n - 1] if n <= len(durations) else 1 for n, _ in coming]
    lengths = [step.periods for step in steps(System(case), stages, durations)]
    way = twin.onward(case, start, twin.waiting(case, stages, lengths, at), [s for _, s in coming], agreed)
    assert verdict["durations"] == [step.periods for step in way.path]
    begins = [at + way.waiting + sum(step.periods for step in way.path[:k]) for k in range(len(way.path))]
    assert told["starts"] == begins
    assert_same_rows(verdict, way)
    if at % 4 == 0:  # a scan takes time
        assert_same_hazard(verdict["critical_hazard"], way)
    assert_same_delays(told["delays"], way)


def why_illegal(system: System, start: frozenset[str], past: frozenset[str], stages: Stages) -> bool:
    """Whether some stage cannot be taken from there (§2)."""
    state = start
    for stage in stages:
        taking = frozenset(stage)
        if any(not set(system.measure[m].after) <= state | past for m in taking):
            return True
        state |= taking
        if not system.is_feasible(state):
            return True
    return False


def assert_same_rows(verdict: Entry, way: Onward) -> None:
    rows = twin.rows(way)
    assert [(r["stage"], r["check"], r["party"]) for r in verdict["rows"]] == [
        (r["stage"], r["check"], r["party"]) for r, _ in rows
    ]
    for got, (want, among) in zip(verdict["rows"], rows, strict=True):
        where = (want["stage"], want["check"], want["party"])
        assert set(got) >= ROW_KEYS
        for key in (*ROW_NUMBERS, "none_suffices"):
            assert got[key] == near(want[key]), (where, key)
        chosen = chosen_of(got, want, among, way)
        if want["parts"] is None:
            assert got["parts"] is None
        else:
            step = way.pause if want["stage"] == 0 else way.path[want["stage"] - 1]
            parts = twin.parts(way, step, want["check"], want["party"], chosen)
            assert got["parts"] == {key: near(part) for key, part in parts.items()}, where
    values = [r for r, _ in rows]
    last = len(way.path)
    late = [r for r in values if r["check"] == "end" or (r["check"], r["stage"]) == ("after", last)]
    early = [r for r in values if r not in late]
    trusts = [r["required_trust"] for r in values if r["required_trust"] is not None]
    hopeless = any(r["none_suffices"] for r in values)
    assert verdict["holds"] == all(r["margin"] >= -HOLDS for r in values)
    assert verdict["trust"] == near(None if hopeless else max(trusts, default=0.0))
    assert verdict["margin"] == near(min(r["flow_margin"] for r in early or late))
    assert verdict["end_margin"] == near(min(r["flow_margin"] for r in late))


def assert_same_hazard(got: float | None, way: Onward) -> None:
    """The critical hazard is the first of a scan at which what is left does not hold."""

    def holds(hazard: float) -> bool:
        return all(row["margin"] >= -HOLDS for row, _ in twin.rows(way, hazard))

    own = way.system.hazard
    if not holds(own):
        assert got is None
        return
    scanned = [own + (0.999 - own) * (point / SCAN) ** 2 for point in range(SCAN + 1)]
    if got is None:
        assert all(holds(hazard) for hazard in scanned)
        return
    assert all(holds(hazard) for hazard in scanned if hazard < got - HAZARDS)
    assert not all(holds(min(got + further, 1 - 1e-12)) for further in (0.0, 1e-12, 1e-10, 1e-8, HAZARDS))


def chosen_of(got: Entry, want: Entry, among: list[Deviation], way: Onward) -> Deviation:
    """The twin's deviation that the program names, which must be worth as much as the best."""
    stated = got["deviation"]
    key = (frozenset(stated["withhold"]), frozenset(stated["undo"]), stated["leave"])
    found = {(d.withhold, d.undo, d.leave): d for d in among}
    assert key in found
    worth = deviation_value(way.system, want["party"], found[key], way.system.hazard)
    assert worth >= want["deviate"] - NUMBERS * max(1.0, abs(want["deviate"]))
    return found[key]


def assert_same_delays(got: list[Entry], way: Onward) -> None:
    if not way.path:
        assert got == []
        return
    assert [each["party"] for each in got] == list(way.system.parties)
    h = way.system.hazard
    for each in got:
        i = each["party"]
        lost = twin.waited_value(way, i, way.waiting, h) - twin.waited_value(way, i, way.waiting + 1, h)
        assert each["loss"] == near(lost)
        patience = 1.0 - way.system.discount[i]
        wanted = [{"periods": n, "flow_margin": near(patience * twin.delay_margin(way, i, n))} for n in DELAYS]
        assert each["margins"] == wanted
        first = twin.first_unwilling(way, i, MOST)
        if first is None:
            assert each["unwilling_after"] is None or each["unwilling_after"] > MOST
            if each["unwilling_after"] is not None and each["unwilling_after"] < 10_000:
                assert twin.delay_margin(way, i, each["unwilling_after"]) < 0.0
                assert twin.delay_margin(way, i, each["unwilling_after"] - 1) >= -2 * HOLDS
            if each["unwilling_after"] is None:
                assert twin.delay_margin(way, i, 5_000) >= -2 * HOLDS
        else:
            assert each["unwilling_after"] == first


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_left_is_the_twins(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
def test_what_is_left_is_the_twins_in_five_times_as_many(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        compare(seed)
