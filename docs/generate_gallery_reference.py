"""Write the page of the reference that lists the gallery, from its files."""

from pathlib import Path

from detente import read_case
from detente.conflict import build_conflict
from detente.gallery import gallery_names, source_of

PAGE = Path(__file__).parent / "reference" / "gallery.md"

HEAD = """# Gallery

Cases that come with the program. A name is all that a command needs, and of `author-year/slug` the slug alone will do:
`detente stability elmira`.

## Cases in full

Folders with their evidence beside them: every number has a document and paragraph, or is marked as assumed.

| name | case | parties | measures |
| --- | --- | --- | --- |
"""

PUBLISHED = """
## Published conflicts

Single files, written anew from the literature. Each begins with its source and says what its figures were checked
against; where the print was not at hand, it says so. What the sources report as equilibria is what the tests hold the
program to; everything else the tests know was computed here by the literal definitions and is marked so there.

| name | conflict | parties | states | source |
| --- | --- | --- | --- | --- |
"""


def gallery_page() -> str:
    """Return the page, in Markdown."""
    in_full, published = [], []
    for name in gallery_names():
        case = read_case(name)
        if "/" in name:
            states = build_conflict(case).n_states
            form = " (graph form)" if case.graph is not None else ""
            row = (f"`{name}`", case.name, str(len(case.parties)), f"{states}{form}", source_of(name))
            published.append(f"| {' | '.join(row)} |")
        else:
            in_full.append(f"| `{name}` | {case.name} | {len(case.parties)} | {len(case.measures)} |")
    return HEAD + "\n".join(in_full) + "\n" + PUBLISHED + "\n".join(published) + "\n"


if __name__ == "__main__":
    PAGE.write_text(gallery_page(), encoding="utf-8")
