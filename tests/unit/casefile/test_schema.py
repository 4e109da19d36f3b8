"""The JSON Schema takes what the reader takes, and refuses many of the shapes that it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

import detente.casefile
from detente.casefile import case_schema
from detente.gallery import find_gallery_case, gallery_names

GOLDEN = Path(__file__).parents[2] / "golden" / "diagnostics"
STARTER = Path(detente.casefile.__file__).with_name("starter_case") / "case.yaml"
GALLERY = [file for name in gallery_names() if (file := find_gallery_case(name)) is not None]
VALIDATOR = jsonschema.Draft202012Validator(case_schema())
CAUGHT = ["D101", "D102", "D103", "D104", "D106", "D107", "D109", "D110", "D111", "D112", "D113", "D114", "D115"]
LEFT_TO_THE_READER = ["D201", "D206", "D301", "D303", "D308", "D314", "D322", "D331", "D401", "D501"]


def loaded(file: Path) -> Any:  # Any: a tree of lists, dicts, texts and numbers
    yaml = YAML(typ="safe", pure=True)
    return json.loads(json.dumps(yaml.load(file.read_text(encoding="utf-8"))))


def test_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(case_schema())


@pytest.mark.parametrize("file", [STARTER, *GALLERY], ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_valid_cases_fit(file: Path) -> None:
    VALIDATOR.validate(loaded(file))


@pytest.mark.parametrize("code", CAUGHT)
def test_wrong_shapes_are_refused(code: str) -> None:
    assert not VALIDATOR.is_valid(loaded(GOLDEN / f"{code}.yaml"))


@pytest.mark.parametrize("code", LEFT_TO_THE_READER)
def test_references_and_rules_are_left_to_the_reader(code: str) -> None:
    VALIDATOR.validate(loaded(GOLDEN / f"{code}.yaml"))


def test_editors_are_told_every_key_and_word() -> None:
    properties: Any = case_schema()["properties"]  # Any: a schema
    assert list(properties)[:6] == ["detente", "name", "period", "strict", "parties", "interests"]
    measure = properties["measures"]["additionalProperties"]["properties"]
    assert measure["on-breakdown"] == {"enum": ["own-interest", "reverse", "keep"]}
    assert measure["duration"] == {"type": "integer", "minimum": 1}
