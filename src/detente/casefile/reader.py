"""Reading a case from a folder, a file or the gallery; changing a case that was read or made in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from detente.case import Case, Source
from detente.casefile import tree
from detente.casefile.assembly import assemble
from detente.casefile.limits import read_text
from detente.casefile.plain import case_to_tree, evidence_to_trees
from detente.casefile.problems import Problems
from detente.casefile.tree import Node, Plain
from detente.errors import CaseError, OptionError

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
    from detente.casefile.composer import compose  # ruamel.yaml takes time to import; only reading needs it

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
    texts: dict[str, str] = {}
    files = [shown]
    for name in (CLAIMS_FILE, DOCUMENTS_FILE):
        other = folder / name if folder else None
        node = None
        if other is not None and other.is_file():
            other_shown = str(Path(shown).with_name(name))
            files.append(other_shown)
            node = _read_beside(other, other_shown, texts, problems)
        beside.append(node)
    claims, documents = beside
    default = default_name(file)
    source = Source(path=shown, text=text, settings=dict(settings or {}), beside=texts)
    case = assemble(root, claims, documents, settings=source.settings, name=default, problems=problems, files=files)
    return from_source(case, source)


def default_name(file: Path) -> str:
    """Return the name of a case that states none: that of its folder, or of a single file."""
    return (file.parent.resolve().name if file.name == CASE_FILE else file.stem) or "case"


def from_source(case: Case, source: Source | None) -> Case:
    """Return a case and its readings with their source."""
    readings = {key: replace(under, source=source) for key, under in case.reading_cases.items()}
    return replace(case, source=source, reading_cases=readings)


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
    file = find_gallery_case(str(path))
    if file is not None:
        return file, f"{path}/{CASE_FILE}" if file.name == CASE_FILE else f"{path}.yaml"
    raise OptionError(
        f"no such case: '{path}' is no folder, no file and no case of the gallery "
        f"(the gallery has: {', '.join(gallery_names()) or 'none'})"
    )


def _read_beside(file: Path, shown: str, texts: dict[str, str], problems: Problems) -> Node | None:
    from detente.casefile.composer import compose  # as above

    try:
        texts[file.name] = read_text(file, shown)
        node, doubled = compose(texts[file.name], shown)
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
    root = tree.from_plain(case_to_tree(case))
    changed = assemble(root, claims, documents, settings=settings, name=case.name, problems=Problems(), files=[])
    source = case.source
    if source is not None:
        source = replace(source, settings={**source.settings, **settings})
    return from_source(changed, source)


def case_from_tree(plain: Mapping[str, Plain]) -> Case:
    """Return the case that plain data with the keys of ``case.yaml`` state; the inverse of `case_to_tree`.

    Raises
    ------
    CaseError
        If the case is invalid.
    """
    name = str(plain.get("name", "case"))
    return assemble(tree.from_plain(plain), None, None, settings={}, name=name, problems=Problems(), files=[])
