"""An agreement under way: what was planned, what has happened, what is to come, and where now is.

Measures stand one below the other, grouped by stage, as in a timeline.  A filled block shows when a measure was in
force, a diamond when it was due, a cross where it was lost; an outlined block shows the stage in which it is to come.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

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
    Look,
    as_label,
    look_of,
    own_axes,
    tidy_axes,
)
from detente.display.timeline import BLOCK, LABELS, LINE, legend_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseMeasure:
    """A measure in the course of an agreement.

    Parameters
    ----------
    in_force : tuple of (int, int or None)
        When it was in force: from, and until when; None if it still is.
    coming : (int, int) or None
        The stage in which it is to come: from, and until when.
    """

    label: str
    owners: tuple[str, ...]
    in_force: tuple[tuple[int, int | None], ...] = field(default=(), metadata={"unit": "period"})
    coming: tuple[int, int] | None = field(default=None, metadata={"unit": "period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseStage:
    """A stage in the course of an agreement: when it was due, how it stands, its measures.

    Parameters
    ----------
    due : int or None
        When it was to begin; None for what is no part of the plan.
    is_fine : bool or None
        Whether its note says something good; None if neither.
    """

    title: str
    note: str
    is_fine: bool | None
    due: int | None = field(metadata={"unit": "period"})
    measures: tuple[CourseMeasure, ...]


@dataclass(slots=True)
class _Sheet:
    """What is where, in points from the top."""

    texts: list[tuple[float, str, str, float, bool]] = field(default_factory=list)
    rows: list[tuple[float, CourseMeasure, int | None]] = field(default_factory=list)
    bands: list[tuple[float, float]] = field(default_factory=list)
    height: float = 0.0

    def line(self, text: str, color: str, size: float, *, bold: bool = False) -> None:
        self.texts.append((self.height + LINE / 2, text, color, size, bold))
        self.height += LINE


def _lay_out(stages: Sequence[CourseStage]) -> _Sheet:
    sheet = _Sheet()
    for stage in stages:
        top = sheet.height
        sheet.height += 4.0
        sheet.line(as_label(stage.title), INK, TEXT, bold=True)
        for measure in stage.measures:
            begin = sheet.height
            for part in textwrap.wrap(as_label(measure.label), 44) or [""]:
                sheet.line(part, INK, TEXT)
            for part in textwrap.wrap(as_label(", ".join(measure.owners)), 52):
                sheet.line(part, MUTED, SMALL)
            sheet.rows.append(((begin + sheet.height) / 2, measure, stage.due))
            sheet.height += 3.0
        color = MUTED if stage.is_fine is None else HOLDS_INK if stage.is_fine else FAILS_INK
        sign = "" if stage.is_fine is None else "✓ " if stage.is_fine else "✗ "
        for number, part in enumerate(textwrap.wrap(as_label(stage.note), 50)):
            sheet.line(f"{sign if number == 0 else ''}{part}", color, SMALL)
        sheet.height += 4.0
        sheet.bands.append((top, sheet.height))
    return sheet


def _draw_block(
    ax: Axes, y: float, start: float, stop: float, owners: Sequence[str], looks: dict[str, Look], *, is_done: bool
) -> None:
    """A block with a strip for each owner; filled for what has happened, outlined for what is to come."""
    from matplotlib.patches import Rectangle

    strip = BLOCK / max(1, len(owners))
    for place, owner in enumerate(owners):
        look = looks[owner]
        ax.add_patch(
            Rectangle(
                (start, y - BLOCK / 2 + place * strip),
                stop - start,
                strip,
                facecolor=look.color if is_done else PAPER,
                edgecolor=PAPER if is_done else look.color,
                linewidth=0.0 if is_done else 0.9,
                hatch=look.hatch if is_done and len(owners) == 1 else "",
            )
        )


def _draw_row(
    ax: Axes, y: float, measure: CourseMeasure, due: int | None, looks: dict[str, Look], *, now: int, end: float
) -> None:
    least = 0.006 * end  # so that what was in force for a moment is seen
    for start, stop in measure.in_force:
        last = now if stop is None else stop
        _draw_block(ax, y, start, max(last, start + least), measure.owners, looks, is_done=True)
        if stop is None:
            ax.plot([now, end], [y, y], color=MUTED, linewidth=1.6, solid_capstyle="butt", alpha=0.55)
        else:
            ax.plot([stop], [y], marker="x", color=FAILS_INK, markersize=6.0, markeredgewidth=1.6, zorder=4)
    if measure.coming is not None:
        start, last = measure.coming
        _draw_block(ax, y, start, last, measure.owners, looks, is_done=False)
        if end > last:
            ax.plot([last, end], [y, y], color=MUTED, linewidth=0.8, linestyle=(0, (1, 1.5)))
    if due is not None:
        ax.plot([due], [y], marker="D", color=PAPER, markeredgecolor=INK, markersize=4.0, markeredgewidth=0.8, zorder=3)


def draw_course(
    stages: Sequence[CourseStage],
    *,
    now: int,
    owners: Sequence[str] = (),
    unit: str = "period",
    ax: Axes | None = None,
) -> Axes:
    """Draw the course of an agreement up to now and as it is to go on.

    Parameters
    ----------
    stages : sequence of CourseStage
        In their order.
    now : int
        The period that divides what has happened from what is to come.
    owners : sequence of str, optional
        All owners, in the order that fixes their colours, so that several pictures agree.
    unit : str
        What a period is called.
    ax : Axes, optional
        Where to draw, with room for labels at its left; in a figure of its own unless given.
    """
    from matplotlib.ticker import MaxNLocator

    shown = list(dict.fromkeys(o for stage in stages for measure in stage.measures for o in measure.owners))
    order = list(dict.fromkeys([*owners, *shown]))
    looks = {owner: look_of(number) for number, owner in enumerate(order)}
    sheet = _lay_out(stages)
    height = max(sheet.height, LINE)
    columns = legend_columns(shown)
    legend_rows = -(-len(shown) // columns)
    if ax is None:
        top = 0.3 + 0.17 * legend_rows
        ax = own_axes(height / POINTS + top + 0.42, left=LABELS, right=0.15, top=top, bottom=0.42)
    moments = [now, *(stage.due for stage in stages if stage.due is not None)]
    moments += [m.coming[1] for stage in stages for m in stage.measures if m.coming is not None]
    end = 1.04 * max(1, *moments)
    for number, (top, bottom) in enumerate(sheet.bands):
        if number % 2 == 0:
            ax.axhspan(top, bottom, facecolor=BAND, linewidth=0, zorder=0)
        ax.axhline(bottom, color=RULE, linewidth=0.8, zorder=0)
    for y, measure, due in sheet.rows:
        _draw_row(ax, y, measure, due, looks, now=now, end=end)
    ax.axvline(now, color=INK, linewidth=1.0, zorder=2)
    right = now > 0.7 * end
    ax.annotate(
        f"now, {as_label(unit)} {now}",
        xy=(now, 0.0),
        xytext=(-3.0 if right else 3.0, 4.0),
        textcoords="offset points",
        ha="right" if right else "left",
        va="bottom",
        fontsize=SMALL,
        color=INK,
        annotation_clip=False,
    )
    tidy_axes(ax, keep=("bottom",))
    ax.set_xlim(0, end)
    ax.set_ylim(height, 0.0)
    ax.set_yticks([])
    ax.xaxis.set_major_locator(MaxNLocator(nbins=8, integer=True, steps=[1, 2, 3, 6, 10]))
    ax.set_xlabel(
        f"{as_label(unit)}s from the start (◇ due; filled: in force; × lost; outlined: to come)",
        fontsize=SMALL,
        color=MUTED,
    )
    _label(ax, sheet)
    _draw_legend(ax, [owner for owner in order if owner in shown], looks, columns)
    return ax


def _label(ax: Axes, sheet: _Sheet) -> None:
    for y, text, color, size, bold in sheet.texts:
        ax.annotate(
            text,
            xy=(0.0, y),
            xycoords=("axes fraction", "data"),
            xytext=(-LABELS * POINTS + 4, 0.0),
            textcoords="offset points",
            va="center",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=color,
            annotation_clip=False,
        )


def _draw_legend(ax: Axes, owners: Sequence[str], looks: dict[str, Look], columns: int) -> None:
    from matplotlib.patches import Patch

    if not owners:
        return
    keys = [
        Patch(facecolor=looks[o].color, edgecolor=PAPER, linewidth=0.0, hatch=looks[o].hatch, label=as_label(o))
        for o in owners
    ]
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
