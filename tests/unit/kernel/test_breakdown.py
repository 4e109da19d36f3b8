"""What is left when a process breaks down (§4), one rule at a time; the sums are in the comments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.case import Case, Forum, Measure, OnBreakdown
from detente.game import Game, build_game
from detente.kernel.breakdown import Aftermath, break_down
from tests.oracle.hand_cases import case_of, measure, party, term

SNAP, KEEP = OnBreakdown.REVERSE, OnBreakdown.KEEP


def broken(case: Case, in_force: str) -> tuple[Game, Aftermath]:
    """The breakdown of a state whose measures are named by one letter each."""
    game = build_game(case, [m.id for m in case.measures])
    return game, break_down(game.system, game.state(in_force)[None, :])


def left(case: Case, in_force: str) -> str:
    """What remains of it."""
    game, after = broken(case, in_force)
    return "".join(m for m, stays in zip(game.measures, after.remains[0], strict=True) if stays)


def undo_costs(case: Case, in_force: str) -> list[float]:
    """What each party pays for endings on the way."""
    _, after = broken(case, in_force)
    return [float(cost) for cost in after.undo_costs[:, 0]]


def two(*measures: Measure, **other: Any) -> Case:
    """A and B with δ = .5, so that a period's gain is worth twice as much for good."""
    return case_of([party("A"), party("B")], list(measures), **other)


# Snapback


def test_what_snaps_back_ends_even_if_everybody_likes_it() -> None:
    case = two(measure("x", "A", {"A": 1, "B": 1}, on_breakdown=SNAP, undo_cost={"A": 9.0}))
    assert left(case, "x") == ""
    assert undo_costs(case, "x") == [0.0, 0.0]


def test_what_requires_a_measure_lapses_with_its_snapback() -> None:
    case = two(measure("x", "A", on_breakdown=SNAP), measure("y", "B", {"B": 1}, requires=("x",)))
    assert left(case, "xy") == ""


def test_an_irreversible_dependant_keeps_a_snapback_in_force() -> None:
    case = two(measure("x", "A", on_breakdown=SNAP), measure("y", "B", requires=("x",), irreversible=True))
    assert left(case, "xy") == "xy"
    assert left(case, "x") == ""


def test_an_irreversible_dependant_further_up_keeps_all_below_it() -> None:
    case = two(
        measure("x", "A", on_breakdown=SNAP),
        measure("y", "B", {"B": -1}, requires=("x",)),
        measure("z", "B", requires=("y",), irreversible=True),
    )
    assert left(case, "xyz") == "xyz"
    # Without z nothing holds x, and y lapses with it.
    assert left(case, "xy") == ""


def test_a_blocked_snapback_does_not_hold_back_others() -> None:
    # x is held by y, which is irreversible; w snaps back beside it.
    case = two(
        measure("x", "A", on_breakdown=SNAP),
        measure("y", "B", requires=("x",), irreversible=True),
        measure("w", "A", on_breakdown=SNAP),
    )
    assert left(case, "xyw") == "xy"


# Own interest


@pytest.mark.parametrize(("undo_cost", "stays"), [(1.9, ""), (2.0, "x"), (2.1, "x")])
def test_an_owner_ends_what_pays_more_than_its_undo_cost(undo_cost: float, stays: str) -> None:
    # Ending x is worth (0 + 1)/.5 = 2 to A.
    case = two(measure("x", "A", {"A": -1}, undo_cost={"A": undo_cost}))
    assert left(case, "x") == stays


def test_an_ending_must_pay_by_more_than_rounding() -> None:
    free = two(measure("x", "A", {"A": -4e-13}))  # worth 8e-13
    assert left(free, "x") == "x"
    assert left(two(measure("x", "A", {"A": -6e-13})), "x") == ""


def test_what_others_dislike_stays() -> None:
    assert left(two(measure("x", "A", {"A": 0, "B": -5})), "x") == "x"


def test_one_owner_of_a_joint_measure_can_end_it() -> None:
    assert left(two(measure("x", "AB", {"A": -1, "B": 5})), "x") == ""


def test_an_irreversible_measure_stays() -> None:
    assert left(two(measure("x", "A", {"A": -1}, irreversible=True)), "x") == "x"


def test_nothing_ends_below_an_irreversible_dependant() -> None:
    case = two(measure("x", "A", {"A": -1}), measure("y", "B", requires=("x",), irreversible=True))
    assert left(case, "xy") == "xy"


def test_what_lapses_counts_in_what_an_ending_pays() -> None:
    # Ending x alone would pay A 1 a period, but y, worth 3, would lapse.
    case = two(measure("x", "A", {"A": -1}), measure("y", "B", {"A": 3, "B": 1}, requires=("x",)))
    assert left(case, "xy") == "xy"
    assert left(case, "x") == ""


def test_terms_count_in_what_an_ending_pays() -> None:
    case = two(measure("x", "A", {"A": -1}), measure("y", "B"), terms=(term("A", "x and y", 1.5),))
    assert left(case, "xy") == "xy"
    assert left(case, "x") == ""


# Keep


def test_a_measure_to_be_kept_is_not_ended_by_its_owner() -> None:
    assert left(two(measure("x", "A", {"A": -1}, on_breakdown=KEEP)), "x") == "x"


def test_a_measure_to_be_kept_lapses_with_what_it_requires() -> None:
    case = two(measure("x", "A", {"A": -1}), measure("y", "B", requires=("x",), on_breakdown=KEEP))
    assert left(case, "xy") == ""


# Rounds


def test_endings_of_one_round_make_others_pay_in_the_next() -> None:
    # x pays A 3 while y is there; y ends in round 1, x in round 2, z, which only paid beside x, in round 3.
    case = two(
        measure("x", "A", {"A": -1}),
        measure("y", "B", {"B": -1}),
        measure("z", "B", {"B": -1}),
        terms=(term("A", "x and y", 3.0), term("B", "x and z", 3.0)),
    )
    assert left(case, "xyz") == ""


def test_a_round_ends_all_that_pays_at_once() -> None:
    # Either ending would do for both; as they go at once, both do, whatever the order of declaration.
    terms = (term("A", "x and y", -2.0),)
    one, other = measure("x", "A"), measure("y", "A")
    assert left(two(one, other, terms=terms), "xy") == ""
    assert left(two(other, one, terms=terms), "xy") == ""


def test_what_has_ended_stays_ended() -> None:
    # y pays B to end while x is there; once x is gone B would like y back, but a breakdown only ends.
    case = two(measure("x", "A", {"A": -1}), measure("y", "B", {"B": 1}), terms=(term("B", "x and y", -3.0),))
    assert left(case, "xy") == ""


# Undo costs


def test_each_owner_whom_an_ending_pays_bears_its_own_undo_cost() -> None:
    # It pays A 2 > .5 and B 4 > 3.
    case = two(measure("x", "AB", {"A": -1, "B": -2}, undo_cost={"A": 0.5, "B": 3.0}))
    assert undo_costs(case, "x") == [0.5, 3.0]


def test_an_owner_whom_an_ending_does_not_pay_bears_nothing() -> None:
    case = two(measure("x", "AB", {"A": -1, "B": -2}, undo_cost={"A": 0.5, "B": 4.0}))
    assert left(case, "x") == ""
    assert undo_costs(case, "x") == [0.5, 0.0]


def test_lapsing_costs_nothing() -> None:
    case = two(
        measure("x", "A", {"A": -5}, undo_cost={"A": 0.25}),
        measure("y", "B", {"B": 1}, requires=("x",), undo_cost={"B": 7.0}),
    )
    assert undo_costs(case, "xy") == [0.25, 0.0]


def test_undo_costs_of_several_rounds_add_up() -> None:
    case = two(
        measure("x", "A", {"A": -1}, undo_cost={"A": 0.5}),
        measure("y", "B", {"B": -1}, undo_cost={"B": 0.25}),
        measure("z", "A", {"A": -1}, undo_cost={"A": 1.0}),
        terms=(term("A", "x and y", 3.0),),
    )
    # Round 1: z (2 > 1) and y; round 2: x (2 > .5).
    assert left(case, "xyz") == ""
    assert undo_costs(case, "xyz") == [1.5, 0.25]


# Forums


def council(losers: str, **rule: Any) -> Case:
    """A council of A, B, C and a seat that nobody in the case holds; its measure costs the losers 1 a period."""
    terms: dict[str, Any] = {"quota": 3, "others": 1, "veto": (), "end_quota": 3, "end_veto": ()}
    value = {i: -1.0 if i in losers else 1.0 for i in "ABC"}
    return case_of(
        [party("A"), party("B"), party("C")],
        [Measure(id="x", name="x", forum="council", value=value, undo_cost={"A": 0.5, "B": 9.0})],
        forums=(Forum(id="council", members=("A", "B", "C"), **(terms | rule)),),
    )


def test_a_coalition_of_gainers_that_passes_the_rule_ends_a_forums_measure() -> None:
    # A and C gain 2 each, which beats A's .5; with the other seat that makes three votes.
    assert left(council("AC"), "x") == ""


def test_the_gainers_alone_pay_for_it() -> None:
    assert undo_costs(council("AC"), "x") == [0.5, 0.0, 0.0]


def test_a_member_that_gains_less_than_its_undo_cost_is_no_gainer() -> None:
    # B's 2 does not beat its 9: A and B are one gainer, and one vote with the other seat is too few.
    assert left(council("AB"), "x") == "x"


def test_too_few_gainers_end_nothing() -> None:
    assert left(council("C"), "x") == "x"


def test_a_veto_on_ending_keeps_it_in_force() -> None:
    assert left(council("AC", end_veto=("B",)), "x") == "x"
    assert left(council("AC", end_veto=("C",)), "x") == ""


def test_seats_that_nobody_holds_end_nothing_alone() -> None:
    assert left(council("", others=3), "x") == "x"
    assert left(council("C", others=3), "x") == ""


# Values


def test_values_of_breakdown() -> None:
    case = case_of(
        [party("A", breakdown=-2.0), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 3}, undo_cost={"A": 0.5}),
            measure("g", "B", {"B": -0.25}, deters={"A": 1.0, "B": 4.0}, on_breakdown=KEEP),
            measure("s", "B", {"A": 7.0}, deters={"A": 0.5}),
        ],
        status_quo=("s",),
    )
    _, after = broken(case, "xg")
    # x ends, which costs A .5.  A then has 7 − 2 a period, or (g and s deter it) 1.5 less if it broke the process.
    assert after.value[:, 0] == pytest.approx([6.0, 2.75])
    assert after.nobody[:, 0] == pytest.approx([10.0 - 0.5, -0.5])
    assert after.breaker[:, 0] == pytest.approx([7.0 - 0.5, -8.5])


def test_many_states_at_once_are_each_broken_on_their_own() -> None:
    case = two(
        measure("x", "A", {"A": -1}),
        measure("y", "B", {"B": -1}, requires=("x",)),
        measure("z", "A", {"B": 1}, on_breakdown=SNAP),
    )
    game = build_game(case, ["x", "y", "z"])
    states = np.array([game.state(ids) for ids in ("", "x", "z", "xy", "xz", "xyz")])
    together = break_down(game.system, states)
    for number, state in enumerate(states):
        alone = break_down(game.system, state[None, :])
        assert (together.remains[number] == alone.remains[0]).all()
        assert together.breaker[:, number].tolist() == alone.breaker[:, 0].tolist()


def test_no_states_have_no_aftermath() -> None:
    game = build_game(two(measure("x", "A")), ["x"])
    assert break_down(game.system, np.zeros((0, 1), dtype=np.bool_)).nobody.shape == (2, 0)
