"""The operators of a plan, and their evaluation on candidates."""
