"""Short ways of writing tiny cases, for tests whose numbers are worked out by hand."""

from __future__ import annotations

from typing import Any

from detente.case import Case, Direction, Measure, Party, Term, parse_condition


def party(party_id: str, discount: float = 0.5, **other: float) -> Party:
    """A party with a name and a discount factor that is easy to reckon with."""
    return Party(id=party_id, name=party_id, discount=discount, **other)


def measure(
    measure_id: str,
    by: str,
    value: dict[str, float] | None = None,
    *,
    irreversible: bool = False,
    **other: Any,  # any further field of Measure
) -> Measure:
    """A measure of the parties named in `by`, one letter each."""
    direction = Direction.FORWARD if irreversible else Direction.BOTH
    return Measure(
        id=measure_id,
        name=measure_id,
        owners=tuple(by),
        value=value or {},
        direction=direction,
        **other,
    )


def term(party_id: str, when: str, value: float) -> Term:
    """A term with its condition as text."""
    return Term(party=party_id, when=parse_condition(when), value=value)


def case_of(parties: list[Party], measures: list[Measure], **other: Any) -> Case:
    """A case of these; `other` are further fields of Case."""
    return Case(name="by hand", parties=tuple(parties), measures=tuple(measures), **other)


def pair(*, irreversible: bool = False) -> Case:
    """Each of two can give the other 3 a period at 1 to itself."""
    return case_of(
        [party("A"), party("B")],
        [
            measure("a", "A", {"A": -1, "B": 3}, irreversible=irreversible),
            measure("b", "B", {"B": -1, "A": 3}, irreversible=irreversible),
        ],
    )
