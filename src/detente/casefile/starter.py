"""The starter case that `detente new` writes: small, complete and commented."""

from __future__ import annotations

from pathlib import Path

from detente.casefile.writer import replace_file
from detente.errors import OptionError

_TEMPLATES = Path(__file__).parent / "starter_case"
_FILES = ("case.yaml", "claims.yaml", "documents.yaml")
_IGNORE = "# Texts of documents stay here: a case can be shared when its texts may not be.\n.texts/\n"


def new_case(directory: str | Path) -> Path:
    """Write a commented starter case into a new or empty folder, and return the folder.

    Raises
    ------
    OptionError
        If the folder is not empty, is no folder, or cannot be written to.
    """
    folder = Path(directory)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise OptionError(f"the folder {folder} is not empty; a new case needs a folder of its own")
        for name in _FILES:
            replace_file(folder / name, (_TEMPLATES / name).read_text(encoding="utf-8"))
        replace_file(folder / ".gitignore", _IGNORE)
    except FileExistsError as error:
        raise OptionError(f"{folder} is a file; a new case needs a folder") from error
    except OSError as error:
        raise OptionError(f"cannot write {error.filename or folder}: {error.strerror or error}") from error
    return folder
