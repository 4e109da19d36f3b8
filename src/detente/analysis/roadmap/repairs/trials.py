"""Trying repairs: how many trials a search may take, and what is known when it has taken them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.analysis.roadmap.evaluating import evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_row
from detente.analysis.roadmap.numbers import chain_name, levels_of
from detente.analysis.roadmap.repairs.repair import Edit
from detente.analysis.words import quote_measures
from detente.case import Case, Measure
from detente.display.prose import count_noun
from detente.progress import Progress, ProgressEvent, Reporter

MOST_TRIALS = 4000
"""Changed roadmaps that the search for one kind of repair evaluates at most: some seconds."""

MOST_TOLD = 3
"""Repairs of one kind that are told where several take as much; the note says how many more there are."""


class Trials:
    """Counts trials and reports how far a search is.

    Parameters
    ----------
    most : int
        Trials after which the search has to end.
    expected : int or None
        Trials that the search takes if it finds nothing, where that is known.
    """

    def __init__(self, most: int, task: str, progress: Progress | None, *, expected: int | None = None) -> None:
        self.most = most
        self.count = 0
        self._length = most if expected is None else max(1, min(most, expected))
        self._task = task
        self._reporter = Reporter(progress)

    @property
    def are_spent(self) -> bool:
        """Whether there may be no more trials."""
        return self.count >= self.most

    def spend(self, number: int = 1) -> None:
        """Count trials; may raise `Cancelled`."""
        self.count += number
        self._reporter.report(self._task, fraction=min(1.0, self.count / self._length))


def scaled(progress: Progress | None, start: float, end: float) -> Progress | None:
    """Return a callback for the part of the work from `start` to `end`; None if there is nobody to tell."""
    if progress is None:
        return None
    tell = progress

    def report(event: ProgressEvent) -> None:
        tell(replace(event, fraction=start + (end - start) * (event.fraction or 0.0)))

    return report


def chain_of(case: Case, measure: str) -> tuple[Measure, ...]:
    """Return what a measure shares its lags with: the levels of its graded measure, or itself alone."""
    found = case.measure(measure)
    return (found,) if found.level is None else levels_of(case, found.level.chain)


def name_of(chain: tuple[Measure, ...]) -> str:
    """Return the name of a measure or of a graded measure, in quotation marks."""
    return f"“{chain[0].name if chain[0].level is None else chain_name(chain)}”"


def periods(case: Case, number: int) -> str:
    """Write a number of periods with its unit."""
    return count_noun(number, case.period or "period")


def unit_of(case: Case) -> str:
    """Return what amounts of time are counted in."""
    return f"{case.period or 'period'}s"


def name_stages(case: Case, stages: Sequence[Sequence[str]]) -> str:
    """Write the stages of a roadmap in a sentence: first “…” and “…”, then “…”."""
    return "; ".join(
        f"{'then' if number else 'first'} {quote_measures(case, stage)}" for number, stage in enumerate(stages)
    )


def others_would_do(number: int, what: str) -> tuple[str, ...]:
    """Say how many repairs that take as much are not told, where there are any."""
    more = number - MOST_TOLD
    return () if more <= 0 else (f"There are {number} {what} that would do; these {MOST_TOLD} are told.",)


def worst_after(evaluation: RoadmapEvaluation, edit: Edit) -> str:
    """Say who would still be tempted most, where and by what, after an edit that does not mend the roadmap."""
    view = edit(evaluation.case)
    changed = evaluate_path(view, view.roadmap(evaluation.id), reading=evaluation.reading)
    sentence = describe_row(changed, changed.critical)
    return sentence[:1].lower() + sentence[1:]
