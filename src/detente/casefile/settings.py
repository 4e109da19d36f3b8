"""Settings as they are typed: ``PATH=VALUE``, the value in YAML."""

from __future__ import annotations

from detente.casefile import tree
from detente.casefile.limits import decode
from detente.casefile.tree import Plain
from detente.errors import CaseError, OptionError


def parse_setting(text: str) -> tuple[str, Plain]:
    """Return the place and the value of a setting such as ``parties.usa.hazard=[0, 0.01, 0.02]``.

    Parameters
    ----------
    text : str
        A dotted place, ``=``, and a value as in a case file; nothing after ``=`` is null.

    Raises
    ------
    OptionError
        If there is no ``=`` or nothing before it, or the value is no YAML.

    Examples
    --------
    >>> parse_setting("terms.0.value=2")
    ('terms.0.value', 2)
    """
    from detente.casefile.composer import compose  # ruamel.yaml takes time to import

    place, equals, value = text.partition("=")
    place = place.strip()
    if not equals or not place:
        raise OptionError(f"a setting is PATH=VALUE, such as parties.usa.hazard=0.01; this is '{text}'")
    if not value.strip():
        return place, None
    try:
        node, doubled = compose(decode(value.encode("utf-8", "surrogateescape"), f"--set {place}"), f"--set {place}")
    except CaseError as error:
        raise OptionError(f"the value of {place} cannot be read: {error.diagnostics[0].message}") from error
    if doubled:
        raise OptionError(f"the value of {place} cannot be read: {doubled[0].message}")
    return place, tree.to_plain(node)
