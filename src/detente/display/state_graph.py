"""The graph of states: circles in layers, arrows for improvements as they look for each mover, thin lines for moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.display.style import HOLDS, INK, MUTED, PAPER, RULE, SMALL, TEXT, WIDTH, as_label, look_of, own_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

MOST_STATES = 200
"""More circles than this are no picture any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StateNode:
    """One state: what is written into it, the layer it stands in from the left, and how it stands out."""

    label: str
    layer: int
    is_stable: bool = False
    is_start: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateEdge:
    """A move between two states, given by their places; `mover` is a place in the list of movers."""

    origin: int
    target: int
    mover: int
    improves: bool


def _places(nodes: Sequence[StateNode]) -> list[tuple[float, float]]:
    layers: dict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        layers[node.layer].append(number)
    places = [(0.0, 0.0)] * len(nodes)
    tallest = max(len(members) for members in layers.values())
    for column, layer in enumerate(sorted(layers)):
        members = layers[layer]
        step = (tallest - 1) / max(len(members) - 1, 1) if len(members) > 1 else 0.0
        step = min(step, 2.0)
        first = (tallest - 1 - step * (len(members) - 1)) / 2
        for place, number in enumerate(members):
            # neighbours in a layer stand a little apart, so that arrows between them can be seen
            shift = 0.14 if place % 2 and len(members) > 2 else 0.0
            places[number] = (column + shift, -(first + step * place))
    return places


def _key(mover: int, name: str) -> Line2D:
    from matplotlib.lines import Line2D

    key = Line2D([], [], color=look_of(mover).color, label=as_label(name))
    key.set(linestyle=look_of(mover).dash)
    return key


def draw_state_graph(
    nodes: Sequence[StateNode], edges: Sequence[StateEdge], movers: Sequence[str], ax: Axes | None = None
) -> Axes:
    """Draw states and what leads from one to another.

    Parameters
    ----------
    nodes : sequence of StateNode
        At most `MOST_STATES`.
    edges : sequence of StateEdge
        Improvements are arrows, other moves thin lines under them.
    movers : sequence of str
        Names for the legend; the place of each decides how its arrows look.
    """
    from matplotlib.lines import Line2D as Line

    assert 0 < len(nodes) <= MOST_STATES, "the caller has seen to the number of states"
    places = _places(nodes)
    tallest = max(-y for _, y in places) + 1
    if ax is None:
        ax = own_axes(min(14.0, 1.4 + 0.42 * tallest), left=0.2, right=0.2, top=0.5, bottom=0.35)
    size = 15.0 if len(nodes) <= 40 else 9.0 if len(nodes) <= 100 else 6.0
    shown = {edge.mover for edge in edges if edge.improves}
    for edge in edges:
        (x0, y0), (x1, y1) = places[edge.origin], places[edge.target]
        if not edge.improves:
            ax.plot([x0, x1], [y0, y1], color=RULE, linewidth=0.5, zorder=1)
            continue
        look = look_of(edge.mover)
        ax.annotate(
            "",
            xy=(x1, y1),
            xytext=(x0, y0),
            zorder=2,
            arrowprops={
                "arrowstyle": "-|>",
                "color": look.color,
                "linestyle": look.dash,
                "linewidth": 0.9,
                "shrinkA": size / 2,
                "shrinkB": size / 2,
                "connectionstyle": f"arc3,rad={0.10 + 0.04 * (edge.mover % 4):.2f}",
            },
        )
    for (x, y), node in zip(places, nodes, strict=True):
        ax.plot(
            x,
            y,
            marker="o",
            markersize=size,
            markerfacecolor=HOLDS if node.is_stable else PAPER,
            markeredgecolor=INK,
            markeredgewidth=2.0 if node.is_start else 0.8,
            linestyle="none",
            zorder=3,
        )
        ax.annotate(
            as_label(node.label), xy=(x, y), ha="center", va="center", fontsize=SMALL if size > 10 else 5, color=INK,
            zorder=4,
        )  # fmt: skip
    handles = [_key(number, name) for number, name in enumerate(movers) if number in shown]
    if any(not edge.improves for edge in edges):
        handles.append(Line([], [], color=RULE, label="move without gain"))
    if handles:
        columns = max(1, min(len(handles), int(WIDTH / 1.6)))
        ax.legend(
            handles=handles, fontsize=SMALL, ncols=columns, loc="upper center", bbox_to_anchor=(0.5, 0.0), frameon=False
        )
    ax.set_title("states stable for all are filled; the status quo is ringed", fontsize=TEXT, color=MUTED, loc="left")
    ax.margins(0.08, 0.08)
    ax.set_axis_off()
    return ax
