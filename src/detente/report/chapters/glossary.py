"""The terms of a report, each in a sentence."""

from __future__ import annotations

from detente.report.document import Facts, Section
from detente.report.findings import Findings

READING = ("Reading", "The values that one source’s account implies, laid over the base case.")
TERMS_OF_MEASURES = (
    ("Measure", "Something that is either in force or not, and that its owners can bring about."),
    ("Unstated", "What the case does not say; it counts as 0 and is listed, since it is not the same as indifference."),
)
"""Terms of reports on cases that have measures, and not states outright."""

TERMS_OF_ROADMAPS = (
    ("Breakdown", "The end of a process: measures lapse or are undone until nobody gains from undoing more."),
    ("Critical", "The party and the check with the least margin: where the roadmap would fail first, or fails most."),
    (
        "Deviation",
        "What a party does instead of complying: withholding its part of a stage, undoing what it did, or walking out.",
    ),
    ("Discount factor", "What a unit of value in the next period is worth to a party now."),
    ("Hazard", "The chance per period that the process breaks for reasons outside it."),
    ("Holds", "A roadmap holds if at no check would any party do better by its best deviation."),
    (
        "Margin",
        "The value of complying less the value of the best deviation. It is told as a flow: the constant value per "
        "period that is worth as much, in the party’s own units.",
    ),
    (
        "Required trust",
        "The lowest probability of the others’ performing at which a party still does its part of a stage rather than "
        "walk out. “None suffices”: it would walk out even if it were certain of the others.",
    ),
    ("Roadmap", "Measures in stages; the next stage starts when everything in the one before is verified."),
    ("Trust of a roadmap", "The largest trust that it requires of any party at any stage."),
)
"""Terms of reports that tell roadmaps."""

TERMS_OF_STABILITY = (
    (
        "Feasible state",
        "Measures in force together that neither exclude nor lack each other; or a state given outright.",
    ),
    (
        "Improvement",
        "A move of a party to a state that it prefers; of several together, one that each of them prefers.",
    ),
    (
        "Sanction",
        "Moves of the others, after a party has improved its position, that leave it no better off than before.",
    ),
    (
        "Stable",
        "A state is stable for a party that would not leave it by itself, by a concept of how far it thinks ahead; "
        "what is stable for every party lasts.",
    ),
    ("Nash", "Stable for a party that has no better state within its own reach."),
    (
        "GMR",
        "General metarationality: stable for a party if, whatever better state it could move to, the others could "
        "answer so that it ends no better off.",
    ),
    ("SMR", "Symmetric metarationality: as GMR, and from that answer the party could not escape to anything better."),
    ("SEQ", "Sequential stability: as GMR, by answers each of which improves the position of whoever makes it."),
    ("SSEQ", "Symmetric sequential stability: as SEQ, and from that answer the party could not escape either."),
)
"""Terms of reports that tell what lasts without agreement."""


def glossary(findings: Findings) -> Section:
    """Return the terms that a report uses, in the order of the alphabet."""
    terms = [READING] if findings.readings else []
    if findings.case.graph is None:
        terms += TERMS_OF_MEASURES
    if findings.evaluation is not None or findings.designs:
        terms += TERMS_OF_ROADMAPS
    if any(found.stability is not None for found in findings.stability):
        terms += TERMS_OF_STABILITY
    return Section(
        id="terms",
        heading="Terms used",
        blocks=(Facts(pairs=tuple(((term,), ((meaning,),)) for term, meaning in sorted(terms, key=_place))),),
    )


def _place(term: tuple[str, str]) -> str:
    return term[0].casefold()
