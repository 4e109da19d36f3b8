"""Reading a page back: its elements, its texts, and what is wrong with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset({"meta", "link", "br", "hr", "img", "input", "col"})
CLOSES_A_PARAGRAPH = frozenset(
    {"p", "ul", "ol", "dl", "div", "table", "figure", "details", "section", "h2", "h3", "h4"}
)
FETCHES = frozenset({"script", "link", "img", "iframe", "object", "embed", "audio", "video", "source", "base", "form"})
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class Element:
    """An element with its attributes, children and text."""

    tag: str
    attributes: dict[str, str | None]
    children: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def all(self, *tags: str) -> list[Element]:
        """Every element below with one of these tags, or simply every one."""
        found = []
        for child in self.children:
            if not tags or child.tag in tags:
                found.append(child)
            found += child.all(*tags)
        return found

    @property
    def text(self) -> str:
        """All text in it, in order, with single spaces."""
        return " ".join("".join(self.words).split())


class Page(HTMLParser):
    """A page as a tree; `faults` lists what is not well formed."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(source)
        self.close()
        if len(self._open) > 1:
            self.faults.append(f"never closed: {[element.tag for element in self._open[1:]]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.faults.append(f"an attribute twice in <{tag}>: {names}")
        element = Element(tag, dict(attrs))
        if tag in CLOSES_A_PARAGRAPH and any(outer.tag == "p" for outer in self._open):
            self.faults.append(f"<{tag}> in a paragraph")
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self._open[-1].tag != tag:
            self.faults.append(f"</{tag}> closes <{self._open[-1].tag}>")
            return
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)


def problems_of(source: str) -> list[str]:
    """Tell everything that a report's page must not be."""
    page = Page(source)
    problems = list(page.faults)
    elements = page.root.all()
    problems += [f"<{element.tag}> fetches or runs something" for element in elements if element.tag in FETCHES]
    problems += re.findall(r"https?:[^\s\"'<]*|@import|javascript:|\son\w+=", source)
    problems += [f"url({target})" for target in re.findall(r"url\(([^)]*)\)", source) if not target.startswith("#")]
    ids = [element.attributes["id"] for element in elements if "id" in element.attributes]
    problems += [f"id twice: {name}" for name in sorted({i or "" for i in ids if ids.count(i) > 1})]
    problems += [f"nowhere: {target}" for target in _targets(source, elements) if target not in ids]
    problems += _unnamed(elements)
    levels = [HEADINGS.index(element.tag) for element in elements if element.tag in HEADINGS]
    if levels.count(0) != 1:
        problems.append(f"{levels.count(0)} headings of the first level")
    problems += ["a level of headings left out" for one, other in pairwise(levels) if other > one + 1]
    body = next(element for element in elements if element.tag == "body").text
    problems += [f"{word} in the text" for word in re.findall(r"\b(?:nan|NaN|inf|None(?! suffices))\b", body)]
    return problems


def _targets(source: str, elements: list[Element]) -> list[str]:
    targets = re.findall(r"url\(#([^)]*)\)", source)
    for element in elements:
        href = element.attributes.get("href")
        if href is not None:
            targets.append(href.removeprefix("#") if href.startswith("#") else f"outside: {href}")
        targets += (element.attributes.get("aria-labelledby") or "").split()
    return targets


def _unnamed(elements: list[Element]) -> list[str]:
    """What those who do not see the page could not make out."""
    problems = []
    for element in elements:
        match element.tag:
            case "svg":
                named = [child.text for child in element.children if child.tag in ("title", "desc")]
                if element.attributes.get("role") != "img" or len(named) != 2 or not all(named):
                    problems.append("a picture without title and description")
            case "table" if (
                not element.children or element.children[0].tag != "caption" or not element.children[0].text
            ):
                problems.append("a table without caption")
            case "th" if "scope" not in element.attributes:
                problems.append("a heading of a table without scope")
            case "details" if not element.children or element.children[0].tag != "summary":
                problems.append("details without summary")
            case "div" if "tabindex" in element.attributes and not element.attributes.get("aria-label"):
                problems.append("a place for the keyboard without name")
    return problems
