"""The command line: reads options, calls an analysis and shows what it answers."""

__all__ = ["run"]


def run() -> None:
    """Run the command line on this process' arguments; the console script ``detente``."""
    from detente.cli.app import app

    app(prog_name="detente")
