"""Where a party's worth comes from, and what its refusal costs, by hand."""

from __future__ import annotations

import pytest

from detente.analysis.roadmap import ReadingWorth
from detente.case import Forum
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.oracle.small_tables import base, council, forum_measure, said

# Sources


def worth_of(entry: ReadingWorth, who: str, kind: str, of: str) -> tuple[float, float, float]:
    [found] = [s for s in entry.sources or () if (s.source.party, s.source.kind.value, s.source.of) == (who, kind, of)]
    assert found.table.is_exact
    assert found.shapley.is_exact
    return found.table.value, found.marginal.value, found.shapley.value


def test_all_of_a_partys_worth_can_come_from_one_lever() -> None:
    entry = base(pair(), sources=True)
    assert worth_of(entry, "A", "lever", "a") == pytest.approx((2.0, 2.0, 1.0))
    assert said(pair(), sources=True)[3:6] == [
        "The Shapley value of A, 1, would be 0 without “a”.",
        "The Shapley value of B, 1, would be 0 without “b”.",
        "No party costs more by refusing its part at the table of all than by being absent.",
    ]


def test_without_a_veto_the_others_do_without_the_party() -> None:
    # Quota 2 of 3. A alone holds a veto: without A there is neither a nor relief. Without the veto B and C could vote
    # relief, but B loses by it and has nothing in return, so A stays worth what it is.
    entry = base(council(), sources=True)
    table, marginal, shapley = worth_of(entry, "A", "veto", "council")
    assert (table, marginal, shapley) == pytest.approx((0.0, 0.0, 0.0))
    # C's vote is not needed where A and B vote; A's is, everywhere.
    assert worth_of(entry, "C", "vote", "council")[:2] == pytest.approx((0.0, 0.0))
    assert worth_of(entry, "A", "vote", "council")[0] == pytest.approx(entry.everybody.value)


def test_a_veto_is_worth_what_others_could_do_without_its_holder() -> None:
    # Relief is good for all three; any two pass it, but for the veto of C.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [forum_measure("relief", "council", {"A": 1, "B": 1, "C": 1})],
        forums=(Forum(id="council", members=("A", "B", "C"), quota=2, veto=("C",), end_quota=2, end_veto=("C",)),),
    )
    entry = base(case, sources=True)
    # With the veto: AC, BC and ABC come to 1, AB to 0: C is worth 2/3, A and B 1/6 each, as with gloves.
    assert [worth.shapley.value for worth in entry.parties] == pytest.approx([1 / 6, 1 / 6, 2 / 3])
    assert [worth.is_needed for worth in entry.parties] == [False, False, True]
    # Without it any two come to 1: all are alike, and nothing is lost without one of them.
    assert worth_of(entry, "C", "veto", "council") == pytest.approx((0.0, 1.0, 1 / 3))
    assert (
        "The Shapley value of C, 0.6667, would be 0 without its vote in the forum “council” and 0.3333 without its "
        "veto in the forum “council”."
    ) in said(case, sources=True)
    assert "Of the formats compared, the table of A and C and the table of A, B and C come to most, 1." in said(case)


def test_a_promise_to_punish_is_told_apart_from_the_measure_that_makes_it() -> None:
    # A is tempted to take 4 for one period and to be left with nothing, against 1 for good: C's promise deters it.
    case = case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -3, "B": 6, "C": 1}),
            measure("b", "B", {"A": 4, "B": -1}),
            measure("g", "C", {"C": 1}, deters={"A": 6}),
        ],
    )
    entry = base(case, sources=True)
    assert worth_of(entry, "C", "guarantee", "g")[0] > 0.1
    lever, promise = worth_of(entry, "C", "lever", "g"), worth_of(entry, "C", "guarantee", "g")
    assert lever[2] >= promise[2] - 1e-12
    assert any("the punishment that “g” promises" in text for text in said(case, sources=True))


def test_what_makes_no_difference_by_itself() -> None:
    # Either of A's two measures will do for B; together they do no more.
    case = case_of(
        [party("A"), party("B")],
        [
            measure("x", "A", {"A": -1, "B": 3}, excludes=("y",)),
            measure("y", "A", {"A": -1, "B": 3}),
            measure("b", "B", {"B": -1, "A": 3}),
        ],
    )
    entry = base(case, sources=True)
    assert worth_of(entry, "A", "lever", "x") == pytest.approx((0.0, 0.0, 0.0))
    assert "Nothing that A has makes a difference by itself to what it is worth." in said(case, sources=True)


# Refusals


def test_a_party_that_would_end_the_process_spoils_it_by_sitting_there() -> None:
    # C adds a little; its politics end the process with a chance of ½ a period. At the table and refusing, it brings
    # that chance along and nothing else; absent, it does not.
    case = case_of(
        [party("A"), party("B"), party("C", hazard=0.5)],
        [
            measure("a", "A", {"A": -1, "B": 3, "C": 1}),
            measure("b", "B", {"B": -1, "A": 3, "C": 1}),
            measure("c", "C", {"A": 1, "B": 1, "C": 1}),
        ],
    )
    entry = base(case)
    refusals = {refusal.party: refusal for refusal in entry.refusals}
    assert refusals["C"].is_spoiler
    assert refusals["C"].absent.value == pytest.approx(2.0)
    assert refusals["C"].refusing.available == ("a", "b")
    assert refusals["C"].refusing.value < 2.0
    assert not refusals["A"].is_spoiler
    assert [text for text in said(case) if text.startswith("A seat for")] == [
        "A seat for C at which it refuses its part costs more than its absence: all come to 0, since no roadmap of "
        "theirs holds; the others without it to 2."
    ]


def test_refusing_what_nobody_needs_costs_nothing() -> None:
    entry = base(council(quota=2, veto=()))
    [refusal] = [refusal for refusal in entry.refusals if refusal.party == "C"]
    assert refusal.refusing is not refusal.absent
    assert refusal.refusing.value == pytest.approx(entry.everybody.value)
