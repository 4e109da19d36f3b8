"""One design from its options to its answer: what is at the table, what may be taken, and the search (§8, §10)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Provenance, Status
from detente.analysis.roadmap.design_result import Conflict, Design
from detente.analysis.roadmap.evaluating import evaluate_onward, evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.goals import (
    BEST,
    forbidden_patterns,
    goal_order,
    goal_problems,
    resolve_goal,
    takeable_measures,
)
from detente.case import Case, Direction, Roadmap
from detente.errors import Cancelled, LimitError, OptionError
from detente.game import Game, build_game
from detente.kernel.objectives import Aim, Objective
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    from detente.kernel.design import Problem
    from detente.kernel.search import Found

REFERENCES = ("martins1984", "nash1950", "kydd2005")

NAMES = {
    "trust": "least trust",
    "margin": "widest margin",
    "duration": "shortest",
    "nash": "greatest product",
    "distance": "nearest order",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be designed, as `detente.analysis.roadmap.design.design_roadmap` was asked for it.

    Parameters
    ----------
    in_force : tuple of str
        Measures in force beside the status quo before the first stage.
    waiting : int
        Periods that pass before the first stage.
    nearest_to : tuple of stages or None
        The order to keep to, in place of the objective.
    """

    goal: str | Sequence[str] | None
    objective: Objective
    max_stages: int | None = None
    max_per_stage: int | None = None
    max_duration: int | None = None
    together: Sequence[Sequence[str]] = ()
    before: Sequence[tuple[str, str]] = ()
    at_table: str | tuple[str, ...] | None = None
    in_force: tuple[str, ...] = ()
    waiting: int = 0
    nearest_to: tuple[tuple[str, ...], ...] | None = None
    reading: str | None = None
    memory: float

    @property
    def aim(self) -> Aim:
        """What is made best."""
        return self.objective if self.nearest_to is None else "distance"

    @property
    def limits(self) -> dict[str, int | None]:
        """The limits by their names."""
        return {
            "max_stages": self.max_stages,
            "max_per_stage": self.max_per_stage,
            "max_duration": self.max_duration,
        }

    def parameters(self, goal: tuple[str, ...] | None) -> dict[str, object]:
        """Return what the answer depends on, unset limits left out."""
        stated: dict[str, object] = {
            "objective": self.aim,
            "goal": BEST if goal is None else " and ".join(goal),
            **{name: limit for name, limit in self.limits.items() if limit is not None},
        }
        if self.together:
            stated["together"] = [list(group) for group in self.together]
        if self.before:
            stated["before"] = [list(pair) for pair in self.before]
        if self.at_table is not None:
            stated["at_table"] = self.at_table if isinstance(self.at_table, str) else list(self.at_table)
        if self.in_force:
            stated["in_force"] = list(self.in_force)
            stated["waiting"] = self.waiting
        if self.nearest_to is not None:
            stated["nearest_to"] = [list(stage) for stage in self.nearest_to]
        return stated


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
        from detente.kernel.conflict import find_conflict
        from detente.kernel.nearest import find_nearest
        from detente.kernel.optimum import find_optimum

        reporter = Reporter(self.progress)
        try:
            problem = self._problem(game, reporter)
        except Cancelled:
            return self.finish(Status.STOPPED)
        if isinstance(problem, str):
            return self.finish(Status.NONE, missing=(problem,))
        try:
            if task.nearest_to is not None:
                found = find_nearest(problem, _stage_numbers(game, task.nearest_to), reporter)
            else:
                found = find_optimum(problem, task.objective, reporter)
        except Cancelled:
            return self.finish(Status.STOPPED)
        except LimitError:
            n_states = len(problem.legal)
            raise too_large(game, f"{n_states:,} states and the stages between them", task.memory) from None
        if found is not None:
            return self._found(game, problem, found)
        try:
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

    def _problem(self, game: Game, reporter: Reporter) -> Problem | str:
        """List states and values; or say why no roadmap leads to the goal."""
        from detente.kernel.bounds import UNLIMITED
        from detente.kernel.design import TooManyStatesError, make_problem
        from detente.kernel.lattice import TooManyDeviationsError

        task = self.task
        order = goal_order(game, task.together, task.before)
        if order is None:
            return "what must come before what forms a cycle"
        reporter.report("listing states")
        try:
            problem = make_problem(
                game.system,
                order,
                infeasible=forbidden_patterns(game),
                exact_goal=self.wanted is not None,
                max_per_stage=task.max_per_stage or UNLIMITED,
                max_stages=task.max_stages or UNLIMITED,
                max_length=task.max_duration or UNLIMITED,
                start=game.state(task.in_force) if task.in_force else None,
                waiting=task.waiting,
                memory=task.memory,
            )
        except TooManyStatesError as large:
            raise too_large(game, f"{large.states:,} states", task.memory) from None
        except TooManyDeviationsError as many:
            raise LimitError(
                f"{self.read.party(game.parties[many.party]).name} could withhold or undo {many.count} measures at "
                f"once, and 2^{many.count} deviations are too many to try: leave some of its measures out of --goal, "
                "or put them in the status quo"
            ) from None
        return "the goal, or the status quo, is infeasible" if problem is None else problem

    def _found(self, game: Game, problem: Problem, found: Found) -> Design:
        task = self.task
        stages = tuple(
            tuple(game.measures[column] for column in np.flatnonzero(row)) for row in problem.stages(found.stages)
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


def at_table(case: Case, task: Task) -> tuple[str, ...]:
    """Return who sits at the table, in declared order.

    Raises
    ------
    OptionError
        If the format or a party is unknown.
    """
    everyone = tuple(party.id for party in case.parties)
    match task.at_table:
        case None:
            return everyone
        case str(name):
            for format_ in case.formats:
                if format_.id == name:
                    return tuple(party for party in everyone if party in format_.parties)
            known_formats = ", ".join(format_.id for format_ in case.formats) or "none"
            raise OptionError(f"unknown format '{name}' (the case has: {known_formats})")
        case parties:
            unknown = [party for party in parties if party not in everyone]
            if unknown or not parties:
                names = ", ".join(f"'{party}'" for party in unknown) or "nobody"
                raise OptionError(f"at the table: {names}; name parties of the case: {', '.join(everyone)}")
            return tuple(party for party in everyone if party in parties)


def check_options(case: Case, task: Task) -> None:
    """Refuse options that make no sense.

    Raises
    ------
    OptionError
        If a limit, a goal or a measure named is wrong.
    """
    if task.goal == BEST and task.aim not in ("nash", "margin"):
        raise OptionError(f"goal 'best' needs objective nash or margin; with '{task.aim}' doing nothing would win")
    for name, limit in task.limits.items():
        if limit is not None and limit < 1:
            raise OptionError(f"{name} must be at least 1, got {limit}")
    if task.waiting < 0:
        raise OptionError(f"waiting must be at least 0 periods, got {task.waiting}")
    known = {measure.id for measure in case.measures}
    for where, groups in (
        ("--together or --before", (*task.together, *task.before)),
        ("what is in force", (task.in_force,)),
        ("the order to keep to", task.nearest_to or ()),
    ):
        for measure in (measure for group in groups for measure in group):
            if measure not in known:
                raise OptionError(f"unknown measure '{measure}' in {where}")


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
