"""The least value that the others can bring about from each state: by sweeps, and by a search where they do not end."""

from __future__ import annotations

import numpy as np

from detente.kernel.conflict import CommonMove, Int32Array, ProductConflict
from detente.kernel.product_groups import Numbers, make_groups, make_places, number_groups
from detente.kernel.product_search import Trails, make_trails, search
from detente.kernel.product_sweeps import lift, sweep, sweep_common, sweep_due, widest
from detente.kernel.system import BoolArray, IntArray
from detente.progress import Reporter

MOST_SWEEPS = 48
"""Sweeps for each mover after which the search takes over; it costs about as much."""

FULL_ROUNDS = 2
"""Rounds in which every mover sweeps all of its groups."""

FEW = 8
"""After these, once a sweep lowers fewer than one in so many values, only groups in which something has changed are
swept."""

TASK = "finding stable states"


class Moves:
    """Who can bring about what: the groups of all parties, made once.

    Parameters
    ----------
    conflict : ProductConflict
        States, moves and ranks.
    most_sweeps : int
        Sweeps for each mover after which the search takes over; 0 searches at once.
    reporter : Reporter
        Told of every sweep.
    """

    def __init__(self, conflict: ProductConflict, *, most_sweeps: int, reporter: Reporter) -> None:
        self._conflict = conflict
        self._most_sweeps = most_sweeps
        self._reporter = reporter
        self._order = np.empty(conflict.rank.shape, dtype=np.int32)
        places = make_places(conflict)
        groups = []
        for party in range(conflict.n_parties):
            reporter.report(TASK)
            groups.append(make_groups(conflict, places, party, self._order[party]))
        self._groups = tuple(groups)
        self.done = 0.0
        """Share of the work that is done, for those who are told."""
        self._numbers: Numbers | None = None
        self._trails: Trails | None = None

    def can_move(self, party: int) -> bool:
        """Whether a party can move from any state by itself."""
        return bool(self._groups[party].order.size)

    def lift(self, party: int, values: Int32Array) -> None:
        """Raise each state to the best of itself and of what a party can move it to; (F, 2), in place."""
        lift(self._groups[party], values)

    def lower(self, party: int, values: Int32Array, *, improvements: bool) -> None:
        """Lower each state to the least that all others but a party reach from it; (F, 2), in place.

        Raises
        ------
        Cancelled
            If the progress callback says so.
        """
        others = ((1 << self._conflict.n_parties) - 1) & ~(1 << party)
        self.lower_within(others, values, improvements=improvements)

    def lower_within(self, members: int, values: Int32Array, *, improvements: bool) -> None:
        """Lower each state to the least that a group, a mask of parties, reaches from it; (F, 2), in place.

        Raises
        ------
        Cancelled
            If the progress callback says so.
        """
        parties = range(self._conflict.n_parties)
        inside = [party for party in parties if members >> party & 1 and self.can_move(party)]
        movers = np.array(inside, dtype=np.int64)
        common = [move for move in self._conflict.common if move.coalition & ~members == 0]
        alone = [1 << other for other in movers]
        if any(move.coalition in alone for move in common):
            self._search(movers, common, values, improvements=improvements, is_strict=True)
            return
        if not improvements:
            common = list({(move.measure, move.takes): move for move in common}.values())
        if not (movers.size or common):
            return
        left = self._sweep_all(movers, common, values, improvements=improvements)
        if left is not None and not self._sweep_due(movers, common, values, left, improvements=improvements):
            self._search(movers, common, values, improvements=improvements, is_strict=False)

    def _sweep_all(
        self, movers: IntArray, common: list[CommonMove], values: Int32Array, *, improvements: bool
    ) -> int | None:
        """Sweep all groups while that changes much; return how many sweeps may follow, None if all is done."""
        n_steps = movers.size + len(common)
        nobody, none_due = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.bool_)
        numbers = np.zeros((0, 0), dtype=np.int32)
        quiet = -1
        for turn in range(self._most_sweeps * n_steps):
            self._reporter.report(TASK, fraction=self.done)
            step = turn % n_steps
            if step < movers.size:
                lowered = sweep(self._groups[movers[step]], values, improvements=improvements)
            else:
                move = common[step - movers.size]
                lowered = self._sweep_common(move, values, improvements, numbers, nobody, none_due)
            quiet = 0 if lowered else quiet + 1
            if quiet >= n_steps - 1:
                return None
            if turn >= FULL_ROUNDS * n_steps and 0 < lowered < values.size // FEW:
                return self._most_sweeps * n_steps - turn
        return 0

    def _sweep_due(
        self, movers: IntArray, common: list[CommonMove], values: Int32Array, n_sweeps: int, *, improvements: bool
    ) -> bool:
        """Sweep groups in which something has changed; tell whether that came to an end."""
        if n_sweeps == 0:
            return False
        if self._numbers is None:
            self._numbers = number_groups(self._groups, self._conflict.n_states)
        numbers = self._numbers
        is_due = np.zeros(numbers.start.size, dtype=np.bool_)
        for mover in movers:
            is_due[numbers.bound[mover] : numbers.bound[mover + 1]] = True
        left = n_sweeps * self._conflict.n_states
        while left > 0:
            n_swept = 0
            for mover in movers:
                self._reporter.report(TASK, fraction=self.done)
                groups = self._groups[mover]
                low, own = np.empty((2, widest(groups), 2), dtype=np.int32)
                before = numbers.bound[mover]
                n_swept += sweep_due(
                    groups.order,
                    groups.pattern,
                    groups.used,
                    groups.first,
                    improvements,
                    low,
                    own,
                    values,
                    numbers.start[before : numbers.bound[mover + 1]],
                    before,
                    numbers.group,
                    movers[movers != mover],
                    is_due,
                )
            lowered = sum(
                self._sweep_common(move, values, improvements, numbers.group, movers, is_due) for move in common
            )
            if n_swept == 0 and lowered == 0:
                return True
            left -= n_swept + len(common) * self._conflict.n_states
        return False

    def _sweep_common(
        self,
        move: CommonMove,
        values: Int32Array,
        improvements: bool,
        group: Int32Array,
        movers: IntArray,
        is_due: BoolArray,
    ) -> int:
        conflict = self._conflict
        asked = [party for party in range(conflict.n_parties) if improvements and move.coalition >> party & 1]
        bit = int(np.uint64(1 << move.measure).astype(np.int64))
        return sweep_common(
            conflict.masks,
            bit,
            move.takes,
            conflict.rank,
            np.array(asked, dtype=np.int64),
            values,
            group,
            movers,
            is_due,
        )

    def _search(
        self, movers: IntArray, common: list[CommonMove], values: Int32Array, *, improvements: bool, is_strict: bool
    ) -> None:
        if self._numbers is None:
            self._numbers = number_groups(self._groups, self._conflict.n_states)
        if self._trails is None:
            self._trails = make_trails(self._conflict, self._groups, self._numbers, self._order)
            lists = np.split(self._trails.used, self._trails.first[self._numbers.bound[1:-1]])
            self._groups = tuple(
                each._replace(used=used) if each.first.size else each
                for each, used in zip(self._groups, lists, strict=True)
            )  # of lists as long as the states one copy is enough
        for column in (0, 1):
            self._reporter.report(TASK, fraction=self.done)
            values[:, column] = search(
                self._conflict,
                self._trails,
                movers,
                common,
                values[:, column],
                improvements=improvements,
                is_strict=is_strict,
            )
