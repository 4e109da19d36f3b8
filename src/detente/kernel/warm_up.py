"""Compile what a design needs, so that the next process finds it in the cache: ``python -m detente.kernel.warm_up``.

With the word ``stability`` it compiles what that needs.  Compiling takes some seconds, once after an installation.  A
process of its own does it on another core while the main one is busy with what needs no compiled code.
"""

from __future__ import annotations

import sys

import numpy as np

from detente.kernel.conflict import CONCEPTS, CommonMove, ProductConflict
from detente.kernel.design import make_problem
from detente.kernel.first_reach import first_reach, shortest_paths
from detente.kernel.lattice import make_order
from detente.kernel.optimum import find_optimum
from detente.kernel.sanctions import Judge
from detente.kernel.stability import find_stable
from detente.kernel.system import NEVER, System
from detente.progress import Reporter


def tiny_system() -> System:
    """Return two parties, each with one measure that costs it less than it gives the other."""
    own = np.eye(2, dtype=np.bool_)
    nothing = np.zeros((2, 2))
    return System(
        base=np.zeros(2),
        weight=np.where(own, -1.0, 3.0),
        terms=(),
        discount=np.full(2, 0.9),
        hazard=0.0,
        breakdown=np.full(2, -1.0),
        owns=own,
        others_own=~own,
        withholds=own,
        undoes=own,
        cost=nothing,
        undo_cost=nothing,
        reversible=np.ones(2, dtype=np.bool_),
        snapback=np.zeros(2, dtype=np.bool_),
        keep=np.zeros(2, dtype=np.bool_),
        ending_rules={},
        duration=np.ones(2, dtype=np.int64),
        lag=np.ones(2, dtype=np.int64),
        granted_lag=np.full((2, 2), NEVER, dtype=np.int64),
        deters=nothing,
        deters_base=np.zeros(2),
        # Measure 1 requires measure 0, so that not all states are ideals and deviations are listed too.
        dependents=np.array([[True, True], [False, True]]),
        is_separable=False,
    )


def warm_up() -> bool:
    """Design for the tiny system, which loads or compiles every function that a design for least trust uses."""
    needs = np.array([[False, False], [True, False]])
    order = make_order(needs, np.zeros_like(needs), np.zeros((0, 2), dtype=np.bool_))
    if order is None:
        raise AssertionError("one requirement cannot be a cycle")
    problem = make_problem(tiny_system(), order, infeasible=(), exact_goal=True, memory=2.0**30)
    return problem is not None and find_optimum(problem, "trust", Reporter(None)) is not None


def tiny_conflict() -> ProductConflict:
    """Return three parties with some measures each, few of whose states are feasible, and one that two must take.

    Some measures cannot be ended, and the order of states is not a sum of values, so that every kind of sweep is used.
    """
    n_measures, shared = 20, 1 << 19
    numbers = np.arange(64, dtype=np.int64)
    masks = np.unique(np.concatenate([numbers, numbers * 8191 % shared, numbers + shared]))
    takes = np.array([sum(1 << bit for bit in range(party, 19, 3)) for party in range(3)], dtype=np.int64)
    ends = takes & ~np.int64(0b111000)
    common = (CommonMove(coalition=3, measure=19, takes=True), CommonMove(coalition=5, measure=19, takes=False))
    rank = np.stack([masks * factor % 97 for factor in (31, 57, 83)]).astype(np.int32)
    return ProductConflict(n_measures=n_measures, masks=masks, takes=takes, ends=ends, common=common, rank=rank)


def warm_up_stability() -> bool:
    """Judge the states of the tiny conflict and follow its moves, which loads or compiles what reports use for it."""
    conflict = tiny_conflict()
    stable = find_stable(conflict)
    judge = Judge(conflict)
    for concept in CONCEPTS:
        judge.judge(0, 0, concept)
    for only in (False, True):
        reach = first_reach(conflict, 0, improvements=only, members=3)
        reached = np.flatnonzero(reach.n_moves > 0).tolist()
        shortest_paths(conflict, reach, reached, improvements=only, members=3)
    return set(stable) == set(CONCEPTS)


if __name__ == "__main__":
    if sys.argv[1:] == ["stability"]:
        warm_up_stability()
    else:
        warm_up()
