"""The gallery's published conflicts: what their authors found, what the definitions say, and where each figure is from.

`PUBLISHED` holds what the source of a case, or the literature on it, reports; the test id names it.  `COMPUTED` holds
what was computed here, with the literal twin, and is not claimed to have been published.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import detente
from detente import analyse_stability, read_case
from detente.casefile import write_case
from detente.conflict import Conflict, build_conflict
from detente.gallery import find_gallery_case, gallery_names, source_of
from detente.kernel.conflict import CONCEPTS
from tests.oracle.stability import equilibria
from tests.oracle.stability_of_cases import situation_of

PUBLISHED_CASES = [name for name in gallery_names() if "/" in name]
CASES_IN_FULL = ["korea-2018", "korea-2018-conflict"]

PD = "rapoport-1966/prisoners-dilemma"
BOTH_COOPERATE = "row-cooperates column-cooperates"
ELMIRA = "hipel-1993/elmira"
ELMIRA_LASTING = ["s5", "s8", "s9"]
ELMIRA_WITH_SANCTIONS = ["s1", "s4", "s5", "s8", "s9"]
VOLUNTEERS = ["ann-volunteers", "ben-volunteers", "cleo-volunteers"]

PUBLISHED = [
    (PD, "nash", ["-"], "Rapoport and Guyer 1966 no. 12"),
    (PD, "gmr", ["-", BOTH_COOPERATE], "Fang, Hipel and Kilgour 1993"),
    (PD, "smr", ["-", BOTH_COOPERATE], "Fang, Hipel and Kilgour 1993"),
    (PD, "seq", ["-", BOTH_COOPERATE], "Fang, Hipel and Kilgour 1993"),
    ("rapoport-1966/chicken", "nash", ["row-swerves", "column-swerves"], "Rapoport and Guyer 1966 no. 66"),
    (
        "rapoport-1966/stag-hunt",
        "nash",
        ["-", "row-hunts-stag column-hunts-stag"],
        "Rapoport and Guyer 1966 no. 61",
    ),
    ("rapoport-1967/leader", "nash", ["row-shifts", "column-shifts"], "Rapoport 1967 Leader"),
    ("rapoport-1967/hero", "nash", ["row-shifts", "column-shifts"], "Rapoport 1967 Hero"),
    ("luce-1957/battle-of-the-sexes", "nash", ["-", "man-to-fight woman-to-fight"], "Luce and Raiffa 1957 section 5.3"),
    ("haywood-1954/bismarck-sea", "nash", ["search-north sail-north"], "Haywood 1954 matrix"),
    ("neumann-1944/matching-pennies", "nash", [], "von Neumann and Morgenstern 1944 section 17.1"),
    ("fraser-1984/cuban-missile-crisis", "seq", ["withdraw", "blockade withdraw"], "Fraser and Hipel 1984 chapter 1"),
    ("brams-2001/cuban-blockade", "nash", [], "Brams 2001 second game"),
    ("diekmann-1985/volunteers-dilemma", "nash", VOLUNTEERS, "Diekmann 1985"),
    ("dawes-1980/take-some", "nash", ["ann-red ben-red cleo-red"], "Dawes 1980"),
    ("snyder-1977/deadlock", "nash", ["-"], "Snyder and Diesing 1977 chapter 2"),
    ("snyder-1977/called-bluff", "nash", ["bluffer-yields"], "Snyder and Diesing 1977 chapter 2"),
    ("selten-1978/chain-store", "nash", ["enter", "fight"], "Selten 1978 section 2"),
    (ELMIRA, "nash", ELMIRA_LASTING, "nine-state form of Xu 2007"),
    (ELMIRA, "seq", ELMIRA_LASTING, "nine-state form of Xu 2007"),
    (ELMIRA, "sseq", ELMIRA_LASTING, "nine-state form of Xu 2007"),
    (ELMIRA, "gmr", ELMIRA_WITH_SANCTIONS, "nine-state form of Xu 2007"),
    (ELMIRA, "smr", ELMIRA_WITH_SANCTIONS, "nine-state form of Xu 2007"),
]

COMPUTED: dict[str, dict[str, list[str]]] = {
    "brams-2001/cuban-blockade": {
        "gmr": ["withdraw", "air-strike withdraw"],
        "smr": ["withdraw"],
        "seq": ["withdraw", "air-strike withdraw"],
        "sseq": ["withdraw"],
    },
    "dawes-1980/take-some": {
        "gmr": ["-", "ann-red", "ben-red", "cleo-red", "ann-red ben-red cleo-red"],
        "smr": ["-", "ann-red", "ben-red", "cleo-red", "ann-red ben-red cleo-red"],
        "seq": ["-", "ann-red", "ben-red", "cleo-red", "ann-red ben-red cleo-red"],
        "sseq": ["-", "ann-red", "ben-red", "cleo-red", "ann-red ben-red cleo-red"],
    },
    "diekmann-1985/volunteers-dilemma": {
        "gmr": [
            "ann-volunteers",
            "ben-volunteers",
            "ann-volunteers ben-volunteers",
            "cleo-volunteers",
            "ann-volunteers cleo-volunteers",
            "ben-volunteers cleo-volunteers",
            "ann-volunteers ben-volunteers cleo-volunteers",
        ],
        "smr": [
            "ann-volunteers",
            "ben-volunteers",
            "ann-volunteers ben-volunteers",
            "cleo-volunteers",
            "ann-volunteers cleo-volunteers",
            "ben-volunteers cleo-volunteers",
            "ann-volunteers ben-volunteers cleo-volunteers",
        ],
        "seq": ["ann-volunteers", "ben-volunteers", "cleo-volunteers"],
        "sseq": ["ann-volunteers", "ben-volunteers", "cleo-volunteers"],
    },
    "fraser-1984/cuban-missile-crisis": {
        "nash": [],
        "gmr": [
            "-",
            "air-strike",
            "blockade",
            "withdraw",
            "air-strike withdraw",
            "blockade withdraw",
            "air-strike blockade withdraw",
        ],
        "smr": [
            "-",
            "air-strike",
            "blockade",
            "withdraw",
            "air-strike withdraw",
            "blockade withdraw",
            "air-strike blockade withdraw",
        ],
        "sseq": ["withdraw", "blockade withdraw"],
    },
    "haywood-1954/bismarck-sea": {
        "gmr": ["search-north", "search-north sail-north"],
        "smr": ["search-north", "search-north sail-north"],
        "seq": ["search-north", "search-north sail-north"],
        "sseq": ["search-north", "search-north sail-north"],
    },
    "hipel-1993/elmira-options": {
        "nash": [
            "abandon",
            "modify abandon",
            "delay insist",
            "modify accept insist",
            "abandon insist",
            "modify abandon insist",
        ],
        "gmr": [
            "delay",
            "modify accept",
            "abandon",
            "modify abandon",
            "delay insist",
            "modify accept insist",
            "abandon insist",
            "modify abandon insist",
        ],
        "smr": [
            "delay",
            "modify accept",
            "abandon",
            "modify abandon",
            "delay insist",
            "modify accept insist",
            "abandon insist",
            "modify abandon insist",
        ],
        "seq": [
            "abandon",
            "modify abandon",
            "delay insist",
            "modify accept insist",
            "abandon insist",
            "modify abandon insist",
        ],
        "sseq": [
            "abandon",
            "modify abandon",
            "delay insist",
            "modify accept insist",
            "abandon insist",
            "modify abandon insist",
        ],
    },
    "luce-1957/battle-of-the-sexes": {
        "gmr": ["-", "man-to-fight", "woman-to-fight", "man-to-fight woman-to-fight"],
        "smr": ["-", "man-to-fight woman-to-fight"],
        "seq": ["-", "man-to-fight woman-to-fight"],
        "sseq": ["-", "man-to-fight woman-to-fight"],
    },
    "neumann-1944/matching-pennies": {
        "gmr": ["-", "matcher-heads", "evader-heads", "matcher-heads evader-heads"],
        "smr": [],
        "seq": ["-", "matcher-heads", "evader-heads", "matcher-heads evader-heads"],
        "sseq": [],
    },
    "rapoport-1966/chicken": {
        "gmr": ["row-swerves", "column-swerves", "row-swerves column-swerves"],
        "smr": ["row-swerves", "column-swerves", "row-swerves column-swerves"],
        "seq": ["row-swerves", "column-swerves"],
        "sseq": ["row-swerves", "column-swerves"],
    },
    "rapoport-1966/prisoners-dilemma": {"sseq": ["-", "row-cooperates column-cooperates"]},
    "rapoport-1966/stag-hunt": {
        "gmr": ["-", "row-hunts-stag column-hunts-stag"],
        "smr": ["-", "row-hunts-stag column-hunts-stag"],
        "seq": ["-", "row-hunts-stag column-hunts-stag"],
        "sseq": ["-", "row-hunts-stag column-hunts-stag"],
    },
    "rapoport-1967/hero": {
        "gmr": ["-", "row-shifts", "column-shifts"],
        "smr": ["row-shifts", "column-shifts"],
        "seq": ["row-shifts", "column-shifts"],
        "sseq": ["row-shifts", "column-shifts"],
    },
    "rapoport-1967/leader": {
        "gmr": ["-", "row-shifts", "column-shifts"],
        "smr": ["row-shifts", "column-shifts"],
        "seq": ["row-shifts", "column-shifts"],
        "sseq": ["row-shifts", "column-shifts"],
    },
    "selten-1978/chain-store": {
        "gmr": ["-", "enter", "fight"],
        "smr": ["-", "enter", "fight"],
        "seq": ["enter", "fight"],
        "sseq": ["enter", "fight"],
    },
    "snyder-1977/called-bluff": {
        "gmr": ["bluffer-yields", "firm-yields bluffer-yields"],
        "smr": ["bluffer-yields", "firm-yields bluffer-yields"],
        "seq": ["bluffer-yields"],
        "sseq": ["bluffer-yields"],
    },
    "snyder-1977/deadlock": {"gmr": ["-"], "smr": ["-"], "seq": ["-"], "sseq": ["-"]},
}


def labels(conflict: Conflict, concept: str) -> list[str]:
    result = analyse_stability(conflict.case)
    return [conflict.label(int(state)) for state in result.equilibria(concept)]


@pytest.mark.parametrize(
    ("name", "concept", "expected"),
    [entry[:3] for entry in PUBLISHED],
    ids=[f"{name} {concept}: {source}" for name, concept, _, source in PUBLISHED],
)
def test_published_equilibria_are_found(name: str, concept: str, expected: list[str]) -> None:
    assert sorted(labels(build_conflict(read_case(name)), concept)) == sorted(expected)


@pytest.mark.parametrize(
    ("name", "concept", "expected"),
    [(name, concept, states) for name, found in COMPUTED.items() for concept, states in found.items()],
    ids=[f"{name} {concept}: computed here, not published" for name, found in COMPUTED.items() for concept in found],
)
def test_equilibria_that_were_computed_here_stay(name: str, concept: str, expected: list[str]) -> None:
    assert sorted(labels(build_conflict(read_case(name)), concept)) == sorted(expected)


@pytest.mark.parametrize("name", PUBLISHED_CASES)
def test_stable_states_have_the_defining_property(name: str) -> None:
    case = read_case(name)
    conflict, situation = build_conflict(case), situation_of(case)
    for concept in CONCEPTS:
        found = [
            state if isinstance(state, str) else " ".join(m.id for m in case.measures if m.id in state) or "-"
            for state in equilibria(situation, concept)
        ]
        assert labels(conflict, concept) == found


def test_every_concept_is_either_published_or_computed_here() -> None:
    published = {(name, concept) for name, concept, *_ in PUBLISHED}
    computed = {(name, concept) for name, found in COMPUTED.items() for concept in found}
    assert not published & computed
    assert published | computed == {(name, concept) for name in PUBLISHED_CASES for concept in CONCEPTS}


def test_every_published_conflict_has_a_published_equilibrium() -> None:
    assert {name for name, *_ in PUBLISHED} | {"hipel-1993/elmira-options"} == set(PUBLISHED_CASES)
    assert len(PUBLISHED_CASES) >= 12


def test_elmira_is_the_same_in_both_forms() -> None:
    graph, options = build_conflict(read_case("elmira")), build_conflict(read_case("elmira-options"))
    stated = graph.case.graph
    assert stated is not None
    letters = {pattern: state for state, pattern in stated.patterns.items()}
    merged = []
    for state in range(options.n_states):
        own = "".join("Y" if measure in options.in_force(state) else "N" for measure in options.measures)
        merged.append(letters.get(own, "s9"))
    one, other = analyse_stability(graph.case), analyse_stability(options.case)
    for concept in CONCEPTS:
        for party in range(3):
            of_graph = dict(zip(stated.states, one.stable[concept][party].tolist(), strict=True))
            assert [of_graph[state] for state in merged] == other.stable[concept][party].tolist()


@pytest.mark.parametrize("name", PUBLISHED_CASES)
def test_file_begins_with_its_source_and_says_where_each_figure_is_from(name: str) -> None:
    file = find_gallery_case(name)
    assert file is not None
    head, _, body = file.read_text(encoding="utf-8").partition("detente: 1\n")
    assert re.match(r"# Source: .+ \(\d{4}\), .+\n", head)
    assert source_of(name) in head
    assert "\n# Checked: " in head
    assert "# Status quo: " in head
    author, year = name.partition("/")[0].split("-")
    assert author in head.lower()
    assert f"({year})" in head.partition("\n")[0]
    lines = body.splitlines()
    for number, line in enumerate(lines):
        entry = re.match(r"  (\w+): ?(\{(?:ranking|statements)|\[-?\d)", line)
        party = re.match(r"  (\w+): +#", line)
        if entry:
            above = [each for each in lines[:number] if re.match(r"  ranks:.*#", each)]
            assert " # " in line or above, line
        elif re.fullmatch(r"    (ranking|statements):", line):
            assert party is None
            assert " # " in lines[number - 1], line


@pytest.mark.parametrize("name", [*PUBLISHED_CASES, *CASES_IN_FULL])
def test_case_can_be_written_and_read_back(name: str, tmp_path: Path) -> None:
    case = read_case(name)
    folder = tmp_path / "copy"
    write_case(case, folder)
    assert read_case(folder) == case


def test_gallery_is_part_of_the_package() -> None:
    here = Path(detente.__file__).parent
    assert all((file := find_gallery_case(name)) is not None and file.is_relative_to(here) for name in gallery_names())
