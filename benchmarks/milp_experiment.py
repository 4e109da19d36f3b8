"""Would a mixed-integer program do what labels do?  ``python -m benchmarks.milp_experiment`` compares both.

Not part of the package: it backs the decision not to use such programs (docs/design/decisions/0020-no-milp.md, whose
numbered formulas are those cited here).  Every line is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import NamedTuple

import numpy as np
from scipy.optimize import Bounds as VariableBounds
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import vstack

from benchmarks.cases import sized_case
from benchmarks.measuring import peak_megabytes
from benchmarks.milp_program import formulate
from detente.analysis.roadmap.goals import forbidden_patterns, goal_order
from detente.game import build_game
from detente.kernel.bounds import Bounds
from detente.kernel.design import Problem, make_problem
from detente.kernel.lattice import Order
from detente.kernel.objectives import Objective
from detente.kernel.optimum import find_optimum
from detente.kernel.search import Search
from detente.kernel.windows import Windows, even_positions
from detente.progress import Reporter

Answer = dict[str, float | bool | None]

MEMORY = 4 * 2.0**30
"""Bytes that a problem may take."""

ROW = "{:<27} {:<9} {:>7} {:>8} | {:>10} {:>8} {:>7} | {:>10} {:>7} | {:>10} {:>10} {:>8} {:>8} {:>7}"


class Case(NamedTuple):
    """A problem to try.

    Parameters
    ----------
    told : bool
        Whether the program is told the optimum: bounds then delete every arc that nothing as good can use.
    windowed : bool
        Whether only the window around the even order is looked at.
    """

    n_measures: int
    chains: int
    told: bool = False
    windowed: bool = False

    def __str__(self) -> str:
        form = f"{self.chains} chains" if self.chains else "free"
        window = ", window" if self.windowed else ""
        return f"{self.n_measures} {form}{window}{', told' if self.told else ''}"


CASES = (
    *(Case(n_measures, 0) for n_measures in (5, 6, 7, 8)),
    Case(16, 5),
    *(Case(n_measures, chains, told=True) for n_measures, chains in ((8, 0), (10, 0), (12, 0), (16, 5), (22, 5))),
    Case(40, 8, told=True, windowed=True),
)

TOLD = 1e-6
"""How much worse than the optimum a roadmap may be where the optimum is told."""

MOST_ARCS = 400_000
"""Arcs beyond which no program is tried: it would not fit into memory."""

OBJECTIVES: tuple[Objective, ...] = ("duration", "margin", "trust")


def make(case: Case, seed: int) -> Problem:
    """List the states of a sized case."""
    read = sized_case(case.n_measures, 5, chains=case.chains, seed=seed)
    game = build_game(read, [measure.id for measure in read.measures], parties=[party.id for party in read.parties])
    order = goal_order(game, (), ())

    def problem_of(narrowed: Order) -> Problem | None:
        patterns = forbidden_patterns(game)
        return make_problem(game.system, narrowed, infeasible=patterns, exact_goal=True, max_per_stage=4, memory=MEMORY)

    if order is None:
        raise AssertionError("chains are no cycle")
    if case.windowed:
        window = Windows(order=order, make=problem_of)
        found = window.widest(even_positions(order), np.zeros(case.n_measures))
    else:
        found = problem_of(order)
    if found is None:
        raise AssertionError("there are states")
    return found


def _told(value: float, objective: Objective) -> float:
    """Turn what a program makes small into what users are told."""
    return {"duration": value, "margin": -value, "trust": -1.0 / value if value else np.inf}[objective]


def _arcs(case: Case, objective: Objective, seed: int) -> tuple[Problem, Search, Bounds]:
    """List the arcs of a problem, and delete those that no roadmap which holds, or is as good, can use."""
    problem = make(case, seed)
    search = problem.search(Reporter(None))
    if not case.told:
        return problem, search, search.bounds()
    found = find_optimum(problem, objective, Reporter(None), widen=False)
    if found is None:
        raise AssertionError("sized cases have roadmaps that hold")
    match objective:
        case "duration":
            return problem, search, search.bounds(max_length=int(found.value))
        case "margin":
            return problem, search, search.bounds(theta=found.value - TOLD)
        case _:
            return problem, search, search.bounds(trust=found.value + TOLD)


def by_relaxation(case: Case, objective: Objective, seed: int, seconds: float) -> Answer:
    """Solve the program with arcs taken in part, by an interior point method, the quickest on these."""
    _, _, bounds = _arcs(case, objective, seed)
    if len(bounds.arcs.source) > MOST_ARCS:
        return {}
    begun = time.process_time()
    program = formulate(bounds, objective)
    matrix, low, high = program.matrix, program.low, program.high
    equal = low == high
    below, above = np.isfinite(high) & ~equal, np.isfinite(low) & ~equal
    found = linprog(  # type: ignore[call-overload]  # its types know no sparse matrices
        program.cost,
        A_ub=vstack([matrix[below], -matrix[above]]),
        b_ub=np.concatenate([high[below], -low[above]]),
        A_eq=matrix[equal],
        b_eq=high[equal],
        bounds=np.column_stack([program.below, program.above]),
        method="highs-ipm",
        options={"time_limit": seconds},
    )
    value = _told(float(found.fun), objective) if found.status == 0 else None
    return {"value": value, "seconds": time.process_time() - begun}


def by_program(case: Case, objective: Objective, seed: int, seconds: float) -> Answer:
    """Solve the program; listing its arcs is not counted."""
    problem, search, bounds = _arcs(case, objective, seed)
    arcs = bounds.arcs
    size: Answer = {"states": len(problem.legal), "arcs": len(arcs.source)}
    if len(arcs.source) > MOST_ARCS:
        return size
    begun, clock = time.process_time(), time.perf_counter()
    program = formulate(bounds, objective)
    found = milp(
        program.cost,
        constraints=LinearConstraint(program.matrix, program.low, program.high),
        bounds=VariableBounds(program.below, program.above),
        integrality=program.is_integral,
        options={"time_limit": seconds, "mip_rel_gap": 1e-7},
    )
    taken, elapsed = time.process_time() - begun, time.perf_counter() - clock
    value, bound = None, found.mip_dual_bound
    if found.x is not None:
        chosen = np.flatnonzero(found.x[: program.n_arcs] > 0.5)
        chosen = chosen[np.argsort(np.bitwise_count(arcs.masks[arcs.source[chosen]].view(np.uint64)))]
        value_of = {"duration": search.duration, "margin": search.margin, "trust": search.trust}[objective]
        value = float(value_of(arcs.origin[chosen]))
    return {
        **size,
        "value": value,
        "bound": None if bound is None or not np.isfinite(bound) else _told(float(bound), objective),
        "seconds": taken,
        "elapsed": elapsed,
        "megabytes": peak_megabytes(),
    }


def by_labels(case: Case, objective: Objective, seed: int, seconds: float) -> Answer:
    """Find the optimum by labels, however long that takes; listing arcs is counted."""
    find_optimum(make(Case(4, 0), seed), objective, Reporter(None))
    problem = make(case, seed)
    begun, clock = time.process_time(), time.perf_counter()
    found = find_optimum(problem, objective, Reporter(None), widen=False)
    return {
        "value": None if found is None else found.value,
        "proven": found is None or found.proven,
        "seconds": time.process_time() - begun,
        "elapsed": time.perf_counter() - clock,
        "megabytes": peak_megabytes(),
    }


def apart(work: str, case: Case, objective: Objective, seed: int, seconds: float) -> Answer:
    """Do some work in a process of its own; an empty answer if it needs far more than its time."""
    command = [sys.executable, "-m", "benchmarks.milp_experiment", "--serve", work]
    command += ["--case", json.dumps(case), "--objective", objective]
    command += ["--seed", str(seed), "--seconds", str(seconds)]
    try:
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=3 * seconds + 60)
    except subprocess.TimeoutExpired:
        return {}
    answer: Answer = json.loads(done.stdout.splitlines()[-1])
    return answer


def _number(answer: Answer, key: str, form: str) -> str:
    value = answer.get(key)
    return "–" if value is None else format(value, form)


def compare(case: Case, objective: Objective, seed: int, seconds: float) -> None:
    """Print what both find, and what it takes them."""
    ours = apart("labels", case, objective, seed, seconds)
    relaxed = {} if case.told else apart("relaxation", case, objective, seed, seconds)
    theirs = apart("program", case, objective, seed, seconds)
    print(
        ROW.format(
            str(case),
            objective,
            _number(theirs, "states", ","),
            _number(theirs, "arcs", ","),
            _number(ours, "value", ".6g"),
            _number(ours, "seconds", ".2f"),
            _number(ours, "megabytes", ".0f"),
            _number(relaxed, "value", ".6g"),
            _number(relaxed, "seconds", ".2f"),
            _number(theirs, "value", ".6g"),
            _number(theirs, "bound", ".6g"),
            _number(theirs, "seconds", ".2f"),
            _number(theirs, "elapsed", ".2f"),
            _number(theirs, "megabytes", ".0f"),
        ),
        flush=True,
    )


WORKS = {"labels": by_labels, "relaxation": by_relaxation, "program": by_program}


def main() -> None:
    """Compare both on all cases, or do what a process of its own is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.milp_experiment", description=__doc__)
    parser.add_argument("--serve", choices=list(WORKS), help="do one work in this process and print JSON")
    parser.add_argument("--case", type=lambda text: Case(*json.loads(text)), help="[measures, chains, told, windowed]")
    parser.add_argument("--objective", choices=OBJECTIVES)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=150.0, help="elapsed time of a program")
    asked = parser.parse_args()
    if asked.serve:
        print(json.dumps(WORKS[asked.serve](asked.case, asked.objective, asked.seed, asked.seconds)))
        return
    titles = (
        "case",
        "objective",
        "states",
        "arcs",
        "labels",
        "s",
        "MB",
        "LP",
        "s",
        "MILP",
        "bound",
        "s",
        "elapsed",
        "MB",
    )
    print(ROW.format(*titles))
    for case in CASES if asked.case is None else (asked.case,):
        for objective in OBJECTIVES if asked.objective is None else (asked.objective,):
            compare(case, objective, asked.seed, asked.seconds)


if __name__ == "__main__":
    main()
