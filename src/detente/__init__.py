"""Which roadmaps out of a conflict hold, and which asks for the least trust."""

from detente._version import __version__

__all__ = ["__version__"]
