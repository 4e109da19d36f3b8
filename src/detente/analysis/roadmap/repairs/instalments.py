"""A measure in equal instalments: the same case with a measure as a graded one (§2 of the model).

The graded measure keeps the id; its numbers become totals of the chain, each instalment an equal share of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from detente.case import (
    Case,
    Condition,
    InForce,
    Joined,
    Level,
    Measure,
    Not,
    OrdinalPreference,
    Quantity,
    Ranking,
    Ranks,
    Reading,
    Roadmap,
    Statements,
    States,
    Tiers,
    Weights,
)
from detente.casefile.levels import share_of, shares

LABELS: Mapping[int, tuple[str, ...]] = {
    2: ("50%", "100%"),
    3: ("one-third", "two-thirds", "three-thirds"),
}
"""Labels of two and of three instalments; what is no percentage gets equal shares."""


def why_not_split(case: Case, measure: Measure) -> str:
    """Say why a measure cannot be taken in instalments; an empty text if it can."""
    name = f"“{measure.name}”"
    if measure.level is not None:
        return f"{name} is a level of a graded measure already"
    if measure.verifies:
        return f"{name} verifies others, and what a part of it would verify is not known"
    if any(isinstance(given, Ranking | Ranks) for given in case.preferences.values()):
        return f"{name} is part of states that a party's preferences list one by one"
    for reading in case.readings:
        for place, value in reading.settings.items():
            if not _is_stages(place) and _names(value, measure.id):
                return f"{name} is named in what the reading “{reading.name}” sets"
    return ""


def _is_stages(place: str) -> bool:
    return place.startswith("roadmaps.") and place.endswith(".stages")


def _names(value: object, measure: str) -> bool:
    """Tell whether a setting's value speaks of a measure."""
    if isinstance(value, str):
        return measure in value.replace("(", " ").replace(")", " ").split()
    if isinstance(value, Mapping):
        return any(key == measure or _names(item, measure) for key, item in value.items())
    return isinstance(value, list | tuple) and any(_names(item, measure) for item in value)


def split_ids(measure: str, number: int) -> tuple[str, ...]:
    """Return the ids of the instalments of a measure, the first first."""
    return tuple(f"{measure}.{label}" for label in LABELS[number])


def with_instalments(case: Case, measure: str, number: int) -> Case:
    """Return a case with a measure in so many equal instalments, taken wherever the measure was.

    Whatever requires the measure, comes after it or values a combination with it waits for the last instalment; what
    excludes it excludes the first.  An infeasible pattern applies from the first instalment on where the measure must
    be in force for it, and until the last where it must not.  The outcome is not checked.
    """
    ids = split_ids(measure, number)
    first, last = ids[0], ids[-1]

    def all_of(entries: Iterable[str]) -> tuple[str, ...]:
        return tuple(new for entry in entries for new in (ids if entry == measure else (entry,)))

    def one_of(entries: Iterable[str], new: str) -> tuple[str, ...]:
        return tuple(new if entry == measure else entry for entry in entries)

    def referring(other: Measure) -> Measure:
        return replace(
            other,
            requires=one_of(other.requires, last),
            after=one_of(other.after, last),
            excludes=one_of(other.excludes, first),
            verifies={new: lag for target, lag in other.verifies.items() for new in all_of([target])},
        )

    def roadmap(entry: Roadmap) -> Roadmap:
        return replace(entry, stages=tuple(all_of(stage) for stage in entry.stages))

    def reading(entry: Reading) -> Reading:
        settings = {
            place: [list(all_of(stage)) for stage in value] if _is_stages(place) and isinstance(value, list) else value
            for place, value in entry.settings.items()
        }
        return replace(entry, settings=settings)

    return replace(
        case,
        measures=tuple(
            new
            for other in case.measures
            for new in (_instalments(other, ids) if other.id == measure else (referring(other),))
        ),
        terms=tuple(replace(term, when=_renamed(term.when, measure, last, last)) for term in case.terms),
        infeasible=tuple(_renamed(pattern, measure, first, last) for pattern in case.infeasible),
        preferences={party: _preferred(given, measure, ids) for party, given in case.preferences.items()},
        unknown={
            party: replace(unknown, pairs=_pairs(unknown.pairs, measure, last))
            for party, unknown in case.unknown.items()
        },
        strong={
            party: replace(strong, pairs=_pairs(strong.pairs, measure, last)) for party, strong in case.strong.items()
        },
        status_quo=all_of(case.status_quo),
        roadmaps=tuple(roadmap(entry) for entry in case.roadmaps),
        progress=tuple(replace(entry, measure=new) for entry in case.progress for new in all_of([entry.measure])),
        readings=tuple(reading(entry) for entry in case.readings),
    )


def _pairs(pairs: tuple[tuple[States, States], ...], measure: str, last: str) -> tuple[tuple[States, States], ...]:
    def renamed(states: States) -> States:
        return states if isinstance(states, tuple) else _renamed(states, measure, last, last)

    return tuple((renamed(one), renamed(other)) for one, other in pairs)


def _preferred(given: OrdinalPreference, measure: str, ids: tuple[str, ...]) -> OrdinalPreference:
    """Return a preference in which the last instalment counts as the measure did, and the earlier ones for nothing."""
    last = ids[-1]
    match given:
        case Statements(statements=statements):
            return Statements(statements=tuple(_renamed(s, measure, last, last) for s in statements))
        case Tiers(tiers=tiers):
            renamed = (
                tuple(replace(counted, when=_renamed(counted.when, measure, last, last)) for counted in tier)
                for tier in tiers
            )
            return Tiers(tiers=tuple(renamed))
        case Weights(weights=weights) if measure in weights:
            others = {other: weight for other, weight in weights.items() if other != measure}
            return Weights(weights={**others, **dict.fromkeys(ids, 0.0), last: weights[measure]})
    return given


def _instalments(measure: Measure, ids: tuple[str, ...]) -> tuple[Measure, ...]:
    labels = LABELS[len(ids)]

    def shared(numbers: Mapping[str, Quantity], share: float) -> dict[str, Quantity]:
        return {party: share_of(number, share) for party, number in numbers.items()}

    return tuple(
        replace(
            measure,
            id=new,
            name=f"{measure.name} {label}",
            value=shared(measure.value, share),
            effects={interest: shared(effect, share) for interest, effect in measure.effects.items()},
            cost=shared(measure.cost, share),
            undo_cost=shared(measure.undo_cost, share),
            deters=shared(measure.deters, share),
            requires=measure.requires if number == 0 else (ids[number - 1], *measure.requires),
            level=Level(chain=measure.id, label=label, number=number + 1),
        )
        for number, (new, label, share) in enumerate(zip(ids, labels, shares(labels), strict=True))
    )


def _renamed(condition: Condition, measure: str, positive: str, negative: str) -> Condition:
    """Return a condition with a measure replaced: by one where it makes it true, by another where it makes it false."""
    match condition:
        case InForce(measure=named):
            return InForce(measure=positive) if named == measure else condition
        case Not(operand=operand):
            return Not(operand=_renamed(operand, measure, negative, positive))
        case Joined(connective="if", operands=(then, given)):
            operands = (
                _renamed(then, measure, positive, negative),
                _renamed(given, measure, negative, positive),
            )
            return replace(condition, operands=operands)
        case Joined(connective="iff", operands=operands):
            # Neither way only: the whole measure counts.
            return replace(condition, operands=tuple(_renamed(o, measure, negative, negative) for o in operands))
        case Joined(operands=operands):
            return replace(condition, operands=tuple(_renamed(o, measure, positive, negative) for o in operands))
