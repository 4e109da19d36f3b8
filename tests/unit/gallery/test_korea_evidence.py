"""Every number of korea-2018 has its evidence, and all evidence is about something that is in the case.

The files are read with ruamel.yaml directly, without the program's own reader.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

import detente

FOLDER = Path(detente.__file__).parent / "gallery" / "korea-2018"
NOT_EVIDENCE = {("detente",)}  # the version of the format

Place = tuple[str, ...]
Yaml = dict[str, object]


def _load(name: str) -> Yaml:
    loaded = YAML(typ="safe", pure=True).load(FOLDER / name)
    assert isinstance(loaded, dict)
    return loaded


CASE, EVIDENCE, DOCUMENTS = _load("case.yaml"), _load("claims.yaml"), _load("documents.yaml")


def _mapping(value: object) -> Yaml:
    assert isinstance(value, dict), value
    return value


def _sequence(value: object) -> list[object]:
    assert isinstance(value, list), value
    return value


CLAIMS = {key: _mapping(claim) for key, claim in _mapping(EVIDENCE["claims"]).items()}
ASSUMED = [_mapping(entry) for entry in _sequence(EVIDENCE["assumed"])]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _children(value: object) -> Iterator[tuple[str, object]]:
    """Yield the keys of a mapping or the indices of a list, as text, with what stands there."""
    if isinstance(value, dict):
        yield from ((str(key), child) for key, child in value.items())
    elif isinstance(value, list):
        yield from ((str(index), child) for index, child in enumerate(value))


def _is_quantity(value: object) -> bool:
    """Say whether something is a number or a range of three."""
    if isinstance(value, list):
        return len(value) == 3 and all(_is_number(number) for number in value)
    return _is_number(value)


def _numbers(value: object, path: Place = ()) -> Iterator[Place]:
    """Yield the path of every number or range below a value."""
    if _is_quantity(value):
        yield path
        return
    for key, child in _children(value):
        yield from _numbers(child, (*path, key))


def _split(place: str, value: object = CASE, done: Place = ()) -> Place | None:
    """Split a dotted place into keys, the longest key that fits first; None if it is not in the case."""
    if not place:
        return done
    for key, child in sorted(_children(value), key=lambda item: -len(item[0])):
        if place == key or place.startswith(f"{key}."):
            split = _split(place[len(key) + 1 :], child, (*done, key))
            if split is not None:
                return split
    return None


def _places(entry: Yaml, key: str) -> list[str]:
    return [str(place) for place in _sequence(entry[key])]


def _covers(places: set[Place], number: Place) -> bool:
    """Say whether a place, or one above it, is among those given."""
    return any(number[:length] in places for length in range(1, len(number) + 1))


def _lines_of_numbers() -> dict[int, list[Place]]:
    """Return the numbers of the case by the line (from 0) on which their innermost key stands."""
    by_line: dict[int, list[Place]] = {}

    def walk(node: object, path: Place) -> None:
        for key, child in _children(node):
            place = node.lc.data[key if isinstance(node, dict) else int(key)]  # type: ignore[attr-defined]  # ruamel's round-trip nodes
            if _is_quantity(child):
                by_line.setdefault(place[0], []).append((*path, key))
            else:
                walk(child, (*path, key))

    walk(YAML(typ="rt").load(FOLDER / "case.yaml"), ())
    return by_line


def _cited(comment: str) -> set[tuple[str, int]]:
    """Return the documents and paragraphs that a comment names, such as ``d004 ¶21, ¶25``."""
    return {
        (found["document"], int(paragraph))
        for found in re.finditer(r"(?P<document>d\d{3}) (?P<paragraphs>¶\d+(?:, ¶\d+)*)", comment)
        for paragraph in re.findall(r"\d+", found["paragraphs"])
    }


NUMBERS = [path for path in _numbers(CASE) if path not in NOT_EVIDENCE]
SUPPORTED = {split for claim in CLAIMS.values() for place in _places(claim, "supports") if (split := _split(place))}
ASSUMED_PLACES = {split for entry in ASSUMED for place in _places(entry, "places") if (split := _split(place))}
CODED = {
    (claim["document"], claim["paragraph"]): {
        split
        for other in CLAIMS.values()
        if (other["document"], other["paragraph"]) == (claim["document"], claim["paragraph"])
        for place in _places(other, "supports")
        if (split := _split(place))
    }
    for claim in CLAIMS.values()
}


def test_there_are_numbers_to_check() -> None:
    assert len(NUMBERS) > 300


def test_every_number_rests_on_a_claim_or_an_assumption() -> None:
    bare = [".".join(path) for path in NUMBERS if not _covers(SUPPORTED | ASSUMED_PLACES, path)]
    assert bare == []


def test_every_setting_of_a_reading_rests_on_a_claim_of_its_own_document() -> None:
    for reading, content in _mapping(CASE["readings"]).items():
        document = _mapping(content)["document"]
        own = {
            split
            for claim in CLAIMS.values()
            if claim["document"] == document
            for place in _places(claim, "supports")
            if (split := _split(place))
        }
        settings = [("readings", reading, "set", str(key)) for key in _mapping(_mapping(content)["set"])]
        assert [setting for setting in settings if setting not in own] == []


def test_every_setting_of_a_reading_names_a_number_of_the_case() -> None:
    settings = [
        str(key) for content in _mapping(CASE["readings"]).values() for key in _mapping(_mapping(content)["set"])
    ]
    assert [setting for setting in settings if _split(setting) not in set(NUMBERS)] == []


@pytest.mark.parametrize(
    "entries",
    [
        [(key, _places(claim, "supports")) for key, claim in CLAIMS.items()],
        [(str(entry["reason"]), _places(entry, "places")) for entry in ASSUMED],
    ],
    ids=["claims", "assumed"],
)
def test_every_place_named_by_evidence_is_in_the_case(entries: list[tuple[str, list[str]]]) -> None:
    assert [(name, place) for name, places in entries for place in places if _split(place) is None] == []
    assert [name for name, places in entries if not places] == []


def test_comments_and_claims_say_the_same() -> None:
    lines = (FOLDER / "case.yaml").read_text(encoding="utf-8").splitlines()
    wrong = []
    for number, paths in _lines_of_numbers().items():
        paths = [path for path in paths if path not in NOT_EVIDENCE]
        comment = lines[number].partition(" # ")[2]
        cited, assumed = _cited(comment), "assumed:" in comment
        unsupported = [source for source in cited if not any(_covers(CODED.get(source, set()), path) for path in paths)]
        unassumed = [path for path in paths if assumed and not _covers(ASSUMED_PLACES, path)]
        if paths and (not (cited or assumed) or unsupported or unassumed):
            wrong.append((number + 1, unsupported, unassumed))
    assert wrong == []


def test_claims_are_complete_and_within_their_scales() -> None:
    keys = {
        "document", "paragraph", "anchor", "voice", "mode", "party",
        "subject", "stance", "strength", "paraphrase", "supports",
    }  # fmt: skip
    documents = _mapping(DOCUMENTS["documents"])
    for claim in CLAIMS.values():
        assert set(claim) == keys
        document = _mapping(documents[str(claim["document"])])
        assert claim["paragraph"] in range(1, int(str(document["paragraphs"])) + 1)
        assert claim["mode"] in {"quotation", "report", "characterisation", "inference"}
        assert claim["stance"] in range(-2, 3)
        assert claim["strength"] in range(1, 6)
        assert claim["party"] in _mapping(CASE["parties"])
        assert _sequence(claim["voice"])
        assert claim["paraphrase"]


def test_anchors_are_long_enough_and_lie_within_their_documents() -> None:
    documents = _mapping(DOCUMENTS["documents"])
    for claim in CLAIMS.values():
        anchor = _mapping(claim["anchor"])
        start, length = int(str(anchor["start"])), int(str(anchor["length"]))
        folded = int(str(_mapping(documents[str(claim["document"])])["folded-length"]))
        assert length >= 40
        assert 0 <= start <= folded - length
        assert re.fullmatch(r"[0-9a-f]{64}", str(anchor["sha256"]))


def test_each_reading_and_each_claim_names_a_document_that_is_described() -> None:
    readings = {str(_mapping(content)["document"]) for content in _mapping(CASE["readings"]).values()}
    assert readings == {str(claim["document"]) for claim in CLAIMS.values()} == set(_mapping(DOCUMENTS["documents"]))
