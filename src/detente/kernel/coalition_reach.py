"""What coalitions can reach, in either form of a conflict: state by state, and the least of some values (§9).

In the product form nobody gains a move from the rule that nobody moves twice in a row, because a party's own moves are
transitive.  What a group reaches is then the same for all states from which it can get to one another, and is found
once for all of them; a few arcs between the states stand for all moves.  One corner is left to the graph form: a move
in common that needs one party only, after which this party may not move by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.conflict import (
    Arcs,
    CommonMove,
    GraphConflict,
    Int32Array,
    ProductConflict,
    make_arcs,
    origins,
    reverse,
    to_graph,
)
from detente.kernel.graph_paths import Searcher, moves_of
from detente.kernel.graph_reach import NOTHING, can_reach, least_reached, turn_back
from detente.kernel.product_reach import MOST_SWEEPS, Moves
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

_MOST_KEPT = 4
"""Groups whose components are kept; an analysis goes to and fro between a coalition and all others."""


class CoalitionReach(Protocol):
    """What an analysis of coalitions asks of either form."""

    rank: Int32Array
    """Shape (P, F)."""

    def groups(self, members: int) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield states from which a coalition reaches the same, and what that is; each state once."""

    def least(self, members: int, values: IntArray, *, improvements: bool) -> IntArray:
        """Return the least value of a state that a group can reach, (F,); with or without staying."""

    def can_reach(self, members: int, targets: BoolArray, *, improvements: bool) -> BoolArray:
        """Tell from which states a group can reach one of the targets, (F,); with or without staying."""


class GraphReach:
    """Reach in the graph form."""

    def __init__(self, conflict: GraphConflict) -> None:
        self.rank = conflict.rank
        self._conflict = conflict
        self._moves = turn_back(conflict)

    def groups(self, members: int) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield every state and what a coalition reaches from it."""
        searcher = Searcher(moves_of(self._conflict, members))
        for state in range(self.rank.shape[1]):
            yield np.array([state], dtype=np.int64), searcher.reached_from(state)

    def least(self, members: int, values: IntArray, *, improvements: bool) -> IntArray:
        """Return the least value of a state that a group can reach, (F,), without staying."""
        return least_reached(self._moves, members, values, improvements=improvements)

    def can_reach(self, members: int, targets: BoolArray, *, improvements: bool) -> BoolArray:
        """Tell from which states a group can reach one of the targets, (F,), without staying."""
        return can_reach(self._moves, members, targets, improvements=improvements)


@compiled
def _closure(source: int, start: IntArray, target: Int32Array, is_seen: IntArray, mark: int, found: IntArray) -> int:
    """List what arcs lead to from a state, itself too; return how many."""
    is_seen[source] = mark
    found[0] = source
    n_found = 1
    at = 0
    while at < n_found:
        here = found[at]
        at += 1
        for arc in range(start[here], start[here + 1]):
            there = target[arc]
            if is_seen[there] != mark:
                is_seen[there] = mark
                found[n_found] = there
                n_found += 1
    return n_found


@compiled
def _spread_back(
    order: IntArray, values: IntArray, start: IntArray, source: Int32Array, least: IntArray, stack: IntArray
) -> None:
    """Lower every state to the least value of itself and of what arcs lead to; `order` has the least values first.

    Symbols: `least` holds `NOTHING` at first; `source[start[t]:start[t + 1]]` is from where arcs lead to t.
    """
    for origin in order:
        if least[origin] != NOTHING:
            continue
        least[origin] = values[origin]
        stack[0] = origin
        top = 1
        while top > 0:
            top -= 1
            there = stack[top]
            for arc in range(start[there], start[there + 1]):
                here = source[arc]
                if least[here] == NOTHING:
                    least[here] = values[origin]
                    stack[top] = here
                    top += 1


def has_lone_common_moves(conflict: ProductConflict) -> bool:
    """Whether there is a move in common that needs one party only."""
    return any(move.coalition & (move.coalition - 1) == 0 for move in conflict.common)


class _Components:
    """States that a group can go to and fro between, and what leads from one such set to another.

    Parameters
    ----------
    arcs : Arcs
        Moves of the group, as many as it takes.
    """

    def __init__(self, arcs: Arcs) -> None:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        n_states = arcs.start.size - 1
        links = csr_array(
            (np.ones(arcs.target.size, dtype=np.int8), arcs.target, arcs.start.astype(np.int32)), (n_states, n_states)
        )
        self.count, of = connected_components(links, directed=True, connection="strong")
        self.of = of.astype(np.int64)
        self.arcs = make_arcs(self.count, self.of[origins(arcs)], self.of[arcs.target])
        self.backward = reverse(self.arcs)

    def states(self) -> list[IntArray]:
        """Return the states of each."""
        order = np.argsort(self.of, kind="stable")
        return np.split(order, np.searchsorted(self.of[order], np.arange(1, self.count)))

    def least(self, values: IntArray) -> IntArray:
        """Return the least value of a state and of those that moves lead to, (F,)."""
        lowest = np.full(self.count, NOTHING, dtype=np.int64)
        np.minimum.at(lowest, self.of, values)
        return self._spread(np.argsort(lowest, kind="stable"), lowest)

    def can_reach(self, targets: BoolArray) -> BoolArray:
        """Tell which states are targets, or can be taken to one, (F,)."""
        has_target = np.zeros(self.count, dtype=np.bool_)
        has_target[self.of[targets]] = True
        nothing = np.zeros(self.count, dtype=np.int64)
        return np.asarray(self._spread(np.flatnonzero(has_target), nothing) != NOTHING)

    def _spread(self, order: IntArray, values: IntArray) -> IntArray:
        least = np.full(self.count, NOTHING, dtype=np.int64)
        arcs = self.backward
        _spread_back(order, values, arcs.start, arcs.target, least, np.zeros(self.count + 1, dtype=np.int64))
        return least[self.of]


class ProductReach:
    """Reach in the product form; `has_lone_common_moves` must be false."""

    def __init__(self, conflict: ProductConflict, reporter: Reporter | None = None) -> None:
        assert not has_lone_common_moves(conflict), "the caller takes the graph form then"
        self.rank = conflict.rank
        self._conflict = conflict
        self._moves = Moves(conflict, most_sweeps=MOST_SWEEPS, reporter=reporter or Reporter(None))
        self._known: dict[int, _Components] = {}
        self._arcs = [self._few_arcs(party) for party in range(conflict.n_parties)]

    def _few_arcs(self, party: int) -> tuple[IntArray, IntArray]:
        """Arcs that lead as far as all moves of a party: round each set of states it can go to and fro in, and on."""
        conflict = self._conflict
        takes, ends = conflict.takes[party], conflict.ends[party]
        keys, first, place = np.unique(conflict.masks & ~(takes & ends), return_index=True, return_inverse=True)
        order = np.argsort(place, kind="stable")
        following = np.roll(order, -1)
        is_last = place[following] != place[order]
        is_last[-1:] = True
        following[is_last] = first[place[order[is_last]]]
        one_way = ProductConflict(
            n_measures=conflict.n_measures,
            masks=keys,
            takes=np.array([takes & ~ends]),
            ends=np.array([ends & ~takes]),
            common=(),
            rank=np.zeros((1, keys.size), dtype=np.int32),
        )
        arcs = to_graph(one_way).arcs[0]
        origin = np.repeat(np.arange(keys.size), np.diff(arcs.start))
        return np.concatenate([order, first[origin]]), np.concatenate([following, first[arcs.target]])

    def _common_arcs(self, move: CommonMove) -> tuple[IntArray, IntArray]:
        masks = self._conflict.masks
        bit = np.uint64(1 << move.measure).astype(np.int64)
        origin = np.flatnonzero(((masks & bit) == 0) == move.takes)
        there = masks[origin] ^ bit
        place = np.minimum(np.searchsorted(masks, there), masks.size - 1)
        is_feasible = masks[place] == there
        return origin[is_feasible], place[is_feasible]

    def _arcs_of(self, members: int) -> Arcs:
        pairs = [arcs for party, arcs in enumerate(self._arcs) if members >> party & 1]
        pairs += [self._common_arcs(move) for move in self._conflict.common if move.coalition & ~members == 0]
        nothing = np.zeros(0, dtype=np.int64)
        sources = np.concatenate([nothing, *(source for source, _ in pairs)])
        targets = np.concatenate([nothing, *(target for _, target in pairs)])
        return make_arcs(self._conflict.n_states, sources, targets)

    def _components(self, members: int) -> _Components:
        if members not in self._known:
            self._known[members] = _Components(self._arcs_of(members))
            while len(self._known) > _MOST_KEPT:
                del self._known[next(iter(self._known))]
        return self._known[members]

    def groups(self, members: int) -> Iterator[tuple[IntArray, IntArray]]:
        """Yield states that a coalition can go to and fro between, and what it reaches from them, they included."""
        components = self._components(members)
        states = components.states()
        is_seen = np.full(components.count, -1, dtype=np.int64)
        found = np.zeros(components.count, dtype=np.int64)
        arcs = components.arcs
        for number in range(components.count):
            n_found = _closure(number, arcs.start, arcs.target, is_seen, number, found)
            yield states[number], np.concatenate([states[other] for other in found[:n_found]])

    def least(self, members: int, values: IntArray, *, improvements: bool) -> IntArray:
        """Return the least value of a state and of those that a group can reach from it, (F,)."""
        if not improvements:
            return self._components(members).least(values)
        columns = np.repeat(values.astype(np.int32)[:, None], 2, axis=1)
        self._moves.lower_within(members, columns, improvements=True)
        return columns[:, 0].astype(np.int64)

    def can_reach(self, members: int, targets: BoolArray, *, improvements: bool) -> BoolArray:
        """Tell which states are targets, or can be taken to one by a group, (F,)."""
        if not improvements:
            return self._components(members).can_reach(targets)
        return np.asarray(self.least(members, (~targets).astype(np.int64), improvements=True) == 0)


def reach_of(conflict: ProductConflict | GraphConflict, reporter: Reporter | None = None) -> CoalitionReach:
    """Return what tells the reach of coalitions in a conflict.

    Raises
    ------
    LimitError
        If moves have to be listed one by one and there are too many.
    """
    if isinstance(conflict, ProductConflict):
        if not has_lone_common_moves(conflict):
            return ProductReach(conflict, reporter)
        conflict = to_graph(conflict)
    return GraphReach(conflict)
