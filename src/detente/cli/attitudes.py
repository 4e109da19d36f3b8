"""``detente attitudes``: what changes if parties wish each other well or ill."""

from __future__ import annotations

import re
from collections.abc import Sequence

from detente.analysis.stability import analyse_attitudes, find_attitudes
from detente.analysis.stability.attitude_search import CONCEPTS_BY_DEFAULT
from detente.cli.output import Delivery
from detente.cli.questions import Question, run_question
from detente.cli.trusting import experimental
from detente.errors import OptionError
from detente.kernel.attitudes import RELATIONAL_CONCEPTS

_ATTITUDE = re.compile(r"(?P<holder>[^:=\s]+):(?P<other>[^:=\s]+)=(?P<sign>\S*)")


def parse_attitudes(texts: Sequence[str]) -> dict[str, dict[str, str]]:
    """Read the values of ``--attitude``.

    Raises
    ------
    OptionError
        If one is no attitude, or two are of the same party toward the same.
    """
    signs: dict[str, dict[str, str]] = {}
    for text in texts:
        found = _ATTITUDE.fullmatch(text.strip())
        if found is None:
            raise OptionError(f"'{text}' is no attitude; write PARTY:PARTY=SIGN, such as usa:dprk=+")
        holder, other = found["holder"], found["other"]
        if other in signs.setdefault(holder, {}):
            raise OptionError(f"--attitude states {holder}:{other} twice; give it one sign")
        signs[holder][other] = found["sign"]
    return signs


def parse_sightings(texts: Sequence[str] | None) -> dict[str, list[str]]:
    """Read the values of ``--stayed`` and ``--left``: states by party.

    Raises
    ------
    OptionError
        If one has no party or no state.
    """
    seen: dict[str, list[str]] = {}
    for text in texts or ():
        party, _, state = text.partition("=")
        if not party.strip() or not state.strip():
            raise OptionError(f"'{text}' is no sighting; write PARTY=STATE, such as \"usa=freeze-tests talks\"")
        seen.setdefault(party.strip(), []).append(state.strip())
    return seen


def run_attitudes(
    path: str,
    settings: Sequence[str],
    *,
    attitudes: Sequence[str],
    state: str | None,
    concepts: tuple[str, ...] | None,
    reading: str | None,
    memory: float,
    delivery: Delivery,
) -> None:
    """Analyse given attitudes, or look for those that make a state stable."""
    signs = parse_attitudes(attitudes)
    if signs and state is not None:
        raise OptionError("--state asks which attitudes make it stable; leave out --attitude, or --state")
    if signs:
        question = Question(
            title="without agreement, with attitudes (experimental)",
            ask=lambda case, watch: analyse_attitudes(
                case,
                attitudes=signs,
                reading=reading,
                concepts=concepts or RELATIONAL_CONCEPTS,
                memory=memory,
                progress=watch,
            ),
        )
    else:
        question = Question(
            title="which attitudes make a state stable (experimental)",
            ask=lambda case, watch: find_attitudes(
                case,
                state=state,
                reading=reading,
                concepts=concepts or CONCEPTS_BY_DEFAULT,
                memory=memory,
                progress=watch,
            ),
        )
    with experimental():
        run_question(path, settings, question, delivery=delivery)
