"""Critical values in plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from detente.analysis.result import Sentence, Status
from detente.analysis.roadmap.critical_numbers import CriticalNumber, CriticalValue
from detente.analysis.roadmap.critical_places import NumberKind
from detente.analysis.words import join_words, quote_measures
from detente.kernel.deviations import Check

if TYPE_CHECKING:
    from detente.analysis.roadmap.critical import CriticalValues

MOST_TOLD = 3
"""Numbers told in a sentence each; tables have all."""

NEAR = (0.1, 0.5)
"""Shares of a number within which it is told how many tip the verdict."""

FIGURES = 4
"""Digits of a number, and more only where it would look like another beside it."""

NOUGHT = 1e-9
"""A number this small is nought but for tolerances; so is what lies between a crossing and a round number."""

SLIGHT = 1e-6
"""Where the tolerance of margins moves a crossing by less than this, it still counts as within a share."""

FULL = 12
"""The most digits."""


def format_beside(number: float, other: float) -> str:
    """Write a number with four digits, or as many as tell it from another one."""
    if abs(number) < NOUGHT:
        return "0"
    shown = f"{number:.{FIGURES}g}"
    for digits in range(FIGURES + 1, FULL + 1):
        if number == other or shown != f"{other:.{FIGURES}g}":
            break
        shown = f"{number:.{digits}g}"
        if shown != f"{other:.{digits}g}":
            break
    return shown


def format_distance(number: CriticalNumber, crossing: CriticalValue) -> str:
    """Write how far a value is from the number as it stands, relative to it."""
    distance = number.distance(crossing)
    if distance is None:
        return "–"
    if distance >= 10.0:
        return f"{distance:.3g}×"
    return f"{distance:.0%}" if distance >= 0.0995 else f"{100 * distance:.2g}%"


def verdict_beyond(number: CriticalNumber, crossing: CriticalValue) -> bool:
    """Tell whether the roadmap holds beyond a value, as seen from the number as it stands."""
    if number.kind is NumberKind.WHOLE:
        return crossing.holds_above if crossing.at > number.now else crossing.holds_below
    return crossing.holds_above if crossing.at >= number.now else crossing.holds_below


def _is_up(number: CriticalNumber, crossing: CriticalValue) -> bool:
    return crossing.at >= number.now


def _rounded_beyond(number: CriticalNumber, crossing: CriticalValue, digits: int) -> float:
    """Round a crossing away from the number as it stands, so that what is shown has the other verdict."""
    at = Decimal(crossing.at)
    step = Decimal(1).scaleb(at.adjusted() - digits + 1)
    return float(at.quantize(step, rounding=ROUND_CEILING if _is_up(number, crossing) else ROUND_FLOOR))


def _is_tipped(number: CriticalNumber, crossing: CriticalValue, value: float) -> bool:
    """Tell whether a value that rounding leads to is still legal, and short of where the verdict changes back."""
    further = [other.at for other in number.crossings if other is not crossing]
    if _is_up(number, crossing):
        return value <= number.high and not any(crossing.at <= at <= value for at in further)
    return value >= number.low and not any(value <= at <= crossing.at for at in further)


def _bound(number: CriticalNumber, crossing: CriticalValue) -> tuple[str, bool]:
    """Return from which value on the verdict is the other one, in few digits, and whether only beyond that value."""
    at = crossing.at
    if number.kind is NumberKind.WHOLE:
        return f"{at:.0f}", False
    shown = format_beside(at, number.now)
    if abs(float(shown) - at) <= NOUGHT * max(1.0, abs(at)):
        return shown, at > float(shown) if _is_up(number, crossing) else at < float(shown)
    for digits in range(FIGURES, FULL + 1):
        value = _rounded_beyond(number, crossing, digits)
        shown = f"{value:.{digits}g}"
        if _is_tipped(number, crossing, value) and shown != f"{number.now:.{digits}g}":
            return shown, False
    return repr(at), False


def format_tipped(number: CriticalNumber, crossing: CriticalValue) -> str:
    """Write a value of a number, the nearest to the present one in few digits, from which on the verdict is another."""
    return _bound(number, crossing)[0]


def format_bound(number: CriticalNumber, crossing: CriticalValue) -> str:
    """Write from which value on, up or down, the verdict is another; with the value shown it is, unless < or >."""
    shown, is_beyond = _bound(number, crossing)
    if _is_up(number, crossing):
        return f"{'>' if is_beyond else '≥'} {shown}"
    return f"{'<' if is_beyond else '≤'} {shown}"


def _say_bound(number: CriticalNumber, crossing: CriticalValue) -> str:
    shown, is_beyond = _bound(number, crossing)
    if is_beyond:
        return f"{'above' if _is_up(number, crossing) else 'below'} {shown}"
    return f"at {shown} or {'more' if _is_up(number, crossing) else 'less'}"


def _temptation(result: CriticalValues, crossing: CriticalValue) -> str:
    case = result.evaluation.case
    deviation = crossing.deviation
    deeds = []
    if deviation.withhold:
        deeds.append(f"withhold {quote_measures(case, deviation.withhold)}")
    if deviation.undo:
        deeds.append(f"undo {quote_measures(case, deviation.undo)}")
    if deviation.leave:
        is_first = crossing.stage == 1 and crossing.check is Check.BEFORE
        deeds = ["not start at all" if is_first else "walk out openly"]
    where = "at the end" if crossing.check is Check.END else f"{crossing.check.value} stage {crossing.stage}"
    return f"{case.party(crossing.party).name} would rather {' and '.join(deeds)}, {where}"


def describe_tip(result: CriticalValues, number: CriticalNumber, crossing: CriticalValue) -> str:
    """Say at which value of a number the verdict changes, how far that is, and who is tempted where it fails."""
    distance = number.distance(crossing)
    far = "" if distance is None else f", {format_distance(number, crossing)} away"
    if number.kind is NumberKind.DISCOUNT and distance is not None:
        far += " in 1 − δ"
    holds = verdict_beyond(number, crossing)
    side = "Short of that" if holds else "Then"
    jump = " Margins jump there, because a breakdown then leaves something else behind." if crossing.is_jump else ""
    label = f"{number.number.label[:1].upper()}{number.number.label[1:]}"
    return (
        f"{label} – {_say_bound(number, crossing)} (now {format_beside(number.now, crossing.at)}"
        f"{far}) it would {'hold' if holds else 'fail'}. {side}, {_temptation(result, crossing)}.{jump}"
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def explain_critical(result: CriticalValues) -> Iterator[Sentence]:
    """Yield the verdict, what tips it soonest, how many numbers can within their ranges, and how many never do."""
    entry, tipping = result.evaluation, result.tipping
    verdict = "holds" if entry.holds else "does not hold"
    if tipping:
        numbers = "1 number tips" if len(tipping) == 1 else f"{len(tipping)} numbers tip"
        text = f"“{entry.name}” {verdict} as the case stands. {numbers} that verdict alone, all others unchanged."
    else:
        text = (
            f"“{entry.name}” {verdict} as the case stands, and no single number among those searched tips that verdict."
        )
    yield Sentence(text=text)
    if not tipping and not entry.holds:
        rows = entry.tempted()
        names = join_words(entry.case.party(party).name for party in dict.fromkeys(row.party for row in rows))
        yield Sentence(
            text=f"It fails at {_count(len(rows), 'check')}, of {names}; none of these numbers alone mends them all.",
            parties=tuple(dict.fromkeys(row.party for row in rows)),
        )
    for number in tipping[:MOST_TOLD]:
        crossing = number.tips[0]
        yield Sentence(
            text=describe_tip(result, number, crossing),
            parties=(crossing.party,),
            measures=(*crossing.deviation.withhold, *crossing.deviation.undo),
            stage=crossing.stage,
        )
    yield from _how_near(result)
    inside = [n for n in tipping if any(n.is_in_range(crossing) for crossing in n.tips)]
    if inside:
        who = f"{len(inside)} of them {'does' if len(inside) == 1 else 'do'} so" if len(tipping) > 1 else "It does so"
        yield Sentence(text=f"{who} within the range that the case itself states.")
    yield Sentence(text=describe_never(result))


def _how_near(result: CriticalValues) -> Iterator[Sentence]:
    """Say how many numbers tip the verdict with little change, unless all do."""
    near = {share: sum(n.closeness[0] <= share * (1.0 + SLIGHT) for n in result.tipping) for share in NEAR}
    told = [f"{count} by a change of at most {share:.0%}" for share, count in near.items() if count]
    if len(result.tipping) == 1:
        return
    if told and near[NEAR[0]] < len(result.tipping):
        first, *others = told
        verb = "does" if first.startswith("1 ") else "do"
        number, _, rest = first.partition(" ")
        yield Sentence(text=f"{join_words([f'{number} of them {verb} so {rest}', *others])}.")
    elif result.tipping and not told:
        yield Sentence(text=f"Each of them would have to change by more than {NEAR[-1]:.0%}.")


def describe_never(result: CriticalValues) -> str:
    """Say how many numbers never tip the verdict, and how many do not enter; and whether all were looked at."""
    never = len(result.numbers) - len(result.tipping)
    joined = f"; no margin depends on {result.n_without} more" if result.n_without else ""
    stopped = " Stopped before every number was looked at." if result.status is Status.STOPPED else ""
    if not never:
        return f"No other number that was looked at moves any margin.{stopped}"
    noun = "other number" if result.tipping else "number"
    verb = "never tips" if never == 1 else "never tip"
    return f"{_count(never, noun)} {verb} the verdict{joined}.{stopped}"
