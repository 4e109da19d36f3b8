"""Margins of one order of stages at other detection lags and stage lengths (§5–6 of the model).

What a party could do instead, what that leaves and what a breakdown makes of it depend on no lag and no length; only
when it is noticed, and how long everything lasts, does.  So that is worked out once, and each timing costs little.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from detente.kernel.deviations import Check
from detente.kernel.roadmap import HOLDS, RoadmapValues, least_durations
from detente.kernel.system import NEVER, FloatArray, IntArray, System, lags


def row_margins(roadmap: RoadmapValues) -> FloatArray:
    """Return the margin of every row at the system's own hazard, a present value: shape (n_rows,)."""
    at = np.array([roadmap.system.hazard])
    return np.asarray((roadmap.comply_values(at) - roadmap.best_deviations(at))[:, 0])


def all_hold(margins: FloatArray) -> bool:
    """Tell whether a roadmap with these margins holds (§6)."""
    return bool((margins >= -HOLDS).all())


def flow_equivalents(roadmap: RoadmapValues, margins: FloatArray) -> FloatArray:
    """Return (1 − δ)·margin of every row, which parties of different patience have in common: shape (n_rows,)."""
    parties = np.array([row.party for row in roadmap.deviations.rows], dtype=np.int64)
    return np.asarray((1.0 - roadmap.system.discount[parties]) * margins)


class Timetable:
    """A roadmap whose lags and stage lengths can be moved.

    Parameters
    ----------
    values : RoadmapValues
        The roadmap.  Its own timing does not matter, but verification must link what it links in every timing asked
        for: `granted_lag` has to be finite there wherever it will be.
    """

    def __init__(self, values: RoadmapValues) -> None:
        self._values = values
        deviations = values.deviations
        n_lines = len(deviations.party)
        target = np.zeros(n_lines, dtype=np.int64)
        bounded = np.ones(n_lines, dtype=np.bool_)
        for row in deviations.rows:
            for start, stop in row.groups:
                target[start:stop] = row.stage
                bounded[start:stop] = row.check is not Check.END
        self._stage, self._bounded = target, bounded
        self._missing = values.states[1:][target] & ~deviations.left

    @property
    def system(self) -> System:
        """The system with the roadmap's own lags."""
        return self._values.system

    def retimed(self, lag: IntArray, granted_lag: IntArray) -> System:
        """Return the system with other lags: own ones, shape (n,), and those that verifiers grant, shape (n, n)."""
        return replace(self._values.system, lag=lag, granted_lag=granted_lag)

    def least_durations(self, system: System) -> IntArray:
        """Return the least length of each stage, in periods, with the lags of a system: shape (K,)."""
        return least_durations(system, self._values.states)

    def margins(self, durations: IntArray, system: System | None = None) -> FloatArray:
        """Return the margin of every row at some stage lengths, and at the lags of a system.

        Parameters
        ----------
        durations : IntArray
            Shape (K,), periods, none shorter than `least_durations`.
        system : System, optional
            From `retimed`; the roadmap's own lags unless given.

        Returns
        -------
        FloatArray
            Shape (n_rows,): what `row_margins` says of the roadmap with that timing.
        """
        return row_margins(self._retimed(durations, self._values.system if system is None else system))

    def deviation_values(self, durations: IntArray) -> FloatArray:
        """Return D_i of every row at some stage lengths and the roadmap's own lags: shape (n_rows,)."""
        values = self._retimed(durations, self._values.system)
        return np.asarray(values.best_deviations(np.array([values.system.hazard]))[:, 0])

    def _retimed(self, durations: IntArray, system: System) -> RoadmapValues:
        values = copy.copy(self._values)
        values.system = system
        values.durations = durations
        left = values.deviations.left
        noticed = values.deviations.lag
        if len(left):
            noticed = np.where(self._missing, lags(values.system, left), NEVER).min(axis=1)
            noticed = np.where(self._bounded, np.minimum(noticed, durations[self._stage]), noticed)
        values.deviations = replace(values.deviations, lag=np.asarray(noticed, dtype=np.int64))
        return values


class StageLengths:
    """Margins of a roadmap at many stage lengths at once; lags stay.

    The best deviation of a row depends on the length of its own stage alone, and on that only up to the longest lag.

    Parameters
    ----------
    values : RoadmapValues
        The roadmap, from its first stage on, at any lengths.
    """

    def __init__(self, values: RoadmapValues) -> None:
        system = values.system
        self._timetable = Timetable(values)
        self._rows = values.deviations.rows
        self._gamma = system.discount * (1.0 - system.hazard)
        index = values.stage_index
        risk = (system.discount * system.hazard)[:, None]
        self._flow = values.aftermath.value[:, index] + risk * values.aftermath.nobody[:, index]
        self._cost = values.own_cost
        self._deviate: dict[int, FloatArray] = {}
        self.least = least_durations(system, values.states)
        self.longest_lag = max(1, int(system.lag.max(initial=1)))

    @property
    def n_stages(self) -> int:
        """Number of stages."""
        return int(self.least.shape[0])

    def _deviations_at(self, length: int) -> FloatArray:
        """D_i of every row if its own stage has this length."""
        length = min(length, self.longest_lag)
        if length not in self._deviate:
            self._deviate[length] = self._timetable.deviation_values(np.full(self.n_stages, length, dtype=np.int64))
        return self._deviate[length]

    def margins(self, durations: IntArray) -> FloatArray:
        """Return the margins at several lengths.

        Parameters
        ----------
        durations : IntArray
            Shape (N, K), periods, none shorter than `least`.

        Returns
        -------
        FloatArray
            Shape (N, n_rows).
        """
        after, start, end = self._comply(durations)
        margins = np.empty((len(durations), len(self._rows)))
        for number, row in enumerate(self._rows):
            lengths = np.minimum(durations[:, row.stage], self.longest_lag)
            known, where = np.unique(lengths, return_inverse=True)
            deviate = np.array([self._deviations_at(int(length))[number] for length in known])[where]
            if row.check is Check.END:
                comply = end[row.party]
            else:
                comply = (start if row.check is Check.BEFORE else after)[row.stage][:, row.party]
            margins[:, number] = comply - deviate
        return margins

    def _comply(self, durations: IntArray) -> tuple[list[FloatArray], list[FloatArray], FloatArray]:
        end = self._flow[:, -1] / (1.0 - self._gamma)
        after: list[FloatArray] = []
        start: list[FloatArray] = []
        later = np.tile(end, (len(durations), 1))
        for k in reversed(range(self.n_stages)):
            fades = self._gamma[None, :] ** durations[:, k, None]
            held = self._flow[:, k + 1] * (1.0 - fades) / (1.0 - self._gamma) + fades * later
            later = held - self._cost[:, k]
            after.insert(0, np.asarray(held))
            start.insert(0, np.asarray(later))
        return after, start, end

    def hopeless_rows(self) -> IntArray:
        """Return the rows that fail whatever the lengths: numbers of rows, in their order.

        Notes
        -----
        Complying is worth at most what it would be if every later length were the best for that party; a length is
        best at its least or without end, as hold_i is monotone in it.  Of the deviation, the least over all lengths.
        A row that fails all the same fails at any lengths; of the others nothing is said.
        """
        forever = self._flow / (1.0 - self._gamma)[:, None]
        lengths = range(1, self.longest_lag + 1)
        best = forever[:, -1]
        after = np.empty((self.n_stages, len(best)))
        start = np.empty_like(after)
        for k in reversed(range(self.n_stages)):
            fades = self._gamma ** int(self.least[k])
            shortest = forever[:, k + 1] * (1.0 - fades) + fades * best
            after[k] = np.maximum(shortest, forever[:, k + 1])
            best = start[k] = after[k] - self._cost[:, k]
        hopeless = []
        for number, row in enumerate(self._rows):
            own = [n for n in lengths if n >= self.least[row.stage]] or [self.longest_lag]
            deviate = min(float(self._deviations_at(n)[number]) for n in own)
            if row.check is Check.END:
                comply = forever[row.party, -1]
            else:
                comply = (start if row.check is Check.BEFORE else after)[row.stage, row.party]
            if comply - deviate < -HOLDS:
                hopeless.append(number)
        return np.array(hopeless, dtype=np.int64)
