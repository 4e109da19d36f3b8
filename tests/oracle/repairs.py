"""Repairs (§8 of the model), literally: every lag, length, order, subset and placement is tried one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product

from detente.case import Case, Condition, InForce, Joined, Measure, Not, Range
from tests.oracle.evaluation import evaluate, illegal
from tests.oracle.system import State, System

Stages = tuple[tuple[str, ...], ...]
Lengths = tuple[int, ...] | None


def holds(case: Case, stages: Stages, lengths: Lengths) -> bool:
    """§6: every margin is at least zero."""
    return bool(evaluate(case, stages, lengths)["holds"])


def is_legal(case: Case, stages: Stages) -> bool:
    """§2: every stage can be taken when its turn comes."""
    system = System(case)
    prev = system.status_quo
    for stage in stages:
        if illegal(system, prev, frozenset(stage)):
            return False
        prev |= frozenset(stage)
    return bool(stages)


def least_lengths(case: Case, stages: Stages) -> tuple[int, ...]:
    """§5: how long each stage takes at least."""
    system = System(case)
    prev, lengths = system.status_quo, []
    for stage in stages:
        lengths.append(system.least_duration(prev, stage))
        prev |= frozenset(stage)
    return tuple(lengths)


def with_measure(case: Case, measure: Measure) -> Case:
    """The case with a measure in the place of the one of its id."""
    return replace(case, measures=tuple(measure if m.id == measure.id else m for m in case.measures))


# Earlier detection

Way = str | None
"""The measure that verifies; None for the measures' own lags."""


def with_lags(case: Case, way: Way, watched: Sequence[str], most: int) -> Case:
    """The case in which a lapse of these measures is noticed within so many periods."""
    for m in watched:
        if way is None:
            measure = System(case).measure[m]
            case = with_measure(case, replace(measure, detection_lag=min(most, measure.detection_lag)))
        else:
            verifier = System(case).measure[way]
            granted = min(most, verifier.verifies.get(m, most))
            case = with_measure(case, replace(verifier, verifies={**verifier.verifies, m: granted}))
    return case


def lag_now(case: Case, way: Way, m: str) -> int:
    """The lag that is to be shortened: own, what the status quo grants, and what this verifier grants already."""
    system = System(case)
    granted = [system.measure[v].verifies.get(m) for v in {*system.status_quo, *([] if way is None else [way])}]
    return min([system.measure[m].detection_lag, *(lag for lag in granted if lag is not None)])


def ways(case: Case, stages: Stages) -> list[Way]:
    """Own lags, and every measure in force somewhere in the roadmap that verifies something."""
    in_force = System(case).status_quo | {m for stage in stages for m in stage}
    return [None, *(m.id for m in case.measures if m.verifies and m.id in in_force)]


def longest_lags(case: Case, stages: Stages, lengths: Lengths, way: Way, *, sizes: int) -> dict[State, int]:
    """Smallest sets of measures with the longest common lag, shorter than each has, at which the roadmap holds."""
    every = [m for stage in stages for m in stage if m != way]
    for size in range(1, sizes + 1):
        found = {}
        for watched in combinations(every, size):
            for most in range(min(lag_now(case, way, m) for m in watched) - 1, 0, -1):
                if holds(with_lags(case, way, watched, most), stages, lengths):
                    found[frozenset(watched)] = most
                    break
        if found:
            return found
    return {}


# Stage lengths


def single_lengths(case: Case, stages: Stages, lengths: tuple[int, ...], *, longest: int) -> set[tuple[int, ...]]:
    """For every stage the nearest shorter and the nearest longer length at which the roadmap holds."""
    least = least_lengths(case, stages)
    found = set()
    for k in range(len(stages)):
        for tried in (range(lengths[k] - 1, least[k] - 1, -1), range(lengths[k] + 1, longest + 1)):
            for length in tried:
                changed = (*lengths[:k], length, *lengths[k + 1 :])
                if holds(case, stages, changed):
                    found.add(changed)
                    break
    return found


def several_lengths(case: Case, stages: Stages, lengths: tuple[int, ...], *, most: int) -> set[tuple[int, ...]]:
    """The least changes of the lengths of two, else of three, stages by up to `most` periods in all that do."""
    least = least_lengths(case, stages)
    for size in (2, 3):
        for total in range(size, most + 1):
            found = set()
            for change in product(range(-total, total + 1), repeat=len(stages)):
                if sum(map(abs, change)) != total or sum(map(bool, change)) != size:
                    continue
                changed = tuple(length + c for length, c in zip(lengths, change, strict=True))
                if all(c >= f for c, f in zip(changed, least, strict=True)) and holds(case, stages, changed):
                    found.add(changed)
            if found:
                return found
    return set()


# Leaving measures out


def drops(case: Case, stages: Stages, lengths: Lengths) -> set[State]:
    """The smallest sets of measures without which the rest is legal and holds."""
    every = [m for stage in stages for m in stage]
    for size in range(1, len(every)):
        found = set()
        for dropped in combinations(every, size):
            kept = [(k, tuple(m for m in stage if m not in dropped)) for k, stage in enumerate(stages)]
            rest = tuple(stage for _, stage in kept if stage)
            if not is_legal(case, rest):
                continue
            stated = None
            if lengths is not None:
                old = [lengths[k] for k, stage in kept if stage]
                stated = tuple(max(pair) for pair in zip(old, least_lengths(case, rest), strict=True))
            if holds(case, rest, stated):
                found.add(frozenset(dropped))
        if found:
            return found
    return set()


# Another order


def orders(measures: Sequence[str]) -> Iterator[Stages]:
    """Every way to take measures in stages."""
    if not measures:
        yield ()
        return
    for size in range(1, len(measures) + 1):
        for first in combinations(measures, size):
            for rest in orders([m for m in measures if m not in first]):
                yield (first, *rest)


def kendall_distance(one: Stages, other: Stages) -> Fraction:
    """1 for every pair of measures in opposite sequence, 1/2 for every pair together in only one of two orders."""
    place_one = {m: k for k, stage in enumerate(one) for m in stage}
    place_other = {m: k for k, stage in enumerate(other) for m in stage}
    total = Fraction(0)
    for a, b in combinations(sorted(place_one), 2):
        first, second = place_one[a] - place_one[b], place_other[a] - place_other[b]
        if first * second < 0:
            total += 1
        elif (first == 0) != (second == 0):
            total += Fraction(1, 2)
    return total


def nearest_order(case: Case, stages: Stages) -> Fraction | None:
    """The least distance of an order, its stages as short as verification allows, that holds."""
    every = [m for stage in stages for m in stage]
    found = [
        kendall_distance(stages, other) for other in orders(every) if is_legal(case, other) and holds(case, other, None)
    ]
    return min(found, default=None)


# Instalments


@dataclass(frozen=True, kw_only=True)
class Instalments:
    """A case in which a measure is taken in equal parts, and the parts' ids."""

    case: Case
    ids: tuple[str, ...]


def _renamed(condition: Condition, m: str, new: str) -> Condition:
    match condition:
        case InForce(measure=named):
            return InForce(measure=new if named == m else named)
        case Not(operand=operand):
            return Not(operand=_renamed(operand, m, new))
        case Joined(connective=connective, operands=operands):
            return Joined(connective=connective, operands=tuple(_renamed(o, m, new) for o in operands))


def in_parts(case: Case, m: str, number: int) -> Instalments:
    """The case with a measure in equal parts, each of which requires the one before."""
    whole = System(case).measure[m]
    ids = tuple(f"{m}-part{k + 1}" for k in range(number))

    def part(quantities: Mapping[str, float | Range]) -> dict[str, float | Range]:
        return {
            key: Range(low=q.low / number, mode=q.mode / number, high=q.high / number)
            if isinstance(q, Range)
            else q / number
            for key, q in quantities.items()
        }

    parts = [
        replace(
            whole,
            id=ids[k],
            name=ids[k],
            value=part(whole.value),
            effects={x: part(effect) for x, effect in whole.effects.items()},
            cost=part(whole.cost),
            undo_cost=part(whole.undo_cost),
            deters=part(whole.deters),
            requires=(*ids[max(0, k - 1) : k], *whole.requires),
        )
        for k in range(number)
    ]

    def refer(other: Measure) -> Measure:
        verifies = {x: lag for x, lag in other.verifies.items() if x != m}
        if m in other.verifies:
            verifies |= dict.fromkeys(ids, other.verifies[m])
        return replace(
            other,
            requires=tuple(ids[-1] if x == m else x for x in other.requires),
            after=tuple(ids[-1] if x == m else x for x in other.after),
            excludes=tuple(ids[0] if x == m else x for x in other.excludes),
            verifies=verifies,
        )

    measures = tuple(x for other in case.measures for x in (parts if other.id == m else [refer(other)]))
    return Instalments(
        case=replace(
            case,
            measures=measures,
            terms=tuple(replace(term, when=_renamed(term.when, m, ids[-1])) for term in case.terms),
            # What is infeasible with all of it or with none of it is infeasible with a part of it.
            infeasible=tuple(_renamed(p, m, new) for p in case.infeasible for new in (ids[0], ids[-1])),
        ),
        ids=ids,
    )


def parts_hold(case: Case, stages: Stages, lengths: Lengths, m: str, number: int) -> dict[Stages, int]:
    """The roadmaps with a measure in equal parts that hold, each with the fewest stages added for a part alone."""
    split = in_parts(case, m, number)
    times = range(2 * len(stages) + 1)  # odd times are the stages, even ones lie between them
    found: dict[Stages, int] = {}
    for at in combinations(times, number):
        new: list[tuple[str, ...]] = []
        stated: list[int] = []
        for time in times:
            added = tuple(split.ids[k] for k in range(number) if at[k] == time)
            old = tuple(x for x in stages[time // 2] if x != m) if time % 2 else ()
            if old or added:
                new.append((*old, *added))
                stated.append(lengths[time // 2] if lengths is not None and time % 2 else 1)
        if not is_legal(split.case, tuple(new)):
            continue
        least = least_lengths(split.case, tuple(new))
        fixed = None if lengths is None else tuple(max(pair) for pair in zip(stated, least, strict=True))
        if holds(split.case, tuple(new), fixed):
            extra = sum(time % 2 == 0 for time in at)
            found[tuple(new)] = min(extra, found.get(tuple(new), extra))
    return found
