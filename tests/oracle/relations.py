"""Stability under any relations, literally: parties move where `Relations` says, and are deterred as it says.

States and moves are those of a `Situation`; its preferences are not looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.stability import Coalition, Position, Situation

Relation = Callable[[str, Position, Position], bool]
"""Of a party and two states."""


@dataclass(frozen=True, kw_only=True)
class Relations:
    """`moves_on(i, s, t)`: i would go from s to t; `deterred_by(i, s, t)`: t keeps i in s; `answers_on`: opponents."""

    moves_on: Relation
    deterred_by: Relation
    answers_on: Relation


def reach(situation: Situation, party: str, source: Position, relation: Relation | None) -> set[Position]:
    """What the others reach together from a state, nobody twice in a row; along moves all who make them would make."""
    members = frozenset(situation.parties) - {party}
    found: set[Position] = set()
    seen: set[tuple[Position, Coalition]] = set()
    waiting: list[tuple[Position, Coalition]] = [(source, frozenset())]
    while waiting:
        state, last = waiting.pop()
        for who, in_common, leads in situation.movers(members):
            if last == who and not in_common:
                continue
            for t in leads.get(state, ()):
                if relation is not None and not all(relation(j, state, t) for j in who):
                    continue
                found.add(t)
                if (t, who) not in seen:
                    seen.add((t, who))
                    waiting.append((t, who))
    return found


def is_stable(situation: Situation, relations: Relations, party: str, state: Position, concept: str) -> bool:
    """Tell whether a state is stable for a party."""
    for t in situation.alone(party, state):
        if not relations.moves_on(party, state, t):
            continue
        if concept == "nash":
            return False
        answers = reach(situation, party, t, relations.answers_on if concept in ("seq", "sseq") else None)
        is_answered = False
        for u in answers:
            if not relations.deterred_by(party, state, u):
                continue
            ways_out = [w for w in situation.alone(party, u) if not relations.deterred_by(party, state, w)]
            if concept in ("gmr", "seq") or not ways_out:
                is_answered = True
        if not is_answered:
            return False
    return True
