"""Good roadmaps over very many states: the best within windows around an order, moved as long as that helps (§8).

In a window no measure may come much later than another that an order has much earlier.  That leaves few states, over
which the search is exact; the best roadmap of a window is the order for the next ones.  What is found holds and is the
best near itself; how good any other could be, `detente.kernel.horizon` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from detente.errors import Cancelled, LimitError
from detente.kernel.bits import to_masks
from detente.kernel.design import Problem
from detente.kernel.horizon import n_stage_sets
from detente.kernel.lattice import Order, list_ideals
from detente.kernel.objectives import Objective
from detente.kernel.optimum import find_optimum
from detente.kernel.search import PROVEN, Found
from detente.kernel.system import FloatArray
from detente.progress import Relay, Reporter

MOST_STATES = 6_000
"""States of a window."""

MOST_SETS = 400_000
"""Stages of a window."""

FIRST_ORDERS = 12
"""Orders tried until one has a roadmap near it that holds; the first is the even one, the others are drawn."""

FIRST, NEXT = "looking for a roadmap that holds", "looking near the best"
"""What is being done, for people."""

SEED = 20180612
"""Of the orders drawn: the same every time."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Windows:
    """How to make the problem of a window: from an order with more precedence than the problem's own."""

    order: Order
    make: Callable[[Order], Problem | None]

    def narrowed(self, position: FloatArray, widths: FloatArray) -> Order:
        """Return the order in which nothing comes before what is earlier than it by more than the greater width.

        Parameters
        ----------
        position, widths : FloatArray
            Shape (n,): where each measure stands in an order, and how far it may move.
        """
        room = np.maximum(widths[:, None], widths[None, :])
        late = position[:, None] - position[None, :] > room
        topological = sorted(self.order.topological, key=lambda column: position[column])
        return self.order._replace(
            needs=self.order.needs | to_masks(late), topological=np.array(topological, dtype=np.int64)
        )

    def widest(self, position: FloatArray, free: FloatArray) -> Problem | None:
        """Return the problem of the widest window that is small enough; measures that are free may move anywhere.

        Parameters
        ----------
        free : FloatArray
            Shape (n,): 1 for measures that may move twice as far.
        """
        best = None
        gaps = np.unique(np.abs(position[:, None] - position[None, :]))
        low, high = 0, len(gaps) - 1
        while low <= high:
            middle = (low + high) // 2
            order = self.narrowed(position, gaps[middle] * (1.0 + free))
            problem = self._small(order)
            if problem is None:
                high = middle - 1
            else:
                best, low = problem, middle + 1
        return best

    def _small(self, order: Order) -> Problem | None:
        try:
            list_ideals(order, MOST_STATES)
        except LimitError:
            return None
        problem = self.make(order)
        if problem is None or n_stage_sets(problem, problem.legal, most=MOST_SETS) > MOST_SETS:
            return None
        return problem


def even_positions(order: Order) -> FloatArray:
    """Return where each measure stands if every chain of what must come before what is spread evenly, in [0, 1]."""
    n_measures = len(order.needs)
    before = order.needs | order.after
    ahead = np.zeros(n_measures)
    behind = np.zeros(n_measures)
    for column in order.topological:
        for other in range(n_measures):
            if before[column] >> other & 1:
                ahead[column] = max(ahead[column], ahead[other] + 1.0)
    for column in order.topological[::-1]:
        for other in range(n_measures):
            if before[column] >> other & 1:
                behind[other] = max(behind[other], behind[column] + 1.0)
    return np.asarray((ahead + 0.5) / (ahead + behind + 1.0))


def _first_orders(order: Order) -> Iterator[FloatArray]:
    """Orders to begin with: the even one, then drawn ones that keep to what must come before what."""
    even = even_positions(order)
    yield even
    draw = np.random.default_rng(SEED)
    before = order.needs | order.after
    for _ in range(FIRST_ORDERS - 1):
        position = even + draw.uniform(-0.3, 0.3, len(even))
        for column in order.topological:
            for other in range(len(even)):
                if before[column] >> other & 1:
                    position[column] = max(position[column], position[other] + 1e-3)
        yield position


def _positions(stages: tuple[int, ...], n_measures: int) -> FloatArray:
    position = np.full(n_measures, len(stages) + 1.0)  # what is not taken comes after everything
    for number, mask in enumerate(stages, start=1):
        for column in range(n_measures):
            if mask >> column & 1:
                position[column] = number
    return position


def _regions(position: FloatArray) -> Iterator[FloatArray]:
    """Everything, then parts of the order that overlap by half, long ones first: which measures are free, (n,)."""
    last = float(position.max())
    yield np.zeros(len(position))
    length = last / 2.0
    while length >= 2.0:
        for begin in np.arange(0.0, last, length / 2.0):
            yield ((position >= begin) & (position <= begin + length)).astype(np.float64) * last
        length /= 2.0


def improvements(
    windows: Windows,
    objective: Objective,
    reporter: Reporter,
    *,
    bound: Callable[[], float],
    known: Found | None = None,
) -> Iterator[Found]:
    """Yield one roadmap after the other, each better than the last, until none near the best is better.

    Parameters
    ----------
    bound : callable
        What no roadmap betters, in the objective's own sense, as far as is known; asked for anew for each report.
    known : Found, optional
        A roadmap to begin with, which is not yielded again.

    Raises
    ------
    Cancelled
        If the user stops.
    """
    sign = -1.0 if objective in ("trust", "duration") else 1.0
    best = known
    if best is None:
        best = _first(windows, objective, reporter)
        if best is None:
            return
        yield best
    moved = True
    while moved:
        moved = False
        position = _positions(best.stages, len(windows.order.needs))
        for free in _regions(position):
            limit = bound()
            relay = Relay(reporter, NEXT, best=best.value, bound=limit if np.isfinite(limit) else None)
            found = _best_near(windows, position, free, objective, relay, known=best)
            if found is not None and sign * (found.value - best.value) > PROVEN * max(1.0, abs(best.value)):
                best, moved = found, True
                yield best
            if relay.is_stopped:
                raise Cancelled
            if moved:
                break


def _first(windows: Windows, objective: Objective, reporter: Reporter) -> Found | None:
    """The best roadmap near the first order that has any near it."""
    for position in _first_orders(windows.order):
        found = _best_near(windows, position, np.zeros(len(position)), objective, Relay(reporter, FIRST))
        if found is not None:
            return found
    return None


def _best_near(
    windows: Windows,
    position: FloatArray,
    free: FloatArray,
    objective: Objective,
    relay: Relay,
    known: Found | None = None,
) -> Found | None:
    """The best roadmap of the widest window around an order; None if there is none, or none better is known."""
    problem = windows.widest(position, free)
    if problem is None:
        return None
    try:
        return find_optimum(problem, objective, relay, known=known, widen=False)
    except LimitError:
        return None
