"""Groups of bars, each with the interval that its value lies in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.display.style import INK, MUTED, SMALL, TEXT, as_label, look_of, own_axes, tidy_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT_OF_BAR = 0.19
"""Inches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar; the ends of its interval are drawn where they differ."""

    label: str
    value: float
    low: float
    high: float


def draw_bars(groups: Mapping[str, Sequence[Bar]], *, title: str, ax: Axes | None = None) -> Axes:
    """Draw bars in groups, one below the other, with a legend of what the bars of a group are.

    Parameters
    ----------
    groups : mapping from label to sequence of Bar
        All groups have bars of the same labels, in the same order.
    title : str
        What the bars measure.
    """
    series = [bar.label for bar in next(iter(groups.values()), ())]
    n_series = max(len(series), 1)
    if ax is None:
        longest = max((len(label) for label in groups), default=0)
        inside = len(groups) * (n_series * HEIGHT_OF_BAR + 0.14)
        ax = own_axes(
            inside + 0.6 + 0.2 * n_series, left=0.3 + 0.075 * longest, right=0.5, top=0.3, bottom=0.3 + 0.2 * n_series
        )
    thickness = 0.84 / n_series
    for place, bars in enumerate(groups.values()):
        for number, bar in enumerate(bars):
            look = look_of(number)
            y = place - 0.42 + thickness * (number + 0.5)
            ax.barh(
                y,
                bar.value,
                height=thickness * 0.86,
                color=look.color,
                hatch=look.hatch,
                edgecolor="white",
                linewidth=0.4,
                label=as_label(bar.label) if place == 0 else None,
            )
            high = bar.high if math.isfinite(bar.high) else bar.value
            low = bar.low if math.isfinite(bar.low) else bar.value
            is_open = high - low > 1e-9
            if is_open:
                ax.plot([low, high], [y, y], color=INK, linewidth=1.0, marker="|", markersize=6)
            end = max(high, bar.value, 0.0) if bar.value >= 0.0 else min(low, bar.value)
            ax.annotate(
                f"{bar.value:.3g}".replace("-", "−"),
                xy=(end, y),
                xytext=(3 if bar.value >= 0.0 else -3, 0),
                textcoords="offset points",
                ha="left" if bar.value >= 0.0 else "right",
                va="center",
                fontsize=SMALL,
                color=INK,
            )
    tidy_axes(ax, keep=("bottom",))
    ax.margins(x=0.12)
    ax.set_yticks(range(len(groups)), [as_label(label) for label in groups])
    ax.tick_params(axis="y", labelsize=TEXT, labelcolor=INK)
    ax.set_ylim(max(len(groups), 1) - 0.5, -0.5)
    ax.axvline(0.0, color=MUTED, linewidth=0.8)
    ax.set_title(as_label(title), fontsize=TEXT, color=MUTED, loc="left")
    if series:
        ax.legend(
            loc="upper left",
            bbox_to_anchor=(0.0, -0.3 / max(len(groups) * (n_series * HEIGHT_OF_BAR + 0.14), 0.3)),
            frameon=False,
            fontsize=SMALL,
            borderaxespad=0.0,
        )
    return ax
