"""Guarantors: a third party that promises to punish whoever breaks the process, if it can be believed (§4, §8).

A guarantee is an ordinary measure that `deters`.  It is worth nothing by itself; what makes it credible is what the
guarantor would lose if the process broke: it will not punish at a cost above that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from detente.analysis.roadmap.evaluation import RoadmapEvaluation
from detente.analysis.roadmap.explanation import describe_row
from detente.analysis.roadmap.repairs.ground import Further, Ground, further_measure, survey, with_further
from detente.analysis.roadmap.repairs.repair import NoRepair, Repair, RepairKind, make_repair
from detente.analysis.roadmap.repairs.transfers import DIGITS, format_amount
from detente.analysis.words import join_words
from detente.case import Case
from detente.display.prose import format_short
from detente.errors import CaseError, OptionError
from detente.kernel.guarantees import Deterrence, deter, stakes, withdrawal_margin
from detente.kernel.roadmap import HOLDS
from detente.progress import Progress, Reporter

KIND = RepairKind.GUARANTOR

PUNISHMENT_RATIO = 1.0
"""What punishing is assumed to cost the guarantor per unit of the punishment, where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """One party's promise to punish another if that one breaks the process; parties by their numbers.

    Parameters
    ----------
    least, amount : float
        Least punishment per period, in the units of whom it deters; and that rounded up, as it is promised.
    cost, stake : float
        What punishing for good would cost the guarantor, and what it would lose at least if the process were broken.
    keeps : bool
        Whether the guarantor would not rather withdraw the promise.
    """

    guarantor: int
    deterred: int
    least: float
    amount: float
    cost: float
    stake: float
    keeps: bool

    @property
    def is_credible(self) -> bool:
        """Whether punishing does not cost the guarantor more than its stake."""
        return self.cost <= self.stake + HOLDS

    @property
    def backing(self) -> float:
        """The stake per unit of the cost; what is not kept up has none."""
        return self.stake / self.cost if self.keeps else float("-inf")


def find_guarantor(
    case: Case,
    evaluation: RoadmapEvaluation,
    *,
    punishment_ratio: float = PUNISHMENT_RATIO,
    progress: Progress | None = None,
) -> Iterable[Repair | NoRepair]:
    """Find the least promise to punish whoever breaks that mends a roadmap, and who can make it credibly.

    Parameters
    ----------
    case : Case
        The case with its readings.
    evaluation : RoadmapEvaluation
        The verdict on a roadmap that does not hold.
    punishment_ratio : float
        What punishing costs the guarantor per period and unit of the punishment, in its own units; above 0.
    progress : callable, optional
        Told how far the search is; may raise `Cancelled`.

    Yields
    ------
    Repair or NoRepair
        The least promise, of the guarantor with most at stake for what it would have to pay; it works only if it is
        credible too.  Or why no promise would do.

    Raises
    ------
    OptionError
        If `punishment_ratio` is not above 0.

    Notes
    -----
    Margins are linear in the punishment, so the least is exact, and the same whoever promises it.  A promise is
    credible if punishing for good, ratio·x/(1−δ_g), costs no more than the guarantor's stake: the least, over the
    checks that the promise must mend, of complying there less what a breakdown by the deterred party leaves it.

    References
    ----------
    Model §4 and §8; [walter1997]_ (guarantees that make agreements hold).
    """
    if not punishment_ratio > 0.0:
        raise OptionError(f"what punishing costs the guarantor must be above 0, got {punishment_ratio:g}")
    reporter = Reporter(progress)
    reporter.report("looking for a guarantor", fraction=0.0)
    try:
        yield from _find(case, survey(evaluation), punishment_ratio)
    except CaseError as error:
        fault = error.diagnostics[0].message
        yield NoRepair(kind=KIND, reason=f"A guarantee cannot be written into the case as a measure: {fault}")


def _find(case: Case, ground: Ground, ratio: float) -> Iterator[Repair | NoRepair]:
    if len(ground.parties) < 2:
        yield NoRepair(kind=KIND, reason="There is no other party that could promise anything.")
        return
    needed = [deter(ground.values.system, ground.temptations, party) for party in ground.tempted()]
    for deterrence in needed:
        if deterrence.out_of_reach is not None:
            yield NoRepair(kind=KIND, reason=_out_of_reach(ground, deterrence))
            return
    stage = min(deterrence.stage for deterrence in needed)
    promises = {deterrence.party: _promises(ground, deterrence, stage, ratio) for deterrence in needed}
    together = [
        offer
        for guarantor in range(len(ground.parties))
        if len(offer := [p for made in promises.values() for p in made if p.guarantor == guarantor]) == len(needed)
    ]
    # One guarantor for all if there is a credible one; else for each the one with most at stake.
    mixed = [max(made, key=lambda promise: promise.backing) for made in promises.values()]
    best = max(together, key=_backing, default=mixed)
    chosen = best if _is_credible(best) or not _is_credible(mixed) else mixed
    yield _repair(case, ground, chosen, stage, ratio, tuple(_others(ground, chosen, promises.values())))


def _promises(ground: Ground, deterrence: Deterrence, stage: int, ratio: float) -> list[_Promise]:
    """What every other party would promise; whoever is tempted itself may be kept by somebody else's promise."""
    system = ground.values.system
    at_stake = stakes(ground.values, ground.temptations, deterrence.checks)
    amount = _rounded_up(deterrence.amount)
    tempted = ground.tempted()
    return [
        _Promise(
            guarantor=guarantor,
            deterred=deterrence.party,
            least=deterrence.amount,
            amount=amount,
            cost=ratio * amount / (1.0 - float(system.discount[guarantor])),
            stake=float(at_stake[guarantor]),
            keeps=guarantor in tempted or withdrawal_margin(ground.temptations, guarantor, stage) >= -HOLDS,
        )
        for guarantor in range(len(ground.parties))
        if guarantor != deterrence.party
    ]


def _rounded_up(amount: float) -> float:
    """An amount rounded up to four digits."""
    grid = 10.0 ** (math.floor(math.log10(amount)) + 1 - DIGITS)
    return float(f"{math.ceil(amount / grid - 1e-9) * grid:.12g}")


def _backing(offer: Sequence[_Promise]) -> float:
    return min(promise.backing for promise in offer)


def _is_credible(offer: Sequence[_Promise]) -> bool:
    return all(promise.is_credible and promise.keeps for promise in offer)


def _out_of_reach(ground: Ground, deterrence: Deterrence) -> str:
    at = ground.temptations[deterrence.out_of_reach or 0]
    row = next(
        row
        for row in ground.evaluation.rows
        if (row.stage - 1, row.check, row.party) == (at.stage, at.check, ground.parties[at.party])
    )
    if row.deviation.leave:
        return f"{describe_row(ground.evaluation, row)} No promise to punish counts there, as nothing has begun."
    unit = ground.evaluation.case.period or "period"
    gain = format_short((at.leave - at.comply) * (1.0 - float(ground.values.system.discount[at.party])))
    return (
        f"{ground.name(at.party)} would gain {gain} a {unit} by not starting at all, where no promise to punish "
        "counts, as nothing has begun."
    )


def _repair(
    case: Case, ground: Ground, chosen: Sequence[_Promise], stage: int, ratio: float, others: tuple[str, ...]
) -> Repair:
    unit = ground.evaluation.case.period or "period"
    further, told = [], []
    for guarantor in dict.fromkeys(promise.guarantor for promise in chosen):
        own = [promise for promise in chosen if promise.guarantor == guarantor]
        name = ground.name(guarantor)
        measure = further_measure(
            ground,
            measure=f"guarantee-{ground.parties[guarantor]}",
            name=f"Guarantee of {name}",
            giver=guarantor,
            value={},
            deters={promise.deterred: promise.amount for promise in own},
        )
        further.append(Further(measure=measure, stage=stage))
        whom = join_words(f"{ground.name(p.deterred)} by {format_amount(p.amount)} a {unit}" for p in own)
        told.append(f"{name} promises, with stage {stage + 1}, to punish {whom} if it breaks the process")
    notes = [_credibility(ground, promise) for promise in chosen]
    notes += [
        f"Punishing is assumed to cost the guarantor {format_short(ratio)} per unit of the punishment, for good, units "
        "of different parties compared one to one.",
        *others,
        f"The amounts are rounded up to {DIGITS} digits.",
    ]
    deterred = list(dict.fromkeys(promise.deterred for promise in chosen))
    whose = ground.name(deterred[0]) if len(deterred) == 1 else "those who are deterred"
    return make_repair(
        case,
        ground.evaluation,
        with_further(case, ground, further),
        kind=KIND,
        amount=sum(promise.least for promise in chosen),
        unit=f"value units of {whose} per {unit}",
        summary=f"{'; '.join(told)}.",
        notes=tuple(notes),
        credible=_is_credible(chosen),
    )


def _credibility(ground: Ground, promise: _Promise) -> str:
    guarantor, deterred = ground.name(promise.guarantor), ground.name(promise.deterred)
    cost, stake = format_short(promise.cost), format_short(promise.stake)
    if not promise.keeps:
        return f"The promise is not credible: {guarantor} would rather withdraw it, and be found out, than comply."
    if promise.stake <= 0.0:
        return f"The promise is not credible: {guarantor} would lose nothing if {deterred} broke the process."
    if promise.is_credible:
        return (
            f"The promise is credible: punishing {deterred} would cost {guarantor} {cost} (present value), and it "
            f"would lose at least {stake} if {deterred} broke the process."
        )
    return (
        f"The promise is not credible: punishing {deterred} would cost {guarantor} {cost} (present value), more than "
        f"the {stake} that it would lose if {deterred} broke the process."
    )


def _others(ground: Ground, chosen: Sequence[_Promise], promises: Iterable[Sequence[_Promise]]) -> Iterator[str]:
    """Who else could promise the same."""
    taken = {(promise.guarantor, promise.deterred) for promise in chosen}
    for made in promises:
        able = [
            f"{ground.name(p.guarantor)} (cost {format_short(p.cost)}, stake {format_short(p.stake)})"
            for p in made
            if p.is_credible and p.keeps and (p.guarantor, p.deterred) not in taken
        ]
        if able:
            deterred = ground.name(made[0].deterred)
            yield f"The promise to punish {deterred} could also come from {join_words(able, last='or')}."
