"""Another order: the same measures in the stages nearest to the roadmap's own in which they hold (§8 of the model).

Two orders are as far apart as there are pairs of measures that they take in opposite sequence, with a half for every
pair that only one of them takes together (Kendall's distance).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from detente.analysis.result import Status
from detente.analysis.roadmap.design import Design, nearest_roadmap
from detente.analysis.roadmap.design_words import explain_design
from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.nearby import MOST_ORDERS, Stages, nearest_moves
from detente.analysis.roadmap.repairs.repair import (
    NoRepair,
    Repair,
    RepairKind,
    make_repair,
    repaired_case,
    with_stages,
)
from detente.analysis.roadmap.repairs.trials import Trials, name_stages, scaled
from detente.analysis.words import join_words
from detente.case import Case
from detente.display.prose import count_noun
from detente.errors import LimitError
from detente.progress import Progress

DEFAULT_MEMORY = 2**30
"""Bytes that the search over every order may take unless told otherwise."""


MOST_PAIRS_NAMED = 3
"""Pairs of measures that change their sequence named in full; more are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """An order that holds, how far it is, and how near another may be (`bound`, if that is nearer)."""

    stages: Stages
    distance: float
    bound: float | None


def find_order(
    case: Case,
    evaluation: RoadmapEvaluation,
    *,
    progress: Progress | None = None,
    most_trials: int = MOST_ORDERS,
    memory: float = DEFAULT_MEMORY,
) -> Iterator[Repair | NoRepair]:
    """Find the order of a roadmap's own measures in which they hold that is nearest to the roadmap.

    Parameters
    ----------
    case, evaluation, progress
        See `detente.analysis.roadmap.repairs.repair.Finder`.
    most_trials : int
        Orders with one or two measures moved that are evaluated at most.
    memory : float
        Bytes that the search over every order may take.

    Notes
    -----
    Orders with one or two measures moved are tried first, the nearest first; then every order (`nearest_roadmap`).  If
    that search is stopped, the nearest found is told with a bound.  Stages are as short as verification allows: lengths
    stated for other stages say nothing of these.
    """
    view = evaluation.case
    near = nearest_moves(evaluation, Trials(most_trials, "trying orders nearby", scaled(progress, 0.0, 0.3)))
    found = None if near is None else _Order(stages=near[0], distance=near[1], bound=0.0)
    try:
        design = nearest_roadmap(view, evaluation.stages, memory=memory, progress=scaled(progress, 0.3, 1.0))
    except LimitError as error:
        if found is None:
            yield NoRepair(kind=RepairKind.ORDER, reason=f"{_told(most_trials)} Not every order was tried: {error}.")
            return
    else:
        found = _nearer(found, design)
        if found is None:
            [reason, *_] = [sentence.text for sentence in explain_design(design)]
            yield NoRepair(kind=RepairKind.ORDER, reason=reason)
            return
    yield _repair(case, evaluation, found)


def _told(most_trials: int) -> str:
    return f"No order nearby was found to hold, of the {most_trials} nearest that move one or two measures."


def _nearer(found: _Order | None, design: Design) -> _Order | None:
    """Return the nearer of an order found nearby and the outcome of the search over every order."""
    bound = None if design.status is Status.OPTIMAL else design.bound or 0.0
    if not design.stages or design.value is None:
        return None if found is None else replace(found, bound=bound)
    stages = tuple(tuple(stage) for stage in design.stages)
    other = _Order(stages=stages, distance=design.value, bound=bound)
    return replace(found, bound=bound) if found is not None and found.distance < other.distance else other


def _repair(case: Case, evaluation: RoadmapEvaluation, found: _Order) -> Repair:
    view, stages = evaluation.case, found.stages
    notes = []
    if found.bound is not None and found.bound < found.distance:
        notes.append(f"Not proven to be the nearest: orders at a distance of {found.bound:g} may do.")
    stated = view.roadmap(evaluation.id).durations
    if stated is not None:
        lengths = ", ".join(str(length) for length in stated)
        notes.append(f"Stages last as long as verification takes; the stated lengths ({lengths}) fall away.")
    if found.distance == 0.0:
        summary = "The order stays, but every stage is as short as verification allows."
    else:
        summary = _what_moves(view, evaluation.stages, stages)
        notes.append(f"Its stages: {name_stages(view, stages)}.")
    repaired = repaired_case(case, evaluation.reading, lambda seen: with_stages(seen, evaluation.id, stages, None))
    return make_repair(
        case,
        evaluation,
        repaired,
        kind=RepairKind.ORDER,
        amount=found.distance,
        unit="pairs of measures",
        summary=summary,
        notes=tuple(notes),
    )


def moved(
    before: tuple[tuple[str, ...], ...], after: tuple[tuple[str, ...], ...]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the pairs of measures whose sequence is reversed, and those taken together in just one of two orders.

    Returns
    -------
    reversed, tied : list of pairs
        (earlier, later) as the first order, or where it takes them together the second, has them.  The Kendall distance
        is the number of the first and half that of the second.
    """
    old = {measure: number for number, stage in enumerate(before) for measure in stage}
    new = {measure: number for number, stage in enumerate(after) for measure in stage}
    turned, tied = [], []
    for one in old:
        for other in old:
            was, now = old[one] - old[other], new[one] - new[other]
            if was < 0 < now:
                turned.append((one, other))
            elif (was < 0 and now == 0) or (was == 0 and now < 0):
                tied.append((one, other))
    return turned, tied


def _what_moves(view: Case, before: Stages, after: Stages) -> str:
    """Say which measures are taken before, after or together with which others, where these are few."""
    turned, tied = moved(before, after)
    if len(turned) + len(tied) > MOST_PAIRS_NAMED:
        parts = []
        if turned:
            parts.append(f"{count_noun(len(turned), 'pair')} of measures in the opposite sequence")
        if tied:
            parts.append(f"{count_noun(len(tied), 'pair')} together in only one of the orders")
        return f"The same measures are taken in another order, in {len(after)} stages: {join_words(parts)}."
    new = {measure: number for number, stage in enumerate(after) for measure in stage}

    def name(measure: str) -> str:
        return f"“{view.measure(measure).name}”"

    said = [f"{name(other)} is taken before {name(one)} instead of after it" for one, other in turned]
    for one, other in tied:
        if new[one] == new[other]:
            said.append(f"{name(one)} and {name(other)} are taken together instead of one after the other")
        else:
            said.append(f"{name(one)} is taken before {name(other)} instead of together with it")
    return f"{join_words(said)}."
