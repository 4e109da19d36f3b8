"""Counterparts: something lasting that another party adds and can take back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente import RoadmapEvaluation, evaluate_roadmap, read_case
from detente.analysis.roadmap.repairs import transfers
from detente.analysis.roadmap.repairs.counterpart import find_counterpart
from detente.analysis.roadmap.repairs.ground import survey
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Direction, OnBreakdown, Ranks, Roadmap
from detente.errors import LimitError, OptionError
from tests.oracle.hand_cases import case_of, measure, party


def exchange(*third: str, ranked: bool = False) -> Case:
    """What A does is for good and worth 4 to B; what B does costs it 1 a period, is worth 8 to A and can be undone."""
    return case_of(
        [party("A"), party("B"), *(party(name) for name in third)],
        [
            measure("a", "A", {"A": -1, "B": 4}, irreversible=True),
            measure("b", "B", {"A": 8, "B": -1, **dict.fromkeys(third, 2.0)}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",), ("b",))),),
        **({"preferences": {"A": Ranks(ranks=(1, 2, 3, 4))}} if ranked else {}),
    )


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def test_least_counterpart_by_hand() -> None:
    # Undoing b saves B 1 a period, 2 in all at δ = ½; what it loses after one period is x in all.
    case = exchange()
    [repair] = find_counterpart(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == pytest.approx(2.0)
    assert repair.unit == "value units of B per period"
    assert repair.summary == (
        "A adds, with stage 2, something that it can take back and that is worth 2 a period to B at 0.5 a period to "
        "itself."
    )
    assert repair.notes == (
        "It is assumed to cost whoever gives it 0.25 per unit that it is worth, units of different parties compared "
        "one to one; as it costs something, it is taken back when the process breaks down.",
        "The amounts are rounded to 0.001 so that every check still holds.",
    )
    assert [change.path for change in repair.changes] == ["measures.counterpart-A", "roadmaps.r.stages"]
    added = repair.case.measure("counterpart-A")
    assert added.name == "Counterpart of A to B"
    assert added.value == {"A": -0.5, "B": 2.0}
    assert added.direction is Direction.BOTH
    assert added.on_breakdown is OnBreakdown.OWN_INTEREST
    assert repair.case.roadmap("r").stages == (("a",), ("b", "counterpart-A"))


def test_it_enters_where_it_costs_its_giver_least() -> None:
    # From stage 1 on it would do as well, and cost A a stage more.
    [repair] = find_counterpart(exchange(), entry_of(exchange()))
    assert isinstance(repair, Repair)
    assert "with stage 2" in repair.summary


def test_others_who_could_give_it_are_named() -> None:
    case = exchange("C", "D")
    [repair] = find_counterpart(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.notes[1] == "It could also come from C (2 from stage 2 on) or D (2 from stage 2 on)."


def test_what_it_costs_can_be_told() -> None:
    [repair] = find_counterpart(exchange(), entry_of(exchange()), own_ratio=0.5)
    assert isinstance(repair, Repair)
    assert repair.case.measure("counterpart-A").value == {"A": -1.0, "B": 2.0}


@pytest.mark.parametrize("ratio", [0.0, -1.0, float("nan")])
def test_nobody_takes_back_what_costs_nothing(ratio: float) -> None:
    with pytest.raises(OptionError) as raised:
        list(find_counterpart(exchange(), entry_of(exchange()), own_ratio=ratio))
    assert str(raised.value) == f"what a counterpart costs its giver must be above 0, got {ratio:g}"


def test_two_who_tempt_each_other_keep_each_other() -> None:
    # Each undoes its own at a gain; nobody else is there.
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -1, "B": 1}), measure("b", "B", {"B": -1, "A": 1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b"),)),),
    )
    [repair] = find_counterpart(case, entry_of(case), own_ratio=0.1)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.unit == "value units of those to whom it is given per period"
    assert repair.notes[1] == "No single counterpart mends it."
    assert {measure.id for measure in repair.case.measures} == {"a", "b", "counterpart-A", "counterpart-B"}
    # Each saves 1 at once by what it does and by 0.1·x, and loses 1 + x a period later: 1 + x ≥ 2·(1 + 0.1·x)…
    assert repair.amount == pytest.approx(2 * 1.0 / 0.8)


def test_a_search_that_comes_to_nothing_in_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up(*_: object, **__: object) -> None:
        raise LimitError("400 choices of who gives at which stage were tried, and none of them holds")

    monkeypatch.setattr(transfers, "find_least", given_up)
    [found] = find_counterpart(exchange(), entry_of(exchange()))
    assert isinstance(found, NoRepair)
    assert found.reason == (
        "The search for counterparts was given up: 400 choices of who gives at which stage were tried, and none of "
        "them holds."
    )


def test_several_counterparts_of_one_giver_have_ids_of_their_own() -> None:
    case = exchange("C")
    ground = survey(entry_of(case))
    kind = transfers.Kind(stages=(0, 1), lasts=True, rate=lambda giver, receiver: 0.25)
    search = transfers.Search(ground, transfers.instruments_of(ground, [kind], givers=[0], receivers=[1, 2]))
    plan = search.nearest()
    both = replace(plan, found=replace(plan.found, amounts=np.array([1.0, 2.0, 3.0, 4.0])))
    made = transfers.measures_of(both, both.found.amounts)
    assert [(each.measure.id, each.stage, dict(each.measure.value)) for each in made] == [
        ("counterpart-A-1", 0, {"A": -0.75, "B": 1.0, "C": 2.0}),
        ("counterpart-A-2", 1, {"A": -1.75, "B": 3.0, "C": 4.0}),
    ]
    assert transfers.tell_counterparts(both, both.found.amounts) == (
        "A adds, with stage 1, something that it can take back and that is worth 1 a period to B and 2 a period to C "
        "at 0.75 a period to itself; A adds, with stage 2, something that it can take back and that is worth 3 a "
        "period to B and 4 a period to C at 1.75 a period to itself"
    )


def test_nobody_to_give_anything() -> None:
    case = case_of(
        [party("A")],
        [measure("a", "A", {"A": -1})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a",),)),),
    )
    [found] = find_counterpart(case, entry_of(case))
    assert isinstance(found, NoRepair)
    assert found.reason == "There is no other party that could give anything."


def test_a_case_that_ranks_every_state_takes_no_further_measure() -> None:
    [found] = find_counterpart(exchange(ranked=True), entry_of(exchange(ranked=True)))
    assert isinstance(found, NoRepair)
    assert found.reason == (
        "A counterpart cannot be written into the case as a measure: ranks of 'A' has 4 numbers for 8 feasible states."
    )


@pytest.mark.parametrize(
    ("roadmap", "amount"),
    [("double-freeze", 0.2075093), ("denuclearisation-first", 7.2344906), ("step-by-step", 2.7605321)],
)
def test_counterparts_mend_roadmaps_of_the_korean_case(roadmap: str, amount: float) -> None:
    case = read_case("korea-2018")
    [repair] = find_counterpart(case, evaluate_roadmap(case, roadmap).roadmap)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == pytest.approx(amount, rel=1e-6)
