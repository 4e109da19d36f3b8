"""Shares of levels in what a graded measure states in total."""

from __future__ import annotations

import pytest

from detente.case import Range
from detente.casefile.levels import share_of, shares


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (["25%", "50%", "100%"], (0.25, 0.25, 0.5)),
        (["10%", "40%"], (0.25, 0.75)),
        (["12.5%", "50%"], (0.25, 0.75)),
        (["50%"], (1.0,)),
        (["some", "all"], (0.5, 0.5)),
        (["50%", "25%"], (0.5, 0.5)),
        (["50%", "50%"], (0.5, 0.5)),
        (["0%", "50%"], (0.5, 0.5)),
        (["25%", "half", "100%", "more"], (0.25,) * 4),
    ],
)
def test_rising_percentages_share_by_their_steps_all_else_equally(
    labels: list[str], expected: tuple[float, ...]
) -> None:
    assert shares(labels) == expected


def test_share_of_a_range_is_a_range() -> None:
    assert share_of(Range(low=-4, mode=0, high=8), 0.25) == Range(low=-1, mode=0, high=2)
    assert share_of(3.0, 0.5) == 1.5
