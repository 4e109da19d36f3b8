"""How the documentation is built: offline, from Markdown pages and docstrings."""

import re

from sphinx.application import Sphinx

from detente import __version__

project = "detente"
author = "The detente authors"
copyright = "The detente authors"
version = release = __version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinxcontrib.bibtex",
]
exclude_patterns = ["_build"]
# Blocks without a language are formulas and sketches in plain text.
highlight_language = "text"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

bibtex_bibfiles = ["references.bib"]
bibtex_reference_style = "author_year"

python_maximum_signature_line_length = 100
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"detente {release}"
# Everything that a page shows lies beside it: no fonts, scripts or formulas from elsewhere.
html_math_renderer = None
html_copy_source = False
html_show_sourcelink = False


def _cite(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Turn the keys of the bibliography in a docstring, ``[key]_``, into citations."""
    lines[:] = [re.sub(r"\[([a-z]+\d{4})\]_", r":cite:t:`\1`", line) for line in lines]


def setup(app: Sphinx) -> None:
    # Before numpydoc, which takes such keys for footnotes.
    app.connect("autodoc-process-docstring", _cite, priority=100)
