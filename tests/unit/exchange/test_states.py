"""Tables and graphs of states for other programs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.casefile import case_from_tree
from detente.conflict import Conflict, build_conflict
from detente.errors import LimitError, OptionError
from detente.exchange import export_states
from detente.kernel.graph_stability import find_stable_in_graph

XML = "{http://graphml.graphdrawing.org/xmlns}"


def dilemma() -> Conflict:
    return build_conflict(
        case_from_tree(
            {
                "detente": 1,
                "name": 'A "dilemma" & more',
                "parties": {"row": {}, "column": {}, "council": {}},
                "measures": {
                    "a": {"by": ["row"], "value": {"row": -1, "column": 2}},
                    "b": {"by": ["column"], "value": {"row": 2, "column": -1}},
                },
            }
        )
    )


def merged() -> Conflict:
    return build_conflict(
        case_from_tree(
            {
                "detente": 1,
                "name": "Merged",
                "parties": {"row": {}, "column": {}},
                "graph": {
                    "states": ["s1", "s2"],
                    "names": {"s2": 'The "end" \\ <of> it & all'},
                    "moves": {"row": [["s1", "s2"]]},
                    "common": [{"by": ["row", "column"], "moves": [["s2", "s1"]]}],
                    "ranks": {"row": [1, 2], "column": [1, 1]},
                    "status-quo": "s1",
                    "options": {"row": ["go"], "column": ["stay", "stay "]},
                    "patterns": {"s1": "NYN", "s2": "Y--"},
                },
            }
        )
    )


def stable(conflict: Conflict) -> dict[str, Any]:  # Any: arrays of truth values
    return dict(find_stable_in_graph(conflict.graph, ("nash", "seq")))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_table_has_options_ranks_and_stability(tmp_path: Path, suffix: str) -> None:
    conflict = dilemma()
    path = tmp_path / f"states.{suffix}"
    export_states(conflict, stable(conflict), path)
    frame = pd.read_csv(path) if suffix == "csv" else pd.read_parquet(path)
    assert list(frame.columns) == [
        "number",
        "state",
        "mask",
        "row: a",
        "column: b",
        "rank for row",
        "rank for column",
        "rank for council",
        "nash for row",
        "nash for column",
        "nash for council",
        "seq for row",
        "seq for column",
        "seq for council",
        "nash",
        "seq",
    ]
    assert frame["state"].tolist() == ["-", "a", "b", "a b"]
    assert frame["row: a"].tolist() == ["N", "Y", "N", "Y"]
    assert frame["column: b"].tolist() == ["N", "N", "Y", "Y"]
    assert frame["nash"].tolist() == [True, False, False, False]
    assert frame["seq"].tolist() == [True, False, False, True]
    assert frame["rank for row"].tolist() == conflict.form.rank[0].tolist()


def test_merged_states_show_either(tmp_path: Path) -> None:
    conflict = merged()
    export_states(conflict, {}, tmp_path / "states.csv")
    assert (tmp_path / "states.csv").read_text(encoding="utf-8") == (
        '"number","state","mask","row: go","column: stay","column: stay ","rank for row","rank for column"\n'
        '1,"s1",0,"N","Y","N",0,0\n'
        '2,"s2",1,"Y","-","-",1,0\n'
    )


def test_graphml_says_who_moves_and_whether_it_pays(tmp_path: Path) -> None:
    conflict = merged()
    export_states(conflict, stable(conflict), tmp_path / "g.graphml")
    root = ET.parse(tmp_path / "g.graphml").getroot()  # noqa: S314 - written just now
    names = {key.get("id"): key.get("attr.name") for key in root.iter(f"{XML}key")}
    nodes = [{names[d.get("key")]: d.text for d in node} for node in root.iter(f"{XML}node")]
    assert nodes == [
        {
            "number": "1",
            "label": "s1",
            "options": "NYN",
            "equilibrium": None,
            "status quo": "true",
            "rank for row": "0",
            "rank for column": "0",
        },
        {
            "number": "2",
            "label": 'The "end" \\ <of> it & all',
            "options": "Y--",
            "equilibrium": "nash seq",
            "status quo": "false",
            "rank for row": "1",
            "rank for column": "0",
        },
    ]
    edges = [(edge.get("source"), edge.get("target"), *(d.text for d in edge)) for edge in root.iter(f"{XML}edge")]
    assert edges == [("n0", "n1", "row", "true"), ("n1", "n0", "row+column", "false")]
    assert root.find(f"{XML}graph/{XML}desc").text == "Merged"  # type: ignore[union-attr]  # it is there


def test_dot_escapes_what_it_quotes(tmp_path: Path) -> None:
    conflict = merged()
    export_states(conflict, stable(conflict), tmp_path / "g.dot")
    assert (tmp_path / "g.dot").read_text(encoding="utf-8") == (
        'digraph "Merged" {\n'
        "  node [shape=ellipse];\n"
        '  n0 [label="1\\nNYN", tooltip="s1", penwidth=3];\n'
        '  n1 [label="2\\nY--", tooltip="The \\"end\\" \\\\ <of> it &amp; all; stable: nash seq", peripheries=2];\n'
        '  n0 -> n1 [label="row", color="#0072B2", style=solid];\n'
        '  n1 -> n0 [label="row+column", color="#D55E00", style=dashed];\n'
        "}\n"
    )


def test_only_improvements_when_asked(tmp_path: Path) -> None:
    export_states(dilemma(), {}, tmp_path / "g", format="dot", only_improvements=True)
    text = (tmp_path / "g").read_text(encoding="utf-8")
    assert re.findall(r"(n\d -> n\d) .*style=(\w+)", text) == [
        ("n1 -> n0", "solid"),
        ("n3 -> n2", "solid"),
        ("n2 -> n0", "solid"),
        ("n3 -> n1", "solid"),
    ]
    assert text.startswith('digraph "A \\"dilemma\\" &amp; more" {')


def test_unknown_formats_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as unknown:
        export_states(dilemma(), {}, tmp_path / "g.dot", format="gml")
    assert str(unknown.value) == "unknown format 'gml'; states are written as csv, parquet, graphml or dot"
    with pytest.raises(OptionError, match=r"ends in '\.txt'; states are written as csv, parquet, graphml or dot"):
        export_states(dilemma(), {}, tmp_path / "g.txt")
    with pytest.raises(OptionError, match=r"ends in no suffix; states are written as"):
        export_states(dilemma(), {}, tmp_path / "g")
    with pytest.raises(OptionError, match=r"'.*none/g\.dot' cannot be written: No such file or directory"):
        export_states(dilemma(), {}, tmp_path / "none" / "g.dot")


def test_a_file_that_cannot_be_finished_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text("before")
    with pytest.raises(IndexError):
        export_states(dilemma(), {"nash": np.zeros((1, 4), dtype=np.bool_)}, tmp_path / "g.csv")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("g.csv", "before")]


def test_graphs_have_a_limit_and_tables_none(tmp_path: Path) -> None:
    plain: Any = {  # Any: a tree
        "detente": 1,
        "parties": {"all": {}},
        "measures": {f"m{n}": {"by": ["all"], "value": {"all": 1}} for n in range(17)},
    }
    conflict = build_conflict(case_from_tree(plain))
    with pytest.raises(LimitError) as error:
        export_states(conflict, {}, tmp_path / "g.graphml")
    assert str(error.value) == (
        "the conflict has 131,072 states and up to 17,179,738,112 moves; a graph for other programs may have "
        "1,000,000. Write a table (csv, parquet), or fix some measures with --set."
    )
    export_states(conflict, {}, tmp_path / "g.parquet")
    assert len(pd.read_parquet(tmp_path / "g.parquet")) == 131_072
    export_states(conflict, {}, tmp_path / "g.csv")
    assert len(pd.read_csv(tmp_path / "g.csv")) == 131_072
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["g.csv", "g.parquet"]


@settings(deadline=None)
@given(name=st.text(max_size=20))
def test_any_name_leaves_graphs_well_formed(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("names")
    conflict = merged()
    assert conflict.case.graph is not None
    conflict.case.graph.names["s1"] = name  # type: ignore[index]  # a dict, as it was read
    export_states(conflict, {}, folder / "g.graphml")
    root = ET.parse(folder / "g.graphml").getroot()  # noqa: S314 - written just now
    assert len(list(root.iter(f"{XML}node"))) == 2
    export_states(conflict, {}, folder / "g.dot")
    lines = (folder / "g.dot").read_text(encoding="utf-8").split("\n")
    assert len(lines) == 8
    for line in lines[2:4]:
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', "text", line)
        assert re.fullmatch(r"  n\d \[label=text, tooltip=text(, \w+=\d)*\];", bare)
