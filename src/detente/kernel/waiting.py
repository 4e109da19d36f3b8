"""Waiting before the first stage of a design, as a stage that takes nothing (§5, §6 of the model)."""

from __future__ import annotations

import numpy as np

from detente.kernel.arcs import Arcs
from detente.kernel.expansion import Scratch, Sought, best_deviation
from detente.kernel.tables import Tables


def wait_first(arcs: Arcs, tables: Tables, sought: Sought, periods: int) -> Arcs:
    """Return arcs whose roadmaps begin with so many periods in the state they start from.

    What a party could do meanwhile is checked as after a stage: undo something in force, or leave.  The wait takes no
    measure, asks for no trust, and counts as one stage.
    """
    n_states, n_parties = arcs.end_values.shape
    root = int(arcs.order[-1])
    state = int(arcs.masks[root])
    place = int(np.flatnonzero(tables.states == state)[0])
    own = int(np.bitwise_count(((tables.withholds | tables.undoes) & state).view(np.uint64)).max(initial=0))
    scratch = Scratch(removal=np.zeros(1 << own, dtype=np.int64), undoing=np.zeros(1 << own))
    deviate = tables.breaker[place].copy()
    for party in np.flatnonzero(sought.checked):
        moves = best_deviation(int(party), state, 0, state, sought.allowed, periods, np.inf, tables, scratch)
        deviate[party] = max(deviate[party], moves)
    n_arcs = len(arcs.source)
    return arcs._replace(
        masks=np.append(arcs.masks, state),
        order=np.append(arcs.order, n_states),
        levels=(*arcs.levels, (n_states, n_states + 1)),
        first=np.append(arcs.first, n_arcs + 1),
        source=np.append(arcs.source, n_states),
        target=np.append(arcs.target, root),
        stage=np.append(arcs.stage, 0),
        length=np.append(arcs.length, periods),
        weight=np.append(arcs.weight, 0),
        constant=np.vstack([arcs.constant, tables.flow[place] * tables.annuity[:, periods]]),
        before=np.vstack([arcs.before, deviate]),
        behind=np.vstack([arcs.behind, deviate]),
        betrayed=np.vstack([arcs.betrayed, np.full(n_parties, np.inf)]),
        leave=np.vstack([arcs.leave, arcs.leave[root]]),
        is_end=np.append(arcs.is_end, False),
        end_values=np.vstack([arcs.end_values, arcs.end_values[root]]),
        origin=np.append(arcs.origin, n_arcs),
    )
