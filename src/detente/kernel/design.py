"""From a system, an order and a goal to the arcs that a design searches, within a limit of memory (§8 of the model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.errors import LimitError
from detente.kernel.arcs import Arcs, Tables, arc_bytes, build_arcs, make_tables
from detente.kernel.bits import MOST_MEASURES, to_masks, to_states
from detente.kernel.lattice import Order, count_arcs, list_ideals
from detente.kernel.search import UNLIMITED, Search
from detente.kernel.system import BoolArray, IntArray, Predicate, System
from detente.progress import Reporter


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """What is to be designed: the system, its states, and the limits.

    Parameters
    ----------
    legal : IntArray
        Shape (N,): masks that roadmaps may reach, the empty one first.
    goal : int
        Mask of the measures that may be taken.
    ends : BoolArray
        Shape (N,): where a roadmap may end.
    max_per_stage, max_stages, max_length : int
        Limits, `UNLIMITED` for none.
    memory : float
        Bytes.
    """

    system: System
    order: Order
    tables: Tables
    legal: IntArray
    goal: int
    ends: BoolArray
    max_per_stage: int
    max_stages: int
    max_length: int
    memory: float

    def search(self, reporter: Reporter, *, checked: BoolArray | None = None, allowed: int | None = None) -> Search:
        """Build the arcs and return a search over them.

        Parameters
        ----------
        checked : BoolArray, optional
            Shape (P,): the parties whose checks count; all unless given.
        allowed : int, optional
            Mask of the measures that deviations may withhold or undo; all unless given.
        """
        arcs = self.arcs(reporter, checked=checked, allowed=allowed)
        return Search(
            arcs,
            max_stages=self.max_stages,
            max_length=self.max_length,
            memory=self.memory / 2,
            reporter=reporter,
        )

    def arcs(self, reporter: Reporter, *, checked: BoolArray | None = None, allowed: int | None = None) -> Arcs:
        """Build the arcs that survive the checks of some parties."""
        everybody = np.ones(self.system.n_parties, dtype=np.bool_)
        return build_arcs(
            self.tables,
            self.order,
            self.legal,
            self.goal,
            ends=self.ends,
            most_per_stage=self.max_per_stage,
            checked=everybody if checked is None else checked,
            allowed=-1 if allowed is None else allowed,
            reporter=reporter,
        )

    def stages(self, masks: Sequence[int]) -> BoolArray:
        """Return stages given as masks as rows of booleans (K, n)."""
        return to_states(np.array(masks, dtype=np.int64), self.system.n_measures)


class TooLarge(LimitError):
    """A design needs more memory than allowed: what it would need, for the message."""

    def __init__(self, *, states: int, arcs: int, needed: float, memory: float) -> None:
        self.states, self.arcs, self.needed, self.memory = states, arcs, needed, memory
        super().__init__(f"about {needed:.3g} bytes for {states} states and {arcs} stages between them")


def state_bytes(n_parties: int, n_measures: int) -> int:
    """Return the memory that one state takes while its values are worked out, in bytes."""
    return 8 * (8 * n_parties + n_measures)


def make_problem(
    system: System,
    order: Order,
    *,
    infeasible: Sequence[Predicate],
    exact_goal: bool,
    max_per_stage: int = UNLIMITED,
    max_stages: int = UNLIMITED,
    max_length: int = UNLIMITED,
    memory: float,
) -> Problem | None:
    """List the states of a design and work out their values; None if the goal is no legal state.

    Parameters
    ----------
    system : System
        The game; all its measures may be taken.
    order : Order
        What must come before what.
    infeasible : sequence of predicates
        States that satisfy one are not reached.
    exact_goal : bool
        Whether the roadmap must end with every measure in force, or may end in any state but the first.

    Raises
    ------
    TooLarge
        If the estimate of memory exceeds the limit.
    LimitError
        If there are more than 64 measures, or one party has more deviations than can be tried.
    """
    n_measures, n_parties = system.n_measures, system.n_parties
    if n_measures > MOST_MEASURES:
        raise LimitError(f"{n_measures} measures vary; a design can hold {MOST_MEASURES}")
    per_state = state_bytes(n_parties, n_measures)
    most = max(1, int(memory / per_state))
    try:
        ideals = list_ideals(order, most)
    except LimitError:
        raise TooLarge(states=most, arcs=most, needed=memory, memory=memory) from None
    states = to_states(ideals, n_measures)
    feasible = np.ones(len(ideals), dtype=np.bool_)
    for pattern in infeasible:
        feasible &= ~pattern(states)
    goal = int(to_masks(np.ones(n_measures, dtype=np.bool_)))
    reached = ideals == goal
    if not feasible[0] or (exact_goal and not (reached & feasible).any()):
        return None
    legal = ideals[feasible]
    allowed_arcs = max(1, int((memory - per_state * len(ideals)) / arc_bytes(n_parties)))
    n_arcs = count_arcs(legal, goal, order, min(max_per_stage, n_measures), allowed_arcs)
    needed = per_state * len(ideals) + arc_bytes(n_parties) * n_arcs
    if needed > memory:
        raise TooLarge(states=len(ideals), arcs=n_arcs, needed=needed, memory=memory)
    return Problem(
        system=system,
        order=order,
        tables=make_tables(system, ideals, feasible),
        legal=legal,
        goal=goal,
        ends=(legal == goal) if exact_goal else (legal != 0),
        max_per_stage=min(max_per_stage, n_measures),
        max_stages=max_stages,
        max_length=max_length,
        memory=memory,
    )
