"""Lists of states too long for a JSON document: each in a Parquet file of its own, written whole or not at all."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detente.errors import OptionError
from detente.kernel.system import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFiles:
    """Where lists of states go: `folder`/`stem`.states/`name`.parquet, one column ``state`` of masks."""

    folder: Path
    stem: str

    def write(self, name: str, masks: IntArray) -> Path:
        """Write one list and return its absolute path, which is right wherever the document is read.

        Raises
        ------
        OptionError
            If the file cannot be written.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        place = self.folder / f"{self.stem}.states"
        path = place / f"{name}.parquet"
        temporary = place / f".{name}.{os.getpid()}.parquet"
        try:
            place.mkdir(exist_ok=True)
            pq.write_table(pa.table({"state": pa.array(masks)}), temporary)
            os.replace(temporary, path)
        except OSError as error:
            raise OptionError(f"'{path}' cannot be written: {error.strerror}") from None
        finally:
            with suppress(OSError):  # it was renamed, or never made
                temporary.unlink()
        return path.absolute()


def list_or_file(masks: IntArray, files: StateFiles | None, name: str) -> object:
    """Return masks as they stand in JSON: an array, or the file that holds them and how many there are."""
    if files is None:
        return np.asarray(masks)
    return {"file": str(files.write(name, masks)), "count": int(masks.size)}
