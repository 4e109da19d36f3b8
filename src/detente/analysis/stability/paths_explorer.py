"""States and moves about the paths from a state: as nodes and edges, and as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.stability.joint_moves import members_of
from detente.conflict import Conflict
from detente.kernel.conflict import ProductConflict, coalition_arcs
from detente.kernel.system import BoolArray, IntArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from detente.analysis.stability.paths import StatusQuoAnalysis

MOST_EXPLORED = 200
"""States in the data for a path explorer."""
MOST_DRAWN = 60
"""States in a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstMoves:
    """What a party, or several together, can do from a state in one move.

    Parameters
    ----------
    movers : tuple of str
        Who moves.
    n_moves, n_improvements : int
        To how many states, and to how many that each of them prefers.
    """

    movers: tuple[str, ...]
    n_moves: int
    n_improvements: int


def _moves_from(conflict: Conflict, source: int, among: IntArray) -> Iterator[tuple[int, IntArray]]:
    """Yield who can move from a state to some of the states given, as a mask of parties, and to which."""
    form = conflict.form
    if not isinstance(form, ProductConflict):
        for members, arcs in coalition_arcs(form, (1 << form.n_parties) - 1):
            targets = arcs.target[arcs.start[source] : arcs.start[source + 1]].astype(np.int64)
            yield members, targets[np.isin(targets, among)]
        return
    here = form.masks[source]
    flipped = form.masks[among] ^ here
    for party, (takes, ends) in enumerate(zip(form.takes, form.ends, strict=True)):
        free = (takes & ~here) | (ends & here)
        yield 1 << party, among[(flipped != 0) & (flipped & ~free == 0)]
    for move in form.common:
        bit = np.uint64(1 << move.measure).astype(np.int64)
        if ((here & bit) == 0) == move.takes:
            yield move.coalition, among[flipped == bit]


def improving(conflict: Conflict, members: int, source: int, targets: IntArray) -> BoolArray:
    """Tell which of some states all members of a coalition, a mask of parties, prefer to another."""
    inside = [party for party in range(len(conflict.parties)) if members >> party & 1]
    ranks = conflict.form.rank[inside]
    return np.asarray((ranks[:, targets] > ranks[:, [source]]).all(axis=0), dtype=np.bool_)


def count_first_moves(conflict: Conflict, source: int) -> tuple[FirstMoves, ...]:
    """Count what everybody, and every coalition with a move in common, can do from a state; who cannot move is out."""
    reached: dict[int, set[int]] = {}
    better: dict[int, set[int]] = {}
    for members, targets in _moves_from(conflict, source, np.arange(conflict.n_states)):
        if targets.size:
            reached.setdefault(members, set()).update(targets.tolist())
            better.setdefault(members, set()).update(targets[improving(conflict, members, source, targets)].tolist())
    return tuple(
        FirstMoves(movers=members_of(conflict, members), n_moves=len(targets), n_improvements=len(better[members]))
        for members, targets in reached.items()
    )


def choose_states(result: StatusQuoAnalysis, most: int, *, with_moves: bool = True) -> list[int]:
    """Return all states if they are so many at most, else the nearest that matter.

    These are the start, what lies on the paths told, what improvements reach and, if asked, what moves reach.
    """
    if result.conflict.n_states <= most:
        return list(range(result.conflict.n_states))
    chosen = [result.start]
    for path in result.paths:
        chosen += [move.target for move in path.moves]
    searches = [result.improvements, result.moves] if with_moves else [result.improvements]
    for found in searches:
        near = np.flatnonzero(found.n_moves > 0)
        chosen += near[np.argsort(found.n_moves[near], kind="stable")][:most].tolist()
    return sorted(list(dict.fromkeys(chosen))[:most])


def _edges_among(conflict: Conflict, states: list[int]) -> Iterator[tuple[int, int, int, bool]]:
    """Yield the moves between some states: from, to, who moves, and whether it improves."""
    among = np.array(states, dtype=np.int64)
    for source in states:
        for members, targets in _moves_from(conflict, source, among):
            flags = improving(conflict, members, source, targets)
            for target, is_better in zip(targets.tolist(), flags.tolist(), strict=True):
                yield source, target, members, is_better


def explore(result: StatusQuoAnalysis, most: int) -> dict[str, object]:
    """Return nodes and edges; see `StatusQuoAnalysis.explorer`."""
    conflict, states = result.conflict, choose_states(result, most)
    ids = conflict.masks

    def step(n_moves: int) -> int | None:
        return n_moves if n_moves >= 0 else None

    return {
        "nodes": [
            {
                "id": int(ids[state]),
                "number": state + 1,
                "label": conflict.label(state),
                "step": step(int(result.moves.n_moves[state])),
                "improvement_step": step(int(result.improvements.n_moves[state])),
                "measures": list(conflict.in_force(state)),
                "equilibria": list(result.concepts_of(state)),
                "start": state == result.start,
            }
            for state in states
        ],
        "edges": [
            {
                "from": int(ids[source]),
                "to": int(ids[target]),
                "by": list(members_of(conflict, members)),
                "improvement": is_better,
            }
            for source, target, members, is_better in sorted(set(_edges_among(conflict, states)))
        ],
        "states": conflict.n_states,
        "complete": len(states) == conflict.n_states,
    }


def draw_paths(result: StatusQuoAnalysis, most: int, ax: Axes | None = None) -> Axes:
    """Draw states in layers by the number of moves to them.

    Up to so many states are drawn with all improvements; of more, the paths told and what improvements reach, with
    those improvements that lead away from the start.
    """
    from detente.display.state_graph import StateEdge, StateNode, draw_state_graph
    from detente.display.style import MUTED, TEXT

    conflict, states = result.conflict, choose_states(result, most, with_moves=False)
    is_whole = len(states) == conflict.n_states
    steps = result.moves.n_moves
    last = int(steps[states].max(initial=0)) + 1
    nodes = [
        StateNode(
            label=conflict.label(state) if conflict.is_graph else str(state + 1),
            layer=int(steps[state]) if steps[state] >= 0 else last,
            is_stable=bool(result.concepts_of(state)),
            is_start=state == result.start,
        )
        for state in states
    ]
    place = {state: number for number, state in enumerate(states)}
    further = result.improvements.n_moves
    movers: dict[tuple[str, ...], int] = {}
    edges = {}
    for source, target, members, is_better in sorted(set(_edges_among(conflict, states))):
        if is_better and (is_whole or further[target] == further[source] + 1 > 0):
            mover = movers.setdefault(members_of(conflict, members), len(movers))
            edges[source, target, mover] = True
    known = {(source, target) for source, target, _ in edges}
    for path in result.paths:
        for move in path.moves:
            if {move.source, move.target} <= set(place) and (move.source, move.target) not in known:
                edges[move.source, move.target, movers.setdefault(move.movers, len(movers))] = False
    ax = draw_state_graph(
        nodes,
        [
            StateEdge(origin=place[source], target=place[target], mover=mover, improves=improves)
            for (source, target, mover), improves in edges.items()
        ],
        [" with ".join(conflict.case.party(party).name for party in who) for who in movers],
        ax,
    )
    if result.start != conflict.status_quo:
        ax.set_title("states stable for all are filled; the start is ringed", fontsize=TEXT, color=MUTED, loc="left")
    return ax
