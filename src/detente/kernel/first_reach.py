"""How far every state is from one state, in moves or in improvements, and by how many shortest sequences (§9).

In the product form a party's own moves are transitive, so that no shortest sequence has a party move twice in a row
and states alone need to be looked at.  All states that a party can go to and fro between lead it to the same; they are
looked at once, at the step at which the first of them is reached.  In the graph form the search runs over pairs of
state and last mover.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from detente.kernel.bits import find, make_index
from detente.kernel.coalition_reach import has_lone_common_moves
from detente.kernel.compiled import compiled
from detente.kernel.conflict import GraphConflict, Int32Array, ProductConflict, to_graph
from detente.kernel.graph_paths import PathStep, Searcher, moves_of
from detente.kernel.product_steps import expand_common, expand_party, source_of
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.progress import Reporter

TASK = "paths"


@dataclass(frozen=True, eq=False, kw_only=True)
class FirstReach:
    """How states are first reached from one of them; F states.

    Parameters
    ----------
    source : int
        Where it begins.
    n_moves : Int32Array
        Shape (F,): moves of a shortest sequence, 0 for the source; -1 where none was found.
    n_paths : FloatArray
        Shape (F,): how many shortest sequences there are, told apart by who moves and to which state; exact up to 2⁵³.
    is_complete : bool
        False if the search was stopped at a number of states.
    """

    source: int
    n_moves: Int32Array
    n_paths: FloatArray
    is_complete: bool


def first_reach_in_product(
    conflict: ProductConflict,
    source: int,
    *,
    improvements: bool = False,
    members: int | None = None,
    most_states: int | None = None,
    reporter: Reporter | None = None,
) -> FirstReach:
    """Tell in how many moves each state is first reached, on measures.

    Parameters
    ----------
    source : int
        Number of the state where it begins.
    improvements : bool
        Whether each move must be an improvement for all who make it.
    members : int, optional
        The parties that move, as a mask; all unless given.
    most_states : int, optional
        States after which no further step is begun.
    reporter : Reporter, optional
        Hears of every step; may raise `Cancelled`.

    Notes
    -----
    Breadth first.  By moves of any kind O(P·F·2ᵏ) with k one-way measures to a party at most; by improvements a set of
    states is looked at again only when a lower-ranked state of it is reached at a later step.
    """
    reporter = reporter or Reporter(None)
    everybody = (1 << conflict.n_parties) - 1
    members = everybody if members is None else members
    masks, n_states = conflict.masks, conflict.n_states
    masks_keys, places = make_index(masks)
    inside = [p for p in range(conflict.n_parties) if members >> p & 1 and (conflict.takes[p] | conflict.ends[p])]
    keys = {
        p: np.unique(masks & ~(conflict.takes[p] & conflict.ends[p]), return_inverse=True)[1].astype(np.int32)
        for p in inside
    }
    floors = {p: np.full(n_states, np.iinfo(np.int64).max, dtype=np.int64) for p in inside}
    common = [move for move in conflict.common if move.coalition & ~members == 0]
    n_moves = np.full(n_states, -1, dtype=np.int32)
    n_paths = np.zeros(n_states, dtype=np.float64)
    frontier = np.zeros(n_states, dtype=np.int64)
    n_moves[source], n_paths[source], frontier[0] = 0, 1.0, source
    first, last, step = 0, 1, 0
    while first < last < n_states and (most_states is None or last < most_states):
        reporter.report(TASK, fraction=last / n_states)
        reached = last
        for p in inside:
            reached = expand_party(
                masks,
                masks_keys,
                places,
                conflict.takes[p],
                conflict.ends[p],
                keys[p],
                floors[p],
                conflict.rank[p],
                improvements,
                step,
                n_moves,
                n_paths,
                frontier,
                first,
                last,
                reached,
            )
        for move in common:
            who = [p for p in range(conflict.n_parties) if improvements and move.coalition >> p & 1]
            reached = expand_common(
                masks,
                masks_keys,
                places,
                int(np.uint64(1 << move.measure).astype(np.int64)),
                move.takes,
                np.array(who, dtype=np.int64),
                conflict.rank,
                step,
                n_moves,
                n_paths,
                frontier,
                first,
                last,
                reached,
            )
        first, last, step = last, reached, step + 1
    return FirstReach(source=source, n_moves=n_moves, n_paths=n_paths, is_complete=first == last or last == n_states)


@compiled
def _search_pairs(
    source: int,
    start: IntArray,
    target: Int32Array,
    layers: IntArray,
    is_blocked: BoolArray,
    several: int,
    steps: Int32Array,
    counts: FloatArray,
    frontier: IntArray,
) -> None:
    """Write how many moves each pair of state and last mover takes, and by how many sequences, (F, P + 1) each.

    Symbols: `held[s]` is the party that alone may not yet leave s, -1 if there is none, -2 before the first arrival.
    """
    n_states = steps.shape[0]
    held = np.full(n_states, -2, dtype=np.int64)
    listed_at = np.full(n_states, -1, dtype=np.int64)
    following = np.zeros(n_states, dtype=np.int64)
    steps[source, several] = 0
    counts[source, several] = 1.0
    frontier[0] = source
    n_frontier = 1
    step = 0
    while n_frontier > 0:
        n_next = 0
        for at in range(n_frontier):
            here = frontier[at]
            before = held[here]
            if before == -1:
                continue
            total = 0.0
            only = -1
            n_layers = 0
            for layer in range(several + 1):
                if steps[here, layer] == step:
                    total += counts[here, layer]
                    only = layer
                    n_layers += 1
            held[here] = only if before == -2 and n_layers == 1 and only != several else -1
            for mover in range(layers.size):
                layer = layers[mover]
                is_own = is_blocked[mover] and layer == (held[here] if before == -2 else before)
                if is_own == (before == -2):
                    continue
                share = total
                if is_blocked[mover] and steps[here, layer] == step:
                    share -= counts[here, layer]
                for arc in range(start[mover, here], start[mover, here + 1]):
                    there = target[arc]
                    if steps[there, layer] == -1:
                        steps[there, layer] = step + 1
                        if listed_at[there] != step + 1:
                            listed_at[there] = step + 1
                            following[n_next] = there
                            n_next += 1
                    if steps[there, layer] == step + 1:
                        counts[there, layer] += share
        step += 1
        n_frontier = n_next
        frontier[:n_next] = following[:n_next]


def first_reach_in_graph(
    conflict: GraphConflict, source: int, *, improvements: bool = False, members: int | None = None
) -> FirstReach:
    """Tell in how many moves each state is first reached if nobody moves twice in a row, on states and arcs outright.

    Parameters
    ----------
    source : int
        Number of the state where it begins.
    improvements : bool
        Whether each move must be an improvement for all who make it.
    members : int, optional
        The parties that move, as a mask; all unless given.

    Raises
    ------
    LimitError
        If there are too many parties to tell apart.

    Notes
    -----
    Breadth first over pairs of state and last mover; O(P·F + arcs).
    """
    everybody = (1 << conflict.n_parties) - 1
    moves = moves_of(conflict, everybody if members is None else members, improvements=improvements)
    shape = (conflict.n_states, conflict.n_parties + 1)
    steps = np.full(shape, -1, dtype=np.int32)
    counts = np.zeros(shape, dtype=np.float64)
    _search_pairs(
        source,
        moves.start,
        moves.target,
        moves.layers,
        moves.is_blocked,
        moves.n_parties,
        steps,
        counts,
        np.zeros(conflict.n_states, dtype=np.int64),
    )
    never = np.iinfo(np.int32).max
    n_moves = np.where(steps < 0, never, steps).min(axis=1)
    n_paths = np.where(steps == n_moves[:, None], counts, 0.0).sum(axis=1)
    n_moves[n_moves == never] = -1
    return FirstReach(source=source, n_moves=n_moves, n_paths=n_paths, is_complete=True)


def first_reach(
    conflict: ProductConflict | GraphConflict,
    source: int,
    *,
    improvements: bool = False,
    members: int | None = None,
    most_states: int | None = None,
    reporter: Reporter | None = None,
) -> FirstReach:
    """Tell in how many moves each state is first reached from one, in either form of a conflict.

    Raises
    ------
    LimitError
        If moves have to be listed one by one and there are too many.
    """
    if isinstance(conflict, ProductConflict):
        if not has_lone_common_moves(conflict):
            return first_reach_in_product(
                conflict,
                source,
                improvements=improvements,
                members=members,
                most_states=most_states,
                reporter=reporter,
            )
        conflict = to_graph(conflict)
    return first_reach_in_graph(conflict, source, improvements=improvements, members=members)


def _step_back(
    conflict: ProductConflict, index: tuple[IntArray, IntArray], reach: FirstReach, state: int, members: int, only: bool
) -> tuple[int, int]:
    """Return who made the last move of a shortest sequence to a state, as a mask, and from where."""
    for party in range(conflict.n_parties):
        if members >> party & 1:
            takes, ends, rank = conflict.takes[party], conflict.ends[party], conflict.rank[party]
            here = source_of(conflict.masks, *index, takes, ends, state, rank, only, reach.n_moves)
            if here >= 0:
                return 1 << party, here
    for move in conflict.common:
        bit = np.uint64(1 << move.measure).astype(np.int64)
        is_taken = bool(conflict.masks[state] & bit)
        if move.coalition & ~members or is_taken != move.takes:
            continue
        here = find(*index, conflict.masks[state] ^ bit)
        inside = [party for party in range(conflict.n_parties) if move.coalition >> party & 1]
        if (
            here >= 0
            and reach.n_moves[here] == reach.n_moves[state] - 1
            and not (only and (conflict.rank[inside, here] >= conflict.rank[inside, state]).any())
        ):
            return move.coalition, here
    raise AssertionError("every state reached was reached from somewhere")  # pragma: no cover - our own invariant


def shortest_paths(
    conflict: ProductConflict | GraphConflict,
    reach: FirstReach,
    states: Iterable[int],
    *,
    improvements: bool = False,
    members: int | None = None,
) -> dict[int, tuple[PathStep, ...]]:
    """Return one shortest sequence of moves to each of some states that were reached.

    Parameters
    ----------
    reach : FirstReach
        Made with the same options.

    Notes
    -----
    On measures the moves are found from the last back, each by the first party that can have made it, from the state of
    the lowest number.
    """
    everybody = (1 << conflict.n_parties) - 1
    members = everybody if members is None else members
    if isinstance(conflict, ProductConflict) and has_lone_common_moves(conflict):
        conflict = to_graph(conflict)
    if isinstance(conflict, GraphConflict):
        found = Searcher(moves_of(conflict, members, improvements=improvements)).reach_from(reach.source)
        return {state: () if state == reach.source else found.path_to(state) for state in states}
    index = make_index(conflict.masks)
    paths = {}
    for state in states:
        steps = []
        here = state
        while here != reach.source:
            movers, before = _step_back(conflict, index, reach, here, members, improvements)
            steps.append(PathStep(movers, here))
            here = before
        paths[state] = tuple(reversed(steps))
    return paths
