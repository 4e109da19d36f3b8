"""What the decisive numbers rest on: documents, paragraphs and paraphrases, or plain assumption."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.analysis.roadmap import RoadmapEvaluation
from detente.analysis.roadmap.influences import Influence, decisive_influences
from detente.analysis.roadmap.numbers import CaseNumber, support_of
from detente.analysis.roadmap.sensitivity import unstated_values, verdict_of
from detente.case import Case, Claim, Reading
from detente.display.style import format_margin
from detente.report.document import Bullets, Cell, Code, Column, Facts, Link, Paragraph, Section, Strong, Table, Text
from detente.report.findings import Findings
from detente.report.words import join, say_critical, say_margin, say_quantity, say_verdict, unit_of


def _say_voice(case: Case, voice: Sequence[str]) -> str:
    """Write who says it: the author, and whom the author reports."""
    names = {party.id: party.name for party in case.parties}
    said = [names.get(who, who) for who in voice]
    return said[0] + (f" reporting {join(said[1:])}" if said[1:] else "") if said else ""


def say_claim(case: Case, claim: Claim, *, within: str | None = None) -> str:
    """Write a claim with its source: document (unless `within` it), paragraph, paraphrase, how and by whom."""
    document = next((d for d in case.documents if d.id == claim.document), None)
    where = [] if claim.document == within else [f"“{document.title}”" if document is not None else claim.document]
    if claim.paragraph is not None:
        where.append(f"¶{claim.paragraph}")
    how = ", ".join(words for words in (claim.mode, _say_voice(case, claim.voice)) if words)
    parts = [", ".join(where), claim.paraphrase.rstrip(".")]
    return ": ".join(part for part in parts if part) + (f" ({how})" if how else "")


def supports(case: Case, place: str, *, reading: Reading | None = None) -> Iterator[Text]:
    """Yield what a number rests on, one claim or assumption after the other."""
    support = support_of(case, place, reading=None if reading is None else reading.id)
    for claim in support.claims:
        yield (f"{say_claim(case, claim, within=None if reading is None else reading.document)}.",)
    for assumption in support.assumptions:
        yield (Strong("assumed"), f": {assumption.reason}" if assumption.reason else "")
    if not support.claims and not support.assumptions:
        yield ("The case names nothing that it rests on.",)


def say_support(case: Case, place: str, *, reading: Reading) -> Text:
    """Write what a reading's setting rests on in one run of text."""
    result: Text = ()
    for number, text in enumerate(supports(case, place, reading=reading)):
        result += (" ", *text) if number else text
    return result


def _target(place: str) -> str:
    """Return the id of a number's entry in the register: signs that ids do not have are spelled out."""
    return "number." + "".join(c if c.isalnum() or c in "-._" else f"_{ord(c):x}_" for c in place)


def _decisive_table(entry: RoadmapEvaluation, influences: Sequence[Influence]) -> Table:
    rows = [
        (
            Cell(text=(Link(influence.number.label, _target(influence.number.place)),)),
            Cell(text=(say_quantity(influence.number.quantity),)),
            Cell(text=("–" if influence.share is None else format_margin(influence.share),)),
        )
        for influence in influences
    ]
    return Table(
        caption=f"What the critical margin of “{entry.name}” rests on. Adds to the margin: per {unit_of(entry.case)}; "
        "what is positive speaks for complying. Weights of interests repeat the effects that they are counted with; a "
        "dash: it does not enter by addition",
        columns=(
            Column(header="Number"),
            Column(header="Value", is_number=True),
            Column(header="Adds to the margin", is_number=True),
        ),
        rows=tuple(rows),
    )


def _capital(label: str) -> str:
    return label[:1].upper() + label[1:]


def _register(findings: Findings, numbers: Sequence[CaseNumber]) -> Section:
    case = findings.case
    pairs: list[tuple[Text, tuple[Text, ...]]] = []
    told: dict[Text, CaseNumber] = {}
    for number in numbers:
        name: Text = (_capital(number.label),)
        lines: list[Text] = [(f"{say_quantity(number.quantity)} ", Code(number.place))]
        for text in supports(case, number.place):
            first = told.setdefault(text, number)
            is_long = isinstance(text[0], Strong) and first is not number
            same = Link(_capital(first.label), _target(first.place))
            lines.append((Strong("assumed"), " for the same reason as: ", same, ".") if is_long else text)
        pairs.append((name, tuple(lines)))
    return Section(
        id="register",
        heading="What they rest on",
        blocks=(Facts(pairs=tuple(pairs), ids=tuple(_target(number.place) for number in numbers)),),
    )


def evidence(findings: Findings) -> Section:
    """Return the numbers that verdicts of the base case rest on, and what those rest on."""
    case = findings.case
    sections, decisive = [], {}
    for entry in findings.entries(None):
        influences = decisive_influences(entry)
        decisive.update({influence.number.place: influence.number for influence in influences})
        verdict = verdict_of(entry)
        text = (
            f"{say_verdict(holds=entry.holds)[2:].capitalize()}; critical is {say_critical(case, verdict)}, with a "
            f"margin of {say_margin(verdict)}."
        )
        sections.append(
            Section(
                id=f"evidence.{entry.id}",
                heading=entry.name,
                blocks=(Paragraph(text=(text,)), _decisive_table(entry, influences)),
            )
        )
    decisive.update({flip.number.place: flip.number for flip in findings.flips or ()})
    text = (
        "A verdict turns on its critical margin. These are the numbers of the case that this margin is made of, the "
        "largest first, and below, for each of them and for every number that alone changes a verdict, the passage or "
        "the assumption that it rests on. A passage mostly supports a direction or an order; the size is then an "
        "assumption."
    )
    return Section(
        id="evidence",
        heading="The evidence for the decisive values",
        blocks=(Paragraph(text=(text,)),),
        sections=(*sections, _register(findings, list(decisive.values()))),
    )


def unstated(findings: Findings) -> Section:
    """Return what the case does not state and what therefore counts as 0."""
    case = findings.case
    names = {measure.id: measure.name for measure in case.measures}
    items: list[Text] = []
    chains = {measure.level.chain if measure.level else measure.id for measure in case.measures}
    for value in unstated_values(case):
        if value.party in case.preferences and len(value.measures) == len(chains):
            continue  # its order of states is stated, and no value at all
        measures = "; ".join(names.get(measure, measure) for measure in value.measures)
        items.append((Strong(case.party(value.party).name), f": {measures}"))
    if not items:
        blocks: tuple[Paragraph | Bullets, ...] = (
            Paragraph(text=("The case states what every measure is worth to every party.",)),
        )
    else:
        blocks = (
            Paragraph(
                text=(
                    "The case does not say what these measures are worth to these parties. Each counts as 0; that is "
                    "not the same as a judgement that the party does not care.",
                )
            ),
            Bullets(items=tuple(items)),
        )
    return Section(id="unstated", heading="Values that nobody states", blocks=blocks)
