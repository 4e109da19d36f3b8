"""Pictures of roadmaps: margins, timelines, trust, hazards and verdicts.

Every function draws plain numbers and labels into matplotlib axes, its own or the caller's, and returns the axes.  No
window is opened and no global state of matplotlib is touched.  Nothing is told by colour alone: series differ in dash,
marker or hatching too, verdicts are spelled out.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from detente.display.style import (
    FAILS,
    FAILS_INK,
    HOLDS,
    HOLDS_INK,
    INK,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    TEXT,
    WIDTH,
    as_label,
    format_chance,
    format_margin,
    look_of,
    own_axes,
    tidy_axes,
)
from detente.display.timeline import TimelineMeasure, TimelineStage, draw_timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH_OF_LETTER = 0.078
"""Inches, on average, in the size of text."""
NONE_SUFFICES = math.inf
"""In a trust profile: no probability suffices, however close to one."""


def _spread(wanted: Sequence[float], gap: float) -> list[float]:
    """Move positions apart until neighbours are at least `gap` from each other, each as little as need be."""
    order = sorted(range(len(wanted)), key=lambda number: wanted[number])
    placed = [wanted[number] for number in order]
    for _ in range(200):
        moved = False
        for low in range(len(placed) - 1):
            lack = gap - (placed[low + 1] - placed[low])
            if lack > gap * 1e-6:
                placed[low] -= lack / 2
                placed[low + 1] += lack / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(wanted)
    for place, number in enumerate(order):
        result[number] = placed[place]
    return result


def _label_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], *, shift: float = 8.0) -> None:
    """Write labels right of the ends of lines, (x, y, label, colour), none over another."""
    height = ax.get_window_extent().height / ax.figure.dpi * POINTS
    low, high = ax.get_ylim()
    per_point = (high - low) / height
    places = _spread([y / per_point for _, y, _, _ in ends], 1.25 * TEXT)
    for (x, y, label, color), place in zip(ends, places, strict=True):
        ax.annotate(
            as_label(label),
            xy=(x, y),
            xytext=(shift, place - y / per_point),
            textcoords="offset points",
            va="center",
            fontsize=TEXT,
            color=color,
            annotation_clip=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.75, "pad": 0.5},
        )


def _room_for(labels: Sequence[str]) -> float:
    """Inches that the longest label takes at the right of a picture."""
    return 0.25 + 0.075 * max((len(label) for label in labels), default=0)


def _zero_line(ax: Axes) -> None:
    ax.axhline(0.0, color=INK, linewidth=0.9, zorder=1)
    low, high = ax.get_ylim()
    ax.axhspan(min(low, 0.0), 0.0, color=FAILS, alpha=0.45, zorder=0, linewidth=0)
    ax.set_ylim(low, high)


def draw_margins(lines: Mapping[str, Sequence[float]], ax: Axes | None = None) -> Axes:
    """Draw the least margin of every stage, one line per roadmap.

    Parameters
    ----------
    lines : mapping from label to sequence of float
        Least flow-equivalent margin of stage 1, 2, …
    ax : Axes, optional
        Where to draw; in a figure of its own unless given.
    """
    from matplotlib.ticker import MaxNLocator

    if ax is None:
        ax = own_axes(max(3.0, 0.25 + 0.2 * len(lines)), right=_room_for(list(lines)))
    ends = []
    for number, (label, margins) in enumerate(lines.items()):
        look = look_of(number)
        stages = range(1, len(margins) + 1)
        ax.plot(
            stages, margins, color=look.color, linestyle=look.dash, marker=look.marker, markersize=4.5, linewidth=1.4
        )
        ends.append((float(len(margins)), float(margins[-1]), label, look.color))
    tidy_axes(ax)
    ax.margins(x=0.03, y=0.08)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    ax.set_xlabel("stage", fontsize=TEXT, color=MUTED)
    ax.set_title("least margin per period (below zero: somebody is tempted)", fontsize=TEXT, color=MUTED, loc="left")
    _zero_line(ax)
    _label_ends(ax, ends)
    return ax


def draw_hazards(
    hazards: Sequence[float],
    margins: Sequence[float],
    *,
    own: float,
    critical: float | None = None,
    unit: str = "period",
    ax: Axes | None = None,
) -> Axes:
    """Draw the least margin over a range of chances of an outside breakdown.

    Parameters
    ----------
    hazards : sequence of float
        Chances per period, rising.
    margins : sequence of float
        Least margin at each.
    own : float
        The case's own chance, marked.
    critical : float, optional
        Where the roadmap stops holding, marked.
    """
    from matplotlib.ticker import PercentFormatter

    if ax is None:
        ax = own_axes(2.5, top=0.42)
    ax.plot(hazards, margins, color=look_of(0).color, linewidth=1.6, zorder=3)
    tidy_axes(ax)
    ax.margins(x=0.0, y=0.12)
    _zero_line(ax)
    at_own = _interpolate(hazards, margins, own)
    ax.axvline(own, color=INK, linewidth=0.9, linestyle=(0, (4, 2)), zorder=2)
    ax.plot([own], [at_own], marker="o", color=INK, markersize=5, zorder=4)
    late = own > 0.6 * hazards[-1]
    ax.annotate(
        f"this case: {format_chance(own)}",
        xy=(own, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(-5 if late else 5, 3),
        textcoords="offset points",
        ha="right" if late else "left",
        fontsize=SMALL,
        color=INK,
    )
    if critical is not None and critical <= hazards[-1]:
        ax.plot([critical], [0.0], marker="X", color=FAILS_INK, markersize=8, zorder=5, clip_on=False)
        ax.annotate(
            f"stops holding at {format_chance(critical)}",
            xy=(critical, 0.0),
            xytext=(-6 if critical > 0.6 * hazards[-1] else 6, 9),
            textcoords="offset points",
            ha="right" if critical > 0.6 * hazards[-1] else "left",
            fontsize=SMALL,
            color=FAILS_INK,
        )
    ax.xaxis.set_major_formatter(PercentFormatter(xmax=1.0, decimals=None))
    ax.set_xlabel(
        f"chance per {as_label(unit)} that the process breaks for reasons outside it", fontsize=TEXT, color=MUTED
    )
    ax.set_title("least margin", fontsize=TEXT, color=MUTED, loc="left", pad=16)
    return ax


def _interpolate(xs: Sequence[float], ys: Sequence[float], x: float) -> float:
    import numpy as np

    return float(np.interp(x, xs, ys))


def draw_trust_profile(profile: Mapping[str, Sequence[float | None]], ax: Axes | None = None) -> Axes:
    """Draw how much trust every stage asks of every party.

    Parameters
    ----------
    profile : mapping from party to sequence of float or None
        Required trust in [0, 1] at stage 1, 2, …; `NONE_SUFFICES` where no probability suffices; None where the party
        has nothing to do.
    """
    from matplotlib.patches import Rectangle

    n_stages = max((len(values) for values in profile.values()), default=0)
    if ax is None:
        ax = own_axes(0.5 + 0.36 * len(profile), left=_room_for(list(profile)), top=0.3, bottom=0.1)
    for place, values in enumerate(profile.values()):
        foot = len(profile) - 1.0 - place
        ax.axhline(foot, color=RULE, linewidth=0.8, zorder=0)
        for stage, trust in enumerate(values, start=1):
            if trust is None:
                ax.plot([stage - 0.17], [foot], marker=".", markersize=3, color=MUTED)
                continue
            hopeless = trust > 1.0
            ink = FAILS_INK if hopeless else HOLDS_INK
            ax.add_patch(
                Rectangle(
                    (stage - 0.32, foot),
                    0.3,
                    0.78 * min(trust, 1.0),
                    facecolor=FAILS if hopeless else HOLDS_INK,
                    edgecolor=ink,
                    hatch="/////" if hopeless else "",
                    linewidth=0.8,
                )
            )
            word = ("none suffices" if n_stages <= 4 else "none") if hopeless else f"{trust:.2f}" if trust else "0"
            ax.text(stage + 0.03, foot + 0.08, word, fontsize=SMALL, color=ink if hopeless else INK)
    tidy_axes(ax, keep=())
    ax.set_xlim(0.5, n_stages + 0.5)
    ax.set_ylim(-0.1, len(profile))
    ax.set_xticks(range(1, n_stages + 1), [f"stage {number}" for number in range(1, n_stages + 1)])
    ax.xaxis.tick_top()
    ax.set_yticks(
        [len(profile) - 0.65 - place for place in range(len(profile))], [as_label(party) for party in profile]
    )
    ax.tick_params(axis="y", labelsize=TEXT, labelcolor=INK)
    ax.tick_params(length=0)
    return ax


def draw_verdicts(
    margins: Mapping[str, Sequence[float]],
    holds: Mapping[str, Sequence[bool]],
    readings: Sequence[str],
    ax: Axes | None = None,
) -> Axes:
    """Draw the matrix of verdicts: one row per roadmap, one column per reading.

    Parameters
    ----------
    margins, holds : mapping from roadmap to one number or verdict per reading
        Least margin over all checks; whether the roadmap holds.
    readings : sequence of str
        Labels of the columns.
    """
    from matplotlib.patches import Rectangle

    labels = [textwrap.fill(as_label(label), 34) for label in margins]
    longest = max((len(line) for label in labels for line in label.split("\n")), default=0)
    left = 0.25 + 0.072 * longest
    per_column = (WIDTH - left) / max(len(readings), 1) / WIDTH_OF_LETTER
    heads = [textwrap.fill(as_label(reading), max(int(per_column), 8)) for reading in readings]
    if ax is None:
        top = 0.15 + 0.16 * max((head.count("\n") + 1 for head in heads), default=1)
        ax = own_axes(0.1 + top + 0.46 * len(labels), left=left, right=0.05, top=top, bottom=0.1)
    for place, roadmap in enumerate(margins):
        for column, (margin, verdict) in enumerate(zip(margins[roadmap], holds[roadmap], strict=True)):
            ax.add_patch(
                Rectangle(
                    (column + 0.03, place + 0.06),
                    0.94,
                    0.88,
                    facecolor=HOLDS if verdict else FAILS,
                    edgecolor=HOLDS_INK if verdict else FAILS_INK,
                    linewidth=1.4 if verdict else 0.6,
                    linestyle="-" if verdict else (0, (2, 2)),
                )
            )
            ax.text(
                column + 0.5,
                place + 0.36,
                "✓ holds" if verdict else "✗ does not hold",
                ha="center",
                va="center",
                fontsize=TEXT,
                fontweight="bold" if verdict else "normal",
                color=HOLDS_INK if verdict else FAILS_INK,
            )
            ax.text(
                column + 0.5, place + 0.7, format_margin(margin), ha="center", va="center", fontsize=SMALL, color=INK
            )
    tidy_axes(ax, keep=())
    ax.set_xlim(0.0, len(readings))
    ax.set_ylim(len(labels), 0.0)
    ax.set_xticks([column + 0.5 for column in range(len(readings))], heads)
    ax.xaxis.tick_top()
    ax.set_yticks([place + 0.5 for place in range(len(labels))], labels)
    ax.tick_params(axis="both", length=0, labelsize=TEXT, labelcolor=INK)
    return ax


__all__ = [
    "NONE_SUFFICES",
    "TimelineMeasure",
    "TimelineStage",
    "draw_hazards",
    "draw_margins",
    "draw_timeline",
    "draw_trust_profile",
    "draw_verdicts",
]
