"""The quick scanner and the composer read what ruamel.yaml reads, and refuse no more than they say."""

from __future__ import annotations

import re
import warnings
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError, YAMLWarning
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from detente.casefile.composer import compose
from detente.casefile.tree import Mapping, Node, Scalar, Sequence
from detente.errors import CaseError

WORDS = """a b key x_y é ~ 1 a:b http://x 'q' "d" 'it''s' "e\\n" , [ ] { } # | & * ? - : % ... ---"""
BLANKS = ("\n", "\n  ", "\n    ", "\n ", " ", "  ", ": ", " :", "- ", ", ", " #c", "# c\n", "|\n  ", ">-\n  ")
OPENINGS = ("&x ", "*x ", "a: ", "b: ", "c:\n", "? ", "---\n", "...\n", "x y")
PIECES = (*WORDS.split(), *BLANKS, *OPENINGS)
COLON_BEFORE_BRACKET = re.compile(r":[,\[\]{}]")
"""There ruamel.yaml takes the colon for a part of the text, against YAML 1.2."""
REFUSED_ON_PURPOSE = {"D004", "D008", "D010", "D012", "D013"}


def ours(node: Node) -> Any:  # Any: nested tuples
    match node:
        case Scalar(text=""):
            return ""
        case Scalar(text=text, line=line, column=column):
            return text, line, column
        case Sequence(items=items):
            return [ours(item) for item in items]
        case Mapping(values=values):
            return [(key, ours(value)) for key, value in values.items()]


def theirs(node: Any) -> Any:  # Any: as ruamel.yaml has it
    match node:
        case ScalarNode(value=""):
            return ""
        case ScalarNode(value=value, start_mark=mark):
            return value, mark.line + 1, mark.column + 1
        case SequenceNode(value=items):
            return [theirs(item) for item in items]
        case MappingNode(value=pairs):
            return [(key.value, theirs(value)) for key, value in pairs]


@settings(max_examples=1500, deadline=None)
@given(text=st.lists(st.sampled_from(PIECES), min_size=1, max_size=20).map("".join))
@example(text="{a: ,b: [c:d]}")
def test_composer_agrees_with_ruamel(text: str) -> None:
    assume(not COLON_BEFORE_BRACKET.search(text))
    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", YAMLWarning)
            expected = yaml.compose(text)
    except (YAMLError, AttributeError):
        expected = None
    try:
        node, doubled = compose(text, "c.yaml")
    except CaseError as error:
        refused = error.diagnostics[0].code
    else:
        refused = ""
    if refused:
        assert expected is None or refused in REFUSED_ON_PURPOSE
    elif expected is not None and not doubled and "&" not in text:  # anchors shift places in ruamel.yaml
        assert ours(node) == theirs(expected)
