"""Reading the case that a command names, with the settings of ``--set``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from detente.case import Case
from detente.errors import OptionError

if TYPE_CHECKING:
    from detente.casefile.tree import Plain


def parse_settings(texts: Iterable[str]) -> dict[str, Plain]:
    """Read the values of ``--set``.

    Raises
    ------
    OptionError
        If one is no setting, or two are of the same place.
    """
    from detente.casefile import parse_setting

    settings: dict[str, Plain] = {}
    for text in texts:
        place, value = parse_setting(text)
        if place in settings:
            raise OptionError(f"--set names {place} twice; give it one value")
        settings[place] = value
    return settings


def open_case(case: str, settings: Iterable[str]) -> Case:
    """Read a case with settings laid over it.

    Raises
    ------
    OptionError
        If there is no such case, or a setting is wrong.
    CaseError
        If the case is invalid.
    """
    from detente.casefile import read_case

    return read_case(case, settings=parse_settings(settings))
