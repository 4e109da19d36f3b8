"""What each check of a roadmap turns on: complying, leaving, and the best deviation for every lag (§6 of the model).

A further measure that nothing links to the others changes what a deviation is worth by an amount that depends only on
the check, on the lag of the deviation and on whether the measure itself is withdrawn.  So of all deviations only the
best for each lag matter, and the best of all if it were noticed as soon as the further measure is withdrawn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.deviations import Check, Row
from detente.kernel.roadmap import RoadmapValues
from detente.kernel.system import BoolArray, FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Temptation:
    """One check of one party.

    Parameters
    ----------
    stage, party : int
        Counted from 0; at the end, the last stage.
    comply, leave : float
        Present values of complying and of leaving openly.
    lags : IntArray
        The lags that deviations at this check have, rising, periods.
    worth : FloatArray
        For each lag, what the best deviation with just that lag is worth.
    at_once : float
        What the best deviation, changing nothing included, would be worth if it were noticed after one period.
    """

    stage: int
    check: Check
    party: int
    comply: float
    leave: float
    lags: IntArray
    worth: FloatArray
    at_once: float

    @property
    def margin(self) -> float:
        """Complying less the best deviation."""
        return self.comply - max(self.leave, float(self.worth.max(initial=-np.inf)))


def list_temptations(roadmap: RoadmapValues) -> tuple[Temptation, ...]:
    """Return every check of a roadmap at the system's own hazard, in the order of its rows.

    Notes
    -----
    O(number of deviations), and as much again per lag at checks whose measures fall into several groups.
    """
    comply = roadmap.comply_values(np.array([roadmap.system.hazard]))[:, 0]
    leave = roadmap.leave_values()
    result = []
    for number, row in enumerate(roadmap.deviations.rows):
        lags, worth = _best_by_lag(roadmap, row)
        free, groups = _additions(roadmap, row, 1)
        at_once = free + sum(max(0.0, float(added.max())) for added in groups)
        result.append(
            Temptation(
                stage=row.stage,
                check=row.check,
                party=row.party,
                comply=float(comply[number]),
                leave=float(leave[number]),
                lags=lags,
                worth=worth,
                at_once=at_once,
            )
        )
    return tuple(result)


def _held(roadmap: RoadmapValues, party: int, states: IntArray, periods: IntArray) -> FloatArray:
    """hold_i(X, n, B_i(X, i)) of §5 for some states, by their numbers in the aftermath."""
    system, after = roadmap.system, roadmap.aftermath
    discount = float(system.discount[party])
    gamma = discount * (1.0 - system.hazard)
    fades = gamma**periods
    flow = after.value[party, states] + discount * system.hazard * after.nobody[party, states]
    return np.asarray(flow * (1.0 - fades) / (1.0 - gamma) + fades * after.breaker[party, states])


def _additions(roadmap: RoadmapValues, row: Row, periods: int) -> tuple[float, list[FloatArray]]:
    """If everything were noticed after so many periods: changing nothing, and per group what deviations add to it."""
    dev = roadmap.deviations
    paid = float(roadmap.own_cost[row.party, row.stage]) if row.check is Check.BEFORE else 0.0
    target = roadmap.stage_index[row.stage + 1 : row.stage + 2]
    nothing = float(_held(roadmap, row.party, target, np.array([periods]))[0]) - paid
    groups = []
    for start, stop in row.groups:
        left = roadmap.left_index[start:stop]
        held = _held(roadmap, row.party, left, np.full(stop - start, periods))
        groups.append(np.asarray(dev.pays[start:stop] + held - nothing))
    return nothing, groups


def _best_by_lag(roadmap: RoadmapValues, row: Row) -> tuple[IntArray, FloatArray]:
    """The lags of a row's deviations, rising, and the best deviation with just that lag."""
    dev = roadmap.deviations
    if not row.groups:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    lag = dev.lag[row.groups[0][0] : row.groups[-1][1]]
    lags = np.unique(lag)
    if len(row.groups) == 1:
        start, stop = row.groups[0]
        value = dev.pays[start:stop] + _held(roadmap, row.party, roadmap.left_index[start:stop], lag)
        return lags, np.array([value[lag == periods].max() for periods in lags])
    worth = [_best_of_groups(roadmap, row, int(periods)) for periods in lags]
    return lags, np.array(worth)


def _best_of_groups(roadmap: RoadmapValues, row: Row, periods: int) -> float:
    """The best choice of deviations, group by group, none noticed sooner and one of them just then."""
    nothing, groups = _additions(roadmap, row, periods)
    free: list[float] = []
    exact: list[float] = []
    for (start, stop), added in zip(row.groups, groups, strict=True):
        lag = roadmap.deviations.lag[start:stop]
        free.append(max(0.0, _largest(added, lag >= periods)))
        exact.append(_largest(added, lag == periods))
    together = nothing + sum(free)
    return max(together - loose + bound for loose, bound in zip(free, exact, strict=True))


def _largest(values: FloatArray, among: BoolArray) -> float:
    return float(values[among].max(initial=-np.inf))
