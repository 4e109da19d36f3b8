"""What it costs to wait: an agreement that stands still before its next stage (§5, §6 of the model)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from detente.kernel.roadmap import HOLDS, RoadmapValues
from detente.kernel.system import FloatArray, IntArray

MOST_LAGS = 10_000
"""Lags longer than this count as this long: so many periods are tried one by one at most."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Delay:
    """What further periods of standing still are worth to each party.

    Parameters
    ----------
    periods : IntArray
        Shape (N,): further periods, beyond those that are to be waited anyway.
    comply : FloatArray
        Shape (P, N): waiting so long and then going on.
    deviate : FloatArray
        Shape (P, N): undoing something now, or leaving now, whichever is worth more.
    loss : FloatArray
        Shape (P,): what the first further period costs; negative if it pays.
    unwilling : tuple of int or None
        Per party, the least number of further periods, at least 1, that it would rather not wait; None for ever.
    """

    periods: IntArray
    comply: FloatArray
    deviate: FloatArray
    loss: FloatArray
    unwilling: tuple[int | None, ...]


class _Waiting:
    """Waiting in the start of a roadmap, any number of periods, for what comes then."""

    def __init__(self, roadmap: RoadmapValues) -> None:
        system, start = roadmap.system, roadmap.states[0]
        hazard = system.hazard if roadmap.has_begun else 0.0  # what has not begun does not break
        self.gamma = system.discount * (1.0 - hazard)
        self.at = np.array([system.hazard])
        begun, _, end = roadmap.path(self.at)
        self.later: FloatArray = (begun[0] if roadmap.n_stages else end)[:, 0]
        none = np.zeros((0, system.n_measures), dtype=np.bool_)
        # So long a wait that every lag counts in full; `deviate` cuts them to the wait asked for.
        self.values = RoadmapValues(system, none, np.zeros(0, dtype=np.int64), start=start, waiting=MOST_LAGS)
        self.lags: IntArray = self.values.deviations.lag
        self.longest = int(self.lags.max(initial=1))
        place, aftermath = self.values.stage_index[0], self.values.aftermath
        flow = aftermath.value[:, place] + system.discount * hazard * aftermath.nobody[:, place]
        self.still: FloatArray = flow / (1.0 - self.gamma)

    def comply(self, periods: int) -> FloatArray:
        """Value of waiting so many periods and then going on, (P,)."""
        return np.asarray(self.still + self.gamma**periods * (self.later - self.still))

    def deviate(self, periods: int) -> FloatArray:
        """Value of the best deviation if so many periods are to be waited, (P,)."""
        deviations = self.values.deviations
        self.values.deviations = replace(deviations, lag=np.minimum(self.lags, periods))
        waiting_rows = np.arange(self.values.system.n_parties)  # they are the first
        return self.values.best_deviations(self.at, waiting_rows)[:, 0]


def delay_values(roadmap: RoadmapValues, periods: IntArray) -> Delay:
    """Return what standing still for further periods is worth, and from when on somebody would rather not.

    Parameters
    ----------
    roadmap : RoadmapValues
        The stages that are left, with their start and what is to be waited anyway.
    periods : IntArray
        Shape (N,): further periods, each at least 1.

    Notes
    -----
    With n further periods complying is hold_i(S_0, r + n, V_i(1)) = F + γ^(r+n)·(V_i(1) − F), F being S_0 for ever, and
    deviating does not change any more once n exceeds the longest lag.  So at most that many n are tried one by one, and
    the first crossing beyond has a closed form.
    """
    wait = _Waiting(roadmap)
    anyway = roadmap.waiting
    return Delay(
        periods=periods,
        comply=np.stack([wait.comply(anyway + int(n)) for n in periods], axis=1),
        deviate=np.stack([wait.deviate(anyway + int(n)) for n in periods], axis=1),
        loss=wait.comply(anyway) - wait.comply(anyway + 1),
        unwilling=_first_unwilling(wait, anyway),
    )


def _first_unwilling(wait: _Waiting, anyway: int) -> tuple[int | None, ...]:
    n_parties = wait.still.size
    first: list[int | None] = [None] * n_parties
    one_by_one = max(1, wait.longest - anyway)
    for further in range(1, one_by_one + 1):
        margins = wait.comply(anyway + further) - wait.deviate(anyway + further)
        for party in np.flatnonzero(margins < -HOLDS).tolist():
            if first[party] is None:
                first[party] = further
        if None not in first:
            return tuple(first)
    limit = wait.deviate(anyway + one_by_one) - HOLDS
    for party in range(n_parties):
        if first[party] is None:
            first[party] = _crossing(wait, party, float(limit[party]), anyway, one_by_one)
    return tuple(first)


def _crossing(wait: _Waiting, party: int, limit: float, anyway: int, tried: int) -> int | None:
    """The first number of further periods above those tried at which waiting is worth less than a limit."""
    still, ahead = float(wait.still[party]), float(wait.later[party] - wait.still[party])
    if still >= limit or ahead <= 0.0:
        return None  # it falls towards `still` if it falls at all
    at_least = math.log((limit - still) / ahead) / math.log(float(wait.gamma[party])) - anyway
    further = max(tried + 1, math.floor(at_least) - 1)
    while still + float(wait.gamma[party]) ** (anyway + further) * ahead >= limit:
        further += 1
    return further
