"""Changes of a case whose effect on answers is known: other names, another order, other units, something more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TypeVar

from detente.case import Case, Condition, InForce, Measure, Not, Quantity, Range

Item = TypeVar("Item")
Names = Mapping[str, str]


def _condition(condition: Condition, names: Names) -> Condition:
    match condition:
        case InForce(measure=measure):
            return InForce(measure=names[measure])
        case Not(operand=operand):
            return Not(operand=_condition(operand, names))
    return replace(condition, operands=tuple(_condition(operand, names) for operand in condition.operands))


def _keys(mapping: Mapping[str, Item], names: Names) -> dict[str, Item]:
    return {names[key]: value for key, value in mapping.items()}


def renamed(case: Case, parties: Names, measures: Names) -> Case:
    """The case with other ids of its parties and measures."""

    def of_measures(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(measures[m] for m in ids)

    def of_parties(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(parties[i] for i in ids)

    def measure(m: Measure) -> Measure:
        return replace(
            m,
            id=measures[m.id],
            owners=of_parties(m.owners),
            value=_keys(m.value, parties),
            effects={interest: _keys(effect, parties) for interest, effect in m.effects.items()},
            cost=_keys(m.cost, parties),
            undo_cost=_keys(m.undo_cost, parties),
            verifies=_keys(m.verifies, measures),
            deters=_keys(m.deters, parties),
            requires=of_measures(m.requires),
            after=of_measures(m.after),
            excludes=of_measures(m.excludes),
        )

    return replace(
        case,
        parties=tuple(replace(p, id=parties[p.id]) for p in case.parties),
        interests=tuple(replace(x, weight=_keys(x.weight, parties)) for x in case.interests),
        measures=tuple(measure(m) for m in case.measures),
        terms=tuple(replace(t, party=parties[t.party], when=_condition(t.when, measures)) for t in case.terms),
        infeasible=tuple(_condition(pattern, measures) for pattern in case.infeasible),
        forums=tuple(
            replace(f, members=of_parties(f.members), veto=of_parties(f.veto), end_veto=of_parties(f.end_veto))
            for f in case.forums
        ),
        status_quo=of_measures(case.status_quo),
    )


def reordered(case: Case, seed: int) -> Case:
    """The case with its parties, measures, interests, terms and patterns declared in another order."""
    random = Random(f"order {seed}")  # noqa: S311  # no secret depends on it

    def shuffled(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(random.sample(items, len(items)))

    return replace(
        case,
        parties=shuffled(case.parties),
        interests=shuffled(case.interests),
        measures=shuffled(case.measures),
        terms=shuffled(case.terms),
        infeasible=shuffled(case.infeasible),
    )


def scaled(case: Case, party: str, factor: float) -> Case:
    """The case with all that one party values or pays counted in another unit."""

    def times(quantity: Quantity) -> Quantity:
        if isinstance(quantity, Range):
            return Range(low=quantity.low * factor, mode=quantity.mode * factor, high=quantity.high * factor)
        return quantity * factor

    def own(mapping: Mapping[str, Quantity]) -> dict[str, Quantity]:
        return {i: times(value) if i == party else value for i, value in mapping.items()}

    return replace(
        case,
        parties=tuple(replace(p, breakdown=times(p.breakdown)) if p.id == party else p for p in case.parties),
        interests=tuple(replace(x, weight=own(x.weight)) for x in case.interests),
        measures=tuple(
            replace(m, value=own(m.value), cost=own(m.cost), undo_cost=own(m.undo_cost), deters=own(m.deters))
            for m in case.measures
        ),
        terms=tuple(replace(t, value=times(t.value)) if t.party == party else t for t in case.terms),
    )


def with_change(case: Case, measure: str, **fields: object) -> Case:
    """The case with some fields of one measure replaced."""
    return replace(
        case,
        measures=tuple(
            replace(m, **fields) if m.id == measure else m  # type: ignore[arg-type]  # fields of Measure
            for m in case.measures
        ),
    )
