"""Observed behaviour in words, tables and JSON, on a prisoner's dilemma and on steps that several could have made."""

from __future__ import annotations

from typing import Any

import pytest

from detente.analysis.stability import analyse_behaviour
from detente.case import Case
from detente.errors import Cancelled, OptionError
from detente.progress import ProgressEvent
from tests.oracle.hand_cases import case_of, measure, pair, party

CAVEAT = (
    "That a concept agrees does not show how a party reasoned, and all of this holds only as far as the preferences "
    "stated are right."
)


def said(case: Case, path: list[str], **options: Any) -> list[str]:  # Any: options of analyse_behaviour
    return str(analyse_behaviour(case, path=path, **options).explain()).splitlines()


def test_cooperation_that_lasts_is_explained_by_deterrence() -> None:
    assert said(pair(), ["a b"]) == [
        "GMR, SMR, SEQ and SSEQ explain all that was seen up to the state with “a” and “b” in force; Nash does not.",
        "That A stayed there, with a better state within its reach, is explained by GMR, SMR, SEQ and SSEQ, not by "
        "Nash.",
        "That B stayed there, with a better state within its reach, is explained by GMR, SMR, SEQ and SSEQ, not by "
        "Nash.",
        CAVEAT,
    ]


def test_a_breach_that_nash_explains() -> None:
    assert said(pair(), ["a b", "b", "-"], concepts=["seq", "nash"]) == [
        "Nash explains all that was seen up to the state with nothing in force; SEQ does not.",
        "A left the state with “a” and “b” in force, ending “a”: an improvement from which SEQ would have deterred it, "
        "Nash not.",
        "B left the state with “b” in force, ending “b”: an improvement from which no concept would have deterred it.",
        CAVEAT,
    ]


def test_a_breach_that_every_concept_asked_for_deters() -> None:
    assert said(pair(), ["a b", "b", "-"], concepts=["seq"])[:3] == [
        "No concept alone explains all that was seen up to the state with nothing in force; of 4 observations SEQ "
        "explains 3.",
        "That everybody stayed there is explained by SEQ; the moves before are not.",
        "A left the state with “a” and “b” in force, ending “a”: an improvement from which every concept asked for "
        "would have deterred it.",
    ]


def test_a_gift_that_nothing_explains() -> None:
    assert said(pair(), ["-", "a"]) == [
        "No concept alone explains all that was seen up to the state with “a” in force; of 3 observations Nash "
        "explains 1, GMR 1, SMR 1, SEQ 1 and SSEQ 1.",
        "A left the state with nothing in force, taking “a”, though it does not prefer where that led; no concept "
        "explains such a move.",
        "That A stayed there, with a better state within its reach, is explained by no concept asked for.",
        "No concept alone explains all that A did.",
        CAVEAT,
    ]


def test_what_tells_concepts_apart_from_nothing() -> None:
    assert said(pair(), ["-"]) == [
        "Every concept asked for explains what was seen up to the state with nothing in force: it does not tell them "
        "apart.",
        CAVEAT,
    ]


def test_what_was_seen_besides() -> None:
    result = analyse_behaviour(pair(), path=["-"], stayed={"A": ["a b"]}, left={"B": ["a b", "b"], "A": ["-"]})
    assert result.explaining == ()
    assert result.concepts_for("A") == ()
    assert result.concepts_for("B") == ("nash",)
    assert str(result.explain()).splitlines() == [
        "No concept alone explains all that was seen up to the state with nothing in force; of 6 observations Nash "
        "explains 4, GMR 4, SMR 4, SEQ 4 and SSEQ 4.",
        "That everybody stayed there is explained by Nash, GMR, SMR, SEQ and SSEQ; the moves before are not.",
        "That A stayed in the state with “a” and “b” in force, with a better state within its reach, is explained by "
        "GMR, SMR, SEQ and SSEQ, not by Nash.",
        "That B did not stay in the state with “a” and “b” in force is explained by Nash, not by GMR, SMR, SEQ and "
        "SSEQ.",
        "That A did not stay there is explained by no concept asked for.",
        "No concept alone explains all that A did.",
        "All that B did is explained by Nash.",
        CAVEAT,
    ]


def shared() -> Case:
    """A and B take j together, and either can end it."""
    return case_of(
        [party("A"), party("B")],
        [measure("j", "AB", {"A": 1, "B": -1}), measure("a", "A", {"A": -1})],
    )


def test_steps_that_count_for_nobody() -> None:
    lines = said(shared(), ["-", "j", "-"])
    assert lines[1:3] == [
        "A and B moved in common, taking “j”: no improvement for B; it says nothing of what each would do alone.",
        "That ending “j” was done by A or B cannot be told apart, so it counts for nobody.",
    ]
    glad = case_of([party("A"), party("B")], [measure("j", "AB", {"A": 1, "B": 1})])
    assert said(glad, ["-", "j"])[1] == (
        "A and B moved in common, taking “j”: an improvement for all of them; it says nothing of what each would do "
        "alone."
    )


def test_table_and_json() -> None:
    result = analyse_behaviour(shared(), path=["-", "j", "a j"], concepts=["nash"])
    assert result.to_frame().to_dict("records") == [
        {
            "party": "A",
            "number": 2,
            "state": "j",
            "deed": "leaves",
            "target": "j a",
            "improvements": 0,
            "improves": False,
            "nash": False,
        },
        {
            "party": "A",
            "number": 4,
            "state": "j a",
            "deed": "stays",
            "target": "",
            "improvements": 1,
            "improves": None,
            "nash": False,
        },
        {
            "party": "B",
            "number": 4,
            "state": "j a",
            "deed": "stays",
            "target": "",
            "improvements": 1,
            "improves": None,
            "nash": False,
        },
    ]
    document = result.to_dict()
    assert document["path"] == [0, 1, 3]
    assert document["uncounted"] == [
        {"origin": 0, "target": 1, "movers": [["A", "B"]], "improves": {"A": True, "B": False}}
    ]
    assert document["observations"] == [
        {
            "party": "A",
            "state": 1,
            "deed": "leaves",
            "target": 3,
            "improvements": 0,
            "improves": False,
            "agrees": {"nash": False},
        },
        {
            "party": "A",
            "state": 3,
            "deed": "stays",
            "target": None,
            "improvements": 1,
            "improves": None,
            "agrees": {"nash": False},
        },
        {
            "party": "B",
            "state": 3,
            "deed": "stays",
            "target": None,
            "improvements": 1,
            "improves": None,
            "agrees": {"nash": False},
        },
    ]
    assert document["explaining"] == []
    assert document["parties"] == {"A": [], "B": []}
    assert document["parameters"] == {"path": ["-", "j", "j a"], "concepts": ["nash"]}


def test_picture() -> None:
    ax = analyse_behaviour(pair(), path=["a b"]).plot()
    assert {label.get_text() for label in ax.get_yticklabels()} >= {"A", "B"}


@pytest.mark.parametrize(
    ("path", "options", "message"),
    [
        ([], {}, "no state was seen; state at least the one where everybody stayed"),
        (["-", "a b"], {}, "nobody can move from '-' to 'a b' in one move; state the states in between"),
        (["-", "-"], {}, "nobody can move from '-' to '-' in one move; state the states in between"),
        (["c"], {}, "unknown measure 'c' in the state 'c' (the case has: a, b)"),
        (["-"], {"stayed": {"C": ["-"]}}, "unknown party 'C' (the case has: A, B)"),
        (["-"], {"concepts": ["nasch"]}, "unknown concept 'nasch' (there are: nash, gmr, smr, seq, sseq)"),
    ],
)
def test_what_is_refused(path: list[str], options: dict[str, Any], message: str) -> None:  # Any: options
    with pytest.raises(OptionError) as error:
        analyse_behaviour(pair(), path=path, **options)
    assert str(error.value) == message


def test_stopping() -> None:
    def stop(event: ProgressEvent) -> None:
        raise Cancelled(event.task)

    with pytest.raises(Cancelled, match="behaviour"):
        analyse_behaviour(pair(), path=["-"], progress=stop)
