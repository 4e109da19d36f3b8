"""Everything a party could do instead (§6): which deviations there are, their order, and how soon each is noticed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente.case import Case, Forum, Measure
from detente.errors import LimitError
from detente.game import Game, build_game
from detente.kernel.deviations import MOST_BITS, Check, Deviations, linked_measures, list_deviations, undoable
from detente.kernel.roadmap import least_durations, stage_states
from tests.oracle.hand_cases import case_of, measure, party, term

Listed = list[tuple[str, str, str, float, int]]
"""Measures withheld, undone and left in force, what is paid at once, and periods until noticed."""


def listed(
    case: Case, stages: Sequence[str], *, durations: list[int] | None = None, joint_bits: int = 20
) -> tuple[Game, Deviations]:
    """Deviations from a roadmap whose measures are named by one letter each."""
    game = build_game(case, "".join(stages))
    rows = stage_states(np.array([game.state(stage) for stage in stages]))
    lengths = least_durations(game.system, rows) if durations is None else np.array(durations, dtype=np.int64)
    return game, list_deviations(game.system, rows, lengths, joint_bits=joint_bits)


def row(case: Case, stages: Sequence[str], stage: int, check: str, who: str, **other: Any) -> Listed:
    """The deviations of one party at one check, in their order; stages are counted from 1."""
    game, deviations = listed(case, stages, **other)

    def letters(columns: np.ndarray) -> str:
        return "".join(m for m, there in zip(game.measures, columns, strict=True) if there)

    place = (stage - 1, Check(check), game.parties.index(who))
    [found] = [r for r in deviations.rows if (r.stage, r.check, r.party) == place]
    return [
        (
            letters(deviations.withheld[line]),
            letters(deviations.undone[line]),
            letters(deviations.left[line]),
            float(deviations.pays[line]),
            int(deviations.lag[line]),
        )
        for start, stop in found.groups
        for line in range(start, stop)
    ]


def choices(found: Listed) -> list[tuple[str, str]]:
    return [(withheld, undone) for withheld, undone, *_ in found]


def two(*measures: Measure, **other: Any) -> Case:
    return case_of([party("A"), party("B")], list(measures), **other)


def test_rows_come_stage_by_stage_before_then_after_party_by_party_and_the_end_last() -> None:
    _, deviations = listed(two(measure("x", "A"), measure("y", "B")), ["x", "y"])
    assert [(r.stage, r.check.value, r.party) for r in deviations.rows] == [
        (0, "before", 0),
        (0, "before", 1),
        (0, "after", 0),
        (0, "after", 1),
        (1, "before", 0),
        (1, "before", 1),
        (1, "after", 0),
        (1, "after", 1),
        (1, "end", 0),
        (1, "end", 1),
    ]


def test_before_a_stage_its_own_measures_are_withheld_and_earlier_ones_undone() -> None:
    case = two(*(measure(m, "A", cost={"A": c}, undo_cost={"A": u}) for m, c, u in (("x", 8, 0.5), ("y", 4, 0.25))))
    assert row(case, ["x", "y"], 2, "before", "A") == [
        ("y", "", "x", 0.0, 1),
        ("", "x", "y", -4.5, 1),
        ("y", "x", "", -0.5, 1),
    ]


def test_after_a_stage_and_at_the_end_everything_of_ones_own_can_be_undone() -> None:
    case = two(measure("x", "A", undo_cost={"A": 0.5}), measure("y", "A"), measure("z", "B"))
    for check in ("after", "end"):
        assert row(case, ["x", "yz"], 2, check, "A") == [
            ("", "x", "yz", -0.5, 1),
            ("", "y", "xz", 0.0, 1),
            ("", "xy", "z", -0.5, 1),
        ]


def test_a_party_without_measures_can_only_leave() -> None:
    assert row(two(measure("x", "A")), ["x"], 1, "before", "B") == []


def test_deviations_come_fewest_first_then_withheld_before_undone_then_in_declared_order() -> None:
    case = two(*(measure(m, "A") for m in "zxwy"))
    assert choices(row(case, ["zw", "xy"], 2, "before", "A")) == [
        ("x", ""),
        ("y", ""),
        ("", "z"),
        ("", "w"),
        ("xy", ""),
        ("x", "z"),
        ("y", "z"),
        ("x", "w"),
        ("y", "w"),
        ("", "zw"),
        ("xy", "z"),
        ("xy", "w"),
        ("x", "zw"),
        ("y", "zw"),
        ("xy", "zw"),
    ]


# Dependence


def test_withholding_takes_along_what_requires_it() -> None:
    case = two(measure("x", "A", cost={"A": 1.0}), measure("y", "A", cost={"A": 2.0}, requires=("x",)))
    assert row(case, ["xy"], 1, "before", "A") == [
        ("x", "", "", 0.0, 1),
        ("y", "", "x", -1.0, 1),
        ("xy", "", "", 0.0, 1),
    ]


def test_undoing_takes_along_what_requires_it() -> None:
    case = two(measure("x", "A"), measure("y", "B", requires=("x",)))
    assert row(case, ["x", "y"], 2, "end", "A") == [("", "x", "", 0.0, 1)]


def test_what_a_stage_adds_is_not_taken_without_what_it_requires() -> None:
    # Undone before the stage, x is missed by y, for which A then pays nothing.
    case = two(measure("x", "A"), measure("y", "A", cost={"A": 3.0}, requires=("x",)))
    assert ("", "x", "", 0.0, 1) in row(case, ["x", "y"], 2, "before", "A")


def test_nothing_is_undone_below_an_irreversible_measure() -> None:
    case = two(measure("x", "A"), measure("y", "B", requires=("x",)), measure("z", "B", requires=("y",)))
    firm = replace(case, measures=(*case.measures[:2], measure("z", "B", requires=("y",), irreversible=True)))
    assert choices(row(case, ["xyz"], 1, "end", "A")) == [("", "x")]
    assert choices(row(firm, ["xyz"], 1, "end", "A")) == []
    # What blocks it is what is in force then: before z is taken, x can be undone.
    assert choices(row(firm, ["xy", "z"], 2, "before", "A")) == [("", "x")]
    assert choices(row(firm, ["xy", "z"], 2, "after", "A")) == []


def test_what_is_irreversible_is_withheld_but_not_undone() -> None:
    case = two(measure("x", "A", irreversible=True))
    assert choices(row(case, ["x"], 1, "before", "A")) == [("x", "")]
    assert choices(row(case, ["x"], 1, "after", "A")) == []


def test_undoable_are_own_reversible_measures_that_nothing_irreversible_needs() -> None:
    case = two(
        measure("x", "A"),
        measure("y", "B", requires=("x",), irreversible=True),
        measure("v", "AB"),
        measure("w", "A"),
    )
    system = build_game(case, "xyvw").system
    everything = np.ones(4, dtype=np.bool_)
    assert undoable(system, everything, 0).tolist() == [False, False, True, True]
    assert undoable(system, everything, 1).tolist() == [False, False, True, False]
    assert undoable(system, np.array([True, False, False, False]), 0).tolist() == [True, False, False, False]


# Joint measures and forums


def test_either_owner_withholds_and_undoes_a_joint_measure() -> None:
    case = two(measure("x", "AB", cost={"A": 1.0, "B": 2.0}, undo_cost={"A": 0.5, "B": 0.25}))
    for who, undo_cost in (("A", 0.5), ("B", 0.25)):
        assert row(case, ["x"], 1, "before", who) == [("x", "", "", 0.0, 1)]
        assert row(case, ["x"], 1, "after", who) == [("", "x", "", -undo_cost, 1)]


def test_only_a_member_without_whom_the_rule_fails_withholds_a_forums_measure() -> None:
    resolution = Measure(id="x", name="x", forum="council")
    council = Forum(id="council", members=("A", "B", "C"), quota=3, others=1, veto=("C",), end_quota=1)
    case = case_of([party(i) for i in "ABC"], [resolution], forums=(council,))
    # Two members and the other seat suffice, but not without C.
    assert [choices(row(case, ["x"], 1, "before", who)) for who in "ABC"] == [[], [], [("x", "")]]
    every_vote = replace(case, forums=(replace(council, quota=4),))
    assert [choices(row(every_vote, ["x"], 1, "before", who)) for who in "ABC"] == [[("x", "")]] * 3


def test_nobody_ends_a_forums_measure_alone() -> None:
    resolution = Measure(id="x", name="x", forum="council")
    council = Forum(id="council", members=("A",), quota=1, end_quota=1)
    case = case_of([party("A")], [resolution], forums=(council,))
    assert row(case, ["x"], 1, "after", "A") == []


# Lags


def test_the_first_thing_noticed_ends_it() -> None:
    case = two(measure("x", "A", detection_lag=5), measure("y", "A", detection_lag=2))
    assert [lag for *_, lag in row(case, ["xy"], 1, "end", "A")] == [5, 2, 2]


def test_what_is_missing_for_whatever_reason_is_noticed_after_its_own_lag() -> None:
    # y, of B, lapses with x and is noticed first.
    case = two(measure("x", "A", detection_lag=5), measure("y", "B", requires=("x",), detection_lag=2))
    assert row(case, ["x", "y"], 2, "end", "A") == [("", "x", "", 0.0, 2)]


def test_a_verifier_shortens_a_lag_only_while_it_is_in_force() -> None:
    case = two(measure("x", "A", detection_lag=6), measure("v", "A", detection_lag=4, verifies={"x": 2}))
    # Undoing v, or both, is noticed after v's own 4 periods.
    assert [lag for *_, lag in row(case, ["xv"], 1, "end", "A")] == [2, 4, 4]


def test_nothing_goes_unnoticed_beyond_its_stage_but_at_the_end_it_does() -> None:
    case = two(measure("x", "A", detection_lag=6), measure("v", "A", verifies={"x": 2}), measure("w", "A"))
    # Undone together with what verifies it, x would be noticed after 6, but v after 1; x alone after 2.
    found = {undone: lag for _, undone, *_, lag in row(case, ["xv", "w"], 2, "after", "A", durations=[2, 4])}
    assert found["x"] == 2
    # Where v goes unseen for 9 periods, x undone with it is noticed at the end of the stage, and at the end after 6.
    slow = replace(case, measures=(case.measures[0], replace(case.measures[1], detection_lag=9), case.measures[2]))
    for check, periods in (("after", 5), ("end", 6)):
        found = {undone: lag for _, undone, *_, lag in row(slow, ["xv", "w"], 2, check, "A", durations=[9, 5])}
        assert found["xv"] == periods


# Groups


def test_terms_dependence_and_verification_link_measures() -> None:
    case = two(
        measure("a", "A"),
        measure("b", "A", requires=("a",)),
        measure("c", "A"),
        measure("d", "B", verifies={"c": 1}),
        measure("e", "A"),
        measure("f", "B"),
        measure("g", "A"),
        terms=(term("A", "e and not f", 1.0),),
    )
    system = build_game(case, "abcdefg").system
    assert linked_measures(system).tolist() == [0, 0, 2, 2, 4, 4, 6]


def test_links_pass_on() -> None:
    case = two(*(measure(m, "A") for m in "abcd"), terms=(term("A", "c or d", 1.0), term("B", "b and d", 1.0)))
    assert linked_measures(build_game(case, "abcd").system).tolist() == [0, 1, 1, 1]


def test_unlinked_measures_are_tried_group_by_group() -> None:
    case = two(*(measure(m, "A") for m in "abcd"), terms=(term("A", "a and d", 1.0),))
    apart = row(case, ["abcd"], 1, "end", "A", joint_bits=1)
    assert choices(apart) == [("", "a"), ("", "d"), ("", "ad"), ("", "b"), ("", "c")]
    assert len(row(case, ["abcd"], 1, "end", "A", joint_bits=4)) == 15


# Limits


def linked(n_measures: int) -> Case:
    """A party with so many measures that one term links."""
    ids = [f"m{number}" for number in range(n_measures)]
    return case_of([party("A")], [measure(m, "A") for m in ids], terms=(term("A", " and ".join(ids), 1.0),))


def test_too_many_linked_measures_are_refused() -> None:
    case = linked(MOST_BITS + 1)
    game = build_game(case, [m.id for m in case.measures])
    states = stage_states(np.ones((1, MOST_BITS + 1), dtype=np.bool_))
    with pytest.raises(LimitError) as refused:
        list_deviations(game.system, states, np.array([1], dtype=np.int64))
    assert str(refused.value) == (
        "a party has 21 interlocking measures at stage 1: 2^21 deviations are too many; at most 20 can be tried"
    )


def test_many_unlinked_measures_are_no_matter() -> None:
    case = case_of([party("A")], [measure(f"m{number}", "A") for number in range(100)])
    game = build_game(case, [m.id for m in case.measures])
    states = stage_states(np.ones((1, 100), dtype=np.bool_))
    deviations = list_deviations(game.system, states, np.array([1], dtype=np.int64))
    # Before, after and at the end, 12 groups of 8 and one of 4.
    assert len(deviations.pays) == 3 * (12 * 255 + 15)
