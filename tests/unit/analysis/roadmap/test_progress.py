"""What is left of a roadmap, what is said about it, and how it is given."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from detente import RoadmapProgress, design_progress, design_roadmap, evaluate_progress
from detente.analysis.result import Status
from detente.analysis.roadmap import GateStatus
from detente.case import Case, Forum, Measure, ProgressEntry, Roadmap
from detente.casefile import case_from_tree
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, party

Entry = tuple[str, int] | tuple[str, int, int]


def chain(*entries: Entry, **other: Any) -> Case:  # Any: further fields of Case
    """Three exchanges between A and B; what A does in the second requires what it did in the first."""
    kind = {"A": 3.0, "B": 3.0}
    measures = [
        measure("a1", "A", kind),
        measure("b1", "B", kind),
        measure("a2", "A", kind, requires=("a1",)),
        measure("b2", "B", kind),
        measure("c", "AB", kind, after=("a2",)),
    ]
    progress = tuple(ProgressEntry(measure=e[0], taken=e[1], ended=e[2] if len(e) > 2 else None) for e in entries)
    parties = [party("A"), party("B")]
    return case_of(parties, other.pop("measures", measures), progress=progress, period="month", **other)


PLAN = Roadmap(id="plan", name="The plan", stages=(("a1", "b1"), ("a2", "b2"), ("c",)), durations=(3, 2, 4))


def left(case: Case, at: Any = "now", roadmap: Roadmap = PLAN) -> RoadmapProgress:  # Any: now or a period
    return evaluate_progress(case, [roadmap], at=at).roadmap


def told(case: Case, at: Any = "now", roadmap: Roadmap = PLAN) -> list[str]:  # Any: as above
    return [sentence.text for sentence in evaluate_progress(case, [roadmap], at=at).explain().sentences]


# What is left


def test_stages_that_are_complete_fall_away() -> None:
    entry = left(chain(("a1", 0), ("b1", 0), ("a2", 3)), 4)
    assert entry.rest.rest.roadmap.stages == (("b2",), ("c",))
    assert (entry.rest.rest.numbers, entry.rest.rest.roadmap.durations) == ((2, 3), (2, 4))
    assert entry.rest.starts == (4, 6)


def test_a_measure_taken_ahead_of_its_stage_is_not_taken_again() -> None:
    entry = left(chain(("a1", 0), ("b1", 0), ("b2", 1)))
    assert entry.rest.rest.roadmap.stages == (("a2",), ("c",))
    assert entry.standing.waiting == 2


def test_the_wait_counts_from_the_latest_measure_of_a_stage() -> None:
    assert left(chain(("a1", 0), ("b1", 2)), 2).standing.waiting == 3
    assert left(chain(("a1", 0), ("b1", 2)), 4).standing.waiting == 1
    assert left(chain(("a1", 0), ("b1", 2)), 9).standing.waiting == 0
    assert left(chain(("a1", 0)), 0).standing.waiting == 0  # the first stage is not complete


def test_a_measure_taken_again_is_waited_for_again() -> None:
    assert left(chain(("a1", 0, 1), ("b1", 0), ("a1", 6)), 7).standing.waiting == 2


def test_what_requires_what_was_lost_is_left_out_and_comes_back_with_it() -> None:
    entry = left(chain(("a1", 0, 2), ("b1", 0)))
    assert (entry.standing.lost, entry.standing.left_out) == (("a1",), ("a2", "c"))
    assert entry.rest.rest.roadmap.stages == (("b2",),)
    assert entry.retaken is not None
    assert entry.retaken.rest.roadmap.stages == (("a1", "a2", "b2"), ("c",))
    assert (entry.retaken.rest.retaken, entry.retaken.rest.numbers) == (("a1",), (2, 3))


def test_what_came_before_once_has_come_before() -> None:
    # c comes after a2; a2 was taken and lost, but precedence asks only for the order.
    entry = left(chain(("a1", 0), ("b1", 0), ("a2", 3, 5), ("b2", 3)))
    assert (entry.standing.lost, entry.standing.left_out) == (("a2",), ())
    assert entry.rest.rest.roadmap.stages == (("c",),)
    assert entry.rest.evaluation is not None


def test_what_was_lost_at_the_end_is_taken_again_in_a_stage_of_its_own() -> None:
    entry = left(chain(("a1", 0), ("b1", 0), ("a2", 3), ("b2", 3), ("c", 5, 9)))
    assert entry.rest.rest.roadmap.stages == ()
    assert entry.retaken is not None
    assert (entry.retaken.rest.numbers, entry.retaken.rest.roadmap.stages) == ((4,), (("c",),))


def test_where_verifying_takes_longer_a_stage_does() -> None:
    # The inspection that verified a1 within a month was lost: a1 is verified again only after 5.
    measures = [
        measure("a1", "A", {"A": 3.0, "B": 3.0}, detection_lag=5),
        measure("i", "A", {"A": 3.0, "B": 3.0}, verifies={"a1": 1}),
        measure("b1", "B", {"A": 3.0, "B": 3.0}),
    ]
    case = chain(("a1", 0), ("i", 0, 1), measures=measures)
    plan = Roadmap(id="plan", name="The plan", stages=(("a1", "i"), ("b1",)))
    entry = left(case, roadmap=plan)
    assert (entry.standing.planned, entry.rest.evaluation and entry.rest.evaluation.durations) == ((1, 1), (5,))
    assert "Stage 2 now lasts 5 months in place of 1, since verifying takes longer with what is in force." in told(
        case, roadmap=plan
    )


def test_gates_are_passed_due_overdue_or_ahead() -> None:
    gates = left(chain(("a1", 0), ("b1", 1)), 3).standing.gates
    assert [(g.status, g.due, g.ready, g.passed, g.late) for g in gates] == [
        (GateStatus.PASSED, 0, 0, 1, 1),
        (GateStatus.DUE, 3, 4, None, 0),
        (GateStatus.AHEAD, 5, None, None, 0),
    ]
    gates = left(chain(("a1", 0), ("b1", 1), ("a2", 4)), 8).standing.gates
    assert [(g.status, g.late, g.lacking) for g in gates[1:]] == [
        (GateStatus.OVERDUE, 5, ("b2",)),
        (GateStatus.OVERDUE, 3, ("c",)),
    ]


# What is said


def test_nothing_has_begun() -> None:
    assert told(chain(), 0)[:2] == [
        "At month 0, none of the 3 stages of “The plan” have begun.",
        "Stage 1 is due now (planned for month 0): “a1” (A) and “b1” (B) are lacking.",
    ]


def test_what_is_overdue_and_since_when_it_could_have_begun() -> None:
    assert told(chain(("a1", 1), ("b1", 1), ("a2", 4)), 8)[:4] == [
        "At month 8, 1 of the 3 stages of “The plan” has begun.",
        "Begun late: stage 1 by 1 month.",
        "Stage 2 is overdue by 5 months (planned for month 3, ready since month 4): “b2” (B) is lacking.",
        "So is what comes after it: stage 3 by 3 months.",
    ]


def test_how_long_the_stages_begun_still_last() -> None:
    assert told(chain(("a1", 0), ("b1", 0)), 2)[1] == (
        "The stages begun last 1 month more, until month 3; the next begins no sooner."
    )


def test_what_was_lost_what_lapsed_and_what_cannot_come_without() -> None:
    assert told(chain(("a1", 0, 4), ("b1", 0), ("a2", 3)))[1:6] == [
        "Stage 2 is overdue by 1 month (planned for month 3): “b2” (B) is lacking, and “a2” (A) is no longer in force.",
        "“a1” (A) was in force from month 0 and ended at month 4.",
        "“a2” (A) was in force from month 3 and lapsed with what it requires at month 4.",
        "“The plan: the rest” holds: at no point would a party do better by reneging or walking out.",
        "At stage 3, after “c”, A would lose 0 a month by walking out openly.",
    ]
    assert "Without it, “a2” and “c” cannot be taken." in told(chain(("a1", 0, 2), ("b1", 0)))


def test_what_is_in_force_beside_the_roadmap() -> None:
    short = Roadmap(id="short", name="The short way", stages=(("a1",), ("b1",)))
    assert "In force beside it: “b2” (B)." in told(chain(("a1", 0), ("b2", 1)), roadmap=short)


def test_all_stages_have_begun() -> None:
    done = chain(("a1", 0), ("b1", 0), ("a2", 3), ("b2", 3), ("c", 5))
    assert told(done, 9) == [
        "At month 9, all of the 3 stages of “The plan” have begun.",
        "“The plan: what is in force” holds: at no point would a party do better by reneging or walking out.",
        "With what is in force now, A would lose 0 a month by walking out openly.",
        "No chance of an outside breakdown makes it fail.",
    ]
    assert left(done, 9).rest.delays == ()


def test_a_roadmap_of_one_stage() -> None:
    only = Roadmap(id="only", name="Only this", stages=(("a1",),))
    assert told(chain(), 0, only)[0] == "At month 0, the only stage of “Only this” has not begun."
    assert told(chain(("a1", 0)), 0, only)[0] == "At month 0, the only stage of “Only this” has begun."


def test_nothing_is_left_if_everything_was_lost() -> None:
    only = Roadmap(id="only", name="Only this", stages=(("a1",), ("a2",)))
    case = chain(("a1", 0, 2))
    entry = left(case, roadmap=only)
    assert (entry.rest.evaluation, entry.holds) == (None, None)
    assert told(case, roadmap=only)[3:5] == [
        "Without it, “a2” cannot be taken.",
        "Nothing of “Only this” is in force, and without what was lost nothing is left.",
    ]
    # What delay costs is then told of the way on that takes it again.
    assert (
        told(case, roadmap=only)[-2]
        == "Each further month before stage 2, “a1” and “a2”, costs A 6 and B 6, in each party’s own value units."
    )


def test_a_rest_that_is_not_legal_says_why() -> None:
    measures = [measure("a", "A"), measure("b", "B"), measure("d", "B", excludes=("b",)), measure("e", "A")]
    case = chain(("a", 0), ("d", 1), measures=measures)
    plan = Roadmap(id="plan", name="The plan", stages=(("a",), ("b",)))
    assert (
        "“The plan: the rest” cannot be taken as it stands: "
        "stage 2 brings together 'd' and 'b', which exclude each other." in told(case, roadmap=plan)
    )
    both = chain(("b", 0), ("d", 1), measures=measures)
    plan = Roadmap(id="plan", name="The plan", stages=(("a",), ("e",)))
    entry = left(both, roadmap=plan)
    assert entry.rest.rest.problems == ("'d' and 'b' are in force and exclude each other",)
    document = entry.to_dict()
    assert [document[key] for key in ("holds", "trust", "margin", "rows", "durations")] == [None, None, None, [], []]


def test_what_delay_costs_and_how_long_it_is_borne() -> None:
    measures = [measure("a", "A", {"A": -1, "B": 3}), measure("b", "B", {"B": -1, "A": 3})]
    plan = Roadmap(id="plan", name="The plan", stages=(("a",), ("b",)))
    case = chain(("a", 0), measures=measures)
    assert told(case, 1, plan)[-2:] == [
        "Each further month before stage 2, “b”, costs A 3 and is worth B 1, in each party’s own value units.",
        "If it took 2 months more, A would do better by undoing something or walking out now than by waiting.",
    ]
    assert told(case, 0, plan)[-2:] == [
        "Each further month before stage 2, “b”, costs A 1.5 and is worth B 0.5, in each party’s own value units.",
        "Any further delay is too long for A: undoing something or walking out now is worth more to it than waiting.",
    ]
    kind = [measure("a", "A", {"A": 1, "B": 1}), measure("b", "B", {})]
    assert told(chain(("a", 0), measures=kind), 1, plan)[-3:-1] == [
        "Each further month before stage 2, “b”, costs nobody anything, in each party’s own value units.",
        "However long that takes, nobody would do better by undoing something or walking out now.",
    ]


def test_who_is_tempted_while_waiting_is_said_even_if_tempted_more_elsewhere() -> None:
    measures = [
        measure("a", "A", {"A": -1, "B": 3}, detection_lag=3),
        measure("b", "B", {"B": -1, "A": 1.5}),
        measure("c", "A", {"A": -3}),
    ]
    plan = Roadmap(id="plan", name="The plan", stages=(("a",), ("b",), ("c",)))
    said = told(chain(("a", 0), measures=measures), 0, plan)
    assert [text for text in said if " would gain " in text] == [
        "At stage 3, before “c”, A would gain 3.2 a month by withholding “c” and undoing “a” (noticed after 1 month).",
        "Now, with 3 months to wait, A would gain 0.86 a month by walking out openly.",
    ]


def test_what_is_sunk_is_told_apart() -> None:
    measures = [
        measure("a", "A", {"A": 1}, cost={"A": 4.0}),
        measure("b", "AB", {"A": 1}, undo_cost={"B": 1.0}),
        measure("c", "B", {"A": 1}),
    ]
    plan = Roadmap(id="plan", name="The plan", stages=(("a", "b"), ("c",)))
    assert told(chain(("a", 0), ("b", 0, 1), measures=measures), 1, plan)[-3:-1] == [
        "Spent so far on taking and ending measures, and in no margin because it cannot be had back: "
        "A 4 (worth 8 now).",
        "What ending “b” cost is not among it: progress does not say which of the owners ended it.",
    ]


def test_what_a_forum_decides_is_lacking_from_the_forum() -> None:
    forum = Forum(id="council", members=("A", "B"), quota=2, others=0, veto=(), end_quota=2, end_veto=())
    voted = [measure("a", "A"), Measure(id="v", name="Sanctions lifted", forum="council", value={"A": 1.0})]
    plan = Roadmap(id="plan", name="The plan", stages=(("a",), ("v",)))
    case = chain(("a", 0), measures=voted, forums=(forum,))
    assert "“Sanctions lifted” (forum council) is lacking." in told(case, 5, plan)[1]
    ax = evaluate_progress(case, [plan], at=5).plot()
    assert "forum council" in [text.get_text() for text in ax.texts]


# How it is given


def test_readings_may_see_another_history() -> None:
    result = evaluate_progress(written(), readings=[None, "late"])
    assert [(each.reading, each.history.now, each.history.in_force) for each in result.roadmaps] == [
        (None, 2, ("a",)),
        ("late", 5, ("a",)),
    ]
    assert result.provenance.reading is None
    with pytest.raises(OptionError, match=r"^this evaluation has 2 entries; use \.roadmaps$"):
        _ = result.roadmap


def written() -> Case:
    """A case with a history, a roadmap and a reading."""
    return case_from_tree(
        {
            "detente": 1,
            "name": "Swap",
            "period": "month",
            "parties": {"A": {"discount": 0.5}, "B": {"discount": 0.5}},
            "measures": {
                "a": {"by": ["A"], "value": {"A": -1, "B": 3}},
                "b": {"by": ["B"], "value": {"A": 3, "B": -1}},
            },
            "roadmaps": {"swap": {"stages": [["a"], ["b"]]}},
            "progress": [{"measure": "a", "taken": 2}],
            "readings": {"late": {"set": {"progress": [{"measure": "a", "taken": 5}]}}},
        }
    )


def test_the_document_has_the_verdict_on_the_rest_and_where_it_stands() -> None:
    document: Any = evaluate_progress(written(), delays=(1,)).to_dict()  # Any: a tree of JSON
    assert document["method"] == "roadmap evaluation from what is in force, all deviations (model §5–7)"
    assert document["parameters"] == {"roadmaps": ["swap"], "readings": [], "from": 2}
    [entry] = document["roadmaps"]
    assert (entry["id"], entry["holds"], entry["stages"], entry["durations"]) == ("swap", True, [["b"]], [1])
    assert entry["progress"] == {
        "now": 2,
        "in_force": ["a"],
        "lost": [],
        "left_out": [],
        "waiting": 1,
        "numbers": [2],
        "starts": [3],
        "retaken": [],
        "problems": [],
        "delays": [
            {"party": "A", "loss": 1.5, "unwilling_after": 1, "margins": [{"periods": 1, "flow_margin": -0.25}]},
            {"party": "B", "loss": -0.5, "unwilling_after": None, "margins": [{"periods": 1, "flow_margin": 2.75}]},
        ],
        "gates": [
            {"stage": 1, "status": "passed", "due": 0, "ready": 0, "passed": 2, "late": 2}
            | {"measures": ["a"], "lacking": [], "lost": []},
            {"stage": 2, "status": "overdue", "due": 1, "ready": 3, "passed": None, "late": 1}
            | {"measures": ["b"], "lacking": ["b"], "lost": []},
        ],
        "sunk": [
            {"party": "A", "total": 0.0, "compounded": 0.0, "costs": []},
            {"party": "B", "total": 0.0, "compounded": 0.0, "costs": []},
        ],
        "with_retaken": None,
    }


def test_what_was_lost_has_a_verdict_of_its_own() -> None:
    document: Any = left(chain(("a1", 0, 2), ("b1", 0))).to_dict()  # Any: a tree of JSON
    again = document["progress"]["with_retaken"]
    assert (again["id"], again["stages"], again["retaken"]) == ("plan", [["a1", "a2", "b2"], ["c"]], ["a1"])
    assert {"holds", "trust", "rows", "numbers", "starts", "problems", "delays"} <= set(again)


def test_the_frame_has_a_row_per_check_of_both_ways_on() -> None:
    result = evaluate_progress(chain(("a1", 0, 2), ("b1", 0)), [PLAN])
    frame = result.to_frame()
    assert frame.groupby("retaken").size().to_dict() == {False: 8, True: 12}
    assert {"roadmap", "stage", "check", "party", "margin", "withhold", "F"} <= set(frame.columns)
    gates = result.gates()
    assert gates[["stage", "status", "lost"]].to_numpy().tolist() == [
        [1, "passed", "a1"],
        [2, "ahead", ""],
        [3, "ahead", ""],
    ]


def test_the_course_is_drawn() -> None:
    ax = evaluate_progress(chain(("a1", 0, 2), ("b1", 0), ("b2", 1)), [PLAN], at=4).plot()
    shown = [text.get_text() for text in ax.texts]
    assert shown == [
        "now, month 4",
        *("Stage 1", "a1", "A", "b1", "B", "✗ begun at month 0, on time; 1 measure lost since"),
        *("Stage 2", "a2", "A", "b2", "B", "✗ overdue by 1 month; least margin +0.75"),
        *("Stage 3", "c", "A, B", "✓ due at month 5; least margin 0"),
    ]


def test_the_course_of_what_is_taken_again_is_drawn_where_nothing_else_is_left() -> None:
    only = Roadmap(id="only", name="Only this", stages=(("a1",), ("a2",)))
    ax = evaluate_progress(chain(("a1", 0, 2), ("b2", 1)), [only], at=2).plot()
    shown = [text.get_text() for text in ax.texts]
    assert shown[4:] == [
        "✗ begun at month 0, on time; 1 measure lost since",
        *("Stage 2", "a2", "A", "✗ overdue by 1 month; least margin 0"),
        *("Beside the roadmap", "b2", "B"),
    ]


def test_delays_and_roadmaps_are_checked() -> None:
    with pytest.raises(OptionError, match=r"^a delay lasts 1 period or more, got 0$"):
        evaluate_progress(chain(), [PLAN], delays=(3, 0))
    with pytest.raises(OptionError, match=r"^the case has no roadmaps; add one under `roadmaps:` or design one$"):
        evaluate_progress(chain())
    with pytest.raises(OptionError, match=r"^unknown roadmap 'x' \(the case has: swap\)$"):
        evaluate_progress(written(), ["x"])


def test_progress_is_told_and_can_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.progress.REPORT_EVERY", 0.0)
    seen: list[ProgressEvent] = []

    def stop(event: ProgressEvent) -> None:
        seen.append(event)
        if len(seen) == 2:
            raise Cancelled("stop")

    result = evaluate_progress(chain(), [PLAN, PLAN], progress=stop)
    assert (result.status, len(result.roadmaps)) == (Status.STOPPED, 1)
    assert [(event.task, event.fraction) for event in seen] == [
        ("evaluating what is left", 0.0),
        ("evaluating what is left", 0.5),
    ]
    with pytest.raises(Cancelled, match=r"^stop$"):
        evaluate_progress(chain(), [PLAN], progress=give_up)


def give_up(event: ProgressEvent) -> None:
    raise Cancelled("stop")


# What now


def test_a_design_waits_until_everything_taken_is_verified() -> None:
    measures = [
        measure("x", "A", {"A": 1.0}, detection_lag=4),
        measure("y", "B", {"A": 1.0}, duration=3, irreversible=True),
        measure("i", "A", {"A": 1.0}, verifies={"x": 2}),
        measure("z", "B", {"A": 1.0}),
    ]
    # x takes 4 to verify, and again when y comes in 2; with the inspection in force from 3 it takes 2 from there.
    assert [design_progress(chain(("x", 0), measures=measures), at=n).waiting for n in (0, 1, 4)] == [4, 3, 0]
    assert design_progress(chain(("x", 0), ("y", 2), measures=measures)).waiting == 4
    assert design_progress(chain(("x", 0), ("y", 0), ("i", 3), measures=measures)).waiting == 2
    assert design_progress(chain(("i", 0), ("y", 1), measures=measures)).waiting == 3


def test_a_design_from_what_is_in_force_has_the_options_of_any_design() -> None:
    of_any = inspect.signature(design_roadmap).parameters
    on_from_now = inspect.signature(design_progress).parameters
    assert {*of_any} - {*on_from_now} == {"in_force", "waiting"}
    assert {*on_from_now} - {*of_any} == {"at"}
    assert all(on_from_now[name] == of_any[name] for name in of_any if name in on_from_now)
    assert design_progress(chain(), max_seconds=60).parameters["max_seconds"] == 60


def test_a_design_takes_again_what_was_lost_and_needs_no_precedence_twice() -> None:
    # c comes after a2, which was taken and lost; without it in the goal c can still come.
    case = chain(("a1", 0), ("b1", 0), ("a2", 3, 5), ("b2", 3))
    assert design_progress(case, goal="c").stages == (("c",),)
    everything = design_progress(case)
    assert everything.goal == ("a2", "c")
    assert everything.parameters["from"] == 5
    fresh = design_progress(chain(), goal="c")
    assert fresh.missing == ("'c' comes after 'a2', which the goal lacks",)


def test_a_design_from_an_infeasible_state_says_why_there_is_none() -> None:
    measures = [measure("b", "B"), measure("d", "B", excludes=("b",)), measure("e", "A", {"A": 1.0})]
    found = design_progress(chain(("b", 0), ("d", 1), measures=measures), goal="e")
    assert found.status is Status.NONE
    assert found.missing[0] == "what is in force now is infeasible by the case itself"
