"""Compile what a design needs, so that the next process finds it in the cache: ``python -m detente.kernel.warm_up``.

Compiling takes some seconds, once after an installation.  A process of its own does it on another core while the main
one is busy with what needs no compiled code.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.design import make_problem
from detente.kernel.lattice import make_order
from detente.kernel.optimum import find_optimum
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


if __name__ == "__main__":
    warm_up()
