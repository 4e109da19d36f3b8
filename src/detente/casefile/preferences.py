"""Ordinal preferences in a case file: what may stand there, how it is read, and how it is written back (§3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from detente.case import (
    Case,
    Condition,
    Counted,
    OrdinalPreference,
    Ranking,
    Ranks,
    Statements,
    Tiers,
    Weights,
    format_condition,
)
from detente.casefile.compounds import Either, Listing, Record, Table
from detente.casefile.levels import Read
from detente.casefile.plain_numbers import number_to_plain, numbers_to_plain, shortened
from detente.casefile.references import ConditionText, Reference, StateText
from detente.casefile.shapes import Number
from detente.casefile.tree import Plain

_any_number = Number(ranged=True)
_counted = Record(fields={"when": ConditionText(), "weight": _any_number}, required=("when", "weight"))
_tier = Listing(
    item=Either(mapping=_counted, scalar=ConditionText(), expected="a condition or {when: condition, weight: number}"),
    least=1,
)
_place = Listing(item=StateText(), least=1)

PREFERENCE: Final = Record(
    fields={
        "statements": Listing(
            item=Either(
                sequence=_tier,
                mapping=_counted,
                scalar=ConditionText(),
                expected="a condition, {when: condition, weight: number}, or a list of those that count alike",
            ),
            least=1,
        ),
        "weights": Table(key=Reference("measure"), value=_any_number, least=1),
        "ranking": Listing(
            item=Either(sequence=_place, scalar=StateText(), expected="a state or a list of states that tie"),
            least=1,
        ),
        "ranks": Listing(item=Number(), least=1),
    },
    one_of=("statements", "weights", "ranking", "ranks"),
)
"""What stands under ``preferences`` for one party."""


def build_preference(key: str, read: Read) -> tuple[str, OrdinalPreference]:
    """Return a party with the preference that was read for it."""
    if "statements" in read:
        return key, _statements(read["statements"])
    if "weights" in read:
        return key, Weights(weights=read["weights"])
    if "ranks" in read:
        return key, Ranks(ranks=tuple(read["ranks"]))
    places = (place if isinstance(place, list) else [place] for place in read.get("ranking", []))
    return key, Ranking(places=tuple(tuple(place) for place in places))


def _statements(stated: list[Any]) -> Statements | Tiers:  # Any: conditions, mappings and lists of these
    """Return a strict order of priority where that is all that is stated, else groups that add up."""
    groups = [stated] if is_weighted(stated) else [item if isinstance(item, list) else [item] for item in stated]
    tiers = tuple(tuple(map(_as_counted, group)) for group in groups)
    if all(len(tier) == 1 and tier[0].weight == 1 for tier in tiers):
        return Statements(statements=tuple(tier[0].when for tier in tiers))
    return Tiers(tiers=tiers)


def is_weighted(stated: list[Any]) -> bool:  # Any: as above
    """Tell whether all statements have weights, so that these add up."""
    return all(isinstance(item, dict) for item in stated)


def _as_counted(item: Condition | Mapping[str, Any]) -> Counted:  # Any: as above
    if isinstance(item, Mapping):
        return Counted(when=item["when"], weight=item["weight"])
    return Counted(when=item)


def preference_to_plain(case: Case, given: OrdinalPreference) -> Plain:
    """Return a preference as plain data with the keys of the case file."""
    match given:
        case Statements(statements=statements):
            return {"statements": [format_condition(statement) for statement in statements]}
        case Tiers(tiers=(tier,)) if any(counted.weight != 1 for counted in tier):
            return {"statements": [_weighted(counted) for counted in tier]}
        case Tiers(tiers=tiers):
            return {"statements": [_tier_to_plain(tier) for tier in tiers]}
        case Weights(weights=weights):
            return {"weights": numbers_to_plain(weights)}
        case Ranks(ranks=ranks):
            return {"ranks": [shortened(rank) for rank in ranks]}
    written = [[state_words(case, state) for state in tied] for tied in given.places]
    return {"ranking": [tied[0] if len(tied) == 1 else list[Plain](tied) for tied in written]}


def _weighted(counted: Counted) -> Plain:
    return {"when": format_condition(counted.when), "weight": number_to_plain(counted.weight)}


def _tier_to_plain(tier: tuple[Counted, ...]) -> Plain:
    items = [format_condition(c.when) if c.weight == 1 else _weighted(c) for c in tier]
    return items[0] if len(items) == 1 and isinstance(items[0], str) else items


def state_words(case: Case, state: frozenset[str]) -> str:
    """Write a state of a ranking as the case file does: the ids in force, or its name in the graph form."""
    if case.graph is not None and not case.measures:
        return next(iter(state))
    return " ".join(measure.id for measure in case.measures if measure.id in state) or "-"
