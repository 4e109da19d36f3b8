"""How good a roadmap over very many states could be: its first and its last stages in full (§8 of the model).

Where the stages are too many to list, those that begin with few measures in force are listed all the same.  What
follows is replaced by the most that each party could have from there on if the others took their measures when it suits
that party best, one by one, with pauses of any length that a stage may have: no roadmap brings it more.  The best
roadmap of this shortened problem bounds the whole one, and if it has none, there is none at all.  So does the best way
from any state in which most measures are in force to the end, whatever came before.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.arcs import Arcs, Horizon, build_arcs, no_after_moves
from detente.kernel.bits import find, lowest_bit
from detente.kernel.compiled import compiled
from detente.kernel.design import Problem
from detente.kernel.expansion import Sought
from detente.kernel.lattice import Order, stage_sets
from detente.kernel.search import Search
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.kernel.tables import Tables
from detente.progress import Reporter

MOST_SETS = 400_000
"""Stages that the shortened problem may list."""


@compiled
def _write_ideals(
    masks: IntArray, by_size: IntArray, is_end: BoolArray, order: Order, tables: Tables, ideal: FloatArray
) -> None:
    """Write what each party could have at most between two stages in each ideal, (N, P); masks are all ideals."""
    keys, places, flow = tables.keys, tables.places, tables.flow
    n_parties = flow.shape[1]
    midway = np.empty_like(ideal)
    for number in range(len(by_size) - 1, -1, -1):
        place = by_size[number]
        mask = masks[place]
        shortest, longest = 1, 1
        rest = mask
        while rest:
            column = lowest_bit(rest)
            rest &= rest - 1
            lag = tables.lag[place, column]
            longest = max(longest, lag, tables.duration[column])
            if tables.reversible >> column & 1:
                shortest = max(shortest, lag)
        for party in range(n_parties):
            more = -np.inf
            for column in order.topological:
                bit = np.int64(1) << column
                if mask & bit or (order.needs[column] | order.after[column]) & ~mask:
                    continue
                more = max(more, midway[find(keys, places, mask | bit), party] - tables.cost[party, column])
            best = more
            if is_end[place]:
                best = max(best, flow[place, party] / (1.0 - tables.fades[party, 1]))
            ideal[place, party] = best
            for length in (shortest, longest):
                stay = flow[place, party] * tables.annuity[party, length] + tables.fades[party, length] * best
                more = max(more, stay)
            midway[place, party] = more


def ideal_values(problem: Problem) -> FloatArray:
    """Return what each party could have at most from each legal state on, if everything suited it: (N, P)."""
    tables = problem.tables
    masks = tables.states[: problem.n_ideals]
    sizes = np.bitwise_count(masks.view(np.uint64)).astype(np.int64)
    legal = np.flatnonzero(np.isin(masks, problem.legal))
    is_end = np.zeros(len(masks), dtype=np.bool_)
    is_end[legal] = problem.ends
    ideal = np.full((len(masks), problem.system.n_parties), -np.inf)
    _write_ideals(masks, np.argsort(sizes, kind="stable"), is_end, problem.order, tables, ideal)
    return np.asarray(ideal[legal])


def n_stage_sets(problem: Problem, masks: IntArray, *, most: int) -> int:
    """Count the stages that can be taken next from some states, up to a number of them."""
    room = np.empty(1 << 16, dtype=np.int64)
    total = 0
    for mask in masks:
        count = stage_sets(int(mask), problem.goal, problem.order, problem.max_per_stage, room)
        total += len(room) if count < 0 else count
        if total > most:
            break
    return total


def _any_party_checked(problem: Problem) -> Sought:
    """Roadmaps that hold, whatever their margins and trust."""
    return Sought(
        most_per_stage=problem.max_per_stage,
        theta=-np.inf,
        trust=np.inf,
        checked=np.ones(problem.system.n_parties, dtype=np.bool_),
        allowed=-1,
    )


def _depth(problem: Problem, sizes: IntArray) -> int:
    """The most measures in force from which stages are still listed."""
    at_start = int(sizes.min())
    total = 0
    for depth in range(at_start, int(sizes.max())):
        total += n_stage_sets(problem, problem.legal[sizes == depth], most=MOST_SETS)
        if total > MOST_SETS:
            return max(at_start, depth - 1)
    return int(sizes.max()) - 1


def shortened(problem: Problem, reporter: Reporter) -> Search:
    """Return a search over the first stages of a problem, with the best that could follow in place of the rest.

    Notes
    -----
    Bounds of its answers bound the whole problem; for durations each stage left counts for at least one period.
    """
    sizes = np.bitwise_count(problem.legal.view(np.uint64)).astype(np.int64)
    reporter.report("bounding what is possible")
    ideal = ideal_values(problem)
    depth = _depth(problem, sizes)
    near = sizes <= depth + problem.max_per_stage
    masks, frontier = problem.legal[near], sizes[near] > depth
    arcs = build_arcs(
        problem.tables,
        problem.order,
        masks,
        problem.goal,
        ends=problem.ends[near],
        sought=_any_party_checked(problem),
        after_moves=no_after_moves(problem.tables, len(masks)),
        memory=problem.memory / 4,
        horizon=Horizon(is_beyond=frontier, values=ideal[near]),
        reporter=reporter,
    )
    left = problem.system.n_measures - np.bitwise_count(masks.view(np.uint64)).astype(np.int64)
    everything_is_taken = np.flatnonzero(problem.ends).tolist() == [len(problem.legal) - 1]
    rest = np.where(frontier & everything_is_taken, -(-left // problem.max_per_stage), 0)
    return Search(
        arcs._replace(weight=arcs.weight + rest[arcs.target]),
        max_stages=problem.max_stages,
        max_length=problem.max_length,
        memory=problem.memory / 8,
        reporter=reporter,
    )


def last_stages(problem: Problem, reporter: Reporter) -> Search | None:
    """Return a search over the last stages of a problem, from any state in which most measures are in force.

    A first stage of its own leads to each of these states at no cost; None where roadmaps may end
    anywhere, or one stage may be all there is to list.
    """
    if np.flatnonzero(problem.ends).tolist() != [len(problem.legal) - 1]:
        return None
    sizes = np.bitwise_count(problem.legal.view(np.uint64)).astype(np.int64)
    most, total = int(sizes.max()), 0
    least = most
    while least > sizes.min() + 1 and total <= MOST_SETS:
        least -= 1
        total += n_stage_sets(problem, problem.legal[sizes == least], most=MOST_SETS)
    if total > MOST_SETS:
        least += 1
    if least + problem.max_per_stage > most:
        return None  # one stage from outside could reach the end
    late = sizes >= least
    masks = problem.legal[late]
    arcs = build_arcs(
        problem.tables,
        problem.order,
        masks,
        problem.goal,
        ends=problem.ends[late],
        sought=_any_party_checked(problem),
        after_moves=no_after_moves(problem.tables, len(masks)),
        memory=problem.memory / 4,
        reporter=reporter,
    )
    entries = np.flatnonzero(sizes[late] < least + problem.max_per_stage)
    return Search(
        _entered(arcs, entries, -(-sizes[late][entries] // problem.max_per_stage)),
        max_stages=problem.max_stages,
        max_length=problem.max_length,
        memory=problem.memory / 8,
        reporter=reporter,
    )


def _entered(arcs: Arcs, entries: IntArray, weight: IntArray) -> Arcs:
    """Add a state from which free stages lead to each of some states, which nobody has reason to leave."""
    n_states, n_parties = arcs.end_values.shape
    n_arcs, n_new = len(arcs.source), len(entries)
    anything = np.full((n_new, n_parties), -np.inf)
    return arcs._replace(
        masks=np.append(arcs.masks, 0),
        order=np.append(arcs.order, n_states),
        levels=(*arcs.levels, (n_states, n_states + 1)),
        first=np.append(arcs.first, n_arcs + n_new),
        source=np.concatenate([arcs.source, np.full(n_new, n_states)]),
        target=np.concatenate([arcs.target, entries]),
        stage=np.concatenate([arcs.stage, np.zeros(n_new, dtype=np.int64)]),
        length=np.concatenate([arcs.length, np.ones(n_new, dtype=np.int64)]),
        weight=np.concatenate([arcs.weight, weight]),
        constant=np.vstack([arcs.constant, np.zeros((n_new, n_parties))]),
        before=np.vstack([arcs.before, anything]),
        behind=np.vstack([arcs.behind, anything]),
        betrayed=np.vstack([arcs.betrayed, -anything]),
        leave=np.vstack([arcs.leave, np.zeros((1, n_parties))]),
        is_end=np.append(arcs.is_end, False),
        end_values=np.vstack([arcs.end_values, np.zeros((1, n_parties))]),
        origin=np.append(arcs.origin, np.arange(n_arcs, n_arcs + n_new)),
    )
