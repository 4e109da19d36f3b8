"""What must hold of strength of preference: against the literal twin, and between concepts and degrees."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from detente import analyse_stability, analyse_strength
from detente.case import Case, Ranks, Strong
from detente.kernel.conflict import CONCEPTS
from tests.oracle.random_conflicts import random_conflict
from tests.oracle.relations import Relations, is_stable
from tests.oracle.stability import Position
from tests.oracle.stability_of_cases import situation_of

N_BLOCKS, PER_BLOCK = 8, 15


def drawn(seed: int) -> Case:
    """A case whose parties rank states by small whole numbers and find some differences great."""
    random = Random(f"strength {seed}")  # noqa: S311  # no secret depends on it
    case = random_conflict(seed, n_measures=random.randint(2, 4), n_parties=random.choice((2, 3)))
    n_states = len(situation_of(case).states)
    preferences = {p.id: Ranks(ranks=tuple(float(random.randint(0, 9)) for _ in range(n_states))) for p in case.parties}
    strong = {
        p.id: Strong(thresholds=random.choice(((3.0,), (2.0, 5.0)))) for p in case.parties if random.random() < 0.8
    }
    return replace(case, preferences=preferences, strong=strong or {case.parties[0].id: Strong(thresholds=(4.0,))})


def relations(case: Case, worth: dict[str, dict[Position, float]], degree: int) -> Relations:
    """Parties leave for what is better, and what is worse by a degree deters them."""

    def better(i: str, s: Position, t: Position) -> bool:
        return worth[i][t] > worth[i][s]

    def deterred(i: str, s: Position, t: Position) -> bool:
        thresholds = case.strong[i].thresholds if i in case.strong else ()
        if degree == 1:
            return not better(i, s, t)
        return len(thresholds) >= degree - 1 and worth[i][s] - worth[i][t] >= thresholds[degree - 2]

    return Relations(moves_on=better, deterred_by=deterred, answers_on=better)


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_degrees_agree_with_the_twin(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = drawn(seed)
        situation = situation_of(case)
        worth: dict[str, dict[Position, float]] = {
            party: dict(zip(situation.states, given.ranks, strict=True))
            for party, given in case.preferences.items()
            if isinstance(given, Ranks)
        }
        result = analyse_strength(case)
        for concept in CONCEPTS:
            for degree in (1,) if concept == "nash" else range(1, max(result.degrees.values()) + 1):
                asked = relations(case, worth, degree)
                want = [
                    [is_stable(situation, asked, i, s, concept) for s in situation.states] for i in situation.parties
                ]
                assert (result.degree[concept] >= degree).tolist() == want, (seed, concept, degree)


@pytest.mark.parametrize("block", range(N_BLOCKS))
def test_concepts_contain_each_other_by_each_degree(block: int) -> None:
    for seed in range(block * PER_BLOCK, (block + 1) * PER_BLOCK):
        case = drawn(seed)
        result, ordinary = analyse_strength(case), analyse_stability(case)
        most = max(result.degrees.values())
        nash, gmr, smr, seq, sseq = (result.degree[concept] for concept in CONCEPTS)
        assert ((nash == 0) | (sseq == most)).all()
        for inner, outer in ((smr, gmr), (seq, gmr), (sseq, seq), (sseq, smr)):
            assert (inner <= outer).all()
        for concept in CONCEPTS:
            assert ((result.degree[concept] > 0) == ordinary.stable[concept]).all()


def test_another_unit_and_zero_change_nothing() -> None:
    for seed in range(30):
        case = drawn(seed)
        other = replace(
            case,
            preferences={
                party: Ranks(ranks=tuple(4 * rank - 3 for rank in given.ranks))
                for party, given in case.preferences.items()
                if isinstance(given, Ranks)
            },
            strong={p: Strong(thresholds=tuple(4 * t for t in s.thresholds)) for p, s in case.strong.items()},
        )
        one, two = analyse_strength(case), analyse_strength(other)
        for concept in CONCEPTS:
            assert one.degree[concept].tolist() == two.degree[concept].tolist()
