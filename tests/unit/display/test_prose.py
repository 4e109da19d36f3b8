"""Text for people: wrapped, counted, shortened."""

import pytest

from detente.display.prose import count_noun, format_share, format_short, format_signed, text_width, wrap_text


def test_wide_characters_take_two_columns_and_marks_none() -> None:
    assert (text_width("abc"), text_width("北朝鲜"), text_width("e\u0301")) == (3, 6, 1)


def test_text_is_wrapped_with_its_own_first_line() -> None:
    text = "a long sentence that does not fit into one line of a narrow terminal"
    assert wrap_text(text, 40, first="  - ", rest="    ") == [
        "  - a long sentence that does not fit",
        "    into one line of a narrow terminal",
    ]


def test_text_without_a_width_stays_on_one_line() -> None:
    assert wrap_text("a b " * 100, None, first="- ") == ["- " + "a b " * 100]


def test_nothing_is_one_empty_line() -> None:
    assert wrap_text("", 40) == [""]


def test_a_word_that_does_not_fit_is_kept_whole() -> None:
    assert wrap_text("measures.security-mechanism.effects", 24) == ["measures.security-mechanism.effects"]


@pytest.mark.parametrize(
    ("number", "noun", "plural", "text"),
    [
        (1, "roadmap", None, "1 roadmap"),
        (0, "roadmap", None, "0 roadmaps"),
        (6, "party", None, "6 parties"),
        (2, "day", None, "2 days"),
        (2, "measure in force", "measures in force", "2 measures in force"),
    ],
)
def test_nouns_are_counted(number: int, noun: str, plural: str | None, text: str) -> None:
    assert count_noun(number, noun, plural) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (1.234, "+1.23"),
        (-12.5, "-12.50"),
        (0.005, "+0.01"),
        (0.00499, "+0.0050"),
        (-0.0042, "-0.0042"),
        (3e-9, "+3e-09"),
    ],
)
def test_a_margin_shows_its_sign_however_small(number: float, text: str) -> None:
    assert format_signed(number) == text


@pytest.mark.parametrize(
    ("number", "text"), [(0.5, "0.5"), (0.017771, "0.01777"), (12345.678, "1.235e+04"), (3.0, "3")]
)
def test_numbers_are_shortened(number: float, text: str) -> None:
    assert format_short(number) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0%"), (1.0, "100%"), (0.364, "36%"), (0.999, "99.9%"), (0.0004, "0.0%"), (0.004, "0.4%")]
)
def test_a_share_is_a_percentage_and_all_of_it_only_if_it_is(share: float, text: str) -> None:
    assert format_share(share) == text
