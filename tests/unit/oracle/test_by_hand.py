"""The twin against tiny cases whose every number is worked out by hand, in the comments."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente.case import Case, Direction, Forum, Measure, OnBreakdown
from tests.oracle.evaluation import deviations, evaluate, least_duration
from tests.oracle.hand_cases import case_of, measure, pair, party, term
from tests.oracle.system import System


def row(entry: dict[str, Any], stage: int, check: str, who: str) -> dict[str, Any]:
    [found] = [r for r in entry["rows"] if (r["stage"], r["check"], r["party"]) == (stage, check, who)]
    return dict(found)


def chosen(withhold: list[str], undo: list[str], *, leave: bool = False) -> dict[str, Any]:
    return {"withhold": withhold, "undo": undo, "leave": leave}


# Hazard, tension, snapback, verification, a joint measure.  δ = .5 for both, h = .2, so γ = .4 and δh = .1.
INSPECTED = case_of(
    [party("A", hazard=0.2, breakdown=-1.0), party("B")],
    [
        measure("x", "A", {"A": -1, "B": 3}, detection_lag=3, on_breakdown=OnBreakdown.REVERSE),
        measure("y", "B", {"A": 4, "B": -1}, undo_cost={"B": 1.0}),
        measure("v", "AB", cost={"A": 0.5}, verifies={"x": 1}),
    ],
)
TOGETHER = [["x", "y", "v"]]


def test_breakdown_snaps_back_and_then_own_interest() -> None:
    # x snaps back; then ending y pays B (0 − (−1))/.5 = 2 > 1, and B bears 1; v pays nobody.
    system = System(INSPECTED)
    everything = frozenset({"x", "y", "v"})
    assert system.breakdown(everything) == (frozenset({"v"}), {"A": 0.0, "B": 1.0})
    # A: (0 − 1)/.5 = −2; B: 0/.5 − 1 = −1.
    assert system.broken("A", everything, by_i=False) == pytest.approx(-2)
    assert system.broken("B", everything, by_i=False) == pytest.approx(-1)


def test_values_of_complying() -> None:
    entry = evaluate(INSPECTED, TOGETHER)
    # v_A = 3, v_B = 2.  V_A(2) = (3 − .1·2)/.6 = 4.6667; V_B(2) = (2 − .1)/.6 = 3.1667; holding a period changes
    # nothing: after = V(2).  A pays .5 for v.
    assert row(entry, 1, "end", "A")["comply"] == pytest.approx(2.8 / 0.6)
    assert row(entry, 1, "after", "A")["comply"] == pytest.approx(2.8 / 0.6)
    assert row(entry, 1, "before", "A")["comply"] == pytest.approx(2.8 / 0.6 - 0.5)
    assert row(entry, 1, "before", "B")["comply"] == pytest.approx(1.9 / 0.6)


def test_every_deviation_of_one_row() -> None:
    # x: X = {y, v}, noticed after 1 (v verifies): −.5 + 4 − .2 + .4·(−2) = 2.5.
    # v: X = {x, y}: 3 − .2 − .8 = 2.  Both: X = {y}: x would be noticed after 3, v after 1: 4 − .2 − .8 = 3.
    found = {
        (tuple(sorted(w)), tuple(sorted(r)), leave): worth
        for w, r, leave, worth in deviations(INSPECTED, TOGETHER, None, 1, "before", "A")
    }
    assert found == {
        ((), (), True): pytest.approx(0),
        (("x",), (), False): pytest.approx(2.5),
        (("v",), (), False): pytest.approx(2),
        (("v", "x"), (), False): pytest.approx(3),
    }


def test_temptations_and_margins() -> None:
    entry = evaluate(INSPECTED, TOGETHER)
    a, b = row(entry, 1, "before", "A"), row(entry, 1, "before", "B")
    assert a["deviation"] == chosen(["x", "v"], [])
    assert a["deviate"] == pytest.approx(3)
    assert a["flow_margin"] == pytest.approx((2.8 / 0.6 - 3.5) / 2)
    # B without y: X = {x, v}, which ends with {v}: 3 + 0; without y and v: the same, so fewest.
    assert b["deviation"] == chosen(["y"], [])
    assert b["deviate"] == pytest.approx(3)
    # At the end: A undoes x: 4 − .2 − .8 = 3 (x and v: the same); B undoes y: −1 + 3 = 2; leaving: −2 and −1.
    a, b = row(entry, 1, "end", "A"), row(entry, 1, "end", "B")
    assert (a["deviation"], a["deviate"]) == (chosen([], ["x"]), pytest.approx(3))
    assert (b["deviation"], b["deviate"]) == (chosen([], ["y"]), pytest.approx(2))
    assert (a["leave_value"], b["leave_value"]) == (pytest.approx(-2), pytest.approx(-1))
    assert entry["holds"]
    assert entry["margin"] == pytest.approx((1.9 / 0.6 - 3) / 2)
    assert entry["end_margin"] == pytest.approx((1.9 / 0.6 - 2) / 2)
    assert entry["critical"] == {"stage": 1, "check": "before", "party": "B"}


def test_trust() -> None:
    entry = evaluate(INSPECTED, TOGETHER)
    # A alone: X = {x}: −.5 + (−1 − .2) + .4·(−2) = −2.5; leaving 0; V = 4.1667: 2.5/6.6667 = .375.
    a, b = row(entry, 1, "before", "A"), row(entry, 1, "before", "B")
    assert a["betrayed_value"] == pytest.approx(-2.5)
    assert a["required_trust"] == pytest.approx(0.375)
    # B alone: X = {y}: −1 − .1 + .4·(−1) = −1.5: 1.5/4.6667.
    assert b["betrayed_value"] == pytest.approx(-1.5)
    assert b["required_trust"] == pytest.approx(1.5 / (1.9 / 0.6 + 1.5))
    assert entry["trust"] == pytest.approx(0.375)
    assert row(entry, 1, "after", "A")["required_trust"] is None
    assert row(entry, 1, "after", "A")["betrayed_value"] is None


def test_parts_are_for_the_separable_case_alone() -> None:
    calm = replace(INSPECTED, parties=(party("A", breakdown=-1.0), party("B")))
    assert row(evaluate(INSPECTED, TOGETHER), 1, "end", "A")["parts"] is None
    # A at the end undoes x: G = −(−1)/.5 = 2, C = −0, H = (v({y,v}) − v({v}) + 1)/.5 = (4 + 1)/.5 = 10.
    assert row(evaluate(calm, TOGETHER), 1, "end", "A")["parts"] == pytest.approx({"F": 0, "G": 2, "H": 10, "C": 0})
    # B at the end undoes y: G = 1/.5 = 2, C = −1, H = (v({x,v}) − v({v}))/.5 = 6: margin .5·6 − 2 + 1 = 2.
    b = row(evaluate(calm, TOGETHER), 1, "end", "B")
    assert b["parts"] == pytest.approx({"F": 0, "G": 2, "H": 6, "C": -1})
    assert b["margin"] == pytest.approx(2)
    with_term = replace(calm, terms=(term("B", "x", 0.0),))
    assert row(evaluate(with_term, TOGETHER), 1, "end", "A")["parts"] is None
    requiring = replace(calm.measures[2], requires=("x",))
    with_requires = replace(calm, measures=(*calm.measures[:2], requiring))
    assert row(evaluate(with_requires, TOGETHER), 1, "end", "A")["parts"] is None


def test_deterrence_counts_for_the_breaker_alone() -> None:
    guarded = replace(INSPECTED, measures=(*INSPECTED.measures, measure("g", "B", deters={"A": 2.0})))
    system = System(guarded)
    state = frozenset({"x", "y", "v", "g"})
    # (0 − 1 − 2)/.5 = −6 if A breaks, −2 if nobody does; B is not deterred.
    assert system.broken("A", state, by_i=True) == pytest.approx(-6)
    assert system.broken("A", state, by_i=False) == pytest.approx(-2)
    assert system.broken("B", state, by_i=True) == pytest.approx(-1)


# Dependence and precedence


def ladder(**top: Any) -> Case:
    return case_of(
        [party("A"), party("B")],
        [
            measure("t", "A", {"A": -1, "B": 2}, detection_lag=4, undo_cost={"A": 0.25}),
            measure("u", "B", {"A": 2, "B": -1}, detection_lag=2, requires=("t",), **top),
            measure("w", "B", {"B": 1}, after=("t",), irreversible=True),
        ],
    )


def test_undoing_takes_along_what_requires_it() -> None:
    stages = [["t"], ["u", "w"]]
    # After stage 2 A may undo t: u lapses, w stands on its own; noticed after 2, the shorter of the lags of t and u;
    # then nothing more ends.  t and u gone: −.25 + 0 for ever, as w gives A nothing.
    [_, (withhold, undo, leave, worth)] = deviations(ladder(), stages, None, 2, "after", "A")
    assert (withhold, undo, leave) == (frozenset(), frozenset({"t"}), False)
    assert worth == pytest.approx(-0.25)
    system = System(ladder())
    # In {t, u, w} ending t takes u along, which does not pay A; ending u pays B 1/.5.  Then t alone costs A 1 a period:
    # it ends too, at .25.
    assert system.breakdown(frozenset("tuw")) == (frozenset("w"), {"A": 0.25, "B": 0.0})


def test_a_new_measure_is_not_taken_without_what_it_requires() -> None:
    # Before stage 2 A undoes t: B's u cannot be taken, w can: X = {w}.
    stages = [["t"], ["u", "w"]]
    found = list(deviations(ladder(), stages, None, 2, "before", "A"))
    assert [(set(w), set(r)) for w, r, _, _ in found] == [(set(), set()), (set(), {"t"})]
    assert found[1][3] == pytest.approx(-0.25)


def test_nothing_can_be_ended_below_an_irreversible_measure() -> None:
    case = ladder(irreversible=True)
    stages = [["t"], ["u"]]
    # In force is {t} before stage 2: undoing blocks u.  After it u is irreversible: A can only leave.
    assert len(list(deviations(case, stages, None, 2, "before", "A"))) == 2
    assert len(list(deviations(case, stages, None, 2, "after", "A"))) == 1
    assert System(case).breakdown(frozenset("tu"))[0] == frozenset("tu")


def test_withholding_takes_along_what_requires_it() -> None:
    # Together: A withholds t, so u is not taken either; A bears nothing and gets nothing.
    [_, (withhold, _, _, worth)] = deviations(ladder(), [["t", "u"]], None, 1, "before", "A")
    assert withhold == frozenset({"t"})
    assert worth == pytest.approx(0)


def test_precedence_and_dependence_bind_the_order() -> None:
    with pytest.raises(ValueError, match=r"^stage 1: breaks the order$"):
        evaluate(ladder(), [["t", "w"]])
    with pytest.raises(ValueError, match=r"^stage 1: is infeasible$"):
        evaluate(ladder(), [["u"], ["t"]])
    with pytest.raises(ValueError, match=r"^stage 1: is empty$"):
        evaluate(ladder(), [[]])
    with pytest.raises(ValueError, match=r"^stage 2: takes what is in force$"):
        evaluate(ladder(), [["t"], ["t"]])
    with pytest.raises(ValueError, match=r"^stage 1: repeats a measure$"):
        evaluate(ladder(), [["t", "t"]])
    with pytest.raises(ValueError, match=r"^stage 1: 2 periods, at least 4 are needed$"):
        evaluate(ladder(), [["t"]], [2])
    backward = replace(ladder().measures[0], direction=Direction.BACKWARD)
    with pytest.raises(ValueError, match=r"^stage 1: takes what can only be given up$"):
        evaluate(replace(ladder(), measures=(backward, *ladder().measures[1:])), [["t"]])


def test_precedence_is_fulfilled_by_what_is_in_force_from_the_start() -> None:
    case = replace(ladder(), status_quo=("t",))
    assert evaluate(case, [["w"]])["rows"]
    # t is in S₀ and never undone: A can only leave.
    assert len(list(deviations(case, [["u"]], None, 1, "after", "A"))) == 1
    assert System(case).breakdown(frozenset("tuw"))[0] == frozenset("tw")


def test_keep_stays_but_lapses_with_what_it_requires() -> None:
    kept = measure("k", "A", {"A": -1}, on_breakdown=OnBreakdown.KEEP, requires=("s",))
    snap = measure("s", "A", {"A": 1}, on_breakdown=OnBreakdown.REVERSE)
    stays = replace(kept, id="j", requires=())
    system = System(case_of([party("A")], [kept, snap, stays]))
    assert system.breakdown(frozenset("ksj"))[0] == frozenset("j")
    assert system.breakdown(frozenset("j"))[0] == frozenset("j")


def test_own_interest_goes_in_rounds_of_all_at_once() -> None:
    # p pays A only while q is not in force; q costs B 1 at once.  Round 1: q ends; round 2: p ends.
    case = case_of(
        [party("A"), party("B")],
        [measure("p", "A", {"A": -1}), measure("q", "B", {"B": -1})],
        terms=(term("A", "p and q", 3.0),),
    )
    assert System(case).breakdown(frozenset("pq"))[0] == frozenset()
    # Of two joint measures each of which pays while the other is there, both end, though one alone would do: each
    # owner whom it pays bears its own undo cost, of both.
    twice = case_of(
        [party("A"), party("B")],
        [
            measure("p", "AB", undo_cost={"A": 1.0, "B": 9.0}),
            measure("q", "AB", undo_cost={"A": 2.0, "B": 9.0}),
        ],
        terms=(term("A", "p and q", -3.0), term("B", "p and q", -3.0)),
    )
    # Ending pays (0 + 3)/.5 = 6: more than A's 1 and 2, less than B's 9.
    assert System(twice).breakdown(frozenset("pq")) == (frozenset(), {"A": 3.0, "B": 0.0})


def test_ending_must_pay_more_than_it_costs() -> None:
    exactly = case_of([party("A")], [measure("p", "A", {"A": -1}, undo_cost={"A": 2.0})])
    assert System(exactly).breakdown(frozenset("p"))[0] == frozenset("p")


# Forums


def council(**rule: Any) -> Case:
    forum: dict[str, Any] = {"quota": 3, "others": 1, "veto": ("C",), "end_quota": 3, "end_veto": ("C",)}
    forum |= rule
    resolution = Measure(
        id="f",
        name="f",
        forum="council",
        value={"A": -1, "B": -1, "C": 1},
        cost={"C": 0.5},
    )
    return case_of(
        [party("A"), party("B"), party("C")],
        [resolution],
        forums=(Forum(id="council", members=("A", "B", "C"), **forum),),
    )


def test_only_pivotal_members_can_withhold() -> None:
    # Without A: B, C and the other seat are 3 ≥ 3, and C is there.  Without C: its veto.
    system = System(council())
    assert [system.may_withhold(i, "f") for i in "ABC"] == [False, False, True]
    # With no other seat every vote is needed.
    system = System(council(others=0, veto=()))
    assert [system.may_withhold(i, "f") for i in "ABC"] == [True, True, True]
    assert [system.may_end_alone(i, "f") for i in "ABC"] == [False, False, False]


def test_a_forums_measure_ends_if_those_who_gain_pass_the_rule() -> None:
    # A and B gain 2 each; with the other seat that is 3, but C, who loses, has a veto.
    assert System(council()).breakdown(frozenset("f"))[0] == frozenset("f")
    assert System(council(end_veto=())).breakdown(frozenset("f"))[0] == frozenset()
    assert System(council(end_veto=(), end_quota=4)).breakdown(frozenset("f"))[0] == frozenset("f")


def test_members_have_a_part_and_rely_on_the_others() -> None:
    entry = evaluate(council(), [["f"]])
    # C pays .5 and the others do not take it: X = −.5 + 0; V = −.5 + 1/.5 = 1.5; E = 0: .5/2.
    assert row(entry, 1, "before", "C")["required_trust"] == pytest.approx(0.25)
    # A loses 2 by it and could only leave: none suffices.
    a = row(entry, 1, "before", "A")
    assert (a["required_trust"], a["none_suffices"]) == (0.0, False)
    assert a["betrayed_value"] == pytest.approx(0)
    assert a["margin"] == pytest.approx(-2)


def test_none_suffices() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 2})])
    entry = evaluate(case, [["a"]])
    # V = −2 < E = 0, and alone: −1 and then, broken, nothing: X = −1.
    a = row(entry, 1, "before", "A")
    assert (a["betrayed_value"], a["required_trust"], a["none_suffices"]) == (
        pytest.approx(-1),
        None,
        True,
    )
    assert entry["trust"] is None
    assert row(entry, 1, "before", "B")["required_trust"] is None
    assert not row(entry, 1, "before", "B")["none_suffices"]


# Time


def test_a_stage_waits_until_everything_is_verified() -> None:
    case = case_of(
        [party("A")],
        [
            measure("slow", "A", detection_lag=4),
            measure("late", "A", duration=3, irreversible=True),
            measure("eye", "A", verifies={"slow": 2}),
            measure("gone", "A", detection_lag=4, irreversible=True),
        ],
    )
    assert least_duration(case, frozenset(), ["slow"]) == 4
    assert least_duration(case, frozenset(), ["slow", "eye"]) == 2
    assert least_duration(case, frozenset({"slow"}), ["eye"]) == 2
    assert least_duration(case, frozenset({"slow"}), ["late"]) == 4
    assert least_duration(case, frozenset({"slow", "eye"}), ["late"]) == 3
    assert least_duration(case, frozenset({"gone"}), ["eye"]) == 1
    in_force = replace(case, status_quo=("slow",))
    assert least_duration(in_force, frozenset({"slow"}), ["late"]) == 3


def test_given_durations() -> None:
    # a for two periods, then b: V_A(1) = −1 − .5 + .25·(2/.5) = −.5; after 1 the same; b gives 3 − 1 for ever.
    entry = evaluate(pair(), [["a"], ["b"]], [2, 1])
    assert row(entry, 1, "before", "A")["comply"] == pytest.approx(-0.5)
    assert row(entry, 1, "before", "A")["none_suffices"]


def test_leaving_openly_before_the_first_stage_breaks_nothing() -> None:
    case = replace(pair(), parties=(party("A", breakdown=-2.0), party("B")))
    entry = evaluate(case, [["a"], ["b"]])
    assert row(entry, 1, "before", "A")["leave_value"] == pytest.approx(0)
    # In {a}: A ends it, (0 − 2)/.5.
    assert row(entry, 2, "before", "A")["leave_value"] == pytest.approx(-4)


def test_parties_whose_checks_count() -> None:
    entry = evaluate(pair(irreversible=True), [["a"], ["b"]], parties=["A"])
    assert {r["party"] for r in entry["rows"]} == {"A"}
    assert entry["holds"]
    assert not evaluate(pair(irreversible=True), [["a"], ["b"]])["holds"]
