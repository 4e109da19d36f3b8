"""Ordinal preferences in a case file: what may stand there, how it is read, and how it is written back (§3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from detente.case import (
    Case,
    Condition,
    Counted,
    OrdinalPreference,
    Ranking,
    Ranks,
    Statements,
    States,
    Strong,
    Tiers,
    Unknown,
    Weights,
    format_condition,
)
from detente.casefile.compounds import Either, Listing, Record, Table
from detente.casefile.levels import Read
from detente.casefile.plain_numbers import number_to_plain, numbers_to_plain, shortened
from detente.casefile.references import ConditionText, Reference, StatesThat, StateText
from detente.casefile.shapes import Choice, Number
from detente.casefile.tree import Plain

_any_number = Number(ranged=True)
_counted = Record(fields={"when": ConditionText(), "weight": _any_number}, required=("when", "weight"))
_tier = Listing(
    item=Either(mapping=_counted, scalar=ConditionText(), expected="a condition or {when: condition, weight: number}"),
    least=1,
)
_place = Listing(item=StateText(), least=1)
_pair = Listing(item=StatesThat(), least=2, most=2)
_threshold = Number(above=0)

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
        "unknown": Either(
            sequence=Listing(item=_pair),
            scalar=Choice(("all",)),
            expected="`all`, or a list of pairs of conditions",
        ),
        "strong": Either(
            sequence=Listing(
                item=Either(sequence=_pair, scalar=_threshold, expected="a number or a pair of conditions")
            ),
            scalar=_threshold,
            expected="a difference, a list of rising differences, or a list of pairs of conditions",
        ),
    },
    one_of=("statements", "weights", "ranking", "ranks"),
    without=("unknown", "strong"),
)
"""What stands under ``preferences`` for one party."""


class Stated(NamedTuple):
    """What ``preferences`` says of one party: an order, what of it is unknown, what of it is strong."""

    party: str
    order: OrdinalPreference | None
    unknown: Unknown | None
    strong: Strong | None


def build_preference(key: str, read: Read) -> Stated:
    """Return what was read for a party."""
    unknown = strong = None
    if read.get("unknown"):
        is_all = read["unknown"] == "all"
        pairs = () if is_all else tuple((one, other) for one, other in read["unknown"])
        unknown = Unknown(pairs=pairs, everything=is_all)
    if read.get("strong"):
        stated = read["strong"] if isinstance(read["strong"], list) else [read["strong"]]
        strong = Strong(
            thresholds=tuple(float(item) for item in stated if not isinstance(item, list)),
            pairs=tuple((item[0], item[1]) for item in stated if isinstance(item, list)),
        )
    return Stated(key, _order(read), unknown, strong)


def _order(read: Read) -> OrdinalPreference | None:
    if "statements" in read:
        return _statements(read["statements"])
    if "weights" in read:
        return Weights(weights=read["weights"])
    if "ranks" in read:
        return Ranks(ranks=tuple(read["ranks"]))
    if "ranking" in read:
        places = (place if isinstance(place, list) else [place] for place in read["ranking"])
        return Ranking(places=tuple(tuple(place) for place in places))
    return None


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


def preferences_to_plain(case: Case) -> Plain:
    """Return what a case says under ``preferences``."""
    plain: dict[str, Plain] = {}
    for party in dict.fromkeys([*case.preferences, *case.unknown, *case.strong]):
        entry: dict[str, Plain] = {}
        if party in case.preferences:
            entry |= _order_to_plain(case, case.preferences[party])
        if party in case.unknown:
            unknown = case.unknown[party]
            entry["unknown"] = "all" if unknown.everything else _pairs_to_plain(unknown.pairs)
        if party in case.strong:
            strong = case.strong[party]
            thresholds = [shortened(threshold) for threshold in strong.thresholds]
            pairs = _pairs_to_plain(strong.pairs)
            entry["strong"] = thresholds[0] if len(thresholds) == 1 and not pairs else [*thresholds, *pairs]
        plain[party] = entry
    return plain


def _pairs_to_plain(pairs: tuple[tuple[States, States], ...]) -> list[Plain]:
    return [[_states_to_plain(one), _states_to_plain(other)] for one, other in pairs]


def _states_to_plain(states: States) -> Plain:
    if not isinstance(states, tuple):
        return format_condition(states)
    return states[0] if len(states) == 1 else list[Plain](states)


def _order_to_plain(case: Case, given: OrdinalPreference) -> dict[str, Plain]:
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
