"""Measures that are interchangeable: taking the one for the other changes nothing for anybody (§8 of the model).

Of all roadmaps that differ only by such an exchange one is enough, the one in which they come in declared order; that
leaves fewer states.
"""

from __future__ import annotations

import numpy as np

from detente.kernel.bits import to_masks
from detente.kernel.lattice import Order
from detente.kernel.system import BoolArray, System


def interchangeable(system: System, order: Order, one: int, other: int) -> bool:
    """Whether swapping two measures leaves the system and what must come before what as they are."""
    swap = np.arange(system.n_measures)
    swap[one], swap[other] = other, one
    columns = (
        system.weight, system.owns, system.others_own, system.withholds, system.undoes, system.cost, system.undo_cost,
        system.deters, system.reversible, system.snapback, system.keep, system.duration, system.lag,
    )  # fmt: skip
    squares = (system.granted_lag, system.dependents, _relation(order.needs), _relation(order.after))
    rules = [system.ending_rules.get(column) for column in (one, other)]
    same_rule = rules[0] is rules[1] or (
        rules[0] is not None
        and rules[1] is not None
        and rules[0].quota == rules[1].quota
        and bool((rules[0].members == rules[1].members).all() and (rules[0].veto == rules[1].veto).all())
    )
    return (
        same_rule
        and all(np.array_equal(column[..., one], column[..., other]) for column in columns)
        and all(np.array_equal(square[swap][:, swap], square) for square in squares)
    )


def _relation(masks: np.ndarray[tuple[int], np.dtype[np.int64]]) -> BoolArray:
    return np.asarray((masks[:, None] >> np.arange(len(masks)) & 1).astype(np.bool_))


def in_declared_order(system: System, order: Order, fixed: BoolArray) -> Order:
    """Return the order in which interchangeable measures come in declared order, or in one stage.

    Parameters
    ----------
    fixed : BoolArray
        Shape (n,): measures that something else tells apart: in force already, or part of a pattern or an option.
    """
    named = fixed | np.any([term.measures for term in system.terms], axis=0) if system.terms else fixed
    together = np.bitwise_or.reduce(order.together, initial=0)
    free = [column for column in np.flatnonzero(~named) if not together >> column & 1]
    needs = _relation(order.needs)
    found = False
    for place, one in enumerate(free):
        for other in free[place + 1 :]:
            if interchangeable(system, order, int(one), int(other)):
                needs[other, one] = found = True
                break  # being interchangeable is transitive: the next one takes it from there
    if not found:
        return order
    rank = np.empty(len(needs), dtype=np.int64)
    rank[order.topological] = np.arange(len(needs))
    before = needs | _relation(order.after)
    placed = np.zeros(len(needs), dtype=np.bool_)
    topological: list[int] = []
    while len(topological) < len(needs):
        ready = np.flatnonzero(~placed & ~(before & ~placed).any(axis=1))
        column = int(ready[rank[ready].argmin()])
        topological.append(column)
        placed[column] = True
    return order._replace(needs=to_masks(needs), topological=np.array(topological, dtype=np.int64))
