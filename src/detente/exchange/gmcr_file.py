"""Reading a ``.gmcr`` file, the JSON of GMCR+, into what it says; anything unforeseen is one clear error.

Such files come from strangers and from several versions of the program, and carry no version number.  So nothing is
taken on trust: size, encoding, types, indices and words are checked one by one, and keys that only repeat what others
imply are not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TypeVar

from detente.case import Direction
from detente.errors import CaseError, Diagnostic

T = TypeVar("T")

MOST_BYTES = 2 * 1024 * 1024
"""Size of a file (2 MB), as of a case file."""
MOST_OPTIONS = 1_000
"""Options of a file, as measures of a case."""
MOST_PARTIES = 62
"""Decision makers: coalitions of more have no number of 64 bits."""

MOST_ENTRIES = 1_000
"""Statements, patterns or members of one list, but for rankings."""

MOST_CONDITIONS = 5_000
"""Conjunctions of a file, wherever they stand."""

_DIRECTIONS = {"both": Direction.BOTH, "fwd": Direction.FORWARD, "back": Direction.BACKWARD}
_LONGEST_NAME = 500
_UNREAD = ("payoffs", "coalitionsFull", "program", "version")
_READ = (
    "options",
    "decisionMakers",
    "infeasibles",
    "coalitions",
    "useManualPreferenceRanking",
    "useManualPreferenceVectors",
)

Simple = tuple[tuple[int, bool], ...]
"""A conjunction: places of options in the file, and whether each is taken; the empty one always holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmcrOption:
    """An option: its name and which way it can be moved."""

    name: str
    direction: Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class GmcrParty:
    """A decision maker.

    Parameters
    ----------
    options : tuple of int
        Places of its options in the file, each once.
    statements : tuple of tuple of Simple
        The most important first, each a disjunction of conjunctions; repetitions are left out.
    ranking : tuple of tuple of int
        Numbers of the feasible states from 1, best first, those that tie together.
    misperceptions : tuple of Simple
        What this decision maker alone holds to be infeasible.
    """

    name: str
    options: tuple[int, ...]
    statements: tuple[tuple[Simple, ...], ...]
    ranking: tuple[tuple[int, ...], ...]
    misperceptions: tuple[Simple, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GmcrFile:
    """What a file says: options, decision makers, infeasible patterns, coalitions of two or more, what was not read."""

    options: tuple[GmcrOption, ...]
    parties: tuple[GmcrParty, ...]
    infeasible: tuple[Simple, ...]
    coalitions: tuple[tuple[int, ...], ...]
    is_ranked: bool
    not_read: tuple[str, ...]


def read_gmcr(path: Path) -> GmcrFile:
    """Read a ``.gmcr`` file.

    Raises
    ------
    CaseError
        If it is too large, no JSON, or says anything that the format does not foresee (D701).
    OSError
        If it cannot be read.
    """
    with path.open("rb") as stream:
        raw = stream.read(MOST_BYTES + 1)
    return parse_gmcr(raw, path.name)


def parse_gmcr(raw: bytes, name: str) -> GmcrFile:
    """Read the bytes of a ``.gmcr`` file; `name` is what messages call it.

    Raises
    ------
    CaseError
        As for `read_gmcr`.
    """
    reader = _Reader(name)
    if len(raw) > MOST_BYTES:
        reader.refuse("it is larger than 2 MB", "such a file holds a few options and statements; is it another format?")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reader.refuse(f"byte {error.start} is no UTF-8", "save it as UTF-8.")
    try:
        document = json.loads(
            text, object_pairs_hook=reader.unique, parse_constant=reader.constant, parse_int=reader.whole
        )
    except RecursionError:
        reader.refuse("it is nested too deeply", "lists of a .gmcr file are at most five deep.")
    except ValueError as error:
        where = f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        what = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        reader.refuse(f"it is no JSON: {what}{where}", "a .gmcr file is a JSON object.")
    return reader.file(document)


class _Reader:
    """Checks what a document says, and says what is wrong with it and where."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.conditions = 0

    def refuse(self, what: str, help_: str) -> NoReturn:
        raise CaseError([Diagnostic(code="D701", message=f"'{self._name}' cannot be imported: {what}.", help=help_)])

    def unique(self, pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        found: dict[str, object] = {}
        for key, value in pairs:
            if key in found:
                self.refuse(f"the key {_shown(key)} stands twice in one object", "keep one of them.")
            found[key] = value
        return found

    def constant(self, word: str) -> NoReturn:
        self.refuse(f"it has the number {word}", "numbers of a .gmcr file are whole.")

    def whole(self, digits: str) -> int:
        if len(digits) > 20:
            self.refuse(f"it has a number of {len(digits):,} digits", "its numbers count options and states.")
        return int(digits)

    def file(self, document: object) -> GmcrFile:
        if not isinstance(document, Mapping):
            self.refuse(f"it is {_kind(document)}, not an object", 'a .gmcr file begins with {"decisionMakers": …}.')
        options = tuple(
            self.option(entry, f"options.{index}")
            for index, entry in enumerate(self.entries(document.get("options"), "options", MOST_OPTIONS))
        )
        makers = self.entries(document.get("decisionMakers"), "decisionMakers", MOST_PARTIES)
        if not makers:
            self.refuse("it has no decision makers", "'decisionMakers' is a list of one or more.")
        ranked_key = "useManualPreferenceRanking"
        if ranked_key not in document:
            ranked_key = "useManualPreferenceVectors"
        is_ranked = document.get(ranked_key, False)
        if not isinstance(is_ranked, bool):
            self.refuse(f"{ranked_key} is {_kind(is_ranked)}", "it is true or false.")
        parties = tuple(
            self.party(entry, f"decisionMakers.{index}", len(options), is_ranked=is_ranked)
            for index, entry in enumerate(makers)
        )
        if self.conditions > MOST_CONDITIONS:
            self.refuse(f"it has {self.conditions:,} conditions", f"at most {MOST_CONDITIONS:,} can be imported.")
        return GmcrFile(
            options=options,
            parties=parties,
            infeasible=self.simples(document.get("infeasibles"), "infeasibles", len(options)),
            coalitions=self.coalitions(document.get("coalitions"), len(parties)),
            is_ranked=is_ranked,
            not_read=tuple(key for key in document if key not in _READ and key not in _UNREAD),
        )

    def entries(self, value: object, place: str, most: int = MOST_ENTRIES) -> Sequence[object]:
        if value is None:
            return ()
        if not isinstance(value, list):
            self.refuse(f"{place} is {_kind(value)}", "it must be a list.")
        if len(value) > most:
            self.refuse(f"{place} has {len(value):,} entries", f"at most {most:,} can be imported.")
        return value

    def fields(self, value: object, place: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.refuse(f"{place} is {_kind(value)}", "it must be an object.")
        return value

    def name(self, value: object, place: str) -> str:
        if not isinstance(value, str):
            self.refuse(f"{place} is {_kind(value)}", "it must be a text.")
        return " ".join("".join(c if c.isprintable() else " " for c in value[:_LONGEST_NAME]).split())

    def number(self, value: object, place: str, below: int, first: int = 0) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(f"{place} is {_kind(value)}", "it must be a whole number.")
        if not first <= value < below + first:
            known = f"{first} to {below + first - 1}" if below else "none"
            self.refuse(f"{place} is {_shown(str(value))}", f"there is no such entry (there are: {known}).")
        return value

    def option(self, value: object, place: str) -> GmcrOption:
        entry = self.fields(value, place)
        word = entry.get("permittedDirection", "both")
        if not isinstance(word, str) or word not in _DIRECTIONS:
            seen = _shown(word) if isinstance(word, str) else _kind(word)
            self.refuse(f"{place}.permittedDirection is {seen}", f"it must be one of {', '.join(_DIRECTIONS)}.")
        return GmcrOption(name=self.name(entry.get("name"), f"{place}.name"), direction=_DIRECTIONS[word])

    def party(self, value: object, place: str, n_options: int, *, is_ranked: bool) -> GmcrParty:
        entry = self.fields(value, place)
        options = self.entries(entry.get("options"), f"{place}.options")
        preferences = self.entries(entry.get("preferences"), f"{place}.preferences")
        statements = [
            self.condition(each, f"{place}.preferences.{index}", n_options) for index, each in enumerate(preferences)
        ]
        key = "preferenceRanking" if "preferenceRanking" in entry else "preferenceVector"
        return GmcrParty(
            name=self.name(entry.get("name"), f"{place}.name"),
            options=_unique(
                self.number(each, f"{place}.options.{index}", n_options) for index, each in enumerate(options)
            ),
            statements=_unique(statements),
            ranking=self.ranking(entry.get(key), f"{place}.{key}") if is_ranked else (),
            misperceptions=self.simples(entry.get("misperceptions"), f"{place}.misperceptions", n_options),
        )

    def ranking(self, value: object, place: str) -> tuple[tuple[int, ...], ...]:
        """Return the places of a ranking; whether they name the feasible states is for others to say."""
        places = []
        for index, entry in enumerate(self.entries(value, place, MOST_BYTES)):
            tied: list[int] = []
            waiting = [entry]
            while waiting:
                each = waiting.pop()
                if isinstance(each, list):
                    waiting.extend(reversed(each))  # ties within ties are ties
                else:
                    tied.append(self.number(each, f"{place}.{index}", 1 << 62, first=1))
            if tied:
                places.append(tuple(tied))
        return tuple(places)

    def condition(self, value: object, place: str, n_options: int) -> tuple[Simple, ...]:
        if not isinstance(value, Mapping):
            return (self.simple(value, place, n_options),)
        if value.get("compound") is not True:
            self.refuse(f"{place} is an object that is not compound", "a simple condition is a list.")
        return self.simples(value.get("members"), f"{place}.members", n_options)

    def simples(self, value: object, place: str, n_options: int) -> tuple[Simple, ...]:
        listed = self.entries(value, place)
        return _unique(self.simple(each, f"{place}.{index}", n_options) for index, each in enumerate(listed))

    def simple(self, value: object, place: str, n_options: int) -> Simple:
        found = set()
        self.conditions += 1
        if not isinstance(value, list):
            self.refuse(f"{place} is {_kind(value)}", 'a condition is a list of pairs such as [0, "Y"].')
        for index, pair in enumerate(value):
            if not isinstance(pair, list) or len(pair) != 2:
                self.refuse(f"{place}.{index} is no pair", 'it must be a pair such as [0, "Y"].')
            option = self.number(pair[0], f"{place}.{index}.0", n_options)
            if pair[1] not in ("Y", "N"):
                seen = _shown(pair[1]) if isinstance(pair[1], str) else _kind(pair[1])
                self.refuse(f"{place}.{index}.1 is {seen}", 'it must be "Y" or "N".')
            found.add((option, pair[1] == "Y"))
        return tuple(sorted(found))

    def coalitions(self, value: object, n_parties: int) -> tuple[tuple[int, ...], ...]:
        found = []
        for index, entry in enumerate(self.entries(value, "coalitions")):
            members = entry if isinstance(entry, list) else [entry]
            found.append(_unique(self.number(each, f"coalitions.{index}", n_parties) for each in members))
        named = [party for members in found for party in members]
        if len(named) > len(set(named)):
            self.refuse("a decision maker is in two of its coalitions", "each belongs to one at most.")
        return tuple(members for members in found if len(members) > 1)


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _kind(value: object) -> str:
    match value:
        case None:
            return "missing"
        case bool():
            return str(value).lower()
        case str():
            return f"the text {_shown(value)}"
        case int() | float():
            return f"the number {_shown(str(value))[1:-1]}"
        case list():
            return "a list"
    return "an object"
