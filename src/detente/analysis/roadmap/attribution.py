"""What makes verdicts differ between two cases, in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence
from detente.analysis.words import join_words

if TYPE_CHECKING:
    from detente.analysis.roadmap.comparison import VerdictChange
    from detente.analysis.roadmap.evaluation import RoadmapEvaluation
    from detente.casefile.differences import Difference

MOST_NAMED = 6
"""Differences named in one sentence; the result itself has all of them."""
LONGEST_VALUE = 40
"""Values longer than this, in characters, are told as being there or not."""


def format_value(value: object) -> str:
    """Write a value of a case briefly: a number as it is, a range as low..mode..high, None as unstated."""
    if value is None:
        return "unstated"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list) and len(value) == 3 and all(isinstance(number, int | float) for number in value):
        return "..".join(format_value(number) for number in value)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return " ".join(str(item) for item in value) or "nothing"
    return "stated" if isinstance(value, dict | list) or len(str(value)) > LONGEST_VALUE else str(value)


def _told(places: Sequence[str], differences: Mapping[str, Difference], *, last: str = "and") -> str:
    cells = [
        f"{place} ({format_value(differences[place].before)} → {format_value(differences[place].after)})"
        for place in places[:MOST_NAMED]
    ]
    if len(places) > MOST_NAMED:
        cells.append(f"{len(places) - MOST_NAMED} more")
    return join_words(cells, last=last)


def _seen(entry: RoadmapEvaluation) -> str:
    if entry.reading is None:
        return ""
    name = next((r.name for r in entry.case.readings if r.id == entry.reading), entry.reading)
    return f"Under the reading “{name}”, "


def _verdict(change: VerdictChange) -> str:
    before, after = change.before, change.after
    party = after.case.party(after.critical.party).name
    if change.changed[0] == "holds":
        if after.holds:
            return "now holds"
        return f"no longer holds; {party} is tempted most, at stage {after.critical.stage}"
    still = "still holds" if after.holds else "still does not hold"
    if change.changed[0] == "critical":
        return f"{still}, but {party} is now critical in place of {before.case.party(before.critical.party).name}"
    if after.trust is None:
        return f"{still}, but no trust, however great, suffices any more"
    if before.trust is None:
        return f"{still}, but {after.trust:.0%} trust suffices, where before none did"
    return f"{still}, but asks for {after.trust:.1%} trust in place of {before.trust:.1%}"


def explain_comparison(verdicts: Sequence[VerdictChange], differences: Mapping[str, Difference]) -> Iterator[Sentence]:
    """Yield what changed for each roadmap, and through which differences."""
    changed = [change for change in verdicts if change.changed]
    for change in changed:
        parties = tuple(dict.fromkeys((change.before.critical.party, change.after.critical.party)))
        yield Sentence(text=f"{_seen(change.before)}“{change.after.name}” {_verdict(change)}.", parties=parties)
        if len(differences) > 1:
            yield from _causes(change, differences)
    if changed and len(differences) == 1:
        yield Sentence(text=f"All of it is through the only difference: {_told(list(differences), differences)}.")
    if not changed:
        yield Sentence(text="Every verdict stays the same: who holds, who is critical and how much trust is asked for.")


def _causes(change: VerdictChange, differences: Mapping[str, Difference]) -> Iterator[Sentence]:
    if len(change.alone) == 1:
        yield Sentence(text=f"One difference alone makes it so: {_told(change.alone, differences)}.")
    elif change.alone:
        yield Sentence(text=f"Each of these alone makes it so: {_told(change.alone, differences)}.")
    elif change.smallest:
        yield Sentence(
            text=f"No difference alone makes it so, but these {len(change.smallest)} together do, and none of them can "
            f"be left out (an inclusion-minimal set): {_told(change.smallest, differences)}."
        )
    else:
        yield Sentence(text="No set of differences was found that makes it so.")
    needed = [place for place in change.needed if (place,) != change.alone]
    if needed and tuple(needed) != change.smallest:
        yield Sentence(text=f"It would not be so without {_told(needed, differences, last='or')}.")
