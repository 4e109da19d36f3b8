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

RADIUS = 1.0
LABEL = 26
"""Letters of a measure's label in one line."""


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
    angle = math.pi / 2 - 2 * math.pi * number / count
    return RADIUS * math.cos(angle), RADIUS * math.sin(angle)


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
    lines = sum(key.count("\n") + 1 for key in keys) + contradicts
    if ax is None:
        top = 0.15 + 0.16 * lines
        ax = own_axes(top + 3.4 + 0.12 * max(len(measures) - 6, 0), left=0.1, right=0.1, top=top, bottom=0.1)
    count = max(len(measures), 1)
    for number, label in enumerate(measures):
        x, y = _place(number, count)
        side = 0 if abs(x) < 0.2 else 1 if x > 0 else -1
        ax.plot([x], [y], marker="o", markersize=7, color=INK, zorder=4)
        ax.annotate(
            textwrap.fill(as_label(label), LABEL),
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
                arrowstyle="-|>",
                mutation_scale=11,
                shrinkA=7,
                shrinkB=7,
                color=look.color,
                linestyle=look.dash if arrow.is_strict else (0, (1, 2)),
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
    if contradicts:
        handles.append(Line2D([], [], color=MUTED, linewidth=3.0, label="heavy: part of a cycle, which no order meets"))
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
    wide = box.width / box.height
    ax.set_xlim(-1.35 * wide if wide > 1 else -1.35, 1.35 * wide if wide > 1 else 1.35)
    ax.set_ylim(-1.35, 1.35)
    ax.set_axis_off()
    return ax
