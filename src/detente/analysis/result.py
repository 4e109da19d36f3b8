"""What every analysis returns: an answer with its status, its method and where it comes from."""

from __future__ import annotations

import html
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from detente._version import __version__
from detente.analysis.pieces import write_pieces
from detente.case import Case

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

FORMAT_VERSION = 1
"""Version of the case file and of the JSON that analyses write."""


class Status(StrEnum):
    """How an answer is to be taken; *none* and *stopped* are answers too."""

    ANSWERED = "answered"
    OPTIMAL = "optimal"
    NONE = "none"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Which case, in which version and under which reading, gave an answer, and how long that took."""

    case: str
    digest: str
    reading: str | None = None
    version: str = __version__
    seconds: float = 0.0

    @classmethod
    def of(cls, case: Case, *, reading: str | None, seconds: float) -> Provenance:
        """Describe where an answer on a case comes from."""
        return cls(case=case.name, digest=case.digest, reading=reading, seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of an explanation, and what it rests on.

    Parameters
    ----------
    text : str
        The sentence, for people.
    parties, measures : tuple of str
        Ids that it speaks of.
    stage : int or None
        Stage, counted from 1.
    """

    text: str
    parties: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    stage: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """An answer in plain sentences, the most important first."""

    sentences: tuple[Sentence, ...] = ()

    def __str__(self) -> str:
        return "\n".join(sentence.text for sentence in self.sentences)

    def _repr_html_(self) -> str:
        items = "".join(f"<li>{html.escape(sentence.text)}</li>" for sentence in self.sentences)
        return f"<ul>{items}</ul>"


@dataclass(frozen=True, eq=False, kw_only=True)
class Result(ABC):
    """An answer; its numbers are offered as a frame, a picture, sentences and JSON.

    Parameters
    ----------
    status : Status
        How the answer is to be taken.
    method : str
        How it was found.
    parameters : mapping
        The options that it was found with.
    provenance : Provenance
        Where it comes from.
    seed : int or None
        Seed of random draws, where there are any.
    references : tuple of str
        Keys of the bibliography that the method follows.
    """

    status: Status
    method: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    provenance: Provenance
    seed: int | None = None
    references: tuple[str, ...] = ()

    @abstractmethod
    def _body(self) -> dict[str, object]:
        """The part of the JSON that is this analysis' own."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Return the answer as a table with labels, one row per finding."""

    @abstractmethod
    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the answer."""

    @abstractmethod
    def explain(self) -> Explanation:
        """Say the answer in plain sentences."""

    def to_dict(self) -> dict[str, object]:
        """Return what the command writes as JSON: who, what, how long, then the answer."""
        return {**self._header(), **self._body()}

    def stream_json(self, *, beside: Path | None = None, ascii_only: bool = False) -> Iterator[str]:
        """Write the JSON of `to_dict` piece by piece, without ever holding the whole of a long text.

        Parameters
        ----------
        beside : Path, optional
            The file that the JSON goes to; what is too long for it goes to files beside that one, or in the working
            folder.
        ascii_only : bool
            Whether letters beyond ASCII are escaped.
        """
        yield from write_pieces(self._streamed(beside), ascii_only=ascii_only)

    def _streamed(self, beside: Path | None) -> dict[str, object]:
        """The JSON that is streamed; a result with long lists says here where they go."""
        del beside  # what is short needs no other files
        return self.to_dict()

    def _header(self) -> dict[str, object]:
        origin = self.provenance
        return {
            "detente": FORMAT_VERSION,
            "case": origin.case,
            "digest": origin.digest,
            "reading": origin.reading,
            "method": self.method,
            "parameters": dict(self.parameters),
            "seconds": round(origin.seconds, 6),
        }

    def _repr_html_(self) -> str:
        return self.explain()._repr_html_() + str(self.to_frame().to_html(index=False, float_format="{:.3g}".format))
