"""Stability without agreement (§9 of the model), literally: states, moves, who moved last, and what each prefers.

A `Situation` lists every state and every move; nothing here knows of bits, arrays or the program's own kernel.  What a
coalition reaches is searched over pairs of a state and its last movers, so nobody moves twice in a row in sequences of
any length.  A move in common is made by several at once: it is never blocked, and after it anybody may move, unless the
coalition is one party alone, which then moved last.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations

Position = frozenset[str] | str
"""A state: the ids in force, or its name in a conflict given as a graph."""
Coalition = frozenset[str]
Mover = tuple[Coalition, bool, Mapping[Position, tuple[Position, ...]]]
"""Who moves, whether in common, and where to from each state."""
CONCEPTS = ("nash", "gmr", "smr", "seq", "sseq")


@dataclass(frozen=True, kw_only=True)
class Together:
    """Moves that a coalition makes in common."""

    coalition: Coalition
    leads: Mapping[Position, tuple[Position, ...]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Situation:
    """A conflict with every move listed.

    `place[i][s]` is the greater, the better i likes s, and equal where it is indifferent.
    """

    parties: tuple[str, ...]
    states: tuple[Position, ...]
    moves: Mapping[str, Mapping[Position, tuple[Position, ...]]]
    together: tuple[Together, ...] = ()
    place: Mapping[str, Mapping[Position, int]]
    _reached: dict[tuple[Coalition, Position, bool], dict[Position, set[Coalition]]] = field(default_factory=dict)

    def prefers(self, party: str, one: Position, other: Position) -> bool:
        """Tell whether a party strictly prefers one state to the other."""
        return self.place[party][one] > self.place[party][other]

    def alone(self, party: str, state: Position) -> tuple[Position, ...]:
        """R_i(s)."""
        return self.moves[party].get(state, ())

    def better(self, party: str, state: Position) -> list[Position]:
        """R_i⁺(s)."""
        return [t for t in self.alone(party, state) if self.prefers(party, t, state)]

    def others(self, members: Iterable[str]) -> Coalition:
        """N∖H."""
        return frozenset(self.parties) - frozenset(members)

    def movers(self, members: Coalition) -> list[Mover]:
        """Who can move within a coalition: each member alone, and those of its members who move in common."""
        single: list[Mover] = [(frozenset([i]), False, self.moves[i]) for i in self.parties if i in members]
        return single + [(t.coalition, True, t.leads) for t in self.together if t.coalition <= members]

    def steps(
        self, members: Coalition, state: Position, last: Coalition | None, *, improving: bool
    ) -> list[tuple[Position, Coalition]]:
        """Where the members can go next, and who moves, after a sequence that ended with the last movers given."""
        found = []
        for who, in_common, leads in self.movers(members):
            if not in_common and last == who:
                continue
            for t in leads.get(state, ()):
                if improving and not all(self.prefers(j, t, state) for j in who):
                    continue
                found.append((t, who))
        return found

    def reach(self, members: Iterable[str], source: Position, *, improving: bool) -> Mapping[Position, set[Coalition]]:
        """R_H(s) or R_H⁺(s): the states reached, each with Ω, the last movers of the sequences that lead there."""
        coalition = frozenset(members)
        key = (coalition, source, improving)
        if key not in self._reached:
            found: dict[Position, set[Coalition]] = {}
            waiting: list[tuple[Position, Coalition | None]] = [(source, None)]
            while waiting:
                state, last = waiting.pop()
                for t, who in self.steps(coalition, state, last, improving=improving):
                    if who not in found.setdefault(t, set()):
                        found[t].add(who)
                        waiting.append((t, who))
            self._reached[key] = found
        return self._reached[key]


# The five concepts


def sanctions(situation: Situation, party: str, state: Position, reached: Position, concept: str) -> list[Position]:
    """List the states to which the others can bring a party that has moved, and that keep it from moving."""
    improving = concept in ("seq", "sseq")
    found = []
    for t in situation.states:
        if t not in situation.reach(situation.others([party]), reached, improving=improving):
            continue
        if situation.prefers(party, t, state):
            continue
        escapes = any(situation.prefers(party, u, state) for u in situation.alone(party, t))
        if concept in ("smr", "sseq") and escapes:
            continue
        found.append(t)
    return found


def is_stable(situation: Situation, party: str, state: Position, concept: str) -> bool:
    """Tell whether a state is stable for a party."""
    if concept == "nash":
        return not situation.better(party, state)
    return all(sanctions(situation, party, state, t, concept) for t in situation.better(party, state))


def stable_states(situation: Situation, concept: str) -> dict[str, list[bool]]:
    """Tell of each party which states are stable for it, in the order of the states."""
    return {i: [is_stable(situation, i, s, concept) for s in situation.states] for i in situation.parties}


def equilibria(situation: Situation, concept: str) -> list[Position]:
    """List the states that are stable for all."""
    return [s for s in situation.states if all(is_stable(situation, i, s, concept) for i in situation.parties)]


# Foresight


def maximin_stable(situation: Situation, party: str, horizon: int) -> list[bool]:
    """Tell which states are stable for a party that looks so many moves ahead and fears the worst."""
    place = situation.place[party]
    own: list[dict[Position, int]] = [dict(place)]
    others: list[dict[Position, int]] = [dict(place)]
    for k in range(1, horizon):
        own.append({})
        others.append({})
        for s in situation.states:
            own[k][s] = max([place[s], *(others[k - 1][t] for t in situation.alone(party, s))])
            answers = situation.reach(situation.others([party]), s, improving=False)
            others[k][s] = min([place[s], *(own[k - 1][t] for t in answers)])
    last = others[horizon - 1]
    return [all(last[t] <= place[s] for t in situation.alone(party, s)) for s in situation.states]


def anticipated(situation: Situation, party: str, other: str, horizon: int) -> dict[Position, Position]:
    """G_h(i, ·) for two parties: where each state leads if it is i's turn and so many moves are left.

    A party stays unless moving ends, as the other then moves in its turn, in something that it strictly prefers; of
    moves that end equally well for it, it takes one that ends worst for the other.
    """
    if horizon == 0:
        return {s: s for s in situation.states}
    then = anticipated(situation, other, party, horizon - 1)
    found = {}
    for s in situation.states:
        ends = [then[t] for t in situation.alone(party, s)]
        best = max(ends, key=lambda t: (situation.place[party][t], -situation.place[other][t]), default=s)
        found[s] = best if situation.prefers(party, best, s) else s
    return found


def limited_move_stable(situation: Situation, party: str, other: str, horizon: int) -> list[bool]:
    """L_h: tell at which states a party stays that looks so many moves ahead, its own and the other's in turn."""
    then = anticipated(situation, other, party, horizon - 1)
    return [not any(situation.prefers(party, then[t], s) for t in situation.alone(party, s)) for s in situation.states]


def non_myopic_stable(situation: Situation, party: str, other: str, *, longest: int = 60) -> list[bool]:
    """Tell at which states a party stays with every horizon from some one on: none of the longest looked at is left."""
    late = [limited_move_stable(situation, party, other, h) for h in range(longest // 2, longest)]
    return [all(stays) for stays in zip(*late, strict=True)]


# Coalitions


def all_coalitions(situation: Situation) -> list[Coalition]:
    """List every nonempty set of parties, the smallest first, each size in declared order."""
    sizes = range(1, len(situation.parties) + 1)
    return [frozenset(chosen) for size in sizes for chosen in combinations(situation.parties, size)]


def is_better_for_all(
    situation: Situation, members: Coalition, one: Position, other: Position, *, pareto: bool
) -> bool:
    """Tell whether every member prefers one state; or, with `pareto`, none is worse off and somebody better."""
    if not pareto:
        return all(situation.prefers(i, one, other) for i in members)
    nobody_loses = not any(situation.prefers(i, other, one) for i in members)
    return nobody_loses and any(situation.prefers(i, one, other) for i in members)


def coalition_improvements(
    situation: Situation, members: Coalition, state: Position, *, pareto: bool = False
) -> list[Position]:
    """CI_H(s): the states of R_H(s) that are better for the coalition."""
    reached = situation.reach(members, state, improving=False)
    return [
        t for t in situation.states if t in reached and is_better_for_all(situation, members, t, state, pareto=pareto)
    ]


def is_coalition_stable(
    situation: Situation, members: Coalition, state: Position, concept: str, *, pareto: bool = False
) -> bool:
    """Tell whether a state is stable for a coalition: CNash, CGMR, CSMR, CSEQ (and CSSEQ, both of the last two)."""
    for t in coalition_improvements(situation, members, state, pareto=pareto):
        if concept == "nash":
            return False
        improving = concept in ("seq", "sseq")
        is_stopped = False
        for u in situation.reach(situation.others(members), t, improving=improving):
            if is_better_for_all(situation, members, u, state, pareto=pareto):
                continue
            ways_out = situation.reach(members, u, improving=False)
            escapes = any(is_better_for_all(situation, members, v, state, pareto=pareto) for v in ways_out)
            if concept in ("smr", "sseq") and escapes:
                continue
            is_stopped = True
        if not is_stopped:
            return False
    return True


# From the status quo


def first_reached(situation: Situation, source: Position, *, improving: bool) -> dict[Position, int]:
    """Tell after how many legal moves each state can first be reached; the source after none."""
    everybody = frozenset(situation.parties)
    found: dict[Position, int] = {source: 0}
    seen: set[tuple[Position, Coalition | None]] = {(source, None)}
    front: set[tuple[Position, Coalition | None]] = {(source, None)}
    step = 0
    while front:
        step += 1
        following: set[tuple[Position, Coalition | None]] = set()
        for state, last in front:
            following |= set(situation.steps(everybody, state, last, improving=improving))
        front = following - seen
        seen |= front
        for state, _ in front:
            found.setdefault(state, step)
    return found


def shortest_paths(
    situation: Situation, source: Position, target: Position, *, improving: bool
) -> set[tuple[tuple[Coalition, Position], ...]]:
    """List all shortest legal ways to a state, each as who moves where, step by step."""
    steps = first_reached(situation, source, improving=improving).get(target)
    if steps is None:
        return set()
    everybody = frozenset(situation.parties)
    ways: list[tuple[tuple[Coalition, Position], ...]] = [()]
    for _ in range(steps):
        longer = []
        for way in ways:
            last, state = way[-1] if way else (None, source)
            for t, who in situation.steps(everybody, state, last, improving=improving):
                longer.append((*way, (who, t)))
        ways = longer
    return {way for way in ways if not way or way[-1][1] == target} if steps else {()}
