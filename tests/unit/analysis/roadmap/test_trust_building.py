"""Trust over time as results: sentences, tables, JSON, refusals, and designs against trying everything."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest

from detente import TrustAssessment, assess_trust, design_trust_building, evaluate_roadmap
from detente.analysis.result import Status
from detente.case import Case
from detente.errors import Cancelled, ExperimentalWarning, LimitError, OptionError
from detente.kernel import trust_search
from detente.kernel.least_priors import roots_below
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.oracle.random_cases import random_case, random_roadmap

SWAP = [["a", "b"]]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Only one test is about the warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)
        yield


def sentences(result: TrustAssessment) -> list[str]:
    return [sentence.text for sentence in result.explain().sentences]


def test_it_says_that_it_is_experimental() -> None:
    message = "trust over time is experimental: its definitions and numbers may still change"
    with pytest.warns(ExperimentalWarning) as assessing:
        assess_trust(pair(), SWAP)
    with pytest.warns(ExperimentalWarning) as designing:
        design_trust_building(pair())
    for caught in (assessing, designing):
        [warning] = caught
        assert (str(warning.message), warning.filename) == (message, __file__)


def test_a_roadmap_that_opportunists_carry_too() -> None:
    assert sentences(assess_trust(pair(), SWAP, prior=0.6)) == [
        "“roadmap”: every reliable party goes ahead at every stage once each party is thought reliable with a "
        "probability of at least 20%, even if opportunists expect the worst of each other; A and B ask most.",
        "If everybody starts from good faith it needs no prior trust: the roadmap holds, so that opportunists carry "
        "it too.",
        "With a prior of 60% for every party, every reliable party goes ahead.",
        "No opportunist would ever stop doing its part, so that every stage is cheap talk: none tells anything about "
        "anybody.",
        "The chance that nobody cheats is 100%, outside breakdown apart.",
        "Of single stages, stage 1 asks most of A: to do better by doing its part than by exploiting the others, it "
        "must think that they do theirs with a probability of at least 50% (20% against leaving openly).",
    ]


def test_a_roadmap_that_rests_on_the_reliable() -> None:
    result = assess_trust(pair(irreversible=True), SWAP, prior=0.4, priors={"B": 1.0})
    assert result.priors == {"A": 0.4, "B": 1.0}
    assert sentences(result) == [
        "“roadmap”: every reliable party goes ahead at every stage once each party is thought reliable with a "
        "probability of at least 33.4%, even if opportunists expect the worst of each other; A and B ask most.",
        "Starting from good faith makes no difference: the roadmap does not hold, and opportunists cheat anyway.",
        "With priors of 40% for A and 100% for B, every reliable party goes ahead.",
        "As an opportunist, A would withhold “a” at stage 1 (noticed after 1 period).",
        "As an opportunist, B would withhold “b” at stage 1 (noticed after 1 period).",
        "Stage 1 is informative: once nothing is amiss 1 period into it, the belief that a party is reliable moves for "
        "A from 40% to 100%.",
        "The chance that nobody cheats is 40%, outside breakdown apart.",
        "Exploiting pays even if all others do their part, so that only being reliable stops them: A at stage 1 and B "
        "at stage 1.",
        "Stage 1 is close to the largest step that trust so far allows: it could be 1.33 times as exposed for B.",
        "As an opportunist A would wait beyond stage 1, which would then tell nothing of it, if what comes next were "
        "worth more than 4 a period to it (here 2).",
        "As an opportunist B would wait beyond stage 1, which would then tell nothing of it, if what comes next were "
        "worth more than 7 a period to it (here 2).",
    ]


def test_too_little_trust_and_too_large_a_step() -> None:
    texts = sentences(assess_trust(pair(irreversible=True), SWAP, prior=0.2))
    assert (
        "With a prior of 20% for every party, this would rather leave openly: A at stage 1 and B at stage 1." in texts
    )
    assert (
        "At stage 1 A stands to lose more than its trust allows: the step may be at most 50% as exposed as it is."
        in texts
    )


def test_no_prior_is_enough() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3})])
    result = assess_trust(case, [["a"]])
    assert result.mistrust.least_prior is None
    assert result.mistrust.least_priors == {"A": None, "B": 0.0}
    assert sentences(result)[:4] == [
        "“roadmap”: no prior trust is enough: A would rather leave openly somewhere even if certain that all others "
        "are reliable.",
        "With a prior of 50% for every party, this would rather leave openly: A at stage 1.",
        "As an opportunist, A would leave openly before stage 1.",
        "B would do its part to the end even as an opportunist.",
    ]


def test_best_replies_may_run_in_a_circle() -> None:
    case = random_case(43, n_measures=4, n_parties=3)
    result = assess_trust(case, random_roadmap(case, 43), prior=0.6)
    assert result.equilibria == 0
    assert not result.mistrust.is_equilibrium
    n_profiles = len(result.mistrust.profiles)
    assert (
        f"At these priors the opportunists' best replies to each other's plans run in a circle of {n_profiles} "
        "profiles: only mixed plans are in equilibrium. What follows is of the first of them." in sentences(result)
    )
    assert sentences(result)[-1] == "No profile of pure plans is in equilibrium at these priors."


def test_tables_and_json() -> None:
    result = assess_trust(pair(irreversible=True), SWAP)
    frame = result.to_frame()
    assert frame.shape == (2 * 2 * 2, 16)
    assert frame["exits"].tolist() == [True, True, False, False] * 2
    tree: Any = json.loads(json.dumps(result.to_dict(), allow_nan=False))  # Any: a tree of JSON
    assert tree["experimental"] is True
    assert [outcome["expectation"] for outcome in tree["outcomes"]] == ["mistrust", "trust"]
    assert tree["outcomes"][0]["least_prior"] == pytest.approx(1 / 3)
    assert result.plot().get_xticklabels()[0].get_text() == "stage 1"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prior": 1.5}, "the prior of 'A' is 1.5; a prior is a probability from 0 to 1"),
        ({"priors": {"C": 0.5}}, "--prior names unknown party 'C' (the case has: A, B)"),
        ({"priors": {"B": float("nan")}}, "the prior of 'B' is nan; a prior is a probability from 0 to 1"),
    ],
)
def test_refusals(options: Any, message: str) -> None:  # Any: keyword arguments
    with pytest.raises(OptionError) as error:
        assess_trust(pair(), SWAP, **options)
    assert str(error.value) == message


def test_a_party_with_too_much_to_withhold_is_refused() -> None:
    ids = [f"m{number}" for number in range(13)]
    case = case_of([party("A"), party("B")], [measure(each, "A", {"A": -1, "B": 3}) for each in ids])
    with pytest.raises(LimitError) as error:
        assess_trust(case, [ids])
    assert str(error.value) == (
        "a party could withhold or undo more than 12 measures at once, and every way of exiting is tried: trust over "
        "time needs a smaller roadmap"
    )


def test_stopping_while_equilibria_are_counted_leaves_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    def cancel(*_: object) -> None:
        raise Cancelled("stopped")

    monkeypatch.setattr("detente.kernel.exit_plans.TrustGame.equilibria", cancel)
    result = assess_trust(pair(), SWAP)
    assert (result.status, result.equilibria) == (Status.STOPPED, None)
    assert sentences(result)[-1] == "There are too many plans to tell how many equilibria there are at these priors."


def orders(measures: list[str]) -> Iterator[list[list[str]]]:
    """Every ordered partition."""
    for one in permutations(measures):
        for cuts in range(1 << (len(one) - 1)):
            stages = [[one[0]]]
            for place, name in enumerate(one[1:]):
                if cuts >> place & 1:
                    stages.append([name])
                else:
                    stages[-1].append(name)
            if all(stage == sorted(stage) for stage in stages):
                yield stages


@pytest.mark.parametrize("seed", range(12))
def test_the_design_asks_for_no_more_than_any_order_of_stages(seed: int) -> None:
    case = random_case(seed, n_measures=3, n_parties=2 + seed % 2)
    goal = free(case)
    design = design_trust_building(case, goal=goal)
    least = []
    for stages in orders(sorted(goal)):
        try:
            least.append(assess_trust(case, stages).mistrust.least_prior)
        except OptionError:
            continue
    found = [prior for prior in least if prior is not None]
    if found:
        assert design.status is Status.OPTIMAL
        assert design.value == pytest.approx(min(found), abs=2e-6)
        assert (design.bound, design.tried, design.total) == (design.value, len(least), len(least))
        best = assess_trust(case, design.stages)
        assert best.mistrust.least_prior == pytest.approx(design.value)
        assert best.trust.least_prior == pytest.approx(design.trusting)
    else:
        assert (design.status, design.stages, design.value) == (Status.NONE, (), None)


def test_local_search_says_that_it_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = design_trust_building(pair(irreversible=True))
    monkeypatch.setattr(trust_search, "MOST_LISTED", 1)
    design = design_trust_building(pair(irreversible=True))
    assert (design.status, design.bound, design.total) == (Status.STOPPED, 0.0, None)
    assert design.value == pytest.approx(exact.value)
    assert design.explain().sentences[0].text == (
        "The roadmap that asks for the least prior trust has 1 stage and needs each party to be thought reliable with "
        "a probability of at least 33.4% (the best of 3 orders of stages tried by local search; others may ask for "
        "less)."
    )


def test_local_search_finds_what_listing_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [random_case(seed, n_measures=4, n_parties=2, generous=4.0) for seed in range(8)]
    exact = [design_trust_building(case, goal=free(case)).value for case in cases]
    monkeypatch.setattr(trust_search, "MOST_LISTED", 0)
    near = [design_trust_building(case, goal=free(case)).value for case in cases]
    for best, found in zip(exact, near, strict=True):
        assert found is None or (best is not None and found >= best - 1e-6)
    assert sum(best is not None and found is not None for best, found in zip(exact, near, strict=True)) >= 4


def free(case: Case) -> list[str]:
    return [measure.id for measure in case.measures if measure.id not in case.status_quo]


def test_a_stopped_design_keeps_the_best_so_far() -> None:
    events: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        events.append(event)
        raise Cancelled("stopped")

    design = design_trust_building(pair(), progress=stop)
    assert events[0].task == "trying orders of stages"
    assert (design.status, design.stages, design.tried, design.total) == (Status.STOPPED, (), 0, 3)
    assert [sentence.text for sentence in design.explain().sentences] == [
        "Of 0 orders of stages tried, none is carried at any prior; others may be."
    ]


def test_no_roadmap_is_carried() -> None:
    case = case_of([party("A"), party("B")], [measure("a", "A", {"A": -1, "B": 3})])
    design = design_trust_building(case)
    assert design.status is Status.NONE
    assert [sentence.text for sentence in design.explain().sentences] == [
        "No prior trust is enough for any roadmap to the goal: among 1 order of stages there is none in which every "
        "party would rather go ahead than leave openly if certain that all others are reliable."
    ]
    assert design.to_frame().empty


def test_limits_of_designs() -> None:
    case = pair()
    assert design_trust_building(case, max_per_stage=1, max_stages=1).missing == (
        "no order of stages leads to it within what is allowed",
    )
    assert len(design_trust_building(case, together=[("a", "b")]).stages) == 1
    assert design_trust_building(case, before=[("b", "a")]).stages == (("b",), ("a",))
    assert design_trust_building(case, before=[("b", "a"), ("a", "b")]).missing == (
        "what must come before what forms a cycle",
    )
    assert design_trust_building(case, max_duration=1).durations == (1,)
    assert design_trust_building(case, goal=["a"], at_table=["B"]).missing == (
        "'a' cannot be taken by those at the table",
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"goal": "best"}, "goal 'best' needs objective nash or margin; with 'trust-building' doing nothing would win"),
        ({"max_stages": 0}, "max_stages must be at least 1, got 0"),
        ({"at_table": "all"}, "unknown format 'all' (the case has: none)"),
        ({"at_table": ["C"]}, "unknown party 'C' at the table (the case has: A, B)"),
        (
            {"goal": ["a"], "together": [("a", "b")]},
            "--together or --before names 'b', which the goal does not contain",
        ),
    ],
)
def test_refusals_of_designs(options: Any, message: str) -> None:  # Any: keyword arguments
    with pytest.raises(OptionError) as error:
        design_trust_building(pair(), **options)
    assert str(error.value) == message


def test_a_design_is_the_ordinary_verdict_too() -> None:
    design = design_trust_building(pair())
    assert design.evaluation is not None
    again = evaluate_roadmap(pair(), design.stages).roadmap
    assert again.margin == design.evaluation.margin
    tree: Any = json.loads(json.dumps(design.to_dict(), allow_nan=False))  # Any: a tree of JSON
    assert (tree["objective"], tree["status"], tree["value"]) == ("trust-building", "optimal", 0.0)
    assert design.to_frame()["measures"].tolist() == ["a", "b"]
    assert design.plot().get_xlabel() == "stage"


def test_roots_of_polynomials() -> None:
    import numpy as np

    # (p − 1/2)(p − 1/4), a constant, p − 3/4, nothing, and a double root at 1/3.
    rows = np.array([[0.125, -0.75, 1.0], [1.0, 0.0, 0.0], [-0.75, 1.0, 0.0], [0.0, 0.0, 0.0], [1 / 9, -2 / 3, 1.0]])
    assert roots_below(rows, 1.0) == pytest.approx([0.75, 0.5, 1 / 3, 0.25], abs=1e-6)
    assert roots_below(rows[:3], 0.6) == pytest.approx([0.5, 0.25])
    assert roots_below(rows[:0], 1.0) == []
