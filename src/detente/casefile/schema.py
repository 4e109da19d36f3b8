"""The JSON Schema of case files, from the same declaration that the reader checks by."""

from __future__ import annotations

import json

from detente.casefile.grammar import CASE
from detente.casefile.shapes import Schema


def case_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of ``case.yaml``, by which editors complete and check.

    It knows shapes, words and bounds.  What refers to what, and the rules of the model, only reading checks.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A case for detente",
        **CASE.schema(),
    }


def schema_text() -> str:
    """Return the schema as the text of its file."""
    return json.dumps(case_schema(), indent=2, ensure_ascii=False) + "\n"
