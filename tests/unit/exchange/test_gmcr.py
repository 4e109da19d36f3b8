"""Importing ``.gmcr`` files, which are written here from the description of the format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.case import Statements
from detente.casefile.reader import case_from_tree
from detente.conflict import build_conflict
from detente.errors import CaseError, LimitError, OptionError
from detente.exchange import GmcrImport, import_gmcr
from detente.exchange.gmcr import gmcr_to_tree
from detente.exchange.gmcr_file import parse_gmcr
from detente.exchange.ids import make_ids
from detente.kernel.conflict import ProductConflict, origins

Json = dict[str, Any]  # Any: what a JSON file may hold


def small(**changes: Any) -> Json:  # Any: as in Json
    """Return a file with two decision makers of one option each, changed."""
    file: Json = {
        "options": [{"name": "Blockade"}, {"name": "Withdraw"}],
        "decisionMakers": [
            {"name": "North", "options": [0], "preferences": [[[1, "Y"]]]},
            {"name": "South", "options": [1], "preferences": [[[0, "N"]]]},
        ],
    }
    return file | changes


def imported(folder: Path, file: Json) -> GmcrImport:
    source = folder / "small.gmcr"
    source.write_text(json.dumps(file), encoding="utf-8")
    return import_gmcr(source, folder / "case")


# --- the literal meaning of a file, from the description of the format


def states_of(file: Json) -> list[dict[int, bool]]:
    """List the feasible states, ascending by their decimal numbers."""
    order: list[int] = []
    for party in file["decisionMakers"]:
        for option in party["options"]:
            order += [option] if option not in order else []
    found = []
    for decimal in range(2 ** len(order)):
        state = {option: decimal >> index & 1 == 1 for index, option in enumerate(order)}
        if not any(satisfies(state, pattern) for pattern in file.get("infeasibles", [])):
            found.append(state)
    return found


def satisfies(state: Mapping[int, bool], condition: Any) -> bool:  # Any: as in Json
    if isinstance(condition, dict):
        return any(satisfies(state, member) for member in condition["members"])
    return all(state[option] == (value == "Y") for option, value in condition)


def literal_scores(file: Json, party: Json, states: list[dict[int, bool]]) -> list[int]:
    """Return Σ 2^(K−1−j) over the statements satisfied; later repetitions dropped."""
    statements: list[Any] = []  # Any: as in Json
    for statement in party["preferences"]:
        if statement not in statements:
            statements.append(statement)
    most = len(statements)
    return [sum(2 ** (most - 1 - j) for j, each in enumerate(statements) if satisfies(state, each)) for state in states]


def same_order(ranks: Any, scores: list[int]) -> bool:  # Any: an array of whole numbers
    return all(
        (int(ranks[i]) > int(ranks[j])) == (scores[i] > scores[j]) for i, j in product(range(len(scores)), repeat=2)
    )


# --- what a file becomes


def test_options_become_measures_in_canonical_order(tmp_path: Path) -> None:
    file = small(
        options=[
            {"name": "Blockade", "permittedDirection": "fwd"},
            {"name": "Withdraw", "permittedDirection": "back"},
            {"name": "Blockade", "permittedDirection": "both"},
        ]
    )
    file["decisionMakers"][0]["options"] = [2, 0]
    case = imported(tmp_path, file).case
    assert [(m.id, m.name, m.owners, m.direction.value) for m in case.measures] == [
        ("blockade", "Blockade", ("north",), "both"),
        ("blockade-2", "Blockade", ("north",), "forward"),
        ("withdraw", "Withdraw", ("south",), "backward"),
    ]


def test_case_says_what_the_file_does_not(tmp_path: Path) -> None:
    file = small(coalitions=[[0, 1]], payoffs=[[1]], coalitionsFull=[[0, 1]], notes="x", infeasibles=[[[0, "N"]]])
    file["decisionMakers"][1] = {"name": "North", "options": [1], "preferences": [], "misperceptions": [[[1, "Y"]]]}
    made = imported(tmp_path, file)
    assert made.messages == (
        "North (north-2) has no preference statements; in the file, and so here, all states are equal to it. If they "
        "are unknown rather than equal, say so.",
        "North (north-2) alone holds infeasible: withdraw; this is the reading 'seen-by-north-2'.",
        "The file names no status quo; the case begins in the first feasible state (blockade). Edit status-quo.",
        "The file treats North (north) and North (north-2) as one coalition; the case keeps them apart.",
        "Keys of the file that were not read: notes.",
    )
    text = (made.folder / "case.yaml").read_text(encoding="utf-8")
    assert " ".join(text.partition("detente:")[0].replace("#", " ").split()) == " ".join(
        ["Imported from small.gmcr.", *made.messages]
    )
    assert max(map(len, text.splitlines())) <= 120
    assert made.case.status_quo == ("blockade",)
    view = made.case.under("seen-by-north-2")
    assert build_conflict(view).n_states == 1
    assert build_conflict(made.case).n_states == 2


def test_manual_ranking_is_kept_with_ties_within_ties(tmp_path: Path) -> None:
    file = small(useManualPreferenceRanking=True)
    file["decisionMakers"][0]["preferenceRanking"] = [4, [1, [2, [3]]]]
    file["decisionMakers"][1]["preferenceVector"] = [[1, 2, 3], 4]
    made = imported(tmp_path, file)
    conflict = build_conflict(made.case)
    assert conflict.form.rank.tolist() == [[1, 1, 1, 2], [2, 2, 2, 1]]


def test_older_name_of_the_switch_is_read(tmp_path: Path) -> None:
    file = small(useManualPreferenceVectors=True)
    for party in file["decisionMakers"]:
        party["preferenceVector"] = [1, 2, 3, 4]
    assert build_conflict(imported(tmp_path, file).case).form.rank.tolist() == [[4, 3, 2, 1]] * 2


def test_view_of_one_that_misperceives_keeps_rankings(tmp_path: Path) -> None:
    file = small(useManualPreferenceRanking=True)
    for party in file["decisionMakers"]:
        party["preferenceRanking"] = [[1, 2], 4, 3]
    file["decisionMakers"][0]["misperceptions"] = [[[0, "Y"], [1, "N"]]]
    made = imported(tmp_path, file)
    conflict = build_conflict(made.case, reading="seen-by-north")
    assert conflict.masks.tolist() == [0, 2, 3]
    assert same_order(conflict.form.rank[0], [3, 1, 2])


def test_views_that_leave_no_common_start_are_kept_in_words(tmp_path: Path) -> None:
    file = small()
    file["decisionMakers"][0]["misperceptions"] = [[[0, "Y"]]]
    file["decisionMakers"][1]["misperceptions"] = [[[0, "N"]]]
    made = imported(tmp_path, file)
    assert [reading.id for reading in made.case.readings] == ["seen-by-north"]
    assert made.messages[:2] == (
        "North alone holds infeasible: blockade; this is the reading 'seen-by-north'.",
        "South alone holds infeasible: not blockade; no state is feasible for all, so this is kept in words only.",
    )


def test_shared_options_make_a_graph_in_which_each_moves_alone(tmp_path: Path) -> None:
    file = small(infeasibles=[[[0, "Y"], [1, "Y"]]])
    file["decisionMakers"][1]["options"] = [1, 0]
    file["decisionMakers"][1]["misperceptions"] = [[[1, "Y"]]]
    made = imported(tmp_path, file)
    assert made.messages == (
        "Options of several decision makers, each of whom can move them alone, are no joint measures ('Blockade'); so "
        "the case states its 3 states and their moves outright.",
        "The file names no status quo; the case begins in its first state. Edit graph.status-quo.",
        "South alone holds infeasible: withdraw; the graph form keeps this in words only.",
    )
    graph = made.case.graph
    assert graph is not None
    assert dict(graph.patterns) == {"s1": "NN", "s2": "YN", "s3": "NY"}
    assert dict(graph.options) == {"north": ("Blockade",), "south": ("Withdraw",)}
    assert {party: set(moves) for party, moves in graph.moves.items()} == {
        "north": {("s1", "s2"), ("s2", "s1")},
        "south": {("s1", "s2"), ("s1", "s3"), ("s2", "s1"), ("s2", "s3"), ("s3", "s1"), ("s3", "s2")},
    }
    assert dict(graph.ranks) == {"north": (1, 1, 2), "south": (2, 1, 2)}


def test_shared_options_with_the_same_name_are_told_apart_and_rankings_are_kept(tmp_path: Path) -> None:
    options = [{"name": "Move"}, {"name": "Move", "permittedDirection": "fwd"}]
    file = small(useManualPreferenceRanking=True, options=options)
    for party in file["decisionMakers"]:
        party |= {"options": [0, 1], "preferenceRanking": [2, [1, 4], 3]}
    graph = imported(tmp_path, file).case.graph
    assert graph is not None
    assert dict(graph.options) == {"north": ("Move (1)", "Move (2)")}
    assert dict(graph.ranks) == {"north": (2, 3, 1, 2), "south": (2, 3, 1, 2)}
    assert ("s3", "s1") not in graph.moves["south"]


def test_more_statements_than_a_number_has_bits_keep_their_order(tmp_path: Path) -> None:
    file = small(options=[{"name": f"Option {n}"} for n in range(7)])
    file["decisionMakers"][0]["options"] = [6, 5, 4, 3, 2, 1]
    file["decisionMakers"][1]["options"] = [0]
    pairs = [[[a, one], [b, other]] for a in range(7) for b in range(a) for one in "YN" for other in "NY"]
    file["decisionMakers"][0]["preferences"] = [*pairs[::-1], *pairs[:5], [[0, "Y"]]]
    case = imported(tmp_path, file).case
    kept = case.preferences["north"]
    assert isinstance(kept, Statements)
    assert len(kept.statements) == 85
    scores = literal_scores(file, file["decisionMakers"][0], states_of(file))
    assert same_order(build_conflict(case).form.rank[0], scores)


def test_conditions_of_nothing_hold_always_or_never(tmp_path: Path) -> None:
    file = small(infeasibles=[[[0, "Y"], [0, "N"]]])
    file["decisionMakers"][0]["preferences"] = [[], {"compound": True, "members": []}, [[1, "Y"]]]
    made = imported(tmp_path, file)
    left_out = "Infeasible patterns with an option both taken and not, which no state fits, are left out: 1."
    assert left_out in made.messages
    assert same_order(build_conflict(made.case).form.rank[0], [0, 0, 1, 1])


def test_an_option_of_nobody_is_left_out(tmp_path: Path) -> None:
    file = small(options=[*small()["options"], {"name": "Spare"}])
    made = imported(tmp_path, file)
    assert made.messages[0] == "The option 'Spare' belongs to no decision maker and is left out."
    assert len(made.case.measures) == 2


def test_byte_order_mark_and_files_without_options_are_fine(tmp_path: Path) -> None:
    file = {"options": [], "decisionMakers": [{"name": "Alone"}]}
    (tmp_path / "bare.gmcr").write_bytes(b"\xef\xbb\xbf" + json.dumps(file).encode())
    assert [p.name for p in import_gmcr(tmp_path / "bare.gmcr", tmp_path / "case").case.parties] == ["Alone"]


REFUSED: list[tuple[str, Json, str]] = [
    ("no decision makers", small(decisionMakers=[]), "it has no decision makers."),
    ("options", small(options={}), "options is an object."),
    ("a name", small(options=[{"name": 3}]), "options.0.name is the number 3."),
    (
        "a direction",
        small(options=[{"name": "A", "permittedDirection": "up"}]),
        "options.0.permittedDirection is 'up'.",
    ),
    ("an infeasible", small(infeasibles=[[[0, "-"]]]), "infeasibles.0.0.1 is '-'."),
    ("an index", small(infeasibles=[[[7, "Y"]]]), "infeasibles.0.0.0 is '7'."),
    ("a pair", small(infeasibles=[[["Y"]]]), "infeasibles.0.0 is no pair."),
    ("a condition", small(infeasibles=[3]), "infeasibles.0 is the number 3."),
    ("everything", small(infeasibles=[[]]), "no state is feasible."),
    ("a coalition", small(coalitions=[[0, 1], 1]), "a decision maker is in two of its coalitions."),
    ("a coalition of nobody", small(coalitions=[2]), "coalitions.0 is '2'."),
    ("a switch", small(useManualPreferenceRanking=1), "useManualPreferenceRanking is the number 1."),
    (
        "a ranking",
        small(useManualPreferenceRanking=True),
        "the ranking of 'North' misses 4 of 4 feasible states (1, 2, 3, 4).",
    ),
]


@pytest.mark.parametrize(("file", "message"), [(f, m) for _, f, m in REFUSED], ids=[name for name, *_ in REFUSED])
def test_what_the_format_does_not_foresee_is_one_error(tmp_path: Path, file: Json, message: str) -> None:
    with pytest.raises(CaseError) as error:
        imported(tmp_path, file)
    [diagnostic] = error.value.diagnostics
    assert diagnostic.code == "D701"
    assert diagnostic.message == f"'small.gmcr' cannot be imported: {message}"
    assert diagnostic.help.endswith(".") or diagnostic.help.endswith("…}.")
    assert not (tmp_path / "case").exists()


@pytest.mark.parametrize(
    ("places", "message"),
    [
        ([1, 2, 3, 4, [1]], "the ranking of 'North' names state 1 twice."),
        ([1, 2, 3, 5], "the ranking of 'North' names state 5."),
        ([1, "2"], "decisionMakers.0.preferenceRanking.1 is the text '2'."),
    ],
    ids=["twice", "beyond", "text"],
)
def test_rankings_name_every_state_once(tmp_path: Path, places: object, message: str) -> None:
    file = small(useManualPreferenceRanking=True)
    file["decisionMakers"][0]["preferenceRanking"] = places
    with pytest.raises(CaseError, match="D701") as error:
        imported(tmp_path, file)
    assert error.value.diagnostics[0].message == f"'small.gmcr' cannot be imported: {message}"


def test_condition_that_is_no_compound_is_refused(tmp_path: Path) -> None:
    file = small()
    file["decisionMakers"][0]["preferences"] = [{"members": [[]]}]
    with pytest.raises(CaseError, match=r"decisionMakers\.0\.preferences\.0 is an object that is not compound"):
        imported(tmp_path, file)


def test_option_of_nobody_that_is_named_is_refused(tmp_path: Path) -> None:
    file = small(options=[*small()["options"], {"name": "Spare"}], infeasibles=[[[2, "Y"]]])
    with pytest.raises(CaseError, match="option 2 'Spare' belongs to no decision maker, and yet a condition names it"):
        imported(tmp_path, file)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b" " * (2 * 1024 * 1024 + 1), "it is larger than 2 MB."),
        (b"\xff\xfe", "byte 0 is no UTF-8."),
        (b"{", "it is no JSON: Expecting property name enclosed in double quotes (line 1, column 2)."),
        (b"[" * 100_000, "it is nested too deeply."),
        (b"[]", "it is a list, not an object."),
        (b'{"options": NaN}', "it has the number NaN."),
        (b'{"a": 1, "a": 2}', "the key 'a' stands twice in one object."),
        (b'{"options": ' + b"1" * 5000 + b"}", "it has a number of 5,000 digits."),
        (json.dumps({"options": [{}] * 1001}).encode(), "options has 1,001 entries."),
    ],
    ids=["large", "bytes", "cut", "deep", "list", "nan", "twice", "digits", "many"],
)
def test_hostile_files_are_one_error(raw: bytes, message: str) -> None:
    with pytest.raises(CaseError) as error:
        parse_gmcr(raw, "x.gmcr")
    assert [each.message for each in error.value.diagnostics] == [f"'x.gmcr' cannot be imported: {message}"]


def test_shared_options_are_listed_up_to_a_limit(tmp_path: Path) -> None:
    options = list(range(9))
    file = small(options=[{"name": f"Option {n}"} for n in options])
    for party in file["decisionMakers"]:
        party["options"] = options
    with pytest.raises(LimitError) as error:
        imported(tmp_path, file)
    assert str(error.value) == (
        "the file has options of several decision makers and more than 50,000 moves, too many to be listed one by one; "
        "give each option to one decision maker."
    )


def test_too_many_states_are_not_ranked_by_hand(tmp_path: Path) -> None:
    file = small(useManualPreferenceRanking=True, options=[{"name": f"Option {n}"} for n in range(17)])
    file["decisionMakers"][0]["options"] = list(range(16))
    file["decisionMakers"][1]["options"] = [16]
    with pytest.raises(LimitError, match=r"'small\.gmcr' ranks 131,072 states by hand; at most 65,536 can be named\."):
        imported(tmp_path, file)


def test_forty_options_need_no_list_of_their_states(tmp_path: Path) -> None:
    file = small(options=[{"name": f"Option {n}"} for n in range(40)])
    file["decisionMakers"][0]["options"] = list(range(39))
    file["decisionMakers"][1]["options"] = [39]
    assert len(imported(tmp_path, file).case.measures) == 40


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "mine.txt").write_text("mine")
    with pytest.raises(OptionError, match=r"the folder .*case is not empty; a new case needs a folder of its own"):
        imported(tmp_path, small())
    with pytest.raises(OptionError, match=r"cannot read .*missing.gmcr: No such file or directory"):
        import_gmcr(tmp_path / "missing.gmcr", tmp_path / "other")
    with pytest.raises(OptionError, match=r"small.gmcr is a file; a new case needs a folder"):
        import_gmcr(tmp_path / "small.gmcr", tmp_path / "small.gmcr")


def test_ids_are_valid_and_different() -> None:
    assert make_ids(["Lift sanctions!", "lift sanctions", "not", "25 %", "", "Ünïon 朝鮮", "-"], "option") == (
        "lift-sanctions",
        "lift-sanctions-2",
        "option-not",
        "option-25",
        "option-5",
        "ünïon-朝鮮",
        "option-7",
    )


# --- laws


@st.composite
def files(draw: st.DrawFn) -> Json:
    n_options = draw(st.integers(1, 5))
    indices = list(range(n_options))
    owner = draw(st.lists(st.integers(0, 2), min_size=n_options, max_size=n_options))
    order = draw(st.permutations(indices))
    simple = st.lists(st.tuples(st.sampled_from(indices), st.sampled_from("YN")).map(list), max_size=3)
    compound = st.lists(simple, max_size=3).map(lambda members: {"compound": True, "members": members})
    parties = [
        {
            "name": draw(st.text(max_size=5)),
            "options": [option for option in order if owner[option] == party]
            + ([draw(st.sampled_from(indices))] if draw(st.integers(0, 3)) == 3 else []),
            "preferences": draw(st.lists(st.one_of(simple, compound), max_size=4)),
        }
        for party in range(3)
    ]
    directions = st.sampled_from(["both", "fwd", "back"])
    options = [{"name": draw(st.text(max_size=5)), "permittedDirection": draw(directions)} for _ in indices]
    patterns = draw(st.lists(simple.filter(lambda pattern: len(pattern) > 1), max_size=2))
    return {"options": options, "decisionMakers": parties, "infeasibles": patterns}


@settings(deadline=None)
@given(files())
def test_imported_cases_rank_states_and_move_as_the_file_says(file: Json) -> None:
    states = states_of(file)
    read = parse_gmcr(json.dumps(file).encode(), "any.gmcr")
    if not states:
        with pytest.raises(CaseError, match="no state is feasible"):
            gmcr_to_tree(read, "any.gmcr")
        return
    tree, _ = gmcr_to_tree(read, "any.gmcr")
    conflict = build_conflict(case_from_tree(tree))
    if isinstance(conflict.form, ProductConflict):
        order = list(dict.fromkeys(option for party in file["decisionMakers"] for option in party["options"]))
        assert conflict.masks.tolist() == [
            sum(1 << bit for bit, option in enumerate(order) if state[option]) for state in states
        ]
    assert conflict.n_states == len(states)
    for index, party in enumerate(file["decisionMakers"]):
        assert same_order(conflict.form.rank[index], literal_scores(file, party, states))
        arcs = conflict.graph.arcs[index]
        moves = set(zip(origins(arcs).tolist(), np.asarray(arcs.target).tolist(), strict=True))
        assert moves == {
            (a, b)
            for (a, one), (b, other) in product(enumerate(states), repeat=2)
            if a != b and can_move(file, party, one, other)
        }


def can_move(file: Json, party: Json, one: Mapping[int, bool], other: Mapping[int, bool]) -> bool:
    turned = [option for option in one if one[option] != other[option]]
    return all(
        option in party["options"]
        and file["options"][option]["permittedDirection"] in ("both", "fwd" if other[option] else "back")
        for option in turned
    )
