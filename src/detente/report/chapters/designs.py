"""The roadmap that asks for the least trust, in the base case and under every reading."""

from __future__ import annotations

from detente.analysis.result import Status
from detente.analysis.roadmap import Design
from detente.report.chapters.roadmaps import stage_table
from detente.report.document import Block, Details, Paragraph, Section
from detente.report.findings import DesignFinding, Findings
from detente.report.pictures import draw_timeline, draw_trust_profile
from detente.report.words import at_most_per_stage, reading_name, say_goal, say_measures, unit_of

TITLE = "the roadmap that asks for the least trust"


def _scope(design: Design) -> str:
    """Which goal and limits a design was made for."""
    case, parameters = design.case, design.parameters
    unit = unit_of(case)
    limits = {"max_stages": "at most {} stages", "max_duration": f"at most {{}} {unit}s"}
    said = [text.format(parameters[key]) for key, text in limits.items() if key in parameters]
    if "max_per_stage" in parameters:
        said.append(at_most_per_stage([parameters["max_per_stage"]]))
    if "at_table" in parameters:
        said.append(f"at the table “{parameters['at_table']}”")
    return f"Goal: {say_goal(case, design.goal)}{'; ' + ', '.join(said) if said else ''}."


def _headings(findings: Findings) -> list[str]:
    """What tells the designs apart: their readings; under one reading, the goals of those after the first."""
    headings = []
    for found in findings.designs:
        name = reading_name(findings.case, found.reading)
        name = name[:1].upper() + name[1:]
        under_it = [other.design for other in findings.designs if other.reading == found.reading]
        first, design = under_it[0], found.design
        if design is not first and first is not None and design is not None:
            goal, wider = design.goal or (), first.goal or ()
            if goal and set(goal) < set(wider):
                name += f", without {say_measures(design.case, (m for m in wider if m not in goal))}"
            else:
                name += f", {say_goal(design.case, design.goal)}"
        headings.append(name)
    return headings


def _found(found: DesignFinding, name: str, *, is_first: bool) -> tuple[Block, ...]:
    design = found.design
    if design is None:
        return (Paragraph(text=(f"No design was made: {found.refusal}",)),)
    sentences = [sentence for sentence in design.explain().sentences if sentence.parties or sentence.stage is None]
    blocks: list[Block] = [Paragraph(text=(_scope(design), " ", sentences[0].text))]
    blocks += [Paragraph(text=("Tightest there: ", sentence.text)) for sentence in sentences[1:]]
    entry = design.evaluation
    if entry is not None:
        pictures = (draw_timeline(entry, f"{name}.timeline", title=TITLE), draw_trust_profile(entry, f"{name}.trust"))
        folded: tuple[Block, ...] = (stage_table(entry, title=TITLE),)
        if is_first:
            blocks += pictures
        else:
            folded = (*pictures, *folded)
        blocks.append(Details(summary="Its stages", blocks=folded))
    return tuple(blocks)


def _certificate(findings: Findings) -> str:
    statuses = {found.design.status for found in findings.designs if found.design is not None}
    if Status.STOPPED in statuses:
        told = "the best one found so far is told, with a bound on what others could reach"
        return f" Where the search was stopped, {told}."
    return " The search is exact: what is told below is proven, also where none exists." if statuses else ""


def designs(findings: Findings) -> Section:
    """Return the design under every reading, or why there is none."""
    text = (
        "Out of all possible roadmaps, which one holds and asks for the least trust? Stages, order and counterparts "
        f"are free; only dependence and precedence between measures are kept.{_certificate(findings)}"
    )
    sections = []
    for number, (found, heading) in enumerate(zip(findings.designs, _headings(findings), strict=True), start=1):
        name = f"design.{number}"
        sections.append(Section(id=name, heading=heading, blocks=_found(found, name, is_first=number == 1)))
    return Section(
        id="designs",
        heading="The roadmap that asks for the least trust",
        blocks=(Paragraph(text=(text,)),),
        sections=tuple(sections),
    )
