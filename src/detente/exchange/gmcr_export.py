"""A case as a ``.gmcr`` file: the same states, moves and orders, for GMCR+.

Options stand under their decision maker, so the numbers of states follow the format's canonical order and not the order
of the case.  Preferences are written as prioritised statements where all parties state them so, else as rankings of the
feasible states by hand.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from detente.case import Case, Condition, Direction, InForce, Joined, Not, Statements
from detente.conflict import Conflict, build_conflict
from detente.errors import LimitError, OptionError
from detente.exchange.files import written_whole
from detente.kernel.conflict import Int32Array
from detente.kernel.system import IntArray

MOST_RANKED = 1 << 16
"""Feasible states that a ranking by hand can name."""
MOST_CONJUNCTIONS = 200
"""Conjunctions that one condition may become; a statement with more is ranked by hand."""

_DIRECTIONS = {Direction.BOTH: "both", Direction.FORWARD: "fwd", Direction.BACKWARD: "back"}
Conjunction = Mapping[str, bool]


class _TooLongError(Exception):
    """A condition becomes more conjunctions than a file should hold."""


def conjunctions(condition: Condition, *, holds: bool = True) -> list[Conjunction]:
    """Return a condition as a disjunction of conjunctions; with `holds` false, its negation.

    Raises
    ------
    _TooLongError
        If there are more than `MOST_CONJUNCTIONS`.
    """
    match condition:
        case InForce(measure=measure):
            return [{measure: holds}]
        case Not(operand=operand):
            return conjunctions(operand, holds=not holds)
        case Joined(connective="if", operands=(first, second)):
            either = [(first, holds), (second, not holds)]
            return _any_of(either) if holds else _all_of(either)
        case Joined(connective="iff", operands=(first, second)):
            return _distinct(
                [*_all_of([(first, True), (second, holds)]), *_all_of([(first, False), (second, not holds)])]
            )
    parts = [(operand, holds) for operand in condition.operands]
    return _all_of(parts) if (condition.connective == "and") == holds else _any_of(parts)


def _any_of(parts: Sequence[tuple[Condition, bool]]) -> list[Conjunction]:
    return _distinct([each for condition, holds in parts for each in conjunctions(condition, holds=holds)])


def _all_of(parts: Sequence[tuple[Condition, bool]]) -> list[Conjunction]:
    made: list[Conjunction] = [{}]
    for condition, holds in parts:
        more = conjunctions(condition, holds=holds)
        made = _distinct(
            [{**one, **other} for one in made for other in more if all(one.get(m, v) == v for m, v in other.items())]
        )
    return made


def _distinct(found: Sequence[Conjunction]) -> list[Conjunction]:
    kept = list({frozenset(each.items()): each for each in found}.values())
    if len(kept) > MOST_CONJUNCTIONS:
        raise _TooLongError
    return kept


def export_gmcr(case: Case, path: str | Path, *, reading: str | None = None) -> None:
    """Write a case as a ``.gmcr`` file, whole or not at all.

    Parameters
    ----------
    case : Case
        A case with measures, each owned by one party.
    path : str or Path
        The file.
    reading : str, optional
        The reading whose preferences are written.

    Raises
    ------
    CaseError
        If a party that can move states no preference.
    LimitError
        If there are more feasible states than a ranking can name, or a pattern is too long.
    OptionError
        If the format cannot say what the case says: joint measures, forums, the graph form; or the file cannot be
        written.
    """
    seen = case.under(reading)
    _require_sole_owners(seen)
    document = gmcr_document(build_conflict(case, reading=reading))
    with written_whole(Path(path)) as temporary:
        temporary.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _require_sole_owners(case: Case) -> None:
    if case.graph is not None:
        raise OptionError("a .gmcr file holds options; this case states its states and moves outright")
    shared = [m.id for m in case.measures if m.forum is not None or len(m.owners) > 1]
    if shared:
        raise OptionError(
            "a .gmcr file gives each option to one decision maker who moves it alone; of several parties or a forum "
            f"are: {', '.join(shared)}"
        )


def gmcr_document(conflict: Conflict) -> dict[str, object]:
    """Return a conflict, all of whose measures have one owner, as the JSON object of a ``.gmcr`` file.

    Raises
    ------
    LimitError
        If there are more feasible states than a ranking can name, or a pattern is too long.
    """
    case = conflict.case
    order = [measure for party in case.parties for measure in case.measures if measure.owners == (party.id,)]
    place = {measure.id: index for index, measure in enumerate(order)}
    statements = _statements(case, place)
    ranked = statements is None
    makers = []
    numbers = _numbers(conflict, [conflict.measures.index(measure.id) for measure in order]) if ranked else None
    for index, party in enumerate(case.parties):
        maker: dict[str, object] = {
            "name": party.name,
            "options": [place[measure.id] for measure in order if measure.owners == (party.id,)],
            "preferences": statements[party.id] if statements is not None else [],
            "misperceptions": [],
        }
        if numbers is not None:
            maker["preferenceRanking"] = _ranking(conflict.form.rank[index], numbers)
        makers.append(maker)
    return {
        "program": "detente",
        "options": [{"name": m.name, "permittedDirection": _DIRECTIONS[m.direction]} for m in order],
        "decisionMakers": makers,
        "infeasibles": _infeasibles(case, place),
        "coalitions": list(range(len(makers))),
        "useManualPreferenceRanking": ranked,
    }


def _written(found: Sequence[Conjunction], place: Mapping[str, int]) -> object:
    members = [
        [[number, "Y" if is_taken else "N"] for number, is_taken in sorted((place[m], v) for m, v in each.items())]
        for each in found
    ]
    return members[0] if len(members) == 1 else {"compound": True, "members": members}


def _statements(case: Case, place: Mapping[str, int]) -> dict[str, list[object]] | None:
    """Return the statements of every party; None if one has other preferences, or a statement is too long."""
    written: dict[str, list[object]] = {}
    for party in case.parties:
        given = case.preferences.get(party.id)
        if not isinstance(given, Statements):
            return None
        try:
            written[party.id] = [_written(conjunctions(statement), place) for statement in given.statements]
        except _TooLongError:
            return None
    return written


def _infeasibles(case: Case, place: Mapping[str, int]) -> list[object]:
    patterns: list[Conjunction] = []
    for measure in case.measures:
        patterns += [{measure.id: True, other: False} for other in measure.requires]
        patterns += [{measure.id: True, other: True} for other in measure.excludes]
    for pattern in case.infeasible:
        try:
            patterns += conjunctions(pattern)
        except _TooLongError:
            raise LimitError(
                f"an infeasible pattern becomes more than {MOST_CONJUNCTIONS} conjunctions, too many for a .gmcr file."
            ) from None
    distinct = {frozenset(each.items()): each for each in patterns}.values()
    return [_written([each], place) for each in distinct]


def _numbers(conflict: Conflict, bits: Sequence[int]) -> IntArray:
    """Return the number of each state, from 1, as the format counts: bit j of its decimal is our bit `bits[j]`."""
    if conflict.n_states > MOST_RANKED:
        raise LimitError(
            f"the case has {conflict.n_states:,} feasible states; a .gmcr file ranks at most {MOST_RANKED:,} by hand. "
            "State the preferences of every party as statements."
        )
    decimals = np.zeros(conflict.n_states, dtype=np.uint64)
    for place, bit in enumerate(bits):
        decimals |= ((conflict.masks.astype(np.uint64) >> np.uint64(bit)) & np.uint64(1)) << np.uint64(place)
    numbers = np.empty(conflict.n_states, dtype=np.int64)
    numbers[np.argsort(decimals)] = np.arange(1, conflict.n_states + 1)
    return numbers


def _ranking(ranks: Int32Array, numbers: IntArray) -> list[object]:
    """Return the numbers of states best first, those that tie in a list of their own."""
    places: list[object] = []
    for rank in sorted(set(ranks.tolist()), reverse=True):
        tied = sorted(numbers[ranks == rank].tolist())
        places.append(tied[0] if len(tied) == 1 else tied)
    return places
