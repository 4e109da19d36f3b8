"""What is written reads the same; what is read and written again keeps its text; settings survive writing."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.casefile import case_from_tree, case_schema, case_to_tree, change_case, read_case, write_case
from tests.property.strategies import Tree, case_trees

# The folder of one test is used for all its examples, each of which writes the file anew.
relaxed = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
VALIDATOR = jsonschema.Draft202012Validator(case_schema())


@relaxed
@given(tree=case_trees())
def test_case_survives_being_put_as_plain_data(tree: Tree) -> None:
    case = case_from_tree(tree)
    again = case_from_tree(case_to_tree(case))
    assert again == case
    assert again.digest == case.digest
    assert again.reading_cases == case.reading_cases


@relaxed
@given(tree=case_trees())
def test_case_made_in_python_survives_writing(tree: Tree, tmp_path: Path) -> None:
    case = case_from_tree(tree)
    file = tmp_path / "case.yaml"
    write_case(case, file)
    read = read_case(file)
    assert read == case
    assert read.digest == case.digest
    assert read.reading_cases == case.reading_cases


@relaxed
@given(tree=case_trees())
def test_case_that_is_unchanged_keeps_its_text(tree: Tree, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    text = "# a comment\n" + json.dumps(tree, ensure_ascii=True, indent=1) + "  # another\n"
    file.write_text(text, encoding="utf-8")
    write_case(read_case(file), file)
    assert file.read_text(encoding="utf-8") == text


@relaxed
@given(tree=case_trees(), data=st.data())
def test_case_that_was_changed_survives_writing(tree: Tree, data: st.DataObject, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    write_case(replace(case_from_tree(tree), source=None), file)
    file.write_text("# first\n" + file.read_text(encoding="utf-8") + "# last\n", encoding="utf-8")
    case = read_case(file)
    party = data.draw(st.sampled_from([party.id for party in case.parties]))
    changes: dict[str, Any] = {f"parties.{party}.breakdown": -7, "name": "Another"}  # Any: values of several types
    for measure in case.measures[-1:]:
        changes[f"measures.{measure.id}.value.{party}"] = [1, 2, 3.5]
    changed = change_case(case, changes)
    assert changed != case
    write_case(changed, file)
    assert read_case(file) == changed
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# first\n")
    assert text.endswith("# last\n")


@relaxed
@given(tree=case_trees())
def test_case_fits_the_schema(tree: Tree) -> None:
    VALIDATOR.validate(tree)
    VALIDATOR.validate(json.loads(json.dumps(case_to_tree(case_from_tree(tree)))))
