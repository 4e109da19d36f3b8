"""From a figure to SVG: text stays text, the same figure gives the same bytes, and a page can take several in.

`figure_to_svg` writes a picture that stands alone.  `svg_for_page` turns it into one that is part of a page: it takes
the page's colours and type, its ids are unique there, and it carries a title and a description for those who do not
see it.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from typing import TYPE_CHECKING

from detente.display.style import ROLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SALT = "detente"
"""Seed of matplotlib's ids: any constant does."""

_TAG = re.compile(r"<[^<>]*>")
_FRACTION = re.compile(r"(?<![\w#.])-?\d+\.\d{3,}(?![\w.])")
_ID = re.compile(r'\sid="([^"]*)"')
_REFERENCE = re.compile(r'url\(#([^)]+)\)|(?:xlink:)?href="#([^"]+)"')
_NOISE = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL
)
_FONT = re.compile(r"'DejaVu Sans'[^;\"]*")
FAMILY = "'DejaVu Sans', Verdana, sans-serif"
"""What pictures are measured in, something as wide, anything."""


def _rounded(tag: re.Match[str]) -> str:
    """Round the numbers of a tag to hundredths of a point, which nobody sees."""

    def shorten(number: re.Match[str]) -> str:
        text = f"{float(number.group()):.2f}".rstrip("0").rstrip(".")
        return "0" if text == "-0" else text

    return _FRACTION.sub(shorten, tag.group())


def _without_idle_ids(svg: str) -> str:
    """Drop the ids that nothing refers to."""
    used = {one or other for one, other in _REFERENCE.findall(svg)}
    return _ID.sub(lambda match: match.group() if match.group(1) in used else "", svg)


def figure_to_svg(figure: Figure) -> str:
    """Write a figure as an SVG file: text as text, without dates, the same bytes each time.

    Returns
    -------
    str
        A document that any browser or drawing program opens; it refers to nothing outside itself.
    """
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": SALT}), warnings.catch_warnings():
        # Text stays text: whoever shows it has the script that the measuring font lacks.
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = _NOISE.sub("", buffer.getvalue())
    svg = _FONT.sub(FAMILY, _TAG.sub(_rounded, _without_idle_ids(svg)))
    # Joins and caps that matplotlib's own style sheet would set.
    svg = svg.replace("<svg ", '<svg stroke-linejoin="round" stroke-linecap="butt" ', 1)
    lines = [line.rstrip() for line in svg.splitlines() if line.strip()]
    return "\n".join(lines) + "\n"


def axes_to_svg(ax: Axes) -> str:
    """Write the figure that axes belong to as `figure_to_svg` does."""
    from matplotlib.figure import Figure

    figure = ax.figure
    assert isinstance(figure, Figure), "charts make their own figures"
    return figure_to_svg(figure)


def svg_for_page(svg: str, *, name: str, title: str, description: str) -> str:
    """Make a picture part of an HTML page.

    Parameters
    ----------
    svg : str
        What `figure_to_svg` wrote.
    name : str
        Prefix of its ids, unique in the page.
    title, description : str
        What the picture is and what it shows, for those who do not see it.

    Notes
    -----
    Colours with a role become ``var(--role, colour)``, so that the page's scheme decides; type becomes the page's.
    """
    svg = re.sub(r'\sxmlns(:\w+)?="[^"]*"', "", svg)
    svg = re.sub(r'\sversion="[^"]*"', "", svg)
    svg = svg.replace("xlink:href=", "href=")
    svg = _ID.sub(lambda match: f' id="{name}.{match.group(1)}"', svg)
    svg = re.sub(r"url\(#", f"url(#{name}.", svg)
    svg = re.sub(r'href="#', f'href="#{name}.', svg)
    for role, color in ROLES.items():
        svg = re.sub(rf"(?<=: ){color}\b", f"var(--{role}, {color})", svg)
        svg = svg.replace(f'fill="{color}"', f'style="fill: var(--{role}, {color})"')
    svg = re.sub(rf"(font-family: |px ){FAMILY}", r"\1var(--font)", svg)
    labels = f'role="img" aria-labelledby="{name}.title {name}.description"'
    heading = (
        f'<title id="{name}.title">{html.escape(title)}</title>\n'
        f'<desc id="{name}.description">{html.escape(description)}</desc>\n'
    )
    return re.sub(r"<svg ([^>]*)>\n", lambda match: f"<svg {labels} {match.group(1)}>\n{heading}", svg, count=1)
