"""Parses tokens into the nodes of a plan."""
