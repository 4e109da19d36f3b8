"""Tables: one layout, plain or drawn."""

import io

import pytest
from rich.console import Console

from detente.display.tables import Cell, Column, Table, build_table, draw_table, format_table, split_table

VERDICTS = build_table(
    (
        Column(header="roadmap", can_wrap=True),
        Column(header="holds"),
        Column(header="end\nmargin", align="point"),
        Column(header="why", can_wrap=True),
    ),
    [
        ("double-freeze", Cell("yes", "good"), "+12.5", "nobody gains"),
        ("relief-first", Cell("no", "bad"), "-0.25", "walking out pays at once"),
        ("none", "no", "–", ""),
    ],
)


def test_a_plain_table_is_aligned_with_points_below_each_other() -> None:
    assert format_table(VERDICTS) == "\n".join(
        (
            "                         end",
            "roadmap        holds  margin  why",
            "-------------  -----  ------  ------------------------",
            "double-freeze  yes    +12.5   nobody gains",
            "relief-first   no      -0.25  walking out pays at once",
            "none           no          –",
        )
    )


def test_breakable_columns_are_broken_at_spaces_first() -> None:
    assert format_table(VERDICTS, 46) == "\n".join(
        (
            "                         end",
            "roadmap        holds  margin  why",
            "-------------  -----  ------  ----------------",
            "double-freeze  yes    +12.5   nobody gains",
            "relief-first   no      -0.25  walking out pays",
            "                              at once",
            "none           no          –",
        )
    )


def test_words_are_broken_at_hyphens_only_where_nothing_else_helps() -> None:
    table = build_table(
        [Column(header="id", can_wrap=True), Column(header="n", align="right")],
        [("security-mechanism freeze", "1"), ("denuclearisation-first", "2")],
    )
    assert format_table(table, 20) == "\n".join(
        (
            "id                 n",
            "-----------------  -",
            "security-          1",
            "mechanism freeze",
            "denuclearisation-  2",
            "first",
        )
    )


def test_what_cannot_be_broken_is_never_cut() -> None:
    table = build_table([Column(header="a"), Column(header="b")], [("x" * 30, "y" * 30)])
    assert format_table(table, 40).splitlines()[-1] == "x" * 30 + "  " + "y" * 30


def test_a_table_without_headers_has_no_rule() -> None:
    table = build_table([Column(header="", align="right"), Column(header="")], [("6", "parties"), ("22", "measures")])
    assert format_table(table) == " 6  parties\n22  measures"


def test_wide_characters_are_aligned() -> None:
    table = build_table([Column(header="name"), Column(header="n")], [("北朝鲜", "1"), ("ab", "2")])
    assert format_table(table).splitlines() == ["name    n", "------  -", "北朝鲜  1", "ab      2"]


def test_exponents_are_not_aligned_by_their_point() -> None:
    table = build_table([Column(header="n", align="point")], [("+3e-09",), ("+1.25",)])
    assert format_table(table).splitlines()[2:] == ["+3e-09", " +1.25"]


def test_a_table_too_wide_is_split_with_its_first_column_repeated() -> None:
    columns = [Column(header="measure"), *(Column(header=party) for party in ("north", "south", "west"))]
    table = build_table(columns, [("talks", "1" * 8, "2" * 8, "3" * 8)])
    assert split_table(table, None, keep=1) == [table]
    assert split_table(table, 80, keep=1) == [table]
    parts = split_table(table, 28, keep=1)
    assert [[column.header for column in part.columns] for part in parts] == [
        ["measure", "north", "south"],
        ["measure", "west"],
    ]
    assert [part.rows for part in parts] == [(("talks", "1" * 8, "2" * 8),), (("talks", "3" * 8),)]


def _draw(table: Table, width: int, *, colours: bool) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=True, color_system="standard" if colours else None)
    console.print(draw_table(table, width))
    return stream.getvalue()


def test_a_drawn_table_has_the_cells_of_the_plain_one() -> None:
    drawn = [line.rstrip() for line in _draw(VERDICTS, 60, colours=False).splitlines()]
    plain = format_table(VERDICTS, 60).splitlines()
    assert drawn[:2] + drawn[3:] == plain[:2] + plain[3:]
    assert set(drawn[2]) == {"─"}


def test_tones_are_colours() -> None:
    drawn = _draw(VERDICTS, 60, colours=True)
    assert "\x1b[32myes" in drawn
    assert "\x1b[31mno" in drawn


def test_a_row_of_another_length_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"^a row is as long as there are columns$"):
        build_table([Column(header="a")], [("x", "y")])
