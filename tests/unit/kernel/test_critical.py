"""Sweeps of single numbers: groups of deviations, dips hidden by others, kinks, and the engine underneath."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from detente import evaluate_roadmap
from detente.case import OnBreakdown
from detente.kernel.changes import Change
from detente.kernel.critical import CriticalSearch, Sweep
from detente.kernel.hazard import critical_hazard, least_margins
from detente.kernel.lines import MarginLines, thin
from detente.kernel.regions import Region, find_regions, merge
from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.series import DiscountFamily, HazardFamily
from tests.oracle.hand_cases import case_of, measure, party, term
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.unit.kernel.test_hazard import DISCOUNT, LAG, roots_of_margin, turning_point

SOME = 1e12


def random_values(seed: int, *, joint_bits: int = 8) -> RoadmapValues:
    random = Random(seed)  # noqa: S311
    case = random_case(seed, n_measures=random.choice((3, 4, 5, 6)), n_parties=random.choice((1, 2, 3)), generous=8.0)
    stages = random_roadmap(case, seed)
    durations = random_durations(case, stages, seed)
    values = evaluate_roadmap(case, [list(stage) for stage in stages], durations=durations).roadmap.values
    return RoadmapValues(values.system, values.stages, values.durations, joint_bits=joint_bits)


def sweeps(values: RoadmapValues, seed: int) -> list[Sweep]:
    search, system, random = CriticalSearch(values), values.system, Random(seed)  # noqa: S311
    found = [search.hazard()]
    for own in range(system.n_parties):
        found.append(search.discount(own))
        for name, low in (("weight", -SOME), ("cost", 0.0), ("undo_cost", 0.0), ("deters", 0.0)):
            one = np.zeros(system.n_measures)
            column = random.randrange(system.n_measures)
            one[column] = 1.0
            now = float(getattr(system, name)[own, column])
            found.append(search.value(Change.of(system, own, **{name: one}), now, low, SOME))
    return found


@pytest.mark.parametrize(
    "seed", [seed for seed in range(60) if CriticalSearch(random_values(seed, joint_bits=1)).lines.blends]
)
def test_measures_that_add_up_give_the_same_group_by_group(seed: int) -> None:
    jointly, by_group = sweeps(random_values(seed), seed), sweeps(random_values(seed, joint_bits=1), seed)
    for one, other in zip(jointly, by_group, strict=True):
        assert [c.holds_above for c in one.crossings] == [c.holds_above for c in other.crossings]
        assert [c.at for c in one.crossings] == pytest.approx([c.at for c in other.crossings], rel=1e-7, abs=1e-7)
        for mine, theirs in ((one.below, other.below), (one.above, other.above)):
            assert (mine is None) is (theirs is None)
            if mine is not None:
                assert mine == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("joint_bits", [1, 8])
@pytest.mark.parametrize("seed", range(40))
def test_lines_make_up_the_margins_of_rows(seed: int, joint_bits: int) -> None:
    values = random_values(seed, joint_bits=joint_bits)
    at = np.array([values.system.hazard])
    expected = (values.comply_values(at) - values.best_deviations(at))[:, 0]
    lines = MarginLines(values)
    least, _, _ = lines.worst(lines.margins(lines.values, values.system.discount, values.system.hazard))
    assert least == pytest.approx(expected, rel=1e-12, abs=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_families_are_the_margins_and_their_enclosures_contain_them(seed: int) -> None:
    values = random_values(seed)
    lines, system = MarginLines(values), values.system
    everything = np.arange(len(lines.row))
    hazards = HazardFamily(lines)
    for own in range(system.n_parties):
        family = DiscountFamily(lines, own, lines.values)
        items = np.flatnonzero(lines.party == own)
        for low, high in ((0.1, 0.4), (0.5, 0.6), (0.9, 0.99)):
            enclosure = family.enclose(np.array([low]), np.array([high]), items)
            for delta in np.linspace(low, high, 7).tolist():
                discount = system.discount.copy()
                discount[own] = delta
                exact = lines.margins(lines.values, discount, system.hazard, items)
                assert family.at(delta)[0][items] == pytest.approx(exact, rel=1e-9, abs=1e-9)
                off = delta - enclosure.anchor[0]
                assert (enclosure.lower[:, 0] + off * enclosure.lower_slope[:, 0] <= exact + 1e-9).all()
                assert (enclosure.upper[:, 0] + off * enclosure.upper_slope[:, 0] >= exact - 1e-9).all()
    for low, high in ((0.0, 0.02), (0.1, 0.5), (0.5, 1.0)):
        enclosure = hazards.enclose(np.array([low]), np.array([high]), everything)
        for hazard in np.linspace(low, high, 7).tolist():
            exact = lines.margins(lines.values, system.discount, hazard)
            assert hazards.at(hazard)[0] == pytest.approx(exact, rel=1e-9, abs=1e-9)
            off = hazard - enclosure.anchor[0]
            assert (enclosure.lower[:, 0] + off * enclosure.lower_slope[:, 0] <= exact + 1e-9).all()
            assert (enclosure.upper[:, 0] + off * enclosure.upper_slope[:, 0] >= exact - 1e-9).all()


def test_a_dip_hidden_by_another_deviation_of_the_same_check_is_found() -> None:
    # As in the tests of the critical hazard, A may undo x, and its margin dips below zero on a short stretch.  Here it
    # may undo z as well, which saves it w a period until both are noticed: that margin dips too, a little earlier.  On
    # a coarse grid the lesser of the two falls and rises elsewhere than where one of them is below zero.
    _, least = turning_point()
    undo, worth, undo_z = -least - 2.95e-4, 0.1, 0.41998527
    snaps = OnBreakdown.REVERSE
    case = case_of(
        [party("A", DISCOUNT), party("B", DISCOUNT)],
        [
            measure("x", "A", {"B": 5}, on_breakdown=snaps, undo_cost={"A": undo}, detection_lag=LAG),
            measure("z", "A", {"A": -worth, "B": 1}, on_breakdown=snaps, undo_cost={"A": undo_z}, detection_lag=LAG),
            measure("y", "B", {"A": 2 + worth}, on_breakdown=snaps),
        ],
        terms=(term("A", "x and y", -1.0),),
    )
    entry = evaluate_roadmap(case, [["x", "z"], ["y"]]).roadmap
    assert entry.holds
    # Undoing both: (u + u_z)(1 − γ) + 2γ⁸ − 1 − w(1 − γ⁸).
    total = undo + undo_z
    roots = np.roots([2 + worth, 0, 0, 0, 0, 0, 0, -total, total - 1 - worth])
    hazards = sorted(1 - root.real / DISCOUNT for root in roots if abs(root.imag) < 1e-7 and 0 < root.real < DISCOUNT)
    assert 0.0 < hazards[0] < roots_of_margin(undo)[0]
    assert entry.critical_hazard == pytest.approx(hazards[0], abs=1e-7)


def test_thinning_leaves_out_what_undoes_at_a_cost_what_lapses_anyway() -> None:
    case = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 3}, undo_cost={"A": 1}),
            measure("c", "A", {"A": -1, "B": 3}, requires=("a",), undo_cost={"A": 1}),
            measure("b", "B", {"B": -1, "A": 6}),
        ],
    )
    values = evaluate_roadmap(case, [["a", "c", "b"]]).roadmap.values
    thinned = thin(values)
    last = [row for row in thinned.deviations.rows if row.party == 0][-1]
    [(start, stop)] = last.groups
    # Ending a ends c; ending c alone leaves a; ending both costs more and leaves the same as ending a.
    assert thinned.deviations.undone[start:stop].tolist() == [[True, False, False], [False, True, False]]


def test_at_a_kink_the_derivatives_differ() -> None:
    # A may withhold a or b or both, each alone worth as much: a number of b's moves one of the margins only.
    case = case_of(
        [party("A", 0.5), party("B", 0.5)],
        [
            measure("a", "A", {"A": -1, "B": 3}, irreversible=True),
            measure("b", "A", {"A": -1, "B": 3}, irreversible=True),
            measure("c", "B", {"A": 8, "B": -1}),
        ],
        terms=(term("A", "a or b", -0.5),),
    )
    values = evaluate_roadmap(case, [["a", "b", "c"]]).roadmap.values
    search = CriticalSearch(values)
    one = np.array([0.0, 1.0, 0.0])
    sweep = search.value(Change.of(values.system, 0, weight=one), -1.0, -SOME, SOME)
    assert sweep.below is not None
    assert sweep.above is not None
    # Withholding both is best: b's flow counts from now on, and what the breakdown leaves has none of it.
    assert sweep.below[0] == pytest.approx(sweep.above[0])
    assert sweep.above[0] == pytest.approx(2.0)


def waiting_for(periods: int, *, begun: bool) -> RoadmapValues:
    """A has given x or nothing yet, and both wait before B gives y; x and y are worth more together to A."""
    snaps = OnBreakdown.REVERSE
    case = case_of(
        [party("A", 0.9, breakdown=-0.5), party("B", 0.9)],
        [
            measure("x", "A", {"A": -1.0, "B": 5}, on_breakdown=snaps, detection_lag=2),
            measure("y", "B", {"A": 4.0, "B": -1}, on_breakdown=snaps),
        ],
    )
    system = evaluate_roadmap(case, [["x"], ["y"]]).roadmap.values.system
    start = np.array([begun, False])
    stages = np.array([[False, True]]) if begun else np.array([[True, False], [False, True]])
    return RoadmapValues(system, stages, np.full(len(stages), 2), start=start, waiting=periods)


@pytest.mark.parametrize("periods", [1, 3, 12])
@pytest.mark.parametrize("begun", [True, False])
def test_waiting_before_the_first_stage_is_part_of_the_critical_hazard(periods: int, *, begun: bool) -> None:
    values = waiting_for(periods, begun=begun)
    found = critical_hazard(values)
    hazards = np.linspace(0.0, 0.999, 20_000)
    holds = least_margins(values, hazards) >= -HOLDS
    assert holds[0]
    assert found is not None
    assert found == pytest.approx(hazards[int(np.argmin(holds))], abs=1e-4)


def test_the_margin_of_waiting_is_that_of_its_row() -> None:
    values = waiting_for(3, begun=True)
    lines = MarginLines(values)
    least, _, _ = lines.worst(lines.margins(lines.values, values.system.discount, values.system.hazard))
    at = np.array([values.system.hazard])
    assert least == pytest.approx((values.comply_values(at) - values.best_deviations(at))[:, 0])


def test_without_derivatives_nothing_else_is_asked_where_another_party_fails() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1, "B": 3}, irreversible=True), measure("b", "B", {"B": -1}, irreversible=True)],
    )
    values = evaluate_roadmap(case, [["a", "b"]]).roadmap.values
    quick = CriticalSearch(values, with_derivatives=False)
    sweep = quick.value(Change.of(values.system, 0, weight=np.array([1.0, 0.0])), -1.0, -SOME, SOME)
    assert sweep.regions == (Region(low=-SOME, high=SOME, holds=False),)
    assert (sweep.crossings, sweep.below, sweep.above) == ((), None, None)
    assert quick.hazard().below is None


def test_neighbours_that_say_the_same_are_one() -> None:
    parts = [Region(low=0.0, high=1.0, holds=True), Region(low=1.0, high=2.0, holds=True)]
    assert merge([*parts, Region(low=2.0, high=3.0, holds=False)]) == (
        Region(low=0.0, high=2.0, holds=True),
        Region(low=2.0, high=3.0, holds=False),
    )


def test_a_search_until_failure_stops_there() -> None:
    turn, least = turning_point()
    snaps = OnBreakdown.REVERSE
    case = case_of(
        [party("A", DISCOUNT), party("B", DISCOUNT)],
        [
            measure("x", "A", {"B": 5}, on_breakdown=snaps, undo_cost={"A": -least - 1e-2}, detection_lag=LAG),
            measure("y", "B", {"A": 2}, on_breakdown=snaps),
        ],
        terms=(term("A", "x and y", -1.0),),
    )
    values = evaluate_roadmap(case, [["x"], ["y"]]).roadmap.values
    family = HazardFamily(MarginLines(values))
    edges = np.linspace(0.0, 1.0, 9)
    whole = find_regions(family, edges)
    assert [region.holds for region in whole][:3] == [True, False, True]
    assert whole[1].low < turn < whole[1].high
    begun = find_regions(family, edges, until_failure=True)
    assert [region.holds for region in begun] == [True, False]
    assert begun[1].low == whole[1].low
