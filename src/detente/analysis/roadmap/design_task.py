"""One design from its options to its answer: what is at the table, what may be taken, and the search (§8, §10)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Provenance, Status
from detente.analysis.roadmap.design_options import Task, at_table, check_options
from detente.analysis.roadmap.design_result import Conflict, Design
from detente.analysis.roadmap.evaluating import evaluate_onward, evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.goals import (
    forbidden_patterns,
    goal_order,
    goal_problems,
    resolve_goal,
    takeable_measures,
    told_apart,
)
from detente.case import Case, Direction, Roadmap
from detente.errors import Cancelled, LimitError, OptionError
from detente.game import Game, build_game
from detente.progress import Progress, ProgressEvent, Reporter

if TYPE_CHECKING:
    from detente.kernel.design import Problem
    from detente.kernel.lattice import Order
    from detente.kernel.search import Found

REFERENCES = ("martins1984", "nash1950", "kydd2005")

NAMES = {
    "trust": "least trust",
    "margin": "widest margin",
    "duration": "shortest",
    "nash": "greatest product",
    "distance": "nearest order",
}


def run_task(case: Case, task: Task, progress: Progress | None) -> Design:
    """Design a roadmap; see `detente.analysis.roadmap.design.design_roadmap`."""
    return _Run(case, task, progress).answer()


@dataclass(slots=True)
class _Run:
    """A task at work."""

    case: Case
    task: Task
    progress: Progress | None
    read: Case = field(init=False)
    parties: tuple[str, ...] = field(init=False)
    wanted: tuple[str, ...] | None = field(init=False)
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = time.perf_counter()
        task = self.task
        self.read = self.case.under(task.reading)
        self.parties = at_table(self.read, task)
        check_options(self.read, task)
        takeable = self._takeable()
        default = (
            takeable
            if task.at_table is not None
            else [m.id for m in self.read.measures if m.direction is not Direction.BACKWARD]
        )
        self.wanted = resolve_goal(self.read, task.goal, default, task.in_force)
        if self.wanted is None:
            return
        named = dict.fromkeys(measure for group in (*task.together, *task.before) for measure in group)
        known = {*self.wanted, *self.read.status_quo, *task.in_force}
        strangers = [measure for measure in named if measure not in known]
        if strangers:
            names = ", ".join(f"'{measure}'" for measure in strangers)
            raise OptionError(f"--together or --before names {names}, which the goal does not contain")

    def _takeable(self) -> list[str]:
        return [measure.id for measure in takeable_measures(self.read, self.parties, self.task.in_force)]

    def finish(self, status: Status, **found: object) -> Design:
        """Return the answer."""
        return Design(
            status=status,
            method="backward labels with bounds, exact (model §8)",
            parameters=self.task.parameters(self.wanted),
            provenance=Provenance.of(self.case, reading=self.task.reading, seconds=time.perf_counter() - self.started),
            references=REFERENCES,
            objective=self.task.aim,
            goal=self.wanted,
            in_force=self.task.in_force,
            waiting=self.task.waiting,
            case=self.read,
            **found,  # type: ignore[arg-type]  # one of a few sets of fields of Design
        )

    def answer(self) -> Design:
        """Look for the best roadmap, or for who and what rules out every one."""
        task, read = self.task, self.read
        if self.wanted is not None:
            table = None if task.at_table is None else self.parties
            problems = goal_problems(read, self.wanted, table, task.in_force)
            if problems:
                return self.finish(Status.NONE, missing=tuple(problems))
        measures = self._takeable() if self.wanted is None else self.wanted
        if not measures:
            return self.finish(Status.NONE, missing=("there is no measure that those at the table can take",))
        game = build_game(read, (*task.in_force, *measures), parties=self.parties)
        # The compiled code is loaded only here: evaluations do without it.
        from detente.kernel.anytime import is_large
        from detente.kernel.design import TooManyStatesError
        from detente.kernel.design_conflict import find_conflict
        from detente.kernel.lattice import TooManyDeviationsError
        from detente.kernel.nearest import find_nearest
        from detente.kernel.optimum import find_optimum
        from detente.kernel.symmetry import in_declared_order

        reporter = Reporter(until(self.started, task.max_seconds, self.progress))
        order = goal_order(game, task.together, task.before)
        if order is None:
            return self.finish(Status.NONE, missing=("what must come before what forms a cycle",))
        make = self._maker(game)
        problem, found, too_much = None, None, None
        try:
            reporter.report("listing states")
            narrowed = order
            if task.nearest_to is None:
                apart = told_apart(game, (*task.together, *task.before, task.in_force))
                narrowed = in_declared_order(game.system, order, apart)
            problem = make(narrowed)
            if problem is None:
                return self.finish(Status.NONE, missing=("the goal, or the status quo, is infeasible",))
            if task.nearest_to is not None:
                found = find_nearest(problem, _stage_numbers(game, task.nearest_to), reporter)
            elif is_large(problem, task.objective):
                too_much = f"{len(problem.legal):,} states and the stages between them"
            else:
                found = find_optimum(problem, task.objective, reporter)
        except Cancelled:
            return self.finish(Status.STOPPED)
        except TooManyStatesError as large:
            too_much = f"{large.states:,} states"
        except TooManyDeviationsError as many:
            raise self._too_many_deviations(game, many.party, many.count) from None
        except LimitError:
            if problem is None:
                raise
            too_much = f"{len(problem.legal):,} states and the stages between them"
        if found is not None and not found.proven and not reporter.is_stopped and task.nearest_to is None:
            too_much = "the exact search was given up for want of memory"
        if too_much is not None:
            return self._answer_large(game, narrowed, make, problem, too_much, reporter, found)
        assert problem is not None
        if found is not None:
            return self._found(game, found)
        try:
            if narrowed is not order:  # deviations tell apart what roadmaps need not
                problem = make(order)
                assert problem is not None
            conflict = find_conflict(problem, reporter)
        except (Cancelled, LimitError):
            return self.finish(Status.NONE)  # which is proven; only who rules all roadmaps out is not known
        if not conflict.parties:
            missing = "no order of stages leads to it within what is allowed"
            return self.finish(Status.NONE, missing=(missing,))
        return self.finish(
            Status.NONE,
            conflict=Conflict(
                parties=tuple(game.parties[i] for i in conflict.parties),
                measures=tuple(game.measures[i] for i in conflict.measures),
                minimal=conflict.minimal,
            ),
        )

    def _answer_large(
        self,
        game: Game,
        order: Order,
        make: Callable[[Order], Problem | None],
        problem: Problem | None,
        too_much: str,
        reporter: Reporter,
        known: Found | None,
    ) -> Design:
        """Find what can be found where the exact search would list too much."""
        from detente.kernel.anytime import find_anytime, is_large
        from detente.kernel.windows import Windows

        if self.task.nearest_to is not None:
            raise too_large(game, too_much, self.task.memory)
        try:
            found = find_anytime(Windows(order=order, make=make), problem, self.task.objective, reporter, known=known)
        except Cancelled:
            return self.finish(Status.STOPPED)
        except LimitError:
            if problem is not None and is_large(problem, self.task.objective):
                return self.finish(Status.STOPPED)  # nothing that holds was found, and nothing rules it out
            raise too_large(game, too_much, self.task.memory) from None
        return self.finish(Status.NONE) if found is None else self._found(game, found)

    def _maker(self, game: Game) -> Callable[[Order], Problem | None]:
        """Return what makes the problem of an order, which may be narrower than the task's own."""
        from detente.kernel.bounds import UNLIMITED
        from detente.kernel.design import make_problem

        task = self.task
        return partial(
            make_problem,
            game.system,
            infeasible=forbidden_patterns(game),
            exact_goal=self.wanted is not None,
            max_per_stage=task.max_per_stage or UNLIMITED,
            max_stages=task.max_stages or UNLIMITED,
            max_length=task.max_duration or UNLIMITED,
            start=game.state(task.in_force) if task.in_force else None,
            waiting=task.waiting,
            memory=task.memory,
        )

    def _too_many_deviations(self, game: Game, party: int, count: int) -> LimitError:
        return LimitError(
            f"{self.read.party(game.parties[party]).name} could withhold or undo {count} measures at once, and "
            f"2^{count} deviations are too many to try: leave some of its measures out of --goal, or put them in the "
            "status quo"
        )

    def _found(self, game: Game, found: Found) -> Design:
        task = self.task
        stages = tuple(
            tuple(measure for column, measure in enumerate(game.measures) if mask >> column & 1)
            for mask in found.stages
        )
        evaluation = self._evaluate(Roadmap(id="design", name=NAMES[task.aim], stages=stages))
        scale = 0.5 if task.aim == "distance" else 1.0
        return self.finish(
            Status.OPTIMAL if found.proven else Status.STOPPED,
            stages=stages,
            durations=evaluation.durations,
            value=scale * found.value,
            bound=scale * found.bound if np.isfinite(found.bound) else None,
            evaluation=evaluation,
        )

    def _evaluate(self, roadmap: Roadmap) -> RoadmapEvaluation:
        task = self.task
        if not task.in_force:
            return evaluate_path(self.read, roadmap, reading=task.reading, parties=self.parties)
        return evaluate_onward(
            self.read,
            roadmap,
            in_force=task.in_force,
            waiting=task.waiting,
            reading=task.reading,
            parties=self.parties,
        )


def _stage_numbers(game: Game, stages: Sequence[Sequence[str]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The stage of each measure of a game in an order; what the order lacks comes after everything."""
    numbers = {measure: number for number, stage in enumerate(stages) for measure in stage}
    return np.array([numbers.get(measure, len(stages)) for measure in game.measures], dtype=np.int64)


def until(started: float, max_seconds: float | None, progress: Progress | None) -> Progress | None:
    """Return a callback that also stops the work once its time is up."""
    if max_seconds is None:
        return progress
    end = started + max_seconds

    def watched(event: ProgressEvent) -> None:
        if progress is not None:
            progress(event)
        if time.perf_counter() > end:
            raise Cancelled

    return watched


def too_large(game: Game, what: str, memory: float) -> LimitError:
    """Say what one could fix: the measures that no order ties to others double the states."""
    case, ids = game.case, set(game.measures)
    tied = {
        measure.id
        for measure in case.measures
        for other in (*measure.requires, *measure.after)
        if other in ids and measure.id in ids
    } | {other for measure in case.measures if measure.id in ids for other in (*measure.requires, *measure.after)}
    loose = [measure for measure in game.measures if measure not in tied] or list(game.measures)
    return LimitError(
        f"designing over {len(ids)} measures needs more than the {memory / 2**30:.3g} GB allowed ({what}): "
        "raise --memory, limit --max-per-stage, tie measures with --together or --before, leave some out of --goal or "
        f"put them in the status quo. Nothing orders these: {', '.join(loose[:12])}"
        + (f" and {len(loose) - 12} more" if len(loose) > 12 else "")
    )
