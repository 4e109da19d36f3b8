"""Bounds over arcs: which of them a roadmap within thresholds of margin and trust may use (§8 of the model).

"Every margin at least θ and every required trust at most μ̄" asks of each arc that the value of what follows is at least
a threshold, party by party.  `bound_arcs` deletes arcs that cannot meet theirs, from both ends, to a fixpoint.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from detente.kernel.arcs import Arcs
from detente.kernel.expansion import HELD
from detente.kernel.system import BoolArray, FloatArray, IntArray

SLACK = 1e-12
"""Relative slack of thresholds other than zero margins, so that rounding does not lose the roadmap that set them."""


class Bounds(NamedTuple):
    """What thresholds ask of N states and M arcs, and what they leave.

    Parameters
    ----------
    asked, asked_at_end : FloatArray
        Shape (M, P): the least value of what follows, where the roadmap goes on and where it ends.
    alive : BoolArray
        Shape (M,): arcs that some roadmap within the thresholds may use.
    ideal : FloatArray
        Shape (N, P): the best value still possible.
    least, most : FloatArray
        Shape (N, P): the least and the most that any path upstream can ask.
    earliest, latest, fewest, longest : IntArray
        Shape (N,): the fewest and most periods, and stages, that paths upstream take.
    """

    asked: FloatArray
    asked_at_end: FloatArray
    alive: BoolArray
    ideal: FloatArray
    least: FloatArray
    most: FloatArray
    earliest: IntArray
    latest: IntArray
    fewest: IntArray
    longest: IntArray


@njit(cache=True, error_model="numpy")
def _thresholds(theta: float, trust: float, arcs: Arcs, asked: FloatArray, asked_at_end: FloatArray) -> None:
    """Write the least value of what follows that each arc asks of each party: (M, P), -inf for parties not checked.

    `theta` is the least flow-equivalent margin (-inf: only holding counts), `trust` the greatest required trust (inf:
    any); the check after the last stage need only hold, `asked_at_end`.  Infinite where nothing suffices.
    """
    fades, annuity, patience = arcs.fades, arcs.annuity, arcs.patience
    source, target, length, own_cost = arcs.source, arcs.target, arcs.length, arcs.own_cost
    before, betrayed, after, leave = arcs.before, arcs.betrayed, arcs.after, arcs.leave
    stay, checked = arcs.stay, arcs.checked
    n_arcs, n_parties = before.shape
    for arc in range(n_arcs):
        state, periods = target[arc], length[arc]
        for party in range(n_parties):
            if not checked[party]:
                asked[arc, party], asked_at_end[arc, party] = -np.inf, -np.inf
                continue
            extra = theta / patience[party]
            aim = before[arc, party] + extra
            need = max(before[arc, party] - HELD, aim - SLACK * (1.0 + abs(aim)))
            alone, gone = betrayed[arc, party], leave[source[arc], party]
            if trust < np.inf and alone < gone - HELD:
                least = alone + (gone - alone) / trust if trust > 0.0 else np.inf
                need = max(need, gone - HELD, least - SLACK * (1.0 + abs(alone) + abs(gone) / max(trust, 1e-3)))
            need += own_cost[arc, party]
            later = after[state, periods, party]
            constant = stay[state, party] * annuity[party, periods]
            fade = fades[party, periods]
            asked_at_end[arc, party] = (max(need, later - HELD) - constant) / fade
            aim = later + extra
            asked[arc, party] = (max(need, later - HELD, aim - SLACK * (1.0 + abs(aim))) - constant) / fade


@njit(cache=True, error_model="numpy")
def widest_path(
    order: IntArray,
    first: IntArray,
    target: IntArray,
    is_end: BoolArray,
    alive: BoolArray,
    under_way: FloatArray,
    at_end: FloatArray,
) -> float:
    """The greatest least value over paths, given what each arc is worth under way and as the last one."""
    best = np.empty(len(order))
    for step in range(len(order)):
        best[order[step]] = -np.inf
        for arc in range(first[step], first[step + 1]):
            if alive[arc]:
                value = min(under_way[arc], best[target[arc]])
                if is_end[target[arc]]:
                    value = max(value, at_end[arc])
                best[order[step]] = max(best[order[step]], value)
    widest: float = best[order[len(order) - 1]]
    return widest


@njit(cache=True, error_model="numpy")
def bound_arcs(arcs: Arcs, bounds: Bounds, theta: float, trust: float, max_length: int, max_stages: int) -> bool:
    """Delete arcs that no roadmap within the thresholds can use, to a fixpoint; tell whether any roadmap may be left.

    Writes `alive` (M,), `ideal` (N, P) the best value still possible, `least` and `most` (N, P) the least and most that
    any path upstream can ask, and (N,) how many periods (`earliest`, `latest`) and stages (`fewest`, `longest`) they
    take.
    """
    _thresholds(theta, trust, arcs, bounds.asked, bounds.asked_at_end)
    fades, annuity = arcs.fades, arcs.annuity
    order, first, target, length = arcs.order, arcs.first, arcs.target, arcs.length
    own_cost, stay, is_end, end_values = arcs.own_cost, arcs.stay, arcs.is_end, arcs.end_values
    checked = arcs.checked
    asked, asked_at_end, alive, ideal = bounds.asked, bounds.asked_at_end, bounds.alive, bounds.ideal
    least, most, earliest, latest = bounds.least, bounds.most, bounds.earliest, bounds.latest
    fewest, longest = bounds.fewest, bounds.longest
    n_states, n_parties = stay.shape
    value = np.empty(n_parties)
    changed = True
    while changed:
        changed = False
        for step in range(n_states):
            state = order[step]
            for party in range(n_parties):
                ideal[state, party] = -np.inf
            for arc in range(first[step], first[step + 1]):
                if not alive[arc]:
                    continue
                goes_on, ends = True, is_end[target[arc]]
                for party in range(n_parties):
                    if not checked[party]:
                        continue
                    if ideal[target[arc], party] < asked[arc, party]:
                        goes_on = False
                    if ends and end_values[target[arc], party] < asked_at_end[arc, party]:
                        ends = False
                if ideal[target[arc], 0] == -np.inf:
                    goes_on = False
                enough = goes_on or ends
                for party in range(n_parties):
                    later = -np.inf
                    if goes_on:
                        later = ideal[target[arc], party]
                    if ends:
                        later = max(later, end_values[target[arc], party])
                    stays = stay[target[arc], party] * annuity[party, length[arc]]
                    value[party] = stays - own_cost[arc, party] + fades[party, length[arc]] * later
                    if checked[party] and value[party] < least[state, party]:
                        enough = False
                if not enough:
                    alive[arc] = False
                    changed = True
                    continue
                for party in range(n_parties):
                    ideal[state, party] = max(ideal[state, party], value[party])
        root = order[n_states - 1]
        if ideal[root, 0] == -np.inf:
            return False
        for state in range(n_states):
            start = state == root
            earliest[state] = 0 if start else max_length + 1
            fewest[state] = 0 if start else max_stages + 1
            latest[state] = 0 if start else -1
            longest[state] = 0 if start else -1
            for party in range(n_parties):
                least[state, party] = -np.inf if start else np.inf
                most[state, party] = -np.inf
        for step in range(n_states - 1, -1, -1):
            state = order[step]
            if latest[state] < 0:
                for arc in range(first[step], first[step + 1]):
                    if alive[arc]:
                        alive[arc] = False
                        changed = True
                continue
            for arc in range(first[step], first[step + 1]):
                if not alive[arc]:
                    continue
                if earliest[state] + length[arc] > max_length or fewest[state] + 1 > max_stages:
                    alive[arc] = False
                    changed = True
                    continue
                to = target[arc]
                earliest[to] = min(earliest[to], earliest[state] + length[arc])
                latest[to] = max(latest[to], latest[state] + length[arc])
                fewest[to] = min(fewest[to], fewest[state] + 1)
                longest[to] = max(longest[to], longest[state] + 1)
                for party in range(n_parties):
                    if not checked[party]:
                        continue
                    constant = stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                    fade = fades[party, length[arc]]
                    lowest = asked[arc, party]
                    highest = asked[arc, party]
                    if is_end[to]:
                        lowest = min(lowest, asked_at_end[arc, party])
                    lowest = max(lowest, (least[state, party] - constant) / fade)
                    highest = max(highest, (most[state, party] - constant) / fade)
                    # Inverting an arc's map rounds; a bound must err on the safe side.
                    least[to, party] = min(least[to, party], lowest - SLACK * (1.0 + abs(lowest)))
                    most[to, party] = max(most[to, party], highest + SLACK * (1.0 + abs(highest)))
    return True
