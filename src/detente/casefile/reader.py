"""Reading a case: from a path, or from a case made in Python, to the checked `Case` with its readings.

The way is the same for the base case, for settings laid over it and for each reading: a plain tree, the shapes, the
rules of the model, the domain objects.  Settings and readings change the tree, never the objects, so what they say is
checked as if it stood in the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from detente.case import Case, Source
from detente.casefile import tree
from detente.casefile.builder import build_case, build_claims, build_documents
from detente.casefile.composer import compose
from detente.casefile.grammar import CASE, CLAIMS, DOCUMENTS
from detente.casefile.limits import MOST_MEASURES, read_text, refuse
from detente.casefile.names import Names, gather_names
from detente.casefile.notes import note_evidence, note_unstated
from detente.casefile.places import PlaceError, lay_over
from detente.casefile.plain import case_to_tree, evidence_to_trees
from detente.casefile.problems import Problems
from detente.casefile.rules import check_rules
from detente.casefile.shapes import Examination
from detente.casefile.tree import Node, Plain
from detente.errors import CaseError, OptionError, Span

CASE_FILE = "case.yaml"
CLAIMS_FILE = "claims.yaml"
DOCUMENTS_FILE = "documents.yaml"


def read_case(path: str | Path, *, settings: Mapping[str, object] | None = None) -> Case:
    """Read a case and check it.

    Parameters
    ----------
    path : str or Path
        A folder with ``case.yaml``, a file, or the name of a gallery case; what exists as a path wins.
    settings : mapping from dotted place to value, optional
        What-ifs: values laid over the case and over each of its readings.

    Returns
    -------
    Case
        The case, with `reading_cases`, `notes`, `source` and `digest`.

    Raises
    ------
    CaseError
        If the case is invalid: all its problems at once.
    OptionError
        If there is no such case, or a setting names a place that the case has not.
    """
    file, shown = find_case(path)
    folder = file.parent if file.name == CASE_FILE else None
    problems = Problems()
    try:
        text = read_text(file, shown)
    except OSError as error:
        raise OptionError(f"cannot read {shown}: {error.strerror or error}") from error
    root, doubled = compose(text, shown)
    problems.extend(doubled)
    beside: list[Node | None] = []
    files = [shown]
    for name in (CLAIMS_FILE, DOCUMENTS_FILE):
        other = folder / name if folder else None
        node = None
        if other is not None and other.is_file():
            other_shown = str(Path(shown).with_name(name))
            files.append(other_shown)
            node = _read_beside(other, other_shown, problems)
        beside.append(node)
    claims, documents = beside
    default = (file.parent.resolve().name if folder else file.stem) or "case"
    source = Source(path=shown, text=text, settings=dict(settings or {}))
    return _assemble(root, claims, documents, source=source, name=default, problems=problems, files=files)


def find_case(path: str | Path) -> tuple[Path, str]:
    """Return the file of a case and the name that messages give it.

    Raises
    ------
    OptionError
        If there is neither such a folder or file nor such a case in the gallery.
    """
    from detente.gallery import find_gallery_case, gallery_names  # importlib.resources is slow to import

    given = Path(path)
    if given.is_dir():
        if (given / CASE_FILE).is_file():
            return given / CASE_FILE, str(given / CASE_FILE)
        raise OptionError(f"the folder {given} has no {CASE_FILE} (`detente new` writes a starter case)")
    if given.exists():
        return given, str(given)
    folder = find_gallery_case(str(path))
    if folder is not None:
        return folder / CASE_FILE, f"{path}/{CASE_FILE}"
    raise OptionError(
        f"no such case: '{path}' is no folder, no file and no case of the gallery "
        f"(the gallery has: {', '.join(gallery_names()) or 'none'})"
    )


def _read_beside(file: Path, shown: str, problems: Problems) -> Node | None:
    try:
        node, doubled = compose(read_text(file, shown), shown)
    except CaseError as error:
        problems.extend(error.diagnostics)
        return None
    except OSError as error:
        raise OptionError(f"cannot read {shown}: {error.strerror or error}") from error
    problems.extend(doubled)
    return node


def change_case(case: Case, settings: Mapping[str, object]) -> Case:
    """Return a case with settings laid over it and over its readings; any case, read or made in Python.

    Parameters
    ----------
    case : Case
        The case to change; it stays as it is.
    settings : mapping from dotted place to value
        As for `read_case`.

    Raises
    ------
    CaseError
        If the changed case is invalid.
    OptionError
        If a setting names a place that the case has not.
    """
    claims, documents = evidence_to_trees(case)
    source = case.source
    if source is not None:
        source = replace(source, settings={**source.settings, **settings})
    return _assemble(
        tree.from_plain(case_to_tree(case)),
        claims,
        documents,
        source=source,
        settings=settings,
        name=case.name,
        problems=Problems(),
        files=[],
    )


def case_from_tree(plain: Mapping[str, Plain]) -> Case:
    """Return the case that plain data with the keys of ``case.yaml`` state; the inverse of `case_to_tree`.

    Raises
    ------
    CaseError
        If the case is invalid.
    """
    return _assemble(
        tree.from_plain(plain),
        None,
        None,
        source=None,
        name=str(plain.get("name", "case")),
        problems=Problems(),
        files=[],
    )


def _assemble(
    root: Node,
    claims: Node | None,
    documents: Node | None,
    *,
    source: Source | None,
    settings: Mapping[str, object] | None = None,
    name: str,
    problems: Problems,
    files: list[str],
) -> Case:
    if settings is None:
        settings = source.settings if source else {}
    names = gather_names(root, documents=documents, claims=claims)
    _check_count(root, names)
    root = _with_settings(root, names, settings)
    if settings:
        names = gather_names(root, documents=documents, claims=claims)
        _check_count(root, names)
    examination = Examination(names=names, problems=problems)
    base = _build(root, examination, name)
    case = base
    read_documents = DOCUMENTS.read(documents, examination) if documents is not None else {}
    read_claims = CLAIMS.read(claims, examination) if claims is not None else {}
    readings = _readings(root, base, examination, settings, name)
    problems.raise_errors(files)
    found, assumptions = build_claims(_mapping(read_claims))
    case = replace(base, documents=build_documents(_mapping(read_documents)), claims=found, assumptions=assumptions)
    note_unstated(case, root, problems)
    if claims is not None:
        note_evidence(case, root, claims, names, problems)
    problems.raise_errors(files)
    notes = problems.in_order(files)
    case = replace(case, source=source, notes=notes, digest=digest_of(case_to_tree(case)))
    reading_cases = {
        key: replace(
            under,
            documents=case.documents,
            claims=case.claims,
            assumptions=case.assumptions,
            source=source,
            notes=notes,
            digest=digest_of([case.digest, key]),
        )
        for key, under in readings.items()
    }
    return replace(case, reading_cases=reading_cases)


def _mapping(read: object) -> Mapping[str, Any]:  # Any: see levels.Read
    return read if isinstance(read, dict) else {}


def _check_count(root: Node, names: Names) -> None:
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
            node = tree.from_plain(value, f"--set {place}")
            root = lay_over(root, names, place, node)
        except PlaceError as error:
            raise OptionError(f"{error.message} {error.help}") from error
        except TypeError as error:
            raise OptionError(f"cannot set {place}: {error}") from error
    return root


def _build(root: Node, examination: Examination, name: str) -> Case:
    read = CASE.read(root, examination)
    mapping = _mapping(read)
    case = build_case(mapping, name=name)
    check_rules(case, root, mapping, examination.problems)
    return case


def _readings(
    root: Node, base: Case, examination: Examination, settings: Mapping[str, object], name: str
) -> dict[str, Case]:
    readings: dict[str, Case] = {}
    declared = examination.names.declared()
    for reading in base.readings:
        under = root
        stated = tree.locate(root, "readings", reading.id)
        entry = root.values["readings"] if isinstance(root, tree.Mapping) else root
        node = entry.values[reading.id] if isinstance(entry, tree.Mapping) else entry
        changes = node.values.get("set") if isinstance(node, tree.Mapping) else None
        if isinstance(changes, tree.Mapping):
            for place, value in changes.values.items():
                try:
                    under = lay_over(under, examination.names, place, value)
                except PlaceError as error:
                    examination.problems.add(
                        "D401", changes.keys[place], f"reading '{reading.id}': {error.message}", error.help
                    )
        names = gather_names(under)
        changed = [kind for kind, ids in names.declared().items() if ids != declared[kind]]
        if changed:
            examination.problems.add(
                "D402",
                stated,
                f"reading '{reading.id}' changes which {changed[0]} ids the case has.",
                "a reading gives other values to what the case declares.",
            )
            continue
        readings[reading.id] = _build(_with_settings(under, names, settings), examination, name)
    return readings


def digest_of(content: object) -> str:
    """Return the SHA-256 of content as canonical JSON."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
