"""What an evaluation refuses, and how it says so: all faults at once, in one message."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from detente import evaluate_roadmap, evaluate_roadmaps
from detente.case import Case, Direction, Measure, Party, Ranks, Reading, Roadmap, parse_condition
from detente.errors import CaseError, LimitError, OptionError
from tests.oracle.hand_cases import case_of, measure, pair, party, term


def refused(case: Case, stages: list[list[str]] | str, **options: Any) -> str:
    with pytest.raises((OptionError, CaseError)) as error:
        evaluate_roadmap(case, stages, **options)
    return str(error.value)


CASE = case_of(
    [party("A"), party("B")],
    [
        measure("talks", "AB"),
        measure("freeze", "A", requires=("talks",)),
        measure("treaty", "AB", after=("freeze",)),
        measure("parade", "A", excludes=("treaty",)),
        Measure(id="bases", name="bases", owners=("B",), direction=Direction.BACKWARD),
        measure("truce", "AB"),
    ],
    status_quo=("truce",),
    infeasible=(parse_condition("freeze and not bases"),),
    period="month",
)


def test_a_stage_that_names_what_the_case_does_not_have() -> None:
    assert refused(CASE, [["talk"]]) == "roadmap 'roadmap' is not legal: stage 1 names unknown measure 'talk'"


@pytest.mark.parametrize(
    ("stages", "fault"),
    [
        ([[]], "stage 1 is empty"),
        ([["talks"], ["talks"]], "stage 2 repeats 'talks'"),
        ([["talks", "talks"]], "stage 1 repeats 'talks'"),
        ([["truce"]], "stage 1 names 'truce', which is in the status quo"),
        ([["bases"]], "stage 1 takes 'bases', which can only be given up (direction: backward)"),
        ([["parade"], ["talks"], ["parade"]], "stage 3 repeats 'parade'"),
    ],
)
def test_each_fault_in_its_words(stages: list[list[str]], fault: str) -> None:
    assert refused(CASE, stages) == f"roadmap 'roadmap' is not legal: {fault}"


def test_all_faults_of_a_roadmap_are_said_at_once_in_the_order_of_its_stages() -> None:
    stages = [["freeze", "truce"], [], ["parade", "treaty", "x", "parade"]]
    assert refused(CASE, stages) == (
        "roadmap 'roadmap' is not legal: "
        "stage 1 names 'truce', which is in the status quo; "
        "stage 1 takes 'freeze' without 'talks', which it requires; "
        "stage 1 reaches a state that is infeasible: freeze and not bases; "
        "stage 2 is empty; "
        "stage 3 names unknown measure 'x'; "
        "stage 3 repeats 'parade'; "
        "stage 3 brings together 'parade' and 'treaty', which exclude each other"
    )


def test_precedence_is_broken_within_a_stage_too() -> None:
    feasible = replace(CASE, infeasible=())
    assert refused(feasible, [["talks", "freeze", "treaty"]]) == (
        "roadmap 'roadmap' is not legal: stage 1 takes 'treaty', which comes only in a later stage than 'freeze'"
    )


def test_a_roadmap_of_the_case_is_refused_by_its_own_name() -> None:
    listed = replace(CASE, roadmaps=(Roadmap(id="hasty", name="Hasty", stages=(("treaty",),)),))
    assert refused(listed, "hasty") == (
        "roadmap 'hasty' is not legal: stage 1 takes 'treaty', which comes only in a later stage than 'freeze'"
    )


def test_no_stages_are_no_roadmap() -> None:
    assert refused(CASE, []) == ("roadmap 'roadmap' has no stages; give at least one, each with at least one measure")


def test_an_unknown_roadmap() -> None:
    listed = replace(CASE, roadmaps=(Roadmap(id="slow", name="Slow", stages=(("talks",),)),))
    assert refused(listed, "slo") == "unknown roadmap 'slo' (the case has: slow)"
    assert refused(CASE, "slow") == "unknown roadmap 'slow' (the case has: none)"


def test_an_unknown_reading() -> None:
    read = replace(CASE, readings=(Reading(id="hawk", name="Hawk"),), reading_cases={"hawk": CASE})
    assert refused(read, [["talks"]], reading="dove") == "unknown reading 'dove' (the case has: hawk)"
    assert refused(CASE, [["talks"]], reading="dove") == "unknown reading 'dove' (the case has: none)"


def test_a_case_without_roadmaps_has_none_to_evaluate() -> None:
    with pytest.raises(OptionError) as error:
        evaluate_roadmaps(CASE)
    assert str(error.value) == "the case has no roadmaps; add one under `roadmaps:` or design one"


# Durations


SLOW = case_of(
    [party("A"), party("B")],
    [measure("x", "A", detection_lag=4), measure("y", "B", duration=2, irreversible=True), measure("z", "B")],
    period="month",
)


def test_every_stage_that_is_too_short_is_named_with_what_it_needs() -> None:
    assert refused(SLOW, [["y"], ["x"], ["z"]], durations=[1, 4, 2]) == (
        "error[D603]: roadmap 'roadmap' gives stage 1 1 month(s), but verifying everything takes 2.\n"
        "    help: give it at least 2, or shorten the durations and detection lags of its measures\n"
        "error[D603]: roadmap 'roadmap' gives stage 3 2 month(s), but verifying everything takes 4.\n"
        "    help: give it at least 4, or shorten the durations and detection lags of its measures"
    )


def test_without_a_name_a_period_is_a_period() -> None:
    assert refused(replace(SLOW, period=None), [["y"]], durations=[1]) == (
        "error[D603]: roadmap 'roadmap' gives stage 1 1 period(s), but verifying everything takes 2.\n"
        "    help: give it at least 2, or shorten the durations and detection lags of its measures"
    )


def test_a_roadmaps_own_durations_are_checked_too() -> None:
    listed = replace(SLOW, roadmaps=(Roadmap(id="hasty", name="Hasty", stages=(("x",), ("z",)), durations=(4, 3)),))
    assert refused(listed, "hasty") == (
        "error[D603]: roadmap 'hasty' gives stage 2 3 month(s), but verifying everything takes 4.\n"
        "    help: give it at least 4, or shorten the durations and detection lags of its measures"
    )


@pytest.mark.parametrize("given", [[4], [4, 4, 4]])
def test_there_is_one_duration_for_every_stage(given: list[int]) -> None:
    assert refused(SLOW, [["x"], ["z"]], durations=given) == (
        f"roadmap 'roadmap' has 2 stages, but {len(given)} durations are given"
    )


# What parties lack


def test_parties_without_a_discount_factor_or_values_are_all_named() -> None:
    ranks = Ranks(ranks=(1.0, 2.0))
    case = case_of(
        [Party(id="A", name="A"), Party(id="B", name="B"), party("C")],
        [measure("x", "A", {"A": 1.0})],
        preferences={"B": ranks, "C": ranks},
        period="year",
    )
    assert refused(case, [["x"]]) == (
        "error[D601]: party 'A' has no discount factor, which roadmaps need.\n"
        "    help: state parties.A.discount, a number between 0 and 1 per year\n"
        "error[D601]: party 'B' has no discount factor, which roadmaps need.\n"
        "    help: state parties.B.discount, a number between 0 and 1 per year\n"
        "error[D602]: party 'B' has only ordinal preferences; roadmaps need values.\n"
        "    help: state `value:` or `effects:` for 'B' at the measures that matter to it\n"
        "error[D602]: party 'C' has only ordinal preferences; roadmaps need values.\n"
        "    help: state `value:` or `effects:` for 'C' at the measures that matter to it"
    )


def test_ordinal_preferences_beside_values_are_no_matter() -> None:
    # Stability may take the order, roadmaps take the values: of a measure, an effect, or a term.
    ranks = Ranks(ranks=(1.0, 2.0, 3.0, 4.0))
    valued = replace(pair(), preferences={"A": ranks, "B": ranks})
    assert evaluate_roadmap(valued, [["a", "b"]]).holds
    by_term = case_of(
        [party("A")], [measure("x", "A")], terms=(term("A", "x", 1.0),), preferences={"A": Ranks(ranks=(1.0, 2.0))}
    )
    assert evaluate_roadmap(by_term, [["x"]]).holds


def test_too_many_interlocking_measures() -> None:
    ids = [f"m{number}" for number in range(21)]
    case = case_of([party("A")], [measure(m, "A") for m in ids], terms=(term("A", " or ".join(ids), 1.0),))
    with pytest.raises(LimitError) as error:
        evaluate_roadmap(case, [ids])
    assert str(error.value) == (
        "a party has 21 interlocking measures at stage 1: 2^21 deviations are too many; at most 20 can be tried"
    )
