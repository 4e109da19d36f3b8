"""Write the pages of the reference that are made from the program: the diagnostics and the JSON Schema."""

from pathlib import Path

from detente.casefile.codes import diagnostics_page
from detente.casefile.schema import schema_text

HERE = Path(__file__).parent / "reference"

if __name__ == "__main__":
    (HERE / "diagnostics.md").write_text(diagnostics_page(), encoding="utf-8")
    (HERE / "case.schema.json").write_text(schema_text(), encoding="utf-8")
