"""Critical values: where single numbers of a case tip the verdict on a roadmap (§8 of the model)."""

from __future__ import annotations

import difflib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from detente.analysis.result import Explanation, Provenance, Result, Status
from detente.analysis.roadmap.critical_numbers import CriticalNumber, CriticalValue, derivatives_of, deviation_of
from detente.analysis.roadmap.critical_places import Arrays, Entry, NumberKind, entries, legal_range
from detente.analysis.roadmap.critical_times import Times
from detente.analysis.roadmap.critical_words import explain_critical, format_beside, format_tipped
from detente.analysis.roadmap.evaluating import RoadmapLike, evaluate_roadmap
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.influences import varying_measures
from detente.analysis.roadmap.numbers import covers
from detente.case import Case, Roadmap
from detente.errors import Cancelled, OptionError
from detente.kernel.critical import CriticalSearch, Sweep
from detente.progress import Progress, Reporter

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MOST_DRAWN = 25
"""Numbers in a picture."""

REFERENCES = ("moore1966", "telser1980")


@dataclass(frozen=True, eq=False, kw_only=True)
class CriticalValues(Result):
    """Where single numbers of a case tip the verdict on a roadmap.

    Parameters
    ----------
    evaluation : RoadmapEvaluation
        The verdict as the case stands.
    numbers : tuple of CriticalNumber
        Every number that margins depend on, those that tip the verdict first, the closest of them first.
    n_without : int
        How many further numbers of the case no margin of the roadmap depends on.
    """

    evaluation: RoadmapEvaluation = field(repr=False)
    numbers: tuple[CriticalNumber, ...]
    n_without: int

    @property
    def tipping(self) -> tuple[CriticalNumber, ...]:
        """The numbers that can tip the verdict, the closest first."""
        return tuple(number for number in self.numbers if number.tips)

    def number(self, place: str) -> CriticalNumber:
        """Return what was found on the number at a place.

        Raises
        ------
        OptionError
            If no number searched is there.
        """
        for number in self.numbers:
            if number.number.place == place:
                return number
        raise OptionError(f"no number that the roadmap's margins depend on is at '{place}'")

    def _body(self) -> dict[str, object]:
        entry = self.evaluation
        return {
            "roadmap": entry.id,
            "status": self.status.value,
            "holds": entry.holds,
            "numbers": [number.to_dict() for number in self.numbers],
            "without": self.n_without,
        }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per critical value: the number, where it tips the verdict, how far that is, whose check."""
        import pandas as pd

        columns = (
            *("place", "label", "kind", "now", "low", "high", "at", "holds_below", "holds_above", "distance"),
            *("in_range", "stage", "check", "party", "withhold", "undo", "leave", "jump", "rounding"),
        )
        records = []
        for number in self.numbers:
            for crossing in number.crossings:
                deviation = crossing.deviation
                records.append(
                    (
                        number.number.place,
                        number.number.label,
                        number.kind.value,
                        number.now,
                        number.low,
                        number.high,
                        crossing.at,
                        crossing.holds_below,
                        crossing.holds_above,
                        number.distance(crossing),
                        number.is_in_range(crossing),
                        crossing.stage,
                        crossing.check.value,
                        crossing.party,
                        " ".join(deviation.withhold),
                        " ".join(deviation.undo),
                        deviation.leave,
                        crossing.is_jump,
                        crossing.is_rounding,
                    )
                )
        return pd.DataFrame.from_records(records, columns=list(columns))

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw how far from its present value each number tips the verdict, the closest first."""
        from detente.display.distances import Distance, draw_distances

        distances = []
        for number in self.tipping[:MOST_DRAWN]:
            crossing = number.tips[0]
            share = number.distance(crossing)
            if share is not None:
                distances.append(
                    Distance(
                        label=number.number.place,
                        share=share,
                        is_up=crossing.at > number.now,
                        note=f"{format_beside(number.now, crossing.at)} → {format_tipped(number, crossing)}",
                    )
                )
        return draw_distances(distances, holds=self.evaluation.holds, ax=ax)

    def explain(self) -> Explanation:
        """Say what tips the verdict soonest, and how many numbers never do."""
        return Explanation(sentences=tuple(explain_critical(self)))


class _Roadmap:
    """One roadmap whose numbers are moved one after the other."""

    def __init__(
        self, evaluation: RoadmapEvaluation, *, lengths_are_given: bool, longest: int | None, with_derivatives: bool
    ) -> None:
        self.evaluation = evaluation
        self.arrays = Arrays(evaluation)
        self._with_derivatives = with_derivatives
        self._search = CriticalSearch(evaluation.values, with_derivatives=with_derivatives)
        self._times = Times(evaluation, self.arrays, lengths_are_given=lengths_are_given, longest=longest)
        self._ids = varying_measures(evaluation.case, evaluation.stages)
        self._hazard: Sweep | None = None

    def examine(self, entry: Entry) -> CriticalNumber | None:
        """Return what a number does to the verdict; None if no margin depends on it."""
        if entry.kind is NumberKind.WHOLE:
            return self._times.examine(entry)
        if entry.kind is NumberKind.HAZARD:
            return self._labelled(entry, *self._hazard_of(entry))
        if entry.kind is NumberKind.DISCOUNT:
            return self._labelled(entry, self._search.discount(self.evaluation.parties.index(entry.party or "")))
        change = self.arrays.change(entry)
        if change.is_empty:
            return None
        low, high = legal_range(self.evaluation.case, entry.number.place)
        sweep = self._search.value(change, entry.now, low, high)
        return self._labelled(entry, sweep)

    def _hazard_of(self, entry: Entry) -> tuple[Sweep, float]:
        """The sweep of the total hazard, and the share of it that the other parties leave whole."""
        if self._hazard is None:
            self._hazard = self._search.hazard()
        whole = 1.0 if entry.party is None else (1.0 - self.evaluation.hazard) / (1.0 - entry.now)
        return self._hazard, whole

    def _labelled(self, entry: Entry, sweep: Sweep, whole: float = 1.0) -> CriticalNumber | None:
        """Put labels on a sweep; of a party's hazard x, 1 − h = whole · (1 − x)."""
        rows = self._search.lines.rows
        crossings = []
        low, high = (0.0, 1.0) if entry.kind is NumberKind.HAZARD else (sweep.low, sweep.high)
        for crossing in sweep.crossings:
            at = crossing.at if whole == 1.0 else 1.0 - (1.0 - crossing.at) / whole
            if not low <= at <= high:
                continue
            row = rows[crossing.row]
            crossings.append(
                CriticalValue(
                    at=at,
                    holds_below=not crossing.holds_above,
                    holds_above=crossing.holds_above,
                    stage=row.stage + 1,
                    check=row.check,
                    party=self.evaluation.parties[row.party],
                    deviation=deviation_of(self._ids, crossing.withheld, crossing.undone),
                    is_jump=crossing.is_jump,
                    is_rounding=crossing.is_rounding,
                )
            )
        scale = whole if entry.kind is NumberKind.HAZARD else 1.0
        below = None if entry.now <= low or sweep.below is None else sweep.below * scale
        above = None if sweep.above is None else sweep.above * scale
        derivatives = derivatives_of(rows, self.evaluation.parties, below, above, sweep.jumps)
        if self._with_derivatives and not crossings and not derivatives:
            return None
        return CriticalNumber(
            number=entry.number,
            kind=entry.kind,
            low=low,
            high=high,
            crossings=tuple(crossings),
            derivatives=derivatives,
        )


def find_critical_values(
    case: Case,
    roadmap: RoadmapLike,
    *,
    numbers: Sequence[str] | None = None,
    durations: Sequence[int] | None = None,
    reading: str | None = None,
    longest: int | None = None,
    with_times: bool = True,
    with_derivatives: bool = True,
    progress: Progress | None = None,
) -> CriticalValues:
    """Tell where each single number of a case tips the verdict on a roadmap, all others staying as they are.

    Parameters
    ----------
    case : Case
        The case.
    roadmap : str, Roadmap or list of lists of measure ids
        A roadmap of the case by id, or any other.
    numbers : sequence of str, optional
        Places of numbers, such as ``parties.usa.discount``, or of what lies above them, such as ``parties.usa``;
        ``hazard`` is the total hazard. All unless given.
    durations : sequence of int, optional
        Periods of each stage; the least that verification allows unless given here or in the roadmap.
    reading : str, optional
        The reading to see the case by; the base case unless given.
    longest : int, optional
        Periods up to which lags, durations and lengths of stages are tried; 60, or twice the number as it stands,
        unless given.
    with_times, with_derivatives : bool
        Whether lags, durations and lengths of stages are moved too, and whether derivatives are told; leaving out
        either takes less time.
    progress : callable, optional
        Told how far the work is; if it raises `Cancelled`, the answer has what was found until then.

    Returns
    -------
    CriticalValues
        Every value at which the verdict changes, and the derivative of every margin in every number.

    Raises
    ------
    OptionError
        If the roadmap, the reading or a number is unknown, or the roadmap is not legal.
    CaseError
        If parties lack what roadmaps need, or a stage is shorter than verification takes.

    Notes
    -----
    No crossing is missed for being narrow: margins that are linear between the turns of breakdowns are followed from
    turn to turn, and discount factors and hazards are divided until convex bounds settle every stretch. Rounding is
    the limit: what differs by less than about 1e-13 is one point.

    References
    ----------
    Model §8; [moore1966]_ (bounds over intervals), [telser1980]_ (self-enforcing agreements).
    """
    started = time.perf_counter()
    if longest is not None and longest < 1:
        raise OptionError(f"the longest time to try must be at least 1, not {longest}")
    evaluation = evaluate_roadmap(case, roadmap, durations=durations, reading=reading).roadmap
    stated = next((r for r in evaluation.case.roadmaps if r.id == evaluation.id), None)
    if isinstance(roadmap, Roadmap):
        stated = roadmap
    given = durations is not None or (stated is not None and stated.durations is not None)
    known = [entry for entry in entries(evaluation) if with_times or entry.kind is not NumberKind.WHOLE]
    chosen = _chosen(known, numbers)
    moved = _Roadmap(evaluation, lengths_are_given=given, longest=longest, with_derivatives=with_derivatives)
    reporter = Reporter(progress)
    found: list[CriticalNumber] = []
    without, status = 0, Status.ANSWERED
    try:
        for done, entry in enumerate(chosen):
            reporter.report("moving single numbers", fraction=done / len(chosen))
            examined = moved.examine(entry)
            if examined is None:
                without += 1
            else:
                found.append(examined)
    except Cancelled:
        if not found:
            raise
        status = Status.STOPPED
    found.sort(key=lambda number: number.closeness)
    return CriticalValues(
        status=status,
        method="critical values, every crossing (model §8)",
        parameters={"roadmap": evaluation.id, "numbers": list(numbers or ()), "longest": longest},
        provenance=Provenance.of(case, reading=reading, seconds=time.perf_counter() - started),
        references=REFERENCES,
        evaluation=evaluation,
        numbers=tuple(found),
        n_without=without,
    )


def _chosen(known: Sequence[Entry], numbers: Sequence[str] | None) -> list[Entry]:
    """The entries at some places, or below them."""
    if not numbers:
        return list(known)
    chosen: dict[str, Entry] = {}
    for place in numbers:
        below = [entry for entry in known if covers(place, entry.number.place)]
        if not below:
            near = difflib.get_close_matches(place, [entry.number.place for entry in known], n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise OptionError(f"no number of the case is at '{place}'{hint}")
        chosen.update({entry.number.place: entry for entry in below})
    return list(chosen.values())
