"""Pictures: what they say in words, and that the same numbers give the same bytes."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from detente.display import charts
from detente.display.charts import NONE_SUFFICES, TimelineMeasure, TimelineStage
from detente.display.style import HATCHES, MARKERS, SERIES, format_margin, look_of
from detente.display.svg import figure_to_svg, svg_for_page

STAGES = (
    TimelineStage(
        duration=1,
        measures=(TimelineMeasure(label="Freeze tests", owners=("North",)),),
        margin=0.25,
        tightest="South",
    ),
    TimelineStage(
        duration=3,
        measures=(TimelineMeasure(label="Talks", owners=("North", "South")),),
        margin=-1.5,
        tightest="North",
    ),
)


def svg_of(ax: Axes) -> str:
    figure = ax.figure
    assert isinstance(figure, Figure)
    return figure_to_svg(figure)


def texts(svg: str) -> list[str]:
    root = ET.fromstring(svg)  # noqa: S314  # our own picture
    return ["".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


def all_charts() -> dict[str, Axes]:
    return {
        "margins": charts.draw_margins({"first": [0.1, -0.2], "second": [1.0]}),
        "timeline": charts.draw_timeline(STAGES, owners=("South", "North"), unit="month"),
        "trust": charts.draw_trust_profile({"North": [0.25, NONE_SUFFICES], "South": [0.0, None]}),
        "hazards": charts.draw_hazards([0.0, 0.1, 0.2], [0.3, 0.1, -0.1], own=0.05, critical=0.15, unit="month"),
        "verdicts": charts.draw_verdicts(
            {"first": [0.1, -0.004], "second": [-2.0, 0.0]},
            {"first": [True, False], "second": [False, True]},
            ["base case", "a reading"],
        ),
    }


def test_margins_name_every_line_and_the_axes() -> None:
    found = texts(svg_of(all_charts()["margins"]))
    assert {"first", "second", "stage", "least margin per period (below zero: somebody is tempted)"} <= set(found)


def test_labels_of_lines_that_end_together_stand_apart() -> None:
    ax = charts.draw_margins({name: [0.0, 1.0 + 1e-6 * n] for n, name in enumerate("abcde")})
    figure = ax.figure
    assert isinstance(figure, Figure)
    boxes = sorted((text.get_window_extent() for text in ax.texts), key=lambda box: float(box.y0))
    assert all(low.y1 <= high.y0 for low, high in pairwise(boxes))


def test_timeline_names_measures_owners_lengths_and_the_tightest_party() -> None:
    found = texts(svg_of(all_charts()["timeline"]))
    assert [text for text in found if not re.fullmatch(r"\d", text)] == [
        "months from the start",
        "Stage 1, 1 month",
        "Freeze tests",
        "North",
        "✓ least margin +0.25, South",
        "Stage 2, 3 months",
        "Talks",
        "North, South",
        "✗ least margin −1.50, North",
        "South",
        "North",
    ]


def test_trust_profile_tells_no_trust_nothing_to_do_and_none_suffices_apart() -> None:
    found = texts(svg_of(all_charts()["trust"]))
    assert found == ["stage 1", "stage 2", "North", "South", "0.25", "none suffices", "0"]


def test_hazards_mark_the_case_and_where_it_stops_holding() -> None:
    found = texts(svg_of(all_charts()["hazards"]))
    assert "this case: 5%" in found
    assert "stops holding at 15%" in found
    assert "chance per month that the process breaks for reasons outside it" in found


def test_hazards_beyond_the_picture_are_not_marked() -> None:
    drawn = charts.draw_hazards([0.0, 0.1], [0.3, 0.1], own=0.05, critical=0.15)
    assert not [text for text in texts(svg_of(drawn)) if text.startswith("stops")]


def test_verdicts_are_words_and_numbers() -> None:
    found = texts(svg_of(all_charts()["verdicts"]))
    assert found == [
        "base case",
        "a reading",
        "first",
        "second",
        "✓ holds",
        "+0.10",
        "✗ does not hold",
        "−0.0040",
        "✗ does not hold",
        "−2.00",
        "✓ holds",
        "0",
    ]


def test_verdicts_differ_without_colour() -> None:
    ax = all_charts()["verdicts"]
    outlines = [(patch.get_linestyle(), patch.get_linewidth()) for patch in ax.patches]
    assert outlines[0] == outlines[3] != outlines[1] == outlines[2]


@pytest.mark.parametrize("name", ["margins", "timeline", "trust", "hazards", "verdicts"])
def test_a_picture_gives_the_same_bytes_each_time(name: str) -> None:
    assert svg_of(all_charts()[name]) == svg_of(all_charts()[name])


@pytest.mark.parametrize("name", ["margins", "timeline", "trust", "hazards", "verdicts"])
def test_a_picture_refers_to_nothing_outside_itself(name: str) -> None:
    svg = svg_of(all_charts()[name])
    without_namespaces = re.sub(r'xmlns(:xlink)?="[^"]*"', "", svg)
    assert "http" not in without_namespaces
    assert not re.search(r"<(script|image|style|metadata)", svg)


@pytest.mark.parametrize("name", ["margins", "timeline", "trust", "hazards", "verdicts"])
def test_axes_given_are_drawn_into(name: str) -> None:
    ax = Figure().add_subplot()
    drawn = {
        "margins": lambda: charts.draw_margins({"first": [0.1]}, ax=ax),
        "timeline": lambda: charts.draw_timeline(STAGES, ax=ax),
        "trust": lambda: charts.draw_trust_profile({"North": [0.2]}, ax=ax),
        "hazards": lambda: charts.draw_hazards([0.0, 0.1], [0.3, 0.1], own=0.0, ax=ax),
        "verdicts": lambda: charts.draw_verdicts({"first": [0.1]}, {"first": [True]}, ["base case"], ax=ax),
    }
    assert drawn[name]() is ax


def test_pyplot_keeps_no_figure_open() -> None:
    from matplotlib import pyplot as plt

    before = plt.get_fignums()
    all_charts()
    assert plt.get_fignums() == before


def test_no_two_of_24_series_look_the_same() -> None:
    looks = [look_of(number) for number in range(24)]
    assert len({(look.color, look.marker, look.dash) for look in looks}) == 24
    assert len({(look.color, look.hatch) for look in looks}) == 24
    assert len(HATCHES) == len(set(HATCHES))
    assert len(SERIES) == len(set(SERIES)) == len(MARKERS)


def test_a_margin_is_written_with_its_sign() -> None:
    assert [format_margin(x) for x in (0.123, -0.123, 0.0, -0.004, -12.0)] == [
        "+0.12",
        "−0.12",
        "0",
        "−0.0040",
        "−12.00",
    ]


def test_in_a_page_ids_have_the_pictures_name_and_colours_follow_the_page() -> None:
    svg = svg_of(all_charts()["timeline"])
    placed = svg_for_page(svg, name="t1", title="A & B", description="What <it> shows")
    ids = re.findall(r'\bid="([^"]*)"', placed)
    assert ids[:2] == ["t1.title", "t1.description"]
    assert all(identifier.startswith("t1.") for identifier in ids)
    assert len(ids) == len(set(ids))
    references = re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', placed)
    assert references
    assert {one or other for one, other in references} <= set(ids)
    assert '<title id="t1.title">A &amp; B</title>' in placed
    assert '<desc id="t1.description">What &lt;it&gt; shows</desc>' in placed
    assert placed.startswith('<svg role="img" aria-labelledby="t1.title t1.description" ')
    assert "xmlns" not in placed
    assert "fill: var(--paper, #ffffff)" in placed
    assert "font-family: var(--font)" in placed
    assert not re.search(r"DejaVu", placed)


def test_labels_in_any_script_with_any_sign_stay_as_they_are() -> None:
    names = ["북한", "$5 and $6", "a <b> & “c”", "line\nbreak \x07bell"]
    found = texts(svg_of(charts.draw_trust_profile({name: [0.5] for name in names})))
    assert found[1:5] == ["북한", "$5 and $6", "a <b> & “c”", "line break bell"]
