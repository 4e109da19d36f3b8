"""Pictures of what mediators look at: who gives when, where power moves, what levers outside a roadmap would do.

As in `detente.display.charts`, nothing is told by colour alone.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.display.style import (
    FAILS,
    FAILS_INK,
    HOLDS,
    HOLDS_INK,
    INK,
    MUTED,
    PAPER,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    as_label,
    format_margin,
    own_axes,
    tidy_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LETTER = 0.075
"""Inches that a letter takes, on average, in the size of text."""
ROW = 0.36
"""Inches of a party's row."""
NARROWEST = 0.62
"""Inches of the narrowest column of a matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """When a party gives and gets on average, None where there is nothing, and the index of both."""

    label: str
    gives_at: float | None = field(metadata={"unit": "periods"})
    gets_at: float | None = field(metadata={"unit": "periods"})
    front_loading: float | None


def _room(labels: Sequence[str]) -> float:
    return 0.25 + LETTER * max((len(label) for label in labels), default=0)


def _name_rows(ax: Axes, labels: Sequence[str]) -> None:
    ax.set_yticks(range(len(labels)), [as_label(label) for label in labels])
    ax.set_ylim(len(labels) - 0.5, -0.6)
    ax.tick_params(axis="y", labelsize=TEXT, labelcolor=INK)


def draw_front_loading(
    timings: Sequence[Timing], starts: Sequence[int], *, unit: str = "period", ax: Axes | None = None
) -> Axes:
    """Draw when each party gives and when it gets, with the front-loading index.

    Parameters
    ----------
    timings : sequence of Timing
        One per party.
    starts : sequence of int
        When the stages start, in periods.
    unit : str
        What a period is called.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    labels = [timing.label for timing in timings]
    if ax is None:
        ax = own_axes(0.95 + ROW * len(timings), left=_room(labels), right=0.75, top=0.45, bottom=0.42)
    last = max(starts[-1], 1)
    for number, start in enumerate(starts, start=1):
        ax.axvline(start, color=RULE, linewidth=0.8, zorder=0)
        if number == 1 or number == len(starts) or (len(starts) <= 8 and start - starts[number - 2] >= 0.03 * last):
            ax.annotate(
                f"stage {number}" if number == 1 else str(number),
                xy=(start, 1.0),
                xycoords=("data", "axes fraction"),
                xytext=(0, 2),
                textcoords="offset points",
                ha="center",
                fontsize=SMALL,
                color=MUTED,
            )
    for row, timing in enumerate(timings):
        gives, gets = timing.gives_at, timing.gets_at
        if gives is not None and gets is not None and gives != gets:
            ax.annotate(
                "",
                xy=(gets, row),
                xytext=(gives, row),
                arrowprops={"arrowstyle": "-|>", "color": MUTED, "linewidth": 1.2, "shrinkA": 4, "shrinkB": 5},
            )
        if gives is not None:
            ax.plot([gives], [row], marker="s", markersize=7, color=FAILS_INK, zorder=3)
        if gets is not None:
            ax.plot([gets], [row], marker="o", markersize=8, markerfacecolor=PAPER, color=HOLDS_INK, zorder=4)
        index = "–" if timing.front_loading is None else format_margin(timing.front_loading)
        ax.annotate(
            index,
            xy=(1.0, row),
            xycoords=("axes fraction", "data"),
            xytext=(48, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=TEXT,
            color=INK,
        )
    tidy_axes(ax, keep=("bottom",))
    ax.set_xlim(-0.03 * last, 1.03 * last)
    _name_rows(ax, labels)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    ax.set_xlabel(f"{as_label(unit)}s from the start; at the right: front-loading", fontsize=SMALL, color=MUTED)
    keys = [
        Line2D([], [], marker="s", markersize=6, color=FAILS_INK, linestyle="", label="gives, on average"),
        Line2D(
            [],
            [],
            marker="o",
            markersize=7,
            markerfacecolor=PAPER,
            color=HOLDS_INK,
            linestyle="",
            label="gets, on average",
        ),
    ]
    legend = ax.figure.legend(
        handles=keys,
        loc="upper left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=2,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0.1,
    )
    for label in legend.get_texts():
        label.set_color(INK)
    return ax


def draw_shifts(shifts: Mapping[str, Sequence[float]], *, unit: str = "period", ax: Axes | None = None) -> Axes:
    """Draw how every stage moves what each party could fall back on.

    Parameters
    ----------
    shifts : mapping from party to sequence of float
        Change of its outside option at stage 1, 2, …, in its own units; bars of one party compare with each other.
    unit : str
        What a period is called.
    """
    from matplotlib.patches import Rectangle

    n_stages = max((len(values) for values in shifts.values()), default=0)
    labels = list(shifts)
    if ax is None:
        ax = own_axes(0.75 + 0.46 * len(labels), left=_room(labels), top=0.5, bottom=0.1)
    for row, values in enumerate(shifts.values()):
        ax.axhline(row, color=RULE, linewidth=0.8, zorder=0)
        largest = max((abs(value) for value in values), default=0.0)
        for stage, value in enumerate(values, start=1):
            if abs(value) < 5e-4 or largest == 0.0:
                ax.plot([stage], [row], marker=".", markersize=3, color=MUTED)
                continue
            rises = value > 0.0
            height = 0.36 * abs(value) / largest
            ax.add_patch(
                Rectangle(
                    (stage - 0.3, row - height if rises else row),
                    0.22,
                    height,
                    facecolor=HOLDS_INK if rises else FAILS,
                    edgecolor=HOLDS_INK if rises else FAILS_INK,
                    hatch="" if rises else "/////",
                    linewidth=0.8,
                )
            )
            ax.text(
                stage - 0.02,
                row - 0.03 if rises else row + 0.06,
                format_margin(value),
                fontsize=SMALL,
                va="bottom" if rises else "top",
                color=HOLDS_INK if rises else FAILS_INK,
            )
    tidy_axes(ax, keep=())
    ax.set_xlim(0.5, n_stages + 0.5)
    _name_rows(ax, labels)
    ax.set_xticks(range(1, n_stages + 1), [f"stage {number}" for number in range(1, n_stages + 1)])
    ax.xaxis.tick_top()
    ax.set_title(
        f"change of what walking out is worth, a {as_label(unit)}, in each party's own units",
        fontsize=SMALL,
        color=MUTED,
        loc="left",
        pad=5,
    )
    return ax


def draw_effects(
    effects: Mapping[str, Sequence[float | None]],
    parties: Sequence[str],
    *,
    unit: str = "period",
    ax: Axes | None = None,
) -> Axes:
    """Draw what using each lever would do to each party.

    Parameters
    ----------
    effects : mapping from lever to one number per party
        Change per period, in the party's own units; None where it cannot be told.
    parties : sequence of str
        Labels of the columns.
    """
    from matplotlib.patches import Rectangle

    left = min(0.42 * WIDTH, _room(list(effects)))
    rows = [textwrap.fill(as_label(label), max(int((left - 0.2) / LETTER), 10)) for label in effects]
    width = max((WIDTH - left - 0.1) / max(len(parties), 1), NARROWEST)
    heads = [textwrap.fill(as_label(party), max(int(width / LETTER), 6)) for party in parties]
    heights = [0.16 * (label.count("\n") + 1) + 0.14 for label in rows]
    if ax is None:
        top = 0.45 + 0.15 * max((head.count("\n") + 1 for head in heads), default=1)
        ax = own_axes(0.1 + top + sum(heights), left=left, right=0.05, top=top, bottom=0.1)
    foot = 0.0
    middles = []
    for values, height in zip(effects.values(), heights, strict=True):
        middles.append(foot + height / 2)
        for column, value in enumerate(values):
            nothing = value is None or abs(value) < 5e-4
            tint, ink = (
                (PAPER, MUTED) if value is None or nothing else (HOLDS, HOLDS_INK) if value > 0 else (FAILS, FAILS_INK)
            )
            ax.add_patch(
                Rectangle(
                    (column + 0.03, foot + 0.02), 0.94, height - 0.04, facecolor=tint, edgecolor=RULE, linewidth=0.6
                )
            )
            word = "–" if value is None else "0" if nothing else format_margin(value)
            ax.text(column + 0.5, foot + height / 2, word, ha="center", va="center", fontsize=TEXT, color=ink)
        foot += height
    tidy_axes(ax, keep=())
    ax.set_xlim(0.0, max(len(parties), 1))
    ax.set_ylim(foot, 0.0)
    ax.set_xticks([column + 0.5 for column in range(len(parties))], heads)
    ax.xaxis.tick_top()
    ax.set_yticks(middles, rows)
    ax.tick_params(axis="both", length=0, labelsize=TEXT, labelcolor=INK)
    ax.set_title(
        f"change per {as_label(unit)}, in each party's own units", fontsize=SMALL, color=MUTED, loc="left", pad=5
    )
    return ax
