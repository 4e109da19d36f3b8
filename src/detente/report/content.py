"""What is in a report, and in which order."""

from __future__ import annotations

import json
import shlex

from detente._version import __version__
from detente.case import Case, Document, Source
from detente.errors import Severity
from detente.report import document as parts
from detente.report.chapters.critical import critical_values
from detente.report.chapters.designs import designs
from detente.report.chapters.evidence import evidence, unstated
from detente.report.chapters.glossary import glossary
from detente.report.chapters.indices import indices
from detente.report.chapters.indispensability import indispensability
from detente.report.chapters.repairs import repairs
from detente.report.chapters.roadmaps import roadmaps
from detente.report.chapters.sensitivity import readings, single_numbers
from detente.report.chapters.standing import standing
from detente.report.chapters.verdicts import hazards, in_short, verdicts
from detente.report.document import Bullets, Code, Facts, Paragraph, Section, Text
from detente.report.findings import MANY, Findings
from detente.report.words import join, say_value, unit_of

SHORT_DIGEST = 16
"""Digits of a digest that are shown: enough to tell cases apart."""


def _say_document(document: Document) -> str:
    known = [part for part in (document.author, document.publisher, document.date) if part]
    return f"“{document.title}”{', ' + ', '.join(known) if known else ''}"


def _head(findings: Findings) -> Facts:
    case = findings.case
    pairs: list[tuple[Text, tuple[Text, ...]]] = [
        (("Parties",), ((join(party.name for party in case.parties),),)),
        (("Content",), ((_content(case),),)),
    ]
    if case.documents:
        pairs.append((("Documents",), tuple((_say_document(document),) for document in case.documents)))
    settings = case.source.settings if case.source is not None else {}
    if settings:
        changes: list[Text] = [(Code(place), f" = {say_value(value)}") for place, value in settings.items()]
        pairs.append((("What if",), tuple(changes)))
    pairs += [
        (("Digest of the case",), ((Code(case.digest[:SHORT_DIGEST]),),)),
        (("Computed",), ((f"{findings.date.isoformat()}, detente {__version__}",),)),
    ]
    return Facts(pairs=tuple(pair for pair in pairs if pair[1] != ((Code(""),),)))


def _content(case: Case) -> str:
    counts = [
        (len(case.measures), "measure"),
        (len(case.interests), "interest"),
        (len(case.roadmaps), "roadmap"),
        (len(case.readings), "reading"),
        (len(case.claims), "coded claim"),
    ]
    said = [f"{number} {noun}{'s' if number != 1 else ''}" for number, noun in counts if number]
    return f"{join(said)}; values per {unit_of(case)}" if said else "nothing"


def _preface(case: Case) -> Paragraph:
    unit = unit_of(case)
    return Paragraph(
        text=(
            "The values in this case are judgements, each with its evidence or marked as assumed. The verdicts follow "
            "from them by calculation and are worth no more than they are; nothing here predicts what any government "
            f"will do. Values and margins are per {unit}, each in the party’s own units: a margin of −0.5 says that "
            f"deviating would be worth as much to that party as half of its units more in every {unit}. One party’s "
            "numbers compare with each other, not with another party’s.",
        )
    )


def _critical_option(findings: Findings) -> list[str]:
    """The option that told, or did not tell, what would tip each verdict where that is not done anyway."""
    is_told, is_small = findings.make_critical is not None, len(findings.case.measures) <= MANY
    if is_told == is_small:
        return []
    return ["--critical" if is_told else "--no-critical"]


def _command(findings: Findings, source: Source) -> str:
    """The command line that computes a report again; a folder is enough to name its case."""
    words = ["detente", "report", source.path.removesuffix("/case.yaml")]
    if len(findings.roadmaps) < len(findings.case.roadmaps):
        words += [word for roadmap in findings.roadmaps for word in ("--roadmap", roadmap.id)]
    if len(findings.readings) < len(findings.case.readings):
        words += [word for reading in findings.readings for word in ("--reading", reading)]
    if findings.max_per_stage is not None:
        words += ["--max-per-stage", str(findings.max_per_stage)]
    words += _critical_option(findings)
    words += ["--indispensable"] if findings.worth is not None else []
    words += ["--repairs"] if findings.repairs is not None else []
    for place, value in source.settings.items():
        words += ["--set", f"{place}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"]
    return shlex.join([*words, "-o", "report.html"])


def _method(findings: Findings) -> Section:
    case = findings.case
    methods = [findings.evaluation.method] if findings.evaluation is not None else []
    methods += [found.method for found in findings.critical or ()] if findings.evaluation is not None else []
    methods += [findings.indices.method] if findings.indices is not None else []
    methods += [found.method for found in findings.repairs or ()]
    methods += [findings.worth.method] if findings.worth is not None else []
    methods += [findings.under_way.method] if findings.under_way is not None else []
    methods += [found.design.method for found in findings.designs if found.design is not None]
    items: list[Text] = [(f"{method[:1].upper()}{method[1:]}.",) for method in dict.fromkeys(methods)]
    blocks: list[parts.Block] = [Bullets(items=tuple(items))] if items else []
    if case.source is not None:
        blocks.append(Paragraph(text=("To compute it again: ", Code(_command(findings, case.source)))))
    if case.digest:
        blocks.append(Paragraph(text=("Digest of the whole case: ", Code(case.digest))))
    warnings = [note for note in case.notes if note.severity is Severity.WARNING]
    if warnings:
        blocks.append(Paragraph(text=("What the check of the case warns of:",)))
        blocks.append(Bullets(items=tuple((warning.message,) for warning in warnings)))
    return Section(id="method", heading="How this was computed", blocks=tuple(blocks))


def compose(findings: Findings) -> parts.Document:
    """Return the report on what was found.

    Returns
    -------
    Document
        The same for the same findings.
    """
    told = []
    if findings.evaluation is not None:
        # Before anything asks for the designs, which may have to wait for compiled code.
        told = [verdicts(findings), hazards(findings), roadmaps(findings)]
        stands = standing(findings)
        told += [] if stands is None else [stands]
    sections = [in_short(findings), *told]
    if findings.designs:
        sections.append(designs(findings))
    if findings.indices is not None:
        sections.append(indices(findings))
    if findings.repairs is not None and findings.roadmaps:
        sections.append(repairs(findings.repairs))
    if findings.worth is not None:
        sections.append(indispensability(findings.case, findings.worth))
    if findings.readings:
        sections.append(readings(findings))
    if findings.evaluation is not None:
        sections.append(single_numbers(findings))
        if findings.critical is not None:
            sections.append(critical_values(findings.critical))
        sections.append(evidence(findings))
    sections += [unstated(findings), glossary(), _method(findings)]
    return parts.Document(
        title=f"{findings.case.name}: which roadmaps hold?",
        blocks=(_head(findings), _preface(findings.case)),
        sections=tuple(sections),
    )
