"""The numbers of a case: where each stands, what it is in words, and what it rests on.

A place is the dotted path of a case file, such as ``measures.freeze-tests.effects.security.dprk``.  The levels of a
graded measure are told as the author wrote them: as a total of the chain where they are shares of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detente.case import Assumption, Case, Claim, Condition, Measure, Quantity, Range, format_condition, point
from detente.casefile.levels import shares

SAME = 1e-9
"""Numbers that differ by no more than this share of the larger are the same but for rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber:
    """One number of a case.

    Parameters
    ----------
    place : str
        Its dotted path.
    label : str
        What it is, in words.
    quantity : Quantity
        Its value or range.
    """

    place: str
    label: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What a number rests on: claims that support its place, and assumptions that name it."""

    claims: tuple[Claim, ...]
    assumptions: tuple[Assumption, ...]


_TABLES = (
    ("value", "what “{measure}” is worth to {party}"),
    ("cost", "what taking “{measure}” costs {party}, once"),
    ("undo-cost", "what ending “{measure}” costs {party}, once"),
    ("deters", "what “{measure}” would cost {party} per {unit} if it broke the process"),
)


def _table(measure: Measure, key: str) -> Mapping[str, Quantity]:
    tables = {
        "value": measure.value,
        "cost": measure.cost,
        "undo-cost": measure.undo_cost,
        "deters": measure.deters,
    }
    return tables[key]


def _total(parts: Sequence[Quantity], weights: Sequence[float]) -> Quantity | None:
    """The total of which the parts are these shares; None if they are shares of no one total."""
    if any(isinstance(part, Range) for part in parts):
        ranges = [part if isinstance(part, Range) else Range(low=part, mode=part, high=part) for part in parts]
        ends = [_total([getattr(part, end) for part in ranges], weights) for end in ("low", "mode", "high")]
        low, mode, high = (end if isinstance(end, float) else None for end in ends)
        return None if low is None or mode is None or high is None else Range(low=low, mode=mode, high=high)
    numbers = [point(part) for part in parts]
    total = sum(numbers)
    fits = all(abs(n - total * w) <= SAME * max(abs(total), 1.0) for n, w in zip(numbers, weights, strict=True))
    return float(f"{total:.12g}") if fits else None


def levels_of(case: Case, chain: str) -> tuple[Measure, ...]:
    """Return the levels of a graded measure, the lowest first."""
    levels = [measure for measure in case.measures if measure.level is not None and measure.level.chain == chain]
    return tuple(sorted(levels, key=lambda measure: measure.level.number if measure.level else 0))


def chain_name(levels: Sequence[Measure]) -> str:
    """Return what the names of levels have in common, without the label of each."""
    first = levels[0]
    label = first.level.label if first.level else ""
    return first.name.removesuffix(label).rstrip(" .:,–—-(") or first.name


def _group_numbers(case: Case, measures: Sequence[Measure]) -> Iterator[CaseNumber]:
    """Yield the numbers of one measure, or of the levels of one: as a total where they are shares of it."""
    unit = case.period or "period"
    names = {party.id: party.name for party in case.parties}
    interests = {interest.id: interest.name for interest in case.interests}
    first = measures[0]
    chain = first.level.chain if first.level is not None else first.id
    labels = [measure.level.label for measure in measures if measure.level is not None]
    weights = shares(labels) if labels else (1.0,)

    def numbers(tables: Sequence[Mapping[str, Quantity]], way: str, template: str) -> Iterator[CaseNumber]:
        parties = [party for party in names if any(party in table for table in tables)]
        for party in parties:
            words = {"party": names[party], "unit": unit}
            total = _total([table.get(party, 0.0) for table in tables], weights)
            if total is not None:
                name = chain_name(measures) if labels else first.name
                label = template.format(measure=name, **words)
                yield CaseNumber(place=f"measures.{chain}.{way}.{party}", label=label, quantity=total)
                continue
            for measure, table in zip(measures, tables, strict=True):
                if party in table:
                    label = template.format(measure=measure.name, **words)
                    place = f"measures.{measure.id}.{way}.{party}"
                    yield CaseNumber(place=place, label=label, quantity=table[party])

    for key, template in _TABLES:
        yield from numbers([_table(measure, key) for measure in measures], key, template)
    for interest in dict.fromkeys(interest for measure in measures for interest in measure.effects):
        effects = [measure.effects.get(interest, {}) for measure in measures]
        template = f"what “{{measure}}” adds to “{interests[interest]}” for {{party}}"
        yield from numbers(effects, f"effects.{interest}", template)
    name = chain_name(measures) if labels else first.name
    label = f"{unit}s until an end of “{name}” is noticed"
    yield CaseNumber(place=f"measures.{chain}.detection-lag", label=label, quantity=float(first.detection_lag))
    for target, periods in first.verifies.items():
        label = f"{unit}s until an end of “{case.measure(target).name}” is noticed with “{name}” in force"
        yield CaseNumber(place=f"measures.{chain}.verifies.{target}", label=label, quantity=float(periods))


def case_numbers(case: Case) -> Iterator[CaseNumber]:
    """Yield the numbers of a case that verdicts on roadmaps rest on, in declared order.

    Durations are left out: they say how long stages take, and a roadmap may state its own.
    """
    unit = case.period or "period"
    for party in case.parties:
        if party.discount is not None:
            label = f"{party.name}: discount factor per {unit}"
            yield CaseNumber(place=f"parties.{party.id}.discount", label=label, quantity=party.discount)
        label = f"{party.name}: chance per {unit} that its politics end the process"
        yield CaseNumber(place=f"parties.{party.id}.hazard", label=label, quantity=party.hazard)
        label = f"{party.name}: value per {unit} of living in a broken process"
        yield CaseNumber(place=f"parties.{party.id}.breakdown", label=label, quantity=party.breakdown)
    for interest in case.interests:
        for owner, weight in interest.weight.items():
            label = f"weight of “{interest.name}” for {case.party(owner).name}"
            yield CaseNumber(place=f"interests.{interest.id}.weight.{owner}", label=label, quantity=weight)
    done: set[str] = set()
    for measure in case.measures:
        chain = measure.level.chain if measure.level is not None else measure.id
        if chain not in done:
            done.add(chain)
            yield from _group_numbers(case, [measure] if measure.level is None else levels_of(case, chain))
    for number, term in enumerate(case.terms):
        label = f"what the combination of {_in_words(case, term.when)} is worth to {case.party(term.party).name}"
        yield CaseNumber(place=f"terms.{number}.value", label=label, quantity=term.value)


def _in_words(case: Case, condition: Condition) -> str:
    """A condition with the names of its measures."""
    names = {measure.id: f"“{measure.name}”" for measure in case.measures}
    words = format_condition(condition).replace("(", "( ").replace(")", " )").split(" ")
    return " ".join(names.get(word, word) for word in words).replace("( ", "(").replace(" )", ")")


def covers(place: str, number: str) -> bool:
    """Tell whether a place is a number's or lies above it: a path covers everything below it."""
    return number == place or number.startswith(f"{place}.")


def support_of(case: Case, place: str, *, reading: str | None = None) -> Support:
    """Return what the number at a place rests on; of a reading's setting, what the reading's value rests on.

    For a setting, claims and assumptions that name it come first; if none does, those that name the place in the base
    case and come from the reading's document.
    """

    def named(number: str) -> Support:
        return Support(
            claims=tuple(claim for claim in case.claims if any(covers(p, number) for p in claim.supports)),
            assumptions=tuple(a for a in case.assumptions if any(covers(p, number) for p in a.places)),
        )

    base = named(place)
    if reading is None:
        return base
    own = named(f"readings.{reading}.set.{place}")
    if own.claims or own.assumptions:
        return own
    document = next(r.document for r in case.readings if r.id == reading)
    return Support(claims=tuple(claim for claim in base.claims if claim.document == document), assumptions=())
