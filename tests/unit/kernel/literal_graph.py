"""The definitions of the graph model word for word, on sets: slow, for small conflicts."""

from __future__ import annotations

from detente.kernel.conflict import Arcs, GraphConflict


def ends(arcs: Arcs, state: int) -> list[int]:
    return [int(target) for target in arcs.target[arcs.start[state] : arcs.start[state + 1]]]


def members_of(mask: int) -> frozenset[int]:
    return frozenset(party for party in range(mask.bit_length()) if mask >> party & 1)


class Literal:
    def __init__(self, conflict: GraphConflict) -> None:
        self.n_parties, self.n_states = conflict.n_parties, conflict.n_states
        self.rank: list[list[int]] = conflict.rank.tolist()
        self.single = [[ends(arcs, state) for state in range(self.n_states)] for arcs in conflict.arcs]
        self.common = [
            (members_of(move.coalition), [ends(move.arcs, state) for state in range(self.n_states)])
            for move in conflict.common
        ]

    def steps(self, state: int, group: frozenset[int], *, improving: bool) -> list[tuple[int, frozenset[int], bool]]:
        moves = [(there, frozenset({party}), True) for party in group for there in self.single[party][state]]
        moves += [(there, who, False) for who, arcs in self.common if who <= group for there in arcs[state]]
        return [
            move for move in moves if not improving or all(self.rank[p][move[0]] > self.rank[p][state] for p in move[1])
        ]

    def reach(self, state: int, group: frozenset[int], *, improving: bool = False) -> dict[int, set[int]]:
        """Every state within reach with the parties that can be the last to move there."""
        seen: set[tuple[int, frozenset[int]]] = set()
        waiting: list[tuple[int, frozenset[int]]] = [(state, frozenset())]
        while waiting:
            here, last = waiting.pop()
            for there, who, is_single in self.steps(here, group, improving=improving):
                if not (is_single and who == last) and (there, who) not in seen:
                    seen.add((there, who))
                    waiting.append((there, who))
        found: dict[int, set[int]] = {}
        for there, who in seen:
            found.setdefault(there, set()).update(who)
        return found

    def others(self, group: frozenset[int]) -> frozenset[int]:
        return frozenset(range(self.n_parties)) - group

    def is_stable(self, concept: str, party: int, state: int) -> bool:
        rank = self.rank[party]
        others = self.others(frozenset({party}))
        better = [there for there in self.single[party][state] if rank[there] > rank[state]]
        if concept == "nash":
            return not better
        return all(
            any(
                rank[sanction] <= rank[state]
                and (
                    concept in {"gmr", "seq"}
                    or all(rank[escape] <= rank[state] for escape in self.single[party][sanction])
                )
                for sanction in self.reach(there, others, improving=concept in {"seq", "sseq"})
            )
            for there in better
        )

    def maximin(self, horizon: int, party: int, state: int) -> bool:
        rank = self.rank[party]
        others = self.others(frozenset({party}))

        def own(k: int, x: int) -> int:
            return rank[x] if k == 0 else max([rank[x], *(theirs(k - 1, q) for q in self.single[party][x])])

        def theirs(k: int, x: int) -> int:
            return rank[x] if k == 0 else min([rank[x], *(own(k - 1, q) for q in self.reach(x, others))])

        return all(theirs(horizon - 1, q) <= rank[state] for q in self.single[party][state])
