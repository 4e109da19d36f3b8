"""What must hold of unknown preferences: how the extensions contain each other, and what ranges leave open."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
import pytest

from detente import analyse_stability, analyse_unknown
from detente.case import Case, Range, Unknown
from detente.conflict import Conflict, build_conflict
from detente.conflict.comparisons import compare_states
from detente.kernel.closures import unpack
from detente.kernel.conflict import CONCEPTS
from detente.kernel.system import BoolArray
from tests.oracle.preference_ranges import compare, corners, with_numbers
from tests.oracle.random_conflicts import random_condition, random_conflict
from tests.oracle.relations import Relations, is_stable
from tests.oracle.stability import Position, Situation
from tests.oracle.stability_of_cases import situation_of

N_BLOCKS, PER_BLOCK = 8, 15


def drawn(seed: int) -> Case:
    random = Random(f"unknown {seed}")  # noqa: S311  # no secret depends on it
    return random_conflict(seed, n_measures=random.randint(2, 4), n_parties=random.choice((2, 3)))


def doubtful(seed: int) -> Case:
    """A case some of whose preferences are unknown: all of a party's, or pairs."""
    case = drawn(seed)
    random = Random(f"doubts {seed}")  # noqa: S311
    measures = [measure.id for measure in case.measures]

    class Draw:
        def __init__(self) -> None:
            self.random, self.measures = random, measures

        def is_so(self, share: float) -> bool:
            return random.random() < share

    draw: Any = Draw()  # Any: what random_condition asks of its argument
    unknown = {}
    for party in case.parties:
        if random.random() < 0.3:
            unknown[party.id] = Unknown(everything=True)
        elif random.random() < 0.7:
            pairs = tuple((random_condition(draw, 1), random_condition(draw, 1)) for _ in range(random.randint(1, 2)))
            unknown[party.id] = Unknown(pairs=pairs)
    return replace(case, unknown=unknown)


def ranged(seed: int) -> Case:
    """A case some of whose numbers are ranges, at most eight of them."""
    case = drawn(seed)
    random = Random(f"ranges {seed}")  # noqa: S311
    left = 8

    def wider(value: Any) -> Any:  # Any: any part of a case
        nonlocal left
        if isinstance(value, float) and left and random.random() < 0.3:
            left -= 1
            low, high = sorted((random.randint(0, 3), random.randint(0, 3)))
            return Range(low=round(value - low, 6), mode=value, high=round(value + high, 6))
        return value

    def over(numbers: Any) -> Any:  # Any: as above
        return {key: over(n) if isinstance(n, dict) else wider(n) for key, n in numbers.items()}

    return replace(
        case,
        interests=tuple(replace(i, weight=over(i.weight)) for i in case.interests),
        measures=tuple(replace(m, value=over(m.value), effects=over(m.effects)) for m in case.measures),
        terms=tuple(replace(t, value=wider(t.value)) for t in case.terms),
    )


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_extensions_contain_each_other_and_agree_where_all_is_known(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        found = analyse_unknown(doubtful(seed)).stable
        for concept in CONCEPTS:
            a, b, c, d = (found[extension][concept] for extension in "abcd")
            assert not (a & ~b).any()
            assert not (a & ~c).any()
            assert not (b & ~d).any()
            assert not (c & ~d).any()
        known = analyse_unknown(drawn(seed)).stable
        ordinary = analyse_stability(drawn(seed)).stable
        for extension in "abcd":
            for concept in CONCEPTS:
                assert np.array_equal(known[extension][concept], ordinary[concept])


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_extensions_contain_concepts_as_the_ordinary_ones_do(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        found = analyse_unknown(doubtful(seed)).stable
        for extension in "abcd":
            nash, gmr, smr, seq, sseq = (found[extension][concept] for concept in CONCEPTS)
            for inner, outer in ((nash, smr), (smr, gmr), (nash, sseq), (sseq, seq), (seq, gmr), (sseq, smr)):
                assert not (inner & ~outer).any(), (seed, extension)


def tables(conflict: Conflict, *, ranges: bool = False) -> tuple[BoolArray, BoolArray]:
    """What each party surely prefers, and what is open, for all pairs of states."""
    found = compare_states(conflict, ranges=ranges)
    better = np.array([unpack(sets, conflict.n_states) for sets in found.better])
    unknown = np.array([unpack(sets, conflict.n_states) for sets in found.may_be_better]) & ~better
    assert found.unknown == tuple(pairs.sum() // 2 for pairs in unknown)
    return better, unknown


def taken_as(extension: str, situation: Situation, open_pairs: BoolArray) -> Relations:
    """What an extension makes of pairs of states between which nothing is known, literally."""

    def is_open(i: str, s: Position, t: Position) -> bool:
        states = situation.states
        return bool(open_pairs[situation.parties.index(i), states.index(s), states.index(t)])

    def is_better(i: str, s: Position, t: Position) -> bool:
        return situation.prefers(i, t, s) and not is_open(i, s, t)

    def may_be_better(i: str, s: Position, t: Position) -> bool:
        return situation.prefers(i, t, s) or is_open(i, s, t)

    def is_not_better(i: str, s: Position, t: Position) -> bool:
        return not is_better(i, s, t)

    def cannot_be_better(i: str, s: Position, t: Position) -> bool:
        return not may_be_better(i, s, t)

    return Relations(
        moves_on=may_be_better if extension in "ac" else is_better,
        deterred_by=is_not_better if extension in "cd" else cannot_be_better,
        answers_on=may_be_better,
    )


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_extensions_agree_with_the_twin(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = doubtful(seed)
        situation = situation_of(case)
        _, open_pairs = tables(build_conflict(case, may_be_unknown=True))
        found = analyse_unknown(case).stable
        for extension in "abcd":
            relations = taken_as(extension, situation, open_pairs)
            for concept in CONCEPTS:
                want = [
                    [is_stable(situation, relations, i, s, concept) for s in situation.states]
                    for i in situation.parties
                ]
                assert found[extension][concept].tolist() == want, (seed, extension, concept)


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_ranges_leave_open_exactly_what_their_corners_do(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = ranged(seed)
        conflict = build_conflict(case)
        better, unknown = tables(conflict, ranges=True)
        states = tuple(frozenset(conflict.in_force(state)) for state in range(conflict.n_states))
        for number, party in enumerate(conflict.parties):
            signs = compare(case, party, states)
            for s, one in enumerate(states):
                for t, other in enumerate(states):
                    assert unknown[number, s, t] == (len(signs[one, other]) > 1), (seed, party, one, other)
                    assert better[number, s, t] == (signs[one, other] == {1}), (seed, party, one, other)


def test_corners_are_taken_of_every_range() -> None:
    case = ranged(4)
    found = list(corners(case))
    assert len(found) > 1
    assert with_numbers((Range(low=0.0, mode=1.0, high=2.0), "a"), iter([2.0])) == (2.0, "a")
    assert not any(isinstance(term.value, Range) for corner in found for term in corner.terms)


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_what_is_stable_whatever_the_values_is_stable_for_each(block: int) -> None:
    # Nash stability turns on the party's own comparisons alone, so extension a guarantees it at every corner.
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = ranged(seed)
        found = analyse_unknown(case, ranges=True, concepts=["nash"], extensions=["a", "d"]).stable
        for corner in corners(case):
            at_corner = analyse_stability(corner, concepts=["nash"]).stable["nash"]
            assert not (found["a"]["nash"] & ~at_corner).any(), seed
            assert not (at_corner & ~found["d"]["nash"]).any(), seed
