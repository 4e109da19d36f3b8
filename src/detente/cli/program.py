"""The program that commands belong to: its name, its help and its version."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.core import TyperCommand, TyperGroup

from detente._version import __version__

ORDER = (
    "demo", "new", "check", "show", "schema", "evaluate", "critical", "indices", "trust", "design", "repair",
    "indispensable", "stability", "why", "paths", "inverse", "swaps", "unknown", "strength", "attitudes",
    "behaviour", "diff", "report", "gallery", "import", "export",
)  # fmt: skip
"""Commands as the help lists them: from reading a case to reporting on it."""


class Program(TyperGroup):
    """The program with its commands in the order that a user meets them."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the names of the commands in their order."""
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="detente",
    cls=Program,
    help="Which roadmaps out of a conflict hold, who is tempted where, and which asks for the least trust.",
    epilog="Exit codes: 0 answered, 1 the case is invalid, 2 usage, 3 stopped or cancelled, 70 a fault of detente.",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


class Command(TyperCommand):
    """A command whose usage names its arguments plainly: ``CASE``, ``[B]``."""

    # typer calls the context's type differently in different versions
    def collect_usage_pieces(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return the pieces of the usage line, without the braces of newer typers."""
        return [piece.removeprefix("{").removesuffix("}") for piece in super().collect_usage_pieces(ctx)]


def _print_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"detente {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Which roadmaps out of a conflict hold, who is tempted where, and which asks for the least trust."""
