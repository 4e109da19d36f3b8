"""Shorter or longer stages: which lengths make a roadmap hold (§5–6 and §8 of the model).

A longer stage puts off what comes later, for better or worse, and gives a deviator more of the stage; so margins may
rise in a length and fall again.  From the longest lag on they are monotone in it, which makes the least change exact
however long a stage would have to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice, product

import numpy as np

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_place
from detente.analysis.roadmap.repairs.repair import (
    NoRepair,
    Repair,
    RepairKind,
    make_repair,
    repaired_case,
    with_stages,
)
from detente.analysis.roadmap.repairs.trials import MOST_TOLD, Trials, others_would_do, periods, unit_of
from detente.analysis.words import join_words
from detente.case import Case
from detente.kernel.deviations import Check
from detente.kernel.retiming import StageLengths, all_hold
from detente.kernel.roadmap import HOLDS
from detente.kernel.system import IntArray
from detente.progress import Progress

LARGEST_SET = 3
"""Stages whose lengths are changed together, at most."""

LONGEST_STAGE = 10_000
"""Periods beyond which no stage is made longer: margins no longer change by then."""

MOST_TOGETHER = 24
"""Periods by which the lengths of several stages are changed in all, at most."""

MOST_LENGTHS = 200_000
"""Lengths of several stages tried at most, unless told otherwise: some seconds."""

AT_ONCE = 4096
"""Lengths tried at once."""


class _Single:
    """The least changes of the length of a single stage."""

    def __init__(self, lengths: StageLengths, now: IntArray, stage: int) -> None:
        self._lengths = lengths
        self._now = now
        self._stage = stage

    def _fails(self, length: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        durations = self._now.copy()
        durations[self._stage] = length
        failing: np.ndarray[tuple[int], np.dtype[np.bool_]] = self._lengths.margins(durations[None, :])[0] < -HOLDS
        return failing

    def shorter(self) -> int | None:
        """Return the longest shorter length at which the roadmap holds; None if there is none."""
        lengths = range(int(self._now[self._stage]) - 1, int(self._lengths.least[self._stage]) - 1, -1)
        return next((length for length in lengths if not self._fails(length).any()), None)

    def longer(self) -> int | None:
        """Return the shortest longer length at which the roadmap holds; None if there is none.

        Notes
        -----
        Up to the longest lag every length is tried.  Beyond it a deviation is noticed after the same time whatever the
        length, and complying is worth A + B·γ^d: every margin is monotone in d.  So the least length at which the
        margins that fail there all hold is found by bisection, and if another fails at it, it fails at any greater.
        """
        first = int(self._now[self._stage]) + 1
        for length in range(first, self._lengths.longest_lag):
            if not self._fails(length).any():
                return length
        low = max(first, self._lengths.longest_lag)
        failing = self._fails(low)
        if not failing.any():
            return low
        high = low
        while (self._fails(high) & failing).any():
            if high >= LONGEST_STAGE:
                return None
            low, high = high, min(2 * high, LONGEST_STAGE)
        while high - low > 1:
            middle = (low + high) // 2
            if (self._fails(middle) & failing).any():
                low = middle
            else:
                high = middle
        return None if self._fails(high).any() else high


def _changes(lengths: StageLengths, now: IntArray, size: int, total: int) -> Iterator[IntArray]:
    """Yield the lengths that differ from those now at `size` stages, by `total` periods in all; shorter ones first."""
    parts = [(*some, total - sum(some)) for some in product(range(1, total), repeat=size - 1) if sum(some) < total]
    for stages in combinations(range(len(now)), size):
        for part in parts:
            for signs in product((-1, 1), repeat=size):
                durations = now.copy()
                durations[list(stages)] += np.array(signs) * np.array(part)
                if (durations[list(stages)] >= lengths.least[list(stages)]).all():
                    yield durations


def _together(lengths: StageLengths, now: IntArray, trials: Trials) -> tuple[list[IntArray], dict[int, int]]:
    """Return the least changes of several lengths that mend the roadmap, and up to which total all were tried."""
    tried: dict[int, int] = {}
    for size in range(2, min(LARGEST_SET, len(now)) + 1):
        for total in range(size, MOST_TOGETHER + 1):
            found: list[IntArray] = []
            changes = _changes(lengths, now, size, total)
            while batch := list(islice(changes, AT_ONCE)):
                if trials.are_spent:
                    return found, tried
                trials.spend(len(batch))
                margins = lengths.margins(np.array(batch))
                found += [durations for durations, row in zip(batch, margins, strict=True) if all_hold(row)]
            if found:
                return found, tried
            tried[size] = total
    return [], tried


def find_stage_length(
    case: Case, evaluation: RoadmapEvaluation, *, progress: Progress | None = None, most_trials: int = MOST_LENGTHS
) -> Iterator[Repair | NoRepair]:
    """Find the least changes of stage lengths that make a roadmap hold.

    Yields, for each stage, the least that it has to be shorter or longer, if that alone mends the roadmap; where no
    stage alone does, the least change of the lengths of two, then of three stages.

    Parameters
    ----------
    case, evaluation, progress
        See `detente.analysis.roadmap.repairs.repair.Finder`.
    most_trials : int
        Lengths of several stages tried at most.

    Notes
    -----
    Of a single stage, the least change is exact.  Of several, every change of up to `MOST_TOGETHER` periods in all is
    tried while trials last.  Where a check fails at the best lengths for the party tempted there, none mends it, and
    that is said.  Amounts are the periods by which lengths change in all.
    """
    trials = Trials(most_trials, "trying stage lengths", progress)
    lengths = StageLengths(evaluation.values)
    hopeless = lengths.hopeless_rows()
    if hopeless.size:
        yield NoRepair(kind=RepairKind.STAGE_LENGTH, reason=_hopeless(evaluation, hopeless))
        return
    now = np.array(evaluation.durations, dtype=np.int64)
    any_found = False
    for stage in range(len(now)):
        single = _Single(lengths, now, stage)
        for length in (single.shorter(), single.longer()):
            if length is not None:
                any_found = True
                durations = now.copy()
                durations[stage] = length
                yield _repair(case, evaluation, durations)
    if any_found:
        return
    found, tried = _together(lengths, now, trials)
    for durations in found[:MOST_TOLD]:
        yield _repair(case, evaluation, durations, notes=others_would_do(len(found), "changes of as many periods"))
    if not found:
        yield NoRepair(kind=RepairKind.STAGE_LENGTH, reason=_why_not(evaluation, tried))


def _repair(case: Case, evaluation: RoadmapEvaluation, durations: IntArray, *, notes: tuple[str, ...] = ()) -> Repair:
    view = evaluation.case
    now = evaluation.durations
    changed = [k for k in range(len(now)) if int(durations[k]) != now[k]]
    said = [f"stage {k + 1} lasts {periods(view, int(durations[k]))} instead of {now[k]}" for k in changed]
    text = join_words(said)
    lengths = tuple(int(length) for length in durations)
    if view.roadmap(evaluation.id).durations is None:
        notes = (*notes, "The roadmap then states the lengths of all its stages; so far verification sets them.")
    repaired = repaired_case(
        case, evaluation.reading, lambda seen: with_stages(seen, evaluation.id, evaluation.stages, lengths)
    )
    return make_repair(
        case,
        evaluation,
        repaired,
        kind=RepairKind.STAGE_LENGTH,
        amount=float(sum(abs(length - old) for length, old in zip(lengths, now, strict=True))),
        unit=unit_of(view),
        summary=f"{text[:1].upper()}{text[1:]}.",
        notes=notes,
    )


def _hopeless(evaluation: RoadmapEvaluation, numbers: IntArray) -> str:
    row = min((evaluation.rows[int(number)] for number in numbers), key=lambda row: row.flow_margin)
    party = evaluation.case.party(row.party).name
    place = describe_place(evaluation, row)
    way_out = "not starting at all" if row.stage == 1 and row.check is Check.BEFORE else "walking out"
    return f"{place}, {party} would do better by reneging or {way_out}, however short or long the stages are."


def _why_not(evaluation: RoadmapEvaluation, tried: dict[int, int]) -> str:
    view = evaluation.case
    if len(evaluation.stages) == 1:
        return "No length of its only stage, shorter or longer, makes the roadmap hold."
    alone = "No length of a single stage, shorter or longer, makes the roadmap hold"
    if not tried:
        return f"{alone}; lengths of several stages were not all tried."
    words = {2: "two", 3: "three"}
    several = " or ".join(f"those of {words[size]} by up to {periods(view, tried[size])} in all" for size in tried)
    return f"{alone}, nor does changing {several}; larger changes were not tried."
