"""Earlier detection: the longest lags at which a roadmap holds."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.repairs.detection import find_detection, longest_lag
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair
from detente.case import Case, Roadmap
from detente.errors import Cancelled
from detente.kernel.verdict import Parts
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, party

BARELY = 1e-6
"""How much more patient than the least the parties are."""


def entry_of(case: Case) -> RoadmapEvaluation:
    return evaluate_roadmap(case, "r").roadmap


def dilemma(discount: float, lags: tuple[int, int], lengths: tuple[int, ...] | None = (12,)) -> Case:
    """Each gives the other 5 a period at 2 to itself; taking that back is found out after its lag."""
    return case_of(
        [party("A", discount), party("B", discount)],
        [
            measure("a", "A", {"A": -2, "B": 5}, detection_lag=lags[0]),
            measure("b", "B", {"B": -2, "A": 5}, detection_lag=lags[1]),
        ],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b"),), durations=lengths),),
    )


@pytest.mark.parametrize("lag", [1, 2, 4, 8])
def test_longest_lag_of_the_repeated_dilemma(lag: int) -> None:
    # After Friedman 1971 with a lag: cooperation needs δ^L ≥ a/b = 0.4.
    case = dilemma(0.4 ** (1 / lag) + BARELY, (12, 1))
    repairs = list(find_detection(case, entry_of(case)))
    [repair] = repairs
    assert isinstance(repair, Repair)
    assert (repair.amount, repair.works) == (lag, True)
    assert repair.case.measure("a").detection_lag == lag


def test_one_measure_is_told_with_how_near_it_is() -> None:
    case = dilemma(0.9, (12, 1))
    [repair] = find_detection(case, entry_of(case))
    assert isinstance(repair, Repair)
    # 0.9^L = 0.4 at L = 8.697.
    assert repair.summary == "A lapse of “a” is noticed within 8 periods instead of 12 periods."
    assert repair.notes == ("At the check that is tightest then, the margin is zero at a lag of 8.697 periods.",)
    assert (repair.amount, repair.unit) == (8.0, "periods")
    assert [change.to_dict() for change in repair.changes] == [
        {"path": "measures.a.detection-lag", "from": 12, "to": 8}
    ]


def test_where_no_single_one_does_two_are_told_with_one_lag() -> None:
    case = dilemma(0.9, (12, 10))
    [repair] = find_detection(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.amount == 8.0
    assert repair.summary == "A lapse of “a” (now 12 periods) or “b” (now 10 periods) is noticed within 8 periods."
    assert [(change.path, change.after) for change in repair.changes] == [
        ("measures.a.detection-lag", 8),
        ("measures.b.detection-lag", 8),
    ]


def test_stages_that_wait_for_verification_become_shorter_with_it() -> None:
    case = dilemma(0.9, (12, 1), None)
    [repair] = find_detection(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.notes == ("Verification being sooner, the roadmap takes 8 periods instead of 12.",)
    assert repair.evaluation.durations == (8,)


def test_a_measure_that_verifies_may_grant_the_lag() -> None:
    case = dilemma(0.9, (12, 1))
    watch = measure("watch", "B", verifies={"b": 1})
    roadmap = Roadmap(id="r", name="r", stages=(("watch",), ("a", "b")), durations=(1, 12))
    case = replace(case, measures=(*case.measures, watch), roadmaps=(roadmap,))
    own, granted = find_detection(case, entry_of(case))
    assert isinstance(own, Repair)
    assert isinstance(granted, Repair)
    assert own.summary == "A lapse of “a” is noticed within 8 periods instead of 12 periods."
    assert granted.summary == "By “watch”, a lapse of “a” is noticed within 8 periods instead of 12 periods."
    assert granted.case.measure("watch").verifies == {"b": 1, "a": 8}
    assert granted.works


def test_the_status_quo_may_grant_it() -> None:
    case = dilemma(0.9, (12, 1))
    watch = measure("watch", "B", verifies={"a": 10})
    case = replace(case, measures=(*case.measures, watch), status_quo=("watch",))
    own, granted = find_detection(case, entry_of(case))
    assert isinstance(own, Repair)
    assert isinstance(granted, Repair)
    assert own.summary == "A lapse of “a” is noticed within 8 periods instead of 10 periods."
    assert granted.case.measure("watch").verifies == {"a": 8}


def test_levels_of_a_graded_measure_share_their_lag() -> None:
    from detente.casefile import case_from_tree

    case = case_from_tree(
        {
            "detente": 1,
            "parties": {"A": {"discount": 0.9}, "B": {"discount": 0.9}},
            "measures": {
                "a": {"by": ["A"], "levels": ["50%", "100%"], "value": {"A": -2, "B": 5}, "detection-lag": 12},
                "b": {"by": ["B"], "value": {"A": 5, "B": -2}},
            },
            "roadmaps": {"r": {"stages": [["a.50%", "a.100%", "b"]], "durations": [12]}},
        }
    )
    [repair] = find_detection(case, entry_of(case))
    assert isinstance(repair, Repair)
    assert repair.summary == "A lapse of “a” is noticed within 8 periods instead of 12 periods."
    assert [m.detection_lag for m in repair.case.measures] == [8, 8, 1]


def test_larger_sets_are_reduced_to_what_cannot_be_spared() -> None:
    parties = [party(name, 0.9) for name in "ABCDE"]
    values = [{name: 5.0 if name != owner else -2.0 for name in "ABCDE"} for owner in "ABCDE"]
    # Each has its own measure that is noticed too late; only F's is of no account.
    measures = [
        measure(owner.lower(), owner, {**value, owner: -8.0}, detection_lag=12)
        for owner, value in zip("ABCDE", values, strict=True)
    ]
    stage = tuple(m.id for m in measures)
    case = case_of(parties, measures, roadmaps=(Roadmap(id="r", name="r", stages=(stage,), durations=(12,)),))
    [repair] = find_detection(case, entry_of(case))
    assert isinstance(repair, Repair)
    # Each loses 20 a period by breaking and gains 8: 0.9^L ≥ 0.4.
    assert repair.amount == 8.0
    assert len(repair.changes) == 5
    assert repair.notes[0] == (
        "No set of up to 3 measures does. Of this set nothing can be left out; another one may have fewer measures."
    )


def test_no_lag_helps_where_the_temptation_is_to_leave() -> None:
    case = case_of(
        [party("A"), party("B")],
        [measure("a", "A", {"A": -4, "B": 3}, detection_lag=3), measure("b", "B", {"B": -1, "A": 3})],
        roadmaps=(Roadmap(id="r", name="r", stages=(("a", "b"),)),),
    )
    [failure] = find_detection(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == (
        "Even if every lapse were noticed within 1 period: at stage 1, before “a” and “b”, A would gain 2.5 a period "
        "by withholding “a” (noticed after 1 period)."
    )


def test_nothing_is_sooner_than_a_period() -> None:
    case = dilemma(0.3, (1, 1))
    [failure] = find_detection(case, entry_of(case))
    assert isinstance(failure, NoRepair)
    assert failure.reason == "Every lapse is noticed within 1 period already."


def test_trials_end() -> None:
    case = dilemma(0.9, (12, 10))
    found = list(find_detection(case, entry_of(case), most_trials=2))
    [repair] = found
    assert isinstance(repair, Repair)
    assert repair.notes[0] == (
        "Smaller sets were not all tried. Of this set nothing can be left out; another one may have fewer measures."
    )


def test_it_tells_how_far_it_is_and_can_be_stopped() -> None:
    case = dilemma(0.9, (12, 10))
    seen: list[float | None] = []

    def progress(event: ProgressEvent) -> None:
        seen.append(event.fraction)
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        list(find_detection(case, entry_of(case), progress=progress))
    assert seen == [pytest.approx(1 / 4000)]


@pytest.mark.parametrize(
    ("parts", "limit"),
    [
        (Parts(F=1.0, G=1.0, H=5.0, C=0.0), math.inf),
        (Parts(F=0.0, G=1.0, H=0.0, C=0.0), -math.inf),
        (Parts(F=0.0, G=1.0, H=4.0, C=1.0), 1.0),
        (Parts(F=0.0, G=4.0, H=2.0, C=0.0), -1.0),
    ],
)
def test_the_closed_form(parts: Parts, limit: float) -> None:
    assert longest_lag(parts, 0.5) == limit
