"""The commands: exit codes, JSON, files, messages."""

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from detente import read_case
from detente._version import __version__
from detente.analysis.roadmap import OBJECTIVES
from detente.cli.commands_of_designs import ObjectiveWord
from detente.gallery import gallery_names

Run = Callable[..., Result]

COMMON = {"detente", "case", "digest", "reading", "method", "parameters", "seconds"}
ROADMAP = {"id", "reading", "holds", "trust", "margin", "end_margin", "critical", "critical_hazard", "rows"} | {
    "stages",
    "durations",
}
ROW = {
    "stage",
    "check",
    "party",
    "comply",
    "deviate",
    "margin",
    "deviation",
    "leave_value",
    "betrayed_value",
    "required_trust",
    "none_suffices",
    "flow_margin",
    "parts",
}
VERDICT = {"holds", "trust", "margin", "end_margin", "critical", "critical_hazard"}


def _refuse_constant(word: str) -> object:
    raise AssertionError(f"{word} is no strict JSON")


def _loads(text: str) -> dict[str, object]:
    document = json.loads(text, parse_constant=_refuse_constant)
    assert isinstance(document, dict)
    return document


def _as_list(value: object) -> list[dict[str, object]]:
    assert isinstance(value, list)
    return value


def _as_dict(value: object) -> dict[str, object]:
    assert isinstance(value, dict)
    return value


def _refused(result: Result, code: int, message: str) -> None:
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", message)


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").stdout == f"detente {__version__}\n"


def test_the_words_for_objectives_are_those_of_the_analysis() -> None:
    assert tuple(word.value for word in ObjectiveWord) == OBJECTIVES


def test_evaluate_prints_json_and_nothing_else(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    document = _loads(result.stdout)
    assert set(document) == COMMON | {"roadmaps"}
    assert (document["detente"], document["case"], document["reading"]) == (1, "The border", None)
    assert document["digest"] == read_case("border.yaml").digest
    entries = _as_list(document["roadmaps"])
    assert [(entry["id"], entry["reading"], entry["holds"]) for entry in entries] == [
        ("at-once", None, True),
        ("pay-first", None, True),
    ]
    for entry in entries:
        assert set(entry) == ROADMAP
        assert set(_as_dict(entry["critical"])) == {"stage", "check", "party"}
        for row in _as_list(entry["rows"]):
            assert set(row) == ROW
            assert set(_as_dict(row["deviation"])) == {"withhold", "undo", "leave"}


def test_evaluate_has_one_entry_per_roadmap_and_reading(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--json", "--reading", "hawk", "--reading", "hawk", "--roadmap", "at-once")
    document = _loads(result.stdout)
    assert document["reading"] == "hawk"
    assert [(e["id"], e["reading"], e["holds"]) for e in _as_list(document["roadmaps"])] == [("at-once", "hawk", False)]
    assert result.exit_code == 0


def test_settings_change_the_case(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--json", "--set", "measures.withdraw.value.north=-4")
    document = _loads(result.stdout)
    assert [entry["holds"] for entry in _as_list(document["roadmaps"])] == [False, False]
    assert document["digest"] != read_case("border.yaml").digest


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--roadmap", "x"), "unknown roadmap 'x' (the case has: at-once, pay-first)"),
        (("--reading", "x"), "unknown reading 'x' (the case has: hawk)"),
        (("--set", "x"), "a setting is PATH=VALUE, such as parties.usa.hazard=0.01; this is 'x'"),
        (
            ("--set", "parties.north.hazard=0", "--set", "parties.north.hazard=0.1"),
            "--set names parties.north.hazard twice; give it one value",
        ),
        (
            ("--set", "parties.nort.hazard=0"),
            "unknown place 'parties.nort.hazard': parties has no 'nort'; did you mean 'north'?",
        ),
        (("--output", "x.txt"), "'x.txt' ends in '.txt'; a file to write must end in .json, .csv or .parquet"),
    ],
)
def test_wrong_options_are_usage_errors(run: Run, arguments: tuple[str, ...], message: str) -> None:
    _refused(run("evaluate", "border.yaml", *arguments), 2, f"Error: {message}\n")


def test_a_case_that_is_not_there_is_a_usage_error(run: Run) -> None:
    _refused(
        run("evaluate", "nowhere"),
        2,
        "Error: no such case: 'nowhere' is no folder, no file and no case of the gallery "
        f"(the gallery has: {', '.join(gallery_names())})\n",
    )


def test_a_setting_that_makes_the_case_invalid_is_a_problem_of_the_case(run: Run) -> None:
    result = run("evaluate", "border.yaml", "--set", "parties.north.discount=2")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.splitlines()[0].startswith("--set parties.north.discount:1:1: error[D")


def test_all_problems_of_a_case_go_to_stderr(run: Run, border: Path) -> None:
    broken = (border / "border.yaml").read_text().replace("by: [north]", "by: [nort]").replace("[[pay]", "[[pai]")
    (border / "broken.yaml").write_text(broken)
    result = run("evaluate", "broken.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    heads = [line for line in result.stderr.splitlines() if not line.startswith(" ")]
    assert [line.split(" ")[0] for line in heads] == ["broken.yaml:8:43:", "broken.yaml:18:42:"]
    as_json = run("check", "broken.yaml", "--json")
    problems = json.loads(as_json.stdout)
    assert as_json.exit_code == 1
    assert as_json.stderr == ""
    assert [
        f"{p['path']}:{p['line']}:{p['column']}: {p['severity']}[{p['code']}]: {p['message']}" for p in problems
    ] == heads
    assert all(list(p) == ["code", "severity", "message", "help", "path", "line", "column"] for p in problems)


def test_problems_are_cut_at_a_hundred_unless_all_are_asked_for(run: Run, border: Path) -> None:
    pairs = "\n".join(f"  m{number}: {{by: [nobody]}}" for number in range(120))
    (border / "many.yaml").write_text(f"detente: 1\nname: x\nparties: {{a: {{}}}}\nmeasures:\n{pairs}\n")
    assert run("check", "many.yaml").stderr.splitlines()[-1] == "and 20 more (--all prints them)"
    everything = run("check", "many.yaml", "--all").stderr.splitlines()
    assert sum("error[" in line for line in everything) == 120


@pytest.mark.parametrize("suffix", [".json", ".csv", ".parquet"])
def test_the_answer_goes_to_a_file_and_a_summary_to_stdout(run: Run, border: Path, suffix: str) -> None:
    result = run("evaluate", "border.yaml", "--output", f"answer{suffix}")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"2 of 2 roadmaps hold.\nWritten to answer{suffix}\n"
    target = border / f"answer{suffix}"
    if suffix == ".json":
        document = _loads(target.read_text(encoding="utf-8"))
        assert set(document) == COMMON | {"roadmaps"}
        return
    frame = pd.read_csv(target) if suffix == ".csv" else pd.read_parquet(target)
    assert len(frame) == 20
    assert list(frame.columns[:5]) == ["roadmap", "reading", "stage", "check", "party"]
    assert sorted(path.name for path in border.iterdir()) == [f"answer{suffix}", "border.yaml"]


def test_json_goes_to_stdout_beside_a_file(run: Run, border: Path) -> None:
    result = run("evaluate", "border.yaml", "--json", "--output", "answer.json")
    assert _loads(result.stdout)["roadmaps"] == _loads((border / "answer.json").read_text())["roadmaps"]


def test_design_prints_json_and_nothing_else(run: Run) -> None:
    result = run("design", "border.yaml", "--json", "--max-per-stage", "1", "--before", "pay withdraw")
    assert (result.exit_code, result.stderr) == (0, "")
    document = _loads(result.stdout)
    own = {"objective", "status", "stages", "durations", "value", "bound", "conflict", "evaluation"}
    assert set(document) == COMMON | own | {"goal", "missing"}
    assert (document["objective"], document["status"], document["conflict"]) == ("trust", "optimal", None)
    assert document["stages"] == [["pay"], ["withdraw"], ["canal"]]
    assert document["value"] == document["bound"]
    assert set(_as_dict(document["evaluation"])) == ROADMAP


def test_design_answers_that_none_exists_with_the_conflict(run: Run) -> None:
    result = run("design", "border.yaml", "--json", "--reading", "hawk")
    document = _loads(result.stdout)
    assert (result.exit_code, document["status"], document["evaluation"]) == (0, "none", None)
    assert document["conflict"] == {"parties": ["north"], "measures": ["withdraw"], "minimal": True}


def test_design_names_what_a_goal_lacks(run: Run) -> None:
    document = _loads(run("design", "border.yaml", "--json", "--goal", "canal").stdout)
    assert (document["status"], document["goal"]) == ("none", "canal")
    assert document["missing"] == ["'canal' comes after 'withdraw', which the goal lacks"]


def test_design_takes_groups_limits_and_formats(run: Run) -> None:
    arguments = ("--goal", "pay and withdraw", "--together", "pay withdraw", "--max-stages", "1", "--max-duration", "9")
    document = _loads(run("design", "border.yaml", "--json", *arguments, "--at-table", "both").stdout)
    assert document["stages"] == [["withdraw", "pay"]]
    assert document["parameters"] == {
        "objective": "trust",
        "goal": "withdraw and pay",
        "max_stages": 1,
        "max_duration": 9,
        "together": [["pay", "withdraw"]],
        "at_table": "both",
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--goal", "pai"), "unknown measure 'pai' (did you mean 'pay'?)"),
        (("--goal", "best"), "goal 'best' needs objective nash or margin; with 'trust' doing nothing would win"),
        (("--memory", "much"), "--memory 'much' is no amount of memory; write one such as 4GB or 500MB"),
        (("--at-table", "x"), "unknown format 'x' (the case has: both, north-alone)"),
    ],
)
def test_wrong_wishes_are_usage_errors(run: Run, arguments: tuple[str, ...], message: str) -> None:
    _refused(run("design", "border.yaml", *arguments), 2, f"Error: {message}\n")


def test_a_design_that_needs_too_much_memory_ends_with_three(run: Run) -> None:
    result = run("design", "border.yaml", "--memory", "1")
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith("Stopped: designing over 3 measures needs more than the 9.31e-10 GB allowed (")


def test_diff_prints_json_and_nothing_else(run: Run) -> None:
    result = run("diff", "border.yaml", "--json", "--set", "measures.withdraw.value.north=-4", "--set", "name=Other")
    assert (result.exit_code, result.stderr) == (0, "")
    document = _loads(result.stdout)
    assert set(document) == COMMON | {"verdicts", "differences"}
    place = "measures.withdraw.value.north"
    assert document["differences"] == [{"path": place, "before": -1, "after": -4}]
    for verdict in _as_list(document["verdicts"]):
        assert set(verdict) == {"id", "reading", "before", "after", "changed", "alone", "needed", "smallest"}
        assert set(_as_dict(verdict["before"])) == set(_as_dict(verdict["after"])) == VERDICT
        assert verdict["changed"] == ["holds", "critical", *(["trust"] if verdict["id"] == "at-once" else [])]
        assert (verdict["alone"], verdict["needed"], verdict["smallest"]) == ([place], [place], [])


def test_a_case_and_itself_do_not_differ(run: Run) -> None:
    result = run("diff", "border.yaml", "border.yaml")
    assert result.stdout.splitlines()[0] == "0 of 2 verdicts differ; the cases differ at 0 places."
    assert result.stdout.splitlines()[-2:] == [
        "Every verdict stays the same: who holds, who is critical and how much trust is",
        "asked for.",
    ]


def test_diff_of_two_files_writes_a_table(run: Run, border: Path) -> None:
    (border / "other.yaml").write_text(
        (border / "border.yaml").read_text().replace("value: {north: -1", "value: {north: -4")
    )
    result = run("diff", "border.yaml", "other.yaml", "--reading", "hawk", "--output", "changes.csv")
    assert result.stdout == ("0 of 2 verdicts differ; the cases differ at 1 place.\nWritten to changes.csv\n")
    assert pd.read_csv(border / "changes.csv")["roadmap"].tolist() == ["at-once", "pay-first"]


def test_check_counts_and_lists_what_is_unstated(run: Run) -> None:
    short = run("check", "border.yaml").stdout.splitlines()
    assert short[-1] == "1 value of a measure to a party is unstated and counts as 0 (--all lists them)."
    assert run("check", "border.yaml", "--all").stdout.splitlines()[-3:] == [
        "1 value of a measure to a party is unstated and counts as 0.",
        "border.yaml:10:3: note[D501]: measure 'canal' states no value for south.",
        "    help: it counts as 0; state it under value or effects if that is meant.",
    ]


def test_show_prints_the_case_as_json(run: Run) -> None:
    document = _loads(run("show", "border.yaml", "--json", "--reading", "hawk").stdout)
    assert _as_dict(_as_dict(_as_dict(document["measures"])["withdraw"])["value"]) == {"north": -4, "south": 3}


def test_new_writes_a_case_that_holds_together(run: Run, border: Path) -> None:
    result = run("new", "mine", "--json")
    files = ["mine/.gitignore", "mine/case.yaml", "mine/claims.yaml", "mine/documents.yaml"]
    assert json.loads(result.stdout) == {"directory": "mine", "files": files}
    assert run("check", "mine").exit_code == 0
    _refused(run("new", "mine"), 2, "Error: the folder mine is not empty; a new case needs a folder of its own\n")


def test_the_schema_is_json_and_accepts_the_case(run: Run, border: Path) -> None:
    import jsonschema
    from ruamel.yaml import YAML

    document = _loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(document)
    jsonschema.validate(YAML(typ="safe").load(border / "border.yaml"), document)


def test_a_report_is_written_where_asked(run: Run, border: Path) -> None:
    result = run("report", "border.yaml", "-o", "border.html", "--roadmap", "at-once", "--reading", "hawk")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "Written to border.html\n", "")
    assert (border / "border.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_report_of_another_kind_is_refused(run: Run) -> None:
    _refused(
        run("report", "border.yaml", "-o", "border.doc"),
        2,
        "Error: a report is written as .html or .md; 'border.doc' has '.doc'\n",
    )


def test_piped_output_has_no_escapes(run: Run) -> None:
    for command in ("check", "show", "evaluate", "design"):
        assert "\x1b" not in run(command, "border.yaml").stdout
