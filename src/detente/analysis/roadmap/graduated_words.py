"""Verdicts with graduated answers in plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.roadmap.explanation import describe_place, describe_row
from detente.analysis.words import join_words, quote_measures
from detente.display.prose import count_noun
from detente.kernel.graduated import Outcome
from detente.kernel.roadmap import HOLDS

if TYPE_CHECKING:
    from detente.analysis.roadmap.graduated import GraduatedRoadmap
    from detente.analysis.roadmap.graduated_rows import GraduatedRow, OthersMargin

SAME = 1e-9
"""Margins that differ by no more are the same."""


def describe_answer(entry: GraduatedRoadmap, graduated: GraduatedRow) -> str:
    """Say what the best deviation of a check would meet, and what the party would do then; empty for leaving."""
    answer = graduated.answer
    if answer is None:
        return ""
    case = entry.ordinary.case
    unit = case.period or "period"
    party = case.party(graduated.row.party).name
    how_long = "for good" if entry.answer_periods is None else f"for {count_noun(entry.answer_periods, unit)}"
    if answer.suspend:
        said = (
            f"The others would suspend {quote_measures(case, answer.suspend)} {how_long}, which loses {party} "
            f"{answer.loss:.2g} a {unit}; the deviation gains it {answer.gain:.2g}"
        )
        if not answer.enough:
            said += f", and {answer.needed:.2g} would be in proportion, but that is all that can be suspended"
    elif answer.gain > 0.0:
        said = f"Nothing that benefits {party} can be suspended"
    else:
        said = f"That gains {party} nothing a {unit} while it lasts, so nothing would be suspended"
    match answer.outcome:
        case Outcome.RETURNS:
            then = "then it would return" if answer.suspend else f"it would return after {_periods(entry, unit)} more"
        case Outcome.REFUSES:
            then = "it would refuse to return, or its return would not last"
        case Outcome.LEAVES:
            then = "it would walk out at once"
        case Outcome.STAYS:
            then = "it would live with that" if answer.suspend else "it would go on like that"
    return f"{said}; {then}."


def _periods(entry: GraduatedRoadmap, unit: str) -> str:
    assert entry.answer_periods is not None, "after an answer for good nobody returns"
    return count_noun(entry.answer_periods, unit)


def describe_others(entry: GraduatedRoadmap, graduated: GraduatedRow, given: OthersMargin) -> str:
    """Say what a party that should answer, or resume, would gain or lose by not doing so."""
    case = entry.ordinary.case
    unit = case.period or "period"
    deed = {
        "let it stand": "letting it stand",
        "break off": "breaking off",
        "keep back": "keeping back what it suspended",
        "walk out": "walking out",
    }[given.instead]
    verb = "gain" if given.flow_margin < 0 else "lose"
    party, other = case.party(given.party).name, case.party(graduated.row.party).name
    what = quote_measures(case, given.suspend)
    duty = (
        f"suspend {what} against a deviation of {other}"
        if given.instead in {"let it stand", "break off"}
        else f"resume {what} when {other} returns"
    )
    return (
        f"{describe_place(entry.ordinary, graduated.row)}, {party} would have to {duty}, and would {verb} "
        f"{abs(given.flow_margin):.2g} a {unit} by {deed} instead."
    )


Finding = tuple[str, float, "GraduatedRow"]
"""Whose margin, the margin per period, and the check."""


def _tempted(entry: GraduatedRoadmap) -> list[Finding]:
    return [(row.row.party, row.row.flow_margin, row) for row in entry.rows if row.is_tempted]


def _unwilling(rows: Iterable[GraduatedRow], given: Callable[[GraduatedRow], OthersMargin | None]) -> list[Finding]:
    """The checks at which somebody would rather not answer, or not resume."""
    margins = [(row, given(row)) for row in rows]
    return [
        (margin.party, margin.flow_margin, row)
        for row, margin in margins
        if margin is not None and margin.margin < -HOLDS
    ]


def _not_answering(entry: GraduatedRoadmap) -> list[Finding]:
    return _unwilling(entry.rows, lambda row: row.answering)


def _not_resuming(entry: GraduatedRoadmap) -> list[Finding]:
    return _unwilling(entry.rows, lambda row: row.resuming)


def _worst(findings: Iterable[Finding]) -> list[GraduatedRow]:
    """The worst check of each party, the worst party first."""
    worst: dict[str, Finding] = {}
    for finding in findings:
        party, margin, _ = finding
        if party not in worst or margin < worst[party][1]:
            worst[party] = finding
    return [row for _, _, row in sorted(worst.values(), key=lambda finding: finding[1])]


def _row_sentence(entry: GraduatedRoadmap, graduated: GraduatedRow) -> Sentence:
    row = graduated.row
    suspended = () if graduated.answer is None else graduated.answer.suspend
    return Sentence(
        text=f"{describe_row(entry.ordinary, row)} {describe_answer(entry, graduated)}".rstrip(),
        parties=(row.party,),
        measures=(*row.deviation.withhold, *row.deviation.undo, *suspended),
        stage=row.stage,
    )


def _others_sentences(
    entry: GraduatedRoadmap, findings: Iterable[Finding], given: Callable[[GraduatedRow], OthersMargin | None]
) -> Iterator[Sentence]:
    for row in _worst(findings):
        margin = given(row)
        assert margin is not None, "only checks with such a margin are found"
        yield Sentence(
            text=describe_others(entry, row, margin),
            parties=(margin.party, row.row.party),
            measures=margin.suspend,
            stage=row.row.stage,
        )


def _title(entry: GraduatedRoadmap) -> str:
    title = f"“{entry.ordinary.name}”"
    if entry.reading is None:
        return title
    readings = entry.ordinary.case.readings
    name = next((reading.name for reading in readings if reading.id == entry.reading), entry.reading)
    return f"Under the reading “{name}”, {title}"


def _verdict(entry: GraduatedRoadmap) -> Sentence:
    if entry.holds:
        return Sentence(
            text=f"{_title(entry)} holds with graduated answers: nobody would do better by reneging, by not answering "
            "or by not resuming."
        )
    case = entry.ordinary.case
    clauses, parties = [], []
    for findings, deed in (
        (_tempted(entry), "reneging"),
        (_not_answering(entry), "not answering"),
        (_not_resuming(entry), "not resuming"),
    ):
        if findings:
            who = list(dict.fromkeys(party for party, _, _ in findings))
            names = join_words(case.party(party).name for party in who)
            parties.extend(who)
            clauses.append(f"{names} would do better by {deed}, at {len(findings)} of {len(entry.rows)} checks")
    return Sentence(
        text=f"{_title(entry)} does not hold with graduated answers: {'; '.join(clauses)}.",
        parties=tuple(dict.fromkeys(parties)),
    )


def explain_graduated(entry: GraduatedRoadmap) -> Iterator[Sentence]:
    """Yield the verdict, who would not comply, answer or resume, the ordinary model beside it, and false alarms."""
    yield _verdict(entry)
    for row in _worst(_tempted(entry)) or [entry.critical]:
        yield _row_sentence(entry, row)
    yield from _others_sentences(entry, _not_answering(entry), lambda row: row.answering)
    yield from _others_sentences(entry, _not_resuming(entry), lambda row: row.resuming)
    yield _compared(entry)
    yield from _alarm_sentences(entry)


def _compared(entry: GraduatedRoadmap) -> Sentence:
    weaker = sum(row.row.margin < row.ordinary_margin - SAME for row in entry.rows)
    stronger = sum(row.row.margin > row.ordinary_margin + SAME for row in entry.rows)
    verdict = "holds" if entry.ordinary.holds else "does not hold"
    return Sentence(
        text=f"With full breakdown as the only answer it {verdict}; graduated answers deter less at {weaker} and more "
        f"at {stronger} of {len(entry.rows)} checks."
    )


def _percent(chance: float) -> str:
    return f"{100.0 * chance:.2g}%" if chance < 0.995 else f"{100.0 * chance:.4g}%"


def _alarm_sentences(entry: GraduatedRoadmap) -> Iterator[Sentence]:
    costs = entry.false_alarm
    if costs is None:
        return
    case = entry.ordinary.case
    unit = case.period or "period"
    yield Sentence(
        text=f"With a chance of {costs.chance:.3g} a {unit} of a false alarm, alarms alone break it before its last "
        f"stage is verified with a chance of {_percent(1.0 - costs.reaches_end_breakdown)} if each is met by full "
        f"breakdown, and of {_percent(1.0 - costs.reaches_end_graduated)} with graduated answers."
    )
    losses = "; ".join(
        f"{case.party(cost.party).name} {cost.breakdown:.2g} and {cost.graduated:.2g}" for cost in costs.parties
    )
    negative = any(min(cost.breakdown, cost.graduated) < -HOLDS for cost in costs.parties)
    yield Sentence(
        text=f"What false alarms cost a {unit}, with full breakdown and with graduated answers"
        f"{' (below zero the party gains)' if negative else ''}: {losses}.",
        parties=tuple(cost.party for cost in costs.parties),
    )
    better = [cost.party for cost in costs.parties if cost.gain_breakdown < -HOLDS <= cost.gain_graduated]
    if better:
        names = join_words(case.party(party).name for party in better)
        yield Sentence(
            text=f"If alarms are met by full breakdown, {names} would lose by starting it at all; with graduated "
            "answers not.",
            parties=tuple(better),
        )
