"""Who is indispensable and which format serves, in plain sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.roadmap.coalitions import Coalition, Grounds
from detente.analysis.roadmap.indispensability_parts import SPOILS, Amount, ReadingWorth, SourceKind, SourceWorth
from detente.analysis.words import join_words, quote_measures
from detente.case import Case
from detente.display.prose import format_short

if TYPE_CHECKING:
    from detente.analysis.roadmap.indispensability import Indispensability

MOST_SOURCES = 2
"""Sources named per party."""


def say_amount(amount: Amount) -> str:
    """Write a number, or the interval that it lies in."""
    if amount.is_exact:
        return format_short(amount.value)
    if math.isinf(amount.low):
        return "open"
    high = "more" if math.isinf(amount.high) else format_short(amount.high)
    return f"{format_short(amount.low)} to {high}"


def say_score(table: Coalition) -> str:
    """Write the score of a table, or the interval that it lies in."""
    return say_amount(Amount(value=table.value, low=table.value, high=table.bound))


def say_within(within_all: float | None) -> str:
    """Write what the parties of a format have at the table of all; a dash where that has no roadmap."""
    return "–" if within_all is None else format_short(within_all)


def say_grounds(names: dict[str, str], table: Coalition) -> str:
    """Say in a clause why a table comes to nothing, or why its value is open; empty where it comes to something."""
    losers = join_words(names[party] for party in table.losers)
    match table.grounds:
        case Grounds.FOUND:
            return ""
        case Grounds.FEW:
            return "one party alone has nobody to agree with"
        case Grounds.NOTHING:
            return "there is nothing that they can take without others"
        case Grounds.LOSES:
            return f"{losers} would gain nothing from anything that they can take without others"
        case Grounds.NONE:
            return "no roadmap of theirs holds"
        case Grounds.UNEVEN:
            return f"no roadmap of theirs that holds leaves {losers} better off"
        case Grounds.STOPPED:
            return "the search was stopped before it was proven"
    return "the search would need more memory than allowed; a smaller --max-per-stage may help"


def _title(result: Indispensability, entry: ReadingWorth) -> str:
    if entry.reading is None:
        return "in the base case" if len(result.readings) > 1 else ""
    name = next((r.name for r in result.case.readings if r.id == entry.reading), entry.reading)
    return f"under the reading “{name}”"


def _starting(title: str, text: str) -> str:
    if not title:
        return text[:1].upper() + text[1:]
    return f"{title[:1].upper()}{title[1:]}, {text}"


def _names(case: Case) -> dict[str, str]:
    return {party.id: party.name for party in case.parties}


def _among(names: dict[str, str], parties: Iterable[str]) -> str:
    return join_words(names[party] for party in parties)


def _explain_everybody(title: str, names: dict[str, str], entry: ReadingWorth, unit: str) -> Iterator[Sentence]:
    table = entry.everybody
    all_of_them = "both parties" if len(table.parties) == 2 else f"all {len(table.parties)} parties"
    if table.value > 0.0:
        proven = "" if table.is_proven else f", and at most {format_short(table.bound)}"
        text = (
            f"the best roadmap of {all_of_them} adds {format_short(table.value)}{proven} a {unit} "
            "to what each has, as the geometric mean over them"
        )
    elif len(table.parties) == 1:
        text = f"{names[table.parties[0]]} is the only party: {say_grounds(names, table)}"
    elif table.is_proven:
        text = f"{all_of_them} together come to nothing: {say_grounds(names, table)}"
    else:
        text = f"it is open whether {all_of_them} come to anything: {say_grounds(names, table)}"
    yield Sentence(text=_starting(title, f"{text}."), parties=table.parties)


def _explain_needed(names: dict[str, str], entry: ReadingWorth) -> Iterator[Sentence]:
    needed = [worth.party for worth in entry.parties if worth.is_needed]
    if needed:
        yield Sentence(
            text=f"Without {_among(names, needed) if len(needed) == 1 else _either(names, needed)}, no others come to "
            "anything, whoever sits down.",
            parties=tuple(needed),
        )
    whole = entry.everybody
    for worth, refusal in zip(entry.parties, entry.refusals, strict=True):
        if worth.is_needed or not worth.marginal.is_exact or not whole.is_proven:
            continue
        name, left = names[worth.party], refusal.absent
        if whole.value <= 0.0 and left.value <= 0.0:
            continue
        grounds = say_grounds(names, left)
        why = f", since {grounds}" if grounds else ""
        became = "stays" if abs(worth.marginal.value) <= SPOILS else f"becomes {format_short(left.value)}"
        text = f"Without {name}, {format_short(whole.value)} {became}{why}"
        if left.value > 0.0 and whole.value > 0.0:
            mean = left.value + worth.others.value
            moves = "falls" if worth.others.value > SPOILS else "rises" if worth.others.value < -SPOILS else ""
            if moves:
                text += (
                    f"; the mean of the others alone {moves} from {format_short(mean)} to {format_short(left.value)}"
                )
            else:
                text += "; the others alone have as much as with it"
        yield Sentence(text=f"{text}.", parties=(worth.party,))


def _either(names: dict[str, str], parties: Sequence[str]) -> str:
    return join_words((names[party] for party in parties), last="or")


def _explain_order(names: dict[str, str], entry: ReadingWorth) -> Iterator[Sentence]:
    if not any(abs(worth.shapley.value) > SPOILS for worth in entry.parties):
        return
    ranked = sorted(entry.parties, key=lambda worth: -worth.shapley.value)
    said = [f"{names[worth.party]} {say_amount(worth.shapley)}" for worth in ranked]
    yield Sentence(
        text=f"What each adds on joining, as the mean over all orders of joining (the Shapley value): "
        f"{join_words(said)}.",
        parties=tuple(worth.party for worth in ranked),
    )


def _explain_formats(names: dict[str, str], entry: ReadingWorth) -> Iterator[Sentence]:
    best = entry.best_formats()
    if best and len(entry.formats) > 1:
        called = join_words(
            f"“{value.id}”" if value.is_named else f"the table of {_among(names, value.coalition.parties)}"
            for value in best
        )
        verb = "comes" if len(best) == 1 else "come"
        text = f"Of the formats compared, {called} {verb} to most, {format_short(best[0].coalition.value)}"
        if len(best) == 1 and best[0].coalition != entry.everybody and best[0].within_all:
            text += f"; at the table of all, the mean of the same parties is {format_short(best[0].within_all)}"
        text += "."
        yield Sentence(text=text, parties=best[0].coalition.parties)
    empty = [value for value in entry.formats if value.coalition.is_proven and value.coalition.value <= 0.0]
    for value in empty:
        table = value.coalition
        size = len(table.parties)
        if table == entry.everybody:
            continue
        if value.is_named:
            text = f"“{value.id}” comes to nothing: {say_grounds(names, table)}."
        else:
            text = f"No {size} parties by themselves come to anything."
        yield Sentence(text=text, parties=table.parties if value.is_named else ())


def describe_source(case: Case, worth: SourceWorth) -> str:
    """Name a source: “Tests suspended”, its part in “Talks”, its veto in the forum “unsc”."""
    source = worth.source
    match source.kind:
        case SourceKind.LEVER:
            return quote_measures(case, [source.of])
        case SourceKind.JOINT:
            return f"its part in {quote_measures(case, [source.of])}"
        case SourceKind.GUARANTEE:
            return f"the punishment that {quote_measures(case, [source.of])} promises"
    return f"its {source.kind.value} in the forum “{source.of}”"


def _left(whole: Amount, source: SourceWorth) -> str:
    """What is left of a Shapley value without a source."""
    if whole.is_exact and source.shapley.is_exact:
        return format_short(round(whole.value - source.shapley.value, 12))
    return f"smaller by {say_amount(source.shapley)}"


def _explain_sources(case: Case, names: dict[str, str], entry: ReadingWorth) -> Iterator[Sentence]:
    for worth in entry.parties:
        own = [source for source in entry.sources or () if source.source.party == worth.party]
        telling = sorted(
            (source for source in own if source.shapley.low > SPOILS), key=lambda source: -source.shapley.value
        )[:MOST_SOURCES]
        name = names[worth.party]
        if telling:
            said = [f"{_left(worth.shapley, source)} without {describe_source(case, source)}" for source in telling]
            yield Sentence(
                text=f"The Shapley value of {name}, {say_amount(worth.shapley)}, would be {join_words(said)}.",
                parties=(worth.party,),
            )
        elif own and all(abs(source.shapley.value) <= SPOILS and source.shapley.is_exact for source in own):
            text = f"Nothing that {name} has makes a difference by itself to what it is worth."
            yield Sentence(text=text, parties=(worth.party,))


def _explain_spoilers(names: dict[str, str], entry: ReadingWorth) -> Iterator[Sentence]:
    spoilers = [refusal for refusal in entry.refusals if refusal.is_spoiler]
    for refusal in spoilers:
        grounds = say_grounds(names, refusal.refusing)
        why = f", since {grounds}" if grounds and refusal.refusing.value <= 0.0 else ""
        yield Sentence(
            text=f"A seat for {names[refusal.party]} at which it refuses its part costs more than its absence: all "
            f"come to {say_score(refusal.refusing)}{why}; the others without it to {say_score(refusal.absent)}.",
            parties=(refusal.party,),
        )
    if (
        not spoilers
        and entry.everybody.value > 0.0
        and all(r.refusing.is_proven and r.absent.is_proven for r in entry.refusals)
    ):
        yield Sentence(text="No party costs more by refusing its part at the table of all than by being absent.")


def _explain_open(entry: ReadingWorth) -> Iterator[Sentence]:
    open_tables = [table for table in entry.coalitions if not table.is_proven]
    if open_tables:
        subject = "One table was not settled; what rests on it"
        if len(open_tables) > 1:
            subject = f"{len(open_tables)} tables were not settled; what rests on them"
        yield Sentence(text=f"{subject} is told as an interval.")


def explain_reading(result: Indispensability, entry: ReadingWorth) -> Iterator[Sentence]:
    """Yield the answer under one reading."""
    case = result.case.under(entry.reading)
    names = _names(case)
    yield from _explain_everybody(_title(result, entry), names, entry, case.period or "period")
    yield from _explain_needed(names, entry)
    yield from _explain_order(names, entry)
    yield from _explain_formats(names, entry)
    yield from _explain_sources(case, names, entry)
    yield from _explain_spoilers(names, entry)
    yield from _explain_open(entry)


def explain_worth(result: Indispensability) -> Iterator[Sentence]:
    """Yield the answer under every reading, what readings change, and how it is to be read."""
    for entry in result.readings:
        yield from explain_reading(result, entry)
    yield from explain_differences(result)
    yield from explain_scale(result)


def explain_differences(result: Indispensability) -> Iterator[Sentence]:
    """Yield what each party is worth under every reading, where there are several."""
    if len(result.readings) < 2:
        return
    if not any(table.bound > 0.0 for entry in result.readings for table in entry.coalitions):
        yield Sentence(text="Under none of these readings does any table come to anything.")
        return
    for place, party in enumerate(result.case.parties):
        said = []
        for entry in result.readings:
            own = entry.parties[place].shapley
            ahead = sum(worth.shapley.value > own.value + SPOILS for worth in entry.parties)
            said.append(f"{say_amount(own)} (place {ahead + 1}) {_title(result, entry)}")
        yield Sentence(text=f"Shapley value of {party.name}: {', '.join(said)}.", parties=(party.id,))


def explain_scale(result: Indispensability) -> Iterator[Sentence]:
    """Yield what the numbers can bear."""
    limit = result.parameters.get("max_per_stage")
    if limit is not None:
        noun = "measure" if limit == 1 else "measures"
        yield Sentence(text=f"Every table took at most {limit} {noun} a stage; with more, each could reach more.")
    if any(entry.sources for entry in result.readings):
        yield Sentence(
            text="What would be gone without one thing overlaps with what would be gone without another: a lever is "
            "worth little without those that it goes with, so these numbers do not add up."
        )
    yield Sentence(
        text="Scores mix the parties' own units: tables of the same parties compare as they stand, tables of different "
        "parties only as far as one party's unit is worth another's. Who is needed at all depends on no unit."
    )
