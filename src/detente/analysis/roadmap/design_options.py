"""The options of a design: what they say, who is at the table, and which make no sense (§8, §10 of the model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.analysis.roadmap.goals import BEST
from detente.case import Case
from detente.errors import OptionError
from detente.kernel.objectives import Aim, Objective


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
    max_seconds: float | None = None
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
        if self.max_seconds is not None:
            stated["max_seconds"] = self.max_seconds
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
    if task.max_seconds is not None and not task.max_seconds > 0.0:
        raise OptionError(f"max_seconds must be above 0, got {task.max_seconds:g}")
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
