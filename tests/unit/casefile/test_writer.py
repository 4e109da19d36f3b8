"""Writing cases: what stays as it was, what changes, and what happens when it cannot be done."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest

from detente.case import Case, Measure, Party
from detente.casefile import case_from_tree, change_case, read_case, write_case
from detente.errors import CaseError, OptionError

TEXT = """# The first line.
detente: 1
name:   Small      # spaces stay

parties:
  # the one
  usa: { name: 'United States', hazard: 0.010, breakdown: -1 }   # of two
  dprk:
    hazard: [ 0.001, 1e-2,  0.02 ]

measures:
  freeze:
    by: [dprk]
    direction: both    # stated though it is so anyway
    value: {usa: 1, dprk: 0}
  relief:
    by: [usa]
    levels: [25%, 100%]
    value: {dprk: 4, usa: -1}   # in total
# The last line.
"""


def written(folder: Path, text: str = TEXT) -> Path:
    file = folder / "small.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def lines_changed(before: str, after: str) -> list[tuple[str, str]]:
    first, second = before.splitlines(), after.splitlines()
    assert len(first) == len(second)
    return [
        (one.strip(), other.strip()) for one, other in zip(first, second, strict=True) if one.split() != other.split()
    ]


def changed_text(folder: Path, settings: dict[str, object], text: str = TEXT) -> str:
    file = written(folder, text)
    changed = change_case(read_case(file), settings)
    write_case(changed, file)
    assert read_case(file) == changed
    return file.read_text(encoding="utf-8")


def test_unchanged_case_is_written_byte_for_byte(tmp_path: Path) -> None:
    text = TEXT.replace("\n", "\r\n")
    file = tmp_path / "small.yaml"
    file.write_bytes(text.encode())
    write_case(read_case(file), tmp_path / "copy.yaml")
    assert (tmp_path / "copy.yaml").read_bytes() == text.encode()


def test_only_what_changed_is_edited(tmp_path: Path) -> None:
    after = changed_text(tmp_path, {"parties.dprk.hazard": 0.5, "measures.freeze.value.usa": [1, 2, 3]})
    assert [change for change in lines_changed(TEXT, after) if "hazard: [" in change[0] or "value" in change[0]] == [
        ("hazard: [ 0.001, 1e-2,  0.02 ]", "hazard: 0.5"),
        ("value: {usa: 1, dprk: 0}", "value: {usa: [1, 2, 3], dprk: 0}"),
    ]
    for comment in ("# The first line.", "# spaces stay", "# the one", "# of two", "# in total", "# The last line."):
        assert comment in after
    assert "hazard: 0.010" in after
    assert "'United States'" in after


def test_total_of_a_graded_measure_stays_a_total(tmp_path: Path) -> None:
    after = changed_text(tmp_path, {"measures.relief.value.dprk": 8})
    assert "value: {dprk: 8, usa: -1}   # in total" in after
    assert "levels: [25%, 100%]" in after


def test_increment_of_one_level_turns_the_measure_into_increments(tmp_path: Path) -> None:
    after = changed_text(tmp_path, {"measures.relief.25%.value.dprk": 3})
    assert "value: {usa: -1}" in after
    assert '      "25%":\n        value: {dprk: 3}\n      "100%":\n        value: {dprk: 3}\n' in after


def test_explicit_default_does_not_stand_in_the_way(tmp_path: Path) -> None:
    after = changed_text(tmp_path, {"measures.freeze.direction": "backward"})
    assert "direction: backward" in after
    assert "direction: both" not in after


def test_measure_that_is_new_or_gone_changes_nothing_else(tmp_path: Path) -> None:
    file = written(tmp_path)
    case = read_case(file)
    talks = Measure(id="talks", name="Talks", owners=("usa", "dprk"), requires=("freeze",))
    changed = replace(case, measures=(case.measures[0], talks))
    write_case(changed, file)
    assert read_case(file) == changed
    after = file.read_text(encoding="utf-8")
    assert after.endswith("  talks: {name: Talks, by: [usa, dprk], requires: [freeze]}\n")
    assert "# stated though it is so anyway" in after
    assert "relief" not in after


def test_order_of_measures_is_kept_because_it_counts(tmp_path: Path) -> None:
    file = written(tmp_path)
    case = read_case(file)
    changed = replace(case, measures=(*case.measures[1:], case.measures[0]))
    write_case(changed, file)
    assert [measure.id for measure in read_case(file).measures] == ["relief.25%", "relief.100%", "freeze"]
    assert "# in total" in file.read_text(encoding="utf-8")


def test_name_that_only_the_file_gave_is_stated_where_the_file_has_another(tmp_path: Path) -> None:
    text = TEXT.replace("name:   Small      # spaces stay\n", "")
    file = written(tmp_path, text)
    case = read_case(file)
    write_case(case, file)
    assert file.read_text(encoding="utf-8") == text
    write_case(case, tmp_path / "copy.yaml")
    after = (tmp_path / "copy.yaml").read_text(encoding="utf-8")
    assert after.startswith("# The first line.\ndetente: 1\n\nname: small\nparties:\n")
    assert after.endswith("# The last line.\n")


def test_settings_that_were_laid_over_are_part_of_what_is_written(tmp_path: Path) -> None:
    case = read_case(written(tmp_path), settings={"parties.usa.hazard": 0.9})
    write_case(case, tmp_path / "copy.yaml")
    assert read_case(tmp_path / "copy.yaml").party("usa").hazard == 0.9


def test_case_made_in_python_gets_a_tidy_file(tmp_path: Path) -> None:
    case = Case(
        name="Two: a try",
        parties=(Party(id="a", name="A", discount=0.9), Party(id="b", name="b", breakdown=-2.5)),
        measures=(Measure(id="m", name="m", owners=("a",), value={"a": 1.0, "b": -0.5}),),
    )
    write_case(case, tmp_path / "made")
    assert (tmp_path / "made" / "case.yaml").read_text(encoding="utf-8") == (
        'detente: 1\nname: "Two: a try"\n\n'
        "parties:\n  a: {name: A, discount: 0.9}\n  b: {breakdown: -2.5}\n\n"
        "measures:\n  m:\n    by: [a]\n    value: {a: 1, b: -0.5}\n"
    )
    assert read_case(tmp_path / "made") == case


def test_evidence_goes_into_files_beside_and_keeps_its_text(tmp_path: Path) -> None:
    case = read_case("korea-2018")
    write_case(case, tmp_path / "copy")
    assert case.source is not None
    for name, text in {"case.yaml": case.source.text, **case.source.beside}.items():
        assert (tmp_path / "copy" / name).read_text(encoding="utf-8") == text
    changed = replace(case, claims=case.claims[1:])
    write_case(changed, tmp_path / "copy")
    assert read_case(tmp_path / "copy") == changed
    after = (tmp_path / "copy" / "claims.yaml").read_text(encoding="utf-8")
    assert after.startswith("# Coded claims and assumptions of korea-2018")


def test_evidence_is_not_lost_in_a_single_file(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        write_case(read_case("korea-2018"), tmp_path / "korea.yaml")
    assert str(caught.value) == (
        f"{tmp_path}/korea.yaml cannot hold claims and documents: write a folder, or a file named case.yaml"
    )


def test_invalid_case_is_not_written(tmp_path: Path) -> None:
    case = Case(name="x", parties=(Party(id="a", name="a", hazard=2.0),))
    with pytest.raises(CaseError) as caught:
        write_case(case, tmp_path / "x.yaml")
    assert str(caught.value) == "error[D104]: parties.a.hazard is 2.\n    help: it must be >= 0 and < 1."
    assert list(tmp_path.iterdir()) == []


def test_levels_that_a_file_cannot_state_are_refused(tmp_path: Path) -> None:
    tree: dict[str, Any] = {
        "detente": 1,
        "parties": {"a": {}},
        "measures": {"m": {"by": ["a"], "levels": ["x", "y"]}},
    }  # Any: as a case file
    case = case_from_tree(tree)
    odd = replace(case, measures=(case.measures[0], replace(case.measures[1], duration=5)))
    with pytest.raises(OptionError) as caught:
        write_case(odd, tmp_path / "x.yaml")
    assert str(caught.value) == (
        "the levels of 'm' cannot be written: 'm.y' differs from the first in more than name, value, effects, cost, "
        "undo-cost and deters, or does not require the level before"
    )


def test_text_that_no_file_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as caught:
        write_case(Case(name="bell \x07"), tmp_path / "x.yaml")
    assert str(caught.value) == "the case cannot be written: what a file can say of it reads as another case"
    assert list(tmp_path.iterdir()) == []


def test_file_stays_as_it_was_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path)
    case = change_case(read_case(file), {"name": "Other"})

    def fail(self: Path, target: Path) -> NoReturn:
        raise OSError(28, "No space left on device", str(target))

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OptionError) as caught:
        write_case(case, file)
    assert str(caught.value) == f"cannot write {file}: No space left on device"
    assert file.read_text(encoding="utf-8") == TEXT
    assert list(tmp_path.iterdir()) == [file]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    file = written(tmp_path)
    file.chmod(0o640)
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    write_case(change_case(read_case(file), {"name": "Other"}), link)
    assert link.is_symlink()
    assert read_case(file).name == "Other"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
