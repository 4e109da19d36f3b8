"""Small cases for what tables come to, and short ways to ask."""

from __future__ import annotations

from detente import find_indispensable
from detente.analysis.roadmap import ReadingWorth
from detente.case import Case, Forum, Measure
from tests.oracle.hand_cases import case_of, measure, party


def base(case: Case, **options: object) -> ReadingWorth:
    [entry] = find_indispensable(case, **options).readings  # type: ignore[arg-type]  # options by name
    return entry


def said(case: Case, **options: object) -> list[str]:
    return str(find_indispensable(case, **options).explain()).splitlines()  # type: ignore[arg-type]  # as above


def forum_measure(measure_id: str, forum: str, value: dict[str, float]) -> Measure:
    return Measure(id=measure_id, name=measure_id, forum=forum, value=value)


def trio(**other: object) -> Case:
    """Each of three can give every other one 3 a period at 1 to itself; all discount by a half."""
    gifts = {i: {j: -1.0 if i == j else 3.0 for j in "ABC"} for i in "ABC"}
    return case_of(
        [party(i) for i in "ABC"],
        [measure(i.lower(), i, gifts[i]) for i in "ABC"],
        **other,
    )


def council(quota: int = 2, veto: tuple[str, ...] = ("A",)) -> Case:
    """A and B need relief by a council; C sits on it too and likes relief a little."""
    return case_of(
        [party("A"), party("B"), party("C")],
        [
            measure("a", "A", {"A": -1, "B": 4, "C": 1}),
            forum_measure("relief", "council", {"A": 3, "B": -1, "C": 1}),
        ],
        forums=(Forum(id="council", members=("A", "B", "C"), quota=quota, veto=veto, end_quota=quota, end_veto=veto),),
    )
