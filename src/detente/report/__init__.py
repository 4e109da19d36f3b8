"""Reports: what is known of a case in one document, as HTML or Markdown."""

from detente.report.writing import write_report

__all__ = ["write_report"]
