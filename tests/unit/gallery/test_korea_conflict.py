"""The Korean case as a conflict without agreement: evidence for every statement, and what came out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ruamel.yaml import YAML

import detente
from detente import analyse_stability, read_case
from detente.case import Statements
from detente.kernel.conflict import GraphConflict, coalition_arcs

GALLERY = Path(detente.__file__).parent / "gallery"
FOLDER = GALLERY / "korea-2018-conflict"
TEXT = (FOLDER / "case.yaml").read_text(encoding="utf-8")
PARAGRAPHS = {
    key: document["paragraphs"]
    for key, document in YAML(typ="safe", pure=True)
    .load(GALLERY / "korea-2018" / "documents.yaml")["documents"]
    .items()
}
CITED = re.compile(r"(d\d{3}) (¶\d+(?:, ¶\d+)*)")


def _bare(lines: list[str]) -> list[str]:
    """Return the lines that name neither a document with its paragraph nor an assumption."""
    return [
        line for line in lines if not (CITED.search(line.partition(" # ")[2]) or "assumed:" in line.partition(" # ")[2])
    ]


def test_every_statement_and_option_has_its_evidence() -> None:
    stated = [line for line in TEXT.splitlines() if line.startswith("      - ") or line.startswith("  - ")]
    case = read_case("korea-2018-conflict")
    statements = sum(len(each.statements) for each in case.preferences.values() if isinstance(each, Statements))
    assert len(stated) == statements + len(case.infeasible)
    assert _bare(stated) == []
    measures = TEXT.partition("\nmeasures:\n")[2].partition("\n\n")[0].splitlines()
    assert _bare([line for line in measures if re.match(r"  \w", line)]) == []
    assert _bare([line for line in TEXT.splitlines() if line.startswith(("status-quo:", "  unsc:"))]) == []


def test_cited_paragraphs_are_in_the_documents() -> None:
    cited = [
        (document, int(number)) for document, numbers in CITED.findall(TEXT) for number in re.findall(r"\d+", numbers)
    ]
    assert len(cited) > 40
    assert {document for document, _ in cited} == set(PARAGRAPHS)
    assert all(1 <= number <= PARAGRAPHS[document] for document, number in cited)


def _evidence_in_comments() -> Iterator[tuple[str, set[tuple[str, int]], bool]]:
    """Yield each place of the case with the paragraphs that its comment cites, and whether it is assumed."""
    section = party = ""
    index = 0
    for line in TEXT.partition("detente: 1\n")[2].splitlines():
        comment = line.partition(" # ")[2]
        cited = {
            (document, int(number))
            for document, numbers in CITED.findall(comment.partition("assumed:")[0])
            for number in re.findall(r"\d+", numbers)
        }
        evidence = (cited, "assumed:" in comment)
        if found := re.match(r"(\S[\w-]*):", line):
            section, index = found[1], 0
            if section == "status-quo":
                yield section, *evidence
        elif section in ("measures", "forums") and (found := re.match(r"  ([\w-]+):", line)):
            yield f"{section}.{found[1]}", *evidence
        elif section == "preferences" and (found := re.match(r"  (\w+):$", line)):
            party, index = found[1], 0
        elif line.lstrip().startswith("- "):
            place = f"preferences.{party}.statements" if section == "preferences" else section
            yield f"{place}.{index}", *evidence
            index += 1


def test_comments_and_claims_say_the_same() -> None:
    case = read_case("korea-2018-conflict")
    supported: dict[str, set[tuple[str, int]]] = {}
    for claim in case.claims:
        assert claim.paragraph is not None
        for place in claim.supports:
            supported.setdefault(place, set()).add((claim.document, claim.paragraph))
    assumed = {place for assumption in case.assumptions for place in assumption.places}
    for place, cited, is_assumed in _evidence_in_comments():
        assert supported.pop(place, set()) == cited, place
        assert (place in assumed) == is_assumed, place
        assumed.discard(place)
    assert not supported
    assert not assumed
    assert not case.notes


def test_documents_are_those_of_the_case_in_full() -> None:
    assert read_case("korea-2018-conflict").documents == read_case("korea-2018").documents


def test_notes_tell_what_came_out() -> None:
    notes = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    result = analyse_stability(read_case("korea-2018-conflict"))
    conflict, nash = result.conflict, result.equilibria("nash")
    start = conflict.status_quo
    assert start is not None
    assert start in nash
    count = {concept: result.equilibria(concept).size for concept in result.concepts}
    assert count["gmr"] == count["smr"]
    assert count["seq"] == count["sseq"]
    assert (
        f"Of {conflict.n_states:,} feasible states {count['nash']} are Nash equilibria, {count['seq']} are stable for "
        f"all by SEQ and SSEQ and {count['gmr']:,} by GMR and SMR."
    ) in notes
    rank = conflict.form.rank
    better = int((rank > rank[:, [start]]).all(axis=0).sum())
    assert f"Yet {better} states are better for every one of the six." in notes
    held = {measure: sum(measure in conflict.in_force(int(s)) for s in nash) for measure in conflict.measures}
    assert (
        f"Talks are in force in {held['talks']} of the {nash.size} Nash equilibria, the treaty in {held['treaty']}, "
        f"lifted sanctions in {held['relief']}, tests in {held['tests']}"
    ) in notes
    assert held["mechanism"] == 0
    assert f"Disarmament is in force in {held['disarm']}." in notes


def test_two_pairs_alone_can_leave_the_status_quo_with_gain_to_both() -> None:
    conflict = analyse_stability(read_case("korea-2018-conflict")).conflict
    gains = {
        members: _gains(conflict.graph, conflict.status_quo or 0, members)
        for members in range(1, 1 << len(conflict.parties))
    }
    north, south, states = 1, 2, 4
    assert {members for members, found in gains.items() if found and members.bit_count() <= 2} == {
        north | south,
        north | states,
    }
    assert (gains[north | south], gains[north | states]) == (2, 10)
    for members, found in gains.items():
        assert not found or (members & north and members & (south | states))


def _gains(graph: GraphConflict, start: int, members: int) -> int:
    """Count the states that a coalition can reach by any moves of its own and that each member prefers to the start."""
    movers = coalition_arcs(graph, members)
    reached = [start]
    seen = {start}
    for state in reached:
        for _, arcs in movers:
            for target in arcs.target[arcs.start[state] : arcs.start[state + 1]].tolist():
                if target not in seen:
                    seen.add(target)
                    reached.append(target)
    parties = [party for party in range(graph.n_parties) if members >> party & 1]
    found = np.array(reached)
    return int((graph.rank[parties][:, found] > graph.rank[parties][:, [start]]).all(axis=0).sum())
