"""Which verdicts differ between two cases, and through which of the places at which they differ.

Each difference is tried *alone*, the first case with it only, and it is *needed* if the second case without it gives
the first verdict back.  Where none alone makes the verdict differ, a *smallest* set that does is found by deletion: it
is inclusion-minimal, as leaving out any one of it undoes the change; a set with fewer members may exist elsewhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.attribution import explain_comparison
from detente.analysis.roadmap.evaluating import REFERENCES, evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.case import Case
from detente.casefile import case_from_tree
from detente.casefile.differences import (
    Branch,
    Difference,
    apply_differences,
    comparable_tree,
    list_differences,
)
from detente.errors import Cancelled, CaseError, LimitError, OptionError
from detente.kernel.roadmap import HOLDS
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SAME_TRUST = HOLDS
"""Trust demands that differ by no more are the same: the tolerance of the verdicts they come from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictChange:
    """The verdicts on one roadmap in two cases under one reading, and which differences make them differ.

    Parameters
    ----------
    changed : tuple of str
        What differs, the most important first: ``holds``, ``critical`` (the party), ``trust``.
    alone, needed, smallest : tuple of str
        Places that make the first of these differ alone; that it needs; a smallest set where none does alone.
    """

    before: RoadmapEvaluation
    after: RoadmapEvaluation
    changed: tuple[str, ...]
    alone: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    smallest: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "id": self.before.id,
            "reading": self.before.reading,
            "before": _verdict(self.before),
            "after": _verdict(self.after),
            "changed": list(self.changed),
            "alone": list(self.alone),
            "needed": list(self.needed),
            "smallest": list(self.smallest),
        }


def _verdict(entry: RoadmapEvaluation) -> dict[str, object]:
    whole = entry.to_dict()
    return {key: whole[key] for key in ("holds", "trust", "margin", "end_margin", "critical", "critical_hazard")}


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison(Result):
    """Which verdicts differ between two cases, and through which differences."""

    verdicts: tuple[VerdictChange, ...]
    differences: tuple[Difference, ...]

    @property
    def changed(self) -> tuple[VerdictChange, ...]:
        """The verdicts that differ."""
        return tuple(verdict for verdict in self.verdicts if verdict.changed)

    def _body(self) -> dict[str, object]:
        return {
            "verdicts": [verdict.to_dict() for verdict in self.verdicts],
            "differences": [{"path": d.place, "before": d.before, "after": d.after} for d in self.differences],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per roadmap and reading: both verdicts, what changed, and through which places."""
        import pandas as pd

        return pd.DataFrame.from_records(
            [
                {
                    "roadmap": verdict.before.id,
                    "reading": verdict.before.reading,
                    "holds_before": verdict.before.holds,
                    "holds_after": verdict.after.holds,
                    "trust_before": verdict.before.trust,
                    "trust_after": verdict.after.trust,
                    "margin_before": verdict.before.margin,
                    "margin_after": verdict.after.margin,
                    "critical_party_before": verdict.before.critical.party,
                    "critical_party_after": verdict.after.critical.party,
                    "changed": " ".join(verdict.changed),
                    "alone": " ".join(verdict.alone),
                    "needed": " ".join(verdict.needed),
                    "smallest": " ".join(verdict.smallest),
                }
                for verdict in self.verdicts
            ]
        )

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage in both cases, for the roadmaps whose verdicts differ, else for all."""
        from detente.display import charts

        lines = {}
        for verdict in self.changed or self.verdicts:
            for word, entry in (("before", verdict.before), ("after", verdict.after)):
                seen = "" if entry.reading is None else f", {entry.reading}"
                lines[f"{entry.id} ({word}{seen})"] = entry.stage_margins()
        return charts.draw_margins(lines, ax=ax)

    def explain(self) -> Explanation:
        """Say which verdicts differ and which differences make them differ."""
        places = {difference.place: difference for difference in self.differences}
        return Explanation(sentences=tuple(explain_comparison(self.verdicts, places)))


def _what_changed(before: RoadmapEvaluation, after: RoadmapEvaluation) -> tuple[str, ...]:
    return tuple(what for what, is_same in _SAME.items() if not is_same(before, after))


def _has_same_trust(one: RoadmapEvaluation, other: RoadmapEvaluation) -> bool:
    if one.trust is None or other.trust is None:
        return one.trust is other.trust
    return abs(one.trust - other.trust) <= SAME_TRUST


_SAME: dict[str, Callable[[RoadmapEvaluation, RoadmapEvaluation], bool]] = {
    "holds": lambda one, other: one.holds is other.holds,
    "critical": lambda one, other: one.critical.party == other.critical.party,
    "trust": _has_same_trust,
}
"""What a verdict says, the most important first, and when two verdicts say the same."""


class _Attribution:
    """Tries parts of the differences between two cases, as one reading sees them."""

    def __init__(self, before: Branch, differences: Sequence[Difference], name: str) -> None:
        self._before = before
        self._differences = tuple(differences)
        self._name = name
        self._cases: dict[frozenset[int], Case | None] = {}

    def _case(self, chosen: frozenset[int]) -> Case | None:
        """Return the first case with some of the differences; None if that is no valid case."""
        if chosen not in self._cases:
            picked = [self._differences[index] for index in sorted(chosen)]
            try:
                self._cases[chosen] = case_from_tree(apply_differences(self._before, picked, name=self._name))
            except CaseError:
                self._cases[chosen] = None
        return self._cases[chosen]

    def makes(self, change: VerdictChange, chosen: frozenset[int]) -> bool:
        """Tell whether some of the differences alone give the second verdict."""
        case = self._case(chosen)
        if case is None:
            return False
        try:
            entry = evaluate_path(case, case.roadmap(change.after.id), reading=change.after.reading)
        except (CaseError, LimitError):
            return False
        return _SAME[change.changed[0]](entry, change.after)

    def smallest(self, change: VerdictChange, tell: Callable[[], None]) -> frozenset[int]:
        """Delete differences, many at once first, until leaving out any one of the rest undoes the change."""
        kept = list(range(len(self._differences)))
        size = len(kept)
        while size:
            start, deleted = 0, False
            while start < len(kept):
                tell()
                rest = [*kept[:start], *kept[start + size :]]
                if self.makes(change, frozenset(rest)):
                    kept, deleted = rest, True
                else:
                    start += size
            if not (size == 1 and deleted):
                size //= 2
        return frozenset(kept)


def compare_cases(
    before: Case, after: Case, *, readings: Sequence[str | None] | None = None, progress: Progress | None = None
) -> Comparison:
    """Tell which verdicts on the roadmaps that two cases share differ, and through which numbers.

    Parameters
    ----------
    before, after : Case
        The cases; the second is often the first with settings.
    readings : sequence of reading ids, optional
        The base case only unless given; None in the list is the base case.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has the verdicts and what was tried until then.

    Returns
    -------
    Comparison
        One verdict change per reading and common roadmap, and every place at which the cases differ.

    Raises
    ------
    OptionError
        If the cases share no roadmap, or one of them lacks a reading.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.

    Notes
    -----
    With d differences, 2d cases are evaluated, and where none alone makes a verdict differ, up to about d² in the worst
    case and 2·s·log d for a smallest set of s.
    """
    started = time.perf_counter()
    shared = [r.id for r in before.roadmaps if any(r.id == other.id for other in after.roadmaps)]
    if not shared:
        raise OptionError("the cases have no roadmap in common, so there are no verdicts to compare")
    asked = (None,) if not readings else tuple(dict.fromkeys(readings))
    pairs = [(before.under(reading), after.under(reading), reading) for reading in asked]
    differences = list(list_differences(comparable_tree(before), comparable_tree(after)))
    verdicts: list[VerdictChange] = []
    attributions = []
    for one, other, reading in pairs:
        tree = comparable_tree(one)
        own = _named_by(reading, list_differences(tree, comparable_tree(other)), differences)
        differences += [difference for difference in own if difference not in differences]
        attributions.append((len(verdicts), own, _Attribution(tree, own, after.name)))
        for roadmap in shared:
            first = evaluate_path(one, one.roadmap(roadmap), reading=reading)
            second = evaluate_path(other, other.roadmap(roadmap), reading=reading)
            verdicts.append(VerdictChange(before=first, after=second, changed=_what_changed(first, second)))
    status = Status.ANSWERED
    reporter = Reporter(progress)
    try:
        for start, own, attribution in attributions:
            for index in range(start, start + len(shared)):
                if verdicts[index].changed:
                    done = index / len(verdicts)
                    verdicts[index] = _attributed(verdicts[index], own, attribution, reporter, done, 1 / len(verdicts))
    except Cancelled:
        status = Status.STOPPED
    return Comparison(
        status=status,
        method="roadmap evaluation of both cases (model §5–7); differences applied one by one, then deleted",
        parameters={
            "other": after.name,
            "other_digest": after.digest,
            "readings": [reading for reading in asked if reading is not None],
        },
        provenance=Provenance.of(
            before, reading=asked[0] if len(asked) == 1 else None, seconds=time.perf_counter() - started
        ),
        references=REFERENCES,
        verdicts=tuple(verdicts),
        differences=tuple(differences),
    )


def _named_by(reading: str | None, own: Sequence[Difference], base: Sequence[Difference]) -> tuple[Difference, ...]:
    """Name what differs only as a reading sees the cases by the reading's own place."""
    if reading is None:
        return tuple(own)
    return tuple(d if d in base else replace(d, place=f"readings.{reading}.set.{d.place}") for d in own)


def _attributed(
    change: VerdictChange,
    differences: Sequence[Difference],
    attribution: _Attribution,
    reporter: Reporter,
    done: float,
    share: float,
) -> VerdictChange:
    everything = frozenset(range(len(differences)))
    if not attribution.makes(change, everything):
        return change
    trials = 0

    def tell() -> None:
        nonlocal trials
        trials += 1
        part = min(trials / (3 * len(differences)), 1.0)
        reporter.report("trying the differences one by one", fraction=done + share * part)

    def places(chosen: Sequence[int]) -> tuple[str, ...]:
        return tuple(differences[index].place for index in sorted(chosen))

    alone, needed = [], []
    for index in sorted(everything):
        tell()
        if attribution.makes(change, frozenset({index})):
            alone.append(index)
        if not attribution.makes(change, everything - {index}):
            needed.append(index)
    smallest = [] if alone else sorted(attribution.smallest(change, tell))
    return replace(change, alone=places(alone), needed=places(needed), smallest=places(smallest))
