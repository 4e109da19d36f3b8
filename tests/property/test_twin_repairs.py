"""Repairs agree with brute force over lags, lengths, orders, subsets and placements on random cases (§8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.detection import find_detection
from detente.analysis.roadmap.repairs.drop import find_drop
from detente.analysis.roadmap.repairs.order import find_order
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.analysis.roadmap.repairs.split import find_split
from detente.analysis.roadmap.repairs.stage_length import find_stage_length
from detente.analysis.roadmap.repairs.trials import MOST_TOLD
from detente.case import Case, Roadmap
from tests.oracle import repairs as twin
from tests.oracle.random_cases import random_case, random_durations, random_roadmap

PER_BLOCK = 15
BLOCKS = range(12)
LONG_BLOCKS = range(12, 132)
MEASURES = (2, 3, 3, 4)
PARTIES = (1, 2, 2, 3)
LONGEST = 24
MOST_CHANGE = 4
TRIES = 8
KINDS = ("detection", "stage-length", "drop", "order", "split")
PROMISING: dict[str, frozenset[str] | None] = {
    "detection": frozenset({"lags", "verifies", "breakdown", "durations", "status_quo"}),
    "stage-length": frozenset({"lags", "durations", "costs", "terms", "hazard", "breakdown"}),
    "drop": None,
    "order": None,
    "split": frozenset({"costs", "undo_costs", "breakdown", "lags", "terms", "infeasible", "excludes", "requires"}),
}


def draw(kind: str, seed: int) -> tuple[Case, RoadmapEvaluation] | None:
    """A random case with one random roadmap that does not hold; None if none was found."""
    random = Random(f"repair {kind} {seed}")  # noqa: S311
    features = PROMISING[kind] if random.random() < 0.6 else None
    case = random_case(
        seed,
        n_measures=random.choice(MEASURES),
        n_parties=random.choice(PARTIES),
        features=features,
        generous=random.choice((None, 5.0, 10.0)),
    )
    stages = random_roadmap(case, seed)
    roadmap = Roadmap(id="way", name="way", stages=stages, durations=random_durations(case, stages, seed))
    case = replace(case, roadmaps=(roadmap,))
    for _ in range(TRIES):
        evaluation = evaluate_roadmap(case, "way").roadmap
        if not evaluation.holds:
            return case, evaluation
        case = worsened(kind, case, random)
    return None


def worsened(kind: str, case: Case, random: Random) -> Case:
    """A case whose roadmap may have stopped holding through what the kind of repair can mend."""
    [roadmap] = case.roadmaps
    if kind == "stage-length":
        least = twin.least_lengths(case, roadmap.stages)
        lengths = tuple(random.randint(n, n + 12) for n in least)
        return replace(case, roadmaps=(replace(roadmap, durations=lengths),))
    if kind == "detection":
        measures = tuple(
            replace(m, detection_lag=random.randint(m.detection_lag, 12)) if random.random() < 0.5 else m
            for m in case.measures
        )
        # Longer lags need longer stages.
        return replace(case, measures=measures, roadmaps=(replace(roadmap, durations=None),))
    measure = random.choice(case.measures)
    owner = random.choice([*measure.owners, case.parties[0].id])
    value = {**measure.value, owner: random.uniform(-3.0, 0.0)}
    return replace(case, measures=tuple(replace(m, value=value) if m.id == measure.id else m for m in case.measures))


def checked(found: Sequence[Repair | NoRepair]) -> list[Repair]:
    """The repairs; each holds by the twin as well, and what fails says why."""
    repairs = [one for one in found if isinstance(one, Repair)]
    for repair in repairs:
        roadmap = repair.case.roadmap("way")
        assert repair.works
        assert twin.holds(repair.case, roadmap.stages, roadmap.durations)
        assert repair.amount is not None
    failures = [one for one in found if isinstance(one, NoRepair)]
    assert bool(repairs) is not bool(failures)
    assert len(failures) <= 1
    return repairs


def compare_detection(case: Case, evaluation: RoadmapEvaluation) -> int:
    roadmap = case.roadmap("way")
    repairs = checked(list(find_detection(case, evaluation)))
    for way in twin.ways(case, roadmap.stages):
        place = "detection-lag" if way is None else f"measures.{way}.verifies"
        mine = {}
        for repair in repairs:
            if all(place in change.path for change in repair.changes):
                names = [c.path.split(".")[1 if way is None else 3] for c in repair.changes]
                mine[frozenset(names)] = int(repair.amount or 0)
                for change in repair.changes:
                    assert (change.after or 1) == repair.amount
        want = twin.longest_lags(case, roadmap.stages, roadmap.durations, way, sizes=3)
        if not want:  # larger sets than the twin tries
            assert all(len(names) > 3 for names in mine)
            continue
        size = len(next(iter(want)))
        assert all(want[names] == amount for names, amount in mine.items()), way
        assert len(mine) == (len(want) if size == 1 else min(len(want), MOST_TOLD))
        assert sorted(mine.values(), reverse=True) == sorted(want.values(), reverse=True)[: len(mine)]
    return len(repairs)


def compare_lengths(case: Case, evaluation: RoadmapEvaluation) -> int:
    stages, now = evaluation.stages, evaluation.durations
    repairs = checked(list(find_stage_length(case, evaluation)))
    mine = {repair.case.roadmap("way").durations: repair.amount for repair in repairs}
    for lengths, amount in mine.items():
        assert lengths is not None
        assert amount == sum(abs(new - old) for new, old in zip(lengths, now, strict=True))
    short = {lengths for lengths in mine if lengths is not None and max(lengths) <= LONGEST}
    want = twin.single_lengths(case, stages, now, longest=LONGEST)
    if want or any(sum(a != b for a, b in zip(lengths, now, strict=True)) == 1 for lengths in short):
        assert short == want
        return len(repairs)
    several = twin.several_lengths(case, stages, now, most=MOST_CHANGE)
    if several:
        assert len(mine) == min(len(several), MOST_TOLD)
        assert set(mine) <= several
    else:
        assert all(amount is not None and amount > MOST_CHANGE for amount in mine.values())
    return len(repairs)


def compare_drop(case: Case, evaluation: RoadmapEvaluation) -> int:
    repairs = checked(list(find_drop(case, evaluation)))
    every = {m for stage in evaluation.stages for m in stage}
    mine = {
        frozenset(every - {m for stage in repair.evaluation.stages for m in stage}): repair.amount for repair in repairs
    }
    want = twin.drops(case, evaluation.stages, case.roadmap("way").durations)
    assert set(mine) <= want
    assert len(mine) == min(len(want), MOST_TOLD)
    assert all(amount == len(dropped) for dropped, amount in mine.items())
    return len(repairs)


def compare_order(case: Case, evaluation: RoadmapEvaluation) -> int:
    repairs = checked(list(find_order(case, evaluation)))
    want = twin.nearest_order(case, evaluation.stages)
    if want is None:
        assert not repairs
        return 0
    [repair] = repairs
    assert repair.amount == float(want)
    assert float(twin.kendall_distance(evaluation.stages, repair.evaluation.stages)) == repair.amount
    return 1


def compare_split(case: Case, evaluation: RoadmapEvaluation) -> int:
    stages, lengths = evaluation.stages, case.roadmap("way").durations
    repairs = checked(list(find_split(case, evaluation)))
    able = [m for stage in stages for m in stage if not case.measure(m).verifies]
    for number in (2, 3):
        want = {m: found for m in able if (found := twin.parts_hold(case, stages, lengths, m, number))}
        seen = set()
        for repair in repairs:
            assert repair.amount in (2, 3)
            if repair.amount != number:
                continue
            [chain] = {m.level.chain for m in repair.case.measures if m.level is not None}
            seen.add(chain)
            split = [m.id for m in repair.case.measures if m.level is not None]
            renamed = {new: f"{chain}-part{k + 1}" for k, new in enumerate(split)}
            got = tuple(frozenset(renamed.get(m, m) for m in stage) for stage in repair.evaluation.stages)
            least = min(want[chain].values())
            assert got in {tuple(map(frozenset, s)) for s, extra in want[chain].items() if extra == least}
        assert seen == set(want)
        if want:
            break
    return len(repairs)


COMPARE = {
    "detection": compare_detection,
    "stage-length": compare_lengths,
    "drop": compare_drop,
    "order": compare_order,
    "split": compare_split,
}


def compare_block(kind: str, block: int) -> int:
    found = 0
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        drawn = draw(kind, seed)
        if drawn is None:
            continue
        case, evaluation = drawn
        try:
            found += COMPARE[kind](case, evaluation)
        except AssertionError as difference:
            difference.add_note(f"seed {seed}, kind {kind}\n{case}")
            raise
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_repairs_are_the_twins(kind: str) -> None:
    found = sum(compare_block(kind, block) for block in BLOCKS)
    assert found >= 10, f"only {found} repairs were compared"


@pytest.mark.long
@pytest.mark.parametrize("block", LONG_BLOCKS)
@pytest.mark.parametrize("kind", KINDS)
def test_repairs_are_the_twins_in_ten_times_as_many(kind: str, block: int) -> None:
    compare_block(kind, block)
