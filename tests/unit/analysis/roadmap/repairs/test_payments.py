"""Payments after verification, in small cases worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap, read_case
from detente.analysis.roadmap.repairs import transfers
from detente.analysis.roadmap.repairs.payments import find_payments
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Direction, Ranks, Roadmap
from detente.errors import LimitError, OptionError
from detente.kernel import least_transfers
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, party


def case_with(*stages: tuple[str, ...], durations: tuple[int, ...] | None = None, **other: Any) -> Case:
    """N bears a cost of 3 for what is worth 5 a period for good to everybody else."""
    others = {each.id: 5.0 for each in other.get("parties", [])}
    return case_of(
        [party("N"), party("P", breakdown=-40.0), *other.pop("parties", [])],
        [
            measure("n", "N", {"P": 5, "N": 0, **others}, irreversible=True, cost={"N": 3.0}),
            measure("p", "P", {"N": 0, "P": 0}, irreversible=True),
            *other.pop("measures", []),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=stages, durations=durations),),
        **other,
    )


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def only(case: Case, **options: Any) -> Repair:
    [found] = find_payments(case, entry_of(case), **options)
    assert isinstance(found, Repair)
    return found


def refusal(case: Case, **options: Any) -> NoRepair:
    [found] = find_payments(case, entry_of(case), **options)
    assert isinstance(found, NoRepair)
    return found


def test_a_cost_is_paid_back_at_the_next_gate() -> None:
    repair = only(case_with(("n",), ("p",)))
    # 3 at the start is 6 a period later at δ = ½; P discounts alike, so it is worth 3 to it.
    assert repair.works
    assert repair.amount == pytest.approx(3.0)
    assert repair.unit == "value units of P, present value"
    assert repair.summary == "P pays N 6 once stage 1 is verified."
    assert repair.notes == (
        "What is paid, 6 in all, is worth 3 at the start, each payer's sums discounted at its own rate and counted as "
        "far as the process lasts until then; units of different parties are compared one to one.",
        "To N it is worth 3 at the start, discounted at its own rate; 3 is the least that could keep it, whoever paid.",
        "The amounts are rounded to 0.001 so that every check still holds.",
    )
    assert [change.path for change in repair.changes] == ["measures.payment-N-1", "roadmaps.r.stages"]
    [payment] = [m for m in repair.case.measures if m.id == "payment-N-1"]
    assert payment.name == "Payment of P to N, once stage 1 is verified"
    assert payment.owners == ("P",)
    assert payment.direction is Direction.FORWARD
    assert payment.value == {"N": 3.0, "P": 0.0}
    assert payment.cost == {"P": 6.0}
    assert repair.case.roadmap("r").stages == (("n",), ("p", "payment-N-1"))


def test_what_is_paid_after_the_last_stage_has_a_stage_of_its_own() -> None:
    repair = only(case_with(("n",), durations=(2,)))
    assert repair.works
    assert repair.amount == pytest.approx(3.0)
    assert repair.summary == "P pays N 12 once stage 1 is verified."
    assert repair.notes[2] == "What is paid after the last stage has a stage of its own, of 1 period."
    assert repair.case.roadmap("r").stages == (("n",), ("payment-N-1",))
    assert repair.case.roadmap("r").durations == (2, 1)


def test_an_own_stage_is_as_long_as_verification_takes() -> None:
    watched = measure("w", "P", {"N": 1, "P": 1}, detection_lag=2)
    repair = only(case_with(("w",), ("n",), measures=[watched]))
    assert repair.works
    assert repair.case.roadmap("r").durations is None
    assert repair.evaluation.durations == (2, 2, 2)
    assert "What is paid after the last stage has a stage of its own, of 2 periods." in repair.notes


def test_the_payer_whose_money_costs_least_pays() -> None:
    third = party("Q", 0.25, breakdown=-40.0)
    repair = only(case_with(("n",), ("p",), parties=[third]))
    # It values a period later at a quarter, N at half: the later the cheaper.
    assert repair.summary == "Q pays N 12 once stage 2 is verified."
    assert repair.amount == pytest.approx(0.75)
    assert repair.notes[2] == "Paid by one party alone it would cost P 3."


def test_rates_say_what_a_unit_costs() -> None:
    third = party("Q", 0.25, breakdown=-40.0)
    repair = only(case_with(("n",), ("p",), parties=[third]), rates={("Q", "N"): 5.0})
    assert repair.summary == "P pays N 6 once stage 1 is verified."
    assert repair.notes[0] == (
        "What is paid, 6 in all, is worth 3 at the start, each payer's sums discounted at its own rate and counted as "
        "far as the process lasts until then; units of different parties are compared as stated."
    )
    assert repair.amount == pytest.approx(3.0)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan")])
def test_a_rate_is_above_nothing(rate: float) -> None:
    case = case_with(("n",), ("p",))
    with pytest.raises(OptionError) as raised:
        list(find_payments(case, entry_of(case), rates={("P", "N"): rate}))
    assert str(raised.value) == f"what paying a unit costs must be above 0, got {rate:g} for P to N"


def test_several_share_when_nobody_can_bear_it_alone() -> None:
    # Each gains 2 a period for good, worth 4 at δ = ½, and would rather not start than pay more than that.
    case = case_of(
        [party("N"), party("P", breakdown=-40.0), party("Q", breakdown=-40.0)],
        [measure("n", "N", {"P": 2, "Q": 2}, irreversible=True, cost={"N": 6.0})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n",),)),),
    )
    repair = only(case)
    assert repair.works
    assert repair.unit == "value units of the payers, present value"
    assert {measure.owners for measure in repair.case.measures if measure.id.startswith("payment")} == {("P",), ("Q",)}
    assert {m.id for m in repair.case.measures} >= {"payment-N-1-P", "payment-N-1-Q"}
    assert "No party could pay it all alone and not be tempted itself." in repair.notes


def test_a_party_that_would_rather_keep_its_money_cannot_be_trusted_to_pay() -> None:
    # Nothing keeps P after n, which is for good.
    case = case_of(
        [party("N"), party("P")],
        [measure("n", "N", {"P": 5}, irreversible=True, cost={"N": 3.0})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n",),)),),
    )
    answer = refusal(case)
    assert answer.best is None
    assert answer.reason == (
        "No payments that the others can be trusted to make suffice: with the best found, N would still gain 1.5 a "
        "period by not complying at stage 1, before “n”; if more were given, P would rather withhold what it gives "
        "at stage 1, before “n”."
    )


def test_payment_with_the_first_stage_is_the_last_resort() -> None:
    # N dreads a broken process, so what tempts it is only not to start; P would rather break it than pay 6.
    case = case_of(
        [party("N", breakdown=-10.0), party("P", breakdown=-4.0)],
        [measure("n", "N", {"P": 5}, irreversible=True, cost={"N": 3.0}), measure("p", "P", {"P": 0})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n", "p"),)),),
    )
    repair = only(case)
    assert repair.works
    assert repair.amount == pytest.approx(3.0)
    assert repair.summary == "P pays N 3 with the first stage."
    assert repair.notes[-2] == (
        "Something is paid with the first stage, before anything is verified: payments after it do not suffice."
    )
    assert repair.case.roadmap("r").stages == (("n", "p", "payment-N-0"),)


def test_nobody_to_pay() -> None:
    case = case_of(
        [party("N")],
        [measure("n", "N", irreversible=True, cost={"N": 3.0})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n",),)),),
    )
    assert refusal(case).reason == "There is no other party that could pay."


def test_a_case_that_ranks_every_state_takes_no_further_measure() -> None:
    case = case_with(("n",), ("p",), preferences={"P": Ranks(ranks=(1, 2, 3, 4))})
    assert refusal(case).reason == (
        "Payments cannot be written into the case as measures: ranks of 'P' has 4 numbers for 8 feasible states."
    )


def test_ids_that_are_taken_are_numbered() -> None:
    taken = measure("payment-N-1", "P", {"N": 0, "P": 0})
    repair = only(case_with(("n",), ("p",), measures=[taken]))
    assert repair.case.roadmap("r").stages == (("n",), ("p", "payment-N-1-2"))


def test_a_strict_case_is_told_that_others_get_nothing() -> None:
    third = party("Q", breakdown=-40.0)
    stated = [measure("q", "Q", {"N": 0, "P": 0, "Q": 0})]
    case = case_with(("n",), ("p",), parties=[third], measures=stated)
    repair = only(case)
    [payment] = [m for m in repair.case.measures if m.id.startswith("payment")]
    assert set(payment.value) == {"N", "P", "Q"}


def test_a_search_that_is_cut_short_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    case = read_case("korea-2018")
    entry = evaluate_roadmap(case, "denuclearisation-first").roadmap
    monkeypatch.setattr(least_transfers, "MOST_BRANCHES", 1)
    [found] = find_payments(case, entry)
    assert isinstance(found, Repair)
    assert found.works
    assert found.notes[0] == (
        "What is paid, 791.3 in all, is worth 119.5 at the start, each payer's sums discounted at its own rate and "
        "counted as far as the process lasts until then; units of different parties are compared one to one; less may "
        "do, as the search for the least was cut short."
    )


def test_a_search_that_comes_to_nothing_in_time_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def given_up(*_: object, **__: object) -> None:
        raise LimitError("400 choices of who gives at which stage were tried, and none of them holds")

    monkeypatch.setattr(transfers, "find_least", given_up)
    assert refusal(case_with(("n",), ("p",))).reason == (
        "The search for payments was given up: 400 choices of who gives at which stage were tried, and none of them "
        "holds."
    )


def test_who_can_be_trusted_is_paid_to_pay_on() -> None:
    # After stage 2 P would pay 3 and no more, and Q 40 if it had anything from it.
    case = case_of(
        [party("N", breakdown=-1.0), party("P", breakdown=-3.0), party("Q", breakdown=-40.0)],
        [
            measure("n", "N", {"P": 5, "Q": 0}, irreversible=True),
            measure("m", "N", {"P": 0, "Q": 0}, irreversible=True, cost={"N": 3.0}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n",), ("m",))),),
    )
    repair = only(case)
    assert repair.works
    assert repair.summary == (
        "P pays N 1 once stage 1 is verified and 3 once stage 2 is verified; P pays Q 0.5 once stage 1 is verified; Q "
        "pays N 1 once stage 2 is verified."
    )
    assert "Q would comply anyway, and is paid so that it can pay on when others cannot be trusted to." in repair.notes


def test_progress_is_told() -> None:
    events: list[ProgressEvent] = []
    case = case_with(("n",), ("p",))
    list(find_payments(case, entry_of(case), progress=events.append))
    assert events
    assert {event.task for event in events} == {"looking for payments"}


@pytest.mark.parametrize(
    ("roadmap", "amount"),
    [("double-freeze", 7.7585727), ("step-by-step", 20.668425), ("peace-treaty-first", 16.0135705)],
)
def test_payments_mend_roadmaps_of_the_korean_case(roadmap: str, amount: float) -> None:
    case = read_case("korea-2018")
    [repair] = find_payments(case, evaluate_roadmap(case, roadmap).roadmap)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == pytest.approx(amount, rel=1e-6)
