"""`detente show` tells every part of what parties prefer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from typer.testing import Result

Run = Callable[..., Result]

CASE = """
detente: 1
parties: {p: , q: , r: }
measures:
  a: {by: [p]}
  b: {by: [q]}
preferences:
  p: {statements: [[a, {when: b, weight: 2}], not b], strong: [[a, not a]]}
  q: {weights: {a: 1, b: [0, 1, 2]}, unknown: [[a, b], [a, not a]], strong: 2.5}
  r: {unknown: all, strong: []}
"""


def test_orders_what_is_unknown_and_what_is_strong_are_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(CASE)
    shown = run("show", str(tmp_path)).stdout
    assert shown[shown.index("Ordinal preferences") :].splitlines() == [
        "Ordinal preferences",
        "party  preference",
        "-----  -------------------------------------------------------------------------",
        "p      a + 2 × (b); not b; strong: a over not a",
        "q      1 × a; 0..1..2 × b; unknown: a against b, a against not a; strong: from a",
        "       difference of 2.5",
        "r      unknown: all",
    ]


def test_of_a_graph_the_states_are_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text(
        "detente: 1\nparties: {p: }\ngraph: {states: [s, t, u], moves: {p: [[s, t]]}, ranks: {p: [1, 2, 3]}}\n"
        "preferences: {p: {unknown: [[s, [t, u]]], strong: [1, 2]}}\n"
    )
    shown = run("show", str(tmp_path)).stdout
    assert "p      unknown: s against t or u; strong: from a difference of 1, from a" in shown
