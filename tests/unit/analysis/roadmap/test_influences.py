"""What a critical margin rests on."""

from dataclasses import replace

import pytest

from detente import RoadmapEvaluation, evaluate_roadmap
from detente.analysis.roadmap.influences import LEAST_SHARE, MOST, decisive_influences, margin_parts
from detente.case import Case
from detente.casefile import change_case, read_case
from tests.oracle.hand_cases import case_of, measure, pair, party
from tests.report_case import report_case

CASE = report_case()


def test_a_swap_is_taken_apart_by_hand() -> None:
    # At 1/2 a period is half of everything: each loses 1 a period for ever and gains 3, the deviation gains 3 for one
    # period, half of all, before it is found out.
    entry = evaluate_roadmap(pair(), [["a", "b"]]).roadmap
    row = next(row for row in entry.rows if row.party == "A" and row.check == "before")
    assert row.deviation.withhold == ("a",)
    parts = margin_parts(entry, row)
    assert {number.place: share for number, share in parts.shares} == {
        "measures.a.value.A": pytest.approx(-1.0),
        "measures.b.value.A": pytest.approx(1.5),
    }
    assert parts.total == pytest.approx(row.flow_margin) == pytest.approx(0.5)
    assert parts.undo_costs == 0.0
    assert parts.weights == ()


def test_effects_are_told_again_by_the_weight_they_are_counted_with() -> None:
    parts = margin_parts(evaluate_roadmap(CASE, "step-by-step").roadmap)
    effects = {n.place: share for n, share in parts.shares if ".effects." in n.place}
    assert {n.place: share for n, share in parts.weights} == {
        "interests.calm.weight.south": pytest.approx(sum(effects.values()))
    }


def test_levels_are_told_together() -> None:
    parts = margin_parts(evaluate_roadmap(CASE, "troops-first").roadmap)
    assert "measures.relief.value.south" in {number.place for number, _ in parts.shares}


def test_a_guarantee_in_the_status_quo_deters_too() -> None:
    guarantee = measure("g", "C", deters={"A": 0.25})
    case = replace(pair(), measures=(*pair().measures, guarantee), parties=(*pair().parties, party("C")))
    case = replace(case, status_quo=("g",))
    entry = evaluate_roadmap(case, [["a", "b"]]).roadmap
    row = next(row for row in entry.rows if row.party == "A" and row.check == "after")
    parts = margin_parts(entry, row)
    shares = {number.place: share for number, share in parts.shares}
    # Found out after one period, worth half: a quarter per period from then on.
    assert shares["measures.g.deters.A"] == pytest.approx(0.125)
    assert sum(shares.values()) == pytest.approx(row.flow_margin)


def test_own_undo_costs_at_breakdown_are_told_as_one() -> None:
    case = pair()
    a = replace(case.measures[0], undo_cost={"A": 0.5})
    entry = evaluate_roadmap(replace(case, measures=(a, case.measures[1])), [["a"], ["b"]]).roadmap
    row = next(row for row in entry.rows if row.party == "A" and row.check == "after" and row.stage == 1)
    assert row.deviation.leave
    parts = margin_parts(entry, row)
    # Who has walked out ends its own measure at a cost of 0.5, half of it per period.
    assert parts.undo_costs == pytest.approx(0.25)
    assert parts.total == pytest.approx(row.flow_margin)


@pytest.mark.parametrize("case", [CASE, read_case("korea-2018")], ids=["small", "korea"])
def test_decisive_are_the_largest_then_weights_then_what_does_not_add(case: Case) -> None:
    for roadmap in case.roadmaps:
        entry = evaluate_roadmap(case, roadmap.id).roadmap
        influences = decisive_influences(entry)
        places = [influence.number.place for influence in influences]
        assert len(places) == len(set(places))
        shares = [i.share for i in influences if i.share is not None and not i.number.place.startswith("interests.")]
        assert 0 < len(shares) <= MOST
        sizes = [abs(share) for share in shares]
        assert sizes == sorted(sizes, reverse=True)
        assert min(sizes) >= LEAST_SHARE * max(sizes)
        first_without = next(n for n, influence in enumerate(influences) if influence.share is None)
        assert all(influence.share is None for influence in influences[first_without:])
        assert places[first_without] == f"parties.{entry.critical.party}.discount"


def _places(entry: RoadmapEvaluation, party_id: str, check: str, stage: int) -> list[str]:
    row = next(r for r in entry.rows if (r.party, r.check, r.stage) == (party_id, check, stage))
    return [i.number.place for i in decisive_influences(entry, row) if i.share is None]


def test_the_lag_of_what_is_noticed_first_counts() -> None:
    entry = evaluate_roadmap(pair(), [["a", "b"]]).roadmap
    assert _places(entry, "A", "before", 1) == ["parties.A.discount", "measures.a.detection-lag"]


def test_lags_that_are_equal_do_not_count_by_themselves() -> None:
    twice = case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 3}),
            measure("c", "A", {"A": -1, "B": 3}),
            measure("b", "B", {"B": -1, "A": 6}),
        ],
    )
    entry = evaluate_roadmap(twice, [["a", "b", "c"]]).roadmap
    row = next(row for row in entry.rows if row.party == "A" and row.check == "before")
    assert row.deviation.withhold == ("a", "c")
    assert _places(entry, "A", "before", 1) == ["parties.A.discount"]


def test_a_lag_that_a_measure_grants_is_told_at_that_measure() -> None:
    watched = case_of(
        [party("A"), party("B")],
        [
            measure("w", "B", verifies={"a": 2}),
            measure("a", "A", {"A": -1, "B": 3}, detection_lag=5),
            measure("b", "B", {"B": -1, "A": 3}),
        ],
    )
    entry = evaluate_roadmap(watched, [["w"], ["a", "b"]]).roadmap
    assert _places(entry, "A", "before", 2) == ["parties.A.discount", "measures.w.verifies.a"]


def test_small_hazards_are_left_out() -> None:
    case = change_case(CASE, {"parties.south.hazard": 0.0005})
    entry = evaluate_roadmap(case, "step-by-step").roadmap
    hazards = [i.number.place for i in decisive_influences(entry) if i.number.place.endswith("hazard")]
    assert hazards == ["parties.north.hazard"]
