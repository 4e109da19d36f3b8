"""Stability with attitudes, literally: total relational preferences as relations over pairs of states.

Two forms.  The *published* one lets a party that is devoted to another follow it to a state that the other likes as
well as the one before; the program's own asks for a strict preference, so that attitudes to oneself alone are the
ordinary analysis whatever the ties.  Without ties they are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from tests.oracle.stability import Coalition, Position, Situation

Attitudes = Mapping[str, Mapping[str, int]]
RELATIONAL = ("nash", "gmr", "smr", "seq")


def selfish(situation: Situation) -> dict[str, dict[str, int]]:
    """Attitudes of parties that care for themselves alone."""
    return {i: {j: int(i == j) for j in situation.parties} for i in situation.parties}


def random_attitudes(situation: Situation, seed: int) -> dict[str, dict[str, int]]:
    """Draw attitudes; half of them are of everybody to itself at least."""
    random = Random(f"attitudes {seed}")  # noqa: S311
    drawn = {i: {j: random.choice((-1, 0, 0, 1)) for j in situation.parties} for i in situation.parties}
    if random.random() < 0.5:
        for i in situation.parties:
            drawn[i][i] = 1
    return drawn


def relationally_prefers(
    situation: Situation, attitudes: Attitudes, party: str, one: Position, other: Position, *, published: bool = False
) -> bool:
    """Tell whether `one` TRP(e)_i `other`: RP(e)_ij holds toward everybody."""
    for j in situation.parties:
        better = situation.prefers(j, one, other)
        worse = situation.prefers(j, other, one)
        if attitudes[party][j] > 0 and not (not worse if published else better):
            return False
        if attitudes[party][j] < 0 and not worse:
            return False
    return True


def replies(
    situation: Situation, attitudes: Attitudes, party: str, state: Position, *, published: bool = False
) -> list[Position]:
    """TRR(e)_i(s) without s itself."""
    return [
        t
        for t in situation.alone(party, state)
        if relationally_prefers(situation, attitudes, party, t, state, published=published)
    ]


def deters(
    situation: Situation, attitudes: Attitudes, party: str, state: Position, *, published: bool = False
) -> set[Position]:
    """The states that are not totally relationally preferred to s, and s."""
    return {state} | {
        t
        for t in situation.states
        if not relationally_prefers(situation, attitudes, party, t, state, published=published)
    }


def answers(
    situation: Situation, attitudes: Attitudes, members: Coalition, source: Position, *, published: bool = False
) -> set[Position]:
    """Where a coalition gets to if everybody who makes a move finds it consistent; nobody moves twice in a row."""
    seen: set[tuple[Position, Coalition]] = set()
    waiting: list[tuple[Position, Coalition | None]] = [(source, None)]
    while waiting:
        state, last = waiting.pop()
        for t, who in situation.steps(members, state, last, improving=False):
            agreed = all(relationally_prefers(situation, attitudes, j, t, state, published=published) for j in who)
            if agreed and (t, who) not in seen:
                seen.add((t, who))
                waiting.append((t, who))
    return {t for t, _ in seen}


def is_relationally_stable(
    situation: Situation,
    attitudes: Attitudes,
    party: str,
    state: Position,
    concept: str,
    *,
    published: bool = False,
) -> bool:
    """RNash, RGMR, RSMR, RSEQ."""
    if concept == "nash":
        return not replies(situation, attitudes, party, state, published=published)
    feared = deters(situation, attitudes, party, state, published=published)
    others = situation.others([party])
    for t in replies(situation, attitudes, party, state, published=published):
        if concept == "seq":
            found = answers(situation, attitudes, others, t, published=published)
        else:
            found = set(situation.reach(others, t, improving=False))
        stops = found & feared
        if concept == "smr":
            stops = {u for u in stops if set(situation.alone(party, u)) <= feared}
        if not stops:
            return False
    return True


def relationally_stable(
    situation: Situation, attitudes: Attitudes, concept: str, *, published: bool = False
) -> list[list[bool]]:
    """A row per party, an entry per state."""
    return [
        [is_relationally_stable(situation, attitudes, i, s, concept, published=published) for s in situation.states]
        for i in situation.parties
    ]


def without_ties(situation: Situation, seed: int) -> Situation:
    """The same conflict where every party strictly orders all states."""
    random = Random(f"untied {seed}")  # noqa: S311
    place = {}
    for i in situation.parties:
        order = sorted(situation.states, key=lambda s, i=i: (situation.place[i][s], random.random()))  # type: ignore[misc] # a default
        place[i] = {s: number for number, s in enumerate(order)}
    return Situation(
        parties=situation.parties,
        states=situation.states,
        moves=situation.moves,
        together=situation.together,
        place=place,
    )
