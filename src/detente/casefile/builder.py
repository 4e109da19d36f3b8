"""From what the shapes have read to the frozen domain objects.

What is missing because it was bad is left out, so that the rules of the model can look at the rest and all problems are
reported at once; a case with errors is never handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, TypeVar

from detente.case import (
    Anchor,
    Assumption,
    Case,
    Claim,
    Direction,
    Document,
    Format,
    Forum,
    Graph,
    GraphMoves,
    Interest,
    Issue,
    Level,
    Measure,
    OnBreakdown,
    Party,
    Position,
    ProgressEntry,
    Reading,
    Roadmap,
    Term,
)
from detente.casefile.levels import Read, level_records
from detente.casefile.preferences import build_preference

T = TypeVar("T")


class Builder:
    """Build cases from what was read; what was read once and stands in several of them is built once.

    Parameters
    ----------
    name : str
        The name of a case that states none.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._built: dict[tuple[str, int], tuple[object, Any]] = {}  # Any: as in Read

    def build(self, read: Read) -> Case:
        """Return the case that was read."""
        preferences = self._each("preferences", read, build_preference)
        return Case(
            name=read.get("name", self._name),
            period=read.get("period"),
            strict=read.get("strict", False),
            parties=self._each("parties", read, _party),
            interests=self._each("interests", read, _interest),
            measures=tuple(chain.from_iterable(self._each("measures", read, _measures))),
            terms=self._once("terms", read, _terms),
            preferences={stated.party: stated.order for stated in preferences if stated.order is not None},
            unknown={stated.party: stated.unknown for stated in preferences if stated.unknown is not None},
            strong={stated.party: stated.strong for stated in preferences if stated.strong is not None},
            infeasible=tuple(read.get("infeasible", ())),
            forums=self._each("forums", read, _forum),
            formats=self._each("formats", read, _format),
            status_quo=tuple(read.get("status-quo", ())),
            graph=self._once("graph", read, _graph) if "graph" in read else None,
            roadmaps=self._once("roadmaps", read, _roadmaps),
            progress=self._once("progress", read, _progress),
            issues=self._each("issues", read, _issue),
            readings=self._each("readings", read, _reading),
        )

    def _once(self, section: str, read: Read, build: Callable[[Any], T]) -> T:
        stated = read.get(section, ())
        known = self._built.get((section, id(stated)))
        if known is None:
            known = (stated, build(stated))
            self._built[section, id(stated)] = known
        built: T = known[1]
        return built

    def _each(self, section: str, read: Read, build: Callable[[str, Any], T]) -> tuple[T, ...]:
        built = []
        for key, stated in read.get(section, {}).items():
            known = self._built.get((f"{section}.{key}", id(stated)))
            if known is None:
                known = (stated, build(key, stated))
                self._built[f"{section}.{key}", id(stated)] = known
            built.append(known[1])
        return tuple(built)


def _interest(key: str, read: Read) -> Interest:
    return Interest(id=key, name=read.get("name", key), weight=read.get("weight", {}))


def _format(key: str, read: list[str]) -> Format:
    return Format(id=key, parties=tuple(read))


def _terms(read: list[Read]) -> tuple[Term, ...]:
    return tuple(Term(party=term["party"], when=term["when"], value=term["value"]) for term in read)


def _roadmaps(read: Mapping[str, Read]) -> tuple[Roadmap, ...]:
    return tuple(
        Roadmap(
            id=key,
            name=roadmap.get("name", key),
            stages=tuple(tuple(stage) for stage in roadmap["stages"]),
            durations=tuple(roadmap["durations"]) if "durations" in roadmap else None,
        )
        for key, roadmap in (read or {}).items()
    )


def _progress(read: list[Read]) -> tuple[ProgressEntry, ...]:
    return tuple(
        ProgressEntry(measure=entry["measure"], taken=entry["taken"], ended=entry.get("ended")) for entry in read
    )


def _reading(key: str, read: Read) -> Reading:
    return Reading(id=key, name=read.get("name", key), document=read.get("document"), settings=read.get("set", {}))


def _party(key: str, read: Read) -> Party:
    return Party(
        id=key,
        name=read.get("name", key),
        discount=read.get("discount"),
        hazard=read.get("hazard", 0.0),
        breakdown=read.get("breakdown", 0.0),
    )


def direction_of(read: Read) -> Direction:
    """Return the direction of a measure, stated as such or by ``reversible``."""
    if "direction" in read:
        return Direction(read["direction"])
    return Direction.BOTH if read.get("reversible", True) else Direction.FORWARD


def _measures(key: str, read: Read) -> tuple[Measure, ...]:
    if not read.get("levels"):
        return (_measure(key, read.get("name", key), read, read),)
    levels = []
    before: tuple[str, ...] = ()
    for number, (label, record) in enumerate(level_records(read).items(), start=1):
        level_id = f"{key}.{label}"
        name = record["name"] or (f"{read['name']} {label}" if "name" in read else level_id)
        level = Level(chain=key, label=label, number=number)
        levels.append(_measure(level_id, name, read, record, level=level, before=before))
        before = (level_id,)
    return tuple(levels)


def _measure(
    key: str, name: str, read: Read, graded: Read, *, level: Level | None = None, before: tuple[str, ...] = ()
) -> Measure:
    by: Any = read.get("by", [])  # Any: as in Read
    is_forum = isinstance(by, Mapping)
    return Measure(
        id=key,
        name=name,
        owners=() if is_forum else tuple(by),
        forum=by.get("forum") if is_forum else None,
        value=graded.get("value", {}),
        effects={interest: effect for interest, effect in graded.get("effects", {}).items() if effect},
        cost=graded.get("cost", {}),
        undo_cost=graded.get("undo-cost", {}),
        direction=direction_of(read),
        on_breakdown=OnBreakdown(read.get("on-breakdown", OnBreakdown.OWN_INTEREST)),
        duration=read.get("duration", 1),
        detection_lag=read.get("detection-lag", 1),
        verifies=read.get("verifies", {}),
        deters=graded.get("deters", {}),
        requires=(*before, *read.get("requires", [])),
        after=tuple(read.get("after", [])),
        excludes=tuple(read.get("excludes", [])),
        level=level,
    )


def _forum(key: str, read: Read) -> Forum:
    end = read.get("end", {})
    quota = read.get("quota", 1)
    veto = tuple(read.get("veto", []))
    return Forum(
        id=key,
        members=tuple(read.get("members", [])),
        quota=quota,
        others=read.get("others", 0),
        veto=veto,
        end_quota=end.get("quota", quota),
        end_veto=tuple(end["veto"]) if "veto" in end else veto,
    )


def _pairs(moves: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((start, end) for start, end in moves)


def _graph(read: Read) -> Graph:
    return Graph(
        states=tuple(read.get("states", [])),
        moves={party: _pairs(moves) for party, moves in read.get("moves", {}).items()},
        ranks={party: tuple(ranks) for party, ranks in read.get("ranks", {}).items()},
        common=tuple(
            GraphMoves(parties=tuple(entry["by"]), moves=_pairs(entry["moves"])) for entry in read.get("common", [])
        ),
        status_quo=read.get("status-quo"),
        names=read.get("names", {}),
        options={party: tuple(options) for party, options in read.get("options", {}).items()},
        patterns=read.get("patterns", {}),
    )


def _issue(key: str, read: Read) -> Issue:
    return Issue(
        id=key,
        name=read.get("name", key),
        scale=read.get("scale", {}),
        positions={
            party: Position(
                position=position["position"], salience=position["salience"], capability=position["capability"]
            )
            for party, position in read.get("positions", {}).items()
        },
        reference=read.get("reference"),
    )


def build_documents(read: Read) -> tuple[Document, ...]:
    """Return the documents of ``documents.yaml``; what has no field of its own is kept as details."""
    documents = []
    for key, entry in read.get("documents", {}).items():
        date = entry.get("date")
        details = {name: text for name, text in entry.items() if name not in ("title", "author", "publisher", "date")}
        documents.append(
            Document(
                id=key,
                title=entry["title"],
                author=entry.get("author"),
                publisher=entry.get("publisher"),
                date="/".join(date) if isinstance(date, list) else date,
                details=tuple((name, text) for name, text in details.items() if text is not None),
            )
        )
    return tuple(documents)


def build_claims(read: Read) -> tuple[tuple[Claim, ...], tuple[Assumption, ...]]:
    """Return the claims and the assumptions of ``claims.yaml``."""
    claims = tuple(_claim(key, entry) for key, entry in read.get("claims", {}).items())
    assumptions = tuple(
        Assumption(places=tuple(entry["places"]), reason=entry.get("reason", "")) for entry in read.get("assumed", [])
    )
    return claims, assumptions


def _claim(key: str, read: Read) -> Claim:
    anchor: Any = read.get("anchor")  # Any: as in Read
    return Claim(
        id=key,
        document=read["document"],
        paragraph=read.get("paragraph"),
        anchor=None
        if anchor is None
        else Anchor(start=anchor["start"], length=anchor["length"], sha256=anchor["sha256"]),
        voice=tuple(read.get("voice", [])),
        mode=read.get("mode"),
        party=read.get("party"),
        subject=read.get("subject"),
        stance=read.get("stance"),
        strength=read.get("strength"),
        paraphrase=read.get("paraphrase", ""),
        supports=tuple(read.get("supports", [])),
    )
