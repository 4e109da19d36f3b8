"""What has happened to an agreement so far: what is in force, what was lost, and what it cost (§2 of the model)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from detente.case import Case, Direction, Measure, ProgressEntry, point
from detente.errors import CaseError, Diagnostic, OptionError

When = Literal["now"] | int
"""A period, or the latest one in which a measure of the case was taken or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A measure that was taken, and how long it stayed in force.

    Parameters
    ----------
    ended : int or None
        The period in which it ended; None while it is in force.
    lapsed : bool
        Whether it ended because something that it requires did, at no cost to anybody.
    """

    measure: str
    taken: int = field(metadata={"unit": "period"})
    ended: int | None = field(default=None, metadata={"unit": "period"})
    lapsed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SunkCost:
    """What one party has spent by now on one measure, taking it or ending it."""

    party: str
    measure: str
    period: int
    deed: Literal["taken", "ended"]
    cost: float = field(metadata={"unit": "own value units, once"})


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A case at a period: what was taken, what of it is in force.

    Parameters
    ----------
    now : int
        The period.
    takings : tuple of Taking
        In the order of the case; ends after `now` are left out.
    in_force : tuple of str
        Measures in force beside the status quo, in declared order.
    """

    case: Case = field(repr=False)
    now: int = field(metadata={"unit": "period"})
    takings: tuple[Taking, ...]
    in_force: tuple[str, ...]

    @property
    def past(self) -> frozenset[str]:
        """Every measure that was ever taken, in force or not."""
        return frozenset(taking.measure for taking in self.takings)

    def latest(self, measure: str) -> Taking | None:
        """Return the last time that a measure was taken."""
        return max((t for t in self.takings if t.measure == measure), key=lambda t: t.taken, default=None)

    def is_lost(self, measure: str) -> bool:
        """Tell whether a measure was taken and is no longer in force."""
        return measure in self.past and measure not in self.in_force

    def first_together(self, measures: Iterable[str]) -> int | None:
        """Return the first period in which all of some measures were in force; None if they never were."""
        wanted = set(measures) - set(self.case.status_quo)
        for period in sorted({taking.taken for taking in self.takings}):
            there = {t.measure for t in self.takings if t.taken <= period and (t.ended is None or t.ended > period)}
            if wanted <= there:
                return period
        return None if wanted else 0

    def sunk_costs(self) -> tuple[SunkCost, ...]:
        """List what every party has spent, in the order of time; of ends, those whose only owner bore them."""
        costs = []
        for taking in self.takings:
            measure = self.case.measure(taking.measure)
            deeds: list[tuple[Literal["taken", "ended"], int, Measure]] = [("taken", taking.taken, measure)]
            if taking.ended is not None and not taking.lapsed and _only_owner(measure) is not None:
                deeds.append(("ended", taking.ended, measure))
            for deed, period, each in deeds:
                stated = each.cost if deed == "taken" else each.undo_cost
                costs += [
                    SunkCost(party=party.id, measure=each.id, period=period, deed=deed, cost=point(stated[party.id]))
                    for party in self.case.parties
                    if party.id in stated and point(stated[party.id]) != 0.0
                ]
        return tuple(sorted(costs, key=lambda cost: cost.period))

    def unattributed(self) -> tuple[str, ...]:
        """Name the measures that ended and cost something to end, where it is not known which owner ended them."""
        ended = (t.measure for t in self.takings if t.ended is not None and not t.lapsed)
        return tuple(
            measure
            for measure in dict.fromkeys(ended)
            if _only_owner(self.case.measure(measure)) is None
            and any(point(cost) != 0.0 for cost in self.case.measure(measure).undo_cost.values())
        )


def _only_owner(measure: Measure) -> str | None:
    return measure.owners[0] if measure.forum is None and len(measure.owners) == 1 else None


def history_of(case: Case, at: When = "now") -> History:
    """Return what has happened by a period; later entries of `progress:` are ignored.

    Raises
    ------
    OptionError
        If the period is negative.
    CaseError
        If what happened cannot have happened by the model (D604): a measure without what it requires, or the end of
        one that cannot be undone.
    """
    if at == "now":
        now = max((p for entry in case.progress for p in (entry.taken, entry.ended) if p is not None), default=0)
    else:
        now = at
    if now < 0:
        raise OptionError(f"a period to start from is 0 or more, got {now}")
    replay = _Replay(case)
    entries = [entry for entry in case.progress if entry.taken <= now]
    times = {p for entry in entries for p in (entry.taken, entry.ended) if p is not None and p <= now}
    for period in sorted(times):
        replay.end([entry for entry in entries if entry.ended == period], period)
        replay.take([entry for entry in entries if entry.taken == period])
    if replay.problems:
        raise CaseError(replay.problems)
    return History(
        case=case,
        now=now,
        takings=tuple(replay.done[entry] for entry in entries),
        in_force=tuple(measure.id for measure in case.measures if measure.id in replay.in_force),
    )


class _Replay:
    """The entries of `progress:` one period after the other."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.measures = {measure.id: measure for measure in case.measures}
        self.in_force: dict[str, ProgressEntry] = {}
        self.done: dict[ProgressEntry, Taking] = {}
        self.problems: list[Diagnostic] = []

    def _refuse(self, message: str, help_: str) -> None:
        self.problems.append(Diagnostic(code="D604", message=message, help=help_))

    def _dependents(self, ended: set[str]) -> set[str]:
        """What is in force and requires some of these, through others too."""
        gone = set(ended)
        while True:
            more = {m for m in self.in_force if m not in gone and gone & set(self.measures[m].requires)}
            if not more:
                return gone - ended
            gone |= more

    def end(self, entries: list[ProgressEntry], period: int) -> None:
        ending = {entry.measure for entry in entries if entry.measure in self.in_force}
        lapsing = self._dependents(ending)
        for measure in sorted(ending | lapsing, key=list(self.measures).index):
            if not self.measures[measure].is_reversible:
                ends, what = ("", "it") if measure in ending else ("what ", f"'{measure}'")
                requires = "" if measure in ending else " requires"
                self._refuse(
                    f"progress ends {ends}'{measure}'{requires} in period {period}, but {what} cannot be undone "
                    "(reversible: false).",
                    "correct the entry, or let the measure be reversible",
                )
        for measure in ending | lapsing:
            above = ending & self._required(measure)
            self._note(self.in_force.pop(measure), ended=period, lapsed=measure in lapsing or bool(above))

    def _required(self, measure: str) -> set[str]:
        """What a measure requires, through others too."""
        found: set[str] = set()
        todo = list(self.measures[measure].requires)
        while todo:
            needed = todo.pop()
            if needed not in found:
                found.add(needed)
                todo += self.measures[needed].requires
        return found

    def take(self, entries: list[ProgressEntry]) -> None:
        for entry in entries:
            self.in_force[entry.measure] = entry
            self._note(entry)
        there = {*self.case.status_quo, *self.in_force}
        for entry in entries:
            measure = self.measures[entry.measure]
            if measure.direction is Direction.BACKWARD:
                self._refuse(
                    f"progress takes '{measure.id}' in period {entry.taken}, but it can only be given up "
                    "(direction: backward).",
                    "delete the entry, or change the measure's direction",
                )
            for needed in measure.requires:
                if needed not in there:
                    self._refuse(
                        f"progress takes '{measure.id}' in period {entry.taken} without '{needed}', which it requires.",
                        f"say in which period '{needed}' was taken, or correct the entry",
                    )

    def _note(self, entry: ProgressEntry, *, ended: int | None = None, lapsed: bool = False) -> None:
        self.done[entry] = Taking(measure=entry.measure, taken=entry.taken, ended=ended, lapsed=lapsed)
