"""Which numbers of a case a margin rests on, and how much each of them adds to it.

A margin is what complying is worth less what the best deviation is worth.  Both are sums of flows over time: so long in
this state, then in that one, and so long in what a breakdown leaves of it.  For a given deviation the margin is
therefore linear in the values, costs and punishments of the case, and every one of them has its share of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.analysis.roadmap.evaluation import EvaluationRow, RoadmapEvaluation
from detente.analysis.roadmap.numbers import CaseNumber, case_numbers
from detente.case import Case, Measure, is_satisfied, point
from detente.kernel.streams import Choice, Path, Place, breakdowns, comply, deviate, state_left
from detente.kernel.system import FloatArray, lags

NEGLIGIBLE = 1e-12
"""Shares below this are rounding."""

MOST = 10
"""Numbers listed as decisive for one margin, besides those that enter it otherwise than by addition."""

LEAST_SHARE = 0.1
"""A number is decisive if its share is at least this part of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Influence:
    """What one number of the case adds to a flow-equivalent margin.

    Parameters
    ----------
    number : CaseNumber
        The number.
    share : float or None
        What it adds to the margin; positive speaks for complying.  None for numbers that enter it otherwise than by
        addition: discount factors, hazards, detection lags.
    """

    number: CaseNumber
    share: float | None = field(metadata={"unit": "own value units per period"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginParts:
    """A margin taken apart.

    Parameters
    ----------
    shares : tuple of (CaseNumber, float)
        Values, effects, terms, costs and punishments that add up, with `undo_costs`, to the margin.
    weights : tuple of (CaseNumber, float)
        The same effects by the interest whose weight they are counted with; no addition to the sum.
    undo_costs : float
        Own undo costs when the process breaks down.
    total : float
        The sum: the flow-equivalent margin.
    """

    shares: tuple[tuple[CaseNumber, float], ...]
    weights: tuple[tuple[CaseNumber, float], ...]
    undo_costs: float
    total: float


def path_of(evaluation: RoadmapEvaluation) -> Path:
    """Return the arrays of the roadmap that a verdict is on."""
    values = evaluation.values
    return Path(system=values.system, stages=values.stages, states=values.states, durations=values.durations)


def varying_measures(case: Case, stages: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the ids of a roadmap's measures in the order of the system's columns."""
    taken = {measure for stage in stages for measure in stage}
    return tuple(measure.id for measure in case.measures if measure.id in taken)


def place_of(row: EvaluationRow, parties: Sequence[str], measures: Sequence[str]) -> tuple[Place, Choice]:
    """Return the check and the best deviation of a row as indices and arrays."""
    ids = np.array(measures, dtype=np.str_)
    return (
        Place(check=row.check, stage=row.stage - 1, party=parties.index(row.party)),
        Choice(
            withheld=np.isin(ids, list(row.deviation.withhold)),
            undone=np.isin(ids, list(row.deviation.undo)),
        ),
    )


@dataclass(slots=True, eq=False)
class _Totals:
    """Discounted time per measure and state, weight of breakdowns, punishments and costs: complying less deviating."""

    present: FloatArray
    deterred: FloatArray
    costs: FloatArray
    undo_costs: FloatArray
    states: list[tuple[float, frozenset[str]]] = field(default_factory=list)
    broken: float = 0.0
    broken_by_party: float = 0.0
    undo_total: float = 0.0


def _totals(evaluation: RoadmapEvaluation, row: EvaluationRow) -> _Totals:
    path, fixed = path_of(evaluation), frozenset(evaluation.case.status_quo)
    system = path.system
    ids = varying_measures(evaluation.case, evaluation.stages)
    place, choice = place_of(row, evaluation.parties, ids)
    patience = 1.0 - float(system.discount[place.party])
    result = _Totals(*np.zeros((4, system.n_measures)))
    for sign, stream in ((1.0, comply(path, place)), (-1.0, deviate(path, place, choice))):
        flows = list(stream.states)
        after = breakdowns(system, stream)
        for number, (weight, state, by_party) in enumerate(stream.broken):
            share = sign * weight / patience
            flows.append((weight / patience, after.remains[number]))
            result.broken += share
            result.undo_total -= sign * weight * float(after.undo_costs[place.party, number])
            if by_party:
                result.deterred += share * state
                result.broken_by_party += share
        for weight, state in flows:
            result.present += sign * weight * state
            in_force = fixed | {measure for measure, is_in in zip(ids, state, strict=True) if is_in}
            result.states.append((sign * weight, in_force))
        result.costs += sign * stream.costs
        result.undo_costs += sign * stream.undo_costs
    return result


def _measure_shares(case: Case, party: str, totals: _Totals, ids: Sequence[str]) -> tuple[dict[str, float], ...]:
    """What values, effects, costs and punishments add, by place, and the effects again by interest."""
    column = {measure: number for number, measure in enumerate(ids)}
    weight_of = {i.id: point(i.weight[party]) for i in case.interests if party in i.weight}
    shares: dict[str, float] = {}
    weights: dict[str, float] = {}
    for measure in case.measures:
        place = f"measures.{measure.id}"
        if measure.id in case.status_quo:
            # It is in force whatever happens, so its value cancels; what it deters does not.
            shares[f"{place}.deters.{party}"] = -totals.broken_by_party * point(measure.deters.get(party, 0.0))
            continue
        if measure.id not in column:
            continue
        at = column[measure.id]
        shares[f"{place}.value.{party}"] = totals.present[at] * point(measure.value.get(party, 0.0))
        shares[f"{place}.deters.{party}"] = -totals.deterred[at] * point(measure.deters.get(party, 0.0))
        shares[f"{place}.cost.{party}"] = -totals.costs[at] * point(measure.cost.get(party, 0.0))
        shares[f"{place}.undo-cost.{party}"] = -totals.undo_costs[at] * point(measure.undo_cost.get(party, 0.0))
        for interest, effect in measure.effects.items():
            share = totals.present[at] * weight_of.get(interest, 0.0) * point(effect.get(party, 0.0))
            shares[f"{place}.effects.{interest}.{party}"] = share
            weight = f"interests.{interest}.weight.{party}"
            weights[weight] = weights.get(weight, 0.0) + share
    return shares, weights


def _labelled(case: Case, shares: dict[str, float], scale: float) -> tuple[tuple[CaseNumber, float], ...]:
    """Put shares beside the numbers of the case, those of levels together where one total states them."""
    known = {number.place: number for number in case_numbers(case)}
    chains = {measure.id: measure.level.chain for measure in case.measures if measure.level is not None}
    together: dict[str, float] = {}
    for place, share in shares.items():
        if abs(share) * scale <= NEGLIGIBLE:
            continue
        if place not in known:
            level = max((level for level in chains if place.startswith(f"measures.{level}.")), key=len)
            place = place.replace(f"measures.{level}.", f"measures.{chains[level]}.", 1)
        together[place] = together.get(place, 0.0) + share * scale
    return tuple((known[place], share) for place, share in together.items())


def margin_parts(evaluation: RoadmapEvaluation, row: EvaluationRow | None = None) -> MarginParts:
    """Take a margin apart into what every number of the case adds to it.

    Parameters
    ----------
    evaluation : RoadmapEvaluation
        A verdict.
    row : EvaluationRow, optional
        Which of its margins; the critical one unless given.

    Notes
    -----
    Exact for the deviation and the breakdowns of the row as they stand; another value may bring others about.
    """
    row = evaluation.critical if row is None else row
    case, party = evaluation.case, row.party
    index = evaluation.parties.index(party)
    totals = _totals(evaluation, row)
    patience = 1.0 - float(evaluation.values.system.discount[index])
    shares, weights = _measure_shares(case, party, totals, varying_measures(case, evaluation.stages))
    shares[f"parties.{party}.breakdown"] = totals.broken * point(case.party(party).breakdown)
    for number, term in enumerate(case.terms):
        if term.party == party:
            time = sum(weight for weight, in_force in totals.states if is_satisfied(term.when, in_force))
            shares[f"terms.{number}.value"] = time * point(term.value)
    return MarginParts(
        shares=_labelled(case, shares, patience),
        weights=_labelled(case, weights, patience),
        undo_costs=patience * totals.undo_total,
        total=patience * (sum(shares.values()) + totals.undo_total),
    )


def _other_influences(evaluation: RoadmapEvaluation, row: EvaluationRow) -> list[str]:
    """Places that a margin rests on otherwise than by addition: discount, hazards, and the lag that counts."""
    case, path = evaluation.case, path_of(evaluation)
    places = [f"parties.{row.party}.discount"]
    least = LEAST_SHARE * evaluation.hazard
    places += [f"parties.{party.id}.hazard" for party in case.parties if point(party.hazard) > least]
    if row.deviation.leave:
        return places
    ids = varying_measures(case, evaluation.stages)
    state = state_left(path, *place_of(row, evaluation.parties, ids))
    missing = path.states[row.stage] & ~state
    noticed = lags(path.system, state[None, :])[0]
    first = np.flatnonzero(missing & (noticed == row.noticed_after))
    if len(first) > 1:
        # Several are noticed at the same time, so that none of their lags counts by itself.
        return places
    in_force = {*case.status_quo, *(m for m, is_in in zip(ids, state, strict=True) if is_in)}
    for measure in (case.measure(ids[at]) for at in first):
        if measure.detection_lag == row.noticed_after:
            places.append(f"measures.{_as_stated(measure)}.detection-lag")
            continue
        for verifier in case.measures:
            if verifier.id in in_force and verifier.verifies.get(measure.id) == row.noticed_after:
                places.append(f"measures.{_as_stated(verifier)}.verifies.{measure.id}")
    return places


def _as_stated(measure: Measure) -> str:
    return measure.id if measure.level is None else measure.level.chain


def decisive_influences(evaluation: RoadmapEvaluation, row: EvaluationRow | None = None) -> tuple[Influence, ...]:
    """Return the numbers that a margin rests on, the critical one unless another is given, the largest shares first.

    Returns
    -------
    tuple of Influence
        Up to `MOST` shares of at least `LEAST_SHARE` of the largest; then the interests' weights behind the effects
        among them, which repeat their shares; then what enters otherwise: discount factor, hazards, the lag that
        counts.
    """
    row = evaluation.critical if row is None else row
    parts = margin_parts(evaluation, row)
    largest = max((abs(share) for _, share in parts.shares), default=0.0)
    chosen = [pair for pair in parts.shares if abs(pair[1]) >= LEAST_SHARE * largest]
    chosen.sort(key=lambda pair: -abs(pair[1]))
    found = [Influence(number=number, share=share) for number, share in chosen[:MOST]]
    behind = {_interest_of(influence.number.place) for influence in found}
    for number, share in parts.weights:
        if number.place.split(".")[1] in behind:
            found.append(Influence(number=number, share=share))
    known = {number.place: number for number in case_numbers(evaluation.case)}
    others = dict.fromkeys(_other_influences(evaluation, row))
    found += [Influence(number=known[place], share=None) for place in others]
    return tuple(found)


def _interest_of(place: str) -> str | None:
    """The interest of an effect's place; ids of measures may hold dots, those of interests and parties do not."""
    words = place.split(".")
    return words[-2] if place.startswith("measures.") and len(words) >= 5 and words[-3] == "effects" else None
