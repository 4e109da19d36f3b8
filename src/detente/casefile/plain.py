"""A case as plain data with the keys of the case file: what is written, compared and hashed.

Only what differs from its default is stated.  Levels of a graded measure stand under one key, each with its increments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from detente.case import (
    Case,
    Claim,
    Direction,
    Document,
    Forum,
    Graph,
    Issue,
    Measure,
    OnBreakdown,
    Party,
    Reading,
    Roadmap,
    format_condition,
)
from detente.casefile import tree
from detente.casefile.levels import shares
from detente.casefile.plain_numbers import number_to_plain, numbers_to_plain, shortened
from detente.casefile.preferences import preferences_to_plain
from detente.casefile.tree import Node, Plain
from detente.errors import OptionError


def case_to_tree(case: Case) -> dict[str, Plain]:
    """Return a case as plain data with the keys of ``case.yaml``: dicts, lists, texts and numbers.

    Raises
    ------
    OptionError
        If the levels of a graded measure differ in what the format states once for all of them.
    """
    plain: dict[str, Plain] = {"detente": 1, "name": case.name}
    if case.period is not None:
        plain["period"] = case.period
    if case.strict:
        plain["strict"] = True
    sections: dict[str, Plain] = {
        "parties": {party.id: _party(party) for party in case.parties},
        "interests": {
            interest.id: _named(interest.id, interest.name) | _some({"weight": numbers_to_plain(interest.weight)})
            for interest in case.interests
        },
        "measures": _measures(case.measures),
        "terms": [
            {"party": term.party, "when": format_condition(term.when), "value": number_to_plain(term.value)}
            for term in case.terms
        ],
        "preferences": preferences_to_plain(case),
        "infeasible": [format_condition(pattern) for pattern in case.infeasible],
        "forums": {forum.id: _forum(forum) for forum in case.forums},
        "formats": {each.id: list(each.parties) for each in case.formats},
        "status-quo": list(case.status_quo),
    }
    if case.graph is not None:
        sections["graph"] = _graph(case.graph)
    sections |= {
        "roadmaps": {roadmap.id: _roadmap(roadmap) for roadmap in case.roadmaps},
        "progress": [
            _some({"measure": entry.measure, "taken": entry.taken, "ended": entry.ended}) for entry in case.progress
        ],
        "issues": {issue.id: _issue(issue) for issue in case.issues},
        "readings": {reading.id: _reading(reading) for reading in case.readings},
    }
    return plain | _some(sections)


_IN_ORDER = ("parties", "interests", "measures", "forums", "formats", "roadmaps", "issues", "readings")


def canonical(plain: Mapping[str, Plain]) -> Plain:
    """Return plain data so that two cases are equal if these are: where order counts, as lists of pairs."""
    ordered: dict[str, Plain] = {
        key: _pairs(value) if key in _IN_ORDER and isinstance(value, dict) else value for key, value in plain.items()
    }
    graph = plain.get("graph")
    if isinstance(graph, dict) and isinstance(options := graph.get("options"), dict):
        ordered["graph"] = {**graph, "options": _pairs(options)}
    return ordered


def _pairs(entries: dict[str, Plain]) -> Plain:
    pairs: list[Plain] = []
    for key, entry in entries.items():
        if isinstance(entry, dict) and isinstance(levels := entry.get("levels"), dict):
            entry = {**entry, "levels": _pairs(levels)}
        pairs.append([key, entry])
    return pairs


def _some(fields: Mapping[str, Plain]) -> dict[str, Plain]:
    return {key: value for key, value in fields.items() if value not in (None, {}, [])}


def _named(key: str, name: str) -> dict[str, Plain]:
    return {} if name == key else {"name": name}


def _party(party: Party) -> Plain:
    return _named(party.id, party.name) | {
        key: number_to_plain(quantity)
        for key, quantity, default in (
            ("discount", party.discount, None),
            ("hazard", party.hazard, 0.0),
            ("breakdown", party.breakdown, 0.0),
        )
        if quantity is not None and quantity != default
    }


def _graded(measure: Measure) -> dict[str, Plain]:
    return _some(
        {
            "value": numbers_to_plain(measure.value),
            "effects": {interest: numbers_to_plain(effect) for interest, effect in measure.effects.items() if effect},
            "cost": numbers_to_plain(measure.cost),
            "undo-cost": numbers_to_plain(measure.undo_cost),
            "deters": numbers_to_plain(measure.deters),
        }
    )


def _shared(measure: Measure) -> dict[str, Plain]:
    by: Plain = list(measure.owners) if measure.forum is None else {"forum": measure.forum}
    shared: dict[str, Plain] = {"by": by}
    if measure.direction is Direction.FORWARD:
        shared["reversible"] = False
    elif measure.direction is Direction.BACKWARD:
        shared["direction"] = str(measure.direction)
    if measure.on_breakdown is not OnBreakdown.OWN_INTEREST:
        shared["on-breakdown"] = str(measure.on_breakdown)
    if measure.duration != 1:
        shared["duration"] = measure.duration
    if measure.detection_lag != 1:
        shared["detection-lag"] = measure.detection_lag
    return shared | _some(
        {
            "verifies": dict(measure.verifies),
            "after": list(measure.after),
            "excludes": list(measure.excludes),
        }
    )


def _measures(measures: Iterable[Measure]) -> dict[str, Plain]:
    plain: dict[str, Plain] = {}
    chains: dict[str, list[Measure]] = {}
    for measure in measures:
        if measure.level is None:
            record = _named(measure.id, measure.name) | _shared(measure)
            plain[measure.id] = record | _some({"requires": list(measure.requires)}) | _graded(measure)
        else:
            chains.setdefault(measure.level.chain, []).append(measure)
            plain.setdefault(measure.level.chain, None)
    for chain, levels in chains.items():
        plain[chain] = _chain(chain, levels)
    return plain


def _chain(chain: str, levels: list[Measure]) -> Plain:
    shared = _shared(levels[0])
    requires = levels[0].requires
    before: tuple[str, ...] = ()
    labels = []
    for number, measure in enumerate(levels, start=1):
        level = measure.level
        assert level is not None
        if (
            measure.id != f"{chain}.{level.label}"
            or level.number != number
            or _shared(measure) != shared
            or measure.requires != (*before, *requires)
        ):
            raise OptionError(
                f"the levels of '{chain}' cannot be written: '{measure.id}' differs from the first in more than "
                "name, value, effects, cost, undo-cost and deters, or does not require the level before"
            )
        before = (measure.id,)
        labels.append(level.label)
    name, names = _level_names(levels, labels)
    totals, increments = totals_of([_graded(measure) for measure in levels], shares(labels))
    stated = [named | increment for named, increment in zip(names, increments, strict=True)]
    graded: Plain = dict(zip(labels, stated, strict=True)) if any(stated) else list[Plain](labels)
    return name | shared | _some({"requires": list(requires)}) | {"levels": graded} | totals


def _level_names(levels: list[Measure], labels: list[str]) -> tuple[dict[str, Plain], list[dict[str, Plain]]]:
    """Return the name that the chain states, and those that its levels state beyond that."""
    name = levels[0].name.removesuffix(f" {labels[0]}")
    if all(measure.name == f"{name} {label}" for measure, label in zip(levels, labels, strict=True)):
        return {"name": name}, [{} for _ in levels]
    return {}, [_named(measure.id, measure.name) for measure in levels]


Graded = dict[str, Plain]


def totals_of(increments: list[Graded], portions: tuple[float, ...]) -> tuple[Graded, list[Graded]]:
    """Return the totals of which increments are the exact shares, and the increments that are no such shares."""
    totals: Graded = {}
    left: list[Graded] = [{} for _ in increments]
    for key in dict.fromkeys(key for increment in increments for key in increment):
        parts = [increment.get(key) for increment in increments]
        if all(part is None or isinstance(part, dict) for part in parts):
            inner, rest = totals_of([part if isinstance(part, dict) else {} for part in parts], portions)
            totals |= _some({key: inner})
            for each, of_level in zip(left, rest, strict=True):
                each |= _some({key: of_level})
            continue
        total = _total(parts, portions)
        if total is not None:
            totals[key] = total
        else:
            for each, part in zip(left, parts, strict=True):
                each |= {} if part is None else {key: part}
    return totals, left


def _total(parts: list[Plain], portions: tuple[float, ...]) -> Plain:
    """Return the number of which these are the exact shares; None if there is none."""
    rows = [part if isinstance(part, list) else [part] for part in parts]
    if len({len(row) for row in rows}) > 1:
        return None
    totals: list[Plain] = []
    for numbers in zip(*rows, strict=True):
        stated = [number for number in numbers if isinstance(number, int | float)]
        if len(stated) < len(parts):
            return None
        exact = sum(stated)
        for total in (float(f"{exact:.12g}"), float(f"{exact:.15g}"), exact):
            if all(total * portion == number for portion, number in zip(portions, stated, strict=True)):
                totals.append(shortened(total))
                break
        else:
            return None
    return totals if isinstance(parts[0], list) else totals[0]


def _graph(graph: Graph) -> Plain:
    plain: dict[str, Plain] = {"states": list(graph.states)}
    plain |= _some({"names": dict(graph.names)})
    plain["moves"] = {party: [list(move) for move in moves] for party, moves in graph.moves.items()}
    rest: dict[str, Plain] = {
        "common": [
            {"by": list(entry.parties), "moves": [list(move) for move in entry.moves]} for entry in graph.common
        ],
        "ranks": {party: list(ranks) for party, ranks in graph.ranks.items()},
        "status-quo": graph.status_quo,
        "options": {party: list(options) for party, options in graph.options.items()},
        "patterns": dict(graph.patterns),
    }
    return plain | _some(rest)


def _forum(forum: Forum) -> Plain:
    end: dict[str, Plain] = {} if forum.end_quota == forum.quota else {"quota": forum.end_quota}
    if forum.end_veto != forum.veto:
        end["veto"] = list(forum.end_veto)
    plain: dict[str, Plain] = {"members": list(forum.members)}
    if forum.others:
        plain["others"] = forum.others
    plain["quota"] = forum.quota
    return plain | _some({"veto": list(forum.veto)}) | ({"end": end} if end else {})


def _roadmap(roadmap: Roadmap) -> Plain:
    plain = _named(roadmap.id, roadmap.name) | {"stages": [list(stage) for stage in roadmap.stages]}
    if roadmap.durations is not None:
        plain["durations"] = list(roadmap.durations)
    return plain


def _issue(issue: Issue) -> Plain:
    plain = _named(issue.id, issue.name) | _some(
        {
            "scale": {str(shortened(point)): label for point, label in issue.scale.items()},
            "positions": {
                party: {
                    "position": number_to_plain(held.position),
                    "salience": number_to_plain(held.salience),
                    "capability": number_to_plain(held.capability),
                }
                for party, held in issue.positions.items()
            },
        }
    )
    return plain if issue.reference is None else plain | {"reference": number_to_plain(issue.reference)}


def _reading(reading: Reading) -> Plain:
    plain = _named(reading.id, reading.name)
    if reading.document is not None:
        plain["document"] = reading.document
    return plain | _some({"set": {place: plain_value(value) for place, value in reading.settings.items()}})


def plain_value(value: object) -> Plain:
    """Return a setting's value as plain data.

    Raises
    ------
    OptionError
        If a case file cannot hold it.
    """
    try:
        return tree.to_plain(tree.from_plain(value))
    except TypeError as error:
        raise OptionError(str(error)) from error


def evidence_to_trees(case: Case) -> tuple[Node | None, Node | None]:
    """Return the claims and the documents of a case as trees, None where it has none."""
    claims, documents = claims_to_tree(case), documents_to_tree(case)
    return (
        tree.from_plain(claims) if claims is not None else None,
        tree.from_plain(documents) if documents is not None else None,
    )


def documents_to_tree(case: Case) -> dict[str, Plain] | None:
    """Return the documents of a case as plain data with the keys of ``documents.yaml``; None if it has none."""
    if not case.documents:
        return None
    return {"detente": 1, "documents": {document.id: _document(document) for document in case.documents}}


def _document(document: Document) -> Plain:
    plain: dict[str, Plain] = {"title": document.title}
    named = (("author", document.author), ("publisher", document.publisher), ("date", document.date))
    return plain | {key: value for key, value in named if value is not None} | dict(document.details)


def claims_to_tree(case: Case) -> dict[str, Plain] | None:
    """Return the claims of a case as plain data with the keys of ``claims.yaml``; None if it has none."""
    if not case.claims and not case.assumptions:
        return None
    assumed: list[Plain] = [
        _some({"reason": assumption.reason or None, "places": list(assumption.places)})
        for assumption in case.assumptions
    ]
    claims: dict[str, Plain] = {claim.id: _claim(claim) for claim in case.claims}
    return {"detente": 1} | _some({"claims": claims, "assumed": assumed})


def _claim(claim: Claim) -> Plain:
    anchor = claim.anchor
    fields: dict[str, Plain] = {
        "document": claim.document,
        "paragraph": claim.paragraph,
        "anchor": None if anchor is None else {"start": anchor.start, "length": anchor.length, "sha256": anchor.sha256},
        "voice": list(claim.voice),
        "mode": claim.mode,
        "party": claim.party,
        "subject": claim.subject,
        "stance": None if claim.stance is None else shortened(claim.stance),
        "strength": claim.strength,
        "paraphrase": claim.paraphrase or None,
        "supports": list(claim.supports),
    }
    return _some(fields)
