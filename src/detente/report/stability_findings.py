"""What a report tells of a conflict without agreement: what is stable in the base case and under every reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detente.analysis.result import Status
from detente.analysis.stability import (
    CoalitionImprovement,
    Stability,
    StabilityReasons,
    StatusQuoAnalysis,
    analyse_stability,
    explain_stability,
    trace_status_quo,
)
from detente.analysis.stability.coalition_improvements import improvements_of
from detente.analysis.stability.stability_words import unstable_for
from detente.case import Case, Roadmap
from detente.conflict.conflict import bytes_per_state
from detente.errors import Cancelled, CaseError, LimitError, OptionError
from detente.game import is_stated
from detente.kernel.bits import MOST_MEASURES
from detente.progress import Progress

MOST_STATES = 1 << 18
"""Feasible states up to which a report tells what is stable; it takes a second or so for each reading."""
MOST_SEARCHED = 1 << 21
"""States times groups of parties up to which a report looks for groups that would leave the status quo together."""
MOST_ANSWERS = 3
"""Moves of a party that would pay, told one by one."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EndFinding:
    """How the state in which a roadmap ends stands without agreement.

    Parameters
    ----------
    state : int or None
        Its number; None if it is infeasible.
    why : StabilityReasons or None
        Why it is not stable for those for whom it is not by any concept; None if there are none.
    """

    roadmap: Roadmap
    state: int | None
    why: StabilityReasons | None = None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StabilityFinding:
    """What would last without agreement under a reading, or why that is not known.

    Parameters
    ----------
    reading : str or None
        The reading; None is the base case.
    stability : Stability or None
        None if it was refused.
    why : StabilityReasons or None
        Why the status quo is not stable for those for whom it is not; None if it is for all, or there is none.
    together : tuple of CoalitionImprovement or None
        Where the smallest groups of two or more can go from the status quo that is better for each member; None if
        that was not looked for: only the base case of a conflict of moderate size is searched.
    paths : StatusQuoAnalysis or None
        How the conflict can move from the status quo; told of the base case only.
    ends : tuple of EndFinding
        How the ends of the roadmaps stand.
    refusal : tuple of str
        What is missing, in sentences; empty where there is an answer.
    """

    reading: str | None
    stability: Stability | None = None
    why: StabilityReasons | None = None
    together: tuple[CoalitionImprovement, ...] | None = None
    paths: StatusQuoAnalysis | None = None
    ends: tuple[EndFinding, ...] = ()
    refusal: tuple[str, ...] = ()


def has_values(case: Case) -> bool:
    """Tell whether a case states any value of any measure or term."""
    return bool(case.terms) or any(is_stated(measure, party.id) for measure in case.measures for party in case.parties)


def has_conflict(case: Case) -> bool:
    """Tell whether a case has states, and somebody who cares which of them it is."""
    if case.graph is not None:
        return bool(case.graph.ranks or case.preferences)
    return bool(case.measures) and (bool(case.preferences) or has_values(case))


def find_stability(
    case: Case, roadmaps: Sequence[Roadmap], readings: Sequence[str], *, progress: Progress | None
) -> tuple[StabilityFinding, ...]:
    """Find what would last without agreement in the base case and under readings; nothing for what is no conflict."""
    seen = (None, *readings)
    if not any(has_conflict(case.under(reading)) for reading in seen):
        return ()
    return tuple(_find(case, roadmaps, reading, progress) for reading in seen)


def _find(case: Case, roadmaps: Sequence[Roadmap], reading: str | None, progress: Progress | None) -> StabilityFinding:
    memory = float(MOST_STATES * bytes_per_state(len(case.parties)))
    try:
        found = analyse_stability(case, reading=reading, memory=memory, progress=progress)
    except CaseError as error:
        return StabilityFinding(reading=reading, refusal=tuple(d.message for d in error.diagnostics))
    except LimitError as error:
        too_many = f"The case has more than {MOST_STATES:,} feasible states, which are too many for a report."
        return StabilityFinding(
            reading=reading, refusal=(str(error) if len(case.measures) > MOST_MEASURES else too_many,)
        )

    def reasons(state: int, parties: Sequence[str]) -> StabilityReasons | None:
        if not parties:
            return None
        why = explain_stability(case, state + 1, party=parties, reading=reading, most=MOST_ANSWERS, progress=progress)
        if why.status is Status.STOPPED:
            raise Cancelled("stopped before everything was known; no report was written")
        return why

    start = found.conflict.status_quo
    unstable = [] if start is None else [party for parties in unstable_for(found, start) for party in parties]
    ends = []
    for roadmap in roadmaps:
        state = _end_of(found, roadmap)
        lost = [] if state is None else _without_any(found, state)
        why = None if state is None else reasons(state, lost)
        ends.append(EndFinding(roadmap=roadmap, state=state, why=why))
    why = None if start is None else reasons(start, list(dict.fromkeys(unstable)))
    if reading is not None or start is None:
        return StabilityFinding(reading=reading, stability=found, why=why, ends=tuple(ends))
    return StabilityFinding(
        reading=reading,
        stability=found,
        why=why,
        together=leaving_together(found),
        paths=trace_status_quo(case, memory=memory, progress=progress),
        ends=tuple(ends),
    )


def leaving_together(result: Stability) -> tuple[CoalitionImprovement, ...] | None:
    """Return what the smallest groups of two or more could reach from the status quo to the gain of each member.

    Returns
    -------
    tuple of CoalitionImprovement or None
        One for each group in which no smaller one, and no member alone, could do so, small groups first; None without
        a status quo, or if there is too much to search.
    """
    conflict = result.conflict
    n_groups = 1 << len(conflict.parties)
    if conflict.status_quo is None or n_groups * conflict.n_states > MOST_SEARCHED:
        return None
    stable = {concept: result.is_equilibrium(concept) for concept in result.concepts}
    found: list[CoalitionImprovement] = []
    able: list[int] = []
    for members in sorted(range(1, n_groups), key=int.bit_count):
        if any(smaller & members == smaller for smaller in able):
            continue
        better = improvements_of(conflict, conflict.status_quo, members, "strict", stable, most=1)
        able += [members] if better else []
        found += better if members.bit_count() > 1 else ()  # who would leave alone is told apart
    return tuple(found)


def _end_of(result: Stability, roadmap: Roadmap) -> int | None:
    conflict = result.conflict
    members = {*conflict.case.status_quo, *(measure for stage in roadmap.stages for measure in stage)}
    try:
        return conflict.find([measure for measure in conflict.measures if measure in members])
    except OptionError:
        return None


def _without_any(result: Stability, state: int) -> list[str]:
    """Return the parties for which a state is stable by no concept."""
    parties = enumerate(result.conflict.parties)
    return [p for i, p in parties if not any(bool(result.stable[concept][i, state]) for concept in result.concepts)]
