"""Other programs' formats, in and out: one module for each."""

from detente.exchange.gmcr import GmcrImport, import_gmcr
from detente.exchange.gmcr_export import export_gmcr
from detente.exchange.states import ExportFormat, export_states

__all__ = ["ExportFormat", "GmcrImport", "export_gmcr", "export_states", "import_gmcr"]
