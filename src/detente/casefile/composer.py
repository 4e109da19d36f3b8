"""From tokens to the plain tree, in one pass, with the limits that only show as the tree grows.

Depth, aliases and the number of measures are counted while the tokens arrive, so that a file over a limit is given up
where it goes over.  Keys written twice do not stop the reading: they are noted in `Composer.doubled`.
"""

from __future__ import annotations

from typing import Any, NoReturn

from ruamel.yaml import tokens

from detente.casefile.limits import DEEPEST, MOST_ALIAS_NODES, MOST_MEASURES, MOST_READINGS, refuse
from detente.casefile.scanner import CaseScanner, ScannerError
from detente.casefile.tree import Mapping, Node, Scalar, Sequence
from detente.errors import Diagnostic, Span

_NO_VALUE = (
    tokens.KeyToken,
    tokens.ValueToken,
    tokens.BlockEndToken,
    tokens.FlowEntryToken,
    tokens.FlowMappingEndToken,
    tokens.FlowSequenceEndToken,
)
_SEEN = {
    tokens.AliasToken: "an alias",
    tokens.AnchorToken: "an anchor",
    tokens.BlockEndToken: "a line that is indented less",
    tokens.BlockEntryToken: "'-'",
    tokens.BlockMappingStartToken: "a mapping",
    tokens.BlockSequenceStartToken: "a list",
    tokens.DocumentEndToken: "'...'",
    tokens.DocumentStartToken: "'---'",
    tokens.FlowEntryToken: "','",
    tokens.FlowMappingEndToken: "'}'",
    tokens.FlowMappingStartToken: "'{'",
    tokens.FlowSequenceEndToken: "']'",
    tokens.FlowSequenceStartToken: "'['",
    tokens.KeyToken: "a key",
    tokens.ScalarToken: "a text",
    tokens.StreamEndToken: "the end of the file",
    tokens.ValueToken: "':'",
}


_MOST_ENTRIES = {
    "measures": (MOST_MEASURES, "D015", "leave out what no roadmap and no condition names."),
    "readings": (MOST_READINGS, "D017", "split them over several cases."),
}


def compose(text: str, path: str) -> tuple[Node, list[Diagnostic]]:
    """Return the tree of a file and its doubled keys; `path` is the file's name in messages.

    Raises
    ------
    CaseError
        With one diagnostic, if the text is no YAML or over a limit (D004–D013, D015).
    """
    composer = Composer(text.replace("\r\n", "\n"), path)
    try:
        return composer.document(), composer.doubled
    except ScannerError as error:
        what = ", ".join(part for part in (error.context, error.problem) if part)
        refuse(
            "D004",
            composer.scanner.span(error.problem_mark or error.context_mark),
            f"this is not YAML: {what.replace(chr(10), ' ')}.",
            "check indentation, quotes and brackets here and just above.",
        )


class Composer:
    """Build the tree of one document."""

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.scanner = CaseScanner(text, path)
        self.doubled: list[Diagnostic] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._depth = 0
        self._nodes = 0
        self._alias_nodes = 0

    def document(self) -> Node:
        """Return the only document of the file."""
        scanner = self.scanner
        scanner.get_token()
        if type(scanner.peek_token()) is tokens.DocumentStartToken:
            scanner.get_token()
        if type(scanner.peek_token()) in (tokens.StreamEndToken, tokens.DocumentEndToken):
            self._refuse("D010", Span(path=self.path, line=1, column=1), "the file is empty.", "write `detente: 1`.")
        root = self._node(top=True)
        while type(scanner.peek_token()) is tokens.DocumentEndToken:
            scanner.get_token()
        token = scanner.peek_token()
        if type(token) is tokens.DocumentStartToken:
            self._refuse("D011", scanner.span(token.start_mark), "a second document begins here.", "keep one per file.")
        if type(token) is not tokens.StreamEndToken:
            self._fail("the end of the file", token)
        return root

    def _refuse(self, code: str, span: Span, message: str, help_: str) -> NoReturn:
        refuse(code, span, message, help_)

    def _fail(self, expected: str, token: Any) -> NoReturn:
        seen = _SEEN.get(type(token), "something else")
        self._refuse(
            "D004",
            self.scanner.span(token.start_mark),
            f"this is not YAML: expected {expected}, found {seen}.",
            "check indentation, quotes and brackets here and just above.",
        )

    def _node(self, *, top: bool = False, section: str = "", indentless: bool = False) -> Node:
        token = self.scanner.peek_token()
        kind = type(token)
        self._nodes += 1
        if kind is tokens.ScalarToken:
            self.scanner.get_token()
            return self._scalar(token)
        if kind is tokens.AliasToken:
            return self._alias(self.scanner.get_token())
        if kind is tokens.AnchorToken:
            return self._anchored(self.scanner.get_token(), top=top, section=section, indentless=indentless)
        self._depth += 1
        if self._depth > DEEPEST:
            self._refuse(
                "D006",
                self.scanner.span(token.start_mark),
                f"this is nested deeper than {DEEPEST} levels.",
                "nothing in a case file is; check the brackets.",
            )
        node: Node
        if kind is tokens.BlockMappingStartToken:
            node = self._mapping(tokens.BlockEndToken, top=top, section=section)
        elif kind is tokens.FlowMappingStartToken:
            node = self._mapping(tokens.FlowMappingEndToken, top=top, section=section)
        elif kind is tokens.FlowSequenceStartToken:
            node = self._flow_sequence()
        elif kind is tokens.BlockSequenceStartToken:
            self.scanner.get_token()
            node = self._entries(token)
            if type(self.scanner.peek_token()) is not tokens.BlockEndToken:
                self._fail("'-' or a line that is indented less", self.scanner.peek_token())
            self.scanner.get_token()
        elif kind is tokens.BlockEntryToken and indentless:
            node = self._entries(token)
        else:
            self._fail("a value", token)
        self._depth -= 1
        return node

    def _scalar(self, token: Any) -> Scalar:
        mark = token.start_mark
        text = token.value
        # A token keeps no sign of folding or escapes; where there is one, lengths differ from what is written.
        written = self.scanner.reader.buffer
        inset: int | None = None
        start = mark.index if token.plain else mark.index + 1
        if token.style not in ("|", ">") and written.startswith(text, start):
            inset = start - mark.index
        return Scalar(text, token.plain, self.path, mark.line + 1, mark.column + 1, inset)

    def _empty(self, token: Any) -> Scalar:
        mark = token.end_mark
        self._nodes += 1
        return Scalar("", True, self.path, mark.line + 1, mark.column + 1, 0)

    def _value(self, before: Any, *, section: str = "") -> Node:
        if type(self.scanner.peek_token()) in _NO_VALUE:
            return self._empty(before)
        return self._node(section=section, indentless=True)

    def _mapping(self, end: type, *, top: bool, section: str) -> Mapping:
        scanner = self.scanner
        opening = scanner.get_token()
        mark = opening.start_mark
        node = Mapping({}, {}, self.path, mark.line + 1, mark.column + 1)
        in_flow = end is tokens.FlowMappingEndToken
        while True:
            token = scanner.get_token()
            if type(token) is end:
                return node
            if type(token) is not tokens.KeyToken:
                self._no_key(token, opening, in_flow=in_flow)
            key = self._key()
            token = scanner.get_token()
            if type(token) is not tokens.ValueToken:
                self._fail("':'", token)
            value = self._value(token, section=key.text if top else "")
            if key.text in node.keys:
                self._double(key, node.keys[key.text])
            else:
                node.keys[key.text] = key
                node.values[key.text] = value
                if section in _MOST_ENTRIES and len(node.keys) > _MOST_ENTRIES[section][0]:
                    most, code, help_ = _MOST_ENTRIES[section]
                    span = Span(path=self.path, line=key.line, column=key.column)
                    self._refuse(code, span, f"the case has more than {most:,} {section}.", help_)
            if in_flow and type(scanner.peek_token()) is not end:
                token = scanner.get_token()
                if type(token) is not tokens.FlowEntryToken:
                    self._unclosed(token, opening, "',' or '}'")

    def _no_key(self, token: Any, opening: Any, *, in_flow: bool) -> NoReturn:
        if in_flow and type(token) in (tokens.ScalarToken, tokens.AliasToken):
            self._refuse(
                "D004",
                self.scanner.span(token.start_mark),
                "this is not YAML: a key in {…} has no ': value' after it.",
                "write `key: value`, with a space after the colon; a list goes in […].",
            )
        if in_flow:
            self._unclosed(token, opening, "a key or '}'")
        self._fail("a key", token)

    def _unclosed(self, token: Any, opening: Any, expected: str) -> NoReturn:
        if type(token) is tokens.StreamEndToken or token.start_mark.line != opening.start_mark.line:
            bracket = _SEEN[type(opening)]
            self._refuse(
                "D004",
                self.scanner.span(token.start_mark),
                f"this is not YAML: expected {expected}, found {_SEEN.get(type(token), 'something else')}.",
                f"is the {bracket} of line {opening.start_mark.line + 1} closed?",
            )
        self._fail(expected, token)

    def _key(self) -> Scalar:
        token = self.scanner.get_token()
        if type(token) is not tokens.ScalarToken:
            self._refuse(
                "D012",
                self.scanner.span(token.start_mark),
                "a key must be a plain text.",
                "lists, mappings, anchors and aliases cannot be keys.",
            )
        self._nodes += 1
        return self._scalar(token)

    def _double(self, key: Scalar, first: Scalar) -> None:
        self.doubled.append(
            Diagnostic(
                code="D009",
                message=f"the key '{key.text[:80]}' is written twice.",
                help=f"keep one of them (the first is at line {first.line}).",
                span=Span(path=self.path, line=key.line, column=key.column),
            )
        )

    def _flow_sequence(self) -> Sequence:
        scanner = self.scanner
        opening = scanner.get_token()
        mark = opening.start_mark
        items: list[Node] = []
        token = scanner.peek_token()
        while type(token) is not tokens.FlowSequenceEndToken:
            if type(token) is tokens.ScalarToken:
                scanner.get_token()
                self._nodes += 1
                items.append(self._scalar(token))
            elif type(token) is tokens.KeyToken:
                self._refuse(
                    "D004",
                    scanner.span(token.start_mark),
                    "this is not YAML as case files use it: a key stands in a list.",
                    "write `{key: value}` in braces.",
                )
            elif type(token) in (tokens.FlowEntryToken, tokens.StreamEndToken):
                self._unclosed(token, opening, "a value or ']'")
            else:
                items.append(self._node())
            token = scanner.peek_token()
            if type(token) is tokens.FlowEntryToken:
                scanner.get_token()
                token = scanner.peek_token()
            elif type(token) is not tokens.FlowSequenceEndToken:
                self._unclosed(token, opening, "',' or ']'")
        scanner.get_token()
        return Sequence(items, self.path, mark.line + 1, mark.column + 1)

    def _entries(self, first: Any) -> Sequence:
        scanner = self.scanner
        mark = first.start_mark
        items: list[Node] = []
        while type(scanner.peek_token()) is tokens.BlockEntryToken:
            dash = scanner.get_token()
            if type(scanner.peek_token()) in (tokens.BlockEntryToken, *_NO_VALUE):
                items.append(self._empty(dash))
            else:
                items.append(self._node())
        return Sequence(items, self.path, mark.line + 1, mark.column + 1)

    def _anchored(self, token: Any, *, top: bool, section: str, indentless: bool) -> Node:
        self._anchors.pop(token.value, None)
        before = self._nodes + self._alias_nodes
        following = self.scanner.peek_token()
        if type(following) is tokens.AnchorToken:
            self._fail("a value", following)
        if type(following) in (*_NO_VALUE, tokens.StreamEndToken):
            node: Node = self._empty(token)
        else:
            node = self._node(top=top, section=section, indentless=indentless)
        self._anchors[token.value] = (node, self._nodes + self._alias_nodes - before)
        return node

    def _alias(self, token: Any) -> Node:
        name = token.value
        if name not in self._anchors:
            self._refuse(
                "D014",
                self.scanner.span(token.start_mark),
                f"the alias '*{name[:80]}' stands for nothing.",
                f"write `&{name[:80]}` at the value above that it is to repeat.",
            )
        node, size = self._anchors[name]
        self._alias_nodes += size
        if self._alias_nodes > MOST_ALIAS_NODES:
            self._refuse(
                "D007",
                self.scanner.span(token.start_mark),
                f"the aliases up to here stand for more than {MOST_ALIAS_NODES:,} nodes.",
                "write the values out.",
            )
        return node
