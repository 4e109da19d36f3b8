"""What ``detente design`` is asked for, from the words of the command line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Literal

from detente.case import Case, ConditionSyntaxError, InForce, Joined, parse_condition
from detente.errors import OptionError

_MEMORY = re.compile(r"(?P<number>\d+(\.\d+)?)\s*(?P<unit>[kmgt]?i?b?)", re.IGNORECASE)
_UNITS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def parse_goal(case: Case, text: str | None) -> Literal["best"] | list[str] | None:
    """Read ``--goal``: ``best``, or ids joined by ``and``.

    Raises
    ------
    OptionError
        If it is anything else, or names a measure that the case does not have.
    """
    if text is None or text.strip() == "best":
        return None if text is None else "best"
    ids = _conjunction(text)
    known = {measure.id for measure in case.measures}
    unknown = [measure for measure in ids if measure not in known]
    if unknown:
        raise OptionError("; ".join(_unknown_measure(case, measure) for measure in dict.fromkeys(unknown)))
    return list(dict.fromkeys(ids))


def _conjunction(text: str) -> list[str]:
    refusal = (
        f"--goal '{text}' is no set of measures: write ids joined by ' and ', or 'best'; "
        "'or', 'not' and parentheses are not possible here"
    )
    try:
        condition = parse_condition(text)
    except ConditionSyntaxError as error:
        raise OptionError(f"{refusal} ({error.message})") from None
    operands = condition.operands if isinstance(condition, Joined) and condition.connective == "and" else (condition,)
    ids = [operand.measure for operand in operands if isinstance(operand, InForce)]
    if len(ids) != len(operands) or "(" in text:
        raise OptionError(refusal)
    return ids


def _unknown_measure(case: Case, measure: str) -> str:
    levels = [m.id for m in case.measures if m.level is not None and m.level.chain == measure]
    if levels:
        return f"'{measure}' has levels; name one of them: {', '.join(levels)}"
    near = difflib.get_close_matches(measure, [m.id for m in case.measures], n=1)
    hint = f"did you mean '{near[0]}'?" if near else "detente show lists the measures of the case"
    return f"unknown measure '{measure}' ({hint})"


def parse_groups(
    case: Case, option: str, texts: Sequence[str] | None, *, exactly: int | None = None
) -> list[list[str]]:
    """Read the values of an option that names measures, such as ``--together "a b"``.

    Raises
    ------
    OptionError
        If a value names fewer than two measures, not `exactly` as many as asked, or an unknown one.
    """
    groups = []
    known = {measure.id for measure in case.measures}
    for text in texts or ():
        ids = text.replace(",", " ").split()
        if len(ids) < 2 or (exactly is not None and len(ids) != exactly):
            wanted = "two" if exactly == 2 else "two or more"
            raise OptionError(f"{option} '{text}' names {len(ids)} measures; it takes {wanted}, as in {option} \"a b\"")
        for measure in ids:
            if measure not in known:
                raise OptionError(f"{option}: {_unknown_measure(case, measure)}")
        groups.append(ids)
    return groups


def parse_memory(text: str) -> int:
    """Read an amount of memory such as ``4GB`` or ``500 MB`` into bytes; a GB is 1024³ bytes.

    Raises
    ------
    OptionError
        If it is no amount of memory.
    """
    match = _MEMORY.fullmatch(text.strip())
    size = 0 if match is None else int(float(match["number"]) * 1024 ** _UNITS[match["unit"].lower().rstrip("bi")])
    if size <= 0:
        raise OptionError(f"--memory '{text}' is no amount of memory; write one such as 4GB or 500MB")
    return size
