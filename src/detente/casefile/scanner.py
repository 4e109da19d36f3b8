"""Tokens of a case file: the scanner of ruamel.yaml with its usual ways made short.

A case file is nearly all plain scalars on one line, commas and brackets.  For these the methods below look at a whole
scalar at once instead of at every character, which makes scanning several times faster; all else is left to
ruamel.yaml.  Three things that case files do not have are refused here: tags, directives other than ``%YAML 1.2``, and
scalars over the limit, whose extent is found before they are read.
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

from ruamel.yaml import tokens
from ruamel.yaml.reader import Reader
from ruamel.yaml.scanner import Scanner, ScannerError

from detente.casefile.limits import LONGEST_SCALAR, NO_TEXT, refuse
from detente.errors import Span

_BLANK_IN_BLOCK = re.compile(r" *(?:#[^\n\0]*)?")
_BLANK_IN_FLOW = re.compile(r"[ \t]*(?:#[^\n\0]*)?")
_END_IN_BLOCK = re.compile(r"[\t\n\0]|:(?=[ \t\n\0])| #")
_END_IN_FLOW = re.compile(r"[\t\n\0,\[\]{}]|:(?=[ \t\n\0,\[\]{}])| #")
_SPACES = re.compile(r" *")
_MARKER = re.compile(r"(?:---|\.\.\.)[ \t\n\0]")
_TAG = re.compile(r"![^\s,\[\]{}]*")
_VERSION = re.compile(r"%YAML +1\.2 *(?:#[^\n\0]*)?(?=[\n\0])")


def _found(match: re.Match[str] | None) -> re.Match[str]:
    """Return the match of a pattern that is sure to match: each ends at the NUL behind the text at the latest."""
    assert match is not None
    return match


class Mark:
    """A place in the text: index, line and column, each from 0."""

    __slots__ = ("column", "index", "line")

    def __init__(self, index: int, line: int, column: int) -> None:
        self.index = index
        self.line = line
        self.column = column


class _TextReader(Reader):
    """The text and where the scanner is in it; the text ends with a NUL that is no part of it."""

    def get_mark(self) -> Mark:
        return Mark(self.index, self.line, self.column)


class CaseScanner(Scanner):
    """Scan a text whose line ends are all line feeds; `path` is its name in messages."""

    # ruamel.yaml has these as properties that look up a loader; there is none here.
    reader: Any = None  # Reader has no types
    scanner_processing_version = (1, 2)

    def __init__(self, text: str, path: str) -> None:
        self.path = path
        self.reader = _TextReader(text)
        super().__init__(None)
        self._usual = {
            "[": self.fetch_flow_sequence_start,
            "{": self.fetch_flow_mapping_start,
            "]": self.fetch_flow_sequence_end,
            "}": self.fetch_flow_mapping_end,
            ",": self.fetch_flow_entry,
        }

    def span(self, mark: Any) -> Span:  # Any: a Mark, in errors under ruamel.yaml's name for it
        """Return a place as it is shown to people."""
        return Span(path=self.path, line=mark.line + 1, column=mark.column + 1)

    def peek_token(self) -> Any:
        """Return the next token without taking it."""
        queue = self.tokens
        while not self.done and (not queue or (self.possible_simple_keys and self._may_be_key())):
            self.fetch_more_tokens()
        return queue[0]

    def get_token(self) -> Any:
        """Take the next token."""
        token = self.peek_token()
        self.tokens_taken += 1
        del self.tokens[0]
        return token

    def _may_be_key(self) -> bool:
        self.stale_possible_simple_keys()
        return bool(self.next_possible_simple_key() == self.tokens_taken)

    def fetch_more_tokens(self) -> None:
        """Scan the next token, and those that it brings with it."""
        self.scan_to_next_token()
        if self.possible_simple_keys:
            self.stale_possible_simple_keys()
        reader = self.reader
        if not self.flow_context and self.indent > reader.column:
            self.unwind_indent(reader.column)
        character = reader.buffer[reader.pointer]
        if character in self._usual:
            self._usual[character]()
        elif character.isalnum():
            self.fetch_plain()
        elif character == ":" and self.check_value():
            self.fetch_value()
        else:
            super().fetch_more_tokens()

    def scan_to_next_token(self) -> None:
        """Skip blanks, comments and line ends."""
        reader = self.reader
        text, position = reader.buffer, reader.pointer
        start = position - reader.column
        blank = _BLANK_IN_FLOW if self.flow_context else _BLANK_IN_BLOCK
        position = _found(blank.match(text, position)).end()
        while text[position] == "\n":
            position += 1
            reader.line += 1
            start = position
            if not self.flow_context:
                self.allow_simple_key = True
            position = _found(blank.match(text, position)).end()
        reader.pointer = reader.index = position
        reader.column = position - start

    def fetch_flow_entry(self) -> None:
        """Scan a comma."""
        self.allow_simple_key = True
        if self.possible_simple_keys:
            self.remove_possible_simple_key()
        reader = self.reader
        mark = reader.get_mark()
        reader.pointer += 1
        reader.index += 1
        reader.column += 1
        self.tokens.append(tokens.FlowEntryToken(mark, mark))

    def fetch_plain(self) -> None:
        """Scan a plain scalar; in brackets, one that a comma or bracket ends cannot be a key."""
        reader = self.reader
        text, position = reader.buffer, reader.pointer
        if self.flow_context:
            end = _found(_END_IN_FLOW.search(text, position)).start()
            if text[end] in ",]}" and text[end - 1] != " " and end - position <= LONGEST_SCALAR:
                if self.possible_simple_keys:
                    self.remove_possible_simple_key()
                self.allow_simple_key = False
                mark = reader.get_mark()
                self.tokens.append(tokens.ScalarToken(text[position:end], True, mark, mark))
                reader.pointer = reader.index = end
                reader.column += end - position
                return
        super().fetch_plain()

    def scan_plain(self) -> Any:
        """Scan a plain scalar, one line at a time."""
        reader = self.reader
        text, position = reader.buffer, reader.pointer
        mark = reader.get_mark()
        in_flow = bool(self.flow_context)
        ending = _END_IN_FLOW if in_flow else _END_IN_BLOCK
        parts: list[str] = []
        fold = ""
        while text[position] != "#":
            end = _found(ending.search(text, position)).start()
            part = text[position:end].rstrip(" ")
            if not part:
                break
            self.allow_simple_key = False
            parts += (fold, part)
            position += len(part)
            if position - mark.index > LONGEST_SCALAR:
                self._refuse_long(mark)
            if text[end] != "\n":
                break
            ends = 0
            while text[end] == "\n":
                ends += 1
                start = end + 1
                self.allow_simple_key = True
                if _MARKER.match(text, start):
                    end = start
                    break
                end = _found(_SPACES.match(text, start)).end()
            reader.line += ends
            reader.column = 0
            reader.pointer = start
            position = end
            if _MARKER.match(text, start) or (not in_flow and position - start < self.indent + 1):
                break
            fold = "\n" * (ends - 1) or " "
        if not parts:
            refuse(
                "D004",
                self.span(mark),
                "this is not YAML: expected a value, found ':'.",
                "write `key: value`; a text that begins with a colon goes in quotes.",
            )
        reader.column += position - reader.pointer
        reader.pointer = reader.index = position
        return tokens.ScalarToken("".join(parts), True, mark, mark)

    def scan_flow_scalar(self, style: str) -> Any:
        """Scan a quoted scalar; its end is sought first."""
        reader = self.reader
        mark = reader.get_mark()
        end = self._closing(style)
        written = reader.buffer[reader.pointer + 1 : end]
        if "\n" in written or "\\" in written:
            return self._escaped(style, mark)
        reader.column += end + 1 - reader.pointer
        reader.pointer = reader.index = end + 1
        return tokens.ScalarToken(written.replace("''", "'") if style == "'" else written, False, mark, mark, style)

    def _escaped(self, style: str, mark: Mark) -> Any:
        """Scan a quoted scalar with escapes or several lines; what escapes stand for must be text."""
        try:
            token = super().scan_flow_scalar(style)
            # As in JSON, two escapes can stand for one character beyond the first 65,536.
            token.value = token.value.encode("utf-16", "surrogatepass").decode("utf-16")
            wrong = NO_TEXT.search(token.value) is not None
        except (ValueError, OverflowError):
            wrong = True
        if wrong:
            refuse(
                "D003",
                self.span(mark),
                "the text in quotes that begins here has an escape for what no text has.",
                "delete control characters and halves of characters.",
            )
        return token

    def _closing(self, quote: str) -> int:
        """Return where the quotes close that open here."""
        reader = self.reader
        text, start = reader.buffer, reader.pointer
        end = int(text.find(quote, start + 1))
        while 0 <= end <= start + LONGEST_SCALAR + 1:
            if quote == "'":
                closes = text[end + 1] != quote
                skipped = 2
            else:
                escapes = 0
                while text[end - escapes - 1] == "\\":
                    escapes += 1
                closes = escapes % 2 == 0
                skipped = 1
            if closes:
                break
            end = int(text.find(quote, end + skipped))
        if end < 0:
            refuse(
                "D004",
                self.span(reader.get_mark()),
                f"this is not YAML: the text in quotes that begins here has no closing {quote}.",
                "close the quotes.",
            )
        if end > start + LONGEST_SCALAR + 1:
            self._refuse_long(reader.get_mark())
        return end

    def scan_block_scalar(self, style: str, rt: bool | None = False) -> Any:
        """Scan a literal or folded scalar; how far it reaches is judged first."""
        reader = self.reader
        text = reader.buffer
        start = position = text.find("\n", reader.pointer) + 1
        least = max(self.indent + 1, 1)
        while position:
            indent = _found(_SPACES.match(text, position)).end() - position
            end = text.find("\n", position + indent)
            if end < 0 or (indent < least and end > position + indent):
                break
            position = end + 1
            if position - start > LONGEST_SCALAR:
                self._refuse_long(reader.get_mark())
        return super().scan_block_scalar(style, rt)

    def fetch_directive(self) -> None:
        """Skip ``%YAML 1.2``; refuse any other directive."""
        reader = self.reader
        found = _VERSION.match(reader.buffer, reader.pointer)
        if found is None:
            refuse(
                "D013",
                self.span(reader.get_mark()),
                "a case file is YAML 1.2 and has no other directives.",
                "delete this line.",
            )
        reader.forward(len(found.group()))

    def fetch_tag(self) -> None:
        """Refuse a tag."""
        reader = self.reader
        seen = _found(_TAG.match(reader.buffer, reader.pointer)).group()
        refuse(
            "D008",
            self.span(reader.get_mark()),
            f"the tag '{seen[:40]}' cannot stand in a case file.",
            "delete it; a text that begins with ! goes in quotes.",
        )

    def _refuse_long(self, mark: Mark) -> NoReturn:
        refuse(
            "D005",
            self.span(mark),
            "the text that begins here is longer than 64 kB.",
            "is a closing quote missing? long texts belong into .texts/.",
        )


__all__ = ["CaseScanner", "Mark", "ScannerError"]
