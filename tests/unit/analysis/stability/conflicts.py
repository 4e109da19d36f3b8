"""Two conflicts of the literature, small enough to follow by hand."""

from __future__ import annotations

from detente.case import Case, Graph, Measure, Party


def dilemma() -> Case:
    """The prisoner's dilemma: each gives 1 by keeping quiet, and the other has 3 of it."""
    return Case(
        name="Two prisoners",
        period="year",
        parties=(Party(id="row", name="Row"), Party(id="column", name="Column")),
        measures=(
            Measure(id="row-quiet", name="Row keeps quiet", owners=("row",), value={"row": -1.0, "column": 3.0}),
            Measure(id="col-quiet", name="Column keeps quiet", owners=("column",), value={"row": 3.0, "column": -1.0}),
        ),
    )


def elmira() -> Case:
    """The groundwater conflict of Elmira in nine states, with moves and ranks as Xu (2007) gives them."""
    states = tuple(f"s{number}" for number in range(1, 10))

    def pairs(text: str) -> tuple[tuple[str, str], ...]:
        return tuple((f"s{pair[0]}", f"s{pair[1]}") for pair in text.split())

    return Case(
        name="Elmira",
        parties=(
            Party(id="moe", name="Ministry of the Environment"),
            Party(id="uniroyal", name="Uniroyal"),
            Party(id="local", name="Local government"),
        ),
        graph=Graph(
            states=states,
            moves={
                "moe": pairs("12 34 56 78"),
                "uniroyal": pairs("13 19 24 29 39 49 57 59 68 69 79 89"),
                "local": pairs("15 51 26 62 37 73 48 84"),
            },
            ranks={
                "moe": (4, 3, 8, 7, 5, 2, 9, 6, 1),
                "uniroyal": (9, 2, 4, 8, 6, 1, 3, 7, 5),
                "local": (6, 2, 8, 3, 7, 4, 9, 5, 1),
            },
        ),
    )
