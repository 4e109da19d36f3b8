"""Writing a report to a file: whole or not at all."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from detente.analysis.roadmap import Design, Evaluation
from detente.case import Case
from detente.errors import OptionError
from detente.progress import Progress, Reporter
from detente.report.content import compose
from detente.report.document import pictures_of
from detente.report.findings import find

HTML = (".html", ".htm")
MARKDOWN = (".md", ".markdown")


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever looks sees the old one or the new one, never a part."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _check_path(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix == ".pdf":
        raise OptionError("a report is written as .html or .md; for a PDF, print the .html from a browser")
    if suffix not in (*HTML, *MARKDOWN):
        seen = f"'{path.suffix}'" if path.suffix else "no ending"
        raise OptionError(f"a report is written as .html or .md; '{path.name}' has {seen}")
    if not path.parent.is_dir():
        raise OptionError(f"there is no folder '{path.parent}' to write the report into")
    if path.is_dir():
        raise OptionError(f"'{path}' is a folder; name the file to write")
    return suffix


def write_report(
    case: Case,
    path: str | Path,
    *,
    roadmaps: Sequence[str] | None = None,
    readings: Sequence[str] | None = None,
    designs: Sequence[Design] | Callable[[], Sequence[Design]] | None = None,
    max_per_stage: int | None = None,
    evaluation: Evaluation | None = None,
    critical: bool | None = None,
    indispensable: bool = False,
    repairs: bool = False,
    stability: bool = True,
    date: datetime.date | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write a report on a case: verdicts, margins, trust, what would last without agreement, what it all rests on.

    Parameters
    ----------
    case : Case
        The case.
    path : str or Path
        Where: ``.html`` is one file that needs no other; ``.md`` is Markdown with its pictures in ``NAME-figures``
        beside it. What is there is replaced.
    roadmaps, readings : sequence of ids, optional
        Which to tell; all of the case unless given. The base case is always told.
    designs : sequence of Design, or a callable that makes one, optional
        Designs to tell; unless given, one is made for the base case and for every reading told. A callable is called
        after everything that does not depend on designs is done.
    max_per_stage : int, optional
        Measures a stage, at most, in designs that are made here. Unless given, 3 in cases of more than 12 measures and
        no limit in smaller ones; 2 where designing would need too much memory. The report says which.
    evaluation : Evaluation, optional
        The verdicts, if they are known already: of the same roadmaps, in the base case and under the same readings.
    critical : bool, optional
        Whether to add the chapter on what would tip each verdict. Unless given, in cases of up to 12 measures; in
        larger ones it takes some seconds for each roadmap.
    indispensable : bool
        Whether to add the chapter on who is indispensable and which format serves; it looks at every set of parties,
        which may take minutes.
    repairs : bool
        Whether to add the chapter on what would make the roadmaps hold that fail in the base case, which may take
        minutes.
    stability : bool
        Whether to add the chapter on what would last without agreement. It is left out anyway where the case has no
        states or nobody prefers one to another; in cases of more than 2¹⁸ feasible states it says no more than that.
    date : date, optional
        The day to put on the report; today unless given.
    progress : callable, optional
        Told how far it is; if it raises `Cancelled`, nothing is written.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OptionError
        If the path ends otherwise, its folder does not exist, or a roadmap or reading is unknown.
    CaseError
        If parties lack what roadmaps need.
    Cancelled
        If `progress` raised it.
    """
    target = Path(path)
    suffix = _check_path(target)
    findings = find(
        case,
        date=datetime.datetime.now(tz=datetime.UTC).astimezone().date() if date is None else date,
        roadmaps=roadmaps,
        readings=readings,
        designs=designs,
        max_per_stage=max_per_stage,
        evaluation=evaluation,
        critical=critical,
        indispensable=indispensable,
        repairs=repairs,
        stability=stability,
        progress=progress,
    )
    Reporter(progress).report("writing the report")
    document = compose(findings)
    if suffix in HTML:
        from detente.report.html import render_html

        _write_whole(target, render_html(document))
        return target
    from detente.report.markdown import render_markdown

    folder = target.with_name(f"{target.stem}-figures")
    pictures = list(pictures_of(document))
    if pictures:
        folder.mkdir(exist_ok=True)
    for picture in pictures:
        _write_whole(folder / f"{picture.name}.svg", picture.svg)
    # Last, so that it never names a picture that is not there.
    _write_whole(target, render_markdown(document, figures=folder.name))
    return target
