"""Bounds over arcs: which of them a roadmap within thresholds of margin and trust may use (§8 of the model).

"Every margin at least θ and every required trust at most μ̄" asks of each arc that the value of what follows is at
least a threshold, party by party.  Bounds from both ends delete arcs that cannot meet theirs, round by round: backward
the best value that a state can still bring (the *ideal*), forward the least and the most that any path to it can ask.
States are treated level by level, a level being the states with the same number of measures: arcs lead from level to
higher level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.arcs import Arcs
from detente.kernel.expansion import HELD
from detente.kernel.system import BoolArray, FloatArray, IntArray

SLACK = 1e-12
"""Relative slack of thresholds other than zero margins, so that rounding does not lose the roadmap that set them."""

WORTH_ANOTHER_ROUND = 0.9
"""A round that leaves more than this share of the arcs is the last."""

UNLIMITED = 1 << 40
"""More periods or stages than any roadmap has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a roadmap may take at most: weight (periods as a rule) and stages; and the labels that a search may hold."""

    max_length: int = UNLIMITED
    max_stages: int = UNLIMITED
    most_labels: int = UNLIMITED


@dataclass(frozen=True, eq=False, kw_only=True)
class Bounds:
    """What thresholds ask of N states and M arcs, and the arcs that they leave.

    Parameters
    ----------
    arcs : Arcs
        The arcs that some roadmap within the thresholds may use, M of them.
    asked, asked_at_end : FloatArray
        Shape (M, P): the least value of what follows, where the roadmap goes on and where it ends.
    ideal : FloatArray
        Shape (N, P): the best value still possible, -inf where none is.
    least, most : FloatArray
        Shape (N, P): the least and the most that any path upstream can ask.
    earliest, latest, fewest, longest : IntArray
        Shape (N,): the least and greatest weight (periods as a rule), and number of stages, of paths upstream.
    """

    arcs: Arcs
    limits: Limits
    asked: FloatArray
    asked_at_end: FloatArray
    ideal: FloatArray
    least: FloatArray
    most: FloatArray
    earliest: IntArray
    latest: IntArray
    fewest: IntArray
    longest: IntArray

    @property
    def possible(self) -> bool:
        """Whether any roadmap may be left."""
        return bool(self.ideal[self.arcs.order[-1], 0] > -np.inf)


def _slack(values: FloatArray) -> FloatArray:
    return SLACK * (1.0 + np.where(np.isfinite(values), np.abs(values), 0.0))


def thresholds(arcs: Arcs, theta: float, trust: float) -> tuple[FloatArray, FloatArray]:
    """Return the least value of what follows that each arc asks of each party, under way and at the end.

    Parameters
    ----------
    theta : float
        Least flow-equivalent margin; -inf if only holding counts. The check after the last stage need only hold.
    trust : float
        Greatest required trust; inf for any.

    Returns
    -------
    tuple of FloatArray
        Shape (M, P) each; -inf for parties whose checks do not count, inf where nothing suffices.
    """

    def wanted(deviate: FloatArray) -> FloatArray:
        held = deviate - HELD
        if theta == -np.inf:
            return held
        aim = deviate + theta / arcs.patience
        return np.maximum(held, aim - _slack(aim))

    need = wanted(arcs.before)
    if trust < np.inf:
        leave = arcs.leave[arcs.source]
        asks = arcs.betrayed < leave - HELD
        if trust > 0.0:
            alone = np.where(asks, arcs.betrayed, 0.0)
            least = alone + (leave - alone) / trust
            least -= SLACK * (1.0 + np.abs(alone) + np.abs(leave) / max(trust, 1e-3))
            least = np.maximum(least, leave - HELD)
        else:
            least = np.full_like(leave, np.inf)
        need = np.where(asks, np.maximum(need, least), need)
    fade = arcs.fades.T[arcs.length]
    asked_at_end = (np.maximum(need, arcs.behind - HELD) - arcs.constant) / fade
    asked_at_end[:, ~arcs.checked] = -np.inf
    if theta == -np.inf:
        return asked_at_end, asked_at_end
    asked = (np.maximum(need, wanted(arcs.behind)) - arcs.constant) / fade
    asked[:, ~arcs.checked] = -np.inf
    return asked, asked_at_end


def _starts(groups: IntArray) -> IntArray:
    """Where each run of equal numbers begins."""
    return np.flatnonzero(np.concatenate([[True], groups[1:] != groups[:-1]]))


def _backward(
    arcs: Arcs, asked: FloatArray, asked_at_end: FloatArray, least: FloatArray | None
) -> tuple[FloatArray, BoolArray]:
    """The best value that each state can still bring, (N, P), and the arcs that can be part of that, (M,)."""
    ideal = np.full(arcs.end_values.shape, -np.inf)
    keep = np.zeros(len(arcs.source), dtype=np.bool_)
    for low, high in arcs.levels:
        begin, stop = int(arcs.first[low]), int(arcs.first[high])
        if begin == stop:
            continue
        part = slice(begin, stop)
        target, source = arcs.target[part], arcs.source[part]
        later = ideal[target]
        enough = (later >= asked[part]).all(axis=1) & (later[:, 0] > -np.inf)
        later[~enough] = -np.inf
        ends = np.flatnonzero(arcs.is_end[target])
        if ends.size:
            final = arcs.end_values[target[ends]]
            fits = (final >= asked_at_end[part][ends]).all(axis=1)
            ends, final = ends[fits], final[fits]
            later[ends] = np.maximum(later[ends], final)
            enough[ends] = True
        value = arcs.constant[part] + arcs.fades.T[arcs.length[part]] * later
        if least is not None:
            enough &= (value >= least[source]).all(axis=1)
        value[~enough] = -np.inf
        starts = _starts(source)
        ideal[source[starts]] = np.maximum.reduceat(value, starts, axis=0)
        keep[part] = enough
    return ideal, keep


@dataclass(frozen=True, eq=False, kw_only=True)
class _Upstream:
    least: FloatArray
    most: FloatArray
    earliest: IntArray
    latest: IntArray
    fewest: IntArray
    longest: IntArray


def _forward(
    arcs: Arcs, keep: BoolArray, asked: FloatArray, asked_at_end: FloatArray, limits: Limits
) -> tuple[_Upstream, BoolArray]:
    """What paths to each state ask and take, and the arcs that lie on a path within the limits, (M,)."""
    n_states, n_parties = arcs.end_values.shape
    up = _Upstream(
        least=np.full((n_states, n_parties), np.inf),
        most=np.full((n_states, n_parties), -np.inf),
        earliest=np.full(n_states, UNLIMITED, dtype=np.int64),
        latest=np.full(n_states, -1, dtype=np.int64),
        fewest=np.full(n_states, UNLIMITED, dtype=np.int64),
        longest=np.full(n_states, -1, dtype=np.int64),
    )
    root = arcs.order[-1]
    up.least[root] = -np.inf
    up.earliest[root] = up.latest[root] = up.fewest[root] = up.longest[root] = 0
    used = np.zeros(len(arcs.source), dtype=np.bool_)
    rank = np.empty(n_states, dtype=np.int64)
    rank[arcs.order] = np.arange(n_states)
    alive = np.flatnonzero(keep)
    by_target = alive[np.argsort(-rank[arcs.target[alive]], kind="stable")]
    bounds = np.searchsorted(-rank[arcs.target[by_target]], [-low for low, _ in reversed(arcs.levels)], side="right")
    begin = 0
    for stop in bounds.tolist():
        chosen = by_target[begin:stop]
        begin = stop
        source, weight = arcs.source[chosen], arcs.weight[chosen]
        fits = (up.earliest[source] + weight <= limits.max_length) & (up.fewest[source] + 1 <= limits.max_stages)
        chosen = chosen[fits & (up.latest[source] >= 0)]
        if chosen.size == 0:
            continue
        used[chosen] = True
        source, target, weight = arcs.source[chosen], arcs.target[chosen], arcs.weight[chosen]
        starts = _starts(target)
        to = target[starts]
        up.earliest[to] = np.minimum.reduceat(up.earliest[source] + weight, starts)
        up.latest[to] = np.maximum.reduceat(up.latest[source] + weight, starts)
        up.fewest[to] = np.minimum.reduceat(up.fewest[source] + 1, starts)
        up.longest[to] = np.maximum.reduceat(up.longest[source] + 1, starts)
        constant, fade = arcs.constant[chosen], arcs.fades.T[arcs.length[chosen]]
        highest = np.maximum(asked[chosen], (up.most[source] - constant) / fade)
        lowest = asked[chosen]
        if asked is not asked_at_end:
            ends = arcs.is_end[target, None]
            lowest = np.where(ends, np.minimum(lowest, asked_at_end[chosen]), lowest)
        lowest = np.maximum(lowest, (up.least[source] - constant) / fade)
        # Inverting an arc's map rounds; a bound must err on the safe side.
        up.least[to] = np.minimum.reduceat(lowest - _slack(lowest), starts, axis=0)
        up.most[to] = np.maximum.reduceat(highest + _slack(highest), starts, axis=0)
    return up, used


def bound_arcs(arcs: Arcs, theta: float, trust: float, limits: Limits) -> Bounds:
    """Delete arcs that no roadmap with margins >= theta and trust <= the given can use.

    Notes
    -----
    A few rounds, each O(M · P) in array operations over levels, until one deletes little.
    """
    asked, asked_at_end = thresholds(arcs, theta, trust)
    same = asked is asked_at_end
    up = None
    while True:
        ideal, keep = _backward(arcs, asked, asked_at_end, None if up is None else up.least)
        if up is not None and keep.sum() > WORTH_ANOTHER_ROUND * len(keep):
            used = keep  # what paths to the states ask can only be less than what is known already
        else:
            up, used = _forward(arcs, keep, asked, asked_at_end, limits)
        if not used.all():
            arcs, asked = arcs.only(used), asked[used]
            asked_at_end = asked if same else asked_at_end[used]
        if used is keep or not used.any():
            break
    if not used.any():
        ideal[arcs.order[-1]] = -np.inf
    return Bounds(
        arcs=arcs,
        limits=limits,
        asked=asked,
        asked_at_end=asked_at_end,
        ideal=ideal,
        least=up.least,
        most=up.most,
        earliest=up.earliest,
        latest=up.latest,
        fewest=up.fewest,
        longest=up.longest,
    )


def widest_path(bounds: Bounds, under_way: FloatArray, at_end: FloatArray) -> float:
    """Return the greatest least value over paths, given what each arc is worth under way and as the last one, (M,)."""
    arcs = bounds.arcs
    best = np.full(len(arcs.order), -np.inf)
    for low, high in arcs.levels:
        begin, stop = int(arcs.first[low]), int(arcs.first[high])
        if begin == stop:
            continue
        part = slice(begin, stop)
        target, source = arcs.target[part], arcs.source[part]
        value = np.minimum(under_way[part], best[target])
        value = np.where(arcs.is_end[target], np.maximum(value, at_end[part]), value)
        starts = _starts(source)
        best[source[starts]] = np.maximum.reduceat(value, starts)
    return float(best[arcs.order[-1]])
