"""A repair: a change of the case, as small as possible, after which a roadmap that failed holds.

Whatever a repair does, it says in the case file's own keys, so that the repaired case is an ordinary case; and a repair
works only if the ordinary evaluation of the repaired roadmap says that it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Protocol, cast

from detente.analysis.roadmap.evaluating import evaluate_path
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.numbers import covers
from detente.case import Case, Measure, Roadmap
from detente.casefile import case_from_tree, case_to_tree, change_case
from detente.casefile.differences import Branch, apply_differences, comparable_tree, list_differences
from detente.casefile.tree import Plain
from detente.progress import Progress


class RepairKind(StrEnum):
    """The kinds of repair, in the order in which they are tried and told."""

    PAYMENTS = "payments"
    DETECTION = "detection"
    STAGE_LENGTH = "stage-length"
    COUNTERPART = "counterpart"
    GUARANTOR = "guarantor"
    ORDER = "order"
    DROP = "drop"
    SPLIT = "split"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One place of the case file that a repair changes; None where the file says nothing.

    Parameters
    ----------
    path : str
        Dotted path; a value of the reading's own stands below ``readings.ID.set.``.
    """

    path: str
    before: Plain
    after: Plain

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"path": self.path, "from": self.before, "to": self.after}


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """One way to mend a roadmap, and the verdict on the roadmap so mended.

    Parameters
    ----------
    amount : float or None
        How much it takes, the least that does, in `unit`.
    unit : str
        Such as "value units of North Korea", "months", "pairs of measures".
    summary : str
        One sentence: who does what, how much of it.
    notes : tuple of str
        What is assumed and what is to be minded, a sentence each.
    case : Case
        The repaired case, the repaired roadmap under the same id; `write_case` writes it.
    roadmap : str
        Id of the roadmap.
    evaluation : RoadmapEvaluation
        The verdict on the repaired roadmap, by the ordinary evaluation.
    works : bool
        Whether the repaired roadmap holds, and what the repair promises is credible.
    changes : tuple of Change
        What it changes in the case file.
    """

    kind: RepairKind
    amount: float | None
    unit: str
    summary: str
    notes: tuple[str, ...] = ()
    case: Case = field(repr=False)
    roadmap: str
    evaluation: RoadmapEvaluation = field(repr=False)
    works: bool
    changes: tuple[Change, ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "kind": self.kind.value,
            "amount": self.amount,
            "unit": self.unit,
            "summary": self.summary,
            "notes": list(self.notes),
            "works": self.works,
            "margin": self.evaluation.margin,
            "end_margin": self.evaluation.end_margin,
            "trust": self.evaluation.trust,
            "changes": [change.to_dict() for change in self.changes],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRepair:
    """Why a kind of repair cannot mend a roadmap.

    Parameters
    ----------
    reason : str
        One sentence.
    best : Repair or None
        What comes nearest, where something does.
    """

    kind: RepairKind
    reason: str
    best: Repair | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {"kind": self.kind.value, "reason": self.reason}


class Finder(Protocol):
    """Looks for the repairs of one kind; ``find_detection`` in ``detection.py`` and so on."""

    def __call__(
        self, case: Case, evaluation: RoadmapEvaluation, *, progress: Progress | None = None
    ) -> Iterable[Repair | NoRepair]:
        """Yield every repair of the kind as it is found, or why there is none.

        Parameters
        ----------
        case : Case
            The case with its readings; ``evaluation.case`` is the case as the reading sees it.
        evaluation : RoadmapEvaluation
            The verdict on a roadmap of the case that does not hold; it names the roadmap and the reading.
        progress : callable, optional
            Told how far the search for this kind is, from 0 to 1; may raise `Cancelled`, and what was yielded counts.
        """
        ...


Edit = Callable[[Case], Case]
"""Makes of a case, as the reading sees it, the case as it should be; the outcome need not be checked."""


def with_measure(case: Case, measure: Measure) -> Case:
    """Return a case with a measure in the place of the one of its id, or added after the others."""
    if any(known.id == measure.id for known in case.measures):
        return replace(case, measures=tuple(measure if m.id == measure.id else m for m in case.measures))
    return replace(case, measures=(*case.measures, measure))


def with_stages(
    case: Case, roadmap: str, stages: tuple[tuple[str, ...], ...], durations: tuple[int, ...] | None
) -> Case:
    """Return a case whose roadmap has these stages and lengths; None leaves the lengths to verification."""

    def changed(entry: Roadmap) -> Roadmap:
        return replace(entry, stages=stages, durations=durations) if entry.id == roadmap else entry

    return replace(case, roadmaps=tuple(changed(entry) for entry in case.roadmaps))


def repaired_case(base: Case, reading: str | None, edit: Edit) -> Case:
    """Return the case file that says what an edit makes of the case as a reading sees it.

    Parameters
    ----------
    base : Case
        The case with its readings.
    reading : str or None
        The reading under which the repair is to be seen.
    edit : callable
        Applied to ``base.under(reading)``.

    Returns
    -------
    Case
        A checked case.  What the edit changes is changed in the case itself, for every reading; only where the reading
        sets the place itself, or anything of the same roadmap, the reading's own value is changed.

    Raises
    ------
    CaseError
        If what the edit makes is no valid case.
    """
    view = base.under(reading)
    differences = list_differences(comparable_tree(view), comparable_tree(edit(view)))
    stated = next((r.settings for r in base.readings if r.id == reading), {})

    def is_set(place: str) -> bool:
        # Stages and lengths of a roadmap go together: lengths of a reading's own stages fit no others.
        place = ".".join(place.split(".")[:2]) if place.startswith("roadmaps.") else place
        return any(covers(place, own) or covers(own, place) for own in stated)

    plain = apply_differences(comparable_tree(base), (d for d in differences if not is_set(d.place)), name=base.name)
    readings = case_to_tree(base).get("readings")
    if readings is not None:
        plain["readings"] = readings
    own = {difference.place: difference.after for difference in differences if is_set(difference.place)}
    if own and reading is not None:
        settings = cast("Branch", cast("Branch", cast("Branch", readings)[reading]).setdefault("set", {}))
        settings.update(own)
    return rebuilt(base, plain)


def rebuilt(base: Case, plain: Branch) -> Case:
    """Return the case that plain data state, with the evidence and the source of another.

    Raises
    ------
    CaseError
        If it is no valid case.
    """
    stated = case_from_tree(plain)
    evidence = {"documents": base.documents, "claims": base.claims, "assumptions": base.assumptions}
    return change_case(replace(stated, source=base.source, **evidence), {})  # type: ignore[arg-type]  # fields by name


def list_changes(before: Case, after: Case) -> tuple[Change, ...]:
    """List the places of the case file at which two cases differ, their readings' own values included."""
    found = [
        Change(path=d.place, before=d.before, after=d.after)
        for d in list_differences(comparable_tree(before), comparable_tree(after))
    ]
    old = {reading.id: reading.settings for reading in before.readings}
    for reading in after.readings:
        was = cast("Branch", dict(old.get(reading.id, {})))
        now = cast("Branch", dict(reading.settings))
        found += [
            Change(path=f"readings.{reading.id}.set.{place}", before=was.get(place), after=now.get(place))
            for place in dict.fromkeys([*was, *now])
            if was.get(place) != now.get(place)
        ]
    return tuple(found)


def make_repair(
    base: Case,
    before: RoadmapEvaluation,
    repaired: Case,
    *,
    kind: RepairKind,
    amount: float | None,
    unit: str,
    summary: str,
    notes: tuple[str, ...] = (),
    credible: bool = True,
) -> Repair:
    """Return a repair with the verdict on the roadmap as the repaired case has it.

    Parameters
    ----------
    base, repaired : Case
        The case and the repaired case, with their readings.
    before : RoadmapEvaluation
        The verdict on the roadmap as it was, which names the roadmap and the reading.
    credible : bool
        Whether what the repair promises is credible; a repair that is not does not work.
    """
    view = repaired.under(before.reading)
    evaluation = evaluate_path(view, view.roadmap(before.id), reading=before.reading)
    return Repair(
        kind=kind,
        amount=amount,
        unit=unit,
        summary=summary,
        notes=notes,
        case=repaired,
        roadmap=before.id,
        evaluation=evaluation,
        works=evaluation.holds and credible,
        changes=list_changes(base, repaired),
    )
