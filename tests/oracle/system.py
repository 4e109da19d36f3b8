"""States, values and breakdown (§2–§4 of the model), literally: a state is a frozen set of measure ids.

Nothing here knows of bits, arrays or the program's own kernel; only the domain classes are shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from detente.case import Case, Direction, OnBreakdown, Quantity, is_satisfied, point

State = frozenset[str]
STRICTLY = 1e-12
"""What ending a measure must pay beyond its undo cost (§4); also the tolerance of ties (§6)."""


def stated(quantity: Quantity | None) -> float:
    """Return the number that counts: of a range its mode, 0 if nothing is stated (§3)."""
    return 0.0 if quantity is None else float(point(quantity))


def subsets(ids: Iterable[str]) -> Iterator[State]:
    """Yield every subset, the smallest first, each size in the order of the ids given."""
    listed = list(ids)
    for size in range(len(listed) + 1):
        for chosen in combinations(listed, size):
            yield frozenset(chosen)


class System:
    """One case as §2–§4 of the model see it."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.parties = tuple(p.id for p in case.parties)
        self.measures = tuple(m.id for m in case.measures)
        self.measure = {m.id: m for m in case.measures}
        self.forum = {f.id: f for f in case.forums}
        self.status_quo: State = frozenset(case.status_quo)
        self.discount: dict[str, float] = {}
        for p in case.parties:
            if p.discount is None:
                raise ValueError(f"party '{p.id}' has no discount factor")
            self.discount[p.id] = stated(p.discount)
        self.tension = {p.id: stated(p.breakdown) for p in case.parties}
        survives = 1.0
        for p in case.parties:
            survives *= 1.0 - stated(p.hazard)
        self.hazard = 1.0 - survives
        """h of §5: the hazards of all parties combined."""
        self.weight = {(i, m): self._weight(i, m) for i in self.parties for m in self.measures}
        self._values: dict[tuple[str, State], float] = {}
        self._breakdowns: dict[State, tuple[State, dict[str, float]]] = {}

    def ordered(self, ids: Iterable[str]) -> list[str]:
        """List measures in declared order."""
        chosen = set(ids)
        return [m for m in self.measures if m in chosen]

    # §2: who owns what, what depends on what

    def owners(self, m: str) -> tuple[str, ...]:
        """O(m) of §2; a member of the forum counts as an owner."""
        measure = self.measure[m]
        if measure.forum is not None:
            return self.forum[measure.forum].members
        return measure.owners

    def may_withhold(self, i: str, m: str) -> bool:
        """§2: every owner; of a forum's measure only a member without whom the rule for taking fails."""
        measure = self.measure[m]
        if i not in self.owners(m):
            return False
        if measure.forum is None:
            return True
        forum = self.forum[measure.forum]
        rest = [j for j in forum.members if j != i]
        passes = len(rest) + forum.others >= forum.quota and all(j in rest for j in forum.veto)
        return not passes

    def may_end_alone(self, i: str, m: str) -> bool:
        """§2: any one owner if it is reversible; never a member of a forum alone."""
        measure = self.measure[m]
        return measure.forum is None and i in measure.owners and self.is_reversible(m)

    def is_reversible(self, m: str) -> bool:
        """§2: everything but `forward`."""
        return self.measure[m].direction is not Direction.FORWARD

    def dependents(self, state: State, m: str) -> State:
        """Everything in force that requires m, directly or through others (§2)."""
        found: set[str] = set()
        grown = True
        while grown:
            grown = False
            for other in state:
                if other in found or other == m:
                    continue
                if any(r == m or r in found for r in self.measure[other].requires):
                    found.add(other)
                    grown = True
        return frozenset(found)

    def may_be_ended(self, state: State, m: str) -> bool:
        """§2: reversible, not in S₀, and nothing irreversible or in S₀ that is in force requires it."""
        if m not in state or m in self.status_quo or not self.is_reversible(m):
            return False
        above = self.dependents(state, m)
        return all(self.is_reversible(d) and d not in self.status_quo for d in above)

    def ended(self, state: State, ending: Iterable[str]) -> State:
        """§2: the state without these measures and everything that requires one of them."""
        gone: set[str] = set()
        for m in ending:
            gone |= {m} | self.dependents(state, m)
        return state - gone

    def taken(self, state: State, taking: Iterable[str]) -> State:
        """§2, §6: the state with those of these measures whose requirements are all in force with them."""
        left = set(taking)
        while True:
            lacking = {m for m in left if not set(self.measure[m].requires) <= state | left}
            if not lacking:
                return state | left
            left -= lacking

    def is_feasible(self, state: State) -> bool:
        """§2: contains what its members require, no excluded pair and no infeasible pattern."""
        for m in state:
            if not set(self.measure[m].requires) <= state or set(self.measure[m].excludes) & state:
                return False
        return not any(is_satisfied(pattern, state) for pattern in self.case.infeasible)

    # §3: values

    def _weight(self, i: str, m: str) -> float:
        total = stated(self.measure[m].value.get(i))
        for interest in self.case.interests:
            effect = self.measure[m].effects.get(interest.id, {})
            total += stated(interest.weight.get(i)) * stated(effect.get(i))
        return total

    def value(self, i: str, state: State) -> float:
        """v_i(S) of §3."""
        key = (i, state)
        if key not in self._values:
            total = sum(self.weight[i, m] for m in self.measures if m in state)
            for term in self.case.terms:
                if term.party == i and is_satisfied(term.when, state):
                    total += stated(term.value)
            self._values[key] = total
        return self._values[key]

    def cost(self, i: str, ids: Iterable[str]) -> float:
        """c_i of §5: i's own one-off costs of taking these."""
        return sum(stated(self.measure[m].cost.get(i)) for m in self.ordered(ids))

    def undo_cost(self, i: str, ids: Iterable[str]) -> float:
        """undo_i of §6: i's own one-off costs of ending these."""
        return sum(stated(self.measure[m].undo_cost.get(i)) for m in self.ordered(ids))

    # §4: breakdown

    def _paid(self, state: State, m: str) -> list[str]:
        """The owners whom ending m pays in this state, beyond their undo cost (§4)."""
        without = self.ended(state, [m])
        paid = []
        for o in self.owners(m):
            gain = (self.value(o, without) - self.value(o, state)) / (1.0 - self.discount[o])
            if gain - self.undo_cost(o, [m]) > STRICTLY:
                paid.append(o)
        return paid

    def _ends(self, m: str, paid: list[str]) -> bool:
        """§4 and §2: it pays at least one owner; for a forum, those whom it pays pass the rule for ending."""
        if not paid:
            return False
        name = self.measure[m].forum
        if name is None:
            return True
        forum = self.forum[name]
        enough = len(paid) + forum.others >= forum.end_quota
        return enough and all(j in paid for j in forum.end_veto)

    def breakdown(self, state: State) -> tuple[State, dict[str, float]]:
        """Z(X) of §4 and each party's own undo costs on the way."""
        if state not in self._breakdowns:
            self._breakdowns[state] = self._break_down(state)
        return self._breakdowns[state]

    def _break_down(self, state: State) -> tuple[State, dict[str, float]]:
        snap = [m for m in state if self.measure[m].on_breakdown is OnBreakdown.REVERSE and self.may_be_ended(state, m)]
        current = self.ended(state, snap)
        borne = dict.fromkeys(self.parties, 0.0)
        while True:
            ending = []
            for m in self.ordered(current):
                if self.measure[m].on_breakdown is OnBreakdown.KEEP:
                    continue
                if not self.may_be_ended(current, m):
                    continue
                paid = self._paid(current, m)
                if self._ends(m, paid):
                    ending.append(m)
                    for o in paid:
                        borne[o] += self.undo_cost(o, [m])
            if not ending:
                return current, borne
            current = self.ended(current, ending)

    def deterrence(self, i: str, state: State) -> float:
        """deter_i(X) of §4: what the measures in force promise i if it is the one who breaks."""
        return sum(stated(self.measure[m].deters.get(i)) for m in self.ordered(state))

    def broken(self, i: str, state: State, *, by_i: bool) -> float:
        """B_i(X, who) of §4, `who` being i or nobody."""
        end, borne = self.breakdown(state)
        flow = self.value(i, end) + self.tension[i]
        if by_i:
            flow -= self.deterrence(i, state)
        return flow / (1.0 - self.discount[i]) - borne[i]

    # §5: time

    def lag(self, m: str, state: State) -> int:
        """L(m, S) of §5."""
        granted = [self.measure[v].verifies[m] for v in state if m in self.measure[v].verifies]
        return min([self.measure[m].detection_lag, *granted])

    def least_duration(self, prev: State, stage: Iterable[str]) -> int:
        """The least d_k of §5, from S_{k−1} and A_k."""
        taking = frozenset(stage)
        state = prev | taking
        lasting = [m for m in prev - self.status_quo if self.is_reversible(m)]
        return max(
            [1]
            + [self.measure[m].duration for m in taking]
            + [self.lag(m, state) for m in taking]
            + [self.lag(m, state) for m in lasting]
        )
