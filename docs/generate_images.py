"""Draw the pictures of the README: the verdicts on the built-in case, and one of its roadmaps."""

from __future__ import annotations

from pathlib import Path

from detente import evaluate_roadmaps, read_case
from detente.report.pictures import draw_timeline, draw_verdicts

FOLDER = Path(__file__).parent / "images"
CASE = "korea-2018"
ROADMAP = "double-freeze"


def make_images() -> dict[str, str]:
    """Return the pictures by the names of their files."""
    case = read_case(CASE)
    readings = (None, *(reading.id for reading in case.readings))
    entries = evaluate_roadmaps(case, readings=readings).roadmaps
    matrix = [[entry for entry in entries if entry.id == roadmap.id] for roadmap in case.roadmaps]
    chosen = next(entry for entry in entries if entry.id == ROADMAP and entry.reading is None)
    return {
        f"{CASE}-verdicts.svg": draw_verdicts(case, matrix, readings, "verdicts").svg,
        f"{CASE}-{ROADMAP}.svg": draw_timeline(chosen, "timeline", title=chosen.name).svg,
    }


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, svg in make_images().items():
        (FOLDER / name).write_text(svg, encoding="utf-8")
