"""Labels over arcs: whether some roadmap meets thresholds of margin and trust everywhere (§8 of the model).

`place_labels` keeps, in every state, the undominated vectors of values that some continuation brings, clipped at the
most that any arc upstream can ask.  The clipping is what makes labels few: two continuations that are both good enough
for everything upstream are the same label.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernel.compiled import compiled
from detente.kernel.sums import SLACK, most_product
from detente.kernel.system import BoolArray, FloatArray, IntArray

DOMINATES = 1e-12
"""A label also dominates one that is better by no more than rounding."""


class Lattice(NamedTuple):
    """What labels need of arcs; see `detente.kernel.arcs.Arcs`."""

    order: IntArray
    first: IntArray
    target: IntArray
    length: IntArray
    weight: IntArray
    constant: FloatArray
    is_end: BoolArray
    end_values: FloatArray
    checked: BoolArray
    fades: FloatArray
    patience: FloatArray


class Asked(NamedTuple):
    """What labels need of bounds; see `detente.kernel.bounds.Bounds`."""

    asked: FloatArray
    asked_at_end: FloatArray
    least: FloatArray
    most: FloatArray
    earliest: IntArray
    latest: IntArray
    fewest: IntArray
    longest: IntArray


class Weighing(NamedTuple):
    """How labels are weighed when the product of gains is sought, or not all are kept.

    Parameters
    ----------
    by_product : bool
        Whether it is; otherwise only `beam` matters, and keeps the labels of greatest flow value in all.
    slopes, constants : FloatArray
        Shape (N, P): lines above the first value that a value here can become.
    floor : FloatArray
        Shape (P,): flow value of the status quo.
    incumbent : float
        Labels that cannot lead to more than this are dropped.
    beam : int
        Labels kept per state; 0 for all.
    weights, faded, behind, floors
        Shapes (Q, P), (Q, T + 1, P), (Q, entries), (Q,): weighted sums of gains (`detente.kernel.sums`): the weights,
        those of values at each time, the most that can have come before, and what no gain at all stands for.
    base, earliest : IntArray
        Shapes (N + 1,), (N,): where the entries of a state begin, and the time of the first.
    """

    by_product: bool
    slopes: FloatArray
    constants: FloatArray
    floor: FloatArray
    incumbent: float
    beam: int
    weights: FloatArray
    faded: FloatArray
    behind: FloatArray
    floors: FloatArray
    base: IntArray
    earliest: IntArray


class Labels(NamedTuple):
    """Labels of all states, one below the other; L in all.

    Parameters
    ----------
    block_start, block_stop, end_label : IntArray
        Shape (N,): where the labels of a state are, and the one that ends there, -1 for none.
    values : FloatArray
        Shape (L, P).
    periods_of, stages_of : IntArray
        Shape (L,): weight (periods as a rule) and stages from there to the end.
    arc_of, next_of : IntArray
        Shape (L,): the arc taken and the label it leads to, -1 at an end.
    scores : FloatArray
        Shape (L,): how promising the label is; the less promising goes first where not all are kept.
    """

    block_start: IntArray
    block_stop: IntArray
    end_label: IntArray
    values: FloatArray
    periods_of: IntArray
    stages_of: IntArray
    arc_of: IntArray
    next_of: IntArray
    scores: FloatArray


@compiled
def _promise(
    vector: FloatArray, state: int, patience: FloatArray, weighing: Weighing, caps: FloatArray, room: FloatArray
) -> float:
    """The most that the product of flow gains can become from a label on; 0 if some gain cannot be positive."""
    product = 1.0
    slopes, constants = weighing.slopes, weighing.constants
    for party in range(len(vector)):
        gain = patience[party] * (slopes[state, party] * vector[party] + constants[state, party])
        caps[party] = gain - weighing.floor[party]
        if caps[party] <= 0.0:
            return 0.0
        product *= caps[party]
    begin, stop = weighing.base[state], weighing.base[state + 1]
    for number in range(len(weighing.floors)):
        if product <= weighing.incumbent:
            break
        greatest = -np.inf
        for entry in range(begin, stop):
            total = weighing.behind[number, entry]
            if total == -np.inf:
                continue
            time = weighing.earliest[state] + entry - begin
            for party in range(len(vector)):
                total += weighing.faded[number, time, party] * vector[party]
            greatest = max(greatest, total)
        greatest += SLACK * (1.0 + abs(greatest))
        product = min(product, most_product(greatest - weighing.floors[number], weighing.weights[number], caps, room))
    return product


@compiled
def place_labels(
    start: int,
    stop: int,
    lattice: Lattice,
    bounds: Asked,
    max_length: int,
    max_stages: int,
    weighing: Weighing,
    labels: Labels,
    used: int,
) -> tuple[int, int]:
    """Place the labels of the states of lattice.order[start:stop]: (next state, labels used); less if memory is full.

    Labels of a state are values of what follows (clipped at `most`), periods and stages from there to the end (clipped
    from below at what every path upstream can afford), the arc taken and the label it leads to.  With `by_product`
    values are not clipped and labels whose bound on the product of gains does not exceed `incumbent` are dropped;
    `beam` > 0 keeps so many labels per state at most.
    """
    order, first, target, length = lattice.order, lattice.first, lattice.target, lattice.length
    weight = lattice.weight
    constant, is_end, end_values, checked = lattice.constant, lattice.is_end, lattice.end_values, lattice.checked
    fades, patience = lattice.fades, lattice.patience
    asked, asked_at_end, least, most = bounds.asked, bounds.asked_at_end, bounds.least, bounds.most
    earliest, latest, fewest, longest = bounds.earliest, bounds.latest, bounds.fewest, bounds.longest
    block_start, block_stop, end_label, values = (
        labels.block_start,
        labels.block_stop,
        labels.end_label,
        labels.values,
    )
    by_product, beam, incumbent = weighing.by_product, weighing.beam, weighing.incumbent
    n_parties = constant.shape[1]
    vector, caps, room = np.empty(n_parties), np.empty(n_parties), np.empty(n_parties)
    for step in range(start, stop):
        state = order[step]
        block = used
        if used + 2 >= len(labels.arc_of):
            return step, block
        if is_end[state]:
            for party in range(n_parties):
                values[used, party] = end_values[state, party]
            labels.periods_of[used], labels.stages_of[used], labels.arc_of[used], labels.next_of[used] = 0, 0, -1, -1
            end_label[state] = used
            used += 1
        begin = used
        free_periods = max_length - latest[state]
        free_stages = max_stages - longest[state]
        finished = False
        for arc in range(first[step], first[step + 1]):
            if finished:
                break
            to = target[arc]
            for phase in range(2):
                if finished:
                    break
                if phase == 0:
                    if end_label[to] < 0:
                        continue
                    low, high = end_label[to], end_label[to] + 1
                else:
                    low, high = block_start[to], block_stop[to]
                for label in range(low, high):
                    periods = max(labels.periods_of[label] + weight[arc], free_periods)
                    stages = max(labels.stages_of[label] + 1, free_stages)
                    if periods + earliest[state] > max_length or stages + fewest[state] > max_stages:
                        continue
                    fits = True
                    full = not by_product and periods == free_periods and stages == free_stages
                    for party in range(n_parties):
                        if not checked[party]:
                            vector[party] = 0.0
                            continue
                        later = values[label, party]
                        if later < (asked_at_end[arc, party] if phase == 0 else asked[arc, party]):
                            fits = False
                            break
                        value = constant[arc, party] + fades[party, length[arc]] * later
                        if value < least[state, party]:
                            fits = False
                            break
                        if not by_product and value >= most[state, party]:
                            value = most[state, party]
                        else:
                            full = False
                        vector[party] = value
                    if not fits:
                        continue
                    score = 0.0
                    if by_product:
                        score = _promise(vector, state, patience, weighing, caps, room)
                        if score <= incumbent:
                            continue
                    elif beam > 0:
                        for party in range(n_parties):
                            score += patience[party] * vector[party]
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
                        values[used, party] = vector[party]
                    labels.periods_of[used], labels.stages_of[used], labels.arc_of[used], labels.next_of[used] = (
                        periods,
                        stages,
                        arc,
                        label,
                    )
                    labels.scores[used] = score
                    used += 1
                    if finished:
                        break
                    if beam > 0 and used - begin > beam:
                        worst = begin + int(np.argmin(labels.scores[begin:used]))
                        used -= 1
                        _move(used, worst, labels)
        block_start[state] = begin
        block_stop[state] = used
    return stop, used


@compiled
def _move(source: int, target: int, labels: Labels) -> None:
    """Copy one label over another."""
    if source != target:
        for party in range(labels.values.shape[1]):
            labels.values[target, party] = labels.values[source, party]
        labels.periods_of[target], labels.stages_of[target] = labels.periods_of[source], labels.stages_of[source]
        labels.arc_of[target], labels.next_of[target] = labels.arc_of[source], labels.next_of[source]
        labels.scores[target] = labels.scores[source]


@compiled
def _is_dominated(vector: FloatArray, periods: int, stages: int, begin: int, used: int, labels: Labels) -> bool:
    """Whether some label is at least as good in everything."""
    values = labels.values
    for other in range(begin, used):
        better = labels.periods_of[other] <= periods and labels.stages_of[other] <= stages
        for party in range(len(vector)):
            if not better:
                break
            better = values[other, party] >= vector[party] - DOMINATES
        if better:
            return True
    return False


@compiled
def _drop_dominated(vector: FloatArray, periods: int, stages: int, begin: int, used: int, labels: Labels) -> int:
    """Remove the labels that are no better in anything; return how many labels are used then."""
    values, keep = labels.values, begin
    for other in range(begin, used):
        worse = labels.periods_of[other] >= periods and labels.stages_of[other] >= stages
        for party in range(len(vector)):
            if not worse:
                break
            worse = values[other, party] <= vector[party]
        if not worse:
            _move(other, keep, labels)
            keep += 1
    return keep
