"""From a case to arrays: which parties count, what a forum's rule becomes, and what nobody states."""

from __future__ import annotations

from typing import Any

import pytest

from detente.case import Case, Direction, Forum, Interest, Measure, Party, Range
from detente.errors import CaseError
from detente.game import build_game, is_available, is_stated, passes, total_hazard, value_weights
from detente.kernel.breakdown import break_down
from detente.kernel.system import flow_values, lags
from tests.oracle.hand_cases import case_of, measure, party, term


def council(**rule: Any) -> Case:
    """A council of A, B and C that owns x; x costs A and C 1 a period and gives B 1."""
    fields: dict[str, Any] = {"quota": 2, "end_quota": 2, "members": ("A", "B", "C")}
    return case_of(
        [party(i) for i in "ABC"],
        [Measure(id="x", name="x", forum="council", value={"A": -1.0, "B": 1.0, "C": -1.0})],
        forums=(Forum(id="council", **(fields | rule)),),
    )


# Values


def test_weights_add_direct_values_and_effects_on_interests() -> None:
    security = Interest(id="security", name="security", weight={"A": 5.0, "B": Range(low=0.0, mode=2.0, high=3.0)})
    worth = Measure(
        id="x",
        name="x",
        owners=("A",),
        value={"A": Range(low=-2.0, mode=-1.0, high=0.0)},
        effects={"security": {"A": 0.5, "B": 3.0}},
    )
    case = case_of([party("A"), party("B"), party("C")], [worth], interests=(security,))
    assert [value_weights(case, i) for i in "ABC"] == [{"x": 1.5}, {"x": 6.0}, {"x": 0.0}]


def test_what_a_measure_says_of_a_party_is_stated_even_if_it_is_nothing() -> None:
    states = Measure(id="x", name="x", value={"A": 0.0}, effects={"security": {"B": 0.0}})
    assert [is_stated(states, i) for i in "ABC"] == [True, True, False]


def test_what_is_in_force_from_the_start_counts_in_every_state() -> None:
    case = case_of(
        [party("A")],
        [measure("s", "A", {"A": 3.0}), measure("x", "A", {"A": 1.0}), measure("never", "A", {"A": 9.0})],
        terms=(term("A", "s and x", 10.0), term("A", "not never", 100.0)),
        status_quo=("s",),
    )
    game = build_game(case, ["x", "s"])
    assert game.measures == ("x",)
    assert flow_values(game.system, game.state([])[None, :])[0, 0] == 103.0
    assert flow_values(game.system, game.state(["x", "s"])[None, :])[0, 0] == 114.0


@pytest.mark.parametrize(
    ("condition", "satisfied"),
    [
        ("x", "x xy"),
        ("not x", " y"),
        ("x and y", "xy"),
        ("x or y", "x y xy"),
        ("x if y", " x xy"),
        ("x iff y", " xy"),
        ("not (x or y) or x and y", " xy"),
        ("x and y and s", "xy"),
        ("x and never", None),
    ],
)
def test_terms_count_in_the_states_that_satisfy_them(condition: str, satisfied: str | None) -> None:
    case = case_of(
        [party("A")],
        [measure(m, "A", {"A": 0.0}) for m in ("x", "y", "s", "never")],
        terms=(term("A", condition, 1.0),),
        status_quo=("s",),
    )
    game = build_game(case, ["x", "y"])
    for state in ("", "x", "y", "xy"):
        worth = flow_values(game.system, game.state(state)[None, :])[0, 0]
        assert worth == float(satisfied is not None and state in satisfied.split(" "))


def test_the_total_hazard_combines_those_of_the_parties_at_the_table() -> None:
    case = case_of([party("A", hazard=0.1), party("B", hazard=0.2), party("C")], [measure("x", "A")])
    assert total_hazard(case, ["A", "B", "C"]) == pytest.approx(0.28)
    assert build_game(case, ["x"], parties=["A", "C"]).system.hazard == pytest.approx(0.1)


def test_what_is_in_force_from_the_start_verifies_and_deters() -> None:
    case = case_of(
        [party("A")],
        [measure("x", "A", detection_lag=6), measure("s", "A", verifies={"x": 2}, deters={"A": 1.5})],
        status_quo=("s",),
    )
    system = build_game(case, ["x"]).system
    assert lags(system, build_game(case, ["x"]).state(["x"])[None, :]).tolist() == [[2]]
    assert system.deters_base.tolist() == [1.5]


# Who sits at the table


def test_a_measure_is_available_if_all_its_owners_are_at_the_table() -> None:
    case = case_of([party("A"), party("B")], [measure("x", "AB")])
    assert not is_available(case, case.measure("x"), ["A"])
    assert is_available(case, case.measure("x"), ["B", "A"])


@pytest.mark.parametrize(
    ("table", "rule", "available"),
    [
        ("AB", {}, True),
        ("A", {}, False),
        ("A", {"others": 1}, True),
        ("AB", {"veto": ("C",)}, False),
        ("AC", {"veto": ("C",)}, True),
    ],
)
def test_a_forums_measure_is_available_if_those_at_the_table_pass_its_rule(
    table: str, rule: dict[str, Any], available: bool
) -> None:
    case = council(**rule)
    assert is_available(case, case.measure("x"), list(table)) is available


def test_passing_a_rule_for_ending_may_ask_for_other_votes() -> None:
    [forum] = council(quota=1, end_quota=3, end_veto=("B",)).forums
    assert passes(forum, ["A"])
    assert not passes(forum, ["A", "C"], ending=True)
    assert passes(forum, ["A", "B", "C"], ending=True)
    assert not passes(forum, ["A", "somebody", "else"], ending=True)


def left_in_force(case: Case, table: str) -> bool:
    """Whether x is left after a breakdown that counts only these parties."""
    game = build_game(case, ["x"], parties=list(table))
    return bool(break_down(game.system, game.state(["x"])[None, :]).remains[0, 0])


def test_those_away_from_the_table_do_not_vote_for_ending() -> None:
    assert not left_in_force(council(), "ABC")  # A and C gain, two votes
    assert not left_in_force(council(), "AC")
    assert left_in_force(council(), "AB")
    assert not left_in_force(council(others=1), "AB")


def test_a_veto_on_ending_holds_even_if_its_holder_is_away() -> None:
    assert left_in_force(council(end_veto=("B",)), "ABC")
    assert left_in_force(council(end_veto=("B",)), "AC")
    assert not left_in_force(council(end_veto=("C",)), "AC")


def test_those_away_from_the_table_neither_withhold_nor_count() -> None:
    case = case_of([party("A"), party("B")], [measure("x", "AB", cost={"A": 1.0, "B": 2.0})])
    system = build_game(case, ["x"], parties=["B"]).system
    assert system.withholds.tolist() == [[True]]
    assert system.cost.tolist() == [[2.0]]


# What roadmaps need


def test_a_party_without_a_discount_factor_is_refused() -> None:
    case = case_of([party("A"), Party(id="B", name="B")], [measure("x", "A")], period="month")
    with pytest.raises(CaseError) as refused:
        build_game(case, ["x"])
    assert str(refused.value) == (
        "error[D601]: party 'B' has no discount factor, which roadmaps need.\n"
        "    help: state parties.B.discount, a number between 0 and 1 per month"
    )
    assert build_game(case, ["x"], parties=["A"]).parties == ("A",)


def test_irreversible_and_backward_measures() -> None:
    case = case_of(
        [party("A")],
        [measure("x", "A", irreversible=True), Measure(id="y", name="y", owners=("A",), direction=Direction.BACKWARD)],
    )
    assert build_game(case, ["x", "y"]).system.reversible.tolist() == [False, True]


def test_columns_and_states_by_name() -> None:
    case = case_of([party("A")], [measure(m, "A") for m in "xyz"], status_quo=("y",))
    game = build_game(case, "zyx")
    assert (game.measures, game.column("z")) == (("x", "z"), 1)
    assert game.state(["z", "y"]).tolist() == [False, True]
