"""All repairs side by side."""

from __future__ import annotations

import pytest
from matplotlib.axes import Axes

from detente import evaluate_roadmap
from detente.analysis.result import Status
from detente.analysis.roadmap.repairs import RepairKind, RepairSearch, repair_roadmap
from detente.analysis.roadmap.repairs.consequences import roadmap_holds
from detente.case import Case
from detente.casefile import case_from_tree
from detente.casefile.tree import Plain
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent

TREE: dict[str, Plain] = {
    "detente": 1,
    "name": "The weir",
    "period": "month",
    "parties": {"A": {"name": "Upper", "discount": 0.9}, "B": {"name": "Lower", "discount": 0.9}},
    "measures": {
        "a": {"name": "Water let through", "by": ["A"], "value": {"A": -2, "B": 5}, "detection-lag": 12},
        "b": {"name": "Power sent", "by": ["B"], "value": {"B": -2, "A": 5}},
    },
    "roadmaps": {
        "r": {"name": "Both at once", "stages": [["a", "b"]], "durations": [12]},
        "s": {"name": "Power first", "stages": [["b"], ["a"]], "durations": [1, 12]},
        "t": {"name": "Power alone", "stages": [["b"]]},
        "u": {"name": "Quickly", "stages": [["a", "b"]]},
    },
    "readings": {
        "calm": {"name": "A calm view", "set": {"measures.a.detection-lag": 2}},
        "grim": {"name": "A grim view", "set": {"parties.A.discount": 0.5, "parties.B.discount": 0.5}},
    },
}
NOTES = (
    "At the check that is tightest then, the margin is zero at a lag of 8.697 months.",
    "The repaired roadmap holds under calm too, but does not hold under grim.",
    "With the same change “Power first” and “Quickly” would hold, too.",
)


@pytest.fixture(scope="module")
def case() -> Case:
    return case_from_tree(TREE)


@pytest.fixture(scope="module")
def quicker(case: Case) -> RepairSearch:
    return repair_roadmap(case, "r", kinds=["detection", "drop"])


def test_what_is_found(case: Case, quicker: RepairSearch) -> None:
    assert quicker.status is Status.ANSWERED
    [repair] = quicker.repairs
    assert quicker.works == quicker.repairs
    assert repair.summary == "A lapse of “Water let through” is noticed within 8 months instead of 12 months."
    assert repair.notes == NOTES
    [failure] = quicker.failures
    assert failure.kind is RepairKind.DROP
    assert quicker.parameters == {
        "kinds": ["detection", "drop"],
        "rates": {},
        "own_ratio": 0.25,
        "punishment_ratio": 1.0,
    }
    assert quicker.provenance.digest == case.digest


def test_as_json(quicker: RepairSearch) -> None:
    document = quicker.to_dict()
    assert set(document) == {
        "detente",
        "case",
        "digest",
        "reading",
        "method",
        "parameters",
        "seconds",
        "roadmap",
        "status",
        "holds",
        "repairs",
        "failures",
    }
    assert (document["roadmap"], document["holds"], document["status"]) == ("r", False, "answered")
    assert document["repairs"] == [quicker.repairs[0].to_dict()]
    assert document["failures"] == [
        {
            "kind": "drop",
            "reason": "Nothing that is left of the roadmap without some of its measures holds.",
        }
    ]


def test_as_a_table(quicker: RepairSearch) -> None:
    frame = quicker.to_frame()
    [row] = frame.to_dict("records")
    assert (row["number"], row["kind"], row["amount"], row["unit"]) == (1, "detection", 8.0, "months")
    assert (row["works"], row["holds"], row["duration"]) == (True, True, 12)
    assert row["notes"] == " ".join(NOTES)
    assert list(repair_roadmap(case_from_tree(TREE), "r", kinds=["drop"]).to_frame().columns) == list(frame.columns)


def test_in_sentences(quicker: RepairSearch) -> None:
    assert [sentence.text for sentence in quicker.explain().sentences] == [
        "“Both at once” does not hold: Upper would do better by reneging, at 3 of 6 checks.",
        "At stage 1, before “Water let through” and “Power sent”, Upper would gain 0.59 a month by withholding “Water "
        "let through” (noticed after 12 months).",
        "It would hold with earlier detection.",
        f"A lapse of “Water let through” is noticed within 8 months instead of 12 months. {' '.join(NOTES)}",
        "Not by leaving measures out: Nothing that is left of the roadmap without some of its measures holds.",
    ]


def test_as_a_drawing(quicker: RepairSearch) -> None:
    axes = quicker.plot()
    assert isinstance(axes, Axes)
    assert {text.get_text() for text in axes.texts} == {"as it is", "detection"}


def test_under_a_reading(case: Case) -> None:
    found = repair_roadmap(case, "r", reading="grim", kinds=["detection"])
    [repair] = found.repairs
    assert found.provenance.reading == "grim"
    assert repair.amount == 1.0
    assert repair.evaluation.reading == "grim"
    assert repair.notes[1:] == (
        "The repaired roadmap holds in the base case and under calm too.",
        "With the same change “Power first” and “Quickly” would hold, too.",
    )


def test_what_holds_needs_no_repair(case: Case) -> None:
    found = repair_roadmap(case, "r", reading="calm")
    assert (found.repairs, found.failures, found.to_dict()["holds"]) == ((), (), True)
    assert [sentence.text for sentence in found.explain().sentences] == [
        "Under the reading “A calm view”, “Both at once” holds: at no point would a party do better by reneging or "
        "walking out.",
        "There is nothing to repair.",
    ]


def test_every_kind_is_looked_for_unless_some_are_named(case: Case) -> None:
    found = repair_roadmap(case, "r")
    kinds = {repair.kind for repair in found.repairs} | {failure.kind for failure in found.failures}
    assert kinds == set(RepairKind)
    assert all(evaluate_roadmap(r.case, "r").holds for r in found.repairs if r.works)


def test_stopping_keeps_what_was_found(case: Case) -> None:
    tasks: list[str] = []

    def progress(event: ProgressEvent) -> None:
        tasks.append(event.task)
        assert event.fraction is not None
        assert 0.0 <= event.fraction <= 1.0
        if event.task == "leaving measures out":
            raise Cancelled("enough")

    found = repair_roadmap(case, "r", kinds=["detection", "drop"], progress=progress)
    assert found.status is Status.STOPPED
    assert [repair.kind for repair in found.repairs] == [RepairKind.DETECTION]
    assert found.failures == ()
    assert tasks == ["trying detection lags", "leaving measures out"]
    assert found.explain().sentences[2].text == (
        "The search was stopped: there may be repairs that were not looked for."
    )


def test_choosing(quicker: RepairSearch) -> None:
    assert quicker.choose("1") is quicker.repairs[0]
    assert quicker.choose("detection") is quicker.repairs[0]


@pytest.mark.parametrize(
    ("which", "message"),
    [
        ("0", "there is no repair 0; those that work are: 1"),
        ("2", "there is no repair 2; those that work are: 1"),
        ("drop", "no repair of the kind 'drop' makes 'r' hold; those that work are: 1"),
        (
            "magic",
            "'magic' is neither the number of a repair nor a kind of repair (kinds: payments, detection, stage-length, "
            "counterpart, guarantor, order, drop, split)",
        ),
    ],
)
def test_choosing_what_there_is_not(quicker: RepairSearch, which: str, message: str) -> None:
    with pytest.raises(OptionError) as refused:
        quicker.choose(which)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("roadmap", "reading", "kinds", "message"),
    [
        ("x", None, None, "unknown roadmap 'x' (the case has: r, s, t, u)"),
        ("r", "x", None, "unknown reading 'x' (the case has: calm, grim)"),
        (
            "r",
            None,
            ["tape"],
            "unknown kind of repair 'tape' (one of: payments, detection, stage-length, counterpart, guarantor, order, "
            "drop, split)",
        ),
    ],
)
def test_what_is_unknown_is_refused(
    case: Case, roadmap: str, reading: str | None, kinds: list[str] | None, message: str
) -> None:
    with pytest.raises(OptionError) as refused:
        repair_roadmap(case, roadmap, reading=reading, kinds=kinds)
    assert str(refused.value) == message


def test_a_roadmap_that_cannot_be_evaluated_neither_holds_nor_fails(case: Case) -> None:
    short = case_from_tree({**TREE, "roadmaps": {"r": {"stages": [["a"]], "durations": [2]}}})
    assert roadmap_holds(short, short.roadmap("r")) is None
    assert roadmap_holds(case, case.roadmap("r")) is False
    hasty = case_from_tree({**TREE, "parties": {"A": {}, "B": {"discount": 0.9}}, "readings": {}})
    assert roadmap_holds(hasty, hasty.roadmap("r")) is None
