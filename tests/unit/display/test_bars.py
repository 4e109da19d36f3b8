"""Groups of bars: what they say in words, intervals, and that the same numbers give the same bytes."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from detente.display.bars import Bar, draw_bars
from detente.display.svg import figure_to_svg

GROUPS = {
    "North": [
        Bar(label="lost without it", value=2.0, low=2.0, high=2.0),
        Bar(label="Shapley value", value=0.5, low=0.25, high=1.0),
    ],
    "A country with a long name": [
        Bar(label="lost without it", value=-0.75, low=-0.75, high=-0.75),
        Bar(label="Shapley value", value=-0.1, low=-0.2, high=math.inf),
    ],
}


def svg_of(ax: Axes) -> str:
    figure = ax.figure
    assert isinstance(figure, Figure)
    return figure_to_svg(figure)


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314  # our own picture
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def test_bars_name_their_groups_what_they_are_and_their_values() -> None:
    found = texts(svg_of(draw_bars(GROUPS, title="what is at stake")))
    assert {"North", "A country with a long name", "lost without it", "Shapley value", "what is at stake"} <= set(found)
    assert {"2", "0.5", "−0.75", "−0.1"} <= set(found)


def test_bars_stand_in_the_order_given_from_the_top() -> None:
    ax = draw_bars(GROUPS, title="stakes")
    assert [label.get_text() for label in ax.get_yticklabels()] == list(GROUPS)
    bottom, top = ax.get_ylim()
    assert bottom > top
    widths = [bar.get_width() for container in ax.containers for bar in container]
    assert widths == pytest.approx([2.0, 0.5, -0.75, -0.1])


def test_an_interval_is_drawn_where_it_is_open_and_has_ends() -> None:
    ax = draw_bars(GROUPS, title="stakes")
    drawn = [np.asarray(line.get_xdata(), dtype=np.float64).tolist() for line in ax.lines]
    assert [0.25, 1.0] in drawn
    assert [-0.2, -0.1] in drawn  # what has no end is drawn up to its value
    assert len([line for line in drawn if line[0] != line[1]]) == 2


def test_nothing_draws_nothing() -> None:
    ax = draw_bars({}, title="stakes")
    assert ax.get_legend() is None


def test_bars_go_into_axes_that_are_given() -> None:
    given = Figure().add_subplot()
    assert draw_bars(GROUPS, title="stakes", ax=given) is given


def test_the_same_bars_are_the_same_bytes() -> None:
    assert svg_of(draw_bars(GROUPS, title="stakes")) == svg_of(draw_bars(GROUPS, title="stakes"))
