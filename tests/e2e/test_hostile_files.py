"""Files made to harm end in one clear error, soon and in little memory; the largest honest file is read in time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SECONDS = 1.0
MEGABYTES = 200
SLOW_MACHINE = 3
"""Other work on the machine may make everything slower by this factor; memory it does not change."""
HEAD = "detente: 1\n"
PARTY = HEAD + "parties: {usa: }\n"

READ = """
import json, sys, time
import detente.casefile.composer
from detente.casefile import read_case
from detente.errors import CaseError
started = time.process_time()
try:
    found = {"measures": len(read_case(sys.argv[1]).measures)}
except CaseError as error:
    found = {"errors": [str(each).splitlines()[0] for each in error.diagnostics]}
found["seconds"] = time.process_time() - started
# Not what getrusage tells: that starts from the peak of the process that started this one.
status = open("/proc/self/status").read()
found["megabytes"] = int(status.split("VmHWM:")[1].split()[0]) / 1000
print(json.dumps(found))
"""


def bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    return HEAD + "\n".join(lines)


HOSTILE: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "a file of 20 MB": (
        lambda: HEAD + "name: " + "x" * 20_000_000,
        "1:1: error[D001]: the file is larger than 2 MB.",
    ),
    "a text of 1.9 MB": (
        lambda: HEAD + "name: " + "x " * 950_000,
        "2:7: error[D005]: the text that begins here is longer than 64 kB.",
    ),
    "a text of many lines": (
        lambda: HEAD + "name: first\n" + "  and more\n" * 180_000,
        "2:7: error[D005]: the text that begins here is longer than 64 kB.",
    ),
    "a literal text of many lines": (
        lambda: HEAD + "name: |\n" + "  and more\n" * 180_000,
        "2:7: error[D005]: the text that begins here is longer than 64 kB.",
    ),
    "a text in quotes of 1.9 MB": (
        lambda: HEAD + 'name: "' + r"\"" * 950_000 + '"',
        "2:7: error[D005]: the text that begins here is longer than 64 kB.",
    ),
    "quotes that never close": (
        lambda: HEAD + "name: '" + "x " * 950_000,
        "2:7: error[D004]: this is not YAML: the text in quotes that begins here has no closing '.",
    ),
    "an alias bomb": (bomb, "5:45: error[D007]: the aliases up to here stand for more than 10,000 nodes."),
    "many aliases": (
        lambda: HEAD + "a: &a {x: 1}\nb: [" + "*a, " * 300_000 + "]",
        "3:13337: error[D007]: the aliases up to here stand for more than 10,000 nodes.",
    ),
    "brackets 20,000 deep": (
        lambda: HEAD + "name: " + "[" * 20_000 + "]" * 20_000,
        "2:70: error[D006]: this is nested deeper than 64 levels.",
    ),
    "braces 20,000 deep": (
        lambda: HEAD + "name: " + "{a: " * 20_000,
        "2:259: error[D006]: this is nested deeper than 64 levels.",
    ),
    "lists 20,000 deep": (lambda: "- " * 20_000, "1:129: error[D006]: this is nested deeper than 64 levels."),
    "keys 1,900 deep": (
        lambda: "".join(" " * depth + "a:\n" for depth in range(1_900)),
        "65:65: error[D006]: this is nested deeper than 64 levels.",
    ),
    "20,000 measures": (
        lambda: PARTY + "measures:\n" + "".join(f"  m{n}: {{by: [usa]}}\n" for n in range(20_000)),
        "1004:3: error[D015]: the case has more than 1,000 measures.",
    ),
    "20,000 levels": (
        lambda: (
            PARTY
            + "measures:\n"
            + "".join(f"  m{n}: {{by: [usa], levels: [{', '.join(map(str, range(200)))}]}}\n" for n in range(100))
        ),
        "9:28: error[D015]: the case has more than 1,000 measures, levels counted.",
    ),
    "40,000 readings": (
        lambda: PARTY + "readings:\n" + "".join(f"  r{n}: {{set: {{name: x}}}}\n" for n in range(40_000)),
        "1004:3: error[D017]: the case has more than 1,000 readings.",
    ),
    "a NUL byte": (lambda: HEAD + "name: a\0b", "2:8: error[D003]: the character U+0000 cannot stand in a case file."),
    "bytes that are no text": (lambda: b"detente: 1\nname: \xff\xfe\x00", "2:7: error[D002]: byte 0xff is no UTF-8."),
    "no number": (
        lambda: HEAD + "parties: {usa: {hazard: .nan}}",
        "2:25: error[D106]: parties.usa.hazard must be a finite number, not .nan.",
    ),
    "a number without end": (
        lambda: HEAD + "parties: {usa: {hazard: " + "9" * 60_000 + "}}",
        "2:25: error[D106]: parties.usa.hazard must be a finite number, not " + "9" * 40 + ".",
    ),
    "a condition of 18 kB": (
        lambda: PARTY + "measures: {m: {by: [usa]}}\ninfeasible:\n  - " + "m and " * 3_000 + "m",
        "5:5: error[D016]: the condition in infeasible.0 is longer than 10 kB.",
    ),
    "a condition 3,000 deep": (
        lambda: PARTY + "measures: {m: {by: [usa]}}\ninfeasible:\n  - " + "(" * 3_000 + "m" + ")" * 3_000,
        "5:55: error[D108]: the condition in infeasible.0 cannot be read: nested deeper than 50.",
    ),
    "a condition of 1,500 times if": (
        lambda: PARTY + "measures: {m: {by: [usa]}}\ninfeasible:\n  - " + "m if " * 1_500 + "m",
        "5:257: error[D108]: the condition in infeasible.0 cannot be read: more than 50 times 'if' and 'iff'.",
    ),
    "an escape for half a character": (
        lambda: HEAD + r'name: "\ud800"',
        "2:7: error[D003]: the text in quotes that begins here has an escape for what no text has.",
    ),
    "1,000 measures in a circle": (
        lambda: (
            PARTY
            + "measures:\n"
            + "".join(f"  m{n}: {{by: [usa], requires: [m{(n + 1) % 1_000}]}}\n" for n in range(1_000))
        ),
        "4:30: error[D301]: these measures require each other in a circle: "
        "m0 → m1 → m2 → m3 → m4 → … → m997 → m998 → m999 → m0.",
    ),
}


def read(file: Path) -> dict[str, Any]:  # Any: as JSON
    run = subprocess.run([sys.executable, "-c", READ, str(file)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(run.stdout)
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_ends_in_one_error_soon_and_in_little_memory(name: str, tmp_path: Path) -> None:
    make, message = HOSTILE[name]
    content = make()
    file = tmp_path / "case.yaml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read(file)
    assert found["errors"] == [f"{file}:{message}"]
    assert found["seconds"] < SECONDS * SLOW_MACHINE
    assert found["megabytes"] < MEGABYTES


def largest() -> str:
    who = ["usa", "dprk", "rok", "china", "russia", "japan"]
    per_party = ", ".join(f"{party}: {number}" for number, party in enumerate(who))
    parties = "".join(f"  {party}: {{discount: 0.98}}\n" for party in who)
    interests = "".join(f"  i{n}: {{weight: {{{per_party}}}}}\n" for n in range(30))
    effects = ", ".join(f"i{n}: {{{per_party}}}" for n in range(30))
    measures = "".join(f"  m{n}: {{by: [usa], effects: {{{effects}}}}}\n" for n in range(1_000))
    stages = ", ".join(f"[m{n}]" for n in range(1_000))
    rest = f"roadmaps:\n  all: {{stages: [{stages}]}}\nreadings:\n  a: {{set: {{measures.m7.effects.i3.usa: 5}}}}\n"
    return f"{HEAD}parties:\n{parties}interests:\n{interests}measures:\n{measures}{rest}"


def test_largest_file_within_the_limits_is_read_in_time(tmp_path: Path) -> None:
    text = largest()
    text += "# " + "x" * 50_000 + "\n"
    while len(text) < 2_000_000:
        text += "# to the full\n"
    file = tmp_path / "case.yaml"
    file.write_text(text, encoding="utf-8")
    found = read(file)
    assert found["measures"] == 1_000
    assert found["seconds"] < 10
    assert found["megabytes"] < 600
