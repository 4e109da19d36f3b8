"""The reference says all there is: every key with its default, every code, every public name, every source."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from ruamel.yaml import YAML

import detente
from detente import compare_cases, design_roadmap, evaluate_roadmaps
from detente.casefile import case_from_tree, case_schema
from detente.casefile.grammar import CLAIMS, DOCUMENTS
from detente.errors import ExperimentalWarning
from tests.oracle.hand_cases import pair

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
Rows = dict[str, tuple[str, ...]]


def tables(page: str) -> dict[str, list[Rows]]:
    """The tables of a page by the heading above them: first cell, without its backticks, to the others."""
    found: dict[str, list[Rows]] = {}
    heading = ""
    rows: Rows | None = None
    for line in (REFERENCE / page).read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            heading = line[3:]
        if line.startswith("| `") and rows is not None:
            first, *others = (cell.strip() for cell in line.strip("|").split(" | "))
            rows[first.strip("| `")] = tuple(others)
        elif line.startswith("| key "):
            rows = {}
            found.setdefault(heading, []).append(rows)
    return found


CASE_FILE = tables("case-file.md")
SCHEMA: dict[str, Any] = case_schema()  # Any: a tree of JSON
SECTIONS = SCHEMA["properties"]
RECORDS: dict[str, dict[str, Any]] = {  # Any: as above
    "case.yaml": SCHEMA,
    **{
        section: SECTIONS[section]["additionalProperties"]
        for section in ("parties", "interests", "measures", "preferences", "forums", "roadmaps", "issues", "readings")
    },
    "terms": SECTIONS["terms"]["items"],
    "progress": SECTIONS["progress"]["items"],
    "graph": SECTIONS["graph"],
    "levels": SECTIONS["measures"]["additionalProperties"]["properties"]["levels"]["anyOf"][1]["additionalProperties"],
}


def assert_documented(table: Rows, record: dict[str, Any]) -> None:  # Any: as above
    assert set(table) == set(record["properties"])
    assert {key for key, (default, _) in table.items() if default == "required"} == set(record.get("required", ()))


@pytest.mark.parametrize("heading", RECORDS)
def test_every_key_of_a_case_is_documented(heading: str) -> None:
    [table] = CASE_FILE[heading]
    assert_documented(table, RECORDS[heading])


def test_every_key_of_the_evidence_is_documented() -> None:
    claims: dict[str, Any] = CLAIMS.schema()  # Any: as above
    documents: dict[str, Any] = DOCUMENTS.schema()  # Any: as above
    claim, assumed = CASE_FILE["claims.yaml"]
    [document] = CASE_FILE["documents.yaml"]
    assert_documented(claim, claims["properties"]["claims"]["additionalProperties"])
    assert_documented(assumed, claims["properties"]["assumed"]["items"])
    assert_documented(document, documents["properties"]["documents"]["additionalProperties"])


def test_the_page_of_the_case_has_no_table_of_something_else() -> None:
    assert set(CASE_FILE) == {*RECORDS, "documents.yaml", "claims.yaml"}


SMALL = {
    "detente": 1,
    "parties": {"usa": {"discount": 0.9}, "dprk": {"discount": 0.9}},
    "interests": {"calm": {"weight": {"usa": 1}}},
    "measures": {"freeze": {"by": ["dprk"], "value": {"usa": 1, "dprk": -1}}, "relief": {"by": {"forum": "unsc"}}},
    "forums": {"unsc": {"members": ["usa"], "quota": 1}},
    "roadmaps": {"swap": {"stages": [["freeze"]]}},
    "readings": {"other": {}},
}
PLACES: dict[str, list[list[str]]] = {
    "case.yaml": [[]],
    "parties": [["parties", "usa"]],
    "measures": [["measures", "relief"], ["measures", "freeze"]],
    "forums": [["forums", "unsc"]],
    "readings": [["readings", "other"]],
}


@pytest.mark.parametrize("heading", PLACES)
def test_stating_a_default_changes_nothing(heading: str) -> None:
    [table] = CASE_FILE[heading]
    yaml = YAML(typ="safe", pure=True)
    defaults = {key: yaml.load(cell.strip("`")) for key, (cell, _) in table.items() if cell.startswith("`")}
    assert defaults
    plain = case_from_tree(SMALL)  # type: ignore[arg-type]  # a literal is inferred more widely than Plain
    for place in PLACES[heading]:
        for key, default in defaults.items():
            stated = yaml.load(str(SMALL))
            record = stated
            for step in place:
                record = record[step]
            record.setdefault(key, default)
            assert case_from_tree(stated) == plain, f"{heading}: {key}"


ANSWERS = tables("json.md")


def keys(heading: str) -> set[str]:
    [table] = ANSWERS[heading]
    return set(table)


def test_every_key_of_the_answers_is_documented() -> None:
    case = pair()
    roadmap: Any = [["a", "b"]]  # Any: compare_cases takes roadmaps of the case only
    with_roadmap = detente.change_case(case, {"roadmaps": {"swap": {"stages": roadmap}}})
    evaluated: dict[str, Any] = evaluate_roadmaps(case, [roadmap]).to_dict()  # Any: a tree of JSON
    designed = design_roadmap(case).to_dict()
    compared: dict[str, Any] = compare_cases(
        with_roadmap, detente.change_case(with_roadmap, {"parties.A.hazard": 0.9})
    ).to_dict()  # Any: as above
    [entry] = evaluated["roadmaps"]
    [verdict] = compared["verdicts"]
    shared = keys("every analysis")
    assert set(evaluated) == shared | keys("evaluate")
    assert set(designed) == shared | keys("design")
    assert set(compared) == shared | keys("diff")
    assert set(entry) == keys("a roadmap")
    assert set(entry["rows"][0]) == keys("a row")
    assert set(verdict) == keys("a verdict")
    assert designed["evaluation"].keys() == entry.keys()  # type: ignore[attr-defined]  # a tree of JSON


def test_every_key_of_critical_values_is_documented() -> None:
    document: Any = detente.find_critical_values(pair(), [["a", "b"]]).to_dict()  # Any: a tree of JSON
    number = document["numbers"][0]
    assert set(document) == keys("every analysis") | keys("critical")
    assert set(number) == keys("a critical number")
    [of_crossing], [of_derivative] = ANSWERS["a crossing"], ANSWERS["a derivative"]
    assert set(number["crossings"][0]) == set(of_crossing)
    assert set(number["derivatives"][0]) == set(of_derivative)
    assert [key for key in number["crossings"][0]["deviation"] if f"`{key}`" not in of_crossing["deviation"][0]] == []


def test_every_key_of_the_indices_is_documented() -> None:
    case = detente.read_case(ROOT / "tests" / "cases" / "minsk-ii.yaml")
    roadmap: Any = [["forces"], ["status"]]  # Any: levers and cycles are left out of it
    document: Any = detente.compute_indices(case, [roadmap], goal=case_goal(case)).to_dict()  # Any: a tree of JSON
    [entry], [order] = document["roadmaps"], document["orders"]
    assert set(document) == keys("every analysis") | keys("indices")
    assert set(entry) == keys("indices of a roadmap")
    assert set(entry["parties"][0]) == keys("a party's indices")
    assert set(entry["stages"][0]) == keys("a party after a stage")
    assert set(entry["levers"][0]) == keys("a lever")
    assert set(order) == keys("an order")
    assert set(order["demands"][0]) == keys("a demand")
    assert set(order["cycles"][0]) == keys("a cycle")
    assert set(order["readings"][0]) == keys("a reading's order")


def test_every_key_of_uncertain_preferences_is_documented() -> None:
    graph: Any = {  # Any: a tree of JSON
        "parties": {"p": {}},
        "graph": {"states": ["s", "t"], "moves": {"p": [["s", "t"]]}, "ranks": {"p": [1, 2]}},
        "preferences": {"p": {"strong": 1}},
    }
    case = case_from_tree({"detente": 1, **graph})
    assert set(detente.analyse_unknown(case).to_dict()) == keys("every analysis") | keys("unknown")
    assert set(detente.analyse_strength(case).to_dict()) == keys("every analysis") | keys("strength")


def test_every_key_of_a_repair_is_documented() -> None:
    case = pair()
    stages: Any = [["a", "b"]]  # Any: stages need no annotation
    hasty = detente.change_case(case, {"roadmaps": {"swap": {"stages": stages}}, "measures.a.detection-lag": 2})
    document: Any = detente.repair_roadmap(hasty, "swap", kinds=["detection", "drop"]).to_dict()  # Any: a tree of JSON
    [repair], [failure] = document["repairs"], document["failures"]
    assert set(document) == keys("every analysis") | keys("repair")
    documented = {word for key in keys("a way to repair") for word in key.replace("`", "").split(", ")}
    assert set(repair) == documented
    [of_repair], [of_search] = ANSWERS["a way to repair"], ANSWERS["repair"]
    assert [key for key in repair["changes"][0] if f"`{key}`" not in of_repair["changes"][0]] == []
    assert [key for key in failure if f"`{key}`" not in of_search["failures"][0]] == []


def test_every_key_of_who_is_indispensable_is_documented() -> None:
    document: Any = detente.find_indispensable(pair(), objectives=("trust",), sources=True).to_dict()  # Any: as above
    assert set(document) == keys("every analysis") | keys("indispensable")
    assert set(document["parties"][0]) == keys("a party's worth")
    table = document["coalitions"][-1]
    assert set(table) == keys("a table")
    assert set(document["formats"][0]) == keys("a table") | {"id", "named", "within_all"}
    assert set(document["spoilers"][0]) == keys("a refusal")
    assert set(document["sources"][0]) == keys("a source")
    [of_table] = ANSWERS["a table"]
    assert [key for key in table["objectives"]["trust"] if f"`{key}`" not in of_table["objectives"][0]] == []


def case_goal(case: detente.Case) -> list[str]:
    return [measure.id for measure in case.measures]


@pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")
def test_every_key_of_graduated_answers_is_documented() -> None:
    roadmap: Any = [["a", "b"]]  # Any: stages need no annotation
    document: Any = detente.evaluate_graduated(pair(), [roadmap], false_alarm=0.1).to_dict()  # Any: a tree of JSON
    [entry] = document["roadmaps"]
    row, alarms = entry["rows"][0], entry["false_alarm"]
    assert set(document) == keys("every analysis") | keys("evaluate with graduated answers")
    assert set(entry) == keys("a roadmap with graduated answers")
    assert set(row) == keys("a row with graduated answers")
    assert set(alarms) == keys("false alarms")
    assert set(alarms["parties"][0]) == keys("a party under false alarms")
    [of_entry], [of_row] = ANSWERS["a roadmap with graduated answers"], ANSWERS["a row with graduated answers"]
    for inner, (text, *_) in (
        (entry["critical"], of_entry["critical"]),
        (entry["ordinary"], of_entry["ordinary"]),
        (row["deviation"], of_row["deviation"]),
        (row["answer"], of_row["answer"]),
        (row["answering"], of_row["answering"]),
    ):
        assert [key for key in inner if f"`{key}`" not in text] == []


def test_every_key_of_agreements_in_progress_is_documented() -> None:
    case = detente.change_case(pair(), {"progress": [{"measure": "a", "taken": 0, "ended": 1}]})
    roadmap: Any = [["a"], ["b"]]  # Any: as above
    document: Any = detente.evaluate_progress(case, [roadmap]).to_dict()  # Any: a tree of JSON
    assert set(document) == keys("every analysis") | keys("evaluate from what is in force")
    [entry] = document["roadmaps"]
    assert set(entry) == keys("a roadmap") | {"progress"}
    standing = entry["progress"]
    assert set(standing) == keys("where a roadmap stands")
    again = standing["with_retaken"]
    assert set(again) == keys("a roadmap") | {"numbers", "starts", "retaken", "problems", "delays"}
    assert set(standing["gates"][0]) == keys("a gate")
    assert set(standing["delays"][0]) == keys("a party's delay")
    [table] = ANSWERS["where a roadmap stands"]
    assert [key for key in standing["sunk"][0] if f"`{key}`" not in table["sunk"][0]] == []


def test_every_key_of_trust_over_time_is_documented() -> None:
    case = pair(irreversible=True)
    with pytest.warns(ExperimentalWarning):
        assessed: Any = detente.assess_trust(case, [["a", "b"]]).to_dict()  # Any: a tree of JSON
    with pytest.warns(ExperimentalWarning):
        designed: Any = detente.design_trust_building(case).to_dict()  # Any: as above
    shared = keys("every analysis")
    assert set(assessed) == shared | keys("trust")
    assert set(designed) == shared | keys("design for trust-building")
    [outcome, _] = assessed["outcomes"]
    [profile] = outcome["profiles"]
    assert set(assessed["thresholds"][0]) == keys("a threshold")
    assert set(outcome) == keys("an outcome")
    assert set(profile) == keys("a profile of plans")
    stage = profile["stages"][0]
    assert set(stage) == keys("a stage in a profile")
    [of_profile], [of_stage] = ANSWERS["a profile of plans"], ANSWERS["a stage in a profile"]
    for inner, (text, *_) in (
        (profile["parties"]["A"], of_profile["parties"]),
        (stage["exits"][0], of_stage["exits"]),
        (stage["steps"][0], of_stage["steps"]),
    ):
        assert [key for key in inner if f"`{key}`" not in text] == []


def test_every_key_of_least_changes_is_documented() -> None:
    case = pair()
    why: Any = detente.explain_stability(case, "a b").to_dict()  # Any: a tree of JSON
    swaps: Any = detente.analyse_swaps(case).to_dict()  # Any: as above
    inverse: Any = detente.find_inverse(case, "a b", "nash").to_dict()  # Any: as above
    shared = keys("every analysis")
    assert set(why) == shared | keys("why")
    assert set(why["reasons"][0]) == keys("a reason")
    assert set(swaps) == shared | keys("swaps")
    assert set(swaps["tolerances"][0]) == keys("a tolerance")
    assert set(inverse) == shared | keys("inverse")
    [of_reason], [of_swaps], [of_inverse] = ANSWERS["a reason"], ANSWERS["swaps"], ANSWERS["inverse"]
    [improvement, *_] = (i for reason in why["reasons"] for i in reason["improvements"] if i["answer"] is not None)
    for key in (*improvement, *improvement["answer"], *improvement["answer"]["moves"][0]):
        assert f"`{key}`" in of_reason["improvements"][0]
    assert [key for key in swaps["swaps"][0] if f"`{key}`" not in of_swaps["swaps"][0]] == []
    assert [key for key in inverse["changes"][0] if f"`{key}`" not in of_inverse["changes"][0]] == []


def test_every_key_of_coalitions_and_paths_is_documented() -> None:
    case = detente.read_case("elmira")
    stability: Any = detente.analyse_stability(case).to_dict()  # Any: a tree of JSON
    together: Any = detente.analyse_coalitions(case).to_dict()  # Any: as above
    paths: Any = detente.trace_status_quo(case).to_dict()  # Any: as above
    shared = keys("every analysis")
    assert set(stability) == shared | keys("stability")
    for document, heading in ((together, "coalitions"), (paths, "paths")):
        documented = {word for key in keys(heading) for word in key.replace("`", "").split(", ")}
        assert set(document) == shared | documented
        [table] = ANSWERS[heading]
        for key, value in document.items():
            inner = value[0] if isinstance(value, list) and value else value
            if key in table and isinstance(inner, dict) and key not in {"equilibria", "stable_for_all"}:
                assert [word for word in inner if f"`{word}`" not in table[key][0]] == []
        if "equilibria" in document:
            assert [word for word in document["equilibria"]["nash"] if f"`{word}`" not in table["equilibria"][0]] == []


@pytest.mark.filterwarnings("ignore::detente.errors.ExperimentalWarning")
def test_every_key_of_attitudes_and_behaviour_is_documented() -> None:
    case = pair()
    held: Any = detente.analyse_attitudes(case, attitudes={"A": {"B": "+"}}).to_dict()  # Any: a tree of JSON
    searched: Any = detente.find_attitudes(case, state="a b").to_dict()  # Any: as above
    seen: Any = detente.analyse_behaviour(case, path=["-", "a"]).to_dict()  # Any: as above
    shared = keys("every analysis")
    assert set(held) == shared | keys("attitudes")
    assert set(searched) == shared | keys("attitudes that would do")
    assert set(seen) == shared | keys("behaviour")
    assert set(seen["observations"][0]) == keys("an observation")
    [table] = ANSWERS["attitudes that would do"]
    assert [key for key in searched["concepts"]["nash"] if f"`{key}`" not in table["concepts"][0]] == []


def test_every_key_within_a_key_is_named() -> None:
    case = pair(irreversible=True)
    entry: Any = evaluate_roadmaps(case, [[["a"], ["b"]]]).to_dict()["roadmaps"]  # Any: a tree of JSON
    row = entry[0]["rows"][0]
    conflict: Any = design_roadmap(case).to_dict()["conflict"]  # Any: as above
    [of_row], [of_roadmap], [of_design] = ANSWERS["a row"], ANSWERS["a roadmap"], ANSWERS["design"]
    for inner, (text, *_) in (
        (row["deviation"], of_row["deviation"]),
        (row["parts"], of_row["parts"]),
        (entry[0]["critical"], of_roadmap["critical"]),
        (conflict, of_design["conflict"]),
    ):
        assert [key for key in inner if f"`{key}`" not in text] == []


def test_every_code_has_an_entry() -> None:
    used = {
        code
        for module in (ROOT / "src" / "detente").rglob("*.py")
        for code in re.findall(r'"(D\d{3})"', module.read_text(encoding="utf-8"))
    }
    pages = [(REFERENCE / f"diagnostics{part}.md").read_text(encoding="utf-8") for part in ("", "-of-analyses")]
    entries = [code for page in pages for code in re.findall(r"^### (D\d{3}): .", page, re.MULTILINE)]
    assert sorted(entries) == sorted(used)


def documented_names() -> set[str]:
    names, module = set(), ""
    for line in (REFERENCE / "python.md").read_text(encoding="utf-8").splitlines():
        if found := re.fullmatch(r"\.\. currentmodule:: (\S+)", line):
            module = found[1]
        elif found := re.fullmatch(r"\.\. (?:auto|py:)(?:function|class|data|exception):: (\S+)", line):
            names.add(found[1] if found[1].startswith("detente.") else f"{module}.{found[1]}")
        elif line.startswith("```"):
            module = ""
    return names


def public_names() -> set[str]:
    names = {f"detente.{name}" for name in detente.__all__}
    for module in (
        "detente.analysis.roadmap",
        "detente.case",
        "detente.casefile",
        "detente.evidence",
        "detente.exchange",
        "detente.report",
    ):
        names.update(f"{module}.{name}" for name in import_module(module).__all__ if name not in detente.__all__)
    for module in ("detente.analysis.result", "detente.errors", "detente.progress"):
        found = vars(import_module(module))
        names.update(f"{module}.{name}" for name, value in found.items() if getattr(value, "__module__", "") == module)
    return names


def test_every_public_name_has_an_entry() -> None:
    documented = documented_names()
    assert public_names() - documented == set()
    for name in sorted(documented):
        module, _, attribute = name.rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_what_is_documented_has_a_docstring() -> None:
    bare = []
    for name in sorted(documented_names()):
        module, _, attribute = name.rpartition(".")
        value = getattr(import_module(module), attribute)
        if not isinstance(value, type | FunctionType):
            continue
        said = (value.__doc__ or "").strip()
        if not said or said.startswith(f"{attribute}("):  # what a dataclass has unless it says more
            bare.append(name)
    assert bare == []


def test_sources_are_those_that_are_cited() -> None:
    known = re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "references.bib").read_text(encoding="utf-8"), re.MULTILINE)
    assert known == sorted(set(known))
    [table] = re.findall(
        r"(?:^\| `\w+` .*\n)+", (REFERENCE / "bibliography.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert re.findall(r"^\| `(\w+)`", table, re.MULTILINE) == known
    pages = [page for page in (ROOT / "docs").rglob("*.md") if page.name != "bibliography.md"]
    texts = [page.read_text(encoding="utf-8") for page in pages if "_build" not in page.parts]
    cited = {key for text in texts for key in re.findall(r"\{cite(?::t)?\}`(\w+)`", text)}
    modules = [module.read_text(encoding="utf-8") for module in (ROOT / "src").rglob("*.py")]
    followed = {
        key for text in modules for key in re.findall(r'\[([a-z]+\d{4})\]_|"([a-z]+\d{4})"', text) for key in key
    }
    assert cited | (followed - {""}) == set(known)
