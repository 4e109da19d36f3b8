"""Values along a roadmap, how long its stages last, and what trust it asks for (§5, §7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap import EvaluationRow
from detente.case import Case, Forum, Measure, OnBreakdown
from detente.game import build_game
from detente.kernel.roadmap import RoadmapValues, least_durations, stage_states
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.rows import row_of


def two(*measures: Measure, **other: Any) -> Case:
    """A and B with δ = .5, so that a value of 1 a period is worth 2 for good."""
    return case_of([party("A"), party("B")], list(measures), **other)


def durations(case: Case, *stages: str) -> list[int]:
    """The least length of each stage."""
    game = build_game(case, "".join(stages))
    states = stage_states(np.array([game.state(stage) for stage in stages]))
    return [int(length) for length in least_durations(game.system, states)]


def before(case: Case, stages: Sequence[str], stage: int, who: str, **other: Any) -> EvaluationRow:
    return row_of(evaluate_roadmap(case, [list(s) for s in stages], **other).roadmap, stage, "before", who)


# How long stages last


def test_a_stage_lasts_a_period_at_least() -> None:
    assert durations(two(measure("x", "A", irreversible=True)), "x") == [1]


def test_a_stage_lasts_as_long_as_its_longest_measure() -> None:
    assert durations(two(measure("x", "A", duration=4), measure("y", "A", duration=3)), "xy") == [4]


def test_a_stage_lasts_until_what_it_takes_is_verified() -> None:
    assert durations(two(measure("x", "A", detection_lag=4, duration=2)), "x") == [4]
    # What is irreversible must be verified too when it is taken.
    assert durations(two(measure("x", "A", detection_lag=4, irreversible=True)), "x") == [4]


def test_what_is_reversible_is_verified_again_in_every_later_stage() -> None:
    case = two(measure("x", "A", detection_lag=4), measure("y", "A"))
    firm = two(measure("x", "A", detection_lag=4, irreversible=True), measure("y", "A"))
    assert durations(case, "x", "y") == [4, 4]
    assert durations(firm, "x", "y") == [4, 1]


def test_what_was_in_force_from_the_start_is_not_verified() -> None:
    case = two(measure("x", "A", detection_lag=4), measure("y", "A"), status_quo=("x",))
    assert durations(case, "y") == [1]


def test_a_verifier_shortens_the_stages_in_which_it_is_in_force() -> None:
    case = two(measure("x", "A", detection_lag=6), measure("v", "B", verifies={"x": 2}), measure("y", "A"))
    assert durations(case, "x", "v", "y") == [6, 2, 2]
    assert durations(case, "xv", "y") == [2, 2]


def test_the_shortest_of_several_verifiers_counts_and_none_makes_a_lag_longer() -> None:
    case = two(
        measure("x", "A", detection_lag=5),
        measure("v", "B", verifies={"x": 3}),
        measure("w", "B", verifies={"x": 4}),
        measure("u", "B", verifies={"x": 9}),
    )
    assert durations(case, "xvwu") == [3]
    assert durations(case, "xu") == [5]


def test_a_verifier_in_force_from_the_start_counts_from_the_start() -> None:
    case = two(measure("x", "A", detection_lag=6), measure("v", "B", verifies={"x": 2}), status_quo=("v",))
    assert durations(case, "x") == [2]


# Values of complying


def test_values_of_complying_stage_by_stage() -> None:
    # δ = .5, no hazard.  {x}: A −1, for 2 periods; {x, y}: A 2 for ever, worth 4.  Taking y costs B 1 and A nothing.
    case = two(measure("x", "A", {"A": -1, "B": 3}, cost={"A": 0.5}), measure("y", "B", {"A": 3}, cost={"B": 1.0}))
    entry = evaluate_roadmap(case, [["x"], ["y"]], durations=[2, 1]).roadmap
    assert row_of(entry, 2, "end", "A").comply == pytest.approx(4)
    assert row_of(entry, 2, "after", "A").comply == pytest.approx(4)
    assert row_of(entry, 2, "before", "A").comply == pytest.approx(4)
    assert row_of(entry, 1, "after", "A").comply == pytest.approx(-1.5 + 0.25 * 4)
    assert row_of(entry, 1, "before", "A").comply == pytest.approx(-0.5 - 1.5 + 0.25 * 4)
    assert row_of(entry, 2, "before", "B").comply == pytest.approx(6 - 1)
    assert row_of(entry, 1, "before", "B").comply == pytest.approx(4.5 + 0.25 * 5)


def test_the_chance_of_an_outside_breakdown_is_part_of_every_period() -> None:
    # h = 1 − .8·.75 = .4, so γ = .3 and δh = .2.  {x}: A 2 a period; broken, x snaps back and A has −3/.5 = −6.
    case = case_of(
        [party("A", hazard=0.2, breakdown=-3.0), party("B", hazard=0.25)],
        [measure("x", "B", {"A": 2}, on_breakdown=OnBreakdown.REVERSE)],
    )
    entry = evaluate_roadmap(case, [["x"]]).roadmap
    assert entry.hazard == pytest.approx(0.4)
    assert row_of(entry, 1, "end", "A").comply == pytest.approx((2 - 0.2 * 6) / 0.7)


def test_several_hazards_at_once_are_each_on_their_own() -> None:
    game = build_game(pair(), "ab")
    values = RoadmapValues(game.system, np.array([[True, False], [False, True]]), np.array([1, 2], dtype=np.int64))
    hazards = np.array([0.0, 0.1, 0.7])
    together = values.comply_values(hazards)
    assert together.shape == (2 * 2 * 2 + 2, 3)
    for column, hazard in enumerate(hazards):
        assert together[:, column] == pytest.approx(values.comply_values(np.array([hazard]))[:, 0])


def test_leaving_before_anything_has_begun_breaks_nothing() -> None:
    case = replace(pair(), parties=(party("A", breakdown=-2.0), party("B")))
    assert before(case, ["a", "b"], 1, "A").leave_value == 0.0
    # Later it does: A ends a, and lives in a broken process at −2.
    assert before(case, ["a", "b"], 2, "A").leave_value == pytest.approx(-4.0)


# What the others' failing would leave


def test_the_betrayed_pays_all_its_costs_and_bears_it_until_it_is_noticed() -> None:
    # The others withhold y, noticed after 2: A bears −1 for two periods and −2.5 in costs; then x ends, and nothing is
    # left.
    case = two(
        measure("x", "A", {"A": -1, "B": 9}, cost={"A": 2.5}, detection_lag=3),
        measure("y", "B", {"A": 9, "B": -1}, detection_lag=2),
    )
    assert before(case, ["xy"], 1, "A").betrayed_value == pytest.approx(-2.5 - 1.5)


def test_what_requires_the_withheld_is_missing_too_but_its_cost_is_paid() -> None:
    # z, of A, requires y: without y it cannot be in force, though A pays for it.
    case = two(
        measure("y", "B", {"A": 9}),
        measure("z", "A", {"A": 5}, cost={"A": 0.75}, requires=("y",)),
    )
    assert before(case, ["yz"], 1, "A").betrayed_value == pytest.approx(-0.75)


def test_a_joint_measure_fails_by_the_others_and_its_owner_still_pays() -> None:
    case = two(measure("x", "AB", {"A": 4, "B": 4}, cost={"A": 0.5}))
    assert before(case, ["x"], 1, "A").betrayed_value == pytest.approx(-0.5)


def test_what_the_others_withhold_is_noticed_after_its_shortest_lag_in_the_state_that_leaves() -> None:
    # v verifies y within 1, but B withholds both: y is noticed after its own 5 periods, v after 9.
    case = two(
        measure("x", "A", {"A": -1}),
        measure("y", "B", {"A": 5}, detection_lag=5),
        measure("v", "B", detection_lag=9, verifies={"y": 1}),
    )
    assert before(case, ["xyv"], 1, "A").betrayed_value == pytest.approx(-2 * (1 - 0.5**5))


def test_what_the_others_withhold_is_noticed_at_the_end_of_the_stage_at_the_latest() -> None:
    # y, v and w verify each other within 1, so the stage lasts 3 periods, for x; without all of them none of them would
    # be noticed for 9.
    case = two(
        measure("x", "A", {"A": -1}, detection_lag=3),
        measure("y", "B", {"A": 5}, detection_lag=12, verifies={"w": 1}),
        measure("v", "B", detection_lag=9, verifies={"y": 1}),
        measure("w", "B", detection_lag=9, verifies={"v": 1}),
    )
    assert durations(case, "xyvw") == [3]
    assert before(case, ["xyvw"], 1, "A").betrayed_value == pytest.approx(-2 * (1 - 0.5**3))


def test_moving_alone_asks_for_trust_that_the_others_go_on() -> None:
    # Stage 1 is A's alone: the others fail at the next gate, after its 3 periods; then x ends and nothing is left.
    case = two(measure("x", "A", {"A": -1, "B": 9}, detection_lag=3), measure("y", "B", {"A": 9}))
    row = before(case, ["x", "y"], 1, "A")
    assert row.betrayed_value == pytest.approx(-2 * (1 - 0.5**3))
    # V = −1.75 + .125·16 = .25; leaving 0: 1.75 of 2 is needed.
    assert row.comply == pytest.approx(0.25)
    assert row.required_trust == pytest.approx(1.75 / 2)


def test_parties_with_nothing_to_do_need_no_trust() -> None:
    row = before(pair(), ["a", "b"], 1, "B")
    assert (row.betrayed_value, row.required_trust, row.none_suffices) == (None, None, False)


def test_a_forums_measure_has_other_owners_if_the_forum_has_other_members() -> None:
    resolution = Measure(id="x", name="x", forum="council", value={"A": 4.0, "B": 1.0}, cost={"A": 0.5})
    council = Forum(id="council", members=("A", "B"), quota=2, end_quota=2)
    case = two(resolution, forums=(council,))
    assert before(case, ["x"], 1, "A").betrayed_value == pytest.approx(-0.5)
    # Seats that nobody in the case holds are no other members: A moves alone, and x stays.
    alone = replace(case, forums=(Forum(id="council", members=("A",), quota=2, others=1, end_quota=2),))
    assert before(alone, ["x"], 1, "A").betrayed_value == pytest.approx(-0.5 + 8)


def test_no_trust_suffices_where_leaving_beats_even_the_others_performing() -> None:
    case = two(measure("a", "A", {"A": -1, "B": 2}))
    entry = evaluate_roadmap(case, [["a"]]).roadmap
    row = row_of(entry, 1, "before", "A")
    assert (row.required_trust, row.none_suffices) == (None, True)
    assert entry.trust is None
    assert entry.trust_profile() == (None,)


def test_the_trust_of_a_roadmap_is_the_most_that_any_stage_asks() -> None:
    case = two(
        measure("x", "A", {"A": -1, "B": 3}),
        measure("y", "B", {"A": 3, "B": -1}),
        measure("z", "AB", {"A": 1, "B": 1}),
    )
    entry = evaluate_roadmap(case, [["x", "y"], ["z"]]).roadmap
    needs = [row.required_trust for row in entry.rows if row.required_trust is not None]
    assert entry.trust == max(needs)
    assert entry.trust_profile() == (max(needs[:2]), max(needs[2:]))
