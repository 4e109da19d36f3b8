"""Writing a case: a case that was read keeps its comments, order and style; a new one gets a tidy file.

A file is written beside its place and then moved there, so that nobody ever sees half of it.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from detente.case import Case
from detente.casefile.assembly import assemble
from detente.casefile.builder import build_claims, build_documents
from detente.casefile.grammar import CLAIMS, DOCUMENTS
from detente.casefile.names import Names
from detente.casefile.plain import canonical, case_to_tree, claims_to_tree, documents_to_tree
from detente.casefile.problems import Problems
from detente.casefile.reader import CASE_FILE, CLAIMS_FILE, DOCUMENTS_FILE, default_name
from detente.casefile.shapes import Examination
from detente.casefile.tree import Plain, from_plain
from detente.errors import CaseError, OptionError

_SUFFIXES = (".yaml", ".yml")


def write_case(case: Case, path: str | Path) -> None:
    """Write a case, so that reading it gives the same case.

    Parameters
    ----------
    case : Case
        What to write; settings that were laid over it are part of it.
    path : str or Path
        A folder, which is made if need be, or a file that ends in ``.yaml``.  Claims and documents go into files of
        their own, beside a ``case.yaml``.

    Raises
    ------
    CaseError
        If the case is invalid, which one made in Python can be.
    OptionError
        If the case cannot be written as a file, has evidence that a single file cannot hold, or the place cannot be
        written to.
    """
    target = Path(path)
    is_file = target.suffix in _SUFFIXES and not target.is_dir()
    file = target if is_file else target / CASE_FILE
    plain = case_to_tree(case)
    evidence = {CLAIMS_FILE: claims_to_tree(case), DOCUMENTS_FILE: documents_to_tree(case)}
    if file.name != CASE_FILE and any(evidence.values()):
        raise OptionError(f"{file} cannot hold claims and documents: write a folder, or a file named {CASE_FILE}")
    _check(case, plain)
    name = default_name(file)
    texts = {file: _case_text(case, plain, name)}
    fine = _says(texts[file], name, plain)
    for beside, stated in evidence.items():
        if stated is not None:
            texts[file.with_name(beside)] = text = _evidence_text(case, beside, stated)
            fine = fine and _evidence_said(text, beside) == stated
    if not fine:
        raise OptionError("the case cannot be written: what a file can say of it reads as another case")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        for each, text in texts.items():
            replace_file(each, text)
    except OSError as error:
        raise OptionError(f"cannot write {error.filename or file}: {error.strerror or error}") from error


def _check(case: Case, plain: Mapping[str, Plain]) -> None:
    """Raise what is wrong with a case; one made in Python was not checked before."""
    claims, documents = claims_to_tree(case), documents_to_tree(case)
    assemble(
        from_plain(plain),
        from_plain(claims) if claims else None,
        from_plain(documents) if documents else None,
        settings={},
        name=case.name,
        problems=Problems(),
        files=[],
    )


def _case_text(case: Case, plain: Mapping[str, Plain], name: str) -> str:
    from detente.casefile.editing import edit, tidy  # ruamel.yaml's round trip is needed only here

    if case.source is None:
        return tidy(plain)
    text = case.source.text
    return edit(text, _said(text, name) or {}, plain, lambda edited: _says(edited, name, plain))


def _says(text: str, name: str, plain: Mapping[str, Plain]) -> bool:
    said = _said(text, name)
    return said is not None and canonical(said) == canonical(plain)


def _said(text: str, name: str) -> dict[str, Plain] | None:
    """Return what the text of a case file says; None if it is no valid case."""
    from detente.casefile.composer import compose  # ruamel.yaml takes time to import

    try:
        root, doubled = compose(text, "case")
        if doubled:
            return None
        return case_to_tree(assemble(root, None, None, settings={}, name=name, problems=Problems(), files=[]))
    except (CaseError, OptionError):
        return None


def _evidence_text(case: Case, name: str, plain: Mapping[str, Plain]) -> str:
    from detente.casefile.editing import edit, tidy  # as above

    text = case.source.beside.get(name) if case.source is not None else None
    before = _evidence_said(text, name) if text is not None else None
    if text is None or before is None:
        return tidy(plain)
    return edit(text, before, plain, lambda edited: _evidence_said(edited, name) == plain)


def _evidence_said(text: str, name: str) -> dict[str, Plain] | None:
    """Return what the text of a claims or documents file says, without the case beside it; None if it is invalid."""
    from detente.casefile.composer import compose  # as above

    node, doubled = compose(text, name)
    problems = Problems()
    examination = Examination(names=Names(), problems=problems)
    read = (CLAIMS if name == CLAIMS_FILE else DOCUMENTS).read(node, examination)
    if doubled or problems.has_errors or not isinstance(read, dict):
        return None
    empty = Case(name="")
    if name == CLAIMS_FILE:
        claims, assumptions = build_claims(read)
        return claims_to_tree(replace(empty, claims=claims, assumptions=assumptions))
    return documents_to_tree(replace(empty, documents=build_documents(read)))


def replace_file(file: Path, text: str) -> None:
    """Write a text to a file at once: to a temporary file in the same folder, which then takes its place.

    Raises
    ------
    OSError
        If the folder cannot be written to; the file is then as it was.
    """
    target = file.resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(text.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
