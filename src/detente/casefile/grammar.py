"""The format of case files, declared once: what the reader checks, what a path may name, and the JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from detente.case import Direction, OnBreakdown
from detente.casefile.compounds import Anything, Either, Label, Listing, Record, Table
from detente.casefile.preferences import PREFERENCE
from detente.casefile.references import ConditionText, Reference
from detente.casefile.shapes import Choice, Flag, Number, Shape, Text, Version

PARTY: Final = Reference("party")
MEASURE: Final = Reference("measure")
STATE: Final = Reference("state")

_any_number = Number(ranged=True)
_not_negative = Number(least=0, ranged=True)
_periods = Number(least=1, whole=True)
_by_party = Table(key=PARTY, value=_any_number)
_measures = Listing(item=MEASURE, distinct=True)
_moves = Listing(item=Listing(item=STATE, least=2, most=2))
_percent = Number(least=0, most=100, ranged=True)

GRADED: Final[Mapping[str, Shape]] = {
    "value": _by_party,
    "effects": Table(key=Reference("interest"), value=_by_party),
    "cost": Table(key=PARTY, value=_not_negative),
    "undo-cost": Table(key=PARTY, value=_not_negative),
    "deters": Table(key=PARTY, value=_not_negative),
}
"""What a graded measure states as totals of the chain, and its levels as increments."""

LEVEL: Final = Record(fields={"name": Text(), **GRADED}, about="increments of one level")

MEASURE_RECORD: Final = Record(
    fields={
        "name": Text(),
        "by": Either(
            sequence=Listing(item=PARTY, least=1, distinct=True),
            mapping=Record(fields={"forum": Reference("forum")}, required=("forum",)),
            expected="a list of parties or {forum: id}",
        ),
        "levels": Either(
            sequence=Listing(item=Label(), least=1, distinct=True),
            mapping=Table(key="label", value=LEVEL, least=1),
            expected="a list of labels, or a mapping from label to increments",
        ),
        **GRADED,
        "reversible": Flag(),
        "direction": Choice(tuple(Direction)),
        "on-breakdown": Choice(tuple(OnBreakdown)),
        "duration": _periods,
        "detection-lag": _periods,
        "verifies": Table(key=MEASURE, value=_periods),
        "requires": _measures,
        "after": _measures,
        "excludes": _measures,
    },
    required=("by",),
    about="a yes/no fact that its owners can bring about",
    partial=True,
)

_voting_rule = {
    "quota": _periods,
    "veto": Listing(item=PARTY, distinct=True),
}

CASE: Final = Record(
    fields={
        "detente": Version(),
        "name": Text(),
        "period": Text(),
        "strict": Flag(),
        "parties": Table(
            key="id",
            value=Record(
                fields={
                    "name": Text(),
                    "discount": Number(above=0, below=1, ranged=True),
                    "hazard": Number(least=0, below=1, ranged=True),
                    "breakdown": Number(most=0, ranged=True),
                },
            ),
            remember=True,
        ),
        "interests": Table(key="id", value=Record(fields={"name": Text(), "weight": _by_party}), remember=True),
        "measures": Table(key="id", value=MEASURE_RECORD, remember=True),
        "terms": Listing(
            item=Record(
                fields={"party": PARTY, "when": ConditionText(), "value": _any_number},
                required=("party", "when", "value"),
            ),
        ),
        "preferences": Table(key=PARTY, value=PREFERENCE),
        "infeasible": Listing(item=ConditionText()),
        "forums": Table(
            key="id",
            value=Record(
                fields={
                    "members": Listing(item=PARTY, least=1, distinct=True),
                    "others": Number(least=0, whole=True),
                    **_voting_rule,
                    "end": Record(fields=_voting_rule),
                },
                required=("members", "quota"),
                partial=True,
            ),
        ),
        "formats": Table(key="id", value=Listing(item=PARTY, least=1, distinct=True)),
        "status-quo": _measures,
        "graph": Record(
            fields={
                "states": Listing(item=Text(or_number=True), least=1, distinct=True),
                "names": Table(key=STATE, value=Text()),
                "moves": Table(key=PARTY, value=_moves),
                "common": Listing(
                    item=Record(
                        fields={"by": Listing(item=PARTY, least=2, distinct=True), "moves": _moves},
                        required=("by", "moves"),
                    ),
                ),
                "ranks": Table(key=PARTY, value=Listing(item=Number(), least=1)),
                "status-quo": STATE,
                "options": Table(key=PARTY, value=Listing(item=Text(or_number=True), least=1, distinct=True)),
                "patterns": Table(key=STATE, value=Text()),
            },
            required=("states", "moves"),
        ),
        "roadmaps": Table(
            key="id",
            value=Record(
                fields={
                    "name": Text(),
                    "stages": Listing(item=Listing(item=MEASURE)),
                    "durations": Listing(item=_periods),
                },
                required=("stages",),
            ),
        ),
        "progress": Listing(
            item=Record(
                fields={
                    "measure": MEASURE,
                    "taken": Number(least=0, whole=True),
                    "ended": Number(least=0, whole=True),
                },
                required=("measure", "taken"),
            ),
        ),
        "issues": Table(
            key="id",
            value=Record(
                fields={
                    "name": Text(),
                    "scale": Table(key="number", value=Text(or_number=True)),
                    "positions": Table(
                        key=PARTY,
                        value=Record(
                            fields={"position": _percent, "salience": _percent, "capability": _not_negative},
                            required=("position", "salience", "capability"),
                        ),
                    ),
                    "reference": _percent,
                },
            ),
        ),
        "readings": Table(
            key="id",
            value=Record(
                fields={
                    "name": Text(),
                    "document": Reference("document"),
                    "set": Table(key="place", value=Anything()),
                },
            ),
        ),
    },
    required=("detente",),
    about="a system of parties and measures under discussion",
    partial=True,
    remember=True,
)

_detail = Text(or_number=True, or_null=True)

DOCUMENTS: Final = Record(
    fields={
        "detente": Version(),
        "documents": Table(
            key="id",
            value=Record(
                fields={
                    "title": Text(or_number=True),
                    "author": _detail,
                    "publisher": _detail,
                    "date": Either(
                        sequence=Listing(item=Text(or_number=True), least=2, most=2),
                        scalar=_detail,
                        expected="a date or [first, last]",
                    ),
                },
                required=("title",),
                others=_detail,
            ),
        ),
    },
    required=("documents",),
    about="what each document is; never its text",
)

_places = Listing(item=Text(), distinct=True)

CLAIMS: Final = Record(
    fields={
        "detente": Version(),
        "claims": Table(
            key="id",
            value=Record(
                fields={
                    "document": Reference("document"),
                    "paragraph": Number(least=1, whole=True),
                    "anchor": Record(
                        fields={
                            "start": Number(least=0, whole=True),
                            "length": Number(least=1, whole=True),
                            "sha256": Text(),
                        },
                        required=("start", "length", "sha256"),
                    ),
                    "voice": Listing(item=Text()),
                    "mode": Choice(("quotation", "report", "characterisation", "inference")),
                    "party": Text(),
                    "subject": Text(),
                    "stance": Number(least=-2, most=2),
                    "strength": Number(least=1, most=5, whole=True),
                    "paraphrase": Text(),
                    "supports": _places,
                },
                required=("document",),
            ),
        ),
        "assumed": Listing(item=Record(fields={"places": _places, "reason": Text()}, required=("places",))),
    },
    about="coded claims, and what is assumed",
)
