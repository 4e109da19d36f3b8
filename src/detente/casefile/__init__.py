"""Case files: reading, checking, changing and writing cases.

A case is a folder with ``case.yaml`` and, where there is evidence, ``claims.yaml`` and ``documents.yaml``; or a single
file.  What the file may say is declared once (`grammar`); everything wrong with it is reported at once (`codes`).
"""

from detente.casefile.plain import case_to_tree
from detente.casefile.reader import case_from_tree, change_case, read_case
from detente.casefile.schema import case_schema
from detente.casefile.settings import parse_setting
from detente.casefile.starter import new_case
from detente.casefile.writer import write_case

__all__ = [
    "case_from_tree",
    "case_schema",
    "case_to_tree",
    "change_case",
    "new_case",
    "parse_setting",
    "read_case",
    "write_case",
]
