"""Everything a party could do instead, at every check of a roadmap (§6 of the model).

A deviation withholds own measures of the stage, or undoes own reversible measures, or both.  Measures that nothing
links (no term, dependence or verification) add up, so that a party with many measures is not tried in all 2^q ways:
its measures fall into *groups*, and for a given lag the best choice is made group by group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from detente.errors import LimitError
from detente.kernel.system import NEVER, BoolArray, FloatArray, IntArray, System, lags

JOINT_BITS = 8
"""Unlinked measures are still tried jointly up to this many: fewer, larger array operations."""

MOST_BITS = 20
"""Linked measures of one party at one check: beyond 2^20 combinations the check is refused."""


class Check(StrEnum):
    """When a party may think better of it: before doing its part of a stage, after it, or at the end."""

    BEFORE = "before"
    AFTER = "after"
    END = "end"


@dataclass(frozen=True, eq=False, kw_only=True)
class Row:
    """One check of one party: its place, and where its groups of deviations are in `Deviations`.

    Parameters
    ----------
    stage : int
        Counted from 0; −1 is waiting before the first stage, and the end where there is no stage.
    """

    stage: int
    check: Check
    party: int
    groups: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Deviations:
    """All deviations of all rows, one below the other; N in all.

    Parameters
    ----------
    rows : tuple of Row
        Checks in the order stage, before, after, party; the end last.
    party : IntArray
        Shape (N,).
    left : BoolArray
        Shape (N, n): the state X that the deviation leaves.
    pays : FloatArray
        Shape (N,): own costs of what is still taken, and undo costs, as a negative number.
    lag : IntArray
        Shape (N,): periods until it is noticed.
    withheld, undone : BoolArray
        Shape (N, n): W and R as chosen, without what they take along.
    """

    rows: tuple[Row, ...]
    party: IntArray
    left: BoolArray
    pays: FloatArray
    lag: IntArray
    withheld: BoolArray
    undone: BoolArray


def linked_measures(system: System) -> IntArray:
    """Return for each measure the smallest column that terms, dependence or verification link it to, shape (n,)."""
    parent = list(range(system.n_measures))

    def root(column: int) -> int:
        while parent[column] != column:
            parent[column] = parent[parent[column]]
            column = parent[column]
        return column

    def link(columns: Sequence[int]) -> None:
        for column in columns[1:]:
            first, second = sorted((root(int(columns[0])), root(int(column))))
            parent[second] = first

    for term in system.terms:
        link([int(c) for c in np.flatnonzero(term.measures)])
    for relation in (system.dependents, system.granted_lag < NEVER):
        for one, other in np.argwhere(relation):
            link([int(one), int(other)])
    return np.array([root(column) for column in range(system.n_measures)], dtype=np.int64)


@lru_cache(maxsize=1024)
def _choices(withholdable: tuple[bool, ...]) -> BoolArray:
    """All nonempty choices among own measures, fewest first, then withheld before undone, then declared order."""
    n_bits = len(withholdable)
    numbers = np.arange(1, 1 << n_bits)
    choices = (numbers[:, None] >> np.arange(n_bits)) & 1
    n_withheld = choices @ np.array(withholdable, dtype=np.int64)
    # Among choices of one size the one with the smallest distinguishing column comes first: a descending number
    # whose leading digit is the first column.
    order_key = choices @ (1 << np.arange(n_bits)[::-1])
    order = np.lexsort((-order_key, -n_withheld, choices.sum(axis=1)))
    result = choices[order].astype(np.bool_)
    result.flags.writeable = False
    return result


def _grouped(columns: IntArray, linked: IntArray, joint_bits: int) -> list[IntArray]:
    """Split own measures into linked blocks, and merge blocks while they are small."""
    blocks: dict[int, list[int]] = {}
    for column in columns:
        blocks.setdefault(int(linked[column]), []).append(int(column))
    groups: list[list[int]] = []
    for block in blocks.values():
        if groups and len(groups[-1]) + len(block) <= joint_bits:
            groups[-1].extend(block)
        else:
            groups.append(list(block))
    return [np.array(sorted(group), dtype=np.int64) for group in groups]


def undoable(system: System, in_force: BoolArray, party: int) -> BoolArray:
    """Return the measures in force that a party may undo: own, reversible, and nothing irreversible depends on them."""
    irreversible = in_force & ~system.reversible
    blocked = (system.dependents & irreversible).any(axis=1)
    return np.asarray(system.undoes[party] & in_force & ~blocked, dtype=np.bool_)


def list_deviations(
    system: System, states: BoolArray, durations: IntArray, *, waiting: int = 0, joint_bits: int = JOINT_BITS
) -> Deviations:
    """List what every party could do instead at every check of a roadmap.

    Parameters
    ----------
    system : System
        The game.
    states : BoolArray
        Shape (K + 1, n): the states S_0 … S_K.
    durations : IntArray
        Shape (K,), periods.
    waiting : int
        Periods in S_0 before the first stage; the check there is "after", of stage −1.
    joint_bits : int
        How many unlinked measures are still tried jointly.

    Raises
    ------
    LimitError
        If a party has more than `MOST_BITS` linked measures at one check.
    """
    linked = linked_measures(system)
    rows: list[Row] = []
    party_of: list[int] = []
    counts: list[int] = []
    targets: list[BoolArray] = []
    bounds: list[int] = []
    withheld_parts: list[BoolArray] = []
    undone_parts: list[BoolArray] = []
    left_parts: list[BoolArray] = []
    pays_parts: list[FloatArray] = []
    n_stages = states.shape[0] - 1
    checks = [(-1, Check.AFTER)] if waiting else []
    checks += [(k, check) for k in range(n_stages) for check in (Check.BEFORE, Check.AFTER)]
    checks.append((n_stages - 1, Check.END))
    total = 0
    for stage, check in checks:
        target = states[stage + 1]
        if check is Check.BEFORE:
            taken, earlier = target & ~states[stage], states[stage]
        else:
            taken, earlier = np.zeros_like(target), target
        lasts = waiting if stage < 0 else int(durations[stage])
        bound = NEVER if check is Check.END else lasts
        for party in range(system.n_parties):
            can_withhold = system.withholds[party] & taken
            columns = np.flatnonzero(can_withhold | undoable(system, earlier, party))
            spans = []
            for group in _grouped(columns, linked, joint_bits):
                if len(group) > MOST_BITS:
                    raise LimitError(
                        f"a party has {len(group)} interlocking measures at stage {stage + 1}: "
                        f"2^{len(group)} deviations are too many; at most {MOST_BITS} can be tried"
                    )
                choices = _choices(tuple(can_withhold[group].tolist()))
                chosen = np.zeros((choices.shape[0], system.n_measures), dtype=np.bool_)
                chosen[:, group] = choices
                removed = np.logical_or.reduce(
                    [choices[:, bit, None] & system.dependents[column] for bit, column in enumerate(group)]
                )
                left = target & ~removed
                undone = chosen & ~can_withhold
                pays = -((left & taken) @ np.where(system.owns[party], system.cost[party], 0.0))
                pays -= undone @ system.undo_cost[party]
                withheld_parts.append(chosen & can_withhold)
                undone_parts.append(undone)
                left_parts.append(left)
                pays_parts.append(pays)
                party_of.append(party)
                counts.append(choices.shape[0])
                targets.append(target)
                bounds.append(bound)
                spans.append((total, total + choices.shape[0]))
                total += choices.shape[0]
            rows.append(Row(stage=stage, check=check, party=party, groups=tuple(spans)))
    none = np.zeros((0, system.n_measures), dtype=np.bool_)
    left_all = np.concatenate([none, *left_parts])
    return Deviations(
        rows=tuple(rows),
        party=np.repeat(np.array(party_of, dtype=np.int64), counts),
        left=left_all,
        pays=np.concatenate([np.zeros(0), *pays_parts]),
        lag=_noticed_after(system, left_all, targets, bounds, counts),
        withheld=np.concatenate([none, *withheld_parts]),
        undone=np.concatenate([none, *undone_parts]),
    )


def _noticed_after(
    system: System, left: BoolArray, targets: Sequence[BoolArray], bounds: Sequence[int], counts: Sequence[int]
) -> IntArray:
    """The shortest lag, in the state left, of what is missing from the state agreed; at most the bound."""
    if left.shape[0] == 0:
        return np.zeros(0, dtype=np.int64)
    missing = np.repeat(np.array(targets), counts, axis=0) & ~left
    shortest = np.where(missing, lags(system, left), NEVER).min(axis=1)
    return np.asarray(np.minimum(shortest, np.repeat(np.array(bounds, dtype=np.int64), counts)), dtype=np.int64)
