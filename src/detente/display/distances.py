"""How far each of many numbers is from where something changes: a bar each, the closest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.display.style import FAILS_INK, HOLDS_INK, INK, MUTED, SMALL, TEXT, as_label, own_axes, tidy_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT_OF_BAR = 0.24
"""Inches."""

SHORTEST = 1e-3
"""A share below this is drawn as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """One number.

    Parameters
    ----------
    share : float
        How far, relative to the number as it stands; positive.
    is_up : bool
        Whether it would have to be larger.
    note : str
        Written at the end of the bar, such as ``0.15 → 0.17``.
    """

    label: str
    share: float
    is_up: bool
    note: str


def draw_distances(distances: Sequence[Distance], *, holds: bool, ax: Axes | None = None) -> Axes:
    """Draw how far numbers are from tipping a verdict, on a scale of ratios.

    Parameters
    ----------
    distances : sequence of Distance
        In the order from the top.
    holds : bool
        The verdict as it stands; beyond the bars it is the other one.
    ax : Axes, optional
        Where to draw; in a figure of its own unless given.
    """
    if ax is None:
        longest = max((len(distance.label) for distance in distances), default=0)
        ax = own_axes(
            max(len(distances) * HEIGHT_OF_BAR, 0.4) + 0.75, left=0.3 + 0.068 * longest, right=1.5, top=0.3, bottom=0.45
        )
    color = FAILS_INK if holds else HOLDS_INK
    for place, distance in enumerate(distances):
        share = max(distance.share, SHORTEST)
        ax.barh(
            place,
            share - SHORTEST / 2,
            left=SHORTEST / 2,
            height=0.62,
            color=color,
            alpha=0.55,
            hatch="" if distance.is_up else "///",
            edgecolor="white",
            linewidth=0.4,
        )
        sign = "▲" if distance.is_up else "▼"
        ax.annotate(
            as_label(f"{sign} {distance.note}"),
            xy=(share, place),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            fontsize=SMALL,
            color=INK,
            annotation_clip=False,
        )
    tidy_axes(ax, keep=("bottom",))
    ax.set_xscale("log")
    most = max((distance.share for distance in distances), default=1.0)
    ax.set_xlim(SHORTEST / 2, max(2.0 * most, 1.0))
    ticks = [tick for tick in (0.001, 0.01, 0.1, 1.0, 10.0, 100.0, 1e4, 1e6) if tick <= max(2.0 * most, 1.0)]
    ax.set_xticks(
        ticks, [f"{tick:.1%}" if tick < 0.01 else f"{tick:.0%}" if tick <= 1.0 else f"{tick:g}×" for tick in ticks]
    )
    ax.minorticks_off()
    ax.set_yticks(range(len(distances)), [as_label(distance.label) for distance in distances])
    ax.tick_params(axis="y", labelsize=SMALL, labelcolor=INK)
    ax.set_ylim(max(len(distances), 1) - 0.5, -0.5)
    beyond = "fails" if holds else "holds"
    ax.set_title(
        as_label(f"how far from where it {beyond} (▲ more, ▼ less)"),
        fontsize=TEXT,
        color=MUTED,
        loc="left",
    )
    return ax
