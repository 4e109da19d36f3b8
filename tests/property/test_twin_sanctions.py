"""Why a state is stable is told as the literal implementation finds it: improvements, and a shortest answer to each."""

from __future__ import annotations

import pytest

from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS, GraphConflict, ProductConflict
from detente.kernel.sanctions import Judge, Move
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import Coalition, Position, Situation, is_stable, sanctions
from tests.oracle.stability_arrays import graph_of, mask_of
from tests.oracle.stability_of_cases import situation_of

BLOCKS = range(4)
PER_BLOCK = 25


def drawn(seed: int) -> tuple[Situation, list[ProductConflict | GraphConflict]]:
    n_parties = 1 + seed // 2 % 4
    if seed % 2:
        situation = random_graph(seed, n_states=2 + seed % 8, n_parties=max(2, n_parties))
        return situation, [graph_of(situation)]
    case = random_conflict(seed, n_measures=1 + seed % 5, n_parties=n_parties)
    conflict = build_conflict(case)
    return situation_of(case), [conflict.form, conflict.graph]


def n_moves_to(situation: Situation, party: str, source: Position, wanted: list[Position], *, improving: bool) -> int:
    """The number of moves in which the others first bring about one of some states."""
    others = situation.others([party])
    front: set[tuple[Position, Coalition | None]] = {(source, None)}
    n_moves = 0
    while not any(state in wanted for state, _ in front) or not n_moves:
        n_moves += 1
        front = {step for s, last in front for step in situation.steps(others, s, last, improving=improving)}
    return n_moves


def assert_legal(situation: Situation, party: str, source: Position, way: tuple[Move, ...], *, improving: bool) -> None:
    """Each move of the others starts where the one before ended, and may follow it."""
    here: tuple[Position, Coalition | None] = (source, None)
    for move in way:
        assert situation.states[move.source] == here[0]
        following = situation.steps(situation.others([party]), *here, improving=improving)
        [here] = {
            (t, who)
            for t, who in following
            if t == situation.states[move.target] and mask_of(situation, who) == move.movers
        }


def check(situation: Situation, form: ProductConflict | GraphConflict, party: str, number: int, concept: str) -> None:
    state = situation.states[number]
    judge = Judge(form)
    judgement = judge.judge(situation.parties.index(party), number, concept)
    assert judgement.is_stable == is_stable(situation, party, state, concept)
    assert judgement.is_stable == judge.is_stable(situation.parties.index(party), number, concept)
    targets = [situation.states[answer.target] for answer in judgement.answers]
    place = situation.place[party]
    assert targets == sorted(situation.better(party, state), key=lambda t: (-place[t], situation.states.index(t)))
    assert judgement.n_improvements == len(targets)
    improving = concept in ("seq", "sseq")
    for answer, target in zip(judgement.answers, targets, strict=True):
        wanted = [] if concept == "nash" else sanctions(situation, party, state, target, concept)
        assert answer.is_settled
        assert (answer.sanction is not None) == bool(wanted)
        if answer.sanction is not None:
            assert_legal(situation, party, target, answer.sanction, improving=improving)
            assert situation.states[answer.sanction[-1].target] in wanted
            assert len(answer.sanction) == n_moves_to(situation, party, target, wanted, improving=improving)


@pytest.mark.parametrize("block", BLOCKS)
def test_improvements_and_what_takes_them_back_are_the_twins(block: int) -> None:
    for seed in range(PER_BLOCK * block, PER_BLOCK * (block + 1)):
        situation, forms = drawn(seed)
        for form in forms:
            for party in situation.parties:
                for number in range(min(10, len(situation.states))):
                    for concept in CONCEPTS:
                        check(situation, form, party, number, concept)
