"""Speed and memory, measured by hand: ``make bench`` (one core, medians, and ratios to what was aimed at)."""
