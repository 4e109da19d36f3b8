"""The gallery: published conflicts, and one case in full, as case files that come with the program.

A case in full is a folder with its evidence; a published conflict is a single file in a folder named by author and
year, which begins with its source.
"""

from __future__ import annotations

from pathlib import Path

from detente.errors import OptionError

_HERE = Path(__file__).parent


def gallery_names() -> tuple[str, ...]:
    """Return the names of the gallery's cases, in alphabetical order: ``folder`` or ``author-year/slug``."""
    folders = [file.parent.name for file in _HERE.glob("*/case.yaml")]
    files = [f"{file.parent.name}/{file.stem}" for file in _HERE.glob("*/*.yaml") if file.parent.name not in folders]
    return tuple(sorted([*folders, *files]))


def find_gallery_case(name: str) -> Path | None:
    """Return the file of a gallery case, None if there is none of this name.

    Parameters
    ----------
    name : str
        As listed; of ``author-year/slug``, the slug alone will do where only one case has it.

    Raises
    ------
    OptionError
        If several cases have this slug.
    """
    names = gallery_names()
    found = [name] if name in names else [each for each in names if each.endswith(f"/{name}")]
    if len(found) > 1:
        raise OptionError(f"'{name}' is in the gallery more than once; say which: {', '.join(found)}")
    if not found:
        return None
    return _HERE / found[0] / "case.yaml" if "/" not in found[0] else _HERE / f"{found[0]}.yaml"


def source_of(name: str) -> str:
    """Return where a gallery case is from: what its file says first, after ``# Source:``; empty for a case in full."""
    file = find_gallery_case(name)
    assert file is not None, name
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix("# Source:").strip() if first.startswith("# Source:") else ""
