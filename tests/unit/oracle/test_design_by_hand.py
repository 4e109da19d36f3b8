"""Design and conflicts by brute force against tiny cases worked out by hand, in the comments."""

from __future__ import annotations

import pytest

from tests.oracle.design import Limits, candidates, conflict, design
from tests.oracle.evaluation import evaluate
from tests.oracle.hand_cases import pair
from tests.oracle.random_cases import random_case, random_goal


def test_design_for_each_objective() -> None:
    # Together: alone −1 for a period, then nothing: X = −1, E = 0, V = 2/.5 = 4: 1/5.  Withholding gives 3: margin 1,
    # in flow .5.  First a, then b: A's X = −1, V = −1 + .5·4 = 1: 1/2.
    trust = design(pair(), ["a", "b"], "trust")
    assert (trust["status"], trust["value"], trust["tie"]) == (
        "optimal",
        pytest.approx(0.2),
        pytest.approx(0.5),
    )
    assert [c.stages for c in trust["optima"]] == [(("a", "b"),)]
    assert (trust["legal"], trust["holding"]) == (3, 3)
    # For margin all three orders tie at .5: A's gain from the sequence is 1, in flow .5.
    margin = design(pair(), ["a", "b"], "margin")
    assert (margin["value"], len(margin["optima"])) == (pytest.approx(0.5), 3)
    duration = design(pair(), ["a", "b"], "duration")
    assert (duration["value"], [c.stages for c in duration["optima"]]) == (1, [(("a", "b"),)])
    # Each gains a flow of 2 together: 4; in sequence .5 and .5·5 = 2.5: 1.25.
    nash = design(pair(), "best", "nash")
    assert (nash["value"], [c.stages for c in nash["optima"]]) == (
        pytest.approx(4),
        [(("a", "b"),)],
    )
    assert nash["legal"] == 5
    sequence = design(pair(), ["a", "b"], "nash", max_per_stage=1)
    assert (sequence["value"], len(sequence["optima"])) == (pytest.approx(1.25), 2)


def test_design_limits() -> None:
    assert design(pair(), ["a", "b"], "trust", max_stages=1)["legal"] == 1
    assert design(pair(), ["a", "b"], "trust", max_duration=1)["legal"] == 1
    none = design(pair(), ["a", "b"], "trust", max_duration=1, max_per_stage=1)
    assert (none["status"], none["legal"]) == ("none", 0)
    found = conflict(pair(), ["a", "b"], max_duration=1, max_per_stage=1)
    assert (found["parties"], found["measures"], found["sets"]) == (
        0,
        0,
        [(frozenset(), frozenset())],
    )


def test_what_must_come_together_or_one_before_another() -> None:
    def orders(limits: Limits) -> list[tuple[tuple[str, ...], ...]]:
        return [c.stages for c in candidates(pair(), ["a", "b"], limits)]

    assert orders(Limits()) == [(("a",), ("b",)), (("b",), ("a",)), (("a", "b"),)]
    assert orders(Limits(together=(("a", "b"),))) == [(("a", "b"),)]
    assert orders(Limits(before=(("b", "a"),))) == [(("b",), ("a",))]


def test_conflict_needs_both_parties_and_one_measure() -> None:
    # Whoever goes last leaves: 3/.5 against 2/.5, nothing being lost; whoever goes first is content.  Together leaving
    # gives nothing, but withholding either measure does: so both parties, and one of the measures.
    assert design(pair(irreversible=True), ["a", "b"], "trust")["status"] == "none"
    found = conflict(pair(irreversible=True), ["a", "b"])
    assert (found["parties"], found["measures"]) == (2, 1)
    assert found["sets"] == [
        (frozenset("AB"), frozenset("a")),
        (frozenset("AB"), frozenset("b")),
    ]
    assert conflict(pair(), ["a", "b"])["sets"] == []


def test_design_refuses_a_goal_of_doing_nothing() -> None:
    with pytest.raises(ValueError, match=r"^the goal 'best' is not for 'trust'$"):
        design(pair(), "best", "trust")
    with pytest.raises(ValueError, match=r"^unknown goal 'a'$"):
        design(pair(), "a", "trust")


@pytest.mark.parametrize("seed", range(12))
def test_what_the_search_sees_of_a_roadmap_is_its_evaluation(seed: int) -> None:
    case = random_case(seed, n_measures=2 + seed % 3, n_parties=1 + seed % 4)
    every = candidates(case, random_goal(case, seed))
    assert len({c.stages for c in every}) == len(every)
    for candidate in every:
        entry = evaluate(case, candidate.stages, candidate.durations)
        assert candidate.holds == entry["holds"]
        assert candidate.trust == pytest.approx(entry["trust"])
        assert candidate.margin == pytest.approx(entry["margin"], abs=1e-9)
        assert candidate.end_margin == pytest.approx(entry["end_margin"], abs=1e-9)
        assert entry == evaluate(case, candidate.stages)
