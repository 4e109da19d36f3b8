"""Arcs of the design: every stage that some roadmap may take and no party's checks rule out at once (§8 of the model).

An arc leads from a state S over a stage A to S ∪ A.  What a party could do instead depends on the arc alone, and its
value of complying rises in the value of what follows; so states are treated from the goal backwards with, per party, the
best value that anything could still bring (the *ideal*), and an arc on which even that is too little is dropped at once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numba import njit

from detente.errors import LimitError
from detente.kernel.bits import find, lowest_bit, make_index, to_masks, to_states
from detente.kernel.breakdown import break_down
from detente.kernel.lattice import Order, list_states, stage_sets
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, lags
from detente.progress import Reporter

LEAST_TRUST = 1e-12
"""Stands for a bound of no trust at all where a bound is divided by."""

HELD = 1e-9
"""Tolerance of a margin, as in the evaluation of roadmaps."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Tables:
    """What the compiled code looks up; T states in all, the first of them the ideals.

    Parameters
    ----------
    flow : FloatArray
        Shape (T, P): value per period of living in a state, the risk of breakdown included.
    nobody, breaker : FloatArray
        Shape (T, P): values of breakdown.
    lag : IntArray
        Shape (T, n), periods, as 16-bit integers.
    fades, annuity : FloatArray
        Shape (P, longest + 1): γⁿ and (1 − γⁿ)/(1 − γ).
    dependents, requisites : IntArray
        Shape (n,): what requires a measure, and what it requires, itself and through others too.
    """

    states: IntArray
    keys: IntArray
    places: IntArray
    flow: FloatArray
    nobody: FloatArray
    breaker: FloatArray
    lag: IntArray
    fades: FloatArray
    annuity: FloatArray
    start_value: FloatArray
    withholds: IntArray
    undoes: IntArray
    owns: IntArray
    others_own: IntArray
    dependents: IntArray
    requisites: IntArray
    reversible: int
    cost: FloatArray
    undo_cost: FloatArray
    duration: IntArray
    patience: FloatArray


def make_tables(system: System, ideals: IntArray, feasible: BoolArray) -> Tables:
    """Work out values, breakdowns and lags of every state that the design can meet."""
    masks = list_states(system, ideals, feasible)
    states = to_states(masks, system.n_measures)
    aftermath = break_down(system, states)
    longest = int(max(system.lag.max(initial=1), system.duration.max(initial=1)))
    gamma = system.discount * (1.0 - system.hazard)
    powers = gamma[:, None] ** np.arange(longest + 1)
    keys, places = make_index(masks)
    risk = (system.discount * system.hazard)[:, None]
    return Tables(
        states=masks,
        keys=keys,
        places=places,
        flow=np.ascontiguousarray((aftermath.value + risk * aftermath.nobody).T),
        nobody=np.ascontiguousarray(aftermath.nobody.T),
        breaker=np.ascontiguousarray(aftermath.breaker.T),
        lag=lags(system, states).astype(np.int32),
        fades=powers,
        annuity=(1.0 - powers) / (1.0 - gamma[:, None]),
        start_value=aftermath.value[:, 0] / (1.0 - system.discount),
        withholds=to_masks(system.withholds),
        undoes=to_masks(system.undoes),
        owns=to_masks(system.owns),
        others_own=to_masks(system.others_own),
        dependents=to_masks(system.dependents),
        requisites=to_masks(system.dependents.T),
        reversible=int(to_masks(system.reversible)),
        cost=np.where(system.owns, system.cost, 0.0),
        undo_cost=np.ascontiguousarray(system.undo_cost),
        duration=system.duration,
        patience=1.0 - system.discount,
    )


@njit(cache=True, error_model="numpy")
def _best_deviation(
    party, target, taken, earlier, allowed, bound, enough,
    keys, places, flow, breaker, lag, fades, annuity, withholds, undoes, dependents, reversible, cost, undo_cost,
    removal, undoing,
):  # fmt: skip
    """Best value of withholding or undoing at one check; stops as soon as it exceeds `enough`."""
    can_withhold = withholds[party] & taken & allowed
    bits = undoes[party] & earlier & allowed
    columns = np.empty(64, dtype=np.int64)
    count = 0
    rest = can_withhold
    while rest:
        columns[count] = lowest_bit(rest)
        rest &= rest - 1
        count += 1
    irreversible = earlier & ~reversible
    while bits:
        column = lowest_bit(bits)
        bits &= bits - 1
        if not dependents[column] & irreversible:
            columns[count] = column
            count += 1
    paid = 0.0
    rest = taken
    while rest:
        paid += cost[party, lowest_bit(rest)]
        rest &= rest - 1
    best = -np.inf
    removal[0] = 0
    undoing[0] = 0.0
    for choice in range(1, 1 << count):
        column = columns[lowest_bit(choice)]
        fewer = choice & (choice - 1)
        removal[choice] = removal[fewer] | dependents[column]
        undoing[choice] = undoing[fewer]
        if not can_withhold >> column & 1:
            undoing[choice] += undo_cost[party, column]
        left = target & ~removal[choice]
        place = find(keys, places, left)
        periods = bound
        saved = 0.0
        rest = target & ~left
        while rest:
            column = lowest_bit(rest)
            rest &= rest - 1
            if taken >> column & 1:
                saved += cost[party, column]
            if lag[place, column] < periods:
                periods = lag[place, column]
        value = (
            saved - paid - undoing[choice]
            + flow[place, party] * annuity[party, periods]
            + fades[party, periods] * breaker[place, party]
        )  # fmt: skip
        if value > best:
            best = value
            if best > enough:
                return best
    return best


@njit(cache=True, error_model="numpy")
def _expand(
    first, order, masks, place_of, goal, needs, after, together, topological, most_per_stage, theta, trust,
    is_end, end_values, checked, allowed, after_moves, after_known, ideal, room,
    keys, places, flow, nobody, breaker, lag, fades, annuity, start_value, withholds, undoes, owns, others_own,
    dependents, requisites, reversible, cost, undo_cost, duration, patience, removal, undoing,
    out_source, out_target, out_stage, out_length, out_before, out_betrayed,
):  # fmt: skip
    """Treat states of `order` from `first` on until the output is full: (next state, arcs written, room asked for).

    `ideal` (n, P) holds the best value that a roadmap can still bring in each state, -inf where none leads on; states
    are given goal first.  Arcs of one state are never split over two calls.  Checks that cost little come first.
    """
    n_parties = flow.shape[1]
    comply = np.empty(n_parties)
    written = 0
    for step in range(first, len(order)):
        source = order[step]
        mask = masks[source]
        before_place = find(keys, places, mask)
        begun = written
        count = stage_sets(mask, goal, needs, after, topological, most_per_stage, room)
        if count < 0:
            return step, begun, 2 * len(room)
        if written + count > len(out_source):
            return step, begun, -(count + 1)
        for number in range(1, count):
            stage = room[number]
            split = False
            for set_ in together:
                if stage & set_ and (stage & set_) != set_:
                    split = True
            if split:
                continue
            state = mask | stage
            place = find(keys, places, state)
            if place < 0 or place >= len(place_of):
                continue
            target = place_of[place]
            if target < 0 or (ideal[target, 0] == -np.inf and not is_end[target]):
                continue
            # The least length of the stage, and what its irreversible measures rest on.
            length, rests_on = 1, np.int64(0)
            rest = stage
            while rest:
                column = lowest_bit(rest)
                rest &= rest - 1
                length = max(length, duration[column])
                if not reversible >> column & 1:
                    rests_on |= requisites[column]
            rest = stage | (mask & reversible)
            while rest:
                column = lowest_bit(rest)
                rest &= rest - 1
                length = max(length, lag[place, column])
            survives = True
            for party in range(n_parties):
                later = ideal[target, party]
                if is_end[target]:
                    later = max(later, end_values[target, party])
                fade = fades[party, length]
                stay_after = flow[place, party] * annuity[party, length] + fade * later
                paid = 0.0
                rest = stage & owns[party]
                while rest:
                    paid += cost[party, lowest_bit(rest)]
                    rest &= rest - 1
                comply[party] = stay_after - paid
                # What it is worth to do one's part alone (§7).
                alone = np.inf
                if owns[party] & stage:
                    withheld = stage & others_own[party]
                    where, periods = place, length
                    if withheld:
                        removed = np.int64(0)
                        rest = withheld
                        while rest:
                            removed |= dependents[lowest_bit(rest)]
                            rest &= rest - 1
                        where = find(keys, places, state & ~removed)
                        rest = withheld
                        while rest:
                            periods = min(periods, lag[where, lowest_bit(rest)])
                            rest &= rest - 1
                    alone = (
                        flow[where, party] * annuity[party, periods] + fades[party, periods] * nobody[where, party] - paid
                    )
                out_betrayed[written, party] = alone
                if not checked[party]:
                    continue
                leave = start_value[party] if mask == 0 else breaker[before_place, party]
                wanted = max(theta / patience[party], 0.0) - HELD
                if comply[party] < leave + wanted:
                    survives = False
                    break
                if alone < leave - HELD and comply[party] - alone < (leave - alone) / trust - HELD:
                    survives = False
                    break
                if not after_known[target, length, party]:
                    after_moves[target, length, party] = _best_deviation(
                        party, state, np.int64(0), state, allowed, length, np.inf,
                        keys, places, flow, breaker, lag, fades, annuity, withholds, undoes, dependents,
                        reversible, cost, undo_cost, removal, undoing,
                    )  # fmt: skip
                    after_known[target, length, party] = True
                moves = after_moves[target, length, party]
                if is_end[target]:
                    wanted = -HELD
                if stay_after < max(moves, breaker[place, party]) + wanted:
                    survives = False
                    break
                out_before[written, party] = max(leave, moves)
                # A party with nothing to do, whose own measures the stage does not lock in, can do now what it can
                # do after the stage.
                if not owns[party] & stage and not undoes[party] & mask & rests_on:
                    wanted = max(theta / patience[party], 0.0) - HELD
                    if comply[party] < moves + wanted:
                        survives = False
                        break
            if not survives:
                continue
            for party in range(n_parties):
                if not checked[party] or not (owns[party] & stage or undoes[party] & mask & rests_on):
                    continue
                leave = start_value[party] if mask == 0 else breaker[before_place, party]
                enough = comply[party] - max(theta / patience[party], 0.0) + HELD
                best = _best_deviation(
                    party, state, stage, mask, allowed, length, enough,
                    keys, places, flow, breaker, lag, fades, annuity, withholds, undoes, dependents, reversible,
                    cost, undo_cost, removal, undoing,
                )  # fmt: skip
                if best > enough:
                    survives = False
                    break
                out_before[written, party] = max(best, leave)
            if not survives:
                continue
            for party in range(n_parties):
                ideal[source, party] = max(ideal[source, party], comply[party])
            out_source[written] = source
            out_target[written] = target
            out_stage[written] = stage
            out_length[written] = length
            written += 1
    return len(order), written, 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Arcs:
    """The arcs that survive, goal first; N states that roadmaps may reach, M arcs.

    Parameters
    ----------
    masks : IntArray
        Shape (N,): states; the first is the status quo.
    order : IntArray
        Shape (N,): places of states, largest first.
    first : IntArray
        Shape (N + 1,): the arcs of the s-th state of `order` are first[s] … first[s + 1] − 1.
    source, target, stage, length : IntArray
        Shape (M,): places of states, measures as a mask, periods.
    own_cost, before, betrayed : FloatArray
        Shape (M, P): own costs of the stage; the best deviation before it, leaving included; value of doing one's part
        alone, inf for parties with nothing to do.
    after : FloatArray
        Shape (N, longest + 1, P): the best deviation after a stage of that length, leaving included; of lengths that no
        arc has, leaving only.
    leave : FloatArray
        Shape (N, P): value of leaving openly before a stage.
    stay : FloatArray
        Shape (N, P): value per period in each state.
    is_end, end_values
        Shapes (N,), (N, P): whether a roadmap may end there and everybody keeps to it, and what that is worth.
    checked : BoolArray
        Shape (P,): parties whose checks count.
    origin : IntArray
        Shape (M,): places of the arcs among those first built.
    """

    tables: Tables
    masks: IntArray
    order: IntArray
    first: IntArray
    source: IntArray
    target: IntArray
    stage: IntArray
    length: IntArray
    own_cost: FloatArray
    before: FloatArray
    betrayed: FloatArray
    after: FloatArray
    leave: FloatArray
    stay: FloatArray
    is_end: BoolArray
    end_values: FloatArray
    checked: BoolArray
    origin: IntArray

    def only(self, chosen: BoolArray) -> Arcs:
        """Return the chosen arcs alone, (M,); they remember their `origin`."""
        kept = np.concatenate([[0], np.cumsum(chosen)])
        columns = ("source", "target", "stage", "length", "own_cost", "before", "betrayed", "origin")
        return replace(self, first=kept[self.first], **{name: getattr(self, name)[chosen] for name in columns})


ARC_BYTES = 8
"""Bytes of one number of an arc."""


def arc_bytes(n_parties: int) -> int:
    """Return the memory that one arc takes, in bytes: the arc, its thresholds, and room to grow."""
    return 2 * ARC_BYTES * (4 + 4 * n_parties)


def _all_keep(
    tables: Tables,
    legal: IntArray,
    where: IntArray,
    end_values: FloatArray,
    ends: BoolArray,
    checked: BoolArray,
    allowed: int,
    scratch: tuple[object, ...],
) -> BoolArray:
    """Whether all parties whose checks count keep to a state for good, for the states where a roadmap may end: (N,)."""
    keeps = np.zeros(len(legal), dtype=np.bool_)
    longest = tables.annuity.shape[1] - 1
    wanted = end_values + HELD
    stays = (tables.breaker[where] <= wanted)[:, checked].all(axis=1)
    parties = [int(party) for party in np.flatnonzero(checked)]
    for place in np.flatnonzero(ends & stays):
        state = int(legal[place])
        keeps[place] = all(
            _best_deviation(party, state, 0, state, allowed, longest, wanted[place, party], *scratch)
            <= wanted[place, party]
            for party in parties
        )
    return keeps


def build_arcs(
    tables: Tables,
    order: Order,
    legal: IntArray,
    goal: int,
    *,
    ends: BoolArray,
    most_per_stage: int,
    checked: BoolArray,
    allowed: int,
    theta: float = -np.inf,
    trust: float = np.inf,
    memory: float = np.inf,
    reporter: Reporter,
) -> Arcs:
    """Build the arcs that survive the checks of some parties, and that roadmaps within thresholds may use.

    Parameters
    ----------
    tables : Tables
        Values of all states.
    order : Order
        What must come before what.
    legal : IntArray
        Shape (N,): the masks that roadmaps may reach, the empty one first.
    goal : int
        Mask of the measures that may be taken.
    ends : BoolArray
        Shape (N,): where a roadmap may end.
    most_per_stage : int
        Measures per stage.
    checked : BoolArray
        Shape (P,): parties whose checks count.
    allowed : int
        Mask of the measures that deviations may withhold or undo.
    theta, trust : float
        Least flow margin and greatest required trust of the roadmaps sought; -inf and inf for any that hold.
    memory : float
        Bytes that the arcs may take.

    Raises
    ------
    LimitError
        If the arcs take more.
    """
    n_parties = tables.flow.shape[1]
    sizes = np.array([int(mask).bit_count() for mask in legal.view(np.uint64)], dtype=np.int64)
    place_in_order = np.argsort(-sizes, kind="stable")
    place_of = np.full(len(tables.states), -1, dtype=np.int64)
    where = np.array([find(tables.keys, tables.places, mask) for mask in legal], dtype=np.int64)
    place_of[where] = np.arange(len(legal))
    bits = max(
        (int(mask).bit_count() for mask in (tables.withholds | tables.undoes).view(np.uint64)),
        default=0,
    )
    removal = np.zeros(1 << min(bits, 20), dtype=np.int64)
    undoing = np.zeros(1 << min(bits, 20))
    lookups = (tables.keys, tables.places, tables.flow)
    values = (tables.lag, tables.fades, tables.annuity)
    rules = (tables.dependents, tables.reversible, tables.cost, tables.undo_cost)
    end_values = tables.flow[where] / (1.0 - tables.fades[:, 1])
    scratch = (*lookups, tables.breaker, *values, tables.withholds, tables.undoes, *rules, removal, undoing)
    is_end = ends & _all_keep(tables, legal, where, end_values, ends, checked, allowed, scratch)
    longest = tables.annuity.shape[1]
    after_moves = np.full((len(legal), longest, n_parties), -np.inf)
    after_known = np.zeros((len(legal), longest, n_parties), dtype=np.bool_)
    ideal = np.full((len(legal), n_parties), -np.inf)
    room = np.empty(4096, dtype=np.int64)
    capacity = 1 << 16
    parts: list[tuple[np.ndarray, ...]] = []
    step, kept = 0, 0
    while step < len(legal):
        out = (
            np.empty(capacity, dtype=np.int64),
            np.empty(capacity, dtype=np.int64),
            np.empty(capacity, dtype=np.int64),
            np.empty(capacity, dtype=np.int64),
            np.full((capacity, n_parties), -np.inf),
            np.empty((capacity, n_parties)),
        )
        begun = step
        step, written, asked = _expand(
            step, place_in_order, legal, place_of, goal, order.needs, order.after, order.together, order.topological,
            most_per_stage, theta, max(trust, LEAST_TRUST), is_end, end_values, checked, allowed, after_moves,
            after_known, ideal, room,
            *lookups, tables.nobody, tables.breaker, *values, tables.start_value, tables.withholds, tables.undoes,
            tables.owns, tables.others_own, tables.dependents, tables.requisites, *rules[1:], tables.duration,
            tables.patience, removal, undoing, *out,
        )  # fmt: skip
        parts.append(tuple(column[:written].copy() for column in out))
        kept += written
        if kept * arc_bytes(n_parties) > memory:
            raise LimitError(f"more than {kept} stages")
        if asked > 0:
            room = np.empty(asked, dtype=np.int64)
        elif asked < 0 and step == begun:
            capacity = max(2 * capacity, -asked)
        reporter.report("listing stages", fraction=step / len(legal))
    source, target, stage, length, before, betrayed = (np.concatenate(column) for column in zip(*parts, strict=True))
    per_state = np.bincount(source, minlength=len(legal))[place_in_order]
    taken = to_states(stage, tables.cost.shape[1]).astype(np.float64)
    leave = tables.breaker[where].copy()
    leave[legal == 0] = tables.start_value
    return Arcs(
        tables=tables,
        masks=legal,
        order=place_in_order,
        first=np.concatenate([[0], np.cumsum(per_state)]),
        source=source,
        target=target,
        stage=stage,
        length=length,
        own_cost=taken @ tables.cost.T,
        before=before,
        betrayed=betrayed,
        after=np.maximum(after_moves, tables.breaker[where][:, None, :]),
        leave=leave,
        stay=tables.flow[where],
        is_end=is_end,
        end_values=end_values,
        checked=checked,
        origin=np.arange(len(source)),
    )
