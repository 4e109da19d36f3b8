"""How far two orders with ties are apart, pair by pair (Fagin et al. 2006, penalty 1/2)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations


def kendall_distance(one: Sequence[Sequence[str]], other: Sequence[Sequence[str]]) -> float:
    """Reversed pairs count 1, pairs tied in exactly one of the orders 1/2; both take the same measures."""
    first = {measure: number for number, stage in enumerate(one) for measure in stage}
    second = {measure: number for number, stage in enumerate(other) for measure in stage}
    assert first.keys() == second.keys()
    distance = 0.0
    for a, b in combinations(first, 2):
        here, there = first[a] - first[b], second[a] - second[b]
        if here * there < 0:
            distance += 1.0
        elif (here == 0) != (there == 0):
            distance += 0.5
    return distance
