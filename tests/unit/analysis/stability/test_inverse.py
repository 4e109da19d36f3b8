"""Least changes of preferences on conflicts small enough to follow by hand."""

from __future__ import annotations

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest

from detente.analysis.result import Status
from detente.analysis.stability.inverse import find_inverse
from detente.case import Case, Measure, Party, Ranks, Statements, parse_condition
from detente.errors import Cancelled, OptionError
from detente.kernel.conflict import GraphConflict, make_arcs
from detente.kernel.nearest_orders import Demand, TooManyBlocks, nearest_order
from detente.kernel.sanctions import Judge
from detente.kernel.shifts import least_fall, least_lift, lift, lower, lower_past
from detente.kernel.stability_conditions import conditions_for_stability
from detente.progress import ProgressEvent
from tests.unit.analysis.stability.conflicts import dilemma, elmira


def _lists() -> Case:
    """Two parties with lists of priorities; each has one measure."""

    def statements(*texts: str) -> Statements:
        return Statements(statements=tuple(parse_condition(text) for text in texts))

    return Case(
        name="Lists",
        parties=(Party(id="usa", name="United States"), Party(id="dprk", name="North Korea")),
        measures=(
            Measure(id="exercises", name="Exercises", owners=("usa",)),
            Measure(id="tests", name="Tests", owners=("dprk",)),
        ),
        preferences={
            "usa": statements("exercises", "not tests", "not exercises if not tests"),
            "dprk": statements("tests", "not exercises", "not tests if not exercises"),
        },
    )


def test_a_state_is_lifted_to_the_best_that_a_party_could_move_to() -> None:
    result = find_inverse(elmira(), "s2", "nash")
    assert str(result.explain()) == (
        "State “s2” is not stable by Nash for Uniroyal and Local government.\n"
        "The least change that makes it so takes 7 pairs of states ranked otherwise.\n"
        "Uniroyal, 5½ pairs of states: it would have to rank “s2” at least as high as “s4”.\n"
        "Local government, 1½ pairs of states: it would have to rank “s2” at least as high as “s6”.\n"
        "A pair counts half if it is tied before or afterwards, and whole if it changes places.\n"
        "Checked by analysing all states anew with the changed preferences: the state is stable for all by Nash.\n"
        "With all others as they are, it is stable for Uniroyal exactly if Uniroyal ranks “s2” at least as high as "
        "“s4” and “s9”.\n"
        "With all others as they are, it is stable for Local government exactly if Local government ranks “s2” at "
        "least as high as “s6”.\n"
        "How far preferences would have to change is counted; whether anybody could or should change them is not said."
    )
    assert (result.status, result.distance, result.bound) == (Status.OPTIMAL, 7.0, 7.0)


def test_a_sanction_may_be_nearer_than_the_improvement() -> None:
    result = find_inverse(elmira(), "s2", "gmr")
    assert result.distance == 4.5
    assert result.conditions["uniroyal"] == (frozenset({3, 8}), frozenset({7, 8}))
    assert [(c.party, c.comparisons[0].lower) for c in result.changes] == [("uniroyal", 7)]


def test_an_equilibrium_needs_no_change() -> None:
    result = find_inverse(dilemma(), "row-quiet col-quiet")
    assert str(result.explain()) == (
        "State 4, the state with “Row keeps quiet” and “Column keeps quiet” in force, is stable for every party by SEQ "
        "as preferences are; nothing need change."
    )
    assert (result.status, result.distance, result.changes) == (Status.OPTIMAL, 0.0, ())


def test_another_party_may_come_to_answer_instead() -> None:
    # Three states in a row: a can go from 0 to 1, b from 1 to 2, which is the worst for a; b is indifferent to going.
    arcs = [make_arcs(3, np.array([0]), np.array([1])), make_arcs(3, np.array([1]), np.array([2]))]
    rank = np.array([[1, 5, 0], [2, 1, 1]], dtype=np.int32)
    judge = Judge(GraphConflict(arcs=tuple(arcs), common=(), rank=rank))
    assert [judge.is_stable(0, 0, concept) for concept in ("gmr", "seq")] == [True, False]
    lifted = least_lift(rank[0], 0, lambda order: bool(order[0] >= order[1]))
    assert lifted is not None
    assert lifted.twice == 1


def test_swaps_in_lists_are_written_into_the_case() -> None:
    result = find_inverse(_lists(), "-", "nash", by="statements")
    assert str(result.explain()) == (
        "State 1, the state with nothing in force, is not stable by Nash for United States and North Korea.\n"
        "The least change that makes it so takes 4 swaps of neighbours in lists of priorities.\n"
        "United States, 2 swaps of neighbours: the list would read, the most important first: not tests; not exercises "
        "if not tests; exercises.\n"
        "North Korea, 2 swaps of neighbours: the list would read, the most important first: not exercises; not tests "
        "if not exercises; tests.\n"
        "Checked by analysing all states anew with the changed preferences: the state is stable for all by Nash.\n"
        "With all others as they are, it is stable for United States exactly if United States ranks “-” at least as "
        "high as “exercises”.\n"
        "With all others as they are, it is stable for North Korea exactly if North Korea ranks “-” at least as high "
        "as “tests”.\n"
        "How far preferences would have to change is counted; whether anybody could or should change them is not said."
    )
    assert find_inverse(result.case, "-", "nash").distance == 0
    assert result.to_frame().values.tolist()[:3] == [
        ["usa", 2.0, 1, "exercises", "not tests"],
        ["usa", 2.0, 2, "not tests", "not exercises if not tests"],
        ["usa", 2.0, 3, "not exercises if not tests", "exercises"],
    ]


def test_where_no_list_does_it_is_said() -> None:
    case = _lists()
    only = replace(
        case, preferences={**case.preferences, "usa": Statements(statements=(parse_condition("exercises"),))}
    )
    for concept in ("nash", "seq"):
        result = find_inverse(only, "-", concept, by="statements", parties=["usa"])
        assert (result.status, result.distance, result.verified) == (Status.NONE, None, False)
        assert (
            "No other list of the same statements of those whose preferences may change makes it stable for all."
            in str(result.explain()).splitlines()
        )


def test_only_those_who_may_change_do() -> None:
    result = find_inverse(elmira(), "s2", "nash", parties=["uniroyal"])
    assert result.status is Status.NONE
    assert "No other order of the states of those" in str(result.explain())


def test_the_json_has_the_new_ranks_and_the_conditions() -> None:
    body = find_inverse(elmira(), "s3", "gmr").to_dict()
    assert body["changes"] == [
        {
            "party": "uniroyal",
            "distance": 0.5,
            "comparisons": [{"upper": 2, "lower": 8, "strict": False}],
            "statements": None,
            "ranks": [7, 1, 3, 6, 4, 0, 2, 5, 3],
        }
    ]
    assert body["conditions"] == {"moe": [[3], [7], [8]], "uniroyal": [[8]], "local": [[6], [7], [8]]}


def test_a_changed_case_of_many_states_has_ranks() -> None:
    measures = tuple(Measure(id=f"m{n}", name=f"m{n}", owners=("a",), value={"a": float(2**n)}) for n in range(7))
    case = Case(name="many", parties=(Party(id="a", name="A"),), measures=measures)
    result = find_inverse(case, "-", "nash")
    assert result.distance == 126.5
    changed = result.case
    assert isinstance(changed.preferences["a"], Ranks)
    assert find_inverse(changed, "-", "nash").distance == 0


def test_the_picture_has_a_bar_for_each_party() -> None:
    with mpl.rc_context({"backend": "Agg"}):
        ax = find_inverse(elmira(), "s2", "nash").plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Ministry of the Environment",
        "Uniroyal",
        "Local government",
    ]


def test_what_is_asked_for_wrongly_is_said() -> None:
    with pytest.raises(OptionError, match=r"^unknown concept 'maximin' \(there are: nash, gmr, smr, seq, sseq\)$"):
        find_inverse(dilemma(), concept="maximin")
    with pytest.raises(OptionError, match=r"^party 'row' states no list of priorities that could change$"):
        find_inverse(dilemma(), by="statements", parties=["row"])
    with pytest.raises(OptionError, match=r"^no party of the case states a list of priorities; use --by ranks$"):
        find_inverse(dilemma(), by="statements")
    with pytest.raises(OptionError, match=r"^unknown party 'china' \(the case has: row, column\)$"):
        find_inverse(dilemma(), parties=["china"])
    with pytest.raises(OptionError, match=r"^the limit of time is 0 seconds; it must be positive$"):
        find_inverse(dilemma(), max_seconds=0)


def test_a_cancelled_search_has_the_best_so_far_and_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", -1.0)

    def stop(event: ProgressEvent) -> None:
        raise Cancelled

    ranks = find_inverse(elmira(), "s2", "seq", progress=stop)
    assert (ranks.status, ranks.distance, ranks.bound, ranks.verified) == (Status.STOPPED, 4.5, 0.0, True)
    assert str(ranks.explain()).splitlines()[1] == (
        "A change of 4½ pairs of states ranked otherwise by Uniroyal makes it so. The search was stopped before "
        "any smaller one was ruled out."
    )
    lists = find_inverse(_lists(), "-", "nash", by="statements", progress=stop)
    assert (lists.status, lists.distance, lists.bound) == (Status.STOPPED, None, 0.0)
    assert str(lists.explain()).splitlines()[1] == "The search was stopped before a change was found."


# The kernel


def test_lifting_ties_with_the_place_above_and_leaves_the_ties_below() -> None:
    order = np.array([3, 2, 2, 1, 1], dtype=np.int32)
    assert lift(order, 4, 2).order.tolist() == [2, 1, 1, 0, 1]
    assert lift(order, 4, 2).twice == 2 + 1  # two pairs become ties, one tie is broken
    assert lift(order, 4, 3).twice == 2 * 2 + 1 + 1


def test_lowering_goes_below_a_whole_place_or_past_one_of_it() -> None:
    order = np.array([3, 2, 2, 1], dtype=np.int32)
    assert lower(order, 0, 2).order.tolist() == [1, 2, 2, 0]
    assert lower(order, 0, 2).twice == 4
    assert lower_past(order, 0, 2).order.tolist() == [2, 1, 3, 0]
    assert lower_past(order, 0, 2).twice == 3
    assert lower(order, 1, 2).order.tolist() == [3, 1, 2, 0]
    assert lower(order, 1, 2).twice == 1


def test_a_state_that_cannot_become_unstable_has_no_fall() -> None:
    assert least_fall(np.array([1, 0], dtype=np.int32), 0, lambda order: True) is None
    assert least_fall(np.array([1, 0], dtype=np.int32), 1, lambda order: True) is None


def test_contradictory_demands_have_no_order_and_too_many_are_refused() -> None:
    order = np.arange(40, dtype=np.int32)
    assert nearest_order(order, [Demand(0, 1, is_strict=True), Demand(1, 0, is_strict=False)]) is None
    with pytest.raises(TooManyBlocks):
        nearest_order(order, [Demand(state, state + 1, is_strict=True) for state in range(0, 40, 2)])


def test_conditions_that_take_too_many_sets_are_left_out() -> None:
    # From each of 12 improvements the other party can move to either of two states of its own.
    n_states = 1 + 12 * 3
    own = make_arcs(n_states, np.zeros(12, dtype=np.int64), np.arange(1, 37, 3))
    sources = np.repeat(np.arange(1, 37, 3), 2)
    other = make_arcs(n_states, sources, sources + np.tile([1, 2], 12))
    form = GraphConflict(arcs=(own, other), common=(), rank=np.zeros((2, n_states), dtype=np.int32))
    assert conditions_for_stability(Judge(form), form.rank, 0, 0, "gmr") is None
    assert conditions_for_stability(Judge(form), form.rank, 0, 0, "nash") == (frozenset(range(1, 37, 3)),)


def test_states_with_long_labels_are_told_by_what_differs() -> None:
    measures = tuple(
        Measure(id=f"a-measure-with-a-long-name-{n}", name=f"M{n}", owners=("a",), value={"a": float(-(2**n))})
        for n in range(4)
    )
    case = Case(name="long", parties=(Party(id="a", name="A"),), measures=measures)
    result = find_inverse(case, " ".join(measure.id for measure in measures), "nash")
    assert str(result.explain()).splitlines()[2] == (
        "A, 14½ pairs of states: it would have to rank this state at least as high as the one that differs from it by "
        "ending “M0”, “M1”, “M2” and “M3”."
    )
