"""How the documentation is built: offline, from Markdown pages and docstrings."""

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

autodoc_typehints = "description"
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"detente {release}"
# Everything that a page shows lies beside it: no fonts, scripts or formulas from elsewhere.
html_math_renderer = None
html_copy_source = False
html_show_sourcelink = False
