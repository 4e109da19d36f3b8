"""Anchors find their passages again, and say so when they cannot."""

import hashlib
from dataclasses import replace

import pytest

from detente.case import Anchor
from detente.errors import OptionError
from detente.evidence import LEAST_LENGTH, anchor_passage, check_anchor, fold

FIRST = "Both harbours open their gates on the same morning, said the envoy."
SECOND = "The ferry between them sails only while “neither side” keeps soldiers on the quay."
TEXT = f"A treaty of two islands\n\n{FIRST}\n\n{SECOND}\n"


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("", ""),
        (" –…\n“”", ""),
        ("Two Ports, 1842!", "twoports1842"),
        ("Straße", "strasse"),
        ("ﬁle №5 ²", "fileno52"),
        ("北朝鮮 ΣΊΣΥΦΟΣ", "北朝鮮σίσυφοσ"),
        ("Cafe\u0301", "caf\u00e9"),
    ],
)
def test_fold_keeps_letters_and_digits_without_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", [TEXT, "ẞ İ ŉ ﬀ ͅ ½ Ⅷ ㎏"])
def test_fold_of_a_folded_text_is_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_anchor_holds_place_and_hash_of_the_folded_passage() -> None:
    passage = "bothharboursopentheirgatesonthesamemorningsaidtheenvoy"
    assert anchor_passage(TEXT, FIRST) == Anchor(
        start=len("atreatyoftwoislands"),
        length=len(passage),
        sha256=hashlib.sha256(passage.encode("utf-8")).hexdigest(),
    )


@pytest.mark.parametrize("passage", [FIRST, SECOND, f"{FIRST} {SECOND}"])
def test_anchored_stretch_of_the_folded_text_is_the_passage(passage: str) -> None:
    anchor = anchor_passage(TEXT, passage)
    assert fold(TEXT)[anchor.start : anchor.start + anchor.length] == fold(passage)


def test_length_counts_code_points_and_the_hash_is_of_utf8() -> None:
    passage = "é" * LEAST_LENGTH
    anchor = anchor_passage(f"x {passage}", passage)
    assert (anchor.start, anchor.length) == (1, LEAST_LENGTH)
    assert anchor.sha256 == hashlib.sha256(b"\xc3\xa9" * LEAST_LENGTH).hexdigest()


def test_short_passage_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        anchor_passage(TEXT, "Both harbours open their gates.")
    assert str(caught.value) == (
        "the passage has 26 letters and digits; an anchor needs at least 40: widen it to the whole sentence"
    )


def test_passage_of_the_least_length_is_accepted() -> None:
    passage = fold(FIRST)[:LEAST_LENGTH]
    assert anchor_passage(TEXT, passage).length == LEAST_LENGTH


def test_passage_that_is_not_in_the_document_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        anchor_passage(TEXT, FIRST.replace("morning", "evening"))
    assert str(caught.value) == ("the passage is not in the document: copy it from there, word for word")


def test_passage_that_occurs_twice_is_refused() -> None:
    with pytest.raises(OptionError) as caught:
        anchor_passage(f"{TEXT}{FIRST}", FIRST)
    assert str(caught.value) == ("the passage is in the document more than once: widen it until it is unique")


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.replace("“", '"').replace("”", '"'),
        TEXT.replace(" ", "\n"),
        TEXT.upper(),
        f"{TEXT}\nA postscript of the publisher.",
    ],
    ids=["same", "straight-quotes", "rewrapped", "capitals", "longer"],
)
def test_anchor_is_ok_where_only_dress_changed(text: str) -> None:
    assert check_anchor(text, anchor_passage(TEXT, SECOND)) == "ok"


@pytest.mark.parametrize(
    "text",
    [f"An inserted paragraph.\n{TEXT}", SECOND, f"{SECOND}\n{FIRST}"],
    ids=["inserted", "cut-before", "swapped"],
)
def test_anchor_is_moved_where_the_passage_is_elsewhere(text: str) -> None:
    assert check_anchor(text, anchor_passage(TEXT, SECOND)) == "moved"


@pytest.mark.parametrize(
    "text",
    ["", FIRST, TEXT.replace("soldiers", "sailors"), TEXT.replace(SECOND, SECOND[:-9])],
    ids=["empty", "other-passage", "altered-word", "cut"],
)
def test_anchor_is_lost_where_the_passage_is_gone(text: str) -> None:
    assert check_anchor(text, anchor_passage(TEXT, SECOND)) == "lost"


def test_anchor_with_another_hash_is_lost() -> None:
    anchor = replace(anchor_passage(TEXT, FIRST), sha256="0" * 64)
    assert check_anchor(TEXT, anchor) == "lost"
