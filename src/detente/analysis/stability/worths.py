"""How much better one state is than another, for people: in value units where a party has them, else in places."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

import numpy as np

from detente.case import is_satisfied
from detente.conflict import Conflict
from detente.conflict.ranks import exact_weights, exactly
from detente.kernel.system import IntArray


class Worth:
    """What one party makes of states.

    Parameters
    ----------
    conflict : Conflict
        The conflict.
    party : int
        Number of the party.
    """

    def __init__(self, conflict: Conflict, party: int) -> None:
        self._conflict = conflict
        self._number = party
        self._id = conflict.parties[party]
        self.is_cardinal = not conflict.is_graph and self._id not in conflict.case.preferences

    @cached_property
    def places(self) -> IntArray:
        """The place of each state from the bottom, (F,): 0 for the worst, states that tie in one place."""
        found = np.unique(self._conflict.form.rank[self._number], return_inverse=True)[1]
        return np.asarray(found, dtype=np.int64).reshape(-1)

    @cached_property
    def _weights(self) -> dict[str, Fraction]:
        return exact_weights(self._conflict.case, self._id)

    def value(self, state: int) -> Fraction:
        """Return the value of a state per period, for a party whose values are stated."""
        assert self.is_cardinal, "only values can be added"
        in_force = frozenset(self._conflict.in_force(state))
        terms = (term for term in self._conflict.case.terms if term.party == self._id)
        return sum((self._weights[measure] for measure in in_force), Fraction(0)) + sum(
            (exactly(term.value) for term in terms if is_satisfied(term.when, in_force)), Fraction(0)
        )

    def change(self, origin: int, target: int) -> float | None:
        """Return how much value per period a change of state brings; None if only an order is stated."""
        return float(self.value(target) - self.value(origin)) if self.is_cardinal else None

    def climb(self, origin: int, target: int) -> int:
        """Return how many places of its order the party sees the state change upwards."""
        return int(self.places[target] - self.places[origin])
