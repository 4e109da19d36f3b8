"""What has happened by a period: what is in force, what lapsed, what it cost, and what cannot have happened."""

from __future__ import annotations

import pytest

from detente import evaluate_progress
from detente.analysis.roadmap import SunkCost, Taking
from detente.analysis.roadmap.progress_history import history_of
from detente.case import Case, Direction, Forum, Measure, ProgressEntry
from detente.errors import CaseError, OptionError
from tests.oracle.hand_cases import case_of, measure, party


def happened(*entries: tuple[str, int] | tuple[str, int, int], measures: list[Measure] | None = None) -> Case:
    """A and B with a chain x ← y ← z of A's measures, and what has happened to them."""
    chain = [measure("x", "A"), measure("y", "A", requires=("x",)), measure("z", "A", requires=("y",))]
    progress = tuple(
        ProgressEntry(measure=entry[0], taken=entry[1], ended=entry[2] if len(entry) > 2 else None) for entry in entries
    )
    return case_of([party("A"), party("B")], chain if measures is None else measures, progress=progress)


def refusals(case: Case) -> list[str]:
    with pytest.raises(CaseError) as caught:
        history_of(case)
    assert {problem.code for problem in caught.value.diagnostics} == {"D604"}
    return [f"{problem.message} | {problem.help}" for problem in caught.value.diagnostics]


def test_now_is_the_latest_period_in_which_anything_happened() -> None:
    assert history_of(happened()).now == 0
    assert history_of(happened(("x", 4), ("y", 9))).now == 9
    assert history_of(happened(("x", 4, 12), ("y", 9))).now == 12


def test_what_is_in_force_is_what_was_taken_and_has_not_ended() -> None:
    case = happened(("x", 2), ("y", 4, 6))
    assert [history_of(case, at).in_force for at in (1, 2, 4, 5, 6)] == [(), ("x",), ("x", "y"), ("x", "y"), ("x",)]


def test_what_happens_later_is_left_out() -> None:
    history = history_of(happened(("x", 2), ("y", 4, 6)), 5)
    assert history.takings == (Taking(measure="x", taken=2), Taking(measure="y", taken=4))
    assert not history.is_lost("y")


def test_what_requires_something_lapses_with_it() -> None:
    history = history_of(happened(("x", 1, 5), ("y", 2), ("z", 3, 9)))
    assert history.takings == (
        Taking(measure="x", taken=1, ended=5),
        Taking(measure="y", taken=2, ended=5, lapsed=True),
        Taking(measure="z", taken=3, ended=5, lapsed=True),
    )
    assert history.in_force == ()
    assert [history.is_lost(each) for each in "xyz"] == [True, True, True]


def test_what_is_said_to_end_with_what_it_requires_lapses_too() -> None:
    history = history_of(happened(("x", 1, 5), ("y", 2, 5)))
    assert [taking.lapsed for taking in history.takings] == [False, True]


def test_what_was_lost_can_be_taken_again() -> None:
    history = history_of(happened(("x", 1, 5), ("x", 8)))
    assert (history.in_force, history.is_lost("x")) == (("x",), False)
    assert history.past == {"x"}
    assert history.latest("x") == Taking(measure="x", taken=8)
    assert history.latest("y") is None


def test_measures_were_together_when_the_last_of_them_came() -> None:
    history = history_of(happened(("x", 1, 5), ("y", 3), ("x", 8)))
    assert history.first_together(["x", "y"]) == 3
    assert history.first_together(["x", "z"]) is None
    assert history_of(happened(("x", 1, 5), ("y", 1, 3))).first_together(["x"]) == 1


def test_the_status_quo_is_together_from_the_start() -> None:
    case = case_of([party("A")], [measure("x", "A")], status_quo=("x",))
    assert history_of(case).first_together(["x"]) == 0


def test_costs_of_taking_and_of_ending_are_sunk() -> None:
    costly = [measure("x", "A", cost={"A": 3.0}, undo_cost={"A": 2.0}), measure("y", "B", cost={"B": 0.0})]
    case = happened(("x", 1, 4), ("x", 6), ("y", 2), measures=costly)
    assert history_of(case).sunk_costs() == (
        SunkCost(party="A", measure="x", period=1, deed="taken", cost=3.0),
        SunkCost(party="A", measure="x", period=4, deed="ended", cost=2.0),
        SunkCost(party="A", measure="x", period=6, deed="taken", cost=3.0),
    )
    sunk = evaluate_progress(case, [[["x"], ["y"]]]).roadmap.sunk
    # δ = .5 and now is 6: 3/.5⁵ + 2/.5² + 3.
    assert [(each.party, each.total, each.compounded) for each in sunk] == [("A", 8.0, 107.0), ("B", 0.0, 0.0)]


def test_what_lapses_costs_nothing() -> None:
    dear = [measure("x", "A"), measure("y", "A", requires=("x",), undo_cost={"A": 5.0})]
    assert history_of(happened(("x", 1, 5), ("y", 2), measures=dear)).sunk_costs() == ()


def test_who_ended_what_has_several_owners_is_not_known() -> None:
    forum = Forum(id="council", members=("A", "B"), quota=1, others=0, veto=(), end_quota=1, end_veto=())
    voted = Measure(id="v", name="v", forum="council", undo_cost={"A": 1.0})
    shared = [measure("x", "AB", undo_cost={"B": 1.0}), measure("y", "AB"), voted]
    case = happened(("x", 0, 1), ("y", 0, 1), ("v", 0, 2), measures=shared)
    case = case_of(list(case.parties), shared, progress=case.progress, forums=(forum,))
    history = history_of(case)
    assert (history.sunk_costs(), history.unattributed()) == ((), ("x", "v"))


def test_a_period_before_the_first_is_refused() -> None:
    with pytest.raises(OptionError, match=r"^a period to start from is 0 or more, got -1$"):
        history_of(happened(), -1)


def test_a_measure_without_what_it_requires_is_refused() -> None:
    assert refusals(happened(("y", 3))) == [
        "progress takes 'y' in period 3 without 'x', which it requires. | say in which period 'x' was taken, or "
        "correct the entry"
    ]
    assert history_of(happened(("y", 3), ("x", 3))).in_force == ("x", "y")


def test_what_can_only_be_given_up_cannot_have_been_taken() -> None:
    given = Measure(id="x", name="x", owners=("A",), direction=Direction.BACKWARD)
    assert refusals(happened(("x", 3), measures=[given])) == [
        "progress takes 'x' in period 3, but it can only be given up (direction: backward). | delete the entry, or "
        "change the measure's direction"
    ]


def test_what_is_irreversible_cannot_have_ended() -> None:
    firm = [measure("x", "A", irreversible=True)]
    assert refusals(happened(("x", 3, 4), measures=firm)) == [
        "progress ends 'x' in period 4, but it cannot be undone (reversible: false). | correct the entry, or let the "
        "measure be reversible"
    ]


def test_what_something_irreversible_requires_cannot_have_ended() -> None:
    firm = [measure("x", "A"), measure("y", "A", requires=("x",), irreversible=True)]
    assert refusals(happened(("x", 3, 4), ("y", 3), measures=firm)) == [
        "progress ends what 'y' requires in period 4, but 'y' cannot be undone (reversible: false). | correct the "
        "entry, or let the measure be reversible"
    ]
