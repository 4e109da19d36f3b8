"""Levers outside a roadmap: what parties can take or undo that no stage mentions, and what that would do to whom."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from detente.case import Case, Direction, Measure, is_feasible, is_satisfied, point, stage_problems
from detente.game import build_game, is_available, passes, value_weights
from detente.kernel.hazard import least_margins
from detente.kernel.roadmap import HOLDS, RoadmapValues, least_durations, stage_states

Use = Literal["take", "undo"]
State = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A measure that no stage of a roadmap mentions, and what using it would do.

    Parameters
    ----------
    use : {"take", "undo"}
        Whether it is not in force and can be taken, or is in force and can be ended.
    parties : tuple of str
        Who can use it.
    jointly : bool
        Whether only all of them together can, or by the rule of a forum; otherwise each alone.
    along : tuple of str
        What has to be taken with it, or lapses with it, at the start.
    at_start, at_end : mapping from party to float, or None
        Change in each party's value per period if it is used in the status quo, or with the whole roadmap in force;
        None where it cannot be used then.
    holds_after : bool or None
        Whether the roadmap holds if it is used before the first stage; None if it cannot be used then, or the roadmap
        is no longer legal.
    """

    measure: str
    use: Use
    parties: tuple[str, ...]
    jointly: bool
    along: tuple[str, ...]
    at_start: dict[str, float] | None = field(metadata={"unit": "own value units per period"})
    at_end: dict[str, float] | None = field(metadata={"unit": "own value units per period"})
    holds_after: bool | None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {
            "measure": self.measure,
            "use": self.use,
            "parties": list(self.parties),
            "jointly": self.jointly,
            "along": list(self.along),
            "at_start": self.at_start,
            "at_end": self.at_end,
            "holds_after": self.holds_after,
        }


def _values(case: Case) -> dict[str, dict[str, float]]:
    return {party.id: value_weights(case, party.id) for party in case.parties}


def _worth(case: Case, weights: dict[str, dict[str, float]], state: State) -> dict[str, float]:
    """v_i(S) of every party (§3)."""
    worth = {party: sum(weight for m, weight in own.items() if m in state) for party, own in weights.items()}
    for term in case.terms:
        if is_satisfied(term.when, state):
            worth[term.party] += point(term.value)
    return worth


def _taken(case: Case, measure: Measure, state: State) -> State | None:
    """The state after a measure is taken with all that it needs, or None if it cannot be."""
    known = {m.id: m for m in case.measures}
    everybody = [party.id for party in case.parties]
    added: set[str] = set()
    waiting = [measure.id]
    while waiting:
        current = known[waiting.pop()]
        if current.id in added or current.id in state:
            continue
        if current.direction is Direction.BACKWARD or not is_available(case, current, everybody):
            return None
        added.add(current.id)
        waiting += [*current.requires, *current.after]
    then = state | added
    return then if is_feasible(case, then) else None


def _undone(case: Case, measure: Measure, state: State) -> State | None:
    """The state after a measure of the status quo is ended with all that lapses, or None if it cannot be (§2)."""
    known = {m.id: m for m in case.measures}
    gone = {measure.id}
    while True:
        further = {m for m in state - gone if gone & set(known[m].requires)}
        if not further:
            break
        gone |= further
    lapsing = gone - {measure.id}
    if any(not known[m].is_reversible or m in case.status_quo for m in lapsing):
        return None
    then = state - gone
    return then if is_feasible(case, then) else None


def _users(case: Case, measure: Measure, use: Use, along: Collection[str]) -> tuple[tuple[str, ...], bool]:
    """Who can use a lever, and whether only together."""
    members = case.members_of(measure)
    if measure.forum is not None:
        forum, ending = case.forum(measure.forum), use == "undo"
        alone = tuple(member for member in members if passes(forum, [member], ending=ending))
        return (alone, False) if alone else (members, True)
    if use == "undo":
        return members, False
    needed = {owner for other in (measure.id, *along) for owner in case.members_of(case.measure(other))}
    owners = tuple(party.id for party in case.parties if party.id in needed)
    return owners, len(owners) > 1


def _holds(case: Case, stages: Sequence[Sequence[str]], durations: Sequence[int] | None) -> bool | None:
    """Whether a roadmap holds in a case; None if it is not legal there."""
    if stage_problems(case, stages):
        return None
    game = build_game(case, [measure for stage in stages for measure in stage])
    taken = np.array([game.state(stage) for stage in stages])
    lengths = least_durations(game.system, stage_states(taken))
    if durations is not None:
        lengths = np.maximum(lengths, np.array(durations, dtype=np.int64))
    values = RoadmapValues(game.system, taken, lengths)
    return bool(least_margins(values, np.array([game.system.hazard]))[0] >= -HOLDS)


def find_levers(
    case: Case, stages: Sequence[Sequence[str]], durations: Sequence[int] | None = None
) -> tuple[Lever, ...]:
    """Return the levers that a roadmap leaves out, in declared order.

    Parameters
    ----------
    case : Case
        The case, as a reading sees it.
    stages : sequence of sequences of measure ids
        A legal roadmap.
    durations : sequence of int, optional
        Periods of each stage; the least possible unless given.
    """
    start: State = frozenset(case.status_quo)
    listed = frozenset(measure for stage in stages for measure in stage)
    weights = _values(case)
    levers = []
    for measure in case.measures:
        if measure.id in listed:
            continue
        in_force = measure.id in start
        if in_force and not measure.is_reversible:
            continue
        use: Use = "undo" if in_force else "take"
        move = _undone if in_force else _taken
        after_start, after_end = move(case, measure, start), move(case, measure, start | listed)
        if after_start is None and after_end is None:
            continue
        first = start if after_start is not None else start | listed
        then = after_start if after_start is not None else after_end
        assert then is not None, "it can be used at one of the two"
        along = tuple(m.id for m in case.measures if m.id in (first ^ then) and m.id != measure.id)
        parties, jointly = _users(case, measure, use, along if use == "take" else ())
        levers.append(
            Lever(
                measure=measure.id,
                use=use,
                parties=parties,
                jointly=jointly,
                along=along,
                at_start=_change(case, weights, start, after_start),
                at_end=_change(case, weights, start | listed, after_end),
                holds_after=None if after_start is None else _holds_from(case, after_start, stages, durations),
            )
        )
    return tuple(levers)


def _holds_from(
    case: Case, state: State, stages: Sequence[Sequence[str]], durations: Sequence[int] | None
) -> bool | None:
    if any(measure in state for stage in stages for measure in stage):
        return None  # what a lever needs is in the roadmap itself: it cannot come first
    moved = replace(case, status_quo=tuple(m.id for m in case.measures if m.id in state))
    return _holds(moved, stages, durations)


def _change(
    case: Case, weights: dict[str, dict[str, float]], before: State, after: State | None
) -> dict[str, float] | None:
    if after is None:
        return None
    old, new = _worth(case, weights, before), _worth(case, weights, after)
    return {party: new[party] - old[party] for party in old}
