"""The terms of a report, each in a sentence."""

from __future__ import annotations

from detente.report.document import Facts, Section

TERMS = (
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
    ("Measure", "Something that is either in force or not, and that its owners can bring about."),
    ("Reading", "The values that one source’s account implies, laid over the base case."),
    (
        "Required trust",
        "The lowest probability of the others’ performing at which a party still does its part of a stage rather than "
        "walk out. “None suffices”: it would walk out even if it were certain of the others.",
    ),
    ("Roadmap", "Measures in stages; the next stage starts when everything in the one before is verified."),
    ("Trust of a roadmap", "The largest trust that it requires of any party at any stage."),
    ("Unstated", "What the case does not say; it counts as 0 and is listed, since it is not the same as indifference."),
)


def glossary() -> Section:
    """Return the terms that a report uses."""
    return Section(
        id="terms",
        heading="Terms used",
        blocks=(Facts(pairs=tuple(((term,), ((meaning,),)) for term, meaning in TERMS)),),
    )
