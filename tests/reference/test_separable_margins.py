"""The closed forms of a margin in the separable case: its parts, the last step, and what a hostage must be worth."""

from __future__ import annotations

import pytest

from detente import evaluate_roadmap
from detente.analysis.roadmap import EvaluationRow
from detente.case import Case
from tests.oracle.hand_cases import case_of, measure, party
from tests.oracle.random_cases import FEATURES, random_case, random_durations, random_roadmap
from tests.rows import row_of

SEPARABLE = frozenset(FEATURES) - {"terms", "requires", "hazard"}


def parts_of(row: EvaluationRow) -> tuple[float, float, float, float]:
    """F, H, G and C."""
    assert row.parts is not None
    return row.parts.F, row.parts.H, row.parts.G, row.parts.C


def margin_of_parts(row: EvaluationRow, discount: float) -> float:
    """F + δ^L·H − G − C."""
    ahead, lost, saved, cost = parts_of(row)
    return ahead + discount**row.noticed_after * lost - saved - cost


@pytest.mark.parametrize("block", range(6))
def test_margin_is_what_lies_ahead_and_is_lost_less_what_is_saved(block: int) -> None:
    for seed in range(40 * block, 40 * (block + 1)):
        case = random_case(seed, n_measures=1 + seed % 5, n_parties=1 + seed % 4, features=SEPARABLE)
        stages = random_roadmap(case, seed)
        entry = evaluate_roadmap(case, stages, durations=random_durations(case, stages, seed)).roadmap
        discounts = dict(zip(entry.parties, entry.values.system.discount.tolist(), strict=True))
        for row in entry.rows:
            assert row.margin == pytest.approx(margin_of_parts(row, discounts[row.party]), rel=1e-9, abs=1e-9)


def test_parts_of_a_margin_worked_by_hand() -> None:
    # δ = .5; two periods a stage: A takes a, B takes b, A takes c.  Before stage 1 A leaves (0) rather than withhold a
    # openly for two periods and live in a broken process then (.25·(−1)/.5 = −.5).
    #   F = δ²·w_A(b)/(1 − δ) + δ⁴·(w_A(c)/(1 − δ) − c_A(c)) = .25·3/.5 + .0625·(−.5/.5 − .25),
    #   G = −w_A(a)/(1 − δ) = 1/.5,   C = c_A(a) = .75,   H = 0: nothing has begun, so nothing breaks down.
    case = case_of(
        [party("A", breakdown=-1.0), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 4}, cost={"A": 0.75}, detection_lag=2),
            measure("b", "B", {"A": 3, "B": -1}),
            measure("c", "A", {"A": -0.5, "B": 1}, cost={"A": 0.25}),
        ],
    )
    entry = evaluate_roadmap(case, [["a"], ["b"], ["c"]], durations=[2, 2, 2]).roadmap
    first = row_of(entry, 1, "before", "A")
    assert first.deviation.leave
    assert parts_of(first) == pytest.approx((0.25 * 6 + 0.0625 * (-1 - 0.25), 0.0, 2.0, 0.75))
    assert first.margin == pytest.approx(0.25 * 6 - 0.0625 * 1.25 - 2.75)


def test_parts_of_an_undoing_worked_by_hand() -> None:
    # δ = .5.  After stage 1, two periods long, A can undo a: that saves G = 1/.5 = 2 and costs .5, so C = −.5; it is
    # noticed after one period, and then B ends b, which pays it: H = (w_A(b) + 1)/.5 = 8.  Ahead is d: F = δ²·2/.5 = 1.
    # Margin: 1 + .5·8 − 2 + .5 = 3.5.
    case = case_of(
        [party("A", breakdown=-1.0), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 4}, undo_cost={"A": 0.5}),
            measure("b", "B", {"A": 3, "B": -1}),
            measure("d", "B", {"A": 2, "B": 0.25}),
        ],
    )
    entry = evaluate_roadmap(case, [["a", "b"], ["d"]], durations=[2, 1]).roadmap
    row = row_of(entry, 1, "after", "A")
    assert (row.deviation.undo, row.noticed_after) == (("a",), 1)
    assert parts_of(row) == pytest.approx((1.0, 8.0, 2.0, -0.5))
    assert row.margin == pytest.approx(3.5)
    # The same from the values: complying (−1 + 3)/.5 + .25·2/.5 = 5; undoing −.5 + 3 + .5·(−1)/.5 = 1.5.
    assert (row.comply, row.deviate) == pytest.approx((5.0, 1.5))


@pytest.mark.parametrize("cost", [0.25, 1.7, 40.0], ids=lambda cost: f"after Telser 1980, last step costs {cost}")
def test_an_irreversible_roadmap_fails_by_the_cost_of_its_last_step(cost: float) -> None:
    # Nothing is to be gained any more and nothing that could be lost: at the last step only its cost counts.
    case = case_of(
        [party("A", 0.9), party("B", 0.8)],
        [
            measure("a", "A", {"A": -1, "B": 30}, irreversible=True),
            measure("b", "B", {"A": 30}, irreversible=True, cost={"B": cost}),
        ],
    )
    entry = evaluate_roadmap(case, [["a"], ["b"]]).roadmap
    assert not entry.holds
    assert row_of(entry, 2, "before", "B").margin == pytest.approx(-cost, abs=1e-9)
    assert [row.party for row in entry.tempted() if row.stage == 2] == ["B"]


@pytest.mark.parametrize("n_stages", [2, 3, 5, 8], ids=lambda n: f"after Telser 1980, {n} stages")
def test_however_much_is_gained_before_the_last_step_is_not_taken(n_stages: int) -> None:
    # Each in turn gives the other 10 a period for good, at a cost of 1 once: the whole is worth far more than it costs.
    case = case_of(
        [party("A", 0.9), party("B", 0.9)],
        [
            measure(f"m{k}", "AB"[k % 2], {"BA"[k % 2]: 10.0}, irreversible=True, cost={"AB"[k % 2]: 1.0})
            for k in range(n_stages)
        ],
    )
    entry = evaluate_roadmap(case, [[f"m{k}"] for k in range(n_stages)]).roadmap
    last = row_of(entry, n_stages, "before", "AB"[(n_stages - 1) % 2])
    assert last.margin == pytest.approx(-1.0, abs=1e-9)
    # Whoever is to go last is tempted, from the stage before on; nobody else is.
    tempted = [(row.stage, row.check.value, row.party) for row in entry.tempted()]
    assert tempted == [(n_stages - 1, "after", last.party), (n_stages, "before", last.party)]


def irreversible_for_reversible(hostage: float | None) -> Case:
    """N dismantles for good, U relieves, which it can take back; perhaps N freezes too, which U values."""
    measures = [
        measure("dismantle", "N", {"N": -6, "U": 10}, irreversible=True),
        measure("relief", "U", {"U": -2, "N": 8}, detection_lag=2),
    ]
    if hostage is not None:
        measures.append(measure("freeze", "N", {"N": -0.5, "U": hostage}))
    return case_of([party("N", 0.97), party("U", 0.97)], measures)


def test_irreversible_for_reversible_fails_on_the_receivers_side() -> None:
    entry = evaluate_roadmap(irreversible_for_reversible(None), [["dismantle", "relief"]]).roadmap
    row = row_of(entry, 1, "end", "U")
    assert not entry.holds
    assert row.deviation.leave  # or taking the relief back, which is worth the same: nothing could be lost by either
    assert row.margin == pytest.approx(-2 / 0.03)
    assert row.margin == pytest.approx(-66.67, abs=0.005)


def test_a_hostage_worth_the_relief_by_the_time_of_detection_makes_it_hold() -> None:
    stages = [["dismantle", "relief", "freeze"]]
    # U saves 2 a period at once and loses the freeze after two periods: it holds from hostage·δ² ≥ 2.
    least = 2 / 0.97**2
    assert least == pytest.approx(2.1256, abs=5e-5)
    entry = evaluate_roadmap(irreversible_for_reversible(2.2), stages).roadmap
    row = row_of(entry, 1, "end", "U")
    assert entry.holds
    assert row.deviation.undo == ("relief",)
    assert row.margin == pytest.approx(2.3327, abs=5e-5)
    assert evaluate_roadmap(irreversible_for_reversible(least + 1e-6), stages).holds
    assert not evaluate_roadmap(irreversible_for_reversible(least - 1e-6), stages).holds


def test_a_hostage_that_costs_its_giver_nothing_is_none() -> None:
    # N would not end a freeze that costs it nothing, so U loses nothing by taking the relief back.
    case = irreversible_for_reversible(2.2)
    free = [m if m.id != "freeze" else measure("freeze", "N", {"U": 2.2}) for m in case.measures]
    entry = evaluate_roadmap(case_of(list(case.parties), free), [["dismantle", "relief", "freeze"]]).roadmap
    assert row_of(entry, 1, "end", "U").margin == pytest.approx(-2 / 0.03)
