"""Why a state is stable: every answer checked move by move against the definitions, on random conflicts."""

from __future__ import annotations

import pytest

from detente.case import Case
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS
from detente.kernel.sanctions import Judge, Judgement, Move
from tests.oracle.random_conflicts import random_conflict, random_graph
from tests.oracle.stability import Coalition, Position, Situation, is_stable
from tests.oracle.stability_arrays import graph_of
from tests.oracle.stability_of_cases import situation_of

BATCH = 40


def _steps_to_sanction(situation: Situation, party: str, state: int, start: int, concept: str) -> int | None:
    """How many moves the others need at least; None if they cannot take an improvement back. Breadth first, literal."""
    improving = concept in ("seq", "sseq")
    others = situation.others([party])
    s = situation.states[state]
    layer: set[tuple[Position, Coalition | None]] = {(situation.states[start], None)}
    seen, steps = set(layer), 0
    while layer:
        steps += 1
        layer = {
            node
            for at, last in layer
            for node in situation.steps(others, at, last, improving=improving)
            if node not in seen
        }
        seen |= layer
        for at, _ in layer:
            escapes = any(situation.prefers(party, u, s) for u in situation.alone(party, at))
            if not situation.prefers(party, at, s) and not (concept in ("smr", "sseq") and escapes):
                return steps
    return None


def _is_legal(situation: Situation, start: int, moves: tuple[Move, ...], *, improving: bool) -> bool:
    """Whether moves follow on each other, each is open to its movers, and nobody moves twice in a row."""
    at, last = start, None
    for move in moves:
        who = frozenset(i for index, i in enumerate(situation.parties) if move.movers >> index & 1)
        steps = situation.steps(who, situation.states[at], last, improving=improving)
        if move.source != at or (situation.states[move.target], who) not in steps:
            return False
        at, last = move.target, who
    return True


def _check(situation: Situation, judge: Judge) -> None:
    for index, party in enumerate(situation.parties):
        for state, s in enumerate(situation.states):
            better = {situation.states.index(t) for t in situation.better(party, s)}
            for concept in CONCEPTS:
                judgement = judge.judge(index, state, concept)
                assert judgement.is_stable == is_stable(situation, party, s, concept)
                assert judge.is_stable(index, state, concept) == judgement.is_stable
                assert {answer.target for answer in judgement.answers} == better
                assert judgement.n_improvements == len(better)
                _check_answers(situation, party, state, concept, judgement)


def _check_answers(situation: Situation, party: str, state: int, concept: str, judgement: Judgement) -> None:
    values = [situation.place[party][situation.states[answer.target]] for answer in judgement.answers]
    assert values == sorted(values, reverse=True)
    if concept == "nash":
        return
    s = situation.states[state]
    for answer in judgement.answers:
        assert answer.is_settled
        needed = _steps_to_sanction(situation, party, state, answer.target, concept)
        if answer.sanction is None:
            assert needed is None
            continue
        assert len(answer.sanction) == needed
        assert _is_legal(situation, answer.target, answer.sanction, improving=concept in ("seq", "sseq"))
        end = situation.states[answer.sanction[-1].target]
        assert not situation.prefers(party, end, s)
        if concept in ("smr", "sseq"):
            assert not any(situation.prefers(party, u, s) for u in situation.alone(party, end))


def _case(seed: int) -> Case:
    return random_conflict(seed, n_measures=1 + seed % 5, n_parties=1 + seed % 4)


@pytest.mark.parametrize("first", range(0, 240, BATCH))
def test_answers_in_the_product_form(first: int) -> None:
    for seed in range(first, first + BATCH):
        case = _case(seed)
        _check(situation_of(case), Judge(build_conflict(case).form))


@pytest.mark.parametrize("first", range(0, 240, BATCH))
def test_answers_in_the_graph_form(first: int) -> None:
    for seed in range(first, first + BATCH):
        situation = random_graph(seed, n_states=2 + seed % 9, n_parties=1 + seed % 4)
        _check(situation, Judge(graph_of(situation)))


@pytest.mark.parametrize("first", range(0, 120, BATCH))
def test_both_forms_need_as_many_moves(first: int) -> None:
    for seed in range(first, first + BATCH):
        conflict = build_conflict(_case(seed))
        product, graph = Judge(conflict.form), Judge(conflict.graph)
        for party in range(len(conflict.parties)):
            for state in range(conflict.n_states):
                for concept in CONCEPTS:
                    one = product.judge(party, state, concept).answers
                    other = graph.judge(party, state, concept).answers
                    assert [a.target for a in one] == [a.target for a in other]
                    assert [a.sanction and (len(a.sanction), a.sanction[-1].target) for a in one] == [
                        a.sanction and (len(a.sanction), a.sanction[-1].target) for a in other
                    ]
