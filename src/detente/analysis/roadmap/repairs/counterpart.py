"""Counterparts: something lasting that another party adds and can take back, so that breaking has a price (§8).

What has been received for good keeps nobody to an agreement; what can be taken back does, from the stage on with which
it enters, at the end too.  A counterpart is an ordinary reversible measure.  Its giver must gain from taking it back
when the process breaks down (else it would not), yet not so much that it does so before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.repairs.ground import Ground, survey, with_further
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair, RepairKind, make_repair
from detente.analysis.roadmap.repairs.shortfalls import nearest, tell_shortfall
from detente.analysis.roadmap.repairs.transfers import (
    Kind,
    Plan,
    Search,
    instruments_of,
    measures_of,
    rounded_amounts,
    tell_counterparts,
    tell_rounding,
)
from detente.analysis.words import join_words
from detente.case import Case
from detente.display.prose import format_short
from detente.errors import CaseError, LimitError, OptionError
from detente.kernel.roadmap import HOLDS
from detente.progress import Progress, Reporter

KIND = RepairKind.COUNTERPART

OWN_RATIO = 0.25
"""What a counterpart is assumed to cost its giver per unit that it is worth to others, where nothing else is said."""


def find_counterpart(
    case: Case,
    evaluation: RoadmapEvaluation,
    *,
    own_ratio: float = OWN_RATIO,
    progress: Progress | None = None,
) -> Iterable[Repair | NoRepair]:
    """Find the least further reversible measure of another party that mends a roadmap.

    Parameters
    ----------
    case : Case
        The case with its readings.
    evaluation : RoadmapEvaluation
        The verdict on a roadmap that does not hold.
    own_ratio : float
        What it costs its giver per period and unit that it is worth to others, in the giver's own units; above 0.
    progress : callable, optional
        Told how far the search is; may raise `Cancelled`.

    Yields
    ------
    Repair or NoRepair
        The counterpart worth least that mends the roadmap, at the stage at which it costs its giver least; where no
        single one does, the least set of them; or why there is none.

    Raises
    ------
    OptionError
        If `own_ratio` is not above 0: nobody would take back what costs nothing.

    Notes
    -----
    Every giver and every stage is tried.  Margins are linear in what a counterpart is worth, as at breakdown its giver
    takes it back whatever it is worth; so the least amount is exact.

    References
    ----------
    Model §8; [williamson1983]_ (hostages that support an exchange).
    """
    if not own_ratio > 0.0:
        raise OptionError(f"what a counterpart costs its giver must be above 0, got {own_ratio:g}")
    reporter = Reporter(progress)
    try:
        yield from _find(case, survey(evaluation), own_ratio, reporter)
    except CaseError as error:
        fault = error.diagnostics[0].message
        yield NoRepair(kind=KIND, reason=f"A counterpart cannot be written into the case as a measure: {fault}")
    except LimitError as error:
        yield NoRepair(kind=KIND, reason=f"The search for counterparts was given up: {error}.")


def _find(case: Case, ground: Ground, own_ratio: float, reporter: Reporter) -> Iterator[Repair | NoRepair]:
    if len(ground.parties) < 2:
        yield NoRepair(kind=KIND, reason="There is no other party that could give anything.")
        return
    tempted = ground.tempted()
    by_giver: dict[int, Plan] = {}
    givers = [party for party in range(len(ground.parties)) if party not in tempted]
    for number, giver in enumerate(givers):
        reporter.report("looking for a counterpart", fraction=number / (len(givers) + 1))
        plan = _least_of(ground, giver, tempted, own_ratio)
        if plan is not None:
            by_giver[giver] = plan
    best = min(by_giver, key=lambda giver: by_giver[giver].found.cost, default=None)
    if best is not None:
        others = [
            f"{ground.name(giver)} ({format_short(plan.found.cost)} from stage {_stage(plan)} on)"
            for giver, plan in by_giver.items()
            if giver != best
        ]
        notes = (f"It could also come from {join_words(others, last='or')}.",) if others else ()
        yield _repair(case, by_giver[best], own_ratio, notes)
        return
    everybody = range(len(ground.parties))
    stages = tuple(range(ground.n_stages))
    search = _search(ground, everybody, everybody, stages, own_ratio)
    plan = search.least()
    if plan is not None:
        yield _repair(case, plan, own_ratio, ("No single counterpart mends it.",))
        return
    partial = nearest([search])
    given = _repair(case, partial, own_ratio, ()) if partial.found.amounts.any() else None
    reason = f"No counterpart that a party can be trusted to keep up suffices: {tell_shortfall(partial)}."
    yield NoRepair(kind=KIND, reason=reason, best=given)


def _search(
    ground: Ground, givers: Iterable[int], receivers: Iterable[int], stages: tuple[int, ...], own_ratio: float
) -> Search:
    kind = Kind(stages=stages, lasts=True, rate=lambda giver, receiver: own_ratio)
    instruments = instruments_of(ground, [kind], givers=tuple(givers), receivers=tuple(receivers))
    return Search(ground, instruments, by_amount=True)


def _least_of(ground: Ground, giver: int, tempted: tuple[int, ...], own_ratio: float) -> Plan | None:
    """The least counterpart of one giver: worth least, and of those that are worth as much the cheapest to give."""
    best: Plan | None = None
    for stage in range(ground.n_stages):
        plan = _search(ground, [giver], tempted, (stage,), own_ratio).least()
        if plan is None:
            continue
        if best is None or (_coarse(plan.found.cost), plan.cost) < (_coarse(best.found.cost), best.cost):
            best = plan
    return best


def _coarse(amount: float) -> float:
    """An amount without what only rounding tells apart."""
    return round(amount / (HOLDS * max(1.0, abs(amount)))) * HOLDS * max(1.0, abs(amount))


def _stage(plan: Plan) -> int:
    return int(plan.instruments.stage[plan.used()[0]]) + 1


def _repair(case: Case, plan: Plan, own_ratio: float, further_notes: tuple[str, ...]) -> Repair:
    """The plan as a repair, with amounts as coarse as holds; a plan that leaves shortfalls stays as it was found."""
    ground = plan.ground
    repair: Repair | None = None
    for amounts, grid in rounded_amounts(plan):
        repair = make_repair(
            case,
            ground.evaluation,
            with_further(case, ground, measures_of(plan, amounts)),
            kind=KIND,
            amount=plan.found.cost,
            unit=_unit(plan),
            summary=f"{tell_counterparts(plan, amounts)}.",
            notes=(*_notes(plan, own_ratio), *further_notes, *tell_rounding(plan, grid)),
        )
        if repair.works or plan.found.shortfalls.any():
            break
    assert repair is not None
    return repair


def _unit(plan: Plan) -> str:
    ground = plan.ground
    period = ground.evaluation.case.period or "period"
    receivers = {int(plan.instruments.receiver[index]) for index in plan.used()}
    whose = ground.name(receivers.pop()) if len(receivers) == 1 else "those to whom it is given"
    return f"value units of {whose} per {period}"


def _notes(plan: Plan, own_ratio: float) -> Iterator[str]:
    yield (
        f"It is assumed to cost whoever gives it {format_short(own_ratio)} per unit that it is worth, units of "
        "different parties compared one to one; as it costs something, it is taken back when the process breaks down."
    )
    if not plan.found.is_proven:
        yield "Less may do, as the search for the least was cut short."
