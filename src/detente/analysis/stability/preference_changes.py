"""How preferences would have to change, party by party, with the labels of the case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.analysis.stability.orders import layers_of, statements_of
from detente.conflict import Conflict
from detente.errors import LimitError
from detente.kernel.conflict import Int32Array
from detente.kernel.least_changes import CREDIBLE, TOO_LARGE, is_equilibrium
from detente.kernel.preference_search import Deadline, Searched
from detente.kernel.priorities import Swapped, fewest_swaps, rank_by_priorities
from detente.kernel.sanctions import Judge
from detente.progress import Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a party would have to prefer: the upper state to the lower one, or (not strict) at least as much."""

    upper: int
    lower: int
    is_strict: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class PreferenceChange:
    """How the preferences of one party would have to change.

    Parameters
    ----------
    party : str
        Whose.
    distance : float
        By ranks: pairs of states ranked the opposite way, and half of those tied in one order only. By statements:
        swaps of neighbours.
    comparisons : tuple of Comparison
        What the change does, by ranks; all else follows from staying as near as possible.
    priorities : tuple of int
        By statements: the new list, the most important first, as places of the old list from 0; else empty.
    statements : tuple of str
        The same in words.
    order : Int32Array
        Shape (F,): the new order, the greater the better.
    """

    party: str
    distance: float
    comparisons: tuple[Comparison, ...]
    priorities: tuple[int, ...]
    statements: tuple[str, ...]
    order: Int32Array = field(repr=False)


def changes_of_ranks(
    conflict: Conflict, searched: Searched
) -> tuple[tuple[PreferenceChange, ...], float | None, float]:
    """Return the changes that a search of orders found, how far they are together, and the bound."""
    profile = searched.profile
    if profile is None:
        return (), None, searched.bound / 2
    changes = []
    for p, party in enumerate(conflict.parties):
        order = profile.rank[p]
        demands = [demand for number, demand in profile.demands if number == p]
        if demands and not np.array_equal(order, conflict.form.rank[p]):
            changes.append(
                PreferenceChange(
                    party=party,
                    distance=profile.costs[p] / 2,
                    comparisons=tuple(
                        Comparison(upper=d.upper, lower=d.lower, is_strict=d.is_strict) for d in dict.fromkeys(demands)
                    ),
                    priorities=(),
                    statements=(),
                    order=order,
                )
            )
    return tuple(changes), profile.twice / 2, searched.bound / 2


def swap_statements(
    judge: Judge,
    conflict: Conflict,
    state: int,
    concept: str,
    parties: Sequence[int],
    reporter: Reporter,
    deadline: Deadline,
) -> Swapped:
    """Find the fewest swaps: party by party where the parties are independent, jointly where they are not."""
    rank = conflict.form.rank
    task = "swapping statements"
    layers = {p: layers_of(conflict, conflict.parties[p]) for p in parties}
    if concept in CREDIBLE:
        return fewest_swaps(
            rank,
            layers,
            lambda changed: is_equilibrium(judge, changed, state, concept),
            reporter=reporter,
            task=task,
            deadline=deadline,
        )
    lists: dict[int, tuple[int, ...]] = {}
    swaps = bound = 0
    is_complete, is_proven = True, True
    for p in range(len(conflict.parties)):
        if judge.is_stable(p, state, concept):
            continue
        if p not in layers:
            return Swapped(lists=None, swaps=0, bound=bound, is_proven=True)

        def is_stable(changed: Int32Array, p: int = p) -> bool:
            stable = judge.is_stable(p, state, concept, changed)
            if stable is None:
                raise LimitError(TOO_LARGE)
            return stable

        found = fewest_swaps(rank, {p: layers[p]}, is_stable, reporter=reporter, task=task, deadline=deadline)
        bound += found.bound
        if found.lists is None:
            if found.is_proven:
                return Swapped(lists=None, swaps=0, bound=bound, is_proven=True)
            is_complete, is_proven = False, False
            continue
        lists |= found.lists
        swaps += found.swaps
    return Swapped(lists=lists if is_complete else None, swaps=swaps, bound=bound, is_proven=is_proven)


def changes_of_statements(
    conflict: Conflict, swapped: Swapped
) -> tuple[tuple[PreferenceChange, ...], float | None, float]:
    """Return the changes that swaps of statements amount to, how many swaps there are, and the bound."""
    if swapped.lists is None:
        return (), None, float(swapped.bound)
    changes = []
    for p, priorities in swapped.lists.items():
        if list(priorities) == sorted(priorities):
            continue
        party = conflict.parties[p]
        before = statements_of(conflict, party)
        inversions = sum(one > other for place, one in enumerate(priorities) for other in priorities[place + 1 :])
        changes.append(
            PreferenceChange(
                party=party,
                distance=float(inversions),
                comparisons=(),
                priorities=priorities,
                statements=tuple(before[number] for number in priorities),
                order=rank_by_priorities(layers_of(conflict, party), priorities),
            )
        )
    return tuple(changes), float(swapped.swaps), float(swapped.bound)
