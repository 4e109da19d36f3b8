"""Files written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from detente.errors import OptionError


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary name beside a file to write to; the file takes its place once all is written.

    Raises
    ------
    OptionError
        If the file cannot be written; what stood there before then stays.
    """
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OptionError(f"'{path}' cannot be written: {error.strerror or error}") from error
    finally:
        with suppress(OSError):  # it was renamed, or never made
            temporary.unlink()
