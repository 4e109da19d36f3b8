"""From the trees of a case's files to the checked `Case` with its readings.

The way is the same for the base case, for settings laid over it and for each reading: a plain tree, the shapes, the
rules of the model, the domain objects.  Settings and readings change the tree, never the objects, so what they say is
checked as if it stood in the file.  Trees share what they do not change, and what was read, built and checked of a
shared part serves again: a reading costs what it changes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from detente.case import Case, Reading
from detente.casefile import tree
from detente.casefile.builder import Builder, build_claims, build_documents
from detente.casefile.grammar import CASE, CLAIMS, DOCUMENTS
from detente.casefile.levels import Read
from detente.casefile.limits import MOST_MEASURES, refuse
from detente.casefile.names import Names, gather_names
from detente.casefile.notes import note_evidence, note_unstated
from detente.casefile.places import PlaceError, Step, lay_over, resolve
from detente.casefile.plain import canonical, case_to_tree
from detente.casefile.problems import Problems
from detente.casefile.rules import check_rules, have_same_structure
from detente.casefile.shapes import Examination
from detente.casefile.tree import Node
from detente.errors import OptionError, Span

_PlaceOf = dict[str, tuple[Step, ...]]


def assemble(
    root: Node,
    claims: Node | None,
    documents: Node | None,
    *,
    settings: Mapping[str, object],
    name: str,
    problems: Problems,
    files: Sequence[str],
) -> Case:
    """Return the case that trees state, with its readings, notes and digest.

    Parameters
    ----------
    root, claims, documents : Node or None
        What ``case.yaml`` and the files beside it say.
    settings : mapping from dotted place to value
        What is laid over the base case and over every reading.
    name : str
        The name of the case if it states none.
    problems : Problems
        What has been found so far; notes stay in it.
    files : sequence of str
        The files, in document order.

    Raises
    ------
    CaseError
        If anything is an error: all of it, in document order.
    OptionError
        If a setting names a place that the case has not.
    """
    names = gather_names(root, documents=documents, claims=claims)
    _check_count(names)
    root = _with_settings(root, names, settings)
    if settings:
        names = gather_names(root, documents=documents, claims=claims)
        _check_count(names)
    assembly = _Assembly(Examination(names=names, problems=problems), settings, name)
    base = assembly.base(root)
    read_documents = DOCUMENTS.read(documents, assembly.examination) if documents is not None else {}
    read_claims = CLAIMS.read(claims, assembly.examination) if claims is not None else {}
    readings = {reading.id: assembly.reading(root, reading) for reading in base.readings}
    problems.raise_errors(files)
    found, assumptions = build_claims(_mapping(read_claims))
    case = replace(base, documents=build_documents(_mapping(read_documents)), claims=found, assumptions=assumptions)
    note_unstated(case, root, problems)
    if claims is not None:
        note_evidence(case, root, claims, names, problems)
    problems.raise_errors(files)
    notes = problems.in_order(files)
    case = replace(case, notes=notes, digest=digest_of(canonical(case_to_tree(case))))
    reading_cases = {
        key: replace(
            under,
            documents=case.documents,
            claims=case.claims,
            assumptions=case.assumptions,
            notes=notes,
            digest=digest_of([case.digest, key]),
        )
        for key, under in readings.items()
    }
    return replace(case, reading_cases=reading_cases)


def digest_of(content: object) -> str:
    """Return the SHA-256 of content as canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _mapping(read: object) -> Mapping[str, Any]:  # Any: as in Read
    return read if isinstance(read, dict) else {}


def _check_count(names: Names) -> None:
    measures = names.of("measure")
    if len(measures) > MOST_MEASURES:
        over = list(measures.values())[MOST_MEASURES]
        refuse(
            "D015",
            tree.span_of(over) or Span(path="case", line=1, column=1),
            f"the case has more than {MOST_MEASURES:,} measures, levels counted.",
            "leave out what no roadmap and no condition names.",
        )


def _with_settings(root: Node, names: Names, settings: Mapping[str, object]) -> Node:
    for place, value in settings.items():
        try:
            root = lay_over(root, names, place, tree.from_plain(value, f"--set {place}"))
        except PlaceError as error:
            raise OptionError(f"{error.message.removesuffix('.')}; {error.help.removesuffix('.')}") from error
        except TypeError as error:
            raise OptionError(f"cannot set {place}: {error}") from error
    return root


class _Assembly:
    """One base case and its readings, sharing what they have in common."""

    def __init__(self, examination: Examination, settings: Mapping[str, object], name: str) -> None:
        self.examination = examination
        self._settings = settings
        self._builder = Builder(name)
        self._declared = examination.names.declared()
        self._base: Read = {}

    def base(self, root: Node) -> Case:
        """Return the base case."""
        self._base = _mapping(CASE.read(root, self.examination))
        case = self._builder.build(self._base)
        check_rules(case, root, self._base, self.examination.problems)
        return case

    def reading(self, root: Node, reading: Reading) -> Case:
        """Return the case as a reading sees it; what is wrong with the reading is noted."""
        problems, names = self.examination.problems, self.examination.names
        entry = _below(root, "readings", reading.id)
        changes = _below(entry, "set")
        under = root
        shapes_ids = False
        for place, value in changes.values.items() if isinstance(changes, tree.Mapping) else ():
            try:
                steps = resolve(place, under, names)
                under = lay_over(under, names, place, value)
            except PlaceError as error:
                key = tree.locate(root, "readings", reading.id, "set", place)
                problems.add("D401", key, f"reading '{reading.id}': {error.message}", error.help)
            else:
                shapes_ids |= len(steps) <= 2 or "levels" in steps or steps[0] == "graph"
        if shapes_ids:
            declared = gather_names(under).declared()
            changed = [kind for kind, ids in declared.items() if ids != self._declared[kind]]
            if changed:
                problems.add(
                    "D402",
                    tree.locate(root, "readings", reading.id),
                    f"reading '{reading.id}' changes which {changed[0]} ids the case has.",
                    "a reading gives other values to what the case declares.",
                )
                return self._builder.build(self._base)
        under = _with_settings(under, names, self._settings)
        read = _mapping(CASE.read(under, self.examination))
        case = self._builder.build(read)
        if not have_same_structure(read, self._base):
            check_rules(case, under, read, problems)
        return case


def _below(node: Node | None, *steps: str) -> Node | None:
    for step in steps:
        node = node.values.get(step) if isinstance(node, tree.Mapping) else None
    return node
