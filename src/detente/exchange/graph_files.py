"""States and moves as GraphML and as DOT (Graphviz); whatever a label holds, the file stays well-formed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TextIO
from xml.sax.saxutils import escape, quoteattr

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The palette of Okabe and Ito, which people with colour-blindness tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")


class Edge(NamedTuple):
    """A move between states, by their numbers from 0: who moves, and whether every mover is better off."""

    source: int
    target: int
    mover: str
    improves: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphData:
    """What a graph for other programs says; F states.

    Parameters
    ----------
    title : str
        The name of the case.
    movers : tuple of str
        Who moves, several joined by ``+``.
    labels, letters : tuple of str
        Shape (F,): what each state is called, and its options as ``Y``, ``N`` and ``-``.
    ranks : mapping from party to list of int
        Shape (F,) each, the higher the better.
    equilibria : tuple of tuple of str
        Shape (F,): the concepts by which a state is stable for all.
    status_quo : int or None
        Where the conflict starts.
    edges : tuple of Edge
        The moves.
    """

    title: str
    movers: tuple[str, ...]
    labels: tuple[str, ...]
    letters: tuple[str, ...]
    ranks: Mapping[str, list[int]]
    equilibria: tuple[tuple[str, ...], ...]
    status_quo: int | None
    edges: tuple[Edge, ...]


def _xml(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


def write_graphml(data: GraphData, stream: TextIO) -> None:
    """Write a graph as GraphML 1.0, one ``data`` element for each attribute."""
    stream.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    keys = [
        ("number", "node", "int"),
        ("label", "node", "string"),
        ("options", "node", "string"),
        ("equilibrium", "node", "string"),
        ("status quo", "node", "boolean"),
        *((f"rank for {party}", "node", "int") for party in data.ranks),
        ("mover", "edge", "string"),
        ("improvement", "edge", "boolean"),
    ]
    ids = {name: f"d{index}" for index, (name, *_) in enumerate(keys)}
    for name, kind, of in keys:
        attribute = quoteattr(_NO_XML.sub("\ufffd", name))
        stream.write(f'  <key id="{ids[name]}" for="{kind}" attr.name={attribute} attr.type="{of}"/>\n')
    stream.write('  <graph id="conflict" edgedefault="directed">\n')
    stream.write(f"    <desc>{_xml(data.title)}</desc>\n")
    for state, label in enumerate(data.labels):
        stream.write(f'    <node id="n{state}">')
        values = {
            "number": str(state + 1),
            "label": _xml(label),
            "options": data.letters[state],
            "equilibrium": " ".join(data.equilibria[state]),
            "status quo": str(state == data.status_quo).lower(),
            **{f"rank for {party}": str(ranks[state]) for party, ranks in data.ranks.items()},
        }
        stream.write("".join(f'<data key="{ids[name]}">{value}</data>' for name, value in values.items()))
        stream.write("</node>\n")
    for edge in data.edges:
        stream.write(
            f'    <edge source="n{edge.source}" target="n{edge.target}">'
            f'<data key="{ids["mover"]}">{_xml(edge.mover)}</data>'
            f'<data key="{ids["improvement"]}">{str(edge.improves).lower()}</data></edge>\n'
        )
    stream.write("  </graph>\n</graphml>\n")


def _quoted(*lines: str) -> str:
    r"""Quote lines for DOT, where a backslash begins an escape and an ampersand an entity."""
    safe = [
        line.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\r", " ").replace("\n", " ")
        for line in lines
    ]
    return '"' + "\\n".join(line.replace("\0", "\ufffd") for line in safe) + '"'


def write_dot(data: GraphData, stream: TextIO) -> None:
    """Write a graph for Graphviz: moves in the colour of their mover, dashed unless the mover is better off.

    A state that is stable for all by some concept has a double border, the status quo a heavy one.
    """
    colour = {mover: _COLOURS[index % len(_COLOURS)] for index, mover in enumerate(data.movers)}
    stream.write(f"digraph {_quoted(data.title)} {{\n  node [shape=ellipse];\n")
    for state, label in enumerate(data.labels):
        lines = [f"{state + 1}", *([data.letters[state]] if data.letters[state] else [])]
        known = "; ".join([label, *([f"stable: {' '.join(data.equilibria[state])}"] if data.equilibria[state] else [])])
        extra = ", peripheries=2" if data.equilibria[state] else ""
        extra += ", penwidth=3" if state == data.status_quo else ""
        stream.write(f"  n{state} [label={_quoted(*lines)}, tooltip={_quoted(known)}{extra}];\n")
    for edge in data.edges:
        style = "solid" if edge.improves else "dashed"
        stream.write(
            f"  n{edge.source} -> n{edge.target} [label={_quoted(edge.mover)}, "
            f'color="{colour[edge.mover]}", style={style}];\n'
        )
    stream.write("}\n")
