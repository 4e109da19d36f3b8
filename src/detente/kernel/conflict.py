"""A conflict without agreement as arrays: states, who can move from which to which, and how each ranks them (§9).

Two forms.  In the *product form* a state is a set of measures, and a party moves by flipping bits of its own; the moves
of a party are then transitive, and nothing about them is stored but three masks.  In the *graph form* states are
numbers and the arcs of each party are listed; they need not be transitive.  States are numbered from 0 in both, in
increasing order of their masks where they have masks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.errors import LimitError
from detente.kernel.bits import are_found, find, make_index
from detente.kernel.compiled import compiled
from detente.kernel.system import BoolArray, IntArray

Int32Array = NDArray[np.int32]

CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")
"""The five stability concepts, in the order in which they are shown."""


class CommonMove(NamedTuple):
    """Taking or ending a measure that needs a whole coalition: one move of all of them together.

    Parameters
    ----------
    coalition : int
        Who must agree, bit i for party i.
    measure : int
        The bit that flips.
    takes : bool
        Whether the measure is taken (from 0 to 1) or ended.
    """

    coalition: int
    measure: int
    takes: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class ProductConflict:
    """Measures, and who may flip which; P parties, F feasible states.

    Parameters
    ----------
    n_measures : int
        Bits of a state, at most 64.
    masks : IntArray
        Shape (F,): the feasible states in increasing order; only they can be moved to.
    takes : IntArray
        Shape (P,): the bits that a party may by itself turn from 0 to 1.
    ends : IntArray
        Shape (P,): the bits that it may by itself turn from 1 to 0.
    common : tuple of CommonMove
        Moves of coalitions; only minimal coalitions are listed.
    rank : Int32Array
        Shape (P, F): the greater the better, equal numbers are ties; only their order counts.

    Notes
    -----
    R_i(s) = the feasible states other than s that differ from s in bits of i only, those it takes lying in `takes[i]`
    and those it ends in `ends[i]`; it may pass over an infeasible state but not stop there.
    """

    n_measures: int
    masks: IntArray
    takes: IntArray
    ends: IntArray
    common: tuple[CommonMove, ...]
    rank: Int32Array

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return int(self.rank.shape[0])

    @property
    def n_states(self) -> int:
        """Number of feasible states."""
        return int(self.masks.shape[0])


@dataclass(frozen=True, eq=False, kw_only=True)
class Arcs:
    """Arcs of one mover, by their origin: `target[start[s]:start[s + 1]]` is where state s leads, in increasing order.

    Parameters
    ----------
    start : IntArray
        Shape (F + 1,).
    target : Int32Array
        Shape (number of arcs,); no arc leads from a state to itself and none is listed twice.
    """

    start: IntArray
    target: Int32Array


@dataclass(frozen=True, eq=False, kw_only=True)
class CommonArcs:
    """Arcs that a coalition moves along together.

    Parameters
    ----------
    coalition : int
        Who must agree, bit i for party i.
    arcs : Arcs
        Where the common move leads.
    """

    coalition: int
    arcs: Arcs


@dataclass(frozen=True, eq=False, kw_only=True)
class GraphConflict:
    """States and arcs outright; P parties, F states.

    Parameters
    ----------
    arcs : tuple of Arcs
        The unilateral moves of each party, P in all.
    common : tuple of CommonArcs
        The moves that need a coalition.
    rank : Int32Array
        Shape (P, F): the greater the better, equal numbers are ties; only their order counts.
    """

    arcs: tuple[Arcs, ...]
    common: tuple[CommonArcs, ...]
    rank: Int32Array

    @property
    def n_parties(self) -> int:
        """Number of parties."""
        return int(self.rank.shape[0])

    @property
    def n_states(self) -> int:
        """Number of states."""
        return int(self.rank.shape[1])


def make_arcs(n_states: int, sources: IntArray, targets: IntArray) -> Arcs:
    """Sort arcs given by their two ends, (n,) each, by origin and target; repetitions and loops are left out."""
    keep = sources != targets
    keys = np.sort(sources[keep].astype(np.int64) * n_states + targets[keep])
    is_first = np.ones(keys.size, dtype=np.bool_)
    is_first[1:] = keys[1:] != keys[:-1]
    keys = keys[is_first]  # sorting is many times quicker than what np.unique does
    start = np.zeros(n_states + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys // n_states, minlength=n_states), out=start[1:])
    return Arcs(start=start, target=np.asarray(keys % n_states, dtype=np.int32))


def origins(arcs: Arcs) -> Int32Array:
    """Return the origin of each arc, in the order of `target`."""
    counts = np.diff(arcs.start)
    return np.repeat(np.arange(counts.size, dtype=np.int32), counts)


def reverse(arcs: Arcs) -> Arcs:
    """Turn every arc round."""
    return make_arcs(arcs.start.size - 1, arcs.target.astype(np.int64), origins(arcs).astype(np.int64))


@compiled
def _list_moves(
    masks: IntArray, keys: IntArray, places: IntArray, takes: int, ends: int, counts: IntArray, targets: Int32Array
) -> None:
    """Count the moves from each state; list them too where `targets` has room."""
    is_listing = targets.size > 0
    at = 0
    for state in range(masks.size):
        mask = masks[state]
        free = (takes & ~mask) | (ends & mask)
        found = 0
        flips = free
        while flips != 0:
            place = find(keys, places, mask ^ flips)
            if place >= 0:
                if is_listing:
                    targets[at] = place
                    at += 1
                found += 1
            flips = (flips - 1) & free
        counts[state] = found


def n_moves_at_most(conflict: ProductConflict) -> int:
    """Return a bound on the number of unilateral moves: what the graph form would have to list."""
    total = 0
    for takes, ends in zip(conflict.takes, conflict.ends, strict=True):
        free = (int(takes) & ~conflict.masks) | (int(ends) & conflict.masks)
        total += int((np.int64(1) << np.bitwise_count(free.view(np.uint64)).astype(np.int64)).sum() - conflict.n_states)
    return total


def to_graph(conflict: ProductConflict, *, most_moves: int = 20_000_000) -> GraphConflict:
    """List every move of a product form.

    Raises
    ------
    LimitError
        If there may be more than `most_moves`.
    """
    bound = n_moves_at_most(conflict)
    if bound > most_moves:
        raise LimitError(
            f"the conflict has {conflict.n_states:,} states and up to {bound:,} moves; at most {most_moves:,} can be "
            "listed one by one. Fix some measures with --set, or state more infeasible patterns."
        )
    keys, places = make_index(conflict.masks)
    arcs = []
    for takes, ends in zip(conflict.takes, conflict.ends, strict=True):
        counts = np.zeros(conflict.n_states, dtype=np.int64)
        _list_moves(conflict.masks, keys, places, takes, ends, counts, np.zeros(0, dtype=np.int32))
        start = np.zeros(conflict.n_states + 1, dtype=np.int64)
        np.cumsum(counts, out=start[1:])
        target = np.zeros(max(1, int(start[-1])), dtype=np.int32)
        _list_moves(conflict.masks, keys, places, takes, ends, counts, target)
        listed = Arcs(start=start, target=target[: start[-1]])
        arcs.append(make_arcs(conflict.n_states, origins(listed).astype(np.int64), listed.target.astype(np.int64)))
    common = tuple(
        CommonArcs(coalition=move.coalition, arcs=_common_arcs(conflict, move, keys, places))
        for move in conflict.common
    )
    return GraphConflict(arcs=tuple(arcs), common=common, rank=conflict.rank)


def _common_arcs(conflict: ProductConflict, move: CommonMove, keys: IntArray, places: IntArray) -> Arcs:
    bit = np.int64(np.uint64(1 << move.measure))
    origin = np.flatnonzero(((conflict.masks & bit) == 0) == move.takes)
    there = conflict.masks[origin] ^ bit
    is_feasible = are_found(keys, places, there)
    targets = np.searchsorted(conflict.masks, there[is_feasible])
    return make_arcs(conflict.n_states, origin[is_feasible].astype(np.int64), targets.astype(np.int64))


def coalition_arcs(conflict: GraphConflict, members: int) -> tuple[tuple[int, Arcs], ...]:
    """Return the movers within a coalition: pairs of who moves, as a mask of parties, and along which arcs."""
    alone = [(1 << party, arcs) for party, arcs in enumerate(conflict.arcs) if members >> party & 1]
    together = [(move.coalition, move.arcs) for move in conflict.common if move.coalition & ~members == 0]
    return (*alone, *together)


def is_improvement(conflict: GraphConflict, movers: int, arcs: Arcs) -> BoolArray:
    """Tell of each arc whether every mover is better off at its end, shape of `arcs.target`."""
    improves = np.ones(arcs.target.size, dtype=np.bool_)
    source = origins(arcs)
    for party in range(conflict.n_parties):
        if movers >> party & 1:
            improves &= conflict.rank[party][arcs.target] > conflict.rank[party][source]
    return improves
