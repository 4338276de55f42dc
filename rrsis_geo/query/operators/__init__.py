"""Evaluation of a plan's operators on candidates."""
