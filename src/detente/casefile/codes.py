"""The codes of everything that can be wrong with a case: what each means, with an example.

Codes are permanent.  D0xx are about the file and its YAML, D1xx about shape, D2xx about references, D3xx about the
rules of the model, D4xx about readings, D5xx are notes.  The page of the documentation is made from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from detente.casefile.codes_of_files import FILE_CODES
from detente.casefile.codes_of_models import MODEL_CODES
from detente.casefile.explained_code import Code

CODES: Mapping[str, Code] = MappingProxyType({code.id: code for code in (*FILE_CODES, *MODEL_CODES)})
"""Every code, in order."""

_GROUPS = {
    "D0": ("The file and its YAML", "One of these ends the reading: nothing else is looked at."),
    "D1": ("Shape", "What may stand where, and which values it may have."),
    "D2": ("References", "Ids that name what the case does not declare."),
    "D3": ("Rules of the model", "What is well written and yet cannot be."),
    "D4": ("Readings", "What readings lay over the case."),
    "D5": ("Notes", "What is no error, but should be seen."),
}


def diagnostics_page() -> str:
    """Return the page of the documentation that explains every code, in Markdown."""
    lines = [
        "# Diagnostics",
        "",
        "Everything wrong with a case is reported at once, in document order, as",
        "`path:line:column: error[Dnnn]: what is wrong`, with what to do about it below. Codes are permanent.",
        "Shapes alone can be checked by any editor that knows JSON Schema: {download}`case.schema.json`.",
    ]
    group = ""
    for code in CODES.values():
        if code.id[:2] != group:
            group = code.id[:2]
            title, about = _GROUPS[group]
            lines += ["", f"## {title}", "", about]
        lines += ["", f"({code.id.lower()})=", f"### {code.id}: {code.title}", "", code.explanation]
        if code.example:
            lines += ["", "```yaml", code.example.strip("\n"), "```"]
    return "\n".join(lines) + "\n"
