"""``python -m detente`` is the command line."""

from detente.cli import run

if __name__ == "__main__":
    run()
