"""Pictures of indices and orders: what they say in words, and that the same numbers give the same bytes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import combinations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from detente.display.indices import Timing, draw_effects, draw_front_loading, draw_shifts
from detente.display.orders import OrderArrow, draw_order
from detente.display.style import own_axes
from detente.display.svg import figure_to_svg

TIMINGS = (
    Timing(label="North", gives_at=0.0, gets_at=3.0, front_loading=0.5),
    Timing(label="South", gives_at=None, gets_at=2.0, front_loading=None),
    Timing(label="East", gives_at=4.0, gets_at=4.0, front_loading=0.0),
    Timing(label="West", gives_at=1.0, gets_at=None, front_loading=None),
)


def arrow(first: int, second: int, who: str, *, strict: bool = True, heavy: bool = False) -> OrderArrow:
    return OrderArrow(first=first, second=second, who=who, is_strict=strict, in_cycle=heavy)


def all_charts() -> dict[str, Axes]:
    return {
        "timing": draw_front_loading(TIMINGS, [0, 1, 6], unit="month"),
        "one stage": draw_front_loading(TIMINGS[:1], [0]),
        "shifts": draw_shifts({"North": [-1.0, 0.0, 2.0], "South": [0.0, 0.0, 0.0]}, unit="month"),
        "effects": draw_effects({"Accounts freed": [1.0, -0.25, None], "Nothing": [0.0, 0.0, 0.0]}, ["N", "S", "E"]),
        "order": draw_order(
            ["First", "Second", "Third"],
            [arrow(0, 1, "mine", heavy=True), arrow(1, 0, "yours", heavy=True), arrow(1, 2, "mine", strict=False)],
        ),
        "no order": draw_order(["First"], []),
        "many": draw_order([f"measure {number}" for number in range(11)], [arrow(0, 10, "mine")]),
    }


def svg_of(ax: Axes) -> str:
    figure = ax.figure
    assert isinstance(figure, Figure)
    return figure_to_svg(figure)


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314  # our own picture
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def said(name: str) -> list[str]:
    return [text for text in texts(svg_of(all_charts()[name])) if not re.fullmatch(r"\d+", text)]


def test_timing_names_parties_stages_and_indices() -> None:
    assert {"North", "South", "East", "West", "months from the start; at the right: front-loading"} <= set(
        said("timing")
    )
    assert {"+0.50", "–", "stage 1", "gives, on average", "gets, on average"} <= set(said("timing"))
    assert "North" in said("one stage")


def test_shifts_are_written_with_their_signs() -> None:
    assert said("shifts") == [
        "stage 1",
        "stage 2",
        "stage 3",
        "North",
        "South",
        "−1.00",
        "+2.00",
        "change of what walking out is worth, a month, in each party's own units",
    ]


def test_effects_are_written_in_every_cell() -> None:
    found = said("effects")
    assert [text for text in found if text in {"+1.00", "−0.25", "–"}] == ["+1.00", "−0.25", "–"]
    assert {"Accounts freed", "Nothing", "N", "S", "E", "change per period, in each party's own units"} <= set(found)


def test_an_order_names_measures_and_whose_demands_they_are() -> None:
    assert set(said("order")) == {
        "First",
        "Second",
        "Third",
        "mine",
        "yours",
        "open arrowhead: the same stage will do",
        "heavy: part of a cycle, which no order meets",
    }
    assert said("no order") == ["First"]
    assert said("many") == [*(f"measure {number}" for number in range(11)), "mine"]


def test_labels_of_many_measures_stand_apart() -> None:
    labels = ["a measure with a long name that takes more than one line to write"] * 13
    ax = draw_order(labels, [arrow(0, 12, "mine")])
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    width = ax.figure.get_window_extent().width
    assert all(box.x0 >= 0.0 and box.x1 <= width for box in boxes)


def test_the_same_numbers_give_the_same_bytes() -> None:
    first, second = all_charts(), all_charts()
    for name, ax in first.items():
        assert svg_of(ax) == svg_of(second[name]), name


def test_charts_can_be_drawn_into_axes_of_the_callers() -> None:
    ax = own_axes(3.0)
    assert draw_front_loading(TIMINGS, [0, 1], ax=ax) is ax
    other = own_axes(3.0)
    assert draw_shifts({"North": [1.0]}, ax=other) is other
    third = own_axes(3.0)
    assert draw_effects({"a": [1.0]}, ["N"], ax=third) is third
    fourth = own_axes(3.0)
    assert draw_order(["a"], [], ax=fourth) is fourth
