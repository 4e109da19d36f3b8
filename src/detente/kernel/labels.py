"""Bounds and labels over arcs: is there a roadmap whose every margin and trust meets given thresholds? (§8 of the model)

"Every margin at least θ and every required trust at most μ̄" asks of each arc that the value of what follows is at least
a threshold, party by party.  `bound_arcs` deletes arcs that cannot meet theirs, from both ends, to a fixpoint;
`place_labels` then keeps, in every state, the undominated vectors of values that some continuation brings, clipped at the
most that any arc upstream can ask.  The clipping is what makes labels few: two continuations that are both good enough for
everything upstream are the same label.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.kernel.arcs import HELD

DOMINATES = 1e-12
"""A label also dominates one that is better by no more than rounding."""

SLACK = 1e-12
"""Relative slack of thresholds other than zero margins, so that rounding does not lose the roadmap that set them."""


@njit(cache=True, error_model="numpy")
def thresholds(
    theta, trust, margin_at_end, source, target, length, own_cost, before, betrayed, after, leave, stay, checked,
    patience, fades, annuity,
):  # fmt: skip
    """The least value of what follows that each arc asks of each party: (M, P), -inf for parties not checked.

    `theta` is the least flow-equivalent margin (-inf: only holding counts), `trust` the greatest required trust (inf:
    any); with `margin_at_end` the check after the stage must reach `theta` too.  Infinite where nothing suffices.
    """
    n_arcs, n_parties = before.shape
    asked = np.full((n_arcs, n_parties), -np.inf)
    for arc in range(n_arcs):
        state, periods = target[arc], length[arc]
        for party in range(n_parties):
            if not checked[party]:
                continue
            extra = theta / patience[party]
            aim = before[arc, party] + extra
            need = max(before[arc, party] - HELD, aim - SLACK * (1.0 + abs(aim)))
            alone, gone = betrayed[arc, party], leave[source[arc], party]
            if trust < np.inf and alone < gone - HELD:
                least = alone + (gone - alone) / trust if trust > 0.0 else np.inf
                need = max(need, gone - HELD, least - SLACK * (1.0 + abs(alone) + abs(gone) / max(trust, 1e-3)))
            need += own_cost[arc, party]
            aim = after[state, periods, party] + extra
            need = max(need, after[state, periods, party] - HELD)
            if margin_at_end:
                need = max(need, aim - SLACK * (1.0 + abs(aim)))
            asked[arc, party] = (need - stay[state, party] * annuity[party, periods]) / fades[party, periods]
    return asked


@njit(cache=True, error_model="numpy")
def widest_path(order, first, target, alive, is_end, under_way, at_end):
    """The greatest least value over paths, given what each arc is worth under way and as the last one."""
    best = np.full(len(order), -np.inf)
    for step in range(len(order)):
        for arc in range(first[step], first[step + 1]):
            if alive[arc]:
                value = min(under_way[arc], best[target[arc]])
                if is_end[target[arc]]:
                    value = max(value, at_end[arc])
                best[order[step]] = max(best[order[step]], value)
    return best[order[len(order) - 1]]


@njit(cache=True, error_model="numpy")
def bound_arcs(
    order, first, source, target, length, own_cost, stay, fades, annuity, asked, asked_at_end, is_end, end_values,
    checked, alive, ideal, least, most, earliest, latest, fewest, longest, max_length, max_stages,
):  # fmt: skip
    """Delete arcs that no roadmap within the thresholds can use, to a fixpoint; tell whether any roadmap may be left.

    Writes `alive` (M,), `ideal` (N, P) the best value still possible, `least` and `most` (N, P) the least and most that
    any path upstream can ask, and (N,) how many periods (`earliest`, `latest`) and stages (`fewest`, `longest`) they take.
    """
    n_states, n_parties = stay.shape
    changed = True
    while changed:
        changed = False
        ideal[:] = -np.inf
        for step in range(n_states):
            state = order[step]
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
                    if not enough:
                        break
                    later = -np.inf
                    if goes_on:
                        later = ideal[target[arc], party]
                    if ends:
                        later = max(later, end_values[target[arc], party])
                    constant = stay[target[arc], party] * annuity[party, length[arc]] - own_cost[arc, party]
                    value = constant + fades[party, length[arc]] * later
                    if checked[party] and value < least[state, party]:
                        enough = False
                if not enough:
                    alive[arc] = False
                    changed = True
                    continue
                for party in range(n_parties):
                    later = -np.inf
                    if goes_on:
                        later = ideal[target[arc], party]
                    if ends:
                        later = max(later, end_values[target[arc], party])
                    constant = stay[target[arc], party] * annuity[party, length[arc]] - own_cost[arc, party]
                    ideal[state, party] = max(ideal[state, party], constant + fades[party, length[arc]] * later)
        root = order[n_states - 1]
        if ideal[root, 0] == -np.inf:
            return False
        least[:] = np.inf
        most[:] = -np.inf
        earliest[:] = max_length + 1
        fewest[:] = max_stages + 1
        latest[:] = -1
        longest[:] = -1
        least[root] = -np.inf
        earliest[root], latest[root], fewest[root], longest[root] = 0, 0, 0, 0
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


@njit(cache=True, error_model="numpy")
def _score(vector, chord_slope, chord_constant, patience, floor):
    """The most that the product of flow gains can become from a label on: a bound, 0 if some gain cannot be positive."""
    product = 1.0
    for party in range(len(vector)):
        gain = patience[party] * (chord_slope[party] * vector[party] + chord_constant[party]) - floor[party]
        if gain <= 0.0:
            return 0.0
        product *= gain
    return product


@njit(cache=True, error_model="numpy")
def place_labels(
    start, stop, order, first, target, length, own_cost, stay, fades, annuity, asked, asked_at_end, is_end,
    end_values, checked, alive, least, most, earliest, latest, fewest, longest, max_length, max_stages,
    by_product, slopes, constants, patience, floor, incumbent, beam,
    block_start, block_stop, end_label, values, periods_of, stages_of, arc_of, next_of, used,
):  # fmt: skip
    """Place the labels of the states of order[start:stop]: (next state, labels used); short of stop if memory is full.

    Labels of a state are values of what follows (clipped at `most`), periods and stages from there to the end (clipped
    from below at what every path upstream can afford), the arc taken and the label it leads to.  With `by_product`
    values are not clipped and labels whose bound on the product of gains does not exceed `incumbent` are dropped;
    `beam` > 0 keeps so many labels per state at most.
    """
    n_parties = stay.shape[1]
    vector = np.empty(n_parties)
    for step in range(start, stop):
        state = order[step]
        block = used
        if used + 2 >= len(arc_of):
            return step, block
        if is_end[state]:
            for party in range(n_parties):
                values[used, party] = end_values[state, party]
            periods_of[used], stages_of[used], arc_of[used], next_of[used] = 0, 0, -1, -1
            end_label[state] = used
            used += 1
        begin = used
        free_periods = max_length - latest[state]
        free_stages = max_stages - longest[state]
        finished = False
        for arc in range(first[step], first[step + 1]):
            if finished:
                break
            if not alive[arc]:
                continue
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
                    periods = max(periods_of[label] + length[arc], free_periods)
                    stages = max(stages_of[label] + 1, free_stages)
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
                        value = (
                            stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                            + fades[party, length[arc]] * later
                        )  # fmt: skip
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
                    if by_product and _score(vector, slopes[state], constants[state], patience, floor) <= incumbent:
                        continue
                    if full:
                        used = begin
                        finished = True
                    else:
                        if _is_dominated(vector, periods, stages, begin, used, values, periods_of, stages_of):
                            continue
                        used = _drop_dominated(
                            vector, periods, stages, begin, used, values, periods_of, stages_of, arc_of, next_of
                        )
                    if used >= len(arc_of):
                        return step, block
                    for party in range(n_parties):
                        values[used, party] = vector[party]
                    periods_of[used], stages_of[used], arc_of[used], next_of[used] = periods, stages, arc, label
                    used += 1
                    if finished:
                        break
                    if beam > 0 and used - begin > beam:
                        worst, lowest = begin, np.inf
                        for other in range(begin, used):
                            score = _score(values[other], slopes[state], constants[state], patience, floor)
                            if score < lowest:
                                worst, lowest = other, score
                        used -= 1
                        _move(used, worst, values, periods_of, stages_of, arc_of, next_of)
        block_start[state] = begin
        block_stop[state] = used
    return stop, used


@njit(cache=True, error_model="numpy")
def _move(source, target, values, periods_of, stages_of, arc_of, next_of):
    """Copy one label over another."""
    if source != target:
        for party in range(values.shape[1]):
            values[target, party] = values[source, party]
        periods_of[target], stages_of[target] = periods_of[source], stages_of[source]
        arc_of[target], next_of[target] = arc_of[source], next_of[source]


@njit(cache=True, error_model="numpy")
def _is_dominated(vector, periods, stages, begin, used, values, periods_of, stages_of):
    """Whether some label is at least as good in everything."""
    for other in range(begin, used):
        better = periods_of[other] <= periods and stages_of[other] <= stages
        for party in range(len(vector)):
            if not better:
                break
            better = values[other, party] >= vector[party] - DOMINATES
        if better:
            return True
    return False


@njit(cache=True, error_model="numpy")
def _drop_dominated(vector, periods, stages, begin, used, values, periods_of, stages_of, arc_of, next_of):
    """Remove the labels that are no better in anything; return how many labels are used then."""
    keep = begin
    for other in range(begin, used):
        worse = periods_of[other] >= periods and stages_of[other] >= stages
        for party in range(len(vector)):
            if not worse:
                break
            worse = values[other, party] <= vector[party]
        if not worse:
            _move(other, keep, values, periods_of, stages_of, arc_of, next_of)
            keep += 1
    return keep


@njit(cache=True, error_model="numpy")
def upstream_lines(
    order, first, target, length, own_cost, stay, fades, annuity, is_end, end_values, alive, ideal,
):  # fmt: skip
    """Lines above the most that the first value can become from a value here: slopes and constants, (N, P) each.

    That most is a maximum of affine functions of the value here, so convex, and below its chord over the values possible.
    """
    n_states, n_parties = stay.shape
    lowest = np.full((n_states, n_parties), np.inf)
    highest = ideal.copy()
    for step in range(n_states):
        state = order[step]
        if is_end[state]:
            for party in range(n_parties):
                lowest[state, party] = min(lowest[state, party], end_values[state, party])
                highest[state, party] = max(highest[state, party], end_values[state, party])
        for arc in range(first[step], first[step + 1]):
            if not alive[arc]:
                continue
            to = target[arc]
            for party in range(n_parties):
                constant = stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                value = constant + fades[party, length[arc]] * lowest[to, party]
                lowest[state, party] = min(lowest[state, party], value)
    at_low = np.full((n_states, n_parties), -np.inf)
    at_high = np.full((n_states, n_parties), -np.inf)
    slopes = np.zeros((n_states, n_parties))
    constants = np.full((n_states, n_parties), -np.inf)
    root = order[n_states - 1]
    for step in range(n_states - 1, -1, -1):
        state = order[step]
        for party in range(n_parties):
            if state == root:
                slopes[state, party], constants[state, party] = 1.0, 0.0
            elif at_high[state, party] > -np.inf:
                width = highest[state, party] - lowest[state, party]
                slope = (at_high[state, party] - at_low[state, party]) / width if width > 1e-9 else 0.0
                slopes[state, party] = slope
                constants[state, party] = at_high[state, party] - slope * highest[state, party] if width > 1e-9 else (
                    max(at_high[state, party], at_low[state, party])
                )
                constants[state, party] += SLACK * (1.0 + abs(at_high[state, party]))
        for arc in range(first[step], first[step + 1]):
            if not alive[arc]:
                continue
            to = target[arc]
            for party in range(n_parties):
                constant = stay[to, party] * annuity[party, length[arc]] - own_cost[arc, party]
                fade = fades[party, length[arc]]
                slope = slopes[state, party]
                base = slope * constant + constants[state, party]
                at_low[to, party] = max(at_low[to, party], base + slope * fade * lowest[to, party])
                at_high[to, party] = max(at_high[to, party], base + slope * fade * highest[to, party])
    return slopes, constants
