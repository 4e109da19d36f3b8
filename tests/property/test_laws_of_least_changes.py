"""Laws of least changes: between the concepts, between ways to tell a conflict, between more and less freedom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.analysis.stability import analyse_stability, analyse_swaps, explain_stability, find_inverse
from detente.case import Ranks
from detente.conflict import build_conflict
from detente.kernel.conflict import CONCEPTS
from detente.kernel.least_changes import least_to_stability
from detente.kernel.preference_search import Deadline
from detente.kernel.sanctions import Judge
from detente.progress import Reporter
from tests.oracle.random_conflicts import random_conflict

IMPLIES = (("nash", "smr"), ("smr", "gmr"), ("nash", "sseq"), ("sseq", "seq"), ("seq", "gmr"), ("sseq", "smr"))
"""What is stable by the first is stable by the second (§9 of the model)."""


def _least(judge: Judge, state: int, concept: str, parties: range | list[int]) -> int | None:
    found = least_to_stability(judge, state, concept, parties, reporter=Reporter(None), deadline=Deadline(None))
    assert found.is_proven
    return None if found.profile is None else found.profile.twice


@pytest.mark.parametrize("seed", range(40))
def test_the_weaker_the_concept_the_less_must_change(seed: int) -> None:
    form = build_conflict(random_conflict(seed, n_measures=1 + seed % 4, n_parties=1 + seed % 3)).form
    judge = Judge(form)
    state = seed % form.n_states
    least = {concept: _least(judge, state, concept, range(form.n_parties)) for concept in CONCEPTS}
    for stronger, weaker in IMPLIES:
        one, other = least[stronger], least[weaker]
        assert one is not None
        assert other is not None
        assert other <= one


@pytest.mark.parametrize("seed", range(30))
def test_the_more_parties_may_change_the_less_must(seed: int) -> None:
    form = build_conflict(random_conflict(seed, n_measures=1 + seed % 4, n_parties=2 + seed % 2)).form
    judge = Judge(form)
    state, concept = seed % form.n_states, CONCEPTS[seed % 5]
    everybody = _least(judge, state, concept, range(form.n_parties))
    assert everybody is not None
    for party in range(form.n_parties):
        alone = _least(judge, state, concept, [party])
        assert alone is None or alone >= everybody


@pytest.mark.parametrize("seed", range(30))
def test_both_forms_need_the_same_change(seed: int) -> None:
    conflict = build_conflict(random_conflict(seed, n_measures=1 + seed % 4, n_parties=1 + seed % 3))
    state = seed % conflict.n_states
    for concept in CONCEPTS:
        parties = range(len(conflict.parties))
        one = _least(Judge(conflict.form), state, concept, parties)
        assert one == _least(Judge(conflict.graph), state, concept, parties)


@pytest.mark.parametrize("seed", range(30))
def test_only_the_order_of_ranks_counts(seed: int) -> None:
    case = random_conflict(seed, n_measures=1 + seed % 3, n_parties=1 + seed % 3)
    conflict = build_conflict(case)
    ranks = {
        party: Ranks(ranks=tuple(float(np.exp(rank)) for rank in np.unique(order, return_inverse=True)[1].reshape(-1)))
        for party, order in zip(conflict.parties, conflict.form.rank, strict=True)
    }
    other = replace(case, preferences=ranks)
    state, concept = 1 + seed % conflict.n_states, CONCEPTS[seed % 5]
    one, two = find_inverse(case, state, concept), find_inverse(other, state, concept)
    assert (one.distance, one.unstable, one.conditions) == (two.distance, two.unstable, two.conditions)
    assert analyse_swaps(case).tolerances == analyse_swaps(other).tolerances


@pytest.mark.parametrize("seed", range(40))
def test_reasons_and_least_changes_agree_with_the_verdicts(seed: int) -> None:
    case = random_conflict(seed, n_measures=1 + seed % 4, n_parties=1 + seed % 3)
    stability = analyse_stability(case)
    state = seed % stability.conflict.n_states
    for reason in explain_stability(case, state + 1).reasons:
        party = stability.conflict.parties.index(reason.party)
        assert reason.is_stable is bool(stability.stable[reason.concept][party, state])
    for tolerance in analyse_swaps(case, states=[state + 1]).tolerances:
        assert tolerance.is_equilibrium is bool(stability.is_equilibrium(tolerance.concept)[state])
        assert tolerance.distance is None or tolerance.distance > 0
    for concept in CONCEPTS:
        found = find_inverse(case, state + 1, concept)
        assert (found.distance == 0) is bool(stability.is_equilibrium(concept)[state])
        assert found.verified
