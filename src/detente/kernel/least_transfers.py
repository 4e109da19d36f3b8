"""The least amounts of payments and counterparts after which every check holds: linear programs (§8 of the model).

A demand that a party does not withdraw what it gives is made only where it gives something, so the least is looked for
by branching: at a giver, a stage and a kind of instrument either nothing is given, or the demands that come with giving
are made.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from detente.errors import LimitError
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.kernel.transfers import Demands, Instruments

GIVEN = 1e-11
"""An amount above this is given; below it is rounding of the linear program."""

NEGLIGIBLE = 1e-7
"""An amount below this, relative to the largest, is left out where everything holds without it."""

FEASIBILITY = 1e-10
"""The solver's tolerance, the least that it allows and a tenth of what counts as held."""

LARGE = 1e3
"""Programs whose margins are larger are scaled down: the solver's tolerance is meant for numbers of this size."""

AS_GOOD = 1e-10
"""Amounts that cost more by no more than this, relative above 1, are as good; among them the sooner given is taken."""

MOST_BRANCHES = 400
"""Branches tried before the best found is given as not proven least; one takes milliseconds."""


SOLVED, INFEASIBLE, UNBOUNDED = 0, 2, 3
"""Answers of the solver; others mean that it met numbers that it could not cope with."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Amounts:
    """The least amounts found.

    Parameters
    ----------
    amounts : FloatArray
        Shape (n,): of each instrument.
    cost : float
        What they cost in all, by the weights given.
    shortfalls : FloatArray
        Shape (N,): what each demand still lacks; all 0 where the amounts mend everything.
    binding : FloatArray
        Shape (N,): how much a unit more of room in each demand would save, >= 0.
    is_proven : bool
        Whether no lesser amounts exist.
    """

    amounts: FloatArray
    cost: float
    shortfalls: FloatArray
    binding: FloatArray
    is_proven: bool


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    closed: BoolArray
    """Instruments that are not given."""
    opened: BoolArray
    """Instruments with whose demands this branch complies."""


@dataclass(frozen=True, slots=True, eq=False)
class _Solution:
    amounts: FloatArray
    shortfalls: FloatArray
    binding: FloatArray
    value: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Frame:
    """The demands of a branch, matrix @ x <= bound with 0 <= x <= upper, and which demands are among them."""

    made: BoolArray
    matrix: FloatArray
    bound: FloatArray
    upper: FloatArray


def find_least(
    instruments: Instruments,
    demands: Demands,
    weights: FloatArray,
    *,
    allowed: BoolArray | None = None,
    lacking: FloatArray | None = None,
) -> Amounts | None:
    """Return the amounts of least cost that meet every demand; None if none do.

    Parameters
    ----------
    weights : FloatArray
        Shape (n,), > 0: what a unit of each instrument counts.
    allowed : BoolArray, optional
        Shape (n,): the instruments that may be used; all unless given.
    lacking : FloatArray, optional
        Shape (N,), >= 0: what a unit that a demand lacks counts.  If given, demands that are not met without any
        instrument may stay unmet in part, the total of what they lack is made least, and then the cost.

    Raises
    ------
    LimitError
        If `MOST_BRANCHES` did not suffice and giving at every place at once is impossible, or if a linear program
        cannot be solved.

    Notes
    -----
    One linear program per branch, best first; exact when at most `MOST_BRANCHES` are needed, which `is_proven` tells.
    """
    n = len(instruments)
    usable = np.ones(n, dtype=np.bool_) if allowed is None else allowed
    program = _Program(demands, weights, lacking)
    groups = np.stack([instruments.giver, instruments.stage, instruments.lasts.astype(np.int64)], axis=1)
    root = _Branch(~usable, np.zeros(n, dtype=np.bool_))
    tie = count()
    heap: list[tuple[float, int, int, _Branch, _Solution]] = []

    def push(branch: _Branch, depth: int) -> None:
        found = program.solve(branch)
        if found is not None:  # of branches that promise the same, the deepest first: it is nearest to an answer
            heapq.heappush(heap, (_coarse(found.value), -depth, next(tie), branch, found))

    push(root, 0)
    met = np.zeros(n, dtype=np.bool_)
    tested = np.zeros(n, dtype=np.bool_)
    tried = 1
    while heap and tried <= MOST_BRANCHES:
        _, height, _, branch, solution = heapq.heappop(heap)
        group = _unmet_group(program, groups, branch, solution.amounts)
        if group is None:
            return _settled(program, groups, instruments, branch, solution, is_proven=True)
        if not tested[group].any():
            tested |= group
            if program.is_met_anyway(group, _Branch(~usable, met)):
                met |= group
        tried += 1
        push(_Branch(branch.closed, branch.opened | group | met), 1 - height)
        if not met[group].any():
            push(_Branch(branch.closed | group, branch.opened | met), 1 - height)
    if not heap:
        return None
    everywhere = _Branch(~usable, usable)  # complying with all that comes with giving anywhere is safe, if not least
    found = program.solve(everywhere)
    if found is None:
        raise LimitError(f"{MOST_BRANCHES} choices of who gives at which stage were tried, and none of them holds")
    return _settled(program, groups, instruments, everywhere, found, is_proven=False)


def round_amounts(demands: Demands, weights: FloatArray, amounts: FloatArray, grid: float) -> FloatArray | None:
    """Return amounts that are multiples of `grid`, of the same instruments, and still meet every demand.

    The amounts to the nearest, or up, if that does; else the least that is sure to stand rounding; None if none is.
    """
    used = amounts > 0.0
    made = ~demands.is_conditional | demands.concerns[:, used].any(axis=1)
    for rounded in (np.round(amounts / grid) * grid, np.ceil(amounts / grid) * grid):
        if (demands.margin[made] + demands.gain[made] @ rounded >= -HOLDS / 2.0).all():
            return np.asarray(rounded)
    room = 0.5 * grid * np.abs(demands.gain[:, used]).sum(axis=1)
    tighter = Demands(
        check=demands.check,
        way=demands.way,
        lag=demands.lag,
        margin=demands.margin - room,
        gain=demands.gain,
        concerns=demands.concerns,
    )
    found = _Program(tighter, weights, None).solve(_Branch(~used, used))
    if found is None:
        return None
    return np.asarray(np.where(used, np.round(found.amounts / grid) * grid, 0.0))


def _settled(
    program: _Program,
    groups: IntArray,
    instruments: Instruments,
    branch: _Branch,
    solution: _Solution,
    *,
    is_proven: bool,
) -> Amounts:
    """The answer of a branch: of what costs the same the soonest given, without what only rounding gives."""
    kept = solution
    sooner = program.solve_next(branch, solution, np.asarray(instruments.stage + 1.0, dtype=np.float64))
    if sooner is not None:
        used = sooner.amounts > NEGLIGIBLE * sooner.amounts.max(initial=0.0)
        exact = program.solve(_Branch(branch.closed | ~used, branch.opened))
        if exact is not None and exact.value <= solution.value + AS_GOOD * max(1.0, abs(solution.value)):
            exact = replace(exact, binding=solution.binding)
            kept = exact if _unmet_group(program, groups, branch, exact.amounts) is None else solution
    amounts = np.where(kept.amounts > GIVEN, kept.amounts, 0.0)
    return Amounts(
        amounts=amounts,
        cost=float(program.weights @ amounts),
        shortfalls=kept.shortfalls,
        binding=kept.binding,
        is_proven=is_proven,
    )


def _coarse(value: float) -> float:
    """A value without its last digits, so that rounding does not tell branches apart."""
    return float(f"{value:.9g}") if abs(value) > AS_GOOD else 0.0


def _unmet_group(program: _Program, groups: IntArray, branch: _Branch, amounts: FloatArray) -> BoolArray | None:
    """The instruments of one giver, stage and kind that are given although what comes with giving is not met."""
    short = program.short(amounts)
    worst, chosen = HOLDS, None
    for index in np.flatnonzero((amounts > GIVEN) & ~branch.opened):
        lack = float(short[program.demands.concerns[:, index]].max(initial=0.0))
        if lack > worst:
            worst, chosen = lack, index
    return None if chosen is None else np.asarray((groups == groups[chosen]).all(axis=1))


class _Program:
    """The linear program of some demands; a branch closes instruments or makes demands that come with them."""

    def __init__(self, demands: Demands, weights: FloatArray, lacking: FloatArray | None) -> None:
        self.demands = demands
        self.weights = weights
        self.conditional = demands.is_conditional
        self._lacking = lacking
        self._elastic = np.flatnonzero((demands.margin < 0.0) & ~self.conditional)
        self._scale = max(1.0, float(np.abs(demands.margin).max(initial=0.0)) / LARGE)

    def short(self, amounts: FloatArray) -> FloatArray:
        """What each demand lacks with some amounts."""
        return np.asarray(np.maximum(-(self.demands.margin + self.demands.gain @ amounts), 0.0))

    def solve(self, branch: _Branch) -> _Solution | None:
        """Solve one branch; None if its demands cannot all be met."""
        frame = self._frame(branch)
        if self._lacking is None:
            return self._solution(frame, self.weights)
        lacking = np.concatenate([np.zeros(self.weights.size), self._lacking[self._elastic]])
        return self._solution(frame, lacking)

    def solve_next(self, branch: _Branch, first: _Solution, then: FloatArray) -> _Solution | None:
        """Among what is as good as the solution of a branch, make a second objective least.

        Where demands may stay unmet that is the cost; else `then`.
        """
        frame = self._frame(branch)
        objective = self.weights
        if self._lacking is not None:
            objective = np.concatenate([np.zeros(self.weights.size), self._lacking[self._elastic]])
            then = self.weights
        ceiling = first.value / self._scale
        narrower = _Frame(
            made=frame.made,
            matrix=np.concatenate([frame.matrix, objective[None, :]]),
            bound=np.append(frame.bound, ceiling + AS_GOOD * max(1.0, abs(ceiling))),
            upper=frame.upper,
        )
        return self._solution(narrower, np.concatenate([then, np.zeros(objective.size - then.size)]))

    def is_met_anyway(self, group: BoolArray, branch: _Branch) -> bool:
        """Tell whether what comes with giving holds even where none of these instruments is given.

        Then it need not be chosen whether they are: the demands can be made in any case.
        """
        frame = self._frame(_Branch(branch.closed | group, branch.opened))
        for number in np.flatnonzero(self.demands.concerns[:, group].any(axis=1)):
            objective = np.concatenate([self.demands.gain[number], np.zeros(frame.upper.size - group.size)])
            least = self._solution(frame, objective)
            if least is None or least.value + float(self.demands.margin[number]) < -FEASIBILITY:
                return False
        return True

    def _frame(self, branch: _Branch) -> _Frame:
        demands = self.demands
        made = ~self.conditional | (demands.concerns & branch.opened).any(axis=1)
        matrix, upper = -demands.gain[made], np.where(branch.closed, 0.0, np.inf)
        if self._lacking is not None:
            slack = np.zeros((demands.margin.size, self._elastic.size))
            slack[self._elastic, np.arange(self._elastic.size)] = -1.0
            matrix = np.concatenate([matrix, slack[made]], axis=1)
            upper = np.concatenate([upper, -demands.margin[self._elastic] / self._scale])
        return _Frame(made=made, matrix=matrix, bound=demands.margin[made] / self._scale, upper=upper)

    def _solution(self, frame: _Frame, objective: FloatArray) -> _Solution | None:
        """Solve a linear program; None if it has no solution or no least one."""
        from scipy.optimize import linprog  # takes time to import; only repairs need it

        n, unmet = self.weights.size, np.zeros(self.demands.margin.size)
        if objective.size == 0:
            return _Solution(np.zeros(0), unmet, unmet, 0.0) if (frame.bound >= 0.0).all() else None
        bounds = [(0.0, float(most)) for most in frame.upper]
        for presolve in (True, False):
            answer = linprog(
                objective,
                A_ub=frame.matrix,
                b_ub=frame.bound,
                bounds=bounds,
                method="highs",
                options={
                    "presolve": presolve,
                    "primal_feasibility_tolerance": FEASIBILITY,
                    "dual_feasibility_tolerance": FEASIBILITY,
                },
            )
            if answer.status in (SOLVED, INFEASIBLE, UNBOUNDED):
                break
        else:
            raise LimitError(f"a linear program could not be solved ({answer.message})")
        if answer.status != SOLVED:
            return None
        assert answer.x is not None
        assert answer.fun is not None
        binding, shortfalls = unmet.copy(), unmet.copy()
        binding[frame.made] = -np.asarray(answer.ineqlin.marginals)[: int(frame.made.sum())]
        if self._lacking is not None:
            shortfalls[self._elastic] = np.maximum(answer.x[n:], 0.0) * self._scale
        amounts = np.maximum(np.asarray(answer.x[:n], dtype=np.float64), 0.0) * self._scale
        return _Solution(amounts, shortfalls, binding, float(answer.fun) * self._scale)
