"""States in option form: what is in force in each, grouped by who holds it, as a table and as a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.display.style import HOLDS, INK, MUTED, RULE, TEXT, as_label, own_axes
from detente.display.tables import Cell, Column, Table, build_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

YES, NO, EITHER = "Y", "N", "-"
"""In force, not in force, and both: states that were merged."""
MARK = "x"
"""Stable for all, in rows below the options."""
MOST_LETTERS = 40
"""Letters over the columns of a picture; with more, each head stands upright."""
MOST_OF_NAME = 48
"""Letters of a name that a picture has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionGroup:
    """The options of one holder.

    Parameters
    ----------
    holder : str
        A party, several, or a forum.
    options : tuple of (str, str)
        The name of an option and its letters, one `YES`, `NO` or `EITHER` per state.
    """

    holder: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionForm:
    """States side by side.

    Parameters
    ----------
    states : tuple of str
        The head of each column.
    groups : tuple of OptionGroup
        What is in force in them.
    marks : tuple of (str, tuple of bool)
        Rows below: a name, and whether it holds for each state.
    """

    states: tuple[str, ...]
    groups: tuple[OptionGroup, ...]
    marks: tuple[tuple[str, tuple[bool, ...]], ...]


def option_table(form: OptionForm) -> Table:
    """Make the table that the literature calls the option form: options in rows, states in columns."""
    columns = [Column(header="option", can_wrap=False), *(Column(header=state) for state in form.states)]
    rows: list[Sequence[str | Cell]] = []
    blank = [""] * len(form.states)
    for group in form.groups:
        rows.append([Cell(group.holder, "strong"), *blank])
        rows.extend(
            [f"  {name}", *(Cell(letter, "faint") if letter != YES else letter for letter in letters)]
            for name, letters in group.options
        )
    if form.marks:
        rows.append([Cell("stable for all by", "strong"), *blank])
    rows.extend([f"  {name}", *(Cell(MARK, "good") if mark else "" for mark in marks)] for name, marks in form.marks)
    return build_table(columns, rows)


def _shorten(name: str) -> str:
    return name if len(name) <= MOST_OF_NAME else f"{name[: MOST_OF_NAME - 1].rstrip()}…"


def _lines(form: OptionForm) -> Iterator[tuple[str, str | tuple[bool, ...] | None]]:
    for group in form.groups:
        yield group.holder, None
        yield from group.options
    if form.marks:
        yield "stable for all by", None
        yield from form.marks


def draw_option_form(form: OptionForm, ax: Axes | None = None) -> Axes:
    """Draw states as columns of squares, filled where an option is taken; below, by what they are stable."""
    lines = [(_shorten(name), content) for name, content in _lines(form)]
    longest = max((len(state) for state in form.states), default=1)
    is_crowded = longest * max(len(form.states), 8) > MOST_LETTERS
    if ax is None:
        widest = max((len(name) for name, _ in lines), default=0)
        top = 0.2 + 0.09 * longest if is_crowded else 0.4
        ax = own_axes(0.2 + top + 0.22 * len(lines), left=min(4.0, 0.4 + 0.075 * widest), top=top, bottom=0.1)
    for row, (name, content) in enumerate(lines):
        is_head = content is None
        ax.annotate(
            as_label(name),
            xy=(-0.7, row),
            ha="right",
            va="center",
            fontsize=TEXT,
            color=INK if is_head else MUTED,
            fontweight="bold" if is_head else "normal",
            annotation_clip=False,
        )
        if content is None:
            ax.axhline(row - 0.55, color=RULE, linewidth=0.6)
            continue
        for column, entry in enumerate(content):
            if entry is True:
                ax.plot(column, row, marker="o", color=INK, markersize=5)
            elif entry == YES:
                ax.plot(column, row, marker="s", color=HOLDS, markeredgecolor=INK, markersize=8)
            elif entry == NO:
                ax.plot(column, row, marker="s", color="none", markeredgecolor=RULE, markersize=8)
            elif entry == EITHER:
                ax.plot(column, row, marker="_", color=MUTED, markersize=8)
    ax.set_xlim(-0.6, max(len(form.states), 8) - 0.4)
    ax.set_ylim(len(lines) - 0.4, -0.9)
    ax.set_xticks(range(len(form.states)), [as_label(state) for state in form.states], fontsize=TEXT, color=MUTED)
    if is_crowded:
        ax.tick_params(axis="x", rotation=90)
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    return ax
