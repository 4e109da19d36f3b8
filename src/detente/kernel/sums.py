"""Upper bounds on products of gains by weighted sums of them (§8 of the model).

A product of gains is at most the power of their weighted mean (the inequality of the arithmetic and the geometric
mean), and a weighted sum of what parties gain, unlike their product, adds up along a roadmap: the share of a stage
depends on the stage and on when it begins alone.  So the best sum over all roadmaps, and over those through one stage
or from one value on, is exact over states and starting times; the bound is then as good as the weights, which the best
roadmap known suggests and a few subgradient steps improve.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernel.bounds import Bounds
from detente.kernel.compiled import compiled
from detente.kernel.system import FloatArray, IntArray

SLACK = 1e-11
"""Relative slack of sums, far above the rounding of adding up a roadmap."""

MOST_ENTRIES = 1 << 26
"""Entries of a table of sums; beyond it states are taken without their starting times, and no sums are used."""


class Clock(NamedTuple):
    """When states may be reached, and where the entries of each are in tables over states and times.

    Parameters
    ----------
    base, earliest, latest : IntArray
        Shape (N,): the entry of state s and time t is base[s] + t − earliest[s]; latest[s] < earliest[s] if the state
        is not reached.
    powers : FloatArray
        Shape (P, T + 1): γᵗ.
    """

    base: IntArray
    earliest: IntArray
    latest: IntArray
    powers: FloatArray

    @property
    def size(self) -> int:
        """Entries of a table."""
        return int(self.base[-1])


def make_clock(bounds: Bounds) -> Clock | None:
    """Return when the states of some bounds may be reached; None if a table over them were too large."""
    arcs = bounds.arcs
    earliest = np.full(len(arcs.order), np.iinfo(np.int64).max)
    latest = np.full(len(arcs.order), -1, dtype=np.int64)
    _times(arcs.order, arcs.first, arcs.target, arcs.length, earliest, latest)
    reached = latest >= 0
    earliest[~reached] = 0
    base = np.concatenate([[0], np.cumsum(np.where(reached, latest - earliest + 1, 0))])
    if base[-1] > MOST_ENTRIES:
        return None
    powers = arcs.fades[:, 1:2] ** np.arange(int(latest.max(initial=0)) + 1)
    return Clock(base=base, earliest=earliest, latest=latest, powers=powers)


@compiled
def _times(
    order: IntArray, first: IntArray, target: IntArray, length: IntArray, earliest: IntArray, latest: IntArray
) -> None:
    """Write the fewest and the most periods in which each state can be reached."""
    earliest[order[-1]] = latest[order[-1]] = 0
    for step in range(len(order) - 1, -1, -1):
        state = order[step]
        if latest[state] < 0:
            continue
        for arc in range(first[step], first[step + 1]):
            to = target[arc]
            earliest[to] = min(earliest[to], earliest[state] + length[arc])
            latest[to] = max(latest[to], latest[state] + length[arc])


@compiled
def _backward(
    order: IntArray,
    first: IntArray,
    target: IntArray,
    length: IntArray,
    constant: FloatArray,
    ends: FloatArray,
    weights: FloatArray,
    clock: Clock,
    ahead: FloatArray,
) -> None:
    """Write the best weighted sum of what follows, per state and time, as worth at the start of the roadmap.

    `ends` (N, P) is what ending is worth, -inf where a roadmap may not end.
    """
    base, earliest, latest, powers = clock.base, clock.earliest, clock.latest, clock.powers
    n_parties = len(weights)
    faded = np.empty((powers.shape[1], n_parties))
    for time in range(powers.shape[1]):
        for party in range(n_parties):
            faded[time, party] = weights[party] * powers[party, time]
    for step in range(len(order)):
        state = order[step]
        for time in range(earliest[state], latest[state] + 1):
            best = -np.inf
            if ends[state, 0] > -np.inf:
                best = 0.0
                for party in range(n_parties):
                    best += faded[time, party] * ends[state, party]
            for arc in range(first[step], first[step + 1]):
                to = target[arc]
                then = time + length[arc]
                value = ahead[base[to] + then - earliest[to]]
                if value == -np.inf:
                    continue
                for party in range(n_parties):
                    value += faded[time, party] * constant[arc, party]
                best = max(best, value)
            ahead[base[state] + time - earliest[state]] = best


@compiled
def _forward(
    order: IntArray,
    first: IntArray,
    target: IntArray,
    length: IntArray,
    constant: FloatArray,
    weights: FloatArray,
    clock: Clock,
    ahead: FloatArray,
    behind: FloatArray,
    through: FloatArray,
) -> None:
    """Write the best weighted sum of what came before, per state and time, and of all roadmaps through each arc."""
    base, earliest, latest, powers = clock.base, clock.earliest, clock.latest, clock.powers
    n_parties = len(weights)
    faded = np.empty((powers.shape[1], n_parties))
    for time in range(powers.shape[1]):
        for party in range(n_parties):
            faded[time, party] = weights[party] * powers[party, time]
    behind[base[order[-1]]] = 0.0
    for step in range(len(order) - 1, -1, -1):
        state = order[step]
        for time in range(earliest[state], latest[state] + 1):
            so_far = behind[base[state] + time - earliest[state]]
            if so_far == -np.inf:
                continue
            for arc in range(first[step], first[step + 1]):
                to = target[arc]
                then = time + length[arc]
                value = so_far
                for party in range(n_parties):
                    value += faded[time, party] * constant[arc, party]
                place = base[to] + then - earliest[to]
                behind[place] = max(behind[place], value)
                through[arc] = max(through[arc], value + ahead[place])


@compiled
def most_product(sum_: float, weights: FloatArray, caps: FloatArray, room: FloatArray) -> float:
    """Return the greatest product of gains with a given weighted sum, none above its cap; weights have product 1.

    Notes
    -----
    Equal weighted gains are best; who is capped stays at the cap and the others share what is left.
    """
    n_parties = len(caps)
    for party in range(n_parties):
        room[party] = weights[party] * caps[party]
    left, sharing, product = sum_, n_parties, 1.0
    changed = True
    while changed and sharing > 0:
        if left <= 0.0:
            return 0.0
        changed = False
        level = left / sharing
        for party in range(n_parties):
            if 0.0 <= room[party] < level:
                product *= room[party]
                left -= room[party]
                sharing -= 1
                room[party] = -1.0
                changed = True
                break
    if sharing > 0:
        product *= (left / sharing) ** sharing
    return product


class Sums(NamedTuple):
    """The best weighted sums of gains for one choice of weights.

    Parameters
    ----------
    weights : FloatArray
        Shape (P,), with product 1.
    ahead, behind : FloatArray
        Entries over states and times (see `Clock`): the most that can follow, and that can have come before.
    through : FloatArray
        Shape (M,): the best of the roadmaps through each arc.
    floor : float
        The weighted sum that no gain at all stands for.
    ceiling : float
        What no product of gains exceeds.
    """

    weights: FloatArray
    ahead: FloatArray
    behind: FloatArray
    through: FloatArray
    floor: float
    ceiling: float


def find_sums(bounds: Bounds, clock: Clock, weights: FloatArray, gained: FloatArray) -> Sums:
    """Return the best weighted sums over the arcs of some bounds.

    Parameters
    ----------
    weights : FloatArray
        Shape (P,), positive; scaled here so that their product is 1.
    gained : FloatArray
        Shape (P,): flow value of the status quo, from which gains count.
    """
    arcs = bounds.arcs
    weights = weights / np.exp(np.log(weights).mean())
    flow = weights * arcs.patience
    ends = np.where(arcs.is_end[:, None], arcs.end_values, -np.inf)
    ahead, behind = np.full(clock.size, -np.inf), np.full(clock.size, -np.inf)
    through = np.full(len(arcs.source), -np.inf)
    _backward(arcs.order, arcs.first, arcs.target, arcs.length, arcs.constant, ends, flow, clock, ahead)
    _forward(arcs.order, arcs.first, arcs.target, arcs.length, arcs.constant, flow, clock, ahead, behind, through)
    floor = float(weights @ gained)
    best = float(ahead[clock.base[arcs.order[-1]]])
    best += SLACK * (1.0 + abs(best))
    mean = max(0.0, best - floor) / len(weights)
    return Sums(
        weights=weights,
        ahead=ahead,
        behind=behind,
        through=through,
        floor=floor,
        ceiling=mean ** len(weights) if np.isfinite(best) else 0.0,
    )


def best_path(bounds: Bounds, clock: Clock, sums: Sums) -> IntArray:
    """Return the arcs of a roadmap of greatest weighted sum, as places among those of the bounds."""
    arcs = bounds.arcs
    flow = sums.weights * arcs.patience
    place = np.empty(len(arcs.order), dtype=np.int64)
    place[arcs.order] = np.arange(len(arcs.order))
    state, time = int(arcs.order[-1]), 0
    path: list[int] = []
    while True:
        step = place[state]
        chosen = np.arange(arcs.first[step], arcs.first[step + 1])
        to, then = arcs.target[chosen], time + arcs.length[chosen]
        inside = (then >= clock.earliest[to]) & (then <= clock.latest[to])
        chosen, to, then = chosen[inside], to[inside], then[inside]
        faded = flow * clock.powers[:, time]
        values = arcs.constant[chosen] @ faded + sums.ahead[clock.base[to] + then - clock.earliest[to]]
        ending = faded @ arcs.end_values[state] if arcs.is_end[state] and path else -np.inf
        if not chosen.size or values.max() < ending - SLACK * (1.0 + abs(ending)):
            return np.array(path, dtype=np.int64)
        best = int(values.argmax())
        path.append(int(chosen[best]))
        state, time = int(to[best]), int(then[best])
