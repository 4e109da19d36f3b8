"""The ids that a case declares, gathered before anything is checked, so that references can look ahead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from detente.case.conditions import KEYWORDS
from detente.casefile import tree
from detente.casefile.tree import Node, Scalar, Sequence

Kind = Literal[
    "party", "interest", "measure", "forum", "format", "roadmap", "issue", "reading", "document", "claim", "state"
]

SECTIONS: Mapping[str, Kind] = {
    "parties": "party",
    "interests": "interest",
    "measures": "measure",
    "forums": "forum",
    "formats": "format",
    "roadmaps": "roadmap",
    "issues": "issue",
    "readings": "reading",
    "documents": "document",
    "claims": "claim",
}
"""The kind of thing that each section declares, by its keys."""

_LABEL = re.compile(r"[\w%.-]+")


@dataclass(slots=True, kw_only=True)
class Names:
    """Ids by kind, each with the node that declares it.

    `chains` maps graded measures to the ids of their levels, `chain_of` the levels to the measure.
    """

    known: dict[Kind, dict[str, Scalar]] = field(default_factory=dict)
    chains: dict[str, tuple[str, ...]] = field(default_factory=dict)
    chain_of: dict[str, str] = field(default_factory=dict)
    has_documents: bool = False

    def of(self, kind: Kind) -> Mapping[str, Scalar]:
        """Return the ids of a kind, in declared order."""
        return self.known.get(kind, {})

    def __contains__(self, word: object) -> bool:
        return any(word in ids for ids in self.known.values()) or word in self.chains

    def declared(self) -> dict[str, tuple[str, ...]]:
        """Return what no reading may change: the ids that shape the state space and the values on it."""
        return {kind: tuple(self.of(kind)) for kind in ("party", "interest", "measure", "forum", "state")}


def is_id(word: str) -> bool:
    """Tell whether a word can be an id: letters of any script, digits, - and _, a letter first, no keyword."""
    return (
        bool(word)
        and unicodedata.category(word[0])[0] == "L"
        and all(c in "-_" or unicodedata.category(c)[0] in "LM" or unicodedata.category(c) == "Nd" for c in word)
        and word not in KEYWORDS
    )


def is_label(word: str) -> bool:
    """Tell whether a word can name a level."""
    return _LABEL.fullmatch(word) is not None


def level_labels(levels: Node) -> Iterator[Scalar]:
    """Yield the labels of a graded measure, those that can be read."""
    if isinstance(levels, tree.Mapping):
        yield from levels.keys.values()
    elif isinstance(levels, Sequence):
        for item in levels.items:
            if isinstance(item, Scalar):
                yield item


def gather_names(case: Node, *, documents: Node | None = None, claims: Node | None = None) -> Names:
    """Return the ids that a case and the files beside it declare, as far as they can be read."""
    names = Names(has_documents=documents is not None)
    for root in (case, documents, claims):
        if isinstance(root, tree.Mapping):
            for section, kind in SECTIONS.items():
                entries = root.values.get(section)
                if isinstance(entries, tree.Mapping):
                    names.known.setdefault(kind, {}).update(entries.keys)
    if not isinstance(case, tree.Mapping):
        return names
    measures = case.values.get("measures")
    if isinstance(measures, tree.Mapping):
        names.known["measure"] = dict(_measure_names(measures, names))
    graph = case.values.get("graph")
    states = graph.values.get("states") if isinstance(graph, tree.Mapping) else None
    if isinstance(states, Sequence):
        names.known["state"] = {item.text: item for item in states.items if isinstance(item, Scalar)}
    return names


def _measure_names(measures: tree.Mapping, names: Names) -> Iterator[tuple[str, Scalar]]:
    for key, node in measures.values.items():
        levels = node.values.get("levels") if isinstance(node, tree.Mapping) else None
        if levels is None or tree.is_null(levels):
            yield key, measures.keys[key]
            continue
        ids = {f"{key}.{label.text}": label for label in level_labels(levels)}
        names.chains[key] = tuple(ids)
        names.chain_of.update(dict.fromkeys(ids, key))
        yield from ids.items()
