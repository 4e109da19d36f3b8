"""The course of an agreement: what it says in words, and what it marks."""

from __future__ import annotations

import numpy as np
from matplotlib.lines import Line2D

from detente.display.course import CourseMeasure, CourseStage, draw_course
from detente.display.style import FAILS_INK, HOLDS_INK, MUTED

STAGES = (
    CourseStage(
        title="Stage 1",
        note="begun at month 2, 2 months late",
        is_fine=True,
        due=0,
        measures=(
            CourseMeasure(label="Freeze tests", owners=("North",), in_force=((2, 5), (7, None))),
            CourseMeasure(label="Talks", owners=("North", "South"), in_force=((2, None),)),
        ),
    ),
    CourseStage(
        title="Stage 2",
        note="overdue by 4 months; least margin −0.50",
        is_fine=False,
        due=6,
        measures=(CourseMeasure(label="Relief", owners=("South",), coming=(10, 14)),),
    ),
    CourseStage(
        title="Stage 3",
        note="due at month 14",
        is_fine=None,
        due=14,
        measures=(CourseMeasure(label="Peace $", owners=("South",), coming=(14, 20)),),
    ),
)


def test_stages_measures_owners_and_now_are_named() -> None:
    ax = draw_course(STAGES, now=10, owners=("South", "North"), unit="month")
    assert [(text.get_text(), text.get_color()) for text in ax.texts if "month" in text.get_text()] == [
        ("now, month 10", "#1b1f24"),
        ("✓ begun at month 2, 2 months late", HOLDS_INK),
        ("✗ overdue by 4 months; least margin −0.50", FAILS_INK),
        ("due at month 14", MUTED),
    ]
    assert r"Peace \$" in [text.get_text() for text in ax.texts]
    assert ax.get_xlabel() == "months from the start (◇ due; filled: in force; × lost; outlined: to come)"
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == ["South", "North"]


def test_what_was_in_force_is_filled_and_what_is_to_come_outlined() -> None:
    ax = draw_course(STAGES, now=10, unit="month")
    filled = [patch.get_window_extent().width for patch in ax.patches if patch.get_linewidth() == 0.0]
    outlined = [patch for patch in ax.patches if patch.get_linewidth() > 0.0]
    assert len(outlined) == 2
    assert len(filled) >= 4  # two times in force, and two owners of the talks


def places(line: Line2D) -> list[int]:
    return [int(x) for x in np.asarray(line.get_xdata())]


def test_due_lost_and_now_are_marked() -> None:
    ax = draw_course(STAGES, now=10, unit="month")
    marked = {(line.get_marker(), *places(line)) for line in ax.lines if line.get_marker() != "None"}
    assert marked == {("D", 0), ("D", 6), ("D", 14), ("x", 5)}
    assert [places(line) for line in ax.lines].count([10, 10]) == 1


def test_what_is_beside_the_plan_was_never_due() -> None:
    beside = CourseStage(
        title="Beside the roadmap",
        note="",
        is_fine=None,
        due=None,
        measures=(CourseMeasure(label="Aid", owners=("South",), in_force=((0, None),)),),
    )
    ax = draw_course((beside,), now=0, unit="month")
    assert [line.get_marker() for line in ax.lines if line.get_marker() != "None"] == []


def test_it_is_drawn_into_given_axes_and_without_anything() -> None:
    first = draw_course((), now=3)
    assert draw_course(STAGES, now=3, ax=first) is first
    assert first.get_xlim()[1] > 20
