"""How pictures look: colours that survive colour blindness and grey paper, sizes of type, axes without ornament.

Colours have roles.  A picture that stands alone carries the colours below; in a page the same roles become the page's
own colours, so that pictures follow a light or a dark scheme (`detente.display.svg`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.display.prose import format_signed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#1b1f24"
MUTED = "#59636e"
RULE = "#d1d7de"
BAND = "#f3f5f7"
PAPER = "#ffffff"
HOLDS = "#d7e9f7"
FAILS = "#fbe3d6"
FAILS_INK = "#a33c00"
HOLDS_INK = "#00568a"

ROLES = {
    "ink": INK,
    "muted": MUTED,
    "rule": RULE,
    "band": BAND,
    "paper": PAPER,
    "holds": HOLDS,
    "fails": FAILS,
    "fails-ink": FAILS_INK,
    "holds-ink": HOLDS_INK,
}
"""Role -> colour; what is drawn in a role's colour follows the scheme of the page that shows it."""

SERIES = ("#0072b2", "#d55e00", "#009e73", "#b2458f", "#e69f00", "#56b4e9", "#7a6a00", "#6b6b6b")
"""Colours that are told apart with every common kind of colour blindness, after Okabe and Ito."""

HATCHES = ("", "///", "\\\\\\", "|||", "xxx", "---", "/////", "+++", "|", "\\")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
DASHES: tuple[tuple[float, tuple[float, ...] | None], ...] = (
    (0, None),
    (0, (5, 2)),
    (0, (1, 1.5)),
    (0, (6, 2, 1, 2)),
    (0, (3, 1.2)),
    (0, (8, 2, 1, 2, 1, 2)),
)

WIDTH = 7.2
"""Width of a picture in inches: a column of text on a screen or on paper."""
POINTS = 72.0
"""Points in an inch."""
SMALL = 7.5
TEXT = 8.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How one series is told from the others: never by its colour alone."""

    color: str
    hatch: str
    marker: str
    dash: tuple[float, tuple[float, ...] | None]


def look_of(number: int) -> Look:
    """Return how the series with a number, counted from 0, is drawn; no two of the first 24 look the same."""
    return Look(
        color=SERIES[number % len(SERIES)],
        hatch=HATCHES[number % len(HATCHES)],
        marker=MARKERS[number % len(MARKERS)],
        dash=DASHES[number % len(DASHES)],
    )


def format_margin(margin: float) -> str:
    """Write a margin as everywhere else, with a true minus sign."""
    return format_signed(margin).replace("-", "−")


def format_chance(chance: float, *, digits: int = 3) -> str:
    """Write a small chance as a percentage with so many significant digits: ``1.39%``."""
    return f"{100 * chance:.{digits}g}%"


def as_label(text: str) -> str:
    """Return a text as a label that is drawn as it stands: on one line, no formula, nothing that SVG cannot hold."""
    words = " ".join(text.split())
    return "".join(char for char in words if char.isprintable()).replace("$", r"\$")


def tidy_axes(ax: Axes, *, keep: Sequence[str] = ("left", "bottom")) -> None:
    """Leave of the frame only the sides named, in a quiet colour, and set the ticks in small type."""
    for side, spine in ax.spines.items():
        spine.set_visible(side in keep)
        spine.set_color(RULE)
        spine.set_linewidth(0.8)
    ax.tick_params(colors=MUTED, labelsize=SMALL, length=0, pad=4)
    ax.set_facecolor("none")


def own_axes(height: float, *, left: float = 0.6, right: float = 0.2, top: float = 0.3, bottom: float = 0.45) -> Axes:
    """Make axes in a figure of the usual width, margins and height in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), facecolor=PAPER)
    FigureCanvasAgg(figure)
    inside = (left / WIDTH, bottom / height, (WIDTH - left - right) / WIDTH, (height - bottom - top) / height)
    return figure.add_axes(inside)
