"""The best roadmap to a goal: it holds and asks least trust, or is widest, shortest or fairest (§8 of the model)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.design_words import explain_design
from detente.analysis.roadmap.evaluating import evaluate_path
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
from detente.kernel.objectives import OBJECTIVES, Objective
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


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
    takeable = [measure.id for measure in takeable_measures(read, parties)]
    default = (
        takeable if at_table is not None else [m.id for m in read.measures if m.direction is not Direction.BACKWARD]
    )
    wanted = resolve_goal(read, goal, default)
    if wanted is not None:
        strangers = [m for m in dict.fromkeys(named) if m not in wanted and m not in read.status_quo]
        if strangers:
            names = ", ".join(f"'{measure}'" for measure in strangers)
            raise OptionError(f"--together or --before names {names}, which the goal does not contain")
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
    from detente.kernel.bounds import UNLIMITED
    from detente.kernel.conflict import find_conflict
    from detente.kernel.design import TooManyStatesError, make_problem
    from detente.kernel.lattice import TooManyDeviationsError
    from detente.kernel.optimum import find_optimum

    reporter = Reporter(progress)
    order = goal_order(game, together, before)
    if order is None:
        return finish(Status.NONE, missing=("what must come before what forms a cycle",))
    try:
        reporter.report("listing states")
        problem = make_problem(
            game.system,
            order,
            infeasible=forbidden_patterns(game),
            exact_goal=wanted is not None,
            max_per_stage=max_per_stage or UNLIMITED,
            max_stages=max_stages or UNLIMITED,
            max_length=max_duration or UNLIMITED,
            memory=memory,
        )
    except TooManyStatesError as large:
        raise _too_large(game, f"{large.states:,} states", memory) from None
    except TooManyDeviationsError as many:
        raise LimitError(
            f"{read.party(game.parties[many.party]).name} could withhold or undo {many.count} measures at once, and "
            f"2^{many.count} deviations are too many to try: leave some of its measures out of --goal, or put them in "
            "the status quo"
        ) from None
    except Cancelled:
        return finish(Status.STOPPED)
    if problem is None:
        return finish(Status.NONE, missing=("the goal, or the status quo, is infeasible",))
    try:
        found = find_optimum(problem, objective, reporter)
    except Cancelled:
        return finish(Status.STOPPED)
    except LimitError:
        n_states = len(problem.legal)
        raise _too_large(game, f"{n_states:,} states and the stages between them", memory) from None
    if found is None:
        try:
            conflict = find_conflict(problem, reporter)
        except (Cancelled, LimitError):
            return finish(Status.NONE)  # which is proven; only who rules all roadmaps out is not known
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
