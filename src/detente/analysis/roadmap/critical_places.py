"""Where every number of a case enters a roadmap: which arrays it moves, over which range, and what it is called.

Values, costs and punishments move the arrays of one party in proportion; a discount factor and a hazard are numbers of
their own; lags, durations and the lengths of stages are whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.influences import varying_measures
from detente.analysis.roadmap.numbers import CaseNumber, case_numbers, chain_name, levels_of
from detente.case import Case, Measure, point
from detente.casefile.levels import shares
from detente.game import detection_lags
from detente.kernel.changes import Change
from detente.kernel.system import FloatArray, System

LARGEST = 1e12
"""Numbers of a case lie between minus this and this."""

TOTAL_HAZARD = "hazard"
"""Place of the total hazard, which no single number of a case states."""


class NumberKind(StrEnum):
    """How a number enters: in proportion, as patience, as a chance, or counted in whole periods."""

    VALUE = "value"
    DISCOUNT = "discount"
    HAZARD = "hazard"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A number of a case and how it enters a roadmap.

    Parameters
    ----------
    party : str or None
        Whose discount factor or hazard it is, or whose preferences it moves; None for the total hazard and for times.
    """

    number: CaseNumber
    kind: NumberKind
    party: str | None

    @property
    def now(self) -> float:
        """The number as it stands."""
        return point(self.number.quantity)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Setting:
    """The measures that one place of a case speaks of, each with its share of the number, and what it says of them."""

    measures: tuple[tuple[Measure, float], ...]
    words: tuple[str, ...]


def entries(evaluation: RoadmapEvaluation) -> Iterator[Entry]:
    """Yield every number of a case, the total hazard, and the times that the roadmap takes."""
    case = evaluation.case
    unit = case.period or "period"
    total = f"chance per {unit} that the process breaks for reasons outside it, in all"
    yield Entry(
        number=CaseNumber(place=TOTAL_HAZARD, label=total, quantity=evaluation.hazard),
        kind=NumberKind.HAZARD,
        party=None,
    )
    for number in case_numbers(case):
        words = number.place.rsplit(".", 1)
        if number.place.startswith("parties.") and words[1] in {"discount", "hazard"}:
            kind = NumberKind(words[1])
            yield Entry(number=number, kind=kind, party=words[0].removeprefix("parties."))
            continue
        setting = setting_of(case, number.place)
        if setting is not None and setting.words[0] in {"detection-lag", "verifies"}:
            yield Entry(number=number, kind=NumberKind.WHOLE, party=None)
        else:
            yield Entry(number=number, kind=NumberKind.VALUE, party=party_of(case, number.place))
    for number in _times(evaluation):
        yield Entry(number=number, kind=NumberKind.WHOLE, party=None)


def _times(evaluation: RoadmapEvaluation) -> Iterator[CaseNumber]:
    """Yield durations of measures, graded ones as one, then the lengths of the roadmap's stages."""
    case = evaluation.case
    unit = case.period or "period"
    done: set[str] = set()
    for measure in case.measures:
        chain = measure.id if measure.level is None else measure.level.chain
        if chain not in done:
            done.add(chain)
            name = measure.name if measure.level is None else chain_name(levels_of(case, chain))
            label = f"{unit}s that taking “{name}” takes"
            yield CaseNumber(place=f"measures.{chain}.duration", label=label, quantity=float(measure.duration))
    for stage, length in enumerate(evaluation.durations):
        place = f"roadmaps.{evaluation.id}.durations.{stage}"
        yield CaseNumber(place=place, label=f"{unit}s that stage {stage + 1} lasts", quantity=float(length))


def party_of(case: Case, place: str) -> str:
    """Return the party whose preferences a value, cost or punishment is part of."""
    if place.startswith("terms."):
        return case.terms[int(place.split(".")[1])].party
    if place.startswith("parties."):
        return place.removeprefix("parties.").rsplit(".", 1)[0]
    return place.rsplit(".", 1)[1]


def setting_of(case: Case, place: str) -> Setting | None:
    """Return what a place below ``measures.`` speaks of; None for other places.  The longest known id counts."""
    if not place.startswith("measures."):
        return None
    groups: dict[str, tuple[tuple[Measure, float], ...]] = {}
    for measure in case.measures:
        groups[measure.id] = ((measure, 1.0),)
        if measure.level is not None and measure.level.chain not in groups:
            levels = levels_of(case, measure.level.chain)
            labels = [level.level.label for level in levels if level.level is not None]
            groups[measure.level.chain] = tuple(zip(levels, shares(labels), strict=True))
    known = max((group for group in groups if place.startswith(f"measures.{group}.")), key=len)
    rest = place.removeprefix(f"measures.{known}.")
    first, _, others = rest.partition(".")
    words = (first, *others.split(".")) if first == "effects" else (first, others)
    return Setting(measures=groups[known], words=words)


def legal_range(case: Case, place: str) -> tuple[float, float]:
    """Return the range in which a value, cost or punishment may lie."""
    if place.startswith("parties."):
        return -LARGEST, 0.0
    setting = setting_of(case, place)
    if setting is not None and setting.words[0] in {"cost", "undo-cost", "deters"}:
        return 0.0, LARGEST
    return -LARGEST, LARGEST


class Arrays:
    """The arrays of a roadmap's system, and what each number of the case moves in them.

    Parameters
    ----------
    evaluation : RoadmapEvaluation
        The verdict on the roadmap as the case stands.
    """

    def __init__(self, evaluation: RoadmapEvaluation) -> None:
        self._case = evaluation.case
        self._system = evaluation.values.system
        self._parties = evaluation.parties
        self._ids = varying_measures(evaluation.case, evaluation.stages)
        self._column = {measure: number for number, measure in enumerate(self._ids)}

    def change(self, entry: Entry) -> Change:
        """Return what a value, cost or punishment moves, per unit of it."""
        case, place, party = self._case, entry.number.place, entry.party or ""
        own = self._parties.index(party)
        if place.startswith("parties."):
            return Change.of(self._system, own, breakdown=1.0)
        if place.startswith("terms."):
            terms = np.zeros(len(self._system.terms))
            terms[int(place.split(".")[1])] = 1.0
            return Change.of(self._system, own, terms=terms)
        if place.startswith("interests."):
            interest = place.split(".")[1]
            pairs = [(m, point(m.effects.get(interest, {}).get(party, 0.0))) for m in case.measures]
            weight, base = self._spread(pairs)
            return Change.of(self._system, own, weight=weight, base=base)
        setting = setting_of(case, place)
        assert setting is not None, "every other number is below measures"
        numbers, fixed = self._spread(setting.measures)
        match setting.words[0]:
            case "value":
                return Change.of(self._system, own, weight=numbers, base=fixed)
            case "effects":
                weights = {i.id: point(i.weight.get(party, 0.0)) for i in case.interests}
                by = weights[setting.words[1]]
                return Change.of(self._system, own, weight=numbers * by, base=fixed * by)
            case "cost":
                return Change.of(self._system, own, cost=numbers)
            case "undo-cost":
                return Change.of(self._system, own, undo_cost=numbers)
        return Change.of(self._system, own, deters=numbers, deters_base=fixed)

    def _spread(self, pairs: Sequence[tuple[Measure, float]]) -> tuple[FloatArray, float]:
        """Put numbers of measures into columns; add up those of the status quo."""
        numbers, fixed = np.zeros(len(self._ids)), 0.0
        for measure, number in pairs:
            if measure.id in self._column:
                numbers[self._column[measure.id]] += number
            elif measure.id in self._case.status_quo:
                fixed += number
        return numbers, fixed

    def is_used(self, entry: Entry) -> bool:
        """Tell whether a time enters: whether its measures, or what it verifies, are in the roadmap."""
        setting = setting_of(self._case, entry.number.place)
        if setting is None:
            return True
        ids = {measure.id for measure, _ in setting.measures}
        if setting.words[0] == "verifies":
            in_force = ids & {*self._ids, *self._case.status_quo}
            return bool(in_force) and setting.words[1] in self._column
        return bool(ids & set(self._ids))

    def retimed(self, entry: Entry, periods: int) -> System:
        """Return the system in which a lag or duration has another number of periods."""
        setting = setting_of(self._case, entry.number.place)
        assert setting is not None, "lags and durations are below measures"
        ids = {measure.id for measure, _ in setting.measures}
        what = setting.words[0]

        def moved(measure: Measure) -> Measure:
            if measure.id not in ids:
                return measure
            if what == "duration":
                return replace(measure, duration=periods)
            if what == "detection-lag":
                return replace(measure, detection_lag=periods)
            return replace(measure, verifies={**measure.verifies, setting.words[1]: periods})

        free = [moved(self._case.measure(measure)) for measure in self._ids]
        fixed = [moved(self._case.measure(measure)) for measure in self._case.status_quo]
        lag, granted = detection_lags(free, fixed)
        duration = np.array([measure.duration for measure in free], dtype=np.int64)
        return replace(self._system, lag=lag, granted_lag=granted, duration=duration)
