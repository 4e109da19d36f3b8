"""A roadmap as a timeline: what is taken when and by whom, and how tight every stage is.

Measures stand one below the other, grouped by stage, so that a stage of one month is as legible as one of two years.
The block of a measure shows the stage in which it is taken, the thin line after it that it stays in force.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.display.prose import count_noun
from detente.display.style import (
    BAND,
    FAILS_INK,
    HOLDS_INK,
    INK,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    Look,
    as_label,
    format_margin,
    look_of,
    own_axes,
    tidy_axes,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABELS = 3.3
"""Inches for the labels left of the axes."""
LINE = 10.5
"""Height of a line of text, in points."""
BLOCK = 8.0
"""Height of a measure's block, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineMeasure:
    """A measure in a timeline: its label and the names of its owners."""

    label: str
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStage:
    """A stage in a timeline.

    Parameters
    ----------
    duration : int
        Length in periods.
    margin : float
        Least margin of the stage.
    tightest : str
        Name of the party whose margin that is.
    """

    duration: int = field(metadata={"unit": "periods"})
    measures: tuple[TimelineMeasure, ...]
    margin: float = field(metadata={"unit": "own value units per period"})
    tightest: str


@dataclass(frozen=True, slots=True)
class _Text:
    """A line of the column of labels."""

    y: float
    text: str
    color: str
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class _Bar:
    y: float
    start: int
    stop: int
    owners: tuple[str, ...]


@dataclass(slots=True)
class _Sheet:
    """What is where, in points from the top and periods from the start."""

    texts: list[_Text] = field(default_factory=list)
    bars: list[_Bar] = field(default_factory=list)
    bands: list[tuple[float, float, int, int]] = field(default_factory=list)
    height: float = 0.0

    def line(self, text: str, color: str, size: float, *, bold: bool = False) -> None:
        self.texts.append(_Text(self.height + LINE / 2, text, color, size, bold))
        self.height += LINE

    def add_measure(self, measure: TimelineMeasure, start: int, stop: int) -> None:
        top = self.height
        for part in textwrap.wrap(as_label(measure.label), 44) or [""]:
            self.line(part, INK, TEXT)
        for part in textwrap.wrap(as_label(", ".join(measure.owners)), 52):
            self.line(part, MUTED, SMALL)
        self.bars.append(_Bar((top + self.height) / 2, start, stop, measure.owners))
        self.height += 3.0


def _lay_out(stages: Sequence[TimelineStage], unit: str) -> _Sheet:
    sheet = _Sheet()
    start = 0
    for number, stage in enumerate(stages, start=1):
        stop = start + stage.duration
        top = sheet.height
        sheet.height += 4.0
        sheet.line(f"Stage {number}, {count_noun(stage.duration, as_label(unit))}", INK, TEXT, bold=True)
        for measure in stage.measures:
            sheet.add_measure(measure, start, stop)
        holds = stage.margin >= 0.0
        sheet.line(
            f"{'✓' if holds else '✗'} least margin {format_margin(stage.margin)}, {as_label(stage.tightest)}",
            HOLDS_INK if holds else FAILS_INK,
            SMALL,
        )
        sheet.height += 4.0
        sheet.bands.append((top, sheet.height, start, stop))
        start = stop
    return sheet


def _draw_bar(ax: Axes, bar: _Bar, looks: dict[str, Look], end: int) -> None:
    from matplotlib.patches import Rectangle

    if end > bar.stop:
        ax.plot([bar.stop, end], [bar.y, bar.y], color=MUTED, linewidth=1.6, solid_capstyle="butt", alpha=0.55)
    strip = BLOCK / len(bar.owners) if bar.owners else BLOCK
    for place, owner in enumerate(bar.owners):
        look = looks[owner]
        ax.add_patch(
            Rectangle(
                (bar.start, bar.y - BLOCK / 2 + place * strip),
                bar.stop - bar.start,
                strip,
                facecolor=look.color,
                edgecolor=PAPER,
                linewidth=0.0,
                hatch=look.hatch if len(bar.owners) == 1 else "",
            )
        )


def legend_columns(owners: Sequence[str]) -> int:
    """One for each owner if all fit into a line, else as many as the longest leaves room for; a column at least."""
    widths = [32.0 + 0.62 * SMALL * len(owner) for owner in owners]
    if sum(widths) <= WIDTH * POINTS:
        return max(1, len(owners))
    return max(1, int(WIDTH * POINTS / max(widths)))


def draw_timeline(
    stages: Sequence[TimelineStage],
    *,
    owners: Sequence[str] = (),
    unit: str = "period",
    ax: Axes | None = None,
) -> Axes:
    """Draw a roadmap as a timeline.

    Parameters
    ----------
    stages : sequence of TimelineStage
        In their order.
    owners : sequence of str, optional
        All owners, in the order that fixes their colours, so that several timelines agree.
    unit : str
        What a period is called.
    ax : Axes, optional
        Where to draw, with room for labels at its left; in a figure of its own unless given.
    """
    from matplotlib.patches import Patch, Rectangle
    from matplotlib.ticker import MaxNLocator

    shown = list(dict.fromkeys(owner for stage in stages for measure in stage.measures for owner in measure.owners))
    order = list(dict.fromkeys([*owners, *shown]))
    looks = {owner: look_of(number) for number, owner in enumerate(order)}
    sheet = _lay_out(stages, unit)
    columns = legend_columns(shown)
    legend_rows = -(-len(shown) // columns)
    if ax is None:
        top = 0.12 + 0.17 * legend_rows
        ax = own_axes(sheet.height / POINTS + top + 0.42, left=LABELS, right=0.15, top=top, bottom=0.42)
    end = sum(stage.duration for stage in stages)
    for top, bottom, start, stop in sheet.bands:
        ax.add_patch(Rectangle((start, top), stop - start, bottom - top, facecolor=BAND, linewidth=0, zorder=0))
        ax.axhline(bottom, color=RULE, linewidth=0.8, zorder=0)
    for bar in sheet.bars:
        _draw_bar(ax, bar, looks, end)
    tidy_axes(ax, keep=("bottom",))
    ax.set_xlim(0, end)
    ax.set_ylim(sheet.height, 0.0)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 3, 6, 10]))
    ax.set_xlabel(f"{as_label(unit)}s from the start", fontsize=SMALL, color=MUTED)
    for text in sheet.texts:
        ax.annotate(
            text.text,
            xy=(0.0, text.y),
            xycoords=("axes fraction", "data"),
            xytext=(-LABELS * POINTS + 4, 0.0),
            textcoords="offset points",
            va="center",
            fontsize=text.size,
            fontweight="bold" if text.bold else "normal",
            color=text.color,
            annotation_clip=False,
        )
    keys = [
        Patch(
            facecolor=looks[owner].color,
            edgecolor=PAPER,
            linewidth=0.0,
            hatch=looks[owner].hatch,
            label=as_label(owner),
        )
        for owner in order
        if owner in shown
    ]
    if keys:
        legend = ax.figure.legend(
            handles=keys,
            loc="upper left",
            bbox_to_anchor=(0.0, 1.0),
            ncols=columns,
            frameon=False,
            fontsize=SMALL,
            borderaxespad=0.0,
            handlelength=1.6,
        )
        for label in legend.get_texts():
            label.set_color(INK)
    return ax
