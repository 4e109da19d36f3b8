"""The gallery: published conflicts as case folders that come with the program."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent


def gallery_names() -> tuple[str, ...]:
    """Return the names of the gallery's cases, in alphabetical order."""
    return tuple(sorted(folder.parent.name for folder in _HERE.glob("*/case.yaml")))


def find_gallery_case(name: str) -> Path | None:
    """Return the folder of a gallery case, None if there is none of this name."""
    return _HERE / name if name in gallery_names() else None
