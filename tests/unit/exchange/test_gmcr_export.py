"""Cases as ``.gmcr`` files: what is imported again is the same conflict."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente import read_case
from detente.case import parse_condition
from detente.casefile import case_from_tree
from detente.conflict import Conflict, build_conflict
from detente.errors import LimitError, OptionError
from detente.exchange import export_gmcr, import_gmcr
from detente.exchange.gmcr_export import conjunctions
from detente.kernel.conflict import origins
from tests.property.strategies import conditions

Tree = dict[str, Any]  # Any: a tree of plain data
MEASURES = ["a", "b", "c", "d"]


def there_and_back(tree: Tree, folder: Path) -> tuple[Conflict, Conflict]:
    case = case_from_tree(tree)
    export_gmcr(case, folder / "x.gmcr")
    return build_conflict(case), build_conflict(import_gmcr(folder / "x.gmcr", folder / "back").case)


def same_conflict(one: Conflict, other: Conflict) -> None:
    """Assert that two conflicts have the same states, moves and orders, whatever the order of their measures."""
    place = {frozenset(other.in_force(state)): state for state in range(other.n_states)}
    there = [place[frozenset(one.in_force(state))] for state in range(one.n_states)]
    assert len(set(there)) == one.n_states == other.n_states
    assert one.parties == other.parties
    for party in range(len(one.parties)):
        arcs, again = one.graph.arcs[party], other.graph.arcs[party]
        moves = {(there[a], there[b]) for a, b in zip(origins(arcs).tolist(), arcs.target.tolist(), strict=True)}
        assert moves == set(zip(origins(again).tolist(), again.target.tolist(), strict=True))
        mine, its = one.form.rank[party].tolist(), other.form.rank[party].tolist()
        for s, t in product(range(one.n_states), repeat=2):
            assert (mine[s] > mine[t]) == (its[there[s]] > its[there[t]])


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    direction = st.sampled_from(["both", "forward", "backward"])
    tree: Tree = {"detente": 1, "parties": {"p": {}, "q": {}, "r": {}}, "measures": {}}
    for index, key in enumerate(MEASURES):
        before = MEASURES[:index]
        some = st.lists(st.sampled_from(before), unique=True, max_size=1) if before else st.just([])
        tree["measures"][key] = {
            "by": [draw(st.sampled_from(["p", "q", "r"]))],
            "direction": draw(direction),
            "requires": draw(some) if draw(st.booleans()) else [],
        }
    tree["infeasible"] = draw(st.lists(st.sampled_from(["a and b", "c and not d", "b iff (c and d)"]), max_size=1))
    tree["status-quo"] = [] if "b iff (c and d)" not in tree["infeasible"] else ["b"]
    tree["preferences"] = {
        party: {"statements": draw(st.lists(conditions(MEASURES), min_size=1, max_size=4))} for party in "pqr"
    }
    if draw(st.booleans()):
        del tree["preferences"]["q"]
        tree["terms"] = [{"party": "q", "when": draw(conditions(MEASURES)), "value": draw(st.integers(-3, 3))}]
        tree["measures"]["a"]["value"] = {"q": 1}
    return tree


@settings(deadline=None)
@given(tree=trees())
def test_what_is_exported_and_imported_is_the_same_conflict(
    tree: Tree, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if tree["status-quo"] and tree["measures"]["b"]["requires"]:
        tree["measures"]["b"]["requires"] = []
    same_conflict(*there_and_back(tree, tmp_path_factory.mktemp("x")))


@given(text=conditions(MEASURES), taken=st.sets(st.sampled_from(MEASURES)))
def test_conjunctions_hold_where_the_condition_holds(text: str, taken: set[str]) -> None:
    from detente.case import is_satisfied

    condition = parse_condition(text)
    for holds in (True, False):
        some = any(
            all((measure in taken) == is_taken for measure, is_taken in each.items())
            for each in conjunctions(condition, holds=holds)
        )
        assert some == (is_satisfied(condition, taken) == holds)


@pytest.mark.parametrize(
    "name", ["cuban-missile-crisis", "elmira-options", "volunteers-dilemma", "battle-of-the-sexes"]
)
def test_published_conflicts_survive(name: str, tmp_path: Path) -> None:
    case = read_case(name)
    export_gmcr(case, tmp_path / "x.gmcr")
    again = import_gmcr(tmp_path / "x.gmcr", tmp_path / "back").case
    one, other = build_conflict(case), build_conflict(again)
    assert sorted(one.form.rank[0].tolist()) == sorted((other.form.rank[0]).tolist())
    assert [m.name for m in again.measures] == [m.name for m in case.measures]
    assert one.masks.tolist() == other.masks.tolist()


def test_file_is_as_the_format_says(tmp_path: Path) -> None:
    tree: Tree = {
        "detente": 1,
        "parties": {"p": {"name": "Town"}, "q": {}},
        "measures": {"b": {"by": ["q"]}, "a": {"by": ["p"], "direction": "forward", "name": "Build"}},
        "infeasible": ["b and not a"],
        "preferences": {"p": {"statements": ["a if b", "a and not b"]}, "q": {"statements": ["a iff b"]}},
    }
    export_gmcr(case_from_tree(tree), tmp_path / "x.gmcr")
    assert json.loads((tmp_path / "x.gmcr").read_text(encoding="utf-8")) == {
        "program": "detente",
        "options": [{"name": "Build", "permittedDirection": "fwd"}, {"name": "b", "permittedDirection": "both"}],
        "decisionMakers": [
            {
                "name": "Town",
                "options": [0],
                "preferences": [{"compound": True, "members": [[[0, "Y"]], [[1, "N"]]]}, [[0, "Y"], [1, "N"]]],
                "misperceptions": [],
            },
            {
                "name": "q",
                "options": [1],
                "preferences": [{"compound": True, "members": [[[0, "Y"], [1, "Y"]], [[0, "N"], [1, "N"]]]}],
                "misperceptions": [],
            },
        ],
        "infeasibles": [[[0, "N"], [1, "Y"]]],
        "coalitions": [0, 1],
        "useManualPreferenceRanking": False,
    }


def test_statements_too_long_are_ranked_by_hand(tmp_path: Path) -> None:
    keys = [f"m{n}" for n in range(12)]
    tree: Tree = {
        "detente": 1,
        "parties": {"p": {}},
        "measures": {key: {"by": ["p"]} for key in keys},
        "preferences": {"p": {"statements": [" iff ".join(keys)]}},
    }
    export_gmcr(case_from_tree(tree), tmp_path / "x.gmcr")
    document = json.loads((tmp_path / "x.gmcr").read_text(encoding="utf-8"))
    assert document["useManualPreferenceRanking"] is True
    assert sorted(len(place) for place in document["decisionMakers"][0]["preferenceRanking"]) == [2048, 2048]


def test_what_the_format_cannot_say_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as graph:
        export_gmcr(read_case("elmira"), tmp_path / "x.gmcr")
    assert str(graph.value) == "a .gmcr file holds options; this case states its states and moves outright"
    with pytest.raises(OptionError) as joint:
        export_gmcr(read_case("korea-2018-conflict"), tmp_path / "x.gmcr")
    assert str(joint.value) == (
        "a .gmcr file gives each option to one decision maker who moves it alone; of several parties or a forum are: "
        "exercises, relief, talks, mechanism, treaty, thaad, rail"
    )
    keys = [f"m{n}" for n in range(17)]
    tree: Tree = {"detente": 1, "parties": {"p": {}}, "measures": {k: {"by": ["p"], "value": {"p": 1}} for k in keys}}
    with pytest.raises(LimitError, match=r"the case has 131,072 feasible states; a \.gmcr file ranks at most 65,536"):
        export_gmcr(case_from_tree(tree), tmp_path / "x.gmcr")
    tree["infeasible"] = [" iff ".join(keys[:12])]
    tree["status-quo"] = ["m0"]
    tree["preferences"] = {"p": {"statements": ["m0"]}}
    with pytest.raises(LimitError) as pattern:
        export_gmcr(case_from_tree(tree), tmp_path / "x.gmcr")
    assert str(pattern.value) == (
        "an infeasible pattern becomes more than 200 conjunctions, too many for a .gmcr file."
    )
    assert list(tmp_path.iterdir()) == []
