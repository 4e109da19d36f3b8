"""Guarantors: who could promise to punish whoever breaks, by how much, and whether it would be believed."""

from __future__ import annotations

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap, read_case
from detente.analysis.roadmap.repairs.guarantor import find_guarantor
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Ranks, Roadmap
from detente.errors import OptionError
from tests.oracle.hand_cases import case_of, measure, party


def temptation(*, worth: float = 10.0, discount: float = 0.5, ranked: bool = False) -> Case:
    """B gains 1 a period by undoing b, found out after a period; b is worth something to G."""
    return case_of(
        [party("A"), party("B"), party("G", discount)],
        [
            measure("a", "A", {"A": 0, "B": 4}, irreversible=True),
            measure("b", "B", {"A": 2, "B": -1, "G": worth}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
        **({"preferences": {"A": Ranks(ranks=(1, 2, 3, 4))}} if ranked else {}),
    )


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def test_least_promise_by_hand() -> None:
    # Undoing b saves B 2 in all at δ = ½; the punishment of x a period starts after one period and is worth x in all.
    case = temptation()
    [repair] = find_guarantor(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == pytest.approx(2.0)
    assert repair.unit == "value units of B per period"
    assert repair.summary == "G promises, with stage 1, to punish B by 2 a period if it breaks the process."
    # Leaving before stage 2 needs 1 a period; G would lose 10 a period, 20 in all, and A 4.
    assert repair.notes == (
        "The promise is credible: punishing B would cost G 4 (present value), and it would lose at least 10 if B broke "
        "the process.",
        "Punishing is assumed to cost the guarantor 1 per unit of the punishment, for good, units of different parties "
        "compared one to one.",
        "The amounts are rounded up to 4 digits.",
    )
    added = repair.case.measure("guarantee-G")
    assert added.name == "Guarantee of G"
    assert added.deters == {"B": 2.0}
    assert added.value == {"A": 0.0, "B": 0.0, "G": 0.0}
    assert repair.case.roadmap("r").stages == (("a", "guarantee-G"), ("b",))


def test_what_would_cost_more_than_is_at_stake_is_not_believed() -> None:
    case = temptation(worth=1.0, discount=0.75)
    [repair] = find_guarantor(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.evaluation.holds
    assert not repair.works
    assert repair.notes[0] == (
        "The promise is not credible: punishing B would cost A 4 (present value), more than the 2 that it would lose "
        "if B broke the process."
    )


def test_who_loses_nothing_is_not_believed() -> None:
    case = case_of(
        [party("B"), party("G")],
        [measure("a", "G", {"B": 4}, irreversible=True), measure("b", "B", {"B": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
    )
    [repair] = find_guarantor(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert not repair.works
    assert repair.notes[0] == "The promise is not credible: G would lose nothing if B broke the process."


def test_what_punishing_costs_can_be_told() -> None:
    case = temptation()
    [repair] = find_guarantor(case, entry_of(case), punishment_ratio=4.0)
    assert isinstance(repair, Repair)
    assert not repair.works


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan")])
def test_punishing_costs_something(ratio: float) -> None:
    with pytest.raises(OptionError) as raised:
        list(find_guarantor(temptation(), entry_of(temptation()), punishment_ratio=ratio))
    assert str(raised.value) == f"what punishing costs the guarantor must be above 0, got {ratio:g}"


def test_nobody_is_punished_for_not_starting() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": 0, "B": -1}, irreversible=True)],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",),)),),
    )
    [found] = find_guarantor(case, entry_of(case))
    assert isinstance(found, NoRepair)
    assert found.reason == (
        "At stage 1, before “a”, B would gain 1 a period by not starting at all. No promise to punish counts there, as "
        "nothing has begun."
    )


def test_not_starting_may_tempt_less_than_something_else() -> None:
    # Withholding b saves 4 at once and 2 a period for good; not starting saves B 1 a period beyond that.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"B": 1}, irreversible=True),
            measure("b", "B", {"B": -2}, irreversible=True, cost={"B": 4.0}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b"),)),),
    )
    [found] = find_guarantor(case, entry_of(case))
    assert isinstance(found, NoRepair)
    assert found.reason == (
        "B would gain 3 a period by not starting at all, where no promise to punish counts, as nothing has begun."
    )


def test_two_who_tempt_each_other_promise_each_other() -> None:
    case = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 1.5}),
            measure("b", "B", {"B": -1, "A": 1.5}),
            measure("c", "A", {"A": 6, "B": 6}, irreversible=True),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("c",), ("a", "b"))),),
    )
    [repair] = find_guarantor(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.evaluation.holds
    assert repair.unit == "value units of those who are deterred per period"
    assert repair.case.roadmap("r").stages[1] == ("a", "b", "guarantee-B", "guarantee-A")
    assert repair.amount is not None
    assert repair.case.measure("guarantee-A").deters == {"B": repair.amount / 2}


def test_nobody_to_promise_anything() -> None:
    case = case_of(
        [party("A")],
        [measure("a", "A", {"A": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",),)),),
    )
    [found] = find_guarantor(case, entry_of(case))
    assert isinstance(found, NoRepair)
    assert found.reason == "There is no other party that could promise anything."


def test_a_case_that_ranks_every_state_takes_no_further_measure() -> None:
    [found] = find_guarantor(temptation(ranked=True), entry_of(temptation(ranked=True)))
    assert isinstance(found, NoRepair)
    assert found.reason == (
        "A guarantee cannot be written into the case as a measure: ranks of 'A' has 4 numbers for 8 feasible states."
    )


def test_guarantors_of_the_korean_case() -> None:
    case = read_case("korea-2018")
    [repair] = find_guarantor(case, evaluate_roadmap(case, "peace-treaty-first").roadmap)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.summary == (
        "Japan promises, with stage 7, to punish North Korea by 1.151 a month if it breaks the process."
    )
    assert repair.notes[0] == (
        "The promise is credible: punishing North Korea would cost Japan 57.55 (present value), and it would lose at "
        "least 358.3 if North Korea broke the process."
    )
