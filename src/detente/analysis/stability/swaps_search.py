"""The work behind the sensitivity of equilibria: single orders moved as little as possible, neighbours swapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.analysis.stability.orders import layers_of
from detente.analysis.stability.preference_changes import Comparison
from detente.conflict import Conflict
from detente.kernel.conflict import Int32Array, ProductConflict
from detente.kernel.graph_stability import find_stable_in_graph
from detente.kernel.least_changes import CREDIBLE, least_from_stability, least_to_stability
from detente.kernel.preference_search import Deadline, same_but
from detente.kernel.priorities import rank_by_priorities
from detente.kernel.sanctions import Judge
from detente.kernel.stability import find_stable
from detente.kernel.system import BoolArray
from detente.progress import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far the order of one party is from one that alters whether a state is an equilibrium.

    Parameters
    ----------
    state : int
        The number of the state, from 0.
    is_equilibrium : bool
        Whether it is one as preferences are.
    distance : float or None
        In pairs of states; None if no order of that party alone does, or none was found.
    bound : float
        What it takes at least.
    is_proven : bool
        Whether the distance is known to be the least, or that there is none.
    comparisons : tuple of Comparison
        What the party would have to prefer instead; all else stays as near as possible.
    """

    state: int
    concept: str
    party: str
    is_equilibrium: bool
    distance: float | None
    bound: float
    is_proven: bool
    comparisons: tuple[Comparison, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """A swap of neighbours that alters the set of equilibria.

    Parameters
    ----------
    kind : str
        ``ranks``: two neighbouring places of the order change places, with all states that tie there; ``statements``:
        two neighbouring statements, or groups of them, do.
    place : int
        The upper of the two, counted from 1 for the best or most important.
    upper, lower : tuple of int
        The states at the two places; empty for statements.
    lost, gained : mapping from concept to tuple of int
        States that are no longer stable for all, and that become so; concepts without any are left out.
    """

    party: str
    kind: str
    place: int
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    lost: Mapping[str, tuple[int, ...]]
    gained: Mapping[str, tuple[int, ...]]


class SwapSearch:
    """Try changes of one party's preferences at a time.

    Parameters
    ----------
    conflict : Conflict
        The conflict.
    concepts : tuple of str
        Concepts to look at.
    reporter : Reporter
        Told how far the work is.
    deadline : Deadline
        When to stop.
    """

    def __init__(self, conflict: Conflict, concepts: tuple[str, ...], reporter: Reporter, deadline: Deadline) -> None:
        self._conflict = conflict
        self._concepts = concepts
        self._reporter = reporter
        self._deadline = deadline
        self._judge = Judge(conflict.form)
        self.stable = self._analyse(conflict.form.rank, concepts)
        self.tolerances: list[Tolerance] = []
        self.swaps: list[Swap] = []
        self.n_swaps = 0
        self.n_untried = 0
        self.is_stopped = False

    def _analyse(self, rank: Int32Array, concepts: tuple[str, ...]) -> dict[str, BoolArray]:
        form = replace(self._conflict.form, rank=rank)
        if isinstance(form, ProductConflict):
            return find_stable(form, concepts)
        return find_stable_in_graph(form, concepts)

    def find_tolerances(self, states: Sequence[int], parties: Sequence[int]) -> None:
        """Find the least change of each party's order that alters whether each state is an equilibrium."""
        done, total = 0, len(states) * len(self._concepts)
        for state in states:
            for concept in self._concepts:
                self._reporter.report("moving single orders", fraction=done / max(1, total))
                done += 1
                for party in parties:
                    if self._deadline.is_over():
                        self.is_stopped = True
                        return
                    self.tolerances.append(self._tolerance(state, concept, party))

    def _tolerance(self, state: int, concept: str, party: int) -> Tolerance:
        is_equilibrium = bool(self.stable[concept][:, state].all())
        if is_equilibrium:
            found = least_from_stability(
                self._judge, state, concept, party, reporter=self._reporter, deadline=self._deadline
            )
        else:
            found = least_to_stability(
                self._judge, state, concept, [party], reporter=self._reporter, deadline=self._deadline
            )
        profile = found.profile
        if self._reporter.is_stopped:
            self.is_stopped = True
        return Tolerance(
            state=state,
            concept=concept,
            party=self._conflict.parties[party],
            is_equilibrium=is_equilibrium,
            distance=None if profile is None else profile.twice / 2,
            bound=found.bound / 2,
            is_proven=found.is_proven,
            comparisons=()
            if profile is None
            else tuple(
                Comparison(upper=d.upper, lower=d.lower, is_strict=d.is_strict)
                for d in dict.fromkeys(demand for _, demand in profile.demands)
            ),
        )

    def try_statements(self, parties: Sequence[int]) -> None:
        """Swap neighbours in each list of priorities, and analyse all states anew."""
        for party in parties:
            layers = layers_of(self._conflict, self._conflict.parties[party])
            for first in range(len(layers) - 1):
                if self._deadline.is_over():
                    self.is_stopped = True
                    return
                self._reporter.report("swapping statements")
                priorities = list(range(len(layers)))
                priorities[first], priorities[first + 1] = first + 1, first
                rank = same_but(self._conflict.form.rank, party, rank_by_priorities(layers, priorities))
                self._note(party, "statements", first + 1, (), (), self._analyse(rank, self._concepts))

    def try_ranks(self, parties: Sequence[int], *, most: int) -> None:
        """Swap neighbouring places of each order, and judge anew what can have changed."""
        orders = {party: self._conflict.form.rank[party] for party in parties}
        places = {party: np.unique(order)[::-1] for party, order in orders.items()}
        total = sum(max(0, values.size - 1) for values in places.values())
        if total > most:
            self.n_untried = total
            return
        done = 0
        for party, values in places.items():
            for place in range(values.size - 1):
                if self._deadline.is_over():
                    self.is_stopped, self.n_untried = True, total - done
                    return
                self._reporter.report("swapping places", fraction=done / total)
                done += 1
                self._swap(party, place, int(values[place]), int(values[place + 1]))

    def _swap(self, party: int, place: int, above: int, below: int) -> None:
        rank = self._conflict.form.rank
        upper, lower = np.flatnonzero(rank[party] == above), np.flatnonzero(rank[party] == below)
        order = rank[party].copy()
        order[upper], order[lower] = below, above
        changed = same_but(rank, party, order)
        answers = [concept for concept in self._concepts if concept in CREDIBLE]
        stable = {concept: flags.copy() for concept, flags in self.stable.items()}
        if answers and self._leads_between(party, upper.tolist(), lower.tolist()):
            stable |= self._analyse(changed, tuple(answers))
        for concept in self._concepts:
            others = np.asarray(np.delete(self.stable[concept], party, axis=0).all(axis=0), dtype=np.bool_)
            for state in (*upper.tolist(), *lower.tolist()):
                # Where somebody else finds the state unstable anyhow, nothing that this party thinks of it matters.
                if concept not in CREDIBLE and not others[state]:
                    continue
                stable[concept][party, state] = self._judge.is_stable(party, state, concept, changed) is True
        self._note(party, "ranks", place + 1, tuple(upper.tolist()), tuple(lower.tolist()), stable)

    def _leads_between(self, party: int, upper: list[int], lower: list[int]) -> bool:
        """Whether a party can move, alone or with others, between two places, so that an improvement may turn round."""
        for one, other in ((upper, lower), (lower, upper)):
            there = set(other)
            for mover, members in enumerate(self._judge.members.tolist()):
                if members >> party & 1 and any(there & set(self._judge.moves(mover, state).tolist()) for state in one):
                    return True
        return False

    def _note(
        self,
        party: int,
        kind: str,
        place: int,
        upper: tuple[int, ...],
        lower: tuple[int, ...],
        stable: Mapping[str, BoolArray],
    ) -> None:
        self.n_swaps += 1
        lost: dict[str, tuple[int, ...]] = {}
        gained: dict[str, tuple[int, ...]] = {}
        for concept in self._concepts:
            before, after = self.stable[concept].all(axis=0), stable[concept].all(axis=0)
            if np.any(before & ~after):
                lost[concept] = tuple(np.flatnonzero(before & ~after).tolist())
            if np.any(after & ~before):
                gained[concept] = tuple(np.flatnonzero(after & ~before).tolist())
        if lost or gained:
            self.swaps.append(
                Swap(
                    party=self._conflict.parties[party],
                    kind=kind,
                    place=place,
                    upper=upper,
                    lower=lower,
                    lost=lost,
                    gained=gained,
                )
            )
