"""What makes verdicts differ, in sentences."""

from dataclasses import replace
from pathlib import Path

import pytest

from detente import change_case, compare_cases, read_case
from detente.analysis.roadmap import Comparison, VerdictChange
from detente.analysis.roadmap.attribution import explain_comparison, format_value
from detente.casefile.differences import Difference

BORDER = Path(__file__).parents[3] / "cases" / "border.yaml"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "unstated"),
        (True, "true"),
        (0.1234567, "0.123457"),
        (3, "3"),
        ([0.5, 1, 2], "0.5..1..2"),
        (["north", "south"], "north south"),
        ([], "nothing"),
        ([["pay"], ["withdraw"]], "stated"),
        ({"by": ["north"]}, "stated"),
        ("pay and withdraw", "pay and withdraw"),
        ("x" * 41, "stated"),
    ],
)
def test_values_are_brief(value: object, text: str) -> None:
    assert format_value(value) == text


@pytest.fixture
def comparison() -> Comparison:
    case = read_case(BORDER)
    return compare_cases(case, change_case(case, {"measures.withdraw.value.north": -1.2}))


def _difference(number: int) -> Difference:
    return Difference(place=f"p{number}", before=number, after=-number, steps=(f"p{number}",))


def _told(change: VerdictChange, number: int) -> list[str]:
    places = {f"p{i}": _difference(i) for i in range(1, number + 1)}
    return [sentence.text for sentence in explain_comparison([change], places)]


def test_trust_that_none_suffices_any_more(comparison: Comparison) -> None:
    change = comparison.verdicts[0]
    change = replace(change, after=replace(change.after, trust=None), alone=("p1",))
    assert _told(change, 1) == [
        "“At once” still holds, but no trust, however great, suffices any more.",
        "All of it is through the only difference: p1 (1 → -1).",
    ]


def test_trust_that_suffices_where_none_did(comparison: Comparison) -> None:
    change = comparison.verdicts[0]
    change = replace(change, before=replace(change.before, trust=None), after=replace(change.after, trust=0.4))
    assert _told(replace(change, alone=("p1", "p2"), needed=("p3",)), 3) == [
        "“At once” still holds, but 40% trust suffices, where before none did.",
        "Each of these alone makes it so: p1 (1 → -1) and p2 (2 → -2).",
        "It would not be so without p3 (3 → -3).",
    ]


def test_many_differences_are_not_all_named(comparison: Comparison) -> None:
    smallest = tuple(f"p{number}" for number in range(1, 9))
    change = replace(comparison.verdicts[0], alone=(), needed=(), smallest=smallest)
    assert _told(change, 9)[1] == (
        "No difference alone makes it so, but these 8 together do, and none of them can be left out (an "
        "inclusion-minimal set): p1 (1 → -1), p2 (2 → -2), p3 (3 → -3), p4 (4 → -4), p5 (5 → -5), p6 (6 → -6) "
        "and 2 more."
    )


def test_nothing_found_is_said(comparison: Comparison) -> None:
    change = replace(comparison.verdicts[0], alone=(), needed=())
    assert _told(change, 2)[1] == "No set of differences was found that makes it so."
