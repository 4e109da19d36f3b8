"""Which roadmap is best? Stages that hold and ask for the least trust, or are widest, shortest or fairest (§8 of the model)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.design_words import explain_design
from detente.analysis.roadmap.evaluation import RoadmapEvaluation, evaluate_path
from detente.case import Case, Direction, Measure, Roadmap, excluded_pairs, format_condition, is_satisfied
from detente.errors import Cancelled, LimitError, OptionError
from detente.game import Game, build_game, compile_condition, is_available
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.kernel.system import BoolArray, Predicate
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from detente.kernel.lattice import Order

BEST = "best"
"""The goal "any measures at all", for `nash` and `margin` only: doing nothing would win the other objectives."""

DEFAULT_MEMORY = 4 * 2**30
"""Bytes that a design may take unless told otherwise."""

REFERENCES = ("martins1984", "nash1950", "kydd2005")


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """The parties whose checks rule out every roadmap, and the measures whose withholding or undoing does so.

    Parameters
    ----------
    minimal : bool
        Whether there is no smaller conflict; otherwise none of its members can be left out.
    """

    parties: tuple[str, ...]
    measures: tuple[str, ...]
    minimal: bool

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"parties": list(self.parties), "measures": list(self.measures), "minimal": self.minimal}


@dataclass(frozen=True, eq=False, kw_only=True)
class Design(Result):
    """The best roadmap to a goal, or why there is none.

    Parameters
    ----------
    objective : str
        What was optimised.
    goal : tuple of str or None
        The measures to be in force at the end, beside the status quo; None for "any".
    stages, durations
        The roadmap; empty where there is none.
    value, bound : float or None
        Of the objective: what the roadmap reaches, and what no roadmap betters.
    conflict : Conflict or None
        Why no roadmap holds; None where one does, or where the goal itself is out of reach.
    missing : tuple of str
        What makes the goal itself impossible, as sentences.
    evaluation : RoadmapEvaluation or None
        The verdict on the roadmap.
    """

    objective: Objective
    goal: tuple[str, ...] | None
    stages: tuple[tuple[str, ...], ...] = ()
    durations: tuple[int, ...] = ()
    value: float | None = None
    bound: float | None = None
    conflict: Conflict | None = None
    missing: tuple[str, ...] = ()
    evaluation: RoadmapEvaluation | None = None
    case: Case = field(repr=False)

    def _body(self) -> dict[str, object]:
        return {
            "objective": self.objective,
            "goal": BEST if self.goal is None else " and ".join(self.goal),
            "status": self.status.value,
            "stages": [list(stage) for stage in self.stages],
            "durations": list(self.durations),
            "value": self.value,
            "bound": self.bound,
            "conflict": None if self.conflict is None else self.conflict.to_dict(),
            "missing": list(self.missing),
            "evaluation": None if self.evaluation is None else self.evaluation.to_dict(),
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per stage: when it starts, how long it takes, its measures, its least margin and trust."""
        import pandas as pd

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        trust = self.evaluation.trust_profile() if self.evaluation else ()
        records = []
        start = 0
        for number, stage in enumerate(self.stages):
            records.append(
                {
                    "stage": number + 1,
                    "start": start,
                    "duration": self.durations[number],
                    "measures": " ".join(stage),
                    "margin": margins[number],
                    "trust": trust[number],
                }
            )
            start += self.durations[number]
        columns = ["stage", "start", "duration", "measures", "margin", "trust"]
        return pd.DataFrame.from_records(records, columns=columns)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage of the roadmap found."""
        from detente.display import charts

        margins = self.evaluation.stage_margins() if self.evaluation else ()
        return charts.draw_margins({f"least {self.objective}": margins}, ax=ax)

    def explain(self) -> Explanation:
        """Say what was found and how sure that is; or who and what rules out every roadmap."""
        return Explanation(sentences=tuple(explain_design(self)))


def _known(case: Case, measures: Iterable[str]) -> tuple[str, ...]:
    known = {measure.id for measure in case.measures}
    unknown = [measure for measure in measures if measure not in known]
    if unknown:
        names = ", ".join(f"'{measure}'" for measure in unknown)
        raise OptionError(f"unknown measure in the goal: {names}")
    return tuple(measure.id for measure in case.measures if measure.id in set(measures))


def _resolve_goal(case: Case, goal: str | Sequence[str] | None, available: Sequence[str]) -> tuple[str, ...] | None:
    """Return the measures that are to be taken, in declared order; None for any."""
    if goal == BEST:
        return None
    status_quo = set(case.status_quo)
    if isinstance(goal, str):
        goal = [word.strip() for word in goal.split(" and ")]
    if goal is not None:
        wanted = tuple(measure for measure in _known(case, goal) if measure not in status_quo)
        if not wanted:
            raise OptionError("the goal is in force already; name at least one measure outside the status quo")
        return wanted
    everything = tuple(measure for measure in available if measure not in status_quo)
    if not everything:
        raise OptionError("the case has no measure outside the status quo; there is nothing to design")
    problems = goal_problems(case, everything, None)
    if problems:
        raise OptionError(
            f"the state with every measure in force is not feasible ({problems[0]}); say which measures are the goal, "
            'for example --goal "a and b"'
        )
    return everything


def goal_problems(case: Case, goal: Sequence[str], at_table: Sequence[str] | None) -> list[str]:
    """List what makes a goal impossible, as sentences: what its members lack, or which pattern it falls under."""
    in_force = set(case.status_quo) | set(goal)
    known = {measure.id: measure for measure in case.measures}
    table = [party.id for party in case.parties] if at_table is None else list(at_table)
    problems = []
    for measure in goal:
        needs = [(other, "requires") for other in known[measure].requires]
        needs += [(other, "comes after") for other in known[measure].after]
        problems += [
            f"'{measure}' {verb} '{other}', which the goal lacks" for other, verb in needs if other not in in_force
        ]
        if known[measure].direction is Direction.BACKWARD:
            problems.append(f"'{measure}' can only be given up, not taken")
        if not is_available(case, known[measure], table):
            problems.append(f"'{measure}' cannot be taken by those at the table")
    problems += [f"'{one}' and '{other}' exclude each other" for one, other in excluded_pairs(case, in_force)]
    problems += [
        f"the goal is infeasible: {format_condition(pattern)}"
        for pattern in case.infeasible
        if is_satisfied(pattern, in_force)
    ]
    return problems


def _takeable(case: Case, parties: Sequence[str]) -> list[Measure]:
    """Measures outside the status quo that can be taken at all by those at the table, with what they need."""
    status_quo = set(case.status_quo)
    candidates = {
        measure.id: measure
        for measure in case.measures
        if measure.id not in status_quo
        and measure.direction is not Direction.BACKWARD
        and is_available(case, measure, parties)
    }
    while True:
        lacking = [
            measure.id
            for measure in candidates.values()
            if any(other not in status_quo and other not in candidates for other in (*measure.requires, *measure.after))
        ]
        if not lacking:
            return list(candidates.values())
        for measure in lacking:
            del candidates[measure]


def _make_order(game: Game, together: Sequence[Sequence[str]], before: Sequence[tuple[str, str]]) -> Order | None:
    from detente.kernel.lattice import make_order

    n_measures = len(game.measures)
    column = {measure: index for index, measure in enumerate(game.measures)}
    needs = np.zeros((n_measures, n_measures), dtype=np.bool_)
    after = np.zeros((n_measures, n_measures), dtype=np.bool_)
    for measure in game.case.measures:
        if measure.id not in column:
            continue
        for relation, others in ((needs, measure.requires), (after, measure.after)):
            for other in others:
                if other in column:
                    relation[column[measure.id], column[other]] = True
    for earlier, later in before:
        if earlier in column and later in column:
            after[column[later], column[earlier]] = True
    sets = [game.state(group) for group in together]
    return make_order(needs, after, np.array(sets, dtype=np.bool_).reshape(len(sets), n_measures))


def _patterns(game: Game) -> list[Predicate]:
    """Predicates of the states that roadmaps must not reach."""
    patterns = [compile_condition(pattern, game.measures, game.status_quo) for pattern in game.case.infeasible]
    column = {measure: index for index, measure in enumerate(game.measures)}
    everything = {measure.id for measure in game.case.measures}
    for one, other in excluded_pairs(game.case, everything):
        if {one, other} <= (set(column) | game.status_quo):
            patterns.append(_both(column.get(one), column.get(other)))
    return patterns


def _both(one: int | None, other: int | None) -> Predicate:
    """Where both columns are in force; None stands for a measure that always is."""

    def holds(states: BoolArray) -> BoolArray:
        result = np.ones(states.shape[0], dtype=np.bool_)
        for column in (one, other):
            if column is not None:
                result &= states[:, column]
        return result

    return holds


def _too_large(game: Game, what: str, memory: float) -> LimitError:
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


def _check_options(
    case: Case,
    objective: Objective,
    goal: object,
    limits: Sequence[tuple[str, int | None]],
    at_table: str | None,
    named: Sequence[str],
) -> tuple[str, ...]:
    """Refuse options that make no sense; return who sits at the table."""
    if objective not in OBJECTIVES:
        raise OptionError(f"unknown objective '{objective}' (one of: {', '.join(OBJECTIVES)})")
    if goal == BEST and objective not in ("nash", "margin"):
        raise OptionError(f"goal 'best' needs objective nash or margin; with '{objective}' doing nothing would win")
    for name, limit in limits:
        if limit is not None and limit < 1:
            raise OptionError(f"{name} must be at least 1, got {limit}")
    known = {measure.id for measure in case.measures}
    for measure in named:
        if measure not in known:
            raise OptionError(f"unknown measure '{measure}' in --together or --before")
    if at_table is None:
        return tuple(party.id for party in case.parties)
    for format_ in case.formats:
        if format_.id == at_table:
            return tuple(party.id for party in case.parties if party.id in format_.parties)
    known_formats = ", ".join(format_.id for format_ in case.formats) or "none"
    raise OptionError(f"unknown format '{at_table}' (the case has: {known_formats})")


def design_roadmap(
    case: Case,
    *,
    goal: str | Sequence[str] | None = None,
    objective: Objective = "trust",
    max_stages: int | None = None,
    max_per_stage: int | None = None,
    max_duration: int | None = None,
    together: Sequence[Sequence[str]] = (),
    before: Sequence[tuple[str, str]] = (),
    at_table: str | None = None,
    reading: str | None = None,
    memory: float = DEFAULT_MEMORY,
    progress: Progress | None = None,
) -> Design:
    """Find the best roadmap that holds, with a certificate; or say who and what rules out every one.

    Parameters
    ----------
    case : Case
        The case.
    goal : "best", measure ids, or ids joined by " and ", optional
        What is to be in force at the end; every measure outside the status quo unless given.
    objective : {"trust", "margin", "duration", "nash"}
        Least trust demand (ties: greatest margin), greatest least flow margin, shortest (ties: greatest margin), or
        greatest product of flow gains.
    max_stages, max_per_stage, max_duration : int, optional
        Limits: stages, measures per stage, periods in all.
    together : sequence of sets of measures
        Measures that are taken in one stage or not at all.
    before : sequence of pairs
        (earlier, later): the later one comes only in a later stage.
    at_table : str, optional
        A format of the case: only its parties decide, and only what they can take is available (§10).
    reading : str, optional
        The reading to design under; the base case unless given.
    memory : float
        Bytes that the design may take.
    progress : callable, optional
        Told how far it is; may raise `Cancelled`, and the best found so far is returned.

    Returns
    -------
    Design
        With status *optimal*, *none* (with a conflict, or with what the goal lacks) or *stopped* (with a bound).

    Raises
    ------
    OptionError
        If an option is wrong.
    CaseError
        If parties lack what roadmaps need.
    LimitError
        If the design would need more memory than allowed, or there are more than 64 measures.

    Notes
    -----
    Exact labels over the states that roadmaps can reach; see `detente.kernel.labels`.

    References
    ----------
    Model §8; [martins1984]_ (multicriteria labels), [nash1950]_ (product of gains).
    """
    started = time.perf_counter()
    read = case.under(reading)
    limits = (("max_stages", max_stages), ("max_per_stage", max_per_stage), ("max_duration", max_duration))
    named = [measure for group in (*together, *before) for measure in group]
    parties = _check_options(read, objective, goal, limits, at_table, named)
    takeable = [measure.id for measure in _takeable(read, parties)]
    default = (
        takeable if at_table is not None else [m.id for m in read.measures if m.direction is not Direction.BACKWARD]
    )
    wanted = _resolve_goal(read, goal, default)
    parameters: dict[str, object] = {
        "objective": objective,
        "goal": BEST if wanted is None else " and ".join(wanted),
        **{name: limit for name, limit in limits if limit is not None},
    }
    if together:
        parameters["together"] = [list(group) for group in together]
    if before:
        parameters["before"] = [list(pair) for pair in before]
    if at_table is not None:
        parameters["at_table"] = at_table

    def finish(status: Status, **found: object) -> Design:
        return Design(
            status=status,
            method="backward labels with bounds, exact (model §8)",
            parameters=parameters,
            provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - started),
            references=REFERENCES,
            objective=objective,
            goal=wanted,
            case=read,
            **found,  # type: ignore[arg-type]  # one of a few sets of fields of Design
        )

    if wanted is not None:
        problems = goal_problems(read, wanted, None if at_table is None else parties)
        if problems:
            return finish(Status.NONE, missing=tuple(problems))
    measures = takeable if wanted is None else wanted
    if not measures:
        return finish(Status.NONE, missing=("there is no measure that those at the table can take",))
    game = build_game(read, measures, parties=parties)
    # The compiled code is loaded only here: evaluations do without it.
    from detente.kernel.conflict import find_conflict
    from detente.kernel.design import TooManyStates, make_problem
    from detente.kernel.labelling import UNLIMITED
    from detente.kernel.optimum import find_optimum

    reporter = Reporter(progress)
    reporter.report("listing states")
    order = _make_order(game, together, before)
    if order is None:
        return finish(Status.NONE, missing=("what must come before what forms a cycle",))
    try:
        problem = make_problem(
            game.system,
            order,
            infeasible=_patterns(game),
            exact_goal=wanted is not None,
            max_per_stage=max_per_stage or UNLIMITED,
            max_stages=max_stages or UNLIMITED,
            max_length=max_duration or UNLIMITED,
            memory=memory,
        )
    except TooManyStates as large:
        raise _too_large(game, f"{large.states:,} states", memory) from None
    if problem is None:
        return finish(Status.NONE, missing=("the goal, or the status quo, is infeasible",))
    try:
        found = find_optimum(problem, objective, reporter)
        if found is None:
            conflict = find_conflict(problem, reporter)
            if not conflict.parties:
                return finish(Status.NONE, missing=("no order of stages leads to it within what is allowed",))
            return finish(
                Status.NONE,
                conflict=Conflict(
                    parties=tuple(game.parties[i] for i in conflict.parties),
                    measures=tuple(game.measures[i] for i in conflict.measures),
                    minimal=conflict.minimal,
                ),
            )
    except Cancelled:
        return finish(Status.STOPPED)
    except LimitError:
        n_states = len(problem.legal)
        raise _too_large(game, f"{n_states:,} states and the stages between them", memory) from None
    stages = tuple(
        tuple(game.measures[column] for column in np.flatnonzero(row)) for row in problem.stages(found.stages)
    )
    name = {"trust": "least trust", "margin": "widest margin", "duration": "shortest", "nash": "greatest product"}
    evaluation = evaluate_path(
        read,
        Roadmap(id="design", name=name[objective], stages=stages),
        reading=reading,
        parties=parties,
    )
    return finish(
        Status.OPTIMAL if found.proven else Status.STOPPED,
        stages=stages,
        durations=evaluation.durations,
        value=found.value,
        bound=found.bound if np.isfinite(found.bound) else None,
        evaluation=evaluation,
    )
