"""What keeps a party to a roadmap at the least cost: payments, and something reversible in return for what is not."""

from __future__ import annotations

import numpy as np
import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.counterpart import find_counterpart
from detente.analysis.roadmap.repairs.payments import find_payments
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Roadmap
from detente.casefile import change_case
from detente.kernel.inducements import induce
from tests.oracle.hand_cases import case_of, measure, party
from tests.rows import row_of

GAPS = np.array([1.0, 0.0, 3.0, 0.5])
DURATIONS = np.array([2, 3, 1, 2])
DISCOUNT = 0.9


def gaps_case(payer_discount: float = DISCOUNT) -> Case:
    """N's gaps are (1, 0, 3, .5) at stages that last (2, 3, 1, 2); P fears a breakdown too much to be tempted.

    With N's cost c_k of stage k and P's gift b_k to N at stage k, all irreversible, N's gap at a stage is
    c_k − δ^{d_k}·(b_{k+1} − gap_{k+1}).
    """
    return case_of(
        [party("N", DISCOUNT), party("P", payer_discount, breakdown=-1000.0)],
        [
            measure("n1", "N", {"P": 100}, irreversible=True, cost={"N": 1.0}),
            measure("p2", "P", {"N": 0}, irreversible=True),
            measure("n3", "N", {"P": 0}, irreversible=True, cost={"N": 2.55}),
            measure("p3", "P", {"N": 0.3}, irreversible=True),
            measure("n4", "N", {"P": 0}, irreversible=True, cost={"N": 0.5}),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("n1",), ("p2",), ("n3", "p3"), ("n4",)), durations=(2, 3, 1, 2)),),
    )


def only(case: Case, entry: RoadmapEvaluation) -> Repair:
    [found] = find_payments(case, entry)
    assert isinstance(found, Repair)
    return found


def test_the_gaps_are_those_of_the_example() -> None:
    entry = evaluate_roadmap(gaps_case(), "r").roadmap
    for stage, gap in enumerate(GAPS, start=1):
        rows = [row_of(entry, stage, check, "N") for check in ("before", "after")]
        assert max(0.0, *(-row.margin for row in rows)) == pytest.approx(gap, abs=1e-12)


def test_least_payments_in_closed_form() -> None:
    found = induce(GAPS, DURATIONS, DISCOUNT)
    assert found.present_value == pytest.approx(1.77147, abs=1e-12)
    assert found.rewards.tolist() == pytest.approx([0.0, 0.0, 2.55, 0.5], abs=1e-12)
    assert found.handed_over.tolist() == pytest.approx([0.0, 0.0, 2.55 / 0.9, 0.5 / 0.81], abs=1e-12)


def test_linear_program_comes_to_the_closed_form_for_one_receiver() -> None:
    case = gaps_case()
    repair = only(case, evaluate_roadmap(case, "r").roadmap)
    assert repair.works
    assert repair.amount == pytest.approx(1.77147, abs=1e-9)
    assert repair.summary == "P pays N 2.834 once stage 3 is verified and 0.618 once stage 4 is verified."


def test_the_payments_of_the_closed_form_mend_it_and_none_can_be_less() -> None:
    case = gaps_case()
    handed = induce(GAPS, DURATIONS, DISCOUNT).handed_over

    def holds(scale: float) -> bool:
        third, fourth = (float(scale * p) for p in handed[2:])
        gifts = [
            measure("g4", "P", {"N": 0.1 * third}, irreversible=True, cost={"P": third}),
            measure("g5", "P", {"N": 0.1 * fourth}, irreversible=True, cost={"P": fourth}),
        ]
        paid = case_of(list(case.parties), [*case.measures, *gifts])
        stages = [["n1"], ["p2"], ["n3", "p3"], ["n4", "g4"], ["g5"]]
        return evaluate_roadmap(paid, stages, durations=[2, 3, 1, 2, 1]).roadmap.holds

    assert holds(1.0)
    assert holds(1.0 + 1e-6)
    assert not holds(1.0 - 1e-6)


def test_a_less_patient_payer_counts_late_payments_for_less() -> None:
    case = gaps_case(payer_discount=0.8)
    repair = only(case, evaluate_roadmap(case, "r").roadmap)
    # All as late as it can be: what N needs at stage 3, with .9 a period for waiting, is handed over after stage 4.
    late = 3.0 / DISCOUNT**3
    assert repair.amount == pytest.approx(0.8**8 * late, rel=1e-9)
    assert repair.summary == "P pays N 4.116 once stage 4 is verified."


def exchange(kept: float, own: float = -0.5) -> Case:
    """N dismantles for good (−6 to N, +10 to U) against relief (−2 to U, +8 to N), found out after two periods.

    If `kept` is above 0, N also adds something reversible that is worth so much to U and `own` to N itself.
    """
    further = [measure("keep", "N", {"U": kept, "N": own})] if kept else []
    return case_of(
        [party("N", 0.97), party("U", 0.97)],
        [
            measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
            measure("relief", "U", {"U": -2, "N": 8}, detection_lag=2),
            *further,
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("dismantle", "relief", *(m.id for m in further)),)),),
    )


def test_irreversible_for_reversible_fails_on_the_side_of_the_receiver() -> None:
    entry = evaluate_roadmap(exchange(0.0), "r").roadmap
    assert row_of(entry, 1, "end", "U").margin == pytest.approx(-2.0 / 0.03)
    assert row_of(entry, 1, "end", "U").margin == pytest.approx(-66.67, abs=5e-3)


def test_least_reversible_counterpart_in_closed_form() -> None:
    case = exchange(0.0)
    [repair] = find_counterpart(case, evaluate_roadmap(case, "r").roadmap)
    assert isinstance(repair, Repair)
    assert repair.works
    assert repair.amount == pytest.approx(2.0 / 0.97**2, abs=1e-9)
    assert repair.amount == pytest.approx(2.1256, abs=5e-5)
    assert repair.unit == "value units of U per period"
    assert repair.summary == (
        "N adds, with stage 1, something that it can take back and that is worth 2.126 a period to U at 0.5315 a "
        "period to itself."
    )


@pytest.mark.parametrize(("kept", "margin"), [(2.1256, 0.0), (2.2, 2.3327)])
def test_margin_with_a_counterpart(kept: float, margin: float) -> None:
    entry = evaluate_roadmap(exchange(kept), "r").roadmap
    assert row_of(entry, 1, "end", "U").margin == pytest.approx(margin, abs=2e-3)


def test_the_least_counterpart_holds_and_less_does_not() -> None:
    least = 2.0 / 0.97**2
    assert evaluate_roadmap(exchange(least + 1e-9), "r").roadmap.holds
    assert not evaluate_roadmap(exchange(least - 1e-6), "r").roadmap.holds
    # What N would not take back keeps nobody.
    assert not evaluate_roadmap(exchange(least + 1.0, own=0.0), "r").roadmap.holds


def test_payments_cannot_mend_the_end_but_a_counterpart_with_them_does() -> None:
    case = exchange(0.0)
    repair = only(case, evaluate_roadmap(case, "r").roadmap)
    assert repair.works
    assert repair.amount == pytest.approx(0.25 * (2.0 / 0.97**2) / 0.03, rel=1e-9)
    assert repair.summary == (
        "N adds, with stage 1, something that it can take back and that is worth 2.126 a period to U at 0.5315 a "
        "period to itself."
    )
    assert repair.notes[1] == (
        "No one-off payment keeps U at the end, where all is paid, so something that lasts comes with it; it is "
        "assumed to cost whoever gives it 0.25 per unit that it is worth."
    )


def test_nothing_mends_an_end_at_which_giving_costs_more_than_there_is() -> None:
    # N gains 0.2 a period by the exchange; what costs it more it would rather take back.
    case = change_case(exchange(0.0), {"measures.relief.value.N": 6.2})
    entry = evaluate_roadmap(case, "r").roadmap
    [payments] = find_payments(case, entry, own_ratio=2.0)
    assert isinstance(payments, NoRepair)
    assert payments.best is None
    assert payments.reason == (
        "One-off payments do not mend the end, where all is paid: at the end, with everything in force, U would gain 2 "
        "a period by walking out openly. That takes something that lasts, and no counterpart with the last stage, "
        "together with payments, does it either: with the best found, U would still gain 1.993 a period by not "
        "complying at stage 1, before “dismantle” and “relief”; if more were given, N would rather withhold what it "
        "gives at stage 1, before “dismantle” and “relief”."
    )
    [counterpart] = find_counterpart(case, entry, own_ratio=2.0)
    assert isinstance(counterpart, NoRepair)
    assert counterpart.reason == (
        "No counterpart that a party can be trusted to keep up suffices: with the best found, U would still gain 1.993 "
        "a period by not complying at stage 1, before “dismantle” and “relief”; if more were given, N would rather "
        "withhold what it gives at stage 1, before “dismantle” and “relief”."
    )
    assert counterpart.best is not None
    assert not counterpart.best.works
