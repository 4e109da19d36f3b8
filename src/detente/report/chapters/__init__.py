"""The chapters of a report, one module each: from findings to sections."""
