"""Every way to mend a roadmap, side by side (§8 of the model)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.evaluating import evaluate_roadmap
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.consequences import Consequences
from detente.analysis.roadmap.repairs.counterpart import OWN_RATIO, find_counterpart
from detente.analysis.roadmap.repairs.detection import find_detection
from detente.analysis.roadmap.repairs.drop import find_drop
from detente.analysis.roadmap.repairs.guarantor import PUNISHMENT_RATIO, find_guarantor
from detente.analysis.roadmap.repairs.order import find_order
from detente.analysis.roadmap.repairs.payments import find_payments
from detente.analysis.roadmap.repairs.repair import Finder, NoRepair, Repair, RepairKind
from detente.analysis.roadmap.repairs.split import find_split
from detente.analysis.roadmap.repairs.stage_length import find_stage_length
from detente.analysis.roadmap.repairs.trials import scaled
from detente.analysis.roadmap.repairs.words import explain_repairs
from detente.case import Case
from detente.errors import Cancelled, LimitError, OptionError
from detente.progress import Progress

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

REFERENCES = ("friedman1971", "telser1980", "williamson1983", "fagin2006")


@dataclass(frozen=True, eq=False, kw_only=True)
class RepairSearch(Result):
    """What would make a roadmap hold: the least of every kind of repair, and why some kinds cannot.

    Parameters
    ----------
    roadmap : str
        Id of the roadmap.
    before : RoadmapEvaluation
        The verdict on it as it is.
    repairs : tuple of Repair
        Kind by kind; of a kind, those that take least first.
    failures : tuple of NoRepair
        The kinds that cannot mend it, each with the reason.
    """

    roadmap: str
    before: RoadmapEvaluation
    repairs: tuple[Repair, ...]
    failures: tuple[NoRepair, ...]

    @property
    def works(self) -> tuple[Repair, ...]:
        """The repairs after which the roadmap holds."""
        return tuple(repair for repair in self.repairs if repair.works)

    def choose(self, which: str) -> Repair:
        """Return a repair by its number, counted from 1, or the first of a kind that works.

        Raises
        ------
        OptionError
            If there is no such repair, or it does not make the roadmap hold.
        """
        numbers = [str(number) for number, repair in enumerate(self.repairs, start=1) if repair.works]
        known = f"those that work are: {', '.join(numbers)}" if numbers else "none works"
        if which.isdigit():
            if not 1 <= int(which) <= len(self.repairs):
                raise OptionError(f"there is no repair {which}; {known}")
            chosen = self.repairs[int(which) - 1]
            if not chosen.works:
                raise OptionError(f"repair {which} does not make '{self.roadmap}' hold; {known}")
            return chosen
        if which not in set(RepairKind):
            kinds = ", ".join(RepairKind)
            raise OptionError(f"'{which}' is neither the number of a repair nor a kind of repair (kinds: {kinds})")
        found = next((repair for repair in self.works if repair.kind == which), None)
        if found is None:
            raise OptionError(f"no repair of the kind '{which}' makes '{self.roadmap}' hold; {known}")
        return found

    def _body(self) -> dict[str, object]:
        return {
            "roadmap": self.roadmap,
            "status": self.status.value,
            "holds": self.before.holds,
            "repairs": [repair.to_dict() for repair in self.repairs],
            "failures": [failure.to_dict() for failure in self.failures],
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per repair: kind, least amount, whether it works, and the verdict on the repaired roadmap."""
        import pandas as pd

        records = [
            {
                "number": number,
                "kind": repair.kind.value,
                "amount": repair.amount,
                "unit": repair.unit,
                "works": repair.works,
                "holds": repair.evaluation.holds,
                "margin": repair.evaluation.margin,
                "end_margin": repair.evaluation.end_margin,
                "trust": repair.evaluation.trust,
                "duration": sum(repair.evaluation.durations),
                "summary": repair.summary,
                "notes": " ".join(repair.notes),
            }
            for number, repair in enumerate(self.repairs, start=1)
        ]
        columns = (
            "number",
            "kind",
            "amount",
            "unit",
            "works",
            "holds",
            "margin",
            "end_margin",
            "trust",
            "duration",
            "summary",
            "notes",
        )
        return pd.DataFrame.from_records(records, columns=list(columns))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the least margin of every stage as it is, and after the first repair of each kind that works."""
        from detente.display import charts

        lines = {"as it is": self.before.stage_margins()}
        for kind in RepairKind:
            first = next((repair for repair in self.works if repair.kind is kind), None)
            if first is not None:
                lines[kind.value] = first.evaluation.stage_margins()
        return charts.draw_margins(lines, ax=ax)

    def explain(self) -> Explanation:
        """Say what would make the roadmap hold, how much of it, and which kinds of repair cannot."""
        return Explanation(sentences=tuple(explain_repairs(self)))


def _finders(
    rates: Mapping[tuple[str, str], float], own_ratio: float, punishment_ratio: float
) -> dict[RepairKind, Finder]:
    return {
        RepairKind.PAYMENTS: partial(find_payments, rates=rates, own_ratio=own_ratio),
        RepairKind.DETECTION: find_detection,
        RepairKind.STAGE_LENGTH: find_stage_length,
        RepairKind.COUNTERPART: partial(find_counterpart, own_ratio=own_ratio),
        RepairKind.GUARANTOR: partial(find_guarantor, punishment_ratio=punishment_ratio),
        RepairKind.ORDER: find_order,
        RepairKind.DROP: find_drop,
        RepairKind.SPLIT: find_split,
    }


def repair_roadmap(
    case: Case,
    roadmap: str,
    *,
    reading: str | None = None,
    kinds: Sequence[str] | None = None,
    rates: Mapping[tuple[str, str], float] | None = None,
    own_ratio: float = OWN_RATIO,
    punishment_ratio: float = PUNISHMENT_RATIO,
    progress: Progress | None = None,
) -> RepairSearch:
    """Find the least that would make a roadmap hold, of every kind of repair.

    Parameters
    ----------
    case : Case
        The case.
    roadmap : str
        Id of one of its roadmaps.
    reading : str, optional
        The reading under which the roadmap is to hold; the base case unless given.
    kinds : sequence of str, optional
        Kinds of repair to look for: payments, detection, stage-length, counterpart, guarantor, order, drop, split. All
        unless given.
    rates : mapping from (payer, receiver) to float, optional
        What a unit of the receiver's costs the payer, in the payer's own units; 1 unless given.
    own_ratio : float
        What a counterpart costs its giver per unit that it is worth to others.
    punishment_ratio : float
        What punishing costs a guarantor per unit of the punishment.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has what was found until then.

    Returns
    -------
    RepairSearch
        With every repair found, each with the repaired case and the verdict on the roadmap in it; none where the
        roadmap holds.

    Raises
    ------
    OptionError
        If the roadmap, the reading or a kind is unknown, or a ratio is not usable.
    CaseError
        If parties lack what roadmaps need.

    Notes
    -----
    A repair works only if the ordinary evaluation of the repaired roadmap says that it holds.

    References
    ----------
    Model §8; [telser1980]_ (self-enforcing agreements).
    """
    started = time.perf_counter()
    finders = _finders(rates or {}, own_ratio, punishment_ratio)
    asked = tuple(RepairKind) if kinds is None else _known(kinds)
    view = case.under(reading)
    view.roadmap(roadmap)
    before = evaluate_roadmap(case, roadmap, reading=reading).roadmap
    repairs: list[Repair] = []
    failures: list[NoRepair] = []
    status = Status.ANSWERED
    consequences = Consequences(case, before)
    try:
        for number, kind in enumerate(asked if not before.holds else ()):
            share = scaled(progress, number / len(asked), (number + 1) / len(asked))
            for found in _found(finders[kind], kind, case, before, share):
                if isinstance(found, NoRepair):
                    failures.append(found)
                else:
                    repairs.append(replace(found, notes=(*found.notes, *consequences.of(found))))
    except Cancelled:
        status = Status.STOPPED
    return RepairSearch(
        status=status,
        method="least change of every kind, each verified by evaluating the repaired roadmap (model §8)",
        parameters={
            "kinds": [kind.value for kind in asked],
            "rates": {f"{payer}:{receiver}": rate for (payer, receiver), rate in (rates or {}).items()},
            "own_ratio": own_ratio,
            "punishment_ratio": punishment_ratio,
        },
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - started),
        references=REFERENCES,
        roadmap=roadmap,
        before=before,
        repairs=tuple(repairs),
        failures=tuple(failures),
    )


def _found(
    finder: Finder, kind: RepairKind, case: Case, before: RoadmapEvaluation, progress: Progress | None
) -> Iterator[Repair | NoRepair]:
    try:
        yield from finder(case, before, progress=progress)
    except LimitError as error:
        # One kind that would need too much does not keep the others from being told.
        yield NoRepair(kind=kind, reason=f"Not tried: {error}.")


def _known(kinds: Sequence[str]) -> tuple[RepairKind, ...]:
    unknown = [kind for kind in kinds if kind not in set(RepairKind)]
    if unknown:
        raise OptionError(f"unknown kind of repair '{unknown[0]}' (one of: {', '.join(RepairKind)})")
    return tuple(kind for kind in RepairKind if kind in kinds)
