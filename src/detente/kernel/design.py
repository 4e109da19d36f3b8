"""From a system, an order and a goal to the arcs that a design searches, within a limit of memory (§8 of the model)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.errors import LimitError
from detente.kernel.arcs import build_arcs, no_after_moves
from detente.kernel.bits import MOST_MEASURES, to_masks, to_states
from detente.kernel.bounds import UNLIMITED
from detente.kernel.expansion import AfterMoves, Sought
from detente.kernel.lattice import Order, list_ideals
from detente.kernel.search import Search
from detente.kernel.system import BoolArray, IntArray, Predicate, System
from detente.kernel.tables import Tables, make_tables
from detente.kernel.waiting import wait_first
from detente.progress import Reporter

NARROW = (1, 2)
"""Measures per stage of the first, quick searches."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Problem:
    """What is to be designed: the system, its states, and the limits.

    Parameters
    ----------
    legal : IntArray
        Shape (N,): masks that roadmaps may reach, the one they start from first.
    start : int
        Mask of what is in force beside the status quo before the first stage.
    waiting : int
        Periods that pass before the first stage, if something is in force already.
    goal : int
        Mask of the measures that may be taken.
    ends : BoolArray
        Shape (N,): where a roadmap may end.
    max_per_stage, max_stages, max_length : int
        Limits, `UNLIMITED` for none.
    memory : float
        Bytes.
    n_ideals : int
        States at the beginning of `tables.states` that are closed under what measures require and come after.
    shared : list of AfterMoves
        Deviations after stages, shared by all searches that allow every one; made when first needed.
    """

    system: System
    order: Order
    tables: Tables
    legal: IntArray
    start: int
    waiting: int
    goal: int
    ends: BoolArray
    max_per_stage: int
    max_stages: int
    max_length: int
    memory: float
    n_ideals: int
    shared: list[AfterMoves] = field(default_factory=list)

    def search(
        self,
        reporter: Reporter,
        *,
        per_stage: int | None = None,
        theta: float = -np.inf,
        trust: float = np.inf,
        checked: BoolArray | None = None,
        allowed: int | None = None,
        quick: bool = False,
    ) -> Search:
        """Build the arcs and return a search over them.

        Parameters
        ----------
        per_stage : int, optional
            Measures per stage, in place of the problem's own limit if that is larger.
        theta, trust : float
            Least flow margin and greatest required trust of the roadmaps sought.
        checked : BoolArray, optional
            Shape (P,): the parties whose checks count; all unless given.
        allowed : int, optional
            Mask of the measures that deviations may withhold or undo; all unless given.
        quick : bool
            Whether good answers without proof are enough.

        Raises
        ------
        LimitError
            If the arcs take more than half of the memory allowed.
        """
        sought = Sought(
            most_per_stage=self.max_per_stage if per_stage is None else min(per_stage, self.max_per_stage),
            theta=theta,
            trust=trust,
            checked=np.ones(self.system.n_parties, dtype=np.bool_) if checked is None else checked,
            allowed=-1 if allowed is None else allowed,
        )
        arcs = build_arcs(
            self.tables,
            self.order,
            self.legal,
            self.goal,
            ends=self.ends,
            sought=sought,
            after_moves=self._after_moves() if allowed is None else no_after_moves(self.tables, len(self.legal)),
            memory=self.memory / 2,
            reporter=reporter,
        )
        waits = self.waiting > 0 and self.start != 0
        if waits:
            arcs = wait_first(arcs, self.tables, sought, self.waiting)
        return Search(
            arcs,
            max_stages=self.max_stages + waits,
            max_length=self.max_length,
            memory=self.memory / 4,
            reporter=reporter,
            quick=quick,
        )

    def _after_moves(self) -> AfterMoves:
        if not self.shared:
            self.shared.append(no_after_moves(self.tables, len(self.legal)))
        return self.shared[0]

    def widths(self) -> tuple[int, ...]:
        """Return the measures per stage to try in turn: narrow stages give a first answer that prunes the wide ones."""
        return (*(width for width in NARROW if width < self.max_per_stage), self.max_per_stage)

    def stages(self, masks: Sequence[int]) -> BoolArray:
        """Return stages given as masks as rows of booleans (K, n)."""
        return to_states(np.array(masks, dtype=np.int64), self.system.n_measures)


class TooManyStatesError(LimitError):
    """The states alone need more memory than allowed."""

    def __init__(self, *, states: int) -> None:
        self.states = states
        super().__init__(f"more than {states} states")


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
    start: BoolArray | None = None,
    waiting: int = 0,
    memory: float,
) -> Problem | None:
    """List the states of a design and work out their values; None if the goal, or the start, is no legal state.

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
    start : BoolArray, optional
        Shape (n,): what is in force before the first stage; nothing unless given.
    waiting : int
        Periods that pass before the first stage.

    Raises
    ------
    TooManyStatesError
        If the estimate of memory exceeds half of the limit.
    LimitError
        If there are more than 64 measures, or one party has more deviations than can be tried.
    """
    n_measures, n_parties = system.n_measures, system.n_parties
    if n_measures > MOST_MEASURES:
        raise LimitError(
            f"{n_measures} measures vary, and a design can hold {MOST_MEASURES}: leave some out of --goal, or put them "
            "in the status quo"
        )
    per_state = state_bytes(n_parties, n_measures)
    most = max(1, int(memory / 2 / per_state))
    try:
        ideals = list_ideals(order, most)
    except LimitError:
        raise TooManyStatesError(states=most) from None
    begun = 0 if start is None else int(to_masks(start))
    ideals = ideals[(ideals & begun) == begun]
    states = to_states(ideals, n_measures)
    feasible = np.ones(len(ideals), dtype=np.bool_)
    for pattern in infeasible:
        feasible &= ~pattern(states)
    goal = int(to_masks(np.ones(n_measures, dtype=np.bool_)))
    reached = ideals == goal
    if not len(ideals) or ideals[0] != begun or not feasible[0] or (exact_goal and not (reached & feasible).any()):
        return None
    legal = ideals[feasible]
    tables = make_tables(system, ideals, feasible, longest=max(1, waiting))
    return Problem(
        system=system,
        order=order,
        tables=tables,
        legal=legal,
        start=begun,
        waiting=waiting,
        goal=goal,
        ends=(legal == goal) if exact_goal else (legal != begun),
        max_per_stage=min(max_per_stage, n_measures),
        max_stages=max_stages,
        max_length=max_length,
        memory=memory,
        n_ideals=len(ideals),
    )
