"""A picture of what has to come before what: measures on a circle, an arrow from each to what comes later."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from detente.display.style import FAILS_INK, INK, MUTED, SMALL, TEXT, as_label, look_of, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL = 26
"""Letters of a measure's label in one line, where there are few."""
LONG_LABEL = 34
"""The same where there are many, whose labels must be low rather than narrow."""
FEW = 8
"""Measures up to which they stand on a circle; more stand on an oval with the same height for each."""
ROW = 0.42
"""Inches of height of each measure on an oval."""
SIDE = 2.35
"""Inches of width of the labels at each side of an oval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderArrow:
    """An arrow from a measure to one that has to come later.

    Parameters
    ----------
    first, second : int
        Places of the measures.
    who : str
        Whose demand it is: a key of the legend.
    is_strict : bool
        Whether an earlier stage is demanded; otherwise the same will do.
    in_cycle : bool
        Whether it is part of a contradiction.
    """

    first: int
    second: int
    who: str
    is_strict: bool
    in_cycle: bool


def _place(number: int, count: int) -> tuple[float, float]:
    """Where a measure stands, clockwise from the top."""
    if count <= FEW:
        angle = math.pi / 2 - 2 * math.pi * number / count
        return math.cos(angle), math.sin(angle)
    right = (count + 1) // 2
    rows = right if number < right else count - right
    row = number if number < right else count - 1 - number
    y = 1.0 - 2.0 * (row + 0.5) / rows
    x = math.sqrt(1.0 - (0.85 * y) ** 2)
    return (x if number < right else -x), y


def draw_order(measures: Sequence[str], arrows: Sequence[OrderArrow], ax: Axes | None = None) -> Axes:
    """Draw what has to come before what, contradictions with heavy arrows.

    Parameters
    ----------
    measures : sequence of str
        Labels, placed clockwise from the top.
    arrows : sequence of OrderArrow
        What is demanded; several between two measures are drawn side by side.
    """
    from matplotlib.lines import Line2D
    from matplotlib.patches import FancyArrowPatch

    who = list(dict.fromkeys(arrow.who for arrow in arrows))
    looks = {name: look_of(number) for number, name in enumerate(who)}
    keys = [textwrap.fill(as_label(name), 60) for name in who]
    contradicts = any(arrow.in_cycle for arrow in arrows)
    notes = []
    if any(not arrow.is_strict for arrow in arrows):
        notes.append(Line2D([], [], color="none", label="open arrowhead: the same stage will do"))
    if contradicts:
        notes.append(Line2D([], [], color=MUTED, linewidth=3.0, label="heavy: part of a cycle, which no order meets"))
    lines = sum(key.count("\n") + 1 for key in keys) + len(notes)
    if ax is None:
        top = 0.15 + 0.16 * lines
        height = 3.4 if len(measures) <= FEW else ROW * ((len(measures) + 1) // 2)
        ax = own_axes(top + height, left=0.1, right=0.1, top=top, bottom=0.1)
    count = max(len(measures), 1)
    for number, label in enumerate(measures):
        x, y = _place(number, count)
        side = 0 if abs(x) < 0.2 else 1 if x > 0 else -1
        ax.plot([x], [y], marker="o", markersize=7, color=INK, zorder=4)
        ax.annotate(
            textwrap.fill(as_label(label), LABEL if count <= FEW else LONG_LABEL),
            xy=(x, y),
            xytext=(9 * side, 0 if side else 9 if y > 0 else -9),
            textcoords="offset points",
            ha={0: "center", 1: "left", -1: "right"}[side],
            va="center" if side else "bottom" if y > 0 else "top",
            fontsize=TEXT,
            color=INK,
            annotation_clip=False,
            zorder=5,
        )
    drawn: dict[frozenset[int], int] = {}
    for arrow in arrows:
        pair = frozenset((arrow.first, arrow.second))
        bend = 0.12 + 0.12 * drawn.get(pair, 0)
        drawn[pair] = drawn.get(pair, 0) + 1
        look = looks[arrow.who]
        ax.add_patch(
            FancyArrowPatch(
                _place(arrow.first, count),
                _place(arrow.second, count),
                connectionstyle=f"arc3,rad={bend}",
                arrowstyle="-|>" if arrow.is_strict else "->",
                mutation_scale=11,
                shrinkA=7,
                shrinkB=7,
                color=look.color,
                linestyle=look.dash,
                linewidth=2.4 if arrow.in_cycle else 1.0,
                alpha=1.0 if arrow.in_cycle or not contradicts else 0.55,
                zorder=3 if arrow.in_cycle else 2,
            )
        )
    handles = []
    for name, key in zip(who, keys, strict=True):
        offset, dashes = looks[name].dash
        dash: Literal["-"] | tuple[float, tuple[float, ...]] = "-" if dashes is None else (offset, dashes)
        handles.append(Line2D([], [], color=looks[name].color, linestyle=dash, linewidth=1.6, label=key))
    handles += notes
    if handles:
        legend = ax.figure.legend(
            handles=handles,
            loc="upper left",
            bbox_to_anchor=(0.0, 1.0),
            frameon=False,
            fontsize=SMALL,
            borderaxespad=0.2,
        )
        for text in legend.get_texts():
            text.set_color(FAILS_INK if text.get_text().startswith("heavy") else INK)
    box = ax.get_window_extent()
    if count <= FEW:
        half = 1.35 * max(box.width / box.height, 1.0)
        ax.set_xlim(-half, half)
        ax.set_ylim(-1.35, 1.35)
    else:
        # The labels at both sides take most of the width.
        half = box.width / max(box.width - 2 * SIDE * ax.figure.dpi, 0.2 * box.width)
        ax.set_xlim(-half, half)
        ax.set_ylim(-1.02, 1.02)
    ax.set_axis_off()
    return ax
