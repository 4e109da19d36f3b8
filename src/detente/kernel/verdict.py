"""The rows of a verdict: margins with their parts, and required trust, at every check (§6–7 of the model)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.kernel.breakdown import break_down
from detente.kernel.deviations import Check, Row
from detente.kernel.roadmap import TIES, RoadmapValues, required_trust
from detente.kernel.system import BoolArray, IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Parts:
    """The parts of a margin in the separable case: margin = F + δ^L·H − G − C."""

    F: float
    G: float
    H: float
    C: float


@dataclass(frozen=True, eq=False, kw_only=True)
class CheckValues:
    """One row: what complying and the best deviation are worth to a party at one check.

    Parameters
    ----------
    stage, party : int
        Counted from 0; stage −1 is waiting before the first, and the end where there is no stage.
    withheld, undone : IntArray
        Columns that the best deviation withholds and undoes, as chosen.
    noticed_after : int
        Periods until the best deviation is noticed; 0 for leaving.
    betrayed_value, required_trust : float or None
        Of rows `before` of parties with something to do; `none_suffices` tells that no probability does.
    """

    stage: int
    check: Check
    party: int
    comply: float
    deviate: float
    withheld: IntArray
    undone: IntArray
    leaves: bool
    noticed_after: int
    leave_value: float
    betrayed_value: float | None
    required_trust: float | None
    none_suffices: bool
    flow_margin: float
    parts: Parts | None

    @property
    def margin(self) -> float:
        """Complying less the best deviation."""
        return self.comply - self.deviate


def check_values(roadmap: RoadmapValues) -> tuple[CheckValues, ...]:
    """Return every row of §6 and §7 at the system's own hazard, in the order of `Deviations.rows`."""
    system = roadmap.system
    at = np.array([system.hazard])
    comply = roadmap.comply_values(at)[:, 0]
    leave = roadmap.leave_values()
    result = []
    for number, row in enumerate(roadmap.deviations.rows):
        value, lines = roadmap.choice(row, system.hazard)
        leaves = leave[number] >= value - TIES
        withheld, undone = roadmap.chosen(()) if leaves else roadmap.chosen(lines)
        deviate = max(float(leave[number]), value)
        noticed = 0 if leaves else int(roadmap.deviations.lag[list(lines)].min())
        betrayed, trust, hopeless = _trust(roadmap, row, float(comply[number]), float(leave[number]))
        margin = float(comply[number]) - deviate
        result.append(
            CheckValues(
                stage=row.stage,
                check=row.check,
                party=row.party,
                comply=float(comply[number]),
                deviate=deviate,
                withheld=np.flatnonzero(withheld),
                undone=np.flatnonzero(undone),
                leaves=bool(leaves),
                noticed_after=noticed,
                leave_value=float(leave[number]),
                betrayed_value=betrayed,
                required_trust=trust,
                none_suffices=hopeless,
                flow_margin=(1.0 - float(system.discount[row.party])) * margin,
                parts=_parts(roadmap, row, withheld, undone, leaves=bool(leaves)) if system.is_separable else None,
            )
        )
    return tuple(result)


def _trust(roadmap: RoadmapValues, row: Row, comply: float, leave: float) -> tuple[float | None, float | None, bool]:
    """Value if betrayed, required trust, and whether no trust suffices (§7); None where the row has none."""
    system = roadmap.system
    if row.check is not Check.BEFORE or not (system.owns[row.party] & roadmap.stages[row.stage]).any():
        return None, None, False
    state = roadmap.betrayed_index[row.stage, row.party]
    gamma = system.discount[row.party] * (1.0 - system.hazard)
    fades = gamma ** int(roadmap.betrayal_lag[row.stage, row.party])
    lost = roadmap.aftermath.nobody[row.party, state]
    flow = roadmap.aftermath.value[row.party, state] + system.discount[row.party] * system.hazard * lost
    held = flow * (1.0 - fades) / (1.0 - gamma) + fades * lost
    betrayed = float(held - roadmap.own_cost[row.party, row.stage])
    trust = required_trust(comply, leave, betrayed)
    return betrayed, trust, trust is None


def _parts(roadmap: RoadmapValues, row: Row, withheld: BoolArray, undone: BoolArray, *, leaves: bool) -> Parts:
    """F, G, H and C of a deviation in the separable case; leaving withholds the whole stage and is noticed at once."""
    system, party = roadmap.system, row.party
    delta = float(system.discount[party])
    present = 1.0 / (1.0 - delta)
    weight, cost = system.weight[party], np.where(system.owns[party], system.cost[party], 0.0)
    ahead, fades = 0.0, 1.0
    if row.check is not Check.END:
        for k in range(row.stage + 1, roadmap.n_stages):
            fades *= delta ** (int(roadmap.durations[k - 1]) if k else roadmap.waiting)
            ahead += fades * float(roadmap.stages[k] @ weight * present - roadmap.own_cost[party, k])
    if leaves and row.check is Check.BEFORE:
        withheld = roadmap.stages[row.stage]
    left = roadmap.states[row.stage + 1] & ~withheld & ~undone
    gone = withheld | undone
    if leaves and not left.any():
        lost = 0.0  # nothing has begun, so nothing breaks down
    else:
        after = break_down(system, left[None, :])
        lapsed = left & ~after.remains[0]
        punished = float(system.deters[party] @ left + system.deters_base[party])
        lost = float(lapsed @ weight - system.breakdown[party] + punished) * present
        lost += float(after.undo_costs[party, 0])
    return Parts(
        F=ahead,
        G=-float(gone @ weight) * present,
        H=lost,
        C=float(withheld @ cost - undone @ system.undo_cost[party]),
    )
