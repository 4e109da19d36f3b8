"""How short can a roadmap be if nobody is ever tempted?  ``python -m benchmarks.milp_schedule`` bounds durations so.

A problem of 40 measures in eight chains has far too many arcs for the program of `benchmarks.milp_program`.  What is
left of it without checks is a question of scheduling, which needs no states: a program over periods, formulas (6) to
(9) of docs/design/decisions/0020-no-milp.md.  The same question is put to a search over all states, goal first.
"""

from __future__ import annotations

import argparse
import sys
import time

import numpy as np
from scipy.optimize import Bounds as VariableBounds
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import coo_matrix

from benchmarks.cases import sized_case
from detente.case import Case, Direction
from detente.kernel.compiled import compiled
from detente.kernel.system import IntArray

PER_STAGE = 4

NEVER = 1 << 14


class Lengths:
    """What a sized case in chains says of time; measures are numbered along their chains' rows.

    Parameters
    ----------
    need : IntArray
        Shape (n,): the least length of the stage that takes a measure.
    hold : IntArray
        Shape (n,): the least length of every stage at which a measure is in force; 0 for irreversible ones.
    """

    def __init__(self, case: Case, chains: int) -> None:
        lag = np.array([measure.detection_lag for measure in case.measures], dtype=np.int64)
        duration = np.array([measure.duration for measure in case.measures], dtype=np.int64)
        reversible = np.array([measure.direction is Direction.BOTH for measure in case.measures])
        self.chains = chains
        self.need: IntArray = np.maximum(lag, duration)
        self.hold: IntArray = np.where(reversible, lag, 0)


def by_periods(lengths: Lengths, n_periods: int, seconds: float) -> str:
    """Solve the program over periods; at most `n_periods` are needed, by a roadmap that is known."""
    n_measures = len(lengths.need)
    force = np.arange(n_measures * n_periods).reshape(n_measures, n_periods)  # in force from this period on
    starts = force.size + np.arange(n_periods)  # a stage starts
    goes = starts + n_periods  # the roadmap has not ended
    entries: list[tuple[int, int, float]] = []
    limits: list[tuple[float, float]] = []

    def add(coefficients: dict[int, float], low: float, high: float) -> None:
        entries.extend((len(limits), int(column), value) for column, value in coefficients.items())
        limits.append((low, high))

    for time_ in range(n_periods):
        before = {int(force[m, time_ - 1]): -1.0 for m in range(n_measures)} if time_ else {}
        stages = {int(start): -float(PER_STAGE) for start in starts[: time_ + 1]}
        # (6) stages of so many measures at most, and what is required first
        add({**{int(column): 1.0 for column in force[:, time_]}, **before, starts[time_]: -PER_STAGE}, -np.inf, 0.0)
        add({**{int(column): 1.0 for column in force[:, time_]}, **stages}, -np.inf, 0.0)
        if time_:
            add({goes[time_ - 1]: 1.0, goes[time_]: -1.0}, 0.0, np.inf)
        for m in range(n_measures):
            taken = {force[m, time_]: 1.0, **({force[m, time_ - 1]: -1.0} if time_ else {})}
            if time_:
                add(taken, 0.0, np.inf)
            add({**taken, starts[time_]: -1.0}, -np.inf, 0.0)
            if m >= lengths.chains:
                add({force[m - lengths.chains, time_]: 1.0, force[m, time_]: -1.0}, 0.0, np.inf)
            # (7) no stage starts before the one before it is verified
            for later in range(time_ + 1, min(n_periods, time_ + int(lengths.need[m]))):
                add({**taken, starts[later]: 1.0}, -np.inf, 1.0)
            window = starts[time_ : time_ + int(lengths.hold[m])]
            if len(window) > 1:
                extra = float(len(window) - 1)
                add({**{int(start): 1.0 for start in window}, force[m, time_]: extra}, -np.inf, extra + 1.0)
            # (8) the roadmap goes on until the last stage is verified
            last = time_ + int(lengths.hold[m]) - 1
            if lengths.hold[m] > 1 and last < n_periods:
                add({goes[last]: 1.0, starts[time_]: -1.0, force[m, time_]: -1.0}, -1.0, np.inf)
            if time_ >= lengths.need[m]:
                add({goes[time_]: 1.0, force[m, time_ - int(lengths.need[m])]: 1.0}, 1.0, np.inf)
            else:
                add({goes[time_]: 1.0}, 1.0, 1.0)
    rows, columns, values = (np.array(part) for part in zip(*entries, strict=True))
    n_columns = force.size + 2 * n_periods
    matrix = coo_matrix((values, (rows, columns)), shape=(len(limits), n_columns)).tocsr()
    low, high = (np.array(part) for part in zip(*limits, strict=True))
    cost = np.zeros(n_columns)
    cost[goes] = 1.0  # (9)
    least = np.zeros(n_columns)
    least[force[:, -1]] = 1.0
    begun, clock = time.process_time(), time.perf_counter()
    found = milp(
        cost,
        constraints=LinearConstraint(matrix, low, high),
        bounds=VariableBounds(least, np.ones(n_columns)),
        integrality=np.ones(n_columns, dtype=np.int64),
        options={"time_limit": seconds},
    )
    value = "none found" if found.x is None else f"{found.fun:.0f} found"
    bound = "none" if found.mip_dual_bound is None else f"{np.ceil(found.mip_dual_bound - 1e-6):.0f}"
    took = f"{time.process_time() - begun:.1f} s ({time.perf_counter() - clock:.0f} s elapsed)"
    return f"program over {n_periods} periods: {value}, bound {bound}, {took}"


@compiled
def _shortest(steps: IntArray, need: IntArray, hold: IntArray, chain_length: int) -> int:
    """The least length over all states, each how far the chains are; `need` (chains, from, to), `hold` (chains, to)."""
    n_chains, base = steps.shape[1], chain_length + 1
    powers = np.ones(n_chains, dtype=np.int64)
    for chain in range(1, n_chains):
        powers[chain] = powers[chain - 1] * base
    best = np.full(base * powers[n_chains - 1], NEVER, dtype=np.int16)
    best[-1] = 0
    where = np.zeros(n_chains, dtype=np.int64)
    for state in range(len(best) - 2, -1, -1):
        for chain in range(n_chains):
            where[chain] = state // powers[chain] % base
        for number in range(len(steps)):
            target, length, fits = state, 1, True
            for chain in range(n_chains):
                reached = where[chain] + steps[number, chain]
                if reached > chain_length:
                    fits = False
                    break
                target += steps[number, chain] * powers[chain]
                length = max(length, need[chain, where[chain], reached], hold[chain, reached])
            if fits and best[target] + length < best[state]:
                best[state] = best[target] + length
    return int(best[0])


def by_states(lengths: Lengths) -> str:
    """Search all states for the shortest schedule."""
    chains = lengths.chains
    n_steps = len(lengths.need) // chains
    need = np.ones((chains, n_steps + 1, n_steps + 1), dtype=np.int64)
    hold = np.zeros((chains, n_steps + 1), dtype=np.int64)
    for begin in range(n_steps + 1):
        for end in range(begin + 1, n_steps + 1):
            need[:, begin, end] = lengths.need.reshape(n_steps, chains)[begin:end].max(axis=0)
        hold[:, begin] = lengths.hold.reshape(n_steps, chains)[:begin].max(axis=0, initial=0)
    grid = np.indices((PER_STAGE + 1,) * chains).reshape(chains, -1).T
    size = grid.sum(axis=1)
    steps = np.ascontiguousarray(grid[(size > 0) & (size <= PER_STAGE)])
    begun = time.process_time()
    shortest = _shortest(steps, need, hold, n_steps)
    return f"all {(n_steps + 1) ** chains:,} states: {shortest}, proven, {time.process_time() - begun:.1f} s"


def main() -> None:
    """Bound the duration of 40 measures in eight chains both ways."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.milp_schedule", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--periods", type=int, default=26, help="of a roadmap that is known")
    parser.add_argument("--seconds", type=float, default=60.0, help="elapsed time of the program")
    asked = parser.parse_args()
    lengths = Lengths(sized_case(40, 5, chains=8, seed=asked.seed), 8)
    print(by_states(lengths))
    sys.stdout.flush()
    print(by_periods(lengths, asked.periods, asked.seconds))


if __name__ == "__main__":
    main()
