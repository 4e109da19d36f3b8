"""What a party lives through if it complies or deviates: states, each with the discounted time spent in it (§5, §6).

A value of §5 is a sum over such a *stream*: v_i of each state times the time spent in it, the value of each breakdown
times its weight, less what is paid once.  So a margin can be taken apart, and one deviation be valued without listing
all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from detente.kernel.breakdown import Aftermath, break_down
from detente.kernel.deviations import Check
from detente.kernel.system import BoolArray, FloatArray, IntArray, System, flow_values, lags


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Path:
    """A roadmap through the states of a system.

    Parameters
    ----------
    stages : BoolArray
        Shape (K, n): the measures of each stage.
    states : BoolArray
        Shape (K + 1, n): S_0 … S_K.
    durations : IntArray
        Shape (K,), periods.
    """

    system: System
    stages: BoolArray
    states: BoolArray
    durations: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A check of a party; `stage` and `party` are counted from 0, `stage` is the last one's at the end."""

    check: Check
    stage: int
    party: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """A deviation: the measures that it withholds and undoes, shape (n,); none of either means leaving openly."""

    withheld: BoolArray
    undone: BoolArray

    @property
    def leaves(self) -> bool:
        """Whether it is leaving openly."""
        return not (self.withheld.any() or self.undone.any())


@dataclass(slots=True, eq=False, kw_only=True)
class Stream:
    """States with the discounted time in each, breakdowns with their weight, and what is paid.

    Parameters
    ----------
    states : list of (float, BoolArray)
        Discounted periods, state.
    broken : list of (float, BoolArray, bool)
        Discounted weight, state in which the process breaks, whether the party itself breaks it.
    costs, undo_costs : FloatArray
        Shape (n,): discounted weight with which the party pays for taking and for ending each measure.
    """

    states: list[tuple[float, BoolArray]] = field(default_factory=list)
    broken: list[tuple[float, BoolArray, bool]] = field(default_factory=list)
    costs: FloatArray
    undo_costs: FloatArray


def _empty(path: Path) -> Stream:
    n_measures = path.system.n_measures
    return Stream(costs=np.zeros(n_measures), undo_costs=np.zeros(n_measures))


def _hold(stream: Stream, system: System, party: int, state: BoolArray, *, periods: float, scale: float) -> float:
    """Add so many periods in a state; return the weight of what comes after them."""
    discount = float(system.discount[party])
    gamma = discount * (1.0 - system.hazard)
    fades = gamma**periods
    annuity = (1.0 - fades) / (1.0 - gamma)
    stream.states.append((scale * annuity, state))
    if system.hazard > 0.0:
        stream.broken.append((scale * discount * system.hazard * annuity, state, False))
    return float(scale * fades)


def comply(path: Path, place: Place) -> Stream:
    """Return what a party lives through from a check on if everybody complies: V_i(k), after_i(k) or V_i(K + 1)."""
    system, party = path.system, place.party
    stream = _empty(path)
    scale = 1.0
    n_stages = len(path.stages)
    first = n_stages if place.check is Check.END else place.stage
    for k in range(first, n_stages):
        if k > first or place.check is Check.BEFORE:
            stream.costs += scale * (path.stages[k] & system.owns[party])
        scale = _hold(stream, system, party, path.states[k + 1], periods=float(path.durations[k]), scale=scale)
    _hold(stream, system, party, path.states[-1], periods=np.inf, scale=scale)
    return stream


def state_left(path: Path, place: Place, choice: Choice) -> BoolArray:
    """Return the state X that a deviation leaves; leaving openly leaves what was in force."""
    if choice.leaves:
        return np.asarray(path.states[place.stage + (place.check is not Check.BEFORE)])
    gone = path.system.dependents[choice.withheld | choice.undone].any(axis=0)
    return np.asarray(path.states[place.stage + 1] & ~gone)


def noticed_after(path: Path, place: Place, choice: Choice) -> int:
    """Return L, the periods until a deviation is noticed; 0 for leaving openly."""
    if choice.leaves:
        return 0
    left = state_left(path, place, choice)
    missing = path.states[place.stage + 1] & ~left
    shortest = int(lags(path.system, left[None, :])[0, missing].min())
    return shortest if place.check is Check.END else min(shortest, int(path.durations[place.stage]))


def deviate(path: Path, place: Place, choice: Choice) -> Stream:
    """Return what a party lives through from a check on if it deviates."""
    system, party = path.system, place.party
    stream = _empty(path)
    left = state_left(path, place, choice)
    if choice.leaves:
        if place.check is Check.BEFORE and place.stage == 0 and not left.any():
            stream.states.append((1.0 / (1.0 - float(system.discount[party])), left))
        else:
            stream.broken.append((1.0, left, True))
        return stream
    if place.check is Check.BEFORE:
        stream.costs += path.stages[place.stage] & left & system.owns[party]
    stream.undo_costs += choice.undone
    periods = float(noticed_after(path, place, choice))
    scale = _hold(stream, system, party, left, periods=periods, scale=1.0)
    stream.broken.append((scale, left, True))
    return stream


def breakdowns(system: System, *streams: Stream) -> Aftermath:
    """Return what the breakdowns of streams lead to, one stream after the other, each in its order."""
    states = [state for stream in streams for _, state, _ in stream.broken]
    return break_down(system, np.array(states, dtype=np.bool_).reshape(len(states), system.n_measures))


def stream_values(system: System, party: int, *streams: Stream) -> tuple[float, ...]:
    """Return the present value of each stream to a party."""
    after = breakdowns(system, *streams)
    values, number = [], 0
    for stream in streams:
        weights = np.array([weight for weight, _ in stream.states], dtype=np.float64)
        states = np.array([state for _, state in stream.states], dtype=np.bool_)
        flows = flow_values(system, states.reshape(len(weights), system.n_measures))[party]
        value = float(flows @ weights)
        for weight, _, by_party in stream.broken:
            value += weight * float((after.breaker if by_party else after.nobody)[party, number])
            number += 1
        values.append(value - float(stream.costs @ system.cost[party] + stream.undo_costs @ system.undo_cost[party]))
    return tuple(values)


def margin_against(path: Path, place: Place, choice: Choice) -> float:
    """Return complying less one deviation, in present value."""
    streams = comply(path, place), deviate(path, place, choice)
    better, worse = stream_values(path.system, place.party, *streams)
    return better - worse
