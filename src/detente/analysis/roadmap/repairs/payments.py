"""Payments after verification: one-off sums that keep everybody to a roadmap, the payers included (§8 of the model).

A payment is an ordinary measure: its payer takes it at the start of a stage, at a cost; it is irreversible and worth as
much to its receiver at once, whatever becomes of the process.  So withholding a payment is a deviation as any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from detente.analysis.roadmap.evaluation import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_row
from detente.analysis.roadmap.repairs.counterpart import OWN_RATIO
from detente.analysis.roadmap.repairs.ground import Ground, survey, with_further
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair, RepairKind, make_repair
from detente.analysis.roadmap.repairs.shortfalls import nearest, tell_shortfall
from detente.analysis.roadmap.repairs.transfers import (
    Kind,
    Plan,
    Rates,
    Search,
    instruments_of,
    measures_of,
    rounded_amounts,
    tell_counterparts,
    tell_payments,
    tell_rounding,
)
from detente.analysis.words import join_words
from detente.case import Case
from detente.display.prose import format_short
from detente.errors import CaseError, LimitError, OptionError
from detente.kernel.deviations import Check
from detente.kernel.inducements import induce, list_gaps
from detente.kernel.roadmap import HOLDS
from detente.progress import Progress, Reporter

KIND = RepairKind.PAYMENTS

_WIDER = ((1, False), (1, True), (0, False), (0, True))
"""What is tried in turn: the first stage with which anything may be paid, and whether anyone may be paid."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Options:
    """What may be paid: from which stage on, at which rates, to whom, and whether counterparts may come with it.

    Parameters
    ----------
    first : int
        The first stage, counted from 0, with which anything may be paid.
    to_anyone : bool
        Whether those who are not tempted may be paid too, to pay on what they received.
    own_ratio : float or None
        What a counterpart costs its giver per unit; None for no counterparts.
    """

    rates: Rates
    first: int = 1
    to_anyone: bool = False
    own_ratio: float | None = None

    def search(self, ground: Ground) -> Search:
        """Return the search for payments on a ground."""
        stages = tuple(range(self.first, ground.values.n_stages))
        kinds = [Kind(stages=stages, lasts=False, rate=self._rate)]
        if self.own_ratio is not None:
            kinds.append(Kind(stages=(ground.n_stages - 1,), lasts=True, rate=self._ratio))
        everybody = range(len(ground.parties))
        receivers = everybody if self.to_anyone else ground.tempted()
        return Search(ground, instruments_of(ground, kinds, givers=everybody, receivers=receivers))

    def _rate(self, giver: str, receiver: str) -> float:
        return self.rates.get((giver, receiver), 1.0)

    def _ratio(self, giver: str, receiver: str) -> float:
        return (self.own_ratio or 0.0) * self._rate(giver, receiver)


def find_payments(
    case: Case,
    evaluation: RoadmapEvaluation,
    *,
    rates: Rates | None = None,
    own_ratio: float = OWN_RATIO,
    progress: Progress | None = None,
) -> Iterable[Repair | NoRepair]:
    """Find the payments of least present value that mend a roadmap, of any party to any other.

    Parameters
    ----------
    case : Case
        The case with its readings.
    evaluation : RoadmapEvaluation
        The verdict on a roadmap that does not hold.
    rates : mapping from (payer, receiver) to float, optional
        What paying a unit of the receiver's costs the payer, in its own units; 1 unless given.
    own_ratio : float
        Where only something that lasts mends the end: what it costs its giver per unit that it is worth.
    progress : callable, optional
        Told how far the search is; may raise `Cancelled`.

    Yields
    ------
    Repair or NoRepair
        The plan of least present value, or why there is none.

    Raises
    ------
    OptionError
        If a rate is not above 0.

    Notes
    -----
    A payment is handed over at the start of a stage, after the stage before has been verified; what is paid after the
    last stage has a stage of its own.  Those are paid who are tempted; only if that does not do, also others, who can
    be trusted to pay on; and only if that does not do either, something is paid with the first stage.  Linear programs
    over all checks of all parties; see the kernel's `least_transfers`.

    References
    ----------
    Model §8; [telser1980]_, [thomas1988]_ and [levin2003]_ (payments that nobody but the parties enforce).
    """
    for (payer, receiver), rate in (rates or {}).items():
        if not rate > 0.0:
            raise OptionError(f"what paying a unit costs must be above 0, got {rate:g} for {payer} to {receiver}")
    reporter = Reporter(progress)
    reporter.report("looking for payments", fraction=0.0)
    try:
        yield from _find(case, evaluation, rates or {}, own_ratio, reporter)
    except CaseError as error:
        fault = error.diagnostics[0].message
        yield NoRepair(kind=KIND, reason=f"Payments cannot be written into the case as measures: {fault}")
    except LimitError as error:
        yield NoRepair(kind=KIND, reason=f"The search for payments was given up: {error}.")


def _find(
    case: Case, evaluation: RoadmapEvaluation, rates: Rates, own_ratio: float, reporter: Reporter
) -> Iterator[Repair | NoRepair]:
    if len(evaluation.parties) < 2:
        yield NoRepair(kind=KIND, reason="There is no other party that could pay.")
        return
    grounds = survey(evaluation), survey(evaluation, further_stage=True)
    at_end = [row for row in evaluation.tempted() if row.check is Check.END]
    if at_end:
        options = [_Options(rates=rates, own_ratio=own_ratio, to_anyone=to_anyone) for to_anyone in (False, True)]
        plan = _cheapest(grounds, options[0]) or _cheapest(grounds, options[1])
        if plan is None:
            yield NoRepair(kind=KIND, reason=_end_reason(evaluation, at_end, grounds, options[1]))
        else:
            yield _repair(case, plan, (_with_counterpart(evaluation, at_end, own_ratio),), rates)
        return
    for number, (first, to_anyone) in enumerate(_WIDER):
        reporter.report("looking for payments", fraction=0.1 + 0.2 * number)
        wider = _Options(rates=rates, first=first, to_anyone=to_anyone)
        plan = _cheapest(grounds, wider)
        if plan is not None:
            notes = (*_floor_note(plan), *_alone_notes(plan, grounds, wider))
            reporter.report("looking for payments", fraction=0.9)
            yield _repair(case, plan, notes, rates)
            return
    yield _nothing(case, grounds, rates)


def _cheapest(grounds: Iterable[Ground], options: _Options, giver: int | None = None) -> Plan | None:
    """The plan of least cost on some grounds; of plans that cost the same, the one without a further stage."""
    best: Plan | None = None
    for ground in grounds:
        search = options.search(ground)
        plan = search.least(None if giver is None else search.instruments.giver == giver)
        if plan is not None and (best is None or plan.cost < best.cost - HOLDS * max(1.0, best.cost)):
            best = plan
    return best


def _repair(case: Case, plan: Plan, further_notes: tuple[str, ...], rates: Rates) -> Repair:
    """The plan as a repair, with amounts as coarse as holds; a plan that leaves shortfalls stays as it was found."""
    evaluation = plan.ground.evaluation
    repair: Repair | None = None
    for amounts, grid in rounded_amounts(plan):
        payments, counterparts = tell_payments(plan, amounts), tell_counterparts(plan, amounts)
        repair = make_repair(
            case,
            evaluation,
            with_further(case, plan.ground, measures_of(plan, amounts)),
            kind=KIND,
            amount=plan.cost,
            unit=_unit(plan),
            summary=f"{'; '.join(part for part in (counterparts, payments) if part)}.",
            notes=(_cost_note(plan, rates), *further_notes, *_stage_notes(plan), *tell_rounding(plan, grid)),
        )
        if repair.works or plan.found.shortfalls.any():
            break
    assert repair is not None
    return repair


def _unit(plan: Plan) -> str:
    givers = {int(plan.instruments.giver[index]) for index in plan.used()}
    if len(givers) == 1:
        return f"value units of {plan.ground.name(givers.pop())}, present value"
    return "value units of the payers, present value"


def _cost_note(plan: Plan, rates: Rates) -> str:
    compared = "compared as stated" if rates else "compared one to one"
    proven = "" if plan.found.is_proven else "; less may do, as the search for the least was cut short"
    of = plan.instruments
    total = float((of.rate * plan.found.amounts)[~of.lasts].sum())
    what = (
        "What is given"
        if (plan.found.amounts[of.lasts] > 0.0).any()
        else f"What is paid, {format_short(total)} in all,"
    )
    return (
        f"{what} is worth {format_short(plan.cost)} at the start, each payer's sums discounted at its own rate "
        f"and counted as far as the process lasts until then; units of different parties are {compared}{proven}."
    )


def _floor_note(plan: Plan) -> Iterator[str]:
    """What one receiver has to be paid at least if payers need no keeping: the closed form."""
    ground = plan.ground
    tempted = ground.tempted()
    if len(tempted) == 1:
        [party] = tempted
        system, durations = ground.values.system, ground.values.durations
        gamma = float(system.discount[party]) * (1.0 - system.hazard)
        floor = induce(list_gaps(ground.temptations, party, len(durations)), durations, gamma).present_value
        of = plan.instruments
        fades = gamma ** np.concatenate([[0], np.cumsum(durations)])[of.stage]
        received = float((fades * plan.found.amounts)[of.receiver == party].sum())
        yield (
            f"To {ground.name(party)} it is worth {format_short(received)} at the start, discounted at its own rate; "
            f"{format_short(floor)} is the least that could keep it, whoever paid."
        )


def _alone_notes(plan: Plan, grounds: Iterable[Ground], options: _Options) -> Iterator[str]:
    """What it would cost if one party paid it all."""
    ground = plan.ground
    givers = {int(plan.instruments.giver[index]) for index in plan.used()}
    able = []
    for giver in range(len(ground.parties)):
        alone = None if givers == {giver} else _cheapest(grounds, options, giver)
        if alone is not None:
            able.append(f"{ground.name(giver)} {format_short(alone.cost)}")
    if able:
        yield f"Paid by one party alone it would cost {join_words(able, last='or')}."
    elif len(givers) > 1:
        yield "No party could pay it all alone and not be tempted itself."


def _stage_notes(plan: Plan) -> Iterator[str]:
    stages = {int(plan.instruments.stage[index]) for index in plan.used() if not plan.instruments.lasts[index]}
    if plan.ground.n_stages in stages:
        length = int(plan.ground.values.durations[-1])
        unit = plan.ground.evaluation.case.period or "period"
        yield (
            f"What is paid after the last stage has a stage of its own, of {length} {unit}{'s' if length != 1 else ''}."
        )
    paid = {int(plan.instruments.receiver[index]) for index in plan.used()}
    if trusted := sorted(paid - set(plan.ground.tempted())):
        names = join_words(plan.ground.name(party) for party in trusted)
        yield f"{names} would comply anyway, and is paid so that it can pay on when others cannot be trusted to."
    if 0 in stages:
        yield "Something is paid with the first stage, before anything is verified: payments after it do not suffice."


def _gains(row: EvaluationRow, evaluation: RoadmapEvaluation) -> str:
    sentence = describe_row(evaluation, row)
    return sentence[:1].lower() + sentence[1:-1]


def _end_reason(
    evaluation: RoadmapEvaluation, at_end: list[EvaluationRow], grounds: Iterable[Ground], options: _Options
) -> str:
    worst = min(at_end, key=lambda row: row.flow_margin)
    partial = nearest(options.search(ground) for ground in grounds)
    return (
        f"One-off payments do not mend the end, where all is paid: {_gains(worst, evaluation)}. That takes something "
        "that lasts, and no counterpart with the last stage, together with payments, does it either: "
        f"{tell_shortfall(partial)}."
    )


def _with_counterpart(evaluation: RoadmapEvaluation, at_end: list[EvaluationRow], own_ratio: float) -> str:
    names = join_words(dict.fromkeys(evaluation.case.party(row.party).name for row in at_end))
    return (
        f"No one-off payment keeps {names} at the end, where all is paid, so something that lasts comes with it; it is "
        f"assumed to cost whoever gives it {format_short(own_ratio)} per unit that it is worth."
    )


def _nothing(case: Case, grounds: tuple[Ground, Ground], rates: Rates) -> NoRepair:
    """Why no payments do: what the best plan leaves unmended, and who would not pay more."""
    plan = nearest([_Options(rates=rates, first=0, to_anyone=True).search(ground) for ground in grounds])
    best = _repair(case, plan, (), rates) if plan.found.amounts.any() else None
    reason = f"No payments that the others can be trusted to make suffice: {tell_shortfall(plan)}."
    return NoRepair(kind=KIND, reason=reason, best=best)
