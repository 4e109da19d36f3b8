"""The inner loops of building arcs: the best deviation at a check, and all stages from a state; compiled.

Names are those of `detente.kernel.tables.Tables`; masks are signed 64-bit integers, bit i for column i.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernel.bits import find, lowest_bit
from detente.kernel.compiled import compiled
from detente.kernel.lattice import Order, stage_sets
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.kernel.tables import Tables

HELD = 1e-9
"""Tolerance of a margin, as in the evaluation of roadmaps."""


class Sought(NamedTuple):
    """Which roadmaps are sought: their measures per stage, margins and trust, and whose deviations count.

    Parameters
    ----------
    theta, trust : float
        Least flow margin (-inf: holding is enough) and greatest required trust (inf: any; never 0).
    checked : BoolArray
        Shape (P,): parties whose checks count.
    allowed : int
        Mask of the measures that deviations may withhold or undo.
    """

    most_per_stage: int
    theta: float
    trust: float
    checked: BoolArray
    allowed: int


class Ends(NamedTuple):
    """Where a roadmap may end, shape (N,), and what that is worth, (N, P)."""

    is_end: BoolArray
    values: FloatArray


class AfterMoves(NamedTuple):
    """The best deviations after stages, leaving apart, once worked out; they depend on the state and the length alone.

    Parameters
    ----------
    value, known
        Shape (N, longest + 1, P).
    """

    value: FloatArray
    known: BoolArray


class Scratch(NamedTuple):
    """Room for the deviations of one party: what each removes, and its undo costs; 2^q each."""

    removal: IntArray
    undoing: FloatArray


class Written(NamedTuple):
    """Room for arcs; see `detente.kernel.arcs.Arcs`."""

    source: IntArray
    target: IntArray
    stage: IntArray
    length: IntArray
    constant: FloatArray
    before: FloatArray
    behind: FloatArray
    betrayed: FloatArray


@compiled
def best_deviation(
    party: int,
    target: int,
    taken: int,
    earlier: int,
    allowed: int,
    bound: int,
    enough: float,
    tables: Tables,
    scratch: Scratch,
) -> float:
    """Best value of withholding or undoing at one check; stops as soon as it exceeds `enough`."""
    keys, places, flow, breaker = tables.keys, tables.places, tables.flow, tables.breaker
    lag, fades, annuity, withholds = tables.lag, tables.fades, tables.annuity, tables.withholds
    undoes, dependents, reversible, cost = tables.undoes, tables.dependents, tables.reversible, tables.cost
    undo_cost = tables.undo_cost
    removal, undoing = scratch.removal, scratch.undoing
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
    best: float = -np.inf
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
        value: float = (
            saved - paid - undoing[choice]
            + flow[place, party] * annuity[party, periods]
            + fades[party, periods] * breaker[place, party]
        )  # fmt: skip
        if value > best:
            best = value
            if best > enough:
                return best
    return best


@compiled
def expand(
    first: int,
    place_in_order: IntArray,
    masks: IntArray,
    place_of: IntArray,
    goal: int,
    order: Order,
    tables: Tables,
    sought: Sought,
    ends: Ends,
    after_moves: AfterMoves,
    ideal: FloatArray,
    room: IntArray,
    scratch: Scratch,
    out: Written,
) -> tuple[int, int, int]:
    """Treat states of `order` from `first` on until the output is full: (next state, arcs written, room asked for).

    States are given goal first; `ideal` (N, P), the best value that a roadmap can still bring in a
    state, is written along the way, -inf where none leads on.  Arcs of one state are never split over
    two calls.  Checks that cost little come first.
    """
    keys, places, flow, nobody = tables.keys, tables.places, tables.flow, tables.nobody
    breaker, lag, fades, annuity = tables.breaker, tables.lag, tables.fades, tables.annuity
    start_value, undoes, owns, others_own = tables.start_value, tables.undoes, tables.owns, tables.others_own
    dependents, requisites, reversible, cost = tables.dependents, tables.requisites, tables.reversible, tables.cost
    duration, patience = tables.duration, tables.patience
    theta, trust, checked, allowed = sought.theta, sought.trust, sought.checked, sought.allowed
    after_value, after_known = after_moves.value, after_moves.known
    n_parties = flow.shape[1]
    nothing: int = masks[0] & 0
    comply = np.empty(n_parties)
    written = 0
    for step in range(first, len(place_in_order)):
        source = place_in_order[step]
        mask = masks[source]
        before_place = find(keys, places, mask)
        begun = written
        count = stage_sets(mask, goal, order, sought.most_per_stage, room)
        if count < 0:
            return step, begun, 2 * len(room)
        if written + count > len(out.source):
            return step, begun, -(count + 1)
        for number in range(1, count):
            stage = room[number]
            split = False
            for set_ in order.together:
                if stage & set_ and (stage & set_) != set_:
                    split = True
            if split:
                continue
            state = mask | stage
            place = find(keys, places, state)
            if place < 0 or place >= len(place_of):
                continue
            target = place_of[place]
            if target < 0 or (ideal[target, 0] == -np.inf and not ends.is_end[target]):
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
                if ends.is_end[target]:
                    later = max(later, ends.values[target, party])
                fade = fades[party, length]
                stay_after = flow[place, party] * annuity[party, length] + fade * later
                paid = 0.0
                rest = stage & owns[party]
                while rest:
                    paid += cost[party, lowest_bit(rest)]
                    rest &= rest - 1
                comply[party] = stay_after - paid
                out.constant[written, party] = flow[place, party] * annuity[party, length] - paid
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
                        flow[where, party] * annuity[party, periods]
                        + fades[party, periods] * nobody[where, party]
                        - paid
                    )
                out.betrayed[written, party] = alone
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
                    after_value[target, length, party] = best_deviation(
                        party, state, nothing, state, allowed, length, np.inf, tables, scratch
                    )
                    after_known[target, length, party] = True
                moves = after_value[target, length, party]
                if ends.is_end[target]:
                    wanted = -HELD
                if stay_after < max(moves, breaker[place, party]) + wanted:
                    survives = False
                    break
                out.before[written, party] = max(leave, moves)
                out.behind[written, party] = max(moves, breaker[place, party]) - paid
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
                concerned = owns[party] & stage or undoes[party] & mask & rests_on
                if not checked[party] or not concerned:
                    continue
                leave = start_value[party] if mask == 0 else breaker[before_place, party]
                enough = comply[party] - max(theta / patience[party], 0.0) + HELD
                best = best_deviation(party, state, stage, mask, allowed, length, enough, tables, scratch)
                if best > enough:
                    survives = False
                    break
                out.before[written, party] = max(best, leave)
            if not survives:
                continue
            for party in range(n_parties):
                ideal[source, party] = max(ideal[source, party], comply[party])
            out.source[written] = source
            out.target[written] = target
            out.stage[written] = stage
            out.length[written] = length
            written += 1
    return len(place_in_order), written, 0
