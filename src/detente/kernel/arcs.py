"""Arcs of the design: every stage that some roadmap may take and no party's checks rule out at once (§8 of the model).

An arc leads from a state S over a stage A to S ∪ A.  What a party could do instead depends on the arc alone, and its
value of complying rises in the value of what follows; so states are treated from the goal backwards with, per party,
the best value that anything could still bring (the *ideal*), and an arc on which even that is too little is dropped at
once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from detente.errors import LimitError
from detente.kernel.expansion import HELD, AfterMoves, Ends, Scratch, Sought, Written, best_deviation, expand
from detente.kernel.lattice import Order
from detente.kernel.system import BoolArray, FloatArray, IntArray
from detente.kernel.tables import Tables
from detente.progress import Reporter

LEAST_TRUST = 1e-12
"""Stands for a bound of no trust at all where a bound is divided by."""


class Arcs(NamedTuple):
    """The arcs that survive, goal first; N states that roadmaps may reach, M arcs.

    Parameters
    ----------
    masks : IntArray
        Shape (N,): states; the first is where roadmaps start.
    order : IntArray
        Shape (N,): places of states, largest first.
    levels : tuple of pairs
        Where in `order` the states with the same number of measures begin and stop, largest first.
    first : IntArray
        Shape (N + 1,): the arcs of the s-th state of `order` are first[s] … first[s + 1] − 1.
    source, target, stage, length : IntArray
        Shape (M,): places of states, measures as a mask, periods.
    weight : IntArray
        Shape (M,): what counts against the limit of length and is made small; periods unless the search is for
        something else.
    constant : FloatArray
        Shape (M, P): value of complying is ``constant + γ^length · (value of what follows)``.
    before, behind : FloatArray
        Shape (M, P): the best deviation before the stage, and after it less its own costs, leaving included: complying
        must be worth both.
    betrayed : FloatArray
        Shape (M, P): value of doing one's part alone; inf for parties with nothing to do.
    leave : FloatArray
        Shape (N, P): value of leaving openly before a stage.
    is_end, end_values
        Shapes (N,), (N, P): whether a roadmap may end there and everybody keeps to it, and what that is worth.
    checked : BoolArray
        Shape (P,): parties whose checks count.
    origin : IntArray
        Shape (M,): places of the arcs among those first built.
    fades, patience, start_value : FloatArray
        See `detente.kernel.tables.Tables`.
    """

    masks: IntArray
    order: IntArray
    levels: tuple[tuple[int, int], ...]
    first: IntArray
    source: IntArray
    target: IntArray
    stage: IntArray
    length: IntArray
    weight: IntArray
    constant: FloatArray
    before: FloatArray
    behind: FloatArray
    betrayed: FloatArray
    leave: FloatArray
    is_end: BoolArray
    end_values: FloatArray
    checked: BoolArray
    origin: IntArray
    fades: FloatArray
    patience: FloatArray
    start_value: FloatArray

    def only(self, chosen: BoolArray) -> Arcs:
        """Return the chosen arcs alone, (M,); they remember their `origin`."""
        kept = np.concatenate([[0], np.cumsum(chosen)])
        columns = (
            "source",
            "target",
            "stage",
            "length",
            "weight",
            "constant",
            "before",
            "behind",
            "betrayed",
            "origin",
        )
        return self._replace(first=kept[self.first], **{name: getattr(self, name)[chosen] for name in columns})


class Horizon(NamedTuple):
    """Where a search looks no further: no arcs leave there, and nobody need keep to what is in force there.

    Parameters
    ----------
    is_beyond : BoolArray
        Shape (N,).
    values : FloatArray
        Shape (N, P): what is at most to be had from there on; of no meaning elsewhere.
    """

    is_beyond: BoolArray
    values: FloatArray


ARC_BYTES = 8
"""Bytes of one number of an arc."""


def arc_bytes(n_parties: int) -> int:
    """Return the memory that one arc takes, in bytes: the arc, its thresholds, and room to grow."""
    return 2 * ARC_BYTES * (6 + 4 * n_parties)


def no_after_moves(tables: Tables, n_states: int) -> AfterMoves:
    """Return room for the best deviations after stages, none known yet."""
    shape = (n_states, tables.annuity.shape[1], tables.annuity.shape[0])
    return AfterMoves(value=np.full(shape, -np.inf), known=np.zeros(shape, dtype=np.bool_))


def _all_keep(
    tables: Tables, legal: IntArray, where: IntArray, ends: Ends, sought: Sought, scratch: Scratch
) -> BoolArray:
    """Whether all parties whose checks count keep to a state for good, for the states where a roadmap may end: (N,)."""
    keeps = np.zeros(len(legal), dtype=np.bool_)
    longest = tables.annuity.shape[1] - 1
    wanted = ends.values + HELD
    stays = (tables.breaker[where] <= wanted)[:, sought.checked].all(axis=1)
    parties = [int(party) for party in np.flatnonzero(sought.checked)]
    for place in np.flatnonzero(ends.is_end & stays):
        state = int(legal[place])
        keeps[place] = all(
            best_deviation(party, state, 0, state, sought.allowed, longest, wanted[place, party], tables, scratch)
            <= wanted[place, party]
            for party in parties
        )
    return keeps


def build_arcs(
    tables: Tables,
    order: Order,
    legal: IntArray,
    goal: int,
    *,
    ends: BoolArray,
    sought: Sought,
    after_moves: AfterMoves,
    memory: float = np.inf,
    horizon: Horizon | None = None,
    reporter: Reporter,
) -> Arcs:
    """Build the arcs that survive the checks of some parties, and that roadmaps within thresholds may use.

    Parameters
    ----------
    tables : Tables
        Values of all states.
    order : Order
        What must come before what.
    legal : IntArray
        Shape (N,): the masks that roadmaps may reach, the one they start from first.
    goal : int
        Mask of the measures that may be taken.
    ends : BoolArray
        Shape (N,): where a roadmap may end.
    sought : Sought
        Which roadmaps are sought, and whose deviations count.
    after_moves : AfterMoves
        What is known of deviations after stages, for the same measures allowed; added to.
    memory : float
        Bytes that the arcs may take.
    horizon : Horizon, optional
        Where to stop listing arcs, and what roadmaps are worth there.

    Raises
    ------
    LimitError
        If the arcs take more.
    """
    n_parties = tables.flow.shape[1]
    sought = sought._replace(trust=max(sought.trust, LEAST_TRUST))
    sizes = np.bitwise_count(legal.view(np.uint64)).astype(np.int64)
    place_in_order = np.argsort(-sizes, kind="stable")
    place_of = np.full(len(tables.states), -1, dtype=np.int64)
    where = np.flatnonzero(np.isin(tables.states, legal))  # both are in the order of the ideals
    place_of[where] = np.arange(len(legal))
    own = (tables.withholds | tables.undoes)[:, None] & legal
    bits = int(np.bitwise_count(own.view(np.uint64)).max(initial=0))
    scratch = Scratch(removal=np.zeros(1 << bits, dtype=np.int64), undoing=np.zeros(1 << bits))
    all_ends = Ends(is_end=ends, values=tables.flow[where] / (1.0 - tables.fades[:, 1]))
    if horizon is None:
        final = all_ends._replace(is_end=ends & _all_keep(tables, legal, where, all_ends, sought, scratch))
        left = place_in_order
    else:
        final = Ends(
            is_end=ends | horizon.is_beyond,
            values=np.where(horizon.is_beyond[:, None], horizon.values, all_ends.values),
        )
        left = place_in_order[~horizon.is_beyond[place_in_order]]
    ideal = np.full((len(legal), n_parties), -np.inf)
    room = np.empty(4096, dtype=np.int64)
    capacity = 1 << 16
    parts: list[Written] = []
    step, kept = 0, 0
    while step < len(left):
        out = Written(
            source=np.empty(capacity, dtype=np.int64),
            target=np.empty(capacity, dtype=np.int64),
            stage=np.empty(capacity, dtype=np.int64),
            length=np.empty(capacity, dtype=np.int64),
            constant=np.empty((capacity, n_parties)),
            before=np.full((capacity, n_parties), -np.inf),
            behind=np.full((capacity, n_parties), -np.inf),
            betrayed=np.empty((capacity, n_parties)),
        )
        begun = step
        step, written, asked = expand(
            step,
            left,
            legal,
            place_of,
            goal,
            order,
            tables,
            sought,
            final,
            after_moves,
            ideal,
            room,
            scratch,
            out,
        )
        parts.append(Written._make(column[:written].copy() for column in out))
        kept += written
        if kept * arc_bytes(n_parties) > memory:
            raise LimitError(f"more than {kept} stages")
        if asked > 0:
            room = np.empty(asked, dtype=np.int64)
        elif asked < 0 and step == begun:
            capacity = max(2 * capacity, -asked)
        reporter.report("listing stages", fraction=step / len(left))
    survivors = Written._make(np.concatenate(column) for column in zip(*parts, strict=True))
    per_state = np.bincount(survivors.source, minlength=len(legal))[place_in_order]
    edges = [0, *(np.flatnonzero(np.diff(sizes[place_in_order])) + 1).tolist(), len(legal)]
    leave = tables.breaker[where].copy()
    leave[legal == 0] = tables.start_value
    return Arcs(
        masks=legal,
        order=place_in_order,
        levels=tuple(pairwise(edges)),
        first=np.concatenate([[0], np.cumsum(per_state)]),
        **survivors._asdict(),
        weight=survivors.length,
        leave=leave,
        is_end=final.is_end,
        end_values=final.values,
        checked=sought.checked,
        origin=np.arange(len(survivors.source)),
        fades=tables.fades,
        patience=tables.patience,
        start_value=tables.start_value,
    )
