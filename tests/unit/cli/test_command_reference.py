"""Every command is on its page of the reference, with its help as it is (its example runs with those of all pages)."""

from typer.testing import CliRunner

from detente.cli.app import app
from docs.generate_command_reference import ENTRIES, PAGE, make_page, recorded_outputs


def _commands() -> set[str]:
    names = (info.name or getattr(info.callback, "__name__", "") for info in app.registered_commands)
    return set(names)


def test_every_command_has_an_example() -> None:
    assert set(ENTRIES) == _commands()
    assert all(entry.example.split()[1] == command for command, entry in ENTRIES.items())


def test_the_page_is_in_step_with_the_commands() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert page == make_page(recorded_outputs(page)), "run python docs/generate_command_reference.py"


def test_the_help_lists_every_command() -> None:
    shown = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "80"}, prog_name="detente").stdout
    listed = shown.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert {line.split()[0] for line in listed} == _commands()
    assert not any(line.endswith("...") for line in listed)
