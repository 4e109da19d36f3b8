"""What is no error but should be seen: values that nobody states, and evidence about what is not in the case."""

from __future__ import annotations

from detente.case import Case, Measure
from detente.casefile.names import Names
from detente.casefile.places import PlaceError, resolve
from detente.casefile.problems import Problems, listed, shown
from detente.casefile.tree import Node, locate
from detente.errors import Severity


def note_unstated(case: Case, root: Node, problems: Problems) -> None:
    """List the parties for which a measure states neither value nor effects; an error in a strict case (§3).

    Parties with an ordinal preference, or a wholly unknown one, need no values.  A graded measure is listed once.
    """
    unknown = {party for party, unknown in case.unknown.items() if unknown.everything}
    cardinal = [party.id for party in case.parties if party.id not in case.preferences and party.id not in unknown]
    chains: dict[str, list[Measure]] = {}
    for measure in case.measures:
        chains.setdefault(measure.level.chain if measure.level else measure.id, []).append(measure)
    for key, levels in chains.items():
        stated = {party for level in levels for party in level.value}
        stated |= {party for level in levels for effect in level.effects.values() for party in effect}
        unstated = [party for party in cardinal if party not in stated]
        if unstated:
            problems.add(
                "D501",
                locate(root, "measures", key),
                f"measure '{key}' states no value for {listed(unstated)}.",
                "state it under value or effects, 0 included."
                if case.strict
                else "it counts as 0; state it under value or effects if that is meant.",
                severity=Severity.ERROR if case.strict else Severity.NOTE,
            )


def note_evidence(case: Case, root: Node, claims: Node, names: Names, problems: Problems) -> None:
    """List what claims and assumptions name that the case has not: parties, subjects, places."""
    for claim in case.claims:
        for code, word, what in (("D502", claim.party, "party"), ("D503", claim.subject, "subject")):
            if word is None or word in (names.of("party") if what == "party" else names):
                continue
            close = problems.nearest(word, names.of("party")) if what == "party" else None
            problems.add(
                code,
                locate(claims, "claims", claim.id, what),
                f"claim '{claim.id}' has the {what} {shown(word)}, which is no id of the case.",
                f"did you mean '{close}'?" if close else "free text is fine; an id links it to the case.",
                severity=Severity.NOTE,
            )
        for index, place in enumerate(claim.supports):
            _note_place(
                "D504",
                place,
                f"claim '{claim.id}' supports",
                locate(claims, "claims", claim.id, "supports", index),
                root,
                names,
                problems,
            )
    for number, assumption in enumerate(case.assumptions):
        for index, place in enumerate(assumption.places):
            _note_place(
                "D505",
                place,
                "an assumption is about",
                locate(claims, "assumed", number, "places", index),
                root,
                names,
                problems,
            )


def _note_place(code: str, place: str, who: str, node: Node, root: Node, names: Names, problems: Problems) -> None:
    try:
        resolve(place, root, names)
    except PlaceError as error:
        problems.add(code, node, f"{who} an {error.message}", error.help, severity=Severity.WARNING)
