"""What one command says must be so when another is asked: numbers that tip, repairs, tables, what is left, designs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache

import pytest

from detente import (
    CriticalValues,
    RepairSearch,
    RoadmapEvaluation,
    assess_trust,
    change_case,
    compare_cases,
    compute_indices,
    design_progress,
    design_roadmap,
    evaluate_graduated,
    evaluate_progress,
    evaluate_roadmap,
    find_critical_values,
    find_indispensable,
    read_case,
    repair_roadmap,
)
from detente.analysis.result import Status
from detente.analysis.roadmap.critical_numbers import CriticalNumber, CriticalValue
from detente.analysis.roadmap.critical_places import NumberKind
from detente.analysis.roadmap.critical_words import format_bound, verdict_beyond
from detente.analysis.roadmap.repairs.repair import Repair, RepairKind
from detente.analysis.roadmap.sensitivity import range_flips
from detente.case import Case, ProgressEntry, Roadmap
from detente.report.content import compose
from detente.report.document import Block, Bullets, Details, Paragraph
from detente.report.findings import find
from tests.oracle.agreement import near
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.report_case import DAY, report_case
from tests.unit.report.test_chapters import plain

SEEDS = range(40)
FEW = range(12)
KOREA = "double-freeze"
NOISE = 1e-11
"""Jumps this close to a round number may lie on either side of it."""


@cache
def korea() -> Case:
    return read_case("korea-2018")


@cache
def drawn(seed: int) -> Case:
    """A random case with one roadmap, `way`."""
    case = random_case(
        seed, n_measures=2 + seed % 3, n_parties=1 + seed % 3, generous=(None, 5.0)[seed % 2], features=None
    )
    stages = random_roadmap(case, seed)
    way = Roadmap(id="way", name="way", stages=stages, durations=random_durations(case, stages, seed))
    return replace(case, roadmaps=(way,))


def judged(case: Case, roadmap: str = "way") -> RoadmapEvaluation:
    return evaluate_roadmap(case, roadmap).roadmap


def assert_shown_bounds(case: Case, roadmap: str, found: CriticalValues) -> int:
    """What `critical` shows must be so when `evaluate --set` tries just the number shown."""
    tried = 0

    def assert_bound(number: CriticalNumber, crossing: CriticalValue) -> None:
        sign, shown = format_bound(number, crossing).split()
        value = int(shown) if number.kind is NumberKind.WHOLE else float(shown)
        if crossing.is_jump and abs(value - crossing.at) < NOISE:
            return
        evaluation = judged(change_case(case, {number.number.place: value}), roadmap)
        beyond = verdict_beyond(number, crossing)
        assert evaluation.holds is (beyond if sign in "≥≤" else not beyond), (number.number.place, sign, shown)

    # The total hazard, and lengths of stages that follow from what is verified, are no places of the case file.
    stated = {place for place in (n.number.place for n in found.numbers) if not place.startswith("roadmaps.")}
    if case.roadmap(roadmap).durations is not None:
        stated |= {n.number.place for n in found.numbers}
    for number in found.tipping:
        if number.number.place in stated - {"hazard"}:
            for crossing in number.tips:
                assert_bound(number, crossing)
                tried += 1
    return tried


@pytest.mark.parametrize("seed", SEEDS)
def test_a_number_shown_to_tip_the_verdict_does_so_in_an_evaluation(seed: int) -> None:
    assert_shown_bounds(drawn(seed), "way", find_critical_values(drawn(seed), "way", with_derivatives=False))


def test_numbers_shown_for_korea_tip_the_verdict_in_an_evaluation() -> None:
    found = find_critical_values(korea(), KOREA, with_derivatives=False)
    assert assert_shown_bounds(korea(), KOREA, found) > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_the_critical_hazard_is_the_first_total_hazard_that_tips(seed: int) -> None:
    evaluation = judged(drawn(seed))
    found = find_critical_values(drawn(seed), "way", numbers=["hazard"], with_derivatives=False)
    above = [c.at for n in found.numbers for c in n.tips if c.at >= n.now and not c.holds_above]
    if not evaluation.holds or not above:
        assert evaluation.critical_hazard is None
    else:
        assert evaluation.critical_hazard == pytest.approx(min(above), abs=1e-7)


@pytest.mark.parametrize("seed", FEW)
def test_numbers_that_reports_move_within_their_ranges_are_critical_there(seed: int) -> None:
    case = drawn(seed)
    found = find_critical_values(case, "way", with_derivatives=False)
    inside = {n.number.place for n in found.numbers if any(n.is_in_range(c) for c in n.crossings)}
    flips = range_flips(case, [judged(case)])
    assert flips is not None
    assert {flip.number.place for flip in flips} <= inside


def test_numbers_that_reports_move_in_korea_are_those_critical_within_their_ranges() -> None:
    found = find_critical_values(korea(), KOREA, with_derivatives=False)
    inside = {n.number.place for n in found.tipping if any(n.is_in_range(c) for c in n.tips)}
    flips = range_flips(korea(), [judged(korea(), KOREA)])
    assert flips is not None
    assert {flip.number.place for flip in flips} == inside


def settings_of(repair: Repair) -> Mapping[str, object] | None:
    """The changes of a repair as settings; None if it adds something, which settings cannot."""
    if repair.kind not in {RepairKind.DETECTION, RepairKind.STAGE_LENGTH, RepairKind.ORDER}:
        return None
    settings: dict[str, object] = {change.path: change.after for change in repair.changes}
    return None if None in settings.values() else settings


def assert_repairs(case: Case, found: RepairSearch) -> None:
    roadmap = found.before.id
    for repair in found.repairs:
        again = judged(repair.case, roadmap)
        assert again.to_dict() == repair.evaluation.to_dict()
        [verdict] = [v for v in compare_cases(case, repair.case).verdicts if v.before.id == roadmap]
        assert (verdict.before.holds, verdict.after.holds) == (False, again.holds)
        assert again.holds or not repair.works
        settings = settings_of(repair)
        if settings is not None:
            assert judged(change_case(case, settings), roadmap).holds is again.holds
        if repair.kind is RepairKind.DETECTION and repair.works and len(repair.changes) == 1:
            [change] = repair.changes
            later = change_case(case, {change.path: int(str(change.after)) + 1})
            assert not judged(later, roadmap).holds, "the longest lag that holds"


@pytest.mark.parametrize("seed", FEW)
def test_repairs_are_what_an_evaluation_of_the_repaired_case_says(seed: int) -> None:
    case = drawn(seed)
    found = repair_roadmap(case, "way")
    assert_repairs(case, found)
    goal = [measure for stage in found.before.stages for measure in stage]
    orders = [repair for repair in found.repairs if repair.kind is RepairKind.ORDER]
    none = [f for f in found.failures if f.kind is RepairKind.ORDER and f.reason.startswith("No roadmap to the goal")]
    if orders or none:
        assert design_roadmap(case, goal=goal).status is (Status.OPTIMAL if orders else Status.NONE)


def test_repairs_of_korea_are_what_an_evaluation_says() -> None:
    assert_repairs(korea(), repair_roadmap(korea(), KOREA, kinds=["detection", "stage-length", "counterpart"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_no_roadmap_that_holds_asks_for_less_trust_than_the_design(seed: int) -> None:
    case = drawn(seed)
    evaluation = judged(replace(case, roadmaps=(replace(case.roadmap("way"), durations=None),)))
    goal = [measure for stage in evaluation.stages for measure in stage]
    design = design_roadmap(case, goal=goal)
    if evaluation.holds:
        assert design.value is not None
        assert evaluation.trust is not None
        assert design.value <= evaluation.trust + 1e-9
    if design.evaluation is not None:
        again = evaluate_roadmap(case, design.stages).roadmap
        assert again.holds
        assert again.trust == near(design.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_way_on_is_no_worse_than_the_rest_of_the_roadmap(seed: int) -> None:
    case = drawn(seed)
    plan = judged(replace(case, roadmaps=(replace(case.roadmap("way"), durations=None),)))
    if len(plan.stages) < 2:
        return
    begun = tuple(ProgressEntry(measure=measure, taken=0) for measure in plan.stages[0])
    case = replace(case, roadmaps=(Roadmap(id="way", name="way", stages=plan.stages),), progress=begun)
    rest = evaluate_progress(case, ["way"], at=plan.durations[0]).roadmap.rest.evaluation
    assert rest is not None
    goal = [measure for stage in plan.stages[1:] for measure in stage]
    design = design_progress(case, at=plan.durations[0], goal=goal)
    if rest.holds:
        assert design.value is not None
        assert rest.trust is not None
        assert design.value <= rest.trust + 1e-9


@pytest.mark.parametrize("seed", FEW)
def test_the_score_of_a_table_is_the_root_of_the_product_of_a_design_at_it(seed: int) -> None:
    case = drawn(3 * seed + 1)
    [entry] = find_indispensable(case).readings
    for table in entry.coalitions:
        if len(table.parties) >= 2:
            design = design_roadmap(case, goal="best", objective="nash", at_table=table.parties)
            product = 0.0 if design.value is None else design.value
            assert table.value == pytest.approx(product ** (1 / len(table.parties)), rel=1e-6, abs=1e-6)
            assert table.value == pytest.approx(
                math.prod(table.gains.values()) ** (1 / len(table.parties)) if table.gains else 0.0, rel=1e-6, abs=1e-6
            )


@pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")
@pytest.mark.parametrize("seed", SEEDS)
def test_trust_over_time_and_graduated_answers_start_from_the_ordinary_verdict(seed: int) -> None:
    case = drawn(seed)
    evaluation = judged(case)
    trust = assess_trust(case, "way")
    asked = {(t.stage, t.party): near(t.payoffs.against_leaving) for t in trust.thresholds}
    assert {(r.stage, r.party): r.required_trust for r in evaluation.rows if r.betrayed_value is not None} == asked
    if evaluation.holds:
        assert trust.outcomes[-1].least_prior == 0.0
    graduated = evaluate_graduated(case, ["way"]).roadmap
    assert graduated.ordinary.to_dict() == evaluation.to_dict()
    assert [row.ordinary_margin for row in graduated.rows] == [near(row.margin) for row in evaluation.rows]


def texts(block: Block) -> Iterator[str]:
    match block:
        case Paragraph():
            yield plain(block.text)
        case Bullets():
            yield from (plain(item) for item in block.items)
        case Details():
            for inner in block.blocks:
                yield from texts(inner)
        case _:
            pass


def test_a_report_says_what_the_commands_say() -> None:
    case = change_case(
        report_case(), {"measures.withdraw.detection-lag": 12, "roadmaps.troops-first.durations": [12, 12]}
    )
    document = compose(find(case, date=DAY, readings=[], designs=[], indispensable=True, repairs=True))
    every = [inner for section in document.sections for inner in (section, *section.sections)]
    told = " ".join(text for section in every for block in section.blocks for text in texts(block)).replace("−", "-")
    entries = [judged(case, roadmap.id) for roadmap in case.roadmaps]
    repairs = [repair_roadmap(case, entry.id) for entry in entries if not entry.holds]
    said = [text for found in repairs for repair in found.repairs for text in (repair.summary, *repair.notes)]
    said += [failure.reason for found in repairs for failure in found.failures]
    results = [find_critical_values(case, e.id, with_times=False, with_derivatives=False) for e in entries]
    for result in (*results, find_indispensable(case), compute_indices(case, orders_under=[None])):
        sentences = [sentence.text for sentence in result.explain().sentences]
        said += [text for text in sentences if not text.endswith(":")]  # that announces a roadmap: here a heading does
    assert [text for text in said if text.replace("−", "-") not in told] == []
