"""A document as Markdown with GitHub's tables; its pictures are SVG files in a folder beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

from detente.report.document import (
    Block,
    Bullets,
    Cell,
    Code,
    Details,
    Document,
    Facts,
    Link,
    Paragraph,
    Picture,
    Section,
    Strong,
    Table,
    Text,
)

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~$]|&(?=#?\w+;)")
_AT_START = re.compile(r"^(#{1,6}|[-+]|\d{1,9}[.)]|=+)(?=\s|$)")


def escape_markdown(text: str) -> str:
    """Write words so that nothing in them is markup, on one line."""
    return _SPECIAL.sub(lambda match: f"\\{match.group()}", " ".join(text.split()))


def _code(text: str, *, in_table: bool) -> str:
    words = " ".join(text.split())
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", words)), default=0))
    pad = " " if words.startswith("`") or words.endswith("`") else ""
    words = words.replace("|", "\\|") if in_table else words
    return f"{fence}{pad}{words}{pad}{fence}"


def _inline(text: Text, *, in_table: bool = False) -> str:
    """A run of text; spaces at the ends of its parts are kept."""
    parts = []
    for run in text:
        words = run if isinstance(run, str) else run.text
        before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        match run:
            case Code():
                inner = _code(words, in_table=in_table)
            case Strong():
                inner = f"**{escape_markdown(words)}**"
            case Link() | str():
                inner = escape_markdown(words)
        parts.append(f"{' ' if before else ''}{inner}{' ' if after else ''}" if words.strip() else " ")
    line = "".join(parts).strip()
    return line if in_table else _AT_START.sub(_escape_start, line)


def _escape_start(match: re.Match[str]) -> str:
    """Escape what would begin a list or a heading: the mark itself, of a number the sign after it."""
    mark = match.group()
    return f"{mark[:-1]}\\{mark[-1]}" if mark[0].isdigit() else f"\\{mark}"


def _table(table: Table) -> Iterator[str]:
    yield f"*{escape_markdown(table.caption)}*"
    yield ""
    yield f"| {' | '.join(escape_markdown(column.header) for column in table.columns)} |"
    yield f"|{'|'.join('---:' if column.is_number else '---' for column in table.columns)}|"
    for row in table.rows:
        yield f"| {' | '.join(_cell(cell) for cell in row)} |"


def _cell(cell: Cell) -> str:
    words = _inline(cell.text, in_table=True)
    return f"**{words}**" if cell.tone == "holds" and words else words


def _blocks(blocks: tuple[Block, ...], figures: str) -> Iterator[str]:
    for block in blocks:
        match block:
            case Paragraph():
                yield _inline(block.text)
            case Bullets():
                yield from (f"- {_inline(item)}" for item in block.items)
            case Facts():
                for name, meanings in block.pairs:
                    yield f"- **{escape_markdown(_plain(name))}**: {_inline(meanings[0])}"
                    yield from (f"  - {_inline(meaning)}" for meaning in meanings[1:])
            case Table():
                yield from _table(block)
            case Picture():
                yield f"![{escape_markdown(block.description)}]({quote(figures)}/{quote(block.name)}.svg)"
                yield ""
                yield f"*{escape_markdown(block.title)}*"
            case Details():
                yield "<details>"
                yield f"<summary>{_html(block.summary)}</summary>"
                yield ""
                yield from _blocks(block.blocks, figures)
                yield "</details>"
        yield ""


def _plain(text: Text) -> str:
    return "".join(run if isinstance(run, str) else run.text for run in text)


def _html(text: str) -> str:
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _section(section: Section, level: int, figures: str) -> Iterator[str]:
    yield f"{'#' * level} {escape_markdown(section.heading)}"
    yield ""
    yield from _blocks(section.blocks, figures)
    for inner in section.sections:
        yield from _section(inner, level + 1, figures)


def render_markdown(document: Document, *, figures: str) -> str:
    """Write a document as Markdown.

    Parameters
    ----------
    document : Document
        What to write.
    figures : str
        Folder of the pictures, as a link from the document: each is ``<name>.svg`` there.
    """
    lines = [f"# {escape_markdown(document.title)}", ""]
    lines += _blocks(document.blocks, figures)
    for section in document.sections:
        lines += _section(section, 2, figures)
    return "\n".join(lines).rstrip() + "\n"
