"""Which measures answer a deviation (G2 to G5): who can end them, what depends on them, which come first."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from detente import evaluate_roadmap
from detente.case import Case, Forum, Measure, OnBreakdown
from detente.errors import LimitError
from detente.game import build_game
from detente.kernel import alarms, graduated
from detente.kernel.alarms import FalseAlarms
from detente.kernel.answers import choose_answers, lapsing, others_can_end
from detente.kernel.credibility import MOST_KEPT_BACK
from detente.kernel.graduated import AnswerRule, GraduatedValues
from tests.oracle.hand_cases import case_of, measure, party, term


def chosen(case: Case, in_force: Sequence[str], who: str, needed: float) -> tuple[str, str, float, bool]:
    """What is suspended, what remains, the loss, and whether that is enough; measures are one letter each."""
    game = build_game(case, [m.id for m in case.measures])
    state = game.state(in_force)[None, :]
    found = choose_answers(game.system, game.parties.index(who), state, np.array([needed]))

    def letters(columns: np.ndarray) -> str:
        return "".join(m for m, there in zip(game.measures, columns, strict=True) if there)

    return letters(found.suspended[0]), letters(found.remains[0]), float(found.loss[0]), bool(found.is_enough[0])


def others_of(case: Case, who: str) -> str:
    game = build_game(case, [m.id for m in case.measures])
    can = others_can_end(game.system, game.parties.index(who))
    return "".join(m for m, there in zip(game.measures, can, strict=True) if there)


def three(*measures: Measure, **other: object) -> Case:
    return case_of([party("A"), party("B"), party("C")], list(measures), **other)


def council(**other: object) -> Forum:
    rule = {"quota": 2, "others": 0, "veto": (), "end_quota": 2, "end_veto": (), **other}
    return Forum(id="council", members=("A", "B", "C"), **rule)  # type: ignore[arg-type]  # numbers and ids as needed


def of_council() -> Measure:
    return Measure(id="f", name="f", owners=(), forum="council", value={"A": 1})


def test_irreversible_kept_and_own_measures_cannot_be_suspended() -> None:
    case = three(
        measure("a", "A"),
        measure("b", "B"),
        measure("c", "C", irreversible=True),
        measure("d", "C", on_breakdown=OnBreakdown.KEEP),
        measure("e", "C", on_breakdown=OnBreakdown.REVERSE),
        measure("j", "AB"),
    )
    assert others_of(case, "A") == "bej"
    assert others_of(case, "B") == "aej"
    assert others_of(case, "C") == "abj"


def test_a_guarantee_against_the_party_stays() -> None:
    case = three(measure("g", "C", {"A": 2, "B": 2}, deters={"A": 1.0}))
    assert (others_of(case, "A"), others_of(case, "B")) == ("", "g")


@pytest.mark.parametrize(
    ("rule", "who", "can"),
    [
        ({}, "A", "f"),
        ({"end_quota": 3}, "A", ""),
        ({"end_quota": 3, "others": 1}, "A", "f"),
        ({"end_veto": ("A",)}, "A", ""),
        ({"end_veto": ("A",)}, "B", "f"),
    ],
)
def test_a_forums_measure_needs_a_coalition_without_the_party(rule: dict[str, object], who: str, can: str) -> None:
    assert others_of(three(of_council(), forums=(council(**rule),)), who) == can


def test_what_something_irreversible_depends_on_stays() -> None:
    case = three(
        measure("b", "B", {"A": 5}),
        measure("c", "C", {"A": 1}, irreversible=True, requires=("b",)),
        measure("d", "B", {"A": 2}),
    )
    assert chosen(case, "bcd", "A", 4) == ("d", "bc", 2, False)
    assert chosen(case, "bd", "A", 4) == ("b", "d", 5, True)


def test_what_lapses_with_a_measure_counts() -> None:
    case = three(
        measure("b", "B", {"A": 1}), measure("c", "C", {"A": 3}, requires=("b",)), measure("d", "B", {"A": 3.5})
    )
    assert chosen(case, "bcd", "A", 3.7) == ("b", "d", 4, True)
    assert chosen(case, "bcd", "A", 3.2) == ("d", "bc", 3.5, True)


def test_losses_are_counted_in_what_is_left_by_then() -> None:
    # With b and c together worth 4 beside 1 each, either alone loses 5; after that the other loses 1.
    case = three(measure("b", "B", {"A": 1}), measure("c", "C", {"A": 1}), terms=(term("A", "b and c", 4.0),))
    assert chosen(case, "bc", "A", 2) == ("b", "c", 5, True)
    assert chosen(case, "bc", "A", 5.5) == ("bc", "", 6, True)


def test_what_benefits_nobody_is_left_alone() -> None:
    case = three(measure("b", "B", {"A": -1}), measure("c", "C", {"A": 0}), measure("d", "C", {"A": 1}))
    assert chosen(case, "bcd", "A", 3) == ("d", "bc", 1, False)
    assert chosen(case, "bcd", "A", 0) == ("", "bcd", 0, True)


def test_of_equal_losses_the_first_declared_is_suspended() -> None:
    case = three(measure("b", "B", {"A": 2}), measure("c", "C", {"A": 2}), measure("d", "C", {"A": 2}))
    assert chosen(case, "bcd", "A", 2)[0] == "b"
    assert chosen(case, "bcd", "A", 3)[0] == "bc"


def test_what_requires_a_set_lapses_with_it() -> None:
    case = three(measure("a", "A"), measure("b", "A", requires=("a",)), measure("c", "A", requires=("b",)))
    game = build_game(case, "abc")
    assert lapsing(game.system, np.array([game.state("b"), game.state("a")])).tolist() == [
        [False, True, True],
        [True, True, True],
    ]


def many(n_measures: int) -> GraduatedValues:
    """One party that has given so many measures, against one of another's."""
    own = [measure(f"m{number}", "A", {"A": -0.01, "B": 1.0}) for number in range(n_measures)]
    case = case_of([party("A", 0.9), party("B", 0.9)], [*own, measure("b", "B", {"A": 5.0, "B": -0.1})])
    values = evaluate_roadmap(case, [[m.id for m in case.measures]]).roadmap.values
    return GraduatedValues(values, AnswerRule(periods=2, proportion=1.0))


def test_deviations_are_tried_in_all_combinations() -> None:
    # The ordinary model adds groups of at most eight measures up; answers do not add up.
    few = many(9)
    assert {len(row.groups) for row in few.values.deviations.rows} == {1}
    assert all(check.holds for check in few.checks())


def test_too_many_combinations_are_refused() -> None:
    with pytest.raises(LimitError) as caught:
        many(graduated.MOST_JOINT + 1)
    assert str(caught.value) == (
        "at stage 1 a party could withhold or undo 15 measures; answers to several do not add up, and 2^15 "
        "combinations are too many to try; at most 14 can be"
    )


def test_too_many_ways_of_keeping_back_are_refused() -> None:
    given = [measure(f"b{number}", "B", {"A": 1.0, "B": -0.01}) for number in range(MOST_KEPT_BACK + 1)]
    case = case_of([party("A", 0.97), party("B", 0.97)], [*given, measure("a", "A", {"A": -12.5, "B": 20.0})])
    values = evaluate_roadmap(case, [[m.id for m in case.measures]]).roadmap.values
    with pytest.raises(LimitError) as caught:
        GraduatedValues(values, AnswerRule(periods=50, proportion=1.0)).checks()
    assert str(caught.value) == (
        "an answer suspends 13 measures of one party; 2^13 ways of keeping some back are too many; at most 12 can be "
        "tried"
    )


def test_too_many_accused_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "MOST_ACCUSED", 1)
    with pytest.raises(LimitError) as caught:
        FalseAlarms(many(2))
    assert str(caught.value) == "false alarms can name 2 parties; at most 1 can be reckoned with"


def test_without_anybody_to_accuse_there_is_no_alarm() -> None:
    case = case_of([party("A", 0.9), party("B", 0.9)], [measure("a", "A", {"B": 1}, irreversible=True)])
    values = evaluate_roadmap(case, [["a"]]).roadmap.values
    costs = FalseAlarms(GraduatedValues(values, AnswerRule(periods=2, proportion=1.0))).costs(0.5)
    # In the stage itself A can be accused of having withheld a; afterwards nobody can be of anything.
    assert costs.reaches_end_breakdown == pytest.approx(0.5)
    assert costs.breakdown[1] == pytest.approx(10.0)
    assert costs.without[1] == pytest.approx(10.0)
