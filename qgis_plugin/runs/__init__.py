"""Finished runs: their list, reopening them, and the way of their files."""
