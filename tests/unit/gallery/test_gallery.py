"""Which cases the gallery has, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

import detente.gallery
from detente.casefile import read_case
from detente.errors import OptionError
from detente.gallery import find_gallery_case, gallery_names, source_of
from docs.generate_gallery_reference import PAGE, gallery_page


def test_gallery_lists_its_cases_and_each_can_be_read() -> None:
    names = gallery_names()
    assert list(names) == sorted(names)
    assert {"korea-2018", "korea-2018-conflict", "rapoport-1966/chicken", "hipel-1993/elmira"} <= set(names)
    for name in names:
        file = find_gallery_case(name)
        assert file is not None
        assert file.is_file()
        case = read_case(name)
        assert case.parties
        assert case.source is not None
        assert case.source.path == (f"{name}.yaml" if "/" in name else f"{name}/case.yaml")


def test_slug_alone_names_a_case() -> None:
    assert find_gallery_case("elmira") == find_gallery_case("hipel-1993/elmira")
    assert read_case("elmira") == read_case("hipel-1993/elmira")


def test_slug_of_several_cases_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("brams-1994", "howard-1971"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "vietnam.yaml").write_text("detente: 1\n")
    monkeypatch.setattr(detente.gallery, "_HERE", tmp_path)
    with pytest.raises(OptionError) as error:
        find_gallery_case("vietnam")
    assert str(error.value) == (
        "'vietnam' is in the gallery more than once; say which: brams-1994/vietnam, howard-1971/vietnam"
    )
    assert source_of("brams-1994/vietnam") == ""


@pytest.mark.parametrize(
    "name", ["korea-2081", "../gallery/korea-2018", "", "rapoport-1966", "claims", "korea-2018/case"]
)
def test_unknown_name_is_no_case_of_the_gallery(name: str) -> None:
    assert find_gallery_case(name) is None


def test_published_conflicts_say_where_they_are_from() -> None:
    assert source_of("chicken") == (
        "Rapoport and Guyer (1966), A taxonomy of 2 × 2 games, General Systems 11, 203–214: game no. 66"
    )
    assert source_of("korea-2018") == ""


def test_page_of_the_gallery_is_in_step() -> None:
    assert PAGE.read_text(encoding="utf-8") == gallery_page(), "run python docs/generate_gallery_reference.py"
