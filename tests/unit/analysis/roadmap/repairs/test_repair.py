"""What a repair is: a checked case, changed in its file's own keys, under a reading too."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detente import evaluate_roadmap, read_case
from detente.analysis.roadmap.repairs.repair import (
    Repair,
    RepairKind,
    list_changes,
    make_repair,
    repaired_case,
    with_measure,
    with_stages,
)
from detente.case import Case
from detente.casefile import case_from_tree, case_to_tree
from detente.casefile.tree import Plain
from detente.errors import CaseError
from tests.oracle.hand_cases import measure

TREE: dict[str, Plain] = {
    "detente": 1,
    "name": "two",
    "parties": {"A": {"discount": 0.9}, "B": {"discount": 0.9}},
    "measures": {
        "a": {"by": ["A"], "value": {"A": -1, "B": 3}, "detection-lag": 4},
        "b": {"by": ["B"], "value": {"B": -1, "A": 3}},
    },
    "roadmaps": {"r": {"stages": [["a"], ["b"]]}},
    "readings": {
        "slow": {"set": {"measures.a.detection-lag": 9}},
        "other-way": {"set": {"roadmaps.r.stages": [["b"], ["a"]], "parties.A.discount": 0.8}},
    },
}


def quick(case: Case) -> Case:
    return with_measure(case, replace(case.measure("a"), detection_lag=2))


def test_a_change_is_made_in_the_case_for_every_reading() -> None:
    case = case_from_tree(TREE)
    repaired = repaired_case(case, "other-way", quick)
    assert repaired.measure("a").detection_lag == 2
    assert repaired.under("other-way").measure("a").detection_lag == 2
    assert repaired.under("slow").measure("a").detection_lag == 9
    assert [change.to_dict() for change in list_changes(case, repaired)] == [
        {"path": "measures.a.detection-lag", "from": 4, "to": 2}
    ]


def test_what_the_reading_sets_is_changed_in_the_reading() -> None:
    case = case_from_tree(TREE)
    repaired = repaired_case(case, "slow", quick)
    assert repaired.measure("a").detection_lag == 4
    assert repaired.under("slow").measure("a").detection_lag == 2
    assert [change.to_dict() for change in list_changes(case, repaired)] == [
        {"path": "readings.slow.set.measures.a.detection-lag", "from": 9, "to": 2}
    ]


def test_a_reading_may_state_the_roadmap() -> None:
    case = case_from_tree(TREE)
    repaired = repaired_case(case, "other-way", lambda seen: with_stages(seen, "r", (("a", "b"),), (7,)))
    # Its stages are the reading's own, so they change there; lengths go with them, in the case nothing fits them.
    assert repaired.under("other-way").roadmap("r").stages == (("a", "b"),)
    assert repaired.under("other-way").roadmap("r").durations == (7,)
    assert repaired.roadmap("r") == case.roadmap("r")


def test_a_measure_may_be_new() -> None:
    case = case_from_tree(TREE)

    def edit(seen: Case) -> Case:
        return with_stages(with_measure(seen, measure("c", "A", {"B": 1})), "r", (("a",), ("b", "c")), None)

    repaired = repaired_case(case, None, edit)
    measures = case_to_tree(repaired)["measures"]
    assert isinstance(measures, dict)
    assert list(measures) == ["a", "b", "c"]
    assert measures["c"] == {"by": ["A"], "value": {"B": 1}}
    assert [change.path for change in list_changes(case, repaired)] == ["measures.c", "roadmaps.r.stages"]


def test_what_is_no_case_is_refused() -> None:
    case = case_from_tree(TREE)
    with pytest.raises(CaseError, match="D"):
        repaired_case(case, None, lambda seen: with_stages(seen, "r", (("a",), ("nowhere",)), None))


def test_evidence_and_source_stay() -> None:
    case = read_case("korea-2018")
    seen = case.roadmap("double-freeze").stages
    repaired = repaired_case(case, "rsis", lambda view: with_stages(view, "double-freeze", seen, (3, 6, 12)))
    assert (repaired.claims, repaired.documents, repaired.assumptions) == (
        case.claims,
        case.documents,
        case.assumptions,
    )
    assert repaired.source == case.source
    assert repaired.digest != case.digest


def test_the_verdict_is_that_of_the_ordinary_evaluation() -> None:
    case = case_from_tree(TREE)
    before = evaluate_roadmap(case, "r", reading="slow").roadmap
    repaired = repaired_case(case, "slow", quick)

    def repair(*, credible: bool) -> Repair:
        return make_repair(
            case,
            before,
            repaired,
            kind=RepairKind.DETECTION,
            amount=2.0,
            unit="periods",
            summary="Quicker.",
            credible=credible,
        )

    after = evaluate_roadmap(repaired, "r", reading="slow").roadmap
    one = repair(credible=True)
    assert one.evaluation.to_dict() == after.to_dict()
    assert (one.works, repair(credible=False).works) == (True, False)
    assert one.to_dict() == {
        "kind": "detection",
        "amount": 2.0,
        "unit": "periods",
        "summary": "Quicker.",
        "notes": [],
        "works": True,
        "margin": after.margin,
        "end_margin": after.end_margin,
        "trust": after.trust,
        "changes": [{"path": "readings.slow.set.measures.a.detection-lag", "from": 9, "to": 2}],
    }
