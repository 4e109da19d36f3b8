"""How verdicts depend on hazards, readings and single numbers."""

from dataclasses import replace

import pytest

from detente import evaluate_roadmap, evaluate_roadmaps
from detente.analysis.roadmap import sensitivity
from detente.analysis.roadmap.sensitivity import (
    HIGHEST_HAZARD,
    PLAIN_HAZARDS,
    Verdict,
    bare_case,
    hazard_range,
    hazard_verdicts,
    judge,
    margins_over_hazards,
    range_flips,
    reading_differences,
    unstated_values,
    verdict_of,
)
from detente.case import Range, Roadmap
from detente.casefile import case_from_tree, change_case, read_case
from detente.progress import ProgressEvent
from tests.oracle.random_cases import random_case, random_durations, random_roadmap
from tests.report_case import report_case

CASE = report_case()
KOREA = read_case("korea-2018")


def assert_same(got: Verdict, wanted: Verdict) -> None:
    assert replace(got, margin=0.0) == replace(wanted, margin=0.0)
    assert got.margin == pytest.approx(wanted.margin, abs=1e-9)


def test_judging_gives_the_verdict_of_the_evaluation() -> None:
    for seed in range(20):
        case = random_case(seed, n_measures=4, n_parties=3)
        stages = random_roadmap(case, seed)
        roadmap = Roadmap(id="r", name="r", stages=stages, durations=random_durations(case, stages, seed))
        evaluation = evaluate_roadmap(case, roadmap).roadmap
        verdict = judge(case, roadmap)
        assert verdict is not None
        assert_same(verdict, verdict_of(evaluation))


def test_a_temptation_that_still_tempts_ends_the_judging() -> None:
    entry = evaluate_roadmap(CASE, "step-by-step", reading="herald").roadmap
    herald = CASE.under("herald")
    assert judge(herald, herald.roadmap("step-by-step"), unless=entry.critical) is None
    verdict = judge(CASE, CASE.roadmap("step-by-step"), unless=entry.critical)
    assert verdict is not None
    assert verdict.holds


def test_durations_that_have_become_too_short_are_not_judged() -> None:
    timed = change_case(CASE, {"roadmaps.troops-first.durations": [2, 2]})
    assert judge(timed, timed.roadmap("troops-first")) is not None
    slower = replace(timed, measures=(replace(timed.measures[0], detection_lag=3), *timed.measures[1:]))
    assert judge(slower, slower.roadmap("troops-first")) is None


def test_hazards_are_multiples_of_the_cases_own() -> None:
    assert hazard_range(0.01) == ((0.0, 0.0), (0.005, 0.5), (0.01, 1.0), (0.02, 2.0), (0.05, 5.0))
    assert hazard_range(0.0) == tuple((hazard, None) for hazard in PLAIN_HAZARDS)
    assert [multiple for _, multiple in hazard_range(0.4)] == [0.0, 0.5, 1.0, 2.0]
    assert max(hazard for hazard, _ in hazard_range(0.4)) <= HIGHEST_HAZARD


def test_verdicts_over_hazards_are_those_of_cases_with_these_hazards() -> None:
    case = change_case(CASE, {"parties.south.hazard": 0.0})
    entry = evaluate_roadmap(case, "step-by-step").roadmap
    for at in hazard_verdicts(entry):
        other = evaluate_roadmap(change_case(case, {"parties.north.hazard": at.hazard}), "step-by-step").roadmap
        expected = verdict_of(other)
        assert_same(at.verdict, expected)
        (margin,) = margins_over_hazards(entry, [at.hazard])
        assert margin == pytest.approx(expected.margin, abs=1e-9)


def test_the_setting_that_makes_the_difference_is_found() -> None:
    evaluation = evaluate_roadmaps(CASE, readings=[None, "herald"])
    found = reading_differences(CASE, evaluation.roadmaps)
    assert [(d.reading, d.roadmap, d.flips, d.alone, d.together) for d in found] == [
        ("herald", "step-by-step", True, ("measures.withdraw.value.north",), ()),
        ("herald", "troops-first", True, ("measures.withdraw.value.north",), ()),
    ]
    assert found[0].base.holds
    assert not found[0].read.holds


def test_settings_that_only_make_the_difference_together_are_found() -> None:
    case = case_from_tree(
        {
            "detente": 1,
            "name": "two steps",
            "parties": {"a": {"discount": 0.5}, "b": {"discount": 0.5}},
            "measures": {
                "x": {"by": ["a"], "value": {"a": -1, "b": 3}},
                "y": {"by": ["b"], "value": {"a": 3, "b": -1}},
                "z": {"by": ["b"], "value": {"a": 0, "b": 0}},
            },
            "roadmaps": {"swap": {"stages": [["x", "y"]]}},
            "readings": {
                "gloomy": {
                    "set": {
                        "measures.z.value.b": 2,
                        "measures.x.value.a": -1.4,
                        "measures.y.value.a": 2.6,
                    }
                }
            },
        }
    )
    evaluation = evaluate_roadmaps(case, readings=[None, "gloomy"])
    assert [entry.holds for entry in evaluation.roadmaps] == [True, False]
    (found,) = reading_differences(case, evaluation.roadmaps)
    assert found.alone == ()
    assert found.together == ("measures.x.value.a", "measures.y.value.a")


def test_a_setting_that_is_invalid_by_itself_does_not_make_the_difference_alone() -> None:
    case = case_from_tree(
        {
            "detente": 1,
            "name": "watched",
            "parties": {"a": {"discount": 0.5}, "b": {"discount": 0.5}},
            "measures": {
                "w": {"by": ["b"], "value": {"a": 0, "b": -5}},
                "x": {"by": ["a"], "value": {"a": -1, "b": 3}},
                "y": {"by": ["b"], "value": {"a": 3, "b": -1}},
            },
            "roadmaps": {"swap": {"stages": [["w"], ["x", "y"]]}},
            "readings": {"in-force": {"set": {"status-quo": ["w"], "roadmaps.swap.stages": [["x", "y"]]}}},
        }
    )
    evaluation = evaluate_roadmaps(case, ["swap"], readings=[None, "in-force"])
    assert [entry.holds for entry in evaluation.roadmaps] == [False, True]
    (found,) = reading_differences(case, evaluation.roadmaps)
    assert (found.alone, found.together) == (("roadmaps.swap.stages",), ())


def test_another_critical_party_is_a_difference_too() -> None:
    readings = [None, *(reading.id for reading in KOREA.readings)]
    evaluation = evaluate_roadmaps(KOREA, readings=readings)
    found = reading_differences(KOREA, evaluation.roadmaps)
    assert {(d.reading, d.roadmap) for d in found} == {
        (entry.reading, entry.id)
        for entry in evaluation.roadmaps
        if entry.reading is not None
        and (verdict_of(entry).holds, entry.critical.party)
        != next((e.holds, e.critical.party) for e in evaluation.roadmaps if e.reading is None and e.id == entry.id)
    }
    for difference in found:
        settings = next(r for r in KOREA.readings if r.id == difference.reading).settings
        for place in difference.alone:
            changed = change_case(KOREA, {place: settings[place]})
            entry = evaluate_roadmap(changed, difference.roadmap).roadmap
            if difference.flips:
                assert entry.holds is difference.read.holds
            else:
                assert entry.critical.party == difference.read.party


def test_without_the_base_case_there_is_nothing_to_compare_with() -> None:
    assert reading_differences(CASE, evaluate_roadmaps(CASE, readings=["herald"]).roadmaps) == ()


def test_every_end_of_a_range_that_changes_a_verdict_is_found() -> None:
    evaluation = evaluate_roadmaps(CASE)
    found = range_flips(CASE, evaluation.roadmaps)
    assert found is not None
    bare = bare_case(CASE)
    expected = []
    for place, ends in (
        ("parties.south.discount", (0.8, 0.95)),
        ("interests.calm.weight.south", (1.0, 5.0)),
        ("measures.withdraw.value.north", (-4.0, -1.0)),
        ("terms.0.value", (-2.0, 0.0)),
    ):
        for end in ends:
            after = evaluate_roadmaps(change_case(bare, {place: end}))
            expected += [
                (place, end, entry.id)
                for entry, before in zip(after.roadmaps, evaluation.roadmaps, strict=True)
                if entry.holds is not before.holds
            ]
    assert expected
    assert [(flip.number.place, flip.value, flip.roadmap) for flip in found] == expected
    assert all(isinstance(flip.number.quantity, Range) for flip in found)


def test_flips_of_roadmaps_that_fail_are_found_as_well() -> None:
    evaluation = evaluate_roadmaps(KOREA)
    found = range_flips(KOREA, evaluation.roadmaps)
    assert found
    for flip in found:
        entry = evaluate_roadmap(change_case(KOREA, {flip.number.place: flip.value}), flip.roadmap).roadmap
        assert entry.holds is flip.moved.holds is not flip.base.holds
        assert entry.critical.flow_margin == pytest.approx(flip.moved.margin, abs=1e-9)


def test_too_many_moves_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensitivity, "MOST_MOVES", 3)
    assert range_flips(CASE, evaluate_roadmaps(CASE).roadmaps) is None


def test_progress_is_told() -> None:
    events: list[ProgressEvent] = []
    evaluation = evaluate_roadmaps(CASE, readings=[None, "herald"])
    reading_differences(CASE, evaluation.roadmaps, progress=events.append)
    range_flips(CASE, evaluation.roadmaps[:2], progress=events.append)
    assert list(dict.fromkeys(event.task for event in events)) == ["comparing readings", "moving single numbers"]


def test_what_nobody_states_is_listed_by_party_and_chain() -> None:
    assert [(value.party, value.measures) for value in unstated_values(CASE)] == [("north", ("watch",))]
    bare = replace(CASE, measures=tuple(replace(m, value={}, effects={}) for m in CASE.measures))
    assert [(value.party, value.measures) for value in unstated_values(bare)] == [
        ("north", ("withdraw", "relief", "watch")),
        ("south", ("withdraw", "relief", "watch")),
    ]
