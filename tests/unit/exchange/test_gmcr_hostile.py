"""Whatever stands in a ``.gmcr`` file, importing it ends in a case or in one error of ours."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.casefile.reader import case_from_tree
from detente.errors import CaseError, DetenteError
from detente.exchange.gmcr import gmcr_to_tree
from detente.exchange.gmcr_file import MOST_BYTES, parse_gmcr

Json = Any  # Any: what a JSON file may hold

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.floats(allow_nan=False) | st.text(max_size=3) | st.just("Y"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


def whole() -> Json:
    """Return a file that has every part that there can be."""
    return {
        "options": [{"name": "A", "permittedDirection": "fwd"}, {"name": "A"}, {"name": "not"}],
        "decisionMakers": [
            {
                "name": "N",
                "options": [0, 2],
                "preferences": [[[1, "Y"]], {"compound": True, "members": [[[0, "N"]], []]}],
                "preferenceRanking": [1, [2, 3], 4, 5, 6],
                "misperceptions": [[[0, "Y"]]],
            },
            {"name": "S", "options": [1], "preferences": [], "preferenceVector": [[1, 2, 3, 4, 5, 6]]},
        ],
        "infeasibles": [[[0, "Y"], [1, "Y"]]],
        "coalitions": [[0, 1]],
        "useManualPreferenceRanking": True,
    }


def places(value: Json, way: tuple[Json, ...] = ()) -> list[tuple[Json, ...]]:
    """List the ways to everything in a tree."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(inner for key, child in below for inner in places(child, (*way, key)))]


PLACES = places(whole())


def survive(document: Json) -> None:
    caught: DetenteError | None = None
    try:
        tree, messages = gmcr_to_tree(parse_gmcr(json.dumps(document).encode(), "x.gmcr"), "x.gmcr")
    except DetenteError as error:
        caught = error
    if caught is not None:
        assert str(caught)
        assert [each.code for each in caught.diagnostics] == ["D701"] if isinstance(caught, CaseError) else True
        return
    assert all(message.endswith(".") and "\n" not in message for message in messages)
    case_from_tree(tree)


@settings(deadline=None, max_examples=300)
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), anything), min_size=1, max_size=2), ranked=st.booleans())
def test_any_change_of_a_file_ends_in_a_case_or_one_error(
    changes: list[tuple[tuple[Json, ...], Json]], ranked: bool
) -> None:
    document = whole() | {"useManualPreferenceRanking": ranked}
    for way, value in changes:
        target = document
        for step in way[:-1]:
            target = target[step] if isinstance(target, dict | list) and _has(target, step) else None
            if target is None:
                break
        if not way:
            document = value
        elif isinstance(target, dict | list) and _has(target, way[-1]):
            target[way[-1]] = value
        if not isinstance(document, dict):
            break
    survive(document)


def _has(target: Json, step: Json) -> bool:
    if isinstance(target, list):
        return isinstance(step, int) and step < len(target)
    return step in target


@given(document=anything)
def test_any_document_is_one_error(document: Json) -> None:
    with pytest.raises(CaseError):
        parse_gmcr(json.dumps(document).encode(), "x.gmcr")


@settings(deadline=None)
@given(raw=st.binary(max_size=60))
def test_any_bytes_are_one_error(raw: bytes) -> None:
    with pytest.raises(CaseError):
        parse_gmcr(raw, "x.gmcr")


def _many(n_options: int) -> Json:
    """Return patterns that look at all options, none of them twice the same."""
    return [[[option, "YN"[(option * number) % 7 % 2]] for option in range(n_options)] for number in range(1, 900)]


HOSTILE: dict[str, Json] = {
    "many states and many patterns": {
        "options": [{"name": "A"}] * 40,
        "decisionMakers": [{"name": "N", "options": list(range(40)), "preferences": [[[0, "Y"]]] * 900}],
        "infeasibles": [[[0, "N"]], *_many(40)],
    },
    "shared options and few states": {
        "options": [{"name": "A"}] * 40,
        "decisionMakers": [{"name": name, "options": list(range(40)), "preferences": _many(40)} for name in "NS"],
        "infeasibles": [[[option, "Y"]] for option in range(2, 40)],
    },
    "shared options and many states": {
        "options": [{"name": "A"}] * 40,
        "decisionMakers": [{"name": name, "options": list(range(40)), "preferences": _many(40)} for name in "NS"],
    },
    "misperceptions of many states": {
        "options": [{"name": "A"}] * 15,
        "decisionMakers": [
            {"name": "N", "options": list(range(15)), "preferenceRanking": [[*range(1, 2**14 + 1)]]},
            {"name": "S", "preferenceRanking": [[*range(1, 2**14 + 1)]], "misperceptions": _many(15)},
        ],
        "infeasibles": [[[14, "N"]]],
        "useManualPreferenceRanking": True,
    },
    "more options than bits": {
        "options": [{"name": "A"}] * 900,
        "decisionMakers": [{"name": "N", "options": list(range(900)), "misperceptions": [[[899, "Y"]]]}],
    },
    "more options than bits, none feasible at first": {
        "options": [{"name": "A"}] * 900,
        "decisionMakers": [{"name": "N", "options": list(range(900))}],
        "infeasibles": [[[899, "N"]]],
    },
    "conditions without end": {
        "options": [{"name": "A"}],
        "decisionMakers": [
            {"name": "N", "options": [0], "preferences": [{"compound": True, "members": [[]] * 900}] * 500}
        ],
    },
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
def test_files_made_to_take_long_end_soon(document: Json) -> None:
    assert len(json.dumps(document)) < MOST_BYTES
    start = time.process_time()
    survive(document)
    assert time.process_time() - start < 20
