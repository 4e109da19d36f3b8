"""The case: one system of parties and measures, with its roadmaps, readings and evidence.

A `Case` is what the reader makes of a case file and what every analysis takes.  It is plain data, frozen and checked by
whoever builds it; `Case.under` gives the case as one reading sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.case.conditions import Condition
from detente.case.evidence import Assumption, Claim, Document
from detente.case.issues import Issue
from detente.case.measures import Measure, ProgressEntry, Roadmap, Term
from detente.case.parties import Format, Forum, Interest, Party
from detente.case.preferences import Graph, OrdinalPreference, Strong, Unknown
from detente.errors import Diagnostic, OptionError


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One source's values, laid over the base case: `settings` maps dotted paths to values, as in the file."""

    id: str
    name: str
    document: str | None = None
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a case came from: the path shown to users, the exact text, and what ``--set`` changed in it.

    `beside` holds the texts of the files that were read beside it, by their names.
    """

    path: str
    text: str
    settings: Mapping[str, object] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A system of parties and measures under discussion.

    Graded measures are expanded: `measures` holds their levels, each a yes/no measure that requires the one below.
    All tuples are in declared order, and bit i of a state is the i-th declared measure (§2).

    Parameters
    ----------
    reading_cases : mapping from reading id to Case
        The case as each reading sees it; not part of equality.
    notes : tuple of Diagnostic
        Warnings and notes of the reader, such as unstated values; not part of equality.
    digest : str
        SHA-256 of the case's content, settings included; not part of equality.
    """

    name: str
    period: str | None = None
    strict: bool = False
    parties: tuple[Party, ...] = ()
    interests: tuple[Interest, ...] = ()
    measures: tuple[Measure, ...] = ()
    terms: tuple[Term, ...] = ()
    preferences: Mapping[str, OrdinalPreference] = field(default_factory=dict)
    unknown: Mapping[str, Unknown] = field(default_factory=dict)
    strong: Mapping[str, Strong] = field(default_factory=dict)
    infeasible: tuple[Condition, ...] = ()
    forums: tuple[Forum, ...] = ()
    formats: tuple[Format, ...] = ()
    status_quo: tuple[str, ...] = ()
    graph: Graph | None = None
    roadmaps: tuple[Roadmap, ...] = ()
    progress: tuple[ProgressEntry, ...] = ()
    issues: tuple[Issue, ...] = ()
    readings: tuple[Reading, ...] = ()
    documents: tuple[Document, ...] = ()
    claims: tuple[Claim, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    source: Source | None = field(default=None, compare=False, repr=False)
    reading_cases: Mapping[str, Case] = field(default_factory=dict, compare=False, repr=False)
    notes: tuple[Diagnostic, ...] = field(default=(), compare=False, repr=False)
    digest: str = field(default="", compare=False)

    def under(self, reading: str | None) -> Case:
        """Return the case as a reading sees it; the case itself for None.

        Raises
        ------
        OptionError
            If the case has no such reading.
        """
        if reading is None:
            return self
        if reading not in self.reading_cases:
            known = ", ".join(r.id for r in self.readings) or "none"
            raise OptionError(f"unknown reading '{reading}' (the case has: {known})")
        return self.reading_cases[reading]

    def party(self, party: str) -> Party:
        """Return a party by its id."""
        return next(p for p in self.parties if p.id == party)

    def measure(self, measure: str) -> Measure:
        """Return a measure by its id."""
        return next(m for m in self.measures if m.id == measure)

    def forum(self, forum: str) -> Forum:
        """Return a forum by its id."""
        return next(f for f in self.forums if f.id == forum)

    def roadmap(self, roadmap: str) -> Roadmap:
        """Return a roadmap by its id.

        Raises
        ------
        OptionError
            If the case has no such roadmap.
        """
        for candidate in self.roadmaps:
            if candidate.id == roadmap:
                return candidate
        known = ", ".join(r.id for r in self.roadmaps) or "none"
        raise OptionError(f"unknown roadmap '{roadmap}' (the case has: {known})")

    def members_of(self, measure: Measure) -> tuple[str, ...]:
        """Return the owners of a measure; of a forum's measure, the members of the forum (§2)."""
        return measure.owners if measure.forum is None else self.forum(measure.forum).members
