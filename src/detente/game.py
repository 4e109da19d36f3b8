"""From a case to arrays: the game that the kernel computes on (§2–4 of the model).

A `Game` is a `detente.kernel.system.System` with the labels of its axes.  Only the measures asked for vary; what is in
force in the status quo is folded into the constants, and every other measure is never in force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.case import Case, Condition, Forum, InForce, Measure, Not, OnBreakdown, measures_of, point
from detente.errors import CaseError, Diagnostic
from detente.kernel.system import NEVER, BoolArray, EndingRule, FloatArray, IntArray, Predicate, System, Term


@dataclass(frozen=True, eq=False, kw_only=True)
class Game:
    """A case as arrays: labels of the axes, and the system.

    Parameters
    ----------
    parties : tuple of str
        Ids of the parties at the table, axis P of the system.
    measures : tuple of str
        Ids of the measures that vary, in declared order, axis n of the system.
    status_quo : frozenset of str
        Ids that are always in force.
    """

    case: Case
    parties: tuple[str, ...]
    measures: tuple[str, ...]
    status_quo: frozenset[str]
    system: System

    def column(self, measure: str) -> int:
        """Return the column of a measure."""
        return self.measures.index(measure)

    def state(self, measures: Iterable[str]) -> BoolArray:
        """Return the row of booleans of a state given by ids; ids in the status quo are ignored."""
        ids = set(measures)
        return np.array([measure in ids for measure in self.measures], dtype=np.bool_)


def value_weights(case: Case, party: str) -> dict[str, float]:
    """Return w_i(m), what each measure is worth to a party per period (§3); unstated counts as 0."""
    interest_weight = {
        interest.id: point(interest.weight[party]) for interest in case.interests if party in interest.weight
    }
    weights = {}
    for measure in case.measures:
        worth = point(measure.value.get(party, 0.0))
        for interest, effect in measure.effects.items():
            if party in effect:
                worth += interest_weight.get(interest, 0.0) * point(effect[party])
        weights[measure.id] = worth
    return weights


def is_stated(measure: Measure, party: str) -> bool:
    """Tell whether a measure says anything about its value to a party (§3: unstated is not indifferent)."""
    return party in measure.value or any(party in effect for effect in measure.effects.values())


def total_hazard(case: Case, parties: Sequence[str]) -> float:
    """Return h = 1 − ∏(1 − h_j), the chance per period that the process breaks for reasons outside it (§5)."""
    survives = 1.0
    for party in parties:
        survives *= 1.0 - point(case.party(party).hazard)
    return 1.0 - survives


def passes(forum: Forum, voters: Iterable[str], *, ending: bool = False) -> bool:
    """Tell whether a coalition of members, with the other seats in favour, passes a forum's rule (§2)."""
    votes = set(voters) & set(forum.members)
    quota, veto = (forum.end_quota, forum.end_veto) if ending else (forum.quota, forum.veto)
    return len(votes) + forum.others >= quota and votes >= set(veto)


def is_available(case: Case, measure: Measure, parties: Iterable[str]) -> bool:
    """Tell whether the parties at the table can take a measure: every owner is there, or the forum's rule passes."""
    table = set(parties)
    if measure.forum is not None:
        return passes(case.forum(measure.forum), table)
    return table >= set(measure.owners)


def _compile(condition: Condition, column: Mapping[str, int], constant: frozenset[str]) -> Predicate:
    match condition:
        case InForce(measure=measure):
            if measure in column:
                index = column[measure]
                return lambda states: states[:, index]
            fixed = measure in constant
            return lambda states: np.full(states.shape[0], fixed, dtype=np.bool_)
        case Not(operand=operand):
            inner = _compile(operand, column, constant)
            return lambda states: ~inner(states)
    operands = [_compile(operand, column, constant) for operand in condition.operands]
    match condition.connective:
        case "and":
            return lambda states: np.logical_and.reduce([holds(states) for holds in operands])
        case "or":
            return lambda states: np.logical_or.reduce([holds(states) for holds in operands])
        case "if":
            return lambda states: operands[0](states) | ~operands[1](states)
        case "iff":
            return lambda states: operands[0](states) == operands[1](states)


def compile_condition(condition: Condition, measures: Sequence[str], status_quo: frozenset[str]) -> Predicate:
    """Turn a condition into a predicate on states whose columns are `measures`."""
    column = {measure: index for index, measure in enumerate(measures)}
    return _compile(condition, column, status_quo)


def missing_values(case: Case, parties: Sequence[str]) -> list[Diagnostic]:
    """Return what parties lack of what §4–8 need: discount factors, and values where there is only an order."""
    problems = []
    for party in parties:
        if case.party(party).discount is None:
            problems.append(
                Diagnostic(
                    code="D601",
                    message=f"party '{party}' has no discount factor, which roadmaps need.",
                    help=f"state parties.{party}.discount, a number between 0 and 1 per {case.period or 'period'}",
                )
            )
        ordinal = party in case.preferences
        cardinal = any(is_stated(measure, party) for measure in case.measures)
        if ordinal and not cardinal and all(term.party != party for term in case.terms):
            problems.append(
                Diagnostic(
                    code="D602",
                    message=f"party '{party}' has only ordinal preferences; roadmaps need values.",
                    help=f"state `value:` or `effects:` for '{party}' at the measures that matter to it",
                )
            )
    return problems


def _require_values(case: Case, parties: Sequence[str]) -> None:
    """Refuse parties that lack what §4–8 need, all of them at once."""
    problems = missing_values(case, parties)
    if problems:
        raise CaseError(problems)


def _closure(direct: BoolArray) -> BoolArray:
    """Close a relation reflexively and transitively."""
    reach = direct | np.eye(direct.shape[0], dtype=np.bool_)
    while True:
        further = (reach.astype(np.int64) @ reach.astype(np.int64)) > 0
        if (further == reach).all():
            return reach
        reach = further


def _ending_rule(forum: Forum, parties: Sequence[str]) -> EndingRule:
    # Somebody in the case must gain: seats that nobody holds never end a measure by themselves.
    quota = max(1, forum.end_quota - forum.others)
    if not set(forum.end_veto) <= set(parties):
        quota = len(parties) + 1  # those away from the table cannot agree: no coalition passes the rule (§10)
    return EndingRule(
        members=np.array([party in forum.members for party in parties], dtype=np.bool_),
        veto=np.array([party in forum.end_veto for party in parties], dtype=np.bool_),
        quota=quota,
    )


def detection_lags(free: Sequence[Measure], fixed: Sequence[Measure]) -> tuple[IntArray, IntArray]:
    """Return how long an end of each measure goes unnoticed, and the lags that measures grant to others (§5).

    Parameters
    ----------
    free, fixed : sequence of Measure
        Those that vary, n in all, and those in force in the status quo.

    Returns
    -------
    lag : IntArray
        Shape (n,): with what the status quo verifies.
    granted : IntArray
        Shape (n, n): [verifier, measure], `NEVER` where it grants none.
    """
    column = {measure.id: index for index, measure in enumerate(free)}
    granted = np.full((len(free), len(free)), NEVER, dtype=np.int64)
    lag = np.array([measure.detection_lag for measure in free], dtype=np.int64)
    for verifier in (*fixed, *free):
        for target, periods in verifier.verifies.items():
            if target not in column:
                continue
            if verifier.id in column:
                granted[column[verifier.id], column[target]] = periods
            else:
                lag[column[target]] = min(int(lag[column[target]]), periods)
    return lag, granted


def build_game(case: Case, measures: Iterable[str], *, parties: Sequence[str] | None = None) -> Game:
    """Make the arrays of a case in which only the given measures vary.

    Parameters
    ----------
    case : Case
        The case, as a reading sees it.
    measures : iterable of str
        Ids of the measures that vary; those in the status quo are left out.
    parties : sequence of str, optional
        Who sits at the table (§10); all parties unless given. Checks, values, hazard and breakdown count these only.

    Raises
    ------
    CaseError
        If a party lacks a discount factor or has only ordinal preferences.
    """
    status_quo = frozenset(case.status_quo)
    asked = set(measures) - status_quo
    table = tuple(party.id for party in case.parties if parties is None or party.id in set(parties))
    _require_values(case, table)
    free = [measure for measure in case.measures if measure.id in asked]
    ids = tuple(measure.id for measure in free)
    column = {measure: index for index, measure in enumerate(ids)}
    fixed = [measure for measure in case.measures if measure.id in status_quo]
    n_parties, n_measures = len(table), len(ids)

    weights = [value_weights(case, party) for party in table]
    owns = np.zeros((n_parties, n_measures), dtype=np.bool_)
    others_own, withholds, undoes = owns.copy(), owns.copy(), owns.copy()
    reversible = np.array([measure.is_reversible for measure in free], dtype=np.bool_)
    ending_rules = {}
    for j, measure in enumerate(free):
        members = case.members_of(measure)
        for i, party in enumerate(table):
            owns[i, j] = party in members
            others_own[i, j] = any(member != party for member in members)
        if measure.forum is None:
            withholds[:, j] = owns[:, j]
            undoes[:, j] = owns[:, j] & reversible[j]
        else:
            forum = case.forum(measure.forum)
            present = [party for party in table if party in members]
            for i, party in enumerate(table):
                rest = [member for member in present if member != party]
                withholds[i, j] = party in present and not passes(forum, rest)
            ending_rules[j] = _ending_rule(forum, table)

    def numbers(source: Sequence[Mapping[str, object]]) -> FloatArray:
        rows = [[point(entry.get(party, 0.0)) for entry in source] for party in table]  # type: ignore[arg-type]
        return np.array(rows, dtype=np.float64).reshape(n_parties, len(source))

    lag, granted = detection_lags(free, fixed)

    direct = np.zeros((n_measures, n_measures), dtype=np.bool_)
    for j, measure in enumerate(free):
        for needed in measure.requires:
            if needed in column:
                direct[column[needed], j] = True

    party_index = {party: index for index, party in enumerate(table)}
    terms = tuple(
        Term(
            party=party_index[term.party],
            holds=_compile(term.when, column, status_quo),
            value=point(term.value),
            measures=np.isin(np.array(ids, dtype=np.str_), list(set(measures_of(term.when)))),
        )
        for term in case.terms
        if term.party in party_index
    )
    system = System(
        base=np.array([sum(w[m.id] for m in fixed) for w in weights], dtype=np.float64).reshape(n_parties),
        weight=np.array([[w[m] for m in ids] for w in weights], dtype=np.float64).reshape(n_parties, n_measures),
        terms=terms,
        discount=np.array([point(case.party(party).discount or 0.0) for party in table], dtype=np.float64),
        hazard=total_hazard(case, table),
        breakdown=np.array([point(case.party(party).breakdown) for party in table], dtype=np.float64),
        owns=owns,
        others_own=others_own,
        withholds=withholds,
        undoes=undoes,
        cost=numbers([measure.cost for measure in free]),
        undo_cost=numbers([measure.undo_cost for measure in free]),
        reversible=reversible,
        snapback=np.array([measure.on_breakdown is OnBreakdown.REVERSE for measure in free], dtype=np.bool_),
        keep=np.array([measure.on_breakdown is OnBreakdown.KEEP for measure in free], dtype=np.bool_),
        ending_rules=ending_rules,
        duration=np.array([measure.duration for measure in free], dtype=np.int64),
        lag=lag,
        granted_lag=granted,
        deters=numbers([measure.deters for measure in free]),
        deters_base=numbers([measure.deters for measure in fixed]).sum(axis=1),
        dependents=_closure(direct),
        is_separable=not case.terms and not any(m.requires for m in case.measures) and total_hazard(case, table) == 0.0,
    )
    return Game(case=case, parties=table, measures=ids, status_quo=status_quo, system=system)
