"""Other programs' formats, in and out: one module for each."""

from detente.exchange.gmcr import GmcrImport, import_gmcr

__all__ = ["GmcrImport", "import_gmcr"]
