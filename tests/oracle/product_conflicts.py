"""Small conflicts on measures at random, and their stable states by the definitions of §9, sequence by sequence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from random import Random

import numpy as np

from detente.kernel.conflict import CommonMove, ProductConflict

Stable = list[list[bool]]
"""Of each party, of each state."""


def signed(bits: Sequence[int]) -> list[int]:
    """Bits of 64 as signed numbers."""
    return [mask - (1 << 64) if mask >= 1 << 63 else mask for mask in bits]


def make_conflict(
    n_measures: int,
    takes: Sequence[int],
    ends: Sequence[int],
    rank: Sequence[Sequence[int]],
    *,
    masks: Collection[int] | None = None,
    common: Sequence[CommonMove] = (),
) -> ProductConflict:
    """All sets of measures, unless the feasible ones are given; ranks in the order of their masks."""
    chosen = sorted(signed(list(range(1 << n_measures) if masks is None else masks)))
    return ProductConflict(
        n_measures=n_measures,
        masks=np.array(chosen, dtype=np.int64),
        takes=np.array(signed(takes), dtype=np.int64),
        ends=np.array(signed(ends), dtype=np.int64),
        common=tuple(common),
        rank=np.array(rank, dtype=np.int32).reshape(len(takes), len(chosen)),
    )


def random_conflict(seed: int) -> ProductConflict:
    """Up to six measures and four parties; shared and unowned measures, one-way moves, common moves, ties, gaps."""
    random = Random(f"conflict on measures {seed}")  # noqa: S311  # no secret depends on it
    n_measures, n_parties = random.randint(0, 6), random.randint(1, 4)
    takes, ends = [0] * n_parties, [0] * n_parties
    common = []
    # Far apart, so that no table of all masks is made, or the lowest bits.
    places = sorted(random.sample(range(64), n_measures)) if seed % 3 == 0 else list(range(n_measures))
    for measure in places:
        bit = 1 << measure
        for who in (takes, ends):
            for party in random.sample(range(n_parties), random.choice([0, 1, 1, 1, 1, min(2, n_parties)])):
                who[party] |= bit
        if random.random() < 0.3:
            common += [
                CommonMove(coalition=random.randrange(1, 1 << n_parties), measure=measure, takes=random.random() < 0.5)
                for _ in range(random.randint(1, 2))
            ]
    sets = [sum(1 << place for at, place in enumerate(places) if mask >> at & 1) for mask in range(1 << n_measures)]
    gaps = random.choice([0.0, 0.3, 0.6])
    masks = [mask for mask in sets if random.random() >= gaps] or [0]
    values = random.choice([2, 4, 1000])
    rank = [[random.randrange(values) for _ in masks] for _ in range(n_parties)]
    return make_conflict(max(places, default=-1) + 1, takes, ends, rank, masks=masks, common=common)


class Twin:
    """The definitions on sets of states, one by one."""

    def __init__(self, conflict: ProductConflict) -> None:
        self.masks = [int(mask) & ((1 << 64) - 1) for mask in conflict.masks]
        self.parties = range(conflict.n_parties)
        self.states = range(conflict.n_states)
        self.rank = conflict.rank.tolist()
        self.common = conflict.common
        takes = [int(mask) & ((1 << 64) - 1) for mask in conflict.takes]
        ends = [int(mask) & ((1 << 64) - 1) for mask in conflict.ends]
        self.moves = [
            [{t for t in self.states if t != s and self._may(s, t, takes[i], ends[i])} for s in self.states]
            for i in self.parties
        ]

    def _may(self, s: int, t: int, takes: int, ends: int) -> bool:
        taken, ended = self.masks[t] & ~self.masks[s], self.masks[s] & ~self.masks[t]
        return taken & ~takes == 0 and ended & ~ends == 0

    def improves(self, movers: Collection[int], s: int, t: int) -> bool:
        """Whether all movers prefer t to s."""
        return all(self.rank[i][t] > self.rank[i][s] for i in movers)

    def reach(self, members: Collection[int], s: int, *, improvements: bool) -> set[int]:
        """R_H(s) or R_H⁺(s): nobody twice in a row; common moves are never blocked."""
        seen: set[tuple[int, int]] = set()
        waiting = [(s, -1)]
        while waiting:
            at, last = waiting.pop()
            after = [(t, i) for i in members if i != last for t in self.moves[i][at]]
            after = [(t, i) for t, i in after if not improvements or self.improves([i], at, t)]
            for move in self.common:
                who = [i for i in self.parties if move.coalition >> i & 1]
                there = self.masks[at] ^ 1 << move.measure
                is_taking = bool(there >> move.measure & 1)
                if not set(who) <= set(members) or is_taking != move.takes or there not in self.masks:
                    continue
                t = self.masks.index(there)
                if not improvements or self.improves(who, at, t):
                    after.append((t, who[0] if len(who) == 1 else -1))
            waiting += [pair for pair in after if pair not in seen]
            seen |= set(after)
        return {t for t, _ in seen}

    def _worse(self, i: int, s: int) -> set[int]:
        return {t for t in self.states if self.rank[i][t] <= self.rank[i][s]}

    def stable(self, concept: str) -> Stable:
        """Which states are stable for whom."""
        improvements = concept in ("seq", "sseq")
        table = []
        for i in self.parties:
            others = [j for j in self.parties if j != i]
            reached = [self.reach(others, s, improvements=improvements) for s in self.states]
            row = []
            for s in self.states:
                better = {t for t in self.moves[i][s] if self.improves([i], s, t)}
                worse = self._worse(i, s)
                if concept == "nash":
                    row.append(not better)
                    continue
                sanctions = worse
                if concept in ("smr", "sseq"):
                    sanctions = {t for t in worse if self.moves[i][t] <= worse}
                row.append(all(reached[t] & sanctions for t in better))
            table.append(row)
        return table

    def maximin(self, horizon: int) -> Stable:
        """Which states are stable for whom by maximin stability of a horizon."""
        table = []
        for i in self.parties:
            u = self.rank[i]
            others = [j for j in self.parties if j != i]
            reached = [self.reach(others, s, improvements=False) for s in self.states]
            own, other = list(u), list(u)
            for _ in range(horizon - 1):
                own, other = _step(max, u, other, self.moves[i]), _step(min, u, own, reached)
            table.append([all(other[t] <= u[s] for t in self.moves[i][s]) for s in self.states])
        return table


def _step(best: Callable[[list[int]], int], u: list[int], values: list[int], steps: list[set[int]]) -> list[int]:
    return [best([u[s], *(values[t] for t in there)]) for s, there in enumerate(steps)]
