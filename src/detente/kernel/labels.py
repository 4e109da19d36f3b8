"""Bounds and labels over arcs: is there a roadmap whose every margin and trust meets given thresholds? (§8 of the model)

"Every margin at least θ and every required trust at most μ̄" asks of each arc that the value of what follows is at least
a threshold, party by party.  `bound_arcs` deletes arcs that cannot meet theirs, from both ends, to a fixpoint;
`place_labels` then keeps, in every state, the undominated vectors of values that some continuation brings, clipped at the
most that any arc upstream can ask.  The clipping is what makes labels few: two continuations that are both good enough for
everything upstream are the same label.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from detente.kernel.arcs import Arcs
from detente.kernel.expansion import HELD
from detente.kernel.system import BoolArray, FloatArray, IntArray

DOMINATES = 1e-12
"""A label also dominates one that is better by no more than rounding."""

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


class Weighing(NamedTuple):
    """How labels are weighed when the product of gains is sought.

    Parameters
    ----------
    by_product : bool
        Whether it is; otherwise the rest does not matter.
    slopes, constants : FloatArray
        Shape (N, P): lines above the first value that a value here can become.
    floor : FloatArray
        Shape (P,): flow value of the status quo.
    incumbent : float
        Labels that cannot lead to more than this are dropped.
    beam : int
        Labels kept per state; 0 for all.
    """

    by_product: bool
    slopes: FloatArray
    constants: FloatArray
    floor: FloatArray
    incumbent: float
    beam: int


class Labels(NamedTuple):
    """Labels of all states, one below the other; L in all.

    Parameters
    ----------
    block_start, block_stop, end_label : IntArray
        Shape (N,): where the labels of a state are, and the one that ends there, -1 for none.
    values : FloatArray
        Shape (L, P).
    periods_of, stages_of : IntArray
        Shape (L,): periods and stages from there to the end.
    arc_of, next_of : IntArray
        Shape (L,): the arc taken and the label it leads to, -1 at an end.
    """

    block_start: IntArray
    block_stop: IntArray
    end_label: IntArray
    values: FloatArray
    periods_of: IntArray
    stages_of: IntArray
    arc_of: IntArray
    next_of: IntArray


@njit(cache=True, error_model="numpy")
def thresholds(theta: float, trust: float, margin_at_end: bool, arcs: Arcs) -> FloatArray:
    """The least value of what follows that each arc asks of each party: (M, P), -inf for parties not checked.

    `theta` is the least flow-equivalent margin (-inf: only holding counts), `trust` the greatest required trust (inf:
    any); with `margin_at_end` the check after the stage must reach `theta` too.  Infinite where nothing suffices.
    """
    n_arcs, n_parties = arcs.before.shape
    asked = np.full((n_arcs, n_parties), -np.inf)
    for arc in range(n_arcs):
        state, periods = arcs.target[arc], arcs.length[arc]
        for party in range(n_parties):
            if not arcs.checked[party]:
                continue
            extra = theta / arcs.tables.patience[party]
            aim = arcs.before[arc, party] + extra
            need = max(arcs.before[arc, party] - HELD, aim - SLACK * (1.0 + abs(aim)))
            alone, gone = arcs.betrayed[arc, party], arcs.leave[arcs.source[arc], party]
            if trust < np.inf and alone < gone - HELD:
                least = alone + (gone - alone) / trust if trust > 0.0 else np.inf
                need = max(need, gone - HELD, least - SLACK * (1.0 + abs(alone) + abs(gone) / max(trust, 1e-3)))
            need += arcs.own_cost[arc, party]
            aim = arcs.after[state, periods, party] + extra
            need = max(need, arcs.after[state, periods, party] - HELD)
            if margin_at_end:
                need = max(need, aim - SLACK * (1.0 + abs(aim)))
            constant = arcs.stay[state, party] * arcs.tables.annuity[party, periods]
            asked[arc, party] = (need - constant) / arcs.tables.fades[party, periods]
    return asked


@njit(cache=True, error_model="numpy")
def widest_path(arcs: Arcs, alive: BoolArray, under_way: FloatArray, at_end: FloatArray) -> float:
    """The greatest least value over paths, given what each arc is worth under way and as the last one."""
    best = np.full(len(arcs.order), -np.inf)
    for step in range(len(arcs.order)):
        for arc in range(arcs.first[step], arcs.first[step + 1]):
            if alive[arc]:
                value = min(under_way[arc], best[arcs.target[arc]])
                if arcs.is_end[arcs.target[arc]]:
                    value = max(value, at_end[arc])
                best[arcs.order[step]] = max(best[arcs.order[step]], value)
    return best[arcs.order[len(arcs.order) - 1]]


@njit(cache=True, error_model="numpy")
def bound_arcs(arcs: Arcs, bounds: Bounds, max_length: int, max_stages: int) -> bool:
    """Delete arcs that no roadmap within the thresholds can use, to a fixpoint; tell whether any roadmap may be left.

    Writes `alive` (M,), `ideal` (N, P) the best value still possible, `least` and `most` (N, P) the least and most that
    any path upstream can ask, and (N,) how many periods (`earliest`, `latest`) and stages (`fewest`, `longest`) they take.
    """
    n_states, n_parties = arcs.stay.shape
    changed = True
    while changed:
        changed = False
        bounds.ideal[:] = -np.inf
        for step in range(n_states):
            state = arcs.order[step]
            for arc in range(arcs.first[step], arcs.first[step + 1]):
                if not bounds.alive[arc]:
                    continue
                goes_on, ends = True, arcs.is_end[arcs.target[arc]]
                for party in range(n_parties):
                    if not arcs.checked[party]:
                        continue
                    if bounds.ideal[arcs.target[arc], party] < bounds.asked[arc, party]:
                        goes_on = False
                    if ends and arcs.end_values[arcs.target[arc], party] < bounds.asked_at_end[arc, party]:
                        ends = False
                if bounds.ideal[arcs.target[arc], 0] == -np.inf:
                    goes_on = False
                enough = goes_on or ends
                for party in range(n_parties):
                    if not enough:
                        break
                    later = -np.inf
                    if goes_on:
                        later = bounds.ideal[arcs.target[arc], party]
                    if ends:
                        later = max(later, arcs.end_values[arcs.target[arc], party])
                    constant = (
                        arcs.stay[arcs.target[arc], party] * arcs.tables.annuity[party, arcs.length[arc]]
                        - arcs.own_cost[arc, party]
                    )
                    value = constant + arcs.tables.fades[party, arcs.length[arc]] * later
                    if arcs.checked[party] and value < bounds.least[state, party]:
                        enough = False
                if not enough:
                    bounds.alive[arc] = False
                    changed = True
                    continue
                for party in range(n_parties):
                    later = -np.inf
                    if goes_on:
                        later = bounds.ideal[arcs.target[arc], party]
                    if ends:
                        later = max(later, arcs.end_values[arcs.target[arc], party])
                    constant = (
                        arcs.stay[arcs.target[arc], party] * arcs.tables.annuity[party, arcs.length[arc]]
                        - arcs.own_cost[arc, party]
                    )
                    bounds.ideal[state, party] = max(
                        bounds.ideal[state, party], constant + arcs.tables.fades[party, arcs.length[arc]] * later
                    )
        root = arcs.order[n_states - 1]
        if bounds.ideal[root, 0] == -np.inf:
            return False
        bounds.least[:] = np.inf
        bounds.most[:] = -np.inf
        bounds.earliest[:] = max_length + 1
        bounds.fewest[:] = max_stages + 1
        bounds.latest[:] = -1
        bounds.longest[:] = -1
        bounds.least[root] = -np.inf
        bounds.earliest[root], bounds.latest[root], bounds.fewest[root], bounds.longest[root] = 0, 0, 0, 0
        for step in range(n_states - 1, -1, -1):
            state = arcs.order[step]
            if bounds.latest[state] < 0:
                for arc in range(arcs.first[step], arcs.first[step + 1]):
                    if bounds.alive[arc]:
                        bounds.alive[arc] = False
                        changed = True
                continue
            for arc in range(arcs.first[step], arcs.first[step + 1]):
                if not bounds.alive[arc]:
                    continue
                if bounds.earliest[state] + arcs.length[arc] > max_length or bounds.fewest[state] + 1 > max_stages:
                    bounds.alive[arc] = False
                    changed = True
                    continue
                to = arcs.target[arc]
                bounds.earliest[to] = min(bounds.earliest[to], bounds.earliest[state] + arcs.length[arc])
                bounds.latest[to] = max(bounds.latest[to], bounds.latest[state] + arcs.length[arc])
                bounds.fewest[to] = min(bounds.fewest[to], bounds.fewest[state] + 1)
                bounds.longest[to] = max(bounds.longest[to], bounds.longest[state] + 1)
                for party in range(n_parties):
                    if not arcs.checked[party]:
                        continue
                    constant = (
                        arcs.stay[to, party] * arcs.tables.annuity[party, arcs.length[arc]] - arcs.own_cost[arc, party]
                    )
                    fade = arcs.tables.fades[party, arcs.length[arc]]
                    lowest = bounds.asked[arc, party]
                    highest = bounds.asked[arc, party]
                    if arcs.is_end[to]:
                        lowest = min(lowest, bounds.asked_at_end[arc, party])
                    lowest = max(lowest, (bounds.least[state, party] - constant) / fade)
                    highest = max(highest, (bounds.most[state, party] - constant) / fade)
                    # Inverting an arc's map rounds; a bound must err on the safe side.
                    bounds.least[to, party] = min(bounds.least[to, party], lowest - SLACK * (1.0 + abs(lowest)))
                    bounds.most[to, party] = max(bounds.most[to, party], highest + SLACK * (1.0 + abs(highest)))
    return True


@njit(cache=True, error_model="numpy")
def _promise(vector: FloatArray, state: int, arcs: Arcs, weighing: Weighing) -> float:
    """The most that the product of flow gains can become from a label on; 0 if some gain cannot be positive."""
    product = 1.0
    for party in range(len(vector)):
        first = weighing.slopes[state, party] * vector[party] + weighing.constants[state, party]
        gain = arcs.tables.patience[party] * first - weighing.floor[party]
        if gain <= 0.0:
            return 0.0
        product *= gain
    return product


@njit(cache=True, error_model="numpy")
def place_labels(
    start: int,
    stop: int,
    arcs: Arcs,
    bounds: Bounds,
    max_length: int,
    max_stages: int,
    weighing: Weighing,
    labels: Labels,
    used: int,
) -> tuple[int, int]:
    """Place the labels of the states of arcs.order[start:stop]: (next state, labels used); short of stop if memory is full.

    Labels of a state are values of what follows (clipped at `most`), periods and stages from there to the end (clipped
    from below at what every path upstream can afford), the arc taken and the label it leads to.  With `by_product`
    values are not clipped and labels whose bound on the product of gains does not exceed `incumbent` are dropped;
    `beam` > 0 keeps so many labels per state at most.
    """
    n_parties = arcs.stay.shape[1]
    vector = np.empty(n_parties)
    for step in range(start, stop):
        state = arcs.order[step]
        block = used
        if used + 2 >= len(labels.arc_of):
            return step, block
        if arcs.is_end[state]:
            for party in range(n_parties):
                labels.values[used, party] = arcs.end_values[state, party]
            labels.periods_of[used], labels.stages_of[used], labels.arc_of[used], labels.next_of[used] = 0, 0, -1, -1
            labels.end_label[state] = used
            used += 1
        begin = used
        free_periods = max_length - bounds.latest[state]
        free_stages = max_stages - bounds.longest[state]
        finished = False
        for arc in range(arcs.first[step], arcs.first[step + 1]):
            if finished:
                break
            if not bounds.alive[arc]:
                continue
            to = arcs.target[arc]
            for phase in range(2):
                if finished:
                    break
                if phase == 0:
                    if labels.end_label[to] < 0:
                        continue
                    low, high = labels.end_label[to], labels.end_label[to] + 1
                else:
                    low, high = labels.block_start[to], labels.block_stop[to]
                for label in range(low, high):
                    periods = max(labels.periods_of[label] + arcs.length[arc], free_periods)
                    stages = max(labels.stages_of[label] + 1, free_stages)
                    if periods + bounds.earliest[state] > max_length or stages + bounds.fewest[state] > max_stages:
                        continue
                    fits = True
                    full = not weighing.by_product and periods == free_periods and stages == free_stages
                    for party in range(n_parties):
                        if not arcs.checked[party]:
                            vector[party] = 0.0
                            continue
                        later = labels.values[label, party]
                        if later < (bounds.asked_at_end[arc, party] if phase == 0 else bounds.asked[arc, party]):
                            fits = False
                            break
                        value = (
                            arcs.stay[to, party] * arcs.tables.annuity[party, arcs.length[arc]] - arcs.own_cost[arc, party]
                            + arcs.tables.fades[party, arcs.length[arc]] * later
                        )  # fmt: skip
                        if value < bounds.least[state, party]:
                            fits = False
                            break
                        if not weighing.by_product and value >= bounds.most[state, party]:
                            value = bounds.most[state, party]
                        else:
                            full = False
                        vector[party] = value
                    if not fits:
                        continue
                    if weighing.by_product and _promise(vector, state, arcs, weighing) <= weighing.incumbent:
                        continue
                    if full:
                        used = begin
                        finished = True
                    else:
                        if _is_dominated(vector, periods, stages, begin, used, labels):
                            continue
                        used = _drop_dominated(vector, periods, stages, begin, used, labels)
                    if used >= len(labels.arc_of):
                        return step, block
                    for party in range(n_parties):
                        labels.values[used, party] = vector[party]
                    labels.periods_of[used], labels.stages_of[used], labels.arc_of[used], labels.next_of[used] = (
                        periods,
                        stages,
                        arc,
                        label,
                    )
                    used += 1
                    if finished:
                        break
                    if weighing.beam > 0 and used - begin > weighing.beam:
                        worst, lowest = begin, np.inf
                        for other in range(begin, used):
                            score = _promise(labels.values[other], state, arcs, weighing)
                            if score < lowest:
                                worst, lowest = other, score
                        used -= 1
                        _move(used, worst, labels)
        labels.block_start[state] = begin
        labels.block_stop[state] = used
    return stop, used


@njit(cache=True, error_model="numpy")
def _move(source: int, target: int, labels: Labels) -> None:
    """Copy one label over another."""
    if source != target:
        for party in range(labels.values.shape[1]):
            labels.values[target, party] = labels.values[source, party]
        labels.periods_of[target], labels.stages_of[target] = labels.periods_of[source], labels.stages_of[source]
        labels.arc_of[target], labels.next_of[target] = labels.arc_of[source], labels.next_of[source]


@njit(cache=True, error_model="numpy")
def _is_dominated(vector: FloatArray, periods: int, stages: int, begin: int, used: int, labels: Labels) -> bool:
    """Whether some label is at least as good in everything."""
    for other in range(begin, used):
        better = labels.periods_of[other] <= periods and labels.stages_of[other] <= stages
        for party in range(len(vector)):
            if not better:
                break
            better = labels.values[other, party] >= vector[party] - DOMINATES
        if better:
            return True
    return False


@njit(cache=True, error_model="numpy")
def _drop_dominated(vector: FloatArray, periods: int, stages: int, begin: int, used: int, labels: Labels) -> int:
    """Remove the labels that are no better in anything; return how many labels are used then."""
    keep = begin
    for other in range(begin, used):
        worse = labels.periods_of[other] >= periods and labels.stages_of[other] >= stages
        for party in range(len(vector)):
            if not worse:
                break
            worse = labels.values[other, party] <= vector[party]
        if not worse:
            _move(other, keep, labels)
            keep += 1
    return keep
