"""Analyses: each takes a case and options and gives one Result."""
