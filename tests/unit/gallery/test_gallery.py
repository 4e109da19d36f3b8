"""Which cases the gallery has, and where."""

from detente.casefile import read_case
from detente.gallery import find_gallery_case, gallery_names


def test_gallery_lists_its_cases_and_each_can_be_read() -> None:
    assert gallery_names() == ("korea-2018",)
    for name in gallery_names():
        folder = find_gallery_case(name)
        assert folder is not None
        assert (folder / "case.yaml").is_file()
        assert read_case(name).parties


def test_unknown_name_is_no_case_of_the_gallery() -> None:
    assert find_gallery_case("korea-2081") is None
    assert find_gallery_case("../gallery/korea-2018") is None
