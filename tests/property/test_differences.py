"""Laws of comparing cases: all differences together make the second case, and none the first."""

import pytest

from detente.casefile import case_from_tree
from detente.casefile.differences import apply_differences, comparable_tree, list_differences
from tests.oracle.random_cases import random_case

PAIRS = [(seed, seed + 1000) for seed in range(40)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_differences_lead_from_one_case_to_the_other(first: int, second: int) -> None:
    one = comparable_tree(random_case(first, n_measures=5, n_parties=3))
    other = comparable_tree(random_case(second, n_measures=4, n_parties=3))
    differences = list_differences(one, other)
    assert len({difference.place for difference in differences}) == len(differences)
    made = case_from_tree(apply_differences(one, differences, name="made"))
    assert list_differences(comparable_tree(made), other) == ()
    assert comparable_tree(case_from_tree(apply_differences(one, [], name="same"))) == one
    assert {d.place for d in list_differences(other, one) if not d.place.startswith("terms.")} == {
        d.place for d in differences if not d.place.startswith("terms.")
    }
