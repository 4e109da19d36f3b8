"""The least value that the others can bring about from each state: by sweeps, and by a search where they do not end."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial

import numpy as np

from detente.kernel.conflict import CommonMove, Int32Array, ProductConflict
from detente.kernel.product_groups import Groups, make_groups, make_places
from detente.kernel.product_search import Trails, make_trails, search
from detente.kernel.product_sweeps import lift, sweep, sweep_common
from detente.progress import Reporter

MOST_SWEEPS = 48
"""Sweeps for each mover after which the search takes over; it costs about as much."""

TASK = "finding stable states"


@dataclass(eq=False, kw_only=True)
class Moves:
    """Who can bring about what: the groups of all parties, made once.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    most_sweeps : int
        Sweeps for each mover after which the search takes over.
    reporter : Reporter
        Told of every sweep.
    """

    conflict: ProductConflict
    most_sweeps: int = MOST_SWEEPS
    reporter: Reporter = field(default_factory=lambda: Reporter(None))

    def __post_init__(self) -> None:
        places = make_places(self.conflict)
        self.order = np.empty(self.conflict.rank.shape, dtype=np.int32)
        groups = []
        for party in range(self.conflict.n_parties):
            self.reporter.report(TASK)
            groups.append(make_groups(self.conflict, places, party, self.order[party]))
        self.groups: tuple[Groups, ...] = tuple(groups)
        self._trails: Trails | None = None

    def can_move(self, party: int) -> bool:
        """Whether a party can move from any state by itself."""
        return bool(self.groups[party].order.size)

    def lift(self, party: int, values: Int32Array) -> None:
        """Raise each state to the best of itself and of what a party can move it to; (F, 2), in place."""
        lift(self.groups[party], values)

    def lower(self, party: int, values: Int32Array, *, improvements: bool) -> None:
        """Lower each state to the least that all others but a party reach from it; (F, 2), in place.

        Raises
        ------
        Cancelled
            If the progress callback says so.
        """
        others = ((1 << self.conflict.n_parties) - 1) & ~(1 << party)
        self.lower_within(others, values, improvements=improvements)

    def lower_within(self, members: int, values: Int32Array, *, improvements: bool) -> None:
        """Lower each state to the least that a group, a mask of parties, reaches from it; (F, 2), in place.

        Raises
        ------
        Cancelled
            If the progress callback says so.
        """
        movers = [party for party in range(self.conflict.n_parties) if members >> party & 1 and self.can_move(party)]
        common = [move for move in self.conflict.common if move.coalition & ~members == 0]
        if not improvements:
            common = list({(move.measure, move.takes): move for move in common}.values())
        steps = [partial(sweep, self.groups[other], values, improvements=improvements) for other in movers]
        steps += [partial(self._sweep_common, move, values, improvements=improvements) for move in common]
        quiet = -1
        for turn in range(self.most_sweeps * len(steps)):
            self.reporter.report(TASK)
            quiet = 0 if steps[turn % len(steps)]() else quiet + 1
            if quiet >= len(steps) - 1:
                return
        if steps:
            self._search(movers, common, values, improvements=improvements)

    def _sweep_common(self, move: CommonMove, values: Int32Array, *, improvements: bool) -> bool:
        conflict = self.conflict
        asked = [party for party in range(conflict.n_parties) if improvements and move.coalition >> party & 1]
        bit = np.uint64(1 << move.measure).astype(np.int64)
        return sweep_common(conflict.masks, bit, move.takes, conflict.rank, np.array(asked, dtype=np.int64), values)

    def _search(self, movers: list[int], common: list[CommonMove], values: Int32Array, *, improvements: bool) -> None:
        if self._trails is None:
            self._trails = make_trails(self.conflict, self.groups, self.order)
        for column in (0, 1):
            self.reporter.report(TASK)
            least = np.ascontiguousarray(values[:, column])
            search(self.conflict, self._trails, movers, common, least, improvements=improvements)
            values[:, column] = least
