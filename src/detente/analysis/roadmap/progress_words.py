"""Agreements in progress in plain sentences: where they stand, whether the rest holds, what delay costs whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.roadmap.explanation import describe_row, describe_stage, explain_evaluation, worst_by_party
from detente.analysis.roadmap.progress_rest import Gate, GateStatus
from detente.analysis.words import join_words, quote_measures
from detente.case import Case

if TYPE_CHECKING:
    from detente.analysis.roadmap.progress import Onward, RoadmapProgress
    from detente.analysis.roadmap.progress_costs import PartyDelay

NEGLIGIBLE = 5e-4
"""Losses that would be written as 0.00 are not told."""


def count_periods(number: int, unit: str) -> str:
    """Write a number of periods: “1 month”, “92 days”."""
    return f"{number} {unit}{'s' if number != 1 else ''}"


def owners_of(case: Case, measure: str) -> str:
    """Name those who take a measure; a forum is named as a whole."""
    found = case.measure(measure)
    if found.forum is not None:
        return f"forum {found.forum}"
    return join_words(case.party(owner).name for owner in found.owners)


def _with_owners(case: Case, measures: Iterable[str]) -> str:
    return join_words(f"“{case.measure(measure).name}” ({owners_of(case, measure)})" for measure in measures)


def explain_progress(entry: RoadmapProgress) -> Iterator[Sentence]:
    """Yield where a roadmap stands, what was lost, whether the rest holds, what delay costs and what is sunk."""
    yield from _standing(entry)
    yield from _losses(entry)
    yield from explain_onward(entry, entry.rest)
    if entry.retaken is not None:
        yield from explain_onward(entry, entry.retaken)
    yield from _delay(entry)
    yield from _sunk(entry)


def _standing(entry: RoadmapProgress) -> Iterator[Sentence]:
    case, standing = entry.case, entry.standing
    unit, now, gates = case.period or "period", entry.history.now, standing.gates
    passed = [gate for gate in gates if gate.status is GateStatus.PASSED]
    whole = "the only stage" if len(gates) == 1 else f"the {len(gates)} stages"
    count = "none" if not passed else "all" if len(passed) == len(gates) > 1 else str(len(passed))
    verb = "has" if len(passed) == 1 else "have"
    which = f"{whole} of “{entry.roadmap.name}” has {'' if passed else 'not '}begun"
    if len(gates) > 1:
        which = f"{count} of {whole} of “{entry.roadmap.name}” {verb} begun"
    yield Sentence(text=f"At {unit} {now}, {which}.")
    late = [gate for gate in passed if gate.late > 0]
    if late:
        told = join_words(f"stage {gate.stage} by {count_periods(gate.late, unit)}" for gate in late)
        yield Sentence(text=f"Begun late: {told}.")
    due = [gate for gate in gates if gate.status in (GateStatus.OVERDUE, GateStatus.DUE)]
    yield from (_overdue(case, gate, unit, now) for gate in due[:1])
    later = [gate for gate in due[1:] if gate.late > 0]
    if later:
        told = join_words(f"stage {gate.stage} by {count_periods(gate.late, unit)}" for gate in later)
        yield Sentence(text=f"So is what comes after it: {told}.")
    if standing.waiting:
        text = (
            f"The stages begun last {count_periods(standing.waiting, unit)} more, until {unit} "
            f"{now + standing.waiting}; the next begins no sooner."
        )
        yield Sentence(text=text)
    beside = [m for m in entry.history.in_force if all(m not in gate.measures for gate in gates)]
    if beside:
        text = f"In force beside it: {_with_owners(case, beside)}."
        yield Sentence(text=text, measures=tuple(beside))


def _overdue(case: Case, gate: Gate, unit: str, now: int) -> Sentence:
    due = "is due now" if gate.status is GateStatus.DUE else f"is overdue by {count_periods(gate.late, unit)}"
    ready = ""
    if gate.ready is not None and gate.ready > gate.due:
        ready = f", ready {'since' if gate.ready <= now else 'only at'} {unit} {gate.ready}"
    lacks = [f"{_with_owners(case, gate.lacking)} {_is(gate.lacking)} lacking"] if gate.lacking else []
    if gate.lost:
        lacks.append(f"{_with_owners(case, gate.lost)} {_is(gate.lost)} no longer in force")
    return Sentence(
        text=f"Stage {gate.stage} {due} (planned for {unit} {gate.due}{ready}): {', and '.join(lacks)}.",
        measures=(*gate.lacking, *gate.lost),
        stage=gate.stage,
    )


def _is(measures: Sequence[str]) -> str:
    return "is" if len(measures) == 1 else "are"


def _losses(entry: RoadmapProgress) -> Iterator[Sentence]:
    case, standing = entry.case, entry.standing
    unit = case.period or "period"
    for measure in standing.lost:
        taking = entry.history.latest(measure)
        assert taking is not None, "what was lost was taken"
        how = "lapsed with what it requires" if taking.lapsed else "ended"
        since = f"was in force from {unit} {taking.taken} and {how} at {unit} {taking.ended}"
        text = f"{_with_owners(case, [measure])} {since}."
        yield Sentence(text=text, measures=(measure,))
    if standing.left_out:
        without = "it" if len(standing.lost) == 1 else "them"
        text = f"Without {without}, {quote_measures(case, standing.left_out)} cannot be taken."
        yield Sentence(text=text, measures=standing.left_out)


def explain_onward(entry: RoadmapProgress, onward: Onward) -> Iterator[Sentence]:
    """Yield the verdict on one way on, or why there is none."""
    name = onward.rest.roadmap.name
    if onward.rest.problems:
        yield Sentence(text=f"“{name}” cannot be taken as it stands: {'; '.join(onward.rest.problems)}.")
        return
    if onward.evaluation is None:
        yield Sentence(
            text=f"Nothing of “{entry.roadmap.name}” is in force, and without what was lost nothing is left."
        )
        return
    yield from explain_evaluation(onward.evaluation)
    told = {id(row) for row in worst_by_party(onward.evaluation.tempted())}
    for row in onward.evaluation.tempted():
        if row.stage == 0 and id(row) not in told:
            yield Sentence(text=describe_row(onward.evaluation, row), parties=(row.party,), measures=row.deviation.undo)
    unit = entry.case.period or "period"
    for number, length in zip(onward.rest.numbers, onward.evaluation.durations, strict=True):
        planned = entry.standing.planned[number - 1] if number <= len(entry.standing.planned) else length
        if length > planned:
            text = (
                f"Stage {number} now lasts {count_periods(length, unit)} in place of {planned}, since verifying takes "
                "longer with what is in force."
            )
            yield Sentence(text=text, stage=number)


def delayed(entry: RoadmapProgress) -> Onward | None:
    """Return the way on whose delay is told: the rest, or with what was lost taken again if nothing else is left."""
    return next((way for way in (entry.rest, entry.retaken) if way is not None and way.delays), None)


def _delay(entry: RoadmapProgress) -> Iterator[Sentence]:
    onward = delayed(entry)
    if onward is None or onward.evaluation is None:
        return
    case, unit = entry.case, entry.case.period or "period"
    stage = describe_stage(case, onward.rest.roadmap.stages[0])
    place = f"stage {onward.rest.numbers[0]}, {stage},"
    losing = [delay for delay in onward.delays if delay.loss > NEGLIGIBLE]
    gaining = [delay for delay in onward.delays if delay.loss < -NEGLIGIBLE]
    clauses = []
    if losing:
        clauses.append(f"costs {_amounts(case, losing)}")
    if gaining:
        clauses.append(f"is worth {_amounts(case, gaining)}")
    said = " and ".join(clauses) or "costs nobody anything"
    yield Sentence(
        text=f"Each further {unit} before {place} {said}, in each party’s own value units.",
        parties=tuple(delay.party for delay in (*losing, *gaining)),
        stage=onward.rest.numbers[0],
    )
    bounded = [(delay.unwilling_after, delay.party) for delay in onward.delays if delay.unwilling_after is not None]
    if not bounded:
        yield Sentence(text="However long that takes, nobody would do better by undoing something or walking out now.")
        return
    first, _ = min(bounded)
    parties = tuple(party for periods, party in bounded if periods == first)
    names = join_words(case.party(party).name for party in parties)
    if first == 1:
        text = f"Any further delay is too long for {names}: undoing something or walking out now is worth more to"
        yield Sentence(text=f"{text} {'it' if len(parties) == 1 else 'them'} than waiting.", parties=parties)
        return
    yield Sentence(
        text=f"If it took {count_periods(first, unit)} more, {names} would do better by undoing something or walking "
        "out now than by waiting.",
        parties=parties,
    )


def _amounts(case: Case, delays: Sequence[PartyDelay]) -> str:
    return join_words(f"{case.party(delay.party).name} {abs(delay.loss):.2g}" for delay in delays)


def _sunk(entry: RoadmapProgress) -> Iterator[Sentence]:
    case = entry.case
    spent = [sunk for sunk in entry.sunk if sunk.total]
    if spent:
        told = join_words(
            f"{case.party(sunk.party).name} {sunk.total:.3g} (worth {sunk.compounded:.3g} now)" for sunk in spent
        )
        yield Sentence(
            text=f"Spent so far on taking and ending measures, and in no margin because it cannot be had back: {told}.",
            parties=tuple(sunk.party for sunk in spent),
        )
    unknown = entry.history.unattributed()
    if unknown:
        text = (
            f"What ending {quote_measures(case, unknown)} cost is not among it: progress does not say which of the "
            "owners ended it."
        )
        yield Sentence(text=text, measures=unknown)
