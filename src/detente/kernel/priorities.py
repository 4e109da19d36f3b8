"""The fewest swaps of neighbouring statements in parties' lists of priorities, after which something holds.

A list of priorities ranks states by its first statement, then by its second, and so on.  Lists are tried by the number
of swaps of neighbours that lead to them, so the first that does is the answer, and every list passed over raises the
bound; n statements have n! lists, at most n(n − 1)/2 swaps away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from detente.errors import Cancelled
from detente.kernel.conflict import Int32Array
from detente.kernel.preference_search import Deadline
from detente.kernel.system import IntArray
from detente.progress import Reporter

Priorities = tuple[int, ...]
"""Numbers of statements, the most important first."""


class Swapped(NamedTuple):
    """Lists of priorities after the fewest swaps.

    Parameters
    ----------
    lists : mapping from party to Priorities, or None
        None if no list does, or none was found.
    swaps : int
        How many swaps of neighbours lead to them, added over the parties.
    bound : int
        The fewest that can do.
    is_proven : bool
        Whether fewer are known not to do; without lists, whether none do.
    """

    lists: dict[int, Priorities] | None
    swaps: int
    bound: int
    is_proven: bool


def rank_by_priorities(layers: IntArray, priorities: Sequence[int]) -> Int32Array:
    """Rank states by layers (K, F), the first in the list deciding before the second; the greater the better."""
    ranks = np.zeros(layers.shape[1], dtype=np.int64)
    for layer in priorities:
        dense = np.unique(layers[layer], return_inverse=True)[1].reshape(-1)
        ranks = np.unique(ranks * (int(dense.max(initial=0)) + 1) + dense, return_inverse=True)[1].reshape(-1)
    return ranks.astype(np.int32)


def neighbours(priorities: Priorities) -> Iterator[Priorities]:
    """Yield what one swap of neighbours makes of a list, the most important swapped first."""
    for first in range(len(priorities) - 1):
        yield (*priorities[:first], priorities[first + 1], priorities[first], *priorities[first + 2 :])


def fewest_swaps(
    rank: Int32Array,
    layers: Mapping[int, IntArray],
    is_wanted: Callable[[Int32Array], bool],
    *,
    reporter: Reporter,
    task: str,
    deadline: Deadline,
) -> Swapped:
    """Return lists of priorities after the fewest swaps of neighbours for which something holds.

    Parameters
    ----------
    rank : Int32Array
        Shape (P, F): the orders as they are.
    layers : mapping from party to IntArray
        Shape (K, F) each: what each statement of the party makes of each state, the most important first.
    is_wanted : callable
        Told the orders (P, F).
    """
    parties = list(layers)
    start = tuple(tuple(range(layers[party].shape[0])) for party in parties)
    orders: dict[tuple[int, Priorities], tuple[Int32Array, int]] = {}
    numbers: dict[tuple[int, bytes], int] = {}
    judged: set[tuple[int, ...]] = set()

    def order_of(slot: int, priorities: Priorities) -> tuple[Int32Array, int]:
        key = (slot, priorities)
        if key not in orders:
            order = rank_by_priorities(layers[parties[slot]], priorities)
            orders[key] = (order, numbers.setdefault((slot, order.tobytes()), len(numbers)))
        return orders[key]

    level, seen_before, swaps = {start: None}, dict[tuple[Priorities, ...], None](), 0
    try:
        while level:
            for lists in level:
                if deadline.is_over():
                    return Swapped(lists=None, swaps=0, bound=swaps, is_proven=False)
                reporter.report(task, bound=float(swaps))
                found = [order_of(slot, priorities) for slot, priorities in enumerate(lists)]
                key = tuple(number for _, number in found)
                if key in judged:
                    continue
                judged.add(key)
                changed = rank.copy()
                for party, (order, _) in zip(parties, found, strict=True):
                    changed[party] = order
                if is_wanted(changed):
                    return Swapped(dict(zip(parties, lists, strict=True)), swaps, swaps, is_proven=True)
            following: dict[tuple[Priorities, ...], None] = {}
            for lists in level:
                for slot, priorities in enumerate(lists):
                    for other in neighbours(priorities):
                        made = (*lists[:slot], other, *lists[slot + 1 :])
                        if made not in seen_before:
                            following[made] = None
            seen_before, level, swaps = level, following, swaps + 1
    except Cancelled:
        return Swapped(lists=None, swaps=0, bound=swaps, is_proven=False)
    return Swapped(lists=None, swaps=0, bound=swaps, is_proven=True)
