"""What must be so of tables whatever the case: names, orders and units; what is shared out; what a party can add."""

from __future__ import annotations

import pytest

from detente import find_indispensable
from detente.analysis.roadmap import ReadingWorth
from detente.case import Case
from tests.oracle.random_cases import random_case
from tests.property.changes import reordered, scaled

SEEDS = range(24)


def drawn(seed: int) -> Case:
    return random_case(seed, n_measures=3 + seed % 3, n_parties=2 + seed % 3, generous=6.0 if seed % 4 else None)


def worth(case: Case) -> ReadingWorth:
    [entry] = find_indispensable(case, sources=True).readings
    return entry


def near(want: object) -> object:
    """What a number, or each of several, must be: a root of small gains has fewer digits than they."""
    return pytest.approx(want, rel=1e-7, abs=1e-7)


def by_party(entry: ReadingWorth) -> dict[str, list[float]]:
    return {w.party: [w.marginal.value, w.shapley.value, w.others.value] for w in entry.parties}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_all_come_to_is_shared_out(seed: int) -> None:
    entry = worth(drawn(seed))
    assert sum(w.shapley.value for w in entry.parties) == near(entry.everybody.value)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_in_which_things_are_declared_changes_nothing(seed: int) -> None:
    case = drawn(seed)
    one, other = worth(case), worth(reordered(case, seed))
    values = {frozenset(table.parties): table.value for table in one.coalitions}
    assert {frozenset(table.parties): near(table.value) for table in other.coalitions} == values
    first, second = by_party(one), by_party(other)
    for party, numbers in first.items():
        # What the others have may differ where several roadmaps are best; what tables come to may not.
        assert second[party][:2] == near(numbers[:2])
    assert {w.party: w.is_needed for w in one.parties} == {w.party: w.is_needed for w in other.parties}


@pytest.mark.parametrize("seed", SEEDS)
def test_another_unit_of_a_party_multiplies_scores_and_nothing_else(seed: int) -> None:
    case = drawn(seed)
    party = case.parties[seed % len(case.parties)].id
    one, other = worth(case), worth(scaled(case, party, 8.0))
    for table, again in zip(one.coalitions, other.coalitions, strict=True):
        factor = 8.0 ** (1.0 / len(table.parties)) if party in table.parties else 1.0
        assert again.value == near(table.value * factor)
    assert [w.is_needed for w in one.parties] == [w.is_needed for w in other.parties]
    if one.everybody.stages == other.everybody.stages:
        signs = [[(w.others.value > 1e-6) - (w.others.value < -1e-6) for w in entry.parties] for entry in (one, other)]
        assert signs[0] == signs[1]


@pytest.mark.parametrize("seed", SEEDS)
def test_taking_something_away_never_helps_all_but_for_a_veto(seed: int) -> None:
    entry = worth(drawn(seed))
    for source in entry.sources or ():
        if source.source.kind.value != "veto":
            assert source.table.value >= -1e-9
    for refusal in entry.refusals:
        assert refusal.refusing.value <= entry.everybody.value + 1e-9
