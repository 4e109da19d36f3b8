"""What is in a report, and in which order."""

from __future__ import annotations

import json
import shlex

from detente._version import __version__
from detente.case import Case, Document, Source
from detente.errors import Severity
from detente.game import missing_values
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
from detente.report.chapters.stability import SOURCES, stability
from detente.report.chapters.standing import standing
from detente.report.chapters.verdicts import hazards, in_short, verdicts
from detente.report.document import Bullets, Code, Facts, Paragraph, Section, Text
from detente.report.findings import MANY, Findings
from detente.report.stability_findings import has_values
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
    states = case.graph.states if case.graph is not None else ()
    counts = [
        (len(states), "state"),
        (len(case.measures), "measure"),
        (len(case.interests), "interest"),
        (len(case.roadmaps), "roadmap"),
        (len(case.readings), "reading"),
        (len(case.claims), "coded claim"),
    ]
    said = join(f"{number} {noun}{'s' if number != 1 else ''}" for number, noun in counts if number) or "nothing"
    kinds = [f"values per {unit_of(case)}"] if has_values(case) else []
    ordered = [party.id for party in case.parties if party.id in _ordered(case)]
    if ordered:
        whose = (
            "every party" if len(ordered) == len(case.parties) else join(case.party(party).name for party in ordered)
        )
        kinds.append(f"the order of states for {whose}")
    return "; ".join([said, *kinds])


def _ordered(case: Case) -> set[str]:
    """Return the parties of which the case states an order of states."""
    return {*case.preferences, *(case.graph.ranks if case.graph is not None else ())}


def _tells_roadmaps(findings: Findings) -> bool:
    return findings.evaluation is not None or bool(findings.designs)


def _preface(findings: Findings) -> Paragraph:
    case, unit = findings.case, unit_of(findings.case)
    judged = "values" if has_values(case) else "preferences"
    evidence = ", each with its evidence or marked as assumed" if case.claims or case.assumptions else ""
    if _tells_roadmaps(findings) or not findings.stability:
        verdicts = "The verdicts follow from them"
        margin = (
            f": a margin of −0.5 says that deviating would be worth as much to that party as half of its units more in "
            f"every {unit}. One party’s numbers compare with each other, not with another party’s."
        )
        numbers = f" Values and margins are per {unit}, each in the party’s own units{margin}"
    else:
        verdicts = "What would last follows from them"
        numbers = (
            f" Values are per {unit}, each in the party’s own units; what lasts rests on nothing but the order that "
            "they give the states for each party."
            if has_values(case)
            else " They say which of two states a party prefers, not by how much."
        )
    return Paragraph(
        text=(
            f"The {judged} in this case are judgements{evidence}. {verdicts} by calculation and "
            f"{'are' if verdicts.startswith('The') else 'is'} worth no more than they are; nothing here predicts what "
            f"any government will do.{numbers}",
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
    words += ["--no-stability"] if findings.make_stability is None else []
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
    methods += [found.stability.method for found in findings.stability if found.stability is not None]
    items: list[Text] = [(f"{method[:1].upper()}{method[1:]}.",) for method in dict.fromkeys(methods)]
    blocks: list[parts.Block] = [Bullets(items=tuple(items))] if items else []
    if any(found.stability is not None for found in findings.stability):
        blocks.append(Paragraph(text=(SOURCES,)))
    blocks += [Paragraph(text=(text,)) for text in _left_out(findings)]
    if case.source is not None:
        blocks.append(Paragraph(text=("To compute it again: ", Code(_command(findings, case.source)))))
    if case.digest:
        blocks.append(Paragraph(text=("Digest of the whole case: ", Code(case.digest))))
    warnings = [note for note in case.notes if note.severity is Severity.WARNING]
    if warnings:
        blocks.append(Paragraph(text=("What the check of the case warns of:",)))
        blocks.append(Bullets(items=tuple((warning.message,) for warning in warnings)))
    return Section(id="method", heading="How this was computed", blocks=tuple(blocks))


def _left_out(findings: Findings) -> list[str]:
    """Say why a case without roadmaps has no design either, if it lacks what designs need."""
    case = findings.case
    lacking = [party.name for party in case.parties if missing_values(case, [party.id])]
    if not case.measures or not lacking or _tells_roadmaps(findings):
        return []
    whom = "any party" if len(lacking) == len(case.parties) else join(lacking, last="or")
    return [
        "No roadmap was designed: that takes values and a discount factor of every party, and the case does not state "
        f"both for {whom}."
    ]


def _title(findings: Findings) -> str:
    if _tells_roadmaps(findings):
        return f"{findings.case.name}: which roadmaps hold?"
    return f"{findings.case.name}: what would last without agreement?" if findings.stability else findings.case.name


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
    lasting = stability(findings)
    sections += [] if lasting is None else [lasting]
    if findings.readings:
        sections.append(readings(findings))
    if findings.evaluation is not None:
        sections.append(single_numbers(findings))
        if findings.critical is not None:
            sections.append(critical_values(findings.critical))
        sections.append(evidence(findings))
    sections += [unstated(findings)] if has_values(findings.case) or not findings.stability else []
    sections += [glossary(findings), _method(findings)]
    return parts.Document(
        title=_title(findings),
        blocks=(_head(findings), _preface(findings)),
        sections=tuple(sections),
    )
