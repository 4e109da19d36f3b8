"""Ids, nearest matches, order of problems, and the feasible states that rankings must name."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from detente.case import Case, is_feasible
from detente.casefile import case_from_tree
from detente.casefile.names import is_id, is_label
from detente.casefile.problems import Problems, listed, nearest, shown
from detente.casefile.rules_orders import feasible_states
from detente.casefile.tree import Scalar
from detente.errors import CaseError


@pytest.mark.parametrize("word", ["usa", "US", "n-1", "a_b", "조선", "Ж2", "हिंदी", "andy", "none-such"])
def test_ids_are_letters_of_any_script_digits_and_dashes(word: str) -> None:
    assert is_id(word)


@pytest.mark.parametrize(
    "word", ["", "1a", "-a", "_a", "a.b", "a%", "a b", "and", "or", "not", "if", "iff", "best", "none", "²"]
)
def test_other_words_are_no_ids(word: str) -> None:
    assert not is_id(word)


def test_labels_may_begin_with_digits_and_have_percent_signs() -> None:
    assert all(is_label(word) for word in ("25%", "2.5%", "half", "step-1", "1"))
    assert not any(is_label(word) for word in ("", "a b", "a/b", "a(b)"))


def test_nearest_match_forgives_case_and_slips_but_does_not_guess() -> None:
    known = ["freeze-tests", "talks", "DPRK"]
    assert nearest("freezetests", known) == "freeze-tests"
    assert nearest("dprk", known) == "DPRK"
    assert nearest("elephants", known) is None
    assert nearest("t" * 1_000, known) is None


def test_search_for_nearest_matches_ends_when_there_are_too_many() -> None:
    problems = Problems()
    known = [f"party-{number}" for number in range(20_000)]
    assert [problems.nearest("party_7", known) for _ in range(3)] == ["party-7", "party-7", None]


def test_lists_and_quotations_are_kept_short() -> None:
    assert listed([]) == "none"
    assert listed([str(number) for number in range(10)]) == "0, 1, 2, 3, 4, 5, 6, 7 and 2 more"
    assert shown("two\n lines") == "'two lines'"
    assert shown("x" * 70) == f"'{'x' * 60}…'"


def test_problems_are_told_once_and_in_document_order() -> None:
    problems = Problems()
    for path, line in (("b", 1), ("a", 2), ("", 0), ("a", 1), ("a", 2)):
        problems.add("D104", Scalar("x", True, path, line, 1), f"at {line} of {path}.")
    assert [str(problem.span) for problem in problems.in_order(["a", "b"])] == ["a:1:1", "a:2:1", "b:1:1", "None"]
    with pytest.raises(CaseError) as caught:
        problems.raise_errors(["a", "b"])
    assert len(caught.value.diagnostics) == 4


# Any in what follows: parts of case files.
def by_brute_force(case: Case) -> list[frozenset[str]]:
    found = []
    for bits in product((0, 1), repeat=len(case.measures)):
        state = frozenset(m.id for m, bit in zip(case.measures, reversed(bits), strict=True) if bit)
        if is_feasible(case, state):
            found.append(state)
    return found


@pytest.mark.parametrize(
    ("measures", "infeasible"),
    [
        ({"a": {}, "b": {}, "c": {}}, []),
        ({"a": {}, "b": {"requires": ["a"]}, "c": {"requires": ["b"]}}, []),
        ({"a": {"requires": ["c"]}, "b": {"excludes": ["c"]}, "c": {}}, []),
        ({"a": {}, "b": {}, "c": {"excludes": ["a"]}, "d": {"requires": ["b"]}}, ["b and not d and not a", "a and b"]),
        ({"a": {"levels": ["50%", "100%"]}, "b": {}}, ["a.50% and not b"]),
    ],
)
def test_feasible_states_are_those_of_brute_force_in_increasing_order(measures: Any, infeasible: list[str]) -> None:
    case = case_from_tree(
        {
            "detente": 1,
            "parties": {"p": {}},
            "measures": {key: {"by": ["p"], **rest} for key, rest in measures.items()},
            "infeasible": list(infeasible),
        }
    )
    assert feasible_states(case) == by_brute_force(case)


def test_feasible_states_of_long_chains_are_found_and_too_many_are_not_listed() -> None:
    chain: Any = {f"m{n}": {"by": ["p"]} | ({"requires": [f"m{n - 1}"]} if n else {}) for n in range(60)}
    free: Any = {f"m{n}": {"by": ["p"]} for n in range(60)}
    cases = [case_from_tree({"detente": 1, "parties": {"p": {}}, "measures": tree}) for tree in (chain, free)]
    assert len(feasible_states(cases[0]) or []) == 61
    assert feasible_states(cases[1]) is None
