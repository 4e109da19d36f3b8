"""A design as a mixed-integer program over the arcs of its lattice of states (docs/design/decisions/0020-no-milp.md).

The numbers in comments are those of the formulas on that page.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix

from detente.kernel.bounds import Bounds
from detente.kernel.expansion import HELD
from detente.kernel.objectives import Objective
from detente.kernel.system import FloatArray, IntArray

MOST_TIMES = 1000.0
"""Trust is made small as its inverse is made large, at most this: trust below a thousandth counts as none."""


class Rows:
    """Linear constraints, row by row."""

    def __init__(self) -> None:
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._low: list[FloatArray] = []
        self._high: list[FloatArray] = []
        self.count = 0

    def add(self, rows: IntArray, columns: IntArray, values: FloatArray, low: FloatArray, high: FloatArray) -> None:
        """Add len(low) rows whose numbers, counted from 0, stand beside columns and values."""
        self._entries.append((rows + self.count, columns, values))
        self._low.append(low)
        self._high.append(high)
        self.count += len(low)

    def matrix(self, n_columns: int) -> csr_matrix:
        """Return all rows."""
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        return csr_matrix(coo_matrix((values, (rows, columns)), shape=(self.count, n_columns)))

    def limits(self) -> tuple[FloatArray, FloatArray]:
        """Return what each row must at least and at most come to."""
        return np.concatenate(self._low), np.concatenate(self._high)


@dataclass(frozen=True, eq=False, kw_only=True)
class Program:
    """A program to make small: columns are arcs, then values party by party, then what is made large, if anything."""

    cost: FloatArray
    matrix: csr_matrix
    low: FloatArray
    high: FloatArray
    below: FloatArray
    above: FloatArray
    n_arcs: int

    @property
    def is_integral(self) -> IntArray:
        """Which columns are 0 or 1: those of the arcs."""
        return (np.arange(len(self.cost)) < self.n_arcs).astype(np.int64)


def formulate(bounds: Bounds, objective: Objective) -> Program:
    """Write the choice of a path of arcs as a program; values are per-period flows (1 − δ)·V.

    Parameters
    ----------
    bounds : Bounds
        The arcs that a roadmap which holds may use, and what each asks of what follows: w, the columns of values, is
        how much more follows.
    """
    arcs = bounds.arcs
    n_arcs, n_parties = arcs.constant.shape
    ends = arcs.is_end[arcs.target]  # the goal alone is an end, and no arc leads on from there
    fade = arcs.fades.T[arcs.length]
    least = arcs.patience * np.where(ends[:, None], arcs.end_values[arcs.target], bounds.asked)
    room = arcs.patience * np.where(ends[:, None], 0.0, bounds.ideal[arcs.target]) - np.where(ends[:, None], 0.0, least)
    worth = arcs.patience * arcs.constant + fade * least  # of complying, w apart
    places, inner, root = np.arange(n_arcs), np.flatnonzero(~ends), int(arcs.order[-1])
    n_columns = n_arcs * (1 + n_parties) + 1
    rows = Rows()
    # (1) one path from the start to the goal
    states, which = np.unique(np.concatenate([arcs.source, arcs.target[inner]]), return_inverse=True)
    balance = np.where(states == root, 1.0, 0.0)
    signs = np.concatenate([np.ones(n_arcs), -np.ones(len(inner))])
    rows.add(which, np.concatenate([places, inner]), signs, balance, balance)
    kept = states != root
    number = np.cumsum(kept) - 1
    out = np.flatnonzero(arcs.source != root)
    into, nothing = number[which[n_arcs:]], np.zeros(int(kept.sum()))
    for party in range(n_parties):
        value = n_arcs * (1 + party) + places
        # (2) what follows an arc is what the next one is worth
        rows.add(
            np.concatenate([np.tile(number[which[:n_arcs]][out], 2), into, into]),
            np.concatenate([out, value[out], inner, value[inner]]),
            np.concatenate([worth[out, party], fade[out, party], -least[inner, party], -np.ones(len(inner))]),
            nothing,
            nothing,
        )
        # (3) no more follows than is possible, and nothing where the arc is not taken
        rows.add(
            np.tile(np.arange(len(inner)), 2),
            np.concatenate([value[inner], inner]),
            np.concatenate([np.ones(len(inner)), -room[inner, party]]),
            np.full(len(inner), -np.inf),
            np.zeros(len(inner)),
        )
    cost = np.zeros(n_columns)
    most = 0.0
    if objective == "duration":
        cost[:n_arcs] = arcs.length
    else:
        cost[-1] = -1.0
        most = _ask_of_cuts(rows, bounds, worth, worth + fade * room, objective)
    above = np.concatenate([np.ones(n_arcs), np.tile(np.where(ends, 0.0, np.inf), n_parties), [most]])
    below = np.concatenate([np.zeros(n_arcs * (1 + n_parties)), [-most]])
    low, high = rows.limits()
    return Program(
        cost=cost, matrix=rows.matrix(n_columns), low=low, high=high, below=below, above=above, n_arcs=n_arcs
    )


def _ask_of_cuts(rows: Rows, bounds: Bounds, worth: FloatArray, best: FloatArray, objective: Objective) -> float:
    """Add (4) or (5): what is made large is at most what the one arc over each cut of the lattice offers each party."""
    arcs = bounds.arcs
    n_arcs, n_parties = worth.shape
    fade = arcs.fades.T[arcs.length]
    sizes = np.bitwise_count(arcs.masks.view(np.uint64)).astype(np.int64)
    begins, stops = sizes[arcs.source], sizes[arcs.target]
    offers: list[tuple[FloatArray, FloatArray]] = []  # what choosing an arc offers, and what a unit of w adds
    if objective == "margin":
        before, behind = arcs.patience * arcs.before, arcs.patience * arcs.behind
        most = float((best - before).max())
        offers.append((worth - before, fade))
        offers.append((np.where(arcs.is_end[arcs.target, None], most, worth - behind), fade))
    else:
        most = MOST_TIMES
        leave = arcs.patience * arcs.leave[arcs.source]
        asks = arcs.betrayed < arcs.leave[arcs.source] - HELD
        alone = np.where(asks, arcs.patience * arcs.betrayed, 0.0)
        step = np.where(asks, leave - alone, 1.0)
        offers.append((np.where(asks, (worth - alone) / step, most), np.where(asks, fade / step, 0.0)))
    for cut in range(int(sizes.min()), int(sizes.max())):
        over = np.flatnonzero((begins <= cut) & (stops > cut))
        for party in range(n_parties):
            for chosen, added in offers:
                columns = np.concatenate([over, n_arcs * (1 + party) + over, [n_arcs * (1 + n_parties)]])
                values = np.concatenate([chosen[over, party], added[over, party], [-1.0]])
                rows.add(np.zeros(len(columns), dtype=np.int64), columns, values, np.zeros(1), np.full(1, np.inf))
    return most
