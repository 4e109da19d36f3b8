"""Does a roadmap hold? Values, temptation and trust along a path of states (§5–7 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.breakdown import Aftermath, break_down
from detente.kernel.deviations import JOINT_BITS, Check, Deviations, Row, list_deviations
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, lags

HOLDS = 1e-9
"""A margin above minus this counts as held: far above rounding, far below any stated value."""

TIES = 1e-12
"""Deviations whose values differ by no more than this tie."""


def stage_states(stages: BoolArray, start: BoolArray | None = None) -> BoolArray:
    """Return S_0 … S_K, shape (K + 1, n), of stages given as rows (K, n); S_0 is empty unless a start (n,) is given."""
    first = np.zeros((1, stages.shape[1]), dtype=np.bool_) if start is None else start[None, :]
    return np.asarray(np.logical_or.accumulate(np.concatenate([first, stages]), axis=0), dtype=np.bool_)


def least_durations(system: System, states: BoolArray) -> IntArray:
    """Return the least length of each stage: the next starts only when everything is verified (§5).

    Parameters
    ----------
    states : BoolArray
        Shape (K + 1, n).

    Returns
    -------
    IntArray
        Shape (K,), periods.
    """
    before, now = states[:-1], states[1:]
    taken = now & ~before
    longest = np.where(taken, system.duration, 1).max(axis=1, initial=1)
    verified = taken | (before & system.reversible)
    slowest = np.where(verified, lags(system, now), 1).max(axis=1, initial=1)
    return np.asarray(np.maximum(longest, slowest), dtype=np.int64)


class RoadmapValues:
    """A roadmap with everything that does not depend on the hazard worked out once.

    Parameters
    ----------
    system : System
        The game.
    stages : BoolArray
        Shape (K, n): the measures of each stage, legal; none where everything agreed is in force already.
    durations : IntArray
        Shape (K,), periods, none shorter than `least_durations`.
    start : BoolArray, optional
        Shape (n,): what is in force beside the status quo before the first of these stages; nothing unless given.
    waiting : int
        Periods that pass in the start before the first stage; checked as the rows "after" of stage −1.
    joint_bits : int
        See `detente.kernel.deviations.list_deviations`.
    """

    def __init__(
        self,
        system: System,
        stages: BoolArray,
        durations: IntArray,
        *,
        start: BoolArray | None = None,
        waiting: int = 0,
        joint_bits: int = JOINT_BITS,
    ) -> None:
        self.system = system
        self.stages = stages
        self.durations = durations
        self.waiting = waiting
        self.states = stage_states(stages, start)
        self.deviations: Deviations = list_deviations(
            system, self.states, durations, waiting=waiting, joint_bits=joint_bits
        )
        self.own_cost = np.where(system.owns, system.cost, 0.0) @ stages.T.astype(np.float64)
        self.betrayal_lag, betrayed = self._betrayed_states()
        n_stages = stages.shape[0]
        everything = np.concatenate([self.states, betrayed.reshape(-1, system.n_measures), self.deviations.left])
        packed = np.ascontiguousarray(np.packbits(everything, axis=1))
        _, first, index = np.unique(
            packed.view([("", np.void, packed.shape[1])]).ravel() if packed.shape[1] else np.zeros(len(everything)),
            return_index=True,
            return_inverse=True,
        )
        self.aftermath: Aftermath = break_down(system, everything[first])
        self.stage_index = index[: n_stages + 1]
        split = n_stages + 1 + n_stages * system.n_parties
        self.betrayed_index = index[n_stages + 1 : split].reshape(n_stages, system.n_parties)
        self.left_index = index[split:]

    @property
    def n_stages(self) -> int:
        """Number of stages."""
        return int(self.stages.shape[0])

    @property
    def has_begun(self) -> bool:
        """Whether anything is in force beside the status quo before the first stage."""
        return bool(self.states[0].any())

    def _betrayed_states(self) -> tuple[IntArray, BoolArray]:
        """Lag and state per stage and party if it does its part and the others withhold theirs (§7)."""
        system = self.system
        n_stages = self.stages.shape[0]
        states = np.repeat(self.states[1:, None, :], system.n_parties, axis=1)
        lag = np.repeat(self.durations[:, None], system.n_parties, axis=1)
        for stage in range(n_stages):
            for party in range(system.n_parties):
                withheld = self.stages[stage] & system.others_own[party]
                if not withheld.any():
                    continue
                state = self.states[stage + 1] & ~system.dependents[withheld].any(axis=0)
                states[stage, party] = state
                noticed = int(lags(system, state[None, :])[0, withheld].min())
                lag[stage, party] = min(noticed, int(self.durations[stage]))
        return lag, states

    def path(self, hazard: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Values along the path for several hazards, H in all.

        Returns
        -------
        start, after, end : FloatArray
            V_i(k) of shape (K, P, H), after_i(k) of shape (K, P, H), V_i(K + 1) of shape (P, H).
        """
        gamma, annuity = self._discounting(hazard)
        flow = self._flow(self.stage_index, hazard)
        end = flow[:, -1] / (1.0 - gamma)
        after = np.empty((self.n_stages, *end.shape))
        start = np.empty_like(after)
        later = end
        for k in reversed(range(self.n_stages)):
            periods = int(self.durations[k])
            after[k] = flow[:, k + 1] * annuity(periods) + gamma**periods * later
            start[k] = after[k] - self.own_cost[:, k, None]
            later = start[k]
        return start, after, end

    def waiting_values(self, hazard: FloatArray, periods: int) -> FloatArray:
        """Value of so many periods in the start and the stages then: (P, H); what has not begun does not break."""
        start, _, end = self.path(hazard)
        later = start[0] if self.n_stages else end
        if not self.has_begun:
            hazard = np.zeros_like(hazard)
        gamma, annuity = self._discounting(hazard)
        flow = self._flow(self.stage_index[:1], hazard)[:, 0]
        return np.asarray(flow * annuity(periods) + gamma**periods * later)

    def _discounting(self, hazard: FloatArray) -> tuple[FloatArray, _Annuity]:
        gamma = self.system.discount[:, None] * (1.0 - hazard)[None, :]
        return gamma, _Annuity(gamma)

    def _flow(self, states: IntArray, hazard: FloatArray) -> FloatArray:
        """Value per period of living in some states, the risk of breakdown included: (P, n_states, H)."""
        risk = self.system.discount[:, None, None] * hazard
        value, nobody = self.aftermath.value[:, states], self.aftermath.nobody[:, states]
        return np.asarray(value[:, :, None] + risk * nobody[:, :, None])

    def _deviation_values(self, hazard: FloatArray, chosen: slice, periods: IntArray) -> FloatArray:
        """−costs + hold_i(X, periods, B_i(X, i)) of some deviations: (n_chosen, H)."""
        dev = self.deviations
        party, left = dev.party[chosen], self.left_index[chosen]
        gammas = self.system.discount[:, None] * (1.0 - hazard)
        longest = int(periods.max(initial=0))
        gamma = gammas[party]
        if periods.size > longest:  # few different lags: powers are looked up
            fades = (gammas[:, None, :] ** np.arange(longest + 1)[None, :, None])[party, periods]
        else:
            fades = gamma ** periods[:, None]
        risk = self.system.discount[party][:, None] * hazard
        flow = self.aftermath.value[party, left][:, None] + risk * self.aftermath.nobody[party, left][:, None]
        lost = self.aftermath.breaker[party, left][:, None]
        return np.asarray(dev.pays[chosen][:, None] + flow * (1.0 - fades) / (1.0 - gamma) + fades * lost)

    def deviation_worth(self, lines: slice) -> FloatArray:
        """Value of some deviations at the system's own hazard: (n_lines,)."""
        at = np.array([self.system.hazard])
        return self._deviation_values(at, lines, self.deviations.lag[lines])[:, 0]

    def leave_values(self) -> FloatArray:
        """Value of leaving openly, per row; no hazard enters: shape (n_rows,)."""
        values = np.empty(len(self.deviations.rows))
        for number, row in enumerate(self.deviations.rows):
            state = row.stage if row.check is Check.BEFORE else row.stage + 1
            if state == 0 and not self.has_begun:
                patience = 1.0 - self.system.discount[row.party]
                values[number] = self.aftermath.value[row.party, self.stage_index[0]] / patience
            else:
                values[number] = self.aftermath.breaker[row.party, self.stage_index[state]]
        return values

    def comply_values(self, hazard: FloatArray) -> FloatArray:
        """Value of complying, per row and hazard: (n_rows, H)."""
        start, after, end = self.path(hazard)
        table = {Check.BEFORE: start, Check.AFTER: after}
        waited = self.waiting_values(hazard, self.waiting) if self.waiting else end

        def value(row: Row) -> FloatArray:
            if row.check is Check.END:
                return np.asarray(end[row.party])
            return np.asarray(waited[row.party] if row.stage < 0 else table[row.check][row.stage, row.party])

        return np.array([value(row) for row in self.deviations.rows])

    def best_deviations(self, hazard: FloatArray, numbers: IntArray | None = None) -> FloatArray:
        """D_i of some rows (all unless given), leaving included: (n_rows, H)."""
        rows = self.deviations.rows
        leave = self.leave_values()
        if numbers is None:
            numbers = np.arange(len(rows))
            values = self._deviation_values(hazard, slice(None), self.deviations.lag)
        else:
            values = None
        best = np.repeat(leave[numbers][:, None], hazard.size, axis=1)
        for place, number in enumerate(numbers):
            row = rows[number]
            if len(row.groups) == 1:
                start, stop = row.groups[0]
                if values is not None:
                    own = values[start:stop]
                else:
                    own = self._deviation_values(hazard, slice(start, stop), self.deviations.lag[start:stop])
                best[place] = np.maximum(best[place], own.max(axis=0))
            elif row.groups:
                best[place] = np.maximum(best[place], self._grouped_best(row, hazard))
        return best

    def _group_options(self, row: Row, lag: int, hazard: FloatArray) -> tuple[FloatArray, list[tuple[int, FloatArray]]]:
        """For a given lag: the value of changing nothing, and per group what its deviations add to it."""
        dev = self.deviations
        target = self.stage_index[row.stage + 1]
        party = row.party
        gamma = self.system.discount[party] * (1.0 - hazard)
        fades = gamma**lag
        flow = (
            self.aftermath.value[party, target]
            + self.system.discount[party] * hazard * (self.aftermath.nobody[party, target])
        )
        paid = self.own_cost[party, row.stage] if row.check is Check.BEFORE else 0.0
        nothing = -paid + flow * (1.0 - fades) / (1.0 - gamma) + fades * self.aftermath.breaker[party, target]
        groups = []
        for start, stop in row.groups:
            periods = np.full(stop - start, lag, dtype=np.int64)
            added = self._deviation_values(hazard, slice(start, stop), periods) - nothing
            added[dev.lag[start:stop] < lag] = -np.inf
            groups.append((start, added))
        return np.asarray(nothing), groups

    def _grouped_best(self, row: Row, hazard: FloatArray) -> FloatArray:
        """Best deviation over groups that add up: for each lag, the best of each, one of them with just that lag."""
        lag = self.deviations.lag
        best = np.full(hazard.size, -np.inf)
        first, last = row.groups[0][0], row.groups[-1][1]
        for periods in np.unique(lag[first:last]):
            nothing, groups = self._group_options(row, int(periods), hazard)
            free = [np.maximum(added.max(axis=0), 0.0) for _, added in groups]
            together = nothing + np.sum(free, axis=0)
            for (start, added), best_free in zip(groups, free, strict=True):
                exact = lag[start : start + len(added)] == periods
                if exact.any():
                    best = np.maximum(best, together - best_free + added[exact].max(axis=0))
        return best

    def choice(self, row: Row, hazard: float) -> tuple[float, tuple[int, ...]]:
        """Return the best deviation that does not leave, ties broken: its value, and its lines in `deviations`."""
        if not row.groups:
            return -np.inf, ()
        at = np.array([hazard])
        lag = self.deviations.lag
        if len(row.groups) == 1:
            start, stop = row.groups[0]
            values = self._deviation_values(at, slice(start, stop), lag[start:stop])[:, 0]
            return float(values.max()), (start + int(np.argmax(values >= values.max() - TIES)),)
        options: list[tuple[float, tuple[int, ...]]] = []
        first, last = row.groups[0][0], row.groups[-1][1]
        for periods in np.unique(lag[first:last]):
            nothing, groups = self._group_options(row, int(periods), at)
            free: list[tuple[float, tuple[int, ...]]] = []
            for start, added in groups:
                top = float(added.max())
                line = start + int(np.argmax(added[:, 0] >= top - TIES))
                free.append((top, (line,)) if top > TIES else (0.0, ()))
            for place, (start, added) in enumerate(groups):
                exact = np.where(lag[start : start + len(added)] == periods, added[:, 0], -np.inf)
                if np.isneginf(exact).all():
                    continue
                line = start + int(np.argmax(exact >= exact.max() - TIES))
                others = [choice for index, choice in enumerate(free) if index != place]
                value = float(nothing[0]) + float(exact.max()) + sum(gain for gain, _ in others)
                options.append((value, tuple(sorted((line, *(x for _, lines in others for x in lines))))))
        top = max(value for value, _ in options)
        tied = [lines for value, lines in options if value >= top - TIES]
        return top, min(tied, key=self._tie_order)

    def _tie_order(self, lines: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        withheld, undone = self.chosen(lines)
        columns = tuple(int(column) for column in np.flatnonzero(withheld | undone))
        return len(columns), -int(withheld.sum()), columns

    def chosen(self, lines: tuple[int, ...]) -> tuple[BoolArray, BoolArray]:
        """Return what some lines of `deviations` withhold and undo together, (n,) each."""
        chosen = list(lines)
        withheld, undone = self.deviations.withheld[chosen], self.deviations.undone[chosen]
        return np.logical_or.reduce(withheld, axis=0), np.logical_or.reduce(undone, axis=0)


class _Annuity:
    """(1 − γⁿ)/(1 − γ): what one unit per period for n periods is worth, per party and hazard."""

    def __init__(self, gamma: FloatArray) -> None:
        self._gamma = gamma

    def __call__(self, periods: int) -> FloatArray:
        return np.asarray((1.0 - self._gamma**periods) / (1.0 - self._gamma))


def required_trust(comply: float, leave: float, betrayed: float) -> float | None:
    """Return the lowest probability of the others' performing at which a party goes ahead; None if none does (§7)."""
    if betrayed >= leave - HOLDS:
        return 0.0
    if comply < leave - HOLDS:
        return None
    return min(1.0, (leave - betrayed) / (comply - betrayed))
