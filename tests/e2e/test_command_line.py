"""The installed command in a process of its own: exit codes, pipes, terminals, Ctrl-C."""

import errno
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

DETENTE = Path(sys.executable).with_name("detente")
BORDER = Path(__file__).parents[1] / "cases" / "border.yaml"
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
PLAIN = {key: value for key, value in os.environ.items() if key not in {"COLUMNS", "NO_COLOR", "FORCE_COLOR"}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(BORDER, tmp_path)
    return tmp_path


def _run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DETENTE, *arguments], capture_output=True, text=True, cwd=folder, env={**PLAIN, **env}, timeout=120
    )


def _in_terminal(folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    """Run a command with a terminal for stdout and stderr; return its exit code and what it printed."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [DETENTE, *arguments],
        stdout=theirs,
        stderr=theirs,
        stdin=subprocess.DEVNULL,
        cwd=folder,
        env={**PLAIN, "TERM": "xterm-256color", "COLUMNS": "90", **env},
    )
    os.close(theirs)
    printed = b""
    while part := _read(ours):
        printed += part
    os.close(ours)
    return process.wait(timeout=60), printed.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    """Read from a terminal; nothing once its other end is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError as error:
        if error.errno != errno.EIO:
            raise
        return b""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--help",), 0),
        (("check", "border.yaml"), 0),
        (("evaluate", "border.yaml", "--reading", "hawk"), 0),
        (("design", "border.yaml", "--reading", "hawk"), 0),
        (("check", "border.yaml", "--set", "parties.north.discount=2"), 1),
        (("evaluate", "nowhere"), 2),
        (("evaluate", "border.yaml", "--rodmap", "x"), 2),
        (("evalute", "border.yaml"), 2),
        (("design", "border.yaml", "--memory", "1"), 3),
    ],
)
def test_exit_codes(folder: Path, arguments: tuple[str, ...], code: int) -> None:
    done = _run(folder, *arguments)
    assert done.returncode == code
    assert (done.stdout == "") is (code != 0)
    assert (done.stderr == "") is (code == 0)
    assert "Traceback" not in done.stderr


def test_python_m_runs_the_same_command(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "detente", "check", "border.yaml"], capture_output=True, text=True, cwd=folder, env=PLAIN
    )
    assert (done.returncode, done.stdout) == (0, _run(folder, "check", "border.yaml").stdout)


def test_a_pipe_gets_plain_unbroken_lines(folder: Path) -> None:
    printed = _run(folder, "evaluate", "border.yaml").stdout
    assert "\x1b" not in printed
    assert "“At once” holds: at no point would a party do better by reneging or walking out." in printed.splitlines()
    assert max(map(len, printed.splitlines())) > 100


def test_json_reads_the_same_in_a_pipe_and_in_a_terminal(folder: Path) -> None:
    code, printed = _in_terminal(folder, "evaluate", "border.yaml", "--json")
    shown, piped = json.loads(printed), json.loads(_run(folder, "evaluate", "border.yaml", "--json").stdout)
    assert code == 0
    assert shown["roadmaps"] == piped["roadmaps"]


def test_a_terminal_gets_colours_unless_told_otherwise(folder: Path) -> None:
    code, coloured = _in_terminal(folder, "evaluate", "border.yaml")
    assert code == 0
    assert "\x1b[32myes" in coloured
    code, plain = _in_terminal(folder, "evaluate", "border.yaml", NO_COLOR="1")
    assert code == 0
    assert "\x1b" not in plain
    assert [line.rstrip() for line in ESCAPE.sub("", coloured).splitlines()] == [
        line.rstrip() for line in plain.splitlines()
    ]
    assert max(map(len, plain.splitlines())) <= 90


def test_a_terminal_that_knows_nothing_gets_plain_text(folder: Path) -> None:
    code, printed = _in_terminal(folder, "evaluate", "border.yaml", TERM="dumb")
    assert code == 0
    assert "\x1b" not in printed
    assert "─" not in printed


def test_output_works_where_there_is_no_unicode(folder: Path) -> None:
    done = _run(folder, "evaluate", "border.yaml", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u201cAt once\\u201d holds" in done.stdout
    document = _run(folder, "evaluate", "korea-2018", "--json", PYTHONIOENCODING="ascii", PYTHONUTF8="0").stdout
    assert json.loads(document)["case"] == "Korea 2017–18"


def test_whoever_stops_reading_is_not_told_of_an_error(folder: Path) -> None:
    done = subprocess.run(
        ["sh", "-c", f"'{DETENTE}' evaluate korea-2018 --rows; echo $? >&2"],
        stdout=_closed_pipe(),
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=PLAIN,
    )
    assert done.stderr == "0\n"


def _closed_pipe() -> int:
    reading, writing = os.pipe()
    os.close(reading)
    return writing


def test_starting_loads_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from detente.cli.app import app\n"
        "try:\n"
        "    app(['--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'jinja2', 'matplotlib', 'numba', 'numpy', 'pandas', 'pyarrow', 'rich', 'ruamel'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=PLAIN)
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_control_c_stops_a_design_with_the_best_found_so_far(folder: Path) -> None:
    ours, theirs = pty.openpty()
    printed = folder / "printed.json"  # not a pipe: nobody empties it while the terminal is read
    with printed.open("w") as output:
        process = subprocess.Popen(
            [DETENTE, "design", "korea-2018", "--json"],
            stdout=output,
            stderr=theirs,
            stdin=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env={**PLAIN, "TERM": "xterm", "COLUMNS": "90"},
        )
    os.close(theirs)
    shown, deadline = b"", time.monotonic() + 120
    while b"%" not in shown and time.monotonic() < deadline:
        shown += _read(ours)
    process.send_signal(signal.SIGINT)
    while part := _read(ours):
        shown += part
    os.close(ours)
    assert process.wait(timeout=60) == 3
    document = json.loads(printed.read_text())
    assert document["status"] == "stopped"
    assert "Traceback" not in shown.decode()
